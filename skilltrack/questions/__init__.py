"""The catalogue of questions, and asking one: for a viewer, with filters, from the quickest texts."""

from skilltrack.questions.filters import READINGS, Filters, a_year_before, month_ends
from skilltrack.questions.headers import Metric, catalogue, reports
from skilltrack.questions.metrics import Metrics
from skilltrack.questions.plan import Plan

__all__ = [
    "READINGS",
    "Filters",
    "Metric",
    "Metrics",
    "Plan",
    "a_year_before",
    "catalogue",
    "month_ends",
    "reports",
]
