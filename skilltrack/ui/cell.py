"""The people behind one cell of the coverage matrix, in a panel at the side that the URL opens."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack import people_tables
from skilltrack.questions import Filters
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

COLUMNS = {"name": "Name", "role": "Role", "required_level": "Needs", "level": "Has", "state": "So far"}


def people_of_cell(view: Filters, cells: pd.DataFrame) -> None:
    """Open the panel for the cell that the URL names, if it is one of `cells`."""
    team, skill = filters.get("cell_team"), filters.get("cell_skill")
    chosen = cells[(cells["team"] == team) & (cells["skill_id"] == skill)]
    if not len(chosen):
        return
    cell = chosen.iloc[0].to_dict()
    title = parts.plain(f"{cell['team'] or 'No team'} · {cell['skill']}")
    st.dialog(title, width="medium", position="right", on_dismiss=_close)(_shown)(replace(view, skill=skill), cell)


def _shown(asked: Filters, cell: dict[str, Any]) -> None:
    parts.cards(parts.part_of("Have it", cell["met"], cell["required"], "people who need it"))
    more = (str(cell["team"]),)
    people = shaped(people_tables.of_team, ("requirements_met", asked), ("role_names", asked), more=more)
    parts.table(people, "people", COLUMNS, opens_person=True)
    with st.container(horizontal=True):
        parts.link("team/experts", "Who else can do it", "person_search", skill=cell["skill_id"])
        parts.link("team/gaps", "What closes it", "rule", by="person", skill=cell["skill_id"])


def _close() -> None:
    filters.put(cell_team=None, cell_skill=None)
