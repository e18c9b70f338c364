"""Cells that a report shows only in the first row of each group: `1001` once, and blank in the rows below it.

They are filled where rows of their own head the groups, so that nothing else can be meant; elsewhere it is asked.
"""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import Mapping, about
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind, Means
from skilltrack.language import sentence

DOWN, AS_IS = "down", "no"
LABELS = ("team", "location", "cost_center", "manager_id", "manager_name")
"""Columns of a roster that a report may show once for a group of people."""
FEWEST = 2
"""The fewest groups that are recognised."""


def with_fill(
    kind: Kind,
    file: str,
    taken: AnyMapping[str, pa.ChunkedArray],
    lines: pa.ChunkedArray,
    mapping: Mapping,
    problems: list[Problem],
) -> tuple[Mapping, list[Question]]:
    """The mapping that fills cells below the first row of each group, where that is certain; else questions."""
    questions = []
    for name in _grouped(kind, taken):
        if mapping.fill.get(name):
            continue
        filled = _filled(kind, name, taken)
        is_whose = not kind.lists_people
        if not _is_grouped(filled) or (not kind.one_of and _repeats(taken[name])):
            continue
        blank, first = int((~filled).sum()), int(np.argmin(filled))
        shown = taken[name][first - 1].as_py()
        rows, line = counted(blank, "row"), lines[first].as_py()
        is_headed = is_whose and (_heads(kind, taken) == filled).all()
        if is_whose and not kind.one_of and not is_headed:
            continue  # a row of this kind may be about nobody, such as a payment of the company
        if is_headed:
            message = sentence(
                "stands in rows of its own, above its rows: {rows} are read so, the first in line {line}.",
                rows=rows,
                line=line,
            )
            problems.append(Problem(file, line, name, None, message, "warning"))
            mapping = replace(mapping, fill=mapping.fill | {name: DOWN})
            continue
        text = sentence(
            "{name} is empty in {rows} below rows that have one. Does it hold for the rows below too?",
            name=name,
            rows=rows,
        )
        answers = {
            DOWN: sentence("yes: line {line} has {shown!r}, like the line above it", line=line, shown=shown),
            AS_IS: sentence("no: it is empty there"),
        }
        questions.append(Question(file, about("fill", name), text, answers, must=False))
        message = sentence(
            "is empty in {rows} below rows that have one, the first in line {line}. Does it hold for these too?",
            rows=rows,
            line=line,
        )
        problems.append(Problem(file, line, name, None, message, "warning"))
    return mapping, questions


def filled_down(kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping, room: Room) -> np.ndarray | None:
    """Fill the cells that the mapping says; returns which rows are more than the heading of a group, None = all."""
    for name, how in mapping.fill.items():
        if how not in (DOWN, AS_IS):
            raise BadFile(
                sentence(
                    "The mapping {mapping}: fill.{name} must be {DOWN!r} or {AS_IS!r}, not {how!r}.",
                    mapping=mapping.name,
                    name=name,
                    DOWN=DOWN,
                    AS_IS=AS_IS,
                    how=how,
                )
            )
    down = [name for name, how in mapping.fill.items() if how == DOWN and name in taken]
    if not down:
        return None
    is_more = ~_heads(kind, taken)
    for name in down:
        filled = iter(_by_piece(_filled(kind, name, taken), taken[name]))
        masks = list(filled)
        for column in _with(kind, name, taken):
            taken[column] = _down(taken[column], masks, room)
    return None if is_more.all() or kind.lists_people else is_more


def as_filled(kind: Kind, columns: Sequence[str], decoded: Decoded, mapping: Mapping) -> tuple[Decoded, Mapping]:
    """A file with every cell filled that the mapping says, without headings of groups, and the mapping without that.

    `columns`: our column for each of its headers, or "".
    """
    taken = {name: decoded.columns[at] for at, name in enumerate(columns) if name}
    is_more = filled_down(kind, taken, mapping, decoded.room)
    cells = [taken.get(name, cells) for name, cells in zip(columns, decoded.columns, strict=True)]
    lines = decoded.lines
    if is_more is not None:
        kept = pa.array(is_more)
        cells, lines = [column.filter(kept) for column in cells], lines.filter(kept)
    return replace(decoded, columns=cells, lines=lines), replace(mapping, fill={})


def _down(cells: pa.ChunkedArray, filled: list[np.ndarray], room: Room) -> pa.ChunkedArray:
    last, pieces = "", iter(filled)

    def down(piece: pa.Array) -> pa.Array:
        nonlocal last
        known = pc.fill_null(pc.fill_null_forward(pc.if_else(pa.array(next(pieces)), piece, None)), last)
        last = known[-1].as_py() if len(known) else last
        return known

    return room.changed(down, cells)


def _by_piece(mask: np.ndarray, like: pa.ChunkedArray) -> list[np.ndarray]:
    ends = np.cumsum([len(piece) for piece in like.chunks])
    return np.split(mask, ends[:-1])


def _grouped(kind: Kind, taken: AnyMapping[str, pa.ChunkedArray]) -> list[str]:
    """Our columns that may be shown once for a group of rows."""
    if kind.lists_people:
        return [name for name in LABELS if name in taken]
    return _with(kind, kind.about, taken)[:1] if kind.about else []


def _with(kind: Kind, name: str, taken: AnyMapping[str, pa.ChunkedArray]) -> list[str]:
    """The columns that are filled together with one: all that say whose a row is."""
    if kind.lists_people:
        return [name]
    return [column.name for column in kind.file_columns if column.name in taken and column.means in WHOSE]


WHOSE = (Means.OWNER, Means.CALLED)


def _filled(kind: Kind, name: str, taken: AnyMapping[str, pa.ChunkedArray]) -> np.ndarray:
    """Which rows have a value in a column, or in one that is filled together with it."""
    masks = [pc.not_equal(taken[column], "").to_numpy() for column in _with(kind, name, taken)]
    return np.asarray(np.logical_or.reduce(masks))


def _heads(kind: Kind, taken: AnyMapping[str, pa.ChunkedArray]) -> np.ndarray:
    """Which rows say whose the rows below them are, and nothing else."""
    whose = [] if kind.lists_people or not kind.about else _with(kind, kind.about, taken)
    rest = [pc.not_equal(cells, "").to_numpy() for name, cells in taken.items() if name not in whose]
    if not whose or not rest:
        return np.zeros(len(next(iter(taken.values()), ())), bool)
    return np.asarray(_filled(kind, kind.about, taken) & ~np.logical_or.reduce(rest))


def _repeats(cells: pa.ChunkedArray) -> bool:
    """Whether a value stands in several rows, so that it is no heading of a group."""
    filled = cells.filter(pc.not_equal(cells, ""))
    return len(pc.unique(filled)) < len(filled)


def _is_grouped(filled: np.ndarray) -> bool:
    """Whether the first row has a value, and several groups have one in their first row only."""
    if not len(filled) or not filled[0] or filled.all():
        return False
    begins = int((filled[:-1] & ~filled[1:]).sum())
    return begins >= FEWEST and 2 * begins >= int(filled.sum())
