"""Who did what, and whether the log is still as it was written."""

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import audit_log

st.title(_("Audit log"), anchor=False)
st.caption(_("Who signed in, saw a transcript, exported, uploaded, took back, changed roles or erased."))
audit_log.listed(up_to=audit_log.verified())
