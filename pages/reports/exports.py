"""Answers: how do I hand this to somebody who does not use the app."""

from dataclasses import replace

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import export_form, export_published, filters, parts, tokens_form
from skilltrack.ui.signin import viewer

parts.heading(_("Exports"), _("Reports and packs as files that say what they rest on and can be made again."))
view = filters.bar("as_of", *export_form.scopes(), "assurance")
if viewer().reads_published:
    export_published.form(view)
    st.stop()
order = export_form.chosen(view)
if order.name == "transcript":
    order = replace(order, filters=replace(view, manager=None, team=None, employee=filters.person(view.as_of)))
export_form.file(order)
export_form.kept(order)
tokens_form.own()
