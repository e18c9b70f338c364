"""Columns that are a further one of a used column, `Course 2` beside `Course 1`."""

from skilltrack.ingest.reading.decode import Decoded
from skilltrack.ingest.reading.places import Places
from skilltrack.ingest.reading.states import header_words
from skilltrack.ingest.reading.status_words import words_in

ORDINALS = words_in(
    "first second third fourth erste zweite dritte erster zweiter dritter erstes zweites drittes premier premiere "
    "deuxieme "
    "second seconde troisieme primer primero primera segundo segunda tercero tercera"
)
FIRST = words_in("first erste erster erstes premier premiere primer primero primera")
"""Those that may also say that something was done more than once."""


def of_another(decoded: Decoded, at: int, places: Places) -> str:
    """The header of a used column that is the same but for its number, `Course 1` beside `Course 2`; else empty."""
    bare, own = without_number(decoded.header[at]), set(header_words(decoded.header[at]))
    used = [decoded.header[place] for taken in places.values() for place in taken if place != at]
    same = [header for header in used if header != decoded.header[at] and without_number(header) == bare]
    if own & FIRST:  # `First Completion Date` beside `Completion Date` is of the same completion, or an earlier try
        same = [header for header in same if set(header_words(header)) & ORDINALS]
    return same[0] if bare and same else ""


def without_number(header: str) -> str:
    """A header in lower case without its numbers."""
    words = [word for word in header_words(header) if word and not word.isdigit() and word not in ORDINALS]
    return " ".join(words)
