"""A company's own tables on a cluster, of other names and other columns, give the numbers of the database; what is wrong is told."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

pytest.importorskip("pyspark", reason="`make test-spark` installs what these need")

from pyspark.sql.connect.session import SparkSession

from skilltrack.config import ROOT, today
from skilltrack.errors import BadQuestion, BadStore
from skilltrack.lake import publish
from skilltrack.questions import Filters, Metrics
from skilltrack.reports import exports
from skilltrack.storage import Store, address_of, contract, open_lake
from tests.companies import demo_in
from tests.lake.answers import EVERYONE, compare
from tests.reference import Asked
from tests.spark.cluster import cluster

OURS = {
    "roster": {
        "name": (
            "split_part(name, ' ', 1) as first, substr(name, length(split_part(name, ' ', 1)) + 1) as rest",
            "first || rest",
        ),
        "team": ("nullif(team, '') as unit", "coalesce(unit, '')"),
        "hired_on": ("cast(hired_on as timestamp) as began", "cast(began as date)"),
    },
    "credentials": {"demonstrates": ("if(demonstrates, 'Y', 'N') as exam", "exam = 'Y'")},
    "credential_skills": {"level": ("cast(level as smallint) as grade", "grade")},
    "requirements": {"weight": ("cast(weight as string) as weighs", "cast(weighs as decimal(12, 4))")},
    "newest_spend": {"amount": ("cast(amount * 100 as bigint) as cents", "cast(cents / 100 as decimal(18, 2))")},
}
"""What a company keeps otherwise than we do: how it is made here, and what gives it back."""
ASKED = (
    "coverage", "gaps", "renewals", "trend", "spend", "changes", "staffing", "organisations", "verify_next",
)  # fmt: skip


@pytest.fixture(scope="session")
def port(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running.port


@pytest.fixture(scope="session")
def spark(port):
    session = SparkSession.builder.remote(f"sc://localhost:{port}/").create()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def corp(tmp_path_factory):
    """The demo company in a database, published."""
    folder = tmp_path_factory.mktemp("corp")
    store = Store.open(demo_in(folder))
    published = publish(store, EVERYONE, str(folder / "lake")).manifest
    yield store, folder / "lake", published
    store.close()


@pytest.fixture(scope="session")
def own(spark, corp):
    """The same company in tables of its own: none is called as ours, and no column. Returns the file by relation."""
    _, folder, published = corp
    spark.sql("create schema hr").collect()
    parts = {}
    for name, declared in contract().items():
        if declared.follows_from and name != "newest_spend":
            continue
        file = published.relations["spend_lines" if name == "newest_spend" else name].file
        kept = {
            column: (f"{column} as their_{column}", f"their_{column}")
            for column in declared.columns
            if column not in declared.computed
        }
        kept |= OURS.get(name, {})
        # A table of the name of a relation that our views must not take for ours, nor a text of theirs for a view of ours.
        table = "default.awards" if name == "prior_learning" else f"hr.their_{name}"
        made = ", ".join(made for made, _ in kept.values())
        spark.sql(f"create table {table} using parquet as select {made} from parquet.`{folder}/{file}`").collect()
        source = "select = 'select * from awards'" if name == "prior_learning" else f'from = "{table}"'
        columns = "".join(f'{column} = "{back}"\n' for column, (_, back) in kept.items())
        parts[name] = f"[{name}]\n{source}\n[{name}.columns]\n{columns}"
    return parts


def lake_of(port, tmp_path, text, more=""):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return closing(open_lake(address_of(f"sc://localhost:{port}/?tables={tmp_path}/own.toml{more}")))


def command(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "skilltrack", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_tables_of_other_names_give_the_rows_of_the_database(port, corp, own, tmp_path):
    store = corp[0]
    top = Metrics(store).ask("organisations", EVERYONE, Filters(as_of=today()))["employee_id"].tolist()[0]
    with lake_of(port, tmp_path, "".join(own.values())) as lake:
        assert set(lake.given) == set(own)
        asked = Asked(as_of=today(), manager=top, months=3)
        with ThreadPoolExecutor(2) as pool:
            have_rows = list(pool.map(lambda name: compare(lake, store, name, asked), ASKED))
        assert dict(zip(ASKED, have_rows, strict=True)) == dict.fromkeys(ASKED, True)
        assert compare(
            lake, store, "coverage", Asked(as_of=today() - timedelta(days=200), assurance="claimed", months=3)
        )


def test_the_command_prints_what_it_prints_of_the_database_and_since_when_it_was_read(port, corp, own, tmp_path):
    (tmp_path / "own.toml").write_text("".join(own.values()))
    address = f"sc://localhost:{port}/?tables={tmp_path}/own.toml"
    order = exports.Order("readiness", "csv", Filters(as_of=today()))
    ours = exports.export_published(corp[0], order, None).decode()
    theirs = command("report", "readiness", "--as-of", str(today()), SKILLTRACK_DB=address)
    assert (theirs.returncode, theirs.stdout) == (0, ours), theirs.stderr
    assert ours.count("\n") > 10
    assert re.fullmatch(
        r"Read from tables of your own \(skills, .+\) at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ or later\.\n", theirs.stderr
    )

    looked = command("lake", "tables", "--db", address)
    assert looked.returncode == 0, looked.stderr
    for line in ("roster: hr.their_roster", "prior_learning: its select", "reporting_lines: follows from roster"):
        assert line in looked.stdout.splitlines()
    assert re.search(r"^Answered: .*coverage.*trend", looked.stdout, re.MULTILINE)
    assert "Not answered: origins, which needs" in looked.stdout


def test_what_changes_in_a_table_is_in_the_next_answer(spark, port, tmp_path):
    spark.sql("create schema changing").collect()
    spark.sql("create table changing.words using parquet as select 's1' as skill_id, 'One' as name").collect()
    text = 'kept_seconds = 900\n[skills]\nfrom = "changing.words"\ncolumns = {category = "null", framework = "null", framework_uri = "null"}\n'
    with lake_of(port, tmp_path, text) as lake, lake_of(port, tmp_path, text) as later:
        assert lake.data_version() != later.data_version()
        assert [row["name"] for row in lake.query("select name from skills").to_pylist()] == ["One"]
        spark.sql("insert overwrite changing.words values ('s2', 'Two'), ('s3', 'Three')").collect()
        assert sorted(row["name"] for row in lake.query("select name from skills").to_pylist()) == ["Three", "Two"]
        spark.sql("insert into changing.words values ('s4', 'Four')").collect()
        assert lake.query("select count(*) as n from skills").to_pylist() == [{"n": 3}]
        lake.own.read_at -= timedelta(seconds=901)
        assert not lake.is_newest()
        assert later.is_newest()


def test_own_tables_beside_published_relations_are_not_mixed_with_what_says_something_about_others(
    port, corp, own, tmp_path
):
    store, folder, published = corp
    asked = Asked(as_of=today(), months=2)
    with lake_of(port, tmp_path, own["roster"] + own["requirements"], f"&data={folder}") as lake:
        assert lake.own.not_used == ["reporting_lines"]
        assert lake.is_newest()
        assert lake.manifest.computed_at == published.computed_at
        assert lake.moments.startswith(
            f"Computed at {published.computed_at}Z. Read from tables of your own (roster, req"
        )
        for name in ("coverage", "organisations"):
            assert compare(lake, store, name, asked)
    with lake_of(port, tmp_path, own["awards"], f"&data={folder}") as lake:
        assert {"evidence", "award_readings", "stack_holdings", "reached_levels"} <= set(lake.own.not_used)
        with pytest.raises(
            BadQuestion, match="reached_levels, stack_holdings is not given|stack_holdings, reached_levels is not given"
        ):
            Metrics(lake).ask("coverage", EVERYONE, Filters())
    with lake_of(port, tmp_path, 'empty = ["requirements"]', f"&data={folder}") as lake:
        assert Metrics(lake).ask("coverage", EVERYONE, Filters()).empty


def test_a_company_without_evidence_of_some_kinds_says_so(port, corp, own, tmp_path):
    store = corp[0]
    evidence = 'empty = ["exemptions"]\n' + own["roster"] + own["requirements"] + own["skills"]
    rows = "select 'x' as employee_id, cast(null as string) as credential_id, 'y' as skill_id, 'award' as source, 1 as level, 2 as reading, date '2020-01-01' as valid_from, date '2030-01-01' as valid_to"
    with lake_of(port, tmp_path, evidence + f'[evidence]\nselect = "{rows}"\n') as lake:
        theirs = Metrics(lake).ask("coverage", EVERYONE, Filters(as_of=today()))
        assert theirs["met"].sum() == 0
        ours = Metrics(store).ask("coverage", EVERYONE, Filters(as_of=today()))
        assert theirs["required"].sum() >= ours["required"].sum() > 0


SKILLS = '[skills]\nselect = "select * from values {rows} as t({columns})"\n'
GOOD = "skill_id, name, category, framework, framework_uri"
TIERS = '[issuer_tiers]\nselect = "select * from values {rows} as t(issuer, tier, valid_from, valid_to)"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '[skills]\nfrom = "hr.nothing"',
            r"skills cannot be read from hr\.nothing \(\[TABLE_OR_VIEW_NOT_FOUND\].* Name a table",
        ),
        ('[skills]\nselect = "selekt 1"', r"skills cannot be read from its select \(.*PARSE_SYNTAX_ERROR"),
        (
            "[skills]\nselect = \"select 's' as skill_id, 1 as level\"",
            r"skills: its select has no column name\. Add to \[skills\.columns\] .*name = \"…\"\. .*category = \"…\", or \"null\"",
        ),
        (
            SKILLS.format(rows="('s', 'n', 'c', 'f', 'u')", columns=GOOD) + '[skills.columns]\nname = "titel"',
            r"skills\.name cannot be read as 'titel' \(.*UNRESOLVED_COLUMN",
        ),
        (
            SKILLS.format(rows="('s', 1, 'c', 'f', 'u')", columns=GOOD),
            r"skills\.name is int, and must be string\..* name = \"cast\(name as string\)\"",
        ),
        (
            SKILLS.format(rows="('s', 'n', 'c', 'f', 'u')", columns=GOOD) + '[skills.columns]\nname = "null"',
            r"skills\.name is 'null', and is never empty",
        ),
    ],
    ids=["no table", "no select", "no columns", "no such column", "another type", "never empty"],
)
def test_a_table_that_cannot_be_a_relation_is_refused_when_it_is_opened(port, tmp_path, text, says):
    with pytest.raises(BadStore) as refused, lake_of(port, tmp_path, text):
        pass

    assert re.search(says, str(refused.value), re.DOTALL), refused.value
    assert str(refused.value).startswith(f"{tmp_path}/own.toml: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            SKILLS.format(
                rows="('s', 'n', 'c', 'f', 'u'), ('s', 'm', 'c', 'f', 'u'), ('t', 'm', 'c', 'f', 'u')", columns=GOOD
            ),
            r"skills \(its select\): 1 of 3 rows have a key .* such as skill_id = s\. skill_id must tell rows apart, one row a skill",
        ),
        (
            SKILLS.format(rows="('s', null, 'c', 'f', 'u'), ('t', 'm', 'c', 'f', 'u')", columns=GOOD),
            r"skills \(its select\), column name: 1 of 2 rows are empty, .* such as skill_id = s, name = nothing",
        ),
        (
            TIERS.format(rows="('I', 'Trusted', date '2020-01-01', date '2030-01-01')"),
            r"issuer_tiers .*column tier: 1 of 1 rows break the rule tier in .* such as issuer = I, valid_from = 2020-01-01, tier = Trusted",
        ),
        (
            TIERS.format(
                rows="('I', 'trusted', date '2020-01-01', date '2022-01-01'), ('I', 'recognised', date '2022-01-01', date '2030-01-01')"
            ),
            r"issuer_tiers \(its select\): two rows hold on the same day, such as issuer = I, valid_from = 2022-01-01",
        ),
    ],
    ids=["key", "empty", "rule", "overlap"],
)
def test_rows_that_break_the_contract_are_refused_before_an_answer_and_by_the_command(port, tmp_path, text, says):
    name = text[1 : text.index("]")]
    with lake_of(port, tmp_path, text) as lake:
        for _ in range(2):
            with pytest.raises(BadStore) as refused:
                lake.query(f"select count(*) as n from {name}")
            assert re.search(says, str(refused.value)), refused.value
    looked = command("lake", "tables", "--db", f"sc://localhost:{port}/?tables={tmp_path}/own.toml")
    assert looked.returncode == 2
    assert re.search(says, looked.stderr), looked.stderr
    assert f"{name}: its select" in looked.stdout


def test_a_row_that_an_expression_cannot_take_is_told_with_its_column(spark, port, tmp_path):
    rows = "('I', 'trusted', '2020-01-01'), ('J', 'trusted', 'soon')"
    spark.sql("create schema texts").collect()
    spark.sql(
        f"create table texts.tiers using parquet as select * from values {rows} as t(issuer, tier, since)"
    ).collect()
    text = "[issuer_tiers]\nfrom = 'texts.tiers'\n[issuer_tiers.columns]\nvalid_from = 'cast(since as date)'\n"
    with (
        lake_of(port, tmp_path, text + "valid_to = \"date '2030-01-01'\"\n") as lake,
        pytest.raises(BadStore) as refused,
    ):
        lake.query("select count(*) as n from issuer_tiers")
    says = r"issuer_tiers \(texts\.tiers\), column valid_from: a row cannot be read \(\[CAST_INVALID_INPUT\].*'soon'.*try_cast"
    assert re.search(says, str(refused.value)), refused.value


def test_rows_that_nobody_asks_about_hinder_no_answer(port, tmp_path):
    wrong = TIERS.format(rows="('I', 'Trusted', date '2020-01-01', date '2030-01-01')")
    right = SKILLS.format(rows="('s', 'n', 'c', 'f', 'u')", columns=GOOD)
    with lake_of(port, tmp_path, wrong + right) as lake:
        assert lake.query("select name from skills").to_pylist() == [{"name": "n"}]
