"""A number of things, as part of a sentence: 1 row, 2 rows."""

from collections.abc import Iterable

from skilltrack.language import NOTHING, Sentence, counting, forms, joined, sentence

THINGS = {
    "award": forms("{n:,} award", "{n:,} awards"),
    "cell": forms("{n:,} cell", "{n:,} cells"),
    "date": forms("{n:,} date", "{n:,} dates"),
    "different day": forms("{n:,} different day", "{n:,} different days"),
    "manager": forms("{n:,} manager", "{n:,} managers"),
    "name": forms("{n:,} name", "{n:,} names"),
    "new credential": forms("{n:,} new credential", "{n:,} new credentials"),
    "other issuer": forms("{n:,} other issuer", "{n:,} other issuers"),
    "payment": forms("{n:,} payment", "{n:,} payments"),
    "row": forms("{n:,} row", "{n:,} rows"),
    "skill": forms("{n:,} skill", "{n:,} skills"),
    "value": forms("{n:,} value", "{n:,} values"),
}


def counted(number: int, what: str) -> Sentence:
    """A number of things, a key of `THINGS`."""
    return counting(*THINGS[what], n=number)


def and_more(number: int) -> Sentence:
    """The rest of a list of which some are named, or nothing."""
    return sentence(" and {n:,} more", n=number) if number > 0 else NOTHING


def read_as(value: str, becomes: str) -> Sentence:
    """What an answer makes of a value of the file."""
    return sentence("{value} as {becomes}", value=value, becomes=becomes)


def with_counts(values: Iterable[tuple[str, int]]) -> Sentence:
    """Values, each with its number of rows."""
    named = [sentence("{value!r} ({rows})", value=value, rows=counted(rows, "row")) for value, rows in values]
    return joined(named, ", ")


def is_read(value: str, meaning: str) -> Sentence:
    """What a value of the file is taken for."""
    return sentence("{value} is {meaning}", value=value, meaning=meaning)
