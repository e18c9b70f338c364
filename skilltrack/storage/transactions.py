"""What may be asked and done on one cursor of the database: a state that does not move, a transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import pandas as pd
import pyarrow as pa

from skilltrack.errors import BadStore, Refused
from skilltrack.storage.database_file import in_words, is_damage, is_gone, is_out_of_reach, known_words
from skilltrack.storage.engine import sparing
from skilltrack.storage.journal import Entry, as_line
from skilltrack.storage.memory import Recall
from skilltrack.storage.parsing import parameters_named
from skilltrack.text import readable

T = TypeVar("T")

BATCH = 100_000
"""Rows of an answer that are read at once."""
PIECE = 122_880
"""Rows of an Arrow table that one thread reads: the engine's own size of a group of rows."""


VERSION = (
    "select count(*) as n, max(happened_at) as last, (select count(*) from erasures) as erased from "
    "(select happened_at from upload_events union all select happened_at from role_events)"
)


class Snapshot:
    """What may be read inside `Store.snapshot`."""

    given: frozenset[str] = frozenset()
    """Relations that lie ready, so that no text computes them: none in a database, all that are published in a lake."""

    def __init__(self, cursor: Any, recall: Recall | None = None):
        """Without a `recall` nothing is remembered: what was done may be given up."""
        self._cursor = cursor
        self._recall = recall

    def remembered(self, about: list[Any], look_up: Callable[[], T], items: Callable[[T], int] = lambda result: 0) -> T:
        """What was looked up before `about` the same in this state of the data; else looked up now.

        To be asked after a first select, which fixes the state. `items`: how many the lists hold in what is looked up.
        """
        return self._recall.find(repr(about), look_up, items) if self._recall else look_up()

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of one select as an Arrow table."""
        return table(self._cursor, sql, parameters)

    def frame(self, sql: str, parameters: Mapping[str, Any] | None, most: int) -> pd.DataFrame | None:
        """Rows of one select as `Store.frame` gives them; None, and read no further, over `most` cells."""
        with run(self._cursor, sql, parameters).to_arrow_reader(BATCH) as reader:
            batches, cells = [], 0
            for batch in reader:
                batches.append(batch)
                cells += batch.num_rows * batch.num_columns
                if cells > most:
                    return None
            return frame(pa.Table.from_batches(batches, reader.schema))

    def batches(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[pa.RecordBatch]:
        """Rows of one select piece by piece, for answers that may be larger than the memory."""
        with run(self._cursor, sql, parameters).to_arrow_reader(BATCH) as reader:
            yield from reader

    def reader(self, sql: str) -> pa.RecordBatchReader:
        """Rows of one select, to be read while the state lasts."""
        return run(self._cursor, sql, None).to_arrow_reader(BATCH)

    def data_version(self) -> str:
        """What `Store.data_version` says of this state of the data."""
        return "{n}:{last}:{erased}".format(**self.query(VERSION).to_pylist()[0])


class Source(Protocol):
    """Whatever questions can be asked of: a database, a transaction on it, a lake."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """One state of the data, for several selects."""


class Data(Source, Protocol):
    """What pages read: a database, or what was published of one."""

    path: str
    """Where it is, as it was named; holds no password."""

    @property
    def computed_at(self) -> datetime | None:
        """The moment (UTC) as of which published rows are, to which nothing is written; None of a database."""

    def held(self) -> AbstractContextManager[None]:
        """Have all that this thread asks be about one state."""

    def data_version(self) -> str:
        """A text that changes with the data; answers may be cached under it."""


class Transaction:
    """What a writer may do inside `Store.write`; reads see the transaction's own rows."""

    def __init__(self, cursor: Any):
        self._cursor = cursor
        self.is_given_up = False
        self._has_run = False
        self.recorded: list[Entry] = []

    def record(self, entry: Entry) -> None:
        """Have a line in the journal, together with what the transaction does."""
        self.recorded.append(entry)

    def know(self, entry: Entry) -> None:
        """Have the database's copy of a line that is in the journal already."""
        line = {"digest": entry["digest"], "line": as_line(entry)}
        self.run("insert into journal_lines select count(*) + 1, $digest, $line from journal_lines", line)
        if "number" in entry:
            self.know_head(entry["number"], entry["hash"])

    def know_head(self, number: int, digest: str) -> None:
        """Remember what the audit log was: number and hash of one of its entries."""
        self.run(
            "insert into audit_heads select $number, $hash where $number > 0 and not exists "
            "(select 1 from audit_heads as h where h.entry_number = $number)",
            {"number": number, "hash": digest},
        )

    def run(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one statement (or, without parameters, several)."""
        self._has_run = True
        run(self._cursor, sql, parameters).fetchall()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a select, each a dict."""
        return self.columns(sql, parameters).to_pylist()

    def moment_after(self, table: str, given: datetime | None = None) -> datetime:
        """When something happens (UTC): now or as `given`, but later than everything in `table`, so that order is kept.

        A clock that was put back would else bring back what was taken away.
        """
        last = self.rows(f"select max(happened_at) as last from {table}")[0]["last"]
        at = given or datetime.now(UTC).replace(tzinfo=None)
        return max(at, last + timedelta(microseconds=1)) if last else at

    def columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Rows of a select as an Arrow table."""
        return table(self._cursor, sql, parameters)

    @contextmanager
    def sparing(self, is_shared: bool = False) -> Iterator[None]:
        """Have what the block does take little memory, however much it works on; it may be slower.

        It takes least where this process is shared with others, who are answered meanwhile (`is_shared`).
        Where something cannot be done in so little, the block ends in an error that `Store.write` raises as `NoMemory`.
        """
        with closing(self._cursor.cursor()) as cursor, sparing(cursor, is_shared):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """What `Store.snapshot` gives, with the transaction's own rows."""
        yield Snapshot(self._cursor)

    def stage(self, name: str, table: pa.Table, select: str) -> None:
        """Put what a select makes of an Arrow table, `landing`, into the temporary table `name`, before any `run`.

        What a transaction has put in itself the engine plans for as if it were nothing, and reads on one thread. This
        is outside of it: what was read before is let go of, and read anew by what comes after.
        """
        if self._has_run:
            raise RuntimeError(f"{name} cannot be staged: something was written already.")
        self._cursor.execute("rollback")
        pieces = table.to_batches(max_chunksize=PIECE)
        self._cursor.register("landing", pa.Table.from_batches(pieces, table.schema))
        run(self._cursor, f"create or replace temp table {name} as {select}", None).fetchall()
        self._cursor.unregister("landing")
        self._cursor.execute("begin")

    def put(self, name: str, rows: pa.RecordBatchReader) -> None:
        """Put rows of Arrow into the columns of a table that they are called after."""
        self._cursor.register("arriving", rows)
        self.run(f"insert into {name} by name select * from arriving")
        self._cursor.unregister("arriving")

    def give_up(self) -> None:
        """Leave the block without storing anything."""
        self.is_given_up = True


def run(cursor: Any, sql: str, parameters: Mapping[str, Any] | None) -> Any:
    """Run a text with those of the parameters that it names."""
    used = parameters_named(sql) if parameters else frozenset()
    named = {name: value for name, value in (parameters or {}).items() if name in used}
    for value in named.values():
        if isinstance(value, str) and readable(value) != value:
            raise Refused(f"{readable(value)!r} is not a text in UTF-8. Write it in UTF-8.")
    with _damage_in_words():
        return cursor.execute(sql, named or None)


def table(cursor: Any, sql: str, parameters: Mapping[str, Any] | None) -> pa.Table:
    """Rows of a select as an Arrow table."""
    with _damage_in_words():
        rows: Any = run(cursor, sql, parameters).to_arrow_table()
    return rows


@contextmanager
def _damage_in_words() -> Iterator[None]:
    """The engine finds a damaged block when it reads it: a sentence then too."""
    try:
        yield
    except Exception as error:
        if is_damage(str(error)):
            raise BadStore(in_words("The database", str(error))) from error
        if is_gone(str(error)):
            raise BadStore(known_words("The database", str(error))) from error
        if is_out_of_reach(str(error)):
            raise BadStore(known_words("the database", str(error))) from error
        raise


def frame(rows: pa.Table) -> pd.DataFrame:
    """An Arrow table as a DataFrame whose decimals, dates and empty whole numbers stay exact."""
    return rows.to_pandas(types_mapper=pd.ArrowDtype)
