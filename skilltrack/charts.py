"""Figures: pure, DataFrame in, Plotly figure out. Colours are safe for colour-blind readers and never the only sign."""

import pandas as pd
import plotly.graph_objects as go

from skilltrack.tables import SOON
from skilltrack.text import visible

BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
FUNDING = {"employer": (BLUE, ""), "reimbursement": (SKY, "/"), "grant": (GREEN, "x"), "employee": (ORANGE, ".")}
"""Colour and pattern of each funding source."""


def _quiet(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height, margin={"l": 0, "r": 0, "t": 8, "b": 0}, hovermode="x unified", dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    return figure


def trend(past: pd.DataFrame, ahead: pd.DataFrame | None = None) -> go.Figure:
    """Coverage at each month's end, and what becomes of it if nobody renews; the axis starts at 0 %."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(past["month_end"]), y=_shares(past), name="Coverage", mode="lines+markers",
        line={"color": BLUE, "width": 3}, customdata=_parts(past),
        hovertemplate="%{y:.0%} · %{customdata}<extra></extra>",
    )  # fmt: skip
    ahead = past.head(0) if ahead is None else ahead
    figure.add_scatter(
        x=list(ahead["month_end"]), y=_shares(ahead), name="If nobody renews", mode="lines+markers",
        line={"color": RED, "width": 3, "dash": "dot"}, marker={"symbol": "diamond-open"}, customdata=_parts(ahead),
        hovertemplate="%{y:.0%} · %{customdata} if nobody renews<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1], tickformat=".0%", fixedrange=True)
    figure.update_xaxes(fixedrange=True)
    return _quiet(figure, 300)


def spend_by_credential(lines: pd.DataFrame, currency: str, top: int = 12) -> go.Figure:
    """Net amounts of one currency per credential, stacked by funding source, largest at the top."""
    own = lines[lines["currency"] == currency].copy()
    own["amount"] = own["amount"].astype(float)
    order = list(own.groupby("credential")["amount"].sum().sort_values(ascending=False).head(top).index)
    figure = go.Figure()
    for source, (colour, pattern) in FUNDING.items():
        part = own[(own["funding_source"] == source) & own["credential"].isin(order)]
        if part.empty:
            continue
        figure.add_bar(
            y=[plain(name) for name in part["credential"]], x=list(part["amount"]), name=source, orientation="h",
            marker={"color": colour, "pattern": {"shape": pattern, "size": 5}},
            hovertemplate="%{x:,.0f} " + currency + " · " + source + "<extra></extra>",
        )  # fmt: skip
    figure.update_layout(barmode="relative")
    figure.update_yaxes(
        categoryorder="array", categoryarray=[plain(name) for name in reversed(order)], fixedrange=True, automargin=True
    )
    figure.update_xaxes(tickformat="~s", ticksuffix=f" {currency}", fixedrange=True)
    _quiet(figure, 90 + 30 * max(len(order), 2))
    return figure.update_layout(hovermode="closest")


def renewals_by_month(renewals: pd.DataFrame) -> go.Figure:
    """How many awards end in each coming month, those of the next 90 days in another colour and pattern."""
    ends = pd.DataFrame(
        {"month": [day.strftime("%Y-%m") for day in renewals["valid_to"]], "bucket": renewals["bucket"]}
    )
    figure = go.Figure()
    for name, picked, colour, pattern in (
        ("due in 90 days", list(SOON), RED, "/"),
        ("later", ["later"], SKY, ""),
        ("already ended", ["expired"], PURPLE, "x"),
    ):
        counts = ends[ends["bucket"].isin(picked)].groupby("month").size()
        if len(counts):
            figure.add_bar(
                x=list(counts.index), y=[int(n) for n in counts], name=name,
                marker={"color": colour, "pattern": {"shape": pattern, "size": 5}},
                hovertemplate="%{x}: %{y} " + name + "<extra></extra>",
            )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(type="category", categoryorder="category ascending", fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return _quiet(figure, 260).update_layout(hovermode="closest")


def plain(text: object) -> str:
    """A data value as Plotly shows it: Plotly reads HTML in labels, so its signs are spelled out."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shares(frame: pd.DataFrame) -> list[float | None]:
    return [None if pd.isna(share) else float(share) for share in frame["coverage"]]


def _parts(frame: pd.DataFrame) -> list[str]:
    return [f"{met:,} of {required:,}" for met, required in zip(frame["met"], frame["required"], strict=True)]
