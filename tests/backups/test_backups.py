"""A backup off the machine is whole, opens with its key alone, and brings the company back; else nobody sleeps well."""

import shutil
import tarfile
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from skilltrack import each_day
from skilltrack.backups import (
    Backup,
    backups_among,
    begin_nightly,
    bring,
    drill,
    kept_by,
    make,
    make_key,
    own_name,
    shelf_at,
)
from skilltrack.backups.nightly import back_up
from skilltrack.backups.shelves import Folder
from skilltrack.commands.cli import cli
from skilltrack.config import BackupRules, backup_rules
from skilltrack.each_day import until
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping import backup, erasure, open_store, totals
from skilltrack.keeping.condition import conditions_of
from tests.backups.bucket import storage
from tests.ingest.test_import import made_in


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory.mktemp("made"))


@pytest.fixture
def corp(made, tmp_path):
    store = open_store(shutil.copytree(made, tmp_path / "live") / "corp.duckdb")
    (tmp_path / "away").mkdir()
    yield store
    store.close()


def rules(tmp_path, **others):
    return BackupRules(**{"place": str(tmp_path / "away"), "at": None, "keep": {}, "key": None} | others)


def test_a_company_is_brought_back_on_a_new_machine_with_everything_but_what_came_later(corp, tmp_path):
    key = tmp_path / "key"
    make_key(key)
    by = rules(tmp_path, key=key)
    shelf = shelf_at(by.place, corp.path)
    before = totals(corp)
    made = make(corp, shelf, by)
    content = (tmp_path / "away" / made.name).read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert oct(key.stat().st_mode)[-3:] == "600"
    later = Source("skills", "skills.csv", b"skill_id,name\ns77,Knots\n")
    assert import_sources(corp, [later], Options()).status == "stored"

    proof = drill(shelf, by, own_name(Path(corp.path)))
    assert proof[1] == "Every row is what landed, and every number follows from the rows."
    new = tmp_path / "new machine" / "other.duckdb"
    assert bring(new, shelf, by, stem="corp").name == made.name
    again = open_store(new)
    assert totals(again) == before
    originals = sorted(path.name for path in again.journal.folder.iterdir() if len(path.name) == 64)
    kept = sorted(path.name for path in corp.journal.folder.iterdir() if len(path.name) == 64)
    assert set(originals) < set(kept)
    again.close()
    with pytest.raises(Refused, match="is there already"):
        bring(new, shelf, by, stem="corp")
    assert not list((tmp_path / "live").glob(".*backup*")), "nothing is left behind"


def test_a_drill_and_a_new_machine_leave_the_anchor_of_the_live_company_as_it_is(corp, tmp_path, monkeypatch):
    """Else a shortened log would not be seen any more: the anchor is what its writer cannot change."""
    by = rules(tmp_path)
    shelf = shelf_at(by.place, corp.path)
    make(corp, shelf, by)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    anchor = elsewhere / "anchor"
    monkeypatch.setenv("SKILLTRACK_AUDIT_ANCHOR", str(anchor))
    anchor.write_text("7 the live one\n")
    drill(shelf, by, own_name(Path(corp.path)))
    bring(tmp_path / "new" / "corp.duckdb", shelf, by)
    assert anchor.read_text() == "7 the live one\n"


def test_a_changed_byte_another_key_and_no_key_are_refused_and_told(corp, tmp_path):
    key, other = tmp_path / "key", tmp_path / "other"
    make_key(key)
    make_key(other)
    by = rules(tmp_path, key=key)
    shelf = shelf_at(by.place, corp.path)
    name = make(corp, shelf, by).name
    with pytest.raises(Refused, match="sealed with another one, or damaged"):
        drill(shelf, rules(tmp_path, key=other), own_name(Path(corp.path)))
    with pytest.raises(Refused, match="SKILLTRACK_BACKUP_KEY"):
        drill(shelf, rules(tmp_path), own_name(Path(corp.path)))
    path = tmp_path / "away" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Refused, match="damaged"):
        drill(shelf, by, own_name(Path(corp.path)))
    with pytest.raises(Refused, match="exists already"):
        make_key(key)


def test_a_drill_unpacks_beside_the_database_and_not_where_the_memory_is(corp, tmp_path, monkeypatch):
    """In the image `/tmp` is in memory: a company of more than a gigabyte could not be proved there."""
    by, database = rules(tmp_path), Path(corp.path)
    shelf = shelf_at(by.place, corp.path)
    make(corp, shelf, by)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    seen = []

    proof = drill(
        shelf, by, own_name(database), "", lambda line: seen.extend(database.parent.glob(".*backup-*")), database
    )

    assert proof[1] == "Every row is what landed, and every number follows from the rows."
    assert seen
    assert not list(database.parent.glob(".*backup-*"))


@pytest.mark.parametrize("cut", [1, 1000])
def test_an_unsealed_backup_that_was_cut_off_is_refused(corp, tmp_path, cut):
    by = rules(tmp_path)
    shelf = shelf_at(by.place, corp.path)
    path = tmp_path / "away" / make(corp, shelf, by).name
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(Refused, match=r"damaged|not whole"):
        drill(shelf, by, own_name(Path(corp.path)))


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_nothing_of_a_backup_is_written_outside_the_folder_of_the_drill(corp, tmp_path, kind):
    """Whoever can write to the place of unsealed backups could write any file of the account that brings one back."""
    by, name = rules(tmp_path), f"{own_name(Path(corp.path))}-20200101T000000Z.tar.gz"
    with tarfile.open(tmp_path / "away" / name, "w:gz") as archive:
        part = tarfile.TarInfo(str(tmp_path / "planted") if kind == tarfile.REGTYPE else "database")
        part.type, part.linkname = kind, "/etc/hostname"
        archive.addfile(part)
    with pytest.raises(Refused, match="is not a part of a backup"):
        drill(shelf_at(by.place, corp.path), by, own_name(Path(corp.path)), name)
    assert not (tmp_path / "planted").exists()


def test_backups_go_where_somebody_said_and_nowhere_else(corp, tmp_path):
    with pytest.raises(Refused, match="is not a folder. Make it, or mount"):
        shelf_at(str(tmp_path / "absent"), corp.path)
    with pytest.raises(Refused, match="where the database lies"):
        shelf_at(str(tmp_path / "live"), tmp_path / "live" / "corp.duckdb")
    with pytest.raises(Refused, match="SKILLTRACK_BACKUP_TO"):
        shelf_at("", corp.path)
    (tmp_path / "away" / f"{own_name(Path(corp.path))}-20200101T000000Z.tar.gz.notes").write_text("somebody's")
    by = rules(tmp_path, keep={"daily": 1})
    shelf = shelf_at(by.place, corp.path)
    old = tmp_path / "away" / f"{own_name(Path(corp.path))}-20200101T000000Z.tar.gz"
    old.write_bytes(b"")
    other = tmp_path / "away" / "corp-2-20200101T000000Z.tar.gz"
    other.write_bytes(b"")
    assert make(corp, shelf, by).removed == (old.name,)
    assert other.exists()
    assert (tmp_path / "away" / f"{own_name(Path(corp.path))}-20200101T000000Z.tar.gz.notes").exists()


MOMENTS = st.lists(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2026, 12, 31)), min_size=1, max_size=40, unique=True
)


@given(MOMENTS, st.integers(0, 9), st.integers(0, 6), st.integers(0, 6))
def test_a_rule_keeps_the_newest_of_each_of_its_last_periods_and_always_the_newest(moments, days, weeks, months):
    backups = [Backup(moment, f"b{n}") for n, moment in enumerate(moments)]
    kept = kept_by({"daily": days, "weekly": weeks, "monthly": months}, backups)
    newest = max(backups)
    assert newest.name in kept
    by_day = {}
    for one in sorted(backups):
        by_day[one.made_at.date()] = one.name
    assert {by_day[day] for day in sorted(by_day)[len(by_day) - min(days, len(by_day)) :]} <= set(kept)
    assert len(kept) <= max(1, days + weeks + months)
    named = {backup.name: backup for backup in backups}
    again = kept_by({"daily": days, "weekly": weeks, "monthly": months}, [named[name] for name in kept])
    assert set(again) == set(kept), "the next night removes nothing more"


def test_the_same_to_a_bucket_that_is_read_back(corp, tmp_path, monkeypatch):
    with storage("skills") as (address, objects):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        by = rules(tmp_path, place="s3://skills/corp/nightly", keep={"daily": 2})
        shelf = shelf_at(by.place, corp.path)
        name = make(corp, shelf, by).name
        assert [*objects] == [f"corp/nightly/{name}"]
        assert [backup.name for backup in backups_among(shelf.names(), own_name(Path(corp.path)))] == [name]
        assert drill(shelf, by, own_name(Path(corp.path)))[0].startswith(f"{name} is of ")
        objects[f"corp/nightly/{own_name(Path(corp.path))}-20200101T000000Z.tar.gz"] = b""
        objects[f"corp/nightly/{own_name(Path(corp.path))}-20200201T000000Z.tar.gz"] = b""
        assert (
            make(corp, shelf, rules(tmp_path, place=by.place, keep={"daily": 1}))
            .removed[-1]
            .startswith(own_name(Path(corp.path)))
        )
        with pytest.raises(Refused, match="s3://absent cannot be read"):
            make(corp, shelf_at("s3://absent", corp.path), by)


def test_the_time_of_the_nightly_backup_is_that_of_the_setting(monkeypatch):
    assert until(time(2, 30), datetime(2026, 3, 1, 2, 29, tzinfo=UTC)) == timedelta(minutes=1)
    assert until(time(2, 30), datetime(2026, 3, 1, 2, 30, tzinfo=UTC)) == timedelta(days=1)
    monkeypatch.setenv("SKILLTRACK_BACKUP_AT", "25:00")
    with pytest.raises(Refused, match="such as 02:30"):
        backup_rules()
    monkeypatch.setenv("SKILLTRACK_BACKUP_AT", "02:30")
    with pytest.raises(Refused, match="SKILLTRACK_BACKUP_TO"):
        backup_rules()
    monkeypatch.setenv("SKILLTRACK_BACKUP_TO", "/mnt/x")
    monkeypatch.setenv("SKILLTRACK_BACKUP_KEEP", "hourly 2")
    with pytest.raises(Refused, match="daily 7"):
        backup_rules()


def waited_for(what):
    """What there is as soon as there is any of it."""
    until_then = monotonic() + 60
    while not (there := what()):
        assert monotonic() < until_then
        sleep(0.02)
    return there


def test_the_app_makes_the_backup_that_it_missed_and_tries_again_what_failed(corp, tmp_path, monkeypatch, caplog):
    """An app that was down at half past two would make none until the next night, and after a failure neither."""
    monkeypatch.setattr(each_day, "BEGUN", timedelta())
    monkeypatch.setattr(each_day, "AGAIN", timedelta(seconds=0.05))
    away, at = tmp_path / "away", (datetime.now(UTC) - timedelta(minutes=5)).time()
    away.rmdir()
    ended = begin_nightly(rules(tmp_path, at=at), Path(corp.path), lambda path: corp)
    try:
        waited_for(lambda: [line for line in caplog.messages if "is not a folder" in line])
        away.mkdir()
        (made,) = waited_for(lambda: list(away.glob("*.tar.gz")))
    finally:
        ended.set()
    assert backups_among([made.name], own_name(Path(corp.path)))
    assert begin_nightly(rules(tmp_path), Path(corp.path), lambda path: corp) is None


def test_the_backup_of_a_day_is_made_once_and_one_elsewhere_is_not_it(corp, tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_BACKUP_TO", str(tmp_path / "away"))
    monkeypatch.setenv("SKILLTRACK_BACKUP_AT", "02:30")
    now = datetime.now(UTC)
    by = rules(tmp_path, at=(now - timedelta(minutes=5)).time())
    backup(corp, tmp_path / "local.duckdb")
    backup(corp, tmp_path / "away" / "nightly.duckdb")
    assert {each.name: each.is_ok for each in conditions_of(corp)} | {"backup": True, "backup_to": False} == {
        each.name: each.is_ok for each in conditions_of(corp)
    }

    for _ in range(2):
        assert back_up(by, Path(corp.path), lambda path: corp, now)
    assert len(list((tmp_path / "away").glob("*.tar.gz"))) == 1
    assert all(each.is_ok for each in conditions_of(corp) if each.name == "backup_to")
    tomorrow = now + timedelta(days=1)
    (tmp_path / "away").rename(tmp_path / "unmounted")
    assert not back_up(by, Path(corp.path), lambda path: corp, tomorrow)
    (tmp_path / "unmounted").rename(tmp_path / "away")
    assert back_up(by, Path(corp.path), lambda path: corp, tomorrow)
    assert len(list((tmp_path / "away").glob("*.tar.gz"))) == 2


def test_an_old_backup_in_the_place_of_backups_shows_whatever_is_made_elsewhere(corp, tmp_path, monkeypatch):
    """The nightly backup on this disk would hide for ever that none leaves the machine."""
    monkeypatch.setenv("SKILLTRACK_BACKUP_TO", str(tmp_path / "away"))
    make(corp, shelf_at(str(tmp_path / "away"), corp.path), rules(tmp_path))
    with corp.write() as transaction:
        transaction.run(
            "update journal_lines set line = regexp_replace(line, '(\"happened_at\": \")[^\"]*', '\\1' || $then) "
            'where line like \'{"event": "backup"%\'',
            {"then": (datetime.now(UTC) - timedelta(days=3)).replace(tzinfo=None).isoformat()},
        )
    backup(corp, tmp_path / "local.duckdb")

    def away():
        return next(each for each in conditions_of(corp) if each.name == "backup_to")

    assert (away().is_ok, round(away().value)) == (True, 3)
    monkeypatch.setenv("SKILLTRACK_BACKUP_AT", "02:30")
    assert (away().is_ok, away().is_needed) == (False, False)
    assert f"The newest backup in {tmp_path / 'away'} is 3 days old. Run `backups make`" in away().message
    monkeypatch.delenv("SKILLTRACK_BACKUP_TO")
    monkeypatch.delenv("SKILLTRACK_BACKUP_AT")
    assert "backup_to" not in [each.name for each in conditions_of(corp)]


def test_each_command_works_as_the_docs_say_it_does(corp, tmp_path, monkeypatch):
    def run(*words, db=corp.path):
        return CliRunner().invoke(cli, ["--db", str(db), "backups", *words])

    corp.close()
    monkeypatch.setenv("SKILLTRACK_BACKUP_TO", str(tmp_path / "away"))
    key = tmp_path / "corp.key"
    assert run("key", str(key)).output.startswith(f"The key is in {key} (public part age1")
    monkeypatch.setenv("SKILLTRACK_BACKUP_KEY", str(key))
    assert "it was read back and is what was written" in run("make").output
    listed = run("list").output.splitlines()
    assert listed[0] == "made_at,name,sealed,kept_by"
    assert listed[1].endswith(".tar.gz.age,yes,daily weekly monthly")
    assert "those of the backup" in run("drill").output
    brought = run("bring", "--of", "corp", db=tmp_path / "new.duckdb")
    assert "is brought back from corp-" in brought.output
    refused = run("drill", "corp-20200101T000000Z.tar.gz")
    assert isinstance(refused.exception, Refused) or refused.exit_code == 2


def test_two_companies_of_one_name_on_one_shelf_never_take_each_others_backups(corp, tmp_path):
    """Two machines both call their database as the docs do, and share a bucket."""
    (tmp_path / "other").mkdir()
    other = open_store(tmp_path / "other" / "corp.duckdb")
    import_sources(other, [Source("skills", "skills.csv", b"skill_id,name\ns77,Knots\n")], Options())
    by = rules(tmp_path, keep={"daily": 1})
    shelf = shelf_at(by.place, corp.path)
    mine, theirs = make(corp, shelf, by), make(other, shelf, by)
    other.close()
    assert (mine.removed, theirs.removed) == ((), ())
    assert drill(shelf, by, own_name(Path(corp.path)))[0].startswith(f"{mine.name} is of ")
    with pytest.raises(Refused, match="Backups of several companies called corp"):
        bring(tmp_path / "new" / "corp.duckdb", shelf, by)
    bring(tmp_path / "new" / "corp.duckdb", shelf, by, mine.name)
    again = open_store(tmp_path / "new" / "corp.duckdb")
    assert totals(again)["rows of roster_rows"] == totals(corp)["rows of roster_rows"]
    again.close()


def test_a_bringing_that_was_killed_between_its_parts_is_done_again(corp, tmp_path):
    by = rules(tmp_path)
    shelf = shelf_at(by.place, corp.path)
    make(corp, shelf, by)
    new = tmp_path / "new" / "corp.duckdb"
    bring(new, shelf, by)
    new.unlink()
    kept = {path.name for path in (tmp_path / "new" / "corp.duckdb.files").iterdir()}
    (tmp_path / "new" / ".corp.duckdb.bringing").touch()
    bring(new, shelf, by)
    assert not list((tmp_path / "new").glob(".*"))
    (aside,) = (tmp_path / "new").glob("corp.duckdb.files.*.aside")
    assert {path.name for path in aside.iterdir()} == kept, "set aside, in case the database was lost after its end"
    open_store(new).close()


def test_files_on_the_shelf_that_are_no_backups_of_ours_stop_nothing(corp, tmp_path):
    own = own_name(Path(corp.path))
    by = rules(tmp_path, keep={"daily": 1})
    for name in (f"{own}-20301399T000000Z.tar.gz", f"{own}-20990101T000000Z.tar.gz"):
        (tmp_path / "away" / name).write_bytes(b"")
    shelf = shelf_at(by.place, corp.path)
    made = make(corp, shelf, by)
    assert made.removed == ()
    assert drill(shelf, by, own, made.name)


def test_an_erasure_names_the_places_of_backups_and_none_is_made_that_still_holds_the_person(corp, tmp_path):
    by = rules(tmp_path)
    erased = []

    class Slow(Folder):
        """A shelf on which a file arrives while somebody is erased."""

        def put(self, source, name):
            super().put(source, name)
            if not erased:
                erased.append("001")
                people = erasure.named(corp, erased)
                erasure.erase(corp, "op", people, erasure.places_of(corp, people))

    made = make(corp, Slow(tmp_path / "away"), by)
    assert [path.name for path in (tmp_path / "away").iterdir()] == [made.name]
    new = tmp_path / "new" / "corp.duckdb"
    bring(new, shelf_at(by.place, corp.path), by)
    again = open_store(new)
    assert not again.query("select 1 from roster_rows where employee_id = '001'").num_rows
    again.close()
    people = erasure.named(corp, ["002"])
    lines = erasure.going(corp, people, erasure.places_of(corp, people)).backups
    assert any(f"{by.place} has or had 1 backup that may hold them" in line for line in lines)
