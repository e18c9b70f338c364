"""Answers: what is met now that was not, or no longer, since another day, and why: one cause each, adding up."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("What changed")
view = filters.bar("as_of", "since", "manager", "team", "assurance")
since = view.paid_from or view.as_of
bare = replace(view, paid_from=None, paid_to=None)
then, now, asked = ("totals", replace(bare, as_of=since)), ("totals", bare), ("changes", view)
was, met = (shaped(tables.records, one)[0] for one in (then, now))
if parts.is_too_many(max(was["people"], met["people"])):
    parts.answers(shaped(answers.compared, then, now, more=(since,)))
    st.stop()
by_cause = shaped(people_tables.causes, asked)
parts.answers(shaped(answers.compared, then, now, more=(since,)), answers.why_changed(by_cause))
parts.cards(
    parts.part_of(f"Met on {since:%-d %B %Y}", was["met"], was["required"], "requirements"),
    parts.part_of(f"Met on {view.as_of:%-d %B %Y}", met["met"], met["required"], "requirements"),
    ("Requirements that changed", f"{by_cause['requirements'].sum():,}", f"{len(by_cause)} causes"),
)
st.subheader("Causes", anchor=False)
numbers = {
    "why": "Because",
    "met": st.column_config.NumberColumn("Met", format="%+d", help="Met requirements, more or fewer than then"),
    "required": st.column_config.NumberColumn("Asked", format="%+d", help="Requirements, more or fewer than then"),
    "people": "People",
}
parts.table(by_cause, "causes", numbers, opens=lambda row: filters.go(cause=row["cause"]))
st.subheader("Requirement by requirement", anchor=False)
cause = filters.choose("cause", "Because", tables.CAUSES, "Any cause")
columns = {
    "name": "Name",
    "team": "Team",
    "skill": "Skill",
    "was": f"{since:%-d %b %Y}",
    "now": f"{view.as_of:%-d %b %Y}",
}
parts.table(
    shaped(people_tables.each_change, asked, more=(cause,)), "changes", columns | {"why": "Because"}, opens_person=True
)
