"""Which language a session speaks: asked for by a link, chosen before in this browser, else what the browser prefers.

A choice is kept in a cookie of the browser, never in the address: a link that is sent to a colleague opens in the
colleague's language. A link that asks for one (`?lang=de`) sets it for the visit and is not passed on. Of whoever has
signed in the choice is stored too, since mails are written in it.
"""

import logging
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import streamlit as st

from skilltrack.access import Viewer, choose_language
from skilltrack.config import settings
from skilltrack.errors import Refused, Superseded
from skilltrack.keeping import store_at
from skilltrack.language import LANGUAGES, _, best_of, current, spoken, use
from skilltrack.storage import Store
from skilltrack.ui.text import plain

log = logging.getLogger("skilltrack")

COOKIE = "skilltrack_language"
CHOSEN, TO_KEEP, TO_STORE = "language", "language_to_keep", "language_to_store"
"""Keys of the session: the language it speaks, whether the browser is to keep it, whether it is still to be stored."""

_page = st.components.v2.component(
    "language", html="<span></span>", js=(Path(__file__).parent / "languages.js").read_text(encoding="utf-8")
)


def arrive() -> None:
    """Find out which language to speak, first thing in each run."""
    asked = st.query_params.get("lang")
    if asked is not None:
        del st.query_params["lang"]
    if asked in LANGUAGES:
        st.session_state[CHOSEN] = asked
    elif CHOSEN not in st.session_state:
        kept = st.context.cookies.get(COOKIE)
        st.session_state[CHOSEN] = kept if kept in LANGUAGES else best_of(st.context.headers.get("Accept-Language", ""))
    use(st.session_state[CHOSEN])


def choice() -> None:
    """The list of languages, each by its own name, and what tells the browser the language of the page."""
    st.session_state["speak"] = current()

    def take_over() -> None:
        st.session_state[CHOSEN] = st.session_state["speak"]
        st.session_state[TO_KEEP] = st.session_state[TO_STORE] = True

    with st.container(key="language"):
        st.selectbox(
            _("Language"), list(LANGUAGES), key="speak", format_func=LANGUAGES.__getitem__, on_change=take_over
        )
        cookie = COOKIE if st.session_state.get(TO_KEEP) else ""
        _page(key="language_of_page", data={"language": current(), "cookie": cookie}, height=1)


def store_of(viewer: Viewer) -> None:
    """Store what somebody who has signed in has chosen for their mails, without waiting for an import to end.

    In local mode nobody has signed in, and whoever looks as somebody does not choose for them.
    """
    if st.session_state.pop(TO_STORE, False) and not settings().is_local:
        stored = store_at(settings().database), viewer.account, current()
        threading.Thread(target=_stored, args=stored, name="language", daemon=True).start()


def _stored(store: Store, account: str, language: str) -> None:
    try:
        choose_language(store, account, language)
    except Refused as refused:
        log.warning("a choice of language was not stored: %s", refused)


def in_its_language(part: Callable[..., Any]) -> Callable[..., Any]:
    """A part of a page that can be drawn again without the rest, in the language in which it was drawn first.

    What it is refused it says itself: the page around it is then not there to do so.
    """
    language = current()

    @wraps(part)
    def drawn(*given: Any) -> Any:
        with spoken(language):
            try:
                return part(*given)
            except Superseded:
                st.rerun()
            except Refused as refused:
                st.error(plain(refused), icon=":material/block:")

    return drawn
