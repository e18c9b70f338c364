"""Remarks beside a name that systems use for a status: `Tom Hale (On Leave)`, `Ana Ruiz - Left 2024-01-31`.

The remark is not part of the name. It is a status of the person, settled like the cells of a column of statuses. The
day in it is the last day of somebody who left.
"""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.status_words import COUNTS, WEAK, plain, words_of
from skilltrack.kinds import Kind

LIKELY = r"[)\]*]|\s[-–—|]\s"
BESIDE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<name>.*\S)\s*[(\[](?P<remark>[^()\[\]]+)[)\]]",
        r"[(\[](?P<remark>[^()\[\]]+)[)\]]\s*(?P<name>.*\S)",
        r"(?P<name>.*\S)\s+[-–—|]\s+(?P<remark>(?!\d)(?:(?!\s[-–—|]\s).)+(?:\s[-–—]\s\d[\d./-]+)?)",
        r"(?P<name>.*\S)\s*\*+(?P<remark>[^*]+)\*+",
    )
)
"""In brackets behind a name or before it, behind a dash with blanks around it, between asterisks."""
BESIDE_EARLIER = (*BESIDE[:2], re.compile(r"(?P<name>.*\S)\s+[-–—]\s+(?P<remark>[^-–—]+)"), BESIDE[3])
DAY = re.compile(
    r"(?P<word>.*?\w)[\s,:(–—-]+"
    r"(?:(?:on|as of|since|effective|eff\.?|until|am|per|zum|seit|ab|bis|le|au|depuis|el|al|desde|a partir del?)\s+)?"
    r"(?P<day>\d{1,4}([-./])\d{1,2}\3\d{1,4}|\d{1,2}\.?[\s-][^\W\d_]{3,}\.?[\s-]\d{2,4}|"
    r"[^\W\d_]{3,}\.?\s\d{1,2},?\s\d{4})\)?(?:\s*[(,;].*)?",
    re.IGNORECASE,
)
"""A remark that ends with a day, and may give a reason: `Left 2024-01-31`, `Ausgeschieden am 31.01.2024 (Rente)`."""
FEW_DIGITS = 3
"""As many digits behind a remark are no day: `Left 2`."""
ANY = re.compile(r"\s*(?:\([^()\d]*\)|\[[^\[\]\d]*\])$")
"""Anything without digits in brackets behind a name."""
DIGITS = re.compile(r"\d[\d./-]{3,}\d")
OF_PEOPLE = frozenset({"active", "duplicate", "test", "leaving", "leaves", "doppelt", "doublon", "duplicado", "prueba"})
"""More words beside a name that may say so of somebody on a roster."""
ANY_EARLIER = re.compile(r"\s*\([^()\d]*\)$")


def split_remarks(
    names: pa.ChunkedArray, is_settled: bool, is_earlier: bool, room: Room
) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None, pa.ChunkedArray | None]:
    """The names of a roster without known remarks; the remark and the day of each row, None where the file has none.

    `is_settled`: a mapping says already what the remarks mean. `is_earlier`: an earlier program stored the file.
    """
    pieces = [_remarks(piece, is_earlier) for piece in names.chunks]
    if not is_settled and not any(pc.any(pc.not_equal(remarks, "")).as_py() for _, remarks, _ in pieces):
        return names, None, None
    of_rows = iter(pieces)

    def without(piece: pa.Array) -> pa.Array:
        bare, remarks, _ = next(of_rows)
        return piece if pc.all(pc.equal(remarks, "")).as_py() else bare

    changed = room.changed(without, names)
    return changed, *(pa.chunked_array([piece[at] for piece in pieces], pa.string()) for at in (1, 2))


def split_remark(name: str, is_earlier: bool = False) -> tuple[str, str, str]:
    """A name without known words beside it, the word that decides, an end before others, and the day in that remark."""
    known, remark, day = words_of("roster"), "", ""
    while True:
        for pattern in BESIDE_EARLIER if is_earlier else BESIDE:
            match = pattern.fullmatch(name)
            word, on = _word_and_day(match["remark"], is_earlier) if match else ("", "")
            if match and plain(word) in known:
                name = match["name"].strip()
                if not remark or known[plain(remark)] in (WEAK, COUNTS):
                    remark, day = word, on
                elif known[plain(remark)] == known[plain(word)]:
                    day = day or on
                break
        else:
            return name, remark, day


def left_beside(kind: Kind, names: pa.ChunkedArray) -> dict[str, int]:
    """What stays beside names and may be a status of a kind's rows or a day of one, and the number of its rows."""
    rows, ends = dict[str, int](), may_end(kind.name) | (OF_PEOPLE if kind.lists_people else frozenset())
    for piece in names.chunks:
        for name in piece.filter(pc.match_substring_regex(piece, LIKELY)).to_pylist():
            if match := next(filter(None, (pattern.fullmatch(name) for pattern in BESIDE)), None):
                for part in (match["remark"], match["name"]):
                    whole_and_words = [part, *re.findall(r"[^\W\d_]+", part)]
                    if DIGITS.search(part) or any(plain(word) in ends for word in whole_and_words):
                        rows[part] = rows.get(part, 0) + 1
    return rows


@cache
def may_end(kind: str) -> frozenset[str]:
    """Plain words beside a name that may say that a row does not count, or is not of somebody who works here."""
    return frozenset(word for word, meaning in words_of(kind).items() if meaning not in (WEAK, COUNTS))


def bare_name(name: str, is_earlier: bool) -> str:
    """A name without known words beside it, and without anything else in brackets behind it that is no number."""
    if is_earlier:
        return ANY_EARLIER.sub("", name.strip())
    return ANY.sub("", split_remark(name.strip())[0])


def _word_and_day(remark: str, is_earlier: bool) -> tuple[str, str]:
    dated = None if is_earlier else DAY.fullmatch(remark.strip())
    if dated:
        return dated["word"].strip(), dated["day"]
    word = re.sub(r"[\s\d./:,-]+$", "", remark).strip()
    rest = remark.strip()[len(word) :].strip(" .:,-")
    return word, rest if len(rest) > FEW_DIGITS and not is_earlier else ""


def _remarks(names: pa.Array, is_earlier: bool) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Each name without its known remark, the remark, and the day in it; both empty where there is none."""
    likely = pc.match_substring_regex(names, LIKELY)
    nothing = pa.array([""] * len(names), pa.string())
    if not pc.any(likely).as_py():
        return names, nothing, nothing
    parts = [split_remark(name, is_earlier) for name in names.filter(likely).to_pylist()]
    bare, remarks, days = (pa.array(column, pa.string()) for column in zip(*parts, strict=True))
    return (
        pc.replace_with_mask(names, likely, bare),
        pc.replace_with_mask(nothing, likely, remarks),
        pc.replace_with_mask(nothing, likely, days),
    )
