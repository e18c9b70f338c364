"""What a kind of file and its columns are, and what each column means to the people in it.

Erasing, retention, the data map and what a person is given about themselves follow from the meanings. A text column
without a meaning cannot be declared, so that none is forgotten.
"""

from dataclasses import dataclass
from enum import StrEnum

from skilltrack.language import mark


class Means(StrEnum):
    """What the text of a column means."""

    OWNER = "owner"
    """The id of the person the row is about."""
    CALLED = "called"
    """A name or e-mail address of that person. It is theirs, even if it contains somebody else's name."""
    SOMEBODY = "somebody"
    """Somebody else, by id, name or address, in the whole cell: a manager."""
    KEY = "key"
    """A thing that the row itself describes. It is never changed, whatever it looks like."""
    REFERENCE = "reference"
    """A thing of another kind, or a label that rows are counted by. It is never changed either."""
    PEOPLE = "people"
    """Free text that names people, so that a name of one word means somebody: an assessor."""
    TEXT = "text"
    """Free text or a link: what mentions somebody goes when they are erased."""
    VALUE = "value"
    """A date, a number, or one of a few words."""


THINGS = (Means.KEY, Means.REFERENCE)
"""Meanings of columns that name things rather than people."""


@dataclass(frozen=True)
class Column:
    """One column of a kind."""

    name: str
    type: str = "text"
    """text, date, level (from 1), level_or_0, whole (from 1), weight (from 0), money, yes_no, currency, public_key, or
    choice."""
    required: bool = False
    default: str | None = None
    """What an empty cell means, as text of the column's type."""
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    """The kind in which this value must already be a key; otherwise the row is bad."""
    synonyms: tuple[str, ...] = ()
    """Headers that other systems give this column, the likeliest first; compared by `plain_header`."""
    instead: tuple[str, ...] = ()
    """Columns of the file that can stand in for this one."""
    means: Means | None = None
    """Required for text that refers to no kind. Text that refers to the roster means a person, otherwise a thing."""
    thing: str = ""
    """What a key or a reference names, where the column's name does not say so."""
    is_later: bool = False
    """Whether earlier programs stored rows without this column."""
    begins: bool = False
    """Whether a row holds from this day on; where it may be empty, a row without it has always held."""
    ends: bool = False
    """Whether a row about a person has ended after this day; where it may be empty, a row without it never ends."""
    takes_back: str | None = None
    """The value, as text, with which a row takes back the earlier one: the lowest number, or "" for an empty cell."""
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
    """One kind of file: what a row holds, and what makes it the same row as a stored one.

    What a row is about, which columns are personal and when a row has ended follow from the columns.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    purpose: str = ""
    """What its rows are stored for, in the words of the data map."""
    read_only: tuple[Column, ...] = ()
    """Columns of the file that are not stored themselves."""
    derived: tuple[Column, ...] = ()
    """Columns of the table that no file has, because they follow from the others."""
    one_of: tuple[str, ...] = ()
    """Columns of which a row needs at least one."""
    area: str = "catalogue files"
    """Who uploads it, as a part of `access.AREAS`."""
    relation: str = ""
    """The definition with its newest rows; named like the kind unless given."""
    is_written: bool = False
    """Whether that definition is a file of `sql/definitions`, because older rows of a key count too."""
    is_narrowed: bool = False
    """Whether its rows are read through a definition that some questions replace by one with fewer rows."""
    newer_win: bool = False
    """Whether newer uploads decide even among its newest rows; the definition then has their `upload_id`."""
    ends_in: str = ""
    """The definition that says on which day each row ends, where its columns alone do not."""
    status_ends: str = ""
    """What a status can say about a row other than that it counts: left, revoked or refund."""
    holds_awards: bool = False
    """Whether a row is something that somebody earned; a file may also list what they have not finished."""
    is_made_by_others: bool = False
    """Whether files of other kinds may add rows to it, for things that they name and no file has listed."""
    chain: tuple[str, str] | tuple[()] = ()
    """A column that names a thing and one that names the next thing of the same kind; rows must not form a circle."""
    advice: str = mark("keep one row for it")
    """What to do about several rows with the same key."""

    def __post_init__(self) -> None:
        if not self.relation:
            object.__setattr__(self, "relation", self.name)
        if self.about and not self.lists_people and not self.ends:
            raise ValueError(
                f"Rows of {self.name} are about people: give one of its days `ends=True`, "
                "such as a valid_to that may be empty."
            )
        if not self.purpose:
            raise ValueError(f"The kind {self.name} is stored without a reason. Give one as `purpose`.")

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """Every column a file of this kind may have."""
        return (*self.columns, *self.read_only, KEPT_APART)

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns of its table, without those that say where a row came from."""
        return tuple(column.name for column in (*self.derived, *self.columns))

    @property
    def about(self) -> str:
        """The column that says who a row is about; empty where rows are about things."""
        return next((column.name for column in self.columns if column.means is Means.OWNER), "")

    @property
    def personal(self) -> tuple[str, ...]:
        """The columns of its table that are personal data: all if rows are about people, else those that name any."""
        people = (Means.OWNER, Means.CALLED, Means.SOMEBODY, Means.PEOPLE)
        return self.stored if self.about else tuple(column.name for column in self.columns if column.means in people)

    @property
    def lists_people(self) -> bool:
        """Whether its rows list the people themselves, as a roster does."""
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
        """The columns of days that end a row about a person; retention counts from the earliest of them."""
        return tuple(column.name for column in self.columns if column.ends)

    @property
    def retention(self) -> str:
        """The rule of SKILLTRACK_RETENTION that says how long its rows are kept; empty where they are about things."""
        return "left" if self.lists_people else self.name if self.about else ""

    @property
    def listings(self) -> str:
        """What its rows are read from: its table, or the definition that gives them as they were imported."""
        return f"{self.table.removesuffix('_rows')}_listings" if self.is_narrowed else self.table

    @property
    def names_people(self) -> bool:
        """Whether rows may give the name of the person they are about, beside or instead of the id."""
        return not self.lists_people and any(column.name == "name" for column in self.read_only)

    @property
    def changing_key(self) -> str:
        """The key column, where a newer row of the same key may be about another person; else empty."""
        return self.key[0] if self.about and self.about not in self.key else ""

    @property
    def optional_id(self) -> str:
        """The id column that rows may lack, because their key is then made of other columns; else empty."""
        return self.columns[0].name if self.key[0] in [column.name for column in self.derived] else ""

    @property
    def addressed_on(self) -> str:
        """The day on which the person must have had an address: that of an award or a payment; else empty."""
        happens_on_a_day = self.holds_awards or self.holds_payments
        has_addresses = any(column.name == "email" for column in self.read_only)
        return self.begins if self.about and happens_on_a_day and has_addresses else ""

    @property
    def taken_back(self) -> dict[str, str]:
        """The values with which a row takes back the earlier one, by column."""
        return {column.name: column.takes_back for column in self.columns if column.takes_back is not None}

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.file_columns if column.name == name)

    def naming(self, target: str) -> str:
        """The column that names a thing of the kind `target`; empty where it has none."""
        return next((column.name for column in self.columns if column.refers_to == target), "")


KEPT_APART = Column("kept_apart", means=Means.VALUE)
"""Where a mended row was set aside, as `row upload/file/line`; without the word a spreadsheet would make it a date. The
row is no longer set aside once the mended one is imported."""
