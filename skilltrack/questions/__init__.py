"""The catalogue of questions, and asking one: for a viewer, with filters, from the quickest texts."""

from skilltrack.questions.filters import READINGS, Filters, a_year_before, month_ends
from skilltrack.questions.headers import Metric, catalogue, reports
from skilltrack.questions.lookups import lacking
from skilltrack.questions.metrics import Metrics
from skilltrack.questions.options import OF_PEOPLE, OPTIONS, Option, filters_in, filters_of, options_of, refuse_unasked
from skilltrack.questions.plan import Plan
from skilltrack.questions.preview import Effects, Preview, preview_import, preview_take_back

__all__ = [
    "OF_PEOPLE",
    "OPTIONS",
    "READINGS",
    "Effects",
    "Filters",
    "Metric",
    "Metrics",
    "Option",
    "Plan",
    "Preview",
    "a_year_before",
    "catalogue",
    "filters_in",
    "filters_of",
    "lacking",
    "month_ends",
    "options_of",
    "preview_import",
    "preview_take_back",
    "refuse_unasked",
    "reports",
]
