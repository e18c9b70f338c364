"""The pages in other languages: no text of ours stays English, and each session keeps the language it chose."""

import json
import re
from io import BytesIO

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from skilltrack.access import Viewer
from skilltrack.keeping.shared_store import store_at
from skilltrack.language import spoken
from skilltrack.questions import Filters
from skilltrack.reports.exports import Order, export
from tests.marked import NOT_OURS, catalogue_of, outside, speaks, words_of, words_of_data
from tests.pages.test_pages import ENTRY, NAMES, opened, unescaped
from tests.pages.test_pages import texts as shown

CHOICES = {
    "team/gaps": [{"by": "team"}, {"by": "person"}, {"by": "risk"}, {"why": "unmet"}],
    "team/people": [{"employee": "00126", "role": "lead"}, {"employee": "00126", "why": "skills"}],
    "team/experts": [{"skill": "sa-first"}],
    "team/staffing": [{"list": "who"}],
    "team/coverage": [{"cell_team": "Grid north", "cell_skill": "sa-first"}],
    "team/overview": [{"known_at": "2026-07-31", "manager": "nobody"}, {"why": "thin"}],
    "money/spend": [{"list": "own"}, {"list": "centers"}, {"why": "paid_unconverted"}],
    "data/catalogue": [{"part": "roles"}],
    "data/issuers": [{"why": "verified"}],
    "data/privacy": [{"person": "00126"}],
    "audit/log": [{"as": "00126"}],
}
"""What else is looked at of a page than what it shows first."""
NOT_TEXTS = {
    "id", "key", "url", "icon", "form_id", "query_string", "element_id", "mime_type", "file_name", "spec",
    "columns", "type", "page", "theme", "config", "deferred_file_id", "js_content", "css_content", "html_content",
    "component_name", "format", "language", "page_script_hash", "code_text", "raw_value", "default", "column_order",
}  # fmt: skip
"""Fields of streamlit's messages that hold no text for people."""


@pytest.fixture(scope="module")
def marked_german():
    return catalogue_of()


@pytest.fixture
def speaks_marked_german(marked_german, tmp_path, monkeypatch):
    speaks(marked_german, tmp_path, monkeypatch)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()  # the sentences that were kept are marked


@pytest.fixture(scope="module")
def data_words(demo_db):
    return words_of_data(store_at(demo_db))


def fields(message):
    """The texts in one of streamlit's messages; of JSON and tables their texts, too."""
    for field, value in message.ListFields():
        if field.name == "columns" and isinstance(value, str) and value:
            for name, column in json.loads(value).items():
                if column and not column.get("hidden"):
                    yield column.get("label") or f"{name}: the column has no label"
                    yield column.get("help") or ""
        elif field.name == "spec":
            spec = json.loads(value)
            yield from (one["text"] for one in spec["layout"].get("annotations", []))
            yield from spec["layout"]["xaxis"].get("ticktext", [])
            yield from (str(one.get("name", "")) for one in spec["data"])
            yield from (re.sub(r"<[^>]*>|%\{[^}]*\}", " ", str(one.get("hovertemplate", ""))) for one in spec["data"])
        elif field.name == "json":
            yield from in_json(json.loads(value))
        elif field.name not in NOT_TEXTS and not isinstance(value, bytes | int | float):
            for one in [value] if isinstance(value, str) or hasattr(value, "ListFields") else value:
                if isinstance(one, str):
                    yield one
                elif hasattr(one, "ListFields"):
                    yield from fields(one)


def in_json(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("id", "cells", "style", "language", "cookie"):
                yield from in_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from in_json(inner)
    elif isinstance(value, str):
        yield value


def elements(block):
    if getattr(block, "proto", None) is not None and type(block.proto).__name__ != "Html":
        yield block
    for inner in getattr(block, "children", {}).values():
        yield from elements(inner)


def left_english(page, data):
    """Words outside the marks that are not data."""
    found = {}
    for element in elements(page._tree):
        said = list(fields(element.proto))
        if type(element).__name__ == "Dataframe" and "kept_apart" not in element.value:  # cells of a file, and why not
            cells = element.value.drop(columns="what", errors="ignore")  # details in the audit log
            said += [str(cell) for name in cells for cell in cells[name].dropna().unique()]
        for text in map(unescaped, said):
            rest = outside(re.sub(r":material/\w+:|`[^`]*`|did:key:\w+", " ", text))
            if words := words_of(rest) - data:
                found[text[:80]] = sorted(words)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_ours_stays_english(demo_db, monkeypatch, speaks_marked_german, data_words, name):
    """One text that is not in the catalogue makes a page of two languages."""
    for query in [{}, *CHOICES.get(name, [])]:
        if "as" in query:  # an employee, to whom this page is closed
            page = AppTest.from_file(ENTRY, default_timeout=90)
            page.query_params.update({"lang": "de", **query})
            page.run()
        else:
            page = opened(demo_db, name, monkeypatch, lang="de", **query)
        assert not page.exception
        assert left_english(page, data_words) == {}, query


def test_no_text_of_ours_stays_english_before_anything_is_stored(tmp_path, monkeypatch, speaks_marked_german):
    """The first page that a new customer sees is in their language, or the first impression is a broken one."""
    for name in ("team/overview", "data/uploads"):
        page = opened(tmp_path / "empty.duckdb", name, monkeypatch, lang="de")
        assert not page.exception
        assert left_english(page, NOT_OURS) == {}


def test_a_language_asked_for_by_a_link_is_spoken_and_not_passed_on_and_one_that_is_chosen_is_kept(
    demo_db, monkeypatch
):
    english = opened(demo_db, "team/gaps", monkeypatch)
    assert (english.title[0].value, english.selectbox(key="speak").value) == ("Gaps", "en")
    german = opened(demo_db, "team/gaps", monkeypatch, lang="de", by="team")
    assert (german.title[0].value, german.selectbox(key="speak").value) == ("Lücken", "de")
    assert "lang" not in german.query_params
    assert german.query_params["by"] == "team"
    assert re.search(r"\d+ von \d\.\d+ Anforderungen", shown(german))
    assert "requirements" not in shown(german)  # what was kept of the English page is not shown

    french = german.selectbox(key="speak").set_value("fr").run()
    assert french.title[0].value == "Écarts"
    assert french.run().title[0].value == "Écarts"
    assert not french.exception


@pytest.mark.parametrize("order", [("gaps", "csv"), ("team", "xlsx"), ("gaps", "xlsx")], ids=" ".join)
def test_a_file_is_the_same_in_whatever_language_it_is_asked_for(demo_db, order):
    """It is made again from its receipt by somebody else, who speaks another language."""
    store, asked = store_at(demo_db), Order(*order, Filters(team="Grid north"))
    english = export(store, Viewer.everyone(), asked, None)[1]
    with spoken("de"):
        german = export(store, Viewer.everyone(), asked, None)[1]

    if order[1] == "csv":
        assert german == english
    else:
        assert sheets(german) == sheets(english)


def sheets(content):
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content))
    return [[[cell.value for cell in row] for row in sheet] for sheet in book if sheet.title != "Receipt"]
