"""A wide matrix taken apart: one row for each filled cell, with what stands above it and at the beginning of its line.

The result is read like any file of its kind, and the kept copy has this form. The place of each cell in the file is
kept beside it, so that an error names that place.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading import dates
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.legends import filled_cells, legend_rows
from skilltrack.ingest.reading.mapping import (
    ABOVE,
    CELL,
    LINE,
    NO_MATRIX,
    PEOPLE_ACROSS,
    SEVERAL,
    SKILLS_ACROSS,
    Mapping,
    about,
)
from skilltrack.ingest.reading.matrix import (
    FEWEST,
    FORMS,
    MOST_WORDS,
    PERSON,
    Form,
    a_cell,
    are_of_one,
    cells_of,
    is_blank,
    is_it_one,
    is_long,
    masked,
    rated,
    sums_up,
    unique,
)
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Typed, Unanswered
from skilltrack.ingest.reading.recognise import known_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import LEAVE_OUT, plain, words_in
from skilltrack.ingest.reading.styles import EMPTY
from skilltrack.ingest.reading.things import and_more
from skilltrack.ingest.reading.unused import PEOPLE
from skilltrack.kinds import KINDS, Kind
from skilltrack.language import NOTHING, Sentence, as_sentence, counting, mark, sentence

SAMPLED = 1_000
"""Rows that show what a column holds."""
ROWS = 2_000
"""Rows that are taken apart at once."""
SHOWN = 5
MOST_AHEAD = 0.2
"""Share of the days of a matrix that may lie ahead; above it they are taken for the ends of credentials."""
WIDTH = sentence(
    "has a different number of cells than the header. Quote cells that contain the delimiter, and give every row all "
    "its cells."
)
ROW_NUMBERS = words_in("no nr num number nummer lfd lfdnr lfdno row zeile line ligne fila sno slno srno pos position n")
"""Headers of columns that number the rows."""
ID = re.compile(r"(?=.*\d)[\w./-]+")
"""What an id of a person can look like above a column."""


@dataclass
class Matrix:
    """What the columns of a matrix are."""

    form: Form
    across: str
    cells: list[int]
    """Positions of the columns of levels, or of days."""
    keys: list[int]
    """Positions of the columns that identify what a row is about."""
    others: list[int]
    """Positions of the other columns that have a header."""


def taken_apart(kind: Kind, decoded: Decoded, mapping: Mapping) -> tuple[Decoded, Mapping]:
    """A file that is a matrix as rows of its kind, and the mapping that says so; any other as it is.

    Raises `Unanswered` where nothing shows whether the columns are skills or people, or whether it is a matrix.
    """
    if kind.name not in FORMS or mapping.matrix in (NO_MATRIX, SEVERAL):
        return decoded, mapping
    if mapping.header and mapping.is_of_matrix:
        raise BadFile(
            sentence(
                "{file} is read as a matrix, and has no header. Write the header into the file.", file=decoded.name
            )
        )
    if mapping.header or (not mapping.matrix and is_long(kind, mapping, masked(decoded.header))):
        return decoded, mapping
    decoded = replace(decoded, header=unique(decoded.header), problems=list(decoded.problems), questions=[])
    try:
        return _as_rows(kind, decoded, mapping)
    except Unanswered:
        raise
    except BadFile as error:
        if mapping.matrix:
            raise
        raise Unanswered([is_it_one(FORMS[kind.name], decoded.name)], as_sentence(error.args[0])) from None


def _as_rows(kind: Kind, decoded: Decoded, mapping: Mapping) -> tuple[Decoded, Mapping]:
    """A file as rows of its kind where it is a matrix, and the mapping that says so; any other as it is."""
    matrix = _look(kind, decoded, mapping)
    if matrix is None:
        return decoded, mapping
    form, columns = matrix.form, dict(mapping.columns)
    if not mapping.matrix:
        decoded.questions.append(is_it_one(form, decoded.name, matrix.across))
    columns |= {form.cell: CELL, (form.thing if matrix.across == SKILLS_ACROSS else "employee_id"): ABOVE}
    if matrix.across == PEOPLE_ACROSS:
        columns |= {form.thing: decoded.header[matrix.keys[0]]}
    rows = _rows(decoded, matrix)
    return _long(decoded, matrix, rows), replace(mapping, matrix=matrix.across, columns=columns)


def with_unread(decoded: Decoded) -> Decoded:
    """The rows of another width as the copy of a matrix has them: each as one cell."""
    if not decoded.unread:
        return decoded
    unread = {line: [" | ".join(cells)] for line, cells in decoded.unread.items()}
    problems = [
        replace(problem, message=WIDTH) if problem.line in unread and problem.severity == "error" else problem
        for problem in decoded.problems
    ]
    return replace(decoded, unread=unread, problems=problems)


def _look(kind: Kind, decoded: Decoded, mapping: Mapping) -> Matrix | None:
    """What the columns are; None where the file is not a matrix."""
    form, header = FORMS[kind.name], decoded.header
    ours, roster = known_columns(kind, masked(header)), known_columns(KINDS["roster"], masked(header))
    places = {label.lower(): at for at, label in enumerate(header) if label}
    wanted: dict[str, list[int]] = {}
    for name, headers in mapping.columns.items():
        named = [one.strip().lower() for one in ([headers] if isinstance(headers, str) else headers)]
        wanted[name] = [places[label] for label in named if label in places]
    people = {at for name in PERSON for at in wanted.get(name, [roster[name]] if name in roster else [])}
    thing = wanted.get(form.thing) or [ours[name] for name in (form.thing,) if name in ours]
    fixed = {*people, *thing, *ours.values(), *(at for positions in wanted.values() for at in positions)}
    values = {at: _sampled(cells, header[at]) for at, cells in enumerate(decoded.columns) if at not in fixed}
    likely = rated(values, form, header)
    meanings = mapping.values.get(form.thing, {}) | mapping.values.get("employee_id", {})
    meant = {label.strip().casefold() for label, meaning in meanings.items() if meaning != LEAVE_OUT}
    likely |= {at for at in values if header[at].casefold() in meant}
    if mapping.is_of_matrix and not likely:
        likely = {at for at in values if values[at] and at not in roster.values()}
    levels = _labelled(decoded, sorted(likely), meant)
    if len(levels) < (1 if mapping.is_of_matrix else FEWEST):
        return None
    of_things = {at for at in values if at not in {*levels, *roster.values()} and values[at]}
    may_be_list = form.cell == "issued_on" and bool(of_things) and not mapping.is_of_matrix
    if may_be_list and are_of_one([decoded.columns[at][:SAMPLED].to_pylist() for at in levels]):
        return None
    if form.cell == "issued_on":
        _refuse_ends(decoded, levels, values, mapping.values.get(form.cell, {}))
    across = mapping.matrix or _across(decoded, form, levels, values, bool(thing), people)
    if across == PEOPLE_ACROSS:
        texts = [at for at in range(len(header)) if at not in levels and at not in people and header[at]]
        keys = (thing or texts or sorted(people) or [0])[:1]
        people = set()
        levels += _other_people(decoded, form, levels, values, {*fixed, *roster.values(), *keys}, meanings)
    else:
        keys = sorted(people) or [at for at in range(len(header)) if at not in levels and header[at]]
    if not mapping.matrix and _repeat(decoded, keys):
        raise _open(decoded, form, [header[at] for at in levels], decoded.columns[keys[0]][:3].to_pylist())
    usable = {at for at, label in enumerate(header) if label and not sums_up(label) and plain(label) not in ROW_NUMBERS}
    others = sorted(usable - set(levels) | set(keys))
    for_people = mark("is read as a matrix: a row for each person, and {things} in {n} columns ({shown}{more}).")
    for_things = mark("is read as a matrix: a row for each of the {things}, and people in {n} columns ({shown}{more}).")
    message = sentence(
        for_people if across == SKILLS_ACROSS else for_things,
        things=sentence(form.things),
        n=len(levels),
        shown=", ".join(header[at] for at in levels[:SHOWN]),
        more=and_more(len(levels) - SHOWN),
    )
    decoded.problems.append(Problem(decoded.name, None, None, None, message, "notice"))
    known = {*fixed, *roster.values(), *keys}
    for at in others:
        is_known = at in known or is_sensitive(header[at]) or known_columns(KINDS["roster"], [header[at]])
        if not is_known and values.get(at) and across == SKILLS_ACROSS and header[at] not in meanings:
            _tell_other(decoded, form, at, values[at])
    return Matrix(form, across, levels, keys, others)


def _sampled(cells: pa.ChunkedArray, label: str) -> tuple[str, ...]:
    """The filled cells among the first of a column, without repetitions of its header."""
    trimmed = (cell.strip() for cell in cells[:SAMPLED].to_pylist())
    return tuple(cell for cell in trimmed if not is_blank(cell) and cell != label)


def _refuse_ends(
    decoded: Decoded, levels: Sequence[int], values: AnyMapping[int, tuple[str, ...]], meanings: AnyMapping[str, str]
) -> None:
    """Raise `BadFile` where many days of a matrix lie ahead: credentials end on such days, none was awarded.

    `meanings`: what the mapping says of cells. A few days that lie ahead are bad rows, each by itself.
    """
    cells = [(at, value) for at in levels for value in values[at] if value not in meanings]
    ahead = {value for value in {value for _, value in cells} if dates.lies_ahead(value)}
    ahead_cells = [(at, value) for at, value in cells if value in ahead]
    if len(ahead_cells) > max(1, MOST_AHEAD * len(cells)):
        at, value = ahead_cells[0]
        raise BadFile(
            sentence(
                "{file}, column {header}: {value!r} lies ahead, and so do {n} of {many} filled cells. This "
                "looks like a matrix of the days on which credentials end. An award needs the day on which "
                "it was earned: bring a matrix of those days, or a list with issued_on and expires_on in "
                "columns of their own. Days that are only planned can be left out: name each in "
                '[values.issued_on] as "leave out".',
                file=decoded.name,
                header=decoded.header[at],
                value=value,
                n=len(ahead_cells),
                many=len(cells),
            )
        )
    message = sentence("its days are read as the days on which credentials were earned, not on which they end.")
    decoded.problems.append(Problem(decoded.name, None, None, None, message, "warning"))


def _labelled(decoded: Decoded, levels: Sequence[int], meant: set[str]) -> list[int]:
    """Columns of levels that can be skills or people; a message explains each of the others."""
    usable = []
    for at in levels:
        label, severity = decoded.header[at], "warning"
        if not label:
            message = sentence("holds levels and has no header: it is not used. Give it one if it is needed.")
        elif is_sensitive(label):
            message = sentence(
                "holds levels, and its header reads like sensitive personal data, so it is never read. If it is a "
                "skill, give it another header."
            )
        elif plain(label) in ROW_NUMBERS and label.casefold() not in meant:
            message, severity = sentence("numbers the rows: it is not used."), "notice"
        elif sums_up(label) and label.casefold() not in meant:
            message, severity = sentence("is a summary or a target: it is not used."), "notice"
        else:
            usable.append(at)
            continue
        place = label or f"number {at + 1}"
        decoded.problems.append(Problem(decoded.name, None, place, None, message, severity))
    return usable


def _tell_other(decoded: Decoded, form: Form, at: int, values: Sequence[str]) -> None:
    label, shown = decoded.header[at], ", ".join(value[:30] for value in list(dict.fromkeys(values))[:3])
    message = sentence(
        "is not used: its cells ({shown}) are not {what} like those of the other columns. If it is "
        "one of the {things}, say which one in a mapping, in [values.{thing}].",
        shown=shown,
        what=cells_of(form),
        things=sentence(form.things),
        thing=form.thing,
    )
    decoded.problems.append(Problem(decoded.name, None, label, None, message, "warning"))


def _other_people(
    decoded: Decoded,
    form: Form,
    levels: Sequence[int],
    values: AnyMapping[int, tuple[str, ...]],
    known: set[int],
    meanings: AnyMapping[str, str],
) -> list[int]:
    """The other columns that stand for people by their headers; a question asks what their cells mean.

    Where the headers are names, which may also be those of something else, a question asks whether one is a person.
    """
    are_ids = _are_people([decoded.header[at] for at in levels])
    columns = []
    for at in (at for at in values if at not in known and at not in levels and values[at]):
        label, cells = decoded.header[at], list(dict.fromkeys(values[at]))
        if not label or is_sensitive(label) or sums_up(label) or plain(label) in ROW_NUMBERS or label in meanings:
            continue
        if are_ids and _are_people([label]):
            columns.append(at)
        elif not are_ids and not known_columns(KINDS["roster"], [label]) and len(cells) <= MOST_WORDS:
            shown = ", ".join(cell[:30] for cell in cells[:3])
            message = sentence(
                "is not used: its cells ({shown}) are not {what} like those of the other columns. If it "
                "stands for one of the people, say who, in [values.employee_id].",
                shown=shown,
                what=cells_of(form),
            )
            decoded.problems.append(Problem(decoded.name, None, label, None, message, "warning"))
            place, text = (
                about("values", "employee_id", label),
                sentence("Is {label!r} ({shown}) one of the people?", label=label, shown=shown),
            )
            answers = {
                label: sentence("yes: what the cells mean is asked then"),
                LEAVE_OUT: sentence("no: leave the column out"),
            }
            typed = (Typed(place, sentence("The employee_id")),)
            decoded.questions.append(Question(decoded.name, place, text, answers, must=False, typed=typed))
    return columns


def _across(
    decoded: Decoded,
    form: Form,
    levels: list[int],
    values: AnyMapping[int, tuple[str, ...]],
    has_thing: bool,
    people: set[int],
) -> str:
    """Whether the columns are skills or people; raises `Unanswered` where nothing shows it."""
    labels = tuple(decoded.header[at] for at in levels)
    known = known_columns(KINDS["roster"], [decoded.header[at] for at in sorted(people)])
    if has_thing and not people:
        return PEOPLE_ACROSS
    are_ids = all("@" in label or re.fullmatch(r"\d{3,}", label) for label in labels)
    if people and (set(known) != {"name"} or not are_ids):
        return SKILLS_ACROSS
    first = next((at for at in values if at not in levels and values[at]), None)
    ids = values[first] if first is not None else ()
    if first is not None and set(header_words(decoded.header[first])) & PEOPLE and not are_ids:
        return SKILLS_ACROSS
    if _are_people(labels) != _are_people(ids):
        return PEOPLE_ACROSS if _are_people(labels) else SKILLS_ACROSS
    raise _open(decoded, form, labels, ids)


def _repeat(decoded: Decoded, keys: Sequence[int]) -> bool:
    """Whether most rows are about a person or thing of an earlier row, as in a list and not in a matrix."""
    columns = [decoded.columns[at][:SAMPLED].to_pylist() for at in keys]
    rows = [row for row in zip(*columns, strict=True) if "".join(row).strip()]
    return 2 * len(set(rows)) <= len(rows) > 2


def _open(decoded: Decoded, form: Form, labels: Sequence[str], ids: Sequence[str]) -> Unanswered:
    """The question whether the columns of a matrix are skills or people."""
    shown, rows = ", ".join(labels[:3]), ", ".join(list(dict.fromkeys(ids))[:3])
    answers = {
        SKILLS_ACROSS: sentence(
            "{shown} are {things}, and {rows} are people", shown=shown, things=sentence(form.things), rows=rows
        ),
        PEOPLE_ACROSS: sentence(
            "{shown} are people, and {rows} are {things}", shown=shown, rows=rows, things=sentence(form.things)
        ),
        NO_MATRIX: sentence("neither: each row is about one person and one thing"),
    }
    text = sentence("This looks like a matrix. Are its columns {things} or people?", things=sentence(form.things))
    return Unanswered(
        [Question(decoded.name, "matrix", text, answers)], sentence("{file} looks like a matrix.", file=decoded.name)
    )


def _are_people(texts: Sequence[str]) -> bool:
    """Whether most of some texts are ids or addresses of people."""
    named = sum("@" in text or bool(ID.fullmatch(text)) for text in texts)
    return 2 * named > len(texts) > 0


def _rows(decoded: Decoded, matrix: Matrix) -> np.ndarray:
    """Which rows are about something; a notice names the summaries, repeated headers and legends that are left out."""
    columns = [cells.to_pylist() for at, cells in enumerate(decoded.columns) if at in matrix.keys]
    lines, kept = decoded.lines.to_pylist(), np.ones(len(decoded.lines), bool)
    labels = [decoded.header[at].casefold() for at in matrix.keys]
    left_out: dict[Sentence, list[int]] = {}
    for row, cells in enumerate(zip(*columns, strict=True)):
        filled = [cell.strip() for cell in cells if not is_blank(cell)]
        if filled and all(sums_up(cell) for cell in filled):
            left_out.setdefault(sentence("a summary or a target"), []).append(row)
        elif filled and [cell.strip().casefold() for cell in cells] == labels:
            left_out.setdefault(sentence("a repeated header"), []).append(row)
        elif not filled and (first := next(iter(filled_cells(decoded, row)), "")) and sums_up(first):
            left_out.setdefault(sentence("a summary or a target"), []).append(row)
    for row in legend_rows(decoded, matrix.cells, lines):
        left_out.setdefault(sentence("below the table"), []).append(row)
    for what, rows in left_out.items():
        kept[rows] = False
        message = counting(
            "line {shown}{more} left out: {what}.",
            "lines {shown}{more} left out: {what}.",
            n=len(rows),
            shown=", ".join(str(lines[row]) for row in rows[:SHOWN]),
            more=sentence(" and others") if len(rows) > SHOWN else NOTHING,
            what=what,
        )
        decoded.problems.append(Problem(decoded.name, None, None, None, message, "notice"))
    return kept


def _long(decoded: Decoded, matrix: Matrix, kept: np.ndarray) -> Decoded:
    """One row for each filled cell, with line numbers that the file does not use."""
    header = [decoded.header[at] for at in matrix.others] + [ABOVE, CELL, LINE]
    first = max([decoded.header_line, *decoded.unread, *decoded.lines[-1:].to_pylist()]) + 1
    blank = np.zeros(2, np.int64)  # cells without a rating, and rows without any
    schema = pa.schema({str(at): pa.string() for at in range(len(header))} | {"line": pa.int64()})
    table = decoded.room.hold(_pieces(decoded, matrix, kept, first, blank, schema), schema)
    if blank[0]:
        message = counting(
            "{n:,} cell is blank, which says nothing about {what}.",
            "{n:,} cells are blank, which says nothing about {what}.",
            n=blank[0],
            what=a_cell(matrix.form),
        )
        if blank[1]:
            message += counting(" {n:,} row has none at all.", " {n:,} rows have none at all.", n=blank[1])
        decoded.problems.append(Problem(decoded.name, None, None, None, message, "notice"))
    if not len(table):
        raise BadFile(sentence("{file} is a matrix and all of its cells are blank.", file=decoded.name))
    *columns, lines = table.columns
    return replace(with_unread(decoded), header=header, columns=columns, lines=lines, header_line=1, needed=0)


def _pieces(
    decoded: Decoded, matrix: Matrix, kept: np.ndarray, first: int, blank: np.ndarray, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    labels = pa.array([decoded.header[at] for at in matrix.cells], pa.string())
    nothing, start = pa.array(["", *sorted(EMPTY)]), 0
    for parts in zip(*(column.chunks for column in (decoded.lines, *decoded.columns)), strict=True):
        for at in range(0, len(parts[0]), ROWS):
            lines, *columns = (part[at : at + ROWS] for part in parts)
            is_row = kept[start : start + len(lines)]
            start += len(lines)
            filled = []
            for place in matrix.cells:
                says_nothing = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(columns[place])), nothing)
                filled.append(~says_nothing.to_numpy(zero_copy_only=False) & is_row)
            rows, places = np.nonzero(np.array(filled).T)
            many = is_row.sum()
            blank += (many * len(matrix.cells) - len(rows), many - len(np.unique(rows)))
            taken = [columns[place].take(pa.array(rows)) for place in matrix.others]
            cells = pa.concat_arrays([columns[place] for place in matrix.cells])
            cells = pc.utf8_trim_whitespace(cells.take(pa.array(places * len(lines) + rows)))
            numbers = pa.array(np.arange(first, first + len(rows)), pa.int64())
            first += len(rows)
            of_line = pc.cast(lines.take(pa.array(rows)), pa.string())
            yield pa.record_batch([*taken, labels.take(pa.array(places)), cells, of_line, numbers], schema=schema)
