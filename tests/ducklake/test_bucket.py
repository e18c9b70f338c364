"""A company whose rows lie in a bucket is as safe as one on a disk, nobody erased stays there, and no key is ever shown."""

import io
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.errors import Refused
from skilltrack.ingest import import_files, import_folder
from skilltrack.keeping import check, erasure, move, open_at, remains, restore, totals
from skilltrack.storage import address_of
from tests.backups.bucket import storage
from tests.companies import kept
from tests.ducklake.server import PASSWORD, PROGRAMS, postgres
from tests.forked import skilltrack
from tests.ingest.test_import import COMPANY, write

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

KEY = {
    "AWS_ACCESS_KEY_ID": "key-of-the-lake",
    "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-bucket-5d1f",
    "AWS_REGION": "x",
}


@pytest.fixture(scope="module")
def server():
    with postgres() as running, pytest.MonkeyPatch.context() as patch:
        for name, value in {"SKILLTRACK_DB_PASSWORD": PASSWORD, **KEY}.items():
            patch.setenv(name, value)
        yield running


def lake_in(server, folder, name):
    """The address of a lake that is not there yet."""
    (folder / "beside").mkdir(exist_ok=True)
    return address_of(f"{server.catalogue(name)}?data=s3://corp/{name}/&beside={folder}/beside")


@pytest.fixture
def bucket(monkeypatch):
    """The objects of a bucket, by key."""
    with storage("corp", KEY["AWS_ACCESS_KEY_ID"]) as (address, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        yield objects


def texts(objects):
    """All that stands in the rows of the objects of a bucket."""
    tables = [pq.read_table(io.BytesIO(content)) for key, content in objects.items() if key.endswith(".parquet")]
    return {str(value) for table in tables for column in table.columns for value in column.to_pylist()}


def test_a_company_in_a_bucket_loses_nothing_and_forgets_who_is_erased(server, bucket, tmp_path):
    address = lake_in(server, tmp_path, "whole")
    with closing(open_at(address)) as lake:
        assert import_folder(lake, write(tmp_path / "files", **COMPANY), effective=date(2024, 1, 1)).status == "stored"
        name = lake.query("select name from kept_roster where employee_id = '001'")["name"][0].as_py()
        was = kept(lake)
    assert name in texts(bucket)
    assert skilltrack("backup", tmp_path / "backup.duckdb", db=address).returncode == 0

    lost = next(key for key in bucket if "/roster_rows/" in key)
    del bucket[lost]
    named = skilltrack("check", db=address)
    mended = skilltrack("rebuild", db=address)
    assert (named.returncode, Path(lost).name in named.stderr) == (2, True), named.stderr
    assert mended.returncode == 0, mended.stderr

    restored = skilltrack("restore", tmp_path / "backup.duckdb", db=address)
    tidied = skilltrack("lake", "maintain", db=address)
    assert [restored.returncode, tidied.returncode] == [0, 0], restored.stderr + tidied.stderr
    with closing(open_at(address, creates=False)) as lake:
        assert check(lake) == []
        assert kept(lake) == was

        people = erasure.named(lake, ["001"])
        erasure.erase(lake, "local", people, erasure.places_of(lake, people))
        assert check(lake) == []
        assert [left for left in remains.search(lake, people).left if ".aside" not in left] == []
    assert not any(name in text for text in texts(bucket))

    move(address, tmp_path / "file.duckdb")
    (tmp_path / "again").mkdir()
    again = lake_in(server, tmp_path / "again", "again")
    move(tmp_path / "file.duckdb", again)
    with closing(open_at(again, creates=False)) as lake, closing(open_at(address, creates=False)) as old:
        assert totals(lake) == totals(old)
        assert check(lake) == []


def test_nothing_else_is_written_where_the_rows_in_a_bucket_lie(server, bucket, tmp_path):
    address = lake_in(server, tmp_path, "alone")
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    with closing(open_at(address)) as lake:
        assert import_files(lake, "skills", [tmp_path / "skills.csv"]).status == "stored"
    before = dict(bucket)
    for place in ("s3://corp/alone/tables", "s3://corp/alone/tables/", "s3://corp/alone//tables/new"):
        for words in (("publish", "--to", place), ("backups", "make")):
            done = skilltrack(*words, db=address, SKILLTRACK_BACKUP_TO=place)
            assert (done.returncode, "where the rows of the lake lie" in done.stderr) == (2, True), (words, done.stderr)
    assert bucket == before
    assert skilltrack("publish", "--to", "s3://corp/alone/tables-for-spark", db=address).returncode == 0


def test_a_bucket_that_is_out_of_reach_is_a_sentence_without_a_key_and_stores_nothing(server, tmp_path, monkeypatch):
    address = lake_in(server, tmp_path, "away")
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    importing = ("import", "skills", tmp_path / "skills.csv")

    def refused(*words, **environment):
        done = skilltrack(*words, db=address, **environment)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert not [each for each in (PASSWORD, "key-of-the-lake", "a-secret", "Traceback") if each in done.stderr]
        return done.stderr

    with storage("another") as (place, _):
        assert "does not exist" in refused(*importing, AWS_ENDPOINT_URL=place)
    with storage("corp", KEY["AWS_ACCESS_KEY_ID"]) as (place, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", place)
        assert "does not let this account in" in refused(*importing, AWS_ACCESS_KEY_ID="another")
        open_at(address).close()
        before = dict(objects)
        for words in (importing, ("report", "coverage"), ("check",)):
            assert "does not let this account in" in refused(*words, AWS_ACCESS_KEY_ID="another")
        assert objects == before
    for words in (importing, ("report", "coverage"), ("check",)):
        assert "does not answer" in refused(*words)
    with storage("corp") as (place, again):
        monkeypatch.setenv("AWS_ENDPOINT_URL", place)
        again.update(before)
        with closing(open_at(address, creates=False)) as lake:
            assert lake.query("select 1 from skill_rows").num_rows == 0
            assert import_files(lake, "skills", [tmp_path / "skills.csv"]).status == "stored"
            assert check(lake) == []


def test_a_bucket_that_keeps_what_is_removed_is_no_place_for_people(server, tmp_path, monkeypatch):
    with storage("corp", keeps_versions=True) as (place, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", place)
        with pytest.raises(Refused, match="keeps old versions"):
            open_at(lake_in(server, tmp_path, "versions"))
        (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
        with closing(open_at(tmp_path / "backup.duckdb")) as file:
            import_files(file, "skills", [tmp_path / "skills.csv"])
        with pytest.raises(Refused, match="keeps old versions"):
            restore(lake_in(server, tmp_path, "restored"), tmp_path / "backup.duckdb")
        assert [key for key in objects if key.endswith(".parquet")] == []


def test_nobody_is_erased_from_a_bucket_that_began_to_keep_what_is_removed_and_the_company_goes_on(
    server, bucket, tmp_path, monkeypatch
):
    address = lake_in(server, tmp_path, "later")
    with closing(open_at(address)) as lake:
        assert import_folder(lake, write(tmp_path / "files", **COMPANY), effective=date(2024, 1, 1)).status == "stored"
        was = kept(lake)

    def beside():
        folder = tmp_path / "beside" / "skilltrack.files"
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    before = beside()
    with storage("corp", keeps_versions=True) as (place, objects):
        objects.update(bucket)
        monkeypatch.setenv("AWS_ENDPOINT_URL", place)
        with closing(open_at(address, creates=False)) as lake:
            people = erasure.named(lake, ["001"])
            with pytest.raises(Refused, match="keeps old versions"):
                erasure.erase(lake, "local", people, erasure.places_of(lake, people))
        assert beside() == before
        with closing(open_at(address, creates=False)) as lake:
            assert kept(lake) == was
            assert check(lake) == []
            (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
            assert import_files(lake, "skills", [tmp_path / "skills.csv"]).status == "stored"
