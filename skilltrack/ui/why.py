"""Why a viewer sees a person's record: the roles that open it and, for a manager, the line that leads up to them."""

import streamlit as st

from skilltrack.access import ROLES
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui.cache import ask
from skilltrack.ui.signin import viewer


def panel(own: Filters) -> None:
    """A button that opens the reasons; `own` names the person."""
    seen_by = viewer()
    with st.popover("Why can I see this?", icon=":material/visibility:"):
        if seen_by.employee_id == own.employee:
            st.text("It is your own record.")
        for role in sorted(seen_by.roles & {"hr", "ld"}):
            st.text(f"Your role {role} opens the records of {ROLES[role]}.")
        line = ask("reporting_line", own)["name"].tolist()
        if seen_by.lines and len(line) > 1:
            st.text("They are in your reporting line, on this date and today:")
            st.text(visible(" → ".join(line)))
        others = [manager for manager in seen_by.lines if manager != seen_by.employee_id]
        if others:
            st.text(f"You stand in for {', '.join(others)}, and see their organisation while you do.")
        st.caption("You are " + ", ".join(f"{role} ({ROLES[role]})" for role in ROLES if role in seen_by.roles) + ".")
