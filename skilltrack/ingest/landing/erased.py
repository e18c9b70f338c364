"""A kept file without some of the people in it: their rows are blank, and what other rows say of them is replaced.

What a column means (`Column.means`) decides what happens to a cell of somebody else's row; keys and references of other
things are never changed. Every other row stays on its line and is imported again as it was.
"""

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from skilltrack.ingest.landing.erased_badges import badges_without
from skilltrack.ingest.reading.broken import repaired_cells
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.fill import as_filled
from skilltrack.ingest.reading.inside import inside
from skilltrack.ingest.reading.mapping import REPAIR, Mapping
from skilltrack.ingest.reading.named import TELLING, Named
from skilltrack.ingest.reading.sources import ReadFile, as_csv, reading_of_copy
from skilltrack.kinds import THINGS, Kind, Means

__all__ = ["ERASED", "TELLING", "Named", "Rows", "Without", "marker", "without_people"]

ERASED = "erased"
"""Replaces a name in a text."""
NOBODY = "(erased)"
"""Replaces a whole cell that named them and must not be empty; a row with nothing else is left out."""


def marker(code: str) -> str:
    """Replaces one erased person where others name them as their manager; no id looks like it."""
    return f"(erased {code})"


@dataclass(frozen=True)
class Rows:
    """What the database knows about a file's rows."""

    own: frozenset[int] = frozenset()
    """Lines that go."""
    others: frozenset[int] = frozenset()
    """Lines whose rows are other people's as they landed, whomever their cells name by now."""
    on_record: AnyMapping[int, AnyMapping[str, str | None]] = field(default_factory=dict)
    """Whose the lines of badges are that are other people's, whomever they name besides, and the credential meant."""
    below: AnyMapping[int, str] = field(default_factory=dict)
    """Lines whose manager is one of the people, with the id of that person."""
    left: tuple[str, ...] = ()
    """What is left of rows that go while others with their key stay: `Mapping.erased`."""
    made: AnyMapping[str, str] = field(default_factory=dict)
    """Credentials added by rows that go, with their issuers, and skills added by them, with `OF_SKILL`."""
    awards: AnyMapping[str, str] = field(default_factory=dict)
    """The award of each row that stays and might be taken for another one: `Mapping.awards`."""
    apart: tuple[int, ...] = ()
    """Lines that were set aside."""
    moot: tuple[int, ...] = ()
    """Lines that a status leaves out and that took nothing back."""
    tells: tuple[str, ...] = ()
    """Columns of awards of which the file speaks without having them."""
    markers: AnyMapping[str, str] = field(default_factory=dict)
    """What replaces each of the people where others name them as their manager."""
    managers: Callable[[list[int]], AnyMapping[int, str | None]] = lambda lines: {}
    """Gives the managers with whom rows on some lines were imported."""
    is_known: Callable[[str], bool] = lambda employee_id: False
    """Whether a roster lists somebody with that id."""
    numbering: Callable[[str], str] = lambda name: name
    """Gives what a numbering of award_ids is called without the people."""


@dataclass
class Without:
    """A file without the people."""

    content: bytes | None
    """None where it mentions none of them and stays as it is."""
    mapping: Mapping
    changed: list[int]
    """Lines that changed."""
    kept: dict[tuple[str, str], set[str]]
    """Cells that read like the people and stay, by what they name and whether that is a thing or another person."""
    gone: frozenset[int] = frozenset()
    """Lines whose rows are theirs and go, also such as were set aside or left out."""
    unproved: frozenset[int] = frozenset()
    """Lines of signed badges of others that stay without their proof, since what was signed mentions the people."""


def without_people(read: ReadFile, people: Named, rows: Rows) -> Without:
    """The file as CSV, and how it is read, without the rows that are theirs.

    Rows are also theirs by what they say, even if they were left out or set aside.
    """
    rewriting = _Rewriting(read, people, rows)
    if read.badges:
        left = badges_without(read.badges, bytes(read.decoded.content), people, rows.own, rows.on_record)
        mapping = rewriting.mapping_left()
        if left.unproved and "employee_id" not in mapping.constants:  # the copy says by an id whose these are
            columns = mapping.columns | {"employee_id": "employee_id"}
            in_order = [column.name for column in read.kind.file_columns if column.name in columns]  # as it lands again
            mapping = replace(mapping, columns={name: columns[name] for name in in_order})
        return Without(left.content, mapping, left.changed, left.kept, left.gone, left.unproved)
    return rewriting.done()


class _Rewriting:
    def __init__(self, read: ReadFile, people: Named, rows: Rows):
        if read.mapped.mapping.broken_text == REPAIR:  # the names as imported count, not as the file has them
            mended = [repaired_cells(cells) for cells in read.decoded.columns]
            read = replace(read, decoded=replace(read.decoded, columns=mended))
        self.read, self.people, self.rows = read, people, rows
        self.kind: Kind = read.kind
        self.mapping = read.mapped.mapping
        column_at = {
            header.lower(): name
            for name, headers in self.mapping.columns.items()
            for header in ([headers] if isinstance(headers, str) else headers)
            if header
        }
        self.columns = [column_at.get(header.lower(), "") for header in read.decoded.header]
        self.is_filled = bool(self.mapping.fill)
        """Whether cells are filled that held for the rows below them too, so that they do when some rows go."""
        if self.is_filled:
            decoded, self.mapping = as_filled(self.kind, self.columns, read.decoded, self.mapping)
            self.read = replace(read, decoded=decoded)
        self.reads_unused = any(not self._is_ours(name) for name in (*self.mapping.values, *self.mapping.skip))
        """Whether the mapping tells rows apart by columns that the kind lacks; their cells then stay different."""
        self.names_left = self._names_left()
        self.kept: dict[tuple[str, str], set[str]] = {}
        self.cells: dict[tuple[str, str], str] = {}
        self.by_id: set[int] = set()
        """Lines whose id alone says whom they are about, as the mapping has it, whatever else they call them."""

    def done(self) -> Without:
        """The rewritten file."""
        decoded = self.read.decoded
        own, self.below = self._lines()
        self.managers = self._managers(own)
        header = [self._header(h) for h in decoded.header]
        lines = {} if self.mapping.header else {decoded.header_line: header}
        changed = [decoded.header_line] if self.is_filled or (lines and header != decoded.header) else []
        for line, *row in zip(decoded.lines.to_pylist(), *(c.to_pylist() for c in decoded.columns), strict=True):
            if line not in own:
                lines[line] = [self._cell(name, cell, line) for name, cell in zip(self.columns, row, strict=True)]
            if lines.get(line) != row:
                changed.append(line)
        for line, row in decoded.unread.items():
            if line not in own and (left := self._unread(row)) is not None:
                lines[line] = left
            else:
                own.add(line)
            if lines.get(line) != row:
                changed.append(line)
        mapping = self.mapping_left()
        if not changed and not self.people.are_in(bytes(decoded.content)):
            return Without(None, mapping, [], self.kept, frozenset(own))
        if not set(lines) - {decoded.header_line}:  # a file needs a row, so it gets one that the mapping leaves out
            texts = [at for at, name in enumerate(self.columns) if name and self.kind.column(name).type == "text"]
            at = (texts or [at for at, name in enumerate(self.columns) if name])[0]
            lines[min(own, default=decoded.header_line + 1)] = [NOBODY * (i == at) for i in range(len(self.columns))]
            skipped = {*mapping.skip.get(self.columns[at], []), NOBODY}
            mapping = replace(mapping, skip=mapping.skip | {self.columns[at]: sorted(skipped)})
        return Without(as_csv(lines, decoded), reading_of_copy(mapping, decoded), changed, self.kept, frozenset(own))

    def _lines(self) -> tuple[set[int], dict[int, str]]:
        """Lines whose row is about one of the people, and those whose row names one as the manager.

        Cells are read as the mapping understands them, and rows that it leaves out are looked at too.
        """
        ours = {name: pairs for name, pairs in self.mapping.values.items() if self._is_ours(name)}
        all_rows = replace(self.mapping, values=ours, skip={}, duplicates="")
        mapped = map_columns(self.kind, self.read.decoded, all_rows, is_again=True)
        lines = mapped.lines.to_pylist()
        cells = {name: dict(zip(lines, texts.to_pylist(), strict=True)) for name, texts in mapped.columns.items()}
        own, owners = set(self.rows.own), cells.get(self.kind.about, {})
        own |= {line for line, cell in owners.items() if cell.strip() in self.people.ids} - self.rows.others
        if self.kind.about and not self.kind.lists_people:
            called = [c.name for c in self.kind.file_columns if c.means is Means.CALLED and c.name in cells]
            for line in (line for line in lines if not owners.get(line) and line not in self.rows.others):
                if any(self.people.is_meant(cells[name][line]) for name in called):
                    own.add(line)
        if self.mapping.holder == self.kind.about:
            self.by_id = {line for line, cell in owners.items() if cell.strip()}
        managers = cells.get("manager_id", {})
        below = {line: cell.strip() for line, cell in managers.items() if cell.strip() in self.people.ids}
        return own, below | dict(self.rows.below)

    def _managers(self, own: set[int]) -> AnyMapping[int, str | None]:
        """The managers, as imported, of rows that name somebody with the name of one of the people."""
        lines: set[int] = set()
        for name, column in zip(self.columns, self.read.decoded.columns, strict=True):
            if name and self.kind.column(name).means is Means.SOMEBODY:
                cells = zip(self.read.decoded.lines.to_pylist(), column.to_pylist(), strict=True)
                lines |= {line for line, cell in cells if cell and self.people.could_mean(self._says(name, cell))}
        return self.rows.managers(sorted(lines - own)) if lines - own else {}

    def _cell(self, name: str, cell: str, line: int) -> str:
        """A cell of a row that is about somebody else."""
        if not cell and not (name == "manager_id" and line in self.below):
            return cell
        if name and self.kind.column(name).means is Means.SOMEBODY:
            return self._somebody(name, cell, line)
        if name and line in self.by_id and self.kind.column(name).means is Means.CALLED and self.people.is_meant(cell):
            return ""
        if (name, cell) not in self.cells:
            self.cells[name, cell] = self._text(name, cell) if name else self._unused(cell)
        return self.cells[name, cell]

    def _text(self, name: str, cell: str) -> str:
        column, people = self.kind.column(name), self.people
        if column.means in (*THINGS, Means.CALLED):
            if people.is_meant(cell) or people.mention.search(cell):
                what = "something else" if column.means in THINGS else "somebody else"
                self.kept.setdefault((column.names, what), set()).add(cell)
            return cell
        if column.means is Means.OWNER and people.is_meant(cell):
            self.kept.setdefault((column.names, "somebody else"), set()).add(cell)
        if column.means is Means.PEOPLE:
            return ERASED if people.is_meant(cell) else people.by_name.sub(ERASED, cell)
        return people.mention.sub(ERASED, cell) if column.means is Means.TEXT else cell

    def _names_left(self) -> dict[str, str]:
        """What columns that are read are called without the people, by headers, in small letters, that name these."""
        names: dict[str, str] = {}
        taken = {header.lower() for header in self.read.decoded.header}
        for header, name in zip(self.read.decoded.header, self.columns, strict=True):
            left = self._without(header) if name or self.reads_unused else header
            if left != header and header.lower() not in names:
                while left.lower() in taken:
                    left += "+"
                taken.add(left.lower())
                names[header.lower()] = left
        return names

    def _header(self, header: str) -> str:
        """A header as the copy has it."""
        return self.names_left.get(header.lower()) or self._unused(header)

    def _named(self, header: str) -> str:
        """A header as the mapping of the copy writes it."""
        return self.names_left.get(header.lower(), header)

    def _column(self, name: str) -> str:
        """A column as the mapping of the copy calls it: by our name, or by its header."""
        return name if self._is_ours(name) else self.names_left.get(name.lower()) or self._without(name)

    def _without(self, text: str) -> str:
        return ERASED if self.people.is_meant(text) else self.people.mention.sub(ERASED, text)

    def _unused(self, cell: str) -> str:
        """A cell of a column that the kind does not have: it may mean anything."""
        if self.people.is_meant(cell):
            return ERASED if self.reads_unused else ""
        return self.people.mention.sub(ERASED, cell)

    def _somebody(self, name: str, cell: str, line: int) -> str:
        """A cell that names a manager, so that the row is imported with the manager it had, or with nobody."""
        if line in self.below:
            return self.rows.markers.get(self.below[line], NOBODY) if name == "manager_id" else ""
        cell_says = self._says(name, cell)
        manager = self.managers.get(line)
        had_nobody = manager is None or self.people.could_mean(manager)
        is_entry = cell_says != cell and bool(self.people.mention.search(cell_says))
        if is_entry or self.people.is_meant(cell_says) or (had_nobody and self.people.could_mean(cell_says)):
            return ""
        return cell

    def _says(self, name: str, cell: str) -> str:
        """What a cell says for a column of ours: the name in an entry of a directory."""
        header = self.mapping.columns.get(name)
        return inside(self.mapping.cells.get(header, ""), cell, name) if isinstance(header, str) else cell

    def _unread(self, row: list[str]) -> list[str] | None:
        """A row with too few or too many cells; None where it may be about one of the people."""
        if not any(self.people.is_meant(cell) or self.people.mention.search(cell) for cell in row):
            return row
        at = self.columns.index(self.kind.about) if self.kind.about in self.columns else len(row)
        owner = row[at].strip() if at < len(row) else ""
        if owner in self.people.ids or not self.rows.is_known(owner):
            return None
        names = [*self.columns, *[""] * len(row)]
        return [self._cell(name, cell, 0) for name, cell in zip(names, row, strict=False)]

    def mapping_left(self) -> Mapping:
        """The mapping without what it says of the people."""
        values = {self._column(name): self._values(name, pairs) for name, pairs in self.mapping.values.items()}
        skip = {
            self._column(name): [left for cell in cells if (left := self._cleaned(name, cell))]
            for name, cells in self.mapping.skip.items()
        }
        constants = {name: self._cleaned(name, cell) or NOBODY for name, cell in self.mapping.constants.items()}
        return replace(
            self.mapping,
            header=[*map(self._named, self.mapping.header)],
            columns={
                name: self._named(headers) if isinstance(headers, str) else [*map(self._named, headers)]
                for name, headers in self.mapping.columns.items()
            },
            cells={self._column(name): holds for name, holds in self.mapping.cells.items()},
            values=values,
            skip=skip,
            constants=constants,
            award_ids=self.rows.numbering(self.mapping.award_ids),
            erased=list(self.rows.left),
            made=self.mapping.made | dict(self.rows.made),
            awards=dict(self.rows.awards),
            apart=[str(line) for line in self.rows.apart],
            moot=[str(line) for line in self.rows.moot],
            tells=list(self.rows.tells),
        )

    def _is_ours(self, name: str) -> bool:
        """Whether a name in the mapping is a column of the kind, not a header."""
        return any(column.name == name for column in self.kind.file_columns)

    def _values(self, name: str, pairs: dict[str, str]) -> dict[str, str]:
        left = {}
        if not self._is_ours(name):
            return {self._unused(text): meant for text, meant in pairs.items()}
        for text, meant in pairs.items():
            if self.kind.column(name).means in (Means.TEXT, Means.PEOPLE):
                left[self._text(name, text)] = self._text(name, meant)
            elif self._cleaned(name, meant) == meant:
                left[text] = meant
        if "*" in pairs and self.kind.column(name).means is Means.SOMEBODY:
            left |= {code: code for code in self.rows.markers.values()}
        return left

    def _cleaned(self, name: str, cell: str) -> str:
        """What a mapping may still say about a column; empty where it named one of the people."""
        if not self._is_ours(name):
            return self._unused(cell)
        means = self.kind.column(name).means
        if means in (Means.TEXT, Means.PEOPLE):
            return self._text(name, cell)
        if means in (Means.OWNER, Means.CALLED, Means.SOMEBODY) and self.people.is_meant(cell):
            return self.rows.markers.get(cell.strip(), "") if means is Means.SOMEBODY else ""
        return cell
