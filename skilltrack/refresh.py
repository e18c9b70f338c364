"""The kept tables: what questions read instead of the base tables, brought up to date inside each upload.

Each file of `sql/marts/kept` is the select of one kept table for the people in `touched`. A refresh deletes those
people's rows and runs the same selects that a rebuild runs for everybody, so both end in the same rows.
"""

from collections.abc import Mapping

from skilltrack.marts import END_OF_TIME, EVERYBODY, mart_texts, put_together, with_marts
from skilltrack.store import Snapshot, Store, Transaction

OF_EVIDENCE = ("kept_holdings", "kept_awards", "kept_standings", "kept_spend")
"""Kept tables that follow from awards and the other evidence, in the order of their dependencies."""

ABOUT_PEOPLE = {
    "badges": "badge_rows",
    "prior_learning": "prior_learning_rows",
    "self_ratings": "self_rating_rows",
    "exemptions": "exemption_rows",
    "roster": "roster_rows",
    "spend": "spend_rows",
}
"""Kinds whose rows touch the people they name, and the tables they land in."""

KEYS = {"badges": "award_key", "spend": "spend_id"}
"""Kinds whose newest row may name somebody else than the row before: what makes both rows one."""

WITHOUT_EFFECT = ("skills", "targets")
"""Kinds that no kept table reads."""

REBUILD_SHARE = 0.3
"""Share of the people from which a rebuild costs less than a refresh."""

BATCH = 100_000
"""People whose evidence is computed at once in a rebuild, so that memory does not grow with the company."""

NARROWED = {
    f"{name}_listings": f"select r.* from {name}_rows as r where r.{key} in "
    f"(select b.{key} from {name}_rows as b join touched as t on t.employee_id = coalesce(b.employee_id, ''))"
    for name, key in (("badge", "award_key"), ("spend", "spend_id"))
}
"""Relations that a refresh limits to the people it touches."""

FOUND = {
    f"{name}_now": f"select t.person, n.* from {mart} as n join touched as t on t.employee_id = "
    "coalesce(n.employee_id, '') order by t.person"
    for name, mart in (("awards", "awards"), ("spend", "newest_spend"))
}
"""The newest rows of the touched, found once and read by every table of evidence."""

AHEAD = {
    "asked_people": "select person, employee_id from touched",
    "awards": "select * from awards_now where person between $first_person and $last_person",
    "newest_spend": "select * from spend_now where person between $first_person and $last_person",
}
"""What the selects of evidence read in place of the marts of these names."""

NOBODY = "select 0 as person, '' as employee_id"
"""Whom a spend line without an employee is kept under."""

NOW = EVERYBODY | {"known_at": END_OF_TIME}
"""The kept tables hold what is known by now, of everybody or of the touched."""


def is_fresh(store: Store | Snapshot) -> bool:
    """Whether the kept tables include every upload and undo."""
    said = store.query(
        "select (select count(*) from upload_events) as happened, (select max(event_count) from kept_state) as included"
    ).to_pylist()[0]
    return bool(said["happened"] == said["included"])


def make_fresh(store: Store) -> None:
    """Build the kept tables if they lag behind, as in a file that an older program wrote."""
    if not is_fresh(store):
        with store.write() as transaction:
            rebuild(transaction)


def rebuild(transaction: Transaction) -> None:
    """Compute every kept table anew from the base tables."""
    texts = mart_texts("kept")
    for name in texts:
        transaction.run(f"delete from {name}")
    transaction.run(f"insert into kept_people {with_marts(texts['kept_people'])}", NOW)
    _touch_between(transaction, EVERYBODY)
    _insert(transaction, "kept_roster", mart_texts())
    _insert(transaction, "kept_lines", mart_texts())
    _find(transaction, mart_texts())
    last = transaction.rows("select coalesce(max(person), 0) as n from kept_people")[0]["n"]
    for first in range(0, last + 1, BATCH):
        batch = {"first_person": first, "last_person": first + BATCH - 1}
        _touch_between(transaction, batch)
        _insert_evidence(transaction, OF_EVIDENCE, batch)
    _touch_between(transaction, EVERYBODY)
    _insert(transaction, "kept_days", mart_texts())
    _note(transaction)


def refresh(transaction: Transaction, upload_id: int) -> None:
    """Bring the kept tables up to date after upload `upload_id` has landed or was undone, in the same transaction."""
    included = transaction.rows("select max(event_count) as n from kept_state")[0]["n"]
    happened = transaction.rows("select count(*) as n from upload_events")[0]["n"]
    kinds = transaction.rows(
        "select distinct kind from upload_files where upload_id = $upload_id", {"upload_id": upload_id}
    )
    found = {row["kind"] for row in kinds} - set(WITHOUT_EFFECT)
    if included != happened - 1 or not found <= set(ABOUT_PEOPLE):
        rebuild(transaction)
        return
    if found:
        _number_newcomers(transaction, upload_id)
        _touch(transaction, found, upload_id)
        share = transaction.rows(
            "select (select count(*) from touched) > $share * (select count(*) from kept_people) as is_large",
            {"share": REBUILD_SHARE},
        )
        if share[0]["is_large"]:
            rebuild(transaction)
            return
        _replace_touched(transaction, found)
    _note(transaction)


def _replace_touched(transaction: Transaction, kinds: set[str]) -> None:
    """Take the rows of `touched` out of the kept tables that these kinds bear on, and put them in anew."""
    if "roster" in kinds:
        _take_out_touched(transaction, "kept_roster")
        transaction.run(
            "insert into kept_roster by name select * from roster_now "
            "where person in (select t.person from touched as t)"
        )
        _with_those_below(transaction)
        _take_out_touched(transaction, "kept_lines")
        _insert(transaction, "kept_lines", mart_texts())
    names = OF_EVIDENCE if kinds != {"spend"} else ("kept_spend",)
    _find(transaction, dict(mart_texts()) | NARROWED)
    transaction.run("create or replace temp table days_changed as select * from kept_days where false")
    _note_days(transaction, -1)
    for name in names:
        _take_out_touched(transaction, name)
    _insert_evidence(transaction, names, EVERYBODY)
    _note_days(transaction, 1)
    _change_days(transaction)


def _note_days(transaction: Transaction, sign: int) -> None:
    """Note what the touched people's standings, as they are kept now, add to the company's days."""
    transaction.run(
        "insert into days_changed by name select skill_id, day, $sign * required as required, $sign * met_1 as met_1, "
        f"$sign * met_2 as met_2, $sign * met_3 as met_3 from ({mart_texts('kept')['kept_days']}) as touched_days",
        {"sign": sign},
    )


def _change_days(transaction: Transaction) -> None:
    transaction.run(
        "create or replace temp table days_now as select c.skill_id, c.day, sum(c.required) as required, "
        "sum(c.met_1) as met_1, sum(c.met_2) as met_2, sum(c.met_3) as met_3 from ("
        "select * from days_changed union all select k.* from kept_days as k "
        "where (k.skill_id, k.day) in (select d.skill_id, d.day from days_changed as d)"
        ") as c group by c.skill_id, c.day"
    )
    transaction.run("delete from kept_days where (skill_id, day) in (select d.skill_id, d.day from days_now as d)")
    transaction.run(
        "insert into kept_days select * from days_now where required <> 0 or met_1 <> 0 or met_2 <> 0 or met_3 <> 0"
    )


def _number_newcomers(transaction: Transaction, upload_id: int) -> None:
    named = " union ".join(
        f"select employee_id from {table} where upload_id = $upload_id" for table in ABOUT_PEOPLE.values()
    )
    transaction.run(
        "insert into kept_people select (select coalesce(max(person), 0) from kept_people) "
        f"+ row_number() over (order by n.employee_id), n.employee_id from ({named}) as n "
        "where n.employee_id not in (select p.employee_id from kept_people as p)",
        {"upload_id": upload_id},
    )


def _touch(transaction: Transaction, kinds: set[str], upload_id: int) -> None:
    """Fill `touched` with everyone an upload of these kinds can have changed."""
    about = [
        f"select employee_id from {ABOUT_PEOPLE[kind]} where upload_id = $upload_id"
        for kind in sorted(kinds)
        if kind != "roster"
    ]
    for kind in kinds & set(KEYS):  # an award that moved from one person to another touches both
        rows, key = ABOUT_PEOPLE[kind], KEYS[kind]
        about.append(
            f"select b.employee_id from {rows} as b where b.{key} in "
            f"(select n.{key} from {rows} as n where n.upload_id = $upload_id)"
        )
    if "roster" in kinds:  # a snapshot ends the rows of people it does not list: hold all rows against the kept ones
        _touch_between(transaction, EVERYBODY)
        transaction.run(
            "create or replace temp table roster_now as "
            + put_together(mart_texts("kept")["kept_roster"], mart_texts()),
            NOW,
        )
        about.append(
            "select p.employee_id from kept_people as p join ("
            "(select * from kept_roster except select * from roster_now) union all "
            "(select * from roster_now except select * from kept_roster)) as c on c.person = p.person"
        )
    transaction.run(
        "create or replace temp table touched as select p.person, p.employee_id from kept_people as p "
        f"where p.employee_id in ({' union '.join(about)})",
        {"upload_id": upload_id},
    )
    if "spend" in kinds:
        transaction.run(f"insert into touched {NOBODY}")


def _with_those_below(transaction: Transaction) -> None:
    """Add to `touched` everyone whose reporting line may lead through somebody in it."""
    transaction.run(
        "insert into touched select p.person, p.employee_id from kept_people as p where p.person in ("
        "select r.person from kept_roster as r join touched as t on t.employee_id = r.manager_id"
        ") and p.person not in (select t.person from touched as t)"
    )
    transaction.run(
        "insert into touched select p.person, p.employee_id from kept_people as p where p.person in ("
        "select l.person from kept_lines as l join touched as t on t.person = l.manager"
        ") and p.person not in (select t.person from touched as t)"
    )


def _take_out_touched(transaction: Transaction, name: str) -> None:
    transaction.run(f"delete from {name} where person in (select t.person from touched as t)")


def _touch_between(transaction: Transaction, numbers: dict[str, int]) -> None:
    transaction.run(
        "create or replace temp table touched as select * from ("
        f"select person, employee_id from kept_people union all {NOBODY}) as everyone "
        "where person between $first_person and $last_person",
        numbers,
    )


def _find(transaction: Transaction, texts: Mapping[str, str]) -> None:
    for name, select in FOUND.items():
        transaction.run(f"create or replace temp table {name} as {put_together(select, texts)}", NOW)


def _insert_evidence(transaction: Transaction, names: tuple[str, ...], numbers: dict[str, int]) -> None:
    texts = dict(mart_texts()) | AHEAD
    for name in names:
        _insert(transaction, name, texts, numbers)
        if name == "kept_holdings":  # evidence includes the stacks that were kept just now
            texts |= {"stack_holdings": mart_texts("fast")["stack_holdings"]}
            evidence = put_together("select t.person, e.* from evidence as e join touched as t using (employee_id)", texts)
            transaction.run(f"create or replace temp table evidence_now as {evidence}", NOW | numbers)
            texts |= {"evidence": "select * from evidence_now"}


def _insert(transaction: Transaction, name: str, texts: Mapping[str, str], numbers: dict[str, int] = EVERYBODY) -> None:
    select = put_together(mart_texts("kept")[name], texts)
    transaction.run(f"insert into {name} by name {select}", NOW | numbers)


def _note(transaction: Transaction) -> None:
    transaction.run("delete from kept_state")
    transaction.run("insert into kept_state select count(*) from upload_events")
    for name in ("touched", "roster_now", "awards_now", "spend_now", "evidence_now", "days_changed", "days_now"):
        transaction.run(f"drop table if exists {name}")
