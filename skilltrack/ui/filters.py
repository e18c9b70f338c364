"""Filters that live in the URL, so that a view can be sent to a colleague.

The URL is the truth: a widget shows what it says and writes back what is chosen. Shared filters follow from page to
page. An unknown value in the URL is reported in a sentence, never silently guessed.
"""

from dataclasses import replace
from datetime import date
from typing import Any, NoReturn

import streamlit as st

from skilltrack import tables
from skilltrack.config import today
from skilltrack.days import FIRST, LAST
from skilltrack.language import _, day_format, long_day, mark, texts
from skilltrack.questions import READINGS, Filters
from skilltrack.text import visible
from skilltrack.ui import address, year
from skilltrack.ui.address import get as get
from skilltrack.ui.address import go as go
from skilltrack.ui.address import put as put
from skilltrack.ui.address import shared as shared
from skilltrack.ui.cache import ahead, is_empty, shaped
from skilltrack.ui.signin import ABOUT, viewer
from skilltrack.ui.text import no_single_match, plain

MOST = 500
"""The most options in a list; anything beyond them is typed."""
ASSURANCE_WORDS = {
    "attested": mark("Attested evidence"),
    "verified": mark("Verified evidence only"),
    "claimed": mark("Attested and claimed evidence"),
}
ASSURANCE_HELP = mark(
    "Attested: awards of issuers that are recognised, and prior learning that an assessor recognised. Verified only: "
    "awards that a signed badge proves, with a key that is listed for its trusted issuer. Attested and claimed: also "
    "self ratings, attendance, and awards of issuers that are not recognised."
)
KNOWN_AT_HELP = mark(
    "Empty: everything known by now. A day shows the numbers as they stood at its end: files that came later, "
    "corrections and what was taken back later are left out. This takes longer."
)
CHOICES = ("manager", "team", "role")
LINE = "line_of_context"
"""Where a session keeps what the page that is shown is about, in words."""


def bar(*names: str, has_direct: bool = True) -> Filters:
    """One line that says what the page is about, and opens the filters `names`; returns what they say.

    With a manager it also offers the direct reports alone, unless the page is about how one leads to the other.

    `names` are some of as_of, year, since, assurance, manager, team, role and period; without as_of it is about today,
    and no day is offered. Unknown values in a link are reported above the line, so that the viewer reads about them
    first.
    """
    filters = Filters()
    if "as_of" in names:
        filters = Filters(as_of=address.day_in("as_of", today()), known_at=address.known_at())
    if "period" in names:
        start, end = address.period(filters.as_of)
        filters = replace(filters, paid_from=start, paid_to=end)
    if "since" in names:
        filters = replace(filters, paid_from=address.since(filters.as_of), paid_to=filters.as_of)
    options = _labels(filters.as_of) if set(CHOICES) & set(names) else {}
    titles = {
        "manager": (_("Manager"), whole_scope()),
        "team": (_("Team"), _("All teams")),
        "role": (_("Role"), _("Their own role")),
    }
    for name in CHOICES:
        if name in names:
            chosen, options[name] = _asked(name, titles[name][0], options[name], filters.as_of)
            change: dict[str, Any] = {name: chosen}
            filters = replace(filters, **change)
    if filters.manager and has_direct and get("direct"):
        filters = replace(filters, direct=True)
    if "assurance" in names:
        assurance, _words = _asked("assurance", _("Evidence"), texts(ASSURANCE_WORDS))
        filters = replace(filters, assurance=assurance or "attested")
    with st.container(horizontal=True, vertical_alignment="center", key="context"):
        st.session_state[LINE] = in_words(filters, names, options)
        popover = st.popover(plain(st.session_state[LINE]), icon=":material/tune:", key="filters", wrap=True)
        _ways_back(filters)
    if "year" in names:
        year.slider(filters.as_of, lambda day: put(as_of=day), lambda day: go(as_of=day))
    with popover:
        _form(filters, names, titles, options, has_direct)
    if filters.known_at and is_empty(filters.known_at):
        known = filters.known_at.date()
        st.info(_("Nothing had been uploaded by {day}: choose a later day.", day=known), icon=":material/inbox:")
    return filters


def line() -> str:
    """What the page is about, in words, as its line of context has it."""
    return str(st.session_state.get(LINE, ""))


def _form(
    filters: Filters,
    names: tuple[str, ...],
    titles: dict[str, tuple[str, str]],
    options: dict[str, dict[str, str]],
    has_direct: bool,
) -> None:
    """The widgets of the filters `names`; `titles` are the title of each choice, and what it says when none is made."""
    if "as_of" in names:
        _date_input("as_of", _("Day"), filters.as_of)
        known = filters.known_at.date() if filters.known_at else None
        if known or not viewer().reads_published:
            _date_input("known_at", _("As known on"), known, explain=_(KNOWN_AT_HELP))
    if "since" in names:
        _date_input("since", _("Compared with"), filters.paid_from)
    if "period" in names:
        _date_input("from", _("Payments from"), filters.paid_from)
        _date_input("to", _("Payments to"), filters.paid_to)
    for name in CHOICES:
        if name in names:
            title, everything = titles[name]
            _select(name, title, options[name], everything, getattr(filters, name), is_cut=True)
        if name == "manager" and filters.manager and has_direct:
            _ticked("direct", _("Direct reports only"))
    if "assurance" in names:
        words = texts(ASSURANCE_WORDS)
        _select("assurance", _("Evidence"), words, None, filters.assurance, explain=_(ASSURANCE_HELP))
        if viewer().may("people"):
            _readings(replace(filters, role=None, paid_from=None, paid_to=None))


def _readings(filters: Filters) -> None:
    """How many requirements are met on each kind of evidence, side by side: they contain one another.

    Not of so many people that the page would wait for it.
    """
    if shaped(tables.records, ("totals", filters))[0]["people"] > tables.LISTED:
        return
    questions = [("totals", replace(filters, assurance=reading)) for reading in READINGS]
    ahead(*questions)
    asked = [shaped(tables.records, question)[0] for question in questions]
    counts = {reading: tables.n_of_m(one["met"], one["required"]) for reading, one in zip(READINGS, asked, strict=True)}
    st.caption(
        _(
            "Requirements met: {verified} on verified evidence alone, {attested} on attested evidence, {claimed} with "
            "what people claim.",
            **counts,
        ),
        width=300,
    )


def narrowing() -> None:
    """The lists of managers and teams on the page itself, where its scope is too large to list."""
    options = _labels(address.day_in("as_of", today()))
    with st.container(horizontal=True, key="narrowing"):
        for name, title, all_of in ("manager", _("Manager"), whole_scope()), ("team", _("Team"), _("All teams")):
            _select(name, title, options[name], all_of, get(name) or None, is_cut=True, place="narrowing")


def _ways_back(filters: Filters) -> None:
    """Say that another day, or less than is known by now, is looked at, each with the button that ends it."""
    if filters.as_of != today():
        st.caption(_("You are looking at {day}.", day=filters.as_of), width="content")
        st.button(_("Back to today"), key="back_to_today", type="tertiary", on_click=lambda: put(as_of=None))
    if filters.known_at:
        st.caption(_("What came after {day} is left out.", day=filters.known_at.date()), width="content")
        back = _("Back to all that is known")
        st.button(back, key="back_to_now", type="tertiary", on_click=lambda: put(known_at=None))


def whole_scope() -> str:
    """What the viewer sees when no manager, team or role is chosen."""
    return _("Whole company") if viewer().sees_everyone else _("My organisation")


def in_words(filters: Filters, names: tuple[str, ...], options: dict[str, dict[str, str]]) -> str:
    """The filters as one line: "Today · Whole company · Attested evidence"."""
    line = [_("Today") if filters.as_of == today() else long_day(filters.as_of)] if "as_of" in names else []
    if "since" in names:
        line[0] = _("{day} compared with {since}", day=line[0], since=filters.paid_from)
    if filters.known_at:
        line.append(_("as known on {day}", day=filters.known_at.date()))
    if "since" not in names and filters.paid_from and filters.paid_to:
        line.append(_("paid {first} to {last}", first=filters.paid_from, last=filters.paid_to))
    if filters.manager:
        manager = options["manager"][filters.manager]
        of_direct, of_all = (
            _("direct reports of {manager}", manager=manager),
            _("organisation of {manager}", manager=manager),
        )
        line.append(of_direct if filters.direct else of_all)
    if filters.team:
        line.append(_("team {team}", team=options["team"][filters.team]))
    if {"manager", "team"} & set(names) and not (filters.manager or filters.team):
        line.append(whole_scope())
    if "role" in names and filters.role:
        line.append(_("for the role {role}", role=options["role"][filters.role]))
    if "assurance" in names:
        line.append(_(ASSURANCE_WORDS[filters.assurance]))
    return " · ".join(line)


def tabs(name: str, title: str, options: dict[str, str]) -> str:
    """One of a few parts of a page, kept in the URL under `name`; the first unless another is asked for."""
    key, first = f"filter_{name}", next(iter(options))
    asked = get(name)
    st.session_state[key] = asked if asked in options else first

    def write_back() -> None:
        chosen = st.session_state[key] or first
        put(**{name: None if chosen == first else chosen})

    st.segmented_control(
        title,
        list(options),
        key=key,
        format_func=options.__getitem__,
        on_change=write_back,
        label_visibility="collapsed",
    )
    return asked if asked in options else first


def typed(name: str, title: str) -> str:
    """A text kept in the URL under `name`."""
    key = f"filter_{name}"
    st.session_state[key] = get(name)
    st.text_input(title, key=key, width=320, on_change=lambda: put(**{name: st.session_state[key].strip()}))
    return get(name)


def day(name: str, title: str) -> str:
    """A day kept in the URL under `name`; empty = none."""
    value = address.day_in(name, date.min)
    _date_input(name, title, None if value == date.min else value)
    return "" if value == date.min else value.isoformat()


def _labels(as_of: date, search: str | None = None) -> dict[str, dict[str, str]]:
    return shaped(tables.labels, ("choices", Filters(as_of=as_of, search=search)))


def called(kind: str, value: str, as_of: date) -> str:
    """The name of a manager, team, role or skill; its id where it is not listed."""
    return _labels(as_of)[kind].get(value, value)


def role_called(role: str) -> str:
    """The name of a role on the day that the page is about."""
    return called("role", role, address.day_in("as_of", today()))


def skill(as_of: date) -> str | None:
    """The skill chosen, kept in the URL."""
    return choose("skill", _("Skill"), _labels(as_of)["skill"], _("Choose a skill"), as_of)


def _ticked(name: str, title: str) -> None:
    """A box that is in the URL under `name` while it is ticked."""
    key = f"filter_{name}"
    st.session_state[key] = bool(get(name))
    st.checkbox(title, key=key, on_change=lambda: put(**{name: "true" if st.session_state[key] else None}))


def role(as_of: date) -> str | None:
    """The role chosen, kept in the URL; None for everybody's own."""
    return choose("role", _("Role"), _labels(as_of)["role"], _("Their own role"), as_of)


def gap_limits(as_of: date) -> tuple[str | None, str | None, str | None]:
    """The skill, role and reason to which gaps are limited, kept in the URL."""
    labels = _labels(as_of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return (
            choose("skill", _("Skill"), labels["skill"], _("Every skill"), as_of),
            choose("of_role", _("Role"), labels["role"], _("Every role")),
            choose("reason", _("Why"), texts(tables.WHY), _("Every reason")),
        )


def person(as_of: date) -> str | None:
    """The person chosen, kept in the URL as `employee`; a viewer who may see nobody else is not asked."""
    if viewer().may("people"):
        chosen = choose("employee", _("Person"), _labels(as_of)["person"], _("Choose a person"), as_of)
    else:
        chosen = viewer().employee_id
        if get("employee", chosen or "") != chosen:
            st.warning(_("The link asks for somebody else's record. You may see your own."))
    st.session_state[ABOUT] = chosen
    return chosen


def stop_unlisted(as_of: date) -> NoReturn:
    """End a page about a person whom the roster of the day does not list, with a button to today."""
    st.info(
        _(
            "The roster of {day} does not list this person: they joined later or had left. Choose another day.",
            day=as_of,
        )
    )
    st.button(_("Go to today"), key="to_today", on_click=lambda: put(as_of=None), icon=":material/today:")
    st.stop()


def _date_input(name: str, title: str, value: date | None, explain: str | None = None) -> None:
    key = f"filter_{name}"
    st.session_state[key] = value

    def write_back() -> None:
        chosen: Any = st.session_state[key]
        put(**{name: chosen.isoformat() if chosen and (name != "as_of" or chosen != today()) else None})

    st.date_input(
        title,
        key=key,
        min_value=FIRST,
        max_value=LAST,
        on_change=write_back,
        width=300,
        help=explain,
        format=day_format(),
    )


def choose(
    name: str, title: str, options: dict[str, str], everything: str | None, as_of: date | None = None
) -> str | None:
    """One choice of `options` (value to label), kept in the URL under `name`.

    With `as_of`, a value that is not among the options is looked up by what was typed.
    """
    asked, options = _asked(name, title, options, as_of)
    return _select(name, title, options, everything, asked, is_cut=as_of is not None)


def _asked(
    name: str, title: str, options: dict[str, str], as_of: date | None = None
) -> tuple[str | None, dict[str, str]]:
    """The value in the URL under `name`, and the options including it; warns where no single option matches."""
    asked = get(name) or None
    if asked is None or asked in options:
        return asked, options
    kind = "person" if name == "employee" else name
    matches = _labels(as_of, asked).get(kind, {}) if as_of else {}
    typed, asked = asked, asked if asked in matches else next(iter(matches)) if len(matches) == 1 else None
    if asked is None:
        st.warning(plain(no_single_match(title, typed, matches, MOST)))
    else:
        options = options | {asked: matches[asked]}
    if asked != typed:
        put(**{name: asked})
    return asked, options


def _select(
    name: str,
    title: str,
    options: dict[str, str],
    everything: str | None,
    asked: str | None,
    *,
    is_cut: bool = False,
    explain: str | None = None,
    place: str = "filter",
) -> str | None:
    """A list that shows `asked` and writes what is chosen into the URL; `everything` is the label of no choice."""
    key = f"{place}_{name}"
    values = list(options) if everything is None else ["", *options]
    st.session_state[key] = asked if asked in values else values[0]

    def write_back() -> None:
        chosen = st.session_state[key]
        put(**{name: None if chosen == values[0] else chosen})

    is_cut = is_cut and len(options) >= MOST
    explain = _("{n} are listed. Type any other name or id and press Enter.", n=MOST) if is_cut else explain
    chosen: str | None = st.selectbox(
        title,
        values,
        key=key,
        on_change=write_back,
        width=300,
        accept_new_options=is_cut,
        help=explain,
        format_func=lambda value: visible(options.get(value, everything or value)),
    )
    return chosen or None
