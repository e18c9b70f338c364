"""Every kind of file, declared once: its columns, its key, what each column means, the headers of other systems."""

from skilltrack.kinds.declared import (
    KEPT_APART,
    KINDS,
    NOT_KEPT,
    TOTALS,
    Column,
    Kind,
    Means,
    has_roster,
    kinds_about_people,
    kinds_it_reads,
    kinds_open_to,
    plain_header,
    references,
    refuse_closed,
    unaccented,
)
from skilltrack.kinds.headers import in_both_spellings
from skilltrack.kinds.meanings import THINGS
from skilltrack.kinds.templates import template_csv, template_workbook

__all__ = [
    "KEPT_APART",
    "KINDS",
    "NOT_KEPT",
    "THINGS",
    "TOTALS",
    "Column",
    "Kind",
    "Means",
    "has_roster",
    "in_both_spellings",
    "kinds_about_people",
    "kinds_it_reads",
    "kinds_open_to",
    "plain_header",
    "references",
    "refuse_closed",
    "template_csv",
    "template_workbook",
    "unaccented",
]
