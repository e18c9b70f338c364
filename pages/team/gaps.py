"""Answers: what is missing, from whom, why, and what closes it."""

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, mark, texts
from skilltrack.reports import people_answers
from skilltrack.ui import filters, grounds, numbers, parts, pictures, sentences, whole
from skilltrack.ui.cache import shaped

BY = {
    "skill": mark("By skill"),
    "team": mark("By team"),
    "role": mark("By role"),
    "person": mark("By person"),
    "risk": mark("Only one, or nobody"),
}
COUNTS = ("missing", "required", "critical_missing", "reasons")
parts.heading(_("Gaps"))
view = filters.bar("as_of", "manager", "team", "assurance")
totals, asked, named, closing = ("totals", view), ("gaps", view), ("role_names", view), ("closing", view)
now = shaped(tables.records, totals)[0]
missing, required = now["required"] - now["met"], now["required"]
lacks = grounds.requirements(view, "unmet")
unmet = numbers.part_of(_("Requirements not met"), missing, required, mark("{share} of requirements"), lacks)
if parts.is_too_many(now["people"], lambda: whole.gaps(view)):
    numbers.cards(unmet)
    pictures.heading(_("Biggest gaps"), "biggest_skills", lacks)
    rows = shaped(tables.biggest_gaps, ("coverage_by_skill", view), more=(1, 500))
    parts.table(rows, "skills", "coverage_by_skill", *parts.COVERAGE)
    st.stop()
by_skill = shaped(people_tables.gaps_by_skill, asked, ("coverage_by_skill", view), closing)
lines = shaped(people_answers.lacking, asked, totals), shaped(people_answers.expired, asked)
sentences.show(view, *lines, people_answers.largest(by_skill), on="gaps")
lacking = shaped(people_tables.people_lacking, asked, ("readiness", view))
with_gap = mark("{share} of people"), grounds.people(view, "lacking")
numbers.cards(unmet, numbers.part_of(_("People with a gap"), *lacking, *with_gap))
with (heading := st.container(horizontal=True, vertical_alignment="center", key="heading_tabs")):
    by = filters.tabs("by", _("Gaps by"), texts(BY))
limits = filters.gap_limits(view.as_of) if by == "person" else ()
behind = {"risk": grounds.thin_skills(view), "person": grounds.some_gaps(view, *limits)}.get(by, lacks)
with heading:
    pictures.why(f"{_('Gaps')} · {_(BY[by])}", f"gaps_{by}", behind)
if by == "skill":
    each = ("skill", *COUNTS, "closed_by")
    parts.table(by_skill, "gaps_skill", "gaps", *each, opens=lambda row: filters.go(by="person", skill=row["skill_id"]))
elif by in ("team", "role"):
    added_up, more = (people_tables.gaps_by_team, ()) if by == "team" else (people_tables.gaps_by_role, (named,))
    rows = shaped(added_up, asked, ("readiness", view), *more)
    key, into = ("team", "team") if by == "team" else ("role_id", "of_role")
    own = (by, "people", *COUNTS, "most_often")
    parts.table(rows, f"gaps_by_{by}", "gaps", *own, opens=lambda row: filters.go(by="person", **{into: row[key]}))
elif by == "person":
    rows = shaped(people_tables.each_gap, asked, closing, named, ("gaps_since", view), more=limits)
    cells = ("name", "skill", "required_level", "level", "reason", "since", "closed_by", "critical", "role", "team")
    parts.table(rows, "gaps", "gaps", *cells, opens_person=True)
else:
    thin = shaped(people_tables.thin_skills, ("depth", view))
    parts.table(thin, "thin", "depth", "team", "skill", "who", "needed", opens=parts.open_cell)
