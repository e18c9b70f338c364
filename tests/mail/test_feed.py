"""HR hears of a feed that is late or refused at once and once; a pack goes to whom it is sent, as they may see it."""

import csv
import io
import json
import re
import shutil
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access import Viewer, take
from skilltrack.api import ROUTES
from skilltrack.config import today
from skilltrack.keeping import shared_store
from skilltrack.keeping.durability import open_store
from skilltrack.mail import feed
from skilltrack.mail.daily import Daily
from skilltrack.mail.orders import post_on, tell_of_push
from skilltrack.mail.rounds import NOBODY, run
from tests.mail.conftest import URL
from tests.mail.test_rounds import BEA, plain

HR = "hr@works.example"


@pytest.fixture
def room():
    """A chat room: a server on loopback that takes what is posted; its address and what it has heard."""
    heard = []

    class Room(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Room)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_address[1]}/", heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def db(made, tmp_path):
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "c.duckdb"


def test_a_late_file_is_told_once_until_the_next_has_come(db, inbox, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_FEED", "roster 24, spend 48")
    with closing(open_store(db)) as store:

        def told_on(*as_of):
            inbox.mails.clear()
            run(post_on(store, *as_of), "local", ["feed"])
            return [mail["Subject"] for mail in inbox.to(HR)]

        week = "The nightly feed: 1 file late"
        assert told_on() == ["The nightly feed is late: Spend", week]
        assert "- Spend; every 48 hours; never; late" in plain(inbox.mails[0])
        assert "- Roster; 1 file; " in plain(inbox.mails[1])
        assert "0 rows; in time" in plain(inbox.mails[1])
        assert told_on() == []
        later = date(2099, 1, 5)
        assert told_on(later) == ["The nightly feed is late: Roster", "The nightly feed: 2 files late"]
        assert told_on(later) == []
        assert inbox.to(BEA) == []
        take(store, Viewer.everyone(), HR, "hr")
        assert run(post_on(store), "local", ["feed"]).notices == [NOBODY]


def test_who_is_hr_by_the_sign_in_hears_of_the_feed_at_the_address_of_the_settings(db, inbox, command, monkeypatch):
    """Where HR is a group of the sign-in, the program knows nobody who is."""
    assert command(db, "take", HR, "hr").returncode == 0
    (db.parent / "badges.csv").write_text("award_id,employee_id,credential_id,issued_on\nx1,99,c1,2024-01-05\n")
    words = ("import", "badges", db.parent / "badges.csv", "--notify")
    monkeypatch.setenv("SKILLTRACK_FEED", "spend 48")
    assert f"To HR: {NOBODY}" in command(db, *words).stderr
    assert inbox.to(HR) == []

    monkeypatch.setenv("SKILLTRACK_HR_MAIL", f"HR@works.example, {BEA}")
    done = command(db, *words)
    assert ("To HR: 2 mails sent: 2 feed." in done.stderr, NOBODY in done.stderr) == (True, False)
    assert command(db, "remind").returncode == 0
    late = ["The nightly feed is late: Spend", "The nightly feed was refused", "The nightly feed: 1 file late"]
    assert sorted(mail["Subject"] for mail in inbox.to(HR)) == late
    assert [subject in {mail["Subject"] for mail in inbox.to(BEA)} for subject in late] == [True] * 3
    (digest,) = [mail for mail in inbox.to(BEA) if "Your people" in mail["Subject"]]
    assert "Eve" in plain(digest)  # as HR she sees everybody
    assert command(db, "remind").stdout.startswith("0 mails sent.")

    assert command(db, "mail", "stop", HR, "feed").stdout == f"{HR} gets no longer: feed.\n"
    assert command(db, "mail", "stop", "20", "feed").returncode == 0
    assert NOBODY in command(db, "remind").stdout
    monkeypatch.setenv("SKILLTRACK_HR_MAIL", "hr at works")
    done = command(db, "remind")
    assert (done.returncode, "SKILLTRACK_HR_MAIL says 'hr'" in done.stderr) == (2, True)


def test_the_app_says_in_its_log_that_nobody_of_hr_hears_of_the_feed(db, inbox, command, monkeypatch, caplog):
    """What only a command prints, nobody reads where the app sends by itself."""
    assert command(db, "take", HR, "hr").returncode == 0
    monkeypatch.setenv("SKILLTRACK_FEED", "roster 24")
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "06:30")
    app, at = Daily(db), datetime(today().year, today().month, today().day, 6, 30)
    for minutes in (0, 15, 30):
        app.look(at + timedelta(minutes=minutes))
    assert [record.message for record in caplog.records if NOBODY in record.message] == [f"mail: {NOBODY}"]
    store = shared_store.store_at(db)
    tell_of_push(store, "pushed.csv", ["line 2: bad"], "feed@works.example").join()
    assert len([record for record in caplog.records if NOBODY in record.message]) == 2
    shared_store._stores.pop(str(db)).close()


def test_a_feed_that_brings_the_same_files_again_is_in_time(db, inbox, command, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_FEED", "roster 24")
    assert "Nothing to do" in command(db, "import", db.parent / "files").stdout
    with closing(open_store(db)) as store:
        post = post_on(store)
        first = store.query("select max(happened_at) as at from upload_events").to_pylist()[0]["at"]
        for after, mails in ((-1, 0), (1, 1)):  # an hour before and after the second time is a day ago
            again = datetime.fromisoformat(
                [e for e in store.journal.audit.entries() if e["event"] == "again"][-1]["at"]
            )
            now = again + timedelta(hours=24 + after)
            assert first < again
            assert bool(feed.late_kinds(replace(post, now=now))) == bool(mails)


def test_a_refused_import_is_told_to_hr_at_once_with_what_was_wrong(db, inbox, command, monkeypatch):
    (db.parent / "badges.csv").write_text("award_id,employee_id,credential_id,issued_on\nx1,99,c1,2024-01-05\n")
    words = ("import", "badges", db.parent / "badges.csv")
    assert command(db, *words).returncode == 2
    assert inbox.mails == []
    for _ in range(2):
        done = command(db, *words, "--notify")
        assert (done.returncode, "Refused: 1 problem" in done.stderr) == (2, True)
    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == (HR, "The nightly feed was refused")
    assert "badges.csv" in plain(mail)
    assert "'99': is an employee no roster lists" in plain(mail)
    done = command(db, "import", "badges", db.parent / "absent.csv", "--notify")
    assert (done.returncode, len(inbox.mails)) == (2, 2)
    assert "absent.csv" in plain(inbox.mails[1])
    with closing(open_store(db)) as store:
        for feeds in ("", "badges 26"):
            monkeypatch.setenv("SKILLTRACK_FEED", feeds)
            tell_of_push(store, "from a program.csv", ["line 2: bad"], "feed@works.example").join()
            assert len(inbox.mails) == 2 + bool(feeds)
    monkeypatch.setenv("SKILLTRACK_DB", str(db))
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", "t" * 40)
    client = TestClient(Starlette(routes=ROUTES), headers={"Authorization": f"Bearer {'t' * 40}"})
    for query, count in (("?dry_run=true", 3), ("?name=pushed.csv", 4)):
        answer = client.post(f"/api/imports/badges{query}", content=(db.parent / "badges.csv").read_bytes())
        assert answer.status_code == 422
        for thread in [thread for thread in threading.enumerate() if thread.name == "mail of a refusal"]:
            thread.join()
        assert len(inbox.mails) == count
    assert "pushed.csv" in plain(inbox.mails[3])
    shared_store._stores.pop(str(db)).close()
    assert command(db, "mail", "stop", HR, "feed").returncode == 0
    command(db, "import", "badges", db.parent / "gone.csv", "--notify")
    assert len(inbox.mails) == 4


def test_a_chat_room_hears_that_a_feed_is_late_or_refused_and_nothing_about_anybody(
    db, inbox, command, monkeypatch, room
):
    address, heard = room
    (db.parent / "room").write_text(f"{address}\n")
    monkeypatch.setenv("SKILLTRACK_CHAT_FILE", str(db.parent / "room"))
    monkeypatch.setenv("SKILLTRACK_FEED", "roster 24, spend 48")
    with monkeypatch.context() as patch:
        patch.setenv("SKILLTRACK_SMTP_PORT", "1")
        assert "cannot be reached" in command(db, "remind").stderr
    assert len(heard) == 1  # it hears of it although no mail can be sent
    monkeypatch.setenv("SKILLTRACK_FEED", "roster 24, spend 48, targets 3")
    assert "1 chat room told of the feed." in command(db, "remind").stdout
    assert "chat room" not in command(db, "remind").stdout
    (db.parent / "badges.csv").write_text("award_id,employee_id,credential_id,issued_on\nx1,99,c1,2024-01-05\n")
    for _ in range(2):
        command(db, "import", "badges", db.parent / "badges.csv", "--notify")
    late, more, refused = [json.loads(body)["message"] for body in heard]
    assert late == f"No file of spend has come in time. {URL}/uploads shows what came."
    assert "No file of targets has" in more
    assert "refused: 1 problem." in refused
    assert not re.search("99|badges.csv", refused)

    monkeypatch.setenv("SKILLTRACK_FEED", "badges 1, spend 48, exemptions 3")
    monkeypatch.setenv("SKILLTRACK_CHAT_FILE", "")
    monkeypatch.setenv("SKILLTRACK_CHAT", "json://user:secret@127.0.0.1:1/")
    for _ in range(2):  # due again
        done = command(db, "remind")
        assert (done.returncode, "chat room 1 of SKILLTRACK_CHAT did not take" in done.stderr) == (2, True)
    assert "secret" not in done.stdout + done.stderr


def test_a_report_is_sent_as_its_reader_may_see_it_and_noted(db, inbox, command):
    done = command(db, "report", "readiness", "--mail", BEA, "--mail", "30")
    assert (done.returncode, done.stdout) == (0, "2 mails sent: 2 report.\n")
    rows = {}
    for mail in inbox.mails:
        table, receipt = mail.iter_attachments()
        assert receipt.get_filename() == f"{table.get_filename()}.receipt.json"
        rows[mail["To"]] = {row["name"] for row in csv.DictReader(io.StringIO(table.get_content()))}
    assert rows == {BEA: {"Bea", "Ann", "Ben", "Cay"}, "eve@works.example": {"Eve", "Ida", "Joe"}}
    noted = command(db, "audit", "list", "--event", "mailed").stdout
    assert noted.count("mail report, report readiness, format csv, receipt ") == 2

    inbox.mails.clear()
    assert command(db, "report", "team", "--manager", "20", "--format", "pdf", "--mail", "20").returncode == 0
    (file,) = inbox.mails[0].iter_attachments()
    assert file.get_content().startswith(b"%PDF")
    for words, why in (
        (("team", "--manager", "30", "--format", "pdf", "--mail", "20"), "No manager '30' is known"),
        (("spend", "--mail", "21"), "open to"),
        (("readiness", "--mail", "board@x.example"), "cannot get mail"),
        (("readiness", "--mail", "22"), "no e-mail address"),
        (("readiness", "--mail", "20", "--output", "x.csv"), "do not go together"),
    ):
        refused = command(db, "report", *words)
        assert (refused.returncode, why in refused.stderr) == (2, True), refused.stderr
    assert len(inbox.mails) == 1
