"""The DuckDB file: the only module that imports duckdb.

One process owns the file. Reads take a cursor each (a connection shared by threads returns other threads' rows);
writes go one at a time through `Store.write`, one transaction each. Any `duckdb.Error` on opening becomes a sentence.
"""

import os
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from skilltrack.errors import BadStore

SCHEMA = Path(__file__).parent / "sql" / "schema"
MARK = "skilltrack_schema"

# duckdb 2.0 would rather have `sql()`, which plans every question twice (a third slower on our texts).
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)

# Extensions come from the network: never. Files stay readable by duckdb 1.5, whichever version runs.
OPENING: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "storage_compatibility_version": "v1.5.0",
}
MEMORY = 4 * 2**30
"""Bytes the database may hold, at most half of the machine's; what needs more is put on disk beside the file."""


class Store:
    """An open database. Thread-safe: any thread may query, one at a time writes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: str):
        self.path = path
        self._connection = connection
        self._writing = threading.Lock()
        self._version: str | None = None

    @classmethod
    def open(cls, path: str | Path) -> "Store":
        """Open or create the database at `path` (`:memory:` allowed) and bring its schema up to date.

        Raises `BadStore` with a sentence when the file is no Skilltrack database, is newer than this program,
        is damaged, or is held by another process.
        """
        path = str(path)
        if path != ":memory:":
            _refuse_foreign_file(Path(path))
        try:
            connection = duckdb.connect(path, config=OPENING | {"memory_limit": f"{_memory() // 2**20}MiB"})
        except duckdb.Error as error:
            raise BadStore(_in_words(path, str(error))) from error
        store = cls(connection, path)
        try:
            store._migrate()
        except duckdb.Error as error:
            store.close()
            raise BadStore(_in_words(path, str(error))) from error
        except BadStore:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select as an Arrow table; `parameters` may hold more names than the text uses."""
        cursor = self._connection.cursor()
        try:
            return _table(cursor, sql, parameters)
        finally:
            cursor.close()

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Rows of one select as a DataFrame whose decimals, dates and empty whole numbers stay exact."""
        return _frame(self.query(sql, parameters))

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """Several selects about one and the same state of the data, whatever lands meanwhile."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin")
            yield Snapshot(cursor)
        finally:
            with suppress(duckdb.Error):
                cursor.execute("rollback")
            cursor.close()

    @contextmanager
    def write(self) -> Iterator["Transaction"]:
        """One transaction: everything in the block appears together on leaving it, or nothing after an error."""
        with self._writing:
            cursor = self._connection.cursor()
            transaction = Transaction(cursor)
            try:
                cursor.execute("begin")
                yield transaction
                cursor.execute("rollback" if transaction.is_given_up else "commit")
            except BaseException:
                with suppress(duckdb.Error):  # a failed commit has rolled back already
                    cursor.execute("rollback")
                raise
            finally:
                cursor.close()
                self._version = None

    def data_version(self) -> str:
        """A text that changes with every upload and every undo; results may be cached under it."""
        if self._version is None:
            events = self.query("select count(*) as n, max(happened_at) as last from upload_events").to_pylist()[0]
            self._version = f"{events['n']}:{events['last']}"
        return self._version

    def schema_version(self) -> int:
        """The number of the newest migration the file has had."""
        rows = self.query(f"select coalesce(max(version), 0) as version from {MARK}").to_pylist()
        return rows[0]["version"]

    def _migrate(self) -> None:
        tables = {row["name"] for row in self.query("select table_name as name from duckdb_tables()").to_pylist()}
        if tables and MARK not in tables:
            raise BadStore(
                f"{self.path} is a DuckDB database of another program (it holds the table {sorted(tables)[0]}). "
                "Nothing was changed; name another file with --db."
            )
        at = self.schema_version() if MARK in tables else 0
        steps = migrations()
        if at > max(steps):
            raise BadStore(
                f"{self.path} was written by a newer Skilltrack (schema {at}; this program knows {max(steps)}). "
                "Nothing was changed; update Skilltrack, or name another file with --db."
            )
        for version in sorted(step for step in steps if step > at):
            with self.write() as transaction:
                if version == 1:
                    transaction.run(f"create table {MARK} (version integer not null, migrated_at timestamp not null)")
                transaction.run(steps[version].read_text(encoding="utf-8"))
                transaction.run(f"insert into {MARK} values ($version, now() at time zone 'UTC')", {"version": version})


class Snapshot:
    """What may be read inside `Store.snapshot`."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection):
        self._cursor = cursor

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select as an Arrow table."""
        return _table(self._cursor, sql, parameters)

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Rows of one select as a DataFrame whose decimals, dates and empty whole numbers stay exact."""
        return _frame(self.query(sql, parameters))


class Transaction:
    """What a writer may do inside `Store.write`; reads see the transaction's own rows."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection):
        self._cursor = cursor
        self.is_given_up = False

    def run(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one statement (or, without parameters, several)."""
        _run(self._cursor, sql, parameters).fetchall()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a select, each a dict."""
        return _table(self._cursor, sql, parameters).to_pylist()

    def land(self, name: str, table: pa.Table) -> None:
        """Put an Arrow table into the temporary table `name`, replacing what was there."""
        self._cursor.register("landing", table)
        self.run(f"create or replace temp table {name} as select * from landing")
        self._cursor.unregister("landing")

    def give_up(self) -> None:
        """Leave the block without storing anything."""
        self.is_given_up = True


def migrations() -> dict[int, Path]:
    """Migration files by number, 1 and up."""
    return {int(path.name.split("_")[0]): path for path in SCHEMA.glob("*.sql")}


def _run(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None
) -> duckdb.DuckDBPyConnection:
    if not parameters:
        return cursor.execute(sql)
    used = set(re.findall(r"\$([a-z_]+)", sql))
    return cursor.execute(sql, {name: value for name, value in parameters.items() if name in used})


def _table(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None) -> pa.Table:
    rows: Any = _run(cursor, sql, parameters).to_arrow_table()
    return rows


def _frame(rows: pa.Table) -> pd.DataFrame:
    return rows.to_pandas(types_mapper=pd.ArrowDtype)


def _memory() -> int:
    return min(MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)


def _refuse_foreign_file(path: Path) -> None:
    if path.is_dir():
        raise BadStore(f"{path} is a folder, not a database file. Name a file with --db.")
    if not path.parent.is_dir():
        raise BadStore(f"The folder {path.parent} does not exist. Make it first, or name another file with --db.")
    if path.exists():
        try:
            with path.open("rb") as file:
                head = file.read(12)
        except OSError as error:
            raise BadStore(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
        if head[8:12] != b"DUCK":
            what = "is a SQLite database" if head.startswith(b"SQLite") else "is not a DuckDB database"
            raise BadStore(f"{path} {what}. Nothing was changed; name another file with --db.")


def _in_words(path: str, text: str) -> str:
    """DuckDB's message as a sentence that says what to do."""
    holder = re.search(r"\(PID (\d+)\)", text)
    if "Could not set lock" in text:
        who = f"process {holder.group(1)}" if holder else "another process"
        return (
            f"{path} is open in {who} (is the app running?). "
            "Nothing was changed; use the app, or stop that process first."
        )
    if "ermission denied" in text:
        return f"{path} cannot be opened for writing: permission denied. Check the file's and its folder's permissions."
    if "No space left" in text:
        return f"The disk that holds {path} is full. Nothing was changed; free some space and try again."
    said = text.splitlines()[0][:200]
    return f"{path} cannot be opened; it may be damaged ({said}). Restore a backup or name another file."
