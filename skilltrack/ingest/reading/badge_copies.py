"""The kept copy of a file of badges from which somebody was erased: the credentials of the others as they came.

It is a list of what the file carried, in its order, so that every credential keeps the number that stands for its line.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from skilltrack.badges import Carried, Part, Unreadable
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.content import Content

MARK = b'{"badges that stay": ['


@dataclass(frozen=True)
class Gap:
    """Credentials that are gone."""

    lines: int


@dataclass(frozen=True)
class Unproved:
    """Credentials that stay as rows without their proof, because what was signed named somebody who is gone."""

    where: str
    rows: tuple[dict[str, str] | None, ...]
    """The cells of each; none for one that is gone."""


Staying = Part | Gap | Unproved


def is_copy(content: Content) -> bool:
    """Whether a file is such a copy."""
    return content[: len(MARK)] == MARK


def written(parts: Iterable[Staying]) -> bytes:
    """The copy, as a file."""
    listed = ",\n".join(json.dumps(_as_json(part), ensure_ascii=False) for part in parts)
    return MARK + b"\n" + listed.encode() + b"\n]}\n"


def read_copy(content: Content, name: str) -> list[Staying]:
    """What a copy holds; raises `BadFile` for one that is damaged."""
    try:
        return [_from_json(part) for part in json.loads(bytes(content))["badges that stay"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadFile(f"{name} is a damaged copy of badges. Restore the file from a backup.") from None


def _as_json(part: Staying) -> dict[str, Any]:
    if isinstance(part, Gap):
        return {"gone": part.lines}
    if isinstance(part, Unproved):
        return {"where": part.where, "rows": part.rows}
    if isinstance(part, Carried):
        return {"where": part.where, "carrier": part.carrier, "document": part.document, "token": part.token}
    reason = part.reason if isinstance(part, Unreadable) else f"{part.where} held only an address."
    return {"where": part.where, "unreadable": reason}


def _from_json(part: dict[str, Any]) -> Staying:
    if "gone" in part:
        return Gap(int(part["gone"]))
    if "rows" in part:
        return Unproved(part["where"], tuple(part["rows"]))
    if "unreadable" in part:
        return Unreadable(part["where"], part["unreadable"])
    if not isinstance(part["document"], dict):
        raise TypeError("a credential that is not an object")
    return Carried(part["where"], part["carrier"], part["document"], part["token"])
