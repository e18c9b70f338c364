"""Badges that the tests sign themselves, by other means than those that check them.

Canonical statements come from PyLD's own normalisation, and nothing here reads what it writes.
"""

import base64
import copy
import gzip
import hashlib
import io
import json
import struct
import zipfile
import zlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyld import canon, jsonld

from skilltrack.badges.contexts import context

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
V1 = ["https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"]
V2 = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
ED2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """A key pair, and what can be signed with it; `kind` is Ed25519, P-256, P-384 or RSA.

    With a `seed`, a byte, an Ed25519 key is the same each time, and so is what it signs: tests that look for words in
    files do not find them in a signature by chance.
    """

    def __init__(self, kind: str = "Ed25519", seed: bytes = b"") -> None:
        self.kind = kind
        if seed:
            self.private = ed25519.Ed25519PrivateKey.from_private_bytes(seed * 32)
        elif kind == "Ed25519":
            self.private = ed25519.Ed25519PrivateKey.generate()
        elif kind == "RSA":
            self.private = rsa.generate_private_key(65537, 2048)
        else:
            self.private = ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[kind])
        self.public = self.private.public_key()

    @property
    def pem(self) -> str:
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def multibase(self) -> str:
        if self.kind == "Ed25519":
            return "z" + base58(b"\xed\x01" + self.public.public_bytes(Encoding.Raw, PublicFormat.Raw))
        point = self.public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return "z" + base58({"P-256": b"\x80\x24", "P-384": b"\x81\x24"}[self.kind] + point)

    @property
    def did(self) -> str:
        return f"did:key:{self.multibase}"

    @property
    def method(self) -> str:
        return f"{self.did}#{self.multibase}"

    @property
    def jwk(self) -> dict:
        if self.kind == "Ed25519":
            raw = self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}
        numbers = self.public.public_numbers()
        if self.kind == "RSA":
            return {"kty": "RSA", "n": base64url(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
        size = self.private.curve.key_size // 8
        x, y = (base64url(part.to_bytes(size, "big")) for part in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": self.kind, "x": x, "y": y}

    @property
    def did_jwk(self) -> str:
        return f"did:jwk:{base64url(json.dumps(self.jwk).encode())}"

    def signature(self, message: bytes, algorithm: str = "sha256") -> bytes:
        if self.kind == "Ed25519":
            return self.private.sign(message)
        if self.kind == "RSA":
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        size = self.private.curve.key_size // 8
        digest = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[algorithm]
        return b"".join(
            part.to_bytes(size, "big") for part in decode_dss_signature(self.private.sign(message, ec.ECDSA(digest)))
        )

    def prove(self, document: dict, suite: str = "eddsa-rdfc-2022", method: str = "", **options) -> dict:
        """The document with one more proof of a suite."""
        unsecured = {key: value for key, value in document.items() if key != "proof"}
        proof = {
            **(
                {"type": suite} if suite.startswith("Ed25519") else {"type": "DataIntegrityProof", "cryptosuite": suite}
            ),
            "created": "2025-03-01T08:00:00Z",
            "verificationMethod": method or self.method,
            "proofPurpose": "assertionMethod",
            **options,
        }
        algorithm = "sha384" if self.kind == "P-384" else "sha256"
        if "jcs" in suite:
            proof["@context"] = unsecured["@context"]
            both = [json.dumps(part, sort_keys=True, separators=(",", ":")).encode() for part in (proof, unsecured)]
        else:
            both = [normalised(part, algorithm) for part in ({**proof, "@context": unsecured["@context"]}, unsecured)]
        message = b"".join(hashlib.new(algorithm, part).digest() for part in both)
        proof["proofValue"] = "z" + base58(self.signature(message, algorithm))
        before = document.get("proof", [])
        proofs = [*(before if isinstance(before, list) else [before]), proof]
        return {**unsecured, "proof": proofs if len(proofs) > 1 else proof}

    def token(self, claims: dict, algorithm: str = "", **header) -> str:
        """The claims as a signed token."""
        used = algorithm or {"Ed25519": "EdDSA", "RSA": "RS256"}.get(self.kind, "ES256")
        message = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": used, **header}, claims))
        return f"{message}.{base64url(self.signature(message.encode()))}"


class Sha384(canon.URDNA2015):
    """PyLD's algorithm with the hash that P-384 asks for."""

    def create_hash(self):
        return hashlib.sha384()


def load(address, _=None):
    return {"contextUrl": None, "documentUrl": address, "document": context(address)}


def normalised(document: dict, algorithm: str = "sha256") -> bytes:
    """Canonical N-Quads as PyLD makes them."""
    dataset = jsonld.to_rdf(copy.deepcopy(document), {"documentLoader": load})
    run = Sha384() if algorithm == "sha384" else canon.URDNA2015()
    return run.main(dataset, {"format": "application/n-quads"}).encode()


def badge(issuer: str, contexts: list | None = None, **more) -> dict:
    """An Open Badges 3.0 credential about a welder, unsigned."""
    contexts = contexts or V2
    start = "issuanceDate" if "2018" in contexts[0] else "validFrom"
    return {
        "@context": contexts,
        "id": "urn:uuid:5f2c1d0a-9b7e-4c55-8d11-2f6f0c3b7a10",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Welding, level 2",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Weld School"},
        start: "2024-05-06T09:30:00Z",
        "credentialSubject": {
            "id": "did:example:mara",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "mara@works.example",
                    "identityType": "emailAddress",
                }
            ],
            "achievement": {
                "id": "https://weld.example/badges/2",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": "Welding, level 2",
                "description": "Welds pipes.",
                "criteria": {"narrative": "Two test pieces."},
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Welding",
                        "targetUrl": "https://skills.example/welding",
                        "targetCode": "W2",
                        "targetFramework": "Trades",
                    }
                ],
            },
        },
        **more,
    }


def data(document) -> bytes:
    return (document if isinstance(document, str) else json.dumps(document)).encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    """A picture of one pixel with more chunks in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def baked(document, keyword: bytes = b"openbadgecredential", packed: bool = False) -> bytes:
    body = zlib.compress(data(document)) if packed else data(document)
    return png(chunk(b"iTXt", keyword + (b"\0\1\0" if packed else b"\0\0\0") + b"\0\0" + body))


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def bits(*places: int, size: int = 131_072) -> str:
    """A status list in which the bits at these places are set."""
    data = bytearray(size // 8)
    for place in places:
        data[place // 8] |= 128 >> place % 8
    return base64url(gzip.compress(bytes(data)))
