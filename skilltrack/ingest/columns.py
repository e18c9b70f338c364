"""A file's cells under the names of its kind: columns found, cells translated as the mapping or all values say.

Everything here works on the distinct values of a column, so that a million rows cost what their variety costs.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest import styles
from skilltrack.ingest.called import called
from skilltrack.ingest.content import Room, repeated
from skilltrack.ingest.decode import Decoded
from skilltrack.ingest.kinds import TOTALS, Column, Kind, plain_header
from skilltrack.ingest.mapping import TABLES, Mapping
from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question, Unanswered
from skilltrack.ingest.recognise import known_columns, missing_columns
from skilltrack.ingest.sensitive import is_sensitive
from skilltrack.ingest.values import NUMBERS, found_styles, styled, translated

SHOWN = 20
"""Lines that a notice lists."""
OFFERED = 5
"""Headers offered for a column that was not found."""
AWARD = ("award_id", "employee_id", "email", "credential_id", "credential", "issuer", "issued_on")
"""What tells one award from another in a file: its id, or all the others where it has none."""


@dataclass
class Mapped:
    """A file's rows under the names of its kind, as text."""

    kind: str
    columns: dict[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    problems: list[Problem]
    questions: list[Question] = field(default_factory=list)
    mapping: Mapping = field(default_factory=Mapping)
    """What was taken, complete: the same file maps the same way with it."""
    sensitive: list[int] = field(default_factory=list)
    """Positions of columns whose cells must not be stored anywhere."""
    unused: list[int] = field(default_factory=list)
    """Positions of columns that nothing was read from, the sensitive ones among them: their cells are not kept."""


def map_columns(kind: Kind, decoded: Decoded, mapping: Mapping) -> Mapped:
    """The file's cells by canonical column.

    Raises `BadFile` when a column is missing, doubled or unknown to the kind.
    """
    _refuse_unknown_columns(kind, mapping)
    places = _places(kind, decoded, mapping)
    _refuse_missing_columns(kind, decoded, places, mapping)
    problems: list[Problem] = []
    questions: list[Question] = []
    taken: dict[str, pa.ChunkedArray] = {}
    for column in kind.file_columns:
        if column.name in places:
            taken[column.name] = _joined([decoded.columns[at] for at in places[column.name]], decoded.room)
        elif column.name in mapping.constants:
            taken[column.name] = repeated(mapping.constants[column.name], pa.string(), decoded.lines)
    taken, lines = _without_totals(kind, decoded, taken, problems)
    taken, lines = _without_headers(decoded, taken, lines, problems)
    for column in kind.file_columns:
        if column.name in taken:
            taken[column.name] = translated(column, taken, mapping, decoded, problems)
    for about, style in found_styles(kind, taken, mapping, decoded.name, problems, questions).items():
        mapping = mapping.answered({about: style})
    for column in kind.file_columns:
        if column.name in taken:
            taken[column.name] = styled(column, taken, mapping, decoded.room)
    used = {at for found in places.values() for at in found}
    sensitive = _tell_unused(kind, decoded, used, problems)
    kept = _kept(kind, taken, mapping)
    if kept is not None:
        said = f"{len(lines) - pc.sum(kept).as_py()} rows left out, as the mapping says."
        problems.append(Problem(decoded.name, None, None, None, said, "notice"))
        taken = {name: decoded.room.changed(pc.filter, cells, kept) for name, cells in taken.items()}
        lines = lines.filter(kept)
    headers = {
        column.name: [decoded.header[at] for at in places[column.name]]
        for column in kind.file_columns
        if column.name in places
    }
    renamed = [f"{' and '.join(h)} as {name}" for name, h in headers.items() if [c.lower() for c in h] != [name]]
    if renamed and not mapping.columns:
        problems.insert(0, Problem(decoded.name, None, None, None, f"read {', '.join(renamed)}.", "notice"))
    full = replace(mapping, columns={name: said[0] if len(said) == 1 else said for name, said in headers.items()})
    unused = [at for at in range(len(decoded.header)) if at not in used]
    return Mapped(kind.name, taken, lines, problems, questions, full, sensitive, unused)


def _places(kind: Kind, decoded: Decoded, mapping: Mapping) -> dict[str, list[int]]:
    """Positions in the header of each column of the kind."""
    seen = {header.lower(): at for at, header in reversed(list(enumerate(decoded.header))) if header}
    places: dict[str, list[int]] = {}
    for name, wanted in mapping.columns.items():
        headers = [wanted] if isinstance(wanted, str) else list(wanted)
        for header in headers:
            if header.strip().lower() not in seen:
                raise BadFile(
                    f"{decoded.name} has no column {header!r}, which the mapping {mapping.name} takes as {name}. "
                    f"It has: {', '.join(decoded.header)}."
                )
            if is_sensitive(header):
                raise BadFile(
                    f"{decoded.name}: {header!r} is sensitive personal data and is never stored, as {name} or else."
                )
        places[name] = [seen[header.strip().lower()] for header in headers]
    if mapping.columns:
        own = {c.name: seen[c.name] for c in kind.file_columns if c.name in seen}
    else:
        own = {
            name: at for name, at in known_columns(kind, decoded.header).items() if not is_sensitive(decoded.header[at])
        }
    for name, at in own.items():
        if name not in places and name not in mapping.constants:
            places[name] = [at]
    names = called(places, decoded.columns) if kind.name == "roster" else []
    if names and "name" not in mapping.columns and "name" not in mapping.constants:
        places["name"] = names
    for at in (at for found in places.values() for at in found):
        header = decoded.header[at]
        if [other.lower() for other in decoded.header].count(header.lower()) > 1:
            raise BadFile(f"{decoded.name} has two columns called {header!r}. Rename or remove one.")
    return places


def _refuse_unknown_columns(kind: Kind, mapping: Mapping) -> None:
    known = [column.name for column in kind.file_columns]
    for part in TABLES:
        for name in getattr(mapping, part):
            if name not in known:
                raise BadFile(
                    f"The mapping {mapping.name}, [{part}]: {kind.name} has no column {name!r}. "
                    f"It has: {', '.join(known)}."
                )


def _refuse_missing_columns(kind: Kind, decoded: Decoded, places: dict[str, list[int]], mapping: Mapping) -> None:
    missing = missing_columns(kind, set(places) | set(mapping.constants))
    if not missing:
        return
    said = (
        f"{decoded.name} is no {kind.name} file yet: it lacks {', '.join(missing)}. "
        f"Its columns are: {', '.join(decoded.header)}. Rename them, or name them in a mapping file."
    )
    used = {at for found in places.values() for at in found}
    rest = [at for at, header in enumerate(decoded.header) if at not in used and header and not is_sensitive(header)]
    if not rest or not places:
        raise BadFile(said)
    questions = []
    for name in missing:
        column = kind.column(name.split(" or ")[0])
        likely = sorted(rest, key=lambda at: -_likeness(column, decoded.columns[at]))[:OFFERED]
        answers = {decoded.header[at]: _sample(decoded.columns[at]) for at in likely}
        questions.append(Question(decoded.name, f"columns.{column.name}", f"Which column is {name}?", answers))
    raise Unanswered(questions, said)


def _likeness(column: Column, cells: pa.ChunkedArray) -> float:
    """How well values fit a column that no header names: 0 to 1."""
    values = [value for value in cells[:1000].to_pylist() if value.strip()]
    if not values:
        return 0.0
    if column.name == "email":
        return sum("@" in value for value in values) / len(values)
    if column.type == "date":
        return sum(
            bool(styles.ISO.fullmatch(v)) or any(styles.as_date(v, s) for s in styles.DATE_STYLES) for v in values
        ) / len(values)
    if column.type in NUMBERS:
        return sum(bool(styles.PLAIN_AMOUNT.fullmatch(value)) for value in values) / len(values)
    return len(set(values)) / len(values) if column.required else 0.5


def _sample(cells: pa.ChunkedArray) -> str:
    found = list(dict.fromkeys(value.strip() for value in cells[:50].to_pylist() if value.strip()))
    return ", ".join(value[:30] for value in found[:3]) or "nothing"


def _trimmed(piece: pa.Array) -> pa.Array:
    """Cells without blanks around them; the very same where there are none."""
    trimmed = pc.utf8_trim_whitespace(piece)
    return piece if trimmed.equals(piece) else trimmed


def _joined(columns: list[pa.ChunkedArray], room: Room) -> pa.ChunkedArray:
    """Cells trimmed; several columns joined with a space, empty ones aside."""
    if len(columns) == 1:
        return room.changed(_trimmed, columns[0])
    return room.changed(
        lambda *parts: pc.utf8_trim_whitespace(pc.binary_join_element_wise(*map(_trimmed, parts), " ")), *columns
    )


def _without_totals(
    kind: Kind, decoded: Decoded, taken: dict[str, pa.ChunkedArray], problems: list[Problem]
) -> tuple[dict[str, pa.ChunkedArray], pa.ChunkedArray]:
    """The rows without a last one that sums up: it says so, and lacks what every row must have or most of the rest."""
    lines = decoded.lines
    if len(lines):
        last = {name: cells[-1].as_py() for name, cells in taken.items()}
        cells = [column[-1].as_py().strip() for column in decoded.columns]
        sums_up = plain_header(next(filter(None, cells), "")) in TOTALS  # not somebody of the team Total
        is_sparse = 2 * sum(map(bool, last.values())) <= len(last)
        if sums_up and (is_sparse or any(column.required and not last.get(column.name) for column in kind.columns)):
            said = "is a line of totals: left out."
            problems.append(Problem(decoded.name, lines[-1].as_py(), None, None, said, "notice"))
            return {name: cells[:-1] for name, cells in taken.items()}, lines[:-1]
    return taken, lines


def _without_headers(
    decoded: Decoded, taken: dict[str, pa.ChunkedArray], lines: pa.ChunkedArray, problems: list[Problem]
) -> tuple[dict[str, pa.ChunkedArray], pa.ChunkedArray]:
    """The rows without those that repeat the header, as files put together from several have them."""
    repeats: Any = None
    for header, cells in zip(decoded.header, decoded.columns, strict=True):
        wanted = header.strip().lower()
        found = [pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(piece)), wanted) for piece in cells.chunks]
        is_same = pa.chunked_array(found, pa.bool_())
        repeats = is_same if repeats is None else pc.and_(repeats, is_same)
        if not pc.any(repeats).as_py():
            return taken, lines
    repeats = repeats[: len(lines)]
    numbers = lines.filter(repeats).to_pylist()
    if not numbers:
        return taken, lines
    shown = ", ".join(map(str, numbers[:SHOWN])) + (f" and {len(numbers) - SHOWN:,} more" * (len(numbers) > SHOWN))
    which = f"line {shown} repeats" if len(numbers) == 1 else f"lines {shown} repeat"
    problems.append(Problem(decoded.name, None, None, None, f"{which} the header: left out.", "notice"))
    kept = pc.invert(repeats)
    return {name: cells.filter(kept) for name, cells in taken.items()}, lines.filter(kept)


def _kept(kind: Kind, columns: dict[str, pa.ChunkedArray], mapping: Mapping) -> pa.ChunkedArray | None:
    """Whether each row is one that the mapping does not leave out; None = all of them."""
    if not mapping.skip and not mapping.keeps_first:
        return None
    told_by = [name for name in (AWARD if kind.name == "badges" else kind.key) if name in columns]
    names = [name for name in columns if name in mapping.skip or (mapping.keeps_first and name in told_by)]
    seen: set[tuple[str, ...]] = set()
    found = []
    for parts in zip(*(columns[name].chunks for name in names), strict=True):
        cells = dict(zip(names, parts, strict=True))
        is_kept = np.ones(len(parts[0]), bool)
        for name in mapping.skip.keys() & cells.keys():
            is_kept &= ~pc.is_in(cells[name], pa.array(mapping.skip[name], pa.string())).to_numpy(zero_copy_only=False)
        if mapping.keeps_first:
            keys = zip(*(cells[name].to_pylist() for name in told_by), strict=True)
            for row, key in enumerate(keys):
                if is_kept[row]:
                    key = key[:1] if told_by[0] == "award_id" and key[0] else key
                    is_kept[row] = key not in seen
                    seen.add(key)
        found.append(pa.array(is_kept))
    kept = pa.chunked_array(found, pa.bool_())
    return None if not len(kept) or pc.all(kept).as_py() else kept


def _tell_unused(kind: Kind, decoded: Decoded, used: set[int], problems: list[Problem]) -> list[int]:
    """Notices about headers taken under another name and about columns not used; positions of the sensitive ones."""
    sensitive = []
    for at, header in enumerate(decoded.header):
        if at in used:
            continue
        if is_sensitive(header):
            sensitive.append(at)
            said = "sensitive personal data: this column is never stored."
        else:
            said = f"{kind.name} has no such column: it is not used."
        problems.append(Problem(decoded.name, 1, header or f"number {at + 1}", None, said, "notice"))
    return sensitive
