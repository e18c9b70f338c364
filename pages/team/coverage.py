"""Where is my team thin?"""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.ui import filters, matrix, parts
from skilltrack.ui.cache import ask

parts.heading("Coverage", "How much of what each team's roles require can the team demonstrate? Thinnest first.")
view = filters.bar("as_of", "manager", "team", "assurance")
cells = ask("coverage", view)
now = ask("totals", view).iloc[0]
if cells.empty:
    st.info("No active person here has a role with requirements on this date. Choose another date, or upload roles.")
    st.stop()
by_team, by_skill = tables.totals_by(cells, "team"), tables.totals_by(cells, ["skill_id", "skill"])
parts.cards(
    lambda: parts.number("Coverage", parts.percent(now["met"], now["required"]),
                         parts.of(now["met"], now["required"], "requirements met")),
    lambda: parts.number("Thinnest team", by_team["team"][0] or "No team", parts.of(by_team["met"][0], by_team["required"][0], "met")),
    lambda: parts.number("Thinnest skill", by_skill["skill"][0], parts.of(by_skill["met"][0], by_skill["required"][0], "met")),
)  # fmt: skip
clicked = matrix.show(tables.matrix(cells, "team", "skill_id", cells.set_index("skill_id")["skill"].drop_duplicates()),
                      "coverage_grid", corner="Team")  # fmt: skip
st.caption("Each cell is met ÷ required; an empty cell means no role in the team requires the skill. Click a cell to see its people.")
if clicked:
    filters.put(cell_team=clicked[0], cell_skill=clicked[1])
team, skill = filters.get("cell_team"), filters.get("cell_skill")
chosen = cells[(cells["team"] == team) & (cells["skill_id"] == skill)]
if len(chosen):
    cell = chosen.iloc[0]
    st.subheader(f"{parts.plain(team or 'No team')} · {parts.plain(cell['skill'])}: "
                 f"{parts.of(cell['met'], cell['required'], 'met')}", anchor=False)  # fmt: skip
    people = ask("requirements_met", replace(view, team=team, skill=skill)) if team else cells.head(0)
    parts.table(people, "people", {
        "name": "Name", "role_id": "Role", "level": "Level", "required_level": "Required",
        "is_met": "Met", "is_critical": "Critical", "is_exempt": "Exempt",
    }, opens_person=True)  # fmt: skip
with st.expander("As a table"):
    parts.table(cells, "coverage", {
        "team": "Team", "skill": "Skill", "required": "Required", "met": "Met",
        "coverage": st.column_config.ProgressColumn("Coverage", format="percent", color="blue"),
    })  # fmt: skip
