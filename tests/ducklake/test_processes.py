"""Several processes on one lake, some of them killed: no state seen in part, nothing that was accepted lost, nothing twice."""

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import import_files
from skilltrack.keeping import check, open_at
from skilltrack.storage import address_of, transactions
from skilltrack.storage.lake_store import LakeStore
from tests.ducklake.server import PASSWORD, PROGRAMS, postgres
from tests.forked import skilltrack

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

WRITER = """
import sys
import threading
from pathlib import Path
from skilltrack.ingest import import_files
from skilltrack.keeping import open_at
from skilltrack.storage import address_of
store, folder, name = open_at(address_of(sys.argv[1]), creates=False), Path(sys.argv[2]), "-".join(sys.argv[3:])
for number in range(1000):
    file = folder / f"skills-{name}.csv"
    file.write_text(f"skill_id,name\\n{name}-{number},One\\n{name}-{number}-b,Other\\n")
    print(import_files(store, "skills", [file]).upload_id, flush=True)
"""
READER = """
import sys
import threading
from skilltrack.keeping import open_at
from skilltrack.storage import address_of
store, seen = open_at(address_of(sys.argv[1]), creates=False), 0
while True:
    with store.snapshot() as reading:
        ask = lambda text: reading.query(text).to_pylist()[0]["n"]
        uploads = ask("select count(*) as n from uploads")
        rows = ask("select count(*) as n from skill_rows where skill_id like '%-%'")
        lines = ask("select count(*) as n from journal_lines")
    if uploads != lines or rows != 2 * (uploads - 1) or uploads < seen:
        sys.exit(f"torn: {uploads} uploads, {lines} lines, {rows} rows, {seen} seen before")
    seen = uploads
    print(uploads, flush=True)
"""


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


class Running:
    """A process that is killed at the end at the latest."""

    def __init__(self, script, *words):
        self.process = subprocess.Popen(
            [sys.executable, str(script), *map(str, words)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def first(self):
        """The first line that it writes."""
        line = self.process.stdout.readline()
        if not line.strip().isdecimal():
            raise AssertionError(f"{line!r}, then {self.ended()}")
        return line

    def ended(self):
        """What else it wrote, after it was killed; what it complained of, where it had ended by itself."""
        died = self.process.poll()
        self.process.kill()
        lines, complaints = self.process.communicate()
        assert died is None, complaints
        return lines


@contextmanager
def running(code, count, address, folder, *words):
    """Some processes, each told its number; they are killed at the end."""
    script = (
        folder / f"script-{len(code)}.py"
    )  # of a process that has none (`-c`) the engine thinks that somebody looks at it
    script.write_text(code)
    processes = [Running(script, address, folder, *words, number) for number in range(count)]
    try:
        yield processes
    finally:
        for each in processes:
            each.process.kill()
            each.process.communicate()


def test_two_writers_that_are_killed_and_readers_lose_nothing_and_see_nothing_in_part(corp, tmp_path):
    accepted = []
    with running(READER, int(os.environ.get("SKILLTRACK_READERS", "2")), corp, tmp_path) as readers:
        for turn in range(int(os.environ.get("SKILLTRACK_TURNS", "2"))):
            with running(WRITER, 2, corp, tmp_path, turn) as writers:
                lines = [writer.first() for writer in writers]  # both get their turn
                lines += [line for writer in writers for line in writer.ended().splitlines()]
                accepted += map(int, lines)
        for reader in readers:
            reader.first()
            reader.ended()  # it goes on: one that saw a state in part would have stopped
    with closing(open_at(corp, creates=False)) as store:
        stored = store.query("select upload_id from uploads order by 1")["upload_id"].to_pylist()
        assert stored == list(range(1, len(stored) + 1))
        assert set(accepted) <= set(stored)
        assert len(set(accepted)) == len(accepted)
        assert check(store) == []


def test_a_lost_postgresql_is_told_stores_nothing_and_is_found_again(server, corp, tmp_path):
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    with closing(open_at(corp, creates=False)) as store:
        server.stop()
        with pytest.raises((BadStore, Refused), match="PostgreSQL"):
            store.query("select 1 from skill_rows")
        with pytest.raises((BadStore, Refused), match="PostgreSQL"):
            import_files(store, "skills", [tmp_path / "skills.csv"])
        told = skilltrack("uploads", db=corp)
        server.start()
        assert store.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 0
        assert import_files(store, "skills", [tmp_path / "skills.csv"]).status == "stored"
        assert check(store) == []
    assert (told.returncode, told.stdout) == (2, "")
    assert "PostgreSQL does not answer" in told.stderr
    assert PASSWORD not in told.stderr


def test_postgresql_that_is_lost_between_a_question_and_its_state_is_told_in_a_sentence(server, corp):
    with closing(open_at(corp)) as lake:
        try:
            with pytest.raises(BadStore, match="PostgreSQL"), closing(lake._new_cursor()) as cursor:
                server.kill()
                lake._begun(cursor)
        finally:
            server.start()
        assert lake.query("select count(*) as n from skill_rows").to_pylist() == [{"n": 1}]


def test_postgresql_that_is_lost_while_a_question_is_answered_is_told_in_a_sentence(server, corp):
    """Its transaction there begins with the question and ends with it; what the engine says then names no reason."""
    name = re.search(r"dbname=(\w+)", str(corp))[1]
    begun = "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
    with closing(open_at(corp)) as lake, ThreadPoolExecutor(1) as thread:
        try:
            asking = thread.submit(lake.query, "select sum(r.range) as n from skill_rows, range(2_000_000_000) as r")
            while server.ask(name, begun) == "0":
                assert not asking.done()
            server.kill()
            with pytest.raises(BadStore, match="PostgreSQL"):
                asking.result()
        finally:
            server.start()
        assert lake.query("select count(*) as n from skill_rows").to_pylist() == [{"n": 1}]


def test_postgresql_that_is_lost_in_the_midst_of_an_upload_leaves_nothing_of_it(server, corp, tmp_path, monkeypatch):
    real, counted = transactions.run, [0]

    def run(cursor, sql, parameters):
        counted[0] += 1
        if counted[0] == stop_at:
            stopping.start()
        return real(cursor, sql, parameters)

    with closing(open_at(corp, creates=False)) as store:
        for stop_at in (20, 32, 45):
            (tmp_path / "skills.csv").write_text(f"skill_id,name\ncut{stop_at},Cutting\n")
            stopping, counted[0] = threading.Thread(target=server.stop), 0
            with monkeypatch.context() as patch, pytest.raises((BadStore, Refused), match="PostgreSQL"):
                patch.setattr(transactions, "run", run)
                import_files(store, "skills", [tmp_path / "skills.csv"])
            stopping.join()
            server.start()
            assert store.query(f"select 1 from skill_rows where skill_id = 'cut{stop_at}'").num_rows == 0
            assert import_files(store, "skills", [tmp_path / "skills.csv"]).status == "stored"
        assert check(store) == []


@pytest.mark.parametrize(("owner", "step"), [(transactions.Transaction, "know"), (LakeStore, "_confirm")])
def test_what_is_written_down_when_postgresql_is_lost_is_not_called_undone_and_is_finished(
    server, corp, tmp_path, monkeypatch, owner, step
):
    """The journal has the line by then: whoever opens the lake or stores something next lands it."""
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    deeds = (
        lambda store: import_files(store, "skills", [tmp_path / "skills.csv"]),
        lambda store: give(store, Viewer.everyone(), "ann@x.example", "administrator"),
    )
    real, stops = getattr(owner, step), []

    def lost(*words):
        if not stops:
            stops.append(server.stop())
        return real(*words)

    with closing(open_at(corp, creates=False)) as store:
        for deed in deeds:
            stops.clear()
            try:
                with monkeypatch.context() as patch, pytest.raises(BadStore, match="written down.*PostgreSQL") as told:
                    patch.setattr(owner, step, lost)
                    deed(store)
            finally:
                server.start()
            assert "Nothing was" not in str(told.value)
            assert import_files(store, "skills", [tmp_path / "skills.csv"]).status == "repeated"
        assert store.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 1
        roles = "select account, role from role_events"
        assert store.query(roles).to_pylist() == [{"account": "ann@x.example", "role": "administrator"}]
        assert check(store) == []


def test_a_line_is_not_taken_back_by_who_has_lost_the_lock_since_another_may_be_storing_it(
    server, corp, tmp_path, monkeypatch
):
    """PostgreSQL was started again: the line can be asked about, and was it not stored a moment ago, it may be now."""
    (tmp_path / "skills.csv").write_text("skill_id,name\nforge,Forging\n")
    real = LakeStore._confirm

    with closing(open_at(corp, creates=False)) as store:

        def lost(self):
            if self is store:
                patch.undo()
                server.stop()
                server.start()
            return real(self)

        with monkeypatch.context() as patch, pytest.raises(BadStore, match="is written down"):
            patch.setattr(LakeStore, "_confirm", lost)
            import_files(store, "skills", [tmp_path / "skills.csv"])
        with closing(open_at(corp, creates=False)) as other:
            assert other.query("select 1 from skill_rows where skill_id = 'forge'").num_rows == 1
        assert check(store) == []


def test_a_database_that_is_not_there_and_a_catalogue_of_a_newer_ducklake_are_told_with_what_helps(server, corp):
    name = re.search(r"dbname=(\w+)", str(corp))[1]
    with pytest.raises(BadStore, match="does not know nowhere.*createdb"):
        open_at(address_of(str(corp).replace(name, "nowhere")))
    server.tell(name, "update ducklake_metadata set value = '9.1' where key = 'version'")
    with pytest.raises(BadStore, match=r"of DuckLake 9\.1, and this program reads 1\.0"):
        open_at(corp)


def test_a_wrong_password_is_told_and_never_repeated(corp, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB_PASSWORD", "another-password-7c2e91")
    with pytest.raises(BadStore, match="SKILLTRACK_DB_PASSWORD") as refused:
        open_at(corp)
    assert "another-password" not in str(refused.value)


def test_a_page_is_about_one_state_whatever_lands_meanwhile_and_the_next_about_the_newest(corp, tmp_path):
    (tmp_path / "theirs.csv").write_text("skill_id,name\nforge,Forging\n")
    (tmp_path / "ours.csv").write_text("skill_id,name\ncut,Cutting\n")
    with closing(open_at(corp, creates=False)) as ours, closing(open_at(corp, creates=False)) as theirs:

        def count():
            return ours.query("select count(*) as n from skill_rows")["n"][0].as_py()

        with ours.held():
            before, was = count(), ours.data_version()
            assert import_files(theirs, "skills", [tmp_path / "theirs.csv"]).status == "stored"
            assert (count(), ours.data_version()) == (before, was)
        with ours.held():
            assert count() == before + 1
            assert ours.data_version() == theirs.data_version() != was
            assert import_files(ours, "skills", [tmp_path / "ours.csv"]).status == "stored"
            assert count() == before + 2  # what the page itself has stored is on it


def test_one_process_is_on_duty_until_it_ends_and_then_the_next_one_that_asks(corp):
    with closing(open_at(corp, creates=False)) as other:
        with closing(open_at(corp, creates=False)) as first:
            assert [first.is_on_duty(), other.is_on_duty(), first.is_on_duty()] == [True, False, True]
        assert other.is_on_duty()


def test_who_sends_mail_waits_until_another_process_has_done_so(corp):
    with closing(open_at(corp, creates=False)) as one, closing(open_at(corp, creates=False)) as other:
        done = []

        def take_a_turn():
            with other.turn("mail"):
                done.append("mail")

        waiting = threading.Thread(target=take_a_turn)
        with one.turn("mail"), other.turn("backup"):
            waiting.start()
            waiting.join(1)
            assert done == []
        waiting.join(60)
        assert done == ["mail"]
