"""What systems write behind a name to say how somebody stands: `Tom Hale (On Leave)`, `Ana Ruiz (Terminated)`.

The remark is not part of the name. It is a status of the person, settled like the cells of a column of statuses.
"""

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.status_words import plain, words_of

BEHIND = r"\s*[(\[](?P<remark>[^()\[\]\d]+)[)\]]$"


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
        return pc.if_else(is_bare, piece, pc.replace_substring_regex(piece, BEHIND, ""))

    return room.changed(without, names), pa.chunked_array(pieces, pa.string())


def _remarks(names: pa.Array) -> pa.Array:
    """The known remark behind each name, empty where there is none."""
    if not pc.any(pc.match_substring_regex(names, r"[)\]]$")).as_py():
        return pa.array([""] * len(names), pa.string())
    coded = pc.struct_field(pc.extract_regex(names, rf".{BEHIND}"), "remark").dictionary_encode()
    known = words_of("roster")
    remarks = [remark.strip() if plain(remark or "") in known else "" for remark in coded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(remarks, pa.string()).take(coded.indices), "")
