"""The database in a lake (DuckLake): many processes read, one at a time writes.

What one file holds lies here in one schema: rows and kept tables change in one commit, and a reader has one state of
all of them. Writers take turns by an advisory lock of PostgreSQL, which ends with their connection. What lies beside a
file lies in the lake's folder: the journal, the kept files and the audit log.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from skilltrack.errors import BadStore, NoRoom, Refused
from skilltrack.storage.address import Address
from skilltrack.storage.copying import copy_rows, tables_like
from skilltrack.storage.database_file import DAMAGED, LEFT_OPEN, NOT_GONE, is_lost, known_words
from skilltrack.storage.journal import Entry
from skilltrack.storage.lake_bucket import refuse_versions
from skilltrack.storage.lake_engine import CATALOGUE, NO_LAKE, ask_postgres, connect_lake, unmake
from skilltrack.storage.lake_files import Files
from skilltrack.storage.lake_page import PAGES, Page
from skilltrack.storage.lake_tables import bring_up_to_date
from skilltrack.storage.lake_turns import WRITING, Turns
from skilltrack.storage.lines import sync
from skilltrack.storage.replacing import fresh_beside, remove_fresh
from skilltrack.storage.schema import kept_digest, migrations, refuse_foreign
from skilltrack.storage.store import NEWEST_LINE, Store
from skilltrack.storage.transactions import Snapshot, Transaction

STATE = "select id from lake.current_snapshot()"
SCHEMA = f"select max(schema_version) as made from {CATALOGUE}.ducklake_snapshot"


class LakeStore(Store):
    """A lake that is open. Thread-safe as `Store` is; other processes may have it open too."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, address: Address):
        super().__init__(connection, str(address.beside))
        self.address = address
        self._is_mending = False
        self._turns = Turns(lambda: self._connection.cursor(), address, self._in_words)
        self._writer = threading.RLock()
        """Which thread of this process writes, or is the next to."""
        self._lock: duckdb.DuckDBPyConnection | None = None
        """Where it has the lock that keeps other processes from writing."""
        self._knowing = threading.Lock()
        self._known: int | None = None
        """The lake's state that `memory` is about."""
        self._files = Files(self._new_cursor, address.tables, Path(f"{self.path}.unforgotten"), self._confirm)
        self._page = Page(self._new_cursor, self._begun, threading.BoundedSemaphore(PAGES))

    @classmethod
    def at(cls, address: Address, creates: bool) -> "LakeStore":
        """Open a lake and bring its tables up to date; make them where there are none and it `creates`.

        Raises `BadStore` with a sentence where that cannot be.
        """
        with cls._opening(address, creates) as store:
            store._make_ready(creates)
        return store

    @classmethod
    def to_replace(cls, address: Address, creates: bool) -> "LakeStore":
        """Open a lake of which another database is to take the place, whether all of it can be read or not.

        One in which there is nothing stays without tables. Raises `BadStore` where it is not one of ours.
        """
        with cls._opening(address, creates) as store:
            if store.columns():
                try:
                    store._make_ready(creates=False)
                except (duckdb.Error, BadStore) as error:  # what cannot be read is not brought up to date
                    if isinstance(error, BadStore) and DAMAGED not in str(error):
                        raise
        return store

    @classmethod
    @contextmanager
    def _opening(cls, address: Address, creates: bool) -> Iterator["LakeStore"]:
        store = cls(connect_lake(address, creates), address)
        try:
            yield store
        except BaseException as error:
            if creates:
                store.unmake_if_empty()
            store.close()
            if isinstance(error, duckdb.Error):
                raise BadStore(known_words(str(address), str(error)) or f"{address} cannot be read: {error}") from error
            raise

    def _make_ready(self, creates: bool) -> None:
        if self._is_current():
            return
        with self.alone():  # one process does this, and those that waited see that it is done
            applied = refuse_foreign(self)
            if applied is None and not creates:
                raise BadStore(NO_LAKE.format(self.address))
            with closing(Store.open(":memory:")) as new:
                if applied is None:
                    self.fill(new)
                else:
                    bring_up_to_date(self, applied, new)

    @property
    def folder(self) -> Path:
        """The lake's folder, of what lies beside its rows."""
        return Path(self.address.folder)

    @property
    def place(self) -> Address:
        """As `Store.place`."""
        return self.address

    def _is_current(self) -> bool:
        """Whether the lake has the tables of this program."""
        applied = refuse_foreign(self)
        if applied is None or set(migrations()) - applied:
            return False
        return self.query("select digest from kept_schema")["digest"].to_pylist() == [kept_digest()]

    @contextmanager
    def alone(self, waits: bool = True) -> Iterator[bool]:
        """Keep every other process from storing anything meanwhile; may be nested.

        Raises `Refused` where others do so for 10 minutes; where it does not wait, it gives false at once.
        """
        with self._page.aside(), self._writer:
            if self._lock is not None or not self.address.is_shared:
                yield True
                return
            with self._turns.of_processes(WRITING, waits) as self._lock:
                try:
                    yield self._lock is not None
                finally:
                    self._lock = None

    @contextmanager
    def turn(self, what: str, waits: bool = True) -> Iterator[Callable[[], bool]]:
        """As `Store.turn`, and of the threads of this process too; apart from storing."""
        with self._turns.turn(what, waits) as is_ours:
            yield is_ours

    def is_on_duty(self) -> bool:
        """Whether this process does what is done by itself: one at a time of those that have the lake open."""
        return self._turns.is_on_duty()

    def unmake_if_empty(self) -> None:
        """Take the lake away again where nothing was ever stored in it: what was refused leaves nothing behind."""
        with suppress(duckdb.Error, OSError, BadStore, Refused), self.alone():
            if self.query(STATE).to_pylist() == [{"id": 0}]:
                unmake(self._connection, self.address)

    def close(self) -> None:
        """Let go of the lake."""
        self._turns.close()
        super().close()

    def form(self) -> str:
        """As `Store.form`."""
        return "in DuckLake"

    def byte_count(self) -> int:
        """Nothing: the rows lie in files of their own."""
        return 0

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """As `Store.write`, while no other process writes, and after what another left half done is finished."""
        with self.alone():
            self._finish_interrupted()
            with super().write() as transaction:
                yield transaction

    def _finish_interrupted(self) -> None:
        if self._is_mending:
            return
        lines = self.query(NEWEST_LINE).to_pylist()
        if self.fault or self._files.is_to_forget or self.journal.newest() != (lines[0]["digest"] if lines else ""):
            self._is_mending, self.fault = True, ""
            try:
                self.mend()
            finally:
                self._is_mending = False

    def _confirm(self) -> None:
        """Raise `Refused` where the lock is lost: another process may be writing by now."""
        if self._lock is not None:
            try:
                ask_postgres(self._lock, "select 1")
            except duckdb.Error as error:
                raise Refused(self._in_words(error)) from error

    def _take_back(self, entry: Entry) -> bool:
        """As `Store._take_back`; where the lock is lost, another process may be finishing it by now."""
        try:
            self._confirm()
        except Refused:
            return False
        return super()._take_back(entry)

    def _left_open(self) -> str:
        return LEFT_OPEN.format(self.address)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have all that this thread asks be about one state of the data, which is the newest at its first question.

        What it stores itself ends that state, and so does an error. Then the next question is about the newest again.
        """
        with self._page.held():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Several selects about one and the same state of the data, whatever lands meanwhile."""
        if self._page.is_open and not self._page.is_read:
            with self._page.reading() as state:
                yield state
            return
        with self._cursor() as cursor:
            try:
                yield self._begun(cursor)
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """As `Store.query`; of the state that the thread holds, where it does."""
        if not self._page.is_open:
            return super().query(sql, parameters)
        with self.snapshot() as state:
            return state.query(sql, parameters)

    def _begun(self, cursor: duckdb.DuckDBPyConnection) -> Snapshot:
        """The newest state of the lake, on a cursor; what is remembered of another one is forgotten."""
        try:
            cursor.execute("begin")
            state = int(cursor.execute(STATE).fetchall()[0][0])
        except duckdb.Error as error:  # PostgreSQL was lost after the cursor was made
            raise BadStore(self._in_words(error)) from error
        with self._knowing:
            if state != self._known:
                self.memory.clear()
                self._known = state
            return Snapshot(cursor, self.memory.now())

    def data_version(self) -> str:
        """As `Store.data_version`, of the newest state, whichever process stored it; other tables are another one."""
        with self.snapshot() as state:
            return state.remembered(
                ["data_version"], lambda: f"{state.data_version()}:{state.query(SCHEMA)['made'][0]}"
            )

    def fill(self, source: Store, forgets: bool = True) -> None:
        """Have the lake hold what another database does, in tables made anew, in one commit; prove it before.

        Nothing that was in the lake before stays, on the disk or in the catalogue, where it `forgets`; else whoever
        reads it goes on. Raises `Refused`, and changes nothing, where a table would hold something else than there.
        """
        if forgets or not self.columns():
            refuse_versions(self.address, self._new_cursor)
        with self.alone():
            if forgets and self.columns() and self.holds_anything():
                self._files.begin_to_forget()
            with source.snapshot() as reading, Store.write(self) as transaction:
                for table in self.columns():
                    transaction.run(f"drop table {table}")
                for statement in tables_like(source):
                    transaction.run(statement)
                copy_rows(source, reading, transaction)
            if forgets:
                self.forget_the_past()

    def holds_anything(self) -> bool:
        """As `Store.holds_anything`; what cannot be read is something."""
        try:
            return super().holds_anything()
        except BadStore as error:
            if DAMAGED in str(error):
                return True
            raise

    def read_through(self) -> None:
        """As `Store.read_through`, while nobody removes a file."""
        with self.alone():
            try:
                super().read_through()
            except (duckdb.Error, BadStore) as error:
                if isinstance(error, BadStore) and DAMAGED not in str(error):
                    raise
                reason = str(error.__cause__ or error).splitlines()[0][:300]
                way_out = "Run `rebuild`, or restore a backup."
                raise BadStore(f"{self.address} cannot be read; {DAMAGED} ({reason}). {way_out}") from error

    def forget_the_past(self) -> None:
        """Remove every state but the newest one, with its files: what was erased is gone. Writers wait meanwhile."""
        with self.alone():
            try:
                self._files.forget_the_past()
            except duckdb.Error as error:
                raise Refused(self._in_words(error)) from error

    def finish_forgetting(self) -> None:
        """Forget the past where a process was stopped before it had done so, or in its midst."""
        if self._files.is_to_forget:
            self.forget_the_past()

    def maintain(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Merge small files, forget states that nobody reads any more, and remove the files of these."""
        with self.alone():
            self._finish_interrupted()
            self._files.tidy_up(say)

    def pieces(self, size: int = 2**20) -> Iterator[bytes]:
        """Every text in every file of the rows, whether a state names it or not, and in the catalogue."""
        return self._files.texts(size // 64)

    @contextmanager
    def replaced(self) -> Iterator[Path]:
        """Have what the block builds, a file, take the place of all that the lake holds; writers wait meanwhile.

        At the end of the block the journal tells of it. What stops it from then on the next process finishes.
        """
        refuse_versions(self.address, self._new_cursor)
        fresh = fresh_beside(Path(self.path))
        with self.alone():
            try:
                yield fresh
                self._fill_at_last(fresh)
            except BaseException:
                with suppress(OSError):
                    self.journal.give_up_draft(self.fault)
                raise
            finally:
                remove_fresh(fresh)
            self.journal.finish_erasures()

    def _fill_at_last(self, fresh: Path) -> None:
        try:
            with closing(Store.open(fresh, is_read_only=True)) as source:
                self.fill(source)
        except (duckdb.Error, OSError, Refused) as error:
            reason = str(error) if isinstance(error, Refused) else str(error).splitlines()[0][:300]
            raise BadStore(f"{NOT_GONE.format(self.address)} {reason}") from error

    def copy_to(self, path: Path, also: Callable[[], None] = lambda: None) -> None:
        """Copy what the lake holds to a database file at `path`, which must not exist; as `Store.copy_to`."""
        with self.alone():
            if path.exists():
                raise FileExistsError(f"{path} exists already")
            try:
                with closing(Store.open(path)) as copy, self.snapshot() as reading, copy.write() as transaction:
                    copy_rows(self, reading, transaction)
            except duckdb.Error as error:
                raise NoRoom(known_words(str(path), str(error)) or f"{self.path} cannot be copied: {error}") from error
            sync(path)
            also()

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Refused: no file can take the place of a lake."""
        raise Refused(f"{self.address} is a lake, and no file can take its place. Nothing was changed.")
        yield

    def _new_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor on the lake; after PostgreSQL was out of reach, on a connection made anew."""
        for is_again in (False, True):
            cursor = self._connection.cursor()
            try:
                cursor.execute("use lake")
            except duckdb.Error as error:
                cursor.close()
                if is_again or not is_lost(str(error)):
                    raise BadStore(self._in_words(error)) from error
                self._connect_anew()
            else:
                break
        return cursor

    def _connect_anew(self) -> None:
        with self._knowing:
            lost, self._connection = self._connection, connect_lake(self.address, creates=False)
            with suppress(duckdb.Error):
                lost.close()

    def _reopen(self) -> None:
        with suppress(BadStore):
            self._connect_anew()

    def _in_words(self, error: duckdb.Error) -> str:
        return known_words(str(self.address), str(error)) or f"{self.address}: {str(error).splitlines()[0][:300]}"


def fill(address: Address, source: Store) -> None:
    """Have a lake, made if need be, hold what another database does; raises `Refused` where it holds anything."""
    with closing(LakeStore.at(address, creates=True)) as lake, lake.alone():
        if lake.holds_anything():
            raise Refused(
                f"{address} holds a company already. Nothing was changed there. Name another catalogue and folder. "
                "(Where a move was stopped: `check` says whether all has arrived.)"
            )
        lake.fill(source)
