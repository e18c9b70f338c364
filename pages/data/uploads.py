"""What has been uploaded, and uploading more."""

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import demo, upload_form, upload_history

st.title(_("Uploads"), anchor=False)
demo.before_uploading()
upload_form.form()
upload_history.apart()
st.subheader(_("History"), anchor=False)
upload_history.history()
