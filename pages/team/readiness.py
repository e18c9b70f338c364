"""Answers: who is ready, for their own role or for another one, and what remains for the others."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _, mark
from skilltrack.reports import people_answers
from skilltrack.ui import filters, grounds, numbers, organisations, parts, pictures, sentences, whole
from skilltrack.ui.cache import shaped

parts.heading(_("Readiness"))
view = filters.bar("as_of", "manager", "team", "assurance")
view = replace(view, role=filters.role(view.as_of))
whose = ("name", "team") if view.role else parts.WHOSE
counts = ("readiness", "missing", "requirements", "critical_unmet")
of_people = mark("{share} of people")
named = ("role_names", view)
now = shaped(tables.records, ("totals", replace(view, role=None)))[0]
if parts.is_too_many(now["people"], lambda: whole.readiness(view)):
    own = grounds.people(replace(view, role=None))
    numbers.cards(numbers.part_of(_("Ready for their own role"), now["ready"], now["with_role"], of_people, own))
    if view.role:
        pictures.heading(_("The 50 people closest to this role"), "closest", grounds.requirements(view))
        closest = shaped(people_tables.closest, ("closest", view), named)
        parts.table(closest, "closest", "closest", *whose, "role", *counts, opens_person=True)
    organisations.instead_of_people(view)
    st.stop()
asked, gaps = ("readiness", view), ("gaps", view)
lines = shaped(people_answers.ready, asked, more=(bool(view.role),)), shaped(people_answers.in_the_way, asked, gaps)
sentences.show(view, *lines, on="readiness")
counted = shaped(tables.ready_counts, asked)
measured, ready, critical = (counted[what] for what in ("measured", "ready", "critical"))
on = {of: (of_people, grounds.people(view, of)) for of in ("ready", "close", "critical")}
numbers.cards(
    numbers.part_of(_("Ready"), ready, measured, *on["ready"]),
    numbers.part_of(_("Nearly ready, at 60 % or more"), counted["close"], measured, *on["close"]),
    numbers.part_of(_("Something critical missing"), critical, measured, *on["critical"]),
)
waiting = shaped(people_tables.not_ready, asked, gaps, named)
pictures.heading(_("Not ready, the closest first"), "waiting", grounds.people(view, "waiting"))
first, *others = whose
parts.table(waiting, "readiness", "readiness", first, *counts, "remains", *others, opens_person=True)
if (view.role or view.team) and len(waiting):
    pictures.heading(_("Requirement by requirement"), "levels", grounds.requirements(view))
    parts.levels_grid(view, limit=40, given=_("Closest first"))
nothing = mark("Without a role profile: {n}"), people_tables.without_requirements, grounds.without_profile(view)
folded = {
    "ready": (mark("Ready: {n}"), people_tables.ready_people, grounds.people(view)),
    "without_a_role_profile": nothing,
}
for name, (title, shape, behind) in folded.items():
    others = shaped(shape, asked, named)
    if len(others):
        with st.expander(_(title, n=len(others))):
            pictures.why(_(title, n=len(others)), name, behind)
            parts.table(others, name, "readiness", *whose, opens_person=True)
