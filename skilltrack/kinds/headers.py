"""The headers that other systems give our columns, from `headers.toml`."""

import tomllib
from functools import cache
from pathlib import Path

LISTED = Path(__file__).with_suffix(".toml")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


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
