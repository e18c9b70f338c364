"""Whether the place of backups and their key can be used, before somebody needs a backup."""

import os
from collections.abc import Iterator
from pathlib import Path

from skilltrack.backups.sealing import refuse_no_key
from skilltrack.backups.shelves import Bucket, shelf_at
from skilltrack.config import BackupRules
from skilltrack.errors import Refused
from skilltrack.keeping import Finding


def of_backups(rules: BackupRules, database: Path, newest: str | None, *, offline: bool) -> Iterator[Finding]:
    """What is wrong with the place where backups go, which is read and not written to, and with their key.

    `newest`: where the newest is that was made there. `offline`: a bucket is not asked.
    """
    if rules.key is not None:
        try:
            refuse_no_key(rules.key)
        except Refused as refused:
            yield Finding("backup", str(refused))
    if not rules.place or (offline and rules.place.startswith("s3://")):
        return
    try:
        shelf = shelf_at(rules.place, database)
        names = shelf.names()
    except Refused as refused:
        yield Finding("backup", str(refused))
        return
    if not isinstance(shelf, Bucket) and not os.access(rules.place, os.W_OK):
        message = f"{rules.place}, where backups go, cannot be written by this account (number {os.getuid()})."
        yield Finding("backup", f"{message} Give it to it.")
    if newest and newest.rpartition("/")[2] not in names:
        yield Finding("backup", f"{newest}, the newest backup that was made there, is gone. Run: backups make")
