"""What is held on a person, erasing somebody, and what is past its time."""

import streamlit as st

from skilltrack.ui import privacy_form

st.title("Privacy", anchor=False)
st.caption("What is held on a person, erasing somebody for good, and what is past the time it is kept for.")
privacy_form.person()
privacy_form.retained()
