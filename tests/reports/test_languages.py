"""Files that people read are in the language of their order, whoever makes them, again or for the first time."""

import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from skilltrack.errors import BadQuestion
from skilltrack.language import LANGUAGES, spoken
from skilltrack.questions import reports
from skilltrack.reports import as_xlsx, exports, receipts
from skilltrack.reports.reproduce import in_the_log, reproduce
from skilltrack.reports.saved import definition_of, order_of
from tests.marked import catalogue_of, outside, speaks, words_of, words_of_data
from tests.reports.conftest import EVERYONE, TODAY, day, made, order

TEAM = {"team": "Cyber defence"}
PACKS = ("board", "team", "transcript", "audit")
SIGNS = re.compile(r"\b[0-9a-f]{8,}\b(?: [0-9a-f]+\b)*|python -m skilltrack reproduce FILE|SHA-256")
"""What no language has words for: a hash, with what of it stands on further lines, and commands."""


OF_A_HASH = re.compile("[a-f]+")
"""What may be left of a hash that a page ends in the midst of; no text of ours has such words alone."""
MESES = ("enero", "febrero", "marzo", "abril", "mayo", "junio",
         "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")  # fmt: skip


def asked_of(name):
    return {} if name in ("board", "audit", "trend", "forecast") else TEAM


def text_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[\s\u200b]+", " ", " ".join(page.extract_text() for page in pages))


def sheets_of(content):
    """Every name of a sheet, even if it is cut, and cell above the receipt, but not the steps in which a badge was checked."""
    for name, rows in as_xlsx.sheets(content).items():
        yield name if name.count("⟦") == name.count("⟧") else f"{name}⟧"
        for row in rows:
            if row[0] == "{":
                break
            yield from (str(cell) for cell in row if not str(cell).startswith("[{"))


@pytest.fixture
def marked_german(tmp_path, monkeypatch):
    speaks(catalogue_of(), tmp_path, monkeypatch)


def test_no_sentence_of_ours_stays_english_in_a_file_that_people_read(store, marked_german):
    """One text that is not in the catalogue makes a board pack of two languages."""
    data, left = words_of_data(store), {}
    for name in [*reports(), *PACKS]:
        for form in ("xlsx", "pdf") if name in PACKS else ("xlsx",):
            content = made(store, name, form, language="de", **asked_of(name))
            for text in sheets_of(content) if form == "xlsx" else [re.sub("[\u00ad\u2010-] ", "", text_of(content))]:
                words = {
                    word for word in words_of(outside(SIGNS.sub(" ", text))) - data if not OF_A_HASH.fullmatch(word)
                }
                if words:
                    left[name, form, text[:60]] = sorted(words)

    assert left == {}


@pytest.mark.parametrize(("name", "form"), [("team", "xlsx"), ("board", "pdf")])
def test_a_german_file_is_the_same_when_it_is_made_again_by_somebody_who_speaks_another_language(
    store, tmp_path, name, form
):
    """A file that changed its language with its reader could not be told from one that was forged."""
    path, asked = tmp_path / f"x.{form}", asked_of(name) | {"language": "de"}
    with spoken("fr"):
        made(store, name, form, path=path, **asked)
    with spoken("es"):
        receipt, different = reproduce(store, EVERYONE, path)

    assert (receipt.order.language, different) == ("de", [])
    assert "The audit log has it" in in_the_log(store, receipt)
    told = text_of(path.read_bytes()) if form == "pdf" else " ".join(sheets_of(path))
    assert "Anforderungen erfüllt" in told
    assert "requirements met" not in told
    english = receipts.draw(store, EVERYONE, order(name, form, **asked_of(name)))
    assert "language" not in json.loads(english.as_json())  # as it was when every file was English
    assert len({receipts.draw(store, EVERYONE, order(name, form, language=one)).digest() for one in LANGUAGES}) == 4


def test_days_and_numbers_are_written_as_the_language_does_and_stay_numbers_in_a_workbook(store):
    on = TODAY - timedelta(days=150)  # of the demo company, which is as of today, always the same picture
    ended = on.replace(day=1) - timedelta(days=1)
    said = {one: text_of(made(store, "board", "pdf", language=one, as_of=on)) for one in LANGUAGES}
    assert re.search(r"\b1\.\d{3} von 2\.\d{3} Anforderungen erfüllt", said["de"])
    assert re.search(r"\b1 \d{3} sur 2 \d{3} exigences remplies", said["fr"])
    assert f"{on.day} de {MESES[on.month - 1]} de {on.year}" in said["es"]
    assert f"{ended:%d.%m.%Y}" in said["de"]
    assert f"{ended:%d/%m/%Y}" in said["fr"]
    assert not any("?" in text for text in said.values())  # a sign that no font has

    book = load_workbook(io.BytesIO(made(store, "renewals", "xlsx", language="fr", **TEAM)))
    cell = book["Renouvellements"]["F2"]
    assert isinstance(cell.value, date | datetime)
    assert cell.number_format == "dd/mm/yyyy"


def test_a_saved_export_keeps_its_language_and_one_from_before_there_were_languages_is_english(store):
    asked = order("team", "pdf", language="fr", as_of=day("2026-06-30"), **TEAM)
    before = definition_of(replace(asked, language="en"))

    assert order_of(definition_of(asked), asked.filters.as_of) == asked
    with spoken("de"):
        assert order_of(before, asked.filters.as_of) == replace(asked, language="en")
    assert "language" not in before


def test_programs_get_the_same_bytes_and_receipt_in_every_language(store):
    drawn = {receipts.draw(store, EVERYONE, order("gaps", "csv", language=one)).digest() for one in LANGUAGES}

    assert len(drawn) == 1
    assert made(store, "gaps", "csv", language="de", **TEAM) == made(store, "gaps", "csv", **TEAM)
    with pytest.raises(
        BadQuestion, match="csv is the same in every language. Leave language out, or ask for xlsx or pdf"
    ):
        exports.language_of("csv", "de")
    with pytest.raises(BadQuestion, match="There is no language 'tlh'. Use one of: en, de, fr, es"):
        made(store, "team", "pdf", language="tlh", **TEAM)
