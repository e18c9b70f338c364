"""Answers: what is missing, from whom, why, and what closes it."""

from typing import Any

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

BY = {"skill": "By skill", "team": "By team", "role": "By role", "person": "By person", "risk": "Only one, or nobody"}
COUNTS: dict[str, Any] = {
    "missing": st.column_config.NumberColumn("Missing", help="Requirements that are not met"),
    "required": "Of",
    "critical": st.column_config.NumberColumn("Critical", help="Of these, how many the role cannot do without"),
    "reasons": st.column_config.TextColumn("Why", width="medium"),
}
parts.heading("Gaps")
view = filters.bar("as_of", "manager", "team", "assurance")
totals, asked, named, closing = ("totals", view), ("gaps", view), ("role_names", view), ("closing", view)
now = shaped(tables.records, totals)[0]
unmet = parts.part_of("Requirements not met", now["required"] - now["met"], now["required"], "requirements")
if parts.is_too_many(now["people"]):
    parts.cards(unmet)
    st.subheader("Biggest gaps", anchor=False)
    parts.table(shaped(tables.biggest_gaps, ("coverage_by_skill", view), more=(1, 500)), "skills", parts.COVERAGE)
    st.stop()
by_skill = shaped(people_tables.gaps_by_skill, asked, ("coverage_by_skill", view), closing)
sentences = shaped(answers.lacking, asked, totals), shaped(answers.expired, asked), answers.largest(by_skill)
parts.answers(*sentences, on="gaps")
unmet = now["required"] - now["met"]
parts.cards(
    parts.part_of("Requirements not met", unmet, now["required"], "requirements"),
    parts.part_of("People with a gap", *shaped(people_tables.people_lacking, asked, ("readiness", view)), "people"),
)
by = filters.tabs("by", "Gaps by", BY)
if by == "skill":
    columns = {"skill": "Skill", **COUNTS, "closed_by": st.column_config.TextColumn("Closed by", width="large")}
    parts.table(by_skill, "gaps_by_skill", columns, opens=lambda row: filters.go(by="person", skill=row["skill_id"]))
elif by in ("team", "role"):
    if by == "team":
        rows = shaped(people_tables.gaps_by_team, asked, ("readiness", view))
    else:
        rows = shaped(people_tables.gaps_by_role, asked, ("readiness", view), named)
    into, key = ("team", "team") if by == "team" else ("of_role", "role_id")
    columns = {by: BY[by][3:].capitalize(), "people": "People", **COUNTS, "skills": "Most often"}
    parts.table(rows, f"gaps_by_{by}", columns, opens=lambda row: filters.go(by="person", **{into: row[key]}))
elif by == "person":
    limits = filters.gap_limits(view.as_of)
    rows = shaped(people_tables.each_gap, asked, closing, named, more=limits)
    columns = parts.WHOSE | {"skill": "Skill", "required_level": "Needs", "level": "Has", "reason": "Why"}
    parts.table(rows, "gaps", columns | {"critical": "Critical", "closed_by": "Closed by"}, opens_person=True)
else:
    columns = {"team": "Team", "skill": "Skill", "who": "Who can", "needed": "People who need it"}
    parts.table(shaped(people_tables.thin_skills, ("depth", view)), "thin", columns, opens=parts.open_cell)
