"""For each number on a screen, the questions that give the rows it rests on; asked once somebody opens them.

They are the questions of the number itself, with the same filters: what is listed adds up to what the number says.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from skilltrack import grounds, tables
from skilltrack.language import money, number
from skilltrack.questions import Filters
from skilltrack.ui.cache import shaped

Question = tuple[str, Filters]
WIDER = {"verified": "attested", "attested": "claimed", "claimed": "claimed"}
"""The next weaker evidence: what counts under it alone is told from what nothing shows."""


DEFINED_BY = {
    "all": "payment_lines", "own": "payment_lines", "unconverted": "unconverted_payments", "seat_time": "spend",
}  # fmt: skip
"""The metric that defines each sum of payments."""


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
            return money(rows["amount"].sum(), self.currency)
        if not self.adds_up:
            return number(len(rows))
        values = rows[self.adds_up]
        return number(values.sum() if pd.api.types.is_numeric_dtype(values) else values.nunique())

    def is_too_many(self) -> bool:
        """Whether it is about more people than are listed."""
        if self.view.employee:
            return False
        everybody: int = shaped(tables.records, ("totals", replace(self.view, role=None)))[0]["people"]
        return everybody > tables.LISTED


def _listed(view: Filters) -> Question:
    return "people", replace(view, role=None)


def requirements(view: Filters, counts: str = "met", name: str = "") -> Ground:
    """Requirements that are met, unmet, or critical and unmet (`counts`)."""
    wider = replace(view, assurance=WIDER[view.assurance])
    asked = (
        ("requirements_met", view), ("gaps", view), ("requirements_met", wider), ("readiness", view), _listed(view),
    )  # fmt: skip
    columns = ("name", "skill", "why", "required_level", "level", "is_critical", "team")
    metric, more = "coverage" if counts == "met" else "gaps", (view.as_of, view.assurance, counts)
    return Ground(name or counts, metric, grounds.requirements, asked, "requirements_met", columns, more)


def of_reports(view: Filters) -> Ground:
    """Requirements that the people who report to a manager meet themselves."""
    whole = requirements(view, name="reports")
    return whole._replace(shape=grounds.of_reports, questions=(*whole.questions, ("organisations", view)))


def people(view: Filters, counts: str = "ready") -> Ground:
    """People who are ready, nearly (close), lack something (lacking) or something critical (critical)."""
    asked = ("readiness", view), ("gaps", view), _listed(view)
    columns = ("name", "why", "remains", "met", "requirements", "team")
    metric = "gaps" if counts == "lacking" else "readiness"
    return Ground(f"people_{counts}", metric, grounds.people, asked, "readiness", columns, (view.as_of, counts))


def thin_skills(view: Filters) -> Ground:
    """Team skills that one person can show, or nobody."""
    asked = ("depth", view), ("experts", view), ("requirements_met", view)
    columns = ("team", "skill", "who", "name", "depth", "needed")
    return Ground("thin", "depth", grounds.thin_skills, asked, "depth", columns)


def due(view: Filters, *buckets: str) -> Ground:
    """Awards that end in these buckets."""
    credentials = "catalogue_of_credentials", Filters(known_at=view.known_at)
    asked = ("renewals", view), ("award_lines", view), credentials, _listed(view)
    columns = ("name", "credential", "why", "valid_to", "days", "team")
    name = f"due_{buckets[0] if len(buckets) == 1 else 'soon'}"
    return Ground(name, "renewals", grounds.due, asked, "renewals", columns, (view.as_of, *buckets))


def payments(view: Filters, currency: str, counts: str = "all") -> Ground:
    """Payments of a currency: all, without an award (unconverted), seat_time, or of employees (own)."""
    credentials = "catalogue_of_credentials", Filters(known_at=view.known_at)
    asked = (
        ("payment_lines", view), ("unconverted_payments", view), ("spend", view), credentials, _listed(view),
    )  # fmt: skip
    columns = ("name", "amount", "credential", "why", "paid_on", "team")
    name, metric, more = f"paid_{counts}", DEFINED_BY[counts], (currency, counts)
    about = "unconverted_payments"
    return Ground(name, metric, grounds.payments, asked, about, columns, more, adds_up="amount", currency=currency)


def gains(view: Filters, currency: str) -> Ground:
    """Skills that awards of credentials of this currency brought."""
    asked, columns = (("spend", view),), ("credential", "skill_gains", "awards", "why")
    return Ground("gains", "spend", grounds.gains, asked, "spend", columns, (currency,), adds_up="skill_gains")


def leavers(view: Filters) -> Ground:
    """People who are the only one who can do something."""
    asked, columns = (("leaving", view), _listed(view)), ("name", "lost", "skills", "why", "team")
    return Ground("only_one", "leaving", grounds.leavers, asked, "leaving", columns, (view.as_of,))


def seats(view: Filters) -> Ground:
    """Seats of the targets that can be filled."""
    asked = ("seats", view), ("staffing", view)
    columns = ("name", "skill", "why", "level", "has_level", "team")
    return Ground("seats", "staffing", grounds.seats, asked, "seats", columns)


def changes(view: Filters) -> Ground:
    """Requirements that are met on one of two days only."""
    columns = ("name", "skill", "why", "team")
    return Ground("changed", "changes", grounds.changes, (("changes", view),), "changes", columns)


def skills_shown(view: Filters) -> Ground:
    """Skills of which one person has evidence that counts."""
    columns = ("skill", "level", "source", "credential", "why", "valid_from", "valid_to")
    return Ground("skills", "transcript", grounds.skills_shown, (("transcript", view),), "transcript", columns)


def unmapped(view: Filters) -> Ground:
    """Credentials without a skill."""
    asked = ("counting_for_nothing", view), ("catalogue_of_credentials", Filters(known_at=view.known_at))
    columns, metric = ("credential", "issuer", "holders", "why"), "counting_for_nothing"
    return Ground("unmapped", metric, grounds.unmapped, asked, metric, columns)


def without_role(view: Filters) -> Ground:
    """Job titles that stand for no role."""
    asked, columns = (("titles_without_role", view), _listed(view)), ("job_title", "name", "why", "team")
    more, metric = (view.as_of,), "titles_without_role"
    return Ground("titles", metric, grounds.without_role, asked, metric, columns, more, adds_up="role_id")


def idle_awards(view: Filters) -> Ground:
    """Credentials that people have and that count for nothing."""
    metric = "counting_for_nothing"
    credentials = "catalogue_of_credentials", Filters(known_at=view.known_at)
    asked = (metric, view), ("award_lines", view), credentials, _listed(view)
    columns, more = ("credential", "name", "why", "team"), (view.as_of,)
    return Ground("idle", metric, grounds.idle_awards, asked, metric, columns, more, adds_up="credential_id")


def of_issuers(view: Filters, counts: str) -> Ground:
    """Awards that count as verified, or as attested (`counts`)."""
    asked, columns = (("issuers_seen", view),), ("issuer", "awards", "why", "tier", "keys")
    return Ground(
        counts, "issuers_seen", grounds.of_issuers, asked, "issuers_seen", columns, (counts,), adds_up="awards"
    )  # fmt: skip


def unlisted_keys(view: Filters) -> Ground:
    """Keys that signed badges and are listed for nobody."""
    asked, columns = (("keys_seen", view),), ("issuer", "awards", "why", "key", "named")
    return Ground("keys", "keys_seen", grounds.unlisted_keys, asked, "keys_seen", columns)
