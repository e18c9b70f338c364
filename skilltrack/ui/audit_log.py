"""The audit log on the screen, and what the screens note in it."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from skilltrack.access import trail as audit
from skilltrack.days import in_order
from skilltrack.text import counted
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer

AGAIN = timedelta(hours=1)
"""How long until the same look is noted again."""


def note_once(event: str, about: str | None = None) -> None:
    """Note that the viewer looked at something, at most once an hour in a session; looking at oneself is not noted."""
    if about is not None and about == viewer().employee_id:
        return
    noted = st.session_state.setdefault("audit_noted", {})
    now = datetime.now(UTC)
    if now - noted.get((event, about), datetime.min.replace(tzinfo=UTC)) >= AGAIN:
        audit.note(store().journal.audit, viewer().account, event, about)
        noted[event, about] = now


def verified() -> None:
    """Say whether the whole log is still as it was written."""
    viewer().acting_in("audit")
    check = audit.verify(store())
    if check.faults:
        st.error(f"The log was changed: {counted(len(check.faults), 'fault')}.", icon=":material/gpp_bad:")
        st.text("\n".join(check.faults))
    else:
        at = check.anchored_at
        anchored = f"anchored {at:%Y-%m-%d %H:%M:%S} UTC" if at else "not anchored"
        st.success(
            f"{check.count:,} entries, unbroken; head `{check.head[:12]}…` {anchored}.", icon=":material/verified_user:"
        )
    if check.notices:
        with st.expander(f"{len(check.notices)} remarks"):
            st.text("\n".join(check.notices))


def listed() -> None:
    """The entries that the filters in the URL ask for."""
    note_once("read_audit")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        asked = {"event": filters.choose("event", "What", audit.EVENTS, "Everything")}
        for name, title in (("who", "Who (employee_id)"), ("about", "About whom (employee_id)")):
            asked[name] = filters.typed(name, title)
        for name, key, title in (("first", "from", "From"), ("last", "to", "To")):
            asked[name] = filters.day(key, title)
    first, last = (date.fromisoformat(day) if (day := asked[name]) else None for name in ("first", "last"))
    in_order(first, last)
    entries = audit.entries(store(), asked)
    entries["event"] = entries["event"].map(lambda event: audit.EVENTS.get(event, event))
    parts.table(entries, "audit_log", {
        "number": "Entry", "at": st.column_config.DatetimeColumn("When (UTC)", format="YYYY-MM-DD HH:mm:ss"),
        "who": "Who", "event": "What", "about": "About whom", "what": "More",
    })  # fmt: skip
    st.caption("Accounts not on a roster, and people who were erased, appear here as a code.")
