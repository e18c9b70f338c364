"""The kinds of file and the columns of each: `python -m skilltrack.kinds.listing` writes docs/files.md."""

import sys

from skilltrack.kinds.declared import KEPT_APART, KINDS, Column, Kind

TYPES = {
    "date": "a date", "level": "a whole number from 1", "level_or_0": "a whole number; 0 takes the mapping back",
    "whole": "a whole number from 1", "weight": "a number from 0, at most four decimals", "money": "an amount, 1234.50",
    "yes_no": "true or false", "currency": "three letters, EUR",
}  # fmt: skip
SHOWN = 5
"""At most this many headers of other systems are listed for a column."""
HEAD = """# Files

Made from `skilltrack/kinds/declared.py` and `headers.toml`: change them there, then run `make docs`. Columns in
**bold** must have a value. The headers of other systems are examples. Case, spaces, punctuation and accents in a
header do not matter.
"""


def listing() -> str:
    """The page, as Markdown."""
    return "\n".join([HEAD, *(line for kind in KINDS.values() for line in _table(kind))])


def _table(kind: Kind) -> list[str]:
    key = "award_id, or holder, credential and day of issue" if kind.optional_id else " and ".join(kind.key)
    rows = [_row(kind, column) for column in kind.file_columns if column != KEPT_APART and column.name != "status_says"]
    who = "HR" if kind.area == "people files" else "HR or L&D"
    lines = [f"## {kind.name}", "", f"Key: {key}. Uploaded by {who}.", ""]
    return [*lines, "| column | holds | headers of other systems |", "| --- | --- | --- |", *rows, ""]


def _row(kind: Kind, column: Column) -> str:
    name = f"**{column.name}**" if column.required and not column.instead else column.name
    holds = TYPES.get(column.type, "text")
    if column.choices:
        holds = f"one of {', '.join(column.choices)}"
    if column.refers_to:
        holds = "an employee_id of the roster" if column.refers_to == "roster" else f"an id of {column.refers_to}"
    if column.default is not None:
        holds += f"; empty: {column.default}"
    if column.required and column.instead:
        holds += f"; needed, or {' and '.join(column.instead)}"
    if column.name in kind.one_of:
        holds += f"; needed, or {' or '.join(name for name in kind.one_of if name != column.name)}"
    if column in kind.read_only:
        holds += "; only to find what the row is about"
    return f"| {name} | {holds} | {', '.join(dict.fromkeys(column.synonyms[:SHOWN]))} |"


if __name__ == "__main__":
    sys.stdout.write(listing())
