"""Nothing that was accepted is ever lost: crashes, damage, backups, and the journal everything can be rebuilt from."""

import io
import json
import os
import random
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import BadFile, BadStore, Refused
from skilltrack.ingest import Options, Source, import_sources, redo, undo, uploads
from skilltrack.ingest.landing import upload
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.keeping.durability import backup, check, check_file, open_store, recoveries
from skilltrack.keeping.mending import rebuild
from skilltrack.keeping.restoring import restore
from skilltrack.kept.refreshing import is_fresh
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.journal import sealed
from skilltrack.storage.snapshot_file import write_snapshot
from tests.companies import demo_in, kept
from tests.torture import kill

ROSTER = b"employee_id,name,team,gender\n001,Ann,A,f\n002,Bo,A,m\n"
LATER = b"employee_id,name,team\n001,Ann,A\n002,Bo,B\n003,Cy,B\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database with two rosters, a mapping, an undo, a redo and rows kept apart."""
    folder = tmp_path_factory.mktemp("made")
    store = open_store(folder / "kept.duckdb")
    land(store, "roster", ROSTER, effective=date(2024, 1, 1))
    land(store, "roster", LATER, effective=date(2024, 2, 1))
    land(store, "skills", "skill_id;name\ns1;Schweißen\n;nobody\n".encode("utf-8-sig"), quarantine=True)
    undo(store, 2)
    redo(store, 2)
    undo(store, 3)
    store.close()
    return folder


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept.duckdb"


def land(store, kind, content, name=None, **options):
    outcome = import_sources(store, [Source(kind, name or f"{kind}.csv", content)], Options(**options))
    assert outcome.status in ("stored", "repeated"), outcome.problems
    return outcome


def everything(path):
    """Every table, those that answers are read from too, and some answers, as text.

    Of the journal's lines those that bring rows or rights.
    """
    store = open_store(path)
    try:
        assert is_fresh(store)
        tables = list(store.columns())
        found = {
            name: sorted(map(str, store.query(f"from {name}").to_pylist()))
            for name in tables
            if not name.startswith("kept_") and name not in ("skilltrack_schema", "audit_heads", "journal_lines")
        }
        found |= kept(store)
        lines = store.query("select digest, line from journal_lines")["line"].to_pylist()
        found["lines"] = [line for line in lines if json.loads(line)["event"] not in ("backup", "recovered")]
        for name in ("coverage", "people", "spend"):
            frame = Metrics(store).ask(name, Viewer.everyone(), Filters(as_of=date(2024, 3, 1)))
            found[name] = sorted(map(str, frame.to_dict("records")))
        return found
    finally:
        store.close()


def damage(path):
    """Overwrite the middle of the file, as a failing disk does."""
    content = bytearray(path.read_bytes())
    content[4096 : len(content) - 4096] = os.urandom(len(content) - 8192)
    path.write_bytes(content)


def test_a_database_is_rebuilt_from_its_journal_row_for_row(path):
    before = everything(path)

    assert rebuild(path) == 3

    assert everything(path) == before
    assert len(list(path.parent.glob("*.aside"))) == 1


def test_the_demo_company_is_rebuilt_with_the_same_answers(tmp_path):
    demo_in(tmp_path)
    before = everything(tmp_path / "demo.duckdb")

    rebuild(tmp_path / "demo.duckdb")

    assert everything(tmp_path / "demo.duckdb") == before


def test_sensitive_cells_are_nowhere_in_the_folder_and_the_file_still_lands_again(tmp_path):
    text = "employee_id,name,gender,salary\n1,Ann,canary-f,canary-90000\n2,Bo,x,canary-1,too many\n3,Cy,x,canary-2\n"
    store = open_store(tmp_path / "s.duckdb")
    land(store, "roster", text.encode(), quarantine=True)
    store.close()

    rebuild(tmp_path / "s.duckdb")

    for file in [*tmp_path.glob("s.duckdb"), *(tmp_path / "s.duckdb.files").iterdir()]:
        assert b"canary" not in file.read_bytes(), file
    store = open_store(tmp_path / "s.duckdb")
    lines = store.query("select employee_id, line_no from roster_rows order by line_no").to_pylist()
    assert lines == [{"employee_id": "1", "line_no": 2}, {"employee_id": "3", "line_no": 4}]
    assert store.query("select line_no from quarantined_rows").to_pylist() == [{"line_no": 3}]
    store.close()


def test_what_was_accepted_and_interrupted_before_the_commit_lands_on_the_next_opening(path):
    lines = path.with_name("kept.duckdb.files") / "journal.jsonl"
    interrupted = json.loads(lines.read_text().splitlines()[0])
    interrupted |= {"upload_id": 4, "happened_at": "2099-01-01T00:00:00"}
    with lines.open("a") as file:
        file.write(json.dumps(sealed(interrupted)) + '\n{"event": "landed", "upload_')  # and a line torn by the crash

    said = []
    store = open_store(path, said.append)

    assert said == ["Upload 4 is imported again."]
    assert uploads(store)["upload_id"].tolist() == [4, 3, 2, 1]
    land(store, "roster", LATER, effective=date(2024, 5, 1))
    store.close()
    before = everything(path)
    rebuild(path)
    assert everything(path) == before


def test_an_import_that_is_cancelled_leaves_neither_rows_nor_files_nor_a_line(path):
    store = open_store(path)
    before = sorted(Path(f"{path}.files").iterdir())

    def stop(step):
        if step.startswith("Computing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_sources(store, [Source("roster", "r.csv", b"employee_id,name\n9,Nina\n")], Options(progress=stop))
    store.close()
    store = open_store(path)

    assert len(uploads(store)) == 3
    assert sorted(Path(f"{path}.files").iterdir()) == before
    store.close()


def test_the_same_bytes_again_are_recognised_until_something_they_bear_on_changes(path):
    store = open_store(path)
    on = {"effective": date(2024, 2, 1)}
    assert (land(store, "roster", LATER, **on).status, land(store, "roster", LATER, **on).upload_id) == ("repeated", 2)
    assert land(store, "roster", LATER, effective=date(2024, 3, 1)).status == "stored"
    assert land(store, "roster", ROSTER, effective=date(2024, 3, 1)).status == "stored"
    assert land(store, "roster", LATER, effective=date(2024, 3, 1)).status == "stored"
    undo(store, 6)
    assert land(store, "roster", LATER, effective=date(2024, 3, 1)).status == "stored"
    store.close()


def test_a_roster_that_is_in_force_is_not_stored_anew_each_night(path, monkeypatch):
    store = open_store(path)
    for day in (1, 2, 9):
        monkeypatch.setattr(upload, "today", lambda day=day: date(2024, 5, day))
        assert land(store, "roster", LATER).status == "repeated"
    assert land(store, "roster", LATER, effective=date(2024, 5, 9)).status == "stored", "a day that is named is meant"
    land(store, "roster", ROSTER, effective=date(2024, 5, 12))
    land(store, "roster", LATER, effective=date(2024, 5, 4))
    monkeypatch.setattr(upload, "today", lambda: date(2024, 5, 20))
    assert land(store, "roster", LATER).status == "stored", "another one is in force"
    store.close()


def test_a_backup_holds_everything_and_restoring_it_brings_back_what_came_after(path, tmp_path):
    store = open_store(path)
    backup(store, tmp_path / "backup")
    land(store, "roster", LATER, effective=date(2024, 6, 1))
    store.close()
    before = everything(path)

    restore(path, tmp_path / "backup")

    assert everything(path) == before
    with pytest.raises(Refused, match="exists already"):
        backup(open_store(path), tmp_path / "backup")


def test_a_damaged_backup_is_refused_and_the_database_left_alone(path, tmp_path):
    store = open_store(path)
    backup(store, tmp_path / "backup")
    store.close()
    damage(tmp_path / "backup")
    before = path.read_bytes()

    with pytest.raises(Refused, match="not a good backup") as refused:
        restore(path, tmp_path / "backup")

    assert path.read_bytes() == before
    assert str(refused.value).count("it may be damaged") == 1
    assert "`check`" not in str(refused.value), "that is for a database"
    (tmp_path / "backup").write_bytes(b"")
    with pytest.raises(Refused, match=r"is not a DuckDB database\. Nothing was changed; restore another backup\.$"):
        restore(path, tmp_path / "backup")


@pytest.mark.parametrize("has_backup", [True, False])
def test_a_damaged_database_is_set_aside_and_comes_back_whole(path, tmp_path, has_backup):
    store = open_store(path)
    if has_backup:
        backup(store, tmp_path / "backup")
    land(store, "roster", LATER, effective=date(2024, 7, 1))
    store.close()
    before = everything(path)
    damage(path)
    damaged = path.read_bytes()

    said = []
    store = open_store(path, said.append)

    assert "was damaged" in said[-1]
    assert ("backup" if has_backup else "empty database") in said[-1]
    assert [message for _at, message in recoveries(store)] == said[-1:]
    store.close()
    assert everything(path) == before
    assert [file.read_bytes() for file in path.parent.glob("*.aside")] == [damaged]


def test_without_journal_and_backup_a_damaged_file_is_told_and_not_touched(path):
    for file in Path(f"{path}.files").iterdir():
        file.unlink()
    damage(path)
    before = path.read_bytes()

    with pytest.raises(BadStore, match="damaged"):
        open_store(path)

    assert path.read_bytes() == before


def test_a_row_that_changed_by_itself_is_found_by_check_and_after_an_unclean_end(path):
    child = (
        "import os, sys\nfrom skilltrack.storage import Store\nstore = Store.open(sys.argv[1])\n"
        "with store.write() as t:\n    t.run(\"update roster_rows set team = 'Z' where employee_id = '003'\")\n"
        "os._exit(0)"
    )
    before = everything(path)
    subprocess.run([sys.executable, "-c", child, str(path)], check=True)
    assert path.with_name("kept.duckdb.wal").exists()

    said = []
    store = open_store(path, said.append)

    assert "upload 2" not in said[-1]
    assert "was damaged" in said[-1]
    assert check(store) == []
    with store.write() as transaction:
        transaction.run("update roster_rows set team = 'Z' where employee_id = '003'")
        transaction.run("update kept_roster set team = 'Q' where name = 'Ann'")
    found = check(store)
    store.close()
    assert found[0] == "The rows of upload 2 are not those that were imported."
    assert any("kept_roster" in fault for fault in found)
    damage(path)
    assert everything(path) == before


def test_check_finds_a_kept_file_that_is_gone_or_changed(path):
    files = sorted(file for file in Path(f"{path}.files").iterdir() if file.suffix != ".jsonl")
    files[0].chmod(0o600)
    files[0].write_bytes(b"something else")
    files[1].unlink()

    store = open_store(path)
    found = check(store)
    store.close()

    assert any("another hash" in fault for fault in found)
    assert any("No such file" in fault for fault in found)


def test_a_database_that_is_gone_is_told_with_the_way_back_and_nothing_new_takes_its_place(path):
    before = everything(path)
    path.unlink()
    beside = sorted(path.parent.iterdir())

    for creates in (True, False):
        with pytest.raises(BadStore, match="is gone.*`rebuild`"):
            open_store(path, creates=creates)

    assert sorted(path.parent.iterdir()) == beside
    rebuild(path)
    assert everything(path) == before


@pytest.mark.parametrize("end", ["", ".wal"])
@pytest.mark.parametrize("how", ["a bit flipped", "64 bytes zeroed", "the end cut off"])
def test_wherever_a_file_is_damaged_it_comes_back_whole_on_opening_or_by_check(unclean, tmp_path, end, how):
    unclean, before = unclean
    chance = random.Random(f"{end}{how}")
    for number in range(int(os.environ.get("SKILLTRACK_EXAMPLES", "2"))):
        folder = tmp_path / str(number)
        shutil.copytree(unclean, folder)
        file = folder / f"kept.duckdb{end}"
        content = bytearray(file.read_bytes())
        at = chance.randrange(len(content))
        if how == "a bit flipped":
            content[at] ^= 1 << chance.randrange(8)
        elif how == "64 bytes zeroed":
            content[at : at + 64] = bytes(len(content[at : at + 64]))
        else:
            del content[at:]
        file.write_bytes(content)

        said = []
        found = check_file(folder / "kept.duckdb", said.append)

        assert everything(folder / "kept.duckdb") == before, (how, at, said, found)
        assert all("damaged" in line for line in found), found
        assert check_file(folder / "kept.duckdb") == []


@pytest.fixture(scope="module")
def unclean(tmp_path_factory):
    """A database of a process that ended without closing it, so that its last uploads are in the log only.

    Its folder, and everything in it.
    """
    folder = tmp_path_factory.mktemp("unclean")
    code = (
        "import os, sys; from datetime import date; from pathlib import Path; from tests.keeping.test_durability import *; "
        "store = open_store(Path(sys.argv[1])); "
        "people = ''.join(f'{n:05d},Person {n},T{n % 7}\\n' for n in range(1000)); "
        "land(store, 'roster', ('employee_id,name,team\\n' + people).encode(), effective=date(2024, 1, 1)); "
        "store.copy_to(Path(sys.argv[1] + '.copy')); "
        "land(store, 'roster', LATER, effective=date(2024, 2, 1), mode='changes'); "
        "land(store, 'skills', b'skill_id,name\\ns1,One\\n'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder / "kept.duckdb")], check=True, cwd=ROOT)
    (folder / "kept.duckdb.copy").unlink()
    assert (folder / "kept.duckdb.wal").stat().st_size > 0
    whole = tmp_path_factory.mktemp("whole") / "copy"
    shutil.copytree(folder, whole)
    return folder, everything(whole / "kept.duckdb")


def test_the_file_of_a_damaged_journal_line_is_kept_and_a_rebuild_without_it_refused(path):
    lines = Path(f"{path}.files") / "journal.jsonl"
    content = lines.read_text().replace('"upload_id": 2, ', '"upload_id: 2, ', 1)
    lines.write_text(content)
    before, kept = path.read_bytes(), sorted(Path(f"{path}.files").iterdir())

    store = open_store(path)
    store.close()
    with pytest.raises(Refused, match="upload 2 is not in it"):
        rebuild(path)

    assert sorted(Path(f"{path}.files").iterdir()) == kept
    assert path.read_bytes() == before


def test_line_breaks_in_cells_of_a_file_with_sensitive_columns_survive_a_rebuild(tmp_path):
    text = 'employee_id,name,team,gender\n1,Ann,"North\r\nand east",f\n2,"Bo\n",A,"m\nx"\n3,Cy,B,f\n'
    store = open_store(tmp_path / "s.duckdb")
    land(store, "roster", text.encode())
    store.close()
    before = everything(tmp_path / "s.duckdb")
    assert any("North\\r\\nand east" in row for row in before["roster_rows"])

    rebuild(tmp_path / "s.duckdb")

    assert everything(tmp_path / "s.duckdb") == before


def test_a_workbook_with_sensitive_columns_is_rebuilt_cell_by_cell_and_its_sheet_is_remembered(tmp_path):
    def workbook(day: str) -> bytes:
        book = openpyxl.Workbook()
        for title in ("Leavers", "Staff"):
            sheet = book.create_sheet(title)
            for row in (
                ["employee_id", "name", "team", "gender"],
                [1, "Ann", "North\nand east", "f"],
                [2, f"Bo {day}", "A", "m"],
            ):
                sheet.append(row)
        book.save(written := io.BytesIO())
        return written.getvalue()

    store = open_store(tmp_path / "s.duckdb")
    with pytest.raises(BadFile, match="Several sheets"):
        land(store, "roster", workbook("1"), "staff 1.xlsx")
    source = Source("roster", "staff 1.xlsx", workbook("1"), Mapping(sheet="Staff"), is_mapped=True)
    assert import_sources(store, [source], Options()).status == "stored"
    assert land(store, "roster", workbook("2"), "staff 2.xlsx").status == "stored", "the sheet is known by now"
    store.close()
    before = everything(tmp_path / "s.duckdb")
    assert any("North\\nand east" in row for row in before["roster_rows"])

    rebuild(tmp_path / "s.duckdb")

    assert everything(tmp_path / "s.duckdb") == before


def test_how_a_file_with_sensitive_columns_is_written_is_asked_once(tmp_path):
    """The mapping that is kept, shown and offered reads the file itself, not only the copy without the cells."""
    text = "employee_id;name;gender\n{};Zoë;x\n"
    store = open_store(tmp_path / "s.duckdb")
    source = Source("roster", "r.csv", text.format(1).encode("cp1252"), Mapping(encoding="cp1252"), is_mapped=True)
    assert import_sources(store, [source], Options()).status == "stored"
    assert land(store, "roster", text.format(2).encode("cp1252")).status == "stored"
    headless = Source(
        "roster",
        "h.csv",
        b"1;Ann;canary\n2;Bo;canary\n",
        Mapping(header=["employee_id", "name", "salary"]),
        is_mapped=True,
    )
    assert import_sources(store, [headless], Options()).status == "stored"
    store.close()
    before = everything(tmp_path / "s.duckdb")

    rebuild(tmp_path / "s.duckdb")

    assert everything(tmp_path / "s.duckdb") == before
    assert not any(b"canary" in file.read_bytes() for file in (tmp_path / "s.duckdb.files").iterdir())


@pytest.fixture
def small(tmp_path):
    """A real small file system, which only root can make."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs to mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


SPILLING = """
import os, sys
import duckdb
engine = duckdb.connect(sys.argv[1], config={"memory_limit": "64MiB"})
engine.execute("create temp table t as select 'Ann Example ' || n as name from range(3000000) as r(n)")
os.kill(os.getpid(), 9)
"""


def test_rows_that_an_import_had_put_on_disk_when_it_was_killed_are_gone_on_the_next_opening(tmp_path):
    path, spilled = tmp_path / "x.duckdb", tmp_path / "x.duckdb.tmp"
    open_store(path).close()
    subprocess.run([sys.executable, "-c", SPILLING, path], check=False)
    (spilled / "notes.txt").write_text("somebody's")
    assert len(list(spilled.iterdir())) > 1

    open_store(path).close()

    assert [file.name for file in spilled.iterdir()] == ["notes.txt"]


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(small):
    store = open_store(small / "d.duckdb")
    land(store, "roster", ROSTER)
    left = os.statvfs(small)
    (small / "ballast").write_bytes(b"x" * (left.f_bavail * left.f_frsize - 200_000))
    many = b"employee_id,name\n" + b"".join(b"%d,Person number %d\n" % (n, n) for n in range(40_000))
    with pytest.raises(Refused, match="disk that holds .* is full"):
        import_sources(store, [Source("roster", "many.csv", many)], Options())
    assert len(uploads(store)) == 1
    assert len(list((small / "d.duckdb.files").iterdir())) == 2  # what it began to write takes no room
    (small / "ballast").unlink()
    land(store, "roster", LATER, effective=date(2030, 1, 1))
    store.close()
    store = open_store(small / "d.duckdb")
    assert len(uploads(store)) == 2
    assert check(store) == []
    store.close()


def test_a_backup_of_a_database_whose_disk_is_full_is_a_sentence(small, tmp_path):
    """What is in the write-ahead log has to be put into the file first, for which there is no room."""
    store = open_store(small / "d.duckdb")
    land(store, "roster", ROSTER)
    with (small / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(b"x" * 4096) == 4096:
            pass
    with pytest.raises(Refused, match="disk that holds .* is full"):
        backup(store, tmp_path / "b.duckdb")
    assert not list(tmp_path.glob("*b.duckdb*"))
    with pytest.raises(Refused, match="cannot be written: the disk is full"):
        write_snapshot(small / "s.duckdb", {"t": pa.table({"n": range(100_000)})})
    assert len(uploads(store)) == 1, "the app goes on answering"
    (small / "ballast").unlink()
    land(store, "roster", LATER, effective=date(2030, 1, 1))
    backup(store, tmp_path / "b.duckdb")
    store.close()


def test_a_disk_that_cannot_be_written_is_a_sentence_and_nothing_changes(small, tmp_path):
    store = open_store(small / "d.duckdb")
    land(store, "roster", ROSTER)
    backup(store, tmp_path / "backup")
    store.close()
    before = (small / "d.duckdb").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)

    with pytest.raises(BadStore, match="cannot be written"):
        open_store(small / "d.duckdb")
    for replace in (rebuild, lambda path: restore(path, tmp_path / "backup")):
        with pytest.raises(Refused, match="cannot be (written|replaced)"):
            replace(small / "d.duckdb")

    assert (small / "d.duckdb").read_bytes() == before


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_lands_half_or_twice(tmp_path):
    cycles = int(os.environ.get("SKILLTRACK_KILLS", "12"))
    # A process of its own: it forks, which a process with open databases must not.
    code = (
        "import json, sys; from pathlib import Path; from tests.torture import kill; "
        "print(json.dumps(kill.torture(int(sys.argv[1]), Path(sys.argv[2]))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(cycles), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(kill.__file__).parents[2],
    )
    found = json.loads(run.stdout)

    assert found["cycles that committed"] > cycles / 3
    assert {name: found[name] for name in ("lost", "half-applied", "applied twice")} == {
        "lost": 0,
        "half-applied": 0,
        "applied twice": 0,
    }
