"""The languages of the screens: the catalogues are whole, and numbers, days and words are as each language writes them."""

import re
from datetime import date

import numpy as np
import pytest
from babel.messages.pofile import read_po

from skilltrack import language
from skilltrack.config import ROOT
from skilltrack.language import DOMAIN, ENGLISH, FOLDER, LANGUAGES, _, plural, spoken
from skilltrack.ui import texts

OTHERS = [name for name in LANGUAGES if name != ENGLISH]
PLACES = re.compile(r"\{[^{}]*\}")
GLOSSARY = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
    (ROOT / "docs" / "languages.md").read_text("utf-8").partition("## Glossary")[2],
    re.MULTILINE,
)[2:]


def catalogue(name):
    with (FOLDER / name / "LC_MESSAGES" / DOMAIN).open("rb") as file:
        return read_po(file, locale=name)


@pytest.mark.parametrize("name", OTHERS)
def test_every_text_has_a_translation_with_the_same_places_and_the_same_bold_beginning(name):
    """A text without one stays English in the middle of a German page; a place that is missing loses a number."""
    faults = []
    for message in catalogue(name):
        if not message.id:
            continue
        source, given = message.id, message.string
        forms = list(given) if isinstance(given, tuple) else [given]
        originals = list(source) if isinstance(source, tuple) else [source]
        for original, form in zip(originals, forms, strict=True):
            fits = (
                form.strip()
                and set(PLACES.findall(form)) == set(PLACES.findall(original))
                and form.count("**") == original.count("**")
                and form.startswith("**") == original.startswith("**")
                and form[:1].isspace() == original[:1].isspace()
            )
            if not fits or message.fuzzy:
                faults.append((original, form))

    assert faults == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_is_what_make_texts_writes(name):
    """A text that was added or changed without `make texts` would stay English."""
    path = FOLDER / name / "LC_MESSAGES" / DOMAIN

    assert texts.written(name, texts.renewed(name)) == path.read_bytes(), "run `make texts`, then translate what is new"


def test_texts_are_read_from_calls_also_within_other_texts():
    source = "f\"{_('One')} {mark('Two')}\"\nplural('{n} a', '{n} b', 3)\n_(variable)\nother('Three')"

    assert set(texts.in_source(source)) == {("One",), ("Two",), ("{n} a", "{n} b")}


@pytest.mark.parametrize("term", GLOSSARY, ids=lambda term: term[0])
def test_a_term_of_the_glossary_is_called_so_wherever_it_stands_alone(term):
    """Two words for one thing, and a manager looks for the difference."""
    english, *called = (word.strip() for word in term)
    for name, word in zip(OTHERS, called, strict=True):
        found = {message.string.casefold() for message in catalogue(name) if message.id == english}
        assert found == {word.casefold()}, name


def test_a_text_without_a_translation_is_english_and_an_unknown_language_too():
    with spoken("de"):
        assert _("Nobody has translated {n} of this.", n=1234) == "Nobody has translated 1.234 of this."
    language.use("tlh")
    assert language.current() == ENGLISH


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("en", "1,234 EUR on 3 September 2026, Sept 2026: 1 row., 0 rows."),
        ("de", "1.234 EUR on 3. September 2026, Sept. 2026: 1 Zeile., 0 Zeilen."),
        ("fr", "1\u202f234 EUR on 3 septembre 2026, sept. 2026: 1 ligne., 0 ligne."),
        ("es", "1.234 EUR on 3 de septiembre de 2026, sept 2026: 1 fila., 0 filas."),
    ],
)
def test_numbers_money_days_and_plural_forms_are_those_of_the_language(name, written):
    day = date(2026, 9, 3)
    with spoken(name):
        rows = [plural("{n} row.", "{n} rows.", np.int64(n)) for n in (1, 0)]
        text = _("{money} on {day}, {month}: ", money=language.money(1234.4, "EUR"), day=day, month=language.month(day))

    assert text + ", ".join(rows) == written


@pytest.mark.parametrize(("accepted", "name"), [
    ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr-CA", "fr"), ("it, es;q=0.3, en;q=0.2", "es"), ("it", "en"), ("", "en"),
    ("en;q=0, es", "es"), ("de;q=x, fr;q=0.1", "fr"),
])  # fmt: skip
def test_the_language_is_the_one_that_the_browser_prefers_of_those_that_there_are(accepted, name):
    assert language.best_of(accepted) == name
