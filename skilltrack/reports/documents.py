"""The content of a report or pack before it becomes a PDF or a workbook: plain parts over the metrics' frames.

A document is made, and written, in the language of the run.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from skilltrack.language import _, texts
from skilltrack.questions import Metric
from skilltrack.reports.in_words import in_words
from skilltrack.tables import matrix, of, percent, totals_by
from skilltrack.text import in_cells

SHARES = ("coverage", "readiness", "partial")
"""Columns with a share from 0 to 1, shown in per cent with a colour or bar."""


@dataclass
class Table:
    """Rows under a title; a sheet of a workbook, a table of a page."""

    title: str
    frame: pd.DataFrame
    labels: dict[str, str] = field(default_factory=dict)
    """The columns to show, with their headers; empty = all, under their own names."""
    note: str = ""
    chart: str = ""
    """line (a share by month_end), bars (a share by the first label) or nothing."""
    most: int = 2_000
    """At most this many rows are printed, 0 for none; a workbook has all of them."""

    def shown(self) -> pd.DataFrame:
        """The columns that are shown, with codes as people read them."""
        return in_words(self.frame[list(self.labels)] if self.labels else self.frame)


@dataclass
class Grid:
    """Coloured shares of groups × columns with their n of m, as `tables.matrix` returns them."""

    title: str
    corner: str
    data: dict[str, Any]
    """Cells are [met, required]: [None, None] where hidden, required 0 where nothing counts."""
    note: str = ""
    is_levels: bool = False
    """Cells are the level reached, at most the required one, of the level required."""


@dataclass
class Numbers:
    """Headline numbers side by side, each as (label, value, the n of m below it)."""

    cards: list[tuple[str, str, str]]


@dataclass
class Findings:
    """Sentences that follow from the data by rule."""

    title: str
    sentences: list[str]


@dataclass
class Document:
    """A report or pack, with its parts in reading order."""

    title: str
    question: str
    parts: list[Table | Grid | Numbers | Findings]
    definitions: list[tuple[str, str]] = field(default_factory=list)
    """Title of the metrics it rests on, and what follows it: definition and unit."""

    def tables(self) -> list[Table]:
        """The parts that are tables."""
        return [part for part in self.parts if isinstance(part, Table)]


def labelled(metric: Metric, *names: str) -> dict[str, str]:
    """Some of the columns of a metric with their labels, in the order given."""
    return texts(metric.labelled(*names))


def defined(*metrics: Metric) -> list[tuple[str, str]]:
    """What a document says about the metrics it rests on."""
    made = []
    for metric in metrics:
        definition = _(metric.definition)
        whole = _(
            "**{title}**: {definition} Unit: {unit}.",
            title=_(metric.title),
            definition=definition[0].upper() + definition[1:],
            unit=_(metric.unit),
        )
        _before, title, rest = in_cells(whole).split("**", 2)
        made.append((title, rest))
    return made


def of_report(metric: Metric, frame: pd.DataFrame, as_of: date) -> Document:
    """One report as a document: its rows, and a chart or grid that helps to read them."""
    parts: list[Table | Grid | Numbers | Findings] = []
    if metric.name in ("coverage", "trend"):
        shown = frame[frame["required"].notna()]
        last = frame.tail(1) if metric.name == "trend" else frame
        if len(last) and len(shown) == len(frame):  # hidden numbers are not in any total
            met, required = int(last["met"].sum()), int(last["required"].sum())
            below = of(met, required, _("requirements met"))
            parts.append(Numbers([(_("Coverage"), percent(met, required), below)]))
        if metric.name == "coverage" and len(shown):
            parts.append(_thin(frame, shown))
    title, chart = _(metric.title), "line" if metric.name in ("trend", "forecast") else ""
    parts.append(Table(title, frame, labelled(metric, *frame.columns), chart=chart))
    return Document(_("{report}, {day}", report=title, day=as_of), _(metric.question), parts, defined(metric))


def _thin(frame: pd.DataFrame, shown: pd.DataFrame) -> Grid:
    """The twelve skills of a coverage report with most unmet requirements, team by team."""
    labels = frame.drop_duplicates("skill_id").set_index("skill_id")["skill"]
    skills = totals_by(shown, "skill_id")
    unmet = (skills["met"] - skills["required"]).sort_values(kind="stable")
    most = skills.loc[unmet.index[:12], "skill_id"]
    grid = matrix(shown[shown["skill_id"].isin(most)], "team", "skill_id", labels, 40)
    hidden = frame[frame["required"].isna()]
    grid["cells"] |= {
        f"{team}\n{skill}": [None, None] for team, skill in zip(hidden["team"], hidden["skill_id"], strict=True)
    }
    return Grid(
        _("The twelve skills with most unmet requirements, by team"),
        _("Team"),
        grid,
        _("A cell shows requirements met, of those required."),
    )
