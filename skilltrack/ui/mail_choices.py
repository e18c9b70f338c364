"""Which mails somebody wants: a switch for each kind, on one's own part of the page, and for HR on that of others."""

from functools import partial

import streamlit as st

from skilltrack.access import Addressee, addressees
from skilltrack.errors import Refused
from skilltrack.language import _
from skilltrack.mail import MAILS, called, choices, choose
from skilltrack.text import visible
from skilltrack.ui import parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer

TURNED = "mail_turned"
"""Where a session keeps which switch was turned, until the next run, which knows who looks by now, has stored it."""


def own() -> None:
    """The viewer's own switches, after what was turned on the page is stored."""
    if turned := st.session_state.pop(TURNED, None):
        _store(*turned)
    account = viewer().account
    if person := addressees(store(), account).get(account):
        _switches(person)
    else:
        st.info(_("No mail is sent to you: you are on no roster, and nobody has given you a role here."))


def of_others() -> None:
    """For HR, those of somebody else."""
    if not viewer().may("privacy"):
        return
    st.subheader(_("For somebody else"), anchor=False)
    name = st.text_input(_("Employee id or e-mail address"), key="mails_of", width=320).strip()
    if name:
        _switches(called(addressees(store(), name), name))


def _switches(person: Addressee) -> None:
    """A switch for each kind of mail that somebody can get."""
    if person.address:
        st.text(
            visible(_("Mails to {name} go to {address}.", name=person.name or person.account, address=person.address))
        )
    else:
        st.warning(_("The roster has no e-mail address, so nothing is sent. HR can upload a roster that has one."))
    for kind, is_wanted in choices(store(), person).items():
        key, words = f"mail_{kind}_{person.account}", _(MAILS[kind])
        st.session_state[key] = is_wanted
        st.toggle(words[:1].upper() + words[1:], key=key, on_change=partial(_turned, person.account, kind, key))


def _turned(account: str, kind: str, key: str) -> None:
    st.session_state[TURNED] = account, kind, st.session_state[key]


def _store(account: str, kind: str, is_wanted: bool) -> None:
    mails = _(MAILS[kind])
    try:
        choose(store(), viewer(), account, kind, is_wanted)
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    st.toast(_("Turned on: {mails}.", mails=mails) if is_wanted else _("Turned off: {mails}.", mails=mails))
