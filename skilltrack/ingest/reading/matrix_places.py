"""Where the rows of a matrix that was taken apart stood in the file, so that a problem names that place."""

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.mapping import ABOVE, LINE, SKILLS_ACROSS, Mapping
from skilltrack.ingest.reading.matrix import FORMS
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind


def place_of(decoded: Decoded, line: int) -> tuple[int, str] | None:
    """The line of the file, and the header, where a row of a matrix stood; None where it is a row as it came."""
    if LINE not in decoded.header:
        return None
    row = int(np.searchsorted(decoded.lines.to_numpy(), line))
    if row >= len(decoded.lines) or decoded.lines[row].as_py() != line:
        return None
    number = decoded.columns[decoded.header.index(LINE)][row].as_py()
    label = decoded.columns[decoded.header.index(ABOVE)][row].as_py()
    return (int(number), label) if number.isdigit() else None


def placed(kind: Kind, decoded: Decoded, mapping: Mapping, problems: Iterable[Problem]) -> list[Problem]:
    """Problems of a matrix at the places where its cells stand; what is true of a whole column or row is told once."""
    form, found = FORMS[kind.name], dict[tuple[object, ...], Problem]()
    is_above = {form.cell, form.thing if mapping.matrix == SKILLS_ACROSS else "employee_id"}
    for problem in problems:
        place = place_of(decoded, problem.line) if problem.file == decoded.name and problem.line else None
        if place is not None:
            line, label = place
            is_of_column = problem.column in is_above - {form.cell}
            is_of_cell = problem.column in is_above or problem.message.startswith("stands ")
            problem = replace(
                problem, line=None if is_of_column and not problem.message.startswith("stands ") else line,
                column=label if is_of_cell else problem.column, message=_with_places(decoded, problem.message),
            )  # fmt: skip
        key: tuple[object, ...] = (problem.line, problem.column, problem.value, problem.message)
        key = key if place is not None else (len(found),)
        found[key] = replace(found[key], count=found[key].count + problem.count) if key in found else problem
    return list(found.values())


def _with_places(decoded: Decoded, message: str) -> str:
    """A message with the places of the file for the lines that it names."""

    def named(found: re.Match[str]) -> str:
        place = place_of(decoded, int(found.group(1)))
        return f"line {place[0]}, column {place[1]!r}," if place else found.group(0)

    return re.sub(r"\bline (\d+)\b", named, message).replace(", too;", " too;")
