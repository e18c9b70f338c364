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
    begins: bool = False
    """Whether a row holds from this day on; where it may be empty, a row without it has always held."""
    ends: bool = False
    """Whether a row about a person is past after this day; where it may be empty, a row without it never ends."""
    takes_back: str | None = None
    """The value, as text, with which a row takes back the one before it: the lowest number, or "" for an empty cell."""
    derived: str = ""
    """How the value follows from a row `t`, as SQL, where no file has the column."""

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
    """One kind of file: what a row holds and what makes it the same row as a stored one.

    What a row is about, which columns are personal and when a row is past follow from the columns.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    purpose: str = ""
    """What its rows are stored for, as the data map says it."""
    read_only: tuple[Column, ...] = ()
    """Columns of the file that are not stored themselves."""
    derived: tuple[Column, ...] = ()
    """Columns of the table that no file has, because they follow from the others."""
    one_of: tuple[str, ...] = ()
    """Columns of which a row needs at least one."""
    area: str = "catalogue files"
    """Who uploads it, as a part of `access.AREAS`."""
    relation: str = ""
    """The definition that holds its newest rows; called like the kind where nothing else is given."""
    is_written: bool = False
    """Whether that definition is a file of `sql/definitions`, because more than the newest row of each key counts."""
    is_narrowed: bool = False
    """Whether its rows are read through a definition of their own, in whose place some questions read fewer of them."""
    newer_win: bool = False
    """Whether even of its newest rows the newer ones hold: they say then which upload they are of."""
    ends_in: str = ""
    """The definition that says on which day each row ends, where its columns alone do not."""
    status_ends: str = ""
    """What a status can say of a row besides that it counts: left, revoked or refund."""
    holds_awards: bool = False
    """Whether a row is something that somebody earned; a file may list, too, what they have not finished."""
    is_made_by_others: bool = False
    """Whether files of other kinds may make rows of it, for things that they name and nobody has listed."""
    chain: tuple[str, str] | tuple[()] = ()
    """A column that names a thing and one that names the next of the same sort; such rows must not form a circle."""
    advice: str = "keep one row for it"
    """What to do about several rows with one key."""

    def __post_init__(self) -> None:
        if not self.relation:
            object.__setattr__(self, "relation", self.name)
        if self.about and not self.lists_people and not self.ends:
            raise ValueError(f"Rows of {self.name} are about people: give one of its days `ends=True`.")
        if not self.purpose:
            raise ValueError(f"The kind {self.name} is stored: say for what, in `purpose`.")

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """Every column a file of this kind may have."""
        return (*self.columns, *self.read_only, KEPT_APART)

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns of its table, those of where a row came from aside."""
        return tuple(column.name for column in (*self.derived, *self.columns))

    @property
    def about(self) -> str:
        """The column that says whom a row is about; empty where rows are about things."""
        return next((column.name for column in self.columns if column.means is Means.OWNER), "")

    @property
    def personal(self) -> tuple[str, ...]:
        """The columns of its table that are personal data: all of a row about a person, else those that name people."""
        people = (Means.OWNER, Means.CALLED, Means.SOMEBODY, Means.PEOPLE)
        return self.stored if self.about else tuple(column.name for column in self.columns if column.means in people)

    @property
    def lists_people(self) -> bool:
        """Whether its rows are the people themselves, as a roster of those who are there on a day."""
        return bool(self.about) and self.column(self.about).refers_to is None

    @property
    def holds_payments(self) -> bool:
        """Whether a row is an amount that was paid."""
        return any(column.type == "money" and column.required for column in self.columns)

    @property
    def begins(self) -> str:
        """The column of the day from which a row holds; empty where it has none."""
        return next((column.name for column in self.columns if column.begins), "")

    @property
    def ends(self) -> tuple[str, ...]:
        """The columns of the days after the first of which a row about a person is past: retention counts from it."""
        return tuple(column.name for column in self.columns if column.ends)

    @property
    def retention(self) -> str:
        """The word of SKILLTRACK_RETENTION that says how long its rows are kept; empty where they are about things."""
        return "left" if self.lists_people else self.name if self.about else ""

    @property
    def listings(self) -> str:
        """What its rows are read from: its table, or the definition that gives them as they landed."""
        return f"{self.table.removesuffix('_rows')}_listings" if self.is_narrowed else self.table

    @property
    def names_people(self) -> bool:
        """Whether rows may name the person they are about by name, beside or instead of the id."""
        return not self.lists_people and any(column.name == "name" for column in self.read_only)

    @property
    def changing_key(self) -> str:
        """The column whose rows may be about another person than the row before with the same value; or empty."""
        return self.key[0] if self.about and self.about not in self.key else ""

    @property
    def optional_id(self) -> str:
        """The column of an id that rows may lack, where the key is made of it or, without it, of others; or empty."""
        return self.columns[0].name if self.key[0] in [column.name for column in self.derived] else ""

    @property
    def addressed_on(self) -> str:
        """The day on which an address must have been its holder's: that of an award or a payment; else empty."""
        happens_on_a_day = self.holds_awards or self.holds_payments
        has_addresses = any(column.name == "email" for column in self.read_only)
        return self.begins if self.about and happens_on_a_day and has_addresses else ""

    @property
    def taken_back(self) -> dict[str, str]:
        """What a row says that takes back the one before it, by column."""
        return {column.name: column.takes_back for column in self.columns if column.takes_back is not None}

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.file_columns if column.name == name)

    def naming(self, target: str) -> str:
        """The column that names a thing of the kind `target`; empty where it has none."""
        return next((column.name for column in self.columns if column.refers_to == target), "")


KEPT_APART = Column("kept_apart", means=Means.VALUE)
"""Where a mended row was kept apart, as `row upload/file/line` (without the word a spreadsheet makes it a date): it no
longer is when the mended row has come."""
