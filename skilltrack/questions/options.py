"""What a report can be asked about, declared once for the command, for the HTTP API and for its description."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from skilltrack.days import day_of, moment_of
from skilltrack.errors import BadQuestion
from skilltrack.questions.filters import READINGS, Filters
from skilltrack.questions.headers import catalogue
from skilltrack.storage import parameters_named

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


def _number(text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise BadQuestion(f"{text!r} is not a whole number. Write it in digits, such as 12.")
    return int(text)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadQuestion(f"{text!r} is neither true nor false. Write one of them.")
    return text == "true"


READ: dict[str, Callable[[str], Any]] = {
    "day": day_of,
    "time": moment_of,
    "number": _number,
    "text": str,
    "flag": _truth,
}
"""How the text of an option is read, by its kind; each raises `BadQuestion` for a text that is none."""


@dataclass(frozen=True)
class Option:
    """One thing that a report can be limited to."""

    name: str
    """As it is typed: `as_of` is `--as-of` in a command and `as_of=` in an address."""
    kind: str
    """A key of `READ`."""
    about: str
    field: str = ""
    """The field of `Filters`, where it is called otherwise."""
    choices: tuple[str, ...] = ()

    @property
    def filter(self) -> str:
        """The field of `Filters` that it fills."""
        return self.field or self.name


OF_PEOPLE = (
    Option("as_of", "day", "The day asked about (default: today)."),
    Option("known_at", "time", "Only what was known by then, UTC (default: now)."),
    Option("assurance", "text", "verified, attested (default) or claimed.", choices=tuple(READINGS)),
    Option("manager", "text", "Only this manager's organisation (employee_id; an empty one is refused)."),
    Option("direct", "flag", "Of the manager's organisation only those who report to the manager themselves."),
    Option("team", "text", 'Only this team; "" for people without one.'),
)
"""What every report and export can be limited to."""
OPTIONS = (
    *OF_PEOPLE,
    Option("role", "text", "In readiness and gaps: ask about this role; elsewhere: only people in it; never empty."),
    Option("employee", "text", "Whose transcript (employee_id)."),
    Option("skill", "text", "Only this skill (skill_id), in experts."),
    Option("level", "number", "At least this level, in experts."),
    Option("from", "day", "First day of the period, for spend, changes and the board pack.", "paid_from"),
    Option("to", "day", "Last day of the period (default: the as-of date).", "paid_to"),
    Option("months", "number", "How many months, for trend and forecast (default: 12)."),
)
"""What a report can be limited to."""


def filters_of(given: Mapping[str, Any]) -> Filters:
    """The filters that values name, by field; those that are None are left as they are without being asked."""
    return Filters(**{field: value for field, value in given.items() if value is not None})


def filters_in(texts: Mapping[str, str]) -> Filters:
    """The filters that texts name, by the option's name; raises `BadQuestion`, which names the option."""
    given = {}
    for option in OPTIONS:
        if option.name in texts:
            try:
                given[option.filter] = READ[option.kind](texts[option.name])
            except BadQuestion as refused:
                raise BadQuestion(f"{option.name}: {refused}") from None
    return filters_of(given)


def refuse_unasked(name: str, filters: Filters) -> None:
    """Raise `BadQuestion` for a skill or a level that a report would take no notice of."""
    takes = options_of(name)
    for what in ("skill", "level"):
        if getattr(filters, what) is not None and what not in takes:
            raise BadQuestion(f"{name} is not asked about one {what}. Leave {what} out, or ask for experts.")


def options_of(name: str) -> dict[str, Option]:
    """The options that a report or pack takes, by name."""
    takes = parameters_named(catalogue()[name].sql) if name in catalogue() else frozenset({"skill", "level"})
    return {option.name: option for option in OPTIONS if option.name not in ("skill", "level") or option.name in takes}
