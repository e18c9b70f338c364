"""The socket answers nobody more than the app needs: every kind of message, over a real server and a real socket."""

import os
import platform
import subprocess
import sys
import time
import urllib.request

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.metrics_util import Installation
from streamlit.version import STREAMLIT_VERSION_STRING

from skilltrack.config import ROOT
from skilltrack.ui.socket import FOR_ANYBODY, FOR_SIGNED_IN, without_server_details
from tests.access.wire import RERUN, SIGN_IN_PAGE, answers_to, frames, kinds, opened, reached, session, spying
from tests.browser.conftest import Server
from tests.browser.provider import settings

FRAMES = frames()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("socket")


@pytest.fixture(scope="module")
def url(folder):
    asked = lambda url: settings("https://login.example", url) | spying(folder)  # noqa: E731
    server = Server(folder / "x.duckdb", asked, is_anew=True)
    yield server.url
    server.stop()


def arrived(folder, expected):
    """What has reached streamlit: an answer may come before that is written down, so as much as is expected is awaited."""
    path, until = folder / "reached", time.monotonic() + 60
    while True:
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        if len(lines) >= len(expected) or time.monotonic() > until:
            return lines
        time.sleep(0.02)


def test_the_list_of_messages_is_that_of_the_installed_streamlit():
    assert {"rerun_script", "load_git_info", "clear_cache", "debug_shutdown_runtime", "install_skills"} <= set(FRAMES)
    assert FOR_ANYBODY < FOR_SIGNED_IN < set(FRAMES)


@pytest.mark.parametrize("kind", FRAMES)
def test_without_a_session_nothing_but_the_sign_in_page_is_answered(url, folder, kind):
    reached(folder)
    with opened(url, {}) as wire:
        told = answers_to(wire, FRAMES[kind])

    if kind in FOR_SIGNED_IN - FOR_ANYBODY:  # the browser of somebody whose session has ended comes anew
        assert told == 1008
        assert reached(folder) == []
    else:
        assert "delta" in kinds(told)
        assert kinds(told) <= SIGN_IN_PAGE
        expected = ["rerun_script"] * (2 if kind == "rerun_script" else 1)
        assert arrived(folder, expected) == expected


@pytest.mark.parametrize("kind", FRAMES)
def test_with_a_session_only_what_the_pages_need_reaches_streamlit(url, folder, kind):
    reached(folder)
    with opened(url, session(url)) as wire:
        answers_to(wire, FRAMES[kind])

    expected = [kind, "rerun_script"] if kind in FOR_SIGNED_IN else ["rerun_script"]
    assert arrived(folder, expected) == expected


def test_a_text_instead_of_bytes_is_left_out(url, folder):
    reached(folder)
    with opened(url, {}) as wire:
        assert kinds(answers_to(wire, "load_git_info")) <= SIGN_IN_PAGE

    assert arrived(folder, ["rerun_script"]) == ["rerun_script"]


def test_nobody_is_told_where_and_on_what_the_server_runs(url):
    installation = Installation.instance()
    git = ["git", "-C", str(ROOT), "rev-parse", "--abbrev-ref", "HEAD"]
    branch = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    secret = {str(ROOT), "ui/main.py", platform.python_version(), ", ".join(map(str, sys.version_info[:3])),
              ".".join(map(str, sys.version_info)), STREAMLIT_VERSION_STRING, platform.system(),
              installation.installation_id, installation.installation_id_v3, branch} - {"", "main"}  # fmt: skip
    for headers in ({}, session(url)):
        with opened(url, headers) as wire:
            told = answers_to(wire, RERUN)
        assert len(told) > 5
        assert [word for word in secret for frame in told if word.encode() in frame] == []


def test_a_message_that_starts_a_session_keeps_what_the_browser_needs_of_it():
    message = ForwardMsg()
    message.new_session.main_script_path = "/srv/app/main.py"
    message.new_session.name = "main"
    message.new_session.initialize.session_id = "s"
    message.new_session.initialize.environment_info.python_version = "3.11"
    message.new_session.initialize.user_info.installation_id = "i"
    told = ForwardMsg.FromString(without_server_details(message.SerializeToString())).new_session

    assert (told.name, told.main_script_path, told.initialize.session_id) == ("main", "", "s")
    assert told.initialize.HasField("environment_info")
    assert told.initialize.HasField("user_info")
    assert told.initialize.environment_info.python_version + told.initialize.user_info.installation_id == ""


def test_a_session_that_ends_while_its_socket_is_open_is_asked_for_at_every_message(url, folder):
    held = session(url, sub="leaver")
    reached(folder)
    with opened(url, held) as wire:
        assert "file_urls_response" in kinds(answers_to(wire, FRAMES["file_urls_request"]))
        urllib.request.urlopen(urllib.request.Request(f"{url}auth/logout", headers=held), timeout=120).close()
        assert answers_to(wire, FRAMES["file_urls_request"]) == 1008

    expected = ["file_urls_request", "rerun_script"]
    assert arrived(folder, expected) == expected


def test_local_mode_needs_no_session_and_answers_nothing_more(tmp_path):
    asked = os.environ | {"SKILLTRACK_LOCAL": "1"} | spying(tmp_path)
    server = Server(tmp_path / "x.duckdb", lambda url: asked, is_anew=True)
    try:
        for kind in ("file_urls_request", "load_git_info", "clear_cache", "of a later version"):
            with opened(server.url, {}) as wire:
                told = answers_to(wire, FRAMES[kind])
            assert "git_info_changed" not in kinds(told)
    finally:
        server.stop()

    expected = ["file_urls_request", *["rerun_script"] * 4]
    assert arrived(tmp_path, expected) == expected
