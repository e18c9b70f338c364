"""The credential in the claims of a token, which must not contradict it."""

from datetime import date
from typing import Any

from skilltrack.badges.credentials import NotACredential, day, expires_on, issuer_id, listed, normal, text
from skilltrack.reasons import english
from skilltrack.text import visible


def end_beside(claims: dict[str, Any]) -> date | None:
    """The last day that a token's claims say beside the credential in them, or of one that has no such day itself."""
    if "vc" in claims:
        return expires_on(claims)
    return None if "credentialSubject" in claims else day(claims, "exp")


def of_claims(claims: dict[str, Any]) -> dict[str, Any]:
    """The credential in a token's claims; raises `NotACredential` where the claims contradict it."""
    inner = claims.get("vc", claims)
    if not isinstance(inner, dict):
        raise NotACredential(english("the vc in its token is not an object"))
    document = {key: value for key, value in inner.items() if key != "proof"}
    if inner is not claims and claims.get("credentialStatus") is not None:
        document["credentialStatus"] = [*listed(document.get("credentialStatus")), *listed(claims["credentialStatus"])]
    subject = normal(document.get("credentialSubject"))
    if not isinstance(subject, dict):
        return document
    for claim, key, has in (
        ("iss", "issuer", issuer_id(document)),
        ("jti", "id", text(document.get("id"))),
        ("sub", "id", text(subject.get("id"))),
    ):
        value = text(claims.get(claim))
        if value and has and value != has:
            raise NotACredential(
                english(
                    "its token says {claim} {one!r}, its credential {other!r}",
                    claim=claim,
                    one=visible(value)[:80],
                    other=visible(has)[:80],
                )
            )
        if value and not has and claim == "sub":
            document["credentialSubject"] = {**subject, "id": value}
        elif value and not has:
            document[key] = value
    for claim, names in (("nbf", ("validFrom", "issuanceDate")), ("exp", ("validUntil", "expirationDate"))):
        said_on, has_on = day(claims, claim), next((day(document, name) for name in names if name in document), None)
        if said_on and has_on and abs((said_on - has_on).days) > 1:  # a time zone may lie between them
            raise NotACredential(
                english("its token says {claim} {day}, its credential {other}", claim=claim, day=said_on, other=has_on)
            )
        if said_on and not has_on:
            document[names[1]] = claims[claim]
    return document
