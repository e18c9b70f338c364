"""Remarks beside a name that systems use for a status: `Tom Hale (On Leave)`, `Ana Ruiz - Terminated`.

The remark is not part of the name. It is a status of the person, settled like the cells of a column of statuses.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.status_words import COUNTS, WEAK, plain, words_of

LIKELY = r"[)\]*]|\s[-–—]\s"
BESIDE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<name>.*\S)\s*[(\[](?P<remark>[^()\[\]]+)[)\]]",
        r"[(\[](?P<remark>[^()\[\]]+)[)\]]\s*(?P<name>.*\S)",
        r"(?P<name>.*\S)\s+[-–—]\s+(?P<remark>[^-–—]+)",
        r"(?P<name>.*\S)\s*\*+(?P<remark>[^*]+)\*+",
    )
)
"""In brackets behind a name or before it, behind a dash with blanks around it, between asterisks."""


def split_remarks(
    names: pa.ChunkedArray, is_settled: bool, room: Room
) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
    """The names of a roster without known remarks, and the remark of each row; None where the file has none.

    `is_settled`: a mapping says already what the remarks mean.
    """
    pieces = [_remarks(piece) for piece in names.chunks]
    if not is_settled and not any(pc.any(pc.not_equal(piece, "")).as_py() for piece in pieces):
        return names, None
    of_rows = iter(pieces)

    def without(piece: pa.Array) -> pa.Array:
        is_bare = pc.equal(next(of_rows), "")
        if pc.all(is_bare).as_py():
            return piece
        bare = [split_remark(name)[0] for name in piece.filter(pc.invert(is_bare)).to_pylist()]
        return pc.replace_with_mask(piece, pc.invert(is_bare), pa.array(bare, pa.string()))

    return room.changed(without, names), pa.chunked_array(pieces, pa.string())


def split_remark(name: str) -> tuple[str, str]:
    """A name without known words beside it, and the word that decides: an end before others; "" without any."""
    known, remark = words_of("roster"), ""
    while True:
        for pattern in BESIDE:
            match = pattern.fullmatch(name)
            word = re.sub(r"[\s\d./:,-]+$", "", match["remark"]).strip() if match else ""
            if match and plain(word) in known:
                is_firmer = not remark or known[plain(remark)] in (WEAK, COUNTS)
                name, remark = match["name"].strip(), word if is_firmer else remark
                break
        else:
            return name, remark


def _remarks(names: pa.Array) -> pa.Array:
    """The known remark beside each name, empty where there is none."""
    likely = pc.match_substring_regex(names, LIKELY)
    if not pc.any(likely).as_py():
        return pa.array([""] * len(names), pa.string())
    remarks = [split_remark(name)[1] for name in names.filter(likely).to_pylist()]
    return pc.replace_with_mask(pa.array([""] * len(names), pa.string()), likely, pa.array(remarks, pa.string()))
