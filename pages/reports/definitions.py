"""Answers: what does each number mean."""

import streamlit as st

from skilltrack.questions import catalogue
from skilltrack.ui import filters, parts

st.title("Definitions", anchor=False)
st.caption("What every number means, in words and in the SQL that computes it.")
metrics = {name: metric.title for name, metric in catalogue().items()}
chosen = filters.choose("metric", "Metric", metrics, "All")
for name, metric in sorted(catalogue().items(), key=lambda item: item[1].report == "no"):
    if chosen not in (None, name):
        continue
    with st.container(border=True, key=f"metric_{name}"):
        st.subheader(metric.title, anchor=False)
        st.caption(parts.plain(metric.question))
        st.text(metric.definition[0].upper() + metric.definition[1:])
        st.caption(
            f"Unit: {parts.plain(metric.unit)}" + ("" if metric.report == "no" else f" · report {parts.plain(name)}")
        )
        with st.expander("Columns and SQL", expanded=chosen == name):
            holds = [parts.plain(text) for text in metric.columns.values()]
            st.table({"Column": list(metric.columns), "Label": list(metric.labels.values()), "Holds": holds})
            st.code(metric.sql, language="sql")
