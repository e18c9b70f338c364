"""Rows that hold several things each: `Cert 1, Date 1, Cert 2, Date 2`, or `AWS SAA; PMP` in one cell.

Each of them becomes a row of its own before the file is read as any other. The kept copy has this form, and the line of
each row in the file is kept beside it, as for a matrix.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.further import ORDINALS
from skilltrack.ingest.reading.ids import EACH, SEPARATORS
from skilltrack.ingest.reading.likeness import GENERIC, HINTS, dates_among, sampled
from skilltrack.ingest.reading.mapping import LINE, NO_MATRIX, SEVERAL, Mapping
from skilltrack.ingest.reading.matrix import is_level
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question, Unanswered
from skilltrack.ingest.reading.recognise import THINGS, known_columns
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import OTHER_PEOPLE, RESULT_HEADERS, STATUS_HEADERS
from skilltrack.ingest.reading.things import and_more, counted
from skilltrack.ingest.reading.unpivot import with_unread
from skilltrack.ingest.reading.unused import ENDS
from skilltrack.kinds import Kind, Means
from skilltrack.language import sentence

CALLED = frozenset(HINTS["credential_id"].split()) | frozenset(HINTS["skill_id"].split()) | {"cert", "certs", "quali"}
"""Words of headers for them."""
MORE = CALLED | GENERIC | ENDS | frozenset(f"{HINTS['issued_on']} {HINTS['level']} {HINTS['amount']}".split())
"""Words of headers for what is said of them."""
OF_PEOPLE = OTHER_PEOPLE | frozenset(f"{HINTS['employee_id']} {HINTS['name']}".split()) - GENERIC
"""Words of headers for people, who may have several names or managers."""
MONEY = frozenset(HINTS["amount"].split())
DAYS = frozenset(HINTS["issued_on"].split()) | {"date", "datum", "fecha", "jour", "tag", "dia"}
NUMBER = re.compile(r"(?<![\d.,])#?(\d{1,2})(?![\d%]|[.,]\d)")
"""A number that counts, in a header."""
COLUMN = re.compile(r"\s*\(column \d+\)$")
"""What tells the headers of a possible matrix apart."""
ORDER = (
    "first erste erster erstes premier premiere primer primero primera",
    "second zweite zweiter zweites deuxieme seconde segundo segunda",
    "third dritte dritter drittes troisieme tercer tercero tercera",
    "fourth vierte vierter viertes quatrieme cuarto cuarta",
)
SHOWN = 3
Pieces = Callable[[list[pa.Array], pa.Array], tuple[np.ndarray, list[pa.Array]]]
"""From the columns and lines of a piece of a file: which of its rows each new row comes from, and the new columns."""


@dataclass(frozen=True)
class Groups:
    """Columns that say the same of several things in a row."""

    shared: list[int]
    """Positions of the other columns."""
    labels: list[str]
    """What the columns of each group are called, without their numbers."""
    columns: dict[int, list[int | None]]
    """By number of the group, the position of each of these columns, or None where the group lacks it."""
    beside: frozenset[str] = frozenset()
    """Those labels whose cells say nothing by themselves, such as a status: a group with these alone is empty."""


def groups_in(kind: Kind, header: list[str]) -> Groups | None:
    """The groups of columns in a header, `Cert 1, Date 1, Cert 2, Date 2`; None where rows are about one thing each."""
    if not kind.about or kind.lists_people:
        return None
    numbered: dict[str, dict[int, int]] = {}
    plain = [COLUMN.sub("", cell).strip() for cell in header]
    twice = {cell.casefold() for cell in plain if cell and plain.count(cell) > 1}
    things = [_numbered(cell) for cell in plain if cell and _is_thing(kind, _numbered(cell)[0])]
    many = len({number for _, number in things})  # of `Course 1, on, Course 2, on`, two
    for at, cell in enumerate(plain):
        if cell and not is_sensitive(cell):
            stem, number = _numbered(cell)
            if cell.casefold() in twice and (len(twice) > 1 or plain.count(cell) == many):
                number = plain[: at + 1].count(cell)
            places = numbered.setdefault(stem, {})
            places[(number or 1) if (number or 1) not in places else -at] = at
    counted_ones = {s: places for s, places in numbered.items() if s and len(places) > 1 and min(places) > 0}
    of_things = {number for stem, places in counted_ones.items() if _is_thing(kind, stem) for number in places}
    has_owner = any(_is_owner(kind, stem) for stem in {*numbered} - {*counted_ones})
    several = {
        stem: places
        for stem, places in counted_ones.items()
        if not (has_owner and _is_owner(kind, stem)) and (_says_more(kind, stem) or _is_beside(stem, places, of_things))
    }
    is_priced = any("amount" in known_columns(kind, [s]) or {*s.split()} & MONEY for s in several)
    if not of_things or (kind.holds_payments and not is_priced):
        return None  # one amount for several things would count once for each
    names_thing = any(THINGS & {*known_columns(kind, [stem])} for stem in {*numbered} - {*several})
    if names_thing and not any(kind.begins in known_columns(kind, [s]) or {*s.split()} & DAYS for s in several):
        return None  # `Course, Module 1, Module 2, Completed` is about one course
    numbers = sorted({number for places in several.values() for number in places})
    labels = [_label(header[min(places.values())]) for places in several.values()]
    used = {at for places in several.values() for at in places.values()}
    shared = [at for at in range(len(header)) if at not in used]
    if len({plain[at].casefold() for at in shared if plain[at]}) < sum(bool(plain[at]) for at in shared):
        return None  # which of two columns of one name is meant is for a person to say
    taken = {header[at].casefold() for at in shared}
    labels = [f"{label} (each)" if label.casefold() in taken else label for label in labels]
    says = [_says_more(kind, stem) for stem in several]
    beside = frozenset(label for label, is_more in zip(labels, says, strict=True) if not is_more)
    return Groups(shared, labels, {n: [places.get(n) for places in several.values()] for n in numbers}, beside)


def one_of_each(kind: Kind, header: list[str]) -> list[str]:
    """A header with each group of columns once."""
    groups = groups_in(kind, header)
    return header if groups is None else [*(header[at] for at in groups.shared), *groups.labels]


def _numbered(cell: str) -> tuple[str, int]:
    """The words of a header without the number that counts it, and that number; 0 where it has none."""
    words = header_words(cell)
    for place, listed in enumerate(ORDER, 1):
        if any(word in listed.split() for word in words):
            return " ".join(word for word in words if word and word not in ORDINALS), place
    numbers = NUMBER.findall(cell)
    stem = " ".join(word for word in header_words(NUMBER.sub(" ", cell)) if word)
    return (stem, int(numbers[0])) if len(numbers) == 1 else (" ".join(words), 0)


def _says_more(kind: Kind, stem: str) -> bool:
    """Whether the words of a header may say what was earned, when, how well, or for how much."""
    return bool(known_columns(kind, [stem])) or bool({*stem.split()} & MORE)


def _is_owner(kind: Kind, stem: str) -> bool:
    """Whether the words of a header say whose a row is."""
    return any(kind.column(name).means in (Means.OWNER, Means.CALLED) for name in known_columns(kind, [stem]))


def _is_beside(stem: str, places: dict[int, int], of_things: set[int]) -> bool:
    """Whether columns say something of each thing, whatever it is: there are as many, and they are not of people."""
    words = {*stem.split()}
    is_status = bool(words & (STATUS_HEADERS | RESULT_HEADERS))
    return not words & OF_PEOPLE and ({*places} == of_things or (is_status and {*places} <= of_things))


def _label(cell: str) -> str:
    """A header as it is written, without its number."""
    bare = re.sub(r"\s{2,}", " ", NUMBER.sub(" ", COLUMN.sub("", cell))).strip(" .-_#:()")
    words = [word for word in bare.split() if not {*header_words(word)} & ORDINALS]
    return " ".join(words) or cell


def _is_thing(kind: Kind, stem: str) -> bool:
    """Whether the words of a header name a credential or a skill, and not a day or an id of it."""
    known = known_columns(kind, [stem])
    if known:
        return bool(THINGS & set(known))
    return {*stem.split()} <= CALLED


def one_each(kind: Kind, decoded: Decoded, mapping: Mapping) -> tuple[Decoded, Mapping]:
    """A file whose rows hold several things as one row for each, and the mapping that says so; any other as it is."""
    if mapping.is_of_matrix or mapping.matrix == NO_MATRIX or mapping.header:
        return decoded, mapping
    is_any, known = False, known_columns(kind, decoded.header)
    groups = groups_in(kind, decoded.header)
    if groups and (
        mapping.matrix or (_hold_things(kind, decoded, groups) and not _names_one(decoded, groups, mapping))
    ):
        number_at = known.get(kind.key[0] if kind.holds_payments else kind.optional_id)
        mapping = _with_columns(kind, decoded, groups, mapping)
        decoded, is_any = _rows_of_groups(kind, decoded, groups, number_at, not mapping.matrix), True
    for name, treatment in mapping.ids.items():
        header = mapping.columns.get(name) or next(
            (h for h in decoded.header if known_columns(kind, [h]) == {name: 0}), ""
        )
        if treatment == EACH and kind.holds_payments:
            raise BadFile(
                sentence(
                    "The mapping {mapping}: ids.{name} cannot be {EACH!r} in a file of {kind}: the amount would "
                    "count once for each. Give each payment a row of its own.",
                    mapping=mapping.name,
                    name=name,
                    EACH=EACH,
                    kind=kind.name,
                )
            )
        if treatment == EACH and isinstance(header, str) and header in decoded.header:
            decoded, is_any = _rows_of_cells(kind, decoded, decoded.header.index(header)), True
    if is_any or mapping.matrix == SEVERAL:
        mapping = replace(mapping, matrix=SEVERAL if is_any else "")
    return decoded, mapping


def _names_one(decoded: Decoded, groups: Groups, mapping: Mapping) -> bool:
    """Whether a mapping takes one column of the groups by its number, or an amount beside them: a row is about one."""
    wanted = {one for named in mapping.columns.values() for one in ([named] if isinstance(named, str) else named)}
    within = {decoded.header[at] for group in groups.columns.values() for at in group if at is not None}
    shared = [decoded.header[at] for at in groups.shared]
    return bool(wanted & (within - {*groups.labels})) or mapping.columns.get("amount", "") in shared


def _with_columns(kind: Kind, decoded: Decoded, groups: Groups, mapping: Mapping) -> Mapping:
    """The mapping that names the thing and the day of each group, where only one of its columns can be it."""
    header = [*(decoded.header[at] for at in groups.shared), *groups.labels]
    known = known_columns(kind, header)
    given = {*known, *mapping.columns, *mapping.constants}
    free = [label for at, label in enumerate(header) if at not in known.values() and label in groups.labels]
    firsts = dict(zip(groups.labels, next(iter(groups.columns.values())), strict=True))
    days = [
        h for h in free if (at := firsts[h]) is not None and dates_among(sampled(decoded.columns[at]) or ("",)) == 1
    ]
    things = [label for label in free if _is_thing(kind, _numbered(label)[0])]
    named: dict[str, str | list[str]] = {}
    if len(days) == 1 and kind.begins and kind.begins not in given:
        named[kind.begins] = days[0]
    if len(things) == 1 and not THINGS & given:
        named[next(column.name for column in kind.columns if column.name in THINGS)] = things[0]
    return replace(mapping, columns=mapping.columns | named) if named else mapping


def _hold_things(kind: Kind, decoded: Decoded, groups: Groups) -> bool:
    """Whether groups name things in words: days or marks below `Module 1` and `Module 2` make a matrix."""
    for place, label in enumerate(groups.labels):
        if _is_thing(kind, _numbered(label)[0]):
            places = [group[place] for group in groups.columns.values()]
            values = tuple(v for at in places if at is not None for v in sampled(decoded.columns[at]))
            named = sum(bool(re.search(r"[^\W\d_]{2}", value)) and not is_level(value) for value in values)
            return bool(values) and 2 * named > len(values) and 2 * dates_among(values) < 1
    return False


def _rows_of_groups(kind: Kind, decoded: Decoded, groups: Groups, number_at: int | None, asks: bool) -> Decoded:
    """One row for each group of a row that has any cell."""
    header = [decoded.header[at] for at in groups.shared] + groups.labels
    shown = "; ".join(
        " with ".join(decoded.header[at] for at in columns if at is not None)
        for columns in list(groups.columns.values())[:SHOWN]
    )
    more = and_more(len(groups.columns) - SHOWN)

    def pieces(columns: list[pa.Array], lines: pa.Array) -> tuple[np.ndarray, list[pa.Array]]:
        nothing = pa.array([""] * len(lines), pa.string())
        cells = [[nothing if at is None else columns[at] for at in group] for group in groups.columns.values()]
        deciding = [place for place, label in enumerate(groups.labels) if label not in groups.beside]
        filled = np.array([np.logical_or.reduce([_are_filled(group[at]) for at in deciding]) for group in cells])
        rows, which = np.nonzero(filled.T)
        taken = [columns[at].take(pa.array(rows)) for at in groups.shared]
        if number_at in groups.shared:
            numbers = pa.array([f"/{list(groups.columns)[n]}" for n in which], pa.string())
            ids = taken[groups.shared.index(number_at)]
            several = pc.if_else(pc.equal(ids, ""), "", pc.binary_join_element_wise(ids, numbers, ""))
            taken[groups.shared.index(number_at)] = several
        for place in range(len(groups.labels)):
            joined = pa.concat_arrays([group[place] for group in cells])
            taken.append(joined.take(pa.array(which * len(lines) + rows)))
        return rows, taken

    apart = _apart(decoded, header, pieces)
    message = sentence(
        "each row holds several: {shown}{more}. They are read as {rows} of their own; what is empty is left out.",
        shown=shown,
        more=more,
        rows=counted(len(apart.lines), "row"),
    )
    apart.problems.append(Problem(decoded.name, None, None, None, message, "warning"))
    if asks:
        answers = {
            SEVERAL: sentence("each group of columns is a row of its own"),
            NO_MATRIX: sentence("no: each row is about one thing"),
        }
        text = sentence("Does each row hold several things ({shown}{more})?", shown=shown, more=more)
        if len(groups.labels) == 1:  # `Certification 2` may as well be what sort of thing the first one is
            raise Unanswered([Question(decoded.name, "matrix", text, answers)])
        apart.questions.append(Question(decoded.name, "matrix", text, answers, must=False, likely=SEVERAL))
    return apart


def _are_filled(cells: pa.Array) -> np.ndarray:
    filled = pc.not_equal(pc.utf8_trim_whitespace(cells), "")
    return np.asarray(filled.to_numpy(zero_copy_only=False))


def _rows_of_cells(kind: Kind, decoded: Decoded, at: int) -> Decoded:
    """One row for each value in the cells of a column; cells beside it with as many values go with them, one each."""
    known = {place: name for name, place in known_columns(kind, decoded.header).items()}
    people = (Means.OWNER, Means.CALLED, Means.SOMEBODY)
    fixed = {place for place, name in known.items() if kind.column(name).means in people}

    def pieces(columns: list[pa.Array], lines: pa.Array) -> tuple[np.ndarray, list[pa.Array]]:
        counts, _ = _values(columns[at])
        rows = np.repeat(np.arange(len(lines)), counts)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        taken = []
        for number, cells in enumerate(columns):
            many, flat = _values(cells) if number not in fixed else (np.ones(len(lines), int), cells)
            begins = np.cumsum(many) - many
            goes_along = (many == counts) & (many > 1)
            each = flat.take(pa.array(np.where(goes_along[rows], begins[rows] + place, 0))) if len(flat) else cells
            whole = cells.take(pa.array(rows))
            if known.get(number) == kind.optional_id:
                whole = pc.if_else(pa.array((counts > 1)[rows]), "", whole)
            taken.append(pc.if_else(pa.array(goes_along[rows]), each, whole))
        return rows, taken

    header, apart = decoded.header, _apart(decoded, decoded.header, pieces)
    message = sentence(
        "several values in one cell are read as rows of their own: {rows}.", rows=counted(len(apart.lines), "row")
    )
    apart.problems.append(Problem(decoded.name, None, header[at], None, message, "warning"))
    return apart


def _values(cells: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """How many values each cell has, and all of them one after the other; an empty cell has one."""
    coded = cells.dictionary_encode()
    parts = [
        [v.strip() for v in re.split(SEPARATORS, cell) if v.strip()] or [""] for cell in coded.dictionary.to_pylist()
    ]
    lists = pa.array(parts, pa.list_(pa.string())).take(coded.indices)
    return pc.list_value_length(lists).to_numpy(zero_copy_only=False), pc.list_flatten(lists)


def _apart(decoded: Decoded, header: list[str], pieces: Pieces) -> Decoded:
    """The file with other rows, whose line numbers the file does not use; each names its line in the file."""
    is_apart = LINE in decoded.header
    first = max([decoded.header_line, *decoded.unread, *decoded.lines[-1:].to_pylist()]) + 1
    names = header if is_apart else [*header, LINE]
    schema = pa.schema({str(at): pa.string() for at in range(len(names))} | {"line": pa.int64()})

    def batches() -> Iterator[pa.RecordBatch]:
        at = first
        for lines, *columns in zip(*(column.chunks for column in (decoded.lines, *decoded.columns)), strict=True):
            rows, taken = pieces(columns, lines)
            of_lines = [] if is_apart else [pc.cast(lines.take(pa.array(rows)), pa.string())]
            numbers = pa.array(np.arange(at, at + len(rows)), pa.int64())
            at += len(rows)
            yield pa.record_batch([*taken, *of_lines, numbers], schema=schema)

    *columns, lines = decoded.room.hold(batches(), schema).columns
    apart = replace(with_unread(decoded), header=names, columns=columns, lines=lines, header_line=1, needed=0)
    return replace(apart, problems=list(apart.problems), questions=list(apart.questions))
