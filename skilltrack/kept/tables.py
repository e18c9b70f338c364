"""The kept tables: one entry each, in the order in which they are computed. All else here walks these entries.

The select of a table, with its grain above it, is `sql/kept/NAME.sql`; its columns are in `sql/schema/kept.sql`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from skilltrack.relations import kept_selects

Part = Literal["uploads", "roster", "evidence", "days"]
"""What the rows of a table are about, which decides how a refresh replaces them: see `refreshing` and `evidence`."""

ROSTER = frozenset({"roster", "job_titles"})
AWARDS = frozenset({"badges", "credentials", "issuer_keys"})
CATALOGUE = frozenset({"credential_skills", "issuers", "stacks"})
STANDINGS = ROSTER | AWARDS | CATALOGUE | {"skills", "prior_learning", "self_ratings", "exemptions", "roles"}


@dataclass(frozen=True)
class KeptTable:
    """One kept table, and what its rows follow from: `tests/kept/test_refresh.py` holds each entry to the texts."""

    name: str
    part: Part
    changed_by: frozenset[str]
    """Kinds of file that can change somebody's rows."""
    made_of: str = ""
    """A relation that has rows whenever this table gets some. Where it has none nothing is inserted: after an ordered
    insert of no rows the engine (duckdb 1.5.5, 2.0.0) can leave out other rows of the transaction until a restart."""

    @property
    def select(self) -> str:
        """The select that fills it, for the people in `affected`."""
        return kept_selects()[self.name]

    @property
    def grain(self) -> str:
        """What one row is, as the comment above its select states it."""
        return self.select.splitlines()[0].removeprefix("-- ")


TABLES = (
    KeptTable("kept_uploads", "uploads", frozenset()),  # written with each upload, whatever its kind
    KeptTable("kept_people", "roster", frozenset()),  # its numbers stay; newcomers of any kind get the next ones
    KeptTable("kept_roster", "roster", ROSTER),
    KeptTable("kept_lines", "roster", ROSTER),
    KeptTable("kept_holdings", "evidence", AWARDS | {"issuers", "stacks"}, "stack_holdings"),
    KeptTable("kept_awards", "evidence", AWARDS | CATALOGUE | {"skills", "prior_learning", "self_ratings"}, "awards"),
    KeptTable("kept_standings", "evidence", STANDINGS, "demands"),
    KeptTable("kept_spend", "evidence", AWARDS | {"spend"}, "newest_spend"),
    KeptTable("kept_days", "days", STANDINGS),
)


def tables_of(*parts: Part, changed_by: Iterable[str] | None = None) -> tuple[KeptTable, ...]:
    """The tables of these parts, in order; where `changed_by` is given, only those that one of the kinds can change."""
    return tuple(
        table
        for table in TABLES
        if table.part in parts and (changed_by is None or not table.changed_by.isdisjoint(changed_by))
    )


def table_called(name: str) -> KeptTable:
    """The entry of one table."""
    return next(table for table in TABLES if table.name == name)


def has_effect(kind: str) -> bool:
    """Whether a kind of file can change any kept table."""
    return any(kind in table.changed_by for table in TABLES)


OF_AWARDS = (
    "award_key, credential_id, issued_on, valid_to, revoked_on, is_ended_by_date, proved_from, proved_to, "
    "named_issuer, evidence_url"
)
OF_SPEND = "spend_id, credential_id, paid_on, amount, currency, funding_source, cost_center"


@dataclass(frozen=True)
class NewestRows:
    """Newest rows of the affected people, looked up once into a temporary table that selects of evidence read."""

    name: str
    all_of_them: str
    unchanged: str
    """Select of the rows that an upload does not name, from the kept table that has them."""
    changed_by: frozenset[str]
    """Kinds of file that can change these rows."""
    read_by: frozenset[str]
    """The kept tables that read them."""

    def after(self, kinds: set[str]) -> str:
        """The select of these rows after an upload of these kinds."""
        if self.changed_by.isdisjoint(kinds):
            return self.unchanged
        return f"select * from ({self.all_of_them}) as n union all {self.unchanged}"


NEWEST_ROWS = (
    NewestRows(
        "awards_now",
        f"select t.person, {OF_AWARDS} from awards as n join affected as t on t.employee_id = n.employee_id",
        f"select t.person, {OF_AWARDS} from kept_awards as k "
        "join affected as t on t.person = k.person where k.award_key not in (select c.key from badges_changed as c)",
        AWARDS,  # a credential's validity moves the ends of its awards, a key says what a badge proves
        frozenset(table.name for table in tables_of("evidence")),
    ),
    NewestRows(
        "spend_now",
        f"select t.person, {OF_SPEND} from newest_spend as n "
        "join affected as t on t.employee_id = coalesce(n.employee_id, '')",
        f"select t.person, {OF_SPEND} from kept_spend as k "
        "join affected as t on t.person = k.person where k.spend_id not in (select c.key from spend_changed as c)",
        frozenset({"spend"}),
        frozenset({"kept_spend"}),
    ),
)
