"""How backups are made, how the audit log is sealed, and how long personal data stays."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from skilltrack.config.variables import time_of_day
from skilltrack.errors import Refused

KEPT_BY_RULE = ("daily", "weekly", "monthly")
"""The words of a rule by which backups are kept."""
KEEP = "daily 7, weekly 4, monthly 12"


@dataclass(frozen=True)
class BackupRules:
    """Where backups go, when the app makes them, and which are kept."""

    place: str
    """A folder, or s3://BUCKET/PREFIX; empty = nowhere."""
    at: time | None
    """The time of day (UTC) at which the app makes one; None = it makes none."""
    keep: dict[str, int]
    """How many days, weeks and months keep their newest backup; empty = all are kept."""
    key: Path | None
    """The file of the key with which they are sealed; None = they are not."""


def backup_rules() -> BackupRules:
    """How backups are made.

    `SKILLTRACK_BACKUP_TO`, `SKILLTRACK_BACKUP_AT` (HH:MM, UTC), `SKILLTRACK_BACKUP_KEEP` (daily 7, weekly 4, monthly
    12), `SKILLTRACK_BACKUP_KEY`.
    """
    at, place = os.environ.get("SKILLTRACK_BACKUP_AT", ""), os.environ.get("SKILLTRACK_BACKUP_TO", "")
    moment = time_of_day("SKILLTRACK_BACKUP_AT", "02:30")
    if at and not place:
        raise Refused("SKILLTRACK_BACKUP_AT is set, and SKILLTRACK_BACKUP_TO is not. Say where backups go, too.")
    keep = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_BACKUP_KEEP", KEEP).split(","))):
        word, _, number = part.partition(" ")
        if word not in KEPT_BY_RULE or not number.strip().isdecimal():
            raise Refused(f"SKILLTRACK_BACKUP_KEEP says {part!r}. Write words and numbers, such as {KEEP!r}.")
        keep[word] = int(number)
    key = os.environ.get("SKILLTRACK_BACKUP_KEY", "")
    return BackupRules(_whole(place), moment, keep, Path(key).absolute() if key else None)


def _whole(place: str) -> str:
    """A place with the whole path of its folder, whatever folder the process is in later."""
    return place if not place or place.startswith("s3://") else str(Path(place).absolute())


def bucket_endpoint() -> str:
    """Where S3-compatible storage is that is not AWS's own, `AWS_ENDPOINT_URL`; empty = it is."""
    return os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT", "")


def is_plain_http() -> bool:
    """Whether the S3-compatible storage that `AWS_ENDPOINT_URL` names is reached without TLS."""
    return bucket_endpoint().startswith("http://")


_is_anchored_beside: ContextVar[bool] = ContextVar("is_anchored_beside", default=False)


@contextmanager
def anchored_beside() -> Iterator[None]:
    """Anchor audit logs beside their databases meanwhile: a copy of a company never touches that of the live one."""
    before = _is_anchored_beside.set(True)
    try:
        yield
    finally:
        _is_anchored_beside.reset(before)


def audit_anchor() -> str:
    """The file in which the audit log is anchored, `SKILLTRACK_AUDIT_ANCHOR`; empty = beside the database."""
    return "" if _is_anchored_beside.get() else os.environ.get("SKILLTRACK_AUDIT_ANCHOR", "")


def audit_key() -> bytes:
    """The key under which entries of the audit log are sealed, `SKILLTRACK_AUDIT_KEY`; empty = none."""
    return os.environ.get("SKILLTRACK_AUDIT_KEY", "").encode()


def retention(words: Collection[str]) -> dict[str, int]:
    """Months after which personal data goes, as `SKILLTRACK_RETENTION` says (`left 24, badges 60`); the rest stays.

    `words`: what can have an end.
    """
    kept = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_RETENTION", "").split(","))):
        name, _, months = part.partition(" ")
        if name not in words or not months.strip().isdecimal():
            raise Refused(
                f"SKILLTRACK_RETENTION says {part!r}. Write a word and months, such as 'left 24, badges 60'; "
                f"the words are: {', '.join(words)}."
            )
        kept[name] = int(months)
    return kept
