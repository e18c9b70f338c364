"""Definitions that questions are built from: each file of `sql/marts` is one relation.

`with_marts` puts the relations that a select reads in front of it as common table expressions, lowest first. A mart
may read base tables and other marts, never a metric.
"""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

END_OF_TIME = datetime(9999, 12, 31)
"""The known-at time that means: everything known by now."""

MARTS = Path(__file__).parent / "sql" / "marts"


@cache
def mart_texts() -> dict[str, str]:
    """Every mart's select by its name, comments left out."""
    return {path.stem: _without_comments(path.read_text(encoding="utf-8")) for path in sorted(MARTS.glob("*.sql"))}


@cache
def with_marts(select: str) -> str:
    """`select` preceded by every mart it needs, directly or through another."""
    texts = mart_texts()
    ordered: list[str] = []

    def visit(text: str, own: str) -> None:
        for name in relations_read(text):
            if name in texts and name != own and name not in ordered:
                visit(texts[name], name)
                ordered.append(name)

    body = _without_comments(select)
    visit(body, "")
    if not ordered:
        return body
    parts = ",\n".join(f"{name} as (\n{texts[name]}\n)" for name in ordered)
    # A select that opens with its own CTEs keeps them inside a subquery, where a nested WITH is allowed.
    return f"with recursive {parts}\n{body}" if not body.startswith("with ") else f"with recursive {parts},\n{body[5:]}"


def relations_read(text: str) -> list[str]:
    """Names that follow FROM or JOIN, in order of appearance, each once."""
    return list(dict.fromkeys(re.findall(r"\b(?:from|join)\s+([a-z_][a-z_0-9]*)", text)))


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")
