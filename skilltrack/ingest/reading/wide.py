"""Tables in which what belongs below one another stands in columns, and registers of ends alone: what to do."""

from collections.abc import Collection

from skilltrack.ingest.reading.dates import names_period
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import amounts_among, dates_among, sampled
from skilltrack.ingest.reading.matrix import FORMS
from skilltrack.ingest.reading.places import Places
from skilltrack.kinds import Kind
from skilltrack.language import NOTHING, Sentence, sentence

FEWEST = 2
"""Fewest columns that show such a table."""


def advice_for(kind: Kind, decoded: Decoded, missing: Collection[str], places: Places) -> Sentence:
    """A sentence about what columns of a table must become, or cannot say; empty where nothing stands out."""
    numbers = [
        header
        for header, cells in zip(decoded.header, decoded.columns, strict=True)
        if header and (values := sampled(cells)) and amounts_among(values) > 0.5
    ]
    levels = [column.name for column in kind.columns if column.type == "level" and column.name in missing]
    if kind.name not in FORMS and "skill_id" in missing and levels and len(numbers) >= FEWEST:
        return sentence(
            "Where each skill has a column of its own, give each {level} a row of its own, with its skill_id.",
            level=levels[0],
        )
    if kind.holds_payments and kind.begins in missing and len(list(filter(names_period, numbers))) >= FEWEST:
        return sentence(
            "Where each month has a column of its own, give each amount a row of its own, with its {begins}.",
            begins=kind.begins,
        )
    ends = [decoded.header[at] for name in ("expires_on", "valid_to") for at in places.get(name, ())]
    if kind.begins in missing and ends and not _has_other_days(decoded, places):
        return sentence(
            "{file} says when something ends ({ends}) and not when it began. Say below on which day, the "
            "same for all, or add a column {begins} to the file.",
            file=decoded.name,
            ends=ends[0],
            begins=kind.begins,
        )
    return NOTHING


def _has_other_days(decoded: Decoded, places: Places) -> bool:
    """Whether a column of days is left that is not read as a column of ours."""
    used = {at for taken in places.values() for at in taken}
    free = [sampled(cells) for at, cells in enumerate(decoded.columns) if at not in used]
    return any(values and dates_among(values) > 0.5 for values in free)
