"""What one process does with a lake while others have it open: publishing, tidying up, holding a lock and then being gone."""

import json
import os
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import import_files, import_folder
from skilltrack.keeping import check, open_at
from skilltrack.lake import RELATIONS, publish
from skilltrack.mail import schedule
from skilltrack.mail.schedules import in_force
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.storage import address_of
from skilltrack.storage.lake_engine import ask_postgres, connect_lake
from tests.companies import kept
from tests.ducklake.server import PASSWORD, PLAIN, PROGRAMS, postgres
from tests.forked import python, skilltrack
from tests.ingest.test_import import COMPANY, write
from tests.mail.conftest import inbox, post_office  # noqa: F401 - fixtures

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

WAIT = 300
WAITING = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


@pytest.fixture(scope="module")
def server():
    with postgres() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_DB_PASSWORD", PASSWORD)
        yield running


@pytest.fixture
def corp(server, tmp_path):
    """The address of a lake with one upload in it."""
    (tmp_path / "lake").mkdir()
    (tmp_path / "first.csv").write_text("skill_id,name\nweld,Welding\n")
    address = address_of(f"{server.catalogue(f'corp{time.monotonic_ns()}')}?data={tmp_path}/lake")
    with closing(open_at(address)) as store:
        assert import_files(store, "skills", [tmp_path / "first.csv"]).status == "stored"
    return address


def shown(folder):
    """The files that a reader of a folder is led to, and all those that lie there."""
    named = {stated["file"] for stated in json.loads((folder / "lake.json").read_text())["relations"].values()}
    return named, {path.name for path in folder.iterdir()} - {"lake.json"}


def test_what_is_being_published_stays_when_somebody_opens_the_lake(corp, tmp_path):
    opened = []

    def open_too(step):
        if step in ("Reading awards", "Reading targets"):
            open_at(corp, creates=False).close()
            opened.append(step)

    with closing(open_at(corp, creates=False)) as lake:
        publish(lake, Viewer.everyone(), str(tmp_path / "out"), open_too)

    assert len(opened) == 2
    named, there = shown(tmp_path / "out")
    assert named == there
    assert len(named) == len(RELATIONS)


def test_what_a_killed_publication_left_in_the_folder_of_a_lake_goes_when_it_is_opened(corp, tmp_path):
    """Else whoever is erased next stays there."""
    left = tmp_path / "lake" / ".skilltrack.publish-abcdefgh"
    left.mkdir()
    (left / "roster-20260101T000000-abcdef.parquet").write_text("Ann")
    open_at(corp, creates=False).close()
    assert not left.exists()


def test_of_two_servers_that_publish_one_waits_and_each_reader_has_whole_files(server, corp, tmp_path):
    name, out, done = re.search(r"dbname=(\w+)", str(corp))[1], tmp_path / "out", []

    def have_another_begin(step):
        if done or not step.startswith("Writing"):
            return
        done.append(thread.submit(skilltrack, "publish", "--to", out, db=corp))
        until = time.monotonic() + WAIT
        while server.ask(name, WAITING) == "0" and not done[0].done() and time.monotonic() < until:
            time.sleep(0.05)

    with ThreadPoolExecutor(1) as thread, closing(open_at(corp, creates=False)) as lake:
        first = publish(lake, Viewer.everyone(), str(out), have_another_begin)
        second = done[0].result(WAIT)
    assert (second.returncode, second.stderr) == (0, "")
    named, there = shown(out)
    assert named == there
    assert not named & {relation.file for relation in first.manifest.relations.values()}


def test_who_has_lost_the_turn_shows_nothing_since_another_may_have_begun(server, corp, tmp_path):
    def lose(step):
        if step.startswith("Writing skills-"):
            server.stop()
            server.start()

    with closing(open_at(corp, creates=False)) as lake:
        with pytest.raises(Refused, match="PostgreSQL was lost meanwhile"):
            publish(lake, Viewer.everyone(), str(tmp_path / "out"), lose)
        assert list((tmp_path / "out").iterdir()) == []
        publish(lake, Viewer.everyone(), str(tmp_path / "out"))
    named, there = shown(tmp_path / "out")
    assert named == there


def test_a_machine_that_is_gone_holds_a_lock_for_a_minute_and_not_for_hours(corp):
    """PostgreSQL looks after the machine of whoever has the lock; who waits for PostgreSQL looks after its machine."""
    looked_at = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    asked = ", ".join(f"current_setting(''{name}'') as {name}" for name in looked_at)
    with closing(open_at(corp, creates=False)) as lake:
        with lake.alone():
            assert ask_postgres(lake._lock, f"select {asked}") == [("30", "10", "3", "60000")]
        assert lake.is_on_duty()
        assert ask_postgres(lake._turns._on_duty, f"select {asked}") == [("30", "10", "3", "60000")]
        ours = [
            options
            for number in Path("/proc/self/fd").iterdir()
            if (options := _watched(int(number.name), corp)) is not None
        ]
    assert ours
    assert set(ours) == {(1, 30, 10, 3, 60_000)}


def _watched(number, address):
    """How the system looks after a connection of this process to PostgreSQL; None for any other file that is open."""
    port = int(re.search(r"port=(\d+)", str(address))[1])
    with suppress(OSError), ExitStack() as closing_it:
        copy = os.dup(number)
        closing_it.callback(os.close, copy)
        ours = closing_it.enter_context(socket.socket(fileno=copy))
        closing_it.callback(ours.detach)
        if ours.family == socket.AF_INET and ours.getpeername()[1] == port:
            of_tcp = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
            options = [ours.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in of_tcp]
            return (ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), *options)
    return None


def test_a_host_that_takes_a_connection_and_says_nothing_is_given_up(tmp_path):
    """An address says how long to wait, and otherwise it is ten seconds: by itself it waits as long as the host does."""
    (tmp_path / "lake").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for patience, least, most in (("", 8, 60), ("connect_timeout=3", 2, 7)):
            began = time.monotonic()
            with pytest.raises(BadStore, match="PostgreSQL does not answer"):
                open_at(
                    address_of(
                        f"ducklake:postgres:dbname=x host=127.0.0.1 port={port} user=x {patience}?data={tmp_path}/lake"
                    )
                )
            assert least < time.monotonic() - began < most
    assert list((tmp_path / "lake").iterdir()) == []


@pytest.mark.skipif(PLAIN is None, reason="the machine has no plain locale of glibc")
def test_a_postgresql_that_speaks_another_language_is_warned_of(server, corp, tmp_path, caplog):
    open_at(corp, creates=False).close()
    assert caplog.records == []
    (tmp_path / "theirs").mkdir()
    with postgres(language="de_DE.utf8") as german:
        open_at(address_of(f"{german.catalogue('corp')}?data={tmp_path}/theirs")).close()
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert "lc_messages is de_DE.utf8" in caplog.messages[0]


def test_tidying_up_waits_for_an_upload_in_flight(server, corp, tmp_path, monkeypatch):
    name = re.search(r"dbname=(\w+)", str(corp))[1]
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    is_written, may_go_on = threading.Event(), threading.Event()
    with (
        closing(open_at(corp, creates=False)) as theirs,
        closing(open_at(corp, creates=False)) as ours,
        ThreadPoolExecutor(2) as threads,
    ):
        confirm = theirs._confirm

        def stop_before_the_commit():
            is_written.set()
            assert may_go_on.wait(WAIT)
            confirm()

        monkeypatch.setattr(theirs, "_confirm", stop_before_the_commit)
        storing = threads.submit(import_files, theirs, "skills", [tmp_path / "skills.csv"])
        try:
            assert is_written.wait(WAIT)
            tidying = threads.submit(ours.maintain)
            until = time.monotonic() + WAIT
            while server.ask(name, WAITING) == "0" and not tidying.done() and time.monotonic() < until:
                time.sleep(0.05)
            assert not tidying.done()
        finally:
            may_go_on.set()
        assert storing.result(WAIT).status == "stored"
        tidying.result(WAIT)
        assert ours.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 1
        assert check(ours) == []


def test_tidying_up_leaves_the_file_of_somebody_who_has_lost_the_lock_and_commits_after_all(corp, tmp_path):
    files = tmp_path / "lake" / "tables"
    with closing(open_at(corp, creates=False)) as lake, closing(connect_lake(corp, creates=False)) as theirs:
        before = set(files.rglob("*.parquet"))
        theirs.execute("use lake; begin")
        theirs.execute("insert into skill_rows select * replace ('late' as skill_id) from skill_rows")
        written = set(files.rglob("*.parquet")) - before
        assert len(written) == 1
        lake.maintain()
        assert written <= set(files.rglob("*.parquet"))
        theirs.execute("commit")
        assert lake.query("select skill_id from skill_rows order by 1")["skill_id"].to_pylist() == ["late", "weld"]


def test_tidying_up_leaves_fewer_files_on_the_disk_once_nobody_reads_the_old_ones(server, corp, tmp_path):
    """After a day what no state needs goes, and after two what a killed process has left; the answers stay."""
    name, files = re.search(r"dbname=(\w+)", str(corp))[1], tmp_path / "lake" / "tables"

    def age(table, column):
        server.tell(name, f"update {table} set {column} = {column} - interval '3 days'")

    def count():
        return len(list(files.rglob("*.parquet")))

    with closing(open_at(corp, creates=False)) as lake:
        for number in range(4):
            (tmp_path / "skills.csv").write_text(f"skill_id,name\nforge{number},Forging\n")
            assert import_files(lake, "skills", [tmp_path / "skills.csv"]).status == "stored"
        was, rows = kept(lake), lake.query("select * from skill_rows order by all")
        some = next(files.rglob("skill_rows/*.parquet"))
        killed, in_flight = some.with_name(f"ducklake-{uuid4()}.parquet"), some.with_name(f"ducklake-{uuid4()}.parquet")
        for left in (killed, in_flight):
            left.write_bytes(some.read_bytes())
        os.utime(killed, (time.time() - 3 * 86_400,) * 2)
        before = count()

        age("ducklake_snapshot", "snapshot_time")
        done = skilltrack("lake", "maintain", db=corp)
        assert done.returncode == 0, done.stderr
        were, are = map(int, re.search(r"(\d+) files are (\d+) now", done.stderr).groups())
        assert are < were
        assert (killed.exists(), in_flight.exists()) == (False, True)
        assert server.ask(name, "select count(*) from ducklake_snapshot") == "1"

        age("ducklake_files_scheduled_for_deletion", "schedule_start")
        assert skilltrack("lake", "maintain", db=corp).returncode == 0
        assert count() == are + 1 < before
        assert (kept(lake), lake.query("select * from skill_rows order by all")) == (was, rows)
        assert check(lake) == []


SENDER = """
import sys
from datetime import UTC, datetime, timedelta
from skilltrack.config import today
from skilltrack.keeping import open_at
from skilltrack.mail.orders import rules_with_links
from skilltrack.mail.post import Post
from skilltrack.mail.scheduled import send_scheduled
from skilltrack.storage import address_of
store, now = open_at(address_of(sys.argv[1]), creates=False), datetime.now(UTC).replace(tzinfo=None)
print(len(send_scheduled(Post(store, rules_with_links(), today(), now + timedelta(days=8))).sent))
"""
"""Sends what is due in eight days, and says how many mails those were."""


def test_of_two_servers_that_send_what_is_scheduled_each_reader_gets_it_once(server, tmp_path, request):
    post = request.getfixturevalue("inbox")
    name, readers = f"corp{time.monotonic_ns()}", ["ann@x.example", "kim@x.example"]
    (tmp_path / "lake").mkdir()
    address = address_of(f"{server.catalogue(name)}?data={tmp_path}/lake")
    with closing(open_at(address)) as lake:
        assert import_folder(lake, write(tmp_path / "files", **COMPANY)).status == "stored"
        for reader in readers:
            give(lake, Viewer.everyone(), reader, "ld")
        day = (today() + timedelta(days=3)).isoweekday()
        schedule(lake, Viewer.everyone(), Order("coverage", "csv", Filters()), readers, "week", day, 6)

        post.most = 0  # the first one waits with its first mail
        with ThreadPoolExecutor(2) as threads:
            sending = [threads.submit(python, SENDER, address) for _ in range(2)]
            until = time.monotonic() + WAIT
            while server.ask(name, WAITING) == "0" and time.monotonic() < until:
                assert not any(each.done() for each in sending), [each.result() for each in sending if each.done()]
                time.sleep(0.05)
            post.most = None
            done = [each.result(WAIT) for each in sending]

        assert sorted(each.stdout.strip() for each in done) == ["0", "2"], [each.stderr for each in done]
        assert sorted(mail["To"] for mail in post.mails) == readers
        assert [dict(each.outcome) for each in in_force(lake)] == [{"001": "sent", "kim@x.example": "sent"}]
        assert check(lake) == []
