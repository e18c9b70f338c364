"""What a SQL text reads, as the engine parses it: however a relation is written, it is the same relation.

The engine gives the parse tree of a text without running it (`json_serialize_sql`). A text that it gives no tree of,
or that holds something not known here, is refused: nobody could say what such a text reads.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import duckdb

from skilltrack.errors import BadDefinition
from skilltrack.storage.engine import connect

MOST = 5_000
"""Texts whose relations are remembered at once."""

PLAIN_FUNCTIONS = {"unnest", "range", "generate_series"}
"""Functions that a text may have in its FROM: they read nothing. Others, such as `query_table`, read what they name."""

KNOWN_NODES = {
    "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE",
    "BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT",
    "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
    "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
}  # fmt: skip
"""Parts of a tree, other than expressions and types, of which it is known what they read."""

SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)

TREES = (
    "select text, json_serialize_sql(text, skip_default := true, skip_null := true, skip_empty := true) as tree "
    "from (select unnest($texts) as text) as t"
)

_answering = threading.RLock()
_trees: dict[str, str] = {}
"""Of texts that nobody has asked about yet, what the engine makes of them."""
_parsed: dict[str, "Parsed"] = {}


@dataclass(frozen=True)
class Read:
    """A place in a text at which a relation is read; its own common table expressions are none."""

    name: str
    """The relation, with small letters (see `_compared`)."""
    written: str
    alias: str
    at: int
    """Where its name begins, in bytes of UTF-8; 0 where the engine does not say."""


@dataclass(frozen=True)
class Parsed:
    """What is known of one select."""

    reads: tuple[Read, ...]
    """Every place at which it reads a relation, in the order of the text."""
    expressions: frozenset[str]
    """Names of its own common table expressions, at any depth, with small letters."""


def parsed(text: str) -> Parsed:
    """What one select reads.

    Raises `BadDefinition` for a text that is not one select, and for one that does not say what it reads.
    """
    if (known := _parsed.get(text)) is None:
        with _answering:
            learn([text])
            if text in _trees:
                visited = _Visit(text)
                visited.part(_statement(_trees.pop(text), text), frozenset())
                if len(_parsed) >= MOST:
                    _parsed.clear()
                places = sorted(visited.reads, key=lambda read: read.at)
                _parsed[text] = Parsed(tuple(places), frozenset(visited.expressions))
            known = _parsed[text]
    return known


def relations_read(text: str) -> list[str]:
    """The relations that one select reads, in the order of the text, each once."""
    return list(dict.fromkeys(read.name for read in parsed(text).reads))


def learn(texts: Iterable[str]) -> None:
    """Have the engine parse, in one go, those of the texts that are not known yet: quicker than one by one."""
    with _answering:
        unknown = [text for text in dict.fromkeys(texts) if text not in _parsed and text not in _trees]
        if unknown:
            if len(_trees) >= MOST:
                _trees.clear()
            _trees.update(_engine().execute(TREES, {"texts": unknown}).fetchall())


def reading_others(text: str, others: Mapping[str, str]) -> str:
    """A select that reads other relations in the place of some, and calls them as before."""
    content, places = text.encode(), parsed(text).reads
    for read in reversed(places):
        if read.name in others:
            first = content[read.at : read.at + 1].decode(errors="ignore")
            quote = first if first in ('"', "'") else ""
            end = read.at + len((quote + read.written.replace(quote, 2 * quote) + quote).encode())
            called = "" if read.alias else ' as "{}"'.format(read.written.replace('"', '""'))
            content = content[: read.at] + (others[read.name] + called).encode() + content[end:]
    changed = content.decode()
    if [read.name for read in parsed(changed).reads] != [others.get(read.name, read.name) for read in places]:
        raise BadDefinition(f"{_begun(text)} cannot be changed to read {', '.join(others.values())}.")
    return changed


@lru_cache(MOST)
def parameters_named(text: str) -> frozenset[str]:
    """The parameters that one or more statements of any kind name."""
    with _answering:
        statements = _engine().extract_statements(text)
    return frozenset(name for statement in statements for name in statement.named_parameters)


@lru_cache(MOST)
def without_with(text: str) -> tuple[str, bool]:
    """A select without the comments above it, and whether it begins with its own common table expressions.

    Of one that does, the words WITH and RECURSIVE are left out too, so that its list can follow another.
    """
    content = text.encode()
    words = [(at, kind) for at, kind in duckdb.tokenize(text) if kind != duckdb.token_type.comment]
    skipped = 0
    for keyword in (b"with", b"recursive"):
        at, kind = words[skipped]
        if kind == duckdb.token_type.keyword and content[at : at + len(keyword)].lower() == keyword:
            skipped += 1
    return content[words[skipped][0] :].decode(), skipped > 0


@cache
def _engine() -> Any:
    return connect(":memory:")


def _statement(serialized: str, text: str) -> Any:
    tree = json.loads(serialized)
    if tree["error"]:
        raise BadDefinition(f"{_begun(text)} is not a select that the engine can parse: {tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise BadDefinition(f"{_begun(text)} holds {len(tree['statements'])} statements. Write one select.")
    return tree["statements"][0]


class _Visit:
    """A walk through the tree of one text, which notes what it reads."""

    def __init__(self, text: str):
        self._text = text
        self.reads: list[Read] = []
        self.expressions: set[str] = set()

    def part(self, part: Any, own: frozenset[str]) -> None:
        """Note what a part of the tree reads; `own`: the common table expressions that can be read there."""
        if isinstance(part, list):
            for each in part:
                self.part(each, own)
        if not isinstance(part, dict):
            return
        node = part.get("type")
        if "class" not in part and isinstance(node, str):
            self._relation(part, node, own)
        for entry in part["cte_map"].get("map", ()) if "cte_map" in part else ():
            self.part(entry["value"], own)
            own |= {_compared(entry["key"])}  # those after it can read it, it cannot read itself
            self.expressions.add(_compared(entry["key"]))
        for key, each in part.items():
            if key != "cte_map" and isinstance(each, (dict, list)):
                itself = {_compared(part["cte_name"])} if node == "RECURSIVE_CTE_NODE" and key == "right" else ()
                self.part(each, own.union(itself) if itself else own)

    def _relation(self, part: Any, node: str, own: frozenset[str]) -> None:
        if node not in KNOWN_NODES and not node.endswith("_TYPE_INFO"):
            raise self._refused(f"holds a {node}, of which is not known what it reads. Write it otherwise.")
        if node == "BASE_TABLE":
            written = part["table_name"]
            if part.get("schema_name") or part.get("catalog_name"):
                raise self._refused(f"reads {written} of a schema. Name it without the schema.")
            if (name := _compared(written)) not in own:
                at = part.get("query_location", 0)
                self.reads.append(Read(name, written, part.get("alias", ""), at))
        if node == "TABLE_FUNCTION" and (name := part["function"]["function_name"]) not in PLAIN_FUNCTIONS:
            raise self._refused(
                f"reads from {name}(…), which may read anything. Name relations, or use one of: "
                f"{', '.join(sorted(PLAIN_FUNCTIONS))}."
            )

    def _refused(self, why: str) -> BadDefinition:
        return BadDefinition(f"{_begun(self._text)} {why}")


def _compared(name: str) -> str:
    """A name as the engine compares names: capitals are small letters from A to Z, and in no other alphabet."""
    return name.translate(SMALL)


def _begun(text: str) -> str:
    """How a text begins, for a sentence about it."""
    words = " ".join(text.split())
    return f"The SQL text “{words[:60]}{'…' if len(words) > 60 else ''}”"
