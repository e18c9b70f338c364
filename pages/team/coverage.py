"""Answers: where is my team thin."""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.days import LAST
from skilltrack.language import _
from skilltrack.questions import READINGS
from skilltrack.reports import answers, people_answers
from skilltrack.ui import filters, grounds, known, matrix, numbers, parts, pictures, sentences, whole
from skilltrack.ui.cache import ask, shaped
from skilltrack.ui.cell import people_of_cell

parts.heading(_("Coverage"))
view = filters.bar("as_of", "year", "manager", "team", "assurance")
known.compared(view)
now = shaped(tables.records, ("totals", view))[0]
if not now["required"]:
    nobody = _("No active person here has a role with requirements on this date. Choose another date, or upload roles.")
    st.info(nobody)
    st.stop()
cards = numbers.standing(now, view)
if parts.is_too_many(now["people"], lambda: whole.coverage(view)):
    skills = shaped(tables.totals_by, ("coverage_by_skill", view), more=("skill_id", "skill"))
    numbers.cards(*cards)
    pictures.heading(_("Skill by skill, thinnest first"), "rarest", grounds.requirements(view))
    parts.table(skills, "skills", "coverage_by_skill", *parts.COVERAGE)
    st.stop()
asked, catalogue = ("coverage", view), ("catalogue_of_skills", view)
cells = ask(*asked)
teams, skills = (shaped(tables.totals_by, asked, more=by) for by in (("team",), ("skill_id", "skill")))
soon = min(view.as_of + answers.PATIENCE, LAST)
depth, later = ("depth", view), ("depth", replace(view, as_of=soon))
sentences.show(
    view,
    shaped(people_answers.risk, depth, later, more=(soon,)),
    shaped(answers.thinnest, asked),
    shaped(answers.readings, *(("totals", replace(view, assurance=reading)) for reading in READINGS)),
    on="coverage",
)
if len(teams) == 1:
    numbers.cards(*cards)
    levels = _("People by skill"), "levels", grounds.requirements(view)
    parts.levels_grid(view, limit=tables.MOST, sign=lambda: pictures.why(*levels))
else:
    grid = shaped(tables.team_matrix, asked, catalogue)
    cell, team = matrix.show(grid, "coverage_grid", corner=_("Team"), label=_("Teams by skill"))
    with st.container(horizontal=True, vertical_alignment="center", key="heading_below_matrix"):
        st.caption(matrix.about_teams(len(teams), len(skills)), width="content")
        pictures.why(_("Teams by skill"), "matrix", grounds.requirements(view))
    if team:
        filters.go(team=team)
    if cell:
        filters.put(cell_team=cell[0], cell_skill=cell[1])
    numbers.cards(*cards)
people_of_cell(view, cells)
with st.expander(_("As a table")):
    parts.table(cells, "coverage", "coverage", "team", *parts.COVERAGE)
