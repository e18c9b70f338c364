"""Answers: where is my team thin."""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.ui import filters, matrix, parts
from skilltrack.ui.cache import ask, shaped

parts.heading("Coverage", "How much of what each team's roles require can the team demonstrate? Thinnest first.")
view = filters.bar("as_of", "manager", "team", "assurance")
now = shaped(tables.records, ("totals", view))[0]
if not now["required"]:
    st.info("No active person here has a role with requirements on this date. Choose another date, or upload roles.")
    st.stop()
if parts.is_too_many(now["people"]):
    skills = shaped(tables.totals_by, ("coverage_by_skill", view), more=("skill_id", "skill"))
    met = parts.of(now["met"], now["required"], "requirements met")
    parts.cards(("Coverage", parts.percent(now["met"], now["required"]), met))
    st.subheader("Skill by skill, thinnest first", anchor=False)
    parts.table(skills, "skills", parts.coverage())
    st.stop()
asked = ("coverage", view)
cells = ask(*asked)
teams, skills = (shaped(tables.totals_by, asked, more=by) for by in (("team",), ("skill_id", "skill")))
team, skill = teams.iloc[0], skills.iloc[0]
met = parts.of(now["met"], now["required"], "requirements met")
parts.cards(
    ("Coverage", parts.percent(now["met"], now["required"]), met),
    ("Thinnest team", team["team"] or "No team", parts.of(team["met"], team["required"], "met")),
    ("Thinnest skill", skill["skill"], parts.of(skill["met"], skill["required"], "met")),
)
clicked = matrix.show(shaped(tables.team_matrix, asked), "coverage_grid", corner="Team")
all_of = f"{len(teams):,} teams and {len(skills):,} skills"
most = f" Of {all_of} the {tables.MOST} thinnest each are drawn; the table holds all."
st.caption(
    "A cell is met ÷ required; empty means no role in the team requires the skill. Click a cell to see its people."
    + (most if max(len(teams), len(skills)) > tables.MOST else "")
)
if clicked:
    filters.put(cell_team=clicked[0], cell_skill=clicked[1])
chosen = cells[(cells["team"] == filters.get("cell_team")) & (cells["skill_id"] == filters.get("cell_skill"))]
for cell in chosen.to_dict("records"):
    title = f"{parts.plain(cell['team'] or 'No team')} · {parts.plain(cell['skill'])}"
    st.subheader(f"{title}: {parts.of(cell['met'], cell['required'], 'met')}", anchor=False)
    people = ask("requirements_met", replace(view, skill=cell["skill_id"]))
    names = ("name", "role_id", "level", "required_level", "is_met", "is_critical", "is_exempt")
    columns = parts.columns("requirements_met", *names)
    parts.table(people[people["team"] == cell["team"]], "people", columns, opens_person=True)
with st.expander("As a table"):
    parts.table(cells, "coverage", parts.coverage("team"))
