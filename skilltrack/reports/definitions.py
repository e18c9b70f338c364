"""The definitions of all metrics, and of the relations made from the kinds of file, as a document.

`python -m skilltrack.reports.definitions` prints it. docs/definitions.md is a copy, and a test checks that it is up to
date.
"""

import sys

from skilltrack.questions import catalogue
from skilltrack.relations import made_relations


def markdown() -> str:
    """The document as Markdown: each metric's question, definition, unit, columns and the path of its SQL."""
    parts = [
        "# Definitions",
        "",
        "Made from the headers of `skilltrack/sql/metrics`: change a definition there, then run `make docs`. The SQL",
        "that metrics read is in `skilltrack/sql/definitions`; relations that have no file there are at the end.",
    ]
    for metric in catalogue().values():
        asked = "" if metric.report == "no" else f" · `python -m skilltrack report {metric.name}`"
        parts += ["", f"## {metric.title}", "", f"*{metric.question}*", "", metric.definition, ""]
        parts += [f"Unit: {metric.unit} · SQL: `sql/metrics/{metric.name}.sql`{asked}", ""]
        parts += ["| column | label | holds |", "| --- | --- | --- |"]
        parts += [f"| {name} | {metric.labels[name]} | {holds} |" for name, holds in metric.columns.items()]
    parts += ["", "# Relations made from the kinds of file", ""]
    parts += ["Made from `skilltrack/kinds/declared.py` and the texts of `skilltrack/sql/from_kinds`."]
    for name, text in sorted(made_relations().items()):
        parts += ["", f"## {name}", "", "```sql", text.rstrip(), "```"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
