"""The one place that says how a column of a table is called and drawn; pages and lists name columns only.

A column of a metric has its label, and what it holds, in the metric's header. Here are the labels of columns that no
metric has: those that are worked out from an answer, and those of tables that are not answers.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, partial
from typing import Any

import pandas as pd
import streamlit as st

from skilltrack.charts import BLUE
from skilltrack.errors import BadDefinition
from skilltrack.language import _, day_format, mark, short_day
from skilltrack.money_tables import OUTCOMES
from skilltrack.questions import catalogue
from skilltrack.ui.text import plain

Label = tuple[str, str]
"""What a column is called, and what it holds; the latter is empty where the label says it all."""

WORKED_OUT: dict[str, Label] = {
    "name": (mark("Name"), ""),
    "team": (mark("Team"), ""),
    "role": (mark("Role"), ""),
    "met": (mark("Met"), mark("requirements that are met")),
    "required": (mark("Required"), mark("requirements of these people")),
    "requirements": (mark("Of"), mark("requirements of the role")),
    "missing": (mark("Missing"), mark("requirements that are not met")),
    "critical_missing": (mark("Critical"), mark("of the missing requirements, those that the role cannot do without")),
    "reasons": (mark("Why"), ""),
    "since": (mark("Since"), mark("first day on which it was missing, empty when it always was")),
    "closed_by": (mark("Closed by"), mark("the cheapest credential that closes it")),
    "remains": (mark("What remains"), ""),
    "who": (mark("Who can"), ""),
    "people": (mark("People"), ""),
    "most_often": (mark("Most often"), mark("the skills that are missing most often")),
    "first": (mark("First ends"), ""),
    "awards": (mark("Certificates"), ""),
    "teams": (mark("Teams"), ""),
    "last": (mark("Last ends"), ""),
    "state": (mark("So far"), ""),
    "sits": (mark("Seat"), ""),
    "why": (mark("Because"), ""),
    "price": (mark("List price"), ""),
    "payer": (mark("Paid by"), ""),
    "source": (mark("Shown by"), ""),
    "issued_by": (mark("Issued by"), mark("on whose word: the issuer, or the assessor of prior learning")),
    "skill": (mark("Skill"), ""),
    "proof": (mark("Proof"), mark("where its proof is; tick the row to open it")),
    "credential": (mark("Credential"), ""),
    "cost_center": (mark("Cost centre"), ""),
    "outcome": (mark("Led to"), mark("what the payment led to")),
    "cluster": (mark("Same certificate, same team"), ""),
    "cell": (mark("Skill and team"), ""),
    "month": (mark("Month"), mark("month of the last day")),
    "over": (mark("Over list"), mark("what was paid over the list price, of all people")),
}
"""Columns that `tables`, `people_tables`, `person_tables` and `money_tables` add to an answer."""

OWN: dict[str, dict[str, Label]] = {
    "causes": {
        "why": (mark("Because"), ""),
        "met": (mark("Met"), mark("met requirements, more or fewer than then")),
        "required": (mark("Required"), mark("requirements, more or fewer than then")),
        "people": (mark("People"), ""),
    },
    "cost_centres": {"cost_center": (mark("Cost centre"), ""), "amount": (mark("Amount"), "")}
    | {outcome: (label, "") for outcome, label in OUTCOMES.items()},
    "audit_log": {
        "number": (mark("Entry"), ""), "at": (mark("When (UTC)"), ""), "who": (mark("Who"), ""),
        "event": (mark("What"), ""), "about": (mark("About whom"), ""), "what": (mark("More"), ""),
    },
    "roles": {
        "account": (mark("Account"), ""), "role": (mark("Role"), ""), "of_manager": (mark("Stands in for"), ""),
        "opens": (mark("Sees"), ""), "valid_from": (mark("From"), ""), "valid_to": (mark("To"), ""),
        "by_whom": (mark("Given by"), ""),
    },
    "tokens": {
        "account": (mark("Account"), ""), "label": (mark("For"), ""), "scopes": (mark("Opens"), ""),
        "valid_to": (mark("Last day"), ""), "days": (mark("Days left"), ""), "state": (mark("State"), ""),
        "token_id": (mark("Token"), ""), "by_whom": (mark("Made by"), ""),
    },
    "schedules": {
        "report": (mark("Report"), ""), "about": (mark("About"), ""), "readers": (mark("Sent to"), ""),
        "rhythm": (mark("When"), ""), "next_at": (mark("Next (UTC)"), ""), "state": (mark("State"), ""),
        "last": (mark("Last time"), mark("what came of it the last time")), "account": (mark("Scheduled by"), ""),
        "format": (mark("As"), ""), "schedule_id": (mark("Schedule"), ""),
    },
    "uploads": {
        "upload_id": (mark("Upload"), ""), "landed_at": (mark("Imported (UTC)"), ""), "by_whom": (mark("By"), ""),
        "files": (mark("Files"), ""), "effective_on": (mark("Roster from"), ""), "new_rows": (mark("New"), ""),
        "changed_rows": (mark("Changed"), ""), "gone_rows": (mark("Gone"), ""),
        "quarantined": (mark("Set aside"), ""), "status": (mark("Status"), ""),
    },
    "problems": {
        "severity": (mark("What"), ""), "file": (mark("File"), ""), "line": (mark("Line"), ""),
        "column": (mark("Column"), ""), "value": (mark("Value"), ""), "message": (mark("What is wrong"), ""),
    },
    "teams_moved": {"team": (mark("Team"), ""), "before": (mark("Before"), ""), "after": (mark("After"), "")},
    "requirements_moved": {
        "name": (mark("Name"), ""), "skill": (mark("Skill"), ""), "was": (mark("Before"), ""),
        "now": (mark("After"), ""), "team": (mark("Team"), ""),
    },
    "people_moved": {
        "name": (mark("Name"), ""), "what": (mark("Would"), ""), "before": (mark("Before"), ""),
        "after": (mark("After"), ""), "employee_id": (mark("Id"), ""),
    },
    "samples": {
        "sort": (mark("What"), ""), "kind": (mark("Kind"), ""), "key": (mark("Row"), ""), "row": (mark("Cells"), ""),
    },
    "columns_of_file": {
        "ours": (mark("Skilltrack column (* required)"), ""), "theirs": (mark("Column of the file"), ""),
        "sample": (mark("Examples"), ""),
    },
    "values_of_file": {"value": (mark("In the file"), ""), "means": (mark("Means"), "")},
    "set_aside": {
        "reason": (mark("What is wrong"), ""), "line": (mark("Line"), ""), "file": (mark("File"), ""),
        "as_it_came": (mark("As it came"), ""),
    },
    "skills_confirmed": {"level": (mark("at level"), ""), "is_right": (mark("Correct"), "")},
    "job_titles": {"role_id": (mark("Means the role"), ""), "is_right": (mark("Correct"), "")},
    "badges_read": {
        "badge": (mark("Badge"), ""), "says": (mark("Says"), ""), "issuer": (mark("Issuer"), ""),
        "signature": (mark("Signature"), ""), "reason": (mark("Reason"), ""),
    },
    "badge_steps": {"step": (mark("Step"), ""), "outcome": (mark("Outcome"), ""), "reason": (mark("Reason"), "")},
    "metrics": {
        "title": (mark("Metric"), ""), "question": (mark("Question"), ""),
    },
    "metric_columns": {
        "column": (mark("Column"), ""), "label": (mark("Label"), ""), "holds": (mark("Holds"), ""),
    },
}  # fmt: skip
"""Tables that are not answers of a metric, with all their columns."""

OF_KINDS = {
    "skill_id": mark("Skill"), "credential_id": mark("Credential"), "role_id": mark("Role"),
    "employee_id": mark("Person"), "name": mark("Name"), "category": mark("Category"), "framework": mark("Framework"),
    "framework_uri": mark("Address in the framework"), "issuer": mark("Issuer"), "tier": mark("Standing"),
    "reason": mark("Reason"), "kind": mark("Kind"), "demonstrates": mark("Demonstrates"),
    "currency": mark("Currency"), "validity_months": mark("Valid for (months)"), "list_price": mark("List price"),
    "url": mark("Address"), "level": mark("Level"), "role_name": mark("Role name"),
    "required_level": mark("Level needed"), "weight": mark("Weight"), "critical": mark("Critical"),
    "valid_from": mark("From"), "valid_to": mark("Until"), "job_title": mark("Job title"), "key": mark("Key"),
}  # fmt: skip
"""Columns of the kinds of file that the catalogue page shows."""


def share(label: str, **more: Any) -> Any:
    """A column of shares, drawn as bars with whole percentages."""
    return st.column_config.ProgressColumn(label, **more, min_value=0, max_value=100, format="%d %%", color=BLUE)


_MONEY = partial(st.column_config.NumberColumn, format="localized")
_UNIT_COST = partial(st.column_config.NumberColumn, format="localized")
_LARGE = partial(st.column_config.TextColumn, width="large")
_WIDE = partial(st.column_config.TextColumn, width=300)
_MEDIUM = partial(st.column_config.TextColumn, width="medium")
_MORE_OR_FEWER = partial(st.column_config.NumberColumn, format="%+d")
_MINUTE = partial(st.column_config.DatetimeColumn, format="YYYY-MM-DD HH:mm")
DAY = 110
"""Pixels for a day. The browser takes the width of the first rows, which may have none."""
SHARES = ("coverage", "readiness", "coverage_without")
"""Columns of shares, which tables show as whole percentages."""
NUMBERED = {"upload_id", "line", "number"}
"""Columns of numbers that count nothing, and so are written without marks between thousands."""
DRAWN: Mapping[str, Callable[..., Any]] = {
    "coverage": share, "readiness": share, "coverage_without": share, "amount": _MONEY,
    "unconverted": _MONEY, "seat_time": _MONEY,
    "cost_per_award": _UNIT_COST, "cost_per_skill_gain": _UNIT_COST, "open": _MONEY,
    "refunded": _MONEY, "price_paid": _UNIT_COST, "list_price": _UNIT_COST, "difference": _UNIT_COST,
    "over": _UNIT_COST,
    "reasons": _MEDIUM, "closed_by": _WIDE, "remains": _WIDE, "message": _LARGE, "row": _LARGE,
    "landed_at": _MINUTE, "next_at": _MINUTE,
}  # fmt: skip
"""Columns that are not drawn as they are, in whatever table."""
DRAWN_THERE: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("causes", "met"): _MORE_OR_FEWER,
    ("schedules", "last"): _LARGE,
    ("causes", "required"): _MORE_OR_FEWER,
    ("audit_log", "at"): partial(st.column_config.DatetimeColumn, format="YYYY-MM-DD HH:mm:ss"),
    ("problems", "message"): partial(st.column_config.TextColumn, width=520),
    ("job_titles", "is_right"): st.column_config.CheckboxColumn,
    ("skills_confirmed", "is_right"): st.column_config.CheckboxColumn,
    ("skills_confirmed", "level"): partial(st.column_config.NumberColumn, min_value=1, step=1),
    ("own_payments", "paid"): _MONEY,
    **{("cost_centres", outcome): _MONEY for outcome in OUTCOMES},
}
"""The same, in one table."""


def columns(
    about: str, *names: str, on: Mapping[str, date] | None = None, frame: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Columns of a table for streamlit, by name: label, what it holds (its tooltip), and how it is drawn.

    `about` is a metric or a table of `OWN`; `on` gives columns that are headed by a day. Raises `BadDefinition` for a
    name that has no label. The days of `frame`, the rows that are shown, are written as the language writes them.
    """
    days, drawn = on or {}, {}
    for name in names:
        label, holds = (short_day(days[name]), "") if name in days else label_of(about, name)
        make = _made(about, name)
        if frame is not None and _are_days(frame[name]):
            width = DAY if frame[name].isna().any() else None
            make = partial(st.column_config.DateColumn, format=day_format(), width=width)
        elif frame is not None and make is st.column_config.Column and _are_counts(name, frame[name]):
            make = partial(st.column_config.NumberColumn, format="localized")
        drawn[name] = make(label, help=plain(holds) or None)
    return drawn


def unit_costs(about: str, names: Iterable[str]) -> list[str]:
    """Those columns of a table that hold what one of something costs, which screens show in whole units."""
    return [name for name in names if _made(about, name) is _UNIT_COST]


def _made(about: str, name: str) -> Callable[..., Any]:
    return DRAWN_THERE.get((about, name)) or DRAWN.get(name) or st.column_config.Column


def _are_counts(name: str, column: pd.Series) -> bool:
    return name not in NUMBERED and pd.api.types.is_integer_dtype(column.dtype)


def _are_days(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    return next((type(value) is date for value in column if not pd.isna(value)), False)


def label_of(about: str, name: str) -> Label:
    """The label of a column and what it holds, in the language of this run."""
    known = _known(about)
    if name not in known:
        raise BadDefinition(f"The table {about} has no column {name}. Use one of: {', '.join(known)}.")
    label, holds = known[name]
    return _(label), _(holds) if holds else ""


@cache
def _known(about: str) -> Mapping[str, Label]:
    """The columns of a table, with their labels in English."""
    if about in OWN:
        return OWN[about]
    metric = catalogue()[about]
    return WORKED_OUT | {column: (label, metric.columns[column]) for column, label in metric.labels.items()}


def of_kind(name: str) -> str:
    """The label of a column of a kind of file; its name where it has none."""
    return _(OF_KINDS[name]) if name in OF_KINDS else name
