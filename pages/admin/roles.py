"""Answers: who may see more than the roster says, and who said so."""

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import roles_form, tokens_form

st.title(_("Roles"), anchor=False)
st.caption(_("Who may see more than the roster says, who stands in for whom, and who may not sign in."))
roles_form.in_force()
st.subheader(_("Give a role"), anchor=False)
roles_form.to_give()
st.subheader(_("Tokens of programs"), anchor=False)
st.caption(
    _("A token lets a program send files or fetch reports over HTTP, with the rights of one account and no more.")
)
tokens_form.of_everybody()
