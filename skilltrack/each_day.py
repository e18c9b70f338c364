"""What the app does by itself once a day, each in a thread of its own."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta


def each_day(at: time, do: Callable[[], None]) -> threading.Event:
    """Do something each day at a time (UTC) from now on; returns what ends it."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(until(at, datetime.now(UTC)).total_seconds()):
            do()

    threading.Thread(target=go_on, daemon=True).start()
    return ended


def until(at: time, now: datetime) -> timedelta:
    """How long it is until the next time of day `at`; `now` in UTC."""
    then = datetime.combine(now.date(), at, UTC)
    return (then if then > now else then + timedelta(days=1)) - now
