"""A program of its own, run by `sheets`: a workbook from standard input, its rows as lines of JSON to standard output.

A small workbook can name a cell so far away that reading it takes all memory, and the reader then ends its process;
here that is this one. The first line is the list of sheets, every other [sheet, row number, cells as text].
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
                for number, row in enumerate(workbook.get_sheet_by_name(sheet).iter_rows(), 1):
                    cells = [_text(cell) for cell in row]
                    if any(cell.strip() for cell in cells):
                        print(json.dumps([sheet, number, cells]))  # noqa: T201 same
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
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    main(sys.argv[1])
