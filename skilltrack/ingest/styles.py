"""How a column writes its dates, amounts and empty cells, decided by all of its values or asked.

A style is taken only when the values leave one reading: `31.01.2024` beside `03.04.2024` shows that the day comes
first, `03/04/2024` alone shows nothing. A column with any date in reference form keeps to the reference form.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"(.*\d)[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?")
WITH_TIME = " and time"
EXCEL = "excel"
DATE_STYLES = (
    *(
        order.replace(" ", separator)
        for order in ("%d %m %Y", "%m %d %Y", "%Y %m %d", "%d %m %y", "%m %d %y")
        for separator in ("/", ".", "-")
    ),
    *("%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
)

POINT, COMMA = "point", "comma"
PLAIN_AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
SIGN = re.compile(r"[€$£¥]|US\$|\b[A-Z]{3}\b")
WHOLE, GROUPED = r"\d+", r"\d{{1,3}}(?:[{group}' \u00a0\u202f]\d{{3}})+"
AMOUNTS = {
    POINT: re.compile(rf"(?:{WHOLE}|{GROUPED.format(group=',')})(?:\.\d{{1,2}})?"),
    COMMA: re.compile(rf"(?:{WHOLE}|{GROUPED.format(group='.')})(?:,\d{{1,2}})?"),
}
DECISIVE = {POINT: re.compile(r".*\.\d{1,2}"), COMMA: re.compile(r".*,\d{1,2}")}
"""An amount that shows which sign its decimals follow."""

EMPTY = frozenset(
    ("n/a", "#n/a", "n/d", "null", "(null)", "(blank)", "none", "-", "--", "no_manager", "no_mgr", "no_hr",
     "0000-00-00", "00/00/0000", "00.00.0000", "n/a-stillemployed")
)  # fmt: skip
"""Cells that say that there is nothing, in columns of ids, dates and numbers; compared without regard to case."""


def as_date(cell: str, style: str) -> str | None:
    """The cell as an ISO date under a style; None when it is none."""
    if style == EXCEL:
        return (date(1899, 12, 30) + timedelta(int(cell))).isoformat() if re.fullmatch(r"\d{4,5}", cell) else None
    if style.endswith(WITH_TIME):
        found = TIME.fullmatch(cell)
        cell, style = found.group(1) if found else cell, style.removesuffix(WITH_TIME)
    try:
        return datetime.strptime(cell, style).date().isoformat()
    except ValueError:
        return None


def as_amount(cell: str, style: str, currency: str = "") -> str | None:
    """The cell as `-1234.50` under a style; None when it is none, or when its sign contradicts the row's currency."""
    text = cell.strip()
    is_negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if is_negative else text
    for sign in SIGN.findall(text):
        if not _fits(sign, currency.strip().upper()):
            return None
    text = SIGN.sub("", text).strip()
    if text.startswith(("-", "−")) or text.endswith("-"):
        is_negative, text = True, text.strip("-−").strip()
    if not AMOUNTS[style].fullmatch(text):
        return None
    digits = re.sub(r"[' \u00a0\u202f]|" + (re.escape(",") if style == POINT else r"\."), "", text).replace(",", ".")
    return f"-{digits}" if is_negative else digits


def _fits(sign: str, currency: str) -> bool:
    """Whether a sign or code before an amount can stand for the currency of its row."""
    signs = {"€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "US$": ("USD",)}
    if sign == "$":
        return not currency or currency.endswith("D")
    return not currency or currency in signs.get(sign, (sign,))


def date_styles(cells: Iterable[str]) -> list[str]:
    """Styles that read most of these distinct cells, one for each reading; [] = reference form, or no dates at all."""
    values = [cell for cell in cells if cell]
    has_time = any(TIME.fullmatch(cell) for cell in values)
    is_reference = any(ISO.fullmatch(cell) for cell in values)
    if not values or (is_reference and not has_time):
        return []
    styles = ("%Y-%m-%d", *(() if is_reference else DATE_STYLES)) if has_time else DATE_STYLES
    found = _best(values, [style + WITH_TIME * has_time for style in styles], as_date)
    return [found[0], *_contradiction(values, found[0])] if len(found) == 1 else found


def _contradiction(values: list[str], style: str) -> list[str]:
    """The style with day and month the other way round, where a value proves it and another could be read by both."""
    other = re.sub("%[dm]", lambda part: "%m" if part[0] == "%d" else "%d", style) if "%m" in style else style
    both = [(as_date(value, style), as_date(value, other)) for value in values]
    is_proved = any(one is None and two for one, two in both)
    return [other] if is_proved and any(one and two and one != two for one, two in both) else []


def are_serials(cells: Iterable[str]) -> bool:
    """Whether every cell could be a day number of a spreadsheet."""
    values = [cell for cell in cells if cell]
    return bool(values) and all(re.fullmatch(r"[1-6]\d{4}", cell) for cell in values)


def amount_styles(cells: Iterable[str]) -> list[str]:
    """Styles that read most of these distinct cells; [] = reference form, or no amounts at all."""
    values = [cell for cell in cells if cell]
    if all(PLAIN_AMOUNT.fullmatch(cell) for cell in values):
        return []
    found = _best(values, list(AMOUNTS), as_amount)
    shown = [style for style in found if any(DECISIVE[style].fullmatch(SIGN.sub("", v).strip(" )-")) for v in values)]
    needs_no_proof = all(as_amount(v, POINT) == as_amount(v, COMMA) for v in values)
    return shown or ([POINT] if needs_no_proof and found else list(AMOUNTS) if found else [])


def _best(values: list[str], styles: list[str], read: Callable[[str, str], str | None]) -> list[str]:
    """Of the styles that read the most values, at least half of them, one for each different outcome."""
    outcomes: dict[tuple[str | None, ...], str] = {}
    most = (len(values) + 1) // 2
    styles = [style for style in styles if any(read(value, style) for value in values[:200])]
    for style in styles:
        outcome = tuple(read(value, style) for value in values)
        count = len(values) - outcome.count(None)
        if count > most or (count == most and not outcomes):
            outcomes, most = {outcome: style}, count
        elif count == most:
            outcomes.setdefault(outcome, style)
    return list(outcomes.values())
