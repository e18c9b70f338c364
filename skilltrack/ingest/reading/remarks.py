"""Remarks beside a name that systems use for a status: `Tom Hale (On Leave)`, `Ana Ruiz - Left 2024-01-31`.

The remark is not part of the name. It is a status of the person, settled like the cells of a column of statuses. The
day in it is the last day of somebody who left.
"""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.mapping import EARLIER_READING, FOURTH_READING, SECOND_READING, THIRD_READING
from skilltrack.ingest.reading.states import phrases_of
from skilltrack.ingest.reading.status_words import COUNTS, WEAK, plain, words_of
from skilltrack.kinds import Kind

LIKELY = (
    r"[()\[\]{}*†‡#]|\s[-–—|/:;]\s|\w[:;]\s|^(?i:zz+|xx+|x|z|old|ex)_|^(?i:zz+|xx+)[. -]"
    r"|,\s*(?i:termin|resign|retir|left |dismis|deceas|former|inactiv|deactiv|disabled|ended|offboard|quit|laid off"
    r"|ausgesch|ausgetr|entlass|beendet|gek.ndigt|pension|verstorb|ehemal|inaktiv|deaktiv|ruhestand|rentner"
    r"|inactif|parti|sorti|d.mission|licenci|retrait|d.c.d|ancien|d.sactiv|inactiv|de baja|cesad|despedid|renunci"
    r"|jubilad|fallecid|vacan|vakant|unbesetzt)"
)
"""Names beside which something may stand; most names are none, also `Costa, Ana`."""
BESIDE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<name>.*\S)\s*(?:\((?P<remark>[^()]+)\)|\[(?P<square>[^\[\]]+)\]|\{(?P<curly>[^{}]+)\})",
        r"(?:\((?P<remark>[^()]+)\)|\[(?P<square>[^\[\]]+)\]|\{(?P<curly>[^{}]+)\})\s*[-–—:]?\s*(?P<name>.*\S)",
        r"(?P<name>.*\S)\s+(?:[-–—|/;:]\s+|#\s*)(?P<remark>(?![\d\s])(?:(?!\s[-–—|]\s).)+(?:\s[-–—]\s\d[\d./-]+)?)",
        r"(?P<remark>(?:(?!\s[-–—|]\s)[^()\[\]{}:])+)(?:\s+[-–—|/]\s+|\s*:\s*)(?P<name>.*\S)",
        r"(?P<name>.*\S)\s*,\s*(?P<word>[^,]{5,})",
        r"(?P<name>.*\S)\s*\*+(?P<remark>[^*]+)\*+",
        r"\*+(?P<remark>[^*]+)\*+\s*(?P<name>.*\S)",
    )
)
"""In brackets behind a name or before it, behind a dash or a colon, before one, behind a comma, between asterisks."""
MARK = re.compile(
    r"(?P<mark>[*†‡]+)\s*(?P<name>.*\w.*)|(?P<of>.*\w[.)]?)\s*(?P<behind>[*†‡]+|\(\*+\))"
    r"|(?P<before>(?i:zz+|xx+|x|z|old|ex)_|(?i:zz+|xx+)[. -]+)\s*(?P<rest>[^\W\d_]{2}.*)"
)
"""A sign beside a name that means something: `Ana Costa*`, `zz_Ana Costa`."""
BESIDE_FOURTH = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<name>.*\S)\s*[(\[](?P<remark>[^()\[\]]+)[)\]]",
        r"[(\[](?P<remark>[^()\[\]]+)[)\]]\s*(?P<name>.*\S)",
        r"(?P<name>.*\S)\s+[-–—|]\s+(?P<remark>(?!\d)(?:(?!\s[-–—|]\s).)+(?:\s[-–—]\s\d[\d./-]+)?)",
        r"(?P<name>.*\S)\s*\*+(?P<remark>[^*]+)\*+",
    )
)
BESIDE_EARLIER = (*BESIDE_FOURTH[:2], re.compile(r"(?P<name>.*\S)\s+[-–—]\s+(?P<remark>[^-–—]+)"), BESIDE_FOURTH[3])
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
REMARKS = ("remark", "square", "curly", "word")
"""Groups of the patterns that hold a remark."""
MARKS = "*†‡"
"""Signs beside a name; in a mapping each is called so, `sign *`, because `*` means anything else there."""
EARLIER = (EARLIER_READING, SECOND_READING)
"""Readings of programs that looked for less beside names."""
OF_PEOPLE = frozenset({"active", "duplicate", "test", "leaving", "leaves", "doppelt", "doublon", "duplicado", "prueba"})
"""More words beside a name that may say so of somebody on a roster."""
ANY_EARLIER = re.compile(r"\s*\([^()\d]*\)$")


def split_remarks(
    names: pa.ChunkedArray, is_settled: bool, reading: str, room: Room
) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None, pa.ChunkedArray | None]:
    """The names of a roster without known remarks; the remark and the day of each row, None where the file has none.

    `is_settled`: a mapping says already what the remarks mean. `reading`: how the file is read, as a mapping says it.
    """
    pieces = [_remarks(piece, reading) for piece in names.chunks]
    if not is_settled and not any(pc.any(pc.not_equal(remarks, "")).as_py() for _, remarks, _ in pieces):
        return names, None, None
    of_rows = iter(pieces)

    def without(piece: pa.Array) -> pa.Array:
        bare, remarks, _ = next(of_rows)
        return piece if pc.all(pc.equal(remarks, "")).as_py() else bare

    changed = room.changed(without, names)
    return changed, *(pa.chunked_array([piece[at] for piece in pieces], pa.string()) for at in (1, 2))


def split_remark(name: str, reading: str = "") -> tuple[str, str, str]:
    """A name without known words beside it, the word that decides, an end before others, and the day in that remark."""
    known, remark, day = words_of("roster"), "", ""
    is_earlier, is_fourth = reading in EARLIER, reading in (*EARLIER, THIRD_READING, FOURTH_READING)
    patterns = BESIDE_EARLIER if is_earlier else BESIDE_FOURTH if is_fourth else BESIDE
    while True:
        for pattern in patterns:
            if (match := pattern.fullmatch(name)) is None:
                continue
            beside = next(filter(None, (match.groupdict().get(part) for part in REMARKS)), "")
            word, on = _word_and_day(beside, is_earlier)
            if not is_fourth and (plain(word) not in known or (match.groupdict().get("word") and not _is_end(word))):
                word, on = _known_part(beside) if "word" not in match.groupdict() else ("", "")
            if plain(word) in known and (is_fourth or _is_closed(match["name"])):
                name = match["name"].strip()
                if not remark or known.get(plain(remark), WEAK) in (WEAK, COUNTS):
                    remark, day = word, on
                elif known[plain(remark)] == known[plain(word)]:
                    day = day or on
                break
        else:
            if not is_fourth and (match := MARK.fullmatch(name)):
                name = (match["name"] or match["of"] or match["rest"]).strip()
                mark = (match["mark"] or match["behind"] or match["before"]).strip(" ().-")
                remark = remark or (f"sign {mark[:1]}" if mark[:1] in MARKS else mark.lower())
                continue
            return name, remark, day


def _known_part(remark: str) -> tuple[str, str]:
    """The known word among the parts of a remark, `Sales - Terminated`, an end before others, and the day in it."""
    known, known_one = words_of("roster"), ("", "")
    for part in phrases_of(remark):
        word, on = _word_and_day(part, False)
        if plain(word) in known and (not known_one[0] or known[plain(known_one[0])] in (WEAK, COUNTS)):
            known_one = word, on
    return known_one


def _is_end(word: str) -> bool:
    return words_of("roster").get(plain(word)) not in (None, WEAK, COUNTS)


def _is_closed(name: str) -> bool:
    """Whether no bracket is left open in a name."""
    return all(name.count(one) == name.count(other) for one, other in ("()", "[]", "{}"))


def left_beside(kind: Kind, names: pa.ChunkedArray) -> dict[str, int]:
    """What stays beside names and may be a status of a kind's rows or a day of one, and the number of its rows."""
    rows, ends = dict[str, int](), may_end(kind.name) | (OF_PEOPLE if kind.lists_people else frozenset())
    for piece in names.chunks:
        for name in piece.filter(pc.match_substring_regex(piece, LIKELY)).to_pylist():
            if match := next(filter(None, (pattern.fullmatch(name) for pattern in BESIDE)), None):
                for part in filter(None, (match.groupdict().get(part) for part in (*REMARKS, "name"))):
                    whole_and_words = [part, *re.findall(r"[^\W\d_]+", part)]
                    in_brackets = kind.lists_people and part in (
                        match.groupdict().get("square"),
                        match.groupdict().get("curly"),
                    )
                    if in_brackets or DIGITS.search(part) or any(plain(word) in ends for word in whole_and_words):
                        rows[part] = rows.get(part, 0) + 1
    return rows


@cache
def may_end(kind: str) -> frozenset[str]:
    """Plain words beside a name that may say that a row does not count, or is not of somebody who works here."""
    return frozenset(word for word, meaning in words_of(kind).items() if meaning not in (WEAK, COUNTS))


def bare_name(name: str, reading: str = "") -> str:
    """A name without known words beside it, and without anything else in brackets behind it that is no number."""
    if reading in EARLIER:
        return ANY_EARLIER.sub("", name.strip())
    return ANY.sub("", split_remark(name.strip(), reading)[0])


def _word_and_day(remark: str, is_earlier: bool) -> tuple[str, str]:
    dated = None if is_earlier else DAY.fullmatch(remark.strip())
    if dated:
        return dated["word"].strip(), dated["day"]
    word = re.sub(r"[\s\d./:,-]+$", "", remark).strip()
    rest = remark.strip()[len(word) :].strip(" .:,-")
    return word, rest if len(rest) > FEW_DIGITS and not is_earlier else ""


def _remarks(names: pa.Array, reading: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Each name without its known remark, the remark, and the day in it; both empty where there is none."""
    likely = pc.match_substring_regex(names, LIKELY)
    nothing = pa.array([""] * len(names), pa.string())
    if not pc.any(likely).as_py():
        return names, nothing, nothing
    parts = [split_remark(name, reading) for name in names.filter(likely).to_pylist()]
    bare, remarks, days = (pa.array(column, pa.string()) for column in zip(*parts, strict=True))
    return (
        pc.replace_with_mask(names, likely, bare),
        pc.replace_with_mask(nothing, likely, remarks),
        pc.replace_with_mask(nothing, likely, days),
    )
