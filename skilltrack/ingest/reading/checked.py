"""A mapping whose headers and columns are those that the file and its kind have."""

from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from typing import Any

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import TABLES, Mapping
from skilltrack.ingest.reading.places import AGAINST, OF_HEADERS
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, sentence


def _pairs(mapping: Mapping, headers: AnyMapping[str, str]) -> list[str]:
    """The names in a mapping of two columns that are compared with each other: `Score against Pass Mark`."""
    named = [(name, name.lower().split(AGAINST)) for name in (*mapping.values, *mapping.skip)]
    return [name for name, both in named if len(both) == 2 and {part.strip() for part in both} <= set(headers)]


def checked(kind: Kind, decoded: Decoded, mapping: Mapping) -> Mapping:
    """The mapping with the headers that it names as the file writes them; raises `BadFile` for any unknown name."""
    known = [column.name for column in kind.file_columns]
    headers = {header.strip().lower(): header for header in reversed(decoded.header) if header}
    headers |= {pair.lower(): pair for pair in _pairs(mapping, headers)}
    for part in TABLES:
        for name in getattr(mapping, part):
            header = headers.get(name.strip().lower()) if part in OF_HEADERS else None
            if name not in known and header is None:
                headers_are = sentence(
                    " The headers of {file} are: {listed}.", file=decoded.name, listed=", ".join(decoded.header)
                )
                raise BadFile(
                    sentence(
                        "The mapping {mapping}, [{part}]: {kind} has no column {name!r}. It has: {listed}.{more}",
                        mapping=mapping.name,
                        part=part,
                        kind=kind.name,
                        name=name,
                        listed=", ".join(known),
                        more=headers_are if part in OF_HEADERS else NOTHING,
                    )
                )
            if header is not None and name not in known and is_sensitive(header):
                raise BadFile(
                    sentence(
                        "{file}: {header!r} is sensitive personal data and is never read.",
                        file=decoded.name,
                        header=header,
                    )
                )
    spelled: dict[str, Any] = {
        part: {name if name in known else headers[name.strip().lower()]: value for name, value in table.items()}
        for part in OF_HEADERS
        if (table := getattr(mapping, part))
    }
    return replace(mapping, **spelled) if spelled else mapping
