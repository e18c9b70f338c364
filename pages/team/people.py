"""Answers: what can this person do, until when, on whose word, and what does a role still need of them."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.language import _
from skilltrack.ui import audit_log, directory, evidence, filters, grounds, numbers, parts, pictures, self_service, why
from skilltrack.ui.cache import ask, shaped
from skilltrack.ui.signin import viewer

parts.heading(_("People"))
scope = ("manager", "team") if viewer().may("people") else ()
view = filters.bar("as_of", "role", *scope, "assurance")
with st.container(horizontal=True, vertical_alignment="bottom"):
    person = filters.person(view.as_of)
    text = "" if person else directory.search()
if person is None:
    directory.show(view, text)
    st.stop()
audit_log.note_once("saw", person)
asked = replace(view, employee=person, manager=None, team=None)
own = replace(asked, role=None)
listed = ask("people", own)
if listed.empty:
    filters.stop_unlisted(view.as_of)
who, transcript = listed.iloc[0], shaped(tables.in_words, ("transcript", own))
standing, gaps = ask("readiness", asked), shaped(people_tables.missing, ("gaps", asked))
with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(parts.plain(who["name"]), anchor=False, width="content")
    why.panel(own)
st.text(directory.in_words(who))
evidence.answers(asked, own)
role = filters.called("role", view.role, view.as_of) if view.role else None
ready_for = _("Ready for {role}", role=role) if role else _("Ready for own role")
for line in standing.to_dict("records"):
    numbers.cards(*numbers.of_person(line, ready_for, asked, own))
if standing.empty:
    st.info(_("Not active on this date: hired later, or left before."), icon=":material/event_busy:")
self_service.shown(person, transcript)
missing = _("Missing for this role") if view.role else _("Missing for their own role")
pictures.heading(missing, "missing", grounds.requirements(asked, "unmet"))
needs = ("skill", "required_level", "level", "reason", "critical")
parts.table(gaps, "gaps", "gaps", *needs, empty=_("Nothing is missing."))
if len(gaps):
    pictures.heading(_("What to learn next"), "learning", grounds.learning(asked))
    none = _("No credential of the catalogue would show any of it.")
    learning = shaped(people_tables.learning, ("next_learning", asked))
    parts.table(learning, "learning", "next_learning", "credential", "closes", "why", "price", empty=none)
evidence.shown(own)
