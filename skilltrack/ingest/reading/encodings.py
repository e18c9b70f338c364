"""A file's encoding: what its bytes show, and what must be asked; and its lines as text, one at a time."""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

import numpy as np
import pyarrow as pa

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.content import Content, blocks
from skilltrack.ingest.reading.questions import Question, Typed, Unanswered
from skilltrack.language import Sentence, as_it_is, sentence

HEAD = 65_536
"""Bytes that are read to find the delimiter and the header."""
LONGEST_HEADER = 2**24
"""Bytes up to which a longer header is read, so that its columns can be counted."""
LONGEST_LINE = 2**24
"""Characters in one line from which a file is not a table."""
UTF8 = ("utf-8", "utf-8-sig")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
GUESSES = (
    "cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp932", "gb18030", "big5", "cp949", "euc_jp", "cp1257", "cp1255",
    "cp1256", "koi8_r", "mac_roman", "cp850",
)  # fmt: skip
"""Encodings of systems that do not write UTF-8, the most usual first."""
SEVERAL_BYTES = ("cp932", "gb18030", "big5", "cp949", "euc_jp")
OFFERED = 6
"""Most readings that a question offers."""
EAST = ("CJK", "HIRAGANA", "KATAKANA")
PUNCTUATION = frozenset(
    "\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026\u00b0\u00ab\u00bb\u20ac\u00a0\u00b7\u3000\u3001\u30fb\u30fc"
)
"""Characters beyond ASCII that names and texts of many languages use."""


@dataclass
class Facts:
    """What the bytes of a file show, as far as they are UTF-8."""

    is_blank: bool = True
    has_quotes: bool = False
    has_nul: bool = False
    has_bare_returns: bool = False
    is_utf8: bool = True
    bad_line: int = 0
    """The line of the first byte that is not UTF-8."""


def look_through(content: Content) -> Facts:
    """Look at every byte once, up to the first that is not UTF-8."""
    facts, decoder, lines = Facts(), codecs.getincrementaldecoder("utf-8")(), 1
    returns, last, is_inside = 0, b"", False
    for block in blocks(content):
        facts.is_blank = facts.is_blank and not block.strip(b"\r\n")
        facts.has_quotes = facts.has_quotes or b'"' in block
        facts.has_nul = facts.has_nul or b"\x00" in block
        if last == b"\r" or b"\r" in block:
            returns += block.count(b"\r") - (last + block).count(b"\r\n")
        last = block[-1:]
        if is_inside or not block.isascii():
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                facts.is_utf8, facts.bad_line = False, lines + error.object[: error.start].count(b"\n")
                return facts
            is_inside = bool(decoder.getstate()[0])
        lines += block.count(b"\n")
    facts.is_utf8, facts.bad_line = not is_inside, lines
    facts.has_bare_returns = returns > 0
    return facts


def encoding_of(name: str, content: Content, facts: Facts) -> str:
    """The encoding that the bytes show; raises `Unanswered` where they do not."""
    start = content[:400]
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith(UTF16):
        return "utf-16"
    if answers := _unmarked_utf16(content[:HEAD]):
        raise Unanswered(
            [Question(name, "encoding", sentence("The text looks like UTF-16 without a byte order mark."), answers)]
        )
    if not facts.is_utf8:
        message = sentence(
            "{name}, line {line}: the text is not UTF-8. Save the file as CSV UTF-8, or name its encoding.",
            name=name,
            line=facts.bad_line,
        )
        other = Typed("encoding", sentence("The name of another encoding, such as cp437"))
        asked = Question(name, "encoding", sentence("Which of these looks right?"), _readings(content), typed=(other,))
        raise Unanswered([asked], message)
    return "utf-8"


def _unmarked_utf16(start: bytes) -> dict[str, Sentence]:
    """The byte orders in which bytes without a mark are UTF-16, with samples; empty for any other text.

    In UTF-16 a line end is two bytes, one of them zero. No other encoding has that: bytes are UTF-16 when most of their
    line ends are such pairs, whatever script the cells are in.
    """
    byte_orders: dict[str, Sentence] = {}
    ends = max(start.count(b"\n"), start.count(b"\r"), 1)
    for guess in ("utf-16-le", "utf-16-be") if 0 in start else ():
        text = codecs.getincrementaldecoder(guess)("ignore").decode(start)
        if 2 * max(text.count("\n"), text.count("\r")) > ends:
            byte_orders[guess] = as_it_is(_telling(text.splitlines()) or repr(text[:40]))
    return byte_orders


def _readings(content: Content) -> dict[str, Sentence]:
    """One guess for each different reading of the whole file, the likeliest first, with two cells that show it."""
    counts = np.zeros(256, np.int64)
    for block in blocks(content):
        counts += np.bincount(np.frombuffer(block, np.uint8), minlength=256)
    bytes_used = np.flatnonzero(counts).astype(np.uint8).tobytes()
    lines = b"".join(islice((line for line in _raw_lines(content) if not line.isascii()), 200))
    readings: dict[str, tuple[float, int, str]] = {}
    for rank, guess in enumerate(GUESSES):
        try:
            text = _whole(content, guess, lines) if guess in SEVERAL_BYTES else bytes_used.decode(guess)
        except UnicodeDecodeError:
            continue
        if text not in readings:
            readings[text] = _oddness(lines.decode(guess, "replace")), rank, guess
    likeliest = sorted(readings.values())[:OFFERED]
    return {guess: as_it_is(_telling(lines.decode(guess, "replace").splitlines())) for _, _, guess in likeliest}


def _raw_lines(content: Content) -> Iterator[bytes]:
    return iter(partial(io.BufferedReader(pa.BufferReader(pa.py_buffer(content))).readline, HEAD), b"")


def _whole(content: Content, encoding: str, lines: bytes) -> str:
    """Some lines of a file as text; raises `UnicodeDecodeError` unless every byte of the file is in the encoding."""
    decoder, at = codecs.getincrementaldecoder(encoding)(), 0
    for block in blocks(content):
        at += len(block)
        decoder.decode(block, at >= len(content))
    return lines.decode(encoding)


def _oddness(text: str) -> float:
    """How odd words beyond ASCII look when read: letters of two scripts, symbols or capitals inside, accents only."""
    words = [word for word in re.split(r"[\s,;|\t\"'()/.-]+", text) if not word.isascii()]
    return sum(map(_is_odd, words)) / max(1, len(words))


def _is_odd(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    scripts = {unicodedata.name(character, "NONE").split()[0] for character in letters}
    scripts = {"EAST" if script in EAST else script for script in scripts}
    beyond = [s for s in word if not s.isascii() and s not in PUNCTUATION and unicodedata.category(s) != "Sc"]
    if not beyond and not letters:  # an amount with its currency symbol, € or £
        return False
    has_symbols = any(not character.isalpha() and unicodedata.category(character)[0] != "M" for character in beyond)
    has_capitals = any(one.islower() and other.isupper() for one, other in pairwise(word))
    only_accents = scripts == {"LATIN"} and len(letters) > 2 and 3 * len(beyond) > 2 * len(letters)
    return len(scripts) != 1 or has_symbols or has_capitals or only_accents


def _telling(lines: Iterable[str]) -> str:
    """Two different cells with letters beyond ASCII, or fewer where there are fewer."""
    lines = (line for line in lines if not line.isascii())
    cells = (cell for line in lines for cell in line.strip().replace(";", ",").replace("\t", ",").split(","))
    candidates = (cell for cell in (cell.strip(' "') for cell in cells if not cell.isascii()) if cell)
    first = next(candidates, None)
    other = next((cell for cell in islice(candidates, HEAD) if cell != first), None)
    return " and ".join(repr(cell[:40]) for cell in (first, other) if cell is not None)


def refuse_unreadable(name: str, content: Content, encoding: str) -> None:
    """Raise `BadFile` when the content is not in the encoding, or contains a NUL."""
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError(encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise BadFile(
            sentence(
                "{name}: there is no encoding {encoding!r}. Try one of: utf-8, utf-16, cp1252.",
                name=name,
                encoding=encoding,
            )
        ) from None
    line, at = 1, 0
    for block in blocks(content):
        at += len(block)
        try:
            text = decoder.decode(block, at >= len(content))
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise BadFile(
                sentence(
                    "{name}, line {line}: the text is not {encoding}. Try another encoding.",
                    name=name,
                    line=line,
                    encoding=encoding,
                )
            ) from None
        if "\x00" in text:
            line += text[: text.index("\x00")].count("\n")
            raise BadFile(
                sentence(
                    "{name}, line {line}: a NUL character. The file is damaged or not CSV; export it again.",
                    name=name,
                    line=line,
                )
            )
        line += text.count("\n")


def first_text(content: Content, encoding: str) -> str:
    """The whole lines at the beginning of a file, but at least the first one, up to a length that no header has."""
    text = _start(content, encoding, HEAD)
    if len(content) >= HEAD and "\n" not in text:
        text = _start(content, encoding, LONGEST_HEADER)
        return text[: text.find("\n") + 1] or text
    return text if len(content) < HEAD else text[: text.rfind("\n") + 1]


def _start(content: Content, encoding: str, size: int) -> str:
    return codecs.getincrementaldecoder(encoding)("ignore").decode(content[:size]).removeprefix("\ufeff")


def text_lines(name: str, content: Content, encoding: str) -> Iterator[str]:
    """The lines of a file with their line ends; raises `BadFile` at one that is too long for a table."""
    text = io.TextIOWrapper(pa.BufferReader(pa.py_buffer(content)), encoding, newline="")
    for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE), ""), 1):
        if len(line) == LONGEST_LINE:
            raise BadFile(
                sentence(
                    "{name}, line {number}: more than {value} million characters in one line. Is this a table? "
                    "Export it again, with a line for every row.",
                    name=name,
                    number=number,
                    value=LONGEST_LINE // 2**20,
                )
            )
        yield line.removeprefix("\ufeff") if number == 1 else line
