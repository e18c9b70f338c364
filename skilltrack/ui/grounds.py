"""For each number on a screen, the questions that give the rows it rests on; asked once somebody opens them.

They are the questions of the number itself, with the same filters: what is listed adds up to what the number says.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from skilltrack import answer_grounds, grounds, money_grounds, renewal_grounds, tables
from skilltrack.language import mark, money, number
from skilltrack.questions import READINGS, Filters, catalogue
from skilltrack.ui.cache import shaped

Question = tuple[str, Filters]
WIDER = {"verified": "attested", "attested": "claimed", "claimed": "claimed"}
"""The next weaker evidence: what counts under it alone is told from what nothing shows."""
SCOPED = {"depth", "staffing"}
"""Questions without a column of people whose answers are about those in scope all the same."""
OUTSIDE = {
    "payment_lines", "unconverted_payments", "own_payments", "gains", "award_lines", "awards_believed", "badges_naming",
    "people_ever",
}  # fmt: skip
"""Questions that answer about payments and awards of nobody whom the roster of the day lists, too."""
WHOLE = {"organisations"}
"""Questions about people that say who reports to a manager: asked of a team alone, others would be at its top."""

DEFINED_BY = {
    "all": "payment_lines",
    "own": "payment_lines",
    "unconverted": "unconverted_payments",
    "seat_time": "spend",
    "priced": "prices_paid",
}
"""The metric that defines each sum of payments."""


PARTS = (mark("Counted: {n}"), mark("Not counted: {n}"), mark("In neither: {n}"))


class Ground(NamedTuple):
    """What a number rests on, not asked yet."""

    name: str
    """What opens it in the address, as `why`."""
    metric: str
    """The metric whose definition says how the number is made."""
    shape: Callable[..., grounds.Rows]
    questions: tuple[Question, ...]
    about: str
    """The metric in whose header the columns of the rows have their labels."""
    columns: tuple[str, ...]
    more: tuple[Hashable, ...] = ()
    adds_up: str = ""
    """The column that is added up, or whose values are counted once; empty where each row counts as one."""
    currency: str = ""
    """The currency of what is added up, where that is money."""
    parts: tuple[str, str, str] = PARTS
    """What the rows that count, the rest and those left out are called."""
    has_outside: bool = False
    """Whether rows that count can name nobody whom the roster of the day lists: they are in no team's list."""

    @property
    def view(self) -> Filters:
        """What the number is about."""
        return self.questions[0][1]

    def rows(self) -> grounds.Rows:
        """The rows, for the viewer of this run."""
        return shaped(self.shape, *self.questions, more=self.more)

    def amount(self, rows: pd.DataFrame) -> str:
        """How much some of the rows are, as the number writes it."""
        if self.currency:
            sums = rows.assign(amount=rows[self.adds_up].astype(float)).groupby("currency")["amount"].sum()
            return ", ".join(money(amount, currency) for currency, amount in sums.items())
        if not self.adds_up:
            return number(len(rows))
        values = rows[self.adds_up]
        return number(values.sum() if pd.api.types.is_numeric_dtype(values) else values.nunique())

    def is_too_many(self) -> bool:
        """Whether it is about more people than are listed, and lists them."""
        if self.view.employee or not any(_is_about_people(name) for name, _view in self.questions):
            return False
        # A ground of payments has a period, and one of staffing a role: neither changes who is here.
        here = replace(self.view, role=None, skill=None, level=None, paid_from=None, paid_to=None)
        everybody: int = shaped(tables.records, ("totals", here))[0]["people"]
        return everybody > tables.LISTED

    def limited(self, **part: Any) -> "Ground":
        """The same of one team, or of one person."""
        asked = [
            (name, replace(view, **part) if name in SCOPED or (_is_about_people(name) and name not in WHOLE) else view)
            for name, view in self.questions
        ]
        return self._replace(questions=tuple(asked))

    @property
    def goes_outside(self) -> bool:
        """Whether it also counts what is in no team's list."""
        return self.has_outside and not self.view.are_about_a_part

    def outside(self) -> "Ground":
        """The same of what names nobody whom the roster of the day lists."""
        asked = [(name, replace(view, outside=True) if name in OUTSIDE else view) for name, view in self.questions]
        return self._replace(questions=tuple(asked))


def _is_about_people(name: str) -> bool:
    """Whether the answers to a question name people."""
    return "employee_id" in catalogue()[name].columns


def people_listed(view: Filters) -> Question:
    """Everybody whom the roster of the day lists."""
    return "people", replace(view, role=None)


def people_ever(view: Filters) -> Question:
    """Everybody whom any roster lists, for the names of who has left."""
    return "people_ever", replace(view, role=None)


def credentials_of(view: Filters) -> Question:
    """The catalogue's credentials, for their names."""
    return "catalogue_of_credentials", Filters(known_at=view.known_at)


def requirements(view: Filters, counts: str = "met", name: str = "") -> Ground:
    """Requirements that are met, unmet, or critical and unmet (`counts`)."""
    wider = replace(view, assurance=WIDER[view.assurance])
    asked = (
        ("requirements_met", view),
        ("gaps", view),
        ("requirements_met", wider),
        ("readiness", view),
        people_listed(view),
    )
    columns = ("name", "skill", "why", "required_level", "level", "is_critical", "team")
    metric, more = "coverage" if counts == "met" else "gaps", (view.as_of, view.assurance, counts)
    return Ground(name or counts, metric, grounds.requirements, asked, "requirements_met", columns, more)


def of_no_team(view: Filters) -> Ground:
    """Requirements that people without a team do not meet."""
    return requirements(view, "unmet")._replace(shape=grounds.of_no_team)


def of_cell(view: Filters, team: str, skill: str) -> Ground:
    """The requirements of one skill in one team."""
    cell = requirements(replace(view, team=team or None, skill=skill), name="cell")
    return cell if team else cell._replace(shape=grounds.of_no_team)


def unreached(view: Filters) -> Ground:
    """Skills that roles need and nobody has at the level."""
    asked, columns = (("coverage_by_skill", view),), ("skill", "met", "required", "why")
    return Ground("unreached", "coverage", grounds.unreached, asked, "coverage_by_skill", columns)


def without_profile(view: Filters) -> Ground:
    """People whose role has no requirements."""
    asked, columns = (("readiness", view), people_listed(view)), ("name", "why", "team")
    return Ground("unasked", "readiness", grounds.without_profile, asked, "readiness", columns, (view.as_of,))


def by_cell(view: Filters) -> Ground:
    """Requirements that are not met, by team and skill."""
    return requirements(view, "unmet")._replace(shape=grounds.by_cell)


def of_reports(view: Filters) -> Ground:
    """Requirements that the people who report to a manager meet themselves."""
    whole = requirements(view, name="reports")
    return whole._replace(shape=grounds.of_reports, questions=(*whole.questions, ("organisations", view)))


def people(view: Filters, counts: str = "ready") -> Ground:
    """People who are ready, nearly (close), lack something (lacking) or something critical (critical)."""
    asked = ("readiness", view), ("gaps", view), people_listed(view)
    columns = ("name", "why", "remains", "met", "requirements", "team")
    metric = "gaps" if counts == "lacking" else "readiness"
    return Ground(f"people_{counts}", metric, grounds.people, asked, "readiness", columns, (view.as_of, counts))


def in_the_way(view: Filters, skill: str) -> Ground:
    """People who are not ready and lack a skill."""
    asked, columns = (("readiness", view), ("gaps", view)), ("name", "remains", "why", "met", "requirements", "team")
    return Ground("in_the_way", "readiness", grounds.in_the_way, asked, "readiness", columns, (skill,))


def some_gaps(view: Filters, skill: str | None = None, role: str | None = None, reason: str | None = None) -> Ground:
    """Requirements that are not met: of one skill, of one role, for one reason. None: any."""
    columns = ("name", "skill", "why", "required_level", "level", "critical", "team")
    return Ground("because", "gaps", grounds.some_gaps, (("gaps", view),), "gaps", columns, (skill, role, reason))


def by_reading(view: Filters) -> Ground:
    """Requirements that are met on verified evidence, and on which evidence the others are."""
    asked = tuple(("requirements_met", replace(view, assurance=reading)) for reading in READINGS)
    columns = ("name", "skill", "why", "required_level", "is_critical", "team")
    return Ground("readings", "coverage", grounds.by_reading, asked, "requirements_met", columns)


def able(view: Filters) -> Ground:
    """People who can do a skill at a level."""
    columns = ("name", "level", "valid_to", "why", "team")
    asked = ("experts", replace(view, level=None)), people_listed(replace(view, skill=None, level=None))
    return Ground("able", "experts", grounds.able, asked, "experts", columns, (view.as_of, view.level or 1))


def thin_skills(view: Filters) -> Ground:
    """Team skills that one person can show, or nobody."""
    asked = ("depth", view), ("experts", view), ("requirements_met", view)
    columns = ("team", "skill", "who", "name", "depth", "needed")
    return Ground("thin", "depth", grounds.thin_skills, asked, "depth", columns)


def due(view: Filters, *buckets: str) -> Ground:
    """Awards that end in these buckets."""
    asked = ("renewals", view), ("award_lines", view), credentials_of(view), people_ever(view)
    columns = ("name", "credential", "why", "valid_to", "days", "team")
    name = f"due_{buckets[0] if len(buckets) == 1 else 'soon'}"
    return Ground(name, "renewals", renewal_grounds.due, asked, "renewals", columns, (view.as_of, *buckets))


def ending_by(view: Filters, day: date) -> Ground:
    """Awards that end by a day to come."""
    columns, about = ("name", "credential", "valid_to", "days", "team"), "renewals"
    parts = mark("End by then: {n}"), mark("End later: {n}"), mark("Ended already: {n}")
    return Ground("ending", about, renewal_grounds.ending_by, ((about, view),), about, columns, (day,), parts=parts)


def due_listed(view: Filters, course: str | None, before: date | None, *buckets: str) -> Ground:
    """Awards that end in these buckets, of one course and up to a day if they are given."""
    more = (view.as_of, course, before, *buckets)
    return due(view, *buckets)._replace(name="due_listed", shape=renewal_grounds.due_listed, more=more)


def due_together(view: Filters, *limits: Any) -> Ground:
    """The same of awards that several people of a team share."""
    return due_listed(view, *limits)._replace(shape=renewal_grounds.due_together)


def payments(view: Filters, currency: str, counts: str = "all") -> Ground:
    """Payments of a currency: all, without an award (unconverted), seat_time, of employees (own), or priced."""
    asked = (
        ("payment_lines", view),
        ("unconverted_payments", view),
        ("spend", view),
        credentials_of(view),
        people_ever(view),
    )
    columns = ("name", "amount", "credential", "why", "paid_on", "team")
    name, metric, more = f"paid_{counts}", DEFINED_BY[counts], (currency, counts, view.as_of)
    about, shape = "unconverted_payments", money_grounds.payments
    ground = Ground(name, metric, shape, asked, about, columns, more, adds_up="amount", currency=currency)
    return ground._replace(has_outside=True)


def gains(view: Filters, currency: str) -> Ground:
    """Skills that awards of credentials of this currency brought."""
    asked = ("gains", view), ("spend", view), credentials_of(view), people_ever(view)
    columns, more = ("name", "credential", "skills_gained", "why", "issued_on", "team"), (currency,)
    ground = Ground("gains", "spend", money_grounds.gains, asked, "gains", columns, more, adds_up="skills_gained")
    return ground._replace(has_outside=True)


def own_money(view: Filters, currency: str) -> Ground:
    """Money that employees paid themselves and have not got back."""
    columns = ("name", "open", "days", "credential", "why", "paid_on", "paid", "refunded", "team")
    asked, about = (("own_payments", view), people_ever(view)), "own_payments"
    ground = Ground("own_money", about, money_grounds.own_money, asked, about, columns, (currency,), "open", currency)
    return ground._replace(has_outside=True)


def refunds(view: Filters, currency: str) -> Ground:
    """What employees paid themselves and got back, by how long that took."""
    columns = ("name", "days", "credential", "why", "paid_on", "paid", "refunded", "team")
    asked, about = (("own_payments", view), people_ever(view)), "own_payments"
    ground = Ground("refunds", about, money_grounds.refunds, asked, about, columns, (currency,))
    return ground._replace(has_outside=True)


def over_list(view: Filters, currency: str) -> Ground:
    """What was paid over the list prices."""
    columns, asked = ("credential", "over", "people", "price_paid", "list_price", "why"), (("prices_paid", view),)
    about, shape = "prices_paid", money_grounds.over_list
    return Ground("over_list", about, shape, asked, about, columns, (currency,), "over", currency)


def leavers(view: Filters) -> Ground:
    """People who are the only one who can do something."""
    asked, columns = (("leaving", view), people_listed(view)), ("name", "lost", "skills", "why", "team")
    return Ground("only_one", "leaving", grounds.leavers, asked, "leaving", columns, (view.as_of,))


def seats(view: Filters, counts: str = "filled") -> Ground:
    """Seats of the targets that can be filled, or stay empty (`counts`)."""
    asked = ("seats", view), ("staffing", view)
    columns = ("name", "skill", "why", "level", "has_level", "team")
    return Ground("seats", "staffing", grounds.seats, asked, "seats", columns, (counts,))


def short_next(view: Filters) -> Ground:
    """Targets that are filled now and fall short in the months ahead."""
    asked, about = (("staffing", view), ("staffing_ahead", view)), "staffing_ahead"
    columns = ("day", "team", "skill", "level", "why", "filled", "headcount", "short")
    return Ground("short_next", about, grounds.short_next, asked, about, columns)


def changes(view: Filters, cause: str | None = None) -> Ground:
    """Requirements that are met on one of two days only, of one cause if it is given."""
    columns = ("name", "skill", "why", "team")
    return Ground("changed", "changes", grounds.changes, (("changes", view),), "changes", columns, (cause,))


def net_changes(view: Filters) -> Ground:
    """By how many more or fewer requirements are met than on another day."""
    columns, parts = ("name", "skill", "why", "team"), (mark("Newly met: {n}"), mark("No longer met: {n}"), PARTS[2])
    asked = (("changes", view),)
    return Ground("net", "changes", grounds.net_changes, asked, "changes", columns, parts=parts)


def skills_shown(view: Filters) -> Ground:
    """Skills of which one person has evidence that counts."""
    columns = ("skill", "level", "source", "credential", "why", "valid_from", "valid_to")
    return Ground("skills", "transcript", grounds.skills_shown, (("transcript", view),), "transcript", columns)


def evidence(view: Filters) -> Ground:
    """Pieces of evidence of one person that count on the day."""
    columns = ("skill", "level", "source", "credential", "why", "valid_from", "valid_to")
    return Ground("evidence", "transcript", grounds.evidence, (("transcript", view),), "transcript", columns)


def paths(view: Filters) -> Ground:
    """Parts of certificate paths that one person has."""
    columns, about = ("credential", "component", "why"), "stack_progress"
    parts = mark("Has: {n}"), mark("Still to earn: {n}"), PARTS[2]
    return Ground("paths", about, grounds.paths, ((about, view),), about, columns, parts=parts)


def learning(view: Filters) -> Ground:
    """Requirements that credentials of the catalogue would meet, for one person."""
    columns, about = ("credential", "skill", "required_level", "level", "why", "critical"), "next_learning"
    asked = (about, view), ("gaps", view)
    return Ground("learning", about, grounds.learning, asked, "gaps", columns)


def lapsing(view: Filters, last: date) -> Ground:
    """Skills of one person of which the evidence ends by a day."""
    columns, about = ("skill", "level", "valid_to", "why", "source", "credential"), "transcript"
    return Ground("lapsing", about, answer_grounds.ending_skills, ((about, view),), about, columns, (last,))


def learning_with(view: Filters, credential: str) -> Ground:
    """Requirements that one credential of the catalogue would meet, for one person."""
    return learning(view)._replace(name="learning_with", shape=answer_grounds.learning_with, more=(credential,))


def files_of_upload(view: Filters, upload_id: int) -> Ground:
    """The files of one upload."""
    columns, about = ("file_name", "new_rows", "changed_rows", "gone_rows", "quarantined_rows"), "upload_files"
    return Ground("files", about, answer_grounds.files_of_upload, ((about, view),), about, columns, (upload_id,))
