"""What is to be renewed, limited to some of it, and taking that along: as a calendar, or for whoever gives courses."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from skilltrack import tables
from skilltrack.language import _, number, plural, texts
from skilltrack.mail import Entry, as_calendar
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui import filters, grounds, numbers, parts
from skilltrack.ui.cache import shaped
from skilltrack.ui.numbers import Number


class Limits(NamedTuple):
    """What a list of renewals is limited to."""

    course: str | None
    before: date | None
    buckets: tuple[str, ...]

    @property
    def more(self) -> tuple[Any, ...]:
        """The same as what `tables.due_listed` and its like take."""
        return self.course, self.before, *self.buckets


def cards(view: Filters) -> None:
    """How many end when, each a card that limits the list to these, and again to all of them."""
    numbers.cards(*[_card(view, bucket, words) for bucket, words in texts(tables.BUCKETS).items()])


def _card(view: Filters, bucket: str, words: str) -> Number:
    awards, people = shaped(tables.people_due, ("renewals", view), more=(bucket,))
    below = plural("held by {n} person", "held by {n} people", people)
    is_picked = filters.get("bucket") == bucket

    def pick() -> None:
        filters.put(bucket=None if is_picked else bucket)

    return Number(words, number(awards), below, grounds.due(view, bucket), pick, is_picked)


def limits(view: Filters) -> Limits:
    """When, which course and up to which day, kept in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usual = _("Ended, or ends within 90 days")
        bucket = filters.choose("bucket", _("Show"), texts(tables.BUCKETS), usual)
        courses = shaped(tables.courses_due, ("renewals", view))
        course = filters.choose("course", _("Course or certificate"), courses, _("All of them"))
        before = filters.day("before", _("Ends by"))
    to_come = (*tables.SOON, "later") if before else ("expired", *tables.SOON)
    return Limits(course, date.fromisoformat(before) if before else None, (bucket,) if bucket else to_come)


def go_to(row: dict[str, Any]) -> None:
    """Limit the page to the course of a row."""
    filters.go(course=row["credential_id"])


def take_along(view: Filters, chosen: Limits) -> None:
    """The list as a calendar, and as whoever gives the courses needs it, with e-mail addresses."""
    asked, everybody = ("renewals", view), ("people", replace(view, role=None))
    rows = shaped(tables.to_renew, asked, everybody, more=chosen.more)
    if rows.empty:
        return
    with st.container(horizontal=True):
        parts.download(rows, "to_renew", label=_("List for a provider"), holds=_("With e-mail addresses, as CSV"))
        parts.download(
            rows,
            "renewals_calendar",
            label=_("Calendar"),
            holds=_("Each last day with its people, as ICS"),
            as_file=in_calendar,
            ending="ics",
            mime="text/calendar",
        )


def in_calendar(rows: pd.DataFrame) -> bytes:
    """Each course and last day as a day of a calendar that names its people; `rows` are those of `tables.to_renew`."""
    entries = []
    for (credential, day), some in rows.groupby(["credential", "valid_to"]):
        title = plural(
            "{credential}: ends for {n} person",
            "{credential}: ends for {n} people",
            len(some),
            credential=visible(credential),
        )
        people = [f"{name} ({team})" if team else name for name, team in zip(some["name"], some["team"], strict=True)]
        identity = sha256(f"{credential}\n{day}".encode()).hexdigest()[:32]
        entries.append(Entry(day, title, "\n".join(map(visible, people)), identity))
    return as_calendar(entries)
