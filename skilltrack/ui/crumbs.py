"""The way from the company down to what a page is about, as one line of links: company, managers, team, person.

Each link keeps what else is chosen in the address, and leads only to what the viewer may see.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.days import day_of
from skilltrack.errors import Refused
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui import filters
from skilltrack.ui.cache import shaped
from skilltrack.ui.signin import viewer
from skilltrack.ui.text import plain

BELOW = ("manager", "direct", "team", "employee", "cell_team", "cell_skill", "why", "upload", "line", "find")
"""What the address has of a narrower view; a link up leaves it out."""
MOST = 4
"""Of more managers one above the other, the first and the last two are shown."""


STAY = {
    "team/overview", "team/coverage", "team/gaps", "team/readiness", "team/experts", "team/renewals", "team/staffing",
    "team/changes", "team/organisation", "money/spend",
}  # fmt: skip
"""Pages about an organisation or a team, on which a link up stays; from elsewhere it leads to *Coverage*."""

WITHOUT_TEAMS = {"team/organisation"}
"""Pages that are not limited to a team."""


class Crumb(NamedTuple):
    """A step on the way: what it is called, and what the address says of it; without that it is no link."""

    label: str
    where: dict[str, str] | None = None


def show(page: str, page_file: Callable[[str], str]) -> None:
    """The line above the title of `page`, if the page is about less than all that the viewer sees."""
    if page not in STAY and page != "team/people" and not filters.get("upload"):
        return
    try:
        steps = way(has_teams=page not in WITHOUT_TEAMS)
    except Refused:
        return  # the link asks for what nobody knows: the line of context says so
    if not steps:
        return
    chosen = st.query_params.to_dict() if page in STAY else filters.shared()
    kept = {name: value for name, value in chosen.items() if name not in BELOW}
    with st.container(horizontal=True, key="crumbs"):
        for at, (label, where) in enumerate(steps[:-1]):
            if where is None:
                st.text(visible(label), width="content")
                continue
            address = kept | where
            if page in STAY:  # a link to the page that is shown would leave the address as it is
                _button(at, label, address)
            else:
                up = "team/people" if "employee" in where else "team/coverage"
                st.page_link(page_file(up), label=plain(label), query_params=address, width="content")
        st.text(visible(steps[-1].label), width="content")


def _button(at: int, label: str, address: dict[str, str]) -> None:
    """What leads to another view of the page that is shown, as one step of the browser's history."""
    st.button(plain(label), key=f"crumb_{at}", type="tertiary", on_click=lambda: st.query_params.from_dict(address))


def way(has_teams: bool) -> list[Crumb]:
    """The steps from everything that the viewer sees down to what the address is about; none where it is all of it."""
    asked = {name: filters.get(name) for name in BELOW}
    person, skill = asked["employee"], asked["cell_skill"]
    team = (asked["team"] or asked["cell_team"]) if has_teams else ""
    if not viewer().may("people") or not (person or team or asked["manager"]):
        return []
    day = Filters(as_of=day_of(filters.get("as_of"))) if filters.get("as_of") else Filters()
    steps = [Crumb(filters.whole_scope(), {})]
    line = _line(day, person or asked["manager"])
    if (person or asked["manager"]) and not line:
        return []
    own = None if viewer().sees_everyone else viewer().employee_id  # their organisation is all that they see
    above = [one for one in line[1 if person else 0 :] if one["employee_id"] != own]
    managers = [Crumb(one["name"], {"manager": one["employee_id"]}) for one in reversed(above)]
    steps += managers if len(managers) <= MOST else [managers[0], Crumb("…"), *managers[-2:]]
    if person:
        team = shaped(_team, ("people", _about(day, person)))
    if team:
        manager = {"manager": asked["manager"]} if asked["manager"] and not person else {}
        steps.append(Crumb(team, {**manager, "team": team}))
    if person:
        steps.append(Crumb(line[0]["name"], {"employee": person}))
    if skill and asked["cell_team"]:
        steps.append(Crumb(filters.called("skill", skill, day.as_of)))
    if asked["upload"]:
        steps.append(Crumb(_("Upload {n}, line {line}", n=asked["upload"], line=asked["line"] or "–")))
    return steps


def _about(day: Filters, person: str) -> Filters:
    return Filters(as_of=day.as_of, employee=person)


def _line(day: Filters, person: str) -> list[dict[str, str]]:
    """A person and their managers, as far up as the viewer may see; none for nobody."""
    return shaped(tables.records, ("reporting_line", _about(day, person))) if person else []


def _team(people: pd.DataFrame) -> str:
    """The team of the one person listed; empty for none."""
    return "" if people.empty else str(people["team"].iloc[0] or "")
