"""A file of own tables is held against the contract, and what is not given follows from what is; else numbers are others unseen."""

import re
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.config import ROOT
from skilltrack.errors import BadQuestion, BadStore
from skilltrack.lake import RELATIONS, described, lacking_by_report, publish
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.relations import definitions, with_published
from skilltrack.storage import Snapshot, Store, address_of, contract, is_computable, own_tables, relations_read
from skilltrack.storage.own_tables import broken, completed, counts, fits, overlaps
from skilltrack.storage.published import resting_on
from tests.companies import companies, land
from tests.forked import skilltrack
from tests.ingest.test_import import made_in
from tests.lake.answers import EVERYONE, compare
from tests.lake.test_portable import ELSEWHERE
from tests.long import some, sweep
from tests.questions.test_numbers import questions
from tests.reference import Asked

GIVEN = frozenset(name for name, each in contract().items() if not each.follows_from) | {"newest_spend"}
"""The fewest relations from which everything else follows."""
ASKED = sorted(set(catalogue()) - set(ELSEWHERE))
PEOPLE = '[roster]\nfrom = "hr.people"\n'
DOCUMENT = (ROOT / "docs" / "lake.md").read_text(encoding="utf-8")


class Ready:
    """Published relations as tables of an engine, those that are `given` and nothing else."""

    def __init__(self, folder, relations, given=GIVEN):
        self._connection, self.given = duckdb.connect(), frozenset(given)
        for name, file in relations.items():
            self._connection.register(f"{name}_file", pq.read_table(folder / file))
            self._connection.execute(f"create table {name} as select * from {name}_file")
        columns = ", ".join(contract()["newest_spend"].columns)
        self._connection.execute(f"create table newest_spend as select {columns} from spend_lines")
        for name in set(relations) - self.given:
            self._connection.execute(f"drop table {name}")

    @contextmanager
    def snapshot(self):
        with self._connection.cursor() as cursor:
            reading = Snapshot(cursor)
            reading.given = self.given
            yield reading

    def query(self, sql):
        with self.snapshot() as reading:
            return reading.query(sql).to_pylist()


def ready(store, folder, given=GIVEN):
    manifest = publish(store, EVERYONE, str(folder)).manifest
    return Ready(folder, {name: each.file for name, each in manifest.relations.items()}, given)


@pytest.fixture(scope="module")
def corp(tmp_path_factory):
    """A small company in a database."""
    store = Store.open(made_in(tmp_path_factory.mktemp("corp")) / "corp.duckdb")
    yield store
    store.close()


def stated(tmp_path, text):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return own_tables(str(tmp_path / "own.toml"))


def test_a_file_says_what_gives_each_relation_and_of_which_there_are_no_rows(tmp_path):
    own = stated(
        tmp_path,
        'empty = ["targets"]\nkept_seconds = 60\n[roster]\nfrom = "main.hr.`all people`"\n'
        "columns = {employee_id = \"emp_no\"}\n[skills]\nselect = 'select 1 as skill_id -- one;'\n",
    )

    assert own.names == {"targets", "roster", "skills"}
    assert own.kept_seconds == 60
    assert own.tables["roster"].source == "`main`.`hr`.`all people`"
    assert own.tables["skills"].source == "(select 1 as skill_id -- one\n)"
    assert own.digest != stated(tmp_path, PEOPLE).digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no relation is named"),
        ("[roster", "is no TOML file"),
        ('[rooster]\nfrom = "hr.people"', "rooster is no relation. Did you mean roster?"),
        ('[xyz]\nfrom = "hr.people"', "xyz is no relation. Known are skills, credentials"),
        ('roster = "hr.people"', "write [roster], and below it from"),
        ("[roster]", "roster needs either from"),
        (PEOPLE + 'select = "select 1"', "and not both"),
        ('[roster]\nfrom = "people"', "a table or view with its schema"),
        ('[roster]\nfrom = "hr.people; drop table hr.people"', "a table or view with its schema"),
        ("[roster]\nfrom = 1", "a table or view with its schema"),
        ('[roster]\nselect = " "', "write one in the SQL of the cluster"),
        (PEOPLE + 'where = "is_active"', "roster says where, which is not known"),
        (PEOPLE + 'columns = "emp_no"', "write [roster.columns]"),
        (PEOPLE + '[roster.columns]\nemployee = "emp_no"', "roster has no column employee. Did you mean employee_id?"),
        (PEOPLE + "[roster.columns]\nemployee_id = 1", "roster.employee_id is 1: write the name of a column"),
        ('[awards]\nfrom = "a.b"\n[awards.columns]\nvalid_to = "x"', "awards.valid_to follows from other columns"),
        ('empty = "targets"', "write a list of relations that have no rows"),
        ('empty = ["target"]', "empty names target, which is no relation. Did you mean targets?"),
        ('empty = ["roster"]\n' + PEOPLE, "roster is named as empty, and [roster] says where its rows are"),
        ("kept_seconds = 0\n" + PEOPLE, "kept_seconds is 0"),
        ("kept_seconds = true\n" + PEOPLE, "kept_seconds is True"),
    ],
)
def test_what_a_file_cannot_mean_is_told_with_its_name_and_what_would_work(tmp_path, text, says):
    with pytest.raises(BadStore) as refused:
        stated(tmp_path, text)

    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path}/own.toml")


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    with pytest.raises(BadStore) as refused:
        stated(tmp_path, '[rooster]\nfrom = "a.b"\n[skills]\nfrom = "skills"\n[skills.columns]\nnme = "x"\n')

    for says in ("Did you mean roster?", "with its schema", "Did you mean name?"):
        assert says in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_told_before_anybody_connects(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for name, says in (("none.toml", "cannot be read (No such file"), ("binary.toml", "is no TOML file")):
        with pytest.raises(BadStore, match=re.escape(says)):
            own_tables(str(tmp_path / name))
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    done = skilltrack("report", "coverage", db=f"sc://nowhere.example/?tables={tmp_path}/none.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read (No such file" in done.stderr


def test_an_address_names_published_relations_own_tables_or_both():
    both = address_of("sc://spark.example/?data=/mnt/lake&tables=own.toml")
    assert (both.data, both.own) == ("/mnt/lake", "own.toml")
    alone = address_of("sc://spark.example/?tables=/etc/own.toml&ssl=true")
    assert (alone.data, alone.own, alone.is_encrypted) == ("", "/etc/own.toml", True)


def test_the_command_that_looks_at_own_tables_wants_a_file_of_them(tmp_path):
    for db in (str(tmp_path / "x.duckdb"), "sc://spark.example/?data=/x"):
        done = skilltrack("lake", "tables", db=db)
        assert (done.returncode, done.stdout) == (2, "")
        assert "names no tables of your own" in done.stderr


@pytest.mark.parametrize(
    ("spark", "wanted", "is_fitting"),
    [
        ("string", "varchar*", True),
        ("int", "varchar", False),
        ("smallint", "integer*", True),
        ("bigint", "integer", False),
        ("int", "bigint*", True),
        ("string", "date", False),
        ("timestamp", "date*", False),
        ("void", "date", True),
        ("int", "decimal(18, 2)*", True),
        ("bigint", "decimal(18, 2)", False),
        ("decimal(10,2)", "decimal(18, 2)", True),
        ("decimal(18,4)", "decimal(18, 2)", False),
        ("decimal(20,2)", "decimal(18, 2)", False),
        ("double", "decimal(12, 4)", False),
        ("int", "boolean*", False),
    ],
)
def test_a_type_fits_where_nothing_is_lost(spark, wanted, is_fitting):
    assert fits(spark, wanted) is is_fitting


def test_what_the_contract_says_of_rows_holds_of_those_that_are_published(corp, tmp_path):
    lake = ready(corp, tmp_path, RELATIONS)
    for name, declared in contract().items():
        columns = [column for column in declared.columns if column not in declared.computed]
        as_given = f"(select {', '.join(columns)} from {name}) as given"
        ours = lake.query(f"select {', '.join(declared.columns)} from {name} order by all")
        assert lake.query(f"{completed(declared, as_given)} order by all") == ours, name
        row = lake.query(counts(declared))[0]
        assert {
            what for what, number in row.items() if number and what != "n" and not what.startswith("has_")
        } == set(), name
        assert row["n"] == len(ours)
        if declared.has_one_a_day:
            assert lake.query(overlaps(declared)) == []


WRONG = {
    "skills": ("insert into skills by name select * from skills", "same"),
    "credentials": ("update credentials set name = null", "name"),
    "requirements": ("update requirements set required_level = 0", "required_level"),
    "issuer_tiers": ("update issuer_tiers set tier = 'Trusted'", "tier"),
    "newest_spend": ("update newest_spend set funding_source = 'company'", "funding_source"),
}


@pytest.mark.parametrize("name", WRONG)
def test_rows_that_break_the_contract_are_counted(corp, tmp_path, name):
    lake = ready(corp, tmp_path, {*RELATIONS, "newest_spend"})
    declared, (change, what) = contract()[name], WRONG[name]
    with lake.snapshot() as reading:
        for column in ("name", "tier"):
            if column in declared.columns:  # so that a null can be put in
                reading._cursor.execute(f"alter table {name} alter column {column} drop not null")
        reading._cursor.execute(change)
    row = lake.query(counts(declared))[0]

    columns = ["same"] if row["same"] else []
    columns += [column for n, (column, _, _) in enumerate(broken(declared)) if row[f"c{n}"]]
    assert columns == [what]


def test_two_rows_of_one_day_are_seen_and_two_that_follow_each_other_are_not(corp, tmp_path):
    lake = ready(corp, tmp_path)
    somebody = "employee_id, 'Twin' as name, team, date '2024-01-01' as valid_from, date '2024-01-31' as valid_to"
    with lake.snapshot() as reading:
        reading._cursor.execute(f"insert into roster by name select {somebody} from roster where employee_id = '001'")
    assert [row["employee_id"] for row in lake.query(overlaps(contract()["roster"]))] == ["001"]
    with lake.snapshot() as reading:
        reading._cursor.execute("update roster set valid_to = date '2023-12-31' where name = 'Ann'")
    assert lake.query(overlaps(contract()["roster"])) == []


def test_what_follows_from_others_says_of_which():
    for name, declared in contract().items():
        if declared.follows_from and declared.is_published:
            text = with_published(f"select * from {name}", frozenset(contract()) - {name, "newest_spend"} | GIVEN)
            assert set(relations_read(text)) == set(declared.follows_from), name
        assert set(declared.rests_on) <= set(contract())
    assert all(not is_computable(name, set()) for name in ("newest_spend", "spend_lines", "roster"))
    assert is_computable("spend_lines", {"newest_spend", "awards"})


def test_what_was_published_about_other_rows_is_not_mixed_with_own_ones():
    assert resting_on({"roster"}) == {"reporting_lines"}
    assert resting_on({"skills"}) == set()
    about_awards = {"award_readings", "reached_levels", "stack_holdings", "evidence", "spend_lines", "newest_spend"}
    assert resting_on({"awards"}) == about_awards


@pytest.mark.parametrize("name", ASKED)
def test_each_metric_follows_from_what_must_be_given_and_carries_over(name):
    portable = pytest.importorskip("skilltrack.storage.portable", reason="the extra spark is not installed")
    text = with_published(catalogue()[name].sql, GIVEN)

    assert set(relations_read(text)) <= GIVEN
    assert portable.faults(text) == []
    assert portable.to_spark(text)


@pytest.fixture(scope="module")
def fewest(corp, tmp_path_factory):
    return ready(corp, tmp_path_factory.mktemp("fewest"))


WITHOUT_ROWS = {
    "proofs",
    "counting_for_nothing",
    "own_payments",
    "stack_progress",
    "titles_without_role",
    "unconverted_payments",
}
"""Metrics of which the small company has nothing to say."""


@sweep
@pytest.mark.parametrize("name", some(ASKED, 6))
def test_a_metric_gives_the_same_from_the_fewest_relations(corp, fewest, name):
    asked = Asked(as_of=date(2024, 2, 1), employee="002", manager="001", months=2)
    assert compare(fewest, corp, name, asked) or name in WITHOUT_ROWS


@settings(max_examples=max(2, settings().max_examples // 5))
@given(data=st.data())
def test_every_metric_gives_the_same_from_the_fewest_relations_of_any_company(data):
    company = data.draw(companies())
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "corp.duckdb")
        try:
            land(company, store, Path(folder) / "files")
            lake = ready(store, Path(folder) / "lake")
            for name in ASKED:
                compare(lake, store, name, replace(data.draw(questions(company)), known_at=None))
        finally:
            store.close()


def test_a_question_that_needs_more_names_what_is_lacking(corp, tmp_path):
    lake = ready(corp, tmp_path, GIVEN - {"stack_holdings", "targets"})
    metrics = Metrics(lake)
    with pytest.raises(
        BadQuestion, match=r"Coverage.* stack_holdings is not given, and does not follow .*docs/lake\.md"
    ):
        metrics.ask("coverage", EVERYONE, Filters())
    with pytest.raises(BadQuestion, match="targets is not given"):
        metrics.ask("people", EVERYONE, Filters(team="A"))
    assert len(metrics.ask("people", EVERYONE, Filters(manager="001"))) == 1
    with pytest.raises(BadQuestion, match=r"answered by the database itself only: upload\w+ is not published"):
        metrics.ask("upload_files", EVERYONE, Filters())


TABLE = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| ((?:`\w+`(?:, )?)+) \|$", re.MULTILINE)


def test_the_document_says_of_each_report_which_relations_are_enough():
    part = DOCUMENT[DOCUMENT.index("### Which relations are enough") :]
    documented = {
        name: set(re.findall(r"\w+", relations))
        for names, relations in TABLE.findall(part[: part.index("\n## ")])
        for name in re.findall(r"\w+", names)
    }
    needed = {name: names for name, names in lacking_by_report(()).items() if set(names) <= set(contract())}
    enough = {
        name: set(relations_read(with_published(catalogue()[name].sql, GIVEN)))
        for name in needed
        if name not in ELSEWHERE
    }
    assert documented == enough
    for name, relations in enough.items():
        assert lacking_by_report(relations)[name] == []
    assert lacking_by_report({"requirements", "roster", "exemptions", "evidence"})["readiness"] == []


def test_the_example_of_the_document_is_a_file_that_can_be_meant(tmp_path):
    part = DOCUMENT[DOCUMENT.index("### Tables of your own") :]
    own = stated(tmp_path, re.search(r"```toml\n(.+?)```", part, re.DOTALL)[1])

    lines = list(described(own, own.names, ()))
    assert len(lines) == len(contract())
    assert set(definitions()) | {"reporting_lines"} >= own.names
    lacking = lacking_by_report(own.names)
    assert (lacking["coverage"], lacking["spend"], lacking["staffing"]) == ([], [], ["targets"])
