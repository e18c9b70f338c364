"""The kept tables: what questions read instead of the base tables, brought up to date inside each upload.

Each file of `sql/marts/kept` is the select of one kept table for the people in `touched`. A refresh deletes those
people's rows and runs the same selects that a rebuild runs for everybody, so both end in the same rows.
"""

from skilltrack.marts import END_OF_TIME, EVERYBODY, mart_texts, put_together, with_marts
from skilltrack.store import Snapshot, Store, Transaction

OF_EVIDENCE = ("kept_awards", "kept_holdings", "kept_standings")
"""Kept tables that follow from awards and the other evidence, in the order of their dependencies."""

ABOUT_PEOPLE = {
    "badges": "badge_rows",
    "prior_learning": "prior_learning_rows",
    "self_ratings": "self_rating_rows",
    "exemptions": "exemption_rows",
    "roster": "roster_rows",
}
"""Kinds whose rows touch the people they name, and the tables they land in."""

WITHOUT_EFFECT = ("skills", "targets", "spend")
"""Kinds that no kept table reads."""

REBUILD_SHARE = 0.3
"""Share of the people from which a rebuild costs less than a refresh."""

NARROWED = {
    "asked_people": "select person, employee_id from touched",
    "badge_listings": "select r.* from badge_rows as r where r.award_key in "
    "(select b.award_key from badge_rows as b join touched as t on t.employee_id = b.employee_id)",
}
"""Relations that a refresh limits to the people it touches."""

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
    _touch_everybody(transaction)
    for name in ("kept_roster", "kept_lines", *OF_EVIDENCE):
        _insert(transaction, name, narrowed=False)
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
        if "roster" in found:
            _take_out_touched(transaction, "kept_roster")
            transaction.run(
                "insert into kept_roster by name "
                "select * from roster_now where person in (select t.person from touched as t)"
            )
            _with_those_below(transaction)
            _replace(transaction, ("kept_lines",))
        _replace(transaction, OF_EVIDENCE)
    _note(transaction)


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
    if "badges" in kinds:  # an award that moved from one person to another touches both
        about.append(
            "select b.employee_id from badge_rows as b where b.award_key in "
            "(select n.award_key from badge_rows as n where n.upload_id = $upload_id)"
        )
    if "roster" in kinds:  # a snapshot ends the rows of people it does not list: hold all rows against the kept ones
        _touch_everybody(transaction)
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


def _replace(transaction: Transaction, names: tuple[str, ...]) -> None:
    for name in names:
        _take_out_touched(transaction, name)
        _insert(transaction, name, narrowed=True)


def _take_out_touched(transaction: Transaction, name: str) -> None:
    transaction.run(f"delete from {name} where person in (select t.person from touched as t)")


def _touch_everybody(transaction: Transaction) -> None:
    transaction.run("create or replace temp table touched as select person, employee_id from kept_people")


def _insert(transaction: Transaction, name: str, narrowed: bool) -> None:
    fast = mart_texts("fast")
    texts = dict(mart_texts())
    if name in ("kept_holdings", "kept_standings"):  # these read the awards that were kept just before
        texts["awards"] = fast["awards"]
    if name == "kept_standings":
        texts["stack_holdings"] = fast["stack_holdings"]
    texts["asked_people"] = NARROWED["asked_people"]
    texts |= NARROWED if narrowed else {}
    transaction.run(f"insert into {name} by name {put_together(mart_texts('kept')[name], texts)}", NOW)


def _note(transaction: Transaction) -> None:
    transaction.run("delete from kept_state")
    transaction.run("insert into kept_state select count(*) from upload_events")
    transaction.run("drop table if exists touched")
    transaction.run("drop table if exists roster_now")
