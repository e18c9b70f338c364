"""The page Mails: everybody turns each kind of their mails off and on again, and HR does it for others."""

import pytest

from skilltrack.access import stopped_mail, take, viewer_called
from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.errors import NotOpen
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.shared_store import store_at
from skilltrack.mail import choose
from tests.pages.opening import opened


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    store = store_at(tmp_path / "x.duckdb")
    roster = b"employee_id,name,manager_id,email\n01,Ann,,ann@x.example\n02,Bo,01,bo@x.example\n03,Cy,01,\n"
    assert import_sources(store, [Source("roster", "roster.csv", roster)], Options()).status == "stored"
    give(store, Viewer.everyone(), "hr@x.example", "hr")
    return store


def labels(page):
    return [switch.label for switch in page.toggle]


def texts(page):
    shown = " ".join(element.value for kind in ("text", "info", "warning", "error") for element in getattr(page, kind))
    return shown.replace("\\", "")


def test_an_employee_turns_their_mails_off_and_on_again_and_sees_nobody_else_s(store):
    """A sentence that they can turn them on again must be true without a word to HR."""
    page = opened("reports/mails", **{"as": "02"})
    assert labels(page) == [
        "Reminders before credentials end", "What became of your proposals", "Scheduled reports"
    ]  # fmt: skip
    assert "Mails to Bo go to bo@x.example." in texts(page)
    assert [box.key for box in page.text_input] == []  # nobody else is asked for
    page.toggle(key="mail_lapses_02").set_value(False).run()
    assert stopped_mail(store) == {("02", "lapses")}
    assert "Turned off: reminders before credentials end." in page.toast[0].value
    choose(store, viewer_called(store, "hr@x.example"), "02", "packs", False)  # meanwhile, elsewhere
    page.run()
    assert [switch.value for switch in page.toggle] == [False, True, False]
    page.toggle(key="mail_lapses_02").set_value(True).run()
    assert stopped_mail(store) == {("02", "packs")}
    assert not page.exception


def test_a_manager_is_asked_about_the_digest_and_what_was_stopped_can_be_turned_on_without_the_role(store):
    page = opened("reports/mails", **{"as": "01"})
    assert "The weekly digest" in labels(page)
    assert "The state of the nightly feed" not in labels(page)
    choose(store, viewer_called(store, "02"), "02", "feed", False)
    assert "The state of the nightly feed" in labels(opened("reports/mails", **{"as": "02"}))


def test_hr_chooses_for_somebody_and_nobody_else_does(store):
    page = opened("reports/mails", **{"as": "hr@x.example"})
    assert labels(page) == ["The weekly digest", "The state of the nightly feed", "Scheduled reports"]
    page.text_input(key="mails_of").set_value("BO@x.example").run()
    page.toggle(key="mail_decisions_02").set_value(False).run()
    assert stopped_mail(store) == {("02", "decisions")}
    assert store.query("select by_whom from mail_choices").to_pylist() == [{"by_whom": "hr@x.example"}]
    for name, sentence in (("99", "99 cannot get mail"), ("03", "03 has no e-mail address on the roster")):
        page.text_input(key="mails_of").set_value(name).run()
        assert sentence in texts(page)
        assert [switch.key for switch in page.toggle if "hr@" not in switch.key] == []
    for other in ("01", "02"):
        with pytest.raises(NotOpen, match="Choosing mails for others is open to hr"):
            choose(store, viewer_called(store, other), "03", "lapses", False)
    assert "no e-mail address, so nothing is sent" in texts(opened("reports/mails", **{"as": "03"}))


def test_who_has_lost_the_right_since_the_page_was_drawn_is_refused_on_it(store):
    page = opened("reports/mails", **{"as": "hr@x.example"})
    page.text_input(key="mails_of").set_value("02").run()
    give(store, Viewer.everyone(), "hr@x.example", "auditor")
    take(store, Viewer.everyone(), "hr@x.example", "hr")
    page.toggle(key="mail_lapses_02").set_value(False).run()
    assert "Choosing mails for others is open to hr" in texts(page)
    assert stopped_mail(store) == set()


def test_whoever_looks_as_nobody_is_told_that_nothing_is_sent_to_them(store):
    page = opened("reports/mails")
    assert "No mail is sent to you" in texts(page)
    assert not page.toggle
