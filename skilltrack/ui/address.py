"""What the address of a page says: the filters in it, and the days and periods that they mean.

The URL is the truth, so that a view can be sent to a colleague. What cannot be right is left out, with a sentence.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import streamlit as st

from skilltrack.days import FIRST, day_of, in_order, moment_of
from skilltrack.errors import BadQuestion
from skilltrack.language import _
from skilltrack.questions import Filters, a_year_before
from skilltrack.reports.answers import QUARTER
from skilltrack.ui.text import plain

SHARED = ("as", "as_of", "known_at", "assurance", "manager", "direct", "team")
"""What every link to another page keeps; `as` is the person to look as in local mode."""


def get(name: str, default: str = "") -> str:
    """A filter's text in the URL."""
    return st.query_params.get(name, default)


def put(**values: str | None) -> None:
    """Write filters into the URL as one step of the browser's history; an empty one is taken out."""
    before = st.query_params.to_dict()
    after = {name: value for name, value in _changed(before, values).items() if value}
    if after != before:
        st.query_params.from_dict(after)


def go(**values: str | None) -> NoReturn:
    """Show this page with other filters at once."""
    put(**values)
    st.rerun()


def shared(**where: str) -> dict[str, str]:
    """The shared filters in force, for links to other pages, changed to `where`."""
    return _changed({name: get(name) for name in SHARED if get(name)}, where)


def _changed(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Filters with other values; of another manager nobody has asked for the direct reports alone."""
    kept = {name: value for name, value in before.items() if name != "direct" or "manager" not in values}
    return {**kept, **values}


def day_in(name: str, default: date) -> date:
    """The day in the URL under `name`; `default` where there is none, or one that is not accepted."""
    text = get(name)
    if not text:
        return default
    try:
        return day_of(text)
    except BadQuestion as refused:
        _leave_out(name, refused)
        return default


def _leave_out(name: str, refused: BadQuestion) -> None:
    st.warning(plain(_("The link asks for {name} = {problem} It is left out.", name=name, problem=str(refused))))
    put(**{name: None})


def known_at() -> datetime | None:
    """The time in the URL up to which what was known counts; None where it names none, or one that is still to come."""
    text = get("known_at")
    try:
        moment = moment_of(text) if text else None
    except BadQuestion as refused:
        _leave_out("known_at", refused)
        return None
    return moment if moment and moment < datetime.now(UTC).replace(tzinfo=None) else None


def period(as_of: date) -> tuple[date, date]:
    """The first and last day in the URL, or else the twelve months up to `as_of`.

    A period that ends before it begins is left out, with a sentence.
    """
    start, end = day_in("from", a_year_before(as_of)), day_in("to", as_of)
    try:
        in_order(start, end)
    except BadQuestion as refused:
        st.warning(plain(_("{problem} The year up to the chosen day is shown instead.", problem=str(refused))))
        put(**{"from": None, "to": None})
        return a_year_before(as_of), as_of
    return start, end


def since(as_of: date) -> date:
    """The day in the URL that `as_of` is compared with, or else the last month's end at least a quarter back."""
    quarter = Filters(as_of=max(FIRST, as_of - QUARTER), months=1).days("month_ends")
    usual = quarter[0] if quarter else FIRST
    since = day_in("since", usual)
    if since <= as_of:
        return since
    late = _(
        "{since} is after {as_of}, so the two cannot be compared. {usual} is taken instead.",
        since=since,
        as_of=as_of,
        usual=usual,
    )
    st.warning(plain(late))
    put(since=None)
    return usual
