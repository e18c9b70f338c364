"""A program of its own, run by `sheets`: a workbook from standard input, its rows as lines of JSON to standard output.

A small workbook can name a cell so far away that reading it takes all memory, and the reader then ends its process;
here that is this one. The first line is the list of sheets, every other [sheet, row number, cells as text, whether any
was merged with the one above].
"""

import io
import json
import resource
import sys
from contextlib import suppress
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 4 * 2**30
UNREADABLE = 2
"""Exit status when standard error says why; any other but 0 is a workbook that is too much."""


def main(wanted: str) -> None:
    """Print the rows that are not blank, of one sheet or of all."""
    with suppress(ValueError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        print(json.dumps(workbook.sheet_names))  # noqa: T201 what this program is for
        for sheet in workbook.sheet_names:
            if wanted in ("", sheet):
                read = workbook.get_sheet_by_name(sheet)
                begun: dict[int, tuple[int, str]] = {}
                ranges = read.merged_cell_ranges or []
                merged = {(top, column): last for (top, column), (last, _) in ranges if last > top}
                for at, row in enumerate(read.iter_rows()):
                    cells = [_text(cell) for cell in row]
                    is_filled = any(cell.strip() for cell in cells)
                    for column, (_, text) in begun.items():
                        cells[column] = text
                    if is_filled:
                        print(json.dumps([sheet, at + 1, cells, bool(begun)]))  # noqa: T201 same
                    begun |= {c: (merged[at, c], cells[c]) for c in range(len(cells)) if (at, c) in merged}
                    begun = {column: (last, text) for column, (last, text) in begun.items() if last > at}
    except (CalamineError, ValueError, OSError) as error:
        sys.stderr.write(str(error))
        sys.exit(UNREADABLE)


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
