"""Signed tokens (JWS in its compact form, which a JWT is): three parts of base64url with dots between them.

Three algorithms are checked, each with the one kind of key that it is for: a token never chooses how it is checked.
"""

import base64
import re
from typing import Any

from skilltrack.badges import json_text
from skilltrack.errors import BadFile
from skilltrack.reasons import english

ALGORITHMS = ("RS256", "ES256", "EdDSA")
"""What can be checked. `none` and the HS family are refused: with them anybody can sign."""
UNSAFE = ("none", "HS256", "HS384", "HS512")

_TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\s*")


def is_token(data: bytes) -> bool:
    """Whether a text has the shape of a token."""
    return b"." in data and _TOKEN.fullmatch(data) is not None


def unpacked(text: str, where: str) -> bytes:
    """The bytes of a base64url text without padding, where it is the one way to write them."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        data = b""
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise BadFile(
            english("{where} is not base64url as a token is written. Download the credential again.", where=where)
        )
    return data


def header(token: str, where: str) -> dict[str, Any]:
    """What a token says about its own signature; none of it is trusted."""
    return _object(token.split(".")[0], english("{where}, header of the token", where=where))


def payload(token: str, where: str) -> dict[str, Any]:
    """What a token carries."""
    return _object(token.split(".")[1], english("{where}, payload of the token", where=where))


def _object(part: str, where: str) -> dict[str, Any]:
    value = json_text.parsed(unpacked(part, where), where)
    if not isinstance(value, dict):
        raise BadFile(english("{where} is not a JSON object. Download the credential again.", where=where))
    return value


def signed_part(token: str) -> bytes:
    """The bytes that a token's signature is about."""
    return token.strip().rpartition(".")[0].encode("ascii")


def signature(token: str, where: str) -> bytes:
    """The signature's bytes."""
    return unpacked(token.strip().rpartition(".")[2], english("{where}, signature of the token", where=where))
