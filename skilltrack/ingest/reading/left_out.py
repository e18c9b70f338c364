"""Rows that a status leaves out, with the cells that identify them, because the same rows may be stored already."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.status import FOR_GOOD, OPEN, Settled
from skilltrack.kinds import Kind

IDENTIFYING = (
    "award_id", "employee_id", "email", "name", "credential_id", "credential", "issued_on", "paid_on", "amount",
    "currency", "revoked_on",
)  # fmt: skip
"""Columns beside the key of a kind that may say which row is meant, and when an award was revoked."""


@dataclass(frozen=True)
class LeftOut:
    """The rows of a file that a status leaves out."""

    columns: dict[str, pa.ChunkedArray]
    """The columns that identify a row, by name, and no others."""
    lines: pa.ChunkedArray
    is_for_good: pa.ChunkedArray
    """Whether a row says that it will never count, rather than not yet."""
    status: pa.ChunkedArray
    """The status that says so."""
    header: str
    """The headers of the statuses."""


def left_out(
    kind: Kind,
    taken: AnyMapping[str, pa.ChunkedArray],
    others: AnyMapping[str, pa.ChunkedArray],
    lines: pa.ChunkedArray,
    settled: Settled,
    skip: AnyMapping[str, list[str]],
    room: Room,
) -> LeftOut | None:
    """The rows that a status leaves out; None without any. Those that the mapping skips are not among them.

    Of people none are kept: applicants are nobody's business, and a roster without somebody says that they left.
    """
    if kind.lists_people or not any(((rank == OPEN) | (rank == FOR_GOOD)).any() for rank in settled.ranks):
        return None
    mask = pa.chunked_array([pa.array((rank == OPEN) | (rank == FOR_GOOD)) for rank in settled.ranks], pa.bool_())
    for name in {*skip} & {*taken}:
        mask = pc.and_not(mask, pc.is_in(taken[name], pa.array(skip[name], pa.string())))
    names = [name for name in dict.fromkeys((*kind.key, *IDENTIFYING)) if name in taken]
    never = pa.chunked_array([pa.array(rank == FOR_GOOD) for rank in settled.ranks], pa.bool_())
    statuses = [others[header] for header in settled.headers]
    joined = statuses[0]
    if len(statuses) > 1:
        joined = room.changed(lambda *cells: pc.binary_join_element_wise(*cells, ", "), *statuses)
    return LeftOut(
        {name: room.changed(pc.filter, taken[name], mask) for name in names},
        lines.filter(mask),
        never.filter(mask),
        joined.filter(mask),
        " and ".join(settled.headers),
    )
