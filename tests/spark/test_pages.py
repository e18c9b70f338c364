"""Every page over a real cluster shows the numbers of the database; else two truths go about, or a page that never comes."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="`make test-spark` installs what these need")

from skilltrack.config import ROOT
from skilltrack.keeping import data_at, store_at
from skilltrack.lake import publish
from skilltrack.storage import following
from tests.companies import demo_in
from tests.pages import opening
from tests.pages.test_pages import texts, unescaped
from tests.pages.test_published_pages import (
    EVERYONE,
    OPEN,
    infos,
    is_whole,
    join,
    numbers,
    of_database,
    somebody,
    tables,
)
from tests.ports import free_port
from tests.spark.cluster import TOKEN, cluster


def published(folder):
    publish(store_at(demo_in(folder)), EVERYONE, str(folder / "lake"))
    return folder


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Each question takes seconds, and a page asks up to 14."""
    monkeypatch.setattr(opening, "PATIENCE", 600)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo company, published beside its database."""
    return published(tmp_path_factory.mktemp("published"))


def address(port, folder):
    return f"sc://localhost:{port}/?data={folder}/lake"


def data(port, folder):
    """What the pages over a folder read."""
    return data_at(Path(address(port, folder).replace("//", "/%2F")))


def shown(port, folder, monkeypatch, name, **query):
    """A page over what was published in a folder."""
    monkeypatch.setitem(os.environ, "SKILLTRACK_DB", address(port, folder))
    return opening.linked(name, **query)


@pytest.mark.parametrize("name", OPEN)
def test_each_page_shows_what_it_shows_over_the_database(port, demo, monkeypatch, name):
    query = {"employee": somebody(demo)} if name == "team/people" else {}
    page, other = shown(port, demo, monkeypatch, name, **query), of_database(demo, monkeypatch, name, **query)

    assert is_whole(page), (page.exception, page.error)
    assert "Computed at" in texts(page)
    assert TOKEN not in texts(page)
    if name == "data/issuers":
        assert "Spark cannot answer this. Ask the database itself." in infos(page)
        assert tables(page) == [one for one in tables(other) if one in tables(page)]
    elif name != "reports/exports":
        assert numbers(page) == numbers(other)
        assert tables(page) == tables(other)[: len(tables(page))]
        assert len(tables(page)) >= len(tables(other)) - (name == "team/people")


def test_a_newer_publication_is_on_the_next_page_and_a_lost_session_is_begun_anew(port, tmp_path, monkeypatch):
    published(tmp_path)
    before = shown(port, tmp_path, monkeypatch, "data/catalogue")
    monkeypatch.setattr(following, "LOOK", 0.0)
    followed = data(port, tmp_path)
    followed._next_look = 0.0
    join(tmp_path, "new1")
    page, other = (
        shown(port, tmp_path, monkeypatch, "data/catalogue"),
        of_database(tmp_path, monkeypatch, "data/catalogue"),
    )
    assert is_whole(page)
    assert is_whole(before)
    assert numbers(page) == numbers(other)
    monkeypatch.setattr(following, "LOOK", 3600.0)
    followed.data_version()
    lost = followed._newest
    lost._session.client.release_session()
    page = shown(port, tmp_path, monkeypatch, "data/catalogue", as_of="2026-01-31")
    assert is_whole(page)
    assert numbers(page) == numbers(of_database(tmp_path, monkeypatch, "data/catalogue", as_of="2026-01-31"))
    assert followed._newest is not lost
    followed.close()


def test_a_page_whose_files_go_while_it_is_drawn_is_drawn_again(port, tmp_path, monkeypatch):
    published(tmp_path)
    followed = data(port, tmp_path)
    with followed.held():
        followed.data_version()
    join(tmp_path, "new2")  # the files of before are gone, and it is not time to look
    page = shown(port, tmp_path, monkeypatch, "team/experts")
    assert is_whole(page)
    assert numbers(page) == numbers(of_database(tmp_path, monkeypatch, "team/experts"))
    assert tables(page) == tables(of_database(tmp_path, monkeypatch, "team/experts"))
    followed.close()


def test_a_cluster_that_goes_away_is_told_on_the_page_soon_and_what_is_known_is_still_shown(
    tmp_path, monkeypatch, caplog
):
    published(tmp_path)
    (tmp_path / "cluster").mkdir()
    monkeypatch.setenv("SKILLTRACK_DB_PASSWORD", TOKEN)
    with cluster(tmp_path / "cluster", spark_connect_authenticate_token=TOKEN) as running:
        known = shown(running.port, tmp_path, monkeypatch, "team/experts")
        assert is_whole(known)
        os.killpg(running.connect.pid, signal.SIGKILL)
        assert tables(shown(running.port, tmp_path, monkeypatch, "team/experts")) == tables(known)
        begun = time.monotonic()
        page = shown(running.port, tmp_path, monkeypatch, "team/experts", as_of="2026-01-31")
        assert time.monotonic() - begun < 60
    assert not page.exception
    assert "the cluster does not answer (" in unescaped(page.error[0].value)
    assert TOKEN not in texts(page) + caplog.text


def test_the_app_shows_published_relations_and_nobody_reads_the_token(port, demo, tmp_path):
    own = free_port()
    command = [sys.executable, "-m", "skilltrack", "--db", address(port, demo), "serve", "--local", "--port", str(own)]
    log = tmp_path / "log"
    with log.open("wb") as file, subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file) as app:
        try:
            until = time.monotonic() + 120
            while "listens on" not in log.read_text() or not _answers(own, "/readyz"):
                assert app.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            assert _answers(own, "/")
            assert TOKEN not in Path(f"/proc/{app.pid}/cmdline").read_text()
        finally:
            app.terminate()
    assert TOKEN not in log.read_text()
    assert "Traceback" not in log.read_text()


def _answers(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_pages_over_a_file_load_nothing_of_spark(demo):
    code = (
        "import sys; from tests.pages.opening import opened; page = opened('team/gaps'); "
        "assert page.metric and not page.exception; "
        "sys.exit([name for name in ('pyspark', 'sqlglot', 'grpc') if name in sys.modules] or 0)"
    )
    copy = demo_in(demo / "copy")
    environment = os.environ | {
        "SKILLTRACK_DB": str(copy),
        "SKILLTRACK_LOCAL": "1",
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
