"""A company in a lake is as safe as one in a file: nothing lost, nothing half done, nobody erased still there."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("duckdb_extension_ducklake", reason="`make test-lake` installs what these need")

from skilltrack.access import sessions
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import import_files, import_folder, undo
from skilltrack.keeping import check, erasure, move, open_at, remains, totals
from skilltrack.kept import is_fresh, make_fresh
from skilltrack.lake import publish
from skilltrack.questions import Filters, Metrics
from skilltrack.storage import address_of, schema
from tests.companies import kept
from tests.forked import skilltrack
from tests.ingest.test_import import COMPANY, write
from tests.storage.test_store import one_more_migration

MOVER = """
import os, shutil, signal, sys
from pathlib import Path
from skilltrack.keeping import in_lake, move
from skilltrack.storage import address_of, lake_store, store
origin, target = (address_of(word) or Path(word) for word in sys.argv[1:3])
module, name = {"files": (shutil, "copy2"), "rows": (lake_store, "copy_rows"), "proof": (in_lake, "refuse_unproved")}[sys.argv[3]]
real, left = getattr(module, name), int(sys.argv[4])
def killed(*words, **more):
    global left
    real(*words, **more)
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
setattr(module, name, killed)
move(origin, target)
"""
"""Moves a company, and is killed after the step of that name and number."""
DAY = Filters(as_of=date(2024, 2, 1))


def lake_in(folder: Path):
    """The address of a lake with its catalogue in a file, which one process at a time has open."""
    (folder / "lake").mkdir(exist_ok=True)
    return address_of(f"ducklake:duckdb:{folder}/catalogue?data={folder}/lake")


def answers(store):
    return Metrics(store).ask("readiness", Viewer.everyone(), DAY).to_csv()


@pytest.fixture(scope="module")
def corp(tmp_path_factory):
    """A company in a file, with an upload that was taken back."""
    folder = tmp_path_factory.mktemp("corp")
    with closing(open_at(folder / "corp.duckdb")) as store:
        assert import_folder(store, write(folder / "files", **COMPANY), effective=date(2024, 1, 1)).status == "stored"
        (folder / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
        undo(store, import_files(store, "skills", [folder / "skills.csv"]).upload_id)
    return folder


def test_a_company_moves_to_a_lake_and_back_with_all_that_lies_beside_it(corp, tmp_path):
    address = lake_in(tmp_path)
    was = move(corp / "corp.duckdb", address)
    with closing(open_at(corp / "corp.duckdb")) as store, closing(open_at(address, creates=False)) as lake:
        assert was == totals(store) == totals(lake)
        assert kept(lake) == kept(store)
        assert answers(lake) == answers(store)
        assert check(lake) == []
        assert import_files(lake, "skills", [corp / "skills.csv"]).status == "stored"
    with pytest.raises(Refused, match="is of another database"):
        move(corp / "corp.duckdb", address)
    move(address, tmp_path / "again.duckdb")
    with closing(open_at(tmp_path / "again.duckdb", creates=False)) as again, closing(open_at(address)) as lake:
        assert totals(again) == totals(lake) != was
        assert check(again) == []
    with pytest.raises(Refused, match="exists already"):
        move(address, tmp_path / "again.duckdb")


def test_who_has_signed_out_stays_out_when_the_company_moves(corp, tmp_path, monkeypatch):
    rules = sessions.SignIn("https://x.example", {}, {}, {}, 36_000)
    now = time.time()
    mine, other = ({"exp": now + 3600, "iat": now, "sub": who, "email_verified": True} for who in ("me", "you"))
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", lake_in(tmp_path))
    monkeypatch.setenv("SKILLTRACK_DB", str(address))
    sessions.sign_out(mine)
    move(address, tmp_path / "again.duckdb")
    (tmp_path / "other").mkdir()
    another = lake_in(tmp_path / "other")
    move(tmp_path / "again.duckdb", another)
    for place in (tmp_path / "again.duckdb", another):
        monkeypatch.setenv("SKILLTRACK_DB", str(place))
        assert sessions.why_ended(rules, mine) == "You have signed out."
        assert sessions.why_ended(rules, other) is None


@pytest.mark.parametrize(("step", "number"), [("files", 0), ("files", 2), ("rows", 0), ("proof", 0)])
def test_a_move_that_is_killed_is_run_again_and_brings_all(corp, tmp_path, step, number):
    origin, target = corp / "corp.duckdb", lake_in(tmp_path)
    if step == "proof":  # which a file is put to, not a lake
        move(origin, target)
        origin, target = target, tmp_path / "again.duckdb"
    words = map(str, (origin, target, step, number))
    killed = subprocess.run([sys.executable, "-c", MOVER, *words], cwd=ROOT, env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    was = move(origin, target)
    with closing(open_at(corp / "corp.duckdb")) as store, closing(open_at(target, creates=False)) as arrived:
        assert was == totals(store) == totals(arrived)
        assert kept(arrived) == kept(store)
        assert check(arrived) == []
    beside = {path.name for path in tmp_path.rglob("*")}
    assert not [name for name in beside if name.endswith((".part", ".new"))]


def test_what_was_accepted_before_a_process_was_stopped_is_stored_by_the_next(corp, tmp_path, monkeypatch):
    with closing(open_at(lake_in(tmp_path))) as lake:
        import_folder(lake, corp / "files", effective=date(2024, 1, 1))

        def stopped():
            raise KeyboardInterrupt

        monkeypatch.setattr(lake, "_confirm", stopped)
        monkeypatch.setattr(lake, "_take_back", lambda entry: None)  # a process that is killed takes nothing back
        with pytest.raises(KeyboardInterrupt):
            import_files(lake, "skills", [corp / "skills.csv"])
        monkeypatch.undo()
        assert lake.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 0
        assert import_files(lake, "skills", [corp / "skills.csv"]).status == "repeated"
        assert lake.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 1
        assert check(lake) == []


def test_who_is_erased_is_in_no_file_of_the_lake_and_not_in_its_catalogue(corp, tmp_path):
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    with closing(open_at(address)) as lake:
        name = lake.query("select name from kept_roster where employee_id = '001'")["name"][0].as_py()
        before = set(Path(lake.address.tables).rglob("*.parquet"))
        assert any(name.encode() in piece for piece in lake.pieces())

        people = erasure.named(lake, ["001"])
        erasure.erase(lake, "local", people, erasure.places_of(lake, people))

        assert not any(name.encode() in piece for piece in lake.pieces())
        assert not before & set(Path(lake.address.tables).rglob("*.parquet"))
        assert remains.search(lake, people).left == []
        assert check(lake) == []


def test_a_backup_off_the_machine_comes_back_whole_and_the_doctor_finds_nothing_wrong(corp, tmp_path):
    address, shelf = lake_in(tmp_path), tmp_path / "shelf"
    move(corp / "corp.duckdb", address)
    shelf.mkdir()

    made = skilltrack("backups", "make", db=address, SKILLTRACK_BACKUP_TO=str(shelf))
    listed = skilltrack("backups", "list", db=address, SKILLTRACK_BACKUP_TO=str(shelf))
    drilled = skilltrack("backups", "drill", db=address, SKILLTRACK_BACKUP_TO=str(shelf))
    looked = skilltrack("doctor", "--offline", "--json", db=address)

    assert [made.returncode, listed.returncode, drilled.returncode] == [0, 0, 0], made.stderr + drilled.stderr
    assert next(shelf.iterdir()).name in made.stdout
    assert next(shelf.iterdir()).name in listed.stdout
    assert "Every row is what landed" in drilled.stdout
    found = json.loads(looked.stdout)
    assert "in DuckLake" in found["facts"]
    assert [each for each in found["findings"] if each["about"] in ("database", "store", "kept", "writable")] == []


def test_the_demo_company_is_built_in_an_empty_lake_and_in_no_other(corp, tmp_path):
    address = lake_in(tmp_path)
    assert skilltrack("demo", db=address).returncode == 0
    again = skilltrack("demo", db=address)
    assert (again.returncode, "holds uploads already" in again.stderr) == (2, True)
    with closing(open_at(address, creates=False)) as lake:
        assert check(lake) == []


def test_tidying_up_leaves_fewer_files_and_the_same_answers(corp, tmp_path):
    address = lake_in(tmp_path)
    with closing(open_at(address)) as lake:
        import_folder(lake, corp / "files", effective=date(2024, 1, 1))
        for number in range(3):
            (tmp_path / "skills.csv").write_text(f"skill_id,name\nforge,Forging {number}\n")
            import_files(lake, "skills", [tmp_path / "skills.csv"])
        said, was = [], answers(lake)
        lake.maintain(said.append)
        before, after = (int(word) for word in said[-1].replace(",", "").split() if word.isdecimal())
        assert answers(lake) == was
        assert check(lake) == []
        assert after < before


def test_a_newer_program_brings_a_lake_up_to_date_with_its_rows(corp, tmp_path, monkeypatch):
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    with closing(open_at(corp / "corp.duckdb")) as store:
        was = answers(store)
    one_more_migration(
        tmp_path / "schema", "create table more (a integer); alter table skill_rows add column b varchar;"
    )
    with (tmp_path / "schema" / "kept.sql").open("a") as text:
        text.write("-- another text\n")
    monkeypatch.setattr(schema, "SCHEMA", tmp_path / "schema")
    with closing(open_at(address)) as lake:
        assert "more" in lake.columns()
        assert "b" in lake.columns()["skill_rows"]
        assert lake.is_up_to_date()
        assert not is_fresh(lake)
        make_fresh(lake)
        assert answers(lake) == was
    monkeypatch.undo()
    with pytest.raises(BadStore, match="newer Skilltrack"):
        open_at(address)


def test_a_lake_that_cannot_be_opened_says_why_and_makes_nothing(tmp_path):
    address = lake_in(tmp_path)
    with pytest.raises(BadStore, match="no database"):
        open_at(address, creates=False)
    assert list((tmp_path / "lake").iterdir()) == []
    with pytest.raises(BadStore, match="does not exist"):
        open_at(address_of(f"ducklake:duckdb:{tmp_path}/catalogue?data={tmp_path}/nowhere"))
    with pytest.raises(BadStore, match=f"folder of the catalogue, {tmp_path}/absent, does not exist"):
        open_at(address_of(f"ducklake:duckdb:{tmp_path}/absent/catalogue?data={tmp_path}/lake"))
    assert list((tmp_path / "lake").iterdir()) == []
    open_at(address).close()
    (tmp_path / "other").mkdir()
    with pytest.raises(BadStore, match="another folder"):
        open_at(address_of(f"ducklake:duckdb:{tmp_path}/catalogue?data={tmp_path}/other"))


def test_a_lake_that_lost_the_folder_of_its_files_alone_answers_and_stores_nothing_until_it_is_repaired(corp, tmp_path):
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    (tmp_path / "lake" / "skilltrack.files").rename(tmp_path / "aside")
    with closing(open_at(corp / "corp.duckdb")) as store, closing(open_at(address)) as lake:
        assert answers(lake) == answers(store)
        with pytest.raises(Refused, match="Nothing was stored. Run `repair`"):
            import_files(lake, "skills", [corp / "skills.csv"])
    assert not (tmp_path / "lake" / "skilltrack.files").exists(), "a new folder would be in the way of the old one"
    (tmp_path / "aside").rename(tmp_path / "lake" / "skilltrack.files")
    with closing(open_at(address)) as lake:
        assert check(lake) == []
        assert import_files(lake, "skills", [corp / "skills.csv"]).status == "stored"


def test_a_lake_whose_folder_is_not_mounted_is_not_begun_anew(corp, tmp_path):
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    beside = [tmp_path / "lake" / name for name in ("skilltrack.files", "skilltrack.audit")]
    for part in beside:
        part.rename(tmp_path / part.name)
    with pytest.raises(BadStore, match="is not there"):
        open_at(address)
    for part in beside:
        (tmp_path / part.name).rename(part)
    (tmp_path / "catalogue").unlink()
    with pytest.raises(BadStore, match="holds nothing"):
        open_at(address)


def test_nothing_else_is_written_where_the_rows_of_a_lake_lie(corp, tmp_path):
    """Erasing and tidying up remove what no state of the lake names: a report, a backup and what was published too."""
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    tables, link = Path(address.tables), tmp_path / "link"
    link.symlink_to(tables)
    (tables / "shelf").mkdir()
    before = sorted(tables.rglob("*"))
    for place in (tables, tables / "shelf", link / "new"):
        for words in (
            ("publish", "--to", place),
            ("backup", place / "backup.duckdb"),
            ("report", "coverage", "--as-of", "2024-02-01", "--output", place / "coverage.csv"),
            ("held", "001", "--output", place / "held.zip"),
            ("backups", "make"),
        ):
            done = skilltrack(*words, db=address, SKILLTRACK_BACKUP_TO=str(place))
            assert (done.returncode, "where the rows of the lake lie" in done.stderr) == (2, True), (words, done.stderr)
    assert sorted(tables.rglob("*")) == before

    with closing(open_at(corp / "corp.duckdb")) as other, pytest.raises(Refused, match="where the rows of a lake lie"):
        publish(other, Viewer.everyone(), str(link / "new"))
    assert sorted(tables.rglob("*")) == before


def test_what_a_killed_publication_left_goes_when_a_lake_of_one_process_is_opened(tmp_path):
    address, left = lake_in(tmp_path), tmp_path / "lake" / ".skilltrack.publish-abcdefgh"
    open_at(address).close()
    left.mkdir()
    open_at(address).close()
    assert not left.exists()
