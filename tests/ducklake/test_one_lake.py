"""A company in a lake is as safe as one in a file: nothing lost, nothing half done, nobody erased still there."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("duckdb_extension_ducklake", reason="`make test-lake` installs what these need")

from skilltrack.access.viewer import Viewer
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


def test_a_lake_whose_folder_is_not_mounted_is_not_begun_anew(corp, tmp_path):
    address = lake_in(tmp_path)
    move(corp / "corp.duckdb", address)
    (tmp_path / "lake" / "skilltrack.files").rename(tmp_path / "aside")
    with pytest.raises(BadStore, match="is not there"):
        open_at(address)
    (tmp_path / "aside").rename(tmp_path / "lake" / "skilltrack.files")
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
