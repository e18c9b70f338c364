"""How a running Skilltrack is: whether its database answers, and how old the newest roster and backups are.

For programs that watch it (`/readyz`, `/metrics`) and for `doctor`. Nothing here names a person.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack.config import BackupRules, backup_rules, watch_rules
from skilltrack.errors import Refused
from skilltrack.keeping.shared_store import data_at, store_at
from skilltrack.kept import is_fresh
from skilltrack.relations import read_text
from skilltrack.storage import Published, Store
from skilltrack.text import counted

NEWEST = read_text("keeping/condition/newest")
NEEDED = 50 * 2**20
"""Bytes without which nothing can be noted any more, so that nobody can sign in."""
ROOM = 500 * 2**20
"""Bytes that should be left on the disk, or as many as the database has, which a rebuild needs: whichever is more."""
NIGHTS = 2
"""Days after which the newest backup is too old that the app makes each day: one night may fail."""


@dataclass(frozen=True)
class Condition:
    """One thing that can be well or not."""

    name: str
    is_ok: bool
    is_needed: bool = False
    """Whether the app cannot do its work while this is not well."""
    message: str = ""
    """What is wrong and what to do; empty where nothing is."""
    value: float | None = None
    """Bytes left of the disk; days since the newest roster or backup, None where there is none."""


def conditions(database: Path) -> list[Condition]:
    """How a database, the file or lake of that name, and what surrounds it, is: as `conditions_of`.

    It is opened where this process has not done so yet. One that does not answer is the only condition told then.
    """
    try:
        data = data_at(database)
        if isinstance(data, Published):
            data.data_version()  # looks, where it is time to
            return [Condition("store", not data.fault, True, data.fault)]
        return conditions_of(store_at(database))
    except (Refused, OSError) as error:
        return [Condition("store", False, True, str(error))]


def conditions_of(store: Store) -> list[Condition]:
    """How an open database, and what surrounds it, is: store, kept, writable, disk, roster, backup, backup_to."""
    newest = newest_of(store)
    is_kept = is_fresh(store) or newest["event_at"] is None
    behind = "The computed tables are behind the uploads, so nobody can sign in. Start the app again."
    return [
        Condition("store", True, True),
        Condition("kept", is_kept, True, "" if is_kept else behind),
        Condition("writable", not store.fault, False, store.fault),
        room_for(Path(store.path), store.byte_count()),
        *_ages(newest),
    ]


def newest_of(store: Store, place: str | None = None) -> dict[str, Any]:
    """When the newest roster and backups are from (UTC, naive).

    `roster_at`; `backup_at` and `backup_path` of any backup, `away_at` and `away_path` of those in
    `place`, by default `SKILLTRACK_BACKUP_TO`; `event_at` of anything. Each is None where there is none.
    """
    if place is None:
        rules = _backup_rules()
        place = rules.place if rules else ""
    row: dict[str, Any] = store.query(NEWEST, {"place": place.rstrip("/")}).to_pylist()[0]
    return row


def _backup_rules() -> BackupRules | None:
    """How backups are made; None where the settings cannot be used, which `doctor` and the start of the app tell."""
    try:
        return backup_rules()
    except Refused:
        return None


def room_for(database: Path, byte_count: int) -> Condition:
    """Whether enough is left of the disk beside a database that has so many bytes."""
    left, wanted = shutil.disk_usage(database.parent).free, max(ROOM, byte_count)
    message = (
        f"{left // 2**20:,} MiB are left on the disk of {database}; {wanted // 2**20:,} should be. Free some space."
    )
    return Condition("disk", left >= wanted, left < NEEDED, "" if left >= wanted else message, left)


def _ages(newest: dict[str, Any]) -> Iterator[Condition]:
    """Whether the newest roster and the newest backups are young enough; before the first upload all are."""
    rules, backups = watch_rules(), _backup_rules()
    has_begun = newest["event_at"] is not None
    way_out = "Make one every night: set SKILLTRACK_BACKUP_AT."
    if backups and backups.place:
        way_out = "Run `backups make`, which says why none is made."
    yield _age("roster", newest["roster_at"], rules.roster_days, has_begun, "Look whether the feed from HR still runs.")
    yield _age("backup", newest["backup_at"], rules.backup_days, has_begun, way_out)
    if backups and backups.place:
        days = min(NIGHTS, rules.backup_days) if backups.at else rules.backup_days
        called = f"backup in {backups.place}"
        yield replace(_age(called, newest["away_at"], days, has_begun, way_out), name="backup_to")


def _age(what: str, at: datetime | None, most: int, has_begun: bool, way_out: str) -> Condition:
    if at is None:
        return Condition(what, not has_begun, message=f"There is no {what}. {way_out}" if has_begun else "")
    days = (datetime.now(UTC).replace(tzinfo=None) - at).total_seconds() / 86400
    message = f"The newest {what} is {counted(int(days), 'day')} old. {way_out}" if days > most else ""
    return Condition(what, days <= most, message=message, value=round(days, 3))
