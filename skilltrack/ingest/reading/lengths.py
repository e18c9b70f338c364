"""Lengths of time that stand where a last day is expected: `2 years`, `18 Monate`."""

import re
from datetime import date, timedelta

from skilltrack.ingest.reading.dates import REFERENCE, as_date
from skilltrack.language import sentence

LASTING = sentence("counted from the first day")
"""The style of an end that is given as a length of time."""
LENGTH = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)\s*(?:(?P<years>y|yrs?|years?|jahren?|jahre?|ans?|années?|annees?|años?)|"
    r"(?P<months>mo|mths?|months?|monaten?|monate?|mois|mes|meses)|(?P<weeks>w|wks?|weeks?|wochen?|semaines?|semanas?)|"
    r"(?P<days>d|days?|tagen?|tage?|jours?|d[ií]as?))\.?",
    re.IGNORECASE,
)
"""A number of years, months, weeks or days in English, German, French or Spanish."""


def is_length(cell: str) -> bool:
    """Whether a cell is a length of time."""
    return bool(LENGTH.fullmatch(cell.strip()))


def last_day(cell: str, first: str, style: str) -> str:
    """The last day of a length of time that begins on `first`, written in `style`; any other cell as it is.

    A year from 2026-01-31 lasts until 2027-01-30, as the validity of a credential does.
    """
    match, begins = LENGTH.fullmatch(cell.strip()), as_date(first, style)
    if not match or not begins:
        return as_date(cell, REFERENCE) or cell
    day, number = date.fromisoformat(begins), float(match["number"].replace(",", "."))
    months = number * 12 if match["years"] else number if match["months"] else 0.0
    if not number or not months.is_integer() or (not months and not number.is_integer()):
        return cell
    try:
        if months:
            return (_later(day, int(months)) - timedelta(1)).isoformat()
        return (day + timedelta(int(number) * (7 if match["weeks"] else 1) - 1)).isoformat()
    except (OverflowError, ValueError):
        return cell


def _later(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    next_month = date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(day.year + year, month + 1, 1) + timedelta(day.day - 1), next_month - timedelta(1))
