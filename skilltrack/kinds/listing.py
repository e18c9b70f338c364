"""The kinds of file and the columns of each: `python -m skilltrack.kinds.listing` writes docs/files.md."""

import sys

from skilltrack.kinds.declared import KEPT_APART, KINDS, Column, Kind
from skilltrack.kinds.in_words import holds

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
    return f"| {name} | {holds(kind, column)} | {', '.join(dict.fromkeys(column.synonyms[:SHOWN]))} |"


if __name__ == "__main__":
    sys.stdout.write(listing())
