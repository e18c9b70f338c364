"""Which of several processes does what in a lake: locks of PostgreSQL, each of which ends with its connection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from zlib import crc32

import duckdb

from skilltrack.storage.lake_engine import ask_postgres

PATIENCE = "set local lock_timeout = ''10min''"
"""How long a process waits for those before it."""
STAYS = "set local idle_in_transaction_session_timeout = 0"
"""A lock is held as long as what it is for takes."""
WRITING, ON_DUTY = 7045271, 7045272
"""Keys of the locks that are the same in every version."""
Cursor = duckdb.DuckDBPyConnection


class Turns:
    """The locks that one process asks for. Thread-safe."""

    def __init__(self, cursor: Callable[[], Cursor]):
        """`cursor` gives one on the catalogue, for one lock."""
        self._cursor = cursor
        self._duty = ExitStack()
        self._on_duty: Cursor | None = None
        """Has the lock of the one process that is on duty, where it is this one."""
        self._asking = threading.Lock()

    @contextmanager
    def lock(self, key: int | str, waits: bool = True) -> Iterator[Cursor | None]:
        """Have a lock meanwhile: its cursor, or None where somebody else has it and this does not wait.

        Raises `duckdb.Error` where it was waited for in vain, or PostgreSQL does not answer.
        """
        number = crc32(key.encode()) if isinstance(key, str) else key
        with closing(self._cursor()) as cursor:
            cursor.execute("begin")
            for setting in (PATIENCE, STAYS):
                ask_postgres(cursor, setting)
            is_ours = ask_postgres(cursor, f"select pg_{'' if waits else 'try_'}advisory_xact_lock({number})")[0][0]
            try:
                yield cursor if waits or is_ours else None
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")

    def is_on_duty(self) -> bool:
        """Whether this process is the one on duty: the first that asked, as long as it runs, then the next that asks.

        Raises `duckdb.Error` where PostgreSQL does not answer.
        """
        with self._asking:
            if self._on_duty is not None:
                with suppress(duckdb.Error):
                    ask_postgres(self._on_duty, "select 1")
                    return True
                self._duty.close()  # its connection is lost, and the lock with it
            self._on_duty = self._duty.enter_context(self.lock(ON_DUTY, waits=False))
            if self._on_duty is None:
                self._duty.close()
            return self._on_duty is not None

    def close(self) -> None:
        """Go off duty."""
        with self._asking:
            self._on_duty = None
            self._duty.close()
