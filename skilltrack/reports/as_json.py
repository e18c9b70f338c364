"""JSON: a list of objects, one per row; null where a cell is empty."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, BinaryIO

import pandas as pd

from skilltrack.reports.as_csv import Tell, chunks, each


def write(frame: pd.DataFrame, file: BinaryIO, tell: Tell = lambda message: None) -> None:
    """The frame as UTF-8 JSON."""
    before = "[\n "
    for part in chunks(frame, tell):
        columns = [each(part[name], partial(_entry, name)) for name in part.columns]
        rows = ["{\n  " + ",\n  ".join(cells) + "\n }" for cells in zip(*columns, strict=True)]
        if rows:
            file.write((before + ",\n ".join(rows)).encode("utf-8"))
            before = ",\n "
    file.write(b"\n]\n" if len(frame) else b"[]\n")


def _entry(name: str, value: Any) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(plain(value), ensure_ascii=False)}"


def plain(value: Any) -> Any:
    """One value as JSON has it: money as a number with its decimals, dates as ISO text."""
    if pd.isna(value):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
