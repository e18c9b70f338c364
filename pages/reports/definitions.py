"""Answers: what does each number mean."""

import streamlit as st

from skilltrack.language import _
from skilltrack.questions import catalogue
from skilltrack.ui import filters, labels, parts

parts.headed(_("Definitions"), _("What every number means, in words and in the SQL that computes it."))
metrics = {name: _(metric.title) for name, metric in catalogue().items()}
reports_first = sorted(catalogue().items(), key=lambda item: (item[1].report == "no", metrics[item[0]].casefold()))
chosen = filters.choose("metric", _("Metric"), metrics, _("All"))
for name, metric in reports_first:
    if chosen not in (None, name):
        continue
    with st.container(border=True, key=f"metric_{name}"):
        st.subheader(_(metric.title), anchor=False)
        st.caption(parts.plain(_(metric.question)))
        definition = _(metric.definition)
        st.text(definition[0].upper() + definition[1:])
        report = "" if metric.report == "no" else _(" · report {name}", name=name)
        st.caption(parts.plain(_("Unit: {unit}", unit=_(metric.unit)) + report))
        details = st.expander(_("Columns and SQL"), expanded=chosen == name, key=f"details_{name}", on_change="rerun")
        if not details.open:  # filled when it is opened: all of them at once would be a long page for one question
            continue
        with details:
            rows = [(column, *labels.label_of(name, column)) for column in metric.columns]
            headers = [labels.label_of("metric_columns", column)[0] for column in ("column", "label", "holds")]
            st.table(
                {
                    header: [parts.plain(text) for text in column]
                    for header, column in zip(headers, zip(*rows, strict=True), strict=True)
                }
            )
            st.code(metric.sql, language="sql")
