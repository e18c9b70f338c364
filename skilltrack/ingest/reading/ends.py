"""What statuses and answers change in the cells: who left, what was revoked or paid back, ids made from rows."""

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.inside import OF_STATUS
from skilltrack.ingest.reading.likeness import FROM_ROW, dates_among, sampled
from skilltrack.ingest.reading.looking_inside import OF_WORK
from skilltrack.ingest.reading.mapping import YES, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import Places
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status import ENDED, HERE, Settled
from skilltrack.ingest.reading.status_words import COUNTS, REFUND, STATUS_HEADERS, words_in
from skilltrack.ingest.reading.unused import NO_END
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, counting, sentence

STATUS = "status_says"
"""A column of rosters and badges: what a status says about a row that may have ended without a day."""
DAY = r"^\d{4}-\d{2}-\d{2}$"
"""A day in reference form."""
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


@dataclass(frozen=True)
class Day:
    """A column of days on which something ended, which no header names."""

    column: str
    header: str
    message: Sentence
    cells: dict[str, str] = field(default_factory=dict)
    """What its cells hold, as a mapping says it."""


def day_of_ending(kind: Kind, decoded: Decoded, settled: Settled, places: Places, mapping: Mapping) -> Day | None:
    """The days on which people left or awards were revoked, where a status says that some did and no column when."""
    if not settled.ends:
        return None
    given = {*places, *mapping.columns, *mapping.constants}
    if kind.lists_people and "left_on" not in given:
        day = _day_of_leaving(decoded, settled, places)
        return day or _day_of_status("left_on", "left", decoded, settled, places)
    if kind.holds_awards and "revoked_on" not in given:
        return _day_of_status("revoked_on", "revoked", decoded, settled, places)
    return None


def _free_days(decoded: Decoded, places: Places) -> list[int]:
    """Positions of the unused columns whose values are days."""
    used = {at for positions in places.values() for at in positions}
    free = [at for at, header in enumerate(decoded.header) if at not in used and header and not is_sensitive(header)]
    return [at for at in free if (values := sampled(decoded.columns[at])) and dates_among(values) == 1]


def _day_of_leaving(decoded: Decoded, settled: Settled, places: Places) -> Day | None:
    """The days that exactly those have who left."""
    left = np.concatenate([rank == ENDED for rank in settled.ranks])
    headers = []
    for at in _free_days(decoded, places):
        header, cells = decoded.header[at], decoded.columns[at]
        if len(cells) != len(left) or NO_END & set(header_words(header)):
            continue
        if (pc.not_equal(pc.utf8_trim_whitespace(cells), "").to_numpy() == left).all():
            headers.append(header)
    message = sentence(
        "has a day in exactly the rows of those who left: read as left_on. If that is wrong, say in a mapping: "
        '[columns] left_on = "".'
    )
    return Day("left_on", headers[0], message) if len(headers) == 1 else None


def _day_of_status(column: str, ended: str, decoded: Decoded, settled: Settled, places: Places) -> Day | None:
    """The days on which the status that says left or revoked changed last: `State` and `State Updated At`."""
    of_status = {word for header in settled.headers for word in header_words(header)} & STATUS_HEADERS
    free = [decoded.header[at] for at in _free_days(decoded, places)]
    headers = [header for header in free if _is_of_status(header, of_status)]
    if column == "left_on":  # people have other statuses too, of their visa or their post
        headers = [header for header in headers if _goes_on(header, settled.headers)]
    if len(headers) != 1:
        return None
    message = sentence(
        "says when a status changed last: where the status is {ended}, read as {column}. If that is wrong, say in a "
        'mapping: [columns] {column} = "".',
        ended=ended,
        column=column,
    )
    return Day(column, headers[0], message, {headers[0]: OF_STATUS})


CHANGED = words_in(
    "modified updated update changed change last geandert anderung aktualisiert modifie modification maj modificado "
    "actualizado cambio"
)
"""Words in headers of days on which anything in a row changed."""


def tell_days_of_change(
    kind: Kind, decoded: Decoded, settled: Settled, places: Places, mapping: Mapping, problems: list[Problem]
) -> None:
    """Warn where awards are revoked on no day of their own, and a column says when a row changed last."""
    given = {*places, *mapping.columns, *mapping.constants}
    if not kind.holds_awards or not settled.ends or "revoked_on" in given:
        return
    for header in (decoded.header[at] for at in _free_days(decoded, places)):
        if CHANGED & set(header_words(header)):
            message = sentence(
                "holds days on which rows changed, and no column says on which day awards were revoked. If "
                'it does, say in a mapping: [columns] revoked_on = "{header}" and [cells] "{header}" = '
                '"{OF_STATUS}".',
                header=header,
                OF_STATUS=OF_STATUS,
            )
            problems.append(Problem(decoded.name, None, header, None, message, "warning"))


def _is_of_status(header: str, of_status: set[str]) -> bool:
    """Whether a header is that of the day of a status, `State Updated At`, `Statusdatum`."""
    words = header_words(header)
    together = any(word.startswith(status) and word != status for word in words for status in of_status)
    return bool(of_status & {*words}) or together


def _goes_on(header: str, statuses: Collection[str]) -> bool:
    """Whether a header begins as that of a status does, or says no more than whose it is: `Employment Status: Date`."""
    words = header_words(header)
    is_of_work = all(word in STATUS_HEADERS | OF_WORK | CHANGED for word in words)
    return is_of_work or any("".join(words).startswith("".join(header_words(status))) for status in statuses)


def end_where_said(
    kind: Kind, taken: dict[str, pa.ChunkedArray], settled: Settled, mapping: Mapping, room: Room
) -> None:
    """Empty the days on which a status changed, except where it says that somebody left or an award was revoked."""
    column = "left_on" if kind.lists_people else "revoked_on"
    header = mapping.columns.get(column)
    if column not in taken or not isinstance(header, str) or mapping.cells.get(header) != OF_STATUS:
        return
    ended = iter([pa.array(rank == ENDED) for rank in settled.ranks])

    def of_ended(days: pa.Array) -> pa.Array:
        return pc.if_else(next(ended, pa.repeat(False, len(days))), days, "")

    taken[column] = room.changed(of_ended, taken[column])


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
        _is_before(left, hired) for left, hired in zip(taken["left_on"].chunks, taken["hired_on"].chunks, strict=True)
    ]
    concerned = lines.filter(pa.chunked_array(is_before, pa.bool_()))
    if not len(concerned):
        return mapping
    what = counting(
        "{n:,} person has a last day before the day of hiring, the first in line {line}",
        "{n:,} people have a last day before the day of hiring, the first in line {line}",
        n=len(concerned),
        line=concerned[0].as_py(),
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
        answers = {YES: sentence("they were hired again and work here: the last day is that of an earlier employment")}
        text = sentence("{what}. Were they hired again? Otherwise they never count as working here.", what=what)
        questions.append(Question(file, "rehired", text, answers, must=False))
        return mapping
    of_chunks = iter(is_before)
    taken["left_on"] = room.changed(lambda left: pc.if_else(next(of_chunks), "", left), taken["left_on"])
    message = sentence("{what}: taken as hired again, so that they work here.", what=what)
    problems.append(Problem(file, concerned[0].as_py(), "left_on", None, message, "warning"))
    return replace(mapping, rehired=YES)


def _is_before(left: pa.Array, hired: pa.Array) -> pa.Array:
    """Whether each last day is before the day of hiring; what could not be read as a day is not."""
    is_before = pc.and_(pc.and_(pc.not_equal(left, ""), pc.not_equal(hired, "")), pc.less(left, hired))
    if not pc.any(is_before).as_py():
        return is_before
    are_days = (pc.match_substring_regex(days, DAY) for days in (left, hired))
    return pc.and_(is_before, pc.and_(*are_days))


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
