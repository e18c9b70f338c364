"""Reasons that are stored as English text, said in the language of whoever reads them, whichever program stored them.

A reason is made by `english`, of a text with places. `recognised` finds the text that it was made of, among those that
the catalogues have of these packages.
"""

import re
import string
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from skilltrack import language
from skilltrack.language import DOMAIN, ENGLISH, LANGUAGES, PLACE, Sentence, joined

MADE_IN = ("skilltrack/badges/", "skilltrack/fetching/")
"""Where reasons are made."""
NESTED = {"where", "what", "why"}
"""Places whose values are reasons, or begin with one; those of other places are data, or the text of a whole reason."""
LOOSE = 6
"""Letters of a text that alone say too little: what stands in its nested places must be recognised, too."""
_GROUPS = {"": "(.*?)", ",": r"([\d,]+)", "r": r"""('.*?'|".*?")"""}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def english(text: str, /, **values: Any) -> str:
    """A text with `values` in its places, in English as it is stored; `recognised` says it in other languages."""
    return text.format_map(values) if values else text


def recognised(text: str) -> Sentence:
    """A reason as a sentence: of the text, or the texts one after the other, that it was made of, else as it is.

    It may lack its full stop, and the place with which it begins.
    """
    if isinstance(text, Sentence):
        return text
    made = _recognised(str(text))
    return made if made is not None and str(made) == text else language.as_it_is(text)


@dataclass(frozen=True)
class _Template:
    """A text of which reasons are made."""

    form: str
    places: tuple[tuple[str, str], ...]
    """Name of each, and how it is written: as it is, `,` or `r`."""
    pattern: re.Pattern[str]
    letters: str
    """The longest part that every reason made of it has."""
    size: int
    """Letters of all such parts."""

    def read(self, text: str) -> Sentence | None:
        """The sentence that a text is, where it was made of this one."""
        match = self.pattern.fullmatch(text) if self.letters in text else None
        if match is None:
            return None
        values: dict[str, Any] = {}
        for (name, how), given in zip(self.places, match.groups(), strict=True):
            values[name] = _value(name, how, given)
            if self.size < LOOSE and name in NESTED and not isinstance(values[name], Sentence):
                return None
        return Sentence((self.form,), values)


def _value(name: str, how: str, given: str) -> Any:
    if how == ",":
        return int(given.replace(",", ""))
    if how == "r":
        try:
            return literal_eval(given)
        except (ValueError, SyntaxError):
            return given
    if name in NESTED:
        return _recognised(given) or given
    if whole := _templates(language.FOLDER)[0].get(given):
        return whole
    return date.fromisoformat(given) if _DAY.fullmatch(given) and _is_day(given) else given


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _recognised(text: str) -> Sentence | None:
    whole, _templates_with_places = _templates(language.FOLDER)
    if text in whole:
        return whole[text]
    ends = [match.start() + 1 for match in re.finditer(r"\. (?=\S)", text)]
    beginnings = [(end, made) for end in ends if (made := _of_one(text[:end])) is not None]
    for end, made in beginnings:
        if (rest := _recognised(text[end + 1 :])) is not None:
            return joined([made, rest])
    if (made := _of_one(text)) is not None:
        return made
    return joined([beginnings[0][1], text[beginnings[0][0] + 1 :]]) if beginnings else None


def _of_one(text: str) -> Sentence | None:
    whole, templates = _templates(language.FOLDER)
    return whole.get(text) or next((made for one in templates if (made := one.read(text)) is not None), None)


@cache
def _templates(folder: Path) -> tuple[dict[str, Sentence], list[_Template]]:
    """The texts without places, and those with places, the ones that say most first; every catalogue has them all."""
    other = next(name for name in LANGUAGES if name != ENGLISH)
    with (folder / other / "LC_MESSAGES" / DOMAIN).open("rb") as file:
        messages = read_po(file, locale=other)
    texts = [one.id for one in messages if isinstance(one.id, str) and _is_reason(one.locations)]
    forms = [form for text in texts for form in _cut(text)]
    whole = {form: Sentence((form,)) for form in forms if "{" not in form}
    templates = [_template(form) for form in forms if "{" in form]
    return whole, sorted(templates, key=lambda one: (-one.size, -len(one.form), one.form))


def _is_reason(locations: list[tuple[str, int]]) -> bool:
    return any(path.startswith(MADE_IN) for path, _line in locations)


def _cut(text: str) -> Iterator[str]:
    """A text, and as it stands within another one."""
    for form in {text, text.removeprefix(PLACE)}:
        yield from {form, form.removesuffix(".")}


def _template(form: str) -> _Template:
    pattern, places, parts = "", [], []
    for literal, name, spec, conversion in string.Formatter().parse(form):
        parts.append(literal)
        pattern += re.escape(literal)
        if name is not None:
            how = conversion or spec or ""
            places.append((name, how))
            pattern += _GROUPS[how]
    return _Template(
        form,
        tuple(places),
        re.compile(pattern, re.DOTALL),
        max(parts, key=len),
        sum(c.isalpha() for p in parts for c in p),
    )
