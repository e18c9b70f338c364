"""The audit log on the screen, and what the screens note in it."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from skilltrack.access import trail as audit
from skilltrack.days import in_order
from skilltrack.errors import Refused
from skilltrack.language import _, plural, texts
from skilltrack.ui import filters, names, parts
from skilltrack.ui.cache import note, store
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
        note(viewer().account, event, about)
        noted[event, about] = now


def verified() -> int:
    """Say whether the whole log is still as it was written; returns how many entries it has.

    This look at it is noted afterwards: an entry more could hide that the end was cut off.
    """
    viewer().acting_in("audit")
    check = audit.verify(store())
    if check.faults:
        faults = plural("The log was changed: {n} fault.", "The log was changed: {n} faults.", len(check.faults))
        st.error(faults, icon=":material/gpp_bad:")
        st.text("\n".join(check.faults))
    else:
        at, values = check.anchored_at, {"n": check.count, "head": check.head[:12]}
        if at:
            when = f"{at:%Y-%m-%d %H:%M:%S}"
            text = _("{n} entries, unbroken; head `{head}…` anchored {when} UTC.", when=when, **values)
        else:
            text = _("{n} entries, unbroken; head `{head}…` not anchored.", **values)
        st.success(text, icon=":material/verified_user:")
    if check.notices:
        with st.expander(_("Remarks: {n}", n=len(check.notices))):
            st.text("\n".join(check.notices))
    note_once("read_audit")
    return check.count


def listed(up_to: int) -> None:
    """The entries that the filters in the URL ask for, of the first `up_to`, which were looked through."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        asked = {"event": filters.choose("event", _("What"), texts(audit.EVENTS), _("Everything"))}
        for name, title in (("who", _("Who (name or id)")), ("about", _("About whom (name or id)"))):
            asked[name] = _account(filters.typed(name, title))
        for name, key, title in (("first", "from", _("From")), ("last", "to", _("To"))):
            asked[name] = filters.day(key, title)
    first, last = (date.fromisoformat(day) if (day := asked[name]) else None for name in ("first", "last"))
    in_order(first, last)
    entries = audit.entries(store(), asked)
    entries = entries[entries["number"] <= up_to].reset_index(drop=True)
    words = texts(audit.EVENTS)
    entries["event"] = entries["event"].map(lambda event: words.get(event, event))
    entries = names.with_names(entries, "who", "about")
    parts.table(entries, "audit_log", "audit_log", "number", "at", "who", "event", "about", "what")
    st.caption(_("Accounts not on a roster, and people who were erased, appear here as a code."))


def _account(text: str) -> str:
    """The account that was typed into a filter; the text itself where several people have that name, which it says."""
    try:
        return names.account_of(text)
    except Refused as refused:
        st.warning(parts.plain(refused))
        return text
