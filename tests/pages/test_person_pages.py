"""A person's page: the proof behind each line, what lapses first, the sentences on top; and names wherever ids stood."""

import re
from datetime import date, timedelta

import pytest

from skilltrack.access import Viewer, accounts
from skilltrack.access.trail import note
from skilltrack.config import today
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.shared_store import store_at
from skilltrack.storage.store import Store
from skilltrack.text import host_of
from skilltrack.ui import parts
from tests.pages.test_pages import opened, texts, unescaped
from tests.pages.test_why import reasons_of, sentences_add_up, signs

NOW = today()
BADGES = f"""award_id,employee_id,credential_id,issued_on,expires_on,evidence_url
a1,1,aid,2024-01-01,{NOW + timedelta(days=12)},https://proofs.example.org/a1?x=1
a2,1,weld,2024-01-01,,javascript:alert(document.cookie)
a3,1,lift,2024-01-01,{NOW + timedelta(days=300)},https://good.example@evil.example/a3
a4,1,swim,2024-01-01,2024-06-30,
"""
FILES = {
    "skills": "skill_id,name\naid,First aid\nweld,Welding\nlift,Lifting\nswim,Swimming\nlaw,Law\ntax,Tax\n",
    "credentials": "credential_id,name,issuer,list_price,currency\naid,Aid,Red Cross,,\nweld,Weld,Guild,,\n"
    "lift,Lift,Guild,,\nswim,Swim,Club,,\nboth,Law and tax,School,140,EUR\n",
    "credential_skills": "credential_id,skill_id,level\naid,aid,1\nweld,weld,3\nlift,lift,2\nswim,swim,1\n"
    "both,law,1\nboth,tax,1\n",
    "roles": "role_id,role_name,skill_id,required_level,critical\nr,Rigger,aid,1,true\nr,Rigger,weld,2,false\n"
    "r,Rigger,law,1,true\nr,Rigger,tax,1,false\n",
    "roster": "employee_id,name,team,role_id,manager_id\n1,Ann Lee,A,r,9\n2,Bo Ray,A,r,9\n9,Di Fox,,,\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from,valid_to,evidence_url\n"
    "1,swim,2,Dr V,2024-01-01,,see folder 7\n",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    path = tmp_path_factory.mktemp("person") / "c.duckdb"
    store = Store.open(path)
    files = FILES | {"badges": BADGES}
    given = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in files.items()]
    assert import_sources(store, given, Options(date(2024, 1, 1), by="9")).status == "stored"
    store.close()
    return path


TOLD_BY = {
    "gaps": {"required_level", "reason"},
    "roles": {"account", "of_manager"},
    "audit_log": {"who", "about"},
    "uploads": {"by_whom", "new_rows"},
    "people_moved": {"what", "before"},
}
"""Columns that tell a table without a key of its own from others."""


def table(page, name):
    columns = TOLD_BY.get(name)
    return next(
        one.value
        for one in page.dataframe
        if (one.key == f"table_{name}" if columns is None else columns <= set(one.value))
    )


def ticked(page, name, **cells):
    """The page once the row with these cells is ticked; the links that open, and what the page says."""
    rows = table(page, name).reset_index(drop=True)
    at = next(n for n, row in rows.iterrows() if all(row[column] == cell for column, cell in cells.items()))
    page.session_state[f"table_{name}"] = {"selection": {"rows": [at], "columns": [], "cells": []}}
    page.run()
    assert not page.exception
    return [(unescaped(link.proto.label), link.proto.url) for link in page.get("link_button")]


def test_the_proof_of_a_line_is_opened_by_a_click_and_only_a_link_of_the_web_is_one(company, monkeypatch):
    """A manager could look at no proof on record; one who could would run what a file of badges brought."""
    page = opened(company, "team/people", monkeypatch, employee="1")
    assert page.get("link_button") == []
    proofs = dict(zip(table(page, "transcript")["skill"], table(page, "transcript")["proof"], strict=False))
    assert proofs["First aid"] == "proofs.example.org"

    for name in ("transcript", "can_do"):
        page = opened(company, "team/people", monkeypatch, employee="1")
        assert ticked(page, name, skill="First aid") == [
            ("Opens proofs.example.org", "https://proofs.example.org/a1?x=1")
        ]
        page = opened(company, "team/people", monkeypatch, employee="1")
        assert ticked(page, name, skill="Welding") == []
        assert "no link that can be opened: javascript:alert(document.cookie)" in texts(page)
        page = opened(company, "team/people", monkeypatch, employee="1")
        assert ticked(page, name, skill="Lifting") == []
        page = opened(company, "team/people", monkeypatch, employee="1")
        assert ticked(page, name, skill="Swimming", source="Recognised prior learning") == []
        assert "no link that can be opened: see folder 7" in texts(page)
    page = opened(company, "team/people", monkeypatch, employee="1")
    assert ticked(page, "transcript", skill="Swimming", source="Certificate or badge") == []
    assert "No proof of this line is on record." in texts(page)


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://a.example/x", "a.example"),
        ("HTTP://A.Example:8080/x", "a.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://[::1]/x", "::1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ftp://a.example/", ""),
        ("//a.example/", ""),
        ("https:/a.example", ""),
        ("https://good.example@evil.example/", ""),
        ("https://evil.example\\.good.example/", ""),
        ("https://evil%2eexample/", ""),
        ("https://a.example /", ""),
        ("https://a.example:99999/", ""),
        ("see folder 7", ""),
    ],
)
def test_a_link_is_told_by_the_host_that_a_browser_would_open(link, host):
    assert host_of(link) == host


def test_what_lapses_first_stands_first_and_what_no_longer_counts_stands_last(company, monkeypatch):
    """What ends in twelve days stood below everything at a higher level."""
    page = opened(company, "team/people", monkeypatch, employee="1")

    assert table(page, "can_do")["skill"].tolist() == ["First aid", "Lifting", "Welding", "Swimming"]
    assert table(page, "transcript")["skill"].tolist() == ["First aid", "Lifting", "Welding", "Swimming", "Swimming"]
    assert table(page, "transcript")["counts"].tolist() == [True] * 4 + [False]
    assert table(page, "gaps")["skill"].tolist() == ["Law", "Tax"]


def sentences(page):
    labels = [unescaped(link.proto.label) for link in page.main.get("page_link")]
    return [re.sub(r"\*\*", "", text) for text in [*labels, *(unescaped(text.value) for text in page.markdown)]]


def test_a_person_s_page_begins_with_what_lapses_what_is_missing_and_what_would_meet_it(company, monkeypatch):
    page = opened(company, "team/people", monkeypatch, employee="1")
    end = NOW + timedelta(days=12)

    assert sentences(page)[-3:] == [
        f"First aid ends in 12 days, on {end.day} {end:%B %Y}. The role needs it. Of 4 skills, 1 ends within 90 days.",
        "2 of 4 requirements of their role are not met: Law, Tax. 1 of them is critical.",
        "Law and tax would meet 2 of the 2 that are missing. Its list price is 140 EUR.",
    ]
    assert sentences_add_up(page) == 3
    assert reasons_of(page, "says_lapsing")[0] == {"Counted": "1", "Not counted": "3"}
    assert reasons_of(page, "says_unmet")[0]["Counted"] == "2"
    assert reasons_of(page, "says_learning")[0] == {"Counted": "2"}


def test_people_catalogue_and_uploads_begin_with_sentences_each_with_its_rows(company, demo_db, monkeypatch):
    """Whoever opened one of these pages got a list, and had to find out what to do by reading it."""
    page = opened(company, "team/people", monkeypatch)
    assert [text for text in sentences(page) if "requirements" in text or "critical" in text][:3] == [
        "Bo Ray lacks the most: 4 of 4 requirements are not met.",
        "2 of 2 people lack something critical for their role.",
        "1 of 3 people has no role with requirements: coverage and readiness leave them out.",
    ]
    assert sentences_add_up(page) == 3
    assert reasons_of(page, "says_unasked")[0] == {"Counted": "1", "Not counted": "2"}
    page = opened(company, "data/uploads", monkeypatch)
    upload = f"The last upload came on {NOW.day} {NOW:%B %Y} with 7 files: rows new 29, changed 0, people gone 0."
    assert upload in sentences(page)
    assert reasons_of(page, "says_latest_upload")[0] == {"Counted": "7"}
    page = opened(company, "data/catalogue", monkeypatch)
    assert "Everything that people hold counts, and every job title stands for a role." in sentences(page)
    page = opened(demo_db, "data/catalogue", monkeypatch)
    assert sentences_add_up(page) >= 1


LARGE = {
    "team/coverage": {"says_unmet_team", "says_unmet"},
    "team/gaps": {"says_unmet", "says_unmet_skill", "says_unmet_team"},
    "team/readiness": {"says_waiting", "says_waiting_team", "says_closest_met_employee"},
    "team/renewals": {"says_met_then", "says_met_then_skill"},
    "team/staffing": {"says_unmet_team", "says_unmet"},
    "team/people": {"says_waiting", "says_unmet_team"},
}


@pytest.mark.parametrize("name", LARGE)
def test_of_very_many_people_each_page_still_begins_with_sentences(demo_db, monkeypatch, name):
    """A director of 30,000 was told to choose a team, and nothing else."""
    monkeypatch.setattr(parts, "LISTED", 50)
    asked = {"role": "grid-sr"} if name == "team/readiness" else {}
    page = opened(demo_db, name, monkeypatch, **asked)

    assert {sign for sign in signs(page) if sign.startswith("says_")} >= LARGE[name]
    assert sentences_add_up(page) >= len(LARGE[name])


def test_names_stand_where_ids_stood_and_what_is_typed_may_be_a_name(company, monkeypatch):
    """An administrator had to know that 1 is Ann Lee, and to type it."""
    page = opened(company, "admin/roles", monkeypatch)
    page.text_input(key="give_account").set_value("ann lee").run()
    page.selectbox(key="give_role").set_value("delegate").run()
    page.text_input(key="give_manager").set_value("Di Fox (9)").run()
    page.button(key="give_go").click().run()
    assert not page.exception
    assert accounts.viewer_called(store_at(company), "1").lines == ("9",)
    assert table(page, "roles")[["account", "of_manager"]].to_numpy().tolist() == [["Ann Lee (1)", "Di Fox (9)"]]
    assert page.selectbox(key="take_which").options == ["Ann Lee (1) · Stand-in for a manager · Di Fox (9)"]

    note(store_at(company).journal.audit, "9", "saw", "1")
    page = opened(company, "audit/log", monkeypatch, about="Ann Lee", event="saw")
    assert table(page, "audit_log")[["who", "about"]].to_numpy().tolist()[:1] == [["Di Fox (9)", "Ann Lee (1)"]]
    assert set(table(page, "audit_log")["about"]) == {"Ann Lee (1)"}
    page = opened(company, "data/uploads", monkeypatch)
    assert table(page, "uploads")["by_whom"].tolist() == ["Di Fox (9)"]


def test_who_has_no_business_with_people_reads_ids_in_the_audit_log_as_before(company, monkeypatch):
    """An auditor sees no people: a log that names them would tell who they are."""
    store = store_at(company)
    accounts.give(store, Viewer.everyone(), "2", "auditor")
    note(store.journal.audit, "9", "saw", "1")
    page = opened(company, "audit/log", monkeypatch, event="saw", **{"as": "2"})

    assert "9" in set(table(page, "audit_log")["who"])
    assert set(table(page, "audit_log")["about"]) == {"1"}
    assert "Ann Lee" not in texts(page)


def test_people_who_would_move_are_told_by_name_with_the_names_of_their_managers(company, monkeypatch):
    roster = FILES["roster"].replace("2,Bo Ray,A,r,9", "2,Bo Ray,A,r,1")
    page = opened(company, "data/uploads", monkeypatch)
    page.file_uploader(key="upload_files_0").upload("roster.csv", roster.encode())
    page.run()
    moved = table(page, "people_moved")

    assert next(iter(moved)) == "name"
    assert moved[["name", "before", "after"]].to_numpy().tolist() == [["Bo Ray", "Di Fox (9)", "Ann Lee (1)"]]


def test_two_people_of_one_name_are_not_taken_for_each_other(tmp_path, monkeypatch):
    path = tmp_path / "c.duckdb"
    store = Store.open(path)
    roster = "employee_id,name,team\n1,Ann Lee,A\n2,Ann Lee,A\n"
    assert import_sources(store, [Source("roster", "r.csv", roster.encode())], Options(date(2024, 1, 1))).status
    store.close()
    page = opened(path, "admin/roles", monkeypatch)
    page.text_input(key="give_account").set_value("Ann Lee").run()
    page.button(key="give_go").click().run()

    assert "2 people are called Ann Lee: 1, 2. Write the id." in unescaped(page.error[0].value)
    assert accounts.roles_in_force(store_at(path)).empty
