"""Filters that live in the URL, so that a view can be sent to a colleague.

The URL is the truth: a widget shows what it says and writes back what is chosen. Shared filters follow from page to
page. An unknown value in the URL is reported in a sentence, never silently guessed.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import streamlit as st

from skilltrack import tables
from skilltrack.config import today
from skilltrack.days import FIRST, LAST, day_of, in_order, moment_of
from skilltrack.errors import BadQuestion
from skilltrack.questions import Filters, a_year_before
from skilltrack.reports.answers import QUARTER
from skilltrack.text import visible
from skilltrack.ui import year
from skilltrack.ui.cache import is_empty, shaped
from skilltrack.ui.signin import ABOUT, viewer
from skilltrack.ui.text import plain

MOST = 500
"""The most options in a list; anything beyond them is typed."""
SHARED = ("as", "as_of", "known_at", "assurance", "manager", "team")
"""What every link to another page keeps; `as` is the person to look as in local mode."""
ASSURANCE_WORDS = {
    "attested": "Attested evidence",
    "verified": "Verified evidence only",
    "claimed": "Attested and claimed evidence",
}
ASSURANCE_HELP = (
    "Attested: awards of issuers that are recognised, and prior learning that an assessor recognised. Verified only: "
    "awards that a signed badge proves, with a key that is listed for its trusted issuer. Attested and claimed: also "
    "self ratings, attendance, and awards of issuers that are not recognised."
)
KNOWN_AT_HELP = (
    "Empty: everything known by now. A day shows the numbers as they stood at its end: files that came later, "
    "corrections and what was taken back later are left out. This takes longer."
)
CHOICES = ("manager", "team", "role")


def get(name: str, default: str = "") -> str:
    """A filter's text in the URL."""
    return st.query_params.get(name, default)


def put(**values: str | None) -> None:
    """Write filters into the URL as one step of the browser's history; an empty one is taken out."""
    before = st.query_params.to_dict()
    after = {name: value for name, value in {**before, **values}.items() if value}
    if after != before:
        st.query_params.from_dict(after)


def go(**values: str | None) -> NoReturn:
    """Show this page with other filters at once."""
    put(**values)
    st.rerun()


def shared() -> dict[str, str]:
    """The shared filters in force, for links to other pages."""
    return {name: get(name) for name in SHARED if get(name)}


def bar(*names: str) -> Filters:
    """One line that says what the page is about, and opens the filters `names`; returns what they say.

    `names` are some of as_of, year, since, assurance, manager, team, role and period. Unknown values in a
    link are reported above the line, so that the viewer reads about them first.
    """
    filters = Filters(as_of=_day("as_of", today()), known_at=_known_at())
    if "period" in names:
        start, end = _period(filters.as_of)
        filters = replace(filters, paid_from=start, paid_to=end)
    if "since" in names:
        filters = replace(filters, paid_from=_since(filters.as_of), paid_to=filters.as_of)
    options = _labels(filters.as_of) if set(CHOICES) & set(names) else {}
    titles = {
        "manager": ("Manager", whole_scope()),
        "team": ("Team", "All teams"),
        "role": ("Role", "Their own role"),
    }
    for name in CHOICES:
        if name in names:
            chosen, options[name] = _asked(name, titles[name][0], options[name], filters.as_of)
            change: dict[str, Any] = {name: chosen}
            filters = replace(filters, **change)
    if "assurance" in names:
        assurance, _ = _asked("assurance", "Evidence", ASSURANCE_WORDS)
        filters = replace(filters, assurance=assurance or "attested")
    with st.container(horizontal=True, vertical_alignment="center", key="context"):
        line = plain(in_words(filters, names, options))
        popover = st.popover(line, icon=":material/tune:", key="filters", wrap=True)
        _ways_back(filters)
    if "year" in names:
        year.slider(filters.as_of, lambda day: put(as_of=day), lambda day: go(as_of=day))
    if filters.known_at and is_empty(filters.known_at):
        st.info(
            f"Nothing had been uploaded by {filters.known_at:%-d %B %Y}: choose a later day.", icon=":material/inbox:"
        )
    with popover:
        _form(filters, names, titles, options)
    return filters


def _form(
    filters: Filters, names: tuple[str, ...], titles: dict[str, tuple[str, str]], options: dict[str, dict[str, str]]
) -> None:
    """The widgets of the filters `names`; `titles` are the title of each choice, and what it says when none is made."""
    _date_input("as_of", "Day", filters.as_of)
    known = filters.known_at.date() if filters.known_at else None
    _date_input("known_at", "As known on", known, explain=KNOWN_AT_HELP)
    if "since" in names:
        _date_input("since", "Compared with", filters.paid_from)
    if "period" in names:
        _date_input("from", "Payments from", filters.paid_from)
        _date_input("to", "Payments to", filters.paid_to)
    for name in CHOICES:
        if name in names:
            title, everything = titles[name]
            _select(name, title, options[name], everything, getattr(filters, name), is_cut=True)
    if "assurance" in names:
        _select("assurance", "Evidence", ASSURANCE_WORDS, None, filters.assurance, explain=ASSURANCE_HELP)


def _ways_back(filters: Filters) -> None:
    """Say that another day, or less than is known by now, is looked at, each with the button that ends it."""
    if filters.as_of != today():
        st.caption(f"You are looking at {filters.as_of:%-d %B %Y}.", width="content")
        st.button("Back to today", key="back_to_today", type="tertiary", on_click=lambda: put(as_of=None))
    if filters.known_at:
        st.caption(f"What came after {filters.known_at:%-d %B %Y} is left out.", width="content")
        st.button("Back to all that is known", key="back_to_now", type="tertiary", on_click=lambda: put(known_at=None))


def whole_scope() -> str:
    """What the viewer sees when no manager, team or role is chosen."""
    return "Whole company" if viewer().sees_everyone else "My organisation"


def in_words(filters: Filters, names: tuple[str, ...], options: dict[str, dict[str, str]]) -> str:
    """The filters as one line: "Today · whole company · attested evidence"."""
    line = ["Today" if filters.as_of == today() else f"{filters.as_of:%-d %B %Y}"]
    if filters.known_at:
        line.append(f"as known on {filters.known_at:%-d %B %Y}")
    if "since" in names:
        line[0] += f" compared with {filters.paid_from:%-d %B %Y}"
    elif filters.paid_from and filters.paid_to:
        line.append(f"paid {filters.paid_from:%-d %B %Y} to {filters.paid_to:%-d %B %Y}")
    if filters.manager:
        line.append(f"organisation of {options['manager'][filters.manager]}")
    if filters.team:
        line.append(f"team {options['team'][filters.team]}")
    if {"manager", "team"} & set(names) and not (filters.manager or filters.team):
        everybody = whole_scope()
        line.append(everybody[0].lower() + everybody[1:])
    if "role" in names and filters.role:
        line.append(f"as {options['role'][filters.role]}")
    if "assurance" in names:
        line.append(ASSURANCE_WORDS[filters.assurance].lower())
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
        title, list(options), key=key, format_func=options.__getitem__, on_change=write_back,
        label_visibility="collapsed",
    )  # fmt: skip
    return asked if asked in options else first


def typed(name: str, title: str) -> str:
    """A text kept in the URL under `name`."""
    key = f"filter_{name}"
    st.session_state[key] = get(name)
    st.text_input(title, key=key, width=320, on_change=lambda: put(**{name: st.session_state[key].strip()}))
    return get(name)


def day(name: str, title: str) -> str:
    """A day kept in the URL under `name`; empty = none."""
    value = _day(name, date.min)
    _date_input(name, title, None if value == date.min else value)
    return "" if value == date.min else value.isoformat()


def _labels(as_of: date, search: str | None = None) -> dict[str, dict[str, str]]:
    return shaped(tables.labels, ("choices", Filters(as_of=as_of, search=search)))


def called(kind: str, value: str, as_of: date) -> str:
    """The name of a manager, team, role or skill; its id where it is not listed."""
    return _labels(as_of)[kind].get(value, value)


def skill(as_of: date) -> str | None:
    """The skill chosen, kept in the URL."""
    return choose("skill", "Skill", _labels(as_of)["skill"], "Choose a skill", as_of)


def gap_limits(as_of: date) -> tuple[str | None, str | None, str | None]:
    """The skill, role and reason to which gaps are limited, kept in the URL."""
    labels = _labels(as_of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return (
            choose("skill", "Skill", labels["skill"], "Every skill", as_of),
            choose("of_role", "Role", labels["role"], "Every role"),
            choose("reason", "Why", tables.WHY, "Every reason"),
        )


def person(as_of: date) -> str | None:
    """The person chosen, kept in the URL as `employee`; a viewer who may see nobody else is not asked."""
    if viewer().may("people"):
        chosen = choose("employee", "Person", _labels(as_of)["person"], "Choose a person", as_of)
    else:
        chosen = viewer().employee_id
        if get("employee", chosen or "") != chosen:
            st.warning("The link asks for somebody else's record. You may see your own.")
    st.session_state[ABOUT] = chosen
    return chosen


def stop_unlisted(as_of: date) -> NoReturn:
    """End a page about a person whom the roster of the day does not list, with a button to today."""
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


def _known_at() -> datetime | None:
    """The time in the URL up to which what was known counts; None where it names none, or one that is still to come."""
    text = get("known_at")
    try:
        moment = moment_of(text) if text else None
    except BadQuestion as refused:
        st.warning(plain(f"The link asks for known_at = {refused} It is left out."))
        put(known_at=None)
        return None
    return moment if moment and moment < datetime.now(UTC).replace(tzinfo=None) else None


def _period(as_of: date) -> tuple[date, date]:
    """The first and last day in the URL, or else the twelve months up to `as_of`.

    A period that ends before it begins is left out, with a sentence.
    """
    start, end = _day("from", a_year_before(as_of)), _day("to", as_of)
    try:
        in_order(start, end)
    except BadQuestion as refused:
        st.warning(plain(f"{refused} The year up to the chosen day is shown instead."))
        put(**{"from": None, "to": None})
        return a_year_before(as_of), as_of
    return start, end


def _since(as_of: date) -> date:
    """The day in the URL that `as_of` is compared with, or else the last month's end at least a quarter back."""
    quarter = Filters(as_of=max(FIRST, as_of - QUARTER), months=1).days("month_ends")
    usual = quarter[0] if quarter else FIRST
    since = _day("since", usual)
    if since <= as_of:
        return since
    st.warning(plain(f"{since} is after {as_of}, so the two cannot be compared. {usual} is taken instead."))
    put(since=None)
    return usual


def _date_input(name: str, title: str, value: date | None, explain: str | None = None) -> None:
    key = f"filter_{name}"
    st.session_state[key] = value

    def write_back() -> None:
        chosen: Any = st.session_state[key]
        put(**{name: chosen.isoformat() if chosen and (name != "as_of" or chosen != today()) else None})

    st.date_input(title, key=key, min_value=FIRST, max_value=LAST, on_change=write_back, width=300, help=explain)


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
        st.warning(plain(_no_single_match(title, typed, matches)))
    else:
        options = options | {asked: matches[asked]}
    if asked != typed:
        put(**{name: asked})
    return asked, options


def _select(
    name: str, title: str, options: dict[str, str], everything: str | None, asked: str | None, *,
    is_cut: bool = False, explain: str | None = None,
) -> str | None:  # fmt: skip
    """A list that shows `asked` and writes what is chosen into the URL; `everything` is the label of no choice."""
    key = f"filter_{name}"
    values = list(options) if everything is None else ["", *options]
    st.session_state[key] = asked if asked in values else values[0]

    def write_back() -> None:
        chosen = st.session_state[key]
        put(**{name: None if chosen == values[0] else chosen})

    is_cut = is_cut and len(options) >= MOST
    explain = f"{MOST} are listed. Type any other name or id and press Enter." if is_cut else explain
    chosen: str | None = st.selectbox(
        title, values, key=key, on_change=write_back, width=300, accept_new_options=is_cut, help=explain,
        format_func=lambda value: visible(options.get(value, everything or value)),
    )  # fmt: skip
    return chosen or None


def _no_single_match(title: str, typed: str, matches: dict[str, str]) -> str:
    if not matches:
        return f"The link asks for {title.lower()} {typed!r}, which is not known on this date. It is left out."
    some = ", ".join(list(matches.values())[:5])
    return f"{len(matches)}{' or more' if len(matches) == MOST else ''} match {typed!r}: {some} … Type more, or an id."
