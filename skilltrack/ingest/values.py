"""What the cells of a column say: sentinels that mean nothing, dates and amounts in reference form, padded ids."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest import styles
from skilltrack.ingest.decode import pieces
from skilltrack.ingest.kinds import Column, Kind
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question

NUMBERS = ("date", "level", "whole", "weight", "money")


def translated(
    column: Column, taken: dict[str, pa.Array], mapping: Mapping, file: str, problems: list[Problem]
) -> pa.Array:
    """Cells with the mapping's values put in, and those emptied that say that there is nothing."""
    cells = taken[column.name]
    if column.name in mapping.values:
        pairs = mapping.values[column.name]
        anything_else = pairs.get("*")
        cells = _each(cells, lambda cell: pairs.get(cell, cell if anything_else is None else anything_else))
    if column.type in NUMBERS or column.name.endswith("_id") or column.name in ("email", "evidence_url"):
        empty = pa.array(sorted(styles.EMPTY))
        found = [pc.is_in(pc.utf8_lower(piece), empty) for piece in pieces(cells)]
        says_nothing = pa.chunked_array(found, pa.bool_())
        if pc.any(says_nothing).as_py():
            counts = cells.filter(says_nothing).value_counts().to_pylist()
            listed = ", ".join(f"{entry['values']!r} ({entry['counts']} rows)" for entry in counts)
            problems.append(Problem(file, None, column.name, None, f"{listed} taken as empty.", "notice"))
            cells = pc.if_else(says_nothing, "", cells)
    return cells


def found_styles(
    kind: Kind, taken: dict[str, pa.Array], mapping: Mapping, file: str,
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


def styled(column: Column, taken: dict[str, pa.Array], mapping: Mapping) -> pa.Array:
    """Cells in reference form; one that its style does not read stays as it is, for the check to name."""
    cells, name = taken[column.name], column.name
    if name in mapping.dates:
        cells = _each(cells, lambda cell: styles.as_date(cell, mapping.dates[name]) or cell)
    if name in mapping.amounts:
        style = mapping.amounts[name]
        if style not in styles.AMOUNTS:
            raise BadFile(f"The mapping {mapping.name}: amounts.{name} must be 'point' or 'comma', not {style!r}.")
        currency = taken.get("currency")
        pairs = cells if currency is None else pc.binary_join_element_wise(cells, currency, "\x1f")
        cells = _each(pairs, lambda pair: styles.as_amount(*_amount(pair, style)) or pair.split("\x1f")[0])
    if name in mapping.pad:
        width = mapping.pad[name]
        if not width.isdigit() or not 0 < int(width) < 100:
            raise BadFile(f"The mapping {mapping.name}: pad.{name} must be a number of digits, not {width!r}.")
        cells = _each(cells, lambda cell: cell.zfill(int(width)) if cell.isdigit() else cell)
    if name in mapping.prefix:
        cells = _each(cells, lambda cell: f"{mapping.prefix[name]}{cell}" if cell else "")
    return cells


def _amount(pair: str, style: str) -> tuple[str, str, str]:
    amount, _, currency = pair.partition("\x1f")
    return amount, style, currency


def _each(cells: pa.Array | pa.ChunkedArray, change: Callable[[str], str]) -> pa.Array:
    """The cells with every distinct value changed."""
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    coded = whole.dictionary_encode()
    return pa.array([change(value) for value in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
