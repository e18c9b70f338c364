"""Tables in which what belongs below one another stands in columns, and that are not taken apart: what to do."""

from collections.abc import Collection

from skilltrack.ingest.reading.dates import names_period
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import amounts_among, sampled
from skilltrack.ingest.reading.matrix import FORMS
from skilltrack.kinds import Kind

FEWEST = 2
"""Fewest columns that show such a table."""


def advice_for_wide(kind: Kind, decoded: Decoded, missing: Collection[str]) -> str:
    """A sentence about skills or months that have columns of their own; empty where the table has no such columns."""
    numbers = [
        header
        for header, cells in zip(decoded.header, decoded.columns, strict=True)
        if header and (values := sampled(cells)) and amounts_among(values) > 0.5
    ]
    levels = [column.name for column in kind.columns if column.type == "level" and column.name in missing]
    if kind.name not in FORMS and "skill_id" in missing and levels and len(numbers) >= FEWEST:
        return f" Where each skill has a column of its own, give each {levels[0]} a row of its own, with its skill_id."
    if kind.holds_payments and kind.begins in missing and len(list(filter(names_period, numbers))) >= FEWEST:
        return f" Where each month has a column of its own, give each amount a row of its own, with its {kind.begins}."
    return ""
