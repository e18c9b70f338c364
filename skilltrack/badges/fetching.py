"""What may be asked of the outside world: nothing, unless a fetcher is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cachetools import LRUCache

from skilltrack.badges import json_text
from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

T = TypeVar("T")
Fetcher = Callable[[str], bytes]
"""From an https address to the bytes behind it; raises `NotFetched` with the reason."""
ROOM = 32 * 2**20
"""Bytes of pages and lists that are kept as they were read; the oldest are read again."""
SMALL = 1_000
"""Bytes that anything else counts as."""


class NotFetched(Exception):
    """What a check needs lies elsewhere and was not fetched; the message is a sentence without its full stop."""


@dataclass(frozen=True)
class _Read:
    """What reading something gave, or why it could not be read, and the pages that it rests on."""

    value: Any
    failure: str | None
    needed: frozenset[str]
    size: int


class Pages:
    """What lies elsewhere, looked up once and read once for all badges of a run of checks.

    Thousands of badges name one list or one key. Each of them still notes every page that it rests on, also where
    another badge had that page read.
    """

    def __init__(self, fetcher: Fetcher | None = None, looked_on: date = date.max) -> None:
        self.fetcher, self.looked_on = fetcher, looked_on
        self.seen: dict[str, bytes | str] = {}
        """By address what lay there, or why it was not fetched."""
        self.needed: set[str] = set()
        """Addresses that were asked for since this was emptied."""
        self._read: LRUCache[tuple[str, ...], _Read] = LRUCache(ROOM, getsizeof=lambda read: read.size)

    def content(self, address: str, what: str) -> bytes:
        """The bytes at an https address; `what` says what should be there. Raises `NotFetched`."""
        shown = visible(address)[:200]
        if self.fetcher is None:
            raise NotFetched(english("{what} is at {address}, and nothing is fetched here", what=what, address=shown))
        self.needed.add(address)
        if address not in self.seen:
            try:
                self.seen[address] = self.fetcher(address)
            except NotFetched as error:
                self.seen[address] = str(error)
        page = self.seen[address]
        if isinstance(page, str):
            raise NotFetched(page)
        if len(page) > json_text.LARGEST:
            raise NotFetched(
                english(
                    "{what} at {address} has more than {most:,} bytes", what=what, address=shown, most=json_text.LARGEST
                )
            )
        return page

    def once(self, key: tuple[str, ...], read: Callable[[], T], weigh: Callable[[T], int] = lambda _: SMALL) -> T:
        """What `read` gave, or raised as `NotFetched`, to the first badge that asked with this key.

        `weigh`: the bytes that it counts as.
        """
        if key not in self._read:
            before, self.needed = self.needed, set()
            try:
                value = read()
                self._read[key] = _Read(value, None, frozenset(self.needed), min(weigh(value), ROOM))
            except NotFetched as error:
                self._read[key] = _Read(None, str(error), frozenset(self.needed), SMALL)
            finally:
                self.needed |= before
        one = self._read[key]
        self.needed |= one.needed
        if one.failure is not None:
            raise NotFetched(one.failure)
        return one.value


def fetched(address: Any, what: str, pages: Pages) -> bytes:
    """The bytes at an address; `what` says what should be there."""
    if not isinstance(address, str) or urlsplit_of(address) is None:
        raise NotFetched(
            english("{what} is at {address}, which is not an https address", what=what, address=visible(address)[:200])
        )
    return pages.content(address, what)


def fetched_object(address: Any, what: str, pages: Pages) -> dict[str, Any]:
    """The JSON object at an address: the same one for every badge, so nobody changes it."""
    data = fetched(address, what, pages)

    def read() -> dict[str, Any]:
        try:
            value = json_text.parsed(data, english("it"))
        except BadFile as error:
            raise NotFetched(english("cannot be read: {why}", why=str(error).rstrip("."))) from None
        if not isinstance(value, dict):
            raise NotFetched(english("is not a JSON object"))
        return value

    try:
        return pages.once(("object", address), read, lambda _: len(data))
    except NotFetched as error:
        raise NotFetched(
            english("{what} at {address} {why}", what=what, address=visible(address)[:200], why=error)
        ) from None


def urlsplit_of(address: str) -> tuple[str, str] | None:
    """Scheme and host of an https address, or nothing for any other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc.lower()) if parts.scheme == "https" and parts.netloc else None


def have_one_host(*addresses: str) -> bool:
    """Whether several https addresses belong to one host."""
    hosts = {urlsplit_of(address) for address in addresses}
    return len(hosts) == 1 and None not in hosts
