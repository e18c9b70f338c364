"""A wrong or unreachable address is answered by a sentence, and nobody reads a password in it; else people guess, or worse."""

import socket
import sys

import pytest

from skilltrack.config import settings
from skilltrack.errors import BadStore, Refused
from skilltrack.storage import Address, address_of, open_ducklake, open_lake
from tests.forked import skilltrack

LAKE = "ducklake:postgres:dbname=corp host=nowhere.example?data=/nowhere/lake"
SPARK = "sc://spark.corp.example:15002/?data=s3a://lake/corp/&ssl=true"


def test_an_address_says_which_engine_where_and_which_files_and_a_name_of_a_file_is_none():
    assert address_of(SPARK) == Address("spark", SPARK, "spark.corp.example", 15002, "s3a://lake/corp", True)
    catalogue = "postgres:dbname=lake host=pg"
    for place, data in (("/mnt/p/", "/mnt/p"), ("s3://corp/p/&beside=/mnt/p", "s3://corp/p")):
        lake = f"ducklake:{catalogue}?data={place}"
        assert address_of(lake) == Address("ducklake", lake, data=data, catalogue=catalogue, folder="/mnt/p")
    assert [address_of(name) for name in ("data/x.duckdb", "C:/x.duckdb", "sc", "scores.duckdb", ":memory:")] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sc://", "lacks its host"),
        ("sc://host:15002/", "lacks its host or the folder"),
        ("sc://host:port/?data=/x", "no port"),
        ("sc://host/?data=/x&user=kim", "says user"),
        ("sc://host/?data=/x&ssl=maybe", "neither ssl=true nor ssl=false"),
        ("sc://host/?tables=", "lacks its host or the folder"),
        ("sc:host", "no database that is known"),
        ("postgres://host/db", "no database that is known"),
        ("postgres:dbname=lake host=pg", "no database that is known"),
        ("ducklake:mysql:dbname=x?data=/y", "lacks its catalogue in PostgreSQL"),
        ("ducklake:postgres:dbname=x", "the folder of its files"),
        ("ducklake:postgres:dbname=x?data=s3://bucket/p", "lacks the folder of the journal"),
        ("ducklake:postgres:dbname=x?data=s3://bucket/p&beside=lake", "another one on each server"),
        ("ducklake:postgres:dbname=x?data=gs://bucket/p", "neither a folder nor a bucket"),
        ("ducklake:postgres:dbname=x?data=/y&beside=/z", "says beside"),
        ("ducklake:postgres:dbname=x?data=/y&user=kim", "says user"),
        ("ducklake:postgres:dbname=x?data=/y[1]", "cannot be listed"),
        ("ducklake:postgres:dbname=x?data=lake", "another one on each server"),
        ("ducklake:postgres:dbname=x options=-c?data=/y", "says options to PostgreSQL"),
    ],
)
def test_what_is_no_address_is_told_with_what_would_be(text, says):
    with pytest.raises(BadStore, match=says) as refused:
        address_of(text)
    assert "=FOLDER" in str(refused.value)
    done = skilltrack("report", "coverage", db=text)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "sc://host:15002/;token=hunter2hunter2?data=/x",
        "sc://host:15002/;tok=hunter2hunter2?data=/x",
        "sc://kim:hun/ter2hunter2@host/?data=/x",
        "sc://host/?data=/x&token=hunter2hunter2",
        "sc://kim:hunter2hunter2@host/?data=/x",
        "postgres://kim:hunter2hunter2@host/db",
        "postgres://kim:hun#ter2hunter2@host/db",
        "postgres:host=pg password=hunter2hunter2",
        "ducklake:postgres:dbname=x password = hunter2hunter2?data=/y",
        "ducklake:postgres:dbname=x passwd='hunter2hunter2'?data=/y",
        "ducklake:postgres:dbname=x pass=hunter2hunter2?data=/y",
        "ducklake:postgres:dbname=x pwd=hunter2hunter2?data=/y",
        "ducklake:postgres:dbname=x user=kim:hunter2hunter2@pg?data=/y",
        "ducklake:postgres:dbname=postgres://kim:hunter2hunter2@pg/x?data=/y",
        "ducklake:postgres://kim:hunter2hunter2@host/x?data=/y",
        "ducklake:postgres://kim:hun/ter2hunter2@host/x?data=/y",
        "ducklake:postgres://kim:hun ter2hunter2&x@host/x?data=/y",
        "ducklake:postgres:dbname=x?data=s3://kim:hunter2hunter2@bucket/y&beside=/z",
    ],
)
@pytest.mark.parametrize("named", ["option", "environment"])
def test_a_password_in_an_address_is_refused_and_never_repeated(text, named):
    words = ["report", "coverage"]
    done = skilltrack(*words, db=text) if named == "option" else skilltrack(*words, SKILLTRACK_DB=text)

    assert (done.returncode, done.stdout) == (2, "")
    assert "hunter2" not in done.stderr
    assert "SKILLTRACK_DB_PASSWORD" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "sc://hunter2hunter2",
        "sc://host/hunter2hunter2?data=/x",
        "sc://host/?data=/x&hunter2hunter2",
        "sc://host/?data=/x&ssl=hunter2hunter2",
        "sc://host:hunter2hunter2/?data=/x",
        "ldap://hunter2hunter2",
        "ducklake:postgres:hunter2hunter2?data=/y",
        "ducklake:postgres:dbname=x hunter2hunter2?data=/y",
        "ducklake:postgres:dbname=x hunter2=hunter2?data=/y",
        "ducklake:postgres:dbname=x?data=/y&hunter2=hunter2",
        "ducklake:postgres:dbname=x?data=hunter2hunter2",
        "ducklake:postgres:dbname=x?data=/hunter2[hunter2]",
        "ducklake:postgres://kim:hun?ter2hunter2@host/x?data=/y",
        "ducklake:hunter2hunter2",
    ],
)
def test_no_sentence_repeats_what_stands_in_an_address_that_cannot_be(text):
    """A password can be written in more ways than any list knows."""
    with pytest.raises(BadStore) as refused:
        address_of(text)
    assert "ter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "ducklake:postgres:dbname=x host=pg user=kim@pg sslmode=require?data=/mnt/a@b",
        "ducklake:duckdb:/srv/a@b/catalogue?data=/mnt/lake",
        "ducklake:postgres:dbname=bypass host=stock user=keys?data=s3://corp/a@b&beside=/mnt/lake",
        "sc://host:15002/?data=s3a://lake/a@b",
    ],
)
def test_a_sign_that_is_in_passwords_too_makes_none_of_an_account_a_folder_or_a_name(text):
    assert str(address_of(text)) == text


@pytest.mark.parametrize("words", [["uploads"], ["import", "x.csv"], ["check"], ["publish", "--to", "y"], ["demo"]])
def test_a_command_that_needs_the_database_itself_says_so_and_makes_nothing(tmp_path, words):
    done = skilltrack(*words, folder=tmp_path, SKILLTRACK_DB=SPARK)

    assert (done.returncode, done.stdout) == (2, "")
    assert "needs the database itself" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["report", "board"], "needs the database itself"),
        (["report", "coverage", "--format", "pdf"], "A lake gives csv, json"),
        (["report", "coverage", "--explain"], "need the database itself"),
        (["report", "nonsense"], "no report"),
        (["--viewer", "001", "report", "coverage"], "Leave --viewer out"),
        (["serve", "--demo"], "is read only"),
        (["--viewer", "001", "serve", "--local"], "serve is the operator's"),
    ],
)
def test_what_a_lake_cannot_give_is_said_before_anybody_connects(words, says):
    done = skilltrack(*words, db=SPARK)

    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


@pytest.mark.parametrize(
    "data", ["s3a://lake/corp", "/mnt/lake", "hdfs:///lake", "file:///mnt/lake", "hdfs://nn:8020/l//x"]
)
def test_the_app_shows_published_relations_that_its_setting_names(monkeypatch, data):
    """As a path it loses slashes, and is the name of another folder."""
    named = f"sc://spark.corp.example:15002/?data={data}&ssl=true"
    monkeypatch.setenv("SKILLTRACK_DB", named)
    assert address_of(str(settings().database)) == address_of(named)


def test_the_app_does_not_take_an_address_for_a_file(monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", "postgres://host/db")
    with pytest.raises(Refused, match="names no database that is known"):
        settings()


def test_pages_over_what_was_published_are_for_this_machine_and_what_is_missing_is_told(tmp_path):
    away = SPARK.replace("spark.corp.example", "localhost")
    for words, environment, says in (
        (["--local"], {"SKILLTRACK_HOST": "0.0.0.0"}, "answers this machine only"),
        ([], {"SKILLTRACK_LOCAL": ""}, "does not say who may see whom"),
        (["--local"], {}, "localhost:15002"),
    ):
        done = skilltrack("serve", *words, folder=tmp_path, SKILLTRACK_DB=away, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_app_shows_a_lake_in_a_bucket_that_its_setting_names(monkeypatch):
    named = "ducklake:postgres:dbname=corp?data=s3://bucket/p&beside=/mnt/p"
    monkeypatch.setenv("SKILLTRACK_DB", named)
    assert address_of(str(settings().database)) == address_of(named)


def test_a_missing_extra_is_told_with_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.delitem(sys.modules, "skilltrack.storage.spark", raising=False)
    with pytest.raises(BadStore, match=r"skilltrack\[spark\]"):
        open_lake(address_of(SPARK))
    monkeypatch.setitem(sys.modules, "duckdb_extension_ducklake", None)
    monkeypatch.setenv("HOME", str(tmp_path))  # where the engine keeps extensions of its own
    with pytest.raises(BadStore, match=r"skilltrack\[lake\]"):
        open_ducklake(address_of(LAKE), creates=True)


def test_nobody_who_answers_is_told_at_once_with_the_place():
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    with socket.socket() as taken:  # and nobody listens at it
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(BadStore, match=f"nobody answers at 127.0.0.1:{port}"):
            open_lake(address_of(f"sc://127.0.0.1:{port}/?data=/x"))
