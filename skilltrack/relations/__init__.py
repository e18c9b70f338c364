"""Definitions by name, put in front of a select and narrowed to the people a viewer sees."""

from skilltrack.relations.from_kinds import WHERE_FROM, made_from_nothing
from skilltrack.relations.short_list import known, only, seen_if_few
from skilltrack.relations.texts import (
    END_OF_TIME,
    EVERYBODY,
    Case,
    content_sum,
    definitions,
    from_kept,
    kept_schema,
    kept_selects,
    kept_steps,
    made_relations,
    put_together,
    reached,
    read_text,
    refuse_tables,
    with_definitions,
    with_kept,
    with_published,
)

__all__ = [
    "END_OF_TIME",
    "EVERYBODY",
    "WHERE_FROM",
    "Case",
    "content_sum",
    "definitions",
    "from_kept",
    "kept_schema",
    "kept_selects",
    "kept_steps",
    "known",
    "made_from_nothing",
    "made_relations",
    "only",
    "put_together",
    "reached",
    "read_text",
    "refuse_tables",
    "seen_if_few",
    "with_definitions",
    "with_kept",
    "with_published",
]
