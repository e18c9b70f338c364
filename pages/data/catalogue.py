"""Which credentials do people hold that count for no skill until somebody maps them."""

import streamlit as st

from skilltrack.ui import catalogue_form, parts
from skilltrack.ui.cache import ask
from skilltrack.ui.filters import bar

parts.heading("Catalogue", "Which credentials do people hold that count for no skill until somebody maps them?")
todo = ask("unmapped", bar("as_of"))
parts.cards(
    ("To map", f"{len(todo):,}", "credentials that demonstrate nothing yet"),
    ("Held by", f"{int(todo['holders'].sum()):,}", "holders, counted once a credential"),
    ("Awards", f"{int(todo['awards'].sum()):,}", "valid on this day, counting for nothing"),
)
catalogue_form.form(todo)
if len(todo):
    st.subheader("To map", anchor=False)
    names = {"credential": "Credential", "issuer": "Issuer", "holders": "Holders", "awards": "Awards"}
    parts.table(todo, "to_map", names | {"paid": "Paid so far"})
