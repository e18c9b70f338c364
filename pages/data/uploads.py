"""What has been uploaded, and uploading more."""

import streamlit as st

from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.reports import data_answers
from skilltrack.ui import demo, sentences, upload_form, upload_history
from skilltrack.ui.cache import shaped

st.title(_("Uploads"), anchor=False)
sentences.show(Filters(), shaped(data_answers.latest_upload, ("upload_files", Filters())), on="uploads")
demo.before_uploading()
upload_form.form()
upload_history.apart()
st.subheader(_("History"), anchor=False)
upload_history.history()
