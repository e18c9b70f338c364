"""The SQL texts by name, and a select preceded by those that it reads.

Each file of `sql/definitions` is one relation; others are made from the kinds of file (`from_kinds`).
`with_definitions` puts the relations that a select reads in front of it as common table expressions, lowest first. A
definition may read base tables and other definitions, never a metric. Some have a second text in
`sql/from_kept/<case>`, which reads the kept tables (`sql/kept`) and gives the same rows.

For a viewer who does not see everybody (`is_limited`), whatever a select reads about people is narrowed to the people
of `sql/definitions/seen.sql` on the way in: a metric cannot forget it, because it never names the scope.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Literal

from skilltrack.config import SQL
from skilltrack.errors import BadDefinition
from skilltrack.kinds import KINDS, kinds_about_people
from skilltrack.relations.from_kinds import made_from_kinds
from skilltrack.storage import (
    contract,
    is_computable,
    learn,
    parsed,
    reading_others,
    relations_read,
    without_with,
)

END_OF_TIME = datetime(9999, 12, 31)
"""The known-at time that means: everything known by now."""

EVERYBODY = {"first_person": 0, "last_person": 2**31 - 1}
"""The range that includes every person's number, for questions about no organisation in particular."""

Case = Literal["any", "own_role", "asked_role", "whole_company", "short_list", "no_results", "no_proofs"]
"""Cases in which kept tables answer with texts of their own; each is a folder of `sql/from_kept`."""


@cache
def read_texts(folder: str) -> dict[str, str]:
    """The text of every file in a folder of `sql`, by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / folder).glob("*.sql"))}


def read_text(place: str) -> str:
    """The text of one file of `sql`, by its folder and name: `landing/whose/left`."""
    folder, _, name = place.rpartition("/")
    return read_texts(folder)[name]


def definitions() -> dict[str, str]:
    """The definitions, one relation each over the base tables: from a file, or made from the kinds of file."""
    return _definitions(tuple(KINDS))


def made_relations() -> dict[str, str]:
    """The definitions that are not files, because they are made from the kinds."""
    return {name: text for name, text in definitions().items() if name not in read_texts("definitions")}


@cache
def _definitions(kinds: tuple[str, ...]) -> dict[str, str]:
    """The definitions while these kinds are declared."""
    written = read_texts("definitions")
    return written | made_from_kinds(written, read_texts("from_kinds"))


def kept_selects() -> dict[str, str]:
    """The select that fills each kept table."""
    return read_texts("kept")


def kept_steps() -> dict[str, str]:
    """Relations that only the selects of the kept tables read."""
    return read_texts("kept/steps")


def kept_schema() -> str:
    """The statements that make the kept tables, empty."""
    return read_texts("schema")["kept"]


def from_kept(case: Case) -> dict[str, str]:
    """The relations that read the kept tables instead of the base tables in this case."""
    return read_texts(f"from_kept/{case}")


def with_definitions(select: str, is_limited: bool = False) -> str:
    """`select` preceded by the definition of every relation it needs, directly or through another."""
    return _with_texts(select, (), is_limited, False, tuple(KINDS))


def with_kept(select: str, *cases: Case, is_limited: bool = False, is_own: bool = False) -> str:
    """The same question over the kept tables: each of `cases` replaces texts of those before it."""
    return _with_texts(select, cases, is_limited, is_own, tuple(KINDS))


@cache
def with_published(select: str, given: frozenset[str]) -> str:
    """The same question where the relations `given` lie ready: they are read as they are, others follow from them.

    What of `contract()` neither lies ready nor follows stays a name that nothing gives.
    """
    lacking = {name for name in contract() if name not in given and not is_computable(name, given)}
    texts = definitions() | read_texts("from_published")
    return put_together(select, {name: text for name, text in texts.items() if name not in given | lacking})


@cache
def _with_texts(select: str, cases: tuple[Case, ...], is_limited: bool, is_own: bool, kinds: tuple[str, ...]) -> str:
    texts = dict(_definitions(kinds))
    for case in cases:
        texts |= from_kept(case)
    return put_together(*_narrowed(select, texts, is_limited, is_own))


def _narrowed(
    select: str, texts: Mapping[str, str], is_limited: bool, is_own: bool = False
) -> tuple[str, Mapping[str, str]]:
    """The select and the definitions, both without anybody whom a limited viewer may not see.

    `listed`, from which every group of people is made, keeps those seen on its day. Every other relation about people
    that the select itself reads keeps those seen on any day asked about. `is_own`: all in `listed` are seen anyway.
    """
    if not is_limited:
        return select, texts
    narrowed = dict(texts)
    if not is_own:
        narrowed |= {"everybody_listed": texts["listed"], "listed": SEEN_THAT_DAY}
    seen = {
        name: f"seen_{name}"
        for name in relations_read(select)
        if name in texts and is_about_people(name, texts) and not is_made_of_listed(name, texts)
    }
    return reading_others(select, seen), narrowed | {seen[name]: SEEN_AT_ALL.format(name=name) for name in seen}


SEEN_THAT_DAY = """select l.*
from everybody_listed as l
where (l.day, l.employee_id) in (select v.day, v.employee_id from seen as v)"""
SEEN_AT_ALL = "select r.*\nfrom {name} as r\nwhere r.employee_id in (select v.employee_id from seen as v)"


@cache
def refuse_tables(title: str, select: str) -> None:
    """Raise `BadDefinition` when a question reads anything but definitions: only these can be narrowed."""
    tables = [name for name in relations_read(select) if name not in definitions()]
    if tables:
        raise BadDefinition(
            f"The metric {title} reads {', '.join(tables)}, which sql/definitions does not define. "
            "Read one of its definitions, or add one."
        )
    if hidden := parsed(select).expressions & set(definitions()):
        raise BadDefinition(
            f"The metric {title} has a common table expression with the name of a definition: "
            f"{', '.join(sorted(hidden))}. Give it another name."
        )


KEPT_ABOUT_PEOPLE = (
    "kept_people",
    "kept_roster",
    "kept_lines",
    "kept_awards",
    "kept_holdings",
    "kept_standings",
    "kept_spend",
    "kept_days",
)
"""Kept tables with rows about people, or sums over them."""


def tables_about_people() -> set[str]:
    """Tables with rows about people, or sums over them. They are read through definitions only."""
    return {*KEPT_ABOUT_PEOPLE, "award_checks", "proposal_events", *(kind.table for kind in kinds_about_people())}


def is_about_people(name: str, texts: Mapping[str, str]) -> bool:
    """Whether a relation is made of rows about people."""
    return not reached(name, texts).isdisjoint(tables_about_people())


def is_made_of_listed(name: str, texts: Mapping[str, str]) -> bool:
    """Whether a relation takes its people from `listed`, which is narrowed already."""
    return "listed" in reached(name, texts)


def reached(name: str, texts: Mapping[str, str]) -> set[str]:
    """The names of a relation and of all that it reads, directly or through another."""
    reached, ahead = set(), [name]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += relations_read(texts[name]) if name in texts else []
    return reached


def put_together(select: str, texts: Mapping[str, str]) -> str:
    """`select` preceded by the `texts` that it needs, directly or through another."""
    ordered: list[str] = []

    def visit(text: str, own: str) -> None:
        for name in relations_read(text):
            if name in texts and name != own and name not in ordered:
                visit(texts[name], name)
                ordered.append(name)

    learn([select, *texts.values()])
    visit(select, "")
    if not ordered:
        return select
    parts = ",\n".join(f"{name} as (\n{texts[name]}\n)" for name in ordered)
    body, continues_the_list = without_with(select)
    return f"with recursive {parts}{',' * continues_the_list}\n{body}"


def content_sum(columns: Iterable[str], added: Iterable[str] = ()) -> str:
    """An aggregate over whole rows that is the same in any order: half an MD5 of the cells of each row, added up.

    A cell counts with its position, so that none can stand for another. Columns `added` later count only where they
    have a value, so that the sum over older rows stays what it was.
    """
    given = [f"coalesce(cast({name} as varchar), chr(30))" for name in columns]
    later = [f"'{name}' || chr(29) || cast({name} as varchar)" for name in added]
    cells = ", ".join([*given, *later])
    return f"cast(sum(md5_number_lower(concat_ws(chr(31), {cells}))) as hugeint)"
