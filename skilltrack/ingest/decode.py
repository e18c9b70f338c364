"""Bytes to text cells, each row with the physical line it starts on.

The reference form only: UTF-8 (with or without a byte order mark), one header row, a delimiter the mapping may name.
Other encodings, delimiters and XLSX get their readers here.
"""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from skilltrack.errors import BadFile
from skilltrack.ingest.outcome import Problem

LARGEST_CELL = 131_072


@dataclass
class Decoded:
    """A file as text: header, rows of as many cells as the header, their lines, and what could not be read."""

    name: str
    content: bytes
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: dict[int, list[str]] = field(default_factory=dict)
    """Cells of the rows that have too few or too many, by line; kept so that nothing is lost."""


def decode(path: Path, name: str, delimiter: str = ",") -> Decoded:
    """Read one CSV file, called `name` in messages.

    Rows that cannot be read become problems; a file that cannot be read raises `BadFile`.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadFile(f"{path} does not exist. Check the name; nothing was imported.") from None
    except IsADirectoryError:
        raise BadFile(f"{path} is a folder. Name its files, or import the folder without a kind.") from None
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    text = _text(name, content)
    records = _records(name, text, delimiter)
    first = next(records, None)
    if first is None:
        raise BadFile(f"{name} is empty. It needs a header row and at least one row below it.")
    if isinstance(first, Problem):
        raise BadFile(str(first))
    decoded = Decoded(name, content, header=[cell.strip() for cell in first[1]])
    for record in records:
        if isinstance(record, Problem):
            decoded.problems.append(record)
            continue
        line, cells = record
        if len(cells) != len(decoded.header):
            decoded.unread[line] = cells
            decoded.problems.append(
                Problem(
                    name, line, None, None,
                    f"{len(cells)} cells where the header has {len(decoded.header)}. "
                    "Quote cells that contain the delimiter, and give every row all its cells.",
                )
            )  # fmt: skip
        else:
            decoded.rows.append(cells)
            decoded.lines.append(line)
    if not decoded.rows and not decoded.problems:
        raise BadFile(f"{name} has a header and no rows. Add rows below the header.")
    return decoded


def _text(name: str, content: bytes) -> str:
    for magic, what in ((b"PK\x03\x04", "an XLSX or ZIP file"), (b"\x1f\x8b", "a compressed file")):
        if content.startswith(magic):
            raise BadFile(f"{name} is {what}, not CSV. Save it as CSV (UTF-8) and import that.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(f"{name}, line {line}: the text is not UTF-8. Save the file as CSV UTF-8.") from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise BadFile(f"{name}, line {line}: a NUL character. The file is damaged or not CSV; export it again.")
    return text


def _records(name: str, text: str, delimiter: str):
    """(line, cells) for each record that is not blank, or a Problem where one cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(LARGEST_CELL)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = str(error)
            if "unexpected end of data" in said:
                yield Problem(
                    name,
                    line,
                    None,
                    None,
                    "a quote is opened and never closed. Close it, or double it to mean a quote.",
                )
            elif "field larger" in said:
                yield Problem(name, line, None, None, f"a cell has more than {LARGEST_CELL} characters. Shorten it.")
            else:
                yield Problem(
                    name, line, None, None, f"this row cannot be read ({said}). Double a quote inside quotes."
                )
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells
