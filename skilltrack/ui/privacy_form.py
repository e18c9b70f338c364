"""What HR does for privacy: hand out what is held on a person, erase somebody, see what is past its time."""

from functools import partial
from typing import Any

import streamlit as st

from skilltrack import audit, erasure, privacy
from skilltrack.access import Viewer
from skilltrack.config import retention
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer, while_in


def person() -> None:
    """One person: what is held, and what erasing would take away."""
    viewer().acting_in("privacy")
    for said in st.session_state.pop("privacy_done", []):
        st.success(parts.plain(said), icon=":material/check_circle:")
    text = filters.typed("person", "Employee id, name or e-mail address")
    if not text:
        st.info("Type who it is about. People who have left are found too.", icon=":material/person_search:")
        return
    found = privacy.found_people(store(), text)
    if not found:
        st.warning(parts.plain(f"Nobody called {text!r} was ever on a roster. Try the employee id."))
        return
    chosen = st.selectbox("Person", list(found), format_func=found.__getitem__, key="privacy_person", width=420)
    audit_about = str(chosen)
    st.download_button(
        "All that is held", data=partial(_held, audit_about, viewer()), file_name="held.json", mime="application/json",
        key="privacy_held", on_click="ignore", icon=":material/download:",
        help="Every row of every table with its file and line, and what the audit log says of them.",
    )  # fmt: skip
    with st.expander("Erase this person", icon=":material/person_remove:"):
        _erasing(audit_about)


def retained() -> None:
    """What the settings keep for how long, and what is past that."""
    st.subheader("Past its time", anchor=False)
    kept = retention()
    if not kept:
        st.caption("Everything is kept: SKILLTRACK_RETENTION is not set. Whoever runs the server can set it.")
        return
    people, places = privacy.due(store())
    words = {"left": "everything about people who left"}
    st.caption(
        "Kept: "
        + "; ".join(f"{words.get(n, n.replace('_', ' ') + ' that ended')} for {m} months" for n, m in kept.items())
    )
    parts.cards(
        ("People", f"{len(people.ids):,}", "left longer ago than that"),
        (
            "Rows",
            f"{sum(len(at) for found in places.values() for at in found.values()):,}",
            "ended longer ago than that",
        ),
    )
    st.caption("Whoever runs the server erases them with `python -m skilltrack retain`.")


def _held(employee_id: str, asked_by: Viewer) -> bytes:
    audit.note(store(), asked_by, "exported", employee_id, report="held")
    return privacy.as_json(privacy.held(store(), employee_id))


def _say(status: Any, said: str) -> None:
    status.update(label=parts.plain(said))


def _erasing(employee_id: str) -> None:
    people = erasure.named(store(), [employee_id])
    places = erasure.places_of(store(), people)
    st.text("\n".join(erasure.in_words(erasure.going(store(), people, places))))
    st.caption("This cannot be taken back. Uploads wait until it is done.")
    typed = st.text_input("Type the employee id to confirm", key="privacy_confirm", width=320)
    if st.button("Erase for good", key="privacy_erase", type="primary", disabled=typed.strip() != employee_id):
        with st.status("Erasing", expanded=False) as status:
            erasure.erase(
                store(), viewer().account, people, places, lambda said: status.update(label=parts.plain(said))
            )
            left = erasure.remains(store(), people)
        st.cache_data.clear()
        filters.put(person=None)
        st.session_state["privacy_done"] = left or [erasure.PROOF]
        st.rerun()
