"""Days without their year, `0502` or `5.2.`, as ledgers write them: which year is meant is asked."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from skilltrack.config import today

IN = " in "
"""Between the style of a day and its year: `%d%m in 2024`."""
FORMS = ("%d%m", "%d.%m.", "%d.%m", "%d/%m", "%m/%d", "%d-%m", "%m-%d")
OFFERED = 3
"""How many years are offered, the latest first."""
_STYLE = re.compile(r"(.+) in ((?:19|20)\d\d)")


def day_in_year(style: str, cell: str) -> str | None:
    """The cell as an ISO date, in a style with its year; None where it is none."""
    match = _STYLE.fullmatch(style)
    if not match:
        return None
    form, year = match.groups()
    text = cell.zfill(4) if form == "%d%m" and cell.isdigit() else cell
    if form == "%d%m" and len(text) != 4:
        return None
    try:
        day = datetime.strptime(f"{text} 2000", f"{form} %Y").date()  # a leap year, so that every day can be read
        return date(int(year), day.month, day.day).isoformat()
    except ValueError:
        return None


def yearless_styles(cells: Iterable[str]) -> list[str]:
    """The styles that read all of these cells as days of one of the last years; none where they are something else."""
    values = [cell for cell in cells if cell]
    forms = [form for form in FORMS if values and all(day_in_year(f"{form}{IN}2000", value) for value in values)]
    return [f"{form}{IN}{today().year - back}" for back in range(OFFERED) for form in forms]
