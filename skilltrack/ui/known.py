"""What was known on an earlier day beside what is known by now, in one sentence above the numbers of a page."""

from dataclasses import replace

import streamlit as st

from skilltrack.questions import Filters
from skilltrack.reports import answers
from skilltrack.ui.cache import shaped
from skilltrack.ui.text import plain


def compared(view: Filters) -> None:
    """Say how many requirements were met by what was known then, and by what is known now; nothing without any."""
    then, now = (("totals", replace(view, role=None, known_at=known)) for known in (view.known_at, None))
    if one := shaped(answers.known_then, then, now, more=(view.known_at,)):
        st.markdown(f"**{plain(one.strong)}** {plain(one.rest)}")
