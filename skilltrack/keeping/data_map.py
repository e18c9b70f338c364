"""The data map: what is stored about people, why, on what basis and for how long, from `data_map.toml`.

`python -m skilltrack.keeping.data_map` prints it as a document; docs/data-map.md holds it, and a test keeps the two
alike.
"""

import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from skilltrack.ingest import KINDS, Kind

MAP = Path(__file__).with_name("data_map.toml")
WHERE_FROM = ("upload_id", "file_no", "line_no")
"""Columns of every kind's table besides its own."""


@dataclass(frozen=True)
class Held:
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


def data_map() -> dict[str, Held]:
    """Every table and everything beside the database, by name."""
    said, of_kinds = _said(), {kind.table: _columns(kind) for kind in KINDS.values()}
    entries: dict[str, dict[str, str]] = {table: {} for table in of_kinds} | said["tables"] | said["beside"]
    order = [*said["tables"], *(table for table in of_kinds if table not in said["tables"]), *said["beside"]]
    return {
        name: Held(
            name=name, purpose=entry.get("purpose", ""), basis=said["basis"][entry.get("basis", "none")],
            retention=entry.get("retention", "kept"), place=entry.get("place", ""),
            **(of_kinds.get(name) or _listed(entry)),
        )
        for name, entry in ((name, entries[name]) for name in order)
    }  # fmt: skip


@cache
def _said() -> dict[str, Any]:
    said: dict[str, Any] = tomllib.loads(MAP.read_text(encoding="utf-8"))
    return said


def _listed(entry: dict[str, str]) -> dict[str, Any]:
    """Which columns are personal, as the file says."""
    personal, other = tuple(entry["personal"].split()), tuple(entry["other"].split())
    return {"personal": personal, "other": other, "about": entry.get("about", "")}


def _columns(kind: Kind) -> dict[str, Any]:
    """Which columns of a kind's table are personal: all that the kind has, where its rows are about people."""
    columns = tuple(dict.fromkeys([*kind.key, *(column.name for column in kind.columns)]))
    if kind.owner:
        return {"personal": columns, "other": WHERE_FROM, "about": kind.owner}
    return {"personal": (), "other": (*WHERE_FROM, *columns), "about": ""}


def markdown() -> str:
    """The map as a document."""
    lines = [
        "# Data map",
        "",
        "Made from `skilltrack/keeping/data_map.toml`: change it there, then run `make docs`. How long data is kept "
        "is set by",
        "`SKILLTRACK_RETENTION` ([privacy.md](privacy.md)); where nothing is set it is kept. The legal basis is a",
        "proposal: your data protection officer and works council confirm or change it.",
    ]
    for held in data_map().values():
        lines += ["", f"## {held.name}", "", *([f"Lies in {held.place}.", ""] if held.place else [])]
        lines += [f"Purpose: {held.purpose}.", "", f"Basis: {held.basis}. Kept: {held.retention}.", ""]
        lines += ["| column | personal |", "| --- | --- |"]
        lines += [f"| {column} | yes |" for column in held.personal] + [f"| {column} | no |" for column in held.other]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
