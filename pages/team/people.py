"""Answers: what can this person do, until when, on whose word, and what does a role still need of them."""

from dataclasses import replace

import streamlit as st

from skilltrack import people_tables, tables
from skilltrack.text import visible
from skilltrack.ui import audit_log, directory, evidence, filters, parts, why
from skilltrack.ui.cache import ask, shaped
from skilltrack.ui.signin import viewer

parts.heading("People")
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
who, transcript = listed.iloc[0], tables.in_words(ask("transcript", own))
standing, gaps = ask("readiness", asked), shaped(tables.with_reasons, ("gaps", asked))
best = tables.best_levels(transcript)
with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(parts.plain(who["name"]), anchor=False, width="content")
    why.panel(own)
about = who[["role_name", "team", "location", "manager_name"]].dropna().map(visible)
st.text(" · ".join(f"reports to {text}" if name == "manager_name" else text for name, text in about.items() if text))
role = filters.called("role", view.role, view.as_of) if view.role else "own role"
for line in standing.to_dict("records"):
    parts.cards(
        parts.part_of(f"Ready for {role}", line["met"], line["requirements"], "requirements met"),
        ("Ready", "Yes" if line["ready"] else "Not yet", f"{line['critical_unmet']} critical missing"),
        ("Skills shown", f"{len(best):,}", f"{len(transcript):,} pieces of evidence"),
        ("Missing", f"{len(gaps):,}", f"{int(gaps['critical'].sum())} critical"),
    )
if standing.empty:
    st.info("Not active on this date: hired later, or left before.", icon=":material/event_busy:")
st.subheader("Missing for this role" if view.role else "Missing for their own role", anchor=False)
needs = {"skill": "Skill", "required_level": "Needs level", "level": "Has", "reason": "Why", "critical": "Critical"}
parts.table(gaps, "gaps", needs, empty="Nothing is missing.")
if len(gaps):
    st.subheader("What to learn next", anchor=False)
    columns = {"credential": "Credential", "closes": "Closes", "why": "Would show", "price": "List price"}
    none = "No credential of the catalogue would show any of it."
    parts.table(shaped(people_tables.learning, ("next_learning", asked)), "learning", columns, empty=none)
evidence.shown(own, transcript)
