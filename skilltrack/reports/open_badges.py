"""A transcript as Open Badges 3.0 credentials in a Comprehensive Learner Record 2.0, unsigned.

It has the shape of a credential without the proof: other systems can read it, and nobody can mistake it for verified.
Self ratings are left out, because nobody else confirms them.
"""

import json
import uuid
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
    evidence = lines[(lines["source"] != "self_rating") & lines["skill_id"].notna()].astype(object)
    evidence = evidence.where(evidence.notna(), None)
    subject = {"identifier": [_identity("systemId", who["employee_id"]), _identity("name", who["name"])]}
    record = {
        "@context": CONTEXTS,
        "id": _urn(who["employee_id"], str(as_of)),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"Transcript of {who['name']}",
        "description": "Unsigned: made from an employer's records, to be checked with the issuers.",
        "issuer": _profile("Skilltrack"),
        "validFrom": _moment(as_of),
        "credentialSubject": {
            "type": ["ClrSubject"],
            **subject,
            "verifiableCredential": [
                _credential(subject, dict(zip(ONE, shared, strict=True)), part)
                for shared, part in evidence.groupby(ONE, dropna=False, sort=False)
            ],
        },
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _credential(subject: dict[str, Any], shared: dict[str, Any], part: pd.DataFrame) -> dict[str, Any]:
    known = {name: value for name, value in shared.items() if not pd.isna(value)}
    name = known.get("credential") or known.get("credential_id") or "Recognised prior learning"
    skills = [str(skill or skill_id) for skill, skill_id in zip(part["skill"], part["skill_id"], strict=True)]
    levels = [_urn("level", str(skill_id)) for skill_id in part["skill_id"]]
    achievement = {
        "id": _urn("achievement", str(known.get("credential_id") or skills[0])),
        "type": ["Achievement"],
        "name": name,
        "description": f"Attests {', '.join(skills)}.",
        "criteria": {"narrative": "As the issuer of the credential defines it."},
        "alignment": [
            {"type": ["Alignment"], "targetName": skill, "targetCode": code, "targetUrl": _urn("skill", code)}
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
    credential = {
        "@context": [CONTEXTS[0], CONTEXTS[2]],
        "id": _urn(*(str(value) for value in (*subject["identifier"][0].values(), *known.values()))),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": _profile(str(known.get("issuer") or "Unknown issuer")),
        "validFrom": _moment(known["valid_from"]),
        "credentialSubject": {"type": ["AchievementSubject"], **subject, "achievement": achievement, "result": results},
    }
    if "valid_to" in known:
        credential["validUntil"] = f"{known['valid_to'].isoformat()}T23:59:59Z"
    return credential


def _profile(name: str) -> dict[str, Any]:
    return {"id": _urn("issuer", name), "type": ["Profile"], "name": name}


def _identity(kind: str, value: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": str(value), "identityType": kind}


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _urn(*parts: str) -> str:
    """An id that is the same for the same parts."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "urn:skilltrack:" + "\n".join(parts)).urn
