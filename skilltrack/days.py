"""The days that Skilltrack accepts, and the sentence about any other day. Every door asks here.

A question or a roster can be about FIRST to LAST. A cell of a file can hold FIRST to the end of the year 9999: a date
after LAST means that something never ends, as other systems write it (9999-12-31, 4712-12-31).
"""

from datetime import UTC, date, datetime, time

from skilltrack.errors import BadQuestion
from skilltrack.language import _, mark

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
RANGE = mark("Use a day from {first} to {last}.")
"""The same days in words."""


def day_of(text: str, what: str = "") -> date:
    """The day that a text in ISO form names; `what` begins the sentence of the `BadQuestion` for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise BadQuestion(
            _(
                "{what}{text} is not a date. Write it as YYYY-MM-DD, such as 2026-01-31.",
                what=what,
                text=repr(text),
            )
        )
    return accepted(day, what)


def accepted(day: date, what: str = "") -> date:
    """The day itself, where it can be asked about; raises `BadQuestion` for one outside the range."""
    if not FIRST <= day <= LAST:
        raise BadQuestion(
            _(
                "{what}{day} is outside the days that can be asked about. {range}",
                what=what,
                day=str(day),
                range=_(RANGE, first=str(FIRST), last=str(LAST)),
            )
        )
    return day


def moment_of(text: str) -> datetime:
    """The time that a text names, in UTC and naive; a date alone means the end of that day."""
    try:
        if len(text) == 10:
            return datetime.combine(day_of(text), time.max)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuestion(_("{text} is not a time. Write it as 2026-01-31T17:00, in UTC.", text=repr(text))) from None
    accepted(moment.date())
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def in_order(first: date | None, last: date | None) -> None:
    """Raise `BadQuestion` for a period that ends before it begins."""
    if first is not None and last is not None and first > last:
        raise BadQuestion(
            _(
                "The period begins on {first} and ends on {last}, before it begins. Swap the two days.",
                first=str(first),
                last=str(last),
            )
        )
