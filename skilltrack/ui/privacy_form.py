"""What HR does for privacy: hand out what is stored about a person, erase a person, see what is past its time."""

from functools import partial

import streamlit as st

from skilltrack.access import Viewer
from skilltrack.access import trail as audit
from skilltrack.config import retention
from skilltrack.keeping import erasure, privacy
from skilltrack.kinds import kind_called
from skilltrack.language import _, mark, number, plural
from skilltrack.text import visible
from skilltrack.ui import filters, numbers, parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer, while_in

OF_OURS = {"left": mark("people who left"), privacy.PROPOSALS: mark("decided proposals")}
"""What rules that are of no kind of file are about."""


def person() -> None:
    """One person: what is stored, and what erasing would remove."""
    viewer().acting_in("privacy")
    went, remains = st.session_state.pop("privacy_erased", ("", None))
    if remains and remains.left:
        st.error(parts.plain(" ".join([went, *remains.left])), icon=":material/error:")
    elif remains:
        st.success(parts.plain(" ".join([went, *remains.kept, remains.done])), icon=":material/check_circle:")
    text = filters.typed("person", _("Id, name or e-mail address"))
    if not text:
        st.info(_("Type whose data it is. People who have left are found too."), icon=":material/person_search:")
        return
    people = privacy.people_like(store(), text)
    if not people:
        st.warning(parts.plain(_("Nobody called {text} was ever on a roster. Try the employee id.", text=repr(text))))
        return
    chosen = st.selectbox(_("Person"), list(people), format_func=people.__getitem__, key="privacy_person", width=420)
    employee_id = str(chosen)
    st.download_button(
        _("Everything stored"),
        data=while_in(partial(_record, employee_id, viewer())),
        file_name="held.json",
        mime="application/json",
        key="privacy_held",
        on_click="ignore",
        icon=":material/download:",
        help=_("Every row of every table with its file and line, and what the audit log says about them."),
    )
    with st.expander(_("Erase this person"), icon=":material/person_remove:"):
        _erasing(employee_id)


def retained() -> None:
    """How long the settings keep each kind of data, and what is past that."""
    st.subheader(_("Past its retention period"), anchor=False)
    kept = retention(privacy.retained())
    if not kept:
        st.caption(_("Everything is kept: SKILLTRACK_RETENTION is not set. Whoever runs the server can set it."))
        return
    people, places, proposals = privacy.due(store())
    periods = [
        plural(
            "{what}: {n} month",
            "{what}: {n} months",
            months,
            what=_(OF_OURS[name]) if name in OF_OURS else kind_called(name),
        )
        for name, months in kept.items()
    ]
    st.caption(_("Kept after the end: {periods}.", periods="; ".join(periods)))
    rows = sum(len(lines) for place in places.values() for lines in place.values())
    numbers.cards(
        (_("People"), number(len(people.ids)), _("left longer ago than that")),
        (_("Rows"), number(rows + len(proposals)), _("ended longer ago than that")),
    )
    st.caption(_("Whoever runs the server erases them: `python -m skilltrack retain`."))


def _record(employee_id: str, asked_by: Viewer) -> bytes:
    audit.note(store().journal.audit, asked_by.account, "exported", employee_id, report="held")
    return privacy.as_json(privacy.stored_about(store(), employee_id))


def _erasing(employee_id: str) -> None:
    people = erasure.named(store(), [employee_id])
    places = erasure.places_of(store(), people)
    asked = employee_id, store().data_version(), len(store().journal.entries())
    if st.session_state.get("privacy_going", ("",))[0] != asked:  # badges are looked at one by one
        st.session_state["privacy_going"] = asked, erasure.in_words(erasure.going(store(), people, places))
    st.text(visible("\n".join(st.session_state["privacy_going"][1])))
    st.caption(_("This cannot be taken back. Uploads wait until it is done."))
    typed = st.text_input(_("Type the employee id to confirm"), key="privacy_confirm", width=320)
    if st.button(_("Erase for good"), key="privacy_erase", type="primary", disabled=typed.strip() != employee_id):
        with st.status(_("Erasing"), expanded=False) as status:
            went = erasure.erase(
                store(), viewer().account, people, places, lambda step: status.update(label=parts.plain(step))
            )
            remains = erasure.search(store(), people)
        st.cache_data.clear()
        st.cache_resource.clear()
        filters.put(person=None)
        st.session_state["privacy_erased"] = erasure.receipt(went), remains
        st.rerun()
