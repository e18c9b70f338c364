"""A kept file without some of the people in it: their rows are blank, what other rows say of them is replaced.

Every other row stays on its line and lands again as it did.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from skilltrack.ingest.columns import map_columns
from skilltrack.ingest.kinds import Kind
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.sources import ReadFile, as_csv, reading_of_copy

ERASED = "erased"
"""What stands where somebody was named."""
TELLING = 6
"""Signs from which an id means a person wherever it stands in a text."""
OWN = ("employee_id", "email", "name", "first_name", "last_name")
"""Columns that name whom a row is about."""
OTHERS = ("manager_id", "manager_email", "manager_name", "assessor")
"""Columns that name somebody else."""


@dataclass(frozen=True)
class Named:
    """What people are called, as it was written; without the addresses and names that others share."""

    ids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    shared: tuple[str, ...] = ()
    """Names and addresses of theirs that others have too, and are left where other people's rows hold them."""

    def is_meant(self, cell: str) -> bool:
        """Whether a cell that names somebody names one of them."""
        return cell.strip() in self.ids or plain(cell) in self.called

    @cached_property
    def called(self) -> frozenset[str]:
        """Their names and addresses as they are compared."""
        return frozenset(map(plain, self.emails | self.names))

    @cached_property
    def telling(self) -> tuple[tuple[str, ...], ...]:
        """What means them in any text, each as its words: addresses, ids that are long enough, names of several words.

        A name is meant in both orders, `Ann Smith` and `Smith, Ann`.
        """
        names = [parts for parts in map(str.split, self.names) if len(parts) > 1]
        orders = [order for parts in names for order in (parts, [parts[-1], *parts[:-1]])]
        whole = [*self.emails, *(number for number in self.ids if len(number) >= TELLING)]
        return (*(_words(" ".join(order)) for order in orders), *((term,) for term in whole))

    @property
    def longest_words(self) -> list[str]:
        """Of each name, address and id one word that every text about them holds; small letters without accents."""
        terms = [*self.telling, *map(_words, self.names)]
        longest = (unicodedata.normalize("NFD", max(words, key=len, default="").casefold()) for words in terms)
        return sorted({re.sub("[\u0300-\u036f]", "", word) for word in longest} - {""})

    @cached_property
    def mention(self) -> re.Pattern[str]:
        """What finds them in a text: `smith, ann`, `ann_smith.csv`, `Ann%20Smith`, their address, their id."""
        return _finding(self.telling)

    @cached_property
    def by_name(self) -> re.Pattern[str]:
        """What finds them where people are named: a name of one word too, which may be a common word elsewhere."""
        return _finding((*self.telling, *(_words(name) for name in self.names if len(name.split()) == 1)))

    def are_in(self, content: bytes) -> bool:
        """Whether the bytes of a file mention them, in any encoding that is read; a workbook's parts are looked at."""
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                return any(self.are_in(parts.read(part)) for part in parts.namelist())
        encodings = ["utf-8", "cp1252", *(["utf-16-le", "utf-16-be"] if b"\x00" in content[:400] else [])]
        return any(self.mention.search(content.decode(encoding, "ignore")) for encoding in encodings)


def plain(text: str) -> str:
    """A text as it is compared: whatever its case, and whether its accents are signs of their own."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*", unicodedata.normalize("NFD", text)))


def _finding(terms: Iterable[Iterable[str]]) -> re.Pattern[str]:
    """What finds any of the terms, each given as its words, as whole words of a text."""
    found = [r"(?:%[0-9a-f]{2}|[\W_])+".join(map(_spelled, words)) for words in terms if words]
    before, after = r"(?:(?<![^\W_])|(?<=%[0-9a-f]{2}))", r"(?![^\W_]|[\u0300-\u036f])"
    return re.compile(rf"{before}(?:{'|'.join(found)}){after}" if found else r"(?!)", re.IGNORECASE)


def _spelled(text: str) -> str:
    """A pattern of a text however it is written: in capitals, accents as signs of their own, percent-encoded."""
    letters = re.findall(r".[\u0300-\u036f]*", unicodedata.normalize("NFD", text.casefold()))
    return "".join(map(_letter, letters)).replace("ss", "(?:ss|ß|ẞ|%C3%9F|%E1%BA%9E)")


def _letter(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    cases = (letter, letter.upper())
    forms = {unicodedata.normalize(form, case) for case in cases for form in ("NFC", "NFD")}
    return f"(?:{'|'.join(sorted(map(re.escape, forms | {quote(form, safe='') for form in forms}), reverse=True))})"


def without_people(read: ReadFile, named: Named, own: set[int]) -> tuple[bytes, Mapping] | None:
    """The file as CSV, and how it is read, without the rows on the lines `own` and the people; None = it holds none.

    Rows that are theirs are also found by what they say: a row that was left out or kept apart is theirs as well.
    """
    decoded, kind = read.decoded, read.kind
    found, below = _lines_of(read, named)
    own = own | found
    column_at = {
        header.lower(): name
        for name, headers in read.mapped.mapping.columns.items()
        for header in ([headers] if isinstance(headers, str) else headers)
    }
    columns = [column_at.get(header.lower(), "") for header in decoded.header]
    rows = {} if read.mapped.mapping.header else {decoded.header_line: decoded.header}
    is_changed = bool(own)
    for line, *row in zip(decoded.lines.to_pylist(), *(c.to_pylist() for c in decoded.columns), strict=True):
        if line not in own:
            rows[line] = [
                _cell(kind, name, cell, named, line in below) for name, cell in zip(columns, row, strict=True)
            ]
            is_changed |= rows[line] != row
    for line, row in decoded.unread.items():
        if line in own or any(named.is_meant(cell) or named.mention.search(cell) for cell in row):
            is_changed = True
        else:
            rows[line] = row
    if not is_changed and not named.are_in(bytes(decoded.content)):
        return None
    mapping = _mapping(read.mapped.mapping, named)
    if not set(rows) - {decoded.header_line}:  # a file needs a row: one that the mapping leaves out
        at = next(at for at, name in enumerate(columns) if name and kind.column(name).type == "text")
        rows[min(own, default=decoded.header_line + 1)] = [ERASED * (i == at) for i in range(len(columns))]
        mapping = replace(mapping, skip=mapping.skip | {columns[at]: [*mapping.skip.get(columns[at], []), ERASED]})
    return as_csv(rows, decoded), reading_of_copy(mapping, decoded)


def _lines_of(read: ReadFile, named: Named) -> tuple[set[int], set[int]]:
    """Lines whose row is about one of the people, and those whose row names one as the manager.

    Cells are taken as they are understood, and rows that the mapping leaves out are looked at too.
    """
    mapped = map_columns(read.kind, read.decoded, replace(read.mapped.mapping, skip={}, duplicates=""))
    lines = mapped.lines.to_pylist()
    cells = {name: dict(zip(lines, cells.to_pylist(), strict=True)) for name, cells in mapped.columns.items()}
    own = {line for line, cell in cells.get("employee_id", {}).items() if cell.strip() in named.ids}
    if read.kind.name != "roster":
        without_id = [line for line in lines if not cells.get("employee_id", {}).get(line)]
        own |= {line for line in without_id if cells.get("email", {}).get(line, "").strip().lower() in named.emails}
    return own, {line for line, cell in cells.get("manager_id", {}).items() if cell.strip() in named.ids}


def _cell(kind: Kind, column: str, cell: str, named: Named, is_below: bool) -> str:
    """A cell of a row that is about somebody else."""
    if not cell or column in OWN:
        return cell
    if column == "manager_id" and is_below:
        return ERASED
    if (column in OTHERS or not column) and named.is_meant(cell):
        return ERASED if column else ""
    if column in OTHERS:
        return named.by_name.sub(ERASED, cell)
    return named.mention.sub(ERASED, cell) if not column or kind.column(column).type == "text" else cell


def _mapping(mapping: Mapping, named: Named) -> Mapping:
    """The mapping without values that name the people."""
    values = {
        column: {said: meant for said, meant in pairs.items() if not (named.is_meant(said) or named.is_meant(meant))}
        for column, pairs in mapping.values.items()
    }
    skip = {column: [cell for cell in cells if not named.is_meant(cell)] for column, cells in mapping.skip.items()}
    return replace(mapping, values=values, skip=skip)
