"""What statuses and answers change in the cells: who left, what was revoked or paid back, ids made from rows."""

import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.likeness import FROM_ROW, dates_among, sampled
from skilltrack.ingest.reading.mapping import YES, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import Places
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status import ENDED, HERE, Settled
from skilltrack.ingest.reading.status_words import COUNTS, REFUND
from skilltrack.ingest.reading.unused import NO_END
from skilltrack.kinds import Kind
from skilltrack.text import people_have

STATUS = "status_says"
"""A column of rosters and badges: what a status says about a row that may have ended without a day."""
ID_PARTS = ("employee_id", "email", "credential_id", "credential", "paid_on", "amount", "currency")
"""The columns from which an id is made for a row."""
SIDES = {"holder": ("employee_id", "email", "name"), "manager": ("manager_id", "manager_name", "manager_email")}
"""Parts of a mapping that say which of several columns is right."""


def end(kind: Kind, taken: dict[str, pa.ChunkedArray], settled: Settled, room: Room) -> None:
    """Put what the statuses say into the cells: the status of people and awards, the sign of payments."""
    meaning = kind.status_ends
    if not meaning or not settled.ranks:
        return
    if meaning != REFUND:
        pieces = [pc.if_else(pa.array(rank == ENDED), meaning, COUNTS) for rank in settled.ranks]
        taken[STATUS] = pa.chunked_array(pieces, pa.string())
    elif settled.ends and "amount" in taken:
        is_back = iter([pa.array(rank == ENDED) for rank in settled.ranks])

        def signed(amounts: pa.Array) -> pa.Array:
            negative = pc.binary_join_element_wise("-", pc.utf8_ltrim(amounts, "-"), "")
            return pc.if_else(pc.and_(next(is_back), pc.not_equal(amounts, "")), negative, amounts)

        taken["amount"] = room.changed(signed, taken["amount"])


def day_of_leaving(kind: Kind, decoded: Decoded, settled: Settled, places: Places, mapping: Mapping) -> str:
    """The header of days that exactly those have who left, where no column gives their last day; else empty."""
    if not kind.lists_people or not settled.ends or "left_on" in {*places, *mapping.columns, *mapping.constants}:
        return ""
    left = np.concatenate([rank == ENDED for rank in settled.ranks])
    used = {at for positions in places.values() for at in positions}
    headers = []
    for at, (header, cells) in enumerate(zip(decoded.header, decoded.columns, strict=True)):
        is_open = at not in used and header and not is_sensitive(header) and not NO_END & set(header_words(header))
        if not is_open or len(cells) != len(left) or not (values := sampled(cells)) or dates_among(values) < 1:
            continue
        if (pc.not_equal(pc.utf8_trim_whitespace(cells), "").to_numpy() == left).all():
            headers.append(header)
    return headers[0] if len(headers) == 1 else ""


def leave_on(taken: dict[str, pa.ChunkedArray], days: pa.ChunkedArray | None, settled: Settled, room: Room) -> None:
    """Use the day in a remark beside a name as the last day of people who have left, where no column gives one."""
    if days is None or not settled.ends:
        return
    ends = iter([pa.array(rank == ENDED) for rank in settled.ranks])
    left = [taken["left_on"]] if "left_on" in taken else []

    def given(day: pa.Array, *columns: pa.Array) -> pa.Array:
        of_leavers = pc.if_else(next(ends), day, "")
        return pc.if_else(pc.equal(columns[0], ""), of_leavers, columns[0]) if columns else of_leavers

    taken["left_on"] = room.changed(given, days, *left)


def sides(taken: dict[str, pa.ChunkedArray], mapping: Mapping, room: Room) -> None:
    """Where the column that the mapping calls right is filled, empty the cells of the columns beside it."""
    for part, names in SIDES.items():
        right = getattr(mapping, part)
        for name in names:
            if right in taken and name in taken and name != right:
                taken[name] = room.changed(
                    lambda cells, of_right: pc.if_else(pc.equal(of_right, ""), cells, ""), taken[name], taken[right]
                )


def take_last_hiring(taken: dict[str, pa.ChunkedArray], room: Room) -> None:
    """Use the day on which people were hired again, where the file has one, as their day of hiring."""
    if (again := taken.get("rehired_on")) is not None:
        first = taken.get("hired_on", again)
        taken["hired_on"] = room.changed(lambda day, last: pc.if_else(pc.equal(last, ""), day, last), first, again)


def rehire(
    file: str, is_last: bool, taken: dict[str, pa.ChunkedArray], lines: pa.ChunkedArray, settled: Settled,
    mapping: Mapping, problems: list[Problem], questions: list[Question], room: Room,
) -> Mapping:  # fmt: skip
    """Empty last days before the day of hiring where people were hired again, or ask whether they were.

    `is_last`: the file says that the day of hiring is the latest one. It also says so where all these people have a day
    on which they were hired again, or the status that they work here. Returns the mapping with the answer.
    """
    if not {"hired_on", "left_on"} <= set(taken):
        return mapping
    is_before = [
        pc.and_(pc.and_(pc.not_equal(left, ""), pc.not_equal(hired, "")), pc.less(left, hired))
        for left, hired in zip(taken["left_on"].chunks, taken["hired_on"].chunks, strict=True)
    ]
    concerned = lines.filter(pa.chunked_array(is_before, pa.bool_()))
    if not len(concerned):
        return mapping
    what = (
        f"{people_have(len(concerned))} a last day before the day of hiring, the first in line {concerned[0].as_py()}"
    )
    works_here = bool(settled.ranks) and all(
        (rank[before.to_numpy(zero_copy_only=False)] <= HERE).all()
        for rank, before in zip(settled.ranks, is_before, strict=True)
    )
    again = taken.get("rehired_on")
    is_again = again is not None and all(
        pc.all(pc.not_equal(day.filter(before), "")).as_py() is not False
        for day, before in zip(again.chunks, is_before, strict=True)
    )
    if not (mapping.rehired or is_last or is_again or works_here):
        answers = {YES: "they were hired again and work here: the last day is that of an earlier employment"}
        text = f"{what}. Were they hired again? Otherwise they never count as working here."
        questions.append(Question(file, "rehired", text, answers, must=False))
        return mapping
    of_chunks = iter(is_before)
    taken["left_on"] = room.changed(lambda left: pc.if_else(next(of_chunks), "", left), taken["left_on"])
    message = f"{what}: taken as hired again, so that they work here."
    problems.append(Problem(file, concerned[0].as_py(), "left_on", None, message, "warning"))
    return replace(mapping, rehired=YES)


def make_ids(kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping) -> None:
    """Give each row an id made from its content, where the mapping says that the file has none.

    The same row gets the same id in the next file; several equal rows each get their own.
    """
    name = kind.key[0]
    if mapping.constants.get(name) != FROM_ROW or name not in taken:
        return
    times: Counter[str] = Counter()
    names = [column for column in ID_PARTS if column in taken]
    pieces = []
    for parts in zip(*(taken[column].chunks for column in names), strict=True):
        ids = []
        for row in zip(*(part.to_pylist() for part in parts), strict=True):
            digest = hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:12]
            times[digest] += 1
            ids.append(f"row {digest}" + f" {times[digest]}" * (times[digest] > 1))
        pieces.append(pa.array(ids, pa.string()))
    taken[name] = pa.chunked_array(pieces, pa.string())
