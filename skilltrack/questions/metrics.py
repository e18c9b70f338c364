"""How a question is asked: `Metrics.ask` is the only way to an answer, and always takes a viewer."""

import pandas as pd

from skilltrack.access import Viewer
from skilltrack.errors import BadQuestion
from skilltrack.happenings import timed
from skilltrack.language import _
from skilltrack.questions.filters import Filters
from skilltrack.questions.plan import Plan, choose_texts
from skilltrack.questions.question import check
from skilltrack.questions.scope import scope_of
from skilltrack.questions.steps import STEPS
from skilltrack.storage import Snapshot, Source

CELLS = 10_000_000
"""Rows × columns that an answer may have: more than anybody reads, less than a machine's memory."""


class Metrics:
    """The catalogue bound to a store."""

    def __init__(self, store: Source, reads_kept: bool = True):
        """`store`: a database, a transaction or a lake.

        `reads_kept=False` answers everything from the definitions, which is slower and gives the same answers.
        """
        self._store = store
        self._reads_kept = reads_kept

    def ask(self, name: str, viewer: Viewer, filters: Filters) -> pd.DataFrame:
        """The answer to metric `name` for `viewer`, columns as its header states.

        Raises `BadQuestion` when the metric, assurance, manager, team, role, person or skill asked for is unknown,
        `BadDefinition` when the metric reads anything but definitions.
        """
        question = check(name, viewer, filters)
        with timed("question", metric=name), self._store.snapshot() as reading:
            scope = scope_of(reading, question, self._reads_kept)
            plan = choose_texts(question, scope)
            rows = limited(plan, run(reading, plan))
        return STEPS[question.metric.then](rows) if question.metric.then in STEPS else rows

    def plan(self, name: str, viewer: Viewer, filters: Filters) -> Plan:
        """How `ask` would answer, without running it; raises what `ask` raises before it runs."""
        question = check(name, viewer, filters)
        with self._store.snapshot() as reading:
            return choose_texts(question, scope_of(reading, question, self._reads_kept))


def run(reading: Snapshot, plan: Plan) -> pd.DataFrame | None:
    """The answer; None where it has more than `CELLS` cells."""
    return reading.frame(plan.sql, plan.scope.parameters, CELLS)


def limited(plan: Plan, answer: pd.DataFrame | None) -> pd.DataFrame:
    """The answer; raises `BadQuestion`, and says what to choose, where it was too large to read."""
    metric = plan.question.metric
    if answer is None:
        raise BadQuestion(
            _(
                "{what} would be more than {n} cells ({columns} columns a row). "
                "Choose an organisation, a team, a role or a person, and ask again.",
                what=_(metric.title),
                n=CELLS,
                columns=len(metric.columns),
            )
        )
    return answer
