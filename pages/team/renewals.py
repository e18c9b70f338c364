"""Answers: what lapses next, whose is it, what becomes of coverage, and what can be renewed together."""

from dataclasses import replace

import streamlit as st

from skilltrack import charts, tables
from skilltrack.days import LAST
from skilltrack.language import _
from skilltrack.reports import answers, people_answers, renewal_answers
from skilltrack.ui import filters, grounds, organisations, parts, pictures, renewal_lists, sentences, whole
from skilltrack.ui.cache import ask, shaped

parts.heading(_("Renewals"))
view = filters.bar("as_of", "manager", "team")
everybody = shaped(tables.records, ("totals", view))[0]["people"]
if parts.is_too_many(everybody, lambda: whole.renewals(view)):
    organisations.instead_of_people(view)
    st.stop()
asked, soon = ("renewals", view), min(view.as_of + answers.PATIENCE, LAST)
coverage = [("totals", replace(view, as_of=day)) for day in (view.as_of, soon)]
left = shaped(renewal_answers.if_nobody_renews, *coverage, more=(soon,))
sentences.show(view, left, *shaped(people_answers.lapsing, asked))
renewal_lists.cards(view)
chosen = renewal_lists.limits(view)
if not chosen.course:
    pictures.heading(_("By course, over all teams"), "courses", grounds.due_listed(view, *chosen.more))
    courses = shaped(tables.due_by_course, asked, more=chosen.more)
    columns: tuple[str, ...] = ("credential", "people", "awards", "teams", "first", "last")
    parts.table(courses, "courses", "renewals", *columns, opens=renewal_lists.go_to, height=233)
together = shaped(tables.due_together, asked, more=chosen.more)
if len(together):
    pictures.heading(_("Same certificate, same team"), "clusters", grounds.due_together(view, *chosen.more))
    parts.table(together, "clusters", "renewals", "credential", "people", "team", "first", "last", height=233)
pictures.heading(_("Who must renew what"), "renewals", grounds.due_listed(view, *chosen.more))
columns = "name", "credential", "valid_to", "days", "team"
listed = shaped(tables.due_listed, asked, more=chosen.more)
parts.table(listed, "renewals", "renewals", *columns, opens_person=True)
renewal_lists.take_along(view, chosen)
awards = len(ask(*asked))
if awards:
    pictures.heading(_("Ends by month"), "months", grounds.due(view, *tables.BUCKETS))
    description = _("Awards ending by month; {n} in all.", n=awards)
    pictures.chart(shaped(charts.renewals_by_month, asked), "renewals", description, "months")
