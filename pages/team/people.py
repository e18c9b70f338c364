"""Answers: what can this person do, since when, until when, and on whose word."""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.text import visible
from skilltrack.ui import audit_log, filters, parts, why
from skilltrack.ui.cache import ask

parts.heading("People", "What one person can do, since when, until when, and on whose word.")
view = filters.bar("as_of", "assurance")
person = filters.person(view.as_of)
if person is None:
    st.info("Choose a person above, or come here from a cell of Coverage or a row of Readiness.")
    st.stop()
audit_log.note_once("saw", person)
own = replace(view, employee=person)
listed = ask("people", own)
if listed.empty:
    filters.stop_unlisted(view.as_of)
who, transcript, stacks = listed.iloc[0], ask("transcript", own), ask("stack_progress", own)
standing, gaps = ask("readiness", own), tables.with_reasons(ask("gaps", own))
best = tables.best_levels(transcript)
with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(parts.plain(who["name"]), anchor=False, width="content")
    why.panel(own)
told = who[["role_name", "team", "location", "manager_name"]].dropna().map(visible)
st.text(" · ".join(f"reports to {text}" if name == "manager_name" else text for name, text in told.items() if text))
for line in standing.to_dict("records"):
    share = parts.percent(line["readiness"], 1) if line["requirements"] else "–"
    parts.cards(
        ("Readiness for own role", share, parts.of(line["met"], line["requirements"], "requirements met")),
        ("Ready", "Yes" if line["ready"] else "Not yet", f"{line['critical_unmet']} critical unmet"),
        ("Skills demonstrated", f"{len(best):,}", f"{len(transcript):,} pieces of evidence"),
        ("Gaps", f"{len(gaps):,}", f"{int(gaps['critical'].sum())} critical"),
    )
if standing.empty:
    st.info("Not active on this date: hired later, or left before.", icon=":material/event_busy:")
since = ("level", "valid_from", "valid_to", "issuer", "assurance")
st.subheader("Can do", anchor=False)
parts.table(best, "can_do", parts.columns("transcript", "skill", *since, "source"))
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Gaps against the own role", anchor=False)
    parts.table(gaps, "gaps", parts.columns("gaps", "skill", "level", "required_level", "reason", "critical"))
with right:
    st.subheader("Stacks in progress", anchor=False)
    steps = ("credential", "component", "is_held", "held", "min_components")
    parts.table(stacks, "stacks", parts.columns("stack_progress", *steps))
st.subheader("Transcript", anchor=False)
shown = ("source", "credential", "skill", *since, "counts")
parts.table(transcript, "transcript", parts.columns("transcript", *shown))
if st.toggle("Where does each line come from?", key="origins"):
    came = ("upload_id", "file_name", "line_no", "landed_at", "by_whom")
    what = ("kind", "credential_id", "skill_id", "since")
    parts.table(ask("origins", own), "origins", parts.columns("origins", *what, *came))
