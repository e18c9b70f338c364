"""Definitions by name, put in front of a select, and narrowed to whom a viewer sees."""

from skilltrack.relations.marts import (
    END_OF_TIME,
    EVERYBODY,
    content_sum,
    mart_texts,
    put_together,
    reached,
    refuse_tables,
    with_kept_marts,
    with_marts,
)
from skilltrack.relations.sight import known, only, seen_if_few

__all__ = [
    "END_OF_TIME",
    "EVERYBODY",
    "content_sum",
    "known",
    "mart_texts",
    "only",
    "put_together",
    "reached",
    "refuse_tables",
    "seen_if_few",
    "with_kept_marts",
    "with_marts",
]
