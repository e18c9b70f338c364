"""The picture of a badge, made safe to show: only what draws it, nothing that runs, leads elsewhere or says more.

A PNG keeps the chunks that draw it; the badge in it, names and places go. An SVG keeps known elements and attributes,
and addresses only within itself. A picture that lies at an address is not shown, because nothing is fetched.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from skilltrack.badges import carriers, pictures
from skilltrack.badges.credentials import children, listed, objects, text
from skilltrack.errors import BadFile

LARGEST, WIDEST = 2 * 2**20, 4096
"""Bytes of a picture that is shown, and dots of each side of a PNG."""
MOST_LINES = 2_000
"""Credentials of a file that are counted to find one of them."""
DRAWING = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"IDAT", b"IEND")
"""Chunks of a PNG that draw it."""
ELEMENTS = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "clipPath",
    "linearGradient", "radialGradient", "stop", "mask", "symbol", "use", "title", "desc",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx", "dy", "width", "height",
    "viewBox", "points", "transform", "gradientTransform", "gradientUnits", "offset", "spreadMethod", "version",
    "preserveAspectRatio", "fill", "stroke", "opacity", "color", "clip-path", "mask", "clip-rule", "fill-rule",
    "fill-opacity", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "font-family", "font-size", "font-weight",
    "font-style", "text-anchor", "letter-spacing", "dominant-baseline", "clipPathUnits", "maskUnits",
    "maskContentUnits", "display", "visibility", "href",
})  # fmt: skip
NODES = 5_000
EXPANDED = 50_000
"""Most elements of an SVG after each reference has been drawn: a few that use each other tenfold are billions."""
SVG = "http://www.w3.org/2000/svg"
_DATA = re.compile(r"data:image/(png|svg\+xml)(;[\w=-]+)*?;base64,([A-Za-z0-9+/=\s]+)")
_REFERRED = re.compile(r"#([\w.:-]+)")
_WITHIN = re.compile(r"#[\w.:-]+|url\(\s*#[\w.:-]+\s*\)")


@dataclass(frozen=True)
class Image:
    """A picture that is safe to show."""

    content: bytes
    media: str
    """image/png or image/svg+xml."""


def image_at(data: bytes, name: str, line: int, is_earlier: bool = False) -> Image | None:
    """The picture of the credential that stands for a line of a file; none where it has none that can be shown.

    `is_earlier` as in `carriers.read`.
    """
    at = 0
    try:
        for inside, content in carriers.files(data, name):
            for document in _credentials(content, inside, is_earlier):
                at += 1
                if at == line:
                    own = safe(content) if isinstance(content, bytes) else None
                    return own or _of_document(document)
                if at == MOST_LINES:
                    return None
    except BadFile:
        pass
    return None


def safe(content: bytes) -> Image | None:
    """A PNG or SVG as it can be shown; none for anything else, or for one that is damaged or too large."""
    try:
        if len(content) > LARGEST:
            return None
        if content.startswith(pictures.PNG):
            return Image(_png(content), "image/png")
        return Image(_Drawing().of(content), "image/svg+xml") if pictures.is_xml(content) else None
    except (BadFile, expat.ExpatError):
        return None


def _credentials(content: bytes | BadFile, inside: str, is_earlier: bool) -> Iterator[dict[str, Any]]:
    """Each credential of a file, as each has a line; empty for what cannot be read."""
    try:
        if isinstance(content, BadFile):
            raise content
        parts = list(carriers.parts_of(content, inside, is_earlier))
    except BadFile:
        parts = [carriers.Unreadable(inside, "")]
    for part in parts:
        yield from _each(part, 0)


def _each(part: carriers.Part, depth: int) -> Iterator[dict[str, Any]]:
    document = _document(part) if isinstance(part, carriers.Carried) else {}
    inner = children(document) if depth < 2 else []
    for child in inner:
        yield from _each(carriers.one_part(child, "", ""), depth + 1)
    if not inner:
        yield document


def _document(part: carriers.Carried) -> dict[str, Any]:
    inside = part.document.get("vc", part.document.get("vp")) if part.token else None
    return inside if isinstance(inside, dict) else part.document


def _of_document(document: dict[str, Any]) -> Image | None:
    """The picture that a credential has in itself."""
    subject = next(iter(objects(document.get("credentialSubject"))), {})
    for holder in (document, *objects(subject.get("achievement")), *objects(document.get("badge"))):
        for image in listed(holder.get("image")):
            match = _DATA.fullmatch(text(image).strip())
            if match and (shown := safe(base64.b64decode(match[3] + "=="))):
                return shown
    return None


def _png(content: bytes) -> bytes:
    made = [pictures.PNG]
    for kind, body in pictures.chunks(content, "the picture"):
        if kind == b"IHDR" and (len(body) != 13 or not all(0 < side <= WIDEST for side in _sides(body))):
            raise BadFile("the picture is too large to be shown")
        if kind in DRAWING:
            made.append(pictures.chunk(kind, body))
    return b"".join(made)


def _sides(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")


class _Drawing:
    """Writes an SVG anew from what is known to draw."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.open: list[str] = []
        """Names of the open elements; empty for those that are left out, with all that is in them."""
        self.nodes = 0
        self.ids: list[str] = []
        """The id of each open element; empty for those without one."""
        self.sizes: dict[str, int] = {}
        """How many elements stand in each element with an id; in the whole picture under ""."""
        self.uses: dict[str, list[str]] = {}
        """Ids of what is referred to in each of them."""

    def of(self, content: bytes) -> bytes:
        """The SVG without anything else; raises `BadFile` or expat's error."""
        parser = expat.ParserCreate("UTF-8", "|")
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(content, True)
        if not self.made or not self.made[0].startswith("<svg"):
            raise BadFile("the picture is not an SVG")
        if self._expanded("", {}, 0) > EXPANDED:
            raise BadFile("the picture is too large to be shown")
        return "".join(self.made).encode()

    def _refuse(self, *_: Any) -> None:
        raise BadFile("the picture declares a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        if self.nodes > NODES or len(self.open) > pictures.DEEPEST:
            raise BadFile("the picture is too large to be shown")
        space, _, local = name.rpartition("|")
        is_left_out = space not in ("", SVG) or local not in ELEMENTS or "" in self.open
        self.open.append("" if is_left_out else local)
        if not is_left_out:
            own = f' xmlns="{SVG}"' if len(self.open) == 1 else ""
            kept = {key.rpartition("|")[2]: value for key, value in attributes.items()}
            written = [f" {key}={quoteattr(value)}" for key, value in kept.items() if _is_harmless(key, value)]
            self.made.append(f"<{local}{own}{''.join(written)}>")
            self._note(kept)

    def _characters(self, characters: str) -> None:
        if "" not in self.open:
            self.made.append(escape(characters))

    def _end(self, _: str) -> None:
        if local := self.open.pop():
            self.made.append(f"</{local}>")
            self.ids.pop()

    def _note(self, attributes: dict[str, str]) -> None:
        """Count an element, and what it refers to, in all that it stands in."""
        self.ids.append(attributes.get("id", ""))
        referred = [name for value in attributes.values() for name in _REFERRED.findall(value)]
        for name in {"", *self.ids}:
            self.sizes[name] = self.sizes.get(name, 0) + 1
            self.uses.setdefault(name, []).extend(referred)

    def _expanded(self, name: str, known: dict[str, int], depth: int) -> int:
        """How many elements are drawn for one with an id; more than are shown where it goes too deep or in a circle."""
        if depth > pictures.DEEPEST:
            return EXPANDED + 1
        if name not in known:
            known[name] = EXPANDED + 1  # until it is known, so that a circle ends
            inner = sum(self._expanded(used, known, depth + 1) for used in self.uses.get(name, ()))
            known[name] = min(self.sizes.get(name, 0) + inner, EXPANDED + 1)
        return known[name]


def _is_harmless(key: str, value: str) -> bool:
    """Whether an attribute only draws: it is known, and leads nowhere but within the picture."""
    if key not in ATTRIBUTES:
        return False
    if key == "href":
        return value.startswith("#") and _WITHIN.fullmatch(value) is not None
    rest = _WITHIN.sub("", value)
    return "\\" not in rest and not re.search(r"url|:|/\*|@|&", rest, re.IGNORECASE)
