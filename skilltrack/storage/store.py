"""The database in its DuckDB file.

One process owns the file. Reads take a cursor each (a connection shared by threads returns other threads' rows);
writes go one at a time through `Store.write`, one transaction each. Any `duckdb.Error` on opening becomes a sentence.
"""

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pandas as pd
import pyarrow as pa

from skilltrack.config import located
from skilltrack.errors import BadStore, NoMemory, NoRoom, Refused
from skilltrack.storage.address import Address
from skilltrack.storage.audit_log import note_write
from skilltrack.storage.database_file import in_words, is_over_memory, known_words, memory_in_words, refuse_foreign_file
from skilltrack.storage.engine import connect
from skilltrack.storage.journal import Entry, Journal
from skilltrack.storage.memory import Memory
from skilltrack.storage.replacing import alone_at, fresh_beside, remove_fresh, swap
from skilltrack.storage.schema import MARK, SHAPE, migrate, migrations, refuse_foreign
from skilltrack.storage.transactions import Snapshot, Transaction, frame, table

NEWEST_LINE = "select digest from journal_lines order by line_no desc limit 1"

PATIENCE = 60.0
"""Seconds for which questions that are being answered are waited for before the file is let go of."""

# duckdb 2.0 would rather have `sql()`, which plans every question twice (a third slower on our texts).
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)


class Store:
    """An open database. Thread-safe: any thread may query, one at a time writes."""

    computed_at: None = None
    """What it holds is as of now."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: str, journal: Journal | None = None):
        self.path = path
        self.journal = journal or Journal(path)
        self._connection = connection
        self._writing = threading.Lock()
        self._file: BinaryIO | None = None
        self._swapping = threading.RLock()
        """Taken while another file takes the place of this one and there is no connection."""
        self._reading = threading.Condition()
        self._readers = 0
        """Cursors of questions that are open."""
        self._version: str | None = None
        self.memory = Memory()
        """What questions have looked up and need again; forgotten with every write."""
        self.mend: Callable[[], None] = lambda: None
        """Finishes what another process was stopped in the midst of: called before anything is written to a lake."""
        self.fault = ""
        """Why nothing may be stored: what the journal, the audit log and the database say does not agree."""
        self.is_shared = False
        """Whether this process answers others meanwhile, so that an import must leave memory to them."""

    @classmethod
    def open(cls, path: str | Path, is_read_only: bool = False, journal: Journal | None = None) -> "Store":
        """Open or create the database at `path` (`:memory:` allowed) and bring its schema up to date.

        `is_read_only` leaves the file as it is, its schema too. `journal`: the one that it is filled from, where it
        does not lie beside the file.

        Raises `BadStore` with a sentence when the file is not a Skilltrack database, is newer than this program,
        is damaged, or is held by another process.
        """
        path = str(path)
        if path != ":memory:":
            path = str(located(Path(path)))
            refuse_foreign_file(Path(path))
        try:
            connection = connect(path, is_read_only)
        except duckdb.Error as error:
            raise BadStore(in_words(path, str(error))) from error
        store = cls(connection, path, journal)
        try:
            applied = refuse_foreign(store)
            if not is_read_only:
                migrate(store, applied, lambda: cls.open(":memory:"))
        except duckdb.Error as error:
            store.close()
            raise BadStore(in_words(path, str(error))) from error
        except BadStore:
            store.close()
            raise
        return store

    @property
    def folder(self) -> Path | None:
        """Where the file lies, and what is put aside for a moment; None of a database in memory."""
        return None if self.path == ":memory:" else Path(self.path).absolute().parent

    @property
    def place(self) -> Path | Address:
        """What it is named by: its file, or the address of a lake."""
        return Path(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._file is not None:
            self._file.close()

    def pieces(self, size: int = 2**20) -> Iterator[bytes]:
        """The file as it lies on the disk, from its beginning.

        It stays open as long as the database does: a process that closes a file, however it opened it, lets go of the
        engine's lock on it (POSIX), and another process could then write to the database too.
        """
        if self._file and not os.path.samestat(os.fstat(self._file.fileno()), Path(self.path).stat()):
            self._file.close()  # another file has taken its place
            self._file = None
        if self._file is None:
            self._file = Path(self.path).open("rb")  # noqa: SIM115 - see above
        number, at = self._file.fileno(), 0
        while piece := os.pread(number, size, at):
            yield piece
            at += len(piece)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select as an Arrow table; `parameters` may hold more names than the text uses."""
        with self._cursor() as cursor:
            return table(cursor, sql, parameters)

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Rows of one select as a DataFrame whose decimals, dates and empty whole numbers stay exact."""
        return frame(self.query(sql, parameters))

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """Several selects about one and the same state of the data, whatever lands meanwhile."""
        recall = self.memory.now()  # before the cursor: of what it reads, or of a state before
        with self._cursor() as cursor:
            try:
                cursor.execute("begin")
                yield Snapshot(cursor, recall)
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")

    @contextmanager
    def write(self) -> Iterator["Transaction"]:
        """One transaction: everything in the block appears together on leaving it, or nothing after an error.

        What the block records is on the disk before the commit, and void if that fails. Raises `Refused`, and stores
        nothing, when something is recorded while the journal does not end where the database does.
        """
        with self._writing:
            cursor = self._new_cursor()
            transaction = Transaction(cursor)
            noted: list[Entry] = []
            accepted: list[Entry] = []
            try:
                cursor.execute("begin")
                yield transaction
                if transaction.is_given_up:
                    cursor.execute("rollback")
                else:
                    if transaction.recorded:
                        self.refuse_unless_whole()
                    for entry in transaction.recorded:
                        self._note(transaction, entry, noted)
                    self._confirm()
                    with self.memory.changing():
                        cursor.execute("commit")
                accepted = noted
            except BaseException as error:
                with suppress(duckdb.Error):  # a failed commit has rolled back already
                    cursor.execute("rollback")
                if isinstance(error, duckdb.Error) and "FATAL" in str(error):
                    self._reopen()
                are_void = [self._take_back(entry) for entry in noted]
                if isinstance(error, Exception) and not all(are_void):
                    raise BadStore(self._left_open()) from error
                words = known_words(self.path, str(error)) if isinstance(error, (duckdb.Error, OSError)) else None
                if words:
                    raise (NoMemory if is_over_memory(str(error)) else Refused)(words) from error
                raise
            finally:
                cursor.close()
                self._version = None
                with suppress(OSError):
                    self.journal.let_go(accepted, self.fault)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own, once another file that is taking the place of this one has done so."""
        try:
            cursor = self._counted()
        except duckdb.ConnectionException:
            with self._swapping:
                cursor = self._counted()
        try:
            with memory_in_words():
                yield cursor
        finally:
            cursor.close()
            with self._reading:
                self._readers -= 1
                self._reading.notify_all()

    def _counted(self) -> duckdb.DuckDBPyConnection:
        with self._reading:
            cursor = self._new_cursor()
            self._readers += 1
        return cursor

    def _new_cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor()

    def _confirm(self) -> None:
        """Raise `Refused` where what a transaction has done must not be committed after all."""

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Leave the file to the block, which may put another in its place; questions and writers wait for its end."""
        with self._writing, self._swapping, self.memory.changing():
            with self._reading:
                self._connection.close()  # who comes from here on waits for `_swapping`
                is_idle = self._reading.wait_for(lambda: self._readers == 0, PATIENCE)
            if not is_idle:
                self._connection = connect(self.path)
                raise Refused(f"{self.path} is still being read. Nothing was changed; try again in a minute.")
            if self._file is not None:
                self._file.close()
                self._file = None
            try:
                yield
            finally:
                self._connection, self._version, self.fault = connect(self.path), None, ""

    def refuse_unless_whole(self) -> None:
        """Raise `Refused` when what is accepted now could be lost or read as forged.

        That is so where the journal is not what it was, or the audit log is sealed with another key.
        """
        if not self.journal.is_kept:
            return
        self.journal.audit.refuse_other_key()
        if not self.fault:
            lines = self.query(NEWEST_LINE).to_pylist()
            if self.journal.newest() != (lines[0]["digest"] if lines else ""):
                self.fault = f"The journal {self.journal.path} was changed or removed while the database was open."
        if self.fault:
            raise Refused(f"{self.fault} Nothing was stored. Run `repair`, which says what it does, and try again.")

    def _note(self, transaction: Transaction, entry: Entry, noted: list[Entry]) -> None:
        """Have a line in the journal, its hash in the audit log, and both known to the database.

        In this order: what the audit log notes is in the journal. The line knows the audit log up to here. It is among
        `noted` from the moment it is in the journal.
        """
        entry["number"], entry["hash"] = self.journal.audit.newest()
        written = self.journal.note(entry)
        noted.append(written)
        number, digest = note_write(self.journal.audit, written)
        transaction.know(written)
        transaction.know_head(number, digest)

    def _take_back(self, entry: Entry) -> bool:
        """Have an entry count for nothing, unless it is in the database after all: interrupted after the commit.

        Returns whether the database could be asked; else the entry counts, and is landed when it is opened again.
        """
        try:
            asked = "select 1 from journal_lines where digest = $digest"
            is_stored = self.query(asked, {"digest": entry["digest"]}).num_rows
        except (duckdb.Error, BadStore):
            return False
        if not is_stored:
            with suppress(OSError):
                self.journal.withdraw(entry)
                self.journal.audit.note("", "failed", instead_of=entry["event"], line=entry["digest"])
        return True

    def _left_open(self) -> str:
        """What is told where nobody can say by now whether something was stored."""
        return (
            f"{self.path} could not be used any more when this was to be stored. It is written down, and stored when "
            "the database is opened again; look whether it is there before you do it again."
        )

    def _reopen(self) -> None:
        """Open the file anew after an error that makes the engine refuse everything; later calls tell if it fails."""
        with suppress(duckdb.Error):
            self._connection.close()
            self._connection = connect(self.path)

    def copy_to(self, path: Path, also: Callable[[], None] = lambda: None) -> None:
        """Copy the file as it is now to `path`, which must not exist; writers wait meanwhile, readers do not.

        `also` is done while they wait: what lies beside the file is then of the same moment.
        """
        with self._writing, path.open("xb") as copy:
            try:
                self._connection.cursor().execute("checkpoint").fetchall()
            except duckdb.Error as error:
                if "FATAL" in str(error):
                    self._reopen()
                raise NoRoom(known_words(self.path, str(error)) or f"{self.path} cannot be copied: {error}") from error
            for piece in self.pieces():
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
            also()

    @contextmanager
    def replaced(self) -> Iterator[Path]:
        """Have the file that the block builds take the place of this one at its end; writers wait, readers do not.

        Nothing of the old file stays, nor of the kept files that the journal says are gone.
        """
        path = Path(self.path)
        fresh = fresh_beside(path)
        with self._writing, alone_at(path):
            try:
                yield fresh
            except BaseException:
                remove_fresh(fresh)
                with suppress(OSError):
                    self.journal.give_up_draft(self.fault)
                raise
            before = self.data_version()
            with suppress(duckdb.Error):  # no log of the old file beside the new one; a damaged file keeps its log
                self._connection.cursor().execute("checkpoint").fetchall()
            with self._swapping, self.memory.changing():
                self._connection.close()
                try:
                    swap(path, fresh, None)
                finally:
                    self._connection, self._version = connect(self.path), None
                while self.data_version() == before:  # the engine gives the old file while somebody still reads it
                    self._connection.close()
                    time.sleep(0.1)
                    self._connection, self._version = connect(self.path), None
            self.journal.finish_erasures()  # before anybody who waits keeps a file of the same content again

    @contextmanager
    def alone(self, waits: bool = True) -> Iterator[bool]:
        """Keep every other process from storing anything meanwhile: none can where this one has the file."""
        yield True

    @contextmanager
    def turn(self, what: str, waits: bool = True) -> Iterator[Callable[[], bool]]:
        """Keep every other process from doing `what` meanwhile: none can where this one has the file.

        It gives what says whether the turn is ours, asked anew each time: not where another process has it and this
        does not wait, nor once it is lost, so that another may have begun.
        """
        yield lambda: True

    def is_on_duty(self) -> bool:
        """Whether this process does what is done by itself, once for all: it does where it has the file."""
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have all that this thread asks be about one state, where asking for the newest takes a while: in a lake."""
        yield

    def form(self) -> str:
        """What form its rows lie in, for whoever is asked for help."""
        tags = "select tags['storage_version'] as format from duckdb_databases() where not internal"
        return f"file format {self.query(tags)['format'][0].as_py()}"

    def read_through(self) -> None:
        """Read every row; raises `BadStore` where one cannot be read: the engine finds damage where it reads."""
        names = list(self.columns())
        with self.snapshot() as state:
            for name in names:
                state.query(f"select sum(hash(t)) from {name} as t")

    def byte_count(self) -> int:
        """Bytes that the file has."""
        return Path(self.path).stat().st_size

    def maintain(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Tidy up what storing has left; a file needs none of it."""

    def data_version(self) -> str:
        """A text that changes with every upload, undo, change of roles and erasure; results may be cached under it.

        A proposal changes no number, and not this text: what was proposed is asked anew each time.
        """
        if self._version is None:
            with self._cursor() as cursor:
                self._version = Snapshot(cursor).data_version()
        return self._version

    def holds_anything(self) -> bool:
        """Whether anything was ever stored in it."""
        return self.query(NEWEST_LINE).num_rows > 0

    def schema_version(self) -> int:
        """The number of the newest migration the file has had."""
        return max(self._applied(), default=0)

    def is_up_to_date(self) -> bool:
        """Whether the file has had every migration."""
        return self._applied() >= set(migrations())

    def _applied(self) -> set[int]:
        return set(self.query(f"select version from {MARK}")["version"].to_pylist())

    def columns(self) -> dict[str, dict[str, str]]:
        """The type of each column of each table, in their order."""
        tables: dict[str, dict[str, str]] = {}
        for row in self.query(SHAPE).to_pylist():
            tables.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        return tables
