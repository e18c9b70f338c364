"""Sentences that pass through SQL: with the values of their places, so that each reader has them in their language."""

import json
from typing import Any

from skilltrack.language import Sentence, restored

START = '{"forms":'
"""How the text of a sentence with values begins; without values it is the sentence itself."""


def in_sql(text: str, /, **places: str) -> str:
    """SQL that makes a sentence of a row, for `worded`; `places`: SQL, or a sentence, for each place of the text."""
    if not places:
        return _quoted(text)
    values = ", ".join(f"'{name}', {_value(value)}" for name, value in places.items())
    return f"cast(json_object('forms', [{_quoted(text)}], 'values', json_object({values})) as varchar)"


def as_text(sentence: Sentence) -> str:
    """A sentence as `worded` reads it."""
    return json.dumps(sentence.as_plain(), separators=(",", ":")) if sentence.values else str(sentence)


def as_sql(sentence: Sentence) -> str:
    """SQL that is the same sentence for every row, for `worded`."""
    return _quoted(as_text(sentence))


def worded(text: str) -> Sentence:
    """The sentence that `in_sql` or `as_text` wrote."""
    return restored(json.loads(text)) if text.startswith(START) else Sentence((text,))


def as_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence for a stored list: in English, and what it is made of where it has values."""
    plain = sentence.as_plain()
    return {"message": str(sentence)} | ({"sentence": plain} if sentence.values else {})


def from_json(stored: dict[str, Any]) -> Sentence:
    """The sentence that `as_json` wrote; programs before it wrote only the English."""
    return restored(stored["sentence"]) if "sentence" in stored else Sentence((stored["message"],))


def _value(place: str) -> str:
    return f"cast({_quoted(json.dumps(place.as_plain()))} as json)" if isinstance(place, Sentence) else place


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
