"""What has been uploaded, and uploading more."""

import streamlit as st

from skilltrack.ui import upload_form

st.title("Uploads", anchor=False)
st.caption("Files come in whole or not at all. Check first, then import; every upload can be taken back.")
upload_form.form()
st.subheader("History", anchor=False)
upload_form.history()
