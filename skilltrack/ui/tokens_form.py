"""Tokens of programs: listing, ending and making them; those of everybody on *Roles*, one's own on *Exports*."""

from datetime import timedelta

import streamlit as st

from skilltrack.access import LONGEST, SCOPES, USUAL, end_token, make_token, tokens_in_force
from skilltrack.config import today
from skilltrack.language import _, day_format, plural
from skilltrack.text import visible
from skilltrack.ui import parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer

MADE = "token_made"
"""Where a session keeps the token that it has just made, until whoever made it has copied it."""
SOON = 14
"""Days before its end from which a token is pointed to."""


def of_everybody() -> None:
    """Every token, and the form that makes one of any account."""
    _just_made()
    _in_force(is_own=False)
    account = st.text_input(_("Account the token stands for"), key="token_account", width=320)
    _to_make(account, list(SCOPES))


def own() -> None:
    """The viewer's own tokens, and the form that makes one; nothing where nobody has signed in."""
    scopes = [scope for scope, (area, _words) in SCOPES.items() if viewer().may(area)]
    if not viewer().employee_id and "@" not in viewer().account:
        return
    with st.expander(_("Tokens for programs"), icon=":material/key:", expanded=MADE in st.session_state):
        st.caption(
            _("With your token, a program can fetch what you may see and nothing more, until you end the token.")
        )
        _just_made()
        _in_force(is_own=True)
        _to_make(viewer().account, scopes)


def _just_made() -> None:
    """The token that was just made, for the only time."""
    made_by, token = st.session_state.get(MADE, ("", ""))
    if made_by == viewer().account:
        st.info(_("Copy this token now. It is stored nowhere, and not shown again."), icon=":material/content_copy:")
        st.code(token, language=None, wrap_lines=True)
        if st.button(_("I have copied it"), key="token_copied"):
            st.session_state.pop(MADE)
            st.rerun()


def _in_force(*, is_own: bool) -> None:
    """Tokens that were not ended, the worst first, with a button that ends one."""
    tokens = tokens_in_force(store(), viewer(), is_own=is_own)
    if tokens.empty:
        st.caption(_("No program has a token yet.") if not is_own else _("You have no token yet."))
        return
    is_valid = tokens["state"] == "valid"
    useless, soon = int((~is_valid).sum()), int((is_valid & (tokens["days"] <= SOON)).sum())
    sentences = []
    if useless:
        sentences.append(plural("{n} token opens nothing any more.", "{n} tokens open nothing any more.", useless))
    if soon:
        sentences.append(
            plural("{n} token ends within {days} days.", "{n} tokens end within {days} days.", soon, days=SOON)
        )
    if sentences:
        st.warning(" ".join(sentences), icon=":material/key_off:")
    columns = ("account", "label", "scopes", "valid_to", "days", "state", "token_id", "by_whom")
    parts.table(tokens, "tokens", "tokens", *columns)
    named = {row["token_id"]: f"{row['token_id']} {row['account']} {row['label']}" for row in tokens.to_dict("records")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        token_id = st.selectbox(
            _("End a token"),
            list(named),
            index=None,
            key="token_which",
            placeholder=_("Choose a token"),
            format_func=lambda which: visible(named[which]),
        )
        if st.button(_("End it"), key="token_end", disabled=token_id is None, icon=":material/key_off:") and token_id:
            parts.do(lambda: end_token(store(), viewer(), token_id), _("The token is ended."))


def _to_make(account: str, scopes: list[str]) -> None:
    """The form that makes a token."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(
            _("Opens"),
            scopes,
            selection_mode="multi",
            key="token_scopes",
            help="; ".join(f"{scope}: {_(SCOPES[scope][1])}" for scope in scopes),
        )
        label = st.text_input(_("What it is for"), key="token_label", width=220)
        last = st.date_input(
            _("Last day"),
            today() + timedelta(days=USUAL),
            today(),
            today() + timedelta(days=LONGEST),
            key="token_to",
            width=150,
            format=day_format(),
        )
        is_ready = bool(account and chosen)
        if st.button(_("Make a token"), key="token_make", type="primary", disabled=not is_ready, icon=":material/key:"):

            def make() -> None:
                token = make_token(store(), viewer(), account, list(chosen), label, last)
                st.session_state[MADE] = viewer().account, token

            parts.do(make, _("The token is made."))
