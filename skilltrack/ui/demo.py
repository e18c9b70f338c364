"""The demo company on the screens: offered where nothing is stored, marked on every page, and removed."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from skilltrack.config import settings
from skilltrack.demo import Guest, guest_in, may_have_guests, put_in, take_out
from skilltrack.errors import Refused
from skilltrack.keeping import store_at
from skilltrack.language import _, plural
from skilltrack.mail import end_since
from skilltrack.proposals import withdraw_since
from skilltrack.ui import signin
from skilltrack.ui.text import plain

LEFT = "demo_left"


def offer() -> None:
    """The demo company in one click, for whoever may upload everything that it is made of."""
    if not may_have_guests(signin.viewer()):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="demo_offer"):
        wanted = st.button(_("Try the demo company"), key="demo_in", icon=":material/apartment:")
        st.caption(_("400 invented people with three years of badges and payments. One click removes them."))
    if wanted:
        with st.status(_("Loading the demo company"), expanded=False) as status:
            try:
                put_in(
                    store_at(settings().database),
                    signin.viewer(),
                    with_roles=settings().is_local,
                    progress=lambda step: status.update(label=step),
                )
            except Refused as refused:
                status.update(label=plain(refused), state="error")
                return
        st.rerun()


def sign() -> None:
    """A small sign that people and numbers are invented, with the button that removes them."""
    guest = _guest_now()
    if st.session_state.pop(LEFT, False):
        st.toast(_("The demo company is removed."))
    if not guest.is_there:
        return
    with (
        st.container(key="demo_sign"),
        st.popover(_("Demo company"), icon=":material/apartment:", key="demo_about", type="tertiary"),
    ):
        st.write(_("These people and numbers are invented."))
        if not may_have_guests(signin.viewer()):
            return
        if guest.others:
            st.write(
                plural(
                    "{n} other upload counts beside them. Undo it under Uploads, then the demo can be removed.",
                    "{n} other uploads count beside them. Undo those under Uploads, then the demo can be removed.",
                    guest.others,
                )
            )
        elif st.button(_("Remove the demo company"), key="demo_out", icon=":material/delete:"):
            _leave()


def before_uploading() -> None:
    """Say that files would count beside invented people, as long as these are there."""
    if _guest_now().is_there:
        st.info(
            _(
                "The demo company is loaded: your own files would count beside its invented people. Remove it first, "
                "under Demo company above."
            ),
            icon=":material/apartment:",
        )


def _leave() -> None:
    with st.spinner(_("Removing the demo company")):
        try:
            store = store_at(settings().database)
            since = take_out(store, signin.viewer())
            withdraw_since(store, since)
            end_since(store, since)
        except Refused as refused:
            st.error(plain(refused), icon=":material/block:")
            return
    signin.look_as_nobody()
    st.session_state[LEFT] = True
    st.rerun()


def _guest_now() -> Guest:
    database = settings().database
    return _guest(database, store_at(database).data_version())


@lru_cache(4)
def _guest(database: Path, version: str) -> Guest:
    return guest_in(store_at(database))
