"""What is stored about a person, erasing a person, and what is past its retention period."""

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import privacy_form

st.title(_("Privacy"), anchor=False)
st.caption(_("What is stored about a person, erasing a person for good, and what is past its retention period."))
privacy_form.person()
privacy_form.retained()
