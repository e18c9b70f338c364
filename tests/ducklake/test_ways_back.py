"""A lake that lost something comes back: from its kept files, from a backup, whoever reads it meanwhile, wherever it is killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import date

import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.config import ROOT
from skilltrack.errors import BadStore
from skilltrack.ingest import import_files, import_folder
from skilltrack.keeping import check, erasure, open_at, remains, totals
from skilltrack.storage import address_of
from skilltrack.storage.lake_files import Files
from tests.companies import kept
from tests.ducklake.server import PASSWORD, PROGRAMS, postgres
from tests.ducklake.test_one_lake import lake_in as file_lake
from tests.ducklake.test_processes import READER, running
from tests.forked import skilltrack
from tests.ingest.test_import import COMPANY, write

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

ERASER = """
import os, signal, sys
from skilltrack.keeping import erasure, open_at
from skilltrack.storage import address_of
from skilltrack.storage.lake_files import Files
real, left = Files._call, int(sys.argv[2])
def call(self, what, **options):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    real(self, what, **options)
Files._call = call
lake = open_at(address_of(sys.argv[1]), creates=False)
people = erasure.named(lake, ["001"])
erasure.erase(lake, "local", people, erasure.places_of(lake, people))
"""
"""Erases somebody, and is killed before the step of that number that makes the lake forget."""
WAIT = 300
"""Seconds until something that does not come is missed: a machine that runs other tests meanwhile is slow."""


@pytest.fixture(scope="module")
def server():
    with postgres() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_DB_PASSWORD", PASSWORD)
        yield running


def lake_in(server, folder):
    """The address of a lake that is not there yet."""
    (folder / "lake").mkdir(parents=True, exist_ok=True)
    return address_of(f"{server.catalogue(f'corp{time.monotonic_ns()}')}?data={folder}/lake")


@pytest.fixture(scope="module")
def corp(server, tmp_path_factory):
    """A company in a lake, for tests that leave it as it was; and the folder of its files."""
    folder = tmp_path_factory.mktemp("corp")
    address = lake_in(server, folder)
    with closing(open_at(address)) as lake:
        files = write(folder / "files", **COMPANY)
        assert import_folder(lake, files, effective=date(2024, 1, 1)).status == "stored"
    return address, folder


def holds(address):
    """All that a lake holds, after it is proved whole."""
    with closing(open_at(address, creates=False)) as lake:
        assert check(lake) == []
        return totals(lake), kept(lake)


def test_a_lost_file_of_rows_is_told_and_rebuilt_from_the_kept_files(corp):
    address, folder = corp
    was = holds(address)
    lost = next((folder / "lake" / "tables").rglob("roster_rows/*.parquet"))
    lost.unlink()

    told = skilltrack("check", db=address)
    mended = skilltrack("rebuild", db=address)

    assert (told.returncode, lost.name in told.stderr, "Run `rebuild`" in told.stderr) == (2, True, True)
    assert mended.returncode == 0, mended.stderr
    assert "is built anew from 1 uploads" in mended.stdout
    assert holds(address) == was


def test_rows_that_somebody_changed_are_named_before_a_rebuild_and_set_aside_by_it(corp):
    address, folder = corp
    was = holds(address)
    with closing(open_at(address, creates=False)) as lake, lake.write() as transaction:
        transaction.run("update skill_rows set name = 'Swimming' where skill_id = 's1'")

    refused = skilltrack("rebuild", db=address)
    with closing(open_at(address, creates=False)) as lake:
        assert lake.query("select 1 from skill_rows where name = 'Swimming'").num_rows == 1
        cached_under = lake.data_version()
        done = skilltrack("rebuild", "--yes", db=address)
        assert lake.data_version() != cached_under  # else other servers go on showing what they have cached

    assert (refused.returncode, "skill_rows: rows would differ" in refused.stderr) == (2, True)
    assert done.returncode == 0, done.stderr
    assert holds(address) == was
    aside = next((folder / "lake").glob("skilltrack.*.aside"))
    assert aside.name in done.stderr
    with closing(open_at(aside)) as old:
        assert old.query("select 1 from skill_rows where name = 'Swimming'").num_rows == 1


def test_a_lost_catalogue_is_made_anew_from_the_folder(server, corp):
    address, folder = corp
    was = holds(address)
    other = address_of(f"{server.catalogue('anew')}?data={folder}/lake")
    assert "holds nothing" in skilltrack("uploads", db=other).stderr
    done = skilltrack("rebuild", db=other)
    assert done.returncode == 0, done.stderr
    assert holds(other) == was


def test_a_rebuild_that_is_killed_leaves_the_lake_as_it_was_and_readers_see_the_old_or_the_new_one(server, tmp_path):
    address, tables = lake_in(server, tmp_path), tmp_path / "lake" / "tables"
    with closing(open_at(address)) as lake:
        for name in ("weld", "cut-1", "bend-1"):
            other = f"{name}-b,Other\n" if "-" in name else ""
            (tmp_path / "skills.csv").write_text(f"skill_id,name\n{name},One\n{other}")
            import_files(lake, "skills", [tmp_path / "skills.csv"])
    was = holds(address)
    before = len(list(tables.rglob("*.parquet")))
    moments = (
        lambda: any((tmp_path / "lake").glob("*.new")),
        lambda: any((tmp_path / "lake").glob("*.aside")),
        lambda: len(list(tables.rglob("*.parquet"))) > before,
    )
    with running(READER, 1, address, tmp_path) as readers:
        readers[0].first()
        for is_now in moments:
            rebuilding = subprocess.Popen(
                [sys.executable, "-m", "skilltrack", "--db", str(address), "rebuild"],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stderr=subprocess.PIPE,
            )
            until = time.monotonic() + WAIT
            while not is_now() and rebuilding.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            rebuilding.kill()
            assert rebuilding.wait() == -signal.SIGKILL, rebuilding.stderr.read()
            rebuilding.stderr.close()
            assert holds(address) == was
            assert not list((tmp_path / "lake").glob("*.new"))
        assert skilltrack("rebuild", db=address).returncode == 0
        readers[0].ended()  # it goes on: one that saw a state in part would have stopped
    assert holds(address) == was


def test_a_backup_is_restored_with_what_came_since_and_without_who_was_erased(server, tmp_path):
    address = lake_in(server, tmp_path)
    with closing(open_at(address)) as lake:
        import_folder(lake, write(tmp_path / "files", **COMPANY), effective=date(2024, 1, 1))
        assert skilltrack("backup", tmp_path / "backup.duckdb", db=address).returncode == 0
        (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
        import_files(lake, "skills", [tmp_path / "skills.csv"])
        was = totals(lake), kept(lake)
        with lake.write() as transaction:
            transaction.run("update skill_rows set name = 'Swimming' where skill_id = 's1'")
    done = skilltrack("restore", tmp_path / "backup.duckdb", db=address)
    assert done.returncode == 0, done.stderr
    assert holds(address) == was

    with closing(open_at(address)) as lake:
        people = erasure.named(lake, ["001"])
        places = erasure.places_of(lake, people)
        aside = next((tmp_path / "lake").glob("*.aside"))
        assert str(aside) in "\n".join(erasure.in_words(erasure.going(lake, people, places)))
        erasure.erase(lake, "local", people, places)
        was = totals(lake), kept(lake)
    done = skilltrack("restore", tmp_path / "backup.duckdb", db=address)
    assert done.returncode == 0, done.stderr
    assert holds(address) == was
    with closing(open_at(address)) as lake:
        assert remains.search(lake, people).left == []


def with_a_name(server, folder):
    """A lake, the name of somebody in it, and a file of rows with that name that no state of the lake knows."""
    address = lake_in(server, folder)
    with closing(open_at(address)) as lake:
        import_folder(lake, write(folder / "files", **COMPANY), effective=date(2024, 1, 1))
        name = lake.query("select name from kept_roster where employee_id = '001'")["name"][0].as_py()
    file = next((folder / "lake" / "tables").rglob("roster_rows/*.parquet"))
    shutil.copyfile(file, file.with_name(file.name.replace("ducklake-", "ducklake-0")))
    return address, name


def is_in_files(lake, name):
    return any(name.encode() in piece for piece in lake.pieces())


@pytest.mark.parametrize("way", ["opened", "written to", "tidied up"])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_who_is_being_erased_by_a_process_that_is_killed_is_gone_with_the_next(server, tmp_path, step, way):
    address, name = with_a_name(server, tmp_path)
    with closing(open_at(address, creates=False)) as lake:
        people = erasure.named(lake, ["001"])
        killed = subprocess.run([sys.executable, "-c", ERASER, str(address), str(step)], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert is_in_files(lake, name)
        if way == "opened":
            open_at(address, creates=False).close()
        elif way == "written to":  # by a server that was there all the time
            (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
            assert import_files(lake, "skills", [tmp_path / "skills.csv"]).status == "stored"
        else:
            lake.maintain()
        assert not is_in_files(lake, name)
        assert remains.search(lake, people).left == []
        assert check(lake) == []
        snapshots = lake.query("select count(*) as n from lake.snapshots()").to_pylist()[0]["n"]
        open_at(address, creates=False).close()
        assert lake.query("select count(*) as n from lake.snapshots()").to_pylist() == [{"n": snapshots}]


def test_an_erasure_that_has_lost_the_lock_says_so_and_leaves_the_file_of_an_upload_in_flight(
    server, tmp_path, monkeypatch
):
    address, name = with_a_name(server, tmp_path)
    file = tmp_path / "lake" / "tables" / "main" / "skill_rows" / "ducklake-in-flight.parquet"
    real = Files._call

    def call(self, what, **options):
        real(self, what, **options)
        if what == "ducklake_cleanup_old_files":
            server.stop()
            server.start()  # from here on another process can have the lock, and write
            shutil.copyfile(next(file.parent.glob("*.parquet")), file)

    with closing(open_at(address, creates=False)) as lake:
        people = erasure.named(lake, ["001"])
        with monkeypatch.context() as patch, pytest.raises(BadStore, match="is not gone from .* yet.*written down"):
            patch.setattr(Files, "_call", call)
            erasure.erase(lake, "local", people, erasure.places_of(lake, people))
        assert file.exists()
        assert is_in_files(lake, name)
        events = [entry["event"] for entry in lake.journal.audit.tail()]
        assert "erased" in events
        assert "failed" not in events
        open_at(address, creates=False).close()
        assert not is_in_files(lake, name)
        assert remains.search(lake, people).left == []
        assert check(lake) == []


def test_a_lake_that_lost_its_folder_alone_goes_back_to_a_backup_and_says_what_is_lost(server, tmp_path):
    address = lake_in(server, tmp_path)
    with closing(open_at(address)) as lake:
        import_folder(lake, write(tmp_path / "files", **COMPANY), effective=date(2024, 1, 1))
        assert skilltrack("backup", tmp_path / "backup.duckdb", db=address).returncode == 0
        (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
        import_files(lake, "skills", [tmp_path / "skills.csv"])
    shutil.rmtree(tmp_path / "lake" / "skilltrack.files")
    new = address_of(f"{server.catalogue(f'corp{time.monotonic_ns()}')}?data={tmp_path}/lake")

    restored = skilltrack("restore", tmp_path / "backup.duckdb", db=new)

    assert restored.returncode == 0, restored.stderr
    assert "what was accepted since the backup is lost" in restored.stderr + restored.stdout
    refused = skilltrack("report", "coverage", db=new)
    assert (refused.returncode, "older than its audit log" in refused.stderr) == (2, True)
    assert "pload 2" in skilltrack("repair", db=new).stderr
    skilltrack("repair", "--yes", db=new)
    assert skilltrack("report", "coverage", db=new).returncode == 0


def test_a_backup_of_another_company_is_refused_and_one_fills_a_new_lake(server, corp, tmp_path):
    address, _ = corp
    was = holds(address)
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    with closing(open_at(tmp_path / "other.duckdb")) as other:
        import_files(other, "skills", [tmp_path / "skills.csv"])
    refused = skilltrack("restore", tmp_path / "other.duckdb", db=address)
    assert (refused.returncode, "nothing was changed" in refused.stderr.lower()) == (2, True)
    assert holds(address) == was
    new = lake_in(server, tmp_path)
    done = skilltrack("restore", tmp_path / "other.duckdb", db=new)
    assert done.returncode == 0, done.stderr
    with closing(open_at(tmp_path / "other.duckdb")) as other, closing(open_at(new, creates=False)) as lake:
        assert kept(lake) == kept(other)
        assert [problem for problem in check(lake) if "Put it back from a copy of the folder" not in problem] == []


@pytest.mark.parametrize("catalogue", ["postgres", "duckdb"])
def test_a_refused_restore_into_a_new_lake_leaves_nothing_there(server, corp, tmp_path, catalogue):
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    with closing(open_at(tmp_path / "other.duckdb")) as other:
        import_files(other, "skills", [tmp_path / "skills.csv"])
    new = lake_in(server, tmp_path) if catalogue == "postgres" else file_lake(tmp_path)
    shutil.copytree(corp[1] / "lake", tmp_path / "lake", dirs_exist_ok=True)  # of another catalogue
    was = {path: path.read_bytes() for path in (tmp_path / "lake").rglob("*") if path.is_file()}
    refused = skilltrack("restore", tmp_path / "other.duckdb", db=new)
    assert (refused.returncode, "disagree, so nothing was changed" in refused.stderr) == (2, True), refused.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "lake").rglob("*") if path.is_file()} == was
    assert not (tmp_path / "catalogue").exists()
    (tmp_path / "lake").rename(tmp_path / "was")
    (tmp_path / "another").mkdir()
    elsewhere = address_of(str(new).replace("/lake", "/another"))
    # An empty catalogue that was left would know the old folder, and be in the way.
    done = skilltrack("restore", tmp_path / "other.duckdb", db=elsewhere)
    assert done.returncode == 0, done.stderr


def test_a_backup_off_the_machine_is_brought_into_a_new_lake_also_after_it_was_killed(server, corp, tmp_path):
    address, _ = corp
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    was = holds(address)
    assert skilltrack("backups", "make", db=address, SKILLTRACK_BACKUP_TO=str(shelf)).returncode == 0
    new = lake_in(server, tmp_path)
    bringing = subprocess.Popen(
        [sys.executable, "-m", "skilltrack", "--db", str(new), "backups", "bring"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SKILLTRACK_BACKUP_TO": str(shelf)},
    )
    until = time.monotonic() + WAIT
    while not (tmp_path / "lake" / "tables").exists() and bringing.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    bringing.kill()
    assert bringing.wait() == -signal.SIGKILL

    done = skilltrack("backups", "bring", db=new, SKILLTRACK_BACKUP_TO=str(shelf))
    again = skilltrack("backups", "bring", db=new, SKILLTRACK_BACKUP_TO=str(shelf))

    assert done.returncode == 0, done.stderr
    assert (again.returncode, "holds a company already" in again.stderr) == (2, True)
    assert holds(new) == was


def test_a_journal_that_is_gone_is_written_again_from_the_lake(corp):
    address, folder = corp
    was = holds(address)
    (folder / "lake" / "skilltrack.files" / "journal.jsonl").unlink()
    told = skilltrack("check", db=address)
    mended = skilltrack("repair", db=address)
    assert (told.returncode, "`repair`" in told.stderr) == (2, True)
    assert mended.returncode == 0, mended.stderr
    assert holds(address) == was
