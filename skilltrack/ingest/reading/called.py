"""People's names where a file has them in parts: `Vorname` and `Name`, `Nombre` and `Apellidos`."""

import re
from collections.abc import Mapping as AnyMapping

import pyarrow as pa

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.recognise import known_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.kinds import Kind

PARTS = ("first_name", "last_name")
LOOKED_AT = 1000
"""Rows that show whether a name contains another part."""


def called(places: AnyMapping[str, list[int]], columns: list[pa.ChunkedArray]) -> list[int]:
    """Positions of the columns whose cells, joined, are people's names; empty where the file has no names.

    A column called Name that holds only one part of the names is joined with the other part.
    """
    first, whole, last = (places.get(part, []) for part in ("first_name", "name", "last_name"))
    if not whole or (first and last):
        return whole or [*first, *last]
    if not first + last or _holds(columns[whole[0]], columns[(first + last)[0]]):
        return whole
    return [*first, *whole, *last]


def _holds(names: pa.ChunkedArray, parts: pa.ChunkedArray) -> bool:
    """Whether most names contain the part that another column has."""
    pairs = zip(names[:LOOKED_AT].to_pylist(), parts[:LOOKED_AT].to_pylist(), strict=True)
    contains = [part.strip().casefold() in name.casefold() for name, part in pairs if name.strip() and part.strip()]
    return 2 * sum(contains) >= len(contains)


def names_among(values: tuple[str, ...]) -> float:
    """Share of values that can be people's names: a few words of letters. A single word counts half."""
    count = 0.0
    for value in values:
        parts = value.replace(",", " ").split()
        if all(re.fullmatch(r"[^\W\d_]+(?:[-'’.][^\W\d_]*)*", part) for part in parts) and len(parts) < 6:
            count += 1.0 if len(parts) > 1 else 0.5
    return count / len(values)


def has_gaps(kind: Kind, name: str, decoded: Decoded, at: int) -> bool:
    """Whether a part of names is empty for people for whom another column of that part is not: *Nom d'usage*."""
    cells = [cell.strip() for cell in decoded.columns[at][:LOOKED_AT].to_pylist()]
    others = [
        [cell.strip() for cell in decoded.columns[place][:LOOKED_AT].to_pylist()]
        for place, header in enumerate(decoded.header)
        if place != at and not is_sensitive(header) and name in known_columns(kind, [header])
    ]
    return any(
        any(more and not one for one, more in zip(cells, other, strict=True))
        and all(more or not one for one, more in zip(cells, other, strict=True))
        for other in others
    )
