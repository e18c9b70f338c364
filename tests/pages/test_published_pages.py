"""Pages over what was published: the database's numbers, of one publication each; else people see two states, or none."""

import os
import re
import threading
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from skilltrack.access.viewer import Viewer
from skilltrack.api import ROUTES, health, stopping
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping import conditions, shared_store, store_at
from skilltrack.lake import publish
from skilltrack.mail import STOP
from skilltrack.questions import Filters
from skilltrack.storage import address_of, following
from skilltrack.ui import cache
from skilltrack.ui.shell import NAMES, page_file
from tests.companies import demo_in
from tests.lake.published import InDuckdb
from tests.pages.opening import ENTRY, linked
from tests.pages.test_pages import texts, unescaped

EVERYONE = Viewer.everyone()
CLOSED = {
    "team/waiting", "data/uploads", "reports/schedules", "reports/mails", "admin/roles", "audit/log", "data/privacy",
}  # fmt: skip
OPEN = [name for name in NAMES if name not in CLOSED]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo company, published beside its database."""
    return published(tmp_path_factory.mktemp("published"))


def published(folder):
    publish(store_at(demo_in(folder)), EVERYONE, str(folder / "lake"))
    return folder


@pytest.fixture(autouse=True)
def lakes(monkeypatch):
    """What has been opened, in the place of sessions of a cluster."""
    opened_here = []

    def open_lake(address):
        opened_here.append(InDuckdb(address))
        return opened_here[-1]

    monkeypatch.setattr(shared_store, "open_lake", open_lake)
    monkeypatch.setattr(shared_store, "_published", {})
    return opened_here


def shown(folder, monkeypatch, name, **query):
    """A page over what was published in a folder."""
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={folder}/lake")
    return linked(name, **query)


def of_database(folder, monkeypatch, name, **query):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", str(folder / "demo.duckdb"))
    return linked(name, **query)


def numbers(page):
    return [(metric.label, metric.value, metric.delta) for metric in page.metric]


def tables(page):
    return [frame.value.astype(str).to_csv() for frame in page.dataframe]


def infos(page):
    return [unescaped(info.value) for info in page.info]


def is_whole(page):
    return (list(page.exception), list(page.error)) == ([], [])


def somebody(folder):
    people = store_at(folder / "demo.duckdb").query(
        "select employee_id from kept_awards as a join kept_people using (person) order by all limit 1"
    )
    return people["employee_id"][0].as_py()


def join(folder, person):
    """Have one more person on the roster, and publish that."""
    store = store_at(folder / "demo.duckdb")
    role = store.query("select min(role_id) as role_id from role_rows")["role_id"][0].as_py()
    row = f"employee_id,name,role_id,team\n{person},Kim {person},{role},Grid north\n".encode()
    done = import_sources(store, [Source("roster", f"{person}.csv", row)], Options(mode="changes"))
    assert done.status == "stored", done.problems
    publish(store, EVERYONE, str(folder / "lake"))


@pytest.mark.parametrize("name", [name for name in OPEN if name not in ("data/issuers", "reports/exports")])
def test_a_page_shows_the_numbers_of_the_database_and_of_when_they_are(demo, monkeypatch, name):
    page, other = shown(demo, monkeypatch, name), of_database(demo, monkeypatch, name)

    assert is_whole(page)
    at = InDuckdb(address_of(f"sc://localhost:1/?data={demo}/lake")).manifest.computed_at
    assert f"Computed at {at[11:16]} UTC on" in texts(page)
    assert f"from sc://localhost:1/?data={demo}/lake." in texts(page)
    assert "Computed at" not in texts(other)
    assert numbers(page) == numbers(other)
    assert tables(page) == tables(other)


def test_the_language_of_the_reader_says_when_it_was_computed(demo, monkeypatch):
    assert "Berechnet um" in texts(shown(demo, monkeypatch, "team/gaps", lang="de"))


def test_a_page_says_what_it_asks_a_cluster_and_nothing_of_what_it_asks_a_database(demo, monkeypatch):
    spinner, waiting = cache.st.spinner, []

    def recorded(text, **more):
        waiting.append(unescaped(text))
        return spinner(text, **more)

    monkeypatch.setattr(cache.st, "spinner", recorded)
    assert is_whole(of_database(demo, monkeypatch, "team/gaps"))
    assert waiting == []
    assert is_whole(shown(demo, monkeypatch, "team/gaps", lang="en"))
    assert "Asking the cluster: Totals" in waiting
    assert any(text.startswith("Asking the cluster: Gaps, ") for text in waiting)


def test_a_person_is_shown_and_the_parts_that_only_the_database_has_say_so(demo, monkeypatch):
    who = somebody(demo)
    page, other = (show(demo, monkeypatch, "team/people", employee=who) for show in (shown, of_database))

    assert is_whole(page)
    assert numbers(page) == numbers(other)
    assert tables(page) == tables(other)[: len(tables(page))]
    assert len(tables(page)) >= 4
    assert len(infos(page)) == 1
    assert re.search(r"is answered by the database itself only: \w+ is not published", infos(page)[0])
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={demo}/lake")
    page.toggle(key="origins").set_value(True).run()
    assert is_whole(page)
    assert "Origins is answered by the database itself only" in infos(page)[1]


def test_what_rests_on_issuers_and_badges_is_for_the_database_and_the_rest_of_the_page_is_shown(demo, monkeypatch):
    page, other = shown(demo, monkeypatch, "data/issuers"), of_database(demo, monkeypatch, "data/issuers")
    assert is_whole(page)
    assert [info for info in infos(page) if "by the database itself only" in info]
    assert "What to verify next" in texts(page)
    assert set(tables(page)) <= set(tables(other))
    page = shown(demo, monkeypatch, "data/catalogue", part="skills")
    assert is_whole(page)
    assert "The database itself has this, and not what was published of it." in infos(page)


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_a_page_about_the_database_itself_is_not_in_the_menu_and_says_why_to_a_link(demo, monkeypatch, name):
    page = shown(demo, monkeypatch, name)

    assert is_whole(page)
    assert "is about the database itself, and this is what was published of it" in infos(page)[0]
    with pytest.raises(ValueError, match="page"):
        page.switch_page(page_file(name))


def test_nothing_that_stores_is_offered(demo, monkeypatch):
    """Every button leads somewhere, opens why, or downloads."""
    harmless = ("why_", "pick_due_", "csv_", "crumb_", "export_file", "back_to_", "to_today", "play_year")
    queries = {"team/people": {"employee": somebody(demo)}}
    for name in OPEN:
        page = shown(demo, monkeypatch, name, **queries.get(name, {}))
        buttons = [*page.button, *page.get("download_button")]
        keys = [button.key for button in buttons]
        assert [key for key in keys if not str(key).startswith(harmless)] == [], name
        assert [*page.get("file_uploader"), *page.get("data_editor")] == [], name
        assert list(page.text_area) == [], name
    assert "look_as" not in {box.key for box in page.selectbox}


def test_a_report_is_downloaded_as_a_plain_file_and_packs_are_not_offered(demo, monkeypatch):
    page = shown(demo, monkeypatch, "reports/exports")

    assert is_whole(page)
    assert "Board pack" not in page.selectbox(key="export_what").options
    assert page.selectbox(key="export_as").options == ["CSV", "JSON"]
    page.selectbox(key="export_what").select("readiness").run()
    assert is_whole(page)
    assert len(page.dataframe[0].value) == 10


def test_a_link_that_looks_as_somebody_is_refused_and_so_is_what_was_known_earlier(demo, monkeypatch):
    page = AppTest.from_file(ENTRY, default_timeout=90)
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={demo}/lake")
    page.query_params["as"] = somebody(demo)
    page.run()
    assert "does not say who may see whom" in texts(page)
    assert not numbers(page)
    page = shown(demo, monkeypatch, "team/gaps", known_at="2026-01-01")
    assert "what was known when it was published" in unescaped(page.error[0].value)
    page.button(key="back_to_now").click().run()
    assert is_whole(page)
    assert "filter_known_at" not in {field.key for field in page.date_input}


def test_without_local_mode_nobody_is_let_in(demo, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_LOCAL", "")
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={demo}/lake")
    page = AppTest.from_file(ENTRY, default_timeout=90).run()
    assert "serve --local" in texts(page)
    assert not numbers(page)


def test_programs_and_links_in_mails_are_told_that_it_is_read_only(demo, monkeypatch):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={demo}/lake")
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", "a token of the test")
    client = TestClient(Starlette(routes=[*ROUTES, *stopping.ROUTES, *health.ROUTES]))
    token = {"Authorization": "Bearer a token of the test"}
    sent = client.post("/api/imports/skills", content=b"skill_id,name\ns1,One\n", headers=token)
    assert sent.status_code >= 400
    assert "is read only" in sent.text
    assert client.get("/api/reports", headers={"Authorization": "Bearer other"}).status_code == 503
    link = client.get(STOP)
    assert (link.status_code, "is read only" in link.text) == (404, True)
    assert client.get("/api/health").status_code == client.get("/readyz").status_code == 200


def test_a_newer_publication_is_on_the_next_page_and_the_one_before_is_let_go_of(tmp_path, monkeypatch, lakes):
    published(tmp_path)
    before = shown(tmp_path, monkeypatch, "team/readiness")
    monkeypatch.setattr(following, "LOOK", 0.0)
    shared_store.data_at(Path(os.environ["SKILLTRACK_DB"].replace("//", "/%2F")))._next_look = 0.0
    join(tmp_path, "new1")
    page, other = shown(tmp_path, monkeypatch, "team/readiness"), of_database(tmp_path, monkeypatch, "team/readiness")

    assert is_whole(page)
    assert numbers(page) == numbers(other) != numbers(before)
    assert tables(page) == tables(other)
    assert [lake.is_closed for lake in lakes] == [True, False]


def test_a_page_in_whose_midst_is_published_anew_is_of_the_new_state_altogether(tmp_path, monkeypatch, lakes):
    published(tmp_path)
    shown(tmp_path, monkeypatch, "reports/definitions")
    answer, asked = InDuckdb.answering, []

    def answering(lake, sql):
        asked.append(sql)
        if len(asked) == 3:
            join(tmp_path, "new2")
        answer(lake, sql)

    monkeypatch.setattr(InDuckdb, "answering", answering)
    page = shown(tmp_path, monkeypatch, "team/readiness")
    assert len(asked) > 5
    other = of_database(tmp_path, monkeypatch, "team/readiness")
    assert is_whole(page)
    assert numbers(page) == numbers(other)
    assert tables(page) == tables(other)
    assert [lake.is_closed for lake in lakes] == [True, False]


def test_who_looks_while_somebody_waits_for_an_answer_gets_the_same_one(demo, monkeypatch, lakes):
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", f"sc://localhost:1/?data={demo}/lake")
    monkeypatch.setattr(cache, "viewer", Viewer.of_published)
    is_asked, may_answer, answers = threading.Event(), threading.Event(), []

    def answering(lake, sql):
        is_asked.set()
        assert may_answer.wait(60)

    monkeypatch.setattr(InDuckdb, "answering", answering)
    question = Filters(team="Grid north", months=7)  # that no other test asks

    def look():
        answers.append(cache.ask("trend", question))

    first, second = threading.Thread(target=look), threading.Thread(target=look)
    first.start()
    assert is_asked.wait(60)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    may_answer.set()
    first.join(60)
    second.join(60)
    assert len(answers) == 2
    assert answers[0].equals(answers[1])
    assert sum("month_end" in sql for lake in lakes for sql in lake.asked) == 1


def test_a_cluster_that_goes_away_is_told_on_the_page_and_what_is_known_is_still_shown(tmp_path, monkeypatch, lakes):
    published(tmp_path)
    known = shown(tmp_path, monkeypatch, "team/readiness")
    (tmp_path / "lake").rename(tmp_path / "away")
    assert numbers(shown(tmp_path, monkeypatch, "team/readiness")) == numbers(known)
    page = shown(tmp_path, monkeypatch, "team/readiness", team="Grid south")
    assert not page.exception
    assert "the files are gone" in unescaped(page.error[0].value)
    database = Path(os.environ["SKILLTRACK_DB"].replace("//", "/%2F"))
    assert [(one.name, one.is_ok, one.is_needed) for one in conditions(database)] == [("store", False, True)]
    (tmp_path / "away").rename(tmp_path / "lake")
    assert is_whole(shown(tmp_path, monkeypatch, "team/readiness", team="Grid south"))


def test_what_cannot_be_opened_is_told_on_each_page_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "AGAIN", 0.0)
    page = shown(tmp_path, monkeypatch, "team/readiness")
    assert not page.exception
    assert "does not find the published relations" in unescaped(page.error[0].value)
    published(tmp_path)
    assert is_whole(shown(tmp_path, monkeypatch, "team/readiness"))
