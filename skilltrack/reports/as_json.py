"""JSON: a list of objects, one a row; null where a cell is empty."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd


def write(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 JSON."""
    columns = {name: [plain(value) for value in frame[name].tolist()] for name in frame.columns}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def plain(value: Any) -> Any:
    """One value as JSON knows it: money as a number with its decimals, dates as ISO text."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
