"""The JSON-LD contexts that credentials are read under: bundled, each with its hash, never fetched."""

import hashlib
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


class UnknownContext(Exception):
    """A credential names a context that is not bundled; its address is the message."""


@cache
def listed() -> dict[str, dict[str, str]]:
    """Every bundled context by its address: file, sha256, source."""
    return tomllib.loads((FOLDER / "contexts.toml").read_text(encoding="utf-8"))


@cache
def context(address: str) -> dict[str, Any]:
    """A bundled context; raises `UnknownContext` for any other address, and for a file that is not what was bundled."""
    entry = listed().get(address)
    if entry is None:
        raise UnknownContext(address)
    data = (FOLDER / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise UnknownContext(address)
    return json.loads(data)
