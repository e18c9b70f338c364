"""A credential's JSON-LD as the statements that a proof signs, each a line of N-Quads in parts.

An RDF proof signs statements, not the JSON in which they are written. So whatever would let one set of statements be
written in two ways that we read differently is refused: contexts of the credential's own, keywords, addresses as keys.
What the contexts do not define makes no statement and is not signed; `unsigned_places` says where that is.
"""

import re
import secrets
from collections.abc import Iterator
from typing import Any

from skilltrack.badges import json_text
from skilltrack.badges.contexts import UnknownContext, context
from skilltrack.reasons import english
from skilltrack.text import visible

Term = str
Statement = tuple[Term, Term, Term, Term]
"""Subject, predicate, object and graph as N-Quads writes them; a blank node begins with `_:`."""
Path = tuple[str | int, ...]
"""Keys and positions that lead to a value of a JSON document."""

OBJECTS = 1_000
"""JSON objects in what one proof covers. A credential has about thirty, a record of a hundred credentials 800."""
VALUES = 15_000
"""Keys and values in the same."""
FEW = 800
"""Objects that are expanded at most to look at values one by one; what would take more is taken as not signed."""
ALLOWED = {"@context", "@value", "@language", "@direction"}
"""The keywords that a credential may use; all others make one statement writable in two ways."""
CLASSES = {"Achievement", "Address", "Criteria", "GeoCoordinates", "Image", "Profile"}
"""Classes whose address a property has too: as a key, one of them makes the statements of that property."""

XSD, RDF = "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x1f<>\"]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
BASE = "relative://nowhere/"
"""What relative addresses are put behind, so that they are seen: PyLD has a base of its own for them."""


class Unsupported(Exception):
    """The credential is written in a way that cannot be checked here; the message says which."""


class Malformed(Exception):
    """The credential does not fit the contexts that it names."""


class Statements:
    """The statements of a JSON-LD document, and whether anything in it made none."""

    def __init__(self, document: dict[str, Any]) -> None:
        refuse_ambiguous(document)
        self.lines: set[Statement] = set()
        self.is_whole = True
        """Whether every key and every address of the document made a statement."""
        self.unknown_types: set[str] = set()
        self._blank: dict[str, str] = {}
        self._read(_expanded(document, self._drop))

    def _drop(self, _: str | None) -> None:
        self.is_whole = False

    def _read(self, nodes: list[Any]) -> None:
        for node in nodes:
            if isinstance(node, dict) and "@value" not in node:
                self._node(node, "")

    def _fresh(self) -> Term:
        return self._named(f"\0{len(self._blank)}")

    def _named(self, name: str) -> Term:
        return self._blank.setdefault(name, f"_:b{len(self._blank)}")

    def _address(self, address: str) -> Term | None:
        """An address as a term; none for a relative one, which makes no statement."""
        if address.startswith("_:"):
            return self._named(address)
        if _ABSOLUTE.fullmatch(address) and not address.startswith(BASE):
            return f"<{address}>"
        self.is_whole = False
        return None

    def _node(self, node: dict[str, Any], graph: Term) -> Term | None:
        subject = self._address(node["@id"]) if "@id" in node else self._fresh()
        for name in node.get("@type", []):
            kind = self._address(name)
            if kind is None:
                self.unknown_types.add(name.removeprefix(BASE))
            self._add(subject, f"<{RDF}type>", kind, graph)
        for name, values in node.items():
            if name == "@graph":
                for inner in values if subject else ():
                    self._node(inner, subject or "")
            elif name in ("@reverse", "@included", "@nest"):
                raise Unsupported(english("it uses {name}, which can hide what it says", name=name))
            elif not name.startswith("@"):
                predicate = self._address(name)
                for value in values:
                    self._add(subject, predicate, self._value(value, graph), graph)
        return subject

    def _value(self, value: dict[str, Any], graph: Term) -> Term | None:
        if "@value" in value:
            return self._literal(value)
        if "@list" in value:
            return self._list(value["@list"], graph)
        return self._node(value, graph)

    def _list(self, values: list[Any], graph: Term) -> Term:
        rest: Term = f"<{RDF}nil>"
        for value in reversed(values):
            item = self._value(value, graph)
            if item is not None:
                cell = self._fresh()
                self._add(cell, f"<{RDF}first>", item, graph)
                self._add(cell, f"<{RDF}rest>", rest, graph)
                rest = cell
        return rest

    def _literal(self, value: dict[str, Any]) -> Term | None:
        text, kind = value["@value"], value.get("@type")
        if kind == "@json":
            return _quoted(json_text.canonical(text).decode(), f"{RDF}JSON")
        if isinstance(text, bool):
            return _quoted("true" if text else "false", kind or f"{XSD}boolean")
        if isinstance(text, int | float):
            return self._number(text, kind)
        if "@language" in value:
            language = value["@language"]
            if not _LANGUAGE.fullmatch(language):
                raise Malformed(english("{language!r} is not a language", language=visible(language)[:40]))
            return f"{_quoted(text, f'{XSD}string')}@{language}"
        return self._typed(text, kind)

    def _number(self, value: int | float, kind: str | None) -> Term | None:
        is_whole = float(value).is_integer() and abs(value) < 10**21
        if is_whole and kind != f"{XSD}double":
            return self._typed(str(int(value)), kind or f"{XSD}integer")
        mantissa, exponent = f"{float(value):.15E}".split("E")
        fraction = mantissa.rstrip("0")
        return self._typed(f"{fraction}{'0' if fraction.endswith('.') else ''}E{int(exponent)}", kind or f"{XSD}double")

    def _typed(self, text: str, kind: str | None) -> Term | None:
        if kind is not None and self._address(kind) is None:
            return None
        return _quoted(text, kind or f"{XSD}string")

    def _add(self, subject: Term | None, predicate: Term | None, value: Term | None, graph: Term) -> None:
        if subject is None or predicate is None or value is None or predicate.startswith("_:"):
            self.is_whole = False
        else:
            self.lines.add((subject, predicate, value, graph))


def _quoted(text: str, kind: str) -> Term:
    escaped = _ESCAPED.sub(lambda sign: _SHORT.get(sign.group()) or f"\\u{ord(sign.group()):04X}", text)
    return f'"{escaped}"' if kind == f"{XSD}string" else f'"{escaped}"^^<{kind}>'


def refuse_ambiguous(document: dict[str, Any]) -> None:
    """Raise `Unsupported` for a document whose statements can be written otherwise, or that is too large."""
    objects = 0
    for values, (path, value) in enumerate(places(document), 1):
        key = path[-1] if path else ""
        if isinstance(value, dict):
            objects += 1
        if objects > OBJECTS or values > VALUES:
            raise Unsupported(
                english(
                    "it has more than {n:,} objects or {values:,} values in one signed document",
                    n=OBJECTS,
                    values=VALUES,
                )
            )
        if key == "@context":
            refuse_own_context(value)
        elif isinstance(key, str) and ((key.startswith("@") and key not in ALLOWED) or ":" in key or key in CLASSES):
            raise Unsupported(english("it uses the key {key!r}, which can stand for another", key=visible(key)[:80]))


def refuse_own_context(value: Any) -> None:
    """Raise for a context that is not the address of a bundled one, or a list of them."""
    for address in value if isinstance(value, list) else [value]:
        if not isinstance(address, str):
            raise Unsupported(english("it brings a context of its own, which could give its words another meaning"))
        try:
            context(address)
        except UnknownContext:
            raise Unsupported(
                english(
                    "the context {address} is not bundled, and contexts are not fetched", address=visible(address)[:200]
                )
            ) from None


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a JSON document with the way to it; what stands in a context is left out."""
    yield path, value
    if path and path[-1] == "@context":
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def _expanded(document: dict[str, Any], dropped: Any) -> list[Any]:
    """The document with every term as an address (JSON-LD expansion)."""
    from skilltrack.badges.expansion import FAILURES, expanded  # with pyld, which is slow to load and seldom needed

    try:
        return expanded(document, BASE, dropped)
    except FAILURES as error:
        raise Malformed(
            english(
                "it does not fit its contexts ({fault})",
                fault=visible(getattr(error, "code", None) or type(error).__name__),
            )
        ) from None


def unsigned_places(document: dict[str, Any], statements: Statements) -> list[Path]:
    """Where a document has values that make no statement, so that a proof does not cover them.

    Each text is given a mark of its own in a copy; the marks that no statement of the copy has are the answer.
    """
    if statements.is_whole:
        return []
    leaves = [(path, value) for path, value in places(document) if path and not isinstance(value, dict | list)]
    leaves = [(path, value) for path, value in leaves if "@context" not in path and value is not None]
    mark = f"mark-{secrets.token_hex(8)}-"
    marks = {path: f"{mark}{number}-" for number, (path, _) in enumerate(leaves) if "type" not in path[-2:]}
    text = "\n".join(part for line in Statements(_marked(document, (), marks)).lines for part in line)
    made = set(re.findall(f"{mark}[0-9]+-", text))
    without = [path for path, value in leaves if path in marks and marks[path] not in made]
    types = [path for path, value in leaves if path not in marks and value in statements.unknown_types]
    # A word that a context defines as a value has lost its meaning with its mark: it is looked at by taking it out.
    objects = sum(isinstance(value, dict) for _, value in places(document))
    is_few = len(without) * objects <= FEW
    return types + [path for path in without if not is_few or _makes_nothing(document, path, statements)]


def _makes_nothing(document: dict[str, Any], path: Path, statements: Statements) -> bool:
    return path[-1] == "id" or len(Statements(without_places(document, [path])).lines) == len(statements.lines)


def without_places(value: Any, paths: list[Path]) -> Any:
    """A copy of a JSON value that lacks what stands at the paths."""
    if () in paths:
        return None
    inner: dict[Any, list[Path]] = {}
    for path in paths:
        inner.setdefault(path[0], []).append(path[1:])
    if isinstance(value, dict):
        return {
            key: without_places(item, inner[key]) if key in inner else item
            for key, item in value.items()
            if () not in inner.get(key, ())
        }
    return [
        without_places(item, inner[number]) if number in inner else item
        for number, item in enumerate(value)
        if () not in inner.get(number, ())
    ]


def _marked(value: Any, path: Path, marks: dict[Path, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: inner if key == "@context" else _marked(inner, (*path, key), marks) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_marked(inner, (*path, number), marks) for number, inner in enumerate(value)]
    if path not in marks or value is None:
        return value
    # An address stays one, and nothing that is not one becomes one.
    return f"{value}#{marks[path]}" if isinstance(value, str) and ":" in value else f"{marks[path]}{value}"
