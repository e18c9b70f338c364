"""A transcript as Open Badges 3.0 credentials in a Comprehensive Learner Record 2.0, unsigned.

It has the shape of a credential without the proof: other systems can read it, and nobody can mistake it for verified.
Self ratings are left out, because nobody else confirms them.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
ONE = ["source", "credential_id", "credential", "issuer", "valid_from", "valid_to"]
"""The columns that all lines of one award, stack or recognition share."""


def transcript(who: Any, lines: pd.DataFrame, as_of: date) -> bytes:
    """The record of one person (a row of `people`) from the lines of `transcript`, as JSON."""
    subject = {"identifier": [identity("systemId", who["employee_id"]), identity("name", who["name"])]}
    credentials = [_credential(subject, known, part) for known, part in held(lines)]
    about = "Unsigned: made from an employer's records, to be checked with the issuers."
    return as_json(record(who, subject, credentials, profile("Skilltrack"), moment(as_of), about))


def held(lines: pd.DataFrame) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """What somebody else than the person attests, each award once: what is known of it, and its lines by skill."""
    evidence = lines[(lines["source"] != "self_rating") & lines["skill_id"].notna()].astype(object)
    evidence = evidence.where(evidence.notna(), None)
    for shared, part in evidence.groupby(ONE, dropna=False, sort=False):
        yield {name: value for name, value in zip(ONE, shared, strict=True) if not pd.isna(value)}, part


def record(
    who: Any, subject: dict[str, Any], credentials: list[dict[str, Any]], issuer: dict[str, Any], since: str, about: str
) -> dict[str, Any]:
    """The record around the credentials of a person."""
    return {
        "@context": CONTEXTS,
        "id": urn(issuer["id"], who["employee_id"], since),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"Transcript of {who['name']}",
        "description": about,
        "issuer": issuer,
        "validFrom": since,
        "credentialSubject": {"type": ["ClrSubject"], **subject, "verifiableCredential": credentials},
    }


def credential_about(subject: dict[str, Any], known: dict[str, Any], part: pd.DataFrame) -> dict[str, Any]:
    """A credential without who issues it and when: its achievement, with skills and levels."""
    name = known.get("credential") or known.get("credential_id") or "Recognised prior learning"
    skills = [str(skill or skill_id) for skill, skill_id in zip(part["skill"], part["skill_id"], strict=True)]
    levels = [urn("level", str(skill_id)) for skill_id in part["skill_id"]]
    achievement = {
        "id": urn("achievement", str(known.get("credential_id") or skills[0])),
        "type": ["Achievement"],
        "name": name,
        "description": f"Attests {', '.join(skills)}.",
        "criteria": {"narrative": "As the issuer of the credential defines it."},
        "alignment": [
            {"type": ["Alignment"], "targetName": skill, "targetCode": code, "targetUrl": urn("skill", code)}
            for skill, code in zip(skills, part["skill_id"], strict=True)
        ],
        "resultDescription": [
            {"id": at, "type": ["ResultDescription"], "name": f"Level of {skill}", "resultType": "RawScore"}
            for at, skill in zip(levels, skills, strict=True)
        ],
    }
    results = [
        {"type": ["Result"], "resultDescription": at, "value": str(level)}
        for at, level in zip(levels, part["level"], strict=True)
    ]
    return {
        "@context": [CONTEXTS[0], CONTEXTS[2]],
        "id": urn(*(str(value) for value in (*subject["identifier"][0].values(), *known.values()))),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "credentialSubject": {"type": ["AchievementSubject"], **subject, "achievement": achievement, "result": results},
    }


def _credential(subject: dict[str, Any], known: dict[str, Any], part: pd.DataFrame) -> dict[str, Any]:
    whole = credential_about(subject, known, part)
    issuer = profile(str(known.get("issuer") or "Unknown issuer"))
    return whole | {"issuer": issuer, "validFrom": moment(known["valid_from"])} | until(known)


def until(known: dict[str, Any]) -> dict[str, str]:
    """Its last day, which counts, where it has one."""
    return {"validUntil": f"{known['valid_to'].isoformat()}T23:59:59Z"} if "valid_to" in known else {}


def profile(name: str) -> dict[str, Any]:
    """Whoever has a name and no address of its own."""
    return {"id": urn("issuer", name), "type": ["Profile"], "name": name}


def identity(kind: str, value: str) -> dict[str, Any]:
    """How a holder is named."""
    return {"type": "IdentityObject", "hashed": False, "identityHash": str(value), "identityType": kind}


def moment(day: date) -> str:
    """The beginning of a day."""
    return f"{day.isoformat()}T00:00:00Z"


def urn(*parts: str) -> str:
    """An id that is the same for the same parts."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "urn:skilltrack:" + "\n".join(parts)).urn


def as_json(document: dict[str, Any]) -> bytes:
    """A document as a file."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
