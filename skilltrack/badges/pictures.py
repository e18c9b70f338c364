"""Pictures with a credential baked in: the text chunk of a PNG, the element of an SVG.

A PNG is walked chunk by chunk and each checksum is compared, so a damaged picture is never half read. An SVG is read
without entities: nothing external, nothing that grows.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from skilltrack.badges import tokens
from skilltrack.errors import BadFile
from skilltrack.reasons import english
from skilltrack.text import visible

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORDS = (b"openbadges", b"openbadgecredential")
"""What the text chunk is called: in Open Badges 1.x and 2.0, in 3.0."""
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
"""The kinds of chunks that hold a text."""
LONGEST_HEAD = 1_000
"""Bytes of such a chunk before its text: a keyword, a language, and the keyword in that language."""
ELEMENTS = {"assertion", "credential"}
SPACES = {"http://openbadges.org", "https://openbadges.org", "https://purl.imsglobal.org/ob/v3p0"}
LARGEST = 10 * 1024 * 1024
"""Bytes of an unpacked text."""
CHUNKS = 20_000
DEEPEST = 100
"""Elements of an SVG inside each other."""


def is_xml(data: bytes) -> bool:
    """Whether a file begins as XML does."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def baked_in_png(data: bytes, where: str) -> bytes:
    """The text that a PNG carries as its credential."""
    baked = [_text(kind, body, where) for kind, body in chunks(data, where) if kind in TEXTS]
    return _only([text for text in baked if text is not None], where)


def beside_in_png(data: bytes) -> Iterator[bytes]:
    """The texts of a PNG, packed ones unpacked, but for its credential, and whatever else is not its picture."""
    end = len(PNG)
    try:
        for kind, body in chunks(data, ""):
            end += 12 + len(body)
            if kind in TEXTS and body.partition(b"\0")[0] not in KEYWORDS:
                yield body
                yield from _unpacked_in(body)
            elif kind not in (*TEXTS, b"IDAT"):
                yield body
    except BadFile:
        pass
    yield data[end:]


def _unpacked_in(body: bytes) -> Iterator[bytes]:
    """What is packed in the chunk of a text, wherever in it that begins."""
    for at in (at for at, byte in enumerate(body[:LONGEST_HEAD]) if byte == 0x78):
        try:
            yield zlib.decompressobj().decompress(body[at:], LARGEST)
        except zlib.error:
            continue


def _only(baked: list[bytes], where: str) -> bytes:
    if not baked:
        raise BadFile(
            english(
                "{where} is a picture without a credential in it. "
                "Download the baked picture from where the badge was earned; "
                "a screenshot, or a picture that was converted or sent through a chat, has lost it.",
                where=where,
            )
        )
    if len(baked) > 1:
        raise BadFile(
            english(
                "{where} holds {n} credentials. A baked picture holds one; give each as its own file.",
                where=where,
                n=len(baked),
            )
        )
    return baked[0]


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def chunks(data: bytes, where: str) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG; raises `BadFile` at the first that is damaged."""
    at = len(PNG)
    for _ in range(CHUNKS):
        head = data[at : at + 8]
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        body, check = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise BadFile(
                english(
                    "{where} is damaged at byte {byte}: its checksum differs. Download the picture again.",
                    where=where,
                    byte=at + 1,
                )
            )
        yield kind, body
        at += 12 + length
        if kind == b"IEND":
            return
    raise BadFile(
        english(
            "{where} ends too early, at byte {byte}. Download the picture again.",
            where=where,
            byte=min(at, len(data)) + 1,
        )
    )


def _text(kind: bytes, body: bytes, where: str) -> bytes | None:
    """The text of a chunk that carries a credential, or nothing for any other."""
    keyword, _, rest = body.partition(b"\0")
    if keyword not in KEYWORDS:
        return None
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _unpacked(rest[1:], where)
    packed, method, rest = rest[:1], rest[1:2], rest[2:]
    parts = rest.split(b"\0", 2)
    if len(parts) < 3 or packed not in (b"\0", b"\1") or method != b"\0":
        raise BadFile(
            english(
                "{where}: the text chunk {name} is broken. Download the picture again.",
                where=where,
                name=keyword.decode(),
            )
        )
    return _unpacked(parts[2], where) if packed == b"\1" else parts[2]


def _unpacked(data: bytes, where: str) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, LARGEST)
    except zlib.error:
        raise BadFile(
            english("{where}: the packed text in it is broken. Download the picture again.", where=where)
        ) from None
    if not unpacking.eof:
        raise BadFile(
            english(
                "{where}: the text in it unpacks to more than {most:,} bytes, or ends too early.",
                where=where,
                most=LARGEST,
            )
        )
    return text


class _Svg:
    """Looks for the element of a credential while an SVG is read."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.depth = 0
        self.baked: list[bytes] = []
        self.inside = 0
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFile(
                english(
                    "{where} has more than {most} elements inside each other. Download it again.",
                    where=self.where,
                    most=DEEPEST,
                )
            )
        space, local, prefix, *_ = [*name.split("|"), "", ""]
        if local in ELEMENTS and (space in SPACES or prefix == "openbadges"):
            self.inside, self.text = self.depth, [attributes.get("verify", "")]

    def characters(self, text: str) -> None:
        if self.inside:
            self.text.append(text)

    def end(self, _: str) -> None:
        if self.inside == self.depth:
            verify, text = self.text[0].strip(), "".join(self.text[1:]).strip()
            self.baked.append((verify if tokens.is_token(verify.encode()) else text or verify).encode())
            self.inside = 0
        self.depth -= 1

    def document_type(self, name: str, system_id: Any, public_id: Any, has_own: int) -> None:
        """The line that many drawing programs write is passed over, as what it names is never read."""
        if has_own:
            self.refuse()

    def refuse(self, *_: Any) -> None:
        raise BadFile(
            english(
                "{where} declares entities, which can stand for anything. Ask for the badge as JSON, or as a PNG.",
                where=self.where,
            )
        )


def baked_in_svg(data: bytes, where: str, is_earlier: bool = False) -> bytes:
    """The text that an SVG carries as its credential; `is_earlier`: one with a document type carries none."""
    reading = _Svg(where)
    parser = expat.ParserCreate("UTF-8", "|")
    parser.namespace_prefixes = True
    parser.StartDoctypeDeclHandler = reading.refuse if is_earlier else reading.document_type
    parser.SkippedEntityHandler = reading.refuse
    parser.EntityDeclHandler = reading.refuse
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadFile(
            english(
                "{where}, line {line}, column {column}: this is not XML ({fault}). Download the picture again.",
                where=where,
                line=error.lineno,
                column=error.offset + 1,
                fault=visible(expat.ErrorString(error.code)),
            )
        ) from None
    return _only(reading.baked, where)
