"""What a question can be limited to, and the days that it is about."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from skilltrack.config import today
from skilltrack.days import FIRST, LAST, accepted, in_order
from skilltrack.errors import BadQuestion
from skilltrack.language import _

READINGS = {"verified": 1, "attested": 2, "claimed": 3}
"""Assurance by strength, 1 the strongest: evidence counts in its own reading and in every weaker one."""


@dataclass(frozen=True)
class Filters:
    """What a question is limited to: the day, when it was known, which evidence, which people. Hashable."""

    as_of: date = field(default_factory=today)
    known_at: datetime | None = None
    """UTC, naive; None = everything known by now."""
    assurance: str = "attested"
    manager: str | None = None
    direct: bool | None = None
    """True: of the manager's organisation only those who report to the manager themselves."""
    team: str | None = None
    role: str | None = None
    employee: str | None = None
    skill: str | None = None
    level: int | None = None
    """The lowest level asked about, in experts."""
    paid_from: date | None = None
    paid_to: date | None = None
    months: int = 12
    search: str | None = None
    """The text typed to search for a choice."""
    outside: bool | None = None
    """True: only payments and awards that name nobody whom the roster of the day lists. No file asks for it."""

    @property
    def are_about_a_part(self) -> bool:
        """Whether they choose some of the people. An empty team is a choice too: the people without a team."""
        return any(value is not None for value in (self.manager, self.team, self.role, self.employee))

    def refuse_impossible(self) -> None:
        """Raise `BadQuestion` for an unknown assurance, and for months or days that cannot be asked about."""
        if self.assurance not in READINGS:
            raise BadQuestion(f"There is no assurance {self.assurance!r}. Try one of: {', '.join(READINGS)}.")
        if not 1 <= self.months <= 120:
            raise BadQuestion(f"{self.months} months cannot be shown. Ask for 1 to 120.")
        if self.level is not None and not 1 <= self.level <= 2**31 - 1:
            raise BadQuestion(f"{self.level} is not a level. Ask for 1 or more.")
        for day in (self.as_of, self.paid_from, self.paid_to):
            if day is not None:
                accepted(day)
        if self.paid_from and self.paid_to is None and self.paid_from > self.as_of:
            raise BadQuestion(
                _(
                    "The period begins on {paid_from} and ends on the as-of date, {as_of}, before it begins. "
                    "Give its last day too, or a later as-of date.",
                    paid_from=str(self.paid_from),
                    as_of=str(self.as_of),
                )
            )
        in_order(self.paid_from, self.paid_to)

    def days(self, which: str) -> list[date]:
        """The days that a metric with `days: which` in its header is about."""
        if which == "both_ends":
            last = self.paid_to or self.as_of
            return sorted({self.paid_from or a_year_before(last), last})
        if which == "month_ends":
            return month_ends(self.as_of, self.months)
        return months_ahead(self.as_of, self.months) if which == "months_ahead" else [self.as_of]


def month_ends(last: date, months: int) -> list[date]:
    """The last `months` month ends up to `last`, oldest first; none before the first day that is accepted."""
    year, month = last.year, last.month
    if last.day < monthrange(year, month)[1]:
        year, month = _shift(year, month, -1)
    steps = [_shift(year, month, -back) for back in range(months)]
    return [date(y, m, monthrange(y, m)[1]) for y, m in reversed(steps) if y >= FIRST.year]


def months_ahead(first: date, months: int) -> list[date]:
    """The next `months` month ends after `first`; none after the last day that is accepted."""
    this_month = date(first.year, first.month, monthrange(first.year, first.month)[1])
    start = 1 if this_month <= first else 0
    steps = [_shift(first.year, first.month, ahead) for ahead in range(start, start + months)]
    return [date(y, m, monthrange(y, m)[1]) for y, m in steps if y <= LAST.year]


def a_year_before(day: date) -> date:
    """The first day of a period that was asked for without one."""
    return max(FIRST, day - timedelta(days=365))


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1
