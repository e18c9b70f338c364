"""What stands in front of every request, over real HTTP; and what the screens do when nobody has signed in."""

import asyncio
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from starlette.datastructures import Headers
from streamlit.testing.v1 import AppTest

from skilltrack.access.sessions import SignIn
from skilltrack.api.guard import Guard
from skilltrack.config import ROOT
from skilltrack.ui.socket import is_allowed
from tests import forked
from tests.browser.conftest import Server
from tests.browser.provider import settings

ENTRY = str(ROOT / "skilltrack" / "ui" / "main.py")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("guard") / "x.duckdb")
    yield server.url
    server.stop()


def get(url, **headers):
    request = urllib.request.Request(url, headers={name.replace("_", "-"): said for name, said in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "skills.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X_Real_IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
@pytest.mark.parametrize("path", ["", "healthz", "_stcore/health", "media/x", "api/imports/skills"])
def test_local_mode_answers_no_other_name_and_no_proxy(url, path, headers):
    assert get(url + path, **headers)[0] == 403


@pytest.mark.parametrize(("host", "origin", "status"), [
    ("evil.example", None, 403), ("127.0.0.1:PORT", "http://evil.example", 403), ("127.0.0.1:PORT", "null", 403),
    ("127.0.0.1:PORT", "file://", 403), ("127.0.0.1:PORT", "", 403), ("127.0.0.1:PORT", None, 101),
    ("127.0.0.1:PORT", "http://127.0.0.1:1", 403), ("127.0.0.1:PORT", "http://127.0.0.1:PORT", 101),
])  # fmt: skip
def test_local_mode_refuses_a_socket_under_another_name_or_for_another_site(url, host, origin, status):
    port = url.rsplit(":", 1)[1].strip("/")
    asked = f"Host: {host}\r\n" + ("" if origin is None else f"Origin: {origin}\r\n")
    assert opening_a_socket(port, asked.replace("PORT", port)).startswith(b"HTTP/1.1 %d" % status)


def opening_a_socket(port, headers):
    with socket.create_connection(("127.0.0.1", int(port)), timeout=60) as wire:
        wire.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + headers.encode() + b"\r\n"
        )
        return wire.recv(100)


def test_a_server_on_an_open_address_asks_no_other_host_at_its_start_or_for_any_origin(tmp_path, beacon):
    """Streamlit asks an outside service for this machine's address where it is not told, and everybody waits."""
    proxy, asked = beacon
    outward = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy) | {
        "SKILLTRACK_HOST": "0.0.0.0",
        "no_proxy": "",
        "NO_PROXY": "",
    }
    asks = "from streamlit.net_util import get_external_ip; get_external_ip()"
    subprocess.run([sys.executable, "-c", asks], env=os.environ | outward, check=True, timeout=120, capture_output=True)
    assert asked  # what is asked of outside would be seen here
    asked.clear()

    server = Server(tmp_path / "x.duckdb", lambda url: settings("https://login.example", url) | outward)
    port = server.url.rsplit(":", 1)[1].strip("/")
    hosts = (f"127.0.0.1:{port}", "skills.example?x", "skills.example@y", "[", "")
    answers = [
        opening_a_socket(port, f"Host: {host}\r\nOrigin: {origin}\r\n")
        for host in hosts
        for origin in ("", "null", "http://", "file://", "x", f"http://{host}", f"1x://{host}", "http://[")
    ]
    server.stop()

    assert asked == []
    assert [answer[9:12] for answer in answers].count(b"101") == 1  # its own
    assert {answer[9:12] for answer in answers} == {b"101", b"403"}


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


@pytest.mark.parametrize(
    ("environment", "words", "told"),
    [
        ({"SKILLTRACK_LOCAL": ""}, [], "Set a provider (docs/signing-in.md), or add --local"),
        ({"SKILLTRACK_HOST": "0.0.0.0"}, ["--local"], "answers this machine only"),
        (
            {"SKILLTRACK_LOCAL": "", "SKILLTRACK_OIDC_URL": "https://x.example"},
            [],
            "The sign-in needs url (SKILLTRACK_URL)",
        ),
        ({"SKILLTRACK_API_TOKEN": "x" * 15}, ["--local"], "SKILLTRACK_API_TOKEN is too short"),
    ],
)
def test_serving_what_nobody_could_sign_in_to_or_everybody_could_reach_is_refused(tmp_path, environment, words, told):
    done = forked.skilltrack("serve", *words, db=tmp_path / "x.duckdb", **environment)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def opened(db, monkeypatch, **environment):
    for name, said in ({"SKILLTRACK_DB": str(db)} | environment).items():
        monkeypatch.setenv(name, said)
    return AppTest.from_file(ENTRY, default_timeout=90).run()


def test_without_provider_and_local_mode_the_screens_say_what_to_configure_and_nothing_else(tmp_path, monkeypatch):
    page = opened(tmp_path / "x.duckdb", monkeypatch, SKILLTRACK_LOCAL="")

    assert "no provider is configured" in page.text[0].value
    assert (page.metric, page.dataframe, [box.key for box in page.selectbox]) == ([], [], ["speak"])
    assert not (tmp_path / "x.duckdb").exists()


def test_local_mode_on_an_open_address_shows_nothing(tmp_path, monkeypatch):
    import streamlit

    monkeypatch.setattr(streamlit, "get_option", lambda name: "0.0.0.0")
    page = opened(tmp_path / "x.duckdb", monkeypatch)

    assert "Local mode answers this machine only" in page.text[0].value
    assert page.metric == []


def guarded(path, *, host="skills.example", peer="10.0.0.7", claims=None, set_cookies=(), **headers):
    """Status and headers that the guard lets out over HTTPS, around an app that answers 302 to `/` with cookies."""
    rules = SignIn("https://skills.example", {}, {}, {}, 3600)

    async def app(scope, receive, send):
        cookies = [(b"set-cookie", cookie.encode()) for cookie in set_cookies]
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/"), *cookies]})

    sent = []

    async def send(message):
        sent.append(message)

    asked = {"host": host} | {name.replace("_", "-"): said for name, said in headers.items()}
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "client": (peer, 5),
        "scheme": "http",
        "headers": [(name.encode(), said.encode()) for name, said in asked.items()],
    }
    guard = Guard(app, "policy", False, rules, lambda cookies: claims or {}, lambda claims: None, is_allowed, bytes)
    asyncio.run(guard(scope, None, send))
    answer = Headers(raw=sent[0]["headers"])
    return sent[0]["status"], answer, answer.getlist("set-cookie")


def test_cookies_travel_over_https_only_and_last_no_longer_than_a_session():
    given = ["_streamlit_user=a; HttpOnly; Max-Age=2592000; Path=/", "_streamlit_xsrf=b; Path=/", "c=d; Secure"]
    _, headers, cookies = guarded("/", set_cookies=given)

    assert all(cookie.lower().count("secure") == 1 for cookie in cookies)
    assert "Max-Age=3600" in cookies[0]
    assert headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("%2Fpeople%3Femployee%3D1", "/people?employee=1"),
        ("%2F%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2F%0D%0Aset-cookie%3A%20a", "/"),
        ("", "/"),
    ],
)
def test_a_sign_in_leads_to_the_page_that_was_wanted_if_it_is_ours(wanted, led):
    _, headers, cookies = guarded(
        "/oauth2callback", set_cookies=["_streamlit_user=a; Path=/"], cookie=f"skilltrack_next={wanted}"
    )

    assert headers["location"] == led
    assert any(cookie.startswith("skilltrack_next=") and "Max-Age=0" in cookie for cookie in cookies)


def test_another_host_name_and_routes_without_a_session_are_refused():
    assert guarded("/", host="evil.example")[0] == 403
    assert guarded("/media/a.csv")[0] == 403
    assert guarded("/auth/login", origin="https://skills.example")[0] == 302
    assert guarded("/auth/login", origin="https://skills.example:8443")[0] == 403
    assert guarded("/", host="127.0.0.1")[0] == 403  # from another machine, whatever it says
    assert guarded("/", host="127.0.0.1", peer="127.0.0.1")[0] == 302
    for origin in ("null", "file://", "https://skills.example"):  # streamlit would ask another host who it is
        assert guarded("/_stcore/stream", host="127.0.0.1", peer="127.0.0.1", origin=origin)[0] == 403
    assert guarded("/media/a.csv", claims={"sub": "a"})[0] == 302
    assert guarded("/media/a.csv", claims={"sub": "a"})[1]["cache-control"] == "no-store"
