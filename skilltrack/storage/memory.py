"""What questions have looked up: one memory, locked and bounded, of the one state of the data that holds now."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

MOST = 500_000
"""What all entries together may weigh, about 60 bytes each; beyond it the ones longest unused go."""
ENTRY = 25
"""What an entry weighs besides the lists in it, each of whose items weighs one."""

T = TypeVar("T")


class Memory:
    """What was looked up, by key. Thread-safe: threads may read, add and forget at once."""

    def __init__(self, most: int = MOST):
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._weight = 0
        self._state = 0
        """Goes up before and after each change of the data: odd while it is being changed."""

    def now(self) -> "Recall":
        """The memory of the data as it is now: for a reader whose first select comes after this."""
        with self._lock:
            return Recall(self, self._state)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Forget everything, and remember nothing while the block changes the data. One at a time."""
        self._forget(1)
        try:
            yield
        finally:
            self._forget(1)

    def clear(self) -> None:
        """Forget everything."""
        self._forget(2)

    def _forget(self, steps: int) -> None:
        with self._lock:
            self._state += steps
            self._entries.clear()
            self._weight = 0

    def get(self, key: str, state: int) -> Any:
        """What was looked up in a state of the data; None where it was not, or another state holds now."""
        with self._lock:
            if state != self._state or key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def add(self, key: str, state: int, value: Any, weight: int) -> None:
        """Remember what was looked up in a state of the data, if that holds still."""
        with self._lock:
            if state != self._state or state % 2:
                return
            self._weight += weight - self._entries.pop(key, (None, 0))[1]
            self._entries[key] = (value, weight)
            while self._weight > self._most:
                self._weight -= self._entries.popitem(last=False)[1][1]


class Recall:
    """The memory of one state of the data, for one reader: of another state it neither tells nor remembers anything."""

    def __init__(self, memory: Memory, state: int):
        self._memory = memory
        self._state = state

    def find(self, key: str, look_up: Callable[[], T], items: Callable[[T], int]) -> T:
        """What was looked up before under this key, else what is looked up now; `items`: how many its lists hold."""
        value: T | None = self._memory.get(key, self._state)
        if value is None:
            value = look_up()
            self._memory.add(key, self._state, value, ENTRY + items(value))
        return value
