"""Words in place of the day on which something was earned or paid: `open`, `offen`, `en curso`. It has not happened."""

from collections.abc import Mapping as AnyMapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.status_words import LEAVE_OUT, plain, words_of
from skilltrack.ingest.reading.things import with_counts
from skilltrack.kinds import Kind
from skilltrack.language import mark, sentence

MOST = 40
"""Most different words that are listed."""


def with_undone_left_out(
    kind: Kind, taken: AnyMapping[str, pa.ChunkedArray], mapping: Mapping, decoded: Decoded, problems: list[Problem]
) -> Mapping:
    """The mapping, which also skips rows that have a word in place of a day that says that it has not come yet."""
    name = kind.begins
    if not (kind.holds_awards or kind.holds_payments) or name not in taken or name in mapping.constants:
        return mapping
    known, skipped = words_of(kind.name), set(mapping.skip.get(name, ()))
    rows: dict[str, int] = {}
    for piece in taken[name].chunks:
        worded = piece.filter(pc.match_substring_regex(piece, r"^[^\d]*\pL[^\d]*$"))
        for entry in worded.value_counts().to_pylist():
            if known.get(plain(entry["values"])) == LEAVE_OUT and entry["values"] not in skipped:
                rows[entry["values"]] = rows.get(entry["values"], 0) + entry["counts"]
    if not rows:
        return mapping
    earned = mark("{listed}: left out, because nothing was earned yet. Give the day once it was.")
    paid = mark("{listed}: left out, because nothing was paid yet. Give the day once it was.")
    message = sentence(paid if kind.holds_payments else earned, listed=with_counts(list(rows.items())[:MOST]))
    problems.append(Problem(decoded.name, None, name, None, message, "warning"))
    return replace(mapping, skip=mapping.skip | {name: [*mapping.skip.get(name, ()), *rows]})
