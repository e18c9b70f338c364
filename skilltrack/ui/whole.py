"""What pages say about more people than they list: sentences from sums over teams, skills and the whole alone."""

from dataclasses import replace

from skilltrack.days import LAST
from skilltrack.questions import Filters
from skilltrack.reports import answers, people_answers, whole_answers
from skilltrack.reports.answers import Answer
from skilltrack.ui import sentences
from skilltrack.ui.cache import shaped


def coverage(view: Filters) -> None:
    """Which team lacks most, how much is not met, and which skills nobody has."""
    by_skill = ("coverage_by_skill", view)
    nobody = shaped(people_answers.unmet_by_all, by_skill)
    sentences.show(view, nobody, _thinnest(view), _lacking(view), on="coverage")


def gaps(view: Filters) -> None:
    """How much is not met, by skill and by team."""
    largest = shaped(whole_answers.largest, ("coverage_by_skill", view))
    sentences.show(view, _lacking(view), largest, _thinnest(view), on="gaps")


def readiness(view: Filters) -> None:
    """How many are not ready, and where most of them are; of a role that is asked about, who is closest to it."""
    own = replace(view, role=None)
    lines = _ready(own), shaped(whole_answers.least_ready, ("teams", own))
    sentences.show(own, *lines, on="readiness")
    if view.role:
        closest = shaped(whole_answers.closest, ("closest", view), more=(view.role,))
        sentences.show(view, closest, on="readiness", key="_closest")


def renewals(view: Filters) -> None:
    """What is still met in 90 days if nothing is renewed, and the skill that loses most."""
    soon = min(view.as_of + answers.PATIENCE, LAST)
    then = replace(view, as_of=soon)
    totals = ("totals", view), ("totals", then)
    skills = ("coverage_by_skill", view), ("coverage_by_skill", then)
    fading = shaped(whole_answers.fading, *totals, more=(soon,))
    sentences.show(view, shaped(whole_answers.fading_most, *skills, more=(soon,)), fading, on="renewals")


def staffing(view: Filters) -> None:
    """Which team lacks most, and how much is not met: who could sit where is looked up person by person."""
    sentences.show(view, _thinnest(view), _lacking(view), on="staffing")


def people(view: Filters) -> None:
    """How many are not ready for their role, and which team lacks most."""
    sentences.show(view, _ready(view), _thinnest(view), on="people")


def _lacking(view: Filters) -> Answer | None:
    return shaped(whole_answers.lacking, ("totals", view))


def _ready(view: Filters) -> Answer | None:
    return shaped(whole_answers.ready, ("totals", view))


def _thinnest(view: Filters) -> Answer | None:
    return shaped(answers.thinnest, ("teams", view))
