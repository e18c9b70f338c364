"""Answers: who may see more than the roster says, and who said so."""

import streamlit as st

from skilltrack.ui import roles_form, tokens_form

st.title("Roles", anchor=False)
st.caption("Who may see more than the roster says, who stands in for whom, and who may not sign in.")
roles_form.in_force()
st.subheader("Give a role", anchor=False)
roles_form.to_give()
st.subheader("Tokens of programs", anchor=False)
st.caption("By a token a program sends files or fetches reports over HTTP, as an account and no further than it may.")
tokens_form.of_everybody()
