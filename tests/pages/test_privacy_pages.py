"""The screens of auditors and of HR's privacy work, on the demo company."""

import os
import shutil

import pytest

from skilltrack.access import trail as audit
from skilltrack.keeping.shared_store import store_at
from tests.companies import demo_in
from tests.pages.opening import opened

PERSON = "00126"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return demo_in(tmp_path_factory.mktemp("privacy"))


@pytest.fixture
def db(built, monkeypatch):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(built))
    return built


def events(db, **filters):
    return audit.entries(store_at(db), filters)["event"].tolist()


def test_a_transcript_is_noted_once_however_often_its_page_runs(db):
    page = opened("team/people", employee=PERSON)
    page.run()
    page.run()

    assert not page.exception
    assert events(db, about=PERSON) == ["saw"]


def test_nobody_is_noted_for_looking_at_themselves(db):
    page = opened("team/people", employee=PERSON, **{"as": PERSON})

    assert page.subheader
    assert events(db, who=PERSON) == []


def test_the_audit_page_says_that_the_log_is_whole_and_filters_by_the_url(db):
    audit.note(store_at(db).journal.audit, "local", "exported", PERSON, report="readiness", rows=3)
    page = opened("audit/log", event="exported", about=PERSON)

    assert "unbroken" in page.success[0].value
    shown = page.dataframe[0].value
    assert shown["event"].tolist() == ["Exported"]
    assert shown["about"].tolist() == [f"Freja Jansson ({PERSON})"]
    assert "read_audit" in events(db)


def test_the_audit_page_says_when_the_log_was_changed(db):
    log = store_at(db).journal.audit.path
    kept = log.read_bytes()
    try:
        log.write_bytes(kept[: kept[:-1].rfind(b"\n") + 1])
        page = opened("audit/log")
    finally:
        log.write_bytes(kept)

    assert "The log was changed" in page.error[0].value
    assert "Its end was cut off" in page.text[0].value


def test_what_is_held_is_offered_and_erasing_waits_for_the_id_to_be_typed(built, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(tmp_path / "demo.duckdb"))
    for file in built.parent.iterdir():
        (shutil.copytree if file.is_dir() else shutil.copy)(file, tmp_path / file.name)
    monkeypatch.setenv("SKILLTRACK_RETENTION", "left 24")
    page = opened("data/privacy", person="Freja Jans")

    assert page.selectbox(key="privacy_person").value == PERSON
    assert "rows would go" in " ".join(text.value for text in page.text)
    assert [card.label for card in page.metric] == ["People", "Rows"]
    assert page.button(key="privacy_erase").disabled
    page.text_input(key="privacy_confirm").set_value("00127").run()
    assert page.button(key="privacy_erase").disabled
    page.text_input(key="privacy_confirm").set_value(PERSON).run()
    page.button(key="privacy_erase").click().run(timeout=120)

    assert not page.exception
    assert "was searched" in page.success[0].value
    assert "erased" in events(tmp_path / "demo.duckdb")
    assert "ever on a roster" in opened("data/privacy", person=PERSON).warning[0].value
