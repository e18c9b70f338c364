"""Which column of a file is which column of its kind: by name, or as a mapping file says.

A mapping TOML renames columns (`[columns]`), supplies missing ones (`[constants]`), translates values (`[values.*]`),
names rows to leave out (`[skip]`, `duplicates`), date styles (`[dates]`), texts to put before ids (`[prefix]`) and the
`delimiter`; docs/importing.md shows each.
"""

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from skilltrack.errors import BadFile
from skilltrack.ingest.decode import Decoded
from skilltrack.ingest.kinds import SENSITIVE, Kind
from skilltrack.ingest.outcome import Problem

TABLES = ("columns", "constants", "values", "skip", "dates", "prefix")
PARTS = ("delimiter", "duplicates", *TABLES)
KEEP_FIRST = "keep first"


@dataclass(frozen=True)
class Mapping:
    """A mapping file as read; empty by default, when columns are taken by their own names."""

    name: str = ""
    delimiter: str = ","
    columns: dict[str, str | list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    skip: dict[str, list[str]] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    prefix: dict[str, str] = field(default_factory=dict)
    keeps_first: bool = False
    """Of rows with one key only the first is taken, instead of all being bad."""


def read_mapping(path: Path) -> Mapping:
    """The mapping file at `path`; raises `BadFile` naming what cannot be understood."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFile(f"The mapping {path} does not exist.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFile(f"The mapping {path.name} cannot be read: {error}.") from error
    unknown = sorted(set(said) - set(PARTS))
    if unknown:
        raise BadFile(f"The mapping {path.name} has a part {unknown[0]!r}. It may have: {', '.join(PARTS)}.")
    for part in TABLES:
        if not isinstance(said.get(part, {}), AnyMapping):
            raise BadFile(f"The mapping {path.name}: {part} must be a table, [{part}].")
    if said.get("duplicates", KEEP_FIRST) != KEEP_FIRST:
        raise BadFile(
            f"The mapping {path.name}: duplicates can only be {KEEP_FIRST!r}; leave it out to have them named."
        )
    delimiter = said.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise BadFile(f"The mapping {path.name}: delimiter must be one character, such as ';'.")
    return Mapping(
        name=path.name,
        delimiter=delimiter,
        columns=dict(said.get("columns", {})),
        constants={column: _plain(value) for column, value in said.get("constants", {}).items()},
        values={c: {s: _plain(v) for s, v in pairs.items()} for c, pairs in said.get("values", {}).items()},
        skip={column: [_plain(value) for value in values] for column, values in said.get("skip", {}).items()},
        dates=dict(said.get("dates", {})),
        prefix=dict(said.get("prefix", {})),
        keeps_first="duplicates" in said,
    )


@dataclass
class Mapped:
    """A file's rows under the names of its kind, as text."""

    kind: str
    columns: dict[str, list[str]]
    lines: list[int]
    problems: list[Problem]


def map_columns(kind: Kind, decoded: Decoded, mapping: Mapping) -> Mapped:
    """The file's cells by canonical column.

    Raises `BadFile` when a column is missing, doubled or unknown to the kind.
    """
    _refuse_unknown_columns(kind, mapping)
    places = _places(kind, decoded, mapping)
    _refuse_missing_columns(kind, decoded, set(places) | set(mapping.constants))
    columns: dict[str, list[str]] = {}
    for column in kind.file_columns:
        if column.name in places:
            at = places[column.name]
            cells = [" ".join(row[i].strip() for i in at if row[i].strip()) for row in decoded.rows]
        elif column.name in mapping.constants:
            cells = [mapping.constants[column.name]] * len(decoded.rows)
        else:
            continue
        columns[column.name] = _translated(cells, column.name, mapping)
    problems = _unused(kind, decoded, {i for at in places.values() for i in at})
    kept = _kept(kind, columns, len(decoded.lines), mapping)
    if skipped := len(decoded.lines) - len(kept):
        columns = {name: [cells[row] for row in kept] for name, cells in columns.items()}
        said = f"{skipped} rows left out, as the mapping says."
        problems.append(Problem(decoded.name, None, None, None, said, "notice"))
    return Mapped(kind.name, columns, [decoded.lines[row] for row in kept], problems)


def _kept(kind: Kind, columns: dict[str, list[str]], rows: int, mapping: Mapping) -> list[int]:
    """Which rows the mapping does not leave out."""
    kept, keys = [], set()
    for row in range(rows):
        if any(columns[name][row] in values for name, values in mapping.skip.items() if name in columns):
            continue
        key = tuple(columns[name][row] for name in kind.key if name in columns)
        if mapping.keeps_first and key in keys:
            continue
        keys.add(key)
        kept.append(row)
    return kept


def _places(kind: Kind, decoded: Decoded, mapping: Mapping) -> dict[str, list[int]]:
    """Positions in the header of each canonical column."""
    seen: dict[str, int] = {}
    for position, header in enumerate(decoded.header):
        if header.lower() in seen and header:
            raise BadFile(f"{decoded.name} has two columns called {header!r}. Rename or remove one.")
        seen[header.lower()] = position
    places: dict[str, list[int]] = {}
    for name, wanted in mapping.columns.items():
        headers = [wanted] if isinstance(wanted, str) else list(wanted)
        missing = [header for header in headers if header.strip().lower() not in seen]
        if missing:
            raise BadFile(
                f"{decoded.name} has no column {missing[0]!r}, which the mapping {mapping.name} takes as {name}. "
                f"It has: {', '.join(decoded.header)}."
            )
        places[name] = [seen[header.strip().lower()] for header in headers]
    for column in kind.file_columns:
        if column.name not in places and column.name not in mapping.constants and column.name in seen:
            places[column.name] = [seen[column.name]]
    return places


def _refuse_unknown_columns(kind: Kind, mapping: Mapping) -> None:
    known = [column.name for column in kind.file_columns]
    for part in TABLES:
        for name in getattr(mapping, part):
            if name not in known:
                raise BadFile(
                    f"The mapping {mapping.name}, [{part}]: {kind.name} has no column {name!r}. "
                    f"It has: {', '.join(known)}."
                )


def _refuse_missing_columns(kind: Kind, decoded: Decoded, found: set[str]) -> None:
    missing = [column.name for column in kind.columns if column.required and column.name not in found]
    if kind.one_of and not found & set(kind.one_of):
        missing.append(" or ".join(kind.one_of))
    if missing:
        raise BadFile(
            f"{decoded.name} is no {kind.name} file yet: it lacks {', '.join(missing)}. "
            f"Its columns are: {', '.join(decoded.header)}. Rename them, or name them in a mapping file."
        )


def _translated(cells: list[str], name: str, mapping: Mapping) -> list[str]:
    if name in mapping.values:
        pairs = mapping.values[name]
        anything_else = pairs.get("*")
        cells = [pairs.get(cell, cell if anything_else is None else anything_else) for cell in cells]
    if name in mapping.dates:
        cells = [_iso(cell, mapping.dates[name]) for cell in cells]
    if name in mapping.prefix:
        cells = [f"{mapping.prefix[name]}{cell}" if cell else "" for cell in cells]
    return cells


def _iso(cell: str, style: str) -> str:
    try:
        return datetime.strptime(cell, style).date().isoformat()
    except ValueError:
        return cell  # the check names it with its line


def _unused(kind: Kind, decoded: Decoded, used: set[int]) -> list[Problem]:
    problems = []
    for position, header in enumerate(decoded.header):
        if position in used:
            continue
        plain = header.lower().replace(" ", "_")
        if any(word in plain for word in SENSITIVE):
            said = "sensitive personal data: this column is never stored."
        else:
            said = f"{kind.name} has no such column: it is not used."
        problems.append(Problem(decoded.name, 1, header or f"number {position + 1}", None, said, "notice"))
    return problems


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
