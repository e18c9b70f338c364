"""The coverage matrix, and the people behind one cell of it, in a panel at the side that the URL opens."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, mark
from skilltrack.questions import Filters
from skilltrack.ui import filters, grounds, matrix, numbers, panel, parts, pictures
from skilltrack.ui.cache import shaped
from skilltrack.ui.grounds import Question
from skilltrack.ui.languages import in_its_language


def teams_by_skill(view: Filters, coverage: Question, *more: Question) -> None:
    """The grid of teams and skills; a cell opens its people, a team its grid, its last cell what is thin there.

    `more` are the catalogue of skills, and depth.
    """
    grid = shaped(tables.team_matrix, coverage, *more)
    teams, skills = (len(shaped(tables.totals_by, coverage, more=by)) for by in (("team",), ("skill_id", "skill")))
    cell, team, thin = matrix.show(grid, "coverage_grid", corner=_("Team"), label=_("Teams by skill"))
    with st.container(horizontal=True, vertical_alignment="center", key="heading_below_matrix"):
        st.caption(matrix.about_teams(teams, skills), width="content")
        pictures.why(_("Teams by skill"), "matrix", grounds.requirements(view))
    if team:
        filters.go(team=team)
    if thin:
        parts.open_page("team/gaps", by="risk", team=thin)
    if cell:
        filters.put(cell_team=cell[0], cell_skill=cell[1])


def people_of_cell(view: Filters, cells: pd.DataFrame) -> None:
    """Open the panel for the cell that the URL names, if it is one of `cells`; or the panel of its number."""
    team, skill = filters.get("cell_team"), filters.get("cell_skill")
    chosen = cells[(cells["team"] == team) & (cells["skill_id"] == skill)]
    if not len(chosen):
        return
    cell, share = chosen.iloc[0].to_dict(), mark("{share} of people who need it")
    ground = grounds.of_cell(view, str(cell["team"]), str(cell["skill_id"]))
    number = numbers.part_of(_("Have it"), cell["met"], cell["required"], share, ground)
    if filters.get("why"):  # a page can open one panel
        numbers.beside(number)
        return
    title = parts.plain(f"{cell['team'] or _('No team')} · {cell['skill']}")
    panel = st.dialog(title, width="medium", position="right", on_dismiss=_close)(in_its_language(_shown))
    panel(replace(view, skill=skill), cell, number)


def _shown(asked: Filters, cell: dict[str, Any], number: numbers.Number) -> None:
    numbers.cards(number, key="cell")
    st.text(panel.how_made("coverage"))
    team = str(cell["team"])
    answers = ("requirements_met", asked), ("role_names", asked), ("gaps", replace(asked, team=team))
    people = shaped(people_tables.of_team, *answers, more=(team,))
    columns = ("name", "state", "why", "required_level", "level", "role")
    parts.table(people, "people", "requirements_met", *columns, opens_person=True)
    with st.container(horizontal=True):
        parts.link("team/experts", _("Who else can do it"), "person_search", skill=cell["skill_id"])
        parts.link("team/gaps", _("What closes it"), "rule", by="person", skill=cell["skill_id"])


def _close() -> None:
    filters.put(cell_team=None, cell_skill=None)
