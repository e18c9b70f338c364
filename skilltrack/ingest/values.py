"""What the cells of a column say: sentinels that mean nothing, dates and amounts in reference form, padded ids."""

from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest import styles
from skilltrack.ingest.content import Room
from skilltrack.ingest.decode import Decoded
from skilltrack.ingest.kinds import Column, Kind
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question

NUMBERS = ("date", "level", "level_or_0", "whole", "weight", "money")


def translated(
    column: Column, taken: dict[str, pa.ChunkedArray], mapping: Mapping, decoded: Decoded, problems: list[Problem]
) -> pa.ChunkedArray:
    """Cells with the mapping's values put in, and those emptied that say that there is nothing."""
    cells = taken[column.name]
    if column.name in mapping.values:
        pairs = mapping.values[column.name]
        anything_else = pairs.get("*")
        cells = _each(
            decoded.room, lambda cell: pairs.get(cell, cell if anything_else is None else anything_else), cells
        )
    if column.type in NUMBERS or column.name.endswith("_id") or column.name in ("email", "evidence_url"):
        empty = pa.array(sorted(styles.EMPTY))
        counts: Counter[str] = Counter()

        def emptied(piece: pa.Array) -> pa.Array:
            says_nothing = pc.is_in(pc.utf8_lower(piece), empty)
            if not pc.any(says_nothing).as_py():
                return piece
            for entry in piece.filter(says_nothing).value_counts().to_pylist():
                counts[entry["values"]] += entry["counts"]
            return pc.if_else(says_nothing, "", piece)

        cells = decoded.room.changed(emptied, cells)
        if counts:
            listed = ", ".join(f"{value!r} ({rows} rows)" for value, rows in counts.items())
            problems.append(Problem(decoded.name, None, column.name, None, f"{listed} taken as empty.", "notice"))
    return cells


def found_styles(
    kind: Kind, taken: dict[str, pa.ChunkedArray], mapping: Mapping, file: str,
    problems: list[Problem], questions: list[Question],
) -> dict[str, str]:  # fmt: skip
    """The style of each column that is not in reference form and leaves no doubt; doubts become questions."""
    found = {}
    for column in kind.file_columns:
        part = {"date": "dates", "money": "amounts"}.get(column.type, "")
        if not part or column.name not in taken or column.name in getattr(mapping, part):
            continue
        values = [value for value in taken[column.name].unique().to_pylist() if value]
        about = f"{part}.{column.name}"
        if part == "dates":
            possible, read = styles.date_styles(values), styles.as_date
            if not possible and styles.are_serials(values):
                meant = f"{values[0]} as {styles.as_date(values[0], styles.EXCEL)}"
                text = f"{column.name} holds whole numbers: are they a spreadsheet's days?"
                questions.append(Question(file, about, text, {styles.EXCEL: meant}))
        else:
            possible, read = styles.amount_styles(values), styles.as_amount
        if len(possible) == 1:
            found[about] = possible[0]
            shown = next(value for value in values if read(value, possible[0]))
            said = f"is read as {possible[0]!r}: {shown!r} is {read(shown, possible[0])}."
            problems.append(Problem(file, None, column.name, None, said, "notice"))
        elif possible:
            shown = next(value for value in values if len({read(value, style) for style in possible}) > 1)
            answers = {style: f"{shown} as {read(shown, style)}" for style in possible if read(shown, style)}
            questions.append(Question(file, about, f"{column.name}: {shown!r} can be read in two ways.", answers))
    return found


def styled(column: Column, taken: dict[str, pa.ChunkedArray], mapping: Mapping, room: Room) -> pa.ChunkedArray:
    """Cells in reference form; one that its style does not read stays as it is, for the check to name."""
    cells, name = taken[column.name], column.name
    if name in mapping.dates:
        cells = _each(room, lambda cell: styles.as_date(cell, mapping.dates[name]) or cell, cells)
    if name in mapping.amounts:
        style = mapping.amounts[name]
        if style not in styles.AMOUNTS:
            raise BadFile(f"The mapping {mapping.name}: amounts.{name} must be 'point' or 'comma', not {style!r}.")
        pair = [cells] if "currency" not in taken else [cells, taken["currency"]]
        cells = _each(room, lambda pair: styles.as_amount(*_amount(pair, style)) or pair.split("\x1f")[0], *pair)
    if name in mapping.pad:
        width = mapping.pad[name]
        if not width.isdigit() or not 0 < int(width) < 100:
            raise BadFile(f"The mapping {mapping.name}: pad.{name} must be a number of digits, not {width!r}.")
        cells = _each(room, lambda cell: cell.zfill(int(width)) if cell.isdigit() else cell, cells)
    if name in mapping.prefix:
        cells = _each(room, lambda cell: f"{mapping.prefix[name]}{cell}" if cell else "", cells)
    if name in mapping.values or name in mapping.constants or name in mapping.prefix:
        cells = room.changed(pc.utf8_trim_whitespace, cells)  # what a mapping puts in may have blanks around it
    return cells


def _amount(pair: str, style: str) -> tuple[str, str, str]:
    amount, _, currency = pair.partition("\x1f")
    return amount, style, currency


def _each(room: Room, change: Callable[[str], str], *columns: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells, those of several columns together, with every distinct value of a piece changed."""

    def changed(*parts: pa.Array) -> pa.Array:
        cells = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
        coded = cells.dictionary_encode()
        return pa.array([change(value) for value in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)

    return room.changed(changed, *columns)
