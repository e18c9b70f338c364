"""The questions Skilltrack answers: one SQL file each, asked in one place.

Each file of `sql/metrics` is a metric: its header states title, question, definition, unit and columns, its select may
read definitions only. `Metrics.ask` is the only way to an answer, and always takes the viewer it is for.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from skilltrack.access import AREAS, Viewer
from skilltrack.config import READY_AT, SQL, today
from skilltrack.days import FIRST, LAST, accepted, in_order
from skilltrack.errors import BadDefinition, BadQuestion
from skilltrack.questions.lookups import KNOWN, SEEK, Asked, freshness, look_up, numbers, remembered
from skilltrack.relations import END_OF_TIME, Case, known, only, refuse_tables, seen_if_few, with_definitions, with_kept
from skilltrack.storage import Snapshot, Store, Transaction, relations_read

FILES = SQL / "metrics"
READINGS = {"verified": 1, "attested": 2, "claimed": 3}
"""Assurance by strength: evidence of a reading counts in it and in every weaker one."""
CELLS = 10_000_000
"""Rows × columns that an answer may have: more than anybody reads, less than a machine's memory."""


@dataclass(frozen=True)
class Filters:
    """What is asked: on which day, as known when, with which evidence, about whom. Hashable."""

    as_of: date = field(default_factory=today)
    known_at: datetime | None = None
    """UTC, naive; None = everything known by now."""
    assurance: str = "attested"
    manager: str | None = None
    team: str | None = None
    role: str | None = None
    employee: str | None = None
    skill: str | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    months: int = 12
    search: str | None = None
    """What somebody typed to find a choice."""


KEYS: dict[str, tuple[str, ...]] = {
    "title": (),
    "question": (),
    "definition": (),
    "unit": (),
    "days": ("as_of", "both_ends", "month_ends", "months_ahead"),
    "area": tuple(AREAS),
    "role": ("scope", "asked"),
    "report": ("yes", "employee", "no"),
}
"""What the header of a metric may say besides its columns, and the values that this may have; none: any text."""
DEFAULTS = {"days": "as_of", "area": "people", "role": "scope", "report": "yes"}
"""What holds where a header does not say it."""


@dataclass(frozen=True)
class Metric:
    """One question and its definition, as its file states them."""

    name: str
    title: str
    question: str
    definition: str
    unit: str
    columns: dict[str, str]
    """What each column holds, in order."""
    days: str
    """as_of, both_ends (of the period), month_ends or months_ahead: the days the answer is about."""
    area: str
    """Which part of `access.AREAS` it belongs to: only viewers to whom that is open may ask."""
    role: str
    """scope: the role filter limits people to that role; asked: it asks about that role for everyone."""
    report: str
    """yes, employee (a report on one person) or no (screens only)."""
    sql: str


class Metrics:
    """The registry bound to a store."""

    def __init__(self, store: Store | Transaction, reads_kept: bool = True):
        """`reads_kept=False` answers everything from the definitions, which is slower and gives the same."""
        self._store = store
        self._reads_kept = reads_kept

    def ask(self, name: str, viewer: Viewer, filters: Filters) -> pd.DataFrame:
        """The answer to metric `name` for `viewer`, columns as its header states.

        Raises `BadQuestion` when the metric, assurance, manager, team, role, person or skill asked for is unknown,
        `BadDefinition` when the metric reads anything but definitions.
        """
        metric = catalogue().get(name)
        if metric is None:
            raise BadQuestion(f"There is no report {name!r}. Try one of: {', '.join(sorted(catalogue()))}.")
        viewer.acting_in(metric.area, metric.title)
        refuse_tables(metric.title, metric.sql)
        if metric.area == "reports":
            viewer = viewer.told_counts(_is_of_a_part(filters))
        parameters = _parameters(metric, filters, viewer)
        if metric.report == "employee" and filters.employee is None:
            raise BadQuestion(f"The {name} report is about one person. Say whose with --employee ID.")
        limited = not viewer.sees_everyone
        asked = {what: getattr(filters, what) for what in KNOWN if getattr(filters, what) is not None}
        with self._store.snapshot() as reading:
            is_kept = filters.known_at is None and self._reads_kept
            parameters, said, few = self._looked_up(reading, metric, asked, parameters, is_kept, limited)
            if said.get("happened") != said.get("included"):
                if limited:  # whom they may see is looked up in the kept lines
                    raise BadQuestion("The numbers are being brought up to date. Ask again in a moment.")
                if is_kept:
                    is_kept = False
                    said = look_up(reading, asked, parameters, is_kept, limited)
            for what, seek in SEEK.items():
                if said.get(what) is False:
                    raise BadQuestion(f"No {what} {asked[what]!r} is known. {seek}")
            people = {"first_person": said["first"] or 0, "last_person": said["last"] or 0} if is_kept else {}
            if is_kept:
                # Today's organisation of one of their lines, or one person on one day whom they see.
                rosters_of = {parameters["roster_on"] or day for day in parameters["days"]}
                is_own = filters.manager in viewer.lines and rosters_of == {parameters["today"]}
                is_own = is_own or (bool(few and said.get("employee")) and len(rosters_of) == 1)
                sql = with_kept(metric.sql, *_cases(parameters), *few, is_limited=limited, is_own=is_own)
            else:
                sql = with_definitions(metric.sql, limited)
            answer = reading.frame(sql, parameters | people, CELLS)
            if answer is None:
                raise BadQuestion(
                    f"{metric.title} would be more than {CELLS:,} cells ({len(metric.columns)} columns a row). "
                    "Choose an organisation, a team, a role or a person, and ask again."
                )
            return answer

    def _looked_up(
        self, reading: Snapshot, metric: Metric, asked: Asked, parameters: dict[str, Any], is_kept: bool, limited: bool
    ) -> tuple[dict[str, Any], dict[str, Any], list[Case]]:
        """The parameters with what was found out, what `look_up` says, and the case of a viewer who sees few."""
        if not is_kept:
            return parameters, look_up(reading, asked, parameters, is_kept, limited), []
        fresh = freshness(reading)
        if not limited:
            said = remembered(reading, fresh, asked, parameters)
            return parameters | {name: said[name] for name in ("manager_person", "employee_person")}, said, []
        parameters = parameters | numbers(reading, fresh, asked)
        found = seen_if_few(reading, fresh, parameters)
        if not found:
            return parameters, look_up(reading, asked, parameters, is_kept, limited), []
        parameters |= found
        said = known(parameters) or {}
        if "employee" in asked and "roster" not in relations_read(metric.sql):
            parameters |= only(asked["employee"], found)
        return parameters, said or look_up(reading, asked, parameters, is_kept, limited, "short_list"), ["short_list"]


def _is_of_a_part(filters: Filters) -> bool:
    """Whether a question is about some of the people; an empty team is one: the people without a team."""
    return any(value is not None for value in (filters.manager, filters.team, filters.role, filters.employee))


def _cases(parameters: dict[str, Any]) -> list[Case]:
    """The cases of `sql/from_kept` whose texts answer this question."""
    cases: list[Case] = ["any"]
    if parameters["asked_role"] is not None:
        cases.append("asked_role")
    else:  # standings are kept for people's own roles
        cases.append("own_role")
        if parameters["is_whole_company"] and parameters["roster_on"] is None:
            cases.append("whole_company")
    return cases


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by name, read from the headers of `sql/metrics`."""
    return {path.stem: read_metric(path) for path in sorted(FILES.glob("*.sql"))}


def reports() -> list[str]:
    """Names of the metrics that the `report` command prints."""
    return [name for name, metric in catalogue().items() if metric.report != "no"]


def month_ends(last: date, months: int) -> list[date]:
    """The `months` last days of a month up to `last`, oldest first; none before the first day that is accepted."""
    year, month = last.year, last.month
    if last.day < monthrange(year, month)[1]:
        year, month = _shift(year, month, -1)
    steps = [_shift(year, month, -back) for back in range(months)]
    return [date(y, m, monthrange(y, m)[1]) for y, m in reversed(steps) if y >= FIRST.year]


def months_ahead(first: date, months: int) -> list[date]:
    """The next `months` last days of a month after `first`; none after the last day that is accepted."""
    this_month = date(first.year, first.month, monthrange(first.year, first.month)[1])
    start = 1 if this_month <= first else 0
    steps = [_shift(first.year, first.month, ahead) for ahead in range(start, start + months)]
    return [date(y, m, monthrange(y, m)[1]) for y, m in steps if y <= LAST.year]


def a_year_before(day: date) -> date:
    """Where a period begins that nobody gave a first day."""
    return max(FIRST, day - timedelta(days=365))


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def _parameters(metric: Metric, filters: Filters, viewer: Viewer) -> dict[str, Any]:
    if filters.assurance not in READINGS:
        raise BadQuestion(f"There is no assurance {filters.assurance!r}. Try one of: {', '.join(READINGS)}.")
    if not 1 <= filters.months <= 120:
        raise BadQuestion(f"{filters.months} months cannot be shown. Ask for 1 to 120.")
    for day in (filters.as_of, filters.paid_from, filters.paid_to):
        if day is not None:
            accepted(day)
    if filters.paid_from and filters.paid_to is None and filters.paid_from > filters.as_of:
        raise BadQuestion(
            f"The period begins on {filters.paid_from} and ends on the as-of date, {filters.as_of}, before it begins. "
            "Give its last day too, or a later as-of date."
        )
    in_order(filters.paid_from, filters.paid_to)
    days = {
        "as_of": lambda: [filters.as_of],
        "both_ends": lambda: sorted({filters.paid_from or a_year_before(filters.as_of), filters.as_of}),
        "month_ends": lambda: month_ends(filters.as_of, filters.months),
        "months_ahead": lambda: months_ahead(filters.as_of, filters.months),
    }[metric.days]()
    is_asked = metric.role == "asked"
    return {
        "as_of": filters.as_of,
        "days": days,
        "roster_on": filters.as_of if metric.days == "months_ahead" else None,
        "known_at": filters.known_at or END_OF_TIME,
        "reading": READINGS[filters.assurance],
        "manager": filters.manager,
        "team": filters.team,
        "role": None if is_asked else filters.role,
        "asked_role": filters.role if is_asked else None,
        "employee": filters.employee,
        "skill": filters.skill,
        "search": filters.search,
        "paid_from": filters.paid_from,
        "paid_to": filters.paid_to or filters.as_of,
        "is_limited": not viewer.sees_everyone,
        "sees_uploads": viewer.may("uploads"),
        "self": viewer.employee_id,
        "lines": list(viewer.lines),
        "today": today(),
        "is_whole_company": viewer.sees_everyone and not _is_of_a_part(filters),
        "ready_at": READY_AT,
    }


def read_metric(path: Path) -> Metric:
    """The metric that a file states; raises `BadDefinition` for a header that says something unknown, or twice."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header: dict[str, str] = {}
    body = 0
    while body < len(lines) and lines[body].strip()[:2] in ("", "--"):
        if lines[body].strip():
            _read_line(header, lines[body].strip(), f"{path.name}, line {body + 1}")
        body += 1
    for number, line in enumerate(lines[body:], body + 1):
        key = line.strip().removeprefix("--").partition(":")[0].strip()
        if line.strip().startswith("--") and (key in KEYS or key.startswith("column ")):
            raise BadDefinition(
                f"{path.name}, line {number}: {key!r} stands below the header. Put it above the select."
            )
    if lacking := [key for key in KEYS if key not in header and key not in DEFAULTS]:
        raise BadDefinition(f"{path.name}: the header lacks {', '.join(lacking)}.")
    columns = {key.removeprefix("column "): text for key, text in header.items() if key.startswith("column ")}
    stated = DEFAULTS | {key: text for key, text in header.items() if key in KEYS}
    return Metric(name=path.stem, columns=columns, sql="".join(lines[body:]).strip(), **stated)


def _read_line(header: dict[str, str], line: str, place: str) -> None:
    key, _, text = (part.strip() for part in line.removeprefix("--").partition(":"))
    if key not in KEYS and not key.startswith("column "):
        raise BadDefinition(
            f"{place}: {key!r} is not a key of a metric's header. Use one of: {', '.join(KEYS)}, column NAME."
        )
    if key in header:
        raise BadDefinition(f"{place}: {key!r} stands in the header already. Leave one of them out.")
    choices = KEYS.get(key, ())
    if not text or (choices and text not in choices):
        raise BadDefinition(
            f"{place}: {key} is {text!r}. Use {'one of: ' * bool(choices)}{', '.join(choices) or 'text'}."
        )
    header[key] = text
