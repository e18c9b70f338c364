"""Dates that name a month, a quarter, half a year, a week or a year: their first day, or their last.

Such a date is never read unasked: which day is meant changes when an award begins to count, or ends.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from skilltrack.language import sentence

FIRST_DAY, LAST_DAY = sentence("first day"), sentence("last day")
"""Styles of dates that name a whole period."""
_YEAR, _SHORT = r"(?P<year>(?:19|20)\d\d)", r"(?P<year>(?:(?:19|20)\d|'?\d)\d)"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_WORD = r"(?P<word>[^\W\d_]{3,})\.?"
_BETWEEN = r"(?:\s*[-/.,]\s*|\s+(?:(?:of|de|del)\s+)?)"
_WEEK, _QUARTER, _HALF = r"(?P<week>[0-5]?\d)", r"(?P<quarter>[1-4])", r"(?P<half>[12])"
_WEEKS = r"(?:w|kw|cw|wk|week|woche|kalenderwoche|semaine|semana|sem\.?)\.?\s*"
_QUARTERS = r"(?:q|qtr\.?|quarter|quartal|trimestre|trim\.?|t)\s*"
_HALVES = r"(?:h|hj|half|halbjahr|semestre)\s*"
_NTH = r"(?:\.|st|nd|rd|th|er|e|eme|o|º)?\s*"
PERIODS = tuple(
    re.compile(pattern)
    for pattern in (
        _YEAR,
        rf"{_YEAR}[-/. ]?{_MONTH}",
        rf"{_MONTH}[-/. ]{_YEAR}",
        rf"{_WORD}(?:{_BETWEEN})?{_SHORT}",
        rf"{_YEAR}(?:{_BETWEEN})?{_WORD}",
        *(
            pattern
            for word, number in ((_WEEKS, _WEEK), (_QUARTERS, _QUARTER), (_HALVES, _HALF))
            for pattern in (rf"{word}{number}{_BETWEEN}?{_SHORT}", rf"{_YEAR}{_BETWEEN}?{word}{number}")
        ),
        rf"{_QUARTER}{_NTH}{_QUARTERS}{_BETWEEN}?{_SHORT}",
        rf"{_HALF}{_NTH}{_HALVES}{_BETWEEN}?{_SHORT}",
    )
)
"""What a date looks like that names a period: 2024, 2024-05, 05/2024, May 2024, Jan-24, KW 5/2024, Q1 2024, 1T 2024."""


def period(text: str, months: dict[str, int]) -> tuple[date, date] | None:
    """The first and the last day of the period that a text names; None where it names none.

    `text` is in lower case and has no accents; `months` has the number of each month by the beginnings of its names.
    """
    for pattern in PERIODS:
        if not (match := pattern.fullmatch(text)):
            continue
        parts = match.groupdict()
        year = int(parts["year"].strip("'"))
        year += 2000 * (year < 100)
        if parts.get("word") and not (months.get(parts["word"])):
            continue
        if week := parts.get("week"):
            try:
                first = date.fromisocalendar(year, int(week), 1)
            except ValueError:
                return None
            return first, first + timedelta(6)
        if parts.get("quarter"):
            return _months(year, 3 * int(parts["quarter"]) - 2, 3)
        if parts.get("half"):
            return _months(year, 6 * int(parts["half"]) - 5, 6)
        month = months[parts["word"]] if parts.get("word") else int(parts.get("month") or 0)
        return _months(year, month, 1) if month else _months(year, 1, 12)
    return None


def _months(year: int, first: int, many: int) -> tuple[date, date]:
    last = first + many - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
