"""Who is ready, for their own role or for another one?"""

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.ui import filters, matrix, parts
from skilltrack.ui.cache import ask

parts.heading("Readiness", "Who is ready for their own role, and who is closest to another one? Choose a role to ask.")
view = filters.bar("as_of", "role", "manager", "team", "assurance")
people = ask("readiness", view)
measured = people[people["requirements"] > 0]
ready = int(measured["ready"].astype(bool).sum())
almost = measured[~measured["ready"].astype(bool) & (measured["readiness"] >= 0.6)]
parts.cards(
    lambda: parts.number("Ready", parts.percent(ready, len(measured)), parts.of(ready, len(measured), "people"),
                         "Every critical requirement met, and at least 80 % of the weight of all."),
    lambda: parts.number("Close", f"{len(almost):,}", "not ready, but at 60 % or more"),
    lambda: parts.number("A critical gap", f"{int((measured['critical_unmet'] > 0).sum()):,}",
                         parts.of((measured["critical_unmet"] > 0).sum(), len(measured), "people")),
    lambda: parts.number("No role profile", f"{len(people) - len(measured):,}", parts.of(len(people) - len(measured), len(people), "people")),
)  # fmt: skip
order = people.sort_values(["ready", "readiness", "partial", "employee_id"], ascending=[False, False, False, True],
                           na_position="last")  # fmt: skip
if view.role:
    st.subheader("Closest people, requirement by requirement", anchor=False)
    met = ask("requirements_met", view)
    skills = ask("gaps", view)[["skill_id", "skill"]].drop_duplicates().set_index("skill_id")["skill"]
    met = met.assign(skill=[str(skills.get(skill, skill)) for skill in met["skill_id"]])
    grid = tables.people_matrix(met, pd.Series(list(order["name"]), index=list(order["employee_id"])), 40)
    opened = matrix.show(grid, "readiness_grid", corner="Person", style="level")
    st.caption("✓ = met; 1/3 = level 1 where 3 is required; – = exempt. The 40 closest people. Click a cell to open the person.")
    if opened:
        st.switch_page(parts.page_file("team/people"), query_params=filters.shared() | {"employee": opened[0]})
parts.table(order, "readiness", {
    "name": "Name", "team": "Team", "role_id": "Role", "met": "Met", "requirements": "Of",
    "readiness": st.column_config.ProgressColumn("Readiness", format="percent", color="blue"),
    "partial": st.column_config.NumberColumn("With partial credit", format="percent"),
    "critical_unmet": "Critical unmet", "ready": "Ready",
}, opens_person=True)  # fmt: skip
