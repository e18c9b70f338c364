"""The page Schedules: L&D has a report sent, sees when and to whom, and pauses and ends it. And a language that is chosen."""

import time

import pytest

from skilltrack.access import languages_chosen, viewer_called
from skilltrack.access.accounts import give
from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.shared_store import store_at
from skilltrack.mail.schedules import in_force, note_run
from tests.access.surfaces import SIGN_IN, signed_in
from tests.pages.opening import opened


@pytest.fixture
def store(tmp_path, monkeypatch):
    for name, value in {
        "DB": str(tmp_path / "x.duckdb"),
        "URL": "https://skills.x.example",
        "REMIND_AT": "06:30",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_FROM": "s@x.example",
    }.items():
        monkeypatch.setenv(f"SKILLTRACK_{name}", value)
    store = store_at(tmp_path / "x.duckdb")
    roster = b"employee_id,name,manager_id,team,email\n01,Ann,,T,ann@x.example\n02,Bo,01,T,bo@x.example\n"
    assert import_sources(store, [Source("roster", "roster.csv", roster)], Options()).status == "stored"
    give(store, Viewer.everyone(), "02", "ld")
    return store


def test_l_and_d_schedules_a_report_sees_it_pauses_it_and_ends_it(store, monkeypatch):
    page = opened("reports/schedules", **{"as": "02", "team": "T", "as_of": "2020-01-01"})
    assert not page.date_input  # each time it is about its own day, whatever day was looked at before
    page.selectbox(key="export_what").set_value("team").run()
    page.text_input(key="schedule_to").set_value("ann@x.example, 99").run()
    page.selectbox(key="schedule_every").set_value("month").run()
    page.selectbox(key="schedule_on_month").set_value(15).run()
    page.button(key="schedule_make").click().run()
    assert "99 cannot get mail" in page.error[0].value
    page.text_input(key="schedule_to").set_value("ann@x.example").run()
    page.button(key="schedule_make").click().run()
    (one,) = in_force(store)
    assert (one.account, one.readers, one.every, one.on_day, one.at_hour) == ("02", ("01",), "month", 15, 6)
    row = next(table.value for table in page.dataframe if "rhythm" in table.value).iloc[0]
    assert (row["report"], row["about"]) == ("Team pack", "team T, Attested evidence")
    assert (row["rhythm"], row["next_at"].day) == ("on day 15 of each month at 06:00 UTC", 15)

    note_run(store, one, one.last_day(one.made_at), {"01": "closed"})
    assert "sent to 0 of 1. Not to 01: they may not see it." in page.run().warning[0].value.replace("\\", "")
    for step in ("paused", "resumed", "ended"):
        page.selectbox(key="schedule_which").set_value(one.schedule_id).run()
        page.button(key=f"schedule_{step}").click().run()
        assert [one.is_paused for one in in_force(store)] == {"paused": [True], "resumed": [False], "ended": []}[step]
    assert not page.exception
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "")
    assert "does not send mail by itself" in opened("reports/schedules", **{"as": "02"}).warning[0].value


def test_a_language_that_somebody_chooses_is_that_of_their_mails_and_looking_as_them_chooses_none(store, monkeypatch):
    page = opened("reports/exports", **{"as": "01"})
    assert page.selectbox(key="speak").set_value("fr").run().title[0].value == "Exports"
    assert languages_chosen(store) == {}
    for name, value in SIGN_IN.items():
        monkeypatch.setenv(name, value)
    page = signed_in(viewer_called(store, "01")).run()
    page.selectbox(key="speak").set_value("de").run()
    until = time.monotonic() + 120
    while languages_chosen(store) != {"01": "de"}:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert not page.exception
