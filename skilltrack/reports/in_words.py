"""Codes of an answer as people read them, for files in another language than English.

English files keep the codes of the columns, so that what is filtered or looked up in them goes on working.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from skilltrack.kinds import kind_called
from skilltrack.language import ENGLISH, _, current
from skilltrack.people_tables import would_show
from skilltrack.tables import ASSURANCES, BUCKETS, CAUSES, PAYERS, SOURCES, STATUSES, WHY


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: _(words[code]) if code in words else code


CODES: dict[str, Callable[[str], str]] = {
    "reason": _one_of(WHY), "cause": _one_of(CAUSES), "source": _one_of(SOURCES), "status": _one_of(STATUSES),
    "assurance": _one_of(ASSURANCES), "bucket": _one_of(BUCKETS), "funding_source": _one_of(PAYERS),
    "kind": kind_called, "why": would_show, "state": _,
}  # fmt: skip
"""Columns of our own codes, and how a code is written in words."""


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its codes in words of the language of the run; as it is in English."""
    if current() == ENGLISH:
        return frame
    return frame.assign(**{name: _written(frame[name], word) for name, word in CODES.items() if name in frame})


def _written(column: pd.Series, word: Callable[[str], str]) -> list[Any]:
    words = {code: word(code) for code in column.dropna().unique() if code}
    return [words.get(value, value) for value in column.tolist()]
