"""What a backup is called, and which backups a rule keeps."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skilltrack.config import KEPT_BY_RULE

SEALED = ".age"
PERIODS: dict[str, Any] = {
    "daily": lambda moment: moment.date(),
    "weekly": lambda moment: moment.isocalendar()[:2],
    "monthly": lambda moment: (moment.year, moment.month),
}
"""By the word of a rule, the period in which a moment lies."""
if {*PERIODS} != {*KEPT_BY_RULE}:
    raise AssertionError("config and names know different periods")


@dataclass(frozen=True, order=True)
class Backup:
    """A backup as its name tells."""

    made_at: datetime
    """UTC, naive."""
    name: str

    @property
    def is_sealed(self) -> bool:
        """Whether it can be read only with a key."""
        return self.name.endswith(SEALED)


def name_of(stem: str, moment: datetime, *, is_sealed: bool) -> str:
    """The name of a backup of the database `stem` made at a moment (UTC)."""
    return f"{stem}-{moment:%Y%m%dT%H%M%SZ}.tar.gz{SEALED * is_sealed}"


def backups_among(names: Iterable[str], stem: str) -> list[Backup]:
    """The backups of one database among the names on a shelf, the newest first; other names are not ours."""
    shape = re.compile(rf"{re.escape(stem)}-(\d{{8}}T\d{{6}}Z)\.tar\.gz({re.escape(SEALED)})?")
    matches = filter(None, map(shape.fullmatch, names))
    backups = [Backup(_moment(match[1]), match[0]) for match in matches]
    return sorted(backups, reverse=True)


def kept_by(rule: dict[str, int], backups: Iterable[Backup]) -> dict[str, list[str]]:
    """By the name of each backup that a rule keeps, the words of the rule that keep it: the newest of each period.

    `rule`: how many days, weeks and months have one, such as {"daily": 7, "weekly": 4}. The newest backup is always
    kept.
    """
    ordered = sorted(backups, reverse=True)
    kept: dict[str, list[str]] = {ordered[0].name: []} if ordered else {}
    for word, most in rule.items():
        newest: dict[Any, Backup] = {}
        for backup in ordered:
            newest.setdefault(PERIODS[word](backup.made_at), backup)
        for backup in list(newest.values())[:most]:
            kept.setdefault(backup.name, []).append(word)
    return kept


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).replace(tzinfo=None)
