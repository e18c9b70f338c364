"""Vacant posts in a roster, which are nobody."""

from collections import Counter
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.states import nobody
from skilltrack.ingest.reading.things import with_counts
from skilltrack.kinds import Kind
from skilltrack.language import sentence

VACANT_POST = (
    r"vacan|vakan|eliminat|\bt\W?b\W?[cdah]\b|\bn\W?n\b"
    r"|to be |unfilled|not filled|open position|besetz|offene stelle|pourvoir"
    r"|cubrir|vacatur|designar|assegnar|coprire|assumere|\bvag[oa]\b|preencher|contratar|recruter|désigner|vullen|ingevuld"
    r"|ledig|ubesat|wakat|nieobsadz"
)
"""What names contain that may stand for a vacant post; `status_words.VACANT` decides."""


def with_nobody_left_out(
    kind: Kind, taken: AnyMapping[str, pa.ChunkedArray], mapping: Mapping, decoded: Decoded, problems: list[Problem]
) -> Mapping:
    """The mapping of a roster, which also skips vacant posts: `Vacant` is not a person."""
    if not kind.lists_people or "name" not in taken:
        return mapping
    skipped = set(mapping.skip.get("name", ()))
    vacant = {value: rows for value, rows in nobody(_vacant_names(taken["name"])).items() if value not in skipped}
    if not vacant:
        return mapping
    message = sentence("{listed}: left out as a vacant post, not a person.", listed=with_counts(vacant.items()))
    problems.append(Problem(decoded.name, None, "name", None, message, "warning"))
    return replace(mapping, skip=mapping.skip | {"name": [*mapping.skip.get("name", ()), *vacant]})


def _vacant_names(names: pa.ChunkedArray) -> dict[str, int]:
    """Names that contain a word for a vacant post, and the number of their rows."""
    counts: Counter[str] = Counter()
    for piece in names.chunks:
        likely = piece.filter(pc.match_substring_regex(piece, VACANT_POST, ignore_case=True))
        counts.update({entry["values"]: entry["counts"] for entry in likely.value_counts().to_pylist()})
    return counts
