"""Credentials are signed: with eddsa-rdfc-2022, which verifiers of Open Badges 3.0 know, and eddsa-jcs-2022."""

import hashlib
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skilltrack.badges import canonical, json_text, statements
from skilltrack.badges.key_names import base58

RDFC, JCS = "eddsa-rdfc-2022", "eddsa-jcs-2022"
"""The first signs the statements that the JSON makes, the second the JSON itself."""


def signed(
    document: dict[str, Any],
    private: Ed25519PrivateKey,
    method: str,
    created: datetime,
    suites: tuple[str, ...] = (RDFC,),
) -> dict[str, Any]:
    """The credential with a proof of each suite; `method` names the key, `created` is UTC.

    Raises `ValueError` where part of it would not be covered: a word that no context defines makes no statement.
    """
    proofs = [_proof(suite, document, private, method, created) for suite in suites]
    return {**document, "proof": proofs if len(proofs) > 1 else proofs[0]}


def _proof(
    suite: str, document: dict[str, Any], private: Ed25519PrivateKey, method: str, created: datetime
) -> dict[str, Any]:
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    with_contexts = {"@context": document["@context"], **options}
    if suite == JCS:
        proof, parts = with_contexts, [json_text.canonical(with_contexts), json_text.canonical(document)]
    else:
        proof, parts = options, [_statements(with_contexts), _statements(document)]
    message = b"".join(hashlib.sha256(part).digest() for part in parts)
    return {**proof, "proofValue": f"z{base58(private.sign(message))}"}


def _statements(document: dict[str, Any]) -> bytes:
    whole = statements.Statements(document)
    if left_out := statements.unsigned_places(document, whole):
        raise ValueError(f"the signature would not cover {'.'.join(map(str, left_out[0]))}")
    return canonical.canonical(whole.lines)
