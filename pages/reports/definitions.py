"""Answers: what does each number mean."""

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.language import _
from skilltrack.questions import catalogue
from skilltrack.ui import filters, labels, parts

parts.headed(_("Definitions"), _("What every number means, in words and in the SQL that computes it."))
metrics = {name: _(metric.title) for name, metric in catalogue().items()}
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = filters.choose("metric", _("Metric"), metrics, _("All"))
    text = "" if chosen else filters.typed("find", _("Search: any word of the definition"))
if chosen is None:
    reports_first = sorted(catalogue().items(), key=lambda item: (item[1].report == "no", metrics[item[0]].casefold()))
    rows = [
        (name, metrics[name], _(metric.question), _(metric.definition), "" if metric.report == "no" else name)
        for name, metric in reports_first
    ]
    listed = pd.DataFrame(rows, columns=["metric", "title", "question", "definition", "report"])
    parts.table(
        tables.with_words(listed, text),
        "definitions",
        "metrics",
        "title",
        "question",
        opens=lambda row: filters.go(metric=row["metric"], find=None),
        empty=_("No definition has these words. Search for fewer of them."),
    )
    st.stop()
metric = catalogue()[chosen]
st.subheader(metrics[chosen], anchor=False)
st.caption(parts.plain(_(metric.question)))
definition = _(metric.definition)
st.text(definition[0].upper() + definition[1:])
report = "" if metric.report == "no" else _(" · report {name}", name=chosen)
st.caption(parts.plain(_("Unit: {unit}", unit=_(metric.unit)) + report))
of_columns = [(name, *labels.label_of(chosen, name)) for name in metric.columns]
st.table(
    {
        labels.label_of("metric_columns", header)[0]: [parts.plain(cell) for cell in cells]
        for header, cells in zip(("column", "label", "holds"), zip(*of_columns, strict=True), strict=True)
    }
)
st.code(metric.sql, language="sql")
