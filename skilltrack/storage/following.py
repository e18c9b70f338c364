"""What was published at an address, followed: a page is about one publication, and the next page about the newest."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Protocol

from skilltrack.errors import BadStore, Superseded
from skilltrack.storage.address import Address
from skilltrack.storage.published import Manifest
from skilltrack.storage.transactions import Snapshot

log = logging.getLogger("skilltrack")

LOOK = 30.0
"""Seconds for which is not looked again whether something newer was published."""
AGAIN = 5.0
"""Seconds for which an address is not tried again at which nothing could be read yet."""


class Publication(Protocol):
    """One publication, open: a `Lake`."""

    manifest: Manifest

    def is_newest(self) -> bool:
        """Whether nothing newer was published at its address; raises `BadStore` where that cannot be known."""

    def snapshot(self) -> Any:
        """Several selects about it."""

    def close(self) -> None:
        """Let go of it."""


class Published:
    """What pages read of an address. Thread-safe; nothing can be stored.

    The newest publication is opened beside the one before, which is closed once no page is about it any more.
    """

    def __init__(self, address: Address, open_newest: Callable[[Address], Publication]):
        """Nothing is opened before somebody asks."""
        self.path = str(address)
        self.fault = ""
        """Why the newest publication cannot be read now; those who look see the one before, if there is one."""
        self._address, self._open_newest = address, open_newest
        self._looking = threading.Lock()
        """Taken by the one thread that looks what is newest, which takes a while."""
        self._changing = threading.Lock()
        """Taken for a moment, to change what is below."""
        self._newest: Publication | None = None
        self._readers: Counter[int] = Counter()
        """How many pages are about each publication."""
        self._next_look = 0.0
        self._page: ContextVar[Publication | None] = ContextVar("publication of the page", default=None)
        """What a page is about, in all threads that work for it."""

    @property
    def computed_at(self) -> datetime:
        """The moment (UTC) as of which everything is known that the page of this thread is about."""
        with self._reading() as lake:
            moment = datetime.fromisoformat(lake.manifest.computed_at)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

    def data_version(self) -> str:
        """The state of the data that the page of this thread is about; answers may be cached under it."""
        with self._reading() as lake:
            return lake.manifest.data_version

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have all that this thread asks be about one publication; may be nested."""
        with self._reading():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Several selects; raises `Superseded` where their rows are gone since others took their place."""
        with self._reading() as lake:
            try:
                with lake.snapshot() as reading:
                    yield reading
            except BadStore as error:
                if self._is_over(lake):
                    raise Superseded(f"{self.path} was published anew meanwhile. Ask again.") from error
                raise

    def close(self) -> None:
        """Let go of what is open."""
        with self._changing:
            lake, self._newest = self._newest, None
        if lake is not None:
            lake.close()

    @contextmanager
    def _reading(self) -> Iterator[Publication]:
        """The publication that the page of this thread is about: the newest one when it first asks."""
        current = self._page.get()
        if current is not None:
            yield current
            return
        lake = self._taken()
        before = self._page.set(lake)
        try:
            yield lake
        finally:
            self._page.reset(before)
            with self._changing:
                self._readers[id(lake)] -= 1
                is_left = not self._readers[id(lake)] and lake is not self._newest
            if is_left:
                lake.close()

    def _taken(self) -> Publication:
        while True:
            self._look_if_due()
            with self._changing:
                if self._newest is not None:
                    self._readers[id(self._newest)] += 1
                    return self._newest

    def _look_if_due(self) -> None:
        """Look, unless that was done just now; only who has nothing to read waits for somebody who looks already."""
        if not self._looking.acquire(blocking=self._newest is None):
            return
        try:
            is_due = time.monotonic() >= self._next_look
            if self._newest is None and self.fault and not is_due:
                raise BadStore(self.fault)
            if self._newest is None or is_due:
                self._look()
        finally:
            self._looking.release()

    def _look(self) -> None:
        """Open what is newest, where it is not open; where it cannot be read, what was read before goes on."""
        before = self._newest
        try:
            lake = before if before is not None and _is_newest(before) else self._open_newest(self._address)
        except BadStore as error:
            is_new, self.fault = str(error) != self.fault, str(error)
            if before is None:
                raise
            if is_new:
                log.warning("%s", error)
            lake = before
        else:
            self.fault = ""
        finally:
            self._next_look = time.monotonic() + (AGAIN if self.fault else LOOK)
        if lake is before:
            return
        with self._changing:
            self._newest = lake
            is_left = before is not None and not self._readers[id(before)]
        if before is not None and is_left:
            before.close()

    def _is_over(self, lake: Publication) -> bool:
        """Whether something newer, or a session anew, is in the place of what could not be read."""
        with self._looking:
            if lake is self._newest:
                self._look()
            return lake is not self._newest


def _is_newest(lake: Publication) -> bool:
    """Whether a publication is the newest one; not where its session is lost, so that it is opened anew."""
    try:
        return lake.is_newest()
    except BadStore:
        return False
