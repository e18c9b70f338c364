"""The store: whole or not at all, upgraded when old, refused when it is not ours."""

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from skilltrack.api.answers import refusal
from skilltrack.errors import BadStore, NoMemory
from skilltrack.ingest import import_folder
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import backup, open_store
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.storage import schema
from skilltrack.storage.store import MARK, Store, migrations
from tests import forked
from tests.ingest.test_import import COMPANY, write


def test_a_block_that_fails_leaves_nothing_behind():
    store = Store.open(":memory:")
    with pytest.raises(ZeroDivisionError), store.write() as transaction:
        transaction.run("insert into uploads values (1, date '2024-01-01', 'snapshot')")
        _ = 1 / 0

    assert store.query("select * from uploads").num_rows == 0


def test_a_block_that_gives_up_leaves_nothing_behind_and_the_next_one_works():
    store = Store.open(":memory:")
    with store.write() as transaction:
        transaction.run("insert into uploads values (1, date '2024-01-01', 'snapshot')")
        transaction.give_up()
    with store.write() as transaction:
        transaction.run("insert into uploads values (2, date '2024-01-01', 'snapshot')")

    assert store.query("select upload_id from uploads").to_pylist() == [{"upload_id": 2}]


def one_more_migration(folder, text):
    """A copy of the migrations with one more, whose number it returns."""
    shutil.copytree(schema.SCHEMA, folder)
    number = max(schema.migrations()) + 1
    (folder / f"{number:04}_more.sql").write_text(text)
    return number


def test_an_older_file_is_upgraded_when_opened(tmp_path, monkeypatch):
    path = tmp_path / "old.duckdb"
    Store.open(path).close()
    number = one_more_migration(tmp_path / "schema", "create table more (a integer);")
    monkeypatch.setattr(schema, "SCHEMA", tmp_path / "schema")

    store = Store.open(path)

    assert store.schema_version() == number
    assert store.query("select * from more").num_rows == 0


def test_a_migration_that_fails_leaves_the_older_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "old.duckdb"
    Store.open(path).close()
    bad = "create table more (a integer); create table more (a integer);"
    number = one_more_migration(tmp_path / "schema", bad)
    with monkeypatch.context() as patch, pytest.raises(BadStore):
        patch.setattr(schema, "SCHEMA", tmp_path / "schema")
        Store.open(path)

    assert Store.open(path).schema_version() == number - 1


def test_a_newer_file_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "new.duckdb"
    store = Store.open(path)
    with store.write() as transaction:
        transaction.run("insert into skilltrack_schema values (99, timestamp '2030-01-01')")
    store.close()

    with pytest.raises(BadStore, match=r"newer Skilltrack \(schema 99.*update Skilltrack"):
        Store.open(path)


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.duckdb"
    other = duckdb.connect(str(path))
    other.execute("create table sales (a integer)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(BadStore, match="another program.*sales.*--db"):
        Store.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("just a text, long enough to be looked at"), "is not a DuckDB database"),
        (lambda path: path.write_bytes(b""), "is not a DuckDB database"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: sqlite3.connect(path).execute("create table t (a)").connection.close(), "is a SQLite database"),
    ],
    ids=["text", "empty", "folder", "sqlite"],
)
def test_what_is_no_database_is_refused_with_a_sentence(tmp_path, make, said):
    path = tmp_path / "thing.duckdb"
    make(path)

    with pytest.raises(BadStore, match=said):
        Store.open(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(BadStore, match="folder .* does not exist"):
        Store.open(tmp_path / "no" / "x.duckdb")


def test_a_damaged_file_is_told_and_not_touched(tmp_path):
    path = tmp_path / "x.duckdb"
    Store.open(path).close()
    content = bytearray(path.read_bytes())
    content[12288:12800] = b"\x55" * 512
    path.write_bytes(content)

    with pytest.raises(BadStore, match="damaged"):
        Store.open(path)
    assert path.read_bytes() == bytes(content)


def test_a_database_held_by_another_process_names_that_process(tmp_path):
    path = tmp_path / "held.duckdb"
    code = f"import time; from skilltrack.storage import Store; s = Store.open({str(path)!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "open\n"
        try:
            with pytest.raises(BadStore, match=f"open in process {holder.pid}"):
                Store.open(path)
        finally:
            holder.kill()


def test_a_database_stays_locked_while_it_is_open_also_when_its_file_was_copied_and_searched(tmp_path):
    """Closing any descriptor of a file lets go of the engine's lock, and two processes would write to one database."""
    path = tmp_path / "c.duckdb"
    store = open_store(path)
    import_folder(store, write(tmp_path / "company", **COMPANY), effective=date(2024, 1, 1))
    backup(store, tmp_path / "backup")
    people = erasure.named(store, ["001"])
    erasure.erase(store, "op", people, erasure.places_of(store, people))
    erasure.search(store, people)

    with pytest.raises(BadStore, match="open in process"):
        commands_open(path)
    store.close()
    commands_open(path)


def commands_open(path):
    """Open and close the database in another process."""
    ended = forked.skilltrack("uploads", db=path)
    if ended.returncode:
        raise BadStore(ended.stderr)


def test_threads_get_their_own_rows_while_another_writes():
    store = Store.open(":memory:")
    wrong, stop = [], time.monotonic() + 1.0

    def read(number: int) -> None:
        while time.monotonic() < stop:
            if store.query("select $n as n", {"n": number}).to_pylist() != [{"n": number}]:
                wrong.append(number)

    readers = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for reader in readers:
        reader.start()
    while time.monotonic() < stop:
        with store.write() as transaction:
            transaction.run("insert into uploads values (1, date '2024-01-01', 'snapshot')")
    for reader in readers:
        reader.join()

    assert wrong == []


def test_money_and_empty_whole_numbers_stay_exact():
    store = Store.open(":memory:")
    frame = store.frame(
        "select 0.10::decimal(18, 2) as amount, null::integer as n union all select 12345678901234.56, 7 order by 1"
    )

    assert frame["amount"].tolist() == [Decimal("0.10"), Decimal("12345678901234.56")]
    assert frame["n"].iloc[1] == 7


def test_a_temporary_table_is_seen_by_its_own_transaction_only():
    store = Store.open(":memory:")
    with store.write() as transaction:
        transaction.stage("arrived", pa.table({"a": [1, 2]}), "select * from landing")
        assert len(transaction.rows("select * from arrived")) == 2
    with pytest.raises(duckdb.Error):
        store.query("select * from arrived")


def test_what_is_staged_belongs_to_no_transaction_so_it_comes_before_all_that_is_written():
    store = Store.open(":memory:")
    with pytest.raises(RuntimeError, match="something was written"), store.write() as transaction:
        transaction.run(
            "insert into skill_rows (upload_id, file_no, line_no, skill_id, name) values (1, 0, 2, 's', 'S')"
        )
        transaction.stage("arrived", pa.table({"a": [1, 2]}), "select * from landing")

    assert store.query("select * from skill_rows").num_rows == 0


def test_the_data_version_changes_with_every_write():
    store = Store.open(":memory:")
    before = store.data_version()
    with store.write() as transaction:
        transaction.run("insert into upload_events values (1, 'landed', timestamp '2024-01-01', 'me')")

    assert store.data_version() != before


def test_a_snapshot_answers_from_one_state_whatever_lands_meanwhile():
    store = Store.open(":memory:")
    with store.snapshot() as reading:
        before = reading.query("select count(*) as n from uploads").to_pylist()
        with store.write() as transaction:
            transaction.run("insert into uploads values (1, date '2024-01-01', 'snapshot')")

        assert reading.query("select count(*) as n from uploads").to_pylist() == before == [{"n": 0}]
    assert store.query("select count(*) as n from uploads").to_pylist() == [{"n": 1}]
    store.close()


def test_one_heavy_question_does_not_keep_the_others_waiting():
    store, started, ended = Store.open(":memory:"), threading.Event(), threading.Event()
    heavy = "select count(*) from range(100000000) as a, range(100000000) as b where a.range * b.range % 7 = 3"

    def ask_for_hours(reading):
        started.set()
        with suppress(duckdb.InterruptException):
            reading.query(heavy)
        ended.set()

    with store.snapshot() as reading:
        asking = threading.Thread(target=ask_for_hours, args=(reading,), daemon=True)
        asking.start()
        started.wait()
        for number in range(20):
            assert store.query("select $n as n", {"n": number}).to_pylist() == [{"n": number}]
            with store.write() as transaction:
                transaction.run("insert into uploads values ($n, date '2024-01-01', 'snapshot')", {"n": number})
        is_still_asking = not ended.is_set()
        until = time.monotonic() + 60
        while not ended.wait(0.1) and time.monotonic() < until:
            reading._cursor.interrupt()  # again: it may not have begun yet
        asking.join(60)

    assert is_still_asking, "the heavy question was over before the others were asked"
    assert ended.is_set()
    assert store.query("select * from uploads").num_rows == 20


def test_no_table_has_an_index_that_a_replayed_log_could_leave_behind(tmp_path):
    store = Store.open(tmp_path / "s.duckdb")

    assert store.query("select index_name from duckdb_indexes()").to_pylist() == []
    store.close()


STEPS_SINCE_9 = (
    "journal_lines", "badge_files", "erased_rows", "job_title_rows", "kept_schema", "undated_revocations",
    "issuer_key_rows", "award_checks", "token_events", "named_issuers",
)  # fmt: skip
"""Tables that the steps after the ninth have brought."""
LATER_KINDS = ("job_titles", "issuer_keys")
"""Kinds of file that a program of the ninth step did not know."""


def test_a_file_of_the_program_before_keeps_every_row_and_learns_its_lines(tmp_path):
    """What the newest step lost, or did not bring over from the journal, would be lost for good."""
    path = tmp_path / "x.duckdb"
    older = open_store(path)
    files = write(tmp_path / "company", **{kind: text for kind, text in COMPANY.items() if kind not in LATER_KINDS})
    assert import_folder(older, files, effective=date(2024, 1, 1)).status == "stored"
    names = [row["name"] for row in older.query("select table_name as name from duckdb_tables()").to_pylist()]
    lines = older.query("select line from journal_lines")["line"].to_pylist()
    with older.write() as transaction:
        for table in STEPS_SINCE_9:
            transaction.run(f"drop table {table}")
        transaction.run("alter table badge_rows drop column revocation_reason")
        transaction.run("alter table kept_state drop column fingerprint")
        transaction.run(f"delete from {MARK} where version > 9")
    held = {n: older.query(f"select * from {n}").to_pylist() for n in names if n not in (MARK, *STEPS_SINCE_9)}
    held = {name: rows for name, rows in held.items() if not name.startswith("kept_")}
    held["badge_rows"] = [row | {"revocation_reason": None} for row in held["badge_rows"]]
    older.close()

    newer = open_store(path)
    assert newer.schema_version() == max(migrations())
    assert {name: newer.query(f"select * from {name}").to_pylist() for name in held} == held
    assert newer.query("select line from journal_lines")["line"].to_pylist() == lines
    assert damaged_uploads(newer) == []
    assert check_journal(newer) == []
    newer.close()


def test_a_question_for_which_there_is_no_memory_is_a_sentence_and_the_next_one_is_answered(tmp_path):
    """A trace says nothing to whoever asks, and they cannot know that a smaller question works."""
    store = Store.open(tmp_path / "x.duckdb")
    store._connection.execute("set memory_limit = '64MiB'")

    with pytest.raises(NoMemory, match="Ask about fewer people or a shorter time, .* SKILLTRACK_MEMORY") as refused:
        store.query("select list(range) from range(10_000_000)")
    with pytest.raises(NoMemory), store.snapshot() as state:
        state.query("select list(range) from range(10_000_000)")

    assert refusal(refused.value).status_code == 503
    assert store.query("select 1 as n").num_rows == 1
    store.close()
