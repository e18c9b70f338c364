"""The kept tables: what questions read instead of the base tables, brought up to date inside each upload.

Each file of `sql/kept` is the select of one kept table for the people in `affected`. A refresh deletes those
people's rows and runs the same selects that a rebuild runs for everybody, so both end in the same rows.
"""

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from skilltrack.kept.affected import (
    ABOUT_PEOPLE,
    NOBODY,
    NOW,
    REFRESHED,
    add_those_below,
    affect_between,
    climb,
    definitions_now,
    empty,
    find_affected,
    number_newcomers,
    put_in,
    take_out,
)
from skilltrack.kept.evidence import OF_STACKS, SHOWN, rebuild_evidence, replace_evidence, texts_of_evidence
from skilltrack.kept.tables import NEWEST_ROWS, TABLES, has_effect, table_called, tables_of
from skilltrack.relations import (
    EVERYBODY,
    content_sum,
    definitions,
    kept_schema,
    kept_selects,
    kept_steps,
    put_together,
    reached,
)
from skilltrack.storage import Snapshot, Store, Transaction, learn

REBUILD_SHARE = 0.3
"""Share of the people from which a rebuild costs less than a refresh."""

SOMEBODY = " union all ".join(f"(select 1 from {table} limit 1)" for table in ABOUT_PEOPLE.values())
"""Has rows as soon as any base table has a row about somebody, or a payment."""

TEMPORARY = (
    "affected", "named", "climbing", "roster_now", "roster_checked", "badges_changed", "spend_changed",
    "awards_now", "spend_now", "holdings_now", "evidence_now", "demands_now",
    "credentials_now", "credential_skills_now", "issuer_tiers_now",
    "days_before", "days_after", "days_changed", "days_now",
)  # fmt: skip
"""Temporary tables of a refresh, dropped at its end."""


@cache
def fingerprint() -> str:
    """A hash of every text that makes or fills the kept tables, byte for byte."""
    defined = definitions() | kept_steps() | kept_selects()
    ahead = texts_of_evidence(definitions())
    learn([*defined.values(), *ahead.values()])
    texts = [
        f"{name} {known[name]}"
        for known in (defined, ahead | kept_selects())
        for name in sorted(set().union(*(reached(kept, known) for kept in kept_selects())) & set(known))
    ]
    newest = [rows.all_of_them for rows in NEWEST_ROWS]
    return sha256("\0".join([kept_schema(), *texts, *newest, SHOWN, OF_STACKS, NOBODY]).encode()).hexdigest()


def freshness_sql() -> str:
    """Columns that are equal when the kept tables have every upload and undo, and were made from these definitions."""
    included = f"select max(event_count) from kept_state where fingerprint = '{fingerprint()}'"
    return f"(select count(*) from upload_events) as happened, ({included}) as included"


BEHIND = "The numbers are being brought up to date. Ask again in a moment."
"""What is said to a viewer whose rights follow from kept tables that are behind."""


def is_fresh(store: Store | Snapshot) -> bool:
    """Whether the kept tables include every upload and undo, and were made from the definitions of this program."""
    state = store.query(f"select {freshness_sql()}").to_pylist()[0]
    return bool(state["happened"] == state["included"])


def make_fresh(store: Store, say: Callable[[str], None] = lambda line: None) -> None:
    """Build the kept tables if they are behind the uploads, or were made from other definitions than this program's."""
    if is_fresh(store):
        return
    with store.alone():  # another process may be building them
        if is_fresh(store):
            return
        if store.query("select 1 from upload_events limit 1").num_rows:
            say(
                f"{store.path}: the computed tables are behind the uploads, or another version of Skilltrack made "
                "them. They are being computed anew, which can take some minutes in a large company."
            )
        with store.write() as transaction:
            rebuild(transaction)


def rebuild(transaction: Transaction, landed: Mapping[str, str] = MappingProxyType({})) -> None:
    """Compute every kept table anew from the base tables; `landed` as in `refresh`."""
    _rebuild(transaction, landed, _begin(transaction))


def _rebuild(transaction: Transaction, landed: Mapping[str, str], texts: Mapping[str, str]) -> None:
    empty(transaction, tables_of("roster"))
    if not transaction.rows(SOMEBODY):  # a catalogue that is imported first
        empty(transaction, tables_of("evidence", "days"))
        _note(transaction)
        return
    transaction.run(f"insert into kept_people {put_together(kept_selects()['kept_people'], texts)}", NOW)
    affect_between(transaction, EVERYBODY)
    climb(transaction)
    for table in tables_of("roster", changed_by=["roster"]):
        put_in(transaction, table, texts)
    rebuild_evidence(transaction, landed, texts)
    _note(transaction)


def kept_sums(transaction: Transaction) -> dict[str, int]:
    """A checksum of the rows of each kept table that does not depend on the numbers people have in it."""
    sums = {}
    columns = transaction.rows(
        "select table_name as name, list(column_name order by column_index) as columns from duckdb_columns() "
        "where table_name in (select unnest($names)) and database_name = current_database() group by table_name",
        {"names": [table.name for table in TABLES if table.name != "kept_people"]},
    )
    for row in columns:
        names, joins = [], []
        for at, column in enumerate(row["columns"]):
            if column in ("person", "manager"):
                joins.append(f"left join kept_people as p{at} on p{at}.person = k.{column}")
            names.append(f"p{at}.employee_id" if column in ("person", "manager") else f"k.{column}")
        select = f"select {content_sum(names)} as total from {row['name']} as k {' '.join(joins)}"
        sums[row["name"]] = transaction.rows(select)[0]["total"]
    return sums


def refresh(transaction: Transaction, upload_id: int, landed: Mapping[str, str] = MappingProxyType({})) -> None:
    """Bring the kept tables up to date after upload `upload_id` was imported or undone, in the same transaction.

    `landed`: selects of the upload's rows by table, which are quicker to read than the table itself. A table to which
    the upload adds no rows is left out.
    """
    events = transaction.rows(f"select {freshness_sql()}")[0]
    files = transaction.rows(
        "select distinct kind from upload_files where upload_id = $upload_id", {"upload_id": upload_id}
    )
    kinds = {row["kind"] for row in files if has_effect(row["kind"])}
    texts = _begin(transaction)
    if events["included"] != events["happened"] - 1 or not kinds <= REFRESHED:
        _rebuild(transaction, landed, texts)
        return
    if kinds:
        counted = "select count(*) as n from kept_people"
        known = transaction.rows(counted)[0]["n"]
        if known:
            number_newcomers(transaction, upload_id, landed)
        if not known or known < (1 - REBUILD_SHARE) * transaction.rows(counted)[0]["n"]:  # every newcomer is affected
            _rebuild(transaction, landed, texts)
            return
        is_large = _is_large(transaction, "named where is_affected")
        if not is_large:
            find_affected(transaction, kinds, upload_id, landed, texts)
            is_large = _is_large(transaction, "affected")
        if not is_large:
            _replace_affected(transaction, kinds, texts)
        elif "roster" in kinds:
            _rebuild(transaction, landed, texts)
            return
        else:
            rebuild_evidence(transaction, landed, texts)
    _note(transaction)


def _is_large(transaction: Transaction, people: str) -> bool:
    """Whether there are so many of these people that a rebuild costs less than a refresh."""
    share = transaction.rows(
        f"select (select count(*) from {people}) > $share * (select count(*) from kept_people) as is_large",
        {"share": REBUILD_SHARE},
    )
    return bool(share[0]["is_large"])


def _replace_affected(transaction: Transaction, kinds: set[str], texts: Mapping[str, str]) -> None:
    """Replace the rows of `affected` in the kept tables that these kinds can change."""
    if "roster" in kinds:
        # People whom only another kind of file affects keep their rows: `roster_now` need not know them.
        transaction.run(
            "delete from kept_roster where person in (select t.person from affected as t) "
            "and person in (select c.person from roster_checked as c)"
        )
        transaction.run(
            "insert into kept_roster by name select * from roster_now "
            "where person in (select t.person from affected as t)"
        )
    replace_evidence(transaction, kinds, texts)
    if "roster" in kinds:  # last, because nothing else about those below follows from their reporting lines
        add_those_below(transaction)
        climb(transaction)
        lines = table_called("kept_lines")
        take_out(transaction, lines)
        put_in(transaction, lines, texts)


def _begin(transaction: Transaction) -> dict[str, str]:
    """Bring up to date what the texts of all other kept tables read; returns these texts."""
    empty(transaction, tables_of("uploads"))
    for table in tables_of("uploads"):
        put_in(transaction, table, definitions())
    return definitions_now(transaction)


def _note(transaction: Transaction) -> None:
    transaction.run("delete from kept_state")
    state = "select count(*) as event_count, $fingerprint as fingerprint from upload_events"
    transaction.run(f"insert into kept_state by name {state}", {"fingerprint": fingerprint()})
    transaction.run("; ".join(f"drop table if exists {name}" for name in TEMPORARY))
