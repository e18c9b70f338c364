"""What watches the app sees whether it works, and learns nothing about anybody."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from skilltrack.api import health
from skilltrack.config import ROOT
from skilltrack.keeping import backup, condition
from skilltrack.keeping.shared_store import store_at
from tests.access import wire
from tests.browser.provider import settings
from tests.commands.test_beside import company_in
from tests.forked import skilltrack
from tests.ports import free_port

TOKEN = "a token of the test that nobody guesses"
HERE, AFAR = {}, {"X-Forwarded-For": "203.0.113.7"}
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}
CANARY = "Zyxwvut-Qponmlk"
FAILING = """
import os, sys
def fail(*_):
    raise ValueError(f"Could not convert string {os.environ['CANARY']!r} to DATE")
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "skilltrack.ui.catalogue_todo":
            fail()
        if name == "skilltrack.api.routes":
            import skilltrack.api.document
            sys.modules["skilltrack.api.document"].document = fail
sys.meta_path.insert(0, Finder())
"""
"""Has one page, and one address of the API, fail as if a cell of somebody's had been at fault."""


def get(url, headers=HERE):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """The address at which this process is watched, with a small company that is well, and its store."""
    port = free_port()
    monkeypatch.setenv("SKILLTRACK_WATCH_ADDRESS", f"127.0.0.1:{port}")
    monkeypatch.setenv("SKILLTRACK_DB", str(company_in(tmp_path)))
    monkeypatch.setattr(health, "FRESH", 0)
    monkeypatch.setattr(health, "WAIT", 60)  # a busy machine is slow, and well
    store = store_at(tmp_path / "c.duckdb")
    backup(store, tmp_path / "backup.duckdb")
    health.listen()
    yield f"http://127.0.0.1:{port}/", store
    store.close()


def wrong(url):
    """The status of /readyz, and the conditions that are not well."""
    status, text, _ = get(f"{url}readyz")
    conditions = json.loads(text)["conditions"]
    return status, {name: each["message"] for name, each in conditions.items() if not each["ok"]}


def test_each_thing_that_is_wrong_is_named_and_only_what_stops_the_app_makes_it_unready(watched, monkeypatch, tmp_path):
    url, store = watched
    assert wrong(url) == (200, {})
    with monkeypatch.context() as patch:
        patch.setattr(condition, "ROOM", 2**70)
        assert [*wrong(url)[1]] == ["disk"]
        patch.setattr(condition, "NEEDED", 2**70)
        assert wrong(url)[0] == 503
    with monkeypatch.context() as patch, store.let_go():  # as while it is restored
        patch.setattr(health, "WAIT", 0.2)
        assert "did not answer within" in wrong(url)[1]["store"]
    with store.write() as transaction:
        transaction.run("update upload_events set happened_at = happened_at - interval 40 days")
        transaction.run("""update journal_lines set line = replace(line, '"happened_at": "2', '"happened_at": "1')""")
    status, messages = wrong(url)
    assert (status, [*messages]) == (200, ["roster", "backup"])
    assert messages["roster"].startswith("The newest roster is 40 days old.")
    assert "skilltrack_roster_age_days 40." in get(f"{url}metrics")[1]
    with store.write() as transaction:
        transaction.run("delete from kept_state")
    assert wrong(url)[0] == 503
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "files" / "roster.csv"))
    assert "is not a DuckDB database" in wrong(url)[1]["store"]
    assert 'skilltrack_ok{condition="store"} 0.0' in get(f"{url}metrics")[1]


@contextmanager
def serving(folder, **more):
    """A server with a sign-in, whose log is a file; gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    (folder / "sitecustomize.py").write_text(FAILING)
    environment = settings("https://login.example", url) | more
    environment |= {"PYTHONPATH": f"{folder}:{ROOT}", "CANARY": CANARY}
    environment |= {"SKILLTRACK_API_TOKEN": TOKEN, "SKILLTRACK_WATCH_TOKEN": TOKEN}
    command = [sys.executable, "-m", "skilltrack", "--db", folder / "c.duckdb", "serve", "--port", str(port)]
    with (folder / "log").open("w") as log:
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        for _ in range(600):
            try:
                get(f"{url}healthz")
                break
            except OSError:
                assert app.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield url
    finally:
        app.terminate()
        app.wait(60)


def test_requests_pages_questions_uploads_and_failures_are_counted_and_logged_without_a_word_about_anybody(tmp_path):
    """A canary is in a file, in addresses and in what exceptions say; it is looked for in every line that leaves."""
    db = company_in(tmp_path)
    assert skilltrack("give", "01", "hr", db=db).returncode == 0
    assert skilltrack("import", "roster", tmp_path / "files/roster.csv", db=db).returncode == 0
    with serving(tmp_path, SKILLTRACK_LOG="json", SKILLTRACK_LOG_LEVEL="info", SKILLTRACK_ACCOUNT_CLAIM="sub") as url:
        bad = f"employee_id,name\n,{CANARY}\n".encode()
        push = urllib.request.Request(f"{url}api/imports/roster?name={CANARY}.csv", bad, ALLOWED)
        with pytest.raises(urllib.error.HTTPError, match="422"):
            urllib.request.urlopen(push, timeout=60)
        shown = get(f"{url}api/openapi.json")
        with wire.opened(url, wire.session(url, sub="01")) as browser:
            for page in ("gaps", "catalogue"):
                browser.send(wire.page_of(page, f"employee={CANARY}"))
                drawn = wire.until_drawn(browser)
            during = get(f"{url}metrics", ALLOWED)[1]
        assert skilltrack("uploads", db=db).returncode == 0
        until = time.monotonic() + 60  # within which the app has noticed that the tab is closed
        while "skilltrack_sessions 0.0" not in (told := get(f"{url}metrics", ALLOWED)[1]) and time.monotonic() < until:
            time.sleep(0.1)
        stranger = get(f"{url}metrics", AFAR)[0], get(f"{url}readyz", AFAR)[:2], get(f"{url}healthz", AFAR)[:2]
        known = json.loads(get(f"{url}readyz", AFAR | ALLOWED)[1])
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    failures = [line for line in lines if line["level"] == "error"]

    assert stranger == (401, (200, '{"status":"ok"}'), (200, "ok"))
    assert [*known["conditions"]] == ["store", "kept", "writable", "disk", "roster", "backup"]
    for number in (
        'skilltrack_uploads_total{outcome="refused"} 1.0',
        'skilltrack_commands_total{code="0"} 1.0',
        'skilltrack_failures_total{where="page"} 1.0',
        'skilltrack_failures_total{where="request"} 1.0',
        'skilltrack_request_seconds_count{method="POST",route="api",status="422"} 1.0',
        'skilltrack_page_seconds_count{page="Gaps"} 1.0',
        "skilltrack_sessions 0.0",
    ):
        assert number in told
    assert "skilltrack_sessions 1.0" in during
    assert 'skilltrack_question_seconds_count{metric="gaps"}' in told
    assert sorted(line["where"] for line in failures) == ["page", "request"]
    assert all("ValueError" in line["trace"] and "fail" in line["trace"] for line in failures)
    request, page = sorted((line["reference"] for line in failures), key=lambda each: each not in str(shown[2]))
    assert shown[2]["x-request-id"] == request
    assert page.encode() in b"".join(drawn)
    assert {"route": "api", "method": "POST", "status": 422}.items() <= next(
        line for line in lines if line.get("status") == 422
    ).items()
    assert CANARY not in (tmp_path / "log").read_text() + told + str(known)


def test_only_the_level_debug_writes_what_an_exception_says(tmp_path):
    """Whoever looks for a fault can have the text; it is a choice, made by a setting."""
    code = (
        "import logging; from skilltrack import logs; from skilltrack.config import log_rules; logs.begin(log_rules())\n"
        f"try:\n    int('{CANARY}')\nexcept ValueError as error:\n"
        "    logging.getLogger('skilltrack').error('failed', exc_info=error)"
    )
    for level, is_shown in (("debug", True), ("warning", False)):
        told = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"SKILLTRACK_LOG_LEVEL": level},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stderr
        assert "ERROR failed" in told
        assert (f"invalid literal for int() with base 10: '{CANARY}'" in told) == is_shown
