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
ALIVE = (
    "set local tcp_keepalives_idle = 30",
    "set local tcp_keepalives_interval = 10",
    "set local tcp_keepalives_count = 3",
    "set local tcp_user_timeout = 60000",
)
"""A machine that is gone, or out of reach, holds a lock for a minute more; by itself PostgreSQL waits two hours."""
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
        self._own: dict[str, threading.Lock] = {}
        """What the threads of this process take turns in, where no other process can have the lake open."""

    @contextmanager
    def lock(self, key: int | str, waits: bool = True) -> Iterator[Cursor | None]:
        """Have a lock meanwhile: its cursor, or None where somebody else has it and this does not wait.

        Raises `duckdb.Error` where it was waited for in vain, or PostgreSQL does not answer.
        """
        number = crc32(key.encode()) if isinstance(key, str) else key
        with closing(self._cursor()) as cursor:
            cursor.execute("begin")
            for setting in (PATIENCE, STAYS, *ALIVE):
                ask_postgres(cursor, setting)
            is_ours = ask_postgres(cursor, f"select pg_{'' if waits else 'try_'}advisory_xact_lock({number})")[0][0]
            try:
                yield cursor if waits or is_ours else None
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("rollback")

    @contextmanager
    def of_threads(self, key: str, waits: bool = True) -> Iterator[bool]:
        """Have a turn of the threads of this process meanwhile; False where another has it and this does not wait."""
        with self._asking:
            turn = self._own.setdefault(key, threading.Lock())
        is_ours = turn.acquire(blocking=waits)
        try:
            yield is_ours
        finally:
            if is_ours:
                turn.release()

    def is_on_duty(self) -> bool:
        """Whether this process is the one on duty: the first that asked, as long as it runs, then the next that asks.

        Raises `duckdb.Error` where PostgreSQL does not answer.
        """
        with self._asking:
            if self._on_duty is not None:
                if is_held(self._on_duty):
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


def is_held(lock: Cursor) -> bool:
    """Whether a lock is still ours: it goes with the connection to PostgreSQL."""
    with suppress(duckdb.Error):
        ask_postgres(lock, "select 1")
        return True
    return False
