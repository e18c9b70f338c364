"""A question that may be asked: a metric, for a viewer, with filters."""

from dataclasses import dataclass
from typing import Any

from skilltrack.access import Viewer
from skilltrack.config import READY_AT, today
from skilltrack.errors import BadQuestion, NotThere
from skilltrack.questions.filters import READINGS, Filters
from skilltrack.questions.headers import Metric, catalogue
from skilltrack.relations import END_OF_TIME, refuse_tables


@dataclass(frozen=True)
class Question:
    """A question that was checked and may be asked."""

    metric: Metric
    viewer: Viewer
    filters: Filters

    @property
    def is_limited(self) -> bool:
        """Whether the viewer sees only some people."""
        return not self.viewer.sees_everyone

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters that every text may use, besides those that `scope` looks up.

        `paid_from` and `paid_to` are the period of any question, whether or not something is paid.
        """
        filters, is_asked = self.filters, self.metric.role == "asked"
        return {
            "as_of": filters.as_of,
            "days": filters.days(self.metric.days),
            "roster_on": filters.as_of if self.metric.days == "months_ahead" else None,
            "known_at": filters.known_at or END_OF_TIME,
            "reading": READINGS[filters.assurance],
            "manager": filters.manager,
            "is_direct": bool(filters.manager and filters.direct),
            "team": filters.team,
            "role": None if is_asked else filters.role,
            "asked_role": filters.role if is_asked else None,
            "employee": filters.employee,
            "skill": filters.skill,
            "level": filters.level,
            "search": filters.search,
            "paid_from": filters.paid_from,
            "paid_to": filters.paid_to or filters.as_of,
            "is_limited": self.is_limited,
            "sees_uploads": self.viewer.may("uploads"),
            "self": self.viewer.employee_id,
            "lines": list(self.viewer.lines),
            "today": today(),
            "is_whole_company": not self.is_limited and not filters.are_about_a_part,
            "is_outside": bool(filters.outside),
            "ready_at": READY_AT,
        }


def check(name: str, viewer: Viewer, filters: Filters) -> Question:
    """The question, if this viewer may ask it; raises `BadQuestion` and `BadDefinition` as `Metrics.ask` does."""
    metric = catalogue().get(name)
    if metric is None:
        raise NotThere(f"There is no report {name!r}. Try one of: {', '.join(sorted(catalogue()))}.")
    viewer.acting_in(metric.area, metric.title)
    refuse_tables(metric.title, metric.sql)
    if metric.area == "reports":
        viewer = viewer.asking_for_counts(filters.are_about_a_part)
    if metric.area == "proposals":
        viewer = viewer.asking_for_proposals()
    filters.refuse_impossible()
    if metric.report == "employee" and filters.employee is None:
        raise BadQuestion(f"The {name} report is about one person. Say who (employee ID).")
    return Question(metric, viewer, filters)
