"""Figures: pure functions, DataFrame in, Plotly figure out. Colours suit colour-blind readers and are never alone.

The last of the `customdata` of a point says which rows are behind it: a day, a month or a name.
"""

from datetime import date
from math import ceil, floor

import pandas as pd
import plotly.graph_objects as go

from skilltrack.language import _, day_format, marks, money, month, number, short_day, texts
from skilltrack.money_tables import OUTCOMES
from skilltrack.tables import PAYERS, SOON, n_of_m, percent
from skilltrack.text import visible

MOST_TICKS = 10
"""Months that are named below a figure; more would stand on their heads."""
BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
GREY = "#7A858F"
FUNDING = {"employer": (BLUE, ""), "reimbursement": (SKY, "/"), "grant": (GREEN, "x"), "employee": (ORANGE, ".")}
"""Colour and pattern of each funding source."""
LED_TO = {
    "skills": (GREEN, ""),
    "seat_time": (ORANGE, "."),
    "waiting": (SKY, "/"),
    "nothing": (RED, "x"),
    "names_nobody": (GREY, "-"),
}
"""Colour and pattern of what money led to."""


def _quiet(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        hovermode="x unified",
        dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=marks(),
    )
    return figure


def trend(past: pd.DataFrame, ahead: pd.DataFrame | None = None, as_of: date | None = None) -> go.Figure:
    """Coverage at each month's end, and its forecast if nobody renews; the axis is scaled to show the change."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(past["month_end"]),
        y=_shares(past),
        name=_("Coverage"),
        mode="lines+markers",
        line={"color": BLUE, "width": 3},
        customdata=_parts(past),
        hovertemplate="%{customdata[0]}<extra></extra>",
    )
    ahead = past.head(0) if ahead is None else ahead
    figure.add_scatter(
        x=list(ahead["month_end"]),
        y=_shares(ahead),
        name=_("If nobody renews"),
        mode="lines+markers",
        line={"color": RED, "width": 3, "dash": "dot"},
        marker={"symbol": "diamond-open"},
        customdata=_parts(ahead),
        hovertemplate="%{customdata[0]}<extra>" + _("If nobody renews") + "</extra>",
    )
    if as_of is not None and len(past):
        day = as_of.isoformat()
        line = {"color": GREY, "width": 1, "dash": "dash"}
        figure.add_shape(type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", line=line)
        figure.add_annotation(
            x=day,
            y=0,
            yref="paper",
            text=short_day(as_of),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            xshift=4,
        )
    figure.update_yaxes(range=_around([*_shares(past), *_shares(ahead)]), tickformat=".0%", fixedrange=True)
    days = [*past["month_end"], *ahead["month_end"]]
    ticks = days[:: max(1, ceil(len(days) / 6))]
    figure.update_xaxes(
        fixedrange=True, hoverformat=_plotly_day(), tickvals=ticks, ticktext=[month(day) for day in ticks]
    )
    return _quiet(figure, 280)


def trend_so_far(past: pd.DataFrame, as_of: date) -> go.Figure:
    """The same for the past only."""
    return trend(past, None, as_of)


def _around(shares: list[float | None]) -> list[float]:
    """The range of an axis in steps of 5 % that shows how these shares differ, at least 20 points if there is room."""
    known = [share for share in shares if share is not None] or [0, 1]
    low, high = floor(min(known) * 20 - 0.5) / 20, ceil(max(known) * 20 + 0.5) / 20
    short = max(0, 0.2 - (high - low)) / 2
    return [max(0.0, floor((low - short) * 20) / 20), min(1.0, ceil((high + short) * 20) / 20)]


def spend_by_credential(lines: pd.DataFrame, currency: str, top: int = 12) -> go.Figure:
    """Net amounts of one currency per credential, stacked by funding source, largest at the top."""
    own = lines[lines["currency"] == currency].copy()
    own["amount"] = own["amount"].astype(float)
    order = list(own.groupby("credential")["amount"].sum().sort_values(ascending=False).head(top).index)
    figure, payers = go.Figure(), texts(PAYERS)
    for source, (colour, pattern) in FUNDING.items():
        part = own[(own["funding_source"] == source) & own["credential"].isin(order)]
        if part.empty:
            continue
        figure.add_bar(
            y=[plain(name) for name in part["credential"]],
            x=list(part["amount"]),
            name=payers[source],
            orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern, "size": 5}},
            customdata=[[name] for name in part["credential"]],
            hovertemplate="%{x:,.0f} " + currency + " · " + payers[source] + "<extra></extra>",
        )
    figure.update_layout(barmode="relative")
    figure.update_yaxes(
        categoryorder="array", categoryarray=[plain(name) for name in reversed(order)], fixedrange=True, automargin=True
    )
    figure.update_xaxes(tickformat="~s", ticksuffix=f" {currency}", fixedrange=True)
    _quiet(figure, 90 + 30 * max(len(order), 2))
    return figure.update_layout(hovermode="closest")


def outcomes(amounts: dict[str, float], currency: str) -> go.Figure:
    """What the money of one currency led to, a bar for each outcome, the best at the top."""
    figure, total, words = go.Figure(), sum(amounts.values()), texts(OUTCOMES)
    for outcome, amount in amounts.items():
        colour, pattern = LED_TO[outcome]
        share = f" · {percent(amount, total)}" if total > 0 else ""
        figure.add_bar(
            x=[amount],
            y=[words[outcome]],
            orientation="h",
            showlegend=False,
            text=[f"{number(amount)}{share}"],
            textposition="outside",
            cliponaxis=False,
            marker={"color": colour, "pattern": {"shape": pattern, "size": 5}},
            customdata=[[words[outcome]]],
            hovertemplate=f"{words[outcome]}: {money(amount, currency)}{share}<extra></extra>",
        )
    # Room for the words beside the longest bar.
    most, least = max(amounts.values(), default=0), min(amounts.values(), default=0)
    figure.update_xaxes(visible=False, fixedrange=True, range=[min(least, 0) * 1.5, max(most, 1) * 1.5])
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    return _quiet(figure, 20 + 34 * max(len(amounts), 2)).update_layout(hovermode="closest")


def renewals_by_month(renewals: pd.DataFrame) -> go.Figure:
    """How many awards end in each coming month, those of the next 90 days in another colour and pattern."""
    ends = pd.DataFrame(
        {"month": [day.strftime("%Y-%m") for day in renewals["valid_to"]], "bucket": renewals["bucket"]}
    )
    figure = go.Figure()
    for name, picked, colour, pattern in (
        (_("due in 90 days"), list(SOON), RED, "/"),
        (_("later"), ["later"], SKY, ""),
        (_("already ended"), ["expired"], PURPLE, "x"),
    ):
        counts = ends[ends["bucket"].isin(picked)].groupby("month").size()
        if len(counts):
            figure.add_bar(
                x=list(counts.index),
                y=[int(n) for n in counts],
                name=name,
                marker={"color": colour, "pattern": {"shape": pattern, "size": 5}},
                customdata=[[each] for each in counts.index],
                hovertemplate="%{x}: %{y} " + name + "<extra></extra>",
            )
    figure.update_layout(barmode="stack")
    months = sorted(set(ends["month"]))
    every = max(1, len(months) // MOST_TICKS)
    figure.update_xaxes(
        type="category",
        categoryorder="category ascending",
        fixedrange=True,
        tickvals=months[::every],
        ticktext=[month(date.fromisoformat(f"{each}-01")) for each in months[::every]],
    )
    figure.update_yaxes(fixedrange=True)
    return _quiet(figure, 260).update_layout(hovermode="closest")


def plain(text: object) -> str:
    """A data value as a label for Plotly, which reads HTML in labels: its special characters are escaped."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plotly_day() -> str:
    """How plotly writes a day in figures, so that it needs no names of months."""
    return day_format().replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")


def _shares(frame: pd.DataFrame) -> list[float | None]:
    return [None if pd.isna(share) else float(share) for share in frame["coverage"]]


def _parts(frame: pd.DataFrame) -> list[list[str]]:
    """For each point what it is in words, and its day."""
    points = zip(frame["met"], frame["required"], frame["month_end"], strict=True)
    return [[f"{percent(met, required)} · {n_of_m(met, required)}", day.isoformat()] for met, required, day in points]
