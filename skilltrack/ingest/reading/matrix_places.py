"""Where the rows of a matrix were in the file before it was taken apart, so that a problem names that place."""

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import ABOVE, LINE, SKILLS_ACROSS, Mapping
from skilltrack.ingest.reading.matrix import FORMS
from skilltrack.ingest.reading.outcome import IN_FILE, ON_LINE, Problem
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, as_it_is, sentence


def place_of(decoded: Decoded, line: int) -> tuple[int, str] | None:
    """The line and the header of the cell that a row was made from; None for a row that came as it is.

    The header is empty where the row was made from several cells.
    """
    if LINE not in decoded.header:
        return None
    row = int(np.searchsorted(decoded.lines.to_numpy(), line))
    if row >= len(decoded.lines) or decoded.lines[row].as_py() != line:
        return None
    number = decoded.columns[decoded.header.index(LINE)][row].as_py()
    label = decoded.columns[decoded.header.index(ABOVE)][row].as_py() if ABOVE in decoded.header else ""
    return (int(number), label) if number.isdigit() else None


def placed(kind: Kind, decoded: Decoded, mapping: Mapping, problems: Iterable[Problem]) -> list[Problem]:
    """Problems of a matrix at the places of its cells; what is true of a whole column or row is reported once."""
    merged, is_above, cell = dict[tuple[object, ...], Problem](), set[str](), ""
    if mapping.is_of_matrix:
        form = FORMS[kind.name]
        is_above, cell = {form.cell, form.thing if mapping.matrix == SKILLS_ACROSS else "employee_id"}, form.cell
    for problem in problems:
        place = place_of(decoded, problem.line) if problem.file == decoded.name and problem.line else None
        if place is not None:
            line, label = place
            is_of_column = problem.column in is_above - {cell}
            is_of_cell = bool(label) and (problem.column in is_above or problem.message.startswith("stands "))
            problem = replace(
                problem,
                line=None if is_of_column and not problem.message.startswith("stands ") else line,
                column=label if is_of_cell else problem.column,
                message=_with_places(decoded, problem.message),
            )
        key: tuple[object, ...] = (problem.line, problem.column, problem.value, problem.message)
        key = key if place is not None else (len(merged),)
        merged[key] = replace(merged[key], count=merged[key].count + problem.count) if key in merged else problem
    return list(merged.values())


def _with_places(decoded: Decoded, message: Sentence) -> Sentence:
    """A message with places in the file instead of the lines that it names."""
    if message.forms[0] in (ON_LINE, IN_FILE):
        place = place_of(decoded, int(message.values["line"]))
        line = as_it_is(place[0]) if place else message.values["line"]
        if place and place[1]:
            line = sentence("{line}, column {column!r}", line=place[0], column=place[1])
        return message.instead(line=line)

    def named(match: re.Match[str]) -> str:
        place = place_of(decoded, int(match.group(1)))
        where = f", column {place[1]!r}," if place and place[1] else ""
        return f"line {place[0]}{where}" if place else match.group(0)

    changed = re.sub(r"\bline (\d+)\b", named, message)
    return message if changed == message else as_it_is(changed)
