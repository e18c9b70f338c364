"""CSV as the contract says: true/false, empty is empty, ISO dates, ratios with at least six decimals.

A text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers and dates never do, nor a text
that is nothing but a number.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pandas as pd

DECIMALS = 6
CHUNK = 20_000
"""Rows that are text at once, so that memory does not grow with the report."""

FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]")
QUOTED = re.compile(r'[",\r\n]')
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write(frame: pd.DataFrame, file: BinaryIO) -> None:
    """The frame as UTF-8 CSV with a header row."""
    for number, part in enumerate(chunks(frame)):
        columns = [[quoted(cell(value)) for value in part[name].tolist()] for name in part.columns]
        heads = [tuple(map(str, frame.columns))] if number == 0 else []
        lines = [",".join(row) + "\n" for row in (*heads, *zip(*columns, strict=True))]
        file.write("".join(lines).encode("utf-8"))


def chunks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The frame in pieces; one empty piece when it has no rows."""
    for first in range(0, max(len(frame), 1), CHUNK):
        yield frame.iloc[first : first + CHUNK]


def quoted(text: str) -> str:
    """A cell with quotes where its signs need them, a lone carriage return too, which Python's own writer forgets."""
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def cell(value: Any) -> str:
    """One value as text."""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) and not NUMBER.fullmatch(value) else value
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
