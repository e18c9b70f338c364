"""A database of every schema that has landed is opened, and goes on, with today's program (tests/versions/README.md)."""

import hashlib
import io
import tarfile
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import cli
from skilltrack.errors import BadStore, Refused
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.proof import faults
from skilltrack.kept.refreshing import is_fresh, make_fresh
from skilltrack.proposals import proposals
from skilltrack.questions import Filters
from skilltrack.reports import exports
from skilltrack.reports.exports import Order
from skilltrack.storage.store import SHAPE, Store, migrations
from tests.long import some, sweep

HERE = Path(__file__).parent.parent / "versions"
VERSIONS = sorted(path.name.removesuffix(".tar.xz") for path in (HERE / "databases").iterdir())
WITHOUT_JOURNAL = {name for name in VERSIONS if name < "06"}
WITHOUT_AUDIT_LOG = {name for name in VERSIONS if name < "10"}
GO_ON = {"01-base", "05-money", "06-sources-with-index", "10-audit-log", "16-award-ids-alone", VERSIONS[-1]}
"""The first and the last, and those around which there came a journal, an audit log, and lines bound to both."""
NUMBERS = sorted((HERE / "numbers").glob("*.csv"))
SOME = [path for path in NUMBERS if path.stem in ("coverage@2026-06-30", "renewals@2026-06-30", "spend@2026-06-30")]


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path):
    """The database that an older program left, and what lay beside it."""
    return unpacked(request.param, tmp_path)


def unpacked(name, folder):
    with tarfile.open(HERE / "databases" / f"{name}.tar.xz") as packed:
        packed.extractall(folder / name, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # 3.11.4
    return folder / name / "works.duckdb"


def run(path, *words, code=0):
    """What a command prints, or why it is refused; it must end as it should."""
    done = CliRunner().invoke(cli, ["--db", str(path), *map(str, words)])
    refused = str(done.exception) if isinstance(done.exception, Refused) else ""
    assert (2 if refused else done.exit_code) == code, (words, done.output, done.exception)
    return done.output + refused


def wrong_numbers(path, numbers=SOME):
    """Reports that today's program does not answer as the older one did."""
    wrong = []
    with closing(open_store(path)) as store:
        for recorded in numbers:
            name, _, as_of = recorded.stem.partition("@")
            asked = Filters(date.fromisoformat(as_of), paid_from=date(2025, 1, 1) if name == "spend" else None)
            told = exports.export(store, Viewer.everyone(), Order(name, "csv", asked), None)[1]
            expected = pd.read_csv(recorded, dtype=str)
            if not pd.read_csv(io.BytesIO(told), dtype=str)[list(expected)].equals(expected):
                wrong.append(recorded.stem)
    return wrong


@cache
def shape_of_a_new_one():
    return shape(":memory:")


def shape(path):
    with closing(Store.open(path)) as store:
        return store.query(SHAPE).to_pylist()


def test_an_older_database_answers_as_it_did_and_goes_on(old):
    name = old.parent.name
    assert wrong_numbers(old) == []  # from the definitions
    assert "is whole" in run(old, "check")
    assert shape(old) == shape_of_a_new_one()
    with closing(open_store(old)) as store:
        make_fresh(store)  # as the app does
        assert is_fresh(store)
    assert wrong_numbers(old, NUMBERS if name in GO_ON else SOME) == []
    if name not in WITHOUT_AUDIT_LOG:
        run(old, "audit", "verify")

    run(old, "import", "badges", HERE / "company" / "later.csv")
    assert wrong_numbers(old) == ["renewals@2026-06-30", "spend@2026-06-30"]
    if name not in GO_ON:
        return
    run(old, "undo", 5)
    assert wrong_numbers(old) == []
    run(old, "backup", old.with_name("backup.duckdb"))
    assert faults(old.with_name("backup.duckdb")) == []
    if name in WITHOUT_JOURNAL:
        assert "Upload 1 could not be imported again: its files were not kept" in run(old, "rebuild", code=2)
    else:
        run(old, "rebuild")
    assert wrong_numbers(old) == []
    assert "is whole" in run(old, "check")


def test_nothing_is_lost_of_a_company_whose_first_files_were_not_kept(tmp_path):
    """Neither by erasing somebody, which builds the database anew, nor by recovering a damaged file."""
    path = unpacked("05-money", tmp_path)
    assert wrong_numbers(path) == []
    assert "its files were not kept" in run(path, "erase", "0103", "--by", "ada", "--yes", code=2)
    assert wrong_numbers(path) == []
    run(path, "backup", path.with_name("backup.duckdb"))
    path.with_name("backup.duckdb").rename(tmp_path / "elsewhere")
    content = bytearray(path.read_bytes())
    content[12_000:400_000] = bytes(388_000)
    path.write_bytes(content)
    with pytest.raises(BadStore, match="its files were not kept"):
        open_store(path)

    assert path.read_bytes() == content
    run(path, "restore", tmp_path / "elsewhere")
    assert wrong_numbers(path) == []


def test_every_landed_migration_but_the_newest_is_in_the_newest_of_these_databases(tmp_path):
    """A schema that landed without a database here is opened by no test."""
    with closing(duckdb.connect(str(unpacked(VERSIONS[-1], tmp_path)), read_only=True)) as newest:
        held = {version for (version,) in newest.sql("select version from skilltrack_schema").fetchall()}

    assert set(sorted(migrations())[:-1]) <= held


@sweep
def test_exports_that_somebody_saved_before_their_column_had_its_name_are_still_theirs(tmp_path):
    for name in some([name for name in VERSIONS if name >= "11"]):
        store = open_store(unpacked(name, tmp_path))
        assert store.query("select by_whom, name from saved_exports").to_pylist() == [
            {"by_whom": "0102", "name": "Monthly"}
        ], name
        store.close()


def test_what_somebody_proposed_with_an_older_program_still_waits(tmp_path):
    for name in [name for name in VERSIONS if name >= "26"]:
        with closing(open_store(unpacked(name, tmp_path))) as store:
            waiting = proposals(store, Viewer.everyone(), "0103")
            assert waiting[["employee_id", "subject", "state"]].values.tolist() == [["0103", "First aid", "waiting"]], (
                name
            )


def test_a_file_that_ends_at_other_tables_than_a_new_one_is_refused_until_it_is_rebuilt(tmp_path):
    path = unpacked(VERSIONS[-2], tmp_path)
    store = Store.open(path)
    with store.write() as transaction:
        transaction.run("alter table badge_rows add column colour varchar")
        transaction.run("delete from skilltrack_schema where version = (select max(version) from skilltrack_schema)")
    store.close()
    for _ in range(2):
        with pytest.raises(BadStore, match=r"column colour of its table badge_rows is not as.*Run `rebuild`"):
            open_store(path)

    run(path, "rebuild")
    assert wrong_numbers(path) == []


def test_a_migration_that_lands_late_is_done_whatever_its_number(tmp_path):
    path = tmp_path / "x.duckdb"
    store = Store.open(path)
    with store.write() as transaction:
        transaction.run("drop table badge_files; delete from skilltrack_schema where version in (11, 22, 30)")
    store.close()
    assert faults(path) == []  # a file of an older program
    store = Store.open(path)

    assert store.is_up_to_date()
    assert store.query("select * from badge_files").num_rows == 0
    store.close()


def changed_migrations(listed):
    """Sentences about migrations that are not as listed."""
    wrong = []
    for path in migrations().values():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.name not in listed:
            wrong.append(
                f"{path.name} is not listed. When it lands, add this line to migrations.sha256: {digest}  {path.name}"
            )
        elif listed[path.name] != digest:
            wrong.append(
                f"{path.name} has landed and was changed: files that had it stay as they are. Undo that; add a new one."
            )
    gone = set(listed) - {path.name for path in migrations().values()}
    return wrong + [f"{name} has landed and is gone: no file can be made without it. Put it back." for name in gone]


def test_a_migration_that_has_landed_never_changes():
    lines = (HERE / "migrations.sha256").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}

    assert changed_migrations(listed) == []
    assert "add a new one" in changed_migrations(listed | {"0001_base.sql": "0" * 64})[0]
    assert "add this line" in changed_migrations({k: v for k, v in listed.items() if k != "0001_base.sql"})[0]
    assert "Put it back" in changed_migrations(listed | {"0000_gone.sql": "0" * 64})[0]
