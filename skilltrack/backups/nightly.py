"""Backups that the app makes by itself, once a day."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from skilltrack.backups.making import make
from skilltrack.backups.shelves import shelf_at
from skilltrack.config import BackupRules
from skilltrack.each_day import each_day, last
from skilltrack.errors import Refused
from skilltrack.happenings import happened
from skilltrack.keeping import newest_of
from skilltrack.storage import Store

log = logging.getLogger("skilltrack")


def begin_nightly(rules: BackupRules, database: Path, store_at: Callable[[Path], Store]) -> threading.Event | None:
    """Begin to make a backup each day at the time that the rules say; returns what ends it, None without a time.

    One that was missed, since the app did not run then, is made soon after the start; one that failed is tried again
    each hour.
    """
    if rules.at is None:
        return None
    return each_day(rules.at, lambda: back_up(rules, database, store_at, datetime.now(UTC)), catches_up=True)


def back_up(rules: BackupRules, database: Path, store_at: Callable[[Path], Store], now: datetime) -> bool:
    """Make the backup of the day, unless one was made since its hour; False where there is none yet.

    What goes wrong stands in the log, is counted as a failure, and shows in the condition `backup_to`.
    """
    try:
        store = store_at(database)
        if not store.holds_anything() or _is_made(store, rules, now):
            return True
        if not store.is_on_duty():  # another server makes it, and where that does not, this one may be on duty by then
            return False
        made = make(store, shelf_at(rules.place, store.place), rules)
        log.info("backup %s made, %s bytes", made.name, made.byte_count)
    except Refused as error:
        log.error("no backup was made: %s", error)
        happened("failure", where="backup")
        return False
    except Exception:
        log.exception("no backup was made")
        happened("failure", where="backup")
        return False
    return True


def _is_made(store: Store, rules: BackupRules, now: datetime) -> bool:
    newest = newest_of(store, rules.place)["away_at"]
    return rules.at is not None and newest is not None and newest >= last(rules.at, now).replace(tzinfo=None)
