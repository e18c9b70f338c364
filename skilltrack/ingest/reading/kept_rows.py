"""Which rows of a file are used: those that neither a status nor the mapping leaves out."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.mapping import (
    KEEP_LAST,
    KEEP_NEWEST,
    Mapping,
)
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import joined, sentence

Cells = dict[str, pa.ChunkedArray]
AWARD = ("award_id", "employee_id", "email", "credential_id", "credential", "issuer", "issued_on")
"""The columns that identify an award in a file: its id, or all the others where it has none."""
NEWEST = ("hired_on",)
"""The column by which the newest of several rows of one key is found."""
SHOWN = 20
"""Ways in which rows are left out that a notice lists."""


def rows_kept(
    kind: Kind, columns: Cells, mapping: Mapping, counting: pa.ChunkedArray | None, file: str, problems: list[Problem]
) -> pa.ChunkedArray | None:
    """Which rows neither a status nor the mapping leaves out; None = all of them.

    `counting`: which rows no status leaves out; where several rows have one key, one of these is kept.
    """
    left_out = mapping.skip
    if mapping.undated and (kind.holds_awards or kind.holds_payments):
        left_out = left_out | {kind.begins: [*left_out.get(kind.begins, ()), ""]}
    skipped = {name: cells for name, cells in columns.items() if name in left_out}
    if not skipped and not mapping.keeps_one:
        return counting
    here = [] if counting is None else counting.chunks
    key_columns = [name for name in (AWARD if kind.holds_awards else kind.key) if name in columns]
    wanted = _wanted(columns, key_columns, counting) if mapping.duplicates == KEEP_NEWEST else {}
    names = [*skipped, *(name for name in (*key_columns, *NEWEST) if name in columns and name not in skipped)]
    seen: dict[tuple[str, ...], tuple[int, int]] = {}
    masks: list[np.ndarray] = []
    why: Counter[tuple[str, str]] = Counter()
    before = 0
    for piece, parts in enumerate(zip(*(columns[name].chunks for name in names), strict=True)):
        cells = dict(zip(names, parts, strict=True))
        is_kept = here[piece].to_numpy(zero_copy_only=False).copy() if here else np.ones(len(parts[0]), bool)
        before += int(is_kept.sum())
        for name in skipped:
            is_out = pc.is_in(cells[name], pa.array(left_out[name], pa.string())).to_numpy(zero_copy_only=False)
            for entry in pc.value_counts(cells[name].filter(pa.array(is_kept & is_out))).to_pylist():
                why[name, entry["values"]] += entry["counts"]
            is_kept &= ~is_out
        masks.append(is_kept)
        if mapping.keeps_one:
            days = cells[NEWEST[0]].to_pylist() if wanted else [""] * len(parts[0])
            keys = zip(*(cells[name].to_pylist() for name in key_columns), strict=True)
            for row, (key, day) in enumerate(zip(keys, days, strict=True)):
                if is_kept[row]:
                    key = key[:1] if key_columns[0] == "award_id" and key[0] else key
                    if key in seen and mapping.duplicates == KEEP_LAST:
                        earlier, place = seen[key]
                        masks[earlier][place] = False
                        seen[key] = piece, row
                        continue
                    is_kept[row] = key not in seen and day == wanted.get(key, day)
                    if is_kept[row]:
                        seen[key] = piece, row
    kept = pa.chunked_array([pa.array(mask) for mask in masks], pa.bool_())
    if left_out_here := before - sum(int(mask.sum()) for mask in masks):
        ways = [
            sentence("{name} {value} ({rows:,})", name=name, value=value, rows=rows)
            if value
            else sentence("{name} empty ({rows:,})", name=name, rows=rows)
            for (name, value), rows in why.most_common(SHOWN)
        ]
        message = sentence("{rows} left out, as the mapping or a warning here says", rows=counted(left_out_here, "row"))
        is_open = any(not value and kind.column(name).required for name, value in why)
        severity = "warning" if is_open else "notice"
        message = joined((message, joined(ways, "; ")), ": ") + "."
        problems.append(Problem(file, None, None, None, message, severity))
    return None if not len(kept) or pc.all(kept).as_py() else kept


def _wanted(columns: Cells, key_columns: list[str], counting: pa.ChunkedArray | None) -> dict[tuple[str, ...], str]:
    """The latest day of hiring of each key, among the rows that no status leaves out."""
    if NEWEST[0] not in columns:
        return {}
    last: dict[tuple[str, ...], str] = {}
    cells = [
        columns[name] if counting is None else columns[name].filter(counting) for name in (*key_columns, NEWEST[0])
    ]
    for *key, day in zip(*(column.to_pylist() for column in cells), strict=True):
        last[tuple(key)] = max(last.get(tuple(key), ""), day)
    return last
