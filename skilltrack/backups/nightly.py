"""Backups that the app makes by itself, once a day."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from skilltrack.backups.making import make
from skilltrack.backups.shelves import shelf_at
from skilltrack.config import BackupRules
from skilltrack.errors import Refused
from skilltrack.happenings import happened
from skilltrack.storage import Store

log = logging.getLogger("skilltrack")


def begin_nightly(rules: BackupRules, database: Path, store_at: Callable[[Path], Store]) -> threading.Event | None:
    """Begin to make a backup each day at the time that the rules say; returns what ends it, None without a time."""
    if rules.at is None:
        return None
    ended = threading.Event()
    threading.Thread(target=_each_day, args=(rules, rules.at, database, store_at, ended), daemon=True).start()
    return ended


def until(at: time, now: datetime) -> timedelta:
    """How long it is until the next time of day `at`; `now` in UTC."""
    then = datetime.combine(now.date(), at, UTC)
    return (then if then > now else then + timedelta(days=1)) - now


def _each_day(
    rules: BackupRules, at: time, database: Path, store_at: Callable[[Path], Store], ended: threading.Event
) -> None:
    while not ended.wait(until(at, datetime.now(UTC)).total_seconds()):
        try:
            made = make(store_at(database), shelf_at(rules.place, database), rules)
            log.info("backup %s made, %s bytes", made.name, made.byte_count)
        except Refused as error:  # the next night tries again; /readyz tells that the newest one is old
            log.error("no backup was made: %s", error)
            happened("failure", where="backup")
        except Exception:
            log.exception("no backup was made")
            happened("failure", where="backup")
