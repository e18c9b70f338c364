"""Reports that are sent by mail each week or month: the list, pausing and ending one, and the form that makes one."""

import re
from collections.abc import Callable

import streamlit as st

from skilltrack.errors import Refused
from skilltrack.language import _, mark, texts, weekday
from skilltrack.mail import EVERY, change, listed, schedule, sends_by_itself
from skilltrack.reports.exports import Order
from skilltrack.text import visible
from skilltrack.ui import parts
from skilltrack.ui.cache import store
from skilltrack.ui.signin import viewer

CALLED = {"week": mark("each week"), "month": mark("each month")}
DONE = {
    "paused": mark("The schedule is paused."),
    "resumed": mark("The schedule goes on."),
    "ended": mark("The schedule is ended."),
}


def in_force() -> None:
    """Every schedule with what came of it last, and the buttons that pause, resume or end one."""
    _say_who_sends()
    schedules = listed(store(), viewer())
    if schedules.empty:
        st.info(_("Nothing is scheduled yet. Schedule a report below."), icon=":material/schedule_send:")
        return
    rows = {row["schedule_id"]: row for row in schedules.to_dict("records")}
    for row in rows.values():
        if row["unsent"]:
            st.warning(parts.plain(f"{row['report']}, {row['about']}. {row['last']}"), icon=":material/unsubscribe:")
    columns = ("report", "about", "readers", "rhythm", "next_at", "state", "last", "account", "format", "schedule_id")
    parts.table(schedules, "schedules", "schedules", *columns)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Change a schedule"),
            list(rows),
            index=None,
            key="schedule_which",
            placeholder=_("Choose a schedule"),
            width=420,
            format_func=lambda one: visible(f"{rows[one]['report']}, {rows[one]['about']} ({one})"),
        )
        is_paused = bool(chosen) and rows[chosen]["next_at"] is None
        _button(_("Resume"), "play_arrow", "resumed", chosen if is_paused else None)
        _button(_("Pause"), "pause", "paused", None if is_paused else chosen)
        _button(_("End it"), "cancel_schedule_send", "ended", chosen)


def _button(label: str, icon: str, step: str, chosen: str | None) -> None:
    if st.button(label, key=f"schedule_{step}", disabled=chosen is None, icon=f":material/{icon}:") and chosen:
        parts.do(lambda: change(store(), viewer(), chosen, step), _(DONE[step]))


def _say_who_sends() -> None:
    """That nothing is sent by the app itself, where that is so."""
    try:
        sends = sends_by_itself()
    except Refused as refused:
        st.warning(parts.plain(refused), icon=":material/unsubscribe:")
        return
    if not sends:
        st.warning(
            _(
                "The app does not send mail by itself here (SKILLTRACK_REMIND_AT is not set): somebody who runs it "
                "must have `skilltrack schedules run` run each hour."
            ),
            icon=":material/unsubscribe:",
        )


def to_make(order: Order) -> None:
    """The form that schedules a report: to whom, and when."""
    st.caption(
        _(
            "Each time it is about the day on which it is sent. Each reader gets what they may see, in their language, "
            "and only as long as you may schedule it. Write employee ids or e-mail addresses of people who can sign in."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        to = st.text_input(_("Send to (with commas between)"), key="schedule_to", width=420)
        words = texts(CALLED)
        every = st.selectbox(_("How often"), EVERY, key="schedule_every", width=150, format_func=words.__getitem__)
        days, called = _days(every)
        on_day = st.selectbox(_("On"), days, key=f"schedule_on_{every}", width=150, format_func=called)
        hour = st.selectbox(
            _("At (UTC)"), range(24), index=6, key="schedule_at", width=110, format_func=lambda hour: f"{hour:02}:00"
        )
        readers = [name for name in re.split(r"[,;\n]+", to) if name.strip()]
        if st.button(
            _("Schedule it"), key="schedule_make", type="primary", disabled=not readers, icon=":material/schedule_send:"
        ):

            def make() -> None:
                schedule(store(), viewer(), order, readers, every, on_day, hour)

            parts.do(make, _("The report is scheduled."))


def _days(every: str) -> tuple[range, Callable[[int], str]]:
    """The days of a week or month that can be chosen, and what each is called."""
    if every == "week":
        return range(1, 8), lambda day: weekday(day - 1)
    return range(1, 32), lambda day: _("day {n}", n=day)
