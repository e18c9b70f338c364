"""A file's cells under the columns of its kind: cells are read as the mapping or all values say.

Everything here works on the distinct values of a column, so that a million rows cost what their distinct values cost.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.beside_names import take_remarks, with_bare_names
from skilltrack.ingest.reading.by_id import is_by_id
from skilltrack.ingest.reading.checked import checked
from skilltrack.ingest.reading.content import Room, repeated
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.ends import (
    day_of_ending,
    end,
    end_where_said,
    leave_on,
    make_ids,
    rehire,
    sides,
    take_last_hiring,
    tell_days_of_change,
)
from skilltrack.ingest.reading.expired import compare_with_end
from skilltrack.ingest.reading.fill import filled_down, with_fill
from skilltrack.ingest.reading.footers import without_footers
from skilltrack.ingest.reading.guess import is_of_learning
from skilltrack.ingest.reading.ids import unwrapped
from skilltrack.ingest.reading.inside import taken_from
from skilltrack.ingest.reading.kept_rows import rows_kept
from skilltrack.ingest.reading.ledger import less, with_both
from skilltrack.ingest.reading.left_out import LeftOut, left_out
from skilltrack.ingest.reading.likeness import questions_about, sampled
from skilltrack.ingest.reading.looking_inside import with_cells
from skilltrack.ingest.reading.mapping import (
    BY_NAME,
    LINE,
    NOT_PEOPLE,
    READING,
    TAKEN_APART,
    Mapping,
)
from skilltrack.ingest.reading.marks import compared, label, marks_of
from skilltrack.ingest.reading.matrix import matrix_question
from skilltrack.ingest.reading.money import ABOUT_MONEY, unit_question, with_sums
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.places import Places, places_of
from skilltrack.ingest.reading.progress import undated_question
from skilltrack.ingest.reading.questions import ASKS_FOR_NAMES, Question, Unanswered
from skilltrack.ingest.reading.recognise import LESS, known_columns, missing_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import look
from skilltrack.ingest.reading.status import Settled, few_values, most_values, settle
from skilltrack.ingest.reading.status_words import ASKED, COUNTS, LEAVE_OUT
from skilltrack.ingest.reading.things import and_more
from skilltrack.ingest.reading.undone import with_undone_left_out
from skilltrack.ingest.reading.unused import doubt
from skilltrack.ingest.reading.vacant import with_nobody_left_out
from skilltrack.ingest.reading.values import in_reference_form
from skilltrack.ingest.reading.wide import advice_for
from skilltrack.kinds import Kind
from skilltrack.language import counting, joined, sentence

Cells = dict[str, pa.ChunkedArray]
"""Columns of text by name."""
OF_LEARNING = sentence(
    "names what was learnt, as an export of completions or ratings does. Is it another kind of file than a roster?"
)
NAMES = 3
"""Names that are shown in the question whether they are people's names."""
SHOWN = 20
"""Lines that a notice lists."""
DATA = re.compile(r"\d+([.,]\d+)?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\S+@\S+")
"""Cells that no header has: numbers, dates, addresses."""
BESIDE_A_STATUS = ("revocation_reason", "funding_source", "reason")
"""Our columns for which somebody may name the column of a status."""


@dataclass
class Mapped:
    """A file's rows under the names of its kind, as text."""

    kind: str
    columns: dict[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    problems: list[Problem]
    questions: list[Question] = field(default_factory=list)
    mapping: Mapping = field(default_factory=Mapping)
    """The complete mapping: with it the same file is read in the same way."""
    sensitive: list[int] = field(default_factory=list)
    """Positions of columns whose cells must not be stored anywhere."""
    unused: list[int] = field(default_factory=list)
    """Positions of columns that nothing was read from, including the sensitive ones: their cells are not kept."""
    left_out: LeftOut | None = None
    """Rows that a status leaves out."""


def map_columns(kind: Kind, decoded: Decoded, mapping: Mapping, is_again: bool = False) -> Mapped:
    """The file's cells by column of the kind; a file that lands `is_again` is read by its mapping alone.

    Raises `BadFile` when a column appears twice or is unknown to the kind, `Unanswered` when one is missing or the file
    does not show which rows count.
    """
    as_given = decoded, mapping
    mapping = _leaving_out(kind, checked(kind, decoded, mapping))
    problems: list[Problem] = []
    questions = list(decoded.questions)
    if not is_again:
        mapping, asked = with_cells(kind, decoded, mapping, problems)
        questions += asked
    places = places_of(kind, decoded, mapping, is_again)
    if not is_by_id(kind, decoded, places, mapping, is_again):
        _ask_missing_columns(kind, decoded, places, mapping, questions)
    decoded = without_footers(kind, decoded, places, problems, mapping.reads_as_earlier, not mapping.lands_as_fifth)
    taken = _taken(kind, decoded, places, mapping, problems)
    others = _others(kind, decoded, places, mapping, is_again)
    taken, lines, others = _without_headers(decoded, taken, decoded.lines, others, problems)
    mapping = mapping if is_again else with_bare_names(kind, decoded, taken, mapping, problems)
    if not is_again:
        mapping, asked = with_fill(kind, decoded.name, taken, lines, mapping, problems)
        questions += asked
    if (is_more := filled_down(kind, taken, mapping, decoded.room)) is not None:
        kept_rows = pa.array(is_more)
        taken, others = ({name: cells.filter(kept_rows) for name, cells in part.items()} for part in (taken, others))
        lines = lines.filter(kept_rows)
    unit = [] if is_again else unit_question(kind, decoded, places, mapping)
    mapping = mapping if is_again else with_undone_left_out(kind, taken, mapping, decoded, problems)
    taken, mapping = in_reference_form(kind, taken, mapping, decoded, problems, questions)
    beside = take_remarks(kind, decoded, places, mapping, taken, others, is_again, problems)
    mapping = beside.mapping
    settled = settle(kind, decoded.name, others, mapping, problems, is_again, taken, lines, beside.header)
    mapping = settled.mapping
    if not is_again:
        compare_with_end(kind, decoded.name, others, taken, lines, settled, problems)
    settled.questions += beside.questions + unit
    if not is_again and (day := day_of_ending(kind, decoded, settled, places, mapping)):
        decoded, mapping = as_given
        columns, cells = mapping.columns | {day.column: day.header}, mapping.cells | day.cells
        mapped = map_columns(kind, decoded, replace(mapping, columns=columns, cells=cells))
        mapped.problems.append(Problem(decoded.name, None, day.header, None, day.message, "warning"))
        return mapped
    if not is_again:
        mapping = with_nobody_left_out(kind, taken, mapping, decoded, problems)
        tell_days_of_change(kind, decoded, settled, places, mapping, problems)
        _ask_what_is_open(kind, decoded, places, taken, mapping, questions, settled)
    leave_on(taken, beside.days, settled, decoded.room)
    take_last_hiring(taken, decoded.room)
    if mapping.rehired or not is_again:
        hired = known_columns(kind, [decoded.header[at] for at in places.get("hired_on", ())])
        is_last = "rehired_on" in hired
        mapping = rehire(decoded.name, is_last, taken, lines, settled, mapping, problems, questions, decoded.room)
    sides(taken, mapping, decoded.room)
    end(kind, taken, settled, decoded.room)
    end_where_said(kind, taken, settled, mapping, decoded.room)
    used = {at for positions in places.values() for at in positions}
    used |= {at for at, header in enumerate(decoded.header) if header in settled.headers or header == LINE}
    if (marks := marks_of(kind, decoded)) and label(decoded, marks) in settled.headers:
        used |= set(marks)
    sensitive = _tell_unused(kind, decoded, used, places, mapping, problems)
    apart = left_out(kind, taken, others, lines, settled, mapping.skip, decoded.room)
    kept = rows_kept(kind, taken, mapping, settled.kept, decoded.name, problems)
    if kept is not None:
        taken = {name: decoded.room.changed(pc.filter, cells, kept) for name, cells in taken.items()}
        lines = lines.filter(kept)
    make_ids(kind, taken, mapping)
    full = _complete(kind, decoded, places, mapping, problems)
    unused = [at for at in range(len(decoded.header)) if at not in used]
    return Mapped(kind.name, taken, lines, problems, questions, full, sensitive, unused, apart)


def _leaving_out(kind: Kind, mapping: Mapping) -> Mapping:
    """The mapping, which also skips rows whose skill, credential, day or person it translates as `leave out`."""
    for name in ("skill_id", "credential", "issued_on", *["name", "employee_id", "email"] * kind.names_people):
        skipped = mapping.skip.get(name, [])
        if LEAVE_OUT in mapping.values.get(name, {}).values() and LEAVE_OUT not in skipped:
            mapping = replace(mapping, skip=mapping.skip | {name: [*skipped, LEAVE_OUT]})
    return mapping


def _taken(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping, problems: list[Problem]) -> Cells:
    """The cells of each column that the file has or the mapping gives, without characters around them."""
    taken: Cells = {}
    for column in kind.file_columns:
        if column.name in places:
            whole = [(decoded.header[at], decoded.columns[at]) for at in places[column.name]]
            parts = [taken_from(kind, column.name, header, cells, mapping, decoded.room) for header, cells in whole]
            is_less = _is_less(mapping, column.name, len(parts))
            cells = less(parts[0], parts[1], decoded.room) if is_less else _joined(parts, decoded.room)
            if not mapping.reads_as_earlier:
                cells = unwrapped(column, cells, decoded.room, decoded.name, problems)
            taken[column.name] = cells
        elif column.name in mapping.constants:
            taken[column.name] = repeated(mapping.constants[column.name], pa.string(), decoded.lines)
    return taken


def _ask_what_is_open(
    kind: Kind,
    decoded: Decoded,
    places: Places,
    taken: Cells,
    mapping: Mapping,
    questions: list[Question],
    settled: Settled,
) -> None:
    """Add questions about what the columns leave open; raises `Unanswered` if any must be answered first."""
    asked = list(settled.questions)
    asked += [question for ask in ABOUT_MONEY if (question := ask(kind, decoded, places, mapping)) is not None]
    if kind.names_people and "name" in taken and not {"employee_id", "email"} & set(taken) and not mapping.people:
        names = ", ".join(name for name in taken["name"][:NAMES].to_pylist() if name)
        text = sentence(
            "This file identifies people by name only ({names}). {question}",
            names=names,
            question=ASKS_FOR_NAMES,
        )
        answers = {
            BY_NAME: sentence("yes, where only one person has the name"),
            NOT_PEOPLE: sentence("no: these are not people's names"),
        }
        asked.append(Question(decoded.name, "people", text, answers))
    asked += undated_question(kind, decoded.name, taken.get(kind.begins), settled.kept, mapping)
    questions += asked
    if any(question.must for question in asked):
        raise Unanswered(
            questions, sentence("{file} leaves some questions open: answer them first.", file=decoded.name)
        )


def _is_less(mapping: Mapping, name: str, many: int) -> bool:
    """Whether the mapping takes one of two columns off the other."""
    given = mapping.columns.get(name, "")
    return many == 2 and isinstance(given, str) and LESS in given


def _complete(kind: Kind, decoded: Decoded, places: Places, mapping: Mapping, problems: list[Problem]) -> Mapping:
    """The mapping with every column that was read; a notice lists those whose headers are not our names."""
    headers = {
        column.name: [decoded.header[at] for at in places[column.name]]
        for column in kind.file_columns
        if column.name in places
    }
    renamed = [
        sentence("{headers} as {name}", headers=joined(h, sentence(" and ")), name=name)
        for name, h in headers.items()
        if [c.lower() for c in h] != [name]
    ]
    if renamed and not {*mapping.columns} - {name for name, h in headers.items() if mapping.cells.get(h[0])}:
        message = sentence("read {listed}.", listed=joined(renamed, ", "))
        problems.insert(0, Problem(decoded.name, None, None, None, message, "notice"))
    if kind.lists_people and is_of_learning(decoded.header):
        problems.append(Problem(decoded.name, None, None, None, OF_LEARNING, "alarm", is_grave=True))
    columns: dict[str, str | list[str]] = {name: header for name, header in mapping.columns.items() if header == ""}
    columns |= {name: parts[0] if len(parts) == 1 else parts for name, parts in headers.items()}
    columns |= {
        name: given for name, given in mapping.columns.items() if _is_less(mapping, name, len(headers.get(name, ())))
    }
    return replace(mapping, columns=columns, reading=mapping.reading or READING)


def _ask_missing_columns(
    kind: Kind, decoded: Decoded, places: Places, mapping: Mapping, questions: list[Question]
) -> None:
    missing = missing_columns(kind, set(places) | set(mapping.constants))
    if not missing:
        return
    headers = [header for header in decoded.header if header not in TAKEN_APART]
    advice = advice_for(kind, decoded, missing, places)
    message = sentence(
        "{file} is not a {kind} file yet: it lacks {missing}. Its columns are: {headers}. Rename them, or name them in "
        "a mapping file.",
        file=decoded.name,
        kind=kind.name,
        missing=", ".join(missing),
        headers=", ".join(headers),
    )
    message = joined((message, advice))
    if not places and any(DATA.fullmatch(cell) for cell in decoded.header):
        raise BadFile(
            sentence(
                "{message} Its first row looks like data: a file without a header needs `header` in its mapping file.",
                message=message,
            )
        )
    samples = [sampled(cells) for cells in decoded.columns]
    is_in_cells = any(question.about.startswith("cells.") for question in questions)
    open_columns = [name for name in missing if not (is_in_cells and name == kind.begins)]
    asked = [with_sums(kind, decoded, question) for question in questions_about(kind, decoded, open_columns, places)]
    asked = [with_both(kind, decoded, question) for question in asked]
    asked += matrix_question(kind, decoded.name, decoded.header, samples, missing, mapping)
    raise Unanswered(questions[len(decoded.questions) :] + asked + decoded.questions, message, advice)


def _others(
    kind: Kind, decoded: Decoded, places: Places, mapping: Mapping, is_again: bool
) -> dict[str, pa.ChunkedArray]:
    """Columns that may hold a status, by header: those of few values outside the kind, or named in the mapping.

    A status goes on being one where it is also a part of an id, or why something was revoked, or who paid.
    """
    known = {column.name for column in kind.file_columns}
    named = (set(mapping.values) | set(mapping.skip)) - known
    used = {at for positions in places.values() for at in positions}
    candidates: dict[str, pa.ChunkedArray] = {}
    for at, (header, cells) in enumerate(zip(decoded.header, decoded.columns, strict=True)):
        is_open = header and header != LINE and not is_again and not is_sensitive(header)
        is_open = is_open and (at not in used or _is_also_a_status(kind, header, cells, at, places))
        if header in named or (is_open and few_values(cells, most_values(kind, header)) is not None):
            if header in candidates and header in named:
                raise BadFile(
                    sentence(
                        "{file} has two columns called {header!r}. Rename or remove one.",
                        file=decoded.name,
                        header=header,
                    )
                )
            candidates[header] = cells
    marks = marks_of(kind, decoded)
    if marks and (not is_again or label(decoded, marks) in named):
        candidates[label(decoded, marks)] = compared(decoded, marks)
    return candidates


def _is_also_a_status(kind: Kind, header: str, cells: pa.ChunkedArray, at: int, places: Places) -> bool:
    """Whether a column that is used says of some row that it ended or does not count."""
    shared = [
        name
        for name, taken in places.items()
        if at in taken and (len(taken) > 1 or name in BESIDE_A_STATUS) and header.strip().lower() != name
    ]
    counts = few_values(cells) if shared else None
    status = None if counts is None else look(kind, header, counts)
    return status is not None and status.is_ours and not {*status.meanings.values()} <= {COUNTS, ASKED}


def _trimmed(piece: pa.Array) -> pa.Array:
    """Cells without blanks around them; the same array where there are none."""
    trimmed = pc.utf8_trim_whitespace(piece)
    return piece if trimmed.equals(piece) else trimmed


def _joined(columns: list[pa.ChunkedArray], room: Room) -> pa.ChunkedArray:
    """Trimmed cells; those of several columns are joined with a space, without empty ones."""
    if len(columns) == 1:
        return room.changed(_trimmed, columns[0])
    return room.changed(
        lambda *parts: pc.utf8_trim_whitespace(pc.binary_join_element_wise(*map(_trimmed, parts), " ")), *columns
    )


def _without_headers(
    decoded: Decoded, taken: Cells, lines: pa.ChunkedArray, others: Cells, problems: list[Problem]
) -> tuple[Cells, pa.ChunkedArray, Cells]:
    """The rows without repeated headers, which occur in files that were put together from several."""
    repeats: Any = None
    for header, cells in zip(decoded.header, decoded.columns, strict=True):
        wanted = header.strip().lower()
        is_header = [pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(piece)), wanted) for piece in cells.chunks]
        is_same = pa.chunked_array(is_header, pa.bool_())
        repeats = is_same if repeats is None else pc.and_(repeats, is_same)
        if not pc.any(repeats).as_py():
            return taken, lines, others
    repeats = repeats[: len(lines)]
    numbers = lines.filter(repeats).to_pylist()
    if not numbers:
        return taken, lines, others
    message = counting(
        "line {shown}{more} repeats the header: left out.",
        "lines {shown}{more} repeat the header: left out.",
        n=len(numbers),
        shown=", ".join(map(str, numbers[:SHOWN])),
        more=and_more(len(numbers) - SHOWN),
    )
    problems.append(Problem(decoded.name, None, None, None, message, "notice"))
    kept = pc.invert(repeats)
    taken, others = ({name: cells.filter(kept) for name, cells in part.items()} for part in (taken, others))
    return taken, lines.filter(kept), others


def _tell_unused(
    kind: Kind, decoded: Decoded, used: set[int], places: Places, mapping: Mapping, problems: list[Problem]
) -> list[int]:
    """Add a problem for each column that is not used; returns the positions of the sensitive ones."""
    sensitive = []
    for at, header in enumerate(decoded.header):
        if at in used:
            continue
        severity, message = "notice", sentence("{kind} has no such column: it is not used.", kind=kind.name)
        if is_sensitive(header):
            sensitive.append(at)
            message = sentence("sensitive personal data: this column is never stored.")
        elif header and (doubtful := doubt(kind, decoded, at, places, mapping)):
            severity, message = "warning", doubtful
        line = None if mapping.header else decoded.header_line
        problems.append(Problem(decoded.name, line, header or f"number {at + 1}", None, message, severity))
    return sensitive
