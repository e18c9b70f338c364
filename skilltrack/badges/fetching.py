"""What may be asked of the outside world: nothing, unless a fetcher is handed in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from skilltrack.badges import json_text
from skilltrack.errors import BadFile
from skilltrack.text import visible

Fetcher = Callable[[str], bytes]
"""From an https address to the bytes behind it; raises `NotFetched` with the reason."""


class NotFetched(Exception):
    """What a check needs lies elsewhere and was not fetched; the message is a sentence without its full stop."""


def fetched(address: Any, what: str, fetcher: Fetcher | None) -> bytes:
    """The bytes at an address; `what` says what should be there."""
    shown = visible(address)[:200]
    if not isinstance(address, str) or urlsplit_of(address) is None:
        raise NotFetched(f"{what} is at {shown}, which is not an https address")
    if fetcher is None:
        raise NotFetched(f"{what} is at {shown}, and nothing is fetched here")
    data = fetcher(address)
    if len(data) > json_text.LARGEST:
        raise NotFetched(f"{what} at {shown} has more than {json_text.LARGEST:,} bytes")
    return data


def fetched_object(address: Any, what: str, fetcher: Fetcher | None) -> dict[str, Any]:
    """The JSON object at an address."""
    data = fetched(address, what, fetcher)
    try:
        value = json_text.parsed(data, what)
    except BadFile as error:
        raise NotFetched(f"{what} at {visible(address)[:200]} cannot be read: {error}".rstrip(".")) from None
    if not isinstance(value, dict):
        raise NotFetched(f"{what} at {visible(address)[:200]} is not a JSON object")
    return value


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
