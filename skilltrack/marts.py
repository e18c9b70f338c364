"""Definitions that questions are built from: each file of `sql/marts` is one relation.

`with_marts` puts the relations that a select reads in front of it as common table expressions, lowest first. A mart
may read base tables and other marts, never a metric. Some relations have a second text in `sql/marts/fast` that reads
tables computed ahead (`sql/marts/kept`, see `refresh`) and gives the same rows.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

END_OF_TIME = datetime(9999, 12, 31)
"""The known-at time that means: everything known by now."""

EVERYBODY = {"first_person": 0, "last_person": 2**31 - 1}
"""The numbers between which every person lies, for questions about no organisation in particular."""

MARTS = Path(__file__).parent / "sql" / "marts"


@cache
def mart_texts(folder: str = "") -> dict[str, str]:
    """Every mart's select by its name, comments left out; `folder` is "" for the definitions, "fast" or "kept"."""
    files = sorted((MARTS / folder).glob("*.sql"))
    return {path.stem: without_comments(path.read_text(encoding="utf-8")) for path in files}


@cache
def with_marts(select: str) -> str:
    """`select` preceded by the definition of every mart it needs, directly or through another."""
    return put_together(select, mart_texts())


@cache
def with_kept_marts(select: str, *folders: str) -> str:
    """The same question over the kept tables: each of `folders` of `sql/marts` replaces texts of those before it."""
    texts = dict(mart_texts())
    for folder in folders:
        texts |= mart_texts(folder)
    return put_together(select, texts)


def put_together(select: str, texts: Mapping[str, str]) -> str:
    """`select` preceded by those of `texts` that it needs, directly or through another."""
    ordered: list[str] = []

    def visit(text: str, own: str) -> None:
        for name in relations_read(text):
            if name in texts and name != own and name not in ordered:
                visit(texts[name], name)
                ordered.append(name)

    body = without_comments(select)
    visit(body, "")
    if not ordered:
        return body
    parts = ",\n".join(f"{name} as (\n{texts[name]}\n)" for name in ordered)
    # A select that opens with its own CTEs continues the list.
    if body.startswith("with recursive "):
        body = "with " + body[15:]
    return f"with recursive {parts}\n{body}" if not body.startswith("with ") else f"with recursive {parts},\n{body[5:]}"


def content_sum(columns: Iterable[str]) -> str:
    """An aggregate over whole rows that is the same in any order: half an MD5 of the cells of each, added up.

    A cell counts with its place, so that none can stand for another.
    """
    cells = ", ".join(f"coalesce(cast({name} as varchar), chr(30))" for name in columns)
    return f"cast(sum(md5_number_lower(concat_ws(chr(31), {cells}))) as hugeint)"


def relations_read(text: str) -> list[str]:
    """Names that follow FROM or JOIN, in order of appearance, each once."""
    return list(dict.fromkeys(re.findall(r"\b(?:from|join)\s+([a-z_][a-z_0-9]*)", text)))


def without_comments(text: str) -> str:
    """SQL without its comments, outer blanks and closing semicolon."""
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")
