"""Workbooks (XLSX, XLSM) to records of text, guarded against files that unpack into far more than they are."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator

import pyarrow as pa

from skilltrack.errors import BadFile
from skilltrack.ingest import workbook
from skilltrack.ingest.content import Content
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question, Unanswered
from skilltrack.ingest.records import Record

UNPACKED, RATIO, ENTRIES = 600 * 2**20, 200, 1_000
"""Most bytes inside a workbook, times its packed size, and parts; beyond, the file is refused unread."""


def is_workbook(content: Content) -> bool:
    """Whether the bytes are a ZIP file that holds a workbook."""
    if content[:4] != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(pa.BufferReader(pa.py_buffer(content))) as parts:
            return "[Content_Types].xml" in parts.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def read_sheet(
    name: str, content: Content, wanted: str, score: Callable[[list[str]], int]
) -> Iterator[Record | Problem]:
    """(row number, cells) of the rows that are not blank, of the sheet asked for or the only one with known headers."""
    with zipfile.ZipFile(pa.BufferReader(pa.py_buffer(content))) as parts:
        infos = parts.infolist()
        unpacked = sum(info.file_size for info in infos)
        if unpacked > UNPACKED or len(infos) > ENTRIES or unpacked > RATIO * max(len(content), 100_000):
            raise BadFile(
                f"{name} unpacks to {unpacked // 2**20:,} MiB in {len(infos):,} parts: too much. Save as CSV."
            )
    names, sheets, merged = _rows(name, content, wanted)
    if not sheets:
        what = f"has no filled sheet {wanted!r}" if wanted else "is empty"
        raise BadFile(f"{name} {what}. Its sheets are: {', '.join(names)}.")
    texts = {sheet: _trimmed(rows) for sheet, rows in sheets.items()}
    scores = {sheet: max((score(cells) for _, cells in rows[:30]), default=0) for sheet, rows in texts.items()}
    best = [sheet for sheet in scores if scores[sheet] == max(scores.values())]
    if len(best) > 1:
        answers = {sheet: f"{len(texts[sheet])} rows, beginning {', '.join(texts[sheet][0][1][:4])}" for sheet in best}
        raise Unanswered([Question(name, "sheet", "Several sheets could be meant.", answers)])
    yield from texts[best[0]]
    if len(names) > 1:
        yield Problem(name, None, None, None, f"read from the sheet {best[0]!r}, one of {len(names)}.", "notice")
    if lines := merged.get(best[0], []):
        said = f"cells are merged with those above them, and read as the same, in {len(lines):,} rows."
        yield Problem(name, lines[-1], None, None, said, "warning")


def _rows(name: str, content: Content, wanted: str) -> tuple[list[str], dict[str, list[Record]], dict[str, list[int]]]:
    """The names of all sheets, the rows of those that hold any, and which of them have cells merged with one above.

    They are read by a process with a limit of memory.
    """
    command = [sys.executable, "-I", workbook.__file__, wanted]
    read = subprocess.run(command, input=content, capture_output=True, check=False)  # noqa: S603 our own program
    if read.returncode == workbook.UNREADABLE:
        why = read.stderr.decode(errors="replace")
        raise BadFile(f"{name} cannot be read as a workbook ({why}). Save it again as XLSX, or as CSV.")
    if read.returncode:
        raise BadFile(f"{name} unpacks to more than {workbook.MEMORY // 2**30} GiB: too much. Save as CSV.")
    names, *rows = map(json.loads, read.stdout.splitlines())
    sheets: dict[str, list[Record]] = {}
    merged: dict[str, list[int]] = {}
    for sheet, number, cells, is_merged in rows:
        sheets.setdefault(sheet, []).append((number, cells))
        if is_merged:
            merged.setdefault(sheet, []).append(number)
    return names, sheets, merged


def _trimmed(rows: list[Record]) -> list[Record]:
    """Rows without the empty columns to the right of all cells."""
    width = max(max(at for at, cell in enumerate(cells) if cell.strip()) + 1 for _, cells in rows)
    return [(number, cells[:width]) for number, cells in rows]
