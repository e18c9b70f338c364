"""Every page through the entry script: on nothing, on the demo company, and with filters that mean nothing."""

import ast
import contextlib
import hashlib
import json
import mmap
import os
import re
import shutil
import tomllib
from datetime import date, datetime, timedelta

import icalendar
import pandas as pd
import pytest
from streamlit.elements.lib.mutable_status_container import StatusContainer
from streamlit.testing.v1 import AppTest

from skilltrack import tables
from skilltrack.access import give
from skilltrack.access.trail import note
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT, today
from skilltrack.ingest import Options, Source, import_files, import_sources
from skilltrack.keeping import open_store
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.reports import answers, as_csv, render
from skilltrack.storage.store import Store
from skilltrack.ui import filters, labels, parts, renewal_lists, year
from skilltrack.ui.shell import PAGES, page_file
from tests.ingest.test_job_titles import CATALOGUE

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")
NAMES = [page.name for pages in PAGES.values() for page in pages]
BEFORE = today() - timedelta(days=150)
"""A day on which the demo company, which is as of today, gives the same picture whenever the tests run."""


def opened(db, name, monkeypatch, **query):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(db))
    page = AppTest.from_file(ENTRY, default_timeout=90)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    return page.switch_page(page_file(name)).run() if name != NAMES[0] else page


def in_words(day):
    return f"{day.day} {day:%B %Y}"


def unescaped(text):
    return text.replace("\\", "").replace("\u2060", "").replace("\u00a0", " ")


def texts(page):
    kinds = ("title", "subheader", "caption", "info", "warning", "error", "text", "markdown")
    return unescaped(" ".join(str(element.value) for kind in kinds for element in getattr(page, kind)))


def every_page(db, monkeypatch):
    """Each page's name and what it shows, one after the other as somebody clicks through them."""
    page = opened(db, NAMES[0], monkeypatch)
    for name in NAMES:
        yield name, page if name == NAMES[0] else page.switch_page(page_file(name)).run()


def test_every_page_opens_on_an_empty_store_and_says_what_to_do(tmp_path, monkeypatch):
    for name, page in every_page(tmp_path / "empty.duckdb", monkeypatch):
        assert not page.exception, name
        assert page.title[0].value, name
        if name.startswith(("team", "money")):
            assert "Nothing is stored yet" in texts(page), name


def test_every_page_opens_on_the_demo_company_without_a_complaint(demo_db, monkeypatch):
    for name, value in (("SMTP_HOST", "mail.example"), ("SMTP_FROM", "a@x.example"), ("REMIND_AT", "06:30")):
        monkeypatch.setenv(f"SKILLTRACK_{name}", value)
    monkeypatch.setenv("SKILLTRACK_URL", "https://skills.example")
    for name, page in every_page(demo_db, monkeypatch):
        assert not page.exception, name
        assert not page.error, name
        assert not page.warning, name
        if name.startswith(("team", "money")) and name not in ("team/people", "team/experts", "team/waiting"):
            assert page.metric, (
                f"{name}: a page about people or money shows numbers first (numbers.cards, docs/design.md)"
            )
        for table in page.dataframe:
            for column, drawn in json.loads(table.proto.columns or "{}").items():
                if drawn and drawn.get("type_config", {}).get("type") in ("number", "progress"):
                    cells = table.value[column].dropna()
                    assert not [cell for cell in cells if isinstance(cell, str)], (name, column)


def test_the_overview_shows_each_number_with_its_n_of_m(demo_db, monkeypatch):
    cards = {unescaped(card.label): card for card in opened(demo_db, "team/overview", monkeypatch).metric}

    for name in ("Requirements met", "Ready for their role"):
        part, whole = (int(number.replace(",", "")) for number in cards[name].value.split(" of "))
        assert unescaped(cards[name].delta).startswith(tables.percent(part, whole))
    assert "on one person" in cards["Team skills at risk"].delta


def test_filters_in_the_url_are_applied(demo_db, monkeypatch):
    whole = opened(demo_db, "team/overview", monkeypatch)
    team = opened(demo_db, "team/overview", monkeypatch, team="Cyber defence", as_of=str(BEFORE), assurance="claimed")

    assert team.selectbox(key="filter_team").value == "Cyber defence"
    assert team.date_input(key="filter_as_of").value == BEFORE
    assert team.metric[0].value != whole.metric[0].value


def in_context(page):
    """The line under the title that says what the page is about."""
    return next(
        unescaped(found.proto.popover.label) for found in page.get("popover") if found.proto.id.endswith("filters")
    )


def test_one_line_says_what_a_page_is_about_and_each_link_of_the_menu_keeps_it(demo_db, monkeypatch):
    page = opened(demo_db, "team/coverage", monkeypatch)
    assert in_context(page) == "Today · Whole company · Attested evidence"
    assert not [button for button in page.button if button.key == "back_to_today"]

    asked = {"as_of": str(BEFORE), "manager": "00125", "assurance": "claimed", "cell_team": "x"}
    page = opened(demo_db, "team/coverage", monkeypatch, **asked)
    assert (
        in_context(page) == f"{in_words(BEFORE)} · organisation of Greta Lind (00125) · Attested and claimed evidence"
    )
    assert f"You are looking at {in_words(BEFORE)}." in texts(page)
    kept = {link.proto.query_string for link in page.sidebar.get("page_link")}
    assert kept == {f"as_of={BEFORE}&assurance=claimed&manager=00125"}

    page.button(key="back_to_today").click().run()
    assert in_context(page).startswith("Today · organisation of Greta Lind")
    assert dict(page.query_params).keys() == {"manager", "assurance", "cell_team"}


def test_the_year_is_a_slider_of_month_ends_that_can_be_played_from_its_first(demo_db, monkeypatch):
    page = opened(demo_db, "team/coverage", monkeypatch)
    slider = page.select_slider(key="year")
    assert (len(slider.options), slider.options[-1]) == (13, "Today")

    slider.set_value(year.days()[6]).run()
    assert dict(page.query_params)["as_of"] == year.days()[6].isoformat()
    page.select_slider(key="year").set_value(year.days()[-1]).run()
    assert "as_of" not in page.query_params
    page.button(key="play_year").click().run()
    assert dict(page.query_params)["as_of"] == year.days()[0].isoformat()
    assert page.button(key="play_year").label == "Stop"
    assert not page.exception
    monkeypatch.setattr(year, "today", lambda: date(2026, 6, 30))
    assert (len(year.days()), year.days()[0]) == (13, date(2025, 6, 30)), "on the last day of a month too"


def test_the_period_of_payments_is_the_twelve_months_before_unless_the_link_says_otherwise(demo_db, monkeypatch):
    page = opened(demo_db, "money/spend", monkeypatch, as_of="2026-06-30")
    assert "paid 30 June 2025 to 30 June 2026" in in_context(page)

    page = opened(demo_db, "money/spend", monkeypatch, **{"as_of": "2026-06-30", "from": "2026-02-01"})
    assert "paid 1 February 2026 to 30 June 2026" in in_context(page)


def test_each_list_of_the_spend_page_adds_up_to_its_cards_in_the_currency_that_was_chosen(demo_db, monkeypatch):
    """A list that left out a payment would let L&D chase the wrong people, or the wrong sum."""
    asked = {"as_of": str(BEFORE), "currency": "USD"}
    pages = {
        name: opened(demo_db, "money/spend", monkeypatch, **asked, list=name)
        for name in ("credentials", "waiting", "own", "centers", "prices")
    }
    amount, waiting, _, own, _ = (metric.value for metric in pages["waiting"].metric)
    lists = {name: page.dataframe[0].value for name, page in pages.items()}

    def total(name, column):
        return f"{lists[name][column].astype(float).sum():,.0f} USD"

    assert [metric.label for metric in pages["waiting"].metric][:2] == ["Spend", "No award yet"]
    assert amount == total("credentials", "amount") == total("centers", "amount")
    assert waiting == total("waiting", "amount")
    assert own == total("own", "open")
    assert lists["prices"]["people"].sum()
    assert lists["waiting"]["name"].notna().all()
    assert not any(page.exception or page.warning for page in pages.values())


def test_filters_are_written_into_the_address_as_one_step_and_only_where_they_change(monkeypatch):
    class Address(dict):
        steps = 0

        def to_dict(self):
            return dict(self)

        def from_dict(self, other):
            self.steps += 1
            self.clear()
            self.update(other)

    address = Address(team="A", as_of="2026-01-01")
    monkeypatch.setattr(filters.st, "query_params", address)
    filters.put(cell_team="A", cell_skill="s", as_of=None)
    assert (dict(address), address.steps) == ({"team": "A", "cell_team": "A", "cell_skill": "s"}, 1)
    filters.put(team="A", role=None)
    assert address.steps == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"team": "Nowhere"}, "'Nowhere', which is not known"),
        ({"as_of": "someday"}, "'someday' is not a date"),
        ({"manager": "<b>x</b>"}, "not known"),
        ({"known_at": "yesterday"}, "known_at = 'yesterday' is not a time"),
    ],
)
def test_a_filter_nobody_knows_becomes_a_sentence(demo_db, monkeypatch, query, said):
    page = opened(demo_db, "team/overview", monkeypatch, **query)

    assert not page.exception
    assert said in unescaped(page.warning[0].value)
    assert page.metric
    assert not opened(demo_db, "team/overview", monkeypatch, **dict(page.query_params)).warning


def test_a_page_tells_in_the_readers_language_that_the_database_was_mended_and_names_no_folder(tmp_path, monkeypatch):
    """HR looks at uploads, not at the log of the service; and a path of the server is nobody's business there."""
    path = tmp_path / "c.duckdb"
    with contextlib.closing(open_store(path)) as store:
        source = Source("skills", "s.csv", b"skill_id,name\ns1,One\n")
        assert import_sources(store, [source], Options(date(2026, 1, 1))).status == "stored"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    for language, words in (("en", "The database was damaged on"), ("de", "Die Datenbank war am")):
        page = opened(path, "data/uploads", monkeypatch, lang=language)
        notice = next(warning.value for warning in page.warning if words in unescaped(warning.value))
        assert str(tmp_path) not in unescaped(notice)


def test_the_organisation_page_adds_up_level_by_level_down_the_reporting_line(demo_db, monkeypatch):
    """A director finds the manager whose organisation is thin; each step down must be part of the step above."""
    page, manager, above = opened(demo_db, "team/organisation", monkeypatch), None, None
    for _ in range(3):
        rows = page.dataframe[0].value
        cards = {unescaped(card.label): unescaped(card.value) for card in page.metric}
        direct = f"{rows['own_met'].sum():,} of {rows['own_required'].sum():,}"
        assert cards["Direct reports themselves"] == direct
        assert (rows["required"] - rows["met"]).fillna(0).is_monotonic_decreasing
        if above is not None:
            met = rows["met"].fillna(0).sum() + rows["own_met"].sum()
            assert (met, cards["Whole organisation"]) == (above["met"], f"{above['met']:,} of {above['required']:,}")
        full = Metrics(store_at(str(demo_db))).ask(
            "organisations", Viewer.everyone(), Filters(today(), manager=manager)
        )
        if len(full) == 1:
            head = full.iloc[0]
            whole = f"**{head['name']}** at the top counts in the whole: {head['own_met']} of {head['own_required']}"
            assert whole in texts(page)
            summed = rows["met"].fillna(0).sum() + rows["own_met"].sum() + head["own_met"]
            assert cards["Whole organisation"].startswith(f"{summed:,} of ")
            full = Metrics(store_at(str(demo_db))).ask(
                "organisations", Viewer.everyone(), Filters(today(), manager=full["employee_id"][0])
            )
        above = full.iloc[0]
        assert rows["name"][0] == above["name"]
        manager = above["employee_id"]
        if not above["listed_below"]:
            break
        page = opened(demo_db, "team/organisation", monkeypatch, manager=manager)
    assert manager is not None


def test_a_view_that_cannot_be_shown_keeps_its_filters_and_a_day_before_everybody_is_no_error(tmp_path, monkeypatch):
    """Whoever asks about a team that was not known then, or a day before anybody was hired, must be able to choose again."""
    with contextlib.closing(open_store(tmp_path / "c.duckdb")) as store:
        for month, team in ((6, "A"), (8, "B")):
            roster = f"employee_id,name,team,hired_on\n1,Ann,{team},2020-01-01\n"
            at = Options(date(2026, 1, 1), landed_at=datetime(2026, month, 1))
            assert import_sources(store, [Source("roster", "r.csv", roster.encode())], at).status == "stored"
    page = opened(tmp_path / "c.duckdb", "team/overview", monkeypatch, team="B", known_at="2026-07-01")
    assert "No team" in page.error[0].value
    assert [field.label for field in page.date_input] == ["Day", "As known on"]
    page = opened(tmp_path / "c.duckdb", "team/people", monkeypatch, as_of="1999-01-01")
    assert not page.exception
    assert "Nobody here matches" in page.info[0].value


def test_people_who_report_to_nobody_are_not_called_direct_reports(tmp_path, monkeypatch):
    """Of a roster with two people at the top, or with managers who are not on it, the card would say what is not so."""
    roster = "employee_id,name,manager_id,role_id\na,Ann,,r\nb,Bo,gone,r\nc,Cy,a,r\n"
    with contextlib.closing(open_store(tmp_path / "c.duckdb")) as store:
        assert import_sources(store, [Source("roster", "r.csv", roster.encode())], Options(today())).status == "stored"
    for manager, words in ({}, "Those at the top themselves"), ({"manager": "a"}, "Direct reports themselves"):
        page = opened(tmp_path / "c.duckdb", "team/organisation", monkeypatch, **manager)
        assert not page.exception
        assert unescaped(page.metric[1].label) == words


def test_the_direct_reports_of_a_manager_can_be_looked_at_alone_until_another_manager_is_chosen(demo_db, monkeypatch):
    """A director who wants to know how her own twelve stand would get all of the 150 below them."""
    page = opened(demo_db, "team/overview", monkeypatch, manager="00101")
    organisation = page.metric[0].value
    page.checkbox(key="filter_direct").check().run()

    asked = Filters(manager="00101", direct=True)
    totals = Metrics(store_at(demo_db)).ask("totals", Viewer.everyone(), asked).iloc[0]
    assert page.query_params["direct"] == "true"
    assert (
        unescaped(page.metric[0].value) == f"{totals['met']:.0f} of {totals['required']:.0f}" != unescaped(organisation)
    )
    assert "direct reports of" in in_context(page)
    page.selectbox(key="filter_manager").set_value("00103").run()
    assert "direct" not in page.query_params
    assert "organisation of" in in_context(page)


def test_a_tick_on_a_manager_leads_one_level_down_and_no_further(demo_db, monkeypatch):
    """A director who ticks the thinnest organisation would land on the page of an employee, past all who are between."""
    page = opened(demo_db, "team/organisation", monkeypatch)
    for _ in range(2):
        row = page.dataframe[0].value.iloc[0]
        states = page._tree.get_widget_states()
        tick = states.widgets.add(id=page.dataframe[0].proto.id)
        tick.string_value = json.dumps({"selection": {"rows": [0], "columns": [], "cells": []}})
        page._run(states)
        assert page.title[0].value == "Organisation"
        asked = Filters(today(), employee=page.query_params["manager"])
        assert Metrics(store_at(str(demo_db))).ask("people", Viewer.everyone(), asked)["name"][0] == row["name"]


def test_the_audit_log_counts_every_entry_that_it_lists_and_details_are_in_the_readers_language(tmp_path, monkeypatch):
    """An auditor who counts the list against the sentence above it thinks that an entry was added unseen."""
    store = Store.open(tmp_path / "c.duckdb")
    note(store.journal.audit, "local", "exported", None, report="coverage", rows=7)
    give(store, Viewer.everyone(), "ann@works.example", "hr")
    store.close()

    page = opened(tmp_path / "c.duckdb", "audit/log", monkeypatch, lang="de")
    listed = page.dataframe[0].value
    assert f"{listed['number'].max()} " in page.success[0].value
    assert len(listed) == listed["number"].max()
    assert "Bericht coverage, Zeilen: 7" in list(listed["what"])
    assert any(what.startswith("Rolle hr") and what.endswith("vergeben") for what in listed["what"])


def test_large_numbers_in_tables_have_marks_between_thousands_and_numbers_of_uploads_do_not():
    frame = pd.DataFrame({"required": [12345], "upload_id": [12345]})

    drawn = labels.columns("uploads", "upload_id", frame=frame) | labels.columns("coverage", "required", frame=frame)
    assert drawn["required"]["type_config"]["format"] == "localized"
    assert "localized" not in str(drawn["upload_id"])


def test_a_page_shows_what_was_known_on_a_day_and_says_so_in_every_link(tmp_path, monkeypatch):
    """What the board saw in July is shown again, though a badge that came in August is older than that."""
    store = Store.open(tmp_path / "c.duckdb")
    first = {
        "skills": "skill_id,name\ns1,One\n",
        "credentials": "credential_id,name,issuer\nc1,One,I\n",
        "credential_skills": "credential_id,skill_id,level\nc1,s1,1\n",
        "roles": "role_id,role_name,skill_id,required_level\nr,Role,s1,1\n",
        "roster": "employee_id,name,team,role_id\n1,Ann,T,r\n2,Bo,T,r\n",
        "badges": "employee_id,credential_id,issued_on\n1,c1,2026-06-01\n",
    }
    late = {"badges": "employee_id,credential_id,issued_on\n2,c1,2026-06-02\n"}
    for files, landed_at in ((first, datetime(2026, 7, 1)), (late, datetime(2026, 8, 1))):
        sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in files.items()]
        options = Options(date(2026, 1, 1), landed_at=landed_at)
        assert import_sources(store, sources, options).status == "stored"
    store.close()

    for known_at, met in (({}, 2), ({"known_at": "2026-07-31"}, 1), ({"known_at": "2026-08-01T00:00"}, 2)):
        page = opened(tmp_path / "c.duckdb", "team/overview", monkeypatch, as_of="2026-06-30", **known_at)
        assert {card.label: card.value for card in page.metric}["Requirements met"] == f"{met} of 2"
        assert ("is left out" in texts(page)) == bool(known_at)
        then = f"{met} of 2 requirements were met"
        assert (then in texts(page)) == ("By what is known now it is 2 of 2 (100 %)" in texts(page)) == bool(known_at)
        assert not page.info
        kept = [link.proto.query_string for link in page.sidebar.get("page_link")]
        assert all(("known_at=" in address) == bool(known_at) for address in kept)
    page = opened(tmp_path / "c.duckdb", "team/overview", monkeypatch, known_at="2026-06-30")
    assert "Nothing had been uploaded by 30 June 2026" in texts(page)


def test_a_coverage_cell_in_the_url_opens_its_people(demo_db, monkeypatch):
    page = opened(demo_db, "team/coverage", monkeypatch, cell_team="Cyber defence", cell_skill="se-ot")
    page = page.run()

    people = next(table.value for table in page.dataframe if "state" in table.value)
    assert (people["state"] == "Has it").sum() == 1
    assert people["state"].tolist() == sorted(people["state"], reverse=True)
    assert "1 of 7" in [card.value for card in page.metric]


def test_the_people_page_tells_one_person(demo_db, monkeypatch):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(demo_db))
    page = opened(demo_db, "team/people", monkeypatch)
    page.selectbox(key="filter_employee").set_value("00126").run()

    assert not page.exception
    assert "Freja Jansson" in texts(page)
    assert {unescaped(card.label) for card in page.metric} >= {"Ready for own role", "Skills shown", "Missing"}


def test_every_day_of_a_table_is_drawn_as_a_day_and_as_its_reader_writes_it(demo_db, monkeypatch):
    """Else a table shows 1797638400000, or an American order of day and month."""
    tables = opened(demo_db, "team/renewals", monkeypatch, lang="de").dataframe
    drawn = [json.loads(table.proto.columns) for table in tables]

    for table, name in ((0, "first"), (1, "last"), (2, "valid_to")):
        assert drawn[table][name]["type_config"]["type"] == "date", name
        assert drawn[table][name]["type_config"]["format"] == "DD.MM.YYYY", name


def test_a_date_that_is_empty_is_shown_as_nothing(demo_db, monkeypatch):
    page = opened(demo_db, "team/people", monkeypatch, employee="00126")
    tables = [table for table in page.dataframe if "valid_to" in table.value]

    assert any(table.value["valid_to"].isna().any() for table in tables)
    assert {table.proto.placeholder for table in page.dataframe} == {""}
    assert all(table.proto.HasField("placeholder") for table in page.dataframe)


def test_no_table_shows_a_word_for_what_is_empty():
    tables = [
        (path.name, call.lineno, {keyword.arg for keyword in call.keywords})
        for path in [*(ROOT / "pages").rglob("*.py"), *(ROOT / "skilltrack" / "ui").rglob("*.py")]
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("dataframe", "data_editor")
    ]

    assert len(tables) > 5
    assert [table for table in tables if "placeholder" not in table[2]] == []


def test_another_role_can_be_asked_about(demo_db, monkeypatch):
    page = opened(demo_db, "team/readiness", monkeypatch)
    page.selectbox(key="filter_role").set_value("grid-sr").run()

    assert not page.exception
    assert page.dataframe[0].value["employee_id" if "employee_id" in page.dataframe[0].value else "name"].iloc[0] in (
        "00126",
        "Freja Jansson",
    )


def test_uploads_say_that_nothing_can_be_stored_before_a_file_is_chosen(demo_db, tmp_path, monkeypatch):
    """Else HR maps and checks a file that is then refused, in words about a file of the server."""
    for path in demo_db.parent.glob("demo.duckdb*"):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / path.name)
    (tmp_path / "demo.duckdb.files" / "journal.jsonl").unlink()

    page = opened(tmp_path / "demo.duckdb", "data/uploads", monkeypatch)

    assert not page.exception
    assert [error.value.split(".")[0] for error in page.error] == [
        "**Nothing can be uploaded or taken back at the moment"
    ]
    assert "`repair`" in page.error[0].value
    assert not page.get("file_uploader")
    assert str(tmp_path) not in texts(page)
    (history,) = [frame.value for frame in page.dataframe if "upload_id" in frame.value]
    assert history["upload_id"].tolist() == [7, 6, 5, 4, 3, 2, 1]


def test_uploads_say_that_files_would_count_beside_the_demo_company(demo_db, tmp_path, monkeypatch):
    """Else a company's first roster stands beside 400 invented people, and neither can be taken out alone."""
    beside = opened(demo_db, "data/uploads", monkeypatch)
    alone = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)

    assert [any("invented people" in info.value for info in page.info) for page in (beside, alone)] == [True, False]


def test_uploads_tell_problems_import_and_take_back(tmp_path, monkeypatch):
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("skills.csv", b"skill_id,name\ns1,\n").run()
    assert "Bad rows: 1, good rows: " in page.error[0].value
    assert page.button(key="upload_import").disabled
    assert "2" in page.dataframe[0].value["line"].tolist()

    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("skills.csv", b"skill_id,name\ns1,Welding\n").run()
    assert {unescaped(card.label): card.value for card in page.metric}["New"] == "1"
    page.button(key="upload_import").click().run()
    assert "Upload 1 is stored" in page.success[0].value
    page.selectbox(key="history_upload").set_value(1).run()
    page.button(key="take_back").click().run()
    page.button(key="take_back_go").click().run()
    assert not page.exception
    assert "undone" in page.dataframe[0].value["status"].tolist()
    page.button(key="take_back").click().run()
    page.button(key="take_back_go").click().run()
    assert page.dataframe[0].value["status"].tolist() == ["in force"]


def test_bad_rows_can_be_kept_apart_and_what_looks_wrong_needs_a_tick(tmp_path, monkeypatch):
    roster = "employee_id,name\n" + "".join(f"{n:03d},P{n}\n" for n in range(20))
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("roster.csv", roster.encode()).run()
    page.button(key="upload_import").click().run()
    page.file_uploader(key="upload_files_1").upload("people.csv", b"employee_id,name\n001,P1\n002,\n").run()
    assert page.button(key="upload_import").disabled
    page.toggle(key="upload_quarantine").set_value(True).run()
    assert page.button(key="upload_import").disabled
    assert "headcount falls from 20 to 1" in texts(page)
    page.checkbox[0].check().run()
    page.button(key="upload_import").click().run()
    assert "1 row set aside" in page.success[0].value
    assert not page.exception
    page.button(key="retry_2_roster").click().run()
    assert "1 row set aside" in page.success[0].value
    assert [button.key for button in page.button if button.key and button.key.startswith("retry")] == ["retry_3_roster"]


def test_renewals_are_limited_by_a_card_a_course_and_a_day_and_taken_along(demo_db, monkeypatch):
    """L&D would type off 97 names for a provider, and look for the eleven of one course in four pages of them."""
    metrics, everybody = Metrics(store_at(demo_db)), Viewer.everyone()
    renewals = metrics.ask("renewals", everybody, Filters())

    def listed(page):
        assert not page.exception
        return next(frame.value for frame in page.dataframe if frame.key == "table_renewals")

    page = opened(demo_db, "team/renewals", monkeypatch)
    later = today() + answers.PATIENCE
    met = [int(metrics.ask("totals", everybody, Filters(as_of=day))["met"].iloc[0]) for day in (today(), later)]
    sentence = next(unescaped(link.proto.label) for link in page.main.get("page_link") if "nobody" in link.proto.label)
    assert sentence.startswith(f"**If nobody renews, {met[1]:,} of ")
    assert f"now it is {met[0]:,} of " in sentence
    courses = next(frame.value for frame in page.dataframe if frame.key == "table_courses")
    usual = renewals[renewals["bucket"] != "later"]
    assert courses["people"].tolist() == sorted(usual.groupby("credential_id")["employee_id"].nunique(), reverse=True)

    page.button(key="pick_due_0-30").click().run()
    assert page.query_params["bucket"] == "0-30"
    assert len(listed(page)) == (renewals["bucket"] == "0-30").sum() > 0
    assert "Show all" in page.button(key="pick_due_0-30").label
    page.button(key="pick_due_0-30").click().run()
    assert "bucket" not in page.query_params

    course, before = courses_of(usual), today() + timedelta(days=60)
    limited = opened(demo_db, "team/renewals", monkeypatch, course=course, before=before.isoformat())
    is_it = (renewals["credential_id"] == course) & (renewals["days"] >= 0) & (renewals["days"] <= 60)
    assert len(listed(limited)) == is_it.sum() > 0
    limited.query_params["why"] = "picture_renewals"
    limited.run()
    (group,) = [one for one in limited.get("button_group") if str(one.key).startswith("part_of_renewals")]
    assert f"Counted: {is_it.sum()}" in [unescaped(option.content) for option in group.proto.options]

    emails = metrics.ask("people", everybody, Filters())
    rows = tables.to_renew(renewals, emails, course, before, "0-30", "31-60")
    assert list(rows.columns) == ["credential", "name", "email", "team", "valid_to"]
    assert rows["email"].str.contains("@").all()
    days = icalendar.Calendar.from_ical(renewal_lists.in_calendar(rows)).walk("VEVENT")
    assert [day["dtstart"].dt for day in days] == sorted(set(rows["valid_to"]))
    assert sum(str(day["description"]).count("\n") + 1 for day in days) == len(rows)
    assert {"Calendar", "List for a provider"} <= {button.proto.label for button in limited.get("download_button")}


def courses_of(renewals):
    """The course that most people must renew within 60 days."""
    soon = renewals[renewals["days"].between(0, 60)]
    return soon.groupby("credential_id")["employee_id"].nunique().idxmax()


def test_files_without_a_good_row_are_refused_whatever_is_set_aside(tmp_path, monkeypatch):
    """HR would be told that an upload is stored, and nothing of it would be there."""
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("skills.csv", b"skill_id,name\ns1,\ns2,\n").run()
    assert "switch on" not in page.error[0].value
    page.toggle(key="upload_quarantine").set_value(True).run()
    assert page.button(key="upload_import").disabled
    assert "good rows: 0" in page.error[0].value
    assert "Every row fails in the column name" in unescaped(page.info[0].value)
    table = next(frame for frame in page.dataframe if "message" in frame.value)
    assert json.loads(table.proto.columns)["message"]["label"] == "What is wrong"


def test_files_are_one_table_that_says_what_each_contains_leaves_open_and_would_change(demo_db, tmp_path, monkeypatch):
    """Of six files HR would not learn which one asks something, and what it would do to coverage."""
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    people = Metrics(store_at(path)).ask("gaps", Viewer.everyone(), Filters())
    gap = people[people["team"] != ""].iloc[0]
    shown = f"{gap['employee_id']},{gap['skill_id']},{gap['required_level']},Dr Vik,2026-01-01\n"
    page = opened(path, "data/uploads", monkeypatch)
    given = [
        ("prior_learning.csv", f"employee_id,skill_id,level,assessor,valid_from\n{shown}".encode(), "text/csv"),
        ("skills.csv", b"skill_id,name\nx1,Welding\nx2,Rigging\n", "text/csv"),
    ]
    page.file_uploader(key="upload_files_0").set_value(given).run()
    assert [text.value for text in page.text][:6] == [
        "prior_learning.csv",
        "1 row",
        "new: 1",
        "skills.csv",
        "2 rows",
        "new: 2",
    ]
    now = Metrics(store_at(path)).ask("totals", Viewer.everyone(), Filters()).iloc[0]
    met, required = int(now["met"]), int(now["required"])
    sentence = next(text.value for text in page.markdown if "would be met" in text.value)
    assert f"{met + 1:,} of {required:,} requirements" in unescaped(sentence)
    assert f"Most would change in {gap['team']}." in unescaped(sentence)
    assert [box.value for box in page.selectbox if box.label == "This file contains"] == ["prior_learning", "skills"]
    roster = b"employee_id,name,hired_on\n1,Ann,03/04/2024\n"
    asking = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    asking.file_uploader(key="upload_files_0").upload("people.csv", roster).run()
    assert "1 question" in [text.value for text in asking.text]


def test_what_is_the_same_in_every_row_is_written_or_chosen_and_which_column_is_asked_of_all(tmp_path, monkeypatch):
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    made = b"credential_id,name,issuer\nc1,Crane,I\n"
    page.file_uploader(key="upload_files_0").upload("credentials.csv", made).run()
    page.button(key="upload_import").click().run()
    spend = b"Invoice Number,Was,Invoice Date,Amount\ni-1,Crane,2024-02-01,30.00\n"
    page.file_uploader(key="upload_files_1").upload("spend.csv", spend).run()
    which = {box.label: box for box in page.selectbox if box.key.startswith("ask_")}
    assert list(which) == [
        "Which column says this: which course or certificate it is?",
        "Which column says this: the currency?",
        "Which column says this: who paid?",
    ]
    credential = which["Which column says this: which course or certificate it is?"]
    assert len(credential.options) == 4, "every header is offered"
    assert "Was: Crane" in credential.options[0]
    credential.set_value("Was").run()
    next(box for box in page.text_input if "constants.currency" in box.key).set_value("EUR").run()
    payer = next(box for box in page.selectbox if "constants.funding_source" in box.key)
    assert "employer" in payer.options
    payer.set_value("employer").run()
    assert not page.exception
    page.button(key="upload_import").click().run()
    assert "Upload 2 is stored" in page.success[0].value


def test_no_answer_is_out_of_reach_and_what_a_table_must_become_is_said(tmp_path, monkeypatch):
    """Else HR faces a table of answers without any, or questions about columns that answer nothing."""
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    matrix = b"Role,Role name,Welding,Fire safety\nW,Welder,3,1\n"
    page.file_uploader(key="upload_files_0").upload("roles.csv", matrix).run()
    assert any("Where each skill has a column of its own, give each" in unescaped(info.value) for info in page.info)

    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    made = b"credential_id,name,issuer,validity_months,list_price,currency\nc1,Crane,I,12,30.00,Kronen\n"
    page.file_uploader(key="upload_files_0").upload("credentials.csv", made).run()
    next(box for box in page.text_input if "values.currency.Kronen" in box.key).set_value("DKK").run()
    page.button(key="upload_import").click().run()
    assert "Upload 1 is stored" in page.success[0].value
    page.file_uploader(key="upload_files_1").upload("roster.csv", b"employee_id,name\n1,Ann Lund\n").run()
    page.button(key="upload_import").click().run()
    register = b"Employee ID,Certificate,Valid until\n1,Crane,2026-01-31\n"
    page.file_uploader(key="upload_files_2").upload("badges.csv", register).run()
    assert any("says when something ends" in unescaped(info.value) for info in page.info)
    assert any("constants.issued_on" in box.key for box in page.text_input), "the same day for all"
    next(button for button in page.button if "count it back" in button.label).click().run()
    page.button(key="upload_import").click().run()
    assert not page.exception
    stored = store_at(tmp_path / "new.duckdb").query("select issued_on from badge_rows").to_pylist()
    assert stored == [{"issued_on": date(2025, 2, 1)}]


def test_a_received_file_lies_on_the_disk_and_nothing_of_it_stays_once_it_has_landed(tmp_path, monkeypatch):
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("skills.csv", b"skill_id,name\ns1,Welding\n").run()
    (content, digest), read = *page.session_state["upload_received"].values(), page.session_state["upload_looked_at"][1]
    assert isinstance(content, mmap.mmap)
    assert read[0].decoded.content is content
    assert digest == hashlib.sha256(b"skill_id,name\ns1,Welding\n").hexdigest()
    page.button(key="upload_import").click().run()

    assert "Upload 1 is stored" in page.success[0].value
    assert [key for key in ("upload_received", "upload_looked_at") if key in page.session_state] == []


def test_the_largest_file_that_a_page_takes_is_the_one_that_the_documentation_names():
    limit = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]["maxUploadSize"]

    assert f"of up to {limit} MB each" in (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")


def test_an_answer_is_taken_at_once_in_plain_words_and_can_be_changed(tmp_path, monkeypatch):
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    roster = b"employee_id,name,hired_on\n1,Ann,03/04/2024\n"
    page.file_uploader(key="upload_files_0").upload("people.csv", roster).run()
    assert [unescaped(option) for option in page.radio[0].options] == [
        "03/04/2024 as 2024-04-03",
        "03/04/2024 as 2024-03-04",
    ]
    assert "line 2, column hired_on: '03/04/2024': is not a date" in texts(page)
    page.radio[0].set_value("%d/%m/%Y").run()
    assert not page.radio
    assert "hired_on: %d/%m/%Y" in texts(page), "what was answered is shown"
    again = next(button for button in page.button if "Change hired" in unescaped(button.label))
    again.click().run()
    page.radio[0].set_value("%m/%d/%Y").run()
    page.button(key="upload_import").click().run()
    assert not page.exception

    stored = store_at(tmp_path / "new.duckdb").query("select hired_on from roster_rows").to_pylist()
    assert stored == [{"hired_on": date(2024, 3, 4)}]


def test_files_of_one_name_are_told_apart_and_the_same_file_twice_is_taken_once(tmp_path, monkeypatch):
    page = opened(tmp_path / "new.duckdb", "data/uploads", monkeypatch)
    people, skills = b"employee_id,name\n001,Ann\n,Bo\n", b"skill_id,name\ns1,Welding\n"
    given = [("export.csv", people, "text/csv"), ("export.csv", skills, "text/csv"), ("export.csv", people, "text/csv")]
    page.file_uploader(key="upload_files_0").set_value(given).run()
    page.toggle(key="upload_quarantine").set_value(True).run()
    page.button(key="upload_import").click().run()

    assert "2 rows new or changed. 1 row set aside" in page.success[0].value


def test_a_credential_made_by_an_import_is_on_the_to_do_list_until_it_is_mapped(demo_db, tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    badge = b"Recipient Email,Badge Template Name,Issued At\nfreja.jansson@%s,Knots,2026-01-02 10:00:00 UTC\n"
    store = Store.open(path)
    email = store.query("select email from kept_roster where name = 'Freja Jansson'").to_pylist()[0]["email"]
    store.close()
    page = opened(path, "data/uploads", monkeypatch)
    content = badge.replace(b"freja.jansson@%s", email.encode())
    page.file_uploader(key="upload_files_0").upload("credly.csv", content).run()
    page.radio[0].set_value("create").run()
    page.button(key="upload_import").click().run()
    assert "is stored" in page.success[0].value

    page = opened(path, "data/catalogue", monkeypatch)
    assert "Knots" in page.dataframe[0].value["credential"].tolist()
    page.selectbox(key="map_credential").set_value("Knots").run()
    page.selectbox(key="map_skill").set_value("se-ot").run()
    page.button(key="catalogue_save").click().run()
    assert not page.exception
    assert "Saved as upload" in page.success[0].value
    assert "Every credential of the catalogue is mapped" in page.success[1].value


def edit(page, key, **edits):
    """Change a table that can be changed, as the browser does."""
    page.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | edits
    return page.run()


def test_the_catalogue_is_changed_on_its_page_and_a_title_is_said_to_mean_a_role(tmp_path, monkeypatch):
    path = tmp_path / "c.duckdb"
    store = Store.open(path)
    outcome = import_sources(
        store, [Source(kind, kind, text.encode()) for kind, text in CATALOGUE.items()], Options(date(2024, 1, 1))
    )
    assert outcome.status == "stored"
    store.close()
    page = opened(path, "data/catalogue", monkeypatch)
    titles = next(table.value for table in page.dataframe if "job_title" in table.value)
    assert titles[["job_title", "people", "role_id"]].to_dict("records") == [
        {"job_title": "Sr. Data Analyst", "people": 2, "role_id": "analyst"}
    ]
    edit(page, "titles_0", edited_rows={"0": {"is_right": True}})
    page.button(key="catalogue_save").click().run()
    assert "Saved as upload" in page.success[0].value

    page = opened(path, "data/catalogue", monkeypatch, part="roles")
    assert page.dataframe[0].value["required_level"].tolist() == [1]
    edit(page, "catalogue_roles__0", edited_rows={"0": {"required_level": 0}})
    assert "is not a level" in page.error[0].value
    edit(page, "catalogue_roles__0", edited_rows={"0": {"required_level": 2}})
    page.button(key="catalogue_save").click().run()
    assert (page.exception, page.error) == ([], [])
    assert page.dataframe[0].value["required_level"].tolist() == [2]


def test_what_changed_adds_up_and_a_cause_leads_to_its_requirements(demo_db, monkeypatch):
    since = BEFORE - timedelta(days=91)
    page = opened(demo_db, "team/changes", monkeypatch, as_of=str(BEFORE), since=str(since))
    causes, rows = (table.value for table in page.dataframe)
    metrics = Metrics(store_at(str(demo_db)))
    then, now = (metrics.ask("totals", Viewer.everyone(), Filters(as_of=day)).iloc[0] for day in (since, BEFORE))

    assert causes["met"].sum() == now["met"] - then["met"]
    assert causes["required"].sum() == now["required"] - then["required"]
    links = [unescaped(link.proto.label) for link in page.main.get("page_link")]
    assert any(
        f"On {in_words(since)} it was {int(then['met']):,} of {int(then['required']):,}" in label for label in links
    )
    assert rows["now"].iloc[0] in ("Not met", "Not required")
    only = opened(demo_db, "team/changes", monkeypatch, as_of=str(BEFORE), since=str(since), cause="gained")
    assert set(only.dataframe[1].value["why"]) == {"New evidence"}


def test_a_day_to_compare_with_that_is_after_the_day_is_told_and_not_used(demo_db, monkeypatch):
    page = opened(demo_db, "team/changes", monkeypatch, as_of="2026-06-30", since="2026-07-31")

    assert "31 July 2026 is after 30 June 2026" in texts(page)
    assert "Met on 31 March 2026" in [card.label for card in page.metric]


def test_staffing_names_who_would_be_missed_and_the_seats_that_stay_empty(demo_db, monkeypatch):
    page = opened(demo_db, "team/staffing", monkeypatch, as_of=str(BEFORE))
    people, seats = (table.value for table in page.dataframe)

    assert people["lost"].is_monotonic_decreasing
    assert f"Without {people['name'].iloc[0]}, " in texts(page)
    assert (seats["filled"] + seats["short"] == seats["headcount"]).all()
    assert seats["short"].is_monotonic_decreasing

    who = opened(demo_db, "team/staffing", monkeypatch, as_of=str(BEFORE), list="who").dataframe[1].value
    assert (who["sits"] == "Fills a seat").sum() == seats["filled"].sum()
    assert who.loc[who["sits"] == "Fills a seat", "name"].notna().all()
    ahead = opened(demo_db, "team/staffing", monkeypatch, as_of=str(BEFORE), list="ahead")
    assert "No further target falls short in the next twelve months" in texts(ahead).replace("**", "")


def test_a_person_reads_which_credentials_would_show_what_they_lack(demo_db, monkeypatch):
    page = opened(demo_db, "team/people", monkeypatch, as_of=str(BEFORE), employee="00105")

    assert "What to learn next" in texts(page)
    learning = next(table.value for table in page.dataframe if "closes" in table.value)
    assert learning["closes"].is_monotonic_decreasing
    assert learning["price"].str.contains("EUR").any()


def test_gaps_add_up_to_what_coverage_lacks_and_lead_from_a_skill_to_its_people(demo_db, monkeypatch):
    coverage = opened(demo_db, "team/overview", monkeypatch).metric[0].value
    met, required = (int(number.replace(",", "")) for number in coverage.split(" of "))
    page = opened(demo_db, "team/gaps", monkeypatch)
    assert page.metric[0].value == f"{required - met:,} of {required:,}"
    by_skill = page.dataframe[0].value
    assert by_skill["missing"].sum() == required - met
    assert by_skill["missing"].is_monotonic_decreasing

    page.session_state["table_gaps_skill"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    people = page.dataframe[0].value
    assert dict(page.query_params)["by"] == "person"
    assert len(people) == by_skill["missing"].iloc[0]
    assert set(people["skill"]) == {by_skill["skill"].iloc[0]}
    for by in ("team", "role"):
        rows = opened(demo_db, "team/gaps", monkeypatch, by=by).dataframe[0].value
        assert rows["missing"].sum() == required - met
    assert f"of {required - met:,}; the CSV holds all" in texts(opened(demo_db, "team/gaps", monkeypatch, by="person"))
    thin = opened(demo_db, "team/gaps", monkeypatch, by="risk").dataframe[0].value
    assert thin["who"].iloc[0] == "Nobody"
    assert not page.exception


def test_who_can_do_something_is_asked_by_skill_and_level(demo_db, monkeypatch):
    page = opened(demo_db, "team/experts", monkeypatch)
    assert "fewest first" in texts(page)
    page.selectbox(key="filter_skill").set_value("se-ot").run()
    everybody = page.dataframe[0].value
    assert f"{len(everybody)} people" in texts(page)
    page.selectbox(key="filter_level").set_value("3").run()
    able = page.dataframe[0].value
    assert 0 < len(able) < len(everybody)
    assert able["level"].min() == 3
    assert not page.exception


def test_people_are_found_in_a_directory_before_one_is_chosen(demo_db, monkeypatch):
    page = opened(demo_db, "team/people", monkeypatch)
    assert len(page.dataframe[0].value) > 100
    page.text_input(key="filter_find").set_value("freja technician").run()
    assert page.dataframe[0].value["name"].tolist() == ["Freja Jansson"]
    page.text_input(key="filter_find").set_value("control system").run()
    links = [unescaped(link.proto.label) for link in page.main.get("page_link")]
    assert "Who can do **Control system security**" in links
    assert not page.exception


def test_a_person_asked_about_in_another_role_is_shown_against_that_role(demo_db, monkeypatch):
    page = opened(demo_db, "team/people", monkeypatch, employee="00126", role="grid-sr")

    assert unescaped(page.metric[0].label) == "Ready for Senior grid technician"
    assert "Missing for this role" in texts(page)
    assert page.dataframe[0].value["skill"].tolist() == ["Risk assessment"]


def test_each_line_of_a_transcript_is_traced_to_its_upload_file_and_line(demo_db, monkeypatch):
    page = opened(demo_db, "team/people", monkeypatch)
    page.selectbox(key="filter_employee").set_value("00126").run()
    page.toggle(key="origins").set_value(True).run()

    found = page.dataframe[-1].value
    assert set(found["file_name"]) >= {"badges.csv"}
    lines = (ROOT / "data" / "demo" / "badges.csv").read_text().splitlines()
    for row in found[found["kind"] == "Badges"].to_dict("records"):
        assert "00126" in lines[row["line_no"] - 1]
        assert row["credential_id"] in lines[row["line_no"] - 1]


@pytest.mark.parametrize(
    "name", ["![x](http://evil.example/a.png)", "<img src=x onerror=alert(1)>", "$x$ :red[a] **b** [l](javascript:1)"]
)
def test_a_name_is_shown_as_text_and_never_as_markup(name):
    from skilltrack.ui.text import plain

    shown = plain(name)
    assert "http://" not in shown.replace("\\", "")
    for sign in "[]()<>*_$:!`":
        assert shown.count(sign) == shown.count("\\" + sign)


def test_a_scope_too_large_to_list_is_rolled_up_and_says_how_to_see_people(demo_db, monkeypatch):
    monkeypatch.setattr(parts, "LISTED", 50)
    for name in ("team/overview", "team/coverage", "team/gaps", "team/readiness", "team/people", "team/renewals"):
        page = opened(demo_db, name, monkeypatch)

        assert not page.exception
        assert "choose an organisation or a team" in page.info[0].value
        assert page.selectbox(key="narrowing_manager")
    for name in ("team/readiness", "team/people", "team/renewals", "team/staffing", "team/changes"):
        page = opened(demo_db, name, monkeypatch)
        reports = page.dataframe[-1].value
        assert "Who reports here, the organisation that lacks most first" in [
            title.value for title in page.subheader
        ], name
        assert reports["people"].sum() > 50
        assert (reports["required"] - reports["met"]).fillna(0).is_monotonic_decreasing
        states = page._tree.get_widget_states()
        tick = states.widgets.add(id=page.dataframe[-1].proto.id)
        tick.string_value = json.dumps({"selection": {"rows": [0], "columns": [], "cells": []}})
        title = page.title[0].value
        page._run(states)
        asked = Filters(today(), employee=page.query_params["manager"])
        chosen = Metrics(store_at(str(demo_db))).ask("people", Viewer.everyone(), asked)["name"][0]
        assert chosen == reports["name"].iloc[0]
        assert page.title[0].value == title
    with monkeypatch.context() as patched:
        patched.setattr(parts, "LISTED", 1)
        of_team = opened(demo_db, "team/renewals", patched, team="Customer care")
        assert "choose an organisation or a team" in of_team.info[0].value
        assert not of_team.dataframe
    searched = opened(demo_db, "team/people", monkeypatch, find="00101")
    assert searched.dataframe[0].value["employee_id"].tolist() == ["00101"]
    assert (
        "Nobody here has this in their name" in opened(demo_db, "team/people", monkeypatch, find="xyzzy").info[0].value
    )
    with monkeypatch.context() as patched:
        patched.setattr(parts, "LISTED", 1)
        within = opened(demo_db, "team/people", patched, manager="00125", find="00126")
        assert within.dataframe[0].value["employee_id"].tolist() == ["00126"]
        assert (
            "Nobody here has this"
            in opened(demo_db, "team/people", patched, manager="00125", find="00101").info[0].value
        )
    page.selectbox(key="narrowing_team").set_value("Grid north").run()
    assert page.query_params["team"] == "Grid north"
    assert not page.info
    assert len(page.dataframe)
    closest = opened(demo_db, "team/readiness", monkeypatch, role="fit").dataframe[0].value
    assert len(closest) == 50
    assert closest["readiness"].is_monotonic_decreasing
    page = opened(demo_db, "team/coverage", monkeypatch)
    skills = page.dataframe[0].value
    assert len(skills) > 50
    assert f"{skills['met'].sum():,} of {skills['required'].sum():,}" == page.metric[0].value


def test_a_long_table_is_sent_page_by_page_and_none_of_its_rows_is_lost(demo_db, monkeypatch):
    whole = opened(demo_db, "team/renewals", monkeypatch).dataframe[2].value
    monkeypatch.setattr(parts, "PAGE", 7)
    page = opened(demo_db, "team/renewals", monkeypatch)
    sent = [page.dataframe[2].value]
    for number in range(2, -(-len(whole) // 7) + 1):
        page = page.number_input(key="page_renewals").set_value(number).run()
        sent.append(page.dataframe[2].value)

    assert len(sent) > 3
    assert all(len(rows) <= 7 for rows in sent)
    assert pd.concat(sent).reset_index(drop=True).equals(whole.reset_index(drop=True))
    assert f"of {len(whole):,}" in texts(page)


def test_a_name_that_is_not_among_the_listed_options_is_found_by_typing_it(demo_db, monkeypatch):
    monkeypatch.setattr(filters, "MOST", 5)
    full = filters._labels

    def cut(as_of, search=None):
        return {kind: dict(list(found.items())[:5]) for kind, found in full(as_of, search).items()}

    monkeypatch.setattr(filters, "_labels", cut)
    page = opened(demo_db, "team/people", monkeypatch, employee="freja jansson")

    assert "Freja Jansson" in texts(page)
    assert not page.warning
    page = opened(demo_db, "team/people", monkeypatch, employee="an")
    assert "match 'an'" in unescaped(page.warning[0].value)


def test_an_export_is_chosen_seen_saved_and_used_again(demo_db, tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    page = opened(path, "reports/exports", monkeypatch, team="Cyber defence")
    page.selectbox(key="export_what").set_value("team").run()
    page.selectbox(key="export_as").set_value("xlsx").run()
    page.text_input(key="export_name").set_value("Monday").run()
    page.button(key="export_save").click().run()
    assert "Monday: team, Excel workbook" in texts(page)
    assert "report team --format xlsx --team 'Cyber defence' --output team.xlsx" in page.code[0].value

    page = opened(path, "reports/exports", monkeypatch)
    assert page.selectbox(key="export_what").value == "board"
    page.button(key="export_use_Monday").click().run()
    assert (page.selectbox(key="export_what").value, page.selectbox(key="export_as").value) == ("team", "xlsx")
    assert page.selectbox(key="filter_team").value == "Cyber defence"
    page.button(key="export_forget_Monday").click().run()
    assert "Monday" not in texts(page)
    assert not page.exception


def test_a_file_is_in_the_language_of_the_screen_or_in_the_one_that_is_chosen_beside_it(demo_db, monkeypatch):
    """A director who reads German sends a pack to a board in Paris."""
    page = opened(demo_db, "reports/exports", monkeypatch, lang="de", team="Cyber defence")
    page.selectbox(key="export_what").set_value("team").run()
    assert "--team 'Cyber defence' --language de --output" in page.code[0].value
    page.selectbox(key="export_language_de").set_value("fr").run()
    assert "--language fr" in page.code[0].value
    assert "language=fr" in page.code[1].value
    page.selectbox(key="speak").set_value("en").run()
    assert "--language" not in page.code[0].value
    assert not page.exception


def test_a_large_file_is_made_first_with_its_progress_told_and_is_the_whole_answer(demo_db, monkeypatch):
    told, update = [], StatusContainer.update
    monkeypatch.setattr(
        StatusContainer, "update", lambda self, **said: told.append(said["label"]) or update(self, **said)
    )
    monkeypatch.setattr(parts, "LISTED", 50)
    monkeypatch.setattr(as_csv, "CHUNK", 100)
    page = opened(demo_db, "reports/exports", monkeypatch)
    page.selectbox(key="export_what").set_value("coverage").run()
    page.selectbox(key="export_as").set_value("csv").run()
    page.checkbox(key="export_hides").uncheck().run()
    assert not page.get("download_button")
    page.button(key="export_make").click().run()

    assert not page.exception
    assert [button.label for button in page.get("download_button")] == ["Download CSV", "Receipt"]
    assert any(re.fullmatch(r"Writing, 100 of \d+ rows", step) for step in told)
    assert page.status[0].label.startswith("Ready: ")
    made = page.session_state["export_made"][1][1]
    answer = Metrics(store_at(str(demo_db))).ask("coverage", Viewer.everyone(), Filters(as_of=today()))
    assert made == render(answer, "csv")
    page.selectbox(key="export_what").set_value("readiness").run()
    assert not page.get("download_button")  # never yesterday's file under another name
    page = opened(demo_db, "reports/exports", monkeypatch, team="Cyber defence")
    assert page.get("download_button")
    assert not [button for button in page.button if button.key == "export_make"]


def test_what_cannot_be_exported_says_what_to_choose(demo_db, monkeypatch):
    page = opened(demo_db, "reports/exports", monkeypatch)
    page.selectbox(key="export_what").set_value("team").run()

    assert "Choose a team or a manager" in unescaped(page.info[0].value)
    page.selectbox(key="export_what").set_value("coverage").run()
    page.selectbox(key="export_as").set_value("csv").run()
    assert len(page.dataframe[0].value) == 20
    assert page.checkbox(key="export_hides").value  # whoever sees everyone hands out no small numbers unasked
    assert page.dataframe[0].value["required"].isna().any()
    page.checkbox(key="export_hides").uncheck().run()
    assert not page.dataframe[0].value["required"].isna().any()


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("team/overview", {"as_of": "0001-01-01"}, "outside the days that can be asked about"),
        ("team/overview", {"as_of": "9999-12-31"}, "outside the days that can be asked about"),
        ("team/overview", {"as_of": "2026-W01-1"}, "is not a date"),
        ("money/spend", {"from": "0001-01-01"}, "outside the days"),
        ("money/spend", {"to": "9999-12-31"}, "outside the days"),
        ("money/spend", {"from": "2026-05-01", "to": "2026-04-01"}, "ends on 2026-04-01, before it begins"),
        ("audit/log", {"from": "0001-01-01"}, "outside the days"),
        ("audit/log", {"from": "2026-05-01", "to": "2026-04-01"}, "ends on 2026-04-01, before it begins"),
    ],
)
def test_a_day_in_the_address_that_cannot_be_asked_about_becomes_a_sentence(demo_db, monkeypatch, name, query, said):
    page = opened(demo_db, name, monkeypatch, **query)

    assert not page.exception
    assert said in texts(page)


def test_an_own_page_on_a_day_before_one_joined_says_so_and_leads_to_today(tmp_path, monkeypatch):
    store = Store.open(tmp_path / "x.duckdb")
    for begins, rows in ((date(2024, 1, 1), "1,Ann\n"), (date(2025, 1, 1), "1,Ann\n2,Bea\n")):
        (tmp_path / "roster.csv").write_text("employee_id,name\n" + rows)
        assert import_files(store, "roster", [tmp_path / "roster.csv"], effective=begins).status == "stored"
    store.close()
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    page = AppTest.from_file(ENTRY, default_timeout=90)
    page.query_params["as"], page.query_params["as_of"] = "2", "2024-06-01"
    page.run()
    if "The roster of 2024-06-01" not in texts(page):
        page = page.switch_page(page_file("team/people")).run()

    assert not page.exception
    assert "The roster of 1 June 2024 does not list this person" in texts(page)

    page.button(key="to_today").click().run()
    assert not page.exception
    assert "Bea" in texts(page)
    assert "as_of" not in page.query_params


@pytest.mark.parametrize("name", ["team/overview", "team/readiness", "team/people"])
def test_a_role_weight_of_100_stands_on_every_page_about_readiness(tmp_path, monkeypatch, name):
    store = Store.open(tmp_path / "x.duckdb")
    files = {
        "skills": "skill_id,name\ns,S\n",
        "roster": "employee_id,name,role_id\n1,Ann,r\n",
        "roles": "role_id,role_name,skill_id,required_level,weight\nr,R,s,1,100\n",
    }
    for kind, text in files.items():
        (tmp_path / f"{kind}.csv").write_text(text)
        assert import_files(store, kind, [tmp_path / f"{kind}.csv"], effective=date(2024, 1, 1)).status == "stored"
    store.close()

    page = opened(tmp_path / "x.duckdb", name, monkeypatch, employee="1")
    assert not page.exception
    assert "overflow" not in texts(page).lower()


def test_a_definition_is_looked_for_by_any_of_its_words_and_opened(demo_db, monkeypatch):
    """Somebody who reads "partial" in a report would scroll through sixty definitions."""
    page = opened(demo_db, "reports/definitions", monkeypatch)
    assert len(page.dataframe[0].value) == len(catalogue())
    page.text_input(key="filter_find").set_value("SEAT time amount").run()
    assert "Spend" in list(page.dataframe[0].value["title"])
    assert len(page.dataframe[0].value) < 5
    page.text_input(key="filter_find").set_value("no such words").run()
    assert "No definition has these words" in page.info[0].value
    page = opened(demo_db, "reports/definitions", monkeypatch, metric="coverage")
    assert page.code[0].value == catalogue()["coverage"].sql
    assert "Σ met ÷ Σ required" in texts(page)
