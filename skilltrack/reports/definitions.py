"""The definitions of all metrics as a document, and of the relations that are made from the kinds of file.

`python -m skilltrack.reports.definitions` prints it; docs/definitions.md holds it, and a test keeps the two alike.
"""

import sys

from skilltrack.questions import catalogue
from skilltrack.relations import made_relations


def markdown() -> str:
    """The document as Markdown: each metric's question, definition, unit, columns and where its SQL lies."""
    parts = [
        "# Definitions",
        "",
        "Made from the headers of `skilltrack/sql/metrics`: change a definition there, then run `make docs`. What",
        "metrics read lies in `skilltrack/sql/definitions`; relations that no file there holds end this page.",
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
