"""What happens while the program runs, passed on to whoever counts it: the app does, a command by itself does not."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float, dict[str, str]], None]
"""Called with what happened, the seconds that it took (0 of a moment), and labels of few values that name no person."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener` called from now on, in the thread in which something happens."""
    _listeners.append(listener)


def happened(what: str, seconds: float = 0, **labels: str) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(what, seconds, labels)


@contextmanager
def timed(what: str, **labels: str) -> Iterator[None]:
    """Tell every listener at the end of the block how long it took, however it ended."""
    start = time.perf_counter()
    try:
        yield
    finally:
        happened(what, time.perf_counter() - start, **labels)
