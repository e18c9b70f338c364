"""The year up to today as a slider of month ends, which can be played: the page goes from one to the next by itself."""

import time
from collections.abc import Callable
from datetime import date

import streamlit as st

from skilltrack.config import today
from skilltrack.language import _, month
from skilltrack.questions import month_ends

MONTHS = 12
EACH = 2.0
"""Seconds for which a month is shown while the year is played."""
PLAYING = "year_is_played"
SHOWN_AT = "year_shown_at"


def days() -> list[date]:
    """The month ends of the last year, and today, oldest first."""
    now = today()
    ended = [day for day in month_ends(now, MONTHS + 1) if day < now]
    return [*ended[-MONTHS:], now]


def slider(as_of: date, put: Callable[[str | None], None], go: Callable[[str | None], None]) -> None:
    """The slider, at the stop nearest to the day that is shown, with its button.

    `put` writes a day into the address, None for today; `go` also shows it at once.
    """
    stops = days()
    nearest = min(stops, key=lambda day: abs(day - as_of))
    st.session_state["year"] = nearest
    called = {day: month(day) for day in stops[:-1]} | {stops[-1]: _("Today")}
    with st.container(horizontal=True, vertical_alignment="center", key="year_row"):
        st.button(
            _("Stop") if st.session_state.get(PLAYING) else _("Play the year"),
            key="play_year",
            type="tertiary",
            icon=f":material/{'stop' if st.session_state.get(PLAYING) else 'play_arrow'}:",
            on_click=lambda: _toggle(stops, as_of, put),
        )
        st.select_slider(
            _("Month"),
            stops,
            key="year",
            format_func=called.__getitem__,
            label_visibility="collapsed",
            on_change=lambda: put(_address(st.session_state["year"], stops)),
        )
    if st.session_state.get(PLAYING):
        st.session_state[SHOWN_AT] = time.monotonic()
        _play_on(stops, nearest, go)


def _toggle(stops: list[date], as_of: date, put: Callable[[str | None], None]) -> None:
    """Begin to play, from the first month where today is shown, or stop."""
    st.session_state[PLAYING] = not st.session_state.get(PLAYING)
    if st.session_state[PLAYING] and as_of >= stops[-1]:
        put(_address(stops[0], stops))


@st.fragment(run_every=EACH)
def _play_on(stops: list[date], shown: date, go: Callable[[str | None], None]) -> None:
    if time.monotonic() - st.session_state.get(SHOWN_AT, time.monotonic()) < EACH / 2:
        return  # the page has just been drawn
    later = [day for day in stops if day > shown]
    if not later or later == stops[-1:]:
        st.session_state[PLAYING] = False
    if later:
        go(_address(later[0], stops))


def _address(day: date, stops: list[date]) -> str | None:
    return None if day == stops[-1] else day.isoformat()
