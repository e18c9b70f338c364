"""Backups that the app makes by itself, once a day."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from skilltrack.backups.making import make
from skilltrack.backups.shelves import shelf_at
from skilltrack.config import BackupRules
from skilltrack.each_day import each_day
from skilltrack.errors import Refused
from skilltrack.happenings import happened
from skilltrack.storage import Store

log = logging.getLogger("skilltrack")


def begin_nightly(rules: BackupRules, database: Path, store_at: Callable[[Path], Store]) -> threading.Event | None:
    """Begin to make a backup each day at the time that the rules say; returns what ends it, None without a time."""

    def backup() -> None:
        try:
            store = store_at(database)
            if not store.is_on_duty():
                return
            made = make(store, shelf_at(rules.place, store.place), rules)
            log.info("backup %s made, %s bytes", made.name, made.byte_count)
        except Refused as error:  # the next night tries again; /readyz tells that the newest one is old
            log.error("no backup was made: %s", error)
            happened("failure", where="backup")
        except Exception:
            log.exception("no backup was made")
            happened("failure", where="backup")

    return each_day(rules.at, backup) if rules.at else None
