"""Whether a credential was taken back: status lists, revocation lists, and what an assertion says of itself."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from skilltrack.badges import carriers, older, tokens
from skilltrack.badges.credentials import NotACredential, expires_on, issuer_id, listed, objects, text, valid_from
from skilltrack.badges.fetching import Fetcher, NotFetched, fetched, fetched_object
from skilltrack.badges.proofs import Outcome
from skilltrack.errors import BadFile
from skilltrack.text import visible

LARGEST = 16 * 1024 * 1024
"""Bytes of an unpacked list: 128 million credentials."""
LISTS = {
    "BitstringStatusListEntry": ("BitstringStatusListCredential", "BitstringStatusList"),
    "StatusList2021Entry": ("StatusList2021Credential", "StatusList2021"),
}
"""An entry's type to those of its list."""
MOST = 8


@dataclass(frozen=True)
class Status:
    """What the lists say of a credential."""

    outcome: Outcome
    reason: str
    taken_back: str = ""
    """revoked or suspended; empty = neither."""


NONE = Status(Outcome.ABSENT, "It names no list in which it could be revoked.")
IsSigned = Callable[[carriers.Carried], dict[str, Any]]
"""From a list to what its own signature covers; raises `NotFetched` where that does not hold."""


def of_credential(document: dict[str, Any], fetcher: Fetcher | None, on_day: date, signed: IsSigned) -> Status:
    """The status of an Open Badges 3.0 credential on a day."""
    entries = listed(document.get("credentialStatus"))
    if not entries:
        return NONE
    if len(entries) > MOST:
        return Status(Outcome.OPEN, f"It names {len(entries)} status lists; at most {MOST} are looked at.")
    statuses = [_of_entry(entry, document, fetcher, on_day, signed) for entry in entries]
    for status in statuses:
        if status.taken_back == "revoked":
            return status
    return next(
        (s for s in statuses if s.taken_back), next((s for s in statuses if s.outcome is Outcome.OPEN), statuses[0])
    )


def worse(one: Status, other: Status) -> Status:
    """That of two statuses which says more against a credential."""
    order = (Outcome.ABSENT, Outcome.PASSED, Outcome.OPEN, Outcome.FAILED)
    return max(one, other, key=lambda status: (status.taken_back == "revoked", order.index(status.outcome)))


def _of_entry(entry: Any, document: dict[str, Any], fetcher: Fetcher | None, on_day: date, signed: IsSigned) -> Status:
    try:
        kinds = [text(kind) for kind in listed(entry.get("type"))] if isinstance(entry, dict) else []
        if "1EdTechRevocationList" in kinds:
            return _in_revocation_list(entry, document, fetcher)
        kind = next((kind for kind in kinds if kind in LISTS), None)
        if kind is None:
            shown = visible(kinds[0] if kinds else "")[:60]
            return Status(Outcome.OPEN, f"Its status is of the kind {shown!r}, which is not known here.")
        return _in_bits(entry, LISTS[kind], fetcher, on_day, signed)
    except (NotFetched, NotACredential, BadFile) as error:
        return Status(Outcome.OPEN, f"Whether it was revoked was not checked: {str(error).rstrip('.')}.")


def _in_bits(
    entry: dict[str, Any], kinds: tuple[str, str], fetcher: Fetcher | None, on_day: date, signed: IsSigned
) -> Status:
    """Whether the bit of a credential is set in its list."""
    address, purpose = entry.get("statusListCredential"), text(entry.get("statusPurpose")) or "revocation"
    index = text(entry.get("statusListIndex"))
    if purpose not in ("revocation", "suspension") or text(entry.get("statusSize")) not in ("", "1"):
        return Status(Outcome.OPEN, f"Its status list is for {visible(purpose)[:40]!r}, which is not known here.")
    parts = list(carriers.of_text(fetched(address, "its status list", fetcher), "its status list", "JSON"))
    if len(parts) != 1 or not isinstance(parts[0], carriers.Carried):
        raise NotFetched("its status list is not one credential")
    document = signed(parts[0])
    if kinds[0] not in listed(document.get("type")):
        raise NotFetched(f"its status list is not a {kinds[0]}")
    starts, ends = valid_from(document), expires_on(document)
    if (starts and starts > on_day) or (ends and ends < on_day):
        raise NotFetched(f"its status list holds from {starts or 'ever'} to {ends or 'ever'}, not on {on_day}")
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or purpose not in listed(subject.get("statusPurpose")):
        raise NotFetched(f"its status list is not for {purpose}")
    bits = _bits(subject.get("encodedList"))
    if not index.isdecimal() or len(index) > 10 or int(index) >= 8 * len(bits):
        raise NotFetched(f"it has no place {visible(index)[:20]!r} in its status list of {8 * len(bits):,}")
    is_set = bits[int(index) // 8] >> (7 - int(index) % 8) & 1
    if not is_set:
        return Status(Outcome.PASSED, f"Its status list does not say that it is {_DONE[purpose]}.")
    return Status(
        Outcome.FAILED,
        f"Its issuer has {_DONE[purpose]} it, says the list at {visible(address)[:160]}.",
        _DONE[purpose],
    )


_DONE = {"revocation": "revoked", "suspension": "suspended"}


def _bits(encoded: Any) -> bytes:
    """The bits of a list: packed with gzip, in base64url, in newer lists behind a `u`."""
    if not isinstance(encoded, str):
        raise NotFetched("its status list has no bits")
    # gzip begins with H4sI in base64, so a leading u is always the mark of the encoding.
    packed = tokens.unpacked(encoded.removeprefix("u").rstrip("="), "its status list")
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        bits = unpacking.decompress(packed, LARGEST)
    except (zlib.error, gzip.BadGzipFile):
        raise NotFetched("its status list is damaged") from None
    if not unpacking.eof:
        raise NotFetched(f"its status list has more than {LARGEST:,} bytes, or is damaged")
    return bits


def _in_revocation_list(entry: dict[str, Any], document: dict[str, Any], fetcher: Fetcher | None) -> Status:
    """Whether a credential is named in a list of 1EdTech, which is not signed: its address and issuer speak for it."""
    listing = fetched_object(entry.get("id"), "its revocation list", fetcher)
    if issuer_id(listing) != issuer_id(document):
        raise NotFetched(f"its revocation list is that of {visible(issuer_id(listing))[:80]!r}, not of its issuer")
    if not text(document.get("id")):
        raise NotFetched("it has no id by which its revocation list could name it")
    for item in objects(listing.get("revokedCredential")):
        if text(item.get("id")) == text(document.get("id")) and item.get("revoked", True) is not False:
            return _revoked(item)
    return Status(Outcome.PASSED, "It is not in its issuer's revocation list.")


def _revoked(item: dict[str, Any]) -> Status:
    why = text(item.get("revocationReason"))
    return Status(Outcome.FAILED, f"Its issuer has revoked it{f': {visible(why)[:200]}' if why else ''}.", "revoked")


def of_assertion(document: dict[str, Any], fetcher: Fetcher | None) -> Status:
    """The status of an assertion of Open Badges 2.0 or older."""
    if older.is_revoked(document):
        return _revoked(document)
    if older.is_hosted(document):
        return NONE
    badge = document.get("badge")
    issuer = badge.get("issuer") if isinstance(badge, dict) else badge
    if not isinstance(issuer, dict):
        return Status(Outcome.OPEN, "Whether it was revoked was not checked: its issuer's profile lies elsewhere.")
    address = issuer.get("revocationList")
    if address is None:
        return NONE
    try:
        listing = fetched_object(address, "its revocation list", fetcher)
    except NotFetched as error:
        return Status(Outcome.OPEN, f"Whether it was revoked was not checked: {error}.")
    own = {text(document.get("id")), text(document.get("uid"))} - {""}
    for item in listed(listing.get("revokedAssertions")):
        entry = item if isinstance(item, dict) else {"id": item}
        if {text(entry.get("id")), text(entry.get("uid"))} & own:
            return _revoked(entry)
    return Status(Outcome.PASSED, "It is not in its issuer's revocation list.")
