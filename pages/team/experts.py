"""Answers: who can do this skill, at which level, until when."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("Who can do")
view = filters.bar("as_of", "manager", "team", "assurance")
with st.container(horizontal=True, vertical_alignment="bottom"):
    skill = filters.skill(view.as_of)
    if skill:
        asked, named = ("experts", replace(view, skill=skill)), ("role_names", view)
        top = shaped(people_tables.highest_level, asked)
        levels = {str(level): f"Level {level} or above" for level in range(1, top + 1)}
        level = int(filters.choose("level", "At least", levels or {"1": "Level 1 or above"}, None) or 1)
if not skill:
    st.subheader("Skills that people need, fewest first", anchor=False)
    rows = shaped(people_tables.rarest, ("coverage_by_skill", view))
    parts.table(rows, "skills", parts.COVERAGE, opens=lambda row: filters.go(skill=row["skill_id"]))
    st.stop()
people = shaped(people_tables.able, asked, named, more=(level,))
parts.answers(answers.able(people, filters.called("skill", skill, view.as_of), level, view.as_of))
columns = parts.WHOSE | {"level": "Level", "valid_to": "Until", "assurance": "Evidence"}
nobody = "Nobody here can show this. Choose a lower level, a wider group, or look at what closes the gap."
parts.table(people, "experts", columns, opens_person=True, empty=nobody)
parts.link("team/gaps", "Who needs this skill and lacks it", "rule", by="person", skill=skill)
