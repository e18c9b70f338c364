"""What a report or pack says, before it is a PDF or a workbook: plain parts over the metrics' frames."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from skilltrack.metrics import Metric
from skilltrack.tables import matrix, of, percent, totals_by

SHARES = ("coverage", "readiness", "partial")
"""Columns that hold a share of 1 and are shown in per cent, with a colour or bar."""


@dataclass
class Table:
    """Rows under a title; a sheet of a workbook, a table of a page."""

    title: str
    frame: pd.DataFrame
    labels: dict[str, str] = field(default_factory=dict)
    """Columns shown on a page, with their heads; empty = all, under their own names."""
    note: str = ""
    chart: str = ""
    """line (a share by month_end), bars (a share by the first label) or nothing."""
    most: int = 2_000
    """Rows that are worth paper, 0 for none; a workbook holds all."""

    def shown(self) -> pd.DataFrame:
        """The columns that are shown."""
        return self.frame[list(self.labels)] if self.labels else self.frame


@dataclass
class Grid:
    """Shares of groups × columns with their n of m, coloured: what `tables.matrix` gives."""

    title: str
    corner: str
    data: dict[str, Any]
    note: str = ""


@dataclass
class Numbers:
    """Headline numbers side by side: (label, value, the n of m below it) each."""

    cards: list[tuple[str, str, str]]


@dataclass
class Findings:
    """Sentences that follow from the data by rule."""

    title: str
    sentences: list[str]


@dataclass
class Document:
    """A report or pack; every part in reading order."""

    title: str
    question: str
    parts: list[Table | Grid | Numbers | Findings]
    definitions: list[tuple[str, str, str]] = field(default_factory=list)
    """Title, definition and unit of the metrics it rests on."""

    def tables(self) -> list[Table]:
        """The parts that are tables."""
        return [part for part in self.parts if isinstance(part, Table)]


def defined(*metrics: Metric) -> list[tuple[str, str, str]]:
    """What a document says about the metrics it rests on."""
    return [(metric.title, metric.definition[0].upper() + metric.definition[1:], metric.unit) for metric in metrics]


def of_report(metric: Metric, frame: pd.DataFrame) -> Document:
    """One report as a document: its rows, and the picture that helps to read them."""
    parts: list[Table | Grid | Numbers | Findings] = []
    if "required" in frame and len(frame) and metric.name in ("coverage", "trend"):
        last = frame.tail(1) if metric.name == "trend" else frame
        met, required = int(last["met"].sum()), int(last["required"].sum())
        parts.append(Numbers([("Coverage", percent(met, required), of(met, required, "requirements met"))]))
    if metric.name == "coverage" and len(frame):
        labels = frame.drop_duplicates("skill_id").set_index("skill_id")["skill"]
        thin = totals_by(frame, "skill_id").head(12)["skill_id"]
        grid = matrix(frame[frame["skill_id"].isin(thin)], "team", "skill_id", labels, 40)
        parts.append(Grid("The twelve thinnest skills, team by team", "Team", grid, "A cell is met of required."))
    parts.append(Table(metric.title, frame, chart="line" if metric.name == "trend" else ""))
    return Document(metric.title, metric.question, parts, defined(metric))
