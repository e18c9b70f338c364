"""Why a viewer sees a person's record: the roles that open it and, for a manager, the line that leads up to them."""

import streamlit as st

from skilltrack.access import ROLES
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui.cache import ask
from skilltrack.ui.signin import viewer


def panel(own: Filters) -> None:
    """A button that opens the reasons; `own` names the person."""
    seen_by = viewer()
    with st.popover(_("Why can I see this?"), icon=":material/visibility:"):
        if seen_by.employee_id == own.employee:
            st.text(_("It is your own record."))
        for role in sorted(seen_by.roles & {"hr", "ld"}):
            st.text(_("Your role {role} opens the records of: {whom}.", role=role, whom=_(ROLES[role])))
        line = ask("reporting_line", own)["name"].tolist()
        if seen_by.lines and len(line) > 1:
            st.text(_("They are in your reporting line, on this date and today:"))
            st.text(visible(" → ".join(line)))
        others = [manager for manager in seen_by.lines if manager != seen_by.employee_id]
        if others:
            names = ", ".join(others)
            st.text(_("You stand in for {names}, and see their organisation while you do.", names=names))
        roles = ", ".join(f"{role} ({_(ROLES[role])})" for role in ROLES if role in seen_by.roles)
        st.caption(_("Your roles: {roles}.", roles=roles))
