"""Bytes to text cells, column by column, each row with the physical line it starts on.

Caps and magic bytes, encoding, delimiter, records; a clean file goes through a vectorised reader, any other through the
careful one, with the same outcome. What is only a guess raises `Unanswered` with samples.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from skilltrack.errors import BadFile
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question, Unanswered
from skilltrack.ingest.records import DELIMITERS, LARGEST_CELL, Record, delimiter_of, first_records, records
from skilltrack.ingest.sheets import is_workbook, read_sheet

LARGEST_FILE = 4 * 2**30
MOST_COLUMNS = 1_000
BREAK_IN_CELL = "\ue00a"
"""A character of nobody's, for a line break in a cell of a workbook."""
HEAD = 65_536
"""Bytes looked at to find delimiter and header."""
LONGEST_HEADER = 2**24
"""Bytes up to which a header longer than that is read, so that its columns can be counted."""
OTHERS = {
    b"\x1f\x8b": "a compressed file; unpack it first",
    b"\xd0\xcf\x11\xe0": "an Excel file of before 2007 or one with a password; save it as XLSX or CSV",
    b"%PDF": "a PDF; export the table as CSV or XLSX",
    b"PK\x03\x04": "a ZIP file, not XLSX; unpack it first",
    b"PAR1": "a Parquet file; export the table as CSV or XLSX",
    b"SQLite format 3": "a database; export the table as CSV or XLSX",
    b"\x89PNG": "a picture; a badge's picture tells nothing that can be imported, its award's row in an export does",
    b"<": "HTML or XML, as some systems call XLS; open it in a spreadsheet and save it as XLSX or CSV",
    b"{": "JSON; export the table as CSV or XLSX",
    b"[{": "JSON; export the table as CSV or XLSX",
}
UTF8 = ("utf-8", "utf-8-sig")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
GUESSES = ("cp1252", "cp1250", "mac_roman")


@dataclass(frozen=True)
class Layout:
    """Where the table begins: its header, the line of the first row below it, and what was passed over."""

    header: list[str]
    header_line: int
    first_line: int
    notices: list[str] = field(default_factory=list)


@dataclass
class Decoded:
    """A file as text: header, one array of cells a column, their lines, and what could not be read."""

    name: str
    content: bytes
    header: list[str]
    columns: list[pa.Array | pa.ChunkedArray]
    """In pieces where the file is large: to put them together takes its memory twice."""
    lines: pa.Array | pa.ChunkedArray
    problems: list[Problem] = field(default_factory=list)
    unread: dict[int, list[str]] = field(default_factory=dict)
    """Cells of the rows that have too few or too many, by line; kept so that nothing is lost."""
    encoding: str = "utf-8"
    delimiter: str = ""
    header_line: int = 1
    break_in_cell: str = ""
    """What a copy of the file writes for a line break in a cell, where each row is one line."""


def pieces(cells: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """A column piece by piece: what is worked out of one and let go of takes no more memory than that one."""
    return list(cells.chunks) if isinstance(cells, pa.ChunkedArray) else [cells]


def decode(
    content: bytes, name: str, mapping: Mapping, lay_out: Callable[[list[Record]], Layout],
    score: Callable[[list[str]], int], is_fast: bool = True,
) -> Decoded:  # fmt: skip
    """Read one file, called `name` in messages; `lay_out` finds the header, `score` counts the headers known in a row.

    Rows that cannot be read become problems; a file that cannot be read raises `BadFile`. `is_fast=False` takes the
    careful reader in any case.
    """
    if is_workbook(content):
        sheet = _laid_out(name, content, read_sheet(name, content, mapping.sheet, score), lay_out, {})
        sheet.break_in_cell = BREAK_IN_CELL
        return sheet
    for magic, what in OTHERS.items():
        if content.startswith(magic) or content[:200].removeprefix(codecs.BOM_UTF8).lstrip().startswith(magic):
            raise BadFile(f"{name} is {what}.")
    encoding = mapping.encoding or _encoding(name, content)
    text = None
    if not is_fast or encoding not in UTF8 or b"\x00" in content:
        text = _text(name, content, encoding)
    head = _first_lines(name, content, encoding) if text is None else text[: _head_ends(text, "\n")]
    delimiter = mapping.delimiter or delimiter_of(name, head, score)
    decoded = _read_clean(name, content, head, delimiter, lay_out) if text is None else None
    if decoded is None:
        unread: dict[int, list[str]] = {}
        found = records(name, _text(name, content, encoding) if text is None else text, delimiter, unread)
        decoded = _laid_out(name, content, found, lay_out, unread)
    decoded.encoding, decoded.delimiter = encoding, delimiter
    decoded.break_in_cell = mapping.line_breaks
    if mapping.line_breaks:
        decoded.columns = [pc.replace_substring(cells, mapping.line_breaks, "\n") for cells in decoded.columns]
    if delimiter != "," and not mapping.delimiter:
        decoded.problems.insert(0, _notice(name, f"cells are parted by {DELIMITERS.get(delimiter, delimiter)}."))
    return decoded


def _laid_out(
    name: str, content: bytes, found_records: Iterator[Record | Problem], lay_out: Callable[[list[Record]], Layout],
    unread: dict[int, list[str]],
) -> Decoded:  # fmt: skip
    """The careful reader's end: records below the header, those of another width apart."""
    head = list(islice(found_records, 30))
    if head and isinstance(head[0], Problem):
        raise BadFile(str(head[0]))
    rows = [record for record in head if not isinstance(record, Problem)]
    if not rows:
        raise BadFile(f"{name} is empty. It needs a header row and at least one row below it.")
    layout = _checked(name, lay_out(rows))
    width, lines, cells = len(layout.header), [], []
    problems = [_notice(name, said) for said in layout.notices]
    for record in chain(head, found_records):
        if isinstance(record, Problem):
            problems += [record] if record.line is None or record.line > layout.header_line else []
            continue
        line, found = record
        if line < layout.first_line:
            continue
        if (len(found) != width and any(cell.strip() for cell in found[width:])) or len(found) < width:
            unread[line] = found
            problems.append(
                Problem(
                    name, line, None, None,
                    f"{len(found)} cells where the header has {width}. "
                    "Quote cells that contain the delimiter, and give every row all its cells.",
                )
            )  # fmt: skip
        else:
            lines.append(line)
            cells.append(found[:width])
    if not cells and not unread and all(problem.severity == "notice" for problem in problems):
        raise BadFile(f"{name} has a header and no rows. Add rows below the header.")
    columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)] or [
        pa.array([], pa.string()) for _ in layout.header
    ]
    numbers = pa.array(lines, pa.int64())
    return Decoded(name, content, layout.header, columns, numbers, problems, unread, header_line=layout.header_line)


def _read_clean(
    name: str, content: bytes, head: str, delimiter: str, lay_out: Callable[[list[Record]], Layout]
) -> Decoded | None:
    """The vectorised reader, for a file whose every line is one full row; None when the careful one must look."""
    body = content.removeprefix(codecs.BOM_UTF8)
    if b'"' in body or body.count(b"\r") != body.count(b"\r\n"):
        return None
    rows = first_records(name, head, delimiter)
    if not rows:
        return None
    layout = _checked(name, lay_out(rows))
    if layout.header_line != 1 or layout.first_line != 2:
        return None
    names = [str(number) for number in range(len(layout.header))]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            pyarrow.csv.ReadOptions(column_names=names, skip_rows=1, block_size=8 * 2**20),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False
            ),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if not len(table) or any(pc.max(pc.binary_length(column)).as_py() > LARGEST_CELL for column in table.columns):
        return None
    is_blank = None
    for column in table.columns:
        blank = pa.chunked_array([pc.equal(pc.utf8_trim_whitespace(piece), "") for piece in pieces(column)])
        is_blank = blank if is_blank is None else pc.and_(is_blank, blank)
        if not pc.any(is_blank).as_py():
            break
    lines = pa.chunked_array([pa.arange(2, len(table) + 2)])
    if pc.any(is_blank).as_py():
        table, lines = table.filter(pc.invert(is_blank)), lines.filter(pc.invert(is_blank))
        if not len(table):
            return None
    return Decoded(name, content, layout.header, table.columns, lines, [_notice(name, said) for said in layout.notices])


def _checked(name: str, layout: Layout) -> Layout:
    if len(layout.header) > MOST_COLUMNS:
        raise BadFile(f"{name} has {len(layout.header):,} columns, more than {MOST_COLUMNS:,}. Is the delimiter right?")
    return layout


def _encoding(name: str, content: bytes) -> str:
    """The encoding that the bytes show; raises `Unanswered` where they do not."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith(UTF16):
        return "utf-16"
    if answers := _unmarked_utf16(content):
        raise Unanswered([Question(name, "encoding", "The text looks like UTF-16 without a mark.", answers)])
    try:
        if not content.isascii():
            content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        said = f"{name}, line {line}: the text is not UTF-8. Save the file as CSV UTF-8, or say how it is written."
        read = set()
        for guess in GUESSES:  # one answer for each different reading of the whole file
            shown, text = _samples(content, guess)
            if shown and text not in read:
                answers[guess] = shown
                read.add(text)
        raise Unanswered([Question(name, "encoding", "Which of these reads right?", answers)], said) from None
    return "utf-8"


def _unmarked_utf16(content: bytes) -> dict[str, str]:
    """The byte orders in which bytes without a mark are UTF-16, with samples; empty for any other text.

    A line end is two bytes there, one of them zero, which no other encoding has: bytes of which most line ends read so
    are UTF-16, whatever script their cells are in.
    """
    found = {}
    for guess in ("utf-16-le", "utf-16-be") if 0 in content else ():
        shown, text = _samples(content, guess)
        if 2 * max(text.count("\n"), text.count("\r")) > max(content.count(b"\n"), content.count(b"\r"), 1):
            found[guess] = shown or repr(text[:40])
    return found


def _samples(content: bytes, encoding: str) -> tuple[str, str]:
    """Two cells with letters beyond ASCII as the encoding reads them, and the whole text; both empty when it cannot."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return "", ""
    cells = (cell for line in text.splitlines() for cell in line.replace(";", ",").replace("\t", ",").split(","))
    found = dict.fromkeys(cell.strip(' "') for cell in cells if not cell.isascii())
    return " and ".join(repr(cell[:40]) for cell in islice(found, 2)), text


def _head_ends(text: Any, line_end: Any) -> int:
    """Where the whole lines at the beginning end: the first line is whole up to a length that no header has."""
    if len(text) < HEAD:
        return len(text)
    last = text.rfind(line_end, 0, HEAD)
    last = text.find(line_end, HEAD, LONGEST_HEADER) if last < 0 else last
    return last + 1 if last >= 0 else min(len(text), LONGEST_HEADER)


def _first_lines(name: str, content: bytes, encoding: str) -> str:
    """The whole lines at the beginning of a UTF-8 file."""
    head = content[: _head_ends(content, b"\n")]
    is_cut = len(head) == LONGEST_HEADER and not head.endswith(b"\n")
    return head.decode(errors="ignore").removeprefix("\ufeff") if is_cut else _text(name, head, encoding)


def _text(name: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except LookupError:
        raise BadFile(f"{name}: there is no encoding {encoding!r}. Try one of: utf-8, utf-16, cp1252.") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(f"{name}, line {line}: the text is not {encoding}. Try another encoding.") from None
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise BadFile(f"{name}, line {line}: a NUL character. The file is damaged or not CSV; export it again.")
    return text


def _notice(name: str, said: str) -> Problem:
    return Problem(name, None, None, None, said, "notice")
