"""The registry of questions, and how one is asked: for a viewer, with filters, from the quickest texts."""

from skilltrack.questions.metrics import Filters, Metric, Metrics, a_year_before, catalogue, reports

__all__ = [
    "Filters",
    "Metric",
    "Metrics",
    "a_year_before",
    "catalogue",
    "reports",
]
