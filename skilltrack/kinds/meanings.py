"""What a kind of file and its columns are, and what each column means to the people in it.

Erasing, retention, the data map and what is handed out to a person follow from the meanings. A column of text without
one cannot be declared, so that none is forgotten.
"""

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What the text of a column means."""

    OWNER = "owner"
    """The id of the person the row is about."""
    CALLED = "called"
    """What that person is called: a name, an e-mail address. It is theirs, whoever else's name it contains."""
    SOMEBODY = "somebody"
    """Somebody else, by id, name or address, in the whole cell: a manager."""
    KEY = "key"
    """A thing that the row itself describes. It is never changed, whatever it looks like."""
    REFERENCE = "reference"
    """A thing of another kind, or a label that rows are counted by. It is never changed either."""
    PEOPLE = "people"
    """Free text that names people, so that a name of one word is somebody: an assessor."""
    TEXT = "text"
    """Free text, a link too: what mentions somebody goes when they are erased."""
    VALUE = "value"
    """A date, a number, or one of a few words."""


THINGS = (Means.KEY, Means.REFERENCE)
"""Meanings of columns that name things rather than people."""


@dataclass(frozen=True)
class Column:
    """One column of a kind."""

    name: str
    type: str = "text"
    """text, date, level (from 1), level_or_0, whole (from 1), weight (from 0), money, yes_no, currency, or choice."""
    required: bool = False
    default: str | None = None
    """What an empty cell means, as text of the column's type."""
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    """Kind whose key this value must already be: an unknown one makes the row bad."""
    synonyms: tuple[str, ...] = ()
    """Headers that vendors give this column, the likeliest first; compared by `plain_header`."""
    instead: tuple[str, ...] = ()
    """Columns of the file that can stand in for this one."""
    means: Means | None = None
    """Needed for a text, unless it refers to a kind: to a person of the roster, or to a thing of any other."""
    thing: str = ""
    """What a key or a reference names, where the column's name does not say it."""
    is_later: bool = False
    """Whether earlier programs stored rows without this column."""

    def __post_init__(self) -> None:
        if self.means is None:
            if self.type == "text" and self.refers_to is None:
                raise ValueError(f"The column {self.name} is text: say what it means, one of: {', '.join(Means)}.")
            owner_or_thing = Means.OWNER if self.refers_to == "roster" else Means.REFERENCE
            object.__setattr__(self, "means", owner_or_thing if self.type == "text" else Means.VALUE)

    @property
    def names(self) -> str:
        """What a key or a reference names, in words."""
        return self.thing or self.name.removesuffix("_id").replace("_", " ")


@dataclass(frozen=True)
class Kind:
    """One kind of file: what a row holds and what makes it the same row as a stored one."""

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    read_only: tuple[Column, ...] = ()
    """Columns of the file that are not stored themselves."""
    one_of: tuple[str, ...] = ()
    """Columns of which a row needs at least one."""
    ends: str = ""
    """Column of the day from which a row about a person is past: retention counts from it."""
    area: str = "catalogue files"
    """Who uploads it, as a part of `access.AREAS`."""

    def __post_init__(self) -> None:
        if self.owner and self.name != "roster" and not self.ends:
            raise ValueError(f"Rows of {self.name} are about people: say in `ends` which of its days ends them.")

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """Every column a file of this kind may have."""
        return (*self.columns, *self.read_only, KEPT_APART)

    @property
    def owner(self) -> str:
        """The column that says whom a row is about; empty where rows are about things."""
        return next((column.name for column in self.columns if column.means is Means.OWNER), "")

    @property
    def names_people(self) -> bool:
        """Whether rows may name the person they are about by name, beside or instead of the id."""
        return self.name != "roster" and any(column.name == "name" for column in self.read_only)

    @property
    def changing_key(self) -> str:
        """The column whose rows may be about another person than the row before with the same value; or empty."""
        return self.key[0] if self.owner and self.owner not in self.key else ""

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.file_columns if column.name == name)


KEPT_APART = Column("kept_apart", means=Means.VALUE)
"""Where a mended row was kept apart, as `row upload/file/line` (without the word a spreadsheet makes it a date): it no
longer is when the mended row has come."""
