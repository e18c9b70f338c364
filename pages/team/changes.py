"""Answers: what is met now that was not, or no longer, since another day, and why: one cause each, adding up."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, mark, number, plural, texts
from skilltrack.reports import answers
from skilltrack.ui import filters, grounds, numbers, organisations, parts, pictures, sentences
from skilltrack.ui.cache import shaped

parts.heading(_("What changed"))
view = filters.bar("as_of", "since", "manager", "team", "assurance")
since = view.paid_from or view.as_of
bare = replace(view, paid_from=None, paid_to=None)
then, now, asked = ("totals", replace(bare, as_of=since)), ("totals", bare), ("changes", view)
was, met = (shaped(tables.records, one)[0] for one in (then, now))
compared = shaped(answers.compared, then, now, more=(since,))
if max(was["people"], met["people"]) > parts.LISTED:
    sentences.show(view, compared)
    parts.is_too_many(max(was["people"], met["people"]))
    organisations.instead_of_people(bare)
    st.stop()
by_cause = shaped(people_tables.causes, asked)
sentences.show(view, compared, answers.why_changed(by_cause))
of_all = mark("{share} of requirements")
met_then, met_now = grounds.requirements(then[1], name="then"), grounds.requirements(bare, name="now")
numbers.cards(
    numbers.part_of(_("Met on {day}", day=since), was["met"], was["required"], of_all, met_then),
    numbers.part_of(_("Met on {day}", day=view.as_of), met["met"], met["required"], of_all, met_now),
    (
        _("Requirements that changed"),
        number(by_cause["requirements"].sum()),
        plural("{n} cause", "{n} causes", len(by_cause)),
        grounds.changes(view),
    ),
)
pictures.heading(_("Causes"), "causes", grounds.changes(view))
columns = ("why", "met", "required", "people")
parts.table(by_cause, "causes", "causes", *columns, opens=lambda row: filters.go(cause=row["cause"]))
head = st.container()
cause = filters.choose("cause", _("Because"), texts(tables.CAUSES), _("Any cause"))
with head:
    pictures.heading(_("Requirement by requirement"), "each_change", grounds.changes(view, cause))
changed, days = shaped(people_tables.each_change, asked, more=(cause,)), {"was": since, "now": view.as_of}
each = ("name", "skill", "why", "was", "now", "team")
parts.table(changed, "changes", "changes", *each, on=days, opens_person=True)
