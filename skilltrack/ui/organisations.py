"""The way down the reporting line: who reports here, who lacks most first, each a step further down."""

from dataclasses import replace
from functools import partial
from typing import Any

from skilltrack import tables
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.ui import filters, parts, pictures
from skilltrack.ui.cache import ask, shaped

COLUMNS = ("name", "coverage", "met", "required", "people")


def below(view: Filters) -> Filters:
    """The view of those who report to the chosen manager; where one person is at the top of all, of theirs."""
    top = shaped(tables.only_manager, ("organisations", view)) if view.manager is None else None
    return replace(view, manager=top) if top else view


def show(view: Filters, *more: str) -> None:
    """Those who report here, for a view that `below` gave, with `more` columns; a row leads into the organisation."""
    at_top = _("Who is at the top, the organisation that lacks most first")
    title = at_top if view.manager is None else _("Who reports here, the organisation that lacks most first")
    pictures.heading(title, "organisations", None, partial(pictures.of_organisation, view))
    nobody = _("Nobody reports here on this day. Choose another manager or another day.")
    rows = ask("organisations", view)
    parts.table(
        rows, "organisations", "organisations", *COLUMNS, *more, opens=_go_down, empty=nobody, at=str(view.manager)
    )


def instead_of_people(view: Filters) -> None:
    """Those who report here, on a page whose scope is too large to list its people; nobody where no one has reports.

    A team lies across organisations, so that none is one of its parts.
    """
    here = below(replace(view, role=None, paid_from=None, paid_to=None))
    if here.team is None and ask("organisations", here)["listed_below"].any():
        show(here)


def _go_down(row: dict[str, Any]) -> None:
    """Show the organisation of a manager, or the person who has none."""
    if row["listed_below"]:
        filters.go(manager=row["employee_id"])
    parts.open_person(str(row["employee_id"]))
