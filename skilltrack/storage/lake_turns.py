"""Which of several processes does what in a lake: locks of PostgreSQL, each of which ends with its connection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from zlib import crc32

import duckdb

from skilltrack.errors import Refused
from skilltrack.storage.address import Address
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
    """What the processes that have one lake open take turns in. Thread-safe; a wait in vain raises `Refused`."""

    def __init__(self, cursor: Callable[[], Cursor], address: Address, in_words: Callable[[duckdb.Error], str]):
        """`cursor` gives one on the catalogue, for one lock; `in_words` says what an error there means."""
        self._cursor, self._address, self._in_words = cursor, address, in_words
        self._duty = ExitStack()
        self._on_duty: Cursor | None = None
        """Has the lock of the one process that is on duty, where it is this one."""
        self._asking = threading.Lock()
        self._own: dict[str, threading.Lock] = {}
        """What the threads of this process take turns in, where no other process can have the lake open."""

    @contextmanager
    def turn(self, what: str, waits: bool = True) -> Iterator[Callable[[], bool]]:
        """Do `what` meanwhile, and nobody else; gives what says whether the turn is ours (still)."""
        if not self._address.is_shared:
            with self._of_threads(what, waits) as is_ours:
                yield lambda: is_ours
            return
        with self.of_processes(what, waits) as lock:
            yield lambda: lock is not None and _is_held(lock)

    @contextmanager
    def of_processes(self, key: int | str, waits: bool = True) -> Iterator[Cursor | None]:
        """Have a lock meanwhile: its cursor, or None where somebody else has it and this does not wait."""
        with ExitStack() as stack:
            try:
                lock = stack.enter_context(self._lock(key, waits))
            except duckdb.Error as error:
                if isinstance(key, str) and "due to lock timeout" in str(error):
                    raise Refused(
                        f"Another process has been at the same ({key}) for 10 minutes in {self._address}. Nothing was "
                        "done here; try again once it has ended."
                    ) from error
                raise Refused(self._in_words(error)) from error
            yield lock

    @contextmanager
    def _lock(self, key: int | str, waits: bool) -> Iterator[Cursor | None]:
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
    def _of_threads(self, what: str, waits: bool) -> Iterator[bool]:
        with self._asking:
            turn = self._own.setdefault(what, threading.Lock())
        is_ours = turn.acquire(blocking=waits)
        try:
            yield is_ours
        finally:
            if is_ours:
                turn.release()

    def is_on_duty(self) -> bool:
        """Whether this process is the one on duty: the first that asked, while it runs, then the next that asks."""
        if not self._address.is_shared:
            return True
        with self._asking:
            if self._on_duty is not None:
                if _is_held(self._on_duty):
                    return True
                self._duty.close()  # its connection is lost, and the lock with it
            self._on_duty = self._duty.enter_context(self.of_processes(ON_DUTY, waits=False))
            if self._on_duty is None:
                self._duty.close()
            return self._on_duty is not None

    def close(self) -> None:
        """Go off duty."""
        with self._asking:
            self._on_duty = None
            self._duty.close()


def _is_held(lock: Cursor) -> bool:
    """Whether a lock is still ours: it goes with the connection to PostgreSQL."""
    with suppress(duckdb.Error):
        ask_postgres(lock, "select 1")
        return True
    return False
