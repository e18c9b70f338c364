"""What can this person do, since when, until when, and on whose word?"""

from dataclasses import replace

import streamlit as st

from skilltrack import tables
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask

parts.heading("People", "What one person can do, since when, until when, and on whose word.")
view = filters.bar("as_of", "assurance")
person = filters.choose("employee", "Person", filters.people(view.as_of), "Choose a person")
if person is None:
    st.info("Choose a person above, or come here from a cell of Coverage or a row of Readiness.", icon=":material/person_search:")
    st.stop()
view = replace(view, employee=person)
who = ask("people", view).iloc[0]
transcript, standing = ask("transcript", view), ask("readiness", replace(view, employee=None))
own, gaps = standing[standing["employee_id"] == person], ask("gaps", replace(view, employee=None))
gaps = gaps[gaps["employee_id"] == person]
best, stacks = tables.best_levels(transcript), ask("stack_progress", view)
st.subheader(parts.plain(who["name"]), anchor=False)
st.text(" · ".join(str(v) for v in (who["role_name"], who["team"], who["location"]) if v == v and v) +
        (f" · reports to {who['manager_name']}" if isinstance(who["manager_name"], str) else ""))  # fmt: skip
line = own.iloc[0] if len(own) else None
parts.cards(
    lambda: parts.number("Readiness for own role", parts.percent(line["readiness"], 1) if line is not None and line["requirements"] else "–",
                         parts.of(line["met"], line["requirements"], "requirements met") if line is not None else "not active on this date"),
    lambda: parts.number("Ready", "Yes" if line is not None and line["ready"] else "Not yet",
                         f"{int(line['critical_unmet'])} critical unmet" if line is not None else ""),
    lambda: parts.number("Skills demonstrated", f"{len(best):,}", f"{len(transcript):,} pieces of evidence"),
    lambda: parts.number("Gaps", f"{len(gaps):,}", f"{int(gaps['critical'].astype(bool).sum())} critical"),
)  # fmt: skip
st.subheader("Can do", anchor=False)
parts.table(best, "can_do", {"skill": "Skill", "level": "Level", "valid_from": "Since", "valid_to": "Until",
                             "issuer": "On whose word", "source": "Shown by", "assurance": "Assurance"})  # fmt: skip
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Gaps against the own role", anchor=False)
    parts.table(gaps, "gaps", {"skill": "Skill", "level": "Level", "required_level": "Required", "reason": "Why", "critical": "Critical"})
with right:
    st.subheader("Stacks in progress", anchor=False)
    parts.table(stacks, "stacks", {"credential": "Stack", "component": "Component", "is_held": "Held", "held": "Held now", "min_components": "Needed"})
st.subheader("Transcript", anchor=False)
parts.table(transcript, "transcript", {
    "source": "Source", "credential": "Credential", "issuer": "On whose word", "skill": "Skill", "level": "Level",
    "valid_from": "From", "valid_to": "Until", "assurance": "Assurance", "counts": "Counts",
})  # fmt: skip
