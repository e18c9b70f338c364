"""The data map: what is stored about people, why, on what basis and for how long.

The tables of files follow from the declarations of their kinds; `data_map.toml` describes everything else.

`python -m skilltrack.keeping.data_map` prints it as a document; docs/data-map.md is that document, and a test keeps the
two equal.
"""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from skilltrack.kinds import KINDS, Kind
from skilltrack.relations import WHERE_FROM

MAP = Path(__file__).with_name("data_map.toml")


@dataclass(frozen=True)
class MapEntry:
    """One table, or one thing beside the database."""

    name: str
    purpose: str
    basis: str
    retention: str
    personal: tuple[str, ...]
    other: tuple[str, ...]
    about: str = ""
    """The column that says whom a row is about."""
    place: str = ""


def data_map() -> dict[str, MapEntry]:
    """Every table and everything beside the database, by name."""
    declared = _declared()
    other = {
        name: MapEntry(
            name=name,
            purpose=entry["purpose"],
            basis=declared["basis"][entry["basis"]],
            retention=entry["retention"],
            personal=tuple(entry["personal"].split()),
            other=tuple(entry["other"].split()),
            about=entry.get("about", ""),
            place=entry.get("place", ""),
        )
        for name, entry in (declared["tables"] | declared["beside"]).items()
    }
    return {kind.table: _of_kind(kind, declared["basis"]) for kind in KINDS.values()} | other


@cache
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = tomllib.loads(MAP.read_text(encoding="utf-8"))
    return declared


def _of_kind(kind: Kind, basis: Mapping[str, str]) -> MapEntry:
    """The entry of a kind's table, made from its declaration."""
    return MapEntry(
        name=kind.table,
        purpose=kind.purpose,
        basis=basis["work" if kind.personal else "none"],
        retention=kind.retention or "kept",
        personal=kind.personal,
        other=(*WHERE_FROM, *(name for name in kind.stored if name not in kind.personal)),
        about=kind.about,
    )


def markdown() -> str:
    """The map as a document."""
    lines = [
        "# Data map",
        "",
        "Made from `skilltrack/kinds/declared.py` and `skilltrack/keeping/data_map.toml`: change it there, then run",
        "`make docs`. How long data is kept is set by `SKILLTRACK_RETENTION` ([privacy.md](privacy.md)); where nothing",
        "is set it is kept. The legal basis is a proposal: your data protection officer and works council confirm or",
        "change it.",
    ]
    for entry in data_map().values():
        lines += ["", f"## {entry.name}", "", *([f"Lies in {entry.place}.", ""] if entry.place else [])]
        lines += [f"Purpose: {entry.purpose}.", "", f"Basis: {entry.basis}. Kept: {entry.retention}.", ""]
        lines += ["| column | personal |", "| --- | --- |"]
        lines += [f"| {column} | yes |" for column in entry.personal] + [f"| {column} | no |" for column in entry.other]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
