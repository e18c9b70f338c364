"""Lines of a report that are not rows: totals, subtotals, and what a system writes below its table."""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.records import is_remark
from skilltrack.kinds import TOTALS, Kind, plain_header
from skilltrack.language import Sentence, sentence

SUM = re.compile(
    r"(grand |sub-?|report |overall |sous-|zwischen)?"
    r"(total|totals|totaal|totale|sum|summe|gesamt|gesamtsumme|suma|somme|count|anzahl)\b.{0,60}"
    r"|.{1,60} (total|subtotal|gesamt|summe)",
    re.IGNORECASE,
)
"""How the first cell of a line of totals begins or ends."""
NUMBER = re.compile(r"[\d., ]+")
HEADS = re.compile(
    r"(total )?(head ?count|employees|staff|people)|number of (employees|staff|people)|(anzahl )?mitarbeiter(zahl)?"
    r"|kopfzahl|effectifs?( total)?|nombre de salariés|plantilla( total)?|número de empleados",
    re.IGNORECASE,
)
"""What stands in a roster before the number of its people."""
LONGEST_FOOTER = 30
"""Most lines that are looked at below a table."""
MOST_SUBTOTALS = 10_000
"""Most rows without a required value; where there are more, they are not searched for lines of totals."""


def without_footers(
    kind: Kind,
    decoded: Decoded,
    places: dict[str, list[int]],
    problems: list[Problem],
    is_as_earlier: bool,
    counts_heads: bool = True,
) -> Decoded:
    """The file without lines of totals and lines below its last row; a notice names each.

    `counts_heads`: below a roster, a line with the number of its people is one of totals.
    """
    kept = np.ones(len(decoded.lines), bool)
    for at in range(len(decoded.lines) - 1, max(-1, len(decoded.lines) - 1 - LONGEST_FOOTER), -1):
        cells = [column[at].as_py().strip() for column in decoded.columns]
        is_last = bool(kept.all())
        if _sums_up(kind, cells, places, is_last, counts_heads):
            _tell(decoded, at, sentence("is a line of totals: left out."), problems)
        elif not is_as_earlier and is_remark(cells) and _lacks(kind, cells, places):
            _tell(decoded, at, sentence("is below the table: left out."), problems)
        else:
            break
        kept[at] = False
        if is_as_earlier:
            break
    for at in () if is_as_earlier else _incomplete(kind, decoded, places):
        if kept[at] and _sums_up(kind, [column[at].as_py().strip() for column in decoded.columns], places, False):
            _tell(decoded, at, sentence("is a line of totals: left out."), problems)
            kept[at] = False
    if kept.all():
        return decoded
    ends = np.cumsum([len(piece) for piece in decoded.lines.chunks])
    masks = pa.chunked_array(np.split(kept, ends[:-1]), pa.bool_())
    columns = [decoded.room.changed(pc.filter, cells, masks) for cells in decoded.columns]
    return replace(decoded, columns=columns, lines=decoded.lines.filter(masks))


def _tell(decoded: Decoded, at: int, message: Sentence, problems: list[Problem]) -> None:
    problems.append(Problem(decoded.name, decoded.lines[at].as_py(), None, None, message, "notice"))


def _sums_up(
    kind: Kind, cells: list[str], places: dict[str, list[int]], is_last: bool, counts_heads: bool = False
) -> bool:
    """Whether a line is one of totals and not a row: it says so, and lacks a required value or most of the others."""
    first = next(filter(None, cells), "")
    taken = ["".join(cells[at] for at in positions) for positions in places.values()]
    is_sparse = is_last and 2 * sum(map(bool, taken)) <= len(taken)
    if plain_header(first) in TOTALS:  # not somebody of the team Total
        return is_sparse or _lacks(kind, cells, places)
    rest = list(filter(None, cells))[1:]
    if counts_heads and kind.lists_people and HEADS.fullmatch(first) and rest and all(map(NUMBER.fullmatch, rest)):
        return True
    return bool(SUM.fullmatch(first)) and _lacks(kind, cells, places)


def _lacks(kind: Kind, cells: list[str], places: dict[str, list[int]]) -> bool:
    return any(not any(cells[at] for at in group) for group in _needed(kind, places))


def _needed(kind: Kind, places: dict[str, list[int]]) -> list[list[int]]:
    """Groups of positions of columns: every row needs a value in one column of each group."""
    needed = [(column.name, *column.instead) for column in kind.columns if column.required]
    groups = [[at for name in names for at in places.get(name, ())] for names in [*needed, kind.one_of]]
    return [group for group in groups if group]


def _incomplete(kind: Kind, decoded: Decoded, places: dict[str, list[int]]) -> list[int]:
    """Rows without a required value; empty where there are very many."""
    rows: set[int] = set()
    for needed in _needed(kind, places):
        if len(needed) == 1:
            start = 0
            for piece in decoded.columns[needed[0]].chunks:
                if pc.any(pc.equal(pc.utf8_trim_whitespace(piece), "")).as_py():
                    is_empty = pc.equal(pc.utf8_trim_whitespace(piece), "").to_numpy(zero_copy_only=False)
                    rows.update((np.flatnonzero(is_empty) + start).tolist())
                start += len(piece)
        if len(rows) > MOST_SUBTOTALS:
            return []
    return sorted(rows)
