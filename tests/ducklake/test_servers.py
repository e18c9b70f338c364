"""Two app servers on one lake behind a plain proxy: whichever answers, a person sees the same, and a killed one loses nothing."""

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.access.accounts import give
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.ingest import import_folder
from skilltrack.keeping import check, open_at
from skilltrack.mail import schedule
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.storage import address_of
from skilltrack.ui.shell import NAMES
from tests.access import wire
from tests.browser.provider import settings
from tests.ducklake.proxy import proxy
from tests.ducklake.server import PASSWORD, PROGRAMS, postgres
from tests.forked import Serving
from tests.ingest.test_import import COMPANY, write
from tests.ports import free_port

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

HR = "ann@x.example"
WAIT = 300
"""Seconds until something that does not come is missed: a machine that runs other tests meanwhile is slow."""


class AppServer:
    """One process that serves the lake."""

    def __init__(self, address, url):
        self.port = free_port()
        self._is_there = True
        told = settings("http://127.0.0.1:9", url) | {"SKILLTRACK_DB_PASSWORD": PASSWORD}
        self._serving = Serving(["--db", str(address), "serve", "--port", str(self.port)], told)

    def ready(self):
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=WAIT):
                return self.port
            time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self):
        os.kill(self._serving.number, signal.SIGKILL)
        self.stop()

    def stop(self):
        if self._is_there:
            self._is_there = False
            self._serving.stop()


class Group:
    """A company in a lake, two servers that show it, and the proxy before them."""

    def __init__(self, server, folder, front):
        self.postgres, self.front = server, front
        (folder / "lake").mkdir()
        self.kept = folder / "lake" / "skilltrack.files"
        self.address = address_of(f"{server.catalogue(f'group{time.monotonic_ns()}')}?data={folder}/lake")
        with self.lake() as lake:
            assert import_folder(lake, write(folder / "files", **COMPANY)).status == "stored"
            for role in ("hr", "ld", "auditor", "administrator"):
                give(lake, Viewer.everyone(), HR, role)
            self.token = make_token(lake, Viewer.everyone(), HR, ["imports", "uploads"])
        self.servers = [AppServer(self.address, front.url) for _ in range(2)]
        front.servers = [each.ready() for each in self.servers]

    @contextmanager
    def lake(self):
        with closing(open_at(self.address)) as lake:
            yield lake

    def ask(self, path, content=None, **more):
        """What the API answers at the next server."""
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.front.url}api/{path}", content, headers, **more)
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def replace_killed(self):
        """Start a server in the place of one that was killed."""
        self.servers = [each for each in self.servers if each._is_there]
        self.servers.append(AppServer(self.address, self.front.url))
        self.front.servers = [each.ready() for each in self.servers]


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    with postgres() as server, proxy() as front, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_DB_PASSWORD", PASSWORD)
        made = Group(server, tmp_path_factory.mktemp("servers"), front)
        yield made
        for each in made.servers:
            each.stop()


def shown(browser, name):
    """What a page sends to a browser that clicks on it in the menu."""
    return b"\n".join(drawn(browser, wire.page_of(name, "")))


def drawn(browser, frame):
    """The messages of a whole page, which a server sends to a browser that has sent one, of its last run."""
    browser.send(frame)
    page = []
    while True:
        content = browser.recv(timeout=WAIT)
        message = ForwardMsg.FromString(content)
        page = [content] if message.WhichOneof("type") == "new_session" else [*page, content]
        if (
            message.WhichOneof("type") == "script_finished"
            and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        ):
            return page


class Screen:
    """A page in a browser, on which somebody types and clicks."""

    def __init__(self, browser, name):
        self._browser, self._name, self._states = browser, name, {}
        self._drawn = drawn(browser, wire.page_of(name, ""))

    def holds(self, text):
        return text in b"\n".join(self._drawn)

    def _widgets(self):
        for message in map(ForwardMsg.FromString, self._drawn):
            element = message.delta.new_element
            if (kind := element.WhichOneof("type")) in ("button", "text_input", "selectbox"):
                yield getattr(element, kind)

    def _one(self, label):
        (widget,) = [widget for widget in self._widgets() if widget.label == label]
        return widget

    def offers(self, label):
        return not self._one(label).disabled

    def type(self, label, text):
        self._do(self._one(label).id, string_value=text)

    def choose_first(self, label):
        widget = self._one(label)
        self._do(widget.id, string_value=widget.options[0])

    def click(self, label):
        number = self._one(label).id
        self._do(number, trigger_value=True)
        del self._states[number]

    def _do(self, number, **value):
        self._states[number] = {"id": number, **value}
        asked = {"page_name": self._name, "widget_states": {"widgets": list(self._states.values())}}
        self._drawn = drawn(self._browser, BackMsg(rerun_script=asked).SerializeToString())


def test_who_has_signed_in_is_in_at_every_server_and_who_has_signed_out_is_out_of_all(group):
    headers = wire.session(group.front.url, email=HR)
    before = len(group.front.served)
    for _ in range(2):
        with wire.opened(group.front.url, headers) as browser:
            assert b"Signed in as" in shown(browser, "uploads")
    assert len(set(group.front.served[before:])) == 2
    with wire.opened(group.front.url, headers) as one, wire.opened(group.front.url, headers) as other:
        assert b"Signed in as" in shown(one, "uploads")
        assert b"Signed in as" in shown(other, "uploads")
        out = urllib.request.Request(f"{group.front.url}auth/logout", headers={"Cookie": headers["Cookie"]})
        with suppress(OSError):  # where the provider would be
            urllib.request.urlopen(out, timeout=WAIT)
        for browser in (one, other):
            page = shown(browser, "uploads")
            assert b"You have signed out" in page
            assert b"Signed in as" not in page


def test_every_page_is_shown(group):
    with wire.opened(group.front.url, wire.session(group.front.url, email=HR, nonce="of all pages")) as browser:
        for name in ["", *(name.split("/")[1] for name in NAMES[1:])]:
            page = shown(browser, name)
            assert b"Signed in as" in page, name
            assert not [wrong for wrong in (b"Something went wrong", b"PostgreSQL") if wrong in page], name


def test_what_one_server_stores_another_shows_on_its_next_page_and_takes_back(group):
    headers = wire.session(group.front.url, email=HR, nonce="another sign-in")
    with wire.opened(group.front.url, headers) as one, wire.opened(group.front.url, headers) as other:
        assert b"nightly.csv" not in shown(one, "uploads") + shown(other, "uploads")
        status, answer = group.ask("imports/skills?name=nightly.csv", b"skill_id,name\nforge,Forging\n", method="POST")
        assert (status, answer["status"]) == (200, "stored")
        for browser in (one, other):
            assert b"nightly.csv" in shown(browser, "uploads")
    assert len(set(group.front.served[-3:])) == 2
    for _ in range(2):  # at either server it is known
        again = group.ask("imports/skills?name=nightly.csv", b"skill_id,name\nforge,Forging\n", method="POST")
        assert (again[0], again[1]["status"], again[1]["upload_id"]) == (200, "repeated", answer["upload_id"])
    assert group.ask(f"uploads/{answer['upload_id']}/undo", b"", method="POST")[0] == 200
    states = [
        next(row for row in group.ask("uploads")[1]["uploads"] if row["upload_id"] == answer["upload_id"])["status"]
        for _ in range(2)
    ]
    assert states == ["undone", "undone"]


def test_an_export_saved_at_one_server_is_used_and_forgotten_at_another(group):
    headers = wire.session(group.front.url, email=HR, nonce="of exports")
    before = len(group.front.served)
    with wire.opened(group.front.url, headers) as one, wire.opened(group.front.url, headers) as other:
        first = Screen(one, "exports")
        first.type("Save this export as", "For the board")
        first.click("Save")
        assert first.holds(b"For the board: ")

        second = Screen(other, "exports")
        assert second.holds(b"For the board: ")
        second.click("Forget")
        assert not second.holds(b"For the board: ")
        assert not Screen(one, "exports").holds(b"For the board: ")
    assert len(set(group.front.served[before:])) == 2


def test_a_report_scheduled_in_a_lake_is_on_every_server_and_paused_for_all_at_one(group, monkeypatch):
    for name, value in {"SMTP_HOST": "127.0.0.1", "SMTP_FROM": "skills@x.example", "URL": group.front.url}.items():
        monkeypatch.setenv(f"SKILLTRACK_{name}", value)
    with group.lake() as lake:
        made = schedule(lake, Viewer.everyone(), Order("coverage", "csv", Filters()), [HR], "week", 1, 6).encode()
    headers = wire.session(group.front.url, email=HR, nonce="of schedules")
    before = len(group.front.served)
    with wire.opened(group.front.url, headers) as one, wire.opened(group.front.url, headers) as other:
        first, second = Screen(one, "schedules"), Screen(other, "schedules")
        assert first.holds(made)
        assert second.holds(made)
        first.choose_first("Change a schedule")
        assert (first.offers("Pause"), first.offers("Resume")) == (True, False)
        first.click("Pause")

        second = Screen(other, "schedules")
        second.choose_first("Change a schedule")
        assert (second.offers("Pause"), second.offers("Resume")) == (False, True)
        second.click("End it")
        assert not Screen(one, "schedules").holds(made)
    assert len(set(group.front.served[before:])) == 2


@pytest.mark.parametrize("moment", ["its file is kept", "its line is in the journal"])
def test_a_server_that_is_killed_in_the_midst_of_an_upload_leaves_it_whole_or_not_at_all(group, moment):
    name = "killed-" + moment.split()[1]
    content = b"skill_id,name\n" + b"".join(b"%s-%d,Skill\n" % (name.encode(), number) for number in range(3000))
    before, size = set(group.kept.iterdir()), (group.kept / "journal.jsonl").stat().st_size
    answers = []

    def send():
        with suppress(OSError):
            answers.append(group.ask(f"imports/skills?name={name}.csv", content, method="POST"))

    sending = threading.Thread(target=send)
    sending.start()
    until = time.monotonic() + WAIT
    while sending.is_alive() and time.monotonic() < until:
        is_kept = any(len(path.name) == 64 for path in set(group.kept.iterdir()) - before)
        if is_kept if "file" in moment else (group.kept / "journal.jsonl").stat().st_size > size:
            break
    killed = next(each for each in group.servers if each.port == group.front.served[-1])
    killed.kill()
    sending.join(WAIT)
    assert answers == [], "it was stored before the server could be killed"

    status, answer = group.ask(f"imports/skills?name={name}.csv", content, method="POST")
    assert (status, answer["status"]) == (200, "stored" if "file" in moment else "repeated")
    with group.lake() as lake:
        rows = lake.query(
            f"select count(*) as n, count(distinct skill_id) as ids from skill_rows where skill_id like '{name}-%'"
        )
        assert rows.to_pylist() == [{"n": 3000, "ids": 3000}]
        numbers = lake.query("select upload_id from uploads order by 1")["upload_id"].to_pylist()
        assert numbers == list(range(1, len(numbers) + 1))
        assert check(lake) == []
    group.replace_killed()
    headers = wire.session(group.front.url, email=HR, nonce=moment)
    for _ in range(2):
        with wire.opened(group.front.url, headers) as browser:
            assert name.encode() in shown(browser, "uploads")


def test_a_lost_postgresql_is_a_sentence_on_every_page_and_the_page_comes_back(group):
    headers = wire.session(group.front.url, email=HR, nonce="a third sign-in")
    with wire.opened(group.front.url, headers) as one, wire.opened(group.front.url, headers) as other:
        for browser in (one, other):
            assert b"Signed in as" in shown(browser, "uploads")
        group.postgres.stop()
        try:
            for browser in (one, other):
                page = shown(browser, "uploads")
                assert b"PostgreSQL" in page
                assert PASSWORD.encode() not in page
        finally:
            group.postgres.start()
        for browser in (one, other):
            assert b"Signed in as" in shown(browser, "uploads")
