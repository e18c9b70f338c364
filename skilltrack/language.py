"""What people read, in their language: texts from the catalogues in `locale/`; numbers, days, money as it writes them.

A text is a whole English sentence with named places, and English is what a missing translation shows. The language is
that of the present run (a ContextVar): screens, mails and files that people read set it; all else speaks English.
"""

import gettext
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime, format_skeleton, get_day_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Each language that can be chosen, and what its speakers call it; the first is the one that texts are written in."""
ENGLISH = next(iter(LANGUAGES))
FOLDER = Path(__file__).parent / "locale"
DOMAIN = "skilltrack.po"
PLACE = "{where} "
"""How a text begins that may be said without the place that it is about, as its translations then do."""
_REGION = {"en": "en_GB"}
"""Languages that write days and numbers as in a certain country."""
_DAYS = {"en": "YYYY-MM-DD", "de": "DD.MM.YYYY", "fr": "DD/MM/YYYY", "es": "DD/MM/YYYY"}
"""How a table writes a day."""
_MARKS = {"en": ".,", "de": ",.", "fr": ",\u202f", "es": ",."}
"""The decimal mark and the mark between thousands."""

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def current() -> str:
    """The language of this run, a key of `LANGUAGES`."""
    return _spoken.get()


def use(language: str) -> None:
    """Speak this language for the rest of this run; one that is not known is English."""
    _spoken.set(language if language in LANGUAGES else ENGLISH)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak this language meanwhile; also the decorator of a function that always speaks it."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def best_of(accepted: str) -> str:
    """The language that suits an Accept-Language header best, such as `de-AT,de;q=0.9,en;q=0.5`."""
    weighted = []
    for at, part in enumerate(filter(None, (part.strip() for part in accepted.split(",")))):
        name, _sep, weight = part.partition(";q=")
        try:
            weighted.append((-float(weight or 1), at, name.strip()))
        except ValueError:
            continue
    wanted = [name for weight, at, name in sorted(weighted) if weight < 0]
    return negotiate_locale(wanted, list(LANGUAGES), sep="-") or ENGLISH


class Sentence(str):
    """A text that is English as it stands, stored and written to programs, and that `_` says in the reader's language.

    It keeps its `forms` (a text with places; two where it depends on the number `n`) and the `values` of these places,
    which may be sentences themselves. A place says how English writes its value, as in `{n:,}` or `{name!r}`.
    Sentences are put together by `+` or `joined`. What is cut out of one, or formatted as a text, is English for all.
    """

    forms: tuple[str, ...]
    values: dict[str, Any]

    def __new__(cls, forms: tuple[str, ...], values: Mapping[str, Any] | None = None) -> "Sentence":
        """The sentence that these forms make with these values."""
        values = dict(values or {})
        form = forms[len(forms) > 1 and int(values["n"]) != 1]
        made = super().__new__(cls, form.format_map(values) if values else form)
        made.forms, made.values = forms, values
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        """What a copy is made of."""
        return self.forms, self.values

    def __add__(self, other: str) -> "Sentence":
        return joined((self, other), "")

    def instead(self, **values: Any) -> "Sentence":
        """The sentence with other values in some of its places."""
        return Sentence(self.forms, self.values | values)

    def as_plain(self) -> dict[str, Any]:
        """The sentence as plain values, for JSON; `restored` reads them."""
        values = {name: _plain(value) for name, value in self.values.items()}
        return {"forms": list(self.forms), "values": values}


def sentence(text: str, /, **values: Any) -> Sentence:
    """A text that is said in the language of whoever reads it, with `values` in its places."""
    return Sentence((text,), values)


def counting(one: str, many: str, /, n: Any, **values: Any) -> Sentence:
    """The same of a text that depends on the number `n`, which both forms may name."""
    return Sentence((one, many), {"n": int(n), **values})


def forms(one: str, many: str) -> tuple[str, str]:
    """Both forms of a text that depends on a number, as they are: says that they are translated."""
    return one, many


def as_it_is(text: Any) -> Sentence:
    """Data where a sentence is expected: the same in every language."""
    return Sentence(("{text}",), {"text": text})


def as_sentence(text: str) -> Sentence:
    """A text that is declared with `mark` elsewhere, or a sentence already, as a sentence."""
    return text if isinstance(text, Sentence) else Sentence((text,))


def joined(parts: Iterable[Any], between: str = " ") -> Sentence:
    """Sentences one after the other, each in the language of whoever reads them; empty ones are left out."""
    values = {f"part_{at}": part for at, part in enumerate(filter(None, parts))}
    return Sentence(("{between}".join(f"{{{name}}}" for name in values),), values | {"between": between})


NOTHING = Sentence(("",))
"""No sentence where one may stand."""


def restored(plain: Mapping[str, Any]) -> Sentence:
    """A sentence from its plain values."""
    values = {name: restored(value) if isinstance(value, dict) else value for name, value in plain["values"].items()}
    return Sentence(tuple(plain["forms"]), values)


def _(text: str, /, **values: Any) -> str:
    """The text in the language of this run, with `values` in its places, numbers and days as it writes them."""
    if isinstance(text, Sentence):
        return _translated(text)
    return _filled(_catalogue(current(), FOLDER).gettext(text), values)


def plural(one: str, many: str, /, n: Any, **values: Any) -> str:
    """The form of a text that suits the number `n`, which both forms may name."""
    return _filled(_catalogue(current(), FOLDER).ngettext(one, many, int(n)), {"n": int(n), **values})


def mark(text: str) -> str:
    """The text as it is: says that it is translated where it is shown."""
    return text


def texts(words: Mapping[str, str]) -> dict[str, str]:
    """Words declared with `mark`, in the language of this run."""
    return {key: _(text) for key, text in words.items()}


def number(value: Any) -> str:
    """A number, whole or rounded to a whole one, with marks between thousands."""
    rounded = int(value if isinstance(value, Integral) else round(Decimal(str(value))))
    if -1000 < rounded < 1000:
        return str(rounded)  # no mark: the same in each language, and most numbers are so small
    return format_decimal(rounded, locale=_locale())


def money(amount: Any, currency: Any = "") -> str:
    """A whole amount of money with its currency: 1,234 EUR."""
    return f"{number(amount)} {currency or ''}".strip()


def decimal(value: Any) -> str:
    """A number with two decimals, and marks between thousands."""
    return f"{value:,.2f}".translate(str.maketrans(".,", marks()))


def long_day(day: date) -> str:
    """A day in words: 3 September 2026."""
    return format_date(day, "long", locale=_locale())


def short_day(day: date) -> str:
    """A day in few characters: 3 Sept 2026."""
    return format_date(day, "medium", locale=_locale())


def month(day: date) -> str:
    """A month: Sept 2026."""
    return format_skeleton("yMMM", day, locale=_locale())


def table_day(day: date) -> str:
    """A day as a table writes it: 2026-09-03."""
    return _in_digits(_DAYS[current()], day)


def table_month(day: date) -> str:
    """The month of a day as a table writes it: 2026-09."""
    return _in_digits(month_format(), day)


def weekday(number: int) -> str:
    """The name of a weekday, 0 is Monday, as it stands in a sentence."""
    return str(get_day_names("wide", locale=_locale())[number])


def listed(things: Sequence[str]) -> str:
    """Things as one text: a, b and c."""
    return format_list(list(things), locale=_locale())


def either(things: Sequence[str]) -> str:
    """Things of which one will do, as one text: a, b or c."""
    return format_list(list(things), "or", locale=_locale())


def day_format() -> str:
    """How tables and fields write a day, in the signs that streamlit knows."""
    return _DAYS[current()]


def month_format() -> str:
    """How tables write a month, in the same signs."""
    return _DAYS[current()].replace("DD", "").strip("-./")


def marks() -> str:
    """The decimal mark and the mark between thousands, as plotly takes them."""
    return _MARKS[current()]


def _in_digits(written: str, day: date) -> str:
    digits = {"YYYY": f"{day.year:04}", "MM": f"{day.month:02}", "DD": f"{day.day:02}"}
    return re.sub("[YMD]+", lambda part: digits[part.group()], written)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """The text with its values; a percent sign stays with its number at the end of a line."""
    if not values:
        return text
    return text.format_map({name: _written(value) for name, value in values.items()}).replace(" %", "\u00a0%")


def _translated(text: Sentence) -> str:
    if current() == ENGLISH or not text:
        return str(text)
    words, values = _catalogue(current(), FOLDER), text.values
    one, many = text.forms[0], text.forms[-1]
    form = _form(words, one) if one == many else words.ngettext(one, many, values["n"])
    return _InReadersLanguage().vformat(form, (), values) if values else form


def _form(words: gettext.NullTranslations, text: str) -> str:
    """The translation of a text, or of the one that it is without its place or full stop, cut likewise."""
    for beginning in ("", PLACE):
        for end in ("", "."):
            whole = f"{beginning}{text}{end}"
            if (form := words.gettext(whole)) != whole:
                return form.removeprefix(beginning).removesuffix(end)
    return text


class _InReadersLanguage(string.Formatter):
    """Fills the places of a sentence as the language of the run writes numbers and days."""

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, Sentence):
            return _translated(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return table_day(value)
        if spec.startswith(",") and isinstance(value, Real | Decimal):
            return number(value) if spec == "," else f"{value:{spec}}".translate(str.maketrans(".,", marks()))
        return format(value, spec)


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.as_plain()
    return value if isinstance(value, str | int | float) else str(value)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return format_datetime(value, "medium", locale=_locale())
    if isinstance(value, date):
        return long_day(value)
    return number(value) if isinstance(value, Real | Decimal) else str(value)


def _locale() -> Locale:
    return _of(current())


@cache
def _of(language: str) -> Locale:
    return Locale.parse(_REGION.get(language, language))


@cache
def _catalogue(language: str, folder: Path) -> gettext.NullTranslations:
    """The texts of a language, read from its .po file as it is: no step between changing it and seeing it."""
    path = folder / language / "LC_MESSAGES" / DOMAIN
    if language == ENGLISH or not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
