"""What each role finds on the screens: pages that are open, sentences where they are not, and nobody else's names."""

import os
import shutil
import time
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from skilltrack.access import accounts
from skilltrack.access.sessions import SignIn
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT, today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.keeping.shared_store import store_at
from skilltrack.ui import parts, signin
from skilltrack.ui.cache import scope_of
from skilltrack.ui.shell import AREA_OF, NAMES, OPEN_TO_ALL, PAGES, page_file
from tests.access.surfaces import sent
from tests.companies import demo_in
from tests.pages.test_pages import texts

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")
TEAM = {
    "team/overview", "team/coverage", "team/organisation", "team/gaps", "team/readiness", "team/experts", "team/people", "team/renewals", "team/staffing", "team/changes"}  # fmt: skip
WHO = {
    "00126": {"team/people", "reports/exports"},
    "00125": TEAM | {"team/waiting", "money/spend", "reports/exports"},
    "00516": TEAM
    | {
        "team/waiting",
        "money/spend",
        "data/uploads",
        "data/catalogue",
        "data/issuers",
        "data/privacy",
        "reports/exports",
    },  # HR, and a manager
    "00517": TEAM
    | {"money/spend", "data/uploads", "data/catalogue", "data/issuers", "reports/exports", "reports/schedules"},
    "00520": {"team/people", "reports/exports", "audit/log"},  # an auditor, and an employee
    "00523": {"team/people", "reports/exports", "admin/roles"},  # an administrator, and an employee
}


@pytest.fixture(scope="module")
def demo_db(tmp_path_factory):
    return demo_in(tmp_path_factory.mktemp("screens"))


def looked(db, monkeypatch, who, name=None, **query):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(db))
    page = AppTest.from_file(ENTRY, default_timeout=90)
    page.query_params["as"] = who
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    return page.switch_page(page_file(name)).run() if name and name != NAMES[0] else page


def opens(page, name, who):
    page.switch_page(page_file(name)).run()
    pytest.fail(
        f"{name} is open to {who}. If it should be, add it to TEAM or WHO above; else mend AREA_OF in ui/shell.py."
    )


@pytest.mark.parametrize("who", WHO)
def test_each_role_finds_its_pages_and_no_others(demo_db, monkeypatch, who):
    page = looked(demo_db, monkeypatch, who)
    open_to_them = [name for name in NAMES if name in WHO[who] or name in OPEN_TO_ALL]
    for name in open_to_them:
        page = page.switch_page(page_file(name)).run() if name != NAMES[0] else page
        assert (page.exception, page.error) == ([], []), name
        assert page.title, name
    for name in set(NAMES[1:]) - set(open_to_them):
        with pytest.raises(ValueError, match="page"):  # it is not registered at all
            opens(page, name, who)


@pytest.mark.parametrize(
    ("who", "packs"), [("00126", ["Transcript of one person"]), ("00520", ["Transcript of one person", "Audit pack"])]
)
def test_an_employee_exports_their_own_record_and_an_auditor_the_audit_pack(demo_db, monkeypatch, who, packs):
    page = looked(demo_db, monkeypatch, who, "reports/exports", team="Workshops")

    assert page.selectbox(key="export_what").options == [
        *packs,
        "Changes",
        "Gaps",
        "What to learn next",
        "Readiness",
        "Renewals",
    ]
    assert [box.key for box in page.selectbox if box.key in ("filter_manager", "filter_team", "filter_employee")] == []
    for form in page.selectbox(key="export_as").options:
        page.selectbox(key="export_as").select(form).run()
        assert (page.exception, page.error, len(page.info)) == ([], [], 0)


def test_every_page_says_to_which_area_it_belongs_or_is_open_to_everybody():
    named = {page.name for pages in PAGES.values() for page in pages}

    assert named - set(AREA_OF) == set(OPEN_TO_ALL) == {"reports/definitions", "reports/mails"}


def test_an_employee_starts_at_their_own_record_and_is_shown_nobody_else_s(demo_db, monkeypatch):
    page = looked(demo_db, monkeypatch, "00126")
    assert page.title[0].value == "People"
    assert "Freja Jansson" in texts(page)
    page = looked(demo_db, monkeypatch, "00126", "team/people", employee="00516")

    assert "You may see your own" in page.warning[0].value
    assert "Freja Jansson" in texts(page)
    assert "Mohammed Lopez" not in texts(page)


def test_a_manager_s_overview_is_of_their_own_people(demo_db, monkeypatch):
    everybody = looked(demo_db, monkeypatch, "00517")
    mine = looked(demo_db, monkeypatch, "00125")

    assert mine.selectbox(key="filter_manager").options[0] == "My organisation"
    assert everybody.selectbox(key="filter_manager").options[0] == "Whole company"
    assert mine.metric[0].value != everybody.metric[0].value


def test_an_unknown_person_in_the_link_opens_nothing(demo_db, monkeypatch):
    page = looked(demo_db, monkeypatch, "99999")

    assert "is on no roster today" in page.text[0].value
    assert page.metric == []


def test_an_administrator_gives_a_role_and_takes_it_back(demo_db, tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    page = looked(path, monkeypatch, "00523", "admin/roles")
    page.text_input(key="give_account").set_value("00126").run()
    page.selectbox(key="give_role").set_value("delegate").run()
    page.button(key="give_go").click().run()
    assert "say for whom" in page.error[0].value
    page.text_input(key="give_manager").set_value("00125").run()
    page.button(key="give_go").click().run()
    assert not page.exception
    assert accounts.viewer_called(store_at(path), "00126").lines == ("00125",)
    page.selectbox(key="take_which").set_value(
        next(i for i, o in enumerate(page.selectbox(key="take_which").options) if "Stand-in" in o)
    ).run()
    page.button(key="take_go").click().run()

    assert accounts.viewer_called(store_at(path), "00126").lines == ()


def test_who_lost_the_role_meanwhile_cannot_act_on_a_page_that_is_still_open(demo_db, tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    page = looked(path, monkeypatch, "00523", "admin/roles")
    page.text_input(key="give_account").set_value("00126").run()
    accounts.take(store_at(path), Viewer.everyone(), "00523", "administrator")
    page.button(key="give_go").click().run()

    assert "hr" not in accounts.viewer_called(store_at(path), "00126").roles
    assert "is for administrators" in texts(page) or page.title[0].value == "People"


def test_a_download_made_before_asks_again_who_is_looking(monkeypatch):
    seen = Viewer("a", frozenset({"hr"}))
    now = [seen]
    state = {signin.VIEWER: seen, signin.LOOK: lambda: now[0]}
    monkeypatch.setattr(signin.st, "session_state", state)
    make = signin.while_in(lambda: b"rows")

    assert make() == b"rows"
    now[0] = Viewer("a", frozenset({"employee"}), "a")
    with pytest.raises(BadQuestion, match="has changed"):
        make()


def test_the_key_of_a_kept_answer_tells_viewers_apart_and_not_the_order_of_their_roles():
    viewers = [
        Viewer("a"),
        Viewer("b"),
        Viewer("a", frozenset({"hr"})),
        Viewer("a", frozenset({"hr", "ld"})),
        Viewer("a", employee_id="a"),
        Viewer("a", lines=("a",)),
        Viewer("a", lines=("a", "b")),
    ]

    assert len({scope_of(viewer) for viewer in viewers}) == len(viewers)
    assert scope_of(Viewer("a", frozenset(["ld", "hr"]))) == scope_of(Viewer("a", frozenset(["hr", "ld"])))


@pytest.mark.parametrize("account", ["00125", "", " ", None, 5])
def test_who_signs_in_without_an_address_is_nobody_even_where_it_is_somebody_s_id(account):
    rules, now = SignIn("https://skills.example", {}, {}, {}, 3600), time.time()
    claims = {"is_logged_in": True, "email": account, "email_verified": True, "iat": now, "exp": now + 60}

    with pytest.raises(Refused, match="did not include your email"):
        signin._signed_in(rules, claims)


def noted(path, event):
    log = store_at(path).journal.audit
    return [(log_entry["who"], log_entry["about"]) for log_entry in log.entries() if log_entry["event"] == event]


def test_the_log_says_of_whom_a_file_or_a_transcript_is_whatever_the_link_says(demo_db, tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo_db, path)
    code = store_at(path).journal.audit.code
    with sent(is_signed_in=False):
        looked(path, monkeypatch, "00125", "team/coverage", employee="00126")
    assert {about for _, about in noted(path, "exported")} == {""}
    with sent(is_signed_in=False):
        looked(path, monkeypatch, "00126", "team/people", employee="00516")
    assert {about for who, about in noted(path, "exported") if who == code("00126")} == {code("00126")}
    page = looked(path, monkeypatch, "00125", "reports/exports", employee="00126")
    assert noted(path, "saw") == []
    page.selectbox(key="export_what").set_value("transcript").run()
    assert noted(path, "saw") == [(code("00125"), code("00126"))]


def test_a_file_of_a_page_that_was_drawn_before_people_moved_is_not_made(demo_db, tmp_path, monkeypatch):
    path, offered = tmp_path / "demo.duckdb", {}
    shutil.copy(demo_db, path)
    button = parts.st.download_button

    def download_button(label, data, *rest, **more):
        offered[more["key"]] = data
        return button(label, data, *rest, **more)

    monkeypatch.setattr(parts.st, "download_button", download_button)
    for who, is_made in (("00125", False), ("00517", True)):
        looked(path, monkeypatch, who, "team/renewals")
        with monkeypatch.context() as patch:
            patch.setattr(parts, "LISTED", 1)  # a large file is made before it is asked for
            page = looked(path, monkeypatch, who, "reports/exports")
            page.selectbox(key="export_what").set_value("gaps").run()
            page.selectbox(key="export_as").set_value("csv").run()
            page.button(key="export_make").click().run()
        made = [offered["csv_renewals"], offered["export_file"]]
        assert all(make().startswith(b"employee_id") for make in made)
        with monkeypatch.context() as patch:
            patch.setattr(signin, "today", lambda: today() + timedelta(days=1))
            assert is_made or refused(made)
        accounts.give(store_at(path), Viewer.everyone(), "00126", "ld")
        assert all(make() for make in made) if is_made else refused(made)


def refused(made):
    for make in made:
        with pytest.raises(BadQuestion, match="Reload the page"):
            make()
    return True
