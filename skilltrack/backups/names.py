"""What a backup is called, and which backups a rule keeps."""

import hashlib
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack.config import KEPT_BY_RULE
from skilltrack.errors import Refused
from skilltrack.storage import Journal

SEALED = ".age"
MOST = 2**20
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


def name_of(own: str, moment: datetime, *, is_sealed: bool) -> str:
    """The name of a backup of the company `own` made at a moment (UTC)."""
    return f"{own}-{moment:%Y%m%dT%H%M%SZ}.tar.gz{SEALED * is_sealed}"


def own_name(database: Path) -> str:
    """What the backups of a database are called: its name and a sign of its company, which no other has."""
    log = Journal(str(database)).audit.path
    try:
        with log.open("rb") as lines:
            first = json.loads(lines.readline(MOST))
        secret = str(first["what"]["secret"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(f"{log} does not say which company this is. Run `check` first.") from None
    return f"{database.stem}-{hashlib.sha256(secret.encode()).hexdigest()[:8]}"


def companies_among(names: Iterable[str], stem: str) -> list[str]:
    """The companies whose backups of a database of this name lie on a shelf, as `own_name` calls them."""
    shape = re.compile(rf"({re.escape(stem)}-[0-9a-f]{{8}})-[0-9]{{8}}T[0-9]{{6}}Z\.tar\.gz(?:{re.escape(SEALED)})?")
    return sorted({match[1] for match in map(shape.fullmatch, names) if match})


def backups_among(names: Iterable[str], own: str) -> list[Backup]:
    """The backups of one company among the names on a shelf, the newest first; other names are not ours."""
    shape = re.compile(rf"{re.escape(own)}-([0-9]{{8}}T[0-9]{{6}}Z)\.tar\.gz({re.escape(SEALED)})?")
    backups = []
    for match in filter(None, map(shape.fullmatch, names)):
        with suppress(ValueError):  # digits that are no day
            backups.append(Backup(_moment(match[1]), match[0]))
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
