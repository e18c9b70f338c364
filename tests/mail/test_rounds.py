"""Whoever is due is written to once, by a command or the app, also when either is killed while it sends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from skilltrack.access import trail as audit
from skilltrack.config import ROOT, today
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.durability import open_store
from skilltrack.mail import delivery, rounds
from skilltrack.mail.daily import Daily, begin
from skilltrack.mail.orders import post_on
from skilltrack.mail.past import MOST_LOSSES, Past, remembered
from skilltrack.mail.rounds import run
from tests.companies import demo_in
from tests.forked import Started, skilltrack
from tests.mail.conftest import day

ANN, BEA, CAY, MAX = (f"{name}@works.example" for name in ("ann", "bea", "cay", "max"))


@pytest.fixture
def db(made, tmp_path):
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "c.duckdb"


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def test_everybody_who_is_due_is_written_to_once_and_sees_only_what_they_may(db, inbox):
    done = skilltrack("remind", db=db)

    assert (done.returncode, done.stderr) == (0, "")
    assert inbox.subjects() == [
        (ANN, "2 of your credentials end soon"),
        (BEA, f"Your people's skills: the week to {today():%-d %B %Y}"),
        ("eve@works.example", f"Your people's skills: the week to {today():%-d %B %Y}"),
        (MAX, f"Your people's skills: the week to {today():%-d %B %Y}"),
    ]
    assert "4 mails sent: 3 digest, 1 lapses." in done.stdout
    assert "Left out, has no e-mail address on the roster: 22." in done.stdout
    assert (
        "Left out, same@works.example is the address of 2 people on the roster. Ask HR to correct it: 31."
        in done.stdout
    )

    (mail,) = inbox.to(ANN)
    assert "- First aid; " in plain(mail)
    assert "in 20 days" in plain(mail)
    assert "&lt;b&gt;licence" in mail.get_body(("html",)).get_content()
    ends = [Calendar.from_ical(file.get_content()).walk("VEVENT")[0] for file in mail.iter_attachments()]
    assert [str(event["DTSTART"].dt) for event in ends] == [day(20), day(60)]
    (digest,) = map(plain, inbox.to(BEA))
    assert "Became ready for their role: 1" in digest
    assert "- Cay; North; r" in digest
    assert "- Ann; First aid; " in digest
    assert not re.search("Eve|Ida|South", digest)
    (south,) = map(plain, inbox.to("eve@works.example"))
    assert "New single points: 1" in south
    assert "- Rescue; South; 1 person" in south
    assert not re.search("Ann|Ben|Cay|North", south)

    assert skilltrack("remind", db=db).stdout.startswith("0 mails sent.")
    assert len(inbox.mails) == 4
    noted = skilltrack("audit", "list", "--event", "mailed", db=db).stdout
    assert "20,mailed,mail digest" in noted
    assert "21,mailed,mail lapses" in noted
    assert "First aid" not in noted
    assert skilltrack("check", db=db).returncode == 0


def test_a_kind_that_is_named_is_sent_alone(db, inbox, command, monkeypatch):
    """A late feed is to be told each hour, and the digest not at night."""
    monkeypatch.setenv("SKILLTRACK_FEED", "spend 48")
    assert command(db, "remind", "feed", "decisions").stdout.startswith("2 mails sent: 2 feed.")
    assert {mail["To"] for mail in inbox.mails} == {"hr@works.example"}
    assert "Subject: 2 of your credentials end soon" in command(db, "remind", "lapses", "--dry-run").stdout
    assert command(db, "remind", "packs").returncode == 2
    assert "4 mails sent: 3 digest, 1 lapses." in command(db, "remind").stdout


def test_each_number_of_days_is_told_once_and_nothing_of_what_was_renewed(db, inbox):
    with closing(open_store(db)) as store:

        def told_on(days):
            inbox.mails.clear()
            run(post_on(store, today() + timedelta(days=days)), "local", ["lapses"])
            return [re.findall(r"^- (\w+)", plain(mail), re.MULTILINE) for mail in inbox.to(ANN)]

        days = (0, 1, 12, 13, 14, 19, 20, 21)
        assert [told_on(n) for n in days] == [[["First", "Crane"]], [], [], [["First"]], [], [], [], []]
        text = f"award_id,employee_id,credential_id,issued_on,expires_on\nb1,21,c2,{day(0)},{day(900)}\n"
        assert import_sources(store, [Source("badges", "badges.csv", text.encode())], Options()).status == "stored"
        assert told_on(35) == []


def test_a_dry_run_shows_the_mails_and_neither_sends_nor_remembers_them(db, inbox, monkeypatch, command):
    monkeypatch.delenv("SKILLTRACK_SMTP_HOST")
    done = command(db, "remind", "--dry-run")

    assert f"To: {ANN}\nSubject: 2 of your credentials end soon" in done.stdout
    assert "4 mails would be sent" in done.stdout
    assert inbox.mails == []
    refused = command(db, "remind")
    assert (refused.returncode, "SKILLTRACK_SMTP_HOST is not set" in refused.stderr) == (2, True)
    with closing(open_store(db)) as store:
        assert remembered(store.journal.audit) == Past()


def test_what_the_server_does_not_take_is_named_and_due_again(db, inbox, command):
    inbox.refuses.add(ANN)
    done = command(db, "remind")
    assert (done.returncode, "21: The mail server did not take it: 550" in done.stderr) == (2, True)
    assert {mail["To"] for mail in inbox.mails} == {BEA, MAX, "eve@works.example"}

    inbox.refuses.clear()
    assert command(db, "remind").returncode == 0
    assert Counter(mail["To"] for mail in inbox.mails) == {ANN: 1, BEA: 1, MAX: 1, "eve@works.example": 1}


def test_a_mail_at_which_the_server_breaks_off_stops_no_round_and_is_not_handed_over_without_end(db, inbox, command):
    """Else whoever comes after it never hears of what lapses, and its reader gets the same mail every minute."""
    inbox.breaks.add(ANN)
    done = command(db, "remind")
    assert (done.returncode, "21: The mail server 127.0.0.1 broke off: " in done.stderr) == (2, True)
    assert done.stdout.startswith("3 mails sent: 3 digest.")
    for _ in range(MOST_LOSSES - 1):
        assert command(db, "remind").returncode == 2
    done = command(db, "remind")
    why = "the mail server broke off at their mail 3 times today; tomorrow it is tried again"
    assert (done.returncode, f"Left out, {why}: 21." in done.stdout) == (0, True)
    assert Counter(mail["To"] for mail in inbox.mails) == {ANN: MOST_LOSSES, BEA: 1, MAX: 1, "eve@works.example": 1}
    assert len({mail["Message-ID"] for mail in inbox.to(ANN)}) == 1

    inbox.breaks.clear()
    done = command(db, "remind", "--as-of", day(1))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 mail sent: 1 lapses.")
    assert len(inbox.to(ANN)) == MOST_LOSSES + 1


def test_a_server_that_breaks_off_each_time_ends_the_round_and_the_next_one_begins_with_the_others(db, inbox, command):
    """Each wait for a server that does not answer takes minutes."""
    inbox.breaks |= {ANN, BEA, MAX, "eve@works.example"}
    done = command(db, "remind")
    assert (done.returncode, len(inbox.mails)) == (2, 3)
    assert "Not tried, since the mail server broke off again and again: 1 mail." in done.stdout
    first = {mail["To"] for mail in inbox.mails}
    inbox.empty()
    assert command(db, "remind").returncode == 0
    assert len(inbox.mails) == 4
    assert inbox.mails[0]["To"] not in first


def test_a_server_that_takes_its_time_over_a_mail_is_waited_for(db, inbox, command, monkeypatch):
    """Whoever hangs up sooner sends a mail again that the server has taken."""
    monkeypatch.setattr(delivery, "WAIT", 1.0)
    inbox.after = 1.3
    assert delivery.TAKING == 600  # RFC 5321, 4.5.3.2.6
    assert command(db, "mail", "test", ANN).returncode == 0
    assert [mail["To"] for mail in inbox.mails] == [ANN]


MANY = 30


def test_killed_rounds_lose_no_mail_and_repeat_at_most_one_each_under_the_same_id(db, inbox):
    """Whenever a round is killed, the next one goes on where it was."""
    people = "employee_id,name,email,manager_id,team,role_id\n" + "".join(
        f"k{n},K{n},k{n}@works.example,,Many,\n" for n in range(MANY)
    )
    awards = "employee_id,credential_id,issued_on,expires_on\n" + "".join(
        f"k{n},c1,{day(-300)},{day(20)}\n" for n in range(MANY)
    )
    with closing(open_store(db)) as store:
        sources = [Source("roster", "roster.csv", people.encode()), Source("badges", "badges.csv", awards.encode())]
        assert import_sources(store, sources, Options(today())).status == "stored"
    kills = 0
    for after in (1, 5, 12):
        before, until = len(inbox.mails), time.monotonic() + 60
        inbox.most = before + after + 3  # it is not over before it is killed
        sending = Started("remind", db=db)
        while len(inbox.mails) < before + after and time.monotonic() < until:
            time.sleep(0.001)
        kills += sending.killed() == -signal.SIGKILL

    assert kills == 3
    inbox.most = None
    assert skilltrack("mail", "test", "hr@works.example", db=db).returncode == 0  # does not settle what was interrupted
    assert inbox.mails.pop()["Subject"] == "Skilltrack can send mail"
    assert skilltrack("remind", db=db).returncode == 0
    got = Counter((mail["To"], mail["Message-ID"]) for mail in inbox.mails)
    assert {to for to, _ in got} == {f"k{n}@works.example" for n in range(MANY)}
    assert len(got) == MANY
    assert sum(count - 1 for count in got.values()) <= kills
    assert max(got.values()) <= 2
    assert skilltrack("remind", db=db).stdout.startswith("0 mails sent.")
    assert skilltrack("audit", "verify", db=db).returncode == 0


def test_the_app_sends_once_a_day_from_its_time_on_and_says_what_is_wrong(db, inbox, command, monkeypatch, caplog):
    assert begin(db) is None
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "06:30")
    monkeypatch.setenv("SKILLTRACK_SMTP_HOST", "")
    done = command(db, "serve", "--local")
    assert (done.returncode, "SKILLTRACK_SMTP_HOST is not set" in done.stderr) == (2, True)
    monkeypatch.setenv("SKILLTRACK_SMTP_HOST", "127.0.0.1")
    app, this_day = Daily(db), today()
    app.look(datetime(this_day.year, this_day.month, this_day.day, 6, 29))
    assert inbox.mails == []
    monkeypatch.setenv("SKILLTRACK_SMTP_PASSWORD", "another")
    for minute in (30, 31):
        app.look(datetime(this_day.year, this_day.month, this_day.day, 6, minute))
    assert [record.message for record in caplog.records if "does not let" in record.message] == [
        caplog.records[-1].message
    ]
    monkeypatch.undo()


def test_a_round_that_failed_is_tried_again_after_a_while_and_not_at_each_look(db, inbox, monkeypatch):
    """A server that hangs is not asked each minute, nor is every mail written anew for it."""
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "06:30")
    inbox.breaks.add(ANN)
    app, this_day = Daily(db), datetime.combine(today(), datetime.min.time())
    got = []
    for minute in (30, 31, 44, 45, 46, 60, 75, 90):
        app.look(this_day + timedelta(hours=6, minutes=minute))
        got.append(Counter(mail["To"] for mail in inbox.mails)[ANN])
    assert got == [1, 1, 1, 2, 2, 3, 3, 3]
    assert Counter(mail["To"] for mail in inbox.mails) == {ANN: 3, BEA: 1, MAX: 1, "eve@works.example": 1}
    assert (app.last_round, app.last_problem) == (today(), "")

    app.last_round, app.last_try = None, datetime.min
    monkeypatch.setenv("SKILLTRACK_SMTP_PASSWORD", "another")
    made, written = [], rounds.written
    monkeypatch.setattr(rounds, "written", lambda *given: made.append(1) or written(*given))
    for minute in range(20):
        app.look(this_day + timedelta(days=1, hours=6, minutes=30 + minute))
    assert len(made) == 2


def test_the_app_writes_to_nobody_while_the_demo_company_is_there(tmp_path, inbox, monkeypatch):
    """Invented addresses bounce, and one of them may be somebody's."""
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "06:30")
    app, this_day = Daily(demo_in(tmp_path)), today()
    app.look(datetime(this_day.year, this_day.month, this_day.day, 12))
    assert (inbox.mails, app.last_problem) == ([], "")


def test_the_running_app_sends_by_itself_and_a_command_beside_it_finds_nothing_left(db, inbox, monkeypatch):
    code = (
        "import sys, time; from pathlib import Path; from skilltrack import mail; from skilltrack.commands import beside, cli; "
        "beside.listen(Path(sys.argv[1]), cli.run); mail.begin(Path(sys.argv[1])); time.sleep(600)"
    )
    app = subprocess.Popen(
        [sys.executable, "-c", code, str(db)], cwd=ROOT, env=os.environ | {"SKILLTRACK_REMIND_AT": "00:00"}
    )
    try:
        until = time.monotonic() + 120
        beside = db.with_name(f"{db.name}.socket")  # by which a command reaches the app
        while len(inbox.mails) < 4 or not beside.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        assert skilltrack("remind", db=db).stdout.startswith("0 mails sent.")
        assert len(inbox.mails) == 4
    finally:
        app.kill()
        app.wait()


def test_nothing_is_sent_where_it_cannot_be_noted(db, inbox, command):
    with closing(open_store(db)) as store:
        assert len(audit.entries(store, {"event": "mailed"})) == 0
        path = store.journal.audit.path
    path.rename(path.with_suffix(".moved"))
    path.mkdir()

    done = command(db, "remind")
    assert done.returncode != 0
    assert inbox.mails == []
