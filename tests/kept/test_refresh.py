"""The kept tables: after any sequence of uploads and undos they hold what a rebuild would, and answer the same."""

import shutil
import tempfile
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion
from skilltrack.ingest import KINDS, Options, Source, import_files, import_folder, import_sources, redo, undo
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.keeping.durability import check
from skilltrack.keeping.shared_store import store_at
from skilltrack.kept import evidence, refreshing
from skilltrack.kept.affected import NOW, definitions_now
from skilltrack.kept.tables import NEWEST_ROWS, TABLES, has_effect
from skilltrack.questions import Filters, Metrics, metrics
from skilltrack.questions import catalogue as metrics_known
from skilltrack.relations import definitions, kept_selects, kept_steps, put_together, reached, texts
from skilltrack.storage import schema
from skilltrack.storage.engine import OPENING
from skilltrack.storage.store import Store
from tests.companies import (
    BASE,
    PEOPLE,
    SKILLS,
    about_people,
    catalogue,
    companies,
    days,
    demo_in,
    kept,
    land,
    land_one,
    roster,
)
from tests.ingest.test_import import COMPANY, write
from tests.questions.test_numbers import questions, rows_of, same
from tests.reference import REPORTS, Landed

KEPT = tuple(kept_selects())


@given(company=companies(), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_kept_tables_equal_a_rebuild_after_any_uploads_and_undos(company, share):
    store = Store.open(":memory:")
    try:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(refreshing, "REBUILD_SHARE", share)
            patch.setattr(evidence, "BATCH", 2)
            land(company, store, Path(folder))
        assert refreshing.is_fresh(store)
        refreshed = kept(store)
        with store.write() as transaction:
            refreshing.rebuild(transaction)
        rebuilt = kept(store)
        for name in KEPT:
            assert refreshed[name] == rebuilt[name], f"{name}\n{company}"
    finally:
        store.close()


def test_nothing_is_lost_where_much_is_kept_at_once_after_nothing(tmp_path, monkeypatch):
    """The engine loses rows where ordered inserts of many and of none meet in a transaction, on two threads or more."""
    monkeypatch.setitem(OPENING, "threads", 2)
    monkeypatch.setattr(evidence, "BATCH", 1)
    many = 130_000  # more than the 122,880 rows that the engine writes at once
    people = "employee_id,name,team\n" + "".join(f"e{n},Person{n},North\n" for n in range(5))
    lines = "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n" + "".join(
        f"{n},e{1 + 2 * (n % 2)},c1,2024-01-05,10.00,EUR,employer\n" for n in range(2 * many)
    )
    store = Store.open(tmp_path / "many.duckdb")
    try:
        land_text(store, "credentials", "credential_id,name,issuer\nc1,One,I\n")
        land_text(store, "roster", people)
        land_text(store, "spend", lines)
        assert kept_lines_of_spend(store) == 2 * many, "a rebuild of the evidence"
        land_text(store, "roster", people.replace("Person3,North", "Person3,South"))
        assert kept_lines_of_spend(store) == 2 * many, "a refresh of one person"
        with store.write() as transaction:
            refreshing.rebuild(transaction)
        assert kept_lines_of_spend(store) == 2 * many, "a rebuild"
    finally:
        store.close()


def test_what_is_read_in_place_of_a_definition_without_rows_has_its_columns_and_types():
    store = Store.open(":memory:")
    with store.write() as transaction:
        short = definitions_now(transaction)
        whole = definitions()
        changed = {name for name in short if short[name] != whole[name]}
        described = [
            transaction.rows("describe " + put_together(f"select * from {name}", asked), NOW)
            for name in sorted(changed)
            for asked in (whole, short)
        ]
    columns = [[(row["column_name"], row["column_type"]) for row in rows] for rows in described]

    assert changed >= {
        "prior_learning",
        "self_ratings",
        "newest_spend",
        "requirements",
        "erased_badges",
        "live_uploads",
    }
    assert columns[::2] == columns[1::2]
    store.close()


def test_a_company_that_has_a_roster_only_gets_its_standings_with_the_first_roles():
    store = Store.open(":memory:")
    land_text(store, "roster", "employee_id,name,team,role_id\n1,Ann,A,r1\n2,Bo,A,r1\n")
    land_text(store, "skills", "skill_id,name\ns1,Welding\n")
    land_text(store, "prior_learning", "employee_id,skill_id,level,assessor,valid_from\n1,s1,1,Cy,2024-01-01\n")
    assert {name for name, rows in kept(store).items() if rows} == {"kept_people", "kept_roster", "kept_uploads"}
    land_text(store, "roles", "role_id,role_name,skill_id,required_level\nr1,R,s1,1\n")

    assert store.query("select count(distinct person) as n from kept_standings").to_pylist() == [{"n": 2}]
    told = [
        rows_of(Metrics(store, reads_kept).ask("readiness", Viewer.everyone(), Filters()))
        for reads_kept in (True, False)
    ]
    assert told[0] == told[1] != []
    store.close()


def test_who_moves_under_somebody_untouched_gets_all_of_the_managers_above(monkeypatch):
    """Otherwise the new department's head would not see them."""
    monkeypatch.setattr(refreshing, "REBUILD_SHARE", 1.0)
    store = Store.open(":memory:")
    lines = ["head,", "vice,head", "lead,vice", "other,head", "deputy,other", "moved,lead", "below,moved", "low,below"]
    listed = ["employee_id,name,manager_id", *(f"{line.split(',')[0]},Name,{line.split(',')[1]}" for line in lines)]
    import_sources(store, [Source("roster", "r.csv", "\n".join(listed).encode())], Options(date(2024, 1, 1)))
    line = b"employee_id,name,manager_id\nmoved,Name,deputy\n"
    import_sources(store, [Source("roster", "c.csv", line)], Options(date(2024, 2, 1), "changes"))
    above = store.query(
        "select m.employee_id from kept_lines as l join kept_people as m on m.person = l.manager "
        "join kept_people as p on p.person = l.person and p.employee_id = 'low' where l.valid_to > date '2024-02-01'"
    ).to_pylist()
    assert {row["employee_id"] for row in above} == {"below", "moved", "deputy", "other", "head"}
    assert_kept_as_rebuilt(store)
    store.close()


def test_what_was_looked_up_is_forgotten_with_every_write(tmp_path):
    """A manager who came, and everybody's number, are not what they were before the upload."""
    store = Store.open(tmp_path / "x.duckdb")
    import_folder(store, write(tmp_path / "company", **COMPANY), effective=date(2024, 1, 1))

    def names_below(manager: str) -> list[tuple]:
        return rows_of(Metrics(store).ask("people", Viewer.everyone(), Filters(date(2024, 6, 1), manager=manager)))

    with pytest.raises(BadQuestion, match="No manager 'new' is known"):
        names_below("new")
    roster = "employee_id,name,manager_id\nnew,New,\n001,Ann,new\n0,First,001\n"
    import_sources(store, [Source("roster", "r.csv", roster.encode())], Options(date(2024, 5, 1)))
    found = names_below("new")
    assert len(found) == 2
    with store.write() as transaction:
        refreshing.rebuild(transaction)  # numbers everybody anew
    assert names_below("new") == found
    store.close()


def test_uploads_of_several_files_with_bad_rows_and_made_credentials_are_kept_as_a_rebuild_has_them(tmp_path):
    """What is read from before the transaction must be what lands: columns that one file lacks, rows kept apart."""
    files = {
        "a.csv": "award_id,employee_id,credential_id,issued_on\nz1,002,c2,2024-02-01\nz2,001,c1,soon\n",
        "b.csv": "employee_id,credential_id,issued_on,expires_on\n001,c2,2024-03-01,2024-12-01\n009,c2,2024-03-01,\n",
        "roster.csv": "employee_id,name,manager_id,team,role_id\n001,Ann,002,B,r1\n002,Bo,001,A,r1\n003,Cy,,A,r1\n",
        "made.csv": "employee_id,credential,issuer,issued_on\n003,Knots,Sea,2024-05-03\n002,Two,Inst,2024-05-04\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    store = Store.open(tmp_path / "x.duckdb")
    import_folder(store, write(tmp_path / "company", **COMPANY), effective=date(2024, 1, 1))
    badges = import_files(store, "badges", [tmp_path / "a.csv", tmp_path / "b.csv"], quarantine=True)
    assert_kept_as_rebuilt(store)
    circle = import_files(store, "roster", [tmp_path / "roster.csv"], quarantine=True, effective=date(2024, 5, 1))
    assert_kept_as_rebuilt(store)
    made = Source(
        "badges", "made.csv", (tmp_path / "made.csv").read_bytes(), Mapping(unknown_credentials="create"), True
    )
    assert import_sources(store, [made], Options(date(2024, 6, 1))).status == "stored"
    assert {badges.status, circle.status} == {"stored"}
    for step in (undo, redo):
        step(store, badges.upload_id)
        assert_kept_as_rebuilt(store)
    undo(store, circle.upload_id)
    assert_kept_as_rebuilt(store)
    store.close()


def assert_kept_as_rebuilt(store: Store) -> None:
    assert damaged_uploads(store) == []
    before = kept(store)
    with store.write() as transaction:
        refreshing.rebuild(transaction)
    assert kept(store) == before


def land_text(store: Store, kind: str, text: str) -> None:
    assert import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options()).status == "stored"


def kept_lines_of_spend(store: Store) -> int:
    return store.query("select count(*) as n from kept_spend where amount = 10").to_pylist()[0]["n"]


def test_changes_of_the_roster_beside_an_award_of_somebody_they_do_not_list_leave_that_person_there():
    store = Store.open(":memory:")
    people = "employee_id,name,manager_id\n" + "".join(f"{n},P{n},\n" for n in range(10))
    catalogue_files = [
        Source("credentials", "credentials.csv", b"credential_id,name,issuer\nc1,One,I\n"),
        Source("roster", "roster.csv", people.encode()),
    ]
    import_sources(store, catalogue_files, Options(date(2024, 1, 1)))
    changes = [
        Source("roster", "roster.csv", b"employee_id,name,manager_id\n1,P1,2\n"),
        Source("badges", "badges.csv", b"employee_id,credential_id,issued_on\n5,c1,2024-01-01\n"),
    ]

    import_sources(store, changes, Options(date(2024, 2, 1), "changes"))

    refreshed = kept(store)
    assert {row["employee_id"] for row in store.query("from kept_roster").to_pylist()} == set("0123456789")
    with store.write() as transaction:
        refreshing.rebuild(transaction)
    assert kept(store) == refreshed
    store.close()


ONE_LINE = {
    "credential_skills": {"credential_id": "c1", "skill_id": "s1", "level": "3"},
    "credentials": {"credential_id": "c1", "name": "C", "issuer": "I1", "demonstrates": "true", "validity_months": "1"},
    "issuers": {"issuer": "I1", "tier": "unrecognised"},
    "roles": {"role_id": "r1", "role_name": "R", "skill_id": "s2", "required_level": "2"},
}


@pytest.mark.parametrize("kind", ONE_LINE)
def test_one_line_of_the_catalogue_changes_the_people_it_touches_and_rebuilds_nothing(kind, tmp_path, monkeypatch):
    store, rebuild = Store.open(":memory:"), refreshing.rebuild
    people = [{"employee_id": p, "name": p, "role_id": "r1" if p == "01" else "r2"} for p in PEOPLE]
    skills = [{"skill_id": skill, "name": skill} for skill in SKILLS]
    rows = {
        "skills": skills,
        "credentials": [
            ONE_LINE["credentials"] | {"validity_months": ""},
            {"credential_id": "c2", "name": "D", "issuer": "I2"},
        ],
        "credential_skills": [{"credential_id": c, "skill_id": "s1", "level": "1"} for c in ("c1", "c2")],
        "roles": [{"role_id": r, "role_name": r, "skill_id": "s1", "required_level": "1"} for r in ("r1", "r2")],
        "roster": people,
        "badges": [
            {"employee_id": p, "credential_id": "c1" if p == "01" else "c2", "issued_on": "2024-01-01"} for p in PEOPLE
        ],
    }
    land_one(Landed(rows, datetime(2024, 1, 1, 1)), store, tmp_path / "first")
    before = kept(store)
    monkeypatch.setattr(refreshing, "rebuild", None)

    land_one(Landed({kind: [ONE_LINE[kind]]}, datetime(2024, 1, 1, 2)), store, tmp_path / "line")

    after = kept(store)
    with store.write() as transaction:
        rebuild(transaction)
    assert after == kept(store)
    assert after["kept_standings"] != before["kept_standings"]
    store.close()


def test_an_answer_of_too_many_cells_is_refused_and_says_what_to_choose(tmp_path, monkeypatch):
    demo_in(tmp_path)
    store = Store.open(tmp_path / "demo.duckdb")
    people = Metrics(store).ask("readiness", Viewer.everyone(), Filters())
    monkeypatch.setattr(metrics, "CELLS", people.size - 1)

    with pytest.raises(
        BadQuestion, match=r"Readiness would be more than .* cells \(10 columns a row\)\. Choose an org"
    ):
        Metrics(store).ask("readiness", Viewer.everyone(), Filters())
    assert len(Metrics(store).ask("coverage_by_skill", Viewer.everyone(), Filters())) > 50
    monkeypatch.setattr(metrics, "CELLS", people.size)
    assert Metrics(store).ask("readiness", Viewer.everyone(), Filters()).equals(people)
    store.close()


class Uploads(RuleBasedStateMachine):
    """Uploads of any kind, taken back and put back in any order, none large enough for a rebuild."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.store, self.patch, self.folder = (
            Store.open(":memory:"),
            pytest.MonkeyPatch(),
            tempfile.TemporaryDirectory(),
        )
        self.patch.setattr(refreshing, "REBUILD_SHARE", 1.0)
        self.landed = 0
        self.undone: dict[int, bool] = {}

    def teardown(self):
        self.patch.undo()
        self.store.close()
        self.folder.cleanup()

    def _land(self, rows, day=BASE, mode="changes"):
        self.landed += 1
        at = datetime(2024, 1, 1) + timedelta(hours=self.landed)
        return land_one(Landed(rows, at, day, mode), self.store, Path(self.folder.name) / str(self.landed))

    @initialize(catalogue=catalogue(), people=about_people(), listed=roster(everyone=True))
    def first(self, catalogue, people, listed):
        skills = [{"skill_id": skill, "name": skill} for skill in SKILLS]
        self._land(catalogue | people | {"skills": skills, "roster": listed}, mode="snapshot")

    @rule(target=ids, rows=st.one_of(about_people(), catalogue()), data=st.data())
    def one_kind(self, rows, data):
        """A mapping, a tier, a role, a stack or a piece of evidence, alone."""
        if not rows:
            return multiple()
        kind = data.draw(st.sampled_from(sorted(rows)))
        return self._land({kind: rows[kind][:2] if kind != "stacks" else rows[kind]})

    @rule(target=ids, listed=roster(), day=days, mode=st.sampled_from(["changes", "snapshot"]))
    def reorganise(self, listed, day, mode):
        return self._land({"roster": listed}, day, mode)

    @rule(target=ids, person=st.sampled_from(PEOPLE[1:]), day=days, data=st.data())
    def move_one(self, person, day, data):
        """One person, with everybody below, under somebody whom the upload does not touch."""
        manager = data.draw(st.sampled_from(PEOPLE[: PEOPLE.index(person)]))
        moved = {"employee_id": person, "name": f"Name {person}", "manager_id": manager, "role_id": "r1"}
        return self._land({"roster": [moved]}, day)

    @rule(upload=ids)
    def take_back_or_put_back(self, upload):
        act = redo if self.undone.get(upload) else undo
        act(self.store, upload)
        self.undone[upload] = act is undo

    @invariant()
    def every_kept_table_equals_a_rebuild(self):
        assert refreshing.is_fresh(self.store)
        refreshed = kept(self.store)
        with self.store.write() as transaction:
            refreshing.rebuild(transaction)
            rebuilt = kept(transaction)
            transaction.give_up()
        for name in KEPT:
            assert refreshed[name] == rebuilt[name], name


Uploads.TestCase.settings = settings(max_examples=max(3, settings().max_examples // 8), stateful_step_count=8)
test_kept_tables_equal_a_rebuild_after_each_of_any_steps = Uploads.TestCase


@settings(max_examples=-(-settings().max_examples // 2))
@given(data=st.data())
def test_every_metric_gives_the_same_from_the_kept_tables_and_from_the_definitions(data):
    company = data.draw(companies())
    store = Store.open(":memory:")
    try:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(refreshing, "REBUILD_SHARE", 1.0)
            land(company, store, Path(folder))
        for _ in range(1 if settings().max_examples <= 20 else 3):
            asked = asdict(data.draw(questions(company))) | {"known_at": None}
            # The others are asked in both ways where they are held against the reference.
            for name in [name for name in metrics_known() if name not in REPORTS]:
                filters = Filters(**asked | {"employee": data.draw(st.sampled_from(PEOPLE))})
                try:
                    plain = rows_of(Metrics(store, reads_kept=False).ask(name, Viewer.everyone(), filters))
                except BadQuestion:
                    with pytest.raises(BadQuestion):
                        Metrics(store).ask(name, Viewer.everyone(), filters)
                    continue
                fast = rows_of(Metrics(store).ask(name, Viewer.everyone(), filters))
                assert same(sorted(fast, key=str), sorted(plain, key=str)), f"{name} {filters}\n{company}"
    finally:
        store.close()


def test_a_file_of_an_older_program_is_answered_from_the_definitions_until_it_is_built(tmp_path):
    demo_in(tmp_path)
    store = Store.open(tmp_path / "demo.duckdb")
    before = rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters()))
    with store.write() as transaction:
        for name in (*KEPT, "kept_state"):
            transaction.run(f"delete from {name}")

    assert not refreshing.is_fresh(store)
    assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
    refreshing.make_fresh(store)
    assert refreshing.is_fresh(store)
    assert store.query("select count(*) as n from kept_standings").to_pylist()[0]["n"] > 0
    assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before


@pytest.fixture
def sql(tmp_path, monkeypatch):
    """A copy of the definitions, to change, which is in use from here on."""
    folder = shutil.copytree(texts.SQL, tmp_path / "sql")
    caches = (texts.read_texts, texts._definitions, texts._with_texts, refreshing.fingerprint)

    def change(name, old, new):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        monkeypatch.setattr(texts, "SQL", folder)
        for cached in caches:
            cached.cache_clear()

    yield change
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


def test_a_changed_definition_makes_what_was_computed_by_the_other_stale_and_it_is_built_anew(tmp_path, sql, caplog):
    path = demo_in(tmp_path)
    with closing(Store.open(path)) as store:
        before = rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters()))
        assert refreshing.is_fresh(store)
    sql(
        "definitions/award_levels.sql",
        "s.credential_id = r.credential_id",
        "s.credential_id = r.credential_id and s.level > 2",
    )
    with closing(Store.open(path)) as store:
        assert not refreshing.is_fresh(store)
        defined = rows_of(Metrics(store, reads_kept=False).ask("coverage", Viewer.everyone(), Filters()))
        assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == defined != before

    with closing(store_at(path)) as store:
        assert "another version of Skilltrack made them" in caplog.text
        assert refreshing.is_fresh(store)
        assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == defined
        assert store.query("select count(*) as n from kept_standings").to_pylist()[0]["n"] > 0
        with store.write() as transaction:  # as a program that knew no fingerprint has left it
            transaction.run("update kept_state set fingerprint = null")
        assert not refreshing.is_fresh(store)
        assert check(store) == []
        assert refreshing.is_fresh(store)


@pytest.mark.parametrize(
    ("name", "old", "new", "follows"),
    [
        ("schema/kept.sql", "-- Uncompressed", "-- Not compressed", True),
        ("kept/kept_awards.sql", "-- One row per", "-- A row per", True),
        ("kept/kept_days.sql", "group by", "group  by", True),
        ("kept/steps/demands.sql", "-- One", "-- A", True),
        ("definitions/issuer_tiers.sql", "'recognised'", "'trusted'", True),
        ("from_kinds/newest.sql", "-- One", "-- A", True),
        ("from_kept/any/stack_holdings.sql", "-- One", "-- A", True),
        ("from_kinds/origins.sql", "-- One", "-- A", False),
        ("definitions/day_totals.sql", "sum(met)", "sum(required)", False),
        ("from_kept/any/spend_lines.sql", "-- One", "-- A", False),
    ],
)
def test_every_text_that_a_kept_table_follows_from_counts_byte_for_byte_and_no_other(sql, name, old, new, follows):
    before = refreshing.fingerprint()
    sql(name, old, new)

    assert (refreshing.fingerprint() != before) == follows


TABLE_OF = {kind.table: name for name, kind in KINDS.items()}
NUMBERS_ONLY = {"kept_people", "kept_uploads"}
"""Kept tables whose rows nobody's answers differ by: numbers that stay, and what every upload writes."""


def kinds_behind(name: str) -> set[str]:
    """The kinds of file that a kept table follows from, by the texts."""
    texts = definitions() | kept_steps() | kept_selects()
    for numbers in NUMBERS_ONLY:
        del texts[numbers]
    return {TABLE_OF[read] for read in reached(name, texts) if read in TABLE_OF}


def test_each_kept_table_has_one_entry_which_names_the_kinds_that_its_texts_read():
    assert {table.name for table in TABLES} == set(KEPT)
    for table in TABLES:
        assert table.grain.startswith("One row per "), table.name
        if table.name not in NUMBERS_ONLY:
            assert table.changed_by == kinds_behind(table.name), table.name
    assert [kind for kind in KINDS if not has_effect(kind)] == ["targets"]
    for rows in NEWEST_ROWS:
        assert rows.read_by <= set(KEPT), rows.name


def test_kept_tables_of_another_text_are_made_anew_and_computed_again(tmp_path, monkeypatch):
    path = demo_in(tmp_path)
    folder = shutil.copytree(schema.SCHEMA, tmp_path / "schema")
    text = (folder / "kept.sql").read_text(encoding="utf-8")
    (folder / "kept.sql").write_text(text.replace("    mode varchar\n", "    mode varchar,\n    colour varchar\n"))
    with closing(Store.open(path)) as store:
        assert refreshing.is_fresh(store)
        before = rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters()))
    monkeypatch.setattr(schema, "SCHEMA", folder)
    with closing(Store.open(path, is_read_only=True)) as store:  # is left as it is, and answers
        assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
    for _ in range(2):
        with closing(Store.open(path)) as store:
            assert "colour" in store.frame("select * from kept_uploads").columns
            assert store.query("select * from kept_standings").num_rows == 0
            assert not refreshing.is_fresh(store)
            assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
    with closing(store_at(path)) as store:
        assert refreshing.is_fresh(store)
        assert store.query("select * from kept_standings").num_rows > 0
        assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
