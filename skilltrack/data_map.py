"""The data map: what is stored about people, why, on what basis and for how long, from `data_map.toml`.

`python -m skilltrack.data_map` prints it as a document; docs/data-map.md holds it, and a test keeps the two alike.
"""

import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAP = Path(__file__).with_name("data_map.toml")


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


@cache
def data_map() -> dict[str, Held]:
    """Every table and everything beside the database, by name."""
    said = tomllib.loads(MAP.read_text(encoding="utf-8"))
    return {
        name: Held(
            name, entry["purpose"], said["basis"][entry["basis"]], entry["retention"],
            tuple(entry["personal"].split()), tuple(entry["other"].split()), entry.get("about", ""),
            entry.get("place", ""),
        )
        for part in ("tables", "beside")
        for name, entry in said[part].items()
    }  # fmt: skip


def markdown() -> str:
    """The map as a document."""
    lines = [
        "# Data map",
        "",
        "Made from `skilltrack/data_map.toml`: change it there, then run `make docs`. How long data is kept is set by",
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
