"""Public keys: how a credential names them, what may speak for an issuer, and which of them the company knows.

A `did:key` or `did:jwk` is a key and nothing more: its holder can be anybody. A `did:web` and a key at an address
belong to whoever runs that host, and are fetched. A key that a token brings along proves only that the token is whole.
Who an issuer is, `issuer_keys` says.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from skilltrack.badges import tokens
from skilltrack.badges.credentials import NotACredential, day
from skilltrack.badges.fetching import NotFetched, Pages, fetched_object
from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

Public = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
PREFIXES = {"Ed25519": b"\xed\x01", "P-256": b"\x80\x24", "P-384": b"\x81\x24"}
"""The first two bytes of a key written in multibase."""
_CODES = {prefix: kind for kind, prefix in PREFIXES.items()}
SMALLEST_RSA = 2048


class BadKey(Exception):
    """A key, or how one is named, is wrong; the message is a sentence without its full stop."""


@dataclass(frozen=True)
class Key:
    """A public key, under the names by which a credential can mean it."""

    public: Public
    name: str
    """How the credential names it; empty for one that it brings along."""
    owner: str = ""
    """The DID or address for which it speaks by its own standard; empty = none."""
    is_listed: bool = False
    """Whether it is a key of issuer_keys that was tried because the one that the credential names was not fetched."""

    @property
    def shown(self) -> str:
        """What is said of it in a sentence. A name that a credential writes and that was not fetched proves nothing."""
        if self.is_listed:
            return english("a key that issuer_keys lists; what the badge itself calls its key was not looked up")
        return visible(self.name)[:160] or english("a key that it brings along")

    @property
    def looked_up(self) -> str:
        """The name under which it was looked up elsewhere; empty for a key that was at hand."""
        return self.name if self.name.startswith(("did:web:", "https:")) else ""

    @property
    def fingerprint(self) -> bytes:
        """The same for the same key, however it is written."""
        return self.public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class IssuerKey:
    """A row of `issuer_keys`: from when to when a key is an issuer's."""

    issuer: str
    key: str
    """A DID, an https address, or a public key as PEM."""
    valid_from: date | None = None
    valid_to: date | None = None


class KnownKeys:
    """The keys of `issuer_keys`, looked up by what they are and by their names."""

    def __init__(self, rows: Iterable[IssuerKey]) -> None:
        self._by_key: dict[bytes, list[IssuerKey]] = {}
        self._by_name: dict[str, list[IssuerKey]] = {}
        self._keys: dict[bytes, Key] = {}
        """One by one, without a name: anybody can write a name."""
        for row in rows:
            self._by_name.setdefault(row.key, []).append(row)
            if public := _public_of(row.key):
                self._by_key.setdefault(public.fingerprint, []).append(row)
                self._keys[public.fingerprint] = Key(public.public, "", is_listed=True)

    def issuers_of(self, key: Key | None, day: date | None) -> set[str]:
        """The issuers that have a key on a day, however it is written, or a name under which it was fetched.

        One key can be listed for several issuers.
        """
        if key is None:
            return set()
        owner, _, _ = key.name.partition("#")
        names = {key.name, owner if owner == key.owner else ""} - {""}  # a page elsewhere may call itself anybody's
        named = [row for name in names for row in self._by_name.get(name, []) if _public_of(row.key) is None]
        return {row.issuer for row in [*self._by_key.get(key.fingerprint, []), *named] if _holds(row, day)}

    def issuers_called(self, name: str, day: date | None) -> set[str]:
        """The issuers that have a name, as a credential writes its issuer's, on a day."""
        return {row.issuer for row in self._by_name.get(name, []) if name and _holds(row, day)}

    def usable(self, day: date | None) -> list[Key]:
        """The keys themselves that hold on a day: for credentials whose own key is not named or lies elsewhere."""
        return [key for mark, key in self._keys.items() if any(_holds(row, day) for row in self._by_key[mark])]

    def fitted(self, key: Key) -> Key:
        """Try this one first from now on: the badges of a file are mostly signed with one key."""
        mark = key.fingerprint
        if key.is_listed and next(iter(self._keys)) != mark:
            self._keys = {mark: self._keys[mark], **self._keys}
        return key


def _holds(row: IssuerKey, day: date | None) -> bool:
    if day is None:
        return row.valid_from is None and row.valid_to is None
    return (row.valid_from or day) <= day <= (row.valid_to or day)


@lru_cache(maxsize=10_000)
def _public_of(text: str) -> Key | None:
    """The key that a row gives itself; none where it gives only a name."""
    try:
        if "-----BEGIN" in text:
            return Key(of_pem(text), "issuer_keys")
        return _of_did(text) if text.startswith(("did:key:", "did:jwk:")) else None
    except BadKey:
        return None


def resolved(name: Any, pages: Pages) -> Key:
    """The key that a credential names; raises `BadKey`, or `NotFetched` for one that lies elsewhere."""
    if not isinstance(name, str):
        raise BadKey(english("the key is not named by an address"))
    if name.startswith(("did:key:", "did:jwk:")):
        return _of_did(name)
    if name.startswith("did:web:"):
        return _of_web(name, pages)
    if name.startswith("did:"):
        raise BadKey(english("keys of the kind {kind} are not known here", kind=visible(name.rpartition(":")[0])[:60]))
    return _at_address(name, pages)


def _of_did(name: str) -> Key:
    """The key that a did:key or did:jwk is."""
    did, mark, fragment = name.partition("#")
    encoded = did.rpartition(":")[2]
    if did.startswith("did:key:"):
        if mark and fragment != encoded:
            raise BadKey(english("{name} names a part that its did:key does not have", name=visible(name)[:120]))
        return Key(of_multibase(encoded), name, did)
    try:
        jwk = json.loads(tokens.unpacked(encoded, "did:jwk"))
    except (BadFile, ValueError, RecursionError):
        raise BadKey(english("{did} does not hold a key", did=visible(did)[:120])) from None
    if mark and fragment != "0":
        raise BadKey(english("{name} names a part that its did:jwk does not have", name=visible(name)[-120:]))
    return Key(of_jwk(jwk), name, did)


def _of_web(name: str, pages: Pages) -> Key:
    """The key in the document that a did:web leads to, where that document lets it sign credentials."""
    did = name.partition("#")[0]
    host, *path = [unquote(part) for part in did.removeprefix("did:web:").split(":")]
    if not host or any(not part or set(part) & set("/?#\\@") or part in (".", "..") for part in (host, *path)):
        raise BadKey(english("{did} is not a did:web", did=visible(did)[:120]))
    address = f"https://{host}/{'/'.join(path) if path else '.well-known'}/did.json"
    document = fetched_object(address, english("the key document of {did}", did=visible(did)[:120]), pages)
    if document.get("id") != did:
        raise BadKey(
            english(
                "the document at {address} is that of {other}, not of {did}",
                address=address,
                other=visible(document.get("id"))[:120],
                did=visible(did)[:120],
            )
        )
    return _of_document(document, name, did, pages.looked_on)


def _of_document(document: dict[str, Any], name: str, owner: str, looked_on: date) -> Key:
    """A key that a document lists for signing credentials, whether it stands there or is only named there."""
    methods = document.get("verificationMethod")
    listed = {
        _whole(method.get("id"), owner): method
        for method in (methods if isinstance(methods, list) else [])
        if isinstance(method, dict)
    }
    allowed = document.get("assertionMethod")
    given = [
        method if isinstance(method, dict) else listed.get(_whole(method, owner))
        for method in (allowed if isinstance(allowed, list) else [allowed])
    ]
    named = next((method for method in given if method and _whole(method.get("id"), owner) == name), None)
    if (named or listed.get(name, {})).get("revoked"):
        raise BadKey(english("the key {name} was revoked by its owner", name=visible(name)[:120]))
    if named is None:
        raise BadKey(
            english(
                "{owner} does not list the key {name} for signing credentials",
                owner=visible(owner)[:120],
                name=visible(name)[:120],
            )
        )
    if named.get("controller") not in (owner, None):
        raise BadKey(
            english(
                "the key {name} belongs to {owner}", name=visible(name)[:120], owner=visible(named["controller"])[:120]
            )
        )
    _refuse_ended(named, name, looked_on)
    return Key(of_method(named), name, owner)


def _refuse_ended(method: dict[str, Any], name: str, looked_on: date) -> None:
    """Raise for a key that its document calls ended: what it signed may have been signed since, with any day in it."""
    try:
        ends = day(method, "expires")
    except NotACredential:
        raise BadKey(english("the key {name} ends on what is not a date", name=visible(name)[:120])) from None
    if ends is not None and ends < looked_on:
        raise NotFetched(
            english(
                "the key {name} ended on {ends}, and nothing says that it signed before that",
                name=visible(name)[:120],
                ends=ends,
            )
        )


def _whole(name: Any, owner: str) -> str:
    """A name of a key that may be given without its owner's."""
    text = name if isinstance(name, str) else ""
    return owner + text if text.startswith("#") else text


def _at_address(name: str, pages: Pages) -> Key:
    """A key at an https address: a JWK, a set of them, a key document, or the profile of its owner."""
    address, _, fragment = name.partition("#")
    document = fetched_object(address, english("the key {name}", name=visible(name)[:120]), pages)
    if document.get("assertionMethod") is not None:
        return _of_document(document, name, str(document.get("id") or address), pages.looked_on)
    if isinstance(document.get("keys"), list):
        wanted = [jwk for jwk in document["keys"] if isinstance(jwk, dict) and fragment in (jwk.get("kid"), "")]
        if len(wanted) != 1:
            raise BadKey(
                english("the key set at {address} does not say which key is meant", address=visible(address)[:120])
            )
        return Key(of_jwk(wanted[0]), name)
    if "kty" in document:
        return Key(of_jwk(document), name)
    owner = document.get("owner") or document.get("controller")
    return Key(of_method(document), name, owner if isinstance(owner, str) else "")


def of_method(method: dict[str, Any]) -> Public:
    """The key in a verification method, in whichever of the usual forms."""
    if isinstance(method.get("publicKeyMultibase"), str):
        return of_multibase(method["publicKeyMultibase"])
    if isinstance(method.get("publicKeyJwk"), dict):
        return of_jwk(method["publicKeyJwk"])
    if isinstance(method.get("publicKeyPem"), str):
        return of_pem(method["publicKeyPem"])
    raise BadKey(english("it holds no public key in a form that is known here"))


def of_pem(text: str) -> Public:
    """A public key as PEM."""
    try:
        return _strong(serialization.load_pem_public_key(text.encode()))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey(english("the PEM text is not a public key")) from None


def of_multibase(text: str) -> Public:
    """A public key in multibase, as a did:key and a Multikey write it."""
    data = base58(text[1:]) if text[:1] == "z" else b""
    kind, body = _CODES.get(data[:2]), data[2:]
    try:
        if kind == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(body)
        if kind:
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], body)
    except ValueError:
        pass
    raise BadKey(english("{key} is not an Ed25519, P-256 or P-384 key", key=visible(text)[:80]))


def of_jwk(jwk: Any) -> Public:
    """A public key as JWK; one that holds a private key, or a shared secret, is refused."""
    if not isinstance(jwk, dict) or "d" in jwk or jwk.get("kty") == "oct" or jwk.get("use", "sig") != "sig":
        raise BadKey(english("the JWK is not a public key for signatures"))
    try:
        parts = {
            name: tokens.unpacked(jwk[name], "jwk") for name in ("x", "y", "n", "e") if isinstance(jwk.get(name), str)
        }
        if jwk.get("kty") == "RSA":
            whole = {name: int.from_bytes(part, "big") for name, part in parts.items()}
            return _strong(rsa.RSAPublicNumbers(whole["e"], whole["n"]).public_key())
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(parts["x"])
        if jwk.get("kty") == "EC" and jwk.get("crv") in _CURVES:
            point = b"\x04" + parts["x"] + parts["y"]
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[jwk["crv"]], point)
    except (BadFile, ValueError, KeyError, TypeError):
        raise BadKey(english("the JWK is broken")) from None
    raise BadKey(
        english(
            "a JWK of the kind {kind} {curve} is not known here",
            kind=visible(jwk.get("kty"))[:20],
            curve=visible(jwk.get("crv", ""))[:20],
        )
    )


def _strong(key: Any) -> Public:
    if isinstance(key, rsa.RSAPublicKey):
        if not SMALLEST_RSA <= key.key_size <= 8192:
            raise BadKey(
                english(
                    "the RSA key has {n} bits; from {least} to 8192 are accepted", n=key.key_size, least=SMALLEST_RSA
                )
            )
        return key
    if isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1")
    ):
        return key
    raise BadKey(english("the key is not RSA, Ed25519, P-256 or P-384"))


def base58(text: str) -> bytes:
    """The bytes of a base58btc text; empty for a text that is not one, or too long for a key or signature."""
    if len(text) > 256 or not re.fullmatch(f"[{ALPHABET}]+", text):
        return b""
    number = 0
    for sign in text:
        number = number * 58 + ALPHABET.index(sign)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def holds(key: Public, kind: str, signature: bytes, message: bytes) -> bool:
    """Whether a signature over a message is the key's; `kind` is the one way of signing that is accepted for it.

    RS256, ES256, ES384 and EdDSA as tokens name them; the two of elliptic curves take both numbers side by side.
    """
    try:
        if kind == "EdDSA" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif kind == "RS256" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif kind in ("ES256", "ES384") and isinstance(key, ec.EllipticCurvePublicKey):
            size = {"ES256": 256, "ES384": 384}[kind]
            if key.curve.key_size != size or len(signature) != size // 4:
                return False
            half = size // 8
            both = [int.from_bytes(part, "big") for part in (signature[:half], signature[half:])]
            digest = hashes.SHA256() if kind == "ES256" else hashes.SHA384()
            key.verify(encode_dss_signature(*both), message, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
