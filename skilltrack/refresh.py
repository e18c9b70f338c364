"""The kept tables: what questions read instead of the base tables, brought up to date inside each upload.

Each file of `sql/marts/kept` is the select of one kept table for the people in `touched`. A refresh deletes those
people's rows and runs the same selects that a rebuild runs for everybody, so both end in the same rows.
"""

from collections.abc import Mapping
from types import MappingProxyType

from skilltrack.marts import EVERYBODY, content_sum, mart_texts, put_together, with_marts
from skilltrack.store import Snapshot, Store, Transaction
from skilltrack.touched import NOW, REFRESHED, number_newcomers, touch, touch_between, with_those_below

OF_ROSTER = ("kept_people", "kept_roster", "kept_lines")
OF_EVIDENCE = ("kept_holdings", "kept_awards", "kept_standings", "kept_spend")
"""Kept tables that follow from awards and the other evidence, in the order of their dependencies."""

FOLLOWING = {frozenset({"roster"}): ("kept_standings",), frozenset({"spend"}): ("kept_spend",)}
"""Those of them that follow from an upload of one kind, where not all do: what somebody holds is theirs in any role."""

WITHOUT_EFFECT = ("skills", "targets")
"""Kinds that no kept table reads."""

REBUILD_SHARE = 0.3
"""Share of the people from which a rebuild costs less than a refresh."""

NO_PERSON = -1
BATCH = 100_000
"""People whose evidence is computed at once in a rebuild, so that memory does not grow with the company."""

NARROWED = {
    "badge_listings": "select r.* from badge_rows as r where r.award_key in (select c.key from badges_changed as c)",
    "spend_listings": "select r.* from spend_rows as r where r.spend_id in (select c.key from spend_changed as c)",
}
"""What a refresh reads of the base tables: awards and spend lines that the upload names."""

OF_AWARDS = "award_key, credential_id, issued_on, valid_to, revoked_on, is_ended_by_date"
OF_SPEND = "spend_id, credential_id, paid_on, amount, currency, funding_source"
FOUND = {
    "awards_now": f"select t.person, t.employee_id, {OF_AWARDS} from awards as n "
    "join touched as t on t.employee_id = n.employee_id",
    "spend_now": f"select t.person, n.employee_id, {OF_SPEND} from newest_spend as n "
    "join touched as t on t.employee_id = coalesce(n.employee_id, '')",
}
"""The newest rows of the touched, found once and read by every table of evidence."""

UNCHANGED = {
    "awards_now": f"select t.person, t.employee_id, {OF_AWARDS} from kept_awards as k "
    "join touched as t on t.person = k.person where k.award_key not in (select c.key from badges_changed as c)",
    "spend_now": f"select t.person, nullif(t.employee_id, '') as employee_id, {OF_SPEND} from kept_spend as k "
    "join touched as t on t.person = k.person where k.spend_id not in (select c.key from spend_changed as c)",
}
"""Those of them that an upload does not name, as they are kept."""

AHEAD = {
    "asked_people": "select person, employee_id from touched",
    "awards": "select * from awards_now where person between $first_person and $last_person",
    "newest_spend": "select * from spend_now where person between $first_person and $last_person",
}
"""What the selects of evidence read in place of the marts of these names."""

FRESHNESS = "(select count(*) from upload_events) as happened, (select max(event_count) from kept_state) as included"
"""Columns that are equal when the kept tables include every upload and undo."""

TEMPORARY = (
    "touched", "named", "roster_now", "roster_checked", "badges_changed", "spend_changed",
    "awards_now", "spend_now", "evidence_now", "days_before", "days_after", "days_now",
)  # fmt: skip
"""What a refresh leaves behind until it is done."""


def is_fresh(store: Store | Snapshot) -> bool:
    """Whether the kept tables include every upload and undo."""
    said = store.query(f"select {FRESHNESS}").to_pylist()[0]
    return bool(said["happened"] == said["included"])


def make_fresh(store: Store) -> None:
    """Build the kept tables if they lag behind, as in a file that an older program wrote."""
    if not is_fresh(store):
        with store.write() as transaction:
            rebuild(transaction)


def rebuild(transaction: Transaction, landed: Mapping[str, str] = MappingProxyType({})) -> None:
    """Compute every kept table anew from the base tables; `landed` as in `refresh`."""
    for name in OF_ROSTER:
        transaction.run(f"delete from {name}")
    transaction.run(f"insert into kept_people {with_marts(mart_texts('kept')['kept_people'])}", NOW)
    touch_between(transaction, EVERYBODY)
    _insert(transaction, "kept_roster", mart_texts())
    _insert(transaction, "kept_lines", mart_texts())
    _rebuild_evidence(transaction, landed)
    _note(transaction)


def _rebuild_evidence(transaction: Transaction, landed: Mapping[str, str]) -> None:
    """Compute anew what does not follow from the roster alone."""
    for name in (*OF_EVIDENCE, "kept_days"):
        transaction.run(f"delete from {name}")
    touch_between(transaction, EVERYBODY)
    texts = dict(mart_texts())
    live = with_marts(
        "select 1 as is_one from (select distinct upload_id from badge_rows) as b "
        "left join live_uploads as u using (upload_id) having count(*) = 1 and count(u.upload_id) = 1"
    )
    if transaction.rows(live, NOW):
        # No award is named twice within an upload: none has a newest row to be looked for.
        texts["newest_badges"] = landed.get("badge_rows", texts["badge_listings"])
    _find(transaction, FOUND, texts)
    for name in OF_EVIDENCE:
        _put_a_row_first(transaction, name)
    last = transaction.rows("select coalesce(max(person), 0) as n from kept_people")[0]["n"]
    for first in range(0, last + 1, BATCH):
        batch = {"first_person": first, "last_person": first + BATCH - 1}
        touch_between(transaction, batch)
        _insert_evidence(transaction, OF_EVIDENCE, batch)
    for name in OF_EVIDENCE:
        transaction.run(f"delete from {name} where person = {NO_PERSON}")
    touch_between(transaction, EVERYBODY)
    _insert(transaction, "kept_days", mart_texts())


def _put_a_row_first(transaction: Transaction, name: str) -> None:
    """Put a row into a kept table that nobody's rows have gone into yet, to be taken out at the end.

    Without it the engine (duckdb 1.5.5 and 2.0.0) loses what a batch inserts in bulk, 122,880 rows and more, when
    the ordered insert of a batch before it in the same transaction had no rows.
    """
    columns = transaction.rows(
        "select data_type as type from duckdb_columns() where table_name = $name order by column_index", {"name": name}
    )
    blanks = {"VARCHAR": "''", "DATE": "date '0001-01-01'", "BOOLEAN": "false"}
    values = ", ".join([str(NO_PERSON), *(blanks.get(column["type"], "0") for column in columns[1:])])
    transaction.run(f"insert into {name} values ({values})")


def kept_sums(transaction: Transaction) -> dict[str, int]:
    """What the rows of each kept table add up to, whichever numbers people have in them."""
    sums = {}
    for name in mart_texts("kept"):
        columns = transaction.rows(
            "select column_name as name from duckdb_columns() where table_name = $name order by column_index",
            {"name": name},
        )
        names, joins = [], []
        for at, column in enumerate(row["name"] for row in columns):
            if column in ("person", "manager"):
                joins.append(f"left join kept_people as p{at} on p{at}.person = k.{column}")
            names.append(f"p{at}.employee_id" if column in ("person", "manager") else f"k.{column}")
        if name != "kept_people":
            select = f"select {content_sum(names)} as total from {name} as k {' '.join(joins)}"
            sums[name] = transaction.rows(select)[0]["total"]
    return sums


def refresh(transaction: Transaction, upload_id: int, landed: Mapping[str, str] = MappingProxyType({})) -> None:
    """Bring the kept tables up to date after upload `upload_id` has landed or was undone, in the same transaction.

    `landed`: by table, selects that give the upload's rows and are read quicker than what was just put there; a table
    of which there are none is left out.
    """
    events = transaction.rows(f"select {FRESHNESS}")[0]
    kinds = transaction.rows(
        "select distinct kind from upload_files where upload_id = $upload_id", {"upload_id": upload_id}
    )
    found = {row["kind"] for row in kinds} - set(WITHOUT_EFFECT)
    if events["included"] != events["happened"] - 1 or not found <= REFRESHED:
        rebuild(transaction, landed)
        return
    if found:
        counted = "select count(*) as n from kept_people"
        known = transaction.rows(counted)[0]["n"]
        if known:
            number_newcomers(transaction, upload_id, landed)
        if not known or known < (1 - REBUILD_SHARE) * transaction.rows(counted)[0]["n"]:  # all newcomers are touched
            rebuild(transaction, landed)
            return
        is_large = _is_large(transaction, "named where is_touched")
        if not is_large:
            touch(transaction, found, upload_id, landed)
            is_large = _is_large(transaction, "touched")
        if not is_large:
            _replace_touched(transaction, found)
        elif "roster" in found:
            rebuild(transaction, landed)
            return
        else:
            _rebuild_evidence(transaction, landed)
    _note(transaction)


def _is_large(transaction: Transaction, people: str) -> bool:
    """Whether these are so many that a rebuild costs less than a refresh."""
    share = transaction.rows(
        f"select (select count(*) from {people}) > $share * (select count(*) from kept_people) as is_large",
        {"share": REBUILD_SHARE},
    )
    return bool(share[0]["is_large"])


def _replace_touched(transaction: Transaction, kinds: set[str]) -> None:
    """Take the rows of `touched` out of the kept tables that these kinds bear on, and put them in anew."""
    if "roster" in kinds:
        # Whom only another kind of file touches keeps their rows: `roster_now` need not know them.
        transaction.run(
            "delete from kept_roster where person in (select t.person from touched as t) "
            "and person in (select c.person from roster_checked as c)"
        )
        transaction.run(
            "insert into kept_roster by name select * from roster_now "
            "where person in (select t.person from touched as t)"
        )
    names = FOLLOWING.get(frozenset(kinds), OF_EVIDENCE)
    found = {
        name: f"select * from ({select}) as f union all {UNCHANGED[name]}"
        for name, select in FOUND.items()
        if name != "spend_now" or "kept_spend" in names
    }
    _find(transaction, found, mart_texts() | NARROWED)
    _note_days(transaction, "days_before")
    for name in names:
        _take_out_touched(transaction, name)
    _insert_evidence(transaction, names, EVERYBODY)
    _note_days(transaction, "days_after")
    _change_days(transaction)
    if "roster" in kinds:  # last, because nothing else about those below follows from their reporting lines
        with_those_below(transaction)
        _take_out_touched(transaction, "kept_lines")
        _insert(transaction, "kept_lines", mart_texts())


def _note_days(transaction: Transaction, name: str) -> None:
    """Note what the touched people's standings, as they are kept now, add to the company's days."""
    transaction.run(f"create or replace temp table {name} as {mart_texts('kept')['kept_days']}")


def _change_days(transaction: Transaction) -> None:
    transaction.run(
        "create or replace temp table days_now as with changed as ("
        "select * from days_after union all "
        "select skill_id, day, -required, -met_1, -met_2, -met_3 from days_before) "
        "select c.skill_id, c.day, sum(c.required) as required, "
        "sum(c.met_1) as met_1, sum(c.met_2) as met_2, sum(c.met_3) as met_3 from ("
        "select * from changed union all select k.* from kept_days as k "
        "where (k.skill_id, k.day) in (select d.skill_id, d.day from changed as d)"
        ") as c group by c.skill_id, c.day"
    )
    transaction.run("delete from kept_days where (skill_id, day) in (select d.skill_id, d.day from days_now as d)")
    transaction.run(
        "insert into kept_days select * from days_now where required <> 0 or met_1 <> 0 or met_2 <> 0 or met_3 <> 0"
    )


def _take_out_touched(transaction: Transaction, name: str) -> None:
    transaction.run(f"delete from {name} where person in (select t.person from touched as t)")


def _find(transaction: Transaction, found: Mapping[str, str], texts: Mapping[str, str]) -> None:
    for name, select in found.items():
        ordered = f"select * from ({select}) as found order by person"
        transaction.run(f"create or replace temp table {name} as {put_together(ordered, texts)}", NOW)


def _insert_evidence(transaction: Transaction, names: tuple[str, ...], numbers: dict[str, int]) -> None:
    texts = mart_texts() | AHEAD
    for name in names:
        if name in ("kept_awards", "kept_standings") and texts["evidence"] == mart_texts()["evidence"]:
            # Evidence includes the stacks that are kept by now.
            texts |= {"stack_holdings": mart_texts("fast")["stack_holdings"]}
            evidence = put_together(
                "select t.person, e.* from evidence as e join touched as t using (employee_id)", texts
            )
            transaction.run(f"create or replace temp table evidence_now as {evidence}", NOW | numbers)
            texts |= {"evidence": "select * from evidence_now"}
        _insert(transaction, name, texts, numbers)


def _insert(transaction: Transaction, name: str, texts: Mapping[str, str], numbers: dict[str, int] = EVERYBODY) -> None:
    select = put_together(mart_texts("kept")[name], texts)
    transaction.run(f"insert into {name} by name {select}", NOW | numbers)


def _note(transaction: Transaction) -> None:
    transaction.run("delete from kept_state")
    transaction.run("insert into kept_state select count(*) from upload_events")
    transaction.run("delete from kept_uploads")
    _insert(transaction, "kept_uploads", mart_texts())
    for name in TEMPORARY:
        transaction.run(f"drop table if exists {name}")
