"""Signed badges for the demo company: its own academy signs with a key that is made when the demo is built.

Most name their holder by an address and count as verified; one was revoked. Two are set aside: one names nobody whom
the roster knows, one was changed after it was signed.
"""

import base64
import csv
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from skilltrack.badges import listed_form

ACADEMY = "Norrland Academy"
PREFIX = "nl-"
"""How the ids of the academy's credentials begin."""
MOST = 60
KEYS, BADGES = "issuer_keys.csv", "badges.zip"
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def write_badges(folder: Path, awards: Path, roster: Path) -> None:
    """Write the academy's key and its badges into `folder`, for awards of the table that people on the roster hold."""
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    did = listed_form(pem)
    with (folder / KEYS).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("issuer", "key"), (ACADEMY, pem)])
    addresses = {row["employee_id"]: row["email"] for row in _rows(roster)}
    own = [
        row
        for row in _rows(awards)
        if row["credential_id"].startswith(PREFIX) and not row["revoked_on"] and addresses.get(row["employee_id"])
    ]
    with zipfile.ZipFile(folder / BADGES, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(own[-MOST:], 1):
            document = _badge(did, row, addresses[row["employee_id"]])
            archive.writestr(f"badge {number:02}.jwt", _signed(private, did, document))
        stray = _badge(did, own[-1], "somebody@elsewhere.example")
        changed = _badge(did, own[1], addresses[own[1]["employee_id"]])
        archive.writestr("badge of somebody.jwt", _signed(private, did, stray))
        archive.writestr("changed badge.jwt", _tampered(_signed(private, did, changed)))
        archive.writestr("revoked badge.json", json.dumps(_revoked(own[0], addresses[own[0]["employee_id"]]), indent=1))


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _badge(did: str, row: Mapping[str, str], address: str) -> dict[str, Any]:
    """An award of the table as an Open Badges 3.0 credential."""
    ends = {"validUntil": f"{row['expires_on']}T12:00:00Z"} if row["expires_on"] else {}
    holder = {"type": "IdentityObject", "hashed": False, "identityHash": address, "identityType": "emailAddress"}
    achievement = {
        "id": row["credential_id"],
        "type": ["Achievement"],
        "name": row["credential_id"],
        "description": "Made up.",
        "criteria": {"narrative": "Made up."},
    }
    return {
        "@context": CONTEXTS,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did, "type": ["Profile"], "name": ACADEMY},
        "validFrom": f"{row['issued_on']}T08:00:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], "identifier": [holder], "achievement": achievement},
        **ends,
    }


def _revoked(row: Mapping[str, str], address: str) -> dict[str, Any]:
    """A second award of somebody, in the older standard, which its issuer has taken back."""
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://academy.norrland-energi.example/a/taken-back",
        "recipient": {"type": "email", "hashed": False, "identity": address},
        "badge": {
            "id": row["credential_id"],
            "type": "BadgeClass",
            "name": row["credential_id"],
            "issuer": {"name": ACADEMY},
        },
        "issuedOn": f"{row['issued_on']}T08:00:00Z",
        "revoked": True,
        "revocationReason": "Issued twice by mistake",
        "verification": {"type": "hosted"},
    }


def _signed(private: Ed25519PrivateKey, did: str, document: Mapping[str, Any]) -> str:
    """A document as a token that the key has signed."""
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": f"{did}#{did.removeprefix('did:key:')}"}
    message = ".".join(_base64url(json.dumps(part).encode()) for part in (header, document))
    return f"{message}.{_base64url(private.sign(message.encode()))}"


def _tampered(token: str) -> str:
    """A token that says since it was signed that it was earned five years earlier."""
    header, payload, signature = token.split(".")
    document = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    year, _, rest = document["validFrom"].partition("-")
    document["validFrom"] = f"{int(year) - 5}-{rest}"
    return f"{header}.{_base64url(json.dumps(document).encode())}.{signature}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
