"""The kept tables of evidence: of the touched what they were awarded, hold, can show and what was spent on them.

Whether for some of the people or, batch by batch, for all of them, the rows come from the same selects.
"""

from collections.abc import Mapping

from skilltrack.kept.touched import NOW, put_in, take_out, touch_between
from skilltrack.relations import (
    EVERYBODY,
    definitions,
    from_kept,
    kept_selects,
    kept_steps,
    put_together,
    with_definitions,
)
from skilltrack.storage import Transaction

OF_EVIDENCE = ("kept_holdings", "kept_awards", "kept_standings", "kept_spend")
"""Kept tables that follow from awards and the other evidence, in the order of their dependencies."""

FOLLOWING = {frozenset({"roster"}): ("kept_standings",), frozenset({"spend"}): ("kept_spend",)}
"""Those of them that follow from an upload of one kind, where not all do: what somebody holds is theirs in any role."""

BATCH = 50_000
"""People whose evidence is computed at once in a rebuild, so that memory does not grow with the company."""

NARROWED = {
    "badge_listings": "select r.* from badge_rows as r where r.award_key in (select c.key from badges_changed as c)",
    "spend_listings": "select r.* from spend_rows as r where r.spend_id in (select c.key from spend_changed as c)",
}
"""What a refresh reads of the base tables: awards and spend lines that the upload names."""

NEWEST = (("newest_badges", "badge_listings", "badge_rows"), ("newest_spend", "spend_listings", "spend_rows"))
"""What finds the newest row of each award or spend line, and need not where one upload has them all, none twice."""

TWICE = {"badge_rows": "select 1 from badge_rows having count(award_id) between 1 and count(*) - 1"}
"""Tables in which one upload may have two rows of one key, and when: an award with its award_id, and without it."""

OF_AWARDS = "award_key, credential_id, issued_on, valid_to, revoked_on, is_ended_by_date"
OF_SPEND = "spend_id, credential_id, paid_on, amount, currency, funding_source"
FOUND = {
    "awards_now": f"select t.person, {OF_AWARDS} from awards as n join touched as t on t.employee_id = n.employee_id",
    "spend_now": f"select t.person, {OF_SPEND} from newest_spend as n "
    "join touched as t on t.employee_id = coalesce(n.employee_id, '')",
}
"""The newest rows of the touched, found once and read by every table of evidence."""

UNCHANGED = {
    "awards_now": f"select t.person, {OF_AWARDS} from kept_awards as k "
    "join touched as t on t.person = k.person where k.award_key not in (select c.key from badges_changed as c)",
    "spend_now": f"select t.person, {OF_SPEND} from kept_spend as k "
    "join touched as t on t.person = k.person where k.spend_id not in (select c.key from spend_changed as c)",
}
"""Those of them that an upload does not name, as they are kept."""

CHANGED_BY = {"awards_now": {"badges", "credentials"}, "spend_now": {"spend"}}
"""Kinds of which an upload has others: a credential's validity moves the ends of its awards."""

BY_NUMBER = (
    "select t.person as employee_id, r.* exclude (employee_id) from ({}) as r join touched as t using (employee_id)"
)
AHEAD = {
    "asked_people": "select person, person as employee_id from touched",
    "awards": "select *, person as employee_id from awards_now where person between $first_person and $last_person",
    "newest_spend": "select * exclude (person), nullif(person, 0) as employee_id from spend_now "
    "where person between $first_person and $last_person",
}
"""What the selects of evidence read in place of these definitions: people's numbers stand for their ids there, which
are joined and counted quicker."""


def texts_of_evidence() -> dict[str, str]:
    """What the selects of evidence read, by name."""
    texts = definitions() | kept_steps() | AHEAD
    texts |= {name: BY_NUMBER.format(texts[name]) for name in ("prior_learning", "self_ratings")}
    return texts | {"stack_holdings": from_kept("any")["stack_holdings"]}


SHOWN = "select employee_id as person, skill_id, level, reading, valid_from, valid_to from evidence"
"""Evidence, found once and read by awards and standings."""

MADE_OF = {
    "kept_holdings": "stack_holdings",
    "kept_awards": "awards",
    "kept_standings": "demands",
    "kept_spend": "newest_spend",
}
"""What has a row wherever the kept table gets one. Where it has none nothing is put in: after an ordered insert of no
rows the engine (duckdb 1.5.5, 2.0.0) can leave other rows of the transaction out of answers until it starts anew."""

SOMETHING = " union all ".join(
    f"(select 1 from {table} limit 1)" for table in ("badge_rows", "role_rows", "spend_rows")
)
"""Has rows as soon as a table does without which every table of evidence is empty."""

OF_STACKS = f"{AHEAD['awards']} and credential_id in (select p.component_id from stack_parts as p)"
"""The awards that stacks are made of: no other is read for holdings."""


def rebuild_evidence(transaction: Transaction, landed: Mapping[str, str]) -> None:
    """Compute anew what does not follow from the roster alone; `landed` as in `refresh.refresh`."""
    for name in (*OF_EVIDENCE, "kept_days"):
        transaction.run(f"delete from {name}")
    if not transaction.rows(SOMETHING):  # a roster that lands first
        return
    touch_between(transaction, EVERYBODY)
    texts = dict(definitions())
    for newest, listings, table in NEWEST:
        live = with_definitions(
            f"select 1 as is_one from (select distinct upload_id from {table}) as r "
            "left join live_uploads as u using (upload_id) having count(*) <= 1 and count(u.upload_id) = count(*) "
            "and (select count(*) from erased_rows) = 0"
        )
        if transaction.rows(live, NOW) and not transaction.rows(TWICE.get(table, "select 1 where false")):
            texts[newest] = landed.get(table, texts[listings])
    _find(transaction, FOUND, texts)
    last = transaction.rows("select coalesce(max(person), 0) as n from kept_people")[0]["n"]
    for first in range(0, last + 1, BATCH):
        batch = {"first_person": first, "last_person": first + BATCH - 1}
        touch_between(transaction, batch)
        _put_in_evidence(transaction, OF_EVIDENCE, batch)
    touch_between(transaction, EVERYBODY)
    put_in(transaction, "kept_days", definitions())


def replace_evidence(transaction: Transaction, kinds: set[str]) -> None:
    """Take the touched out of the kept tables that an upload of these kinds bears on, and put them in anew."""
    names = FOLLOWING.get(frozenset(kinds), OF_EVIDENCE)
    found = dict(UNCHANGED)
    for name, changing in CHANGED_BY.items():
        if kinds & changing:
            found[name] = f"select * from ({FOUND[name]}) as f union all {UNCHANGED[name]}"
    if "kept_spend" not in names:
        del found["spend_now"]
    _find(transaction, found, definitions() | NARROWED)
    _note_days(transaction, "days_before")
    for name in names:
        take_out(transaction, name)
    _put_in_evidence(transaction, names, EVERYBODY)
    _note_days(transaction, "days_after")
    _change_days(transaction)


DAY_COLUMNS = ("required", "met_1", "met_2", "met_3")
DAY_SUMS = ", ".join(f"sum({name}) as {name}" for name in DAY_COLUMNS)
SOME_DAY_SUM = " or ".join(f"sum({name}) <> 0" for name in DAY_COLUMNS)
SOME_DAY = " or ".join(f"{name} <> 0" for name in DAY_COLUMNS)


def _note_days(transaction: Transaction, name: str) -> None:
    """Note what the touched people's standings, as they are kept now, add to the company's days."""
    _hold(transaction, name, kept_selects()["kept_days"])


def _change_days(transaction: Transaction) -> None:
    """Bring the company's days up to date where what the touched add to them differs from before."""
    _hold(
        transaction,
        "days_changed",
        f"select skill_id, day, {DAY_SUMS} from (select * from days_after union all "
        "select skill_id, day, -required, -met_1, -met_2, -met_3 from days_before) as d "
        f"group by skill_id, day having {SOME_DAY_SUM}",
    )
    these = "where (skill_id, day) in (select c.skill_id, c.day from days_changed as c)"
    _hold(
        transaction,
        "days_now",
        f"select skill_id, day, {DAY_SUMS} from (select * from days_changed union all "
        f"select * from kept_days {these}) as d group by skill_id, day",
    )
    transaction.run(f"delete from kept_days {these}")
    transaction.run(f"insert into kept_days select * from days_now where {SOME_DAY}")


def _find(transaction: Transaction, found: Mapping[str, str], texts: Mapping[str, str]) -> None:
    for name, select in found.items():
        ordered = f"select * from ({select}) as found order by person"
        _hold(transaction, name, put_together(ordered, texts))


def _put_in_evidence(transaction: Transaction, names: tuple[str, ...], numbers: dict[str, int]) -> None:
    texts = texts_of_evidence()
    if "kept_holdings" in names and not transaction.rows("select 1 from stack_rows limit 1"):
        names = tuple(name for name in names if name != "kept_holdings")  # planning it takes as long as all else
    if "kept_holdings" in names:
        holdings = {"stack_holdings": definitions()["stack_holdings"], "awards": OF_STACKS}
        _hold(transaction, "holdings_now", put_together("select * from stack_holdings", texts | holdings), numbers)
        texts |= {"stack_holdings": "select * from holdings_now"}
    if "kept_standings" in names:
        _hold(transaction, "evidence_now", put_together(SHOWN, texts), numbers)
        texts |= {"evidence": "select * from evidence_now"}
    for name in names:
        if transaction.rows(put_together(f"select 1 from {MADE_OF[name]} limit 1", texts), NOW | numbers):
            put_in(transaction, name, texts, numbers)


def _hold(transaction: Transaction, name: str, select: str, numbers: dict[str, int] = EVERYBODY) -> None:
    """Have what a select gives in a temporary table."""
    transaction.run(f"create or replace temp table {name} as {select}", NOW | numbers)
