"""Nothing that was accepted is ever lost: crashes, damage, backups, and the journal everything can be rebuilt from."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from skilltrack import demo
from skilltrack.access import Viewer
from skilltrack.durability import backup, check, open_store, rebuild, recoveries, restore
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import Options, Source, import_sources, redo, undo, uploads
from skilltrack.metrics import Filters, Metrics, catalogue
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
    """Every base table and every answer, as text."""
    store = open_store(path)
    try:
        tables = [r["n"] for r in store.query("select table_name as n from duckdb_tables()").to_pylist()]
        found = {
            name: sorted(map(str, store.query(f"from {name}").to_pylist()))
            for name in tables
            if not name.startswith("kept_") and name != "skilltrack_schema"
        }
        for name, metric in catalogue().items():
            if metric.report != "employee":
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
    demo.build(tmp_path / "demo.duckdb")
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
        file.write(json.dumps(interrupted) + '\n{"event": "landed", "upload_')  # and a line torn by the crash

    said = []
    store = open_store(path, said.append)

    assert said == ["Upload 4 is landed again."]
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

    with pytest.raises(Refused, match="no good backup"):
        restore(path, tmp_path / "backup")

    assert path.read_bytes() == before


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
    assert recoveries(store)[0].endswith(said[-1])
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
        "import os, sys\nfrom skilltrack.store import Store\nstore = Store.open(sys.argv[1])\n"
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
    assert found[0] == "The rows of upload 2 are not those that landed."
    assert any("kept_roster" in fault for fault in found)
    damage(path)
    assert everything(path) == before


def test_check_finds_a_kept_file_that_is_gone_or_changed(path):
    files = [file for file in Path(f"{path}.files").iterdir() if file.suffix != ".jsonl"]
    files[0].chmod(0o600)
    files[0].write_bytes(b"something else")
    files[1].unlink()

    store = open_store(path)
    found = check(store)
    store.close()

    assert any("another hash" in fault for fault in found)
    assert any("No such file" in fault for fault in found)


def test_a_new_database_does_not_inherit_the_journal_of_a_deleted_one(path):
    path.unlink()

    said = []
    store = open_store(path, said.append)

    assert len(uploads(store)) == 0
    assert "rename" in said[0]
    store.close()


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(tmp_path):
    """On a real small file system, which only root can make."""
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(small)], check=False, capture_output=True
    ).returncode:  # fmt: skip
        pytest.skip("needs to mount a small file system")
    try:
        store = open_store(small / "d.duckdb")
        land(store, "roster", ROSTER)
        left = os.statvfs(small)
        (small / "ballast").write_bytes(b"x" * (left.f_bavail * left.f_frsize - 200_000))
        many = b"employee_id,name\n" + b"".join(b"%d,Person number %d\n" % (n, n) for n in range(40_000))
        with pytest.raises(Refused, match="disk that holds .* is full"):
            import_sources(store, [Source("roster", "many.csv", many)], Options())
        assert len(uploads(store)) == 1
        (small / "ballast").unlink()
        land(store, "roster", LATER, effective=date(2030, 1, 1))
        store.close()
        store = open_store(small / "d.duckdb")
        assert len(uploads(store)) == 2
        assert check(store) == []
        store.close()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_lands_half_or_twice(tmp_path):
    cycles = int(os.environ.get("SKILLTRACK_KILLS", "150"))
    # A process of its own: it forks, which a process with open databases must not.
    code = (
        "import json, sys; from pathlib import Path; from tests.torture import kill; "
        "print(json.dumps(kill.torture(int(sys.argv[1]), Path(sys.argv[2]))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(cycles), str(tmp_path)], capture_output=True, text=True, check=True,
        cwd=Path(kill.__file__).parents[2],
    )  # fmt: skip
    found = json.loads(run.stdout)

    assert found["cycles that committed"] > cycles / 2
    assert {name: found[name] for name in ("lost", "half-applied", "applied twice")} == {
        "lost": 0, "half-applied": 0, "applied twice": 0,
    }  # fmt: skip
