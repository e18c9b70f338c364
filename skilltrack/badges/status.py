"""Whether a credential was taken back: status lists, revocation lists, and what an assertion says of itself."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from skilltrack.badges import carriers, older, tokens
from skilltrack.badges.credentials import NotACredential, expires_on, issuer_id, listed, text, valid_from
from skilltrack.badges.fetching import NotFetched, Pages, fetched, fetched_object
from skilltrack.badges.proofs import Outcome
from skilltrack.errors import BadFile
from skilltrack.reasons import english
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


NONE = Status(Outcome.ABSENT, english("It names no list in which it could be revoked."))
_NOT_LISTED = Status(Outcome.PASSED, english("It is not in its issuer's revocation list."))
IsSigned = Callable[[carriers.Carried], dict[str, Any]]
"""From a list to what its own signature covers; raises `NotFetched` where that does not hold."""


def of_credential(document: dict[str, Any], pages: Pages, signed: IsSigned) -> Status:
    """The status of an Open Badges 3.0 credential on the day on which the pages were looked up."""
    entries = listed(document.get("credentialStatus"))
    if not entries:
        return NONE
    if len(entries) > MOST:
        return Status(
            Outcome.OPEN, english("It names {n} status lists; at most {most} are looked at.", n=len(entries), most=MOST)
        )
    statuses = [_of_entry(entry, document, pages, signed) for entry in entries]
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


def _of_entry(entry: Any, document: dict[str, Any], pages: Pages, signed: IsSigned) -> Status:
    try:
        kinds = [text(kind) for kind in listed(entry.get("type"))] if isinstance(entry, dict) else []
        if "1EdTechRevocationList" in kinds:
            return _in_revocation_list(entry, document, pages)
        kind = next((kind for kind in kinds if kind in LISTS), None)
        if kind is None:
            shown = visible(kinds[0] if kinds else "")[:60]
            return Status(
                Outcome.OPEN, english("Its status is of the kind {kind!r}, which is not known here.", kind=shown)
            )
        return _in_bits(entry, LISTS[kind], pages, signed)
    except (NotFetched, NotACredential, BadFile) as error:
        return Status(
            Outcome.OPEN, english("Whether it was revoked was not checked: {why}.", why=str(error).rstrip("."))
        )


@dataclass(frozen=True)
class _Listing:
    """A status list whose own signature holds."""

    starts: date | None
    ends: date | None
    purposes: list[Any]
    bits: bytes


def _in_bits(entry: dict[str, Any], kinds: tuple[str, str], pages: Pages, signed: IsSigned) -> Status:
    """Whether the bit of a credential is set in its list."""
    address, purpose = entry.get("statusListCredential"), text(entry.get("statusPurpose")) or "revocation"
    index = text(entry.get("statusListIndex"))
    if purpose not in ("revocation", "suspension") or text(entry.get("statusSize")) not in ("", "1"):
        return Status(
            Outcome.OPEN,
            english("Its status list is for {purpose!r}, which is not known here.", purpose=visible(purpose)[:40]),
        )
    data = fetched(address, english("its status list"), pages)
    listing = pages.once((kinds[0], text(address)), lambda: _listing(data, kinds[0], signed), lambda one: len(one.bits))
    starts, ends, bits, on_day = listing.starts, listing.ends, listing.bits, pages.looked_on
    if (starts and starts > on_day) or (ends and ends < on_day):
        raise NotFetched(
            english(
                "its status list holds from {starts} to {ends}, not on {on_day}",
                starts=starts or english("ever"),
                ends=ends or english("ever"),
                on_day=on_day,
            )
        )
    if purpose not in listing.purposes:
        raise NotFetched(english("its status list is not for {purpose}", purpose=purpose))
    if not index.isdecimal() or len(index) > 10 or int(index) >= 8 * len(bits):
        raise NotFetched(
            english("it has no place {index!r} in its status list of {n:,}", index=visible(index)[:20], n=8 * len(bits))
        )
    is_set = bits[int(index) // 8] >> (7 - int(index) % 8) & 1
    if not is_set:
        return Status(Outcome.PASSED, _NOT_DONE[purpose])
    return Status(
        Outcome.FAILED,
        _says(_DONE[purpose], visible(address)[:160]),
        _DONE[purpose],
    )


def _listing(data: bytes, kind: str, signed: IsSigned) -> _Listing:
    """A status list, checked and unpacked; raises `NotFetched` for one that is not to be believed."""
    try:
        parts = list(carriers.of_text(data, english("its status list"), "JSON"))
        if len(parts) != 1 or not isinstance(parts[0], carriers.Carried):
            raise NotFetched(english("its status list is not one credential"))
        document = signed(parts[0])
        if kind not in listed(document.get("type")):
            raise NotFetched(english("its status list is not a {kind}", kind=kind))
        subject = document.get("credentialSubject")
        subject = subject if isinstance(subject, dict) else {}
        bits = _bits(subject.get("encodedList"))
        return _Listing(valid_from(document), expires_on(document), listed(subject.get("statusPurpose")), bits)
    except (NotACredential, BadFile) as error:
        raise NotFetched(str(error).rstrip(".")) from None


_DONE = {"revocation": "revoked", "suspension": "suspended"}
_NOT_DONE = {
    "revocation": english("Its status list does not say that it is revoked."),
    "suspension": english("Its status list does not say that it is suspended."),
}


def _says(done: str, address: str) -> str:
    if done == "revoked":
        return english("Its issuer has revoked it, says the list at {address}.", address=address)
    return english("Its issuer has suspended it, says the list at {address}.", address=address)


def _bits(encoded: Any) -> bytes:
    """The bits of a list: packed with gzip, in base64url, in newer lists behind a `u`."""
    if not isinstance(encoded, str):
        raise NotFetched(english("its status list has no bits"))
    # gzip begins with H4sI in base64, so a leading u is always the mark of the encoding.
    packed = tokens.unpacked(encoded.removeprefix("u").rstrip("="), english("its status list"))
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        bits = unpacking.decompress(packed, LARGEST)
    except (zlib.error, gzip.BadGzipFile):
        raise NotFetched(english("its status list is damaged")) from None
    if not unpacking.eof:
        raise NotFetched(english("its status list has more than {most:,} bytes, or is damaged", most=LARGEST))
    return bits


def _in_revocation_list(entry: dict[str, Any], document: dict[str, Any], pages: Pages) -> Status:
    """Whether a credential is named in a list of 1EdTech, which is not signed: its address and issuer speak for it."""
    address = entry.get("id")
    listing = fetched_object(address, english("its revocation list"), pages)
    if issuer_id(listing) != issuer_id(document):
        raise NotFetched(
            english(
                "its revocation list is that of {other!r}, not of its issuer", other=visible(issuer_id(listing))[:80]
            )
        )
    own = text(document.get("id"))
    if not own:
        raise NotFetched(english("it has no id by which its revocation list could name it"))
    revoked = _by_id(
        pages, "revokedCredential", text(address), listing, lambda item: item.get("revoked", True) is not False
    )
    return _revoked(revoked[own]) if own in revoked else _NOT_LISTED


def _by_id(
    pages: Pages, key: str, address: str, listing: dict[str, Any], counts: Callable[[dict[str, Any]], bool]
) -> dict[str, dict[str, Any]]:
    """The entries of a revocation list that count, by what they name."""

    def read() -> dict[str, dict[str, Any]]:
        entries = [item if isinstance(item, dict) else {"id": item} for item in listed(listing.get(key))]
        names = (
            (name, entry) for entry in reversed(entries) for name in (text(entry.get("id")), text(entry.get("uid")))
        )
        return {name: entry for name, entry in names if name and counts(entry)}

    return pages.once((key, address), read, lambda entries: 300 * len(entries))


def _revoked(item: dict[str, Any]) -> Status:
    word = visible(text(item.get("revocationReason")))[:200]
    reason = english("Its issuer has revoked it: {word}.", word=word) if word else english("Its issuer has revoked it.")
    return Status(Outcome.FAILED, reason, "revoked")


def of_assertion(document: dict[str, Any], pages: Pages) -> Status:
    """The status of an assertion of Open Badges 2.0 or older."""
    if older.is_revoked(document):
        return _revoked(document)
    if older.is_hosted(document):
        return NONE
    badge = document.get("badge")
    issuer = badge.get("issuer") if isinstance(badge, dict) else badge
    if not isinstance(issuer, dict):
        return Status(
            Outcome.OPEN, english("Whether it was revoked was not checked: its issuer's profile lies elsewhere.")
        )
    address = issuer.get("revocationList")
    if address is None:
        return NONE
    try:
        listing = fetched_object(address, english("its revocation list"), pages)
    except NotFetched as error:
        return Status(Outcome.OPEN, english("Whether it was revoked was not checked: {why}.", why=error))
    revoked = _by_id(pages, "revokedAssertions", text(address), listing, lambda _: True)
    for own in (text(document.get("id")), text(document.get("uid"))):
        if own in revoked:
            return _revoked(revoked[own])
    return _NOT_LISTED
