"""The one form in which a key is listed, so that two texts of one key are equal."""

import base64
import json
import re

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from skilltrack.badges import keys
from skilltrack.badges.fetching import Pages, urlsplit_of
from skilltrack.badges.keys import BadKey, Public
from skilltrack.reasons import english

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*)-----END \1-----", re.DOTALL)
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-](/[^\s#]*)?(#\S+)?")


def listed_form(text: str) -> str:
    """A key as `issuer_keys` stores it: a DID or an https address; raises `BadKey` for anything else.

    A key that is written out (PEM, did:key, did:jwk) becomes the one DID that means this very key. A DID that leads to
    keys elsewhere and an address stay as they are.
    """
    text = text.strip()
    if "PRIVATE KEY" in text:
        raise BadKey(
            english("is a private key, with which anybody can sign; give the public key, and use this one no more")
        )
    try:
        if "-----BEGIN" in text:
            return did_of(keys.of_pem(_whole_pem(text)))
        if text.startswith(("did:key:", "did:jwk:")):
            return did_of(keys.resolved(text, Pages()).public)
    except BadKey as error:
        raise BadKey(
            english("cannot be read as a key: {why}; compare it with what the issuer has published", why=error)
        ) from None
    if _DID.fullmatch(text) or (urlsplit_of(text) is not None and not re.search(r"\s", text)):
        return text
    if text.startswith("http://"):
        raise BadKey(english("is an address that is not protected; give the one that begins with https://"))
    raise BadKey(
        english("is not a key; give a DID, an https address, or a public key as PEM (-----BEGIN PUBLIC KEY----- …)")
    )


def did_of(public: Public) -> str:
    """The DID that is a key: a did:key or, for RSA, a did:jwk."""
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        size = (public.key_size + 7) // 8
        jwk = {
            "e": _base64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")),
            "kty": "RSA",
            "n": _base64url(numbers.n.to_bytes(size, "big")),
        }
        return f"did:jwk:{_base64url(json.dumps(jwk, separators=(',', ':')).encode())}"
    if isinstance(public, ed25519.Ed25519PublicKey):
        return f"did:key:z{base58(keys.PREFIXES['Ed25519'] + public.public_bytes(Encoding.Raw, PublicFormat.Raw))}"
    name = {256: "P-256", 384: "P-384"}[_curve(public).key_size]
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return f"did:key:z{base58(keys.PREFIXES[name] + point)}"


def _curve(public: ec.EllipticCurvePublicKey) -> ec.EllipticCurve:
    return public.curve


def _whole_pem(text: str) -> str:
    """A PEM text with its lines, whatever a table has made of them: blanks, or the two signs of an escaped break."""
    match = _PEM.search(text.replace("\\r", "").replace("\\n", "\n"))
    if match is None:
        raise BadKey(english("the PEM text lacks its end"))
    if match[1] != "PUBLIC KEY":
        raise BadKey(english("the PEM text is a {kind}, not a PUBLIC KEY", kind=match[1].lower()))
    body = re.sub(r"\s+", "", match[2])
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base58(data: bytes) -> str:
    """The bytes as a base58btc text."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = keys.ALPHABET[rest] + text
    return keys.ALPHABET[0] * (len(data) - len(data.lstrip(b"\0"))) + text
