"""Files of badges that are our own: a kept one from which somebody was erased, and badges that were checked again.

Both list what was carried, in its order, so that every credential keeps the number that stands for its line. Badges
that were checked again come with the pages that were looked up for it: reading the file gives the same at any time.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from skilltrack.badges import Carried, NotFetched, Part, Unreadable
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.content import Content

MARK = b'{"badges that stay": ['
AGAIN = b'{"badges checked again": '


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


@dataclass(frozen=True)
class LookedUp:
    """The pages that were looked up elsewhere to check badges."""

    at: datetime
    """When, in UTC."""
    pages: dict[str, bytes | str] = field(default_factory=dict)
    """By address what lay there, or why it was not fetched."""

    def fetched(self, address: str) -> bytes:
        """What lay at an address then, as a `Fetcher` gives it."""
        page = self.pages.get(address, f"{address} was not looked up")
        if isinstance(page, str):
            raise NotFetched(page)
        return page


@dataclass(frozen=True)
class Copy:
    """What such a file holds."""

    parts: list[Staying]
    looked_up: LookedUp | None = None
    given: dict[int, dict[str, str] | None] = field(default_factory=dict)
    """By line the cells that are on record for the award instead of those of the badge; none for one left out."""


def is_copy(content: Content) -> bool:
    """Whether a file is such a copy."""
    return content[: len(MARK)] == MARK or content[: len(AGAIN)] == AGAIN


def written(copy: Copy) -> bytes:
    """The copy, as a file."""
    listed = ",\n".join(json.dumps(_as_json(part), ensure_ascii=False) for part in copy.parts)
    if copy.looked_up is None:
        return MARK + b"\n" + listed.encode() + b"\n]}\n"
    pages = {
        address: {"reason": page} if isinstance(page, str) else {"content": base64.b64encode(page).decode()}
        for address, page in copy.looked_up.pages.items()
    }
    head = {"at": copy.looked_up.at.isoformat(), "pages": pages, "given": copy.given}
    again = AGAIN + json.dumps(head, ensure_ascii=False).encode()
    return again + b',\n"badges that stay": [\n' + listed.encode() + b"\n]}\n"


def read_copy(content: Content, name: str) -> Copy:
    """What a copy holds; raises `BadFile` for one that is damaged."""
    try:
        whole = json.loads(bytes(content))
        parts = [_from_json(part) for part in whole["badges that stay"]]
        if (again := whole.get("badges checked again")) is None:
            return Copy(parts)
        pages = {
            address: page["reason"] if "reason" in page else base64.b64decode(page["content"])
            for address, page in again["pages"].items()
        }
        given = {int(line): cells and dict(cells) for line, cells in again["given"].items()}
        return Copy(parts, LookedUp(datetime.fromisoformat(again["at"]), pages), given)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
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
