"""Answers: which reports go to whom by mail, when next, and what came of it the last time."""

from dataclasses import replace

import streamlit as st

from skilltrack.language import _
from skilltrack.ui import export_form, filters, parts, schedules_form

parts.heading(_("Schedules"), _("Reports and packs that are sent by mail each week or month."))
schedules_form.in_force()
st.subheader(_("Schedule a report"), anchor=False)
view = filters.bar(*export_form.scopes(), "assurance")
order = export_form.chosen(view, has_readers=True)
if order.name == "transcript":
    order = replace(order, filters=replace(view, manager=None, team=None, employee=filters.person(view.as_of)))
schedules_form.to_make(order)
