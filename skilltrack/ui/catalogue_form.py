"""Saying which skill a credential demonstrates, at which level: a small upload like any other."""

import csv
import io

import pandas as pd
import streamlit as st

from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.metrics import Filters
from skilltrack.text import visible
from skilltrack.ui import parts
from skilltrack.ui.cache import ask, store
from skilltrack.ui.signin import viewer


def form(todo: pd.DataFrame) -> None:
    """Choose credential, skill and level; what is mapped leaves the list and counts at once."""
    if todo.empty:
        st.success("Every credential of the catalogue demonstrates something.", icon=":material/check_circle:")
        return
    names = dict(zip(todo["credential_id"], todo["credential"].map(visible), strict=True))
    choices = ask("choices", Filters())
    skills = choices[choices["kind"] == "skill"].set_index("value")["label"].map(visible).to_dict()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        credential = st.selectbox("Credential", list(names), key="map_credential", format_func=names.__getitem__)
        skill = st.selectbox(
            "demonstrates", list(skills), key="map_skill", format_func=skills.__getitem__, index=None,
            placeholder="Choose a skill",
        )  # fmt: skip
        level = st.number_input("at level", 1, 10, 1, key="map_level", width=120)
        go = st.button("Map", key="map_go", type="primary", disabled=skill is None, icon=":material/add_link:")
    if go and skill is not None:
        text = io.StringIO()
        csv.writer(text).writerows([["credential_id", "skill_id", "level"], [credential, skill, level]])
        try:
            outcome = import_sources(
                store(), [Source("credential_skills", "mapped on the screen.csv", text.getvalue().encode())],
                Options(by=viewer().acting_in("catalogue")),
            )  # fmt: skip
        except Refused as refused:
            st.error(parts.plain(refused), icon=":material/block:")
            return
        st.toast(f"Stored as upload {outcome.upload_id}.")
        st.rerun()
