"""The export form over what was published: reports as plain files, without a receipt, for there is no audit log."""

from dataclasses import replace

import streamlit as st

from skilltrack.language import _, plural, texts
from skilltrack.questions import Filters
from skilltrack.reports import exports, render
from skilltrack.reports.exports import FORMATS, Order
from skilltrack.reports.saved import command
from skilltrack.text import shown, visible
from skilltrack.ui import filters
from skilltrack.ui.cache import ask
from skilltrack.ui.signin import viewer, while_in

FIRST = 10
"""Rows that are shown of a file."""


def form(view: Filters) -> None:
    """Choose a report and a format, see its first rows, download the file; and the command that makes it."""
    titles = texts(exports.published_to(viewer()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(_("What"), list(titles), key="export_what", format_func=titles.__getitem__, width=260)
        as_file = st.selectbox(
            _("As"),
            exports.PLAIN,
            key="export_as",
            format_func=lambda form: _(FORMATS[form].label),
            width=220,
        )
    st.caption(_(exports.about(name)))
    if name == "transcript":
        view = replace(view, manager=None, team=None, employee=filters.person(view.as_of))
        if view.employee is None:
            return
    order = Order(name, as_file, view)
    rows = ask(name, view)
    st.download_button(
        _("Download {form}", form=_(FORMATS[as_file].label)),
        data=while_in(lambda: render(rows, as_file)),
        file_name=exports.file_name(order),
        mime=FORMATS[as_file].media,
        on_click="ignore",
        icon=":material/download:",
        key="export_file",
    )
    first = shown(rows.head(FIRST))
    st.dataframe(
        first,
        hide_index=True,
        width="stretch",
        placeholder="",
        alt=plural("Table with {n} row", "Table with {n} rows", len(first)),
    )
    st.caption(_("The same file without a screen, for example each morning by cron:"))
    st.code(visible(command(order)), language="bash", wrap_lines=True)
