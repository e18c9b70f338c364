"""Answers: who is ready, for their own role or for another one, and what remains for the others."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("Readiness")
view = filters.bar("as_of", "role", "manager", "team", "assurance")
whose = {"name": "Name", "team": "Team"} if view.role else parts.WHOSE
numbers = {
    "readiness": parts.share_column("Readiness"),
    "missing": st.column_config.NumberColumn("Missing", help="Requirements that are not met"),
    "requirements": "Of",
    "critical_unmet": st.column_config.NumberColumn(
        "Critical", help="Missing requirements that the role cannot do without"
    ),
}
remains = {"remains": st.column_config.TextColumn("What remains", width="large")}
named = ("role_names", view)
now = shaped(tables.records, ("totals", replace(view, role=None)))[0]
if parts.is_too_many(now["people"]):
    parts.cards(parts.part_of("Ready for their own role", now["ready"], now["with_role"], "people"))
    if view.role:
        st.subheader("The 50 people closest to this role", anchor=False)
        closest = shaped(people_tables.closest, ("closest", view), named)
        parts.table(closest, "closest", whose | {"role": "Own role"} | numbers, opens_person=True)
    st.stop()
asked, gaps = ("readiness", view), ("gaps", view)
meant = ("this role" if view.role else "their role",)
sentences = shaped(answers.ready, asked, more=meant), shaped(answers.in_the_way, asked, gaps)
parts.answers(*sentences, on="readiness")
counted = shaped(tables.ready_counts, asked)
measured, ready, critical = (counted[what] for what in ("measured", "ready", "critical"))
rule = "Ready: every critical requirement is met, and at least 80 % of the total weight."
parts.cards(
    parts.part_of("Ready", ready, measured, "people", rule),
    parts.part_of("Nearly ready, at 60 % or more", counted["close"], measured, "people"),
    parts.part_of("Something critical missing", critical, measured, "people"),
)
waiting = shaped(people_tables.not_ready, asked, gaps, named)
st.subheader("Not ready, the closest first", anchor=False)
parts.table(waiting, "readiness", whose | numbers | remains, opens_person=True)
if view.role or view.team:
    st.subheader("Requirement by requirement", anchor=False)
    parts.levels_grid(view, limit=40, given="Closest first")
folded = {"ready": people_tables.ready_people, "without a role profile": people_tables.without_requirements}
for title, shape in folded.items():
    others = shaped(shape, asked, named)
    if len(others):
        with st.expander(f"{len(others):,} {title}"):
            parts.table(others, title.replace(" ", "_"), whose, opens_person=True)
