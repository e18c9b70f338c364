"""A program of its own, run by `sheets`: a workbook from standard input, its rows as lines of JSON to standard output.

A small workbook can name a cell so far away that reading it takes all memory, which ends the process of the reader:
this one, not ours. The first line is the list of sheets, each with whether it is shown; every other is [sheet, row
number, cells as text, whether any was merged with the one above, whether the row is hidden].
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
from xml.sax.saxutils import unescape

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

FAILED = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>(#[^<]+)</v>""")
"""A cell of a sheet's XML that holds an error and no value."""
UNSTORED = re.compile(
    rb"""<c r="([A-Z]+)(\d+)"(?![^>]*\bt="str")[^>]*><f[^>]*?(?:/>|>([^<]*)</f>)(?:<v ?/>|<v></v>)?</c>"""
)
"""A cell with a formula and no value: nothing has computed it since a program wrote it."""
HIDDEN = re.compile(rb"""<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)\"""")
"""A row that is not shown, as where a filter leaves it out."""
NO_RESULT = "#NO RESULT!"
"""What such a cell is read as, followed by its formula."""
ZEROS = re.compile("0{2,30}")
"""A number format that only puts zeros in front."""
MEMORY = 4 * 2**30
UNREADABLE = 2
"""Exit status when standard error says why; any other but 0 means that the workbook is too large."""


def main(wanted: str, is_as_shown: bool) -> None:
    """Print the rows that are not blank, of all sheets or of those that `wanted` names, a slash between them.

    `is_as_shown`: ids have the zeros that their format puts in front, and formulas without a result are given.
    """
    with suppress(ValueError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        workbook = CalamineWorkbook.from_filelike(content)
        corrections, hidden = _corrections(content, is_as_shown)
        shown = [[sheet.name, sheet.visible == SheetVisibleEnum.Visible] for sheet in workbook.sheets_metadata]
        print(json.dumps(shown))  # noqa: T201 what this program is for
        for sheet in workbook.sheet_names:
            if not wanted or sheet in wanted.split("/"):
                read = workbook.get_sheet_by_name(sheet)
                begun: dict[int, tuple[int, str]] = {}
                ranges = read.merged_cell_ranges or []
                left = (read.start or (0, 0))[1]  # rows are given from this column on
                merged = {(top, column - left): last for (top, column), (last, _) in ranges if last > top}
                corrected = corrections.get(sheet, {})
                for at, row in enumerate(read.iter_rows()):
                    cells = [_text(cell) for cell in row]
                    for column, text in corrected.get(at + 1, ()):
                        if column - left < len(cells):
                            cells[column - left] = text
                    is_filled = any(cell.strip() for cell in cells)
                    for column, (_, text) in begun.items():
                        cells[column] = text
                    if is_filled:
                        is_hidden = at + 1 in hidden.get(sheet, ())
                        print(json.dumps([sheet, at + 1, cells, bool(begun), is_hidden]))  # noqa: T201 same
                    begun |= {c: (merged[at, c], cells[c]) for c in range(len(cells)) if (at, c) in merged}
                    begun = {column: (last, text) for column, (last, text) in begun.items() if last > at}
    except (CalamineError, ElementTree.ParseError, zipfile.BadZipFile, LookupError, ValueError, OSError) as error:
        sys.stderr.write(str(error))
        sys.exit(UNREADABLE)


def _corrections(
    content: io.BytesIO, is_as_shown: bool
) -> tuple[dict[str, dict[int, list[tuple[int, str]]]], dict[str, set[int]]]:
    """By sheet and row the cells, column and text, that the reader gives in another way than a spreadsheet shows them.

    A formula that failed and one without a result are empty there, and numbers lack the zeros of their format. Also by
    sheet the rows that are hidden.
    """
    corrections: dict[str, dict[int, list[tuple[int, str]]]] = {}
    hidden: dict[str, set[int]] = {}
    with zipfile.ZipFile(content) as parts:
        names = {at["Id"]: at["Target"] for at in _attributes(parts, "xl/_rels/workbook.xml.rels", "Relationship")}
        padded, widths = _padded(parts) if is_as_shown else (None, {})
        for at in _attributes(parts, "xl/workbook.xml", "sheet"):
            part = posixpath.normpath(posixpath.join("/xl", names.get(at.get("id", ""), ""))).lstrip("/")
            rows = corrections.setdefault(at.get("name", ""), {})
            xml = parts.read(part) if part in parts.namelist() else b""
            hidden[at.get("name", "")] = set(map(int, HIDDEN.findall(xml)))
            cells = [(letters, row, code.decode()) for letters, row, code in FAILED.findall(xml)]
            if is_as_shown and b"<f" in xml:
                cells += [(c, row, f"{NO_RESULT} ={unescape(f.decode())}") for c, row, f in UNSTORED.findall(xml)]
            if padded:
                cells += [(c, row, n.decode().zfill(widths[style])) for c, row, style, n in padded.findall(xml)]
            for letters, row, text in cells:
                column = reduce(lambda number, letter: 26 * number + letter - 64, letters, 0) - 1
                rows.setdefault(int(row), []).append((column, text))
    return corrections, hidden


def _padded(parts: zipfile.ZipFile) -> tuple[re.Pattern[bytes] | None, dict[bytes, int]]:
    """A pattern for the numbers whose format puts zeros in front, and how many digits each of their styles has."""
    formats = {at["numFmtId"]: at.get("formatCode", "") for at in _attributes(parts, "xl/styles.xml", "numFmt")}
    styles = _attributes(parts, "xl/styles.xml", "cellXfs/{*}xf")
    codes = [formats.get(style.get("numFmtId", ""), "") for style in styles]
    widths = {str(n).encode(): len(code) for n, code in enumerate(codes) if ZEROS.fullmatch(code)}
    if not widths:
        return None, {}
    of_style = b"|".join(widths)
    return re.compile(
        rb"""<c r="([A-Z]+)(\d+)"[^>]*?\bs="(%s)"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>(\d+)</v>""" % of_style
    ), widths


def _attributes(parts: zipfile.ZipFile, part: str, tag: str) -> list[dict[str, str]]:
    """The attributes of every element called `tag`, all without their namespaces; empty where there is no such part."""
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
    main(sys.argv[1], sys.argv[2] == "as shown")
