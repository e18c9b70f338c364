"""Who signs: the company, named by its host (did:web), whose document lists the keys with which it has signed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from skilltrack.config import mail_rules
from skilltrack.errors import Refused
from skilltrack.signing.keys import ENDED, CompanyKey

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


@dataclass(frozen=True)
class Company:
    """The company as it signs."""

    did: str
    """Its did:web: whoever runs its host speaks for it."""
    url: str
    name: str


def company_of(name: str, before: str = "") -> Company:
    """The company at the public address of the app, or at one that was its address before.

    Raises `Refused` where that is not https and a host: a did:web is looked up over https, and nobody could.
    """
    url = (before or mail_rules().url).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        what = "the address given" if before else "SKILLTRACK_URL"
        raise Refused(
            f"What the company signs names it by its public address, and {what} is "
            f"{url!r}. Use https:// and the host at which people reach the app."
        )
    return Company(f"did:web:{parts.netloc.lower().replace(':', '%3A')}", url, name)


def did_document(keys: list[CompanyKey], before: str = "") -> dict[str, Any] | None:
    """What lies at /.well-known/did.json of the public address, or of one `before` it; none where there is no key.

    A key that was replaced stays without an `expires`: from then on verifiers refuse whatever it signed before. One
    that was ended says since when it is revoked, and may assert nothing.
    """
    if not keys:
        return None
    company = company_of(keys[0].name, before)
    return {
        "@context": CONTEXTS,
        "id": company.did,
        "verificationMethod": [_method(company, key) for key in keys],
        "assertionMethod": [f"{company.did}#{key.key_id}" for key in keys if key.step != ENDED],
    }


def _method(company: Company, key: CompanyKey) -> dict[str, Any]:
    """A key as a Multikey, with the end that it has."""
    return {
        "id": f"{company.did}#{key.key_id}",
        "type": "Multikey",
        "controller": company.did,
        "publicKeyMultibase": key.public_key.removeprefix("did:key:"),
    } | ({"revoked": f"{key.happened_at:%Y-%m-%dT%H:%M:%SZ}"} if key.step == ENDED else {})
