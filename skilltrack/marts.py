"""Definitions that questions are built from: each file of `sql/marts` is one relation.

`with_marts` puts the relations that a select reads in front of it as common table expressions, lowest first. A mart
may read base tables and other marts, never a metric. Some relations have a second text in `sql/marts/fast` that reads
tables computed ahead (`sql/marts/kept`, see `refresh`) and gives the same rows.

For a viewer who does not see everybody (`is_limited`), whatever a select reads about people is narrowed to the people
of `sql/marts/seen.sql` on the way in: a metric cannot forget it, because it never names the scope.
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
def with_marts(select: str, is_limited: bool = False) -> str:
    """`select` preceded by the definition of every mart it needs, directly or through another."""
    return put_together(*_narrowed(select, mart_texts(), is_limited))


@cache
def with_kept_marts(select: str, *folders: str, is_limited: bool = False, is_own: bool = False) -> str:
    """The same question over the kept tables: each of `folders` of `sql/marts` replaces texts of those before it."""
    texts = dict(mart_texts())
    for folder in folders:
        texts |= mart_texts(folder)
    return put_together(*_narrowed(select, texts, is_limited, is_own))


def _narrowed(
    select: str, texts: Mapping[str, str], is_limited: bool, is_own: bool = False
) -> tuple[str, Mapping[str, str]]:
    """The select and the marts, both with nobody in them whom a limited viewer may not see.

    `listed`, from which every group of people is made, keeps those seen on its day; every other relation about people
    that the select itself reads keeps those seen on any asked day. `is_own`: all whom `listed` holds are seen anyway.
    """
    if not is_limited:
        return select, texts
    narrowed = dict(texts)
    if not is_own:
        narrowed |= {"everybody_listed": texts["listed"], "listed": SEEN_THAT_DAY}
    select = without_comments(select)
    for name in relations_read(select):
        if name in texts and is_about_people(name, texts) and not is_made_of_listed(name, texts):
            narrowed[f"seen_{name}"] = SEEN_AT_ALL.format(name=name)
            select = re.sub(rf"\b(from|join)\s+{name}\b", rf"\1 seen_{name}", select)
    return select, narrowed


def of_everybody(select: str) -> str:
    """A select about the whole company without its conditions on who is in scope, whom the engine would look up."""
    return re.sub(r"\n\s+and \(\$is_whole_company or [^\n]+\)", "", select)


SEEN_THAT_DAY = """select l.*
from everybody_listed as l
where (l.day, l.employee_id) in (select v.day, v.employee_id from seen as v)"""
SEEN_AT_ALL = "select r.*\nfrom {name} as r\nwhere r.employee_id in (select v.employee_id from seen as v)"

ABOUT_PEOPLE = (
    "roster_rows", "badge_rows", "prior_learning_rows", "self_rating_rows", "exemption_rows", "spend_rows",
    "kept_people", "kept_roster", "kept_lines", "kept_awards", "kept_holdings", "kept_standings", "kept_spend",
    "kept_days",
)  # fmt: skip
"""Tables whose rows are people's, or sums over them. They are read through marts only."""


def is_about_people(name: str, texts: Mapping[str, str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a relation is made of rows about people."""
    if name in ABOUT_PEOPLE:
        return True
    below = relations_read(texts.get(name, ""))
    return any(is_about_people(r, texts, seen | {name}) for r in below if r != name and r not in seen)


def is_made_of_listed(name: str, texts: Mapping[str, str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a relation takes its people from `listed`, which is narrowed already."""
    if name == "listed":
        return True
    below = relations_read(texts.get(name, ""))
    return any(is_made_of_listed(r, texts, seen | {name}) for r in below if r in texts and r not in seen | {name})


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


def content_sum(columns: Iterable[str], added: Iterable[str] = ()) -> str:
    """An aggregate over whole rows that is the same in any order: half an MD5 of the cells of each, added up.

    A cell counts with its place, so that none can stand for another. Columns that were `added` later count where they
    are filled: of rows from before them the sum stays what it was.
    """
    given = [f"coalesce(cast({name} as varchar), chr(30))" for name in columns]
    later = [f"'{name}' || chr(29) || cast({name} as varchar)" for name in added]
    cells = ", ".join([*given, *later])
    return f"cast(sum(md5_number_lower(concat_ws(chr(31), {cells}))) as hugeint)"


def relations_read(text: str) -> list[str]:
    """Names that follow FROM or JOIN, in order of appearance, each once."""
    return list(dict.fromkeys(re.findall(r"\b(?:from|join)\s+([a-z_][a-z_0-9]*)", text)))


def without_comments(text: str) -> str:
    """SQL without its comments, outer blanks and closing semicolon."""
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")
