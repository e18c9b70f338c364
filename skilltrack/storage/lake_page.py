"""The state of the data that a thread holds while it draws a page: asking for the newest takes a while in a lake."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import duckdb

from skilltrack.errors import BadStore, NoMemory
from skilltrack.storage.database_file import memory_in_words
from skilltrack.storage.transactions import Snapshot

PAGES = 16
"""States that one process holds at once, each on a connection to PostgreSQL; further pages wait for one of them."""


class Page(threading.local):
    """What one thread holds; each thread has its own."""

    def __init__(
        self,
        cursor: Callable[[], duckdb.DuckDBPyConnection],
        begun: Callable[[duckdb.DuckDBPyConnection], Snapshot],
        places: threading.BoundedSemaphore,
    ):
        """`cursor` opens one, `begun` gives the newest state of the data on it; `places` are those of all threads."""
        self._new_cursor, self._begun, self._places = cursor, begun, places
        self._is_open = self._is_read = self._is_over = False
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._state: Snapshot | None = None

    @property
    def is_open(self) -> bool:
        """Whether the thread draws a page."""
        return self._is_open

    @property
    def is_read(self) -> bool:
        """Whether it reads an answer: a further question then needs a cursor of its own."""
        return self._is_read

    @contextmanager
    def held(self) -> Iterator[None]:
        """Draw a page; may be nested."""
        if self._is_open:
            yield
            return
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            self.turn()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Store something, which asks of the newest state; so does the page afterwards."""
        was_open, self._is_open = self._is_open, False
        self.turn()
        try:
            yield
        finally:
            self._is_open = was_open

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The state that the page is about: the newest one when the thread first asks. An error ends it."""
        self._is_read = True
        try:
            with memory_in_words():
                yield self._state or self._first()
        except (duckdb.Error, BadStore, NoMemory):
            self.turn()
            raise
        finally:
            self._is_read = False
            if self._is_over:
                self.turn()

    def turn(self) -> None:
        """Let go of the state, once it is read no more: what is asked next is asked of the newest one."""
        self._is_over = self._is_read
        if self._is_read:
            return
        cursor, self._cursor, self._state = self._cursor, None, None
        if cursor is not None:
            with closing(cursor), suppress(duckdb.Error):
                cursor.execute("rollback")
            self._places.release()

    def _first(self) -> Snapshot:
        with ExitStack() as undoing:
            self._places.acquire()
            undoing.callback(self._places.release)
            cursor = undoing.enter_context(closing(self._new_cursor()))
            self._state = self._begun(cursor)
            undoing.pop_all()
        self._cursor = cursor
        return self._state
