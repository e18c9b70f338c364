"""CSV as the contract says: true/false, empty is empty, ISO dates, ratios with at least six decimals."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

DECIMALS = 6


def write(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 CSV with a header row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    columns = [frame[name].tolist() for name in frame.columns]
    writer.writerows([cell(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue().encode("utf-8")


def cell(value: Any) -> str:
    """One value as text."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        short = f"{value:.{DECIMALS}f}"
        return short if float(short) == value else format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
