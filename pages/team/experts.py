"""Answers: who can do this skill, at which level, until when."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables
from skilltrack.language import _
from skilltrack.reports import people_answers
from skilltrack.ui import filters, grounds, parts, pictures, sentences
from skilltrack.ui.cache import shaped

parts.heading(_("Who can do"))
view = filters.bar("as_of", "manager", "team", "assurance")
with st.container(horizontal=True, vertical_alignment="bottom"):
    skill = filters.skill(view.as_of)
    if skill:
        asked, named = ("experts", replace(view, skill=skill)), ("role_names", view)
        top = shaped(people_tables.highest_level, asked)
        levels = {str(level): _("Level {level} or above", level=level) for level in range(1, max(top, 1) + 1)}
        level = int(filters.choose("level", _("At least"), levels, None) or 1)
if not skill:
    sentences.show(view, shaped(people_answers.unmet_by_all, ("coverage_by_skill", view)))
    pictures.heading(_("Skills that people need, fewest first"), "rarest", grounds.requirements(view))
    rows = shaped(people_tables.rarest, ("coverage_by_skill", view))
    columns = parts.COVERAGE
    parts.table(rows, "skills", "coverage_by_skill", *columns, opens=lambda row: filters.go(skill=row["skill_id"]))
    st.stop()
issued = ("issued_by", replace(view, skill=skill))
people = shaped(people_tables.able, asked, named, issued, more=(level,))
able = people_answers.able(people, filters.called("skill", skill, view.as_of), level, view.as_of)
sentences.show(replace(view, skill=skill, level=level), able)
nobody = _("Nobody here can show this. Choose a lower level, a wider group, or look at what closes the gap.")
pictures.heading(_("People, the highest level first"), "able", grounds.able(replace(view, skill=skill, level=level)))
parts.table(
    people,
    "experts",
    "experts",
    "name",
    "level",
    "valid_to",
    "issued_by",
    "assurance",
    "role",
    "team",
    opens_person=True,
    empty=nobody,
)
parts.link("team/gaps", _("Who needs this skill and lacks it"), "rule", by="person", skill=skill)
