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


def company_of(name: str) -> Company:
    """The company at the public address of the app; raises `Refused` where `SKILLTRACK_URL` names none.

    A did:web is looked up over https: an address without it would be one that nobody can look up.
    """
    url = mail_rules().url
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
        raise Refused(
            "What the company signs names it by its public address, and SKILLTRACK_URL is "
            f"{url!r}. Set it to https:// and the host at which people reach the app."
        )
    return Company(f"did:web:{parts.netloc.lower().replace(':', '%3A')}", url, name)


def did_document(keys: list[CompanyKey]) -> dict[str, Any] | None:
    """What lies at /.well-known/did.json: every key but those that were ended; none where there is no key.

    A key that was replaced stays, without an `expires`: verifiers would refuse what it signed before.
    """
    good = [key for key in keys if key.step != ENDED]
    if not keys:
        return None
    company = company_of(keys[0].name)
    methods = [
        {
            "id": f"{company.did}#{key.key_id}",
            "type": "Multikey",
            "controller": company.did,
            "publicKeyMultibase": key.public_key.removeprefix("did:key:"),
        }
        for key in good
    ]
    return {
        "@context": CONTEXTS,
        "id": company.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
