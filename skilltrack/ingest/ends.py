"""What statuses and answers change in the cells: who left, what was revoked or paid back, ids made of rows."""

import hashlib
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.content import Room
from skilltrack.ingest.kinds import Kind
from skilltrack.ingest.likeness import FROM_ROW
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.status import ENDS, Settled
from skilltrack.ingest.status_words import COUNTS, REFUND

STATUS = "status_says"
"""The column, of rosters and badges, in which a row says that it ended without saying when."""
SAID_BY = ("employee_id", "email", "credential_id", "credential", "paid_on", "amount", "currency")
"""What an id made of a row is made of."""
SIDES = {"holder": ("employee_id", "email", "name"), "manager": ("manager_id", "manager_name", "manager_email")}
"""Parts of a mapping that say which of some columns is right."""


def end(kind: Kind, taken: dict[str, pa.ChunkedArray], settled: Settled, room: Room) -> None:
    """Put what the statuses say into the cells: the status of people and awards, the sign of payments."""
    meaning = ENDS.get(kind.name)
    if meaning is None or not settled.ranks:
        return
    if meaning != REFUND:
        pieces = [pa.array([COUNTS, meaning, COUNTS]).take(pa.array(rank)) for rank in settled.ranks]
        taken[STATUS] = pa.chunked_array(pieces, pa.string())
    elif settled.ends and "amount" in taken:
        is_back = iter([pa.array(rank == 1) for rank in settled.ranks])

        def signed(amounts: pa.Array) -> pa.Array:
            negative = pc.binary_join_element_wise("-", pc.utf8_ltrim(amounts, "-"), "")
            return pc.if_else(pc.and_(next(is_back), pc.not_equal(amounts, "")), negative, amounts)

        taken["amount"] = room.changed(signed, taken["amount"])


def sides(taken: dict[str, pa.ChunkedArray], mapping: Mapping, room: Room) -> None:
    """Empty the cells of columns beside the one that the mapping says is right, where that one is filled."""
    for part, names in SIDES.items():
        right = getattr(mapping, part)
        for name in names:
            if right in taken and name in taken and name != right:
                taken[name] = room.changed(
                    lambda cells, of_right: pc.if_else(pc.equal(of_right, ""), cells, ""), taken[name], taken[right]
                )


def make_ids(kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping) -> None:
    """Give each row an id made of what it says, where the mapping says that the file has none.

    The same row has the same id in the next file; of several equal rows each has its own.
    """
    name = kind.key[0]
    if mapping.constants.get(name) != FROM_ROW or name not in taken:
        return
    times: Counter[str] = Counter()
    names = [column for column in SAID_BY if column in taken]
    pieces = []
    for parts in zip(*(taken[column].chunks for column in names), strict=True):
        ids = []
        for row in zip(*(part.to_pylist() for part in parts), strict=True):
            digest = hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:12]
            times[digest] += 1
            ids.append(f"row {digest}" + f" {times[digest]}" * (times[digest] > 1))
        pieces.append(pa.array(ids, pa.string()))
    taken[name] = pa.chunked_array(pieces, pa.string())
