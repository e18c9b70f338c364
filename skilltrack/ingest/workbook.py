"""A program of its own, run by `sheets`: a workbook from standard input, its rows as lines of JSON to standard output.

A small workbook can name a cell so far away that reading it takes all memory, and the reader then ends its process;
here that is this one. The first line is the list of sheets, every other [sheet, row number, cells as text, whether any
was merged with the one above].
"""

import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from functools import reduce
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

FAILED = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>(#[^<]+)</v>""")
"""A cell of a sheet's XML that holds an error and no value."""
MEMORY = 4 * 2**30
UNREADABLE = 2
"""Exit status when standard error says why; any other but 0 is a workbook that is too much."""


def main(wanted: str) -> None:
    """Print the rows that are not blank, of one sheet or of all."""
    with suppress(ValueError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        workbook = CalamineWorkbook.from_filelike(content)
        errors = _errors(content)
        print(json.dumps(workbook.sheet_names))  # noqa: T201 what this program is for
        for sheet in workbook.sheet_names:
            if wanted in ("", sheet):
                read = workbook.get_sheet_by_name(sheet)
                begun: dict[int, tuple[int, str]] = {}
                ranges = read.merged_cell_ranges or []
                left = (read.start or (0, 0))[1]  # rows are given from this column on
                merged = {(top, column - left): last for (top, column), (last, _) in ranges if last > top}
                failed = errors.get(sheet, {})
                for at, row in enumerate(read.iter_rows()):
                    cells = [_text(cell) for cell in row]
                    for column, code in failed.get(at + 1, ()):
                        cells[column - left] = code
                    is_filled = any(cell.strip() for cell in cells)
                    for column, (_, text) in begun.items():
                        cells[column] = text
                    if is_filled:
                        print(json.dumps([sheet, at + 1, cells, bool(begun)]))  # noqa: T201 same
                    begun |= {c: (merged[at, c], cells[c]) for c in range(len(cells)) if (at, c) in merged}
                    begun = {column: (last, text) for column, (last, text) in begun.items() if last > at}
    except (CalamineError, ElementTree.ParseError, zipfile.BadZipFile, LookupError, ValueError, OSError) as error:
        sys.stderr.write(str(error))
        sys.exit(UNREADABLE)


def _errors(content: io.BytesIO) -> dict[str, dict[int, list[tuple[int, str]]]]:
    """By sheet and row the cells, column and code, whose formula failed: the reader gives them as empty."""
    found: dict[str, dict[int, list[tuple[int, str]]]] = {}
    with zipfile.ZipFile(content) as parts:
        names = {at["Id"]: at["Target"] for at in _attributes(parts, "xl/_rels/workbook.xml.rels", "Relationship")}
        for at in _attributes(parts, "xl/workbook.xml", "sheet"):
            part = posixpath.normpath(posixpath.join("/xl", names.get(at.get("id", ""), ""))).lstrip("/")
            rows = found.setdefault(at.get("name", ""), {})
            for letters, row, code in FAILED.findall(parts.read(part)) if part in parts.namelist() else ():
                column = reduce(lambda number, letter: 26 * number + letter - 64, letters, 0) - 1
                rows.setdefault(int(row), []).append((column, code.decode()))
    return found


def _attributes(parts: zipfile.ZipFile, part: str, tag: str) -> list[dict[str, str]]:
    """The attributes of every element called `tag`, all without their namespaces; none where there is no such part."""
    if part not in parts.namelist():
        return []
    elements = ElementTree.fromstring(parts.read(part)).findall(f".//{{*}}{tag}")  # noqa: S314 a process with a limit
    return [{name.rpartition("}")[2]: value for name, value in element.attrib.items()} for element in elements]


def _text(cell: object) -> str:
    """A typed cell as the reference form writes it; whole numbers without a point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        # A spreadsheet keeps 15 digits: longer numbers are written as it shows them, for the ids' alarm.
        return str(int(cell)) if abs(cell) < 1e15 else f"{cell:.14E}"
    if isinstance(cell, float):
        return str(float(f"{cell:.15g}"))  # what it shows: 300.3 is kept as 300.29999999999995
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    main(sys.argv[1])
