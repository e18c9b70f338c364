"""Open Badges 2.0 and older: assertions, whose badge and issuer stand in them or lie at addresses."""

from typing import Any

from skilltrack.badges import json_text
from skilltrack.badges.credentials import (
    Credential,
    Identity,
    NotACredential,
    addresses,
    alignments,
    criteria,
    day,
    listed,
    says_true,
    text,
)
from skilltrack.errors import BadFile
from skilltrack.reasons import english


def is_older(document: dict[str, Any]) -> bool:
    """Whether a document is an assertion of Open Badges 2.0 or older."""
    return "badge" in document and "recipient" in document


def standard(document: dict[str, Any]) -> str:
    """Which version an assertion is of, by what only that version has."""
    if "verification" in document or "w3id.org/openbadges/v2" in str(document.get("@context")):
        return "Open Badges 2.0"
    return "Open Badges 1.x" if "verify" in document else "Open Badges 0.5"


def verification(document: dict[str, Any]) -> dict[str, Any]:
    """How an assertion says that it can be checked."""
    value = document.get("verification", document.get("verify"))
    return value if isinstance(value, dict) else {}


def is_hosted(document: dict[str, Any]) -> bool:
    """Whether an assertion is checked by looking it up at its address."""
    kinds = {kind.lower() for kind in listed(verification(document).get("type")) if isinstance(kind, str)}
    return bool(kinds & {"hosted", "hostedbadge"})


def assertion_of(document: dict[str, Any]) -> Credential:
    """A credential of Open Badges 2.0 or older."""
    badge = document.get("badge")
    badge = badge if isinstance(badge, dict) else {"id": badge}
    issuer = badge.get("issuer")
    issuer = issuer if isinstance(issuer, dict) else {"id": issuer}
    issued = day(document, "issuedOn") or day(document, "issued_on")
    return Credential(
        standard=standard(document),
        id=text(document.get("id")) or text(document.get("uid")),
        recipients=(_recipient(document),),
        achievement_id=text(badge.get("id")),
        achievement=text(badge.get("name")),
        achievement_type="Badge",
        criteria=criteria(badge.get("criteria")),
        alignments=alignments(badge),
        issuer_id=text(issuer.get("id")) or text(issuer.get("url")) or text(issuer.get("origin")),
        issuer=text(issuer.get("name")),
        issued_on=issued,
        valid_from=issued,
        expires_on=day(document, "expires"),
        evidence=addresses(document.get("evidence")),
    )


def say_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two copies of an assertion say the same of who earned what, when and until when."""
    both = (assertion_of(one), assertion_of(other)) if is_older(one) and is_older(other) else ()
    return len({(c.id, c.recipients, c.achievement_id, c.issued_on, c.expires_on, c.evidence) for c in both}) == 1


def says_revoked(content: bytes) -> bool:
    """Whether a page is what is left of a hosted assertion that its host has revoked."""
    try:
        page = json_text.parsed(content, "the page")
    except BadFile:
        return False
    return isinstance(page, dict) and is_revoked(page)


def is_revoked(document: dict[str, Any]) -> bool:
    """Whether an assertion, or what is left of it at its host, says itself that it was revoked."""
    return document.get("revoked") not in (None, False)


def _recipient(document: dict[str, Any]) -> Identity:
    recipient = document.get("recipient")
    if isinstance(recipient, str):
        return Identity("email", recipient, recipient.startswith(("sha256$", "md5$")), text(document.get("salt")))
    if not isinstance(recipient, dict) or not text(recipient.get("identity")):
        raise NotACredential(english("its recipient has no identity"))
    kind = text(recipient.get("type")) or "email"
    word, salt = recipient.get("hashed"), text(recipient.get("salt"))
    return Identity(kind, text(recipient["identity"]), says_true(word), salt, word not in (True, "true"))
