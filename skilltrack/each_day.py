"""What the app does by itself once a day, each in a thread of its own."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

DAY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""How long it takes until what failed is tried again."""
BEGUN = timedelta(minutes=1)
"""How long after a start it is looked whether something was missed: the app answers people first."""


def each_day(at: time, do: Callable[[], bool | None], *, catches_up: bool = False) -> threading.Event:
    """Do something each day at a time (UTC) from now on; returns what ends it.

    What returns False has not been done and is tried again within the hour. `catches_up`: it is also called soon after
    the start, since the app may not have run at that time, and looks itself whether it was missed.
    """
    ended = threading.Event()

    def go_on() -> None:
        wait = BEGUN if catches_up else until(at, datetime.now(UTC))
        while not ended.wait(wait.total_seconds()):
            is_done = do() is not False
            wait = until(at, datetime.now(UTC))
            wait = wait if is_done else min(wait, AGAIN)

    threading.Thread(target=go_on, daemon=True).start()
    return ended


def until(at: time, now: datetime) -> timedelta:
    """How long it is until the next time of day `at`; `now` in UTC."""
    then = datetime.combine(now.date(), at, UTC)
    return (then if then > now else then + DAY) - now


def last(at: time, now: datetime) -> datetime:
    """When it was the time of day `at` last; `now` in UTC."""
    return now + until(at, now) - DAY
