"""What was known on an earlier day beside what is known by now, in one sentence above the numbers of a page."""

from dataclasses import replace

from skilltrack.questions import Filters
from skilltrack.reports import answers
from skilltrack.ui import sentences
from skilltrack.ui.cache import is_empty, shaped


def compared(view: Filters) -> None:
    """Say how many requirements were met by what was known then, and by what is known now, if they are told apart."""
    if view.known_at is None or is_empty(view.known_at):
        return
    then, now = (("totals", replace(view, role=None, known_at=known)) for known in (view.known_at, None))
    sentences.show(view, shaped(answers.known_then, then, now, more=(view.known_at,)), on="coverage", key="_known")
