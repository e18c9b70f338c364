"""Who is looking: whoever signed in, or in local mode the person chosen; everyone else gets the sign-in page.

The account is looked up again in each run. One that is barred, has left or has signed out elsewhere is out at its next
click, in every tab.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from skilltrack.access import SignIn, Viewer, claimed_roles, examples, is_loopback, sign_in, viewer_called, why_ended
from skilltrack.access import trail as audit
from skilltrack.config import settings, today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.keeping import data_at, is_published, store_at
from skilltrack.language import _, current, mark, spoken
from skilltrack.text import visible
from skilltrack.ui.text import plain

VIEWER, LOOK, CHOSEN, ABOUT = "signed_in_viewer", "signed_in_look", "looks_as", "about_person"
"""Keys of the session: the viewer of the run, the function that looks them up again, the person chosen in local mode,
and the person whom the page is about."""
CONFIGURE = mark(
    "Nobody can sign in yet: no provider is configured. docs/signing-in.md explains how. Or start with --local to "
    "look around on this machine only."
)


def claims_in(cookies: Mapping[str, str]) -> dict[str, Any]:
    """The claims of the session that these cookies hold; empty when there is none or it has ended."""
    rules, content = sign_in(), _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    claims: dict[str, Any] = json.loads(content) if content else {}
    return claims if rules and claims and not why_ended(rules, claims) else {}


def arrive() -> str | None:
    """Find out who is looking, first thing in each run; returns a sentence that says why nobody may, or None."""
    st.session_state.pop(VIEWER, None)
    st.session_state.pop(ABOUT, None)
    try:
        look = _looking()
        st.session_state[VIEWER], st.session_state[LOOK] = look(), look
    except Refused as refused:
        return str(refused)
    return None


def viewer() -> Viewer:
    """Who is looking in this run."""
    if VIEWER not in st.session_state:
        raise BadQuestion(_("Nobody has signed in here. Reload the page."))
    current: Viewer = st.session_state[VIEWER]
    return current


def while_in(make: Callable[[], Any], *, is_drawn: bool = False) -> Callable[[], Any]:
    """`make`, for a download: it is called on a click outside of any run, and only while the viewer is the same.

    `is_drawn`: the file holds what was read when the page was drawn. Whom the viewer may see can change with
    the day or an upload; the file is then refused.
    """
    seen, look, language = viewer(), st.session_state[LOOK], current()
    drawn = _state() if is_drawn else None

    def made() -> Any:
        with spoken(language):
            if look() != seen or (drawn and not seen.sees_everyone and _state() != drawn):
                raise BadQuestion(_("What you may see has changed. Reload the page."))
            return make()

    return made


def _state() -> tuple[str, date]:
    """What decides whom a viewer sees, besides who they are."""
    return data_at(settings().database).data_version(), today()


def _looking() -> Callable[[], Viewer]:
    """How the viewer of this session is looked up, now and on later clicks."""
    rules = sign_in()
    if settings().is_local:
        if not is_loopback(st.get_option("server.address") or ""):
            raise Refused(
                _("Local mode answers this machine only. Start it with `python -m skilltrack serve --local`.")
            )
        if is_published(settings().database):
            return _reading_published()
        chosen = st.query_params.get("as", st.session_state.get(CHOSEN, ""))
        st.session_state[CHOSEN] = chosen
        if chosen and st.query_params.get("as") != chosen:
            st.query_params["as"] = chosen
        return partial(_account, chosen) if chosen else Viewer.everyone
    if is_published(settings().database):
        raise Refused(
            _("What was published does not say who may see whom. Start it with `python -m skilltrack serve --local`.")
        )
    if rules is None:
        raise Refused(_(CONFIGURE))
    return partial(_signed_in, rules, st.user.to_dict())


def _reading_published() -> Callable[[], Viewer]:
    """How whoever looks at what was published is looked up; raises `Refused` for a link that looks as somebody."""
    if st.query_params.get("as"):
        raise Refused(
            _("What was published does not say who may see whom. Leave `as` out of the address, and see everything.")
        )
    return Viewer.of_published


def _signed_in(rules: SignIn, claims: Mapping[str, Any]) -> Viewer:
    if not claims.get("is_logged_in"):
        raise Refused(_("Sign in to see what you may see."))
    ended = why_ended(rules, claims)
    if ended:
        raise Refused(_("{ended} Sign in again.", ended=_(ended)))
    account = claims.get(rules.account_claim)
    if not isinstance(account, str) or not account.strip() or (rules.account_claim == "email" and "@" not in account):
        raise Refused(
            _("The sign-in did not include your {claim}. Ask whoever runs Skilltrack.", claim=rules.account_claim)
        )
    signed_in = _account(account, claimed_roles(rules, claims))
    _note(signed_in.account, str(claims.get("auth_time", claims.get("iat"))), settings().database)
    return signed_in


@lru_cache(10_000)
def _note(account: str, at: str, database: Path) -> None:
    """Note in the audit log that somebody signed in, once per sign-in and server."""
    audit.note(store_at(database).journal.audit, account, "signed_in")


def _account(account: str, claimed: frozenset[str] = frozenset()) -> Viewer:
    database = settings().database
    return _looked_up(account, claimed, database, store_at(database).data_version(), today())


@lru_cache(10_000)
def _looked_up(account: str, claimed: frozenset[str], database: Path, version: str, day: date) -> Viewer:
    """The viewer with this account, looked up again only when the data, the roles or the day have changed."""
    return viewer_called(store_at(database), account, claimed)


def page(why: str) -> None:
    """The sign-in page, and nothing else."""
    st.title("Skilltrack", anchor=False)
    st.text(visible(why))
    rules = sign_in()
    if settings().is_local or rules is None:
        return
    for name, title in rules.titles.items():
        if st.button(
            _("Sign in with {provider}", provider=plain(title)),
            key=f"sign_in_{name}",
            type="primary",
            icon=":material/login:",
        ):
            st.login(name)
    if st.user.get("is_logged_in"):
        st.caption(_("You are signed in with an account that has no access here."))
        st.button(_("Sign out"), on_click=st.logout, icon=":material/logout:")


def corner(*, is_in: bool) -> None:
    """In the sidebar: who is signed in and the way out; in local mode, whom to look as, and that nobody signs in."""
    if settings().is_local:
        if CHOSEN in st.session_state:  # else it is refused altogether
            _choose_person()
        with st.container(key="local_mode"):
            st.caption(_("Local mode: nobody signs in. Whoever uses this machine sees what you see."))
    elif is_in:
        st.text(visible(_("Signed in as {account}", account=viewer().account)))
        st.button(_("Sign out"), on_click=st.logout, icon=":material/logout:")


def look_as_nobody() -> None:
    """Look as nobody in particular from the next run on: in local mode, whoever was chosen may be gone."""
    if st.session_state.pop(CHOSEN, ""):
        st.query_params.clear()


def _choose_person() -> None:
    database = settings().database
    people = _people(database, store_at(database).data_version(), today())
    chosen = st.session_state[CHOSEN]
    options = {chosen: visible(chosen)} | people | {"": _("Nobody: everything is shown")}
    st.session_state["look_as"] = chosen

    def take_over() -> None:
        st.session_state[CHOSEN] = st.session_state["look_as"]
        st.query_params.from_dict({"as": st.session_state[CHOSEN]})

    st.selectbox(_("Look as"), list(options), key="look_as", format_func=options.__getitem__, on_change=take_over)


@lru_cache(4)
def _people(database: Path, version: str, day: date) -> dict[str, str]:
    return {who: visible(label) for who, label in examples(store_at(database)).items()}
