"""CSV as the contract says: true/false, empty cells for no value, ISO dates, ratios with at least six decimals.

A text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers and dates never get one, nor
does a text that is only a number.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pandas as pd

DECIMALS = 6
CHUNK = 20_000
"""Rows that are turned into text at a time, so that memory does not grow with the report."""

Tell = Callable[[str], None]
"""Receives a message on how far the writing has got."""

FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]")
QUOTED = re.compile(r'[",\r\n]')
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write(frame: pd.DataFrame, file: BinaryIO, tell: Tell = lambda message: None) -> None:
    """The frame as UTF-8 CSV with a header row."""
    for number, part in enumerate(chunks(frame, tell)):
        columns = [each(part[name], lambda value: quoted(cell(value))) for name in part.columns]
        heads = [tuple(map(str, frame.columns))] if number == 0 else []
        lines = [",".join(row) + "\n" for row in (*heads, *zip(*columns, strict=True))]
        file.write("".join(lines).encode("utf-8"))


def chunks(frame: pd.DataFrame, tell: Tell = lambda message: None) -> Iterator[pd.DataFrame]:
    """The frame in pieces, with messages on progress; one empty piece when it has no rows."""
    for first in range(0, max(len(frame), 1), CHUNK):
        if first:
            tell(f"Writing, {first:,} of {len(frame):,} rows")
        yield frame.iloc[first : first + CHUNK]


def each(column: pd.Series, word: Callable[[Any], str]) -> list[str]:
    """`word` of every value, worked out once for equal values."""
    kinds = [(value.__class__, value) for value in column.tolist()]
    known = {kind: word(kind[1]) for kind in set(kinds)}
    return [known[kind] for kind in kinds]


def quoted(text: str) -> str:
    """A cell, in quotes if a character needs them. A lone carriage return does, which Python's own writer forgets."""
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def cell(value: Any) -> str:
    """One value as text."""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) and not NUMBER.fullmatch(value) else value
    if pd.isna(value):
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
