"""Every kind of file, declared once: its columns, its key, what each column means, the headers of other systems."""

from skilltrack.kinds.declared import (
    KEPT_APART,
    KINDS,
    TOTALS,
    Column,
    Kind,
    Means,
    has_roster,
    kinds_about_people,
    kinds_it_reads,
    kinds_open_to,
    references,
    refuse_closed,
)
from skilltrack.kinds.headers import NOT_KEPT, in_both_spellings, plain_header, unaccented
from skilltrack.kinds.in_words import kind_called
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
    "kind_called",
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
