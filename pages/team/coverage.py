"""Answers: where is my team thin."""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.days import LAST
from skilltrack.language import _
from skilltrack.questions import READINGS
from skilltrack.reports import answers, people_answers
from skilltrack.ui import cell, filters, grounds, known, numbers, parts, pictures, sentences, whole
from skilltrack.ui.cache import ask, shaped

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
teams = shaped(tables.totals_by, asked, more=("team",))
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
    cell.teams_by_skill(view, asked, catalogue, depth)
    numbers.cards(*cards)
cell.people_of_cell(view, cells)
with st.expander(_("As a table")):
    parts.table(cells, "coverage", "coverage", "team", *parts.COVERAGE)
