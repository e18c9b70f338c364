"""Bytes to text cells, column by column, each row with the physical line it starts on.

Caps and magic bytes, encoding, delimiter, records; a clean file goes through a vectorised reader, any other through the
careful one, with the same outcome. What is only a guess raises `Unanswered` with samples.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.clean import LINE, Odd, clean_batches
from skilltrack.ingest.reading.content import Content, Room
from skilltrack.ingest.reading.encodings import (
    UTF8,
    encoding_of,
    first_text,
    look_through,
    refuse_unreadable,
    text_lines,
)
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import MOST_LISTED, Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.records import (
    DELIMITERS,
    Layout,
    Record,
    delimiter_of,
    first_records,
    is_remark,
    records,
)
from skilltrack.ingest.reading.sheets import is_workbook, read_sheet
from skilltrack.ingest.reading.things import counted
from skilltrack.language import Sentence, sentence

LARGEST_FILE = 4 * 2**30
MOST_COLUMNS = 1_000
BREAK_IN_CELL = "\ue00a"
"""A private character for a line break in a cell of a workbook."""
MOST_UNREAD, LARGEST_UNREAD = 100_000, 2**25
"""Most rows whose width is not that of the header, and most characters in them; beyond, the whole file is refused."""
BEGINNING = 2**16
"""Bytes at the beginning of a file that show what it is if it is not a table."""
BATCH = 2**24
"""About how many bytes of cells the careful reader collects before it passes them on."""
BEFORE_SVG = rb"(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+|<!DOCTYPE[^>]*+>\s*+)*+"
"""What may stand before an SVG. Nothing in it is tried in two ways: that takes twice as long with each comment."""
JSON = rb"(?:\{(?:\s*+[\"'}]|\s*\n)|\[\s*+(?:\{\s*+[\"'}]|[\[\]\"]))"
"""How JSON begins: a brace is followed by a key, where a header in braces such as `{name}` has a word."""
OTHERS = {
    rb"\x1f\x8b": sentence("a compressed file; unpack it first"),
    rb"\xd0\xcf\x11\xe0": sentence("an Excel file from before 2007, or one with a password; save it as XLSX or CSV"),
    rb"%PDF": sentence("a PDF; export the table as CSV or XLSX"),
    rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet": (
        sentence("an OpenDocument spreadsheet (ODS); save it as XLSX or CSV")
    ),
    rb"PK\x03\x04": sentence("a ZIP file, not XLSX; unpack it first"),
    rb"PAR1": sentence("a Parquet file; export the table as CSV or XLSX"),
    rb"SQLite format 3": sentence("a database; export the table as CSV or XLSX"),
    rb"\x89PNG": sentence("a picture, not a table; a badge can be imported as badges"),
    BEFORE_SVG + rb"<svg": (sentence("a picture (SVG), not a table; a badge can be imported as badges")),
    rb"<": sentence("HTML or XML, which some systems call XLS; open it in a spreadsheet and save it as XLSX or CSV"),
    JSON: sentence("JSON, which is meant for programs; export the table as CSV or XLSX"),
    rb"eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$": (
        sentence("a signed credential (JWT), not a table; it can be imported as badges")
    ),
}
"""How files that are not tables begin, and what each is."""


@dataclass
class Decoded:
    """A file as text: its header, one array of cells for each column, their lines, and what could not be read."""

    name: str
    content: Content
    header: list[str]
    columns: list[pa.ChunkedArray]
    """In pieces of the same lengths: to join them would take their memory twice."""
    lines: pa.ChunkedArray
    problems: list[Problem] = field(default_factory=list)
    unread: dict[int, list[str]] = field(default_factory=dict)
    """Cells of the rows that have too few or too many, by line; kept so that nothing is lost."""
    room: Room = field(default_factory=Room)
    """Where the cells are, and what is made from them."""
    encoding: str = "utf-8"
    delimiter: str = ""
    header_line: int = 1
    needed: int = 0
    """How many cells a row must have so that every required column is among them."""
    questions: list[Question] = field(default_factory=list)
    """What the layout of the file leaves open."""
    places: dict[int, str] = field(default_factory=dict)
    """What messages call a row that has no line, by the number that stands for it: the file inside a zip."""
    break_in_cell: str = ""
    """What a copy of the file writes for a line break in a cell, where each row is one line."""


def decode(
    content: Content,
    name: str,
    mapping: Mapping,
    lay_out: Callable[[list[Record]], Layout],
    score: Callable[[list[str]], int],
    is_fast: bool = True,
    folder: Path | None = None,
) -> Decoded:
    """Read one file, called `name` in messages; `lay_out` finds the header, `score` counts the known headers in a row.

    Rows that cannot be read become problems; a file that cannot be read raises `BadFile`. `is_fast=False` takes the
    careful reader in any case. The cells of a large file are put into `folder`, in a file without a name.
    """
    room = Room(folder)
    if is_workbook(content):
        sheet = _laid_out(name, content, read_sheet(name, content, mapping, score, lay_out), lay_out, {}, room)
        sheet.break_in_cell = BREAK_IN_CELL
        return sheet
    refuse_others(name, content)
    facts = look_through(content)
    if facts.is_blank:
        raise BadFile(sentence("{name} is empty. It needs a header row and at least one row below it.", name=name))
    encoding = mapping.encoding or encoding_of(name, content, facts)
    is_clean = encoding in UTF8 and facts.is_utf8 and not facts.has_nul
    if not is_clean:
        refuse_unreadable(name, content, encoding)
    head = first_text(content, encoding)
    delimiter = mapping.delimiter or delimiter_of(name, head, score)
    is_fast = is_fast and is_clean and not facts.has_quotes and not facts.has_bare_returns
    decoded = _read_clean(name, content, head, delimiter, lay_out, room) if is_fast else None
    if decoded is None:
        decoded = _read_carefully(name, content, encoding, delimiter, lay_out, room)
        if not mapping.reads_as_earlier:
            _drop_remarks(decoded)
            if _lacks_empty_ends(decoded):
                decoded = _read_carefully(name, content, encoding, delimiter, lay_out, room, fills_up=True)
                _drop_remarks(decoded)
    decoded.encoding, decoded.delimiter = encoding, delimiter
    decoded.break_in_cell = mapping.line_breaks
    if mapping.line_breaks:
        mended = partial(pc.replace_substring, pattern=mapping.line_breaks, replacement="\n")
        decoded.columns = [room.changed(mended, cells) for cells in decoded.columns]
    if delimiter != "," and not mapping.delimiter:
        decoded.problems.insert(
            0,
            _notice(name, sentence("read with the delimiter {called}.", called=DELIMITERS.get(delimiter, delimiter))),
        )
    return decoded


def refuse_others(name: str, content: Content) -> None:
    """Raise `BadFile`, which names what a file is, where it is not a table."""
    start = content[:BEGINNING].removeprefix(codecs.BOM_UTF8).lstrip() if not is_workbook(content) else b""
    for beginning, what in OTHERS.items():
        if re.match(beginning, start, re.DOTALL):
            raise BadFile(sentence("{name} is {what}.", name=name, what=what))


def _read_carefully(
    name: str,
    content: Content,
    encoding: str,
    delimiter: str,
    lay_out: Callable[[list[Record]], Layout],
    room: Room,
    fills_up: bool = False,
) -> Decoded:
    """`fills_up`: rows that are too short have empty cells at their end."""
    unread: dict[int, list[str]] = {}
    records_read = records(name, text_lines(name, content, encoding), delimiter, unread)
    return _laid_out(name, content, records_read, lay_out, unread, room, fills_up)


def _drop_remarks(decoded: Decoded) -> None:
    """Remove remarks below the table from the rows that cannot be read."""
    last = decoded.lines[-1].as_py() if len(decoded.lines) else 0
    for line in sorted(decoded.unread, reverse=True):
        if line < last or not is_remark(decoded.unread[line]):
            return
        del decoded.unread[line]
        decoded.problems = [problem for problem in decoded.problems if problem.line != line]
        decoded.problems.append(
            Problem(decoded.name, line, None, None, sentence("is below the table: left out."), "notice")
        )


def _lacks_empty_ends(decoded: Decoded) -> bool:
    """Whether the file leaves out the empty cells at the end of its rows: then no row ends with one.

    Two consecutive short rows that make up one are a row with a line break in it.
    """
    width = len(decoded.header)
    unread = decoded.unread.items()
    short = {line: cells for line, cells in unread if decoded.needed <= len(cells) < width and cells[-1].strip()}
    if not short or not len(decoded.lines) or pc.any(pc.equal(decoded.columns[-1], "")).as_py():
        return False
    return not any(len(cells) + len(short.get(line + 1, ())) == width + 1 for line, cells in short.items())


def _laid_out(
    name: str,
    content: Content,
    records_read: Iterator[Record | Problem],
    lay_out: Callable[[list[Record]], Layout],
    unread: dict[int, list[str]],
    room: Room,
    fills_up: bool = False,
) -> Decoded:
    """The last step of the careful reader: the rows below the header, and apart from them those of another width."""
    head = list(islice(records_read, 30))
    if head and isinstance(head[0], Problem):
        raise BadFile(head[0].sentence)
    first = [record for record in head if not isinstance(record, Problem)]
    if not first:
        raise BadFile(sentence("{name} is empty. It needs a header row and at least one row below it.", name=name))
    layout = _checked(name, lay_out(first))
    problems = [_notice(name, message) for message in layout.notices]
    rows = _rows(name, layout, chain(head, records_read), unread, problems, fills_up)
    table = room.hold(_batches(rows, len(layout.header)), _schema(layout))
    if not len(table) and not unread and all(problem.severity == "notice" for problem in problems):
        raise BadFile(sentence("{name} has a header and no rows. Add rows below the header.", name=name))
    *columns, lines = table.columns
    return Decoded(
        name, content, layout.header, columns, lines, problems, unread, room,
        header_line=layout.header_line, needed=layout.needed,
    )  # fmt: skip


def _rows(
    name: str,
    layout: Layout,
    records_read: Iterable[Record | Problem],
    unread: dict[int, list[str]],
    problems: list[Problem],
    fills_up: bool,
) -> Iterator[Record]:
    """The records below the header that have its width; the others go into `unread`, what is wrong into `problems`."""
    width, warnings, size, filled_up = len(layout.header), 0, 0, 0
    for record in records_read:
        if isinstance(record, Problem):
            warnings += record.severity == "warning"
            if (record.line is None or record.line > layout.header_line) and warnings <= MOST_LISTED:
                problems.append(record)
        elif record[0] >= layout.first_line:
            line, cells = record
            if len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:])):
                yield line, cells[:width]
                continue
            if fills_up and layout.needed <= len(cells) < width:
                filled_up += 1
                yield line, cells + [""] * (width - len(cells))
                continue
            unread[line] = cells
            message = sentence(
                "{n} cells where the header has {width}. Quote cells that contain the delimiter, and give "
                "every row all its cells.",
                n=len(cells),
                width=width,
            )
            problems.append(Problem(name, line, None, None, message))
            size += sum(map(len, cells))
        if len(unread) > MOST_UNREAD or size > LARGEST_UNREAD:
            raise BadFile(
                sentence(
                    "{name}, line {line}: up to here {rows} cannot be read; the first is line {first}, {n} cells where "
                    "the header has {width}. Is the delimiter right?",
                    name=name,
                    line=max(unread),
                    rows=counted(len(unread), "row"),
                    first=min(unread),
                    n=len(unread[min(unread)]),
                    width=width,
                )
            )
    if filled_up:
        message = sentence(
            "cells are missing at the end of {rows}: they are read as empty.", rows=counted(filled_up, "row")
        )
        problems.append(Problem(name, None, None, None, message, "warning"))
    if warnings > MOST_LISTED:
        more = warnings - MOST_LISTED
        message = sentence("and {more:,} more cells that look like another row.", more=more)
        problems.append(Problem(name, None, None, None, message, "warning", count=more))


def _batches(rows: Iterable[Record], width: int) -> Iterator[pa.RecordBatch]:
    """Rows as columns of text, the last one being their lines; some thousands of cells at a time."""
    names = [*map(str, range(width)), LINE]
    lines: list[int] = []
    cells: list[list[str]] = []
    size = 0

    def batch() -> pa.RecordBatch:
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        return pa.record_batch([*columns, pa.array(lines, pa.int64())], names)

    for line, row in rows:
        lines.append(line)
        cells.append(row)
        size += 64 * width + sum(map(len, row))
        if size > BATCH:
            yield batch()
            lines, cells, size = [], [], 0
    if lines:
        yield batch()


def _schema(layout: Layout) -> pa.Schema:
    return pa.schema({str(at): pa.string() for at in range(len(layout.header))} | {LINE: pa.int64()})


def _read_clean(
    name: str, content: Content, head: str, delimiter: str, lay_out: Callable[[list[Record]], Layout], room: Room
) -> Decoded | None:
    """The vectorised reader, for lines that are one full row or blank; None = the careful reader must read the file."""
    rows = first_records(name, head, delimiter)
    if not rows:
        return None
    layout = _checked(name, lay_out(rows))
    start = content.find(b"\n") + 1
    if layout.header_line != 1 or layout.first_line != (rows[1][0] if len(rows) > 1 else 2) or not start:
        return None
    try:
        table = room.hold(clean_batches(content, start, len(layout.header), delimiter), _schema(layout))
    except (Odd, pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if not len(table):
        raise BadFile(sentence("{name} has a header and no rows. Add rows below the header.", name=name))
    *columns, lines = table.columns
    notices = [_notice(name, message) for message in layout.notices]
    return Decoded(name, content, layout.header, columns, lines, notices, room=room)


def _checked(name: str, layout: Layout) -> Layout:
    if len(layout.header) > MOST_COLUMNS:
        raise BadFile(
            sentence(
                "{name} has {n:,} columns, more than {most:,}. Is the delimiter right?",
                name=name,
                n=len(layout.header),
                most=MOST_COLUMNS,
            )
        )
    return layout


def _notice(name: str, message: Sentence) -> Problem:
    return Problem(name, None, None, None, message, "notice")
