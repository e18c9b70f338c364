"""The kept tables of evidence: the affected people's awards, stacks and levels, and what was spent on them.

The rows come from the same selects whether they are for some of the people or, batch by batch, for all.
"""

from collections.abc import Mapping

from skilltrack.kept.affected import NOW, affect_between, empty, put_in, take_out
from skilltrack.kept.tables import NEWEST_ROWS, KeptTable, tables_of
from skilltrack.relations import (
    EVERYBODY,
    from_kept,
    kept_steps,
    put_together,
)
from skilltrack.storage import Transaction

BATCH = 50_000
"""People whose evidence is computed at once in a rebuild, so that memory does not grow with the company."""

NARROWED = {
    "badge_listings": "select r.* from badge_rows as r where r.award_key in (select c.key from badges_changed as c)",
    "award_check_listings": "select r.* from award_checks as r "
    "where r.award_key in (select c.key from badges_changed as c)",
    "spend_listings": "select r.* from spend_rows as r where r.spend_id in (select c.key from spend_changed as c)",
}
"""What a refresh reads of the base tables: awards and spend lines that the upload names."""

NEWEST = (("newest_badges", "badge_listings", "badge_rows"), ("newest_spend", "spend_listings", "spend_rows"))
"""Definitions that find the newest row of each award or spend line, what they read, and its table. They are skipped
when one upload has all the rows and none twice."""

TWICE = {
    "badge_rows": "select 1 from badge_rows having count(award_id) between 1 and count(*) - 1 "
    "union all select 1 from badge_files where is_signed"
}
"""By table, a select that has rows where an upload may have two rows of one key: awards with and without an id, or with
one in a table and one in a badge."""

BY_NUMBER = (
    "select t.person as employee_id, r.* exclude (employee_id) from ({}) as r join affected as t using (employee_id)"
)
AHEAD = {
    "asked_people": "select person, person as employee_id from affected",
    "awards": "select *, person as employee_id from awards_now where person between $first_person and $last_person",
    "newest_spend": "select * exclude (person), nullif(person, 0) as employee_id from spend_now "
    "where person between $first_person and $last_person",
}
"""What the selects of evidence read in place of these definitions: people's numbers instead of their ids, because
numbers are joined and counted quicker."""


def texts_of_evidence(defined: Mapping[str, str]) -> dict[str, str]:
    """What the selects of evidence read, by name, where the definitions are these."""
    texts = {**defined, **kept_steps(), **AHEAD}
    texts |= {name: BY_NUMBER.format(texts[name]) for name in ("prior_learning", "self_ratings")}
    return texts | {"stack_holdings": from_kept("any")["stack_holdings"]}


SHOWN = (
    "select employee_id as person, skill_id, level, reading, min(valid_from) as valid_from, valid_to from evidence "
    "group by all"
)
"""Evidence, looked up once for awards and standings: of what ends on one day only what began first, which lasts as long
as the others together. Somebody's many awards of a skill would else each be held against each."""

SOMETHING = " union all ".join(
    f"(select 1 from {table} limit 1)" for table in ("badge_rows", "role_rows", "spend_rows")
)
"""Has rows as soon as one of these tables does; without their rows every table of evidence is empty."""

CATALOGUE = ("credentials", "credential_skills", "issuer_tiers")
"""Read from temporary tables where everybody's rows are computed. What a transaction has written the engine plans for
as if it were nothing: of awards and a credential's skills it would otherwise hash the millions and not the hundreds."""

OF_STACKS = f"{AHEAD['awards']} and credential_id in (select p.component_id from stack_parts as p)"
"""The awards that stacks are made of: no other is read for holdings."""


def rebuild_evidence(transaction: Transaction, landed: Mapping[str, str], defined: Mapping[str, str]) -> None:
    """Compute anew what needs more than the roster; `landed` as in `refreshing.refresh`."""
    empty(transaction, tables_of("evidence", "days"))
    if not transaction.rows(SOMETHING):  # a roster that is imported first
        return
    affect_between(transaction, EVERYBODY)
    texts = dict(defined)
    for newest, listings, base in NEWEST:
        live = put_together(
            f"select 1 as is_one from (select distinct upload_id from {base}) as r "
            "left join live_uploads as u using (upload_id) having count(*) <= 1 and count(u.upload_id) = count(*) "
            "and (select count(*) from erased_rows) = 0",
            defined,
        )
        if transaction.rows(live, NOW) and not transaction.rows(TWICE.get(base, "select 1 where false")):
            texts[newest] = landed.get(base, texts[listings])
    for rows in NEWEST_ROWS:
        _look_up(transaction, rows.name, rows.all_of_them, texts)
    defined = {**defined, **_saved(transaction, CATALOGUE, defined)}
    last = transaction.rows("select coalesce(max(person), 0) as n from kept_people")[0]["n"]
    for first in range(0, last + 1, BATCH):
        batch = {"first_person": first, "last_person": first + BATCH - 1}
        affect_between(transaction, batch)
        _put_in_evidence(transaction, tables_of("evidence"), defined, batch)
    affect_between(transaction, EVERYBODY)
    for table in tables_of("days"):
        put_in(transaction, table, defined)


def replace_evidence(transaction: Transaction, kinds: set[str], defined: Mapping[str, str]) -> None:
    """Replace the rows of the affected in the tables of evidence that an upload of these kinds can change."""
    tables = tables_of("evidence", changed_by=kinds)
    days = tables_of("days", changed_by=kinds)
    for rows in NEWEST_ROWS:
        if any(table.name in rows.read_by for table in tables):
            _look_up(transaction, rows.name, rows.after(kinds), {**defined, **NARROWED})
    for table in days:
        _save(transaction, "days_before", table.select)
    for table in tables:
        take_out(transaction, table)
    _put_in_evidence(transaction, tables, defined, EVERYBODY)
    for table in days:
        _save(transaction, "days_after", table.select)
        _change_days(transaction, table.name)


DAY_COLUMNS = ("required", "met_1", "met_2", "met_3")
DAY_SUMS = ", ".join(f"sum({name}) as {name}" for name in DAY_COLUMNS)
SOME_DAY_SUM = " or ".join(f"sum({name}) <> 0" for name in DAY_COLUMNS)
SOME_DAY = " or ".join(f"{name} <> 0" for name in DAY_COLUMNS)


def _change_days(transaction: Transaction, name: str) -> None:
    """Update the company's sums for the days on which the affected add something else than before."""
    _save(
        transaction,
        "days_changed",
        f"select skill_id, day, {DAY_SUMS} from (select * from days_after union all "
        "select skill_id, day, -required, -met_1, -met_2, -met_3 from days_before) as d "
        f"group by skill_id, day having {SOME_DAY_SUM}",
    )
    these = "where (skill_id, day) in (select c.skill_id, c.day from days_changed as c)"
    _save(
        transaction,
        "days_now",
        f"select skill_id, day, {DAY_SUMS} from (select * from days_changed union all "
        f"select * from {name} {these}) as d group by skill_id, day",
    )
    transaction.run(f"delete from {name} {these}")
    transaction.run(f"insert into {name} select * from days_now where {SOME_DAY}")


def _saved(transaction: Transaction, names: tuple[str, ...], defined: Mapping[str, str]) -> dict[str, str]:
    """The text of each of these relations, whose rows are in a temporary table from now on."""
    for name in names:
        _save(transaction, f"{name}_now", put_together(f"select * from {name}", defined))
    return {name: f"select * from {name}_now" for name in names}


def _look_up(transaction: Transaction, name: str, select: str, texts: Mapping[str, str]) -> None:
    """Save the rows of a select over `texts` in a temporary table, in the order of the people."""
    _save(transaction, name, put_together(f"select * from ({select}) as r order by person", texts))


def _put_in_evidence(
    transaction: Transaction, tables: tuple[KeptTable, ...], defined: Mapping[str, str], numbers: dict[str, int]
) -> None:
    texts = texts_of_evidence(defined)
    if not transaction.rows("select 1 from stack_rows limit 1"):  # planning holdings takes as long as everything else
        tables = tuple(table for table in tables if table.name != "kept_holdings")
    names = {table.name for table in tables}
    if "kept_holdings" in names:
        holdings = {"stack_holdings": defined["stack_holdings"], "awards": OF_STACKS}
        _save(transaction, "holdings_now", put_together("select * from stack_holdings", texts | holdings), numbers)
        texts |= {"stack_holdings": "select * from holdings_now"}
    if "kept_standings" in names:
        for name, select in (("evidence", SHOWN), ("demands", "select * from demands")):
            _save(transaction, f"{name}_now", put_together(select, texts), numbers)
            texts |= {name: f"select * from {name}_now"}
    for table in tables:
        if transaction.rows(put_together(f"select 1 from {table.made_of} limit 1", texts), NOW | numbers):
            put_in(transaction, table, texts, numbers)


def _save(transaction: Transaction, name: str, select: str, numbers: dict[str, int] = EVERYBODY) -> None:
    """Save the rows of a select in a temporary table."""
    transaction.run(f"create or replace temp table {name} as {select}", NOW | numbers)
