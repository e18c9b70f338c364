"""Workbooks (XLSX, XLSM) to records of text, guarded against files that unpack into far more than their size."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator

import pyarrow as pa

from skilltrack.errors import BadFile
from skilltrack.ingest.reading import workbook
from skilltrack.ingest.reading.content import Content
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Unanswered
from skilltrack.ingest.reading.records import Layout, Record
from skilltrack.ingest.reading.things import counted
from skilltrack.language import counting, joined, sentence

UNPACKED, RATIO, ENTRIES = 600 * 2**20, 200, 1_000
"""Most bytes inside a workbook, times its packed size, and parts; beyond, the file is refused unread."""

FITS = 2
"""A sheet could be meant too where this many times its known headers reach those of the best one."""
BETWEEN = "/"
"""Between the names of several sheets; no name can contain it."""


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
    name: str,
    content: Content,
    mapping: Mapping,
    score: Callable[[list[str]], int],
    lay_out: Callable[[list[Record]], Layout],
) -> Iterator[Record | Problem]:
    """(row number, cells) for each row that is not blank, of the sheets asked for or the only one that can be meant."""
    with zipfile.ZipFile(pa.BufferReader(pa.py_buffer(content))) as parts:
        infos = parts.infolist()
        unpacked = sum(info.file_size for info in infos)
        if unpacked > UNPACKED or len(infos) > ENTRIES or unpacked > RATIO * max(len(content), 100_000):
            raise BadFile(
                sentence(
                    "{name} unpacks to {size:,} MiB in {n:,} parts: too much. Save as CSV.",
                    name=name,
                    size=unpacked // 2**20,
                    n=len(infos),
                )
            )
    shown, sheets, merged, hidden = _rows(name, content, mapping)
    wanted = mapping.sheet.split(BETWEEN) if mapping.sheet else []
    missing = [sheet for sheet in wanted if sheet not in sheets]
    if missing or not sheets:
        text = sentence("{name} is empty. Its sheets are: {listed}.", name=name, listed=", ".join(shown))
        if missing:
            text = sentence(
                "{name} has no filled sheet {sheet!r}. Its sheets are: {listed}.",
                name=name,
                sheet=missing[0],
                listed=", ".join(shown),
            )
        raise BadFile(text)
    texts = {sheet: _trimmed(rows) for sheet, rows in sheets.items()}
    chosen = wanted or _meant(name, texts, shown, score, mapping.reads_as_earlier)
    lines = {line for sheet in chosen for line in merged.get(sheet, [])}
    if len(chosen) == 1:
        yield from texts[chosen[0]]
        if len(shown) > 1:
            yield Problem(
                name,
                None,
                None,
                None,
                sentence("read from the sheet {sheet!r}, one of {n}.", sheet=chosen[0], n=len(shown)),
                "notice",
            )
    else:
        yield from _one_after_the_other(name, {sheet: texts[sheet] for sheet in chosen}, lay_out)
    if lines:
        message = sentence(
            "cells are merged with those above them, and read as the same, in {rows}.", rows=counted(len(lines), "row")
        )
        yield Problem(name, max(lines) if len(chosen) == 1 else None, None, None, message, "warning")
    if many := sum(len(hidden.get(sheet, ())) for sheet in chosen):
        message = counting(
            "{n:,} row is hidden in the workbook, as by a filter, and read like the others. If they are not meant, "
            "delete them there.",
            "{n:,} rows are hidden in the workbook, as by a filter, and read like the others. If they are not meant, "
            "delete them there.",
            n=many,
        )
        line = hidden[chosen[0]][0] if len(chosen) == 1 else None
        yield Problem(name, line, None, None, message, "warning")


def _meant(
    name: str,
    texts: dict[str, list[Record]],
    shown: dict[str, bool],
    score: Callable[[list[str]], int],
    is_as_earlier: bool,
) -> list[str]:
    """The only sheet that can be meant, by its headers; raises `Unanswered` where several can, or only hidden ones."""
    scores = {sheet: max((score(cells) for _, cells in rows[:30]), default=0) for sheet, rows in texts.items()}
    best = max(scores.values())
    if is_as_earlier:
        fitting = [sheet for sheet in texts if scores[sheet] == best]
    else:
        fitting = [sheet for sheet in texts if FITS * scores[sheet] >= best]
        fitting = [sheet for sheet in fitting if len(texts[sheet]) > 1] or fitting
        fitting = [sheet for sheet in fitting if shown[sheet]] or fitting
    if len(fitting) == 1 and (shown[fitting[0]] or is_as_earlier):
        return fitting
    answers = {}
    if len(fitting) > 1:
        answers[BETWEEN.join(fitting)] = sentence("all of them, one after the other")
    for sheet in fitting:
        begins = sentence(
            "{rows}, beginning {cells}",
            rows=counted(len(texts[sheet]), "row"),
            cells=", ".join(texts[sheet][0][1][:4]),
        )
        answers[sheet] = begins if shown[sheet] else sentence("hidden; {begins}", begins=begins)
    text = (
        sentence("Several sheets could be meant.")
        if len(fitting) > 1
        else sentence("Only a hidden sheet could be meant.")
    )
    raise Unanswered([Question(name, "sheet", text, answers)])


def _one_after_the_other(
    name: str, texts: dict[str, list[Record]], lay_out: Callable[[list[Record]], Layout]
) -> Iterator[Record | Problem]:
    """The rows of several sheets under one header; the lines of each sheet follow those of the one before."""
    layouts = {sheet: lay_out(rows[:30]) for sheet, rows in texts.items()}
    headers = {sheet: _numbered(layout.header) for sheet, layout in layouts.items()}
    together = list(dict.fromkeys(header for numbered in headers.values() for header in numbered))
    written = {key: cell for sheet in texts for key, cell in zip(headers[sheet], layouts[sheet].header, strict=True)}
    yield next(iter(layouts.values())).header_line, [written[header] for header in together]
    last, begun = 0, []
    for sheet, rows in texts.items():
        before = last
        begun.append(sentence("row 1 of {sheet!r} is line {line}", sheet=sheet, line=before + 1))
        for number, cells in rows:
            if number >= layouts[sheet].first_line:
                given = dict(zip(headers[sheet], cells, strict=True))
                last = before + number
                yield last, [given.get(header, "") for header in together]
    message = sentence("{n} sheets are read one after the other: {listed}.", n=len(texts), listed=joined(begun, ", "))
    yield Problem(name, None, None, None, message, "notice")


def _numbered(header: list[str]) -> list[tuple[str, int]]:
    """Headers in lower case, each with how many of the same name precede it."""
    plain = [cell.strip().lower() for cell in header]
    return [(cell, plain[:at].count(cell)) for at, cell in enumerate(plain)]


def _rows(
    name: str, content: Content, mapping: Mapping
) -> tuple[dict[str, bool], dict[str, list[Record]], dict[str, list[int]], dict[str, list[int]]]:
    """All sheets and whether each is shown, the rows of those that have any, those merged with one above, those hidden.

    A process with a memory limit reads them.
    """
    how = "as earlier" if mapping.reads_as_earlier else "as shown"
    command = [sys.executable, "-I", workbook.__file__, mapping.sheet, how]
    read = subprocess.run(command, input=content, capture_output=True, check=False)  # noqa: S603 our own program
    if read.returncode == workbook.UNREADABLE:
        why = read.stderr.decode(errors="replace")
        raise BadFile(
            sentence(
                "{name} cannot be read as a workbook ({why}). Save it again as XLSX, or as CSV.", name=name, why=why
            )
        )
    if read.returncode:
        raise BadFile(
            sentence(
                "{name} unpacks to more than {value} GiB: too much. Save as CSV.",
                name=name,
                value=workbook.MEMORY // 2**30,
            )
        )
    names, *rows = map(json.loads, read.stdout.splitlines())
    sheets: dict[str, list[Record]] = {}
    merged: dict[str, list[int]] = {}
    hidden: dict[str, list[int]] = {}
    for sheet, number, cells, is_merged, is_hidden in rows:
        sheets.setdefault(sheet, []).append((number, cells))
        if is_merged:
            merged.setdefault(sheet, []).append(number)
        if is_hidden:
            hidden.setdefault(sheet, []).append(number)
    return dict(names), sheets, merged, hidden


def _trimmed(rows: list[Record]) -> list[Record]:
    """Rows without the empty columns to the right of all cells."""
    width = max(max(at for at, cell in enumerate(cells) if cell.strip()) + 1 for _, cells in rows)
    return [(number, cells[:width]) for number, cells in rows]
