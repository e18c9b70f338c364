"""The headers that other systems give our columns, from `headers.toml`, and how headers are compared."""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

LISTED = Path(__file__).with_suffix(".toml")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


NOT_KEPT = "(not kept)"
"""Written after the header of a column whose cells were not kept, so that it is no longer read as a column of ours."""
BRACKET = re.compile(rf"(?!{re.escape(NOT_KEPT)})\([^)]*\)\s*$")


@lru_cache(4096)
def plain_header(header: str) -> str:
    """A header without case, accents, spaces, punctuation and a final bracket: `* Employé ID (RH)` is `employeid`."""
    without = BRACKET.sub("", header.replace("\ufeff", ""))
    return "".join(letter for letter in unaccented(without.replace("#", "number").lower()) if letter.isalnum())


def unaccented(text: str) -> str:
    """A text without accents, umlauts and other marks: `Größe` is `Große`."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def headers_of(kind: str, column: str) -> tuple[str, ...]:
    """The headers that other systems give a column, the likeliest first."""
    listed = _expanded(_tables().get(kind, {}).get(column, ""))
    return tuple(dict.fromkeys(spelled for header in listed for spelled in in_both_spellings(header)))


def in_both_spellings(text: str) -> tuple[str, str]:
    """A text with its umlauts, and with two letters instead of each umlaut."""
    return text, text.translate(_UMLAUTS)


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(LISTED.read_text(encoding="utf-8"))


def _expanded(text: str) -> list[str]:
    headers = []
    for header in filter(None, (" ".join(listed.split()) for listed in text.split(","))):
        headers += _expanded(_tables()["shared"][header[1:]]) if header.startswith("@") else [header]
    return headers
