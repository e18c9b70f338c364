"""Answers: who is ready, for their own role or for another one."""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.ui import filters, matrix, parts
from skilltrack.ui.cache import ask, shaped

parts.heading("Readiness", "Who is ready for their own role, and who is closest to another one? Choose a role to ask.")
view = filters.bar("as_of", "role", "manager", "team", "assurance")
columns = ("name", "team", "role_id", "met", "requirements", "readiness", "partial", "critical_unmet", "ready")
now = shaped(tables.records, ("totals", replace(view, role=None)))[0]
if parts.is_too_many(now["people"]):
    said = parts.of(now["ready"], now["with_role"], "people whose role has requirements")
    parts.cards(("Ready for their own role", parts.percent(now["ready"], now["with_role"]), said))
    if view.role:
        st.subheader("The 50 people closest to this role", anchor=False)
        parts.table(ask("closest", view), "closest", parts.columns("closest", *columns), opens_person=True)
    st.stop()
asked = ("readiness", view)
counted = shaped(tables.ready_counts, asked)
people, measured, ready, critical = (counted[what] for what in ("people", "measured", "ready", "critical"))
rule = "Every critical requirement met, and at least 80 % of the weight of all."
parts.cards(
    ("Ready", parts.percent(ready, measured), parts.of(ready, measured, "people"), rule),
    ("Close", f"{counted['close']:,}", "not ready, but at 60 % or more"),
    ("A critical gap", f"{critical:,}", parts.of(critical, measured, "people")),
    ("No role profile", f"{people - measured:,}", parts.of(people - measured, people, "people")),
)
if view.role or view.team:
    title = "Closest people, requirement by requirement" if view.role else "The team, requirement by requirement"
    st.subheader(title, anchor=False)
    grid = shaped(tables.closest_matrix, asked, ("requirements_met", view), more=(40,))
    opened = matrix.show(grid, "readiness_grid", corner="Person", style="level")
    st.caption("✓ = met; 1/3 = level 1 of 3; – = exempt. The 40 closest people. Click a cell to open the person.")
    if opened:
        st.switch_page(parts.page_file("team/people"), query_params=filters.shared() | {"employee": opened[0]})
parts.table(shaped(tables.most_ready, asked), "readiness", parts.columns("readiness", *columns), opens_person=True)
