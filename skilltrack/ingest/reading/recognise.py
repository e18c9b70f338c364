"""Where a table begins in a file, which of its headers is which column, and which kind of file it is."""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from skilltrack.ingest.reading.content import Content
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.records import DELIMITERS, Layout, Record
from skilltrack.kinds import KINDS, Kind, plain_header
from skilltrack.language import sentence

DEEPEST = 25
"""Rows looked at for a header: reports of some systems begin with a title and their filters."""
NO_HEADER = re.compile(r"\d{3}|\d[-./]\d|@|://")
"""What no cell of a header has: numbers, dates, addresses."""
PROGRAM_NAME = re.compile(r"[A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*")
"""A name as programs spell it: `empl_id`, `HIRE_DT`, `hireDate`."""
LESS = " - "
"""Between two headers of amounts of which the second is taken off."""
THINGS = {"credential_id", "credential", "skill_id"}
"""Our columns for what rows are about besides people."""
NEW = re.compile(r"\s*(?:(?i:new|neue[rns]?|nouveau|nouvelle?|nuev[oa]|to|nach)[\s_:-]+|new(?=[A-Z]))(?P<of>.+)")
MOVES = ("manager_id", "manager_name", "manager_email", "team", "role_id", "location", "cost_center", "email", "name")
"""What changes when people move, of which a file may have the old beside the new."""


@cache
def _headers(kind_name: str) -> dict[str, tuple[str, int]]:
    """Plain header to the column it stands for and its rank among the headers of that column, 0 first."""
    columns: dict[str, tuple[str, int]] = {}
    for column in KINDS[kind_name].file_columns:
        for rank, header in enumerate((column.name, *column.synonyms)):
            columns.setdefault(plain_header(header), (column.name, rank))
    return columns


def score(kind: Kind) -> Callable[[list[str]], int]:
    """How many columns of the kind a row of headers names."""
    return lambda cells: len(known_columns(kind, cells))


def known_columns(kind: Kind, header: list[str]) -> dict[str, int]:
    """Column of the kind to the position of its header: its own name first, then the likeliest synonym."""
    own = {cell.strip().lower(): at for at, cell in reversed(list(enumerate(header)))}
    known = _headers(kind.name)
    places = _new(kind, header)
    places |= {column.name: own[column.name] for column in kind.file_columns if column.name in {*own} - {*places}}
    ranked = []
    for at, cell in enumerate(header):
        name, rank = known.get(plain_header(cell), ("", 0))
        if name and at not in places.values():
            ranked.append((rank, at, name))
    for _, at, name in sorted(ranked):
        places.setdefault(name, at)
    return places


def _new(kind: Kind, header: list[str]) -> dict[str, int]:
    """The columns of a list of people who move, `Old team` and `New team`: the new one counts."""
    if not kind.lists_people:
        return {}
    known = _headers(kind.name)
    places: dict[str, int] = {}
    for at, cell in enumerate(header):
        if moved := NEW.fullmatch(cell):
            name, _ = known.get(plain_header(moved["of"]), ("", 0))
            if name in MOVES:
                places.setdefault(name, at)
    return places


def lay_out(kind: Kind, mapping: Mapping) -> Callable[[list[Record]], Layout]:
    """A function that finds the header of a file of this kind among its first records."""

    def find(records: list[Record]) -> Layout:
        if mapping.header:
            return Layout(mapping.header, 0, records[0][0], _needed(kind, mapping, mapping.header))
        rows = [cells for _, cells in records[:DEEPEST]]
        at = _header_row(kind, mapping, rows)
        line, cells = records[at]
        first, notices = at + 1, []
        if not mapping.lands_as_fourth and (joined := _joined(kind, mapping, rows, at)):
            at, cells = joined
            line, first = records[at][0], at + 2
            notices.append(
                sentence(
                    "the header stands in two rows, lines {line} and {next}: read as one.",
                    line=line,
                    next=records[at + 1][0],
                )
            )
        elif first < len(records) and _is_second_header(kind, mapping, cells, records[first][1]):
            notices.append(sentence("line {line} is a second header row: not used.", line=records[first][0]))
            first += 1
        if at and not (at == 1 and "".join(records[0][1]).lower().startswith("sep=")):
            notices.append(sentence("the header is in line {line}; what is above it is not used.", line=line))
        first_line = records[first][0] if first < len(records) else line + 1
        return Layout([cell.strip() for cell in cells], line, first_line, _needed(kind, mapping, cells), notices)

    return find


def _header_row(kind: Kind, mapping: Mapping, rows: list[list[str]]) -> int:
    """The first row with every needed header, else the one that names most columns, else the first of full width."""
    whole = [at for at, cells in enumerate(rows) if _is_header(kind, mapping, cells)]
    if whole:
        return whole[0]
    known = [len(known_columns(kind, cells)) for cells in rows]
    if max(known) > 1:
        return known.index(max(known))
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows]
    wide = [at for at, many in enumerate(filled) if 2 * many > max(filled)]
    return wide[1] if _is_preamble(rows, wide) else wide[0]


def _is_preamble(rows: list[list[str]], wide: list[int]) -> bool:
    """Whether the first wide row is a line of data above the header, as ledgers begin with: `"EXTF";700;21`."""
    has_values = [any(map(_is_value, rows[at])) for at in wide[:3]]
    return has_values == [True, False, True] and wide[:2] == [0, 1]


def _joined(kind: Kind, mapping: Mapping, rows: list[list[str]], at: int) -> tuple[int, list[str]] | None:
    """The row in which a header of two rows begins, and both as one; None where the header is the one row `at`."""
    alone = _named_by(kind, mapping, rows[at])
    for upper in (at, at - 1):
        if upper < 0 or upper + 2 > len(rows):
            continue
        header = _in_one(kind, rows[upper], rows[upper + 1])
        is_plain = upper == at and bool(header) and _is_above_data(rows, upper + 1)
        if header and (_named_by(kind, mapping, header) > alone or is_plain):
            return upper, header
    return None


def _is_above_data(rows: list[list[str]], at: int) -> bool:
    """Whether each word of a row stands above numbers or days, as only a header does: `du` and `au`."""
    places = [place for place, cell in enumerate(rows[at]) if cell.strip()]
    below = [[row[place].strip() for row in rows[at + 1 :] if place < len(row)] for place in places]
    return len(places) > 1 and all(
        any(cells) and all(map(NO_HEADER.search, filter(None, cells))) and not re.search(r"\d", rows[at][place])
        for place, cells in zip(places, below, strict=True)
    )


def _named_by(kind: Kind, mapping: Mapping, header: list[str]) -> int:
    """How many columns a header has, those included that the mapping names."""
    wanted = {one.strip().lower() for headers in mapping.columns.values() for one in _several(headers) if one.strip()}
    cells = {cell.strip().lower() for cell in header}
    return len(set(known_columns(kind, header)) | {one for one in wanted if one in cells})


def _in_one(kind: Kind, upper: list[str], lower: list[str]) -> list[str]:
    """Two rows as one header, `Certificate` over `Obtained` and `Expires`; empty where the lower one is no header."""
    width = max(len(upper), len(lower))
    over = [cell.strip() for cell in [*upper, *[""] * (width - len(upper))]]
    below = [cell.strip() for cell in [*lower, *[""] * (width - len(lower))]]
    header, group = [], ""
    again = {other for other in below if other and below.count(other) > 1}
    if len(again) < 2 or not any(THINGS & set(known_columns(kind, [other])) for other in again):
        again = set()  # `Name` of people and of credentials; `Course, Date, Course, Date` are several in a row
    for at, (one, other) in enumerate(zip(over, below, strict=True)):
        is_group = bool(one) and at + 1 < width and not over[at + 1]
        group = one or group
        if other and ((one and not is_group) or NO_HEADER.search(other)):
            return []
        together = f"{group} {other}".strip()
        plain = together if not other or known_columns(kind, [together]) or other in header else other
        plain = other if other in again else plain
        header.append(plain if other else one)
    is_any = any(other and not one for one, other in zip(over, below, strict=True))
    return header if is_any else []


def _needed(kind: Kind, mapping: Mapping, header: list[str]) -> int:
    """How many cells a row must have so that every required column is among them: at least two."""
    places = known_columns(kind, header)
    lower = [cell.strip().lower() for cell in header]
    for name, wanted in mapping.columns.items():
        positions = [lower.index(one.strip().lower()) for one in _several(wanted) if one.strip().lower() in lower]
        places |= {name: max(positions)} if positions else {}
    names = [name for column in kind.columns if column.required for name in (column.name, *column.instead)]
    return max([2, *(places[name] + 1 for name in names if name in places)])


def _several(wanted: str | list[str]) -> list[str]:
    return (wanted.split(LESS) if LESS in wanted else [wanted]) if isinstance(wanted, str) else wanted


def _is_header(kind: Kind, mapping: Mapping, cells: list[str]) -> bool:
    wanted = [header for headers in mapping.columns.values() for header in _several(headers) if header.strip()]
    if wanted:
        there = {cell.strip().lower() for cell in cells}
        return all(header.strip().lower() in there for header in wanted)
    return not missing_columns(kind, set(known_columns(kind, cells)) | set(mapping.constants))


def _is_value(cell: str) -> bool:
    """Whether a cell is a number, a date or an address, and no label that has one in it, `Custom field 100`."""
    is_address = "@" in cell or "://" in cell
    return bool(NO_HEADER.search(cell)) and (is_address or not re.search(r"[^\W\d_]{4}", cell))


def _is_second_header(kind: Kind, mapping: Mapping, header: list[str], cells: list[str]) -> bool:
    """Whether the row below a header is one too: half of its cells are headers of the kind, or those above."""
    if not mapping.lands_as_fourth and any(map(_is_value, cells)):
        return False
    known = len(known_columns(kind, header))
    if len(known_columns(kind, cells)) >= max(2, (known + 1) // 2):
        return True
    if mapping.reads_as_earlier:
        return False
    plain = [plain_header(cell) for cell in header]
    half = max(2, (sum(map(bool, plain)) + 1) // 2)
    if sum(word == plain_header(cell) for word, cell in zip(plain, cells, strict=False) if word) >= half:
        return True
    if not mapping.lands_as_sixth and _repeats_words(header, cells, half):
        return True
    return not mapping.lands_as_fifth and _names_columns(header, cells, half)


def _repeats_words(header: list[str], cells: list[str], half: int) -> bool:
    """Whether every filled cell of a row repeats a word of the header above it, or shortens one: `Titolo corso`."""
    filled = [(above, cell) for above, cell in zip(header, cells, strict=False) if cell.strip()]
    is_more = len(filled) >= max(3, half)  # `Level 2` and `Skilled trades` are values below Level and Skill
    return is_more and all(_is_said_again(above, cell) and not re.search(r"\d", cell) for above, cell in filled)


def _is_said_again(above: str, cell: str) -> bool:
    words, others = (re.findall(r"[^\W\d_]{3,}", text.casefold()) for text in (above, cell))
    return any(one.startswith(other) or other.startswith(one) for one in words for other in others)


def _names_columns(header: list[str], cells: list[str], half: int) -> bool:
    """Whether a row gives the headers above it as a program spells them, `empl_id` below `Employee ID`."""
    filled = [(above, cell) for above, cell in zip(header, cells, strict=False) if cell.strip()]
    spelled = sum(bool(PROGRAM_NAME.fullmatch(cell.strip())) for _, cell in filled)
    alike = sum(bool(_stems(above) & _stems(cell)) for above, cell in filled)
    return 3 * spelled >= 2 * len(filled) and alike >= half


def _stems(text: str) -> set[str]:
    """The first three letters of each word."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    return {word[:3].casefold() for word in words}


def missing_columns(kind: Kind, present: set[str]) -> list[str]:
    """Columns that a file of this kind must have and does not."""
    missing = [
        column.name
        for column in kind.columns
        if column.required and column.name not in present and not present & set(column.instead)
    ]
    if kind.one_of and not present & set(kind.one_of):
        missing.append(" or ".join(kind.one_of))
    return missing


def source_of(name: str, content: Content) -> str:
    """What identifies the system that a file comes from: its header line, or a workbook's name without numbers."""
    if content[:2] == b"PK":
        text = re.sub(r"\d+", "", plain_header(Path(name).stem))
    else:
        lines = content[:8192].replace(b"\x00", b"").decode("latin-1").splitlines()[:DEEPEST]
        text = max(lines, key=lambda line: max(line.count(delimiter) for delimiter in DELIMITERS), default="").strip()
    return hashlib.sha256(text.encode()).hexdigest()[:16]
