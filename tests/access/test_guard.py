"""What stands in front of every request, over real HTTP; and what the screens do when nobody has signed in."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from streamlit.testing.v1 import AppTest

from skilltrack.config import ROOT
from tests.browser.conftest import Server

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("guard") / "x.duckdb")
    yield server.url
    server.stop()


def get(url, **headers):
    request = urllib.request.Request(url, headers={name.replace("_", "-"): said for name, said in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


@pytest.mark.parametrize("headers", [
    {"Host": "skills.example"}, {"Host": "127.0.0.1.evil.example"}, {"X_Forwarded_For": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"}, {"X_Real_IP": "127.0.0.1"}, {"Via": "1.1 proxy"},
])  # fmt: skip
@pytest.mark.parametrize("path", ["", "healthz", "_stcore/health", "media/x", "api/imports/skills"])
def test_local_mode_answers_no_other_name_and_no_proxy(url, path, headers):
    assert get(url + path, **headers)[0] == 403


def test_local_mode_refuses_a_socket_under_another_name(url):
    port = int(url.rsplit(":", 1)[1].strip("/"))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert wire.recv(100).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("path", ["", "coverage", "healthz", "nothing/here", "_stcore/health", "api/openapi.json"])
def test_every_answer_carries_the_security_headers(url, path):
    _, headers = get(url + path)

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize(("environment", "words", "told"), [
    ({"SKILLTRACK_LOCAL": ""}, [], "Set a provider (docs/signing-in.md), or add --local"),
    ({"SKILLTRACK_HOST": "0.0.0.0"}, ["--local"], "answers this machine only"),
    ({"SKILLTRACK_LOCAL": "", "SKILLTRACK_OIDC_URL": "https://x.example"}, [], "The sign-in needs url (SKILLTRACK_URL)"),
])  # fmt: skip
def test_serving_what_nobody_could_sign_in_to_or_everybody_could_reach_is_refused(
    tmp_path, monkeypatch, environment, words, told
):
    for name, said in environment.items():
        monkeypatch.setenv(name, said)
    command = [sys.executable, "-m", "skilltrack", "--db", str(tmp_path / "x.duckdb"), "serve", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def opened(db, monkeypatch, **environment):
    for name, said in ({"SKILLTRACK_DB": str(db)} | environment).items():
        monkeypatch.setenv(name, said)
    return AppTest.from_file(ENTRY, default_timeout=30).run()


def test_without_provider_and_local_mode_the_screens_say_what_to_configure_and_nothing_else(tmp_path, monkeypatch):
    page = opened(tmp_path / "x.duckdb", monkeypatch, SKILLTRACK_LOCAL="")

    assert "no provider is configured" in page.text[0].value
    assert (page.metric, page.dataframe, page.selectbox) == ([], [], [])
    assert not (tmp_path / "x.duckdb").exists()


def test_local_mode_on_an_open_address_shows_nothing(tmp_path, monkeypatch):
    import streamlit

    monkeypatch.setattr(streamlit, "get_option", lambda name: "0.0.0.0")
    page = opened(tmp_path / "x.duckdb", monkeypatch)

    assert "Local mode answers this machine only" in page.text[0].value
    assert page.metric == []
