"""Answers: which mails does Skilltrack send me, and which do I want? HR also chooses for others."""

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import mail_choices

st.title(_("Mails"), anchor=False)
st.caption(_("What you turn off is not sent until it is turned on again."))
mail_choices.own()
mail_choices.of_others()
