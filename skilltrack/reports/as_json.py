"""JSON: a list of objects, one a row; null where a cell is empty."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pandas as pd

from skilltrack.reports.as_csv import chunks


def write(frame: pd.DataFrame, file: BinaryIO) -> None:
    """The frame as UTF-8 JSON."""
    before = "[\n "
    for part in chunks(frame):
        columns = {name: [plain(value) for value in part[name].tolist()] for name in part.columns}
        for row in zip(*columns.values(), strict=True):
            said = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, indent=1)
            file.write((before + said.replace("\n", "\n ")).encode("utf-8"))
            before = ",\n "
    file.write(b"\n]\n" if len(frame) else b"[]\n")


def plain(value: Any) -> Any:
    """One value as JSON knows it: money as a number with its decimals, dates as ISO text."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
