"""Badges are checked again by the app itself, once a day."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from skilltrack.each_day import each_day
from skilltrack.errors import Refused
from skilltrack.fetching.refreshing import refresh_badges
from skilltrack.fetching.rules import FetchRules
from skilltrack.happenings import happened
from skilltrack.ingest import Options
from skilltrack.storage import Store

log = logging.getLogger("skilltrack")


def begin_refreshing(rules: FetchRules, database: Path, store_at: Callable[[Path], Store]) -> threading.Event | None:
    """Begin to check badges again each day at the time of the rules; returns what ends it, None without a time."""
    return each_day(rules.at, lambda: refresh_now(rules, lambda: store_at(database))) if rules.at else None


def refresh_now(rules: FetchRules, store_of: Callable[[], Store]) -> None:
    """Check badges again, and write to the log what came of it; nothing that goes wrong ends the app's days."""
    try:
        store = store_of()
        if not store.is_on_duty():
            return
        again = refresh_badges(store, rules, Options())
        log.info("badges: %d looked at, %d of them revoked since", again.badges, again.revoked)
        if again.not_fetched or again.problems:
            log.warning(
                "badges: %d addresses were not fetched, %d badges not handed in again; `badges refresh` names them",
                len(again.not_fetched),
                len(again.problems),
            )
    except Refused as error:
        log.error("badges were not checked again: %s", error)
        happened("failure", where="badges")
    except Exception:
        log.exception("badges were not checked again")
        happened("failure", where="badges")
