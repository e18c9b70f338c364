"""Workbooks (XLSX, XLSM) to records of text, guarded against files that unpack into far more than they are."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

from skilltrack.errors import BadFile
from skilltrack.ingest.questions import Question, Unanswered

UNPACKED, RATIO, ENTRIES = 600 * 2**20, 200, 1_000
"""Most bytes inside a workbook, times its packed size, and parts; beyond, the file is refused unread."""


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a ZIP file that holds a workbook."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "[Content_Types].xml" in parts.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def read_sheet(
    name: str, content: bytes, wanted: str, score: Callable[[list[str]], int]
) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of the rows that are not blank, of the sheet asked for or the only one with known headers."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        unpacked = sum(info.file_size for info in infos)
        if unpacked > UNPACKED or len(infos) > ENTRIES or unpacked > RATIO * max(len(content), 100_000):
            raise BadFile(
                f"{name} unpacks to {unpacked // 2**20:,} MiB in {len(infos):,} parts: too much. Save as CSV."
            )
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {
            sheet: rows
            for sheet in workbook.sheet_names
            if (not wanted or sheet == wanted)
            and (rows := workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
        }
    except (CalamineError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise BadFile(f"{name} cannot be read as a workbook ({error}). Save it again as XLSX, or as CSV.") from error
    if not sheets:
        what = f"has no filled sheet {wanted!r}" if wanted else "is empty"
        raise BadFile(f"{name} {what}. Its sheets are: {', '.join(workbook.sheet_names)}.")
    texts = {sheet: _cells(rows) for sheet, rows in sheets.items()}
    scores = {sheet: max((score(cells) for _, cells in rows[:30]), default=0) for sheet, rows in texts.items()}
    best = [sheet for sheet in scores if scores[sheet] == max(scores.values())]
    if len(best) > 1:
        answers = {sheet: f"{len(texts[sheet])} rows, beginning {', '.join(texts[sheet][0][1][:4])}" for sheet in best}
        raise Unanswered([Question(name, "sheet", "Several sheets could be meant.", answers)])
    return iter(texts[best[0]])


def _cells(rows: list[list]) -> list[tuple[int, list[str]]]:
    """Rows as text, without blank ones and without the empty columns to the right of all cells."""
    texts = [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    texts = [(number, cells) for number, cells in texts if any(cell.strip() for cell in cells)]
    width = max((max(i for i, cell in enumerate(cells) if cell.strip()) + 1 for _, cells in texts), default=0)
    return [(number, cells[:width]) for number, cells in texts]


def _text(cell: object) -> str:
    """A typed cell as the reference form writes it; whole numbers without a point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
