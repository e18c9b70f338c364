"""Filters that live in the URL, so that a view can be sent to a colleague.

The URL is the truth: a widget shows what it says and writes back what is chosen. Shared filters follow from page to
page. A value the URL names and nobody knows becomes a sentence, never a silent guess.
"""

from dataclasses import replace
from datetime import date
from typing import Any, NoReturn

import streamlit as st

from skilltrack import tables
from skilltrack.config import today
from skilltrack.days import FIRST, LAST, day_of, in_order
from skilltrack.errors import BadQuestion
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui.cache import shaped
from skilltrack.ui.signin import ABOUT, viewer
from skilltrack.ui.text import plain

MOST = 500
"""Options that a list holds; beyond them one types."""
SHARED = ("as_of", "assurance", "manager", "team")
ASSURANCE_WORDS = {"attested": "Attested", "verified": "Verified only", "claimed": "Claimed too"}


def get(name: str, default: str = "") -> str:
    """A filter's text in the URL."""
    return st.query_params.get(name, default)


def put(**values: str | None) -> None:
    """Write filters into the URL; an empty one is taken out."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
        if name in SHARED:
            st.session_state.setdefault("followed", {})[name] = value or ""


def shared() -> dict[str, str]:
    """The shared filters in force, for links to other pages."""
    return {name: get(name) for name in SHARED if get(name)}


def bar(*names: str) -> Filters:
    """Draw the filters `names` (of as_of, assurance, manager, team, role, period) and return what they say."""
    for name, value in st.session_state.get("followed", {}).items():
        if name in names and value and not get(name):
            st.query_params[name] = value
    filters = Filters(as_of=_day("as_of", today()))
    _tell_known_at()
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        if "as_of" in names:
            _date_input("as_of", "As of", filters.as_of)
        if "period" in names:
            start, end = _period(filters.as_of)
            _date_input("from", "From", start)
            _date_input("to", "To", end)
            filters = replace(filters, paid_from=start, paid_to=end)
        labels = _labels(filters.as_of) if {"manager", "team", "role"} & set(names) else {}
        for name, title, everything in (
            ("manager", "Organisation of", "Whole company" if viewer().sees_everyone else "Everyone you may see"),
            ("team", "Team", "All teams"),
            ("role", "Role", "Own role"),
        ):
            if name in names:
                chosen: dict[str, Any] = {name: choose(name, title, labels[name], everything, filters.as_of)}
                filters = replace(filters, **chosen)
        if "assurance" in names:
            filters = replace(filters, assurance=choose("assurance", "Evidence", ASSURANCE_WORDS, None) or "attested")
    return filters


def tabs(name: str, title: str, options: dict[str, str]) -> str:
    """One of a few parts of a page, kept in the URL under `name`; the first unless another is asked for."""
    key, first = f"filter_{name}", next(iter(options))
    asked = get(name)
    st.session_state[key] = asked if asked in options else first

    def write_back() -> None:
        chosen = st.session_state[key] or first
        put(**{name: None if chosen == first else chosen})

    st.segmented_control(
        title, list(options), key=key, format_func=options.__getitem__, on_change=write_back,
        label_visibility="collapsed",
    )  # fmt: skip
    return asked if asked in options else first


def typed(name: str, title: str) -> str:
    """A text kept in the URL under `name`."""
    key = f"filter_{name}"
    st.session_state[key] = get(name)
    st.text_input(title, key=key, width=200, on_change=lambda: put(**{name: st.session_state[key].strip()}))
    return get(name)


def day(name: str, title: str) -> str:
    """A day kept in the URL under `name`; empty = none."""
    found = _day(name, date.min)
    _date_input(name, title, None if found == date.min else found)
    return "" if found == date.min else found.isoformat()


def _labels(as_of: date, search: str | None = None) -> dict[str, dict[str, str]]:
    return shaped(tables.labels, ("choices", Filters(as_of=as_of, search=search)))


def person(as_of: date) -> str | None:
    """The person chosen, kept in the URL as `employee`; who may see nobody else is not asked."""
    if viewer().may("people"):
        chosen = choose("employee", "Person", _labels(as_of)["person"], "Choose a person", as_of)
    else:
        chosen = viewer().employee_id
        if get("employee", chosen or "") != chosen:
            st.warning("The link asks for somebody else's record. You may see your own.")
    st.session_state[ABOUT] = chosen
    return chosen


def stop_unlisted(as_of: date) -> NoReturn:
    """End a page about a person whom the roster of the day does not list, with the way to one that does."""
    st.info(f"The roster of {as_of} does not list this person: they joined later or had left. Choose another day.")
    st.button("Go to today", key="to_today", on_click=lambda: put(as_of=None), icon=":material/today:")
    st.stop()


def _day(name: str, default: date) -> date:
    text = get(name)
    if not text:
        return default
    try:
        return day_of(text)
    except BadQuestion as refused:
        st.warning(plain(f"The link asks for {name} = {refused} It is left out."))
        put(**{name: None})
        return default


def _tell_known_at() -> None:
    """Say of a link that asks what was known at a time that pages do not answer it, and what does."""
    if asked := get("known_at"):
        st.warning(plain(
            f"The link asks for what was known at {asked}. Pages show what is known now, so that is left out. "
            "The command report answers it, with --known-at."
        ))  # fmt: skip
        put(known_at=None)


def _period(as_of: date) -> tuple[date, date]:
    """The first and last day in the URL; a period that ends before it begins is left out, with a sentence."""
    start, end = _day("from", date(as_of.year, 1, 1)), _day("to", as_of)
    try:
        in_order(start, end)
    except BadQuestion as refused:
        st.warning(plain(f"{refused} The year of the asked day is shown instead."))
        put(**{"from": None, "to": None})
        return date(as_of.year, 1, 1), as_of
    return start, end


def _date_input(name: str, title: str, value: date | None) -> None:
    key = f"filter_{name}"
    st.session_state[key] = value

    def write_back() -> None:
        chosen: Any = st.session_state[key]
        put(**{name: chosen.isoformat() if chosen and (name != "as_of" or chosen != today()) else None})

    st.date_input(title, key=key, min_value=FIRST, max_value=LAST, on_change=write_back, width=140)


def choose(
    name: str, title: str, options: dict[str, str], everything: str | None, as_of: date | None = None
) -> str | None:
    """One choice of `options` (value to label), kept in the URL under `name`.

    Where a day is given, also one that is not among the options but is found by what was typed.
    """
    asked = get(name) or None
    if asked is not None and asked not in options:
        kind = "person" if name == "employee" else name
        found = _labels(as_of, asked).get(kind, {}) if as_of else {}
        typed, asked = asked, asked if asked in found else next(iter(found)) if len(found) == 1 else None
        if asked is None:
            st.warning(plain(_not_found(title, typed, found)))
        else:
            options = options | {asked: found[asked]}
        if asked != typed:
            put(**{name: asked})
    key = f"filter_{name}"
    values = list(options) if everything is None else ["", *options]
    st.session_state[key] = asked if asked in values else values[0]

    def write_back() -> None:
        chosen = st.session_state[key]
        put(**{name: None if chosen == values[0] else chosen})

    is_cut = as_of is not None and len(options) >= MOST
    chosen: str | None = st.selectbox(
        title, values, key=key, on_change=write_back, width=168, accept_new_options=is_cut,
        help=f"{MOST} are listed. Type any other name or id and press Enter." if is_cut else None,
        format_func=lambda value: visible(options.get(value, everything or value)),
    )  # fmt: skip
    return chosen or None


def _not_found(title: str, typed: str, found: dict[str, str]) -> str:
    if not found:
        return f"The link asks for {title.lower()} {typed!r}, which is not known on this date. It is left out."
    some = ", ".join(list(found.values())[:5])
    return f"{len(found)}{' or more' if len(found) == MOST else ''} match {typed!r}: {some} … Type more, or an id."
