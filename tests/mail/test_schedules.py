"""A scheduled report reaches each reader once, as they may see it, and only while whoever scheduled it may do so."""

import shutil
import signal
import smtplib
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from skilltrack.access import choose_language, choose_mail, viewer_called
from skilltrack.access import trail as audit
from skilltrack.access.accounts import give, take
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion, NotOpen, NotThere, Refused
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping import durability, erasure, mending, restoring, shared_store
from skilltrack.keeping.privacy import stored_about
from skilltrack.language import spoken
from skilltrack.mail import schedules
from skilltrack.mail.daily import Daily
from skilltrack.mail.orders import post_on, rules_with_links
from skilltrack.mail.past import MOST_LOSSES
from skilltrack.mail.post import Post
from skilltrack.mail.scheduled import send_scheduled
from skilltrack.mail.schedules import Schedule, change, end_since, in_force, listed, schedule
from skilltrack.questions import Filters
from skilltrack.reports import as_xlsx
from skilltrack.reports.receipts import Order
from tests.forked import Started, skilltrack
from tests.mail.conftest import FILES, day

OPERATOR = Viewer.everyone()
BEA, EVE, MAX = (f"{name}@works.example" for name in ("bea", "eve", "max"))
RENEWALS = Order("renewals", "csv", Filters())


@pytest.fixture
def db(made, tmp_path):
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "c.duckdb"


@pytest.fixture
def store(db, inbox):
    """The company, in which Cay (23) is of L&D."""
    with closing(durability.open_store(db)) as store:
        give(store, OPERATOR, "23", "ld")
        yield store


def cay(store):
    return viewer_called(store, "23")


def in_days(store, days=8):
    """What mails are made with some days from now, about the company of today."""
    return Post(store, rules_with_links(), today(), datetime.now(UTC).replace(tzinfo=None) + timedelta(days=days))


def weekly(store, *to, order=RENEWALS, by=None):
    """A schedule whose hour comes neither while a test runs nor on a day that `in_days` gives."""
    return schedule(store, by or cay(store), order, to, "week", (today() + timedelta(days=3)).isoweekday(), 6)


def outcome(store):
    return dict(in_force(store)[-1].outcome)


def attached(mail):
    (file,) = [part for part in mail.iter_attachments() if part.get_filename().endswith(".csv")]
    return file.get_content()


def test_each_reader_gets_it_once_as_they_may_see_it_and_the_audit_log_says_so(store, inbox):
    number = weekly(store, "20", EVE)
    assert send_scheduled(post_on(store)).sent == []  # its time has not come
    assert [mail.account for mail in send_scheduled(in_days(store)).sent] == ["20", "30"]

    north, south = attached(inbox.to(BEA)[0]), attached(inbox.to(EVE)[0])
    assert ("Ann" in north, "Eve" in north, "Ida" in north) == (True, False, False)
    assert ("Ann" in south, "Ida" in south) == (False, True)
    assert "mail=packs" in inbox.to(BEA)[0]["List-Unsubscribe"]
    assert send_scheduled(in_days(store)).sent == []
    assert len(send_scheduled(in_days(store, 15)).sent) == 2  # the next week

    log = audit.entries(store)
    mailed = log[log["event"] == "mailed"].iloc[-1]
    assert (mailed["who"], mailed["about"]) == ("23", "20")
    assert f"mail packs, schedule {number}, report renewals, format csv" in mailed["what"]
    ran = log[log["event"] == "schedule"].iloc[0]
    assert (ran["who"], ran["what"]) == ("23", f"schedule {number}, step ran, sent 2")
    assert listed(store, cay(store)).iloc[0]["last"].endswith(": sent to 2 of 2.")
    assert durability.check(store, lambda line: None) == []


def test_a_reader_gets_it_in_their_language_whoever_scheduled_it(store, inbox):
    """A German manager can do nothing with the French of whoever had it sent."""
    choose_language(store, "20", "de")
    with spoken("fr"):
        weekly(store, "20", order=Order("team", "xlsx", Filters(team="North")))
        send_scheduled(in_days(store))

    (mail,) = inbox.to(BEA)
    assert mail["Subject"].startswith("Teampaket, ")
    sheets = as_xlsx.sheets(next(mail.iter_attachments()).get_content())
    assert "Bereitschaft" in sheets
    assert sheets["Zusammenfassung"][0][0] == "Teampaket, North"


def test_whom_it_does_not_reach_and_why_is_in_the_list_and_the_others_get_it(store, inbox):
    """What somebody waits for in vain must not look as if it had been sent."""
    give(store, OPERATOR, "cfo@works.example", "ld")
    weekly(store, "10", "23", "30", "cfo@works.example", order=Order("team", "xlsx", Filters(team="South")))
    choose_mail(store, "23", "packs", False, "23")
    inbox.refuses.add(MAX)
    roster = "employee_id,name,email,manager_id,team,role_id\n10,Max,max@works.example,,Top,\n20,Bea,bea@works.example,10,North,r\n"
    roster += "23,Cay,cay@works.example,20,North,r\n30,Eve,eve@works.example,10,South,r\n"  # nobody reports to Eve
    assert import_sources(store, [Source("roster", "roster.csv", roster.encode())], Options(today())).status == "stored"
    take(store, OPERATOR, "cfo@works.example", "ld")

    assert send_scheduled(in_days(store)).sent == []
    assert outcome(store) == {"10": "not_taken", "23": "stopped", "30": "closed", "cfo@works.example": "gone"}
    told = listed(store, cay(store)).iloc[0]["last"]
    assert "sent to 0 of 4." in told
    assert "Not to 30: they may not see it." in told
    assert "Not to cfo@works.example: they are on no roster today and have no role." in told


def test_a_reader_who_may_not_see_the_team_is_refused_and_later_everybody_is_told_why(store, inbox, db, command):
    """Else they wait for a pack that never comes, and whoever scheduled it believes that it does."""
    north = Order("team", "xlsx", Filters(team="North"))
    with pytest.raises(NotThere, match="30 may not see whom this is about, and would get nothing"):
        weekly(store, "20", "30", order=north)
    number = weekly(store, "20", "10", order=north)
    roster = "employee_id,name,email,manager_id,team,role_id\n10,Max,max@works.example,,Top,\n20,Bea,bea@works.example,10,South,r\n"
    roster += "23,Cay,cay@works.example,10,North,r\n30,Eve,,20,South,r\n"  # Bea has changed sides
    long_ago = Options(today() - timedelta(days=400))  # in the place of what was on record
    assert import_sources(store, [Source("roster", "roster.csv", roster.encode())], long_ago).status == "stored"
    with store.write() as transaction:
        transaction.run("update schedule_events set due_on = due_on - interval 7 day")

    why = "they may not see whom it is about, or nobody is called that any more"
    store.close()
    assert f"Left out, schedule {number}, {why}: 20." in command(db, "schedules", "run").stdout
    assert f"Not to 20: {why}." in command(db, "schedules", "list").stdout
    assert [mail["To"] for mail in inbox.mails] == [MAX]
    assert f"schedule {number}, step ran, sent 1, unseen 1" in command(db, "audit", "list").stdout


def test_whoever_has_the_id_of_somebody_who_left_does_not_get_their_reports(store, inbox):
    """A report about people would go to a newcomer who was given an old number."""
    weekly(store, "20", "30", by=OPERATOR)
    head = "employee_id,name,email,manager_id\n10,Max,max@works.example,\n21,Ann,,20\n20,Bea,bea@works.example,10\n"
    for effective, more in ((today() - timedelta(days=1), ""), (today(), "30,Noa,noa@works.example,10\n")):
        roster = [Source("roster", "r.csv", (head + more).encode())]
        assert import_sources(store, roster, Options(effective, mode="snapshot")).status == "stored"
    with store.write() as transaction:
        transaction.run("update schedule_events set happened_at = happened_at - interval 2 day")
    assert [mail.account for mail in send_scheduled(in_days(store)).sent] == ["20"]
    assert outcome(store) == {"20": "sent", "30": "away"}


def test_a_clock_that_was_ahead_once_silences_no_schedule(store, inbox):
    """Else a report that the board expects does not come until the wrong day is reached, perhaps for years."""
    weekly(store, "10")
    with store.write() as transaction:  # the lines of a day on which the clock was a year ahead
        transaction.run("update schedule_events set happened_at = happened_at + interval 1 year")
    weekly(store, "20")
    assert in_force(store)[1].made_at > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=300)
    assert send_scheduled(post_on(store)).sent == []
    assert [mail.account for mail in send_scheduled(in_days(store)).sent] == ["10", "20"]
    assert len(send_scheduled(in_days(store, 400)).sent) == 2  # ahead again, while it runs
    assert [mail.account for mail in send_scheduled(in_days(store, 15)).sent] == ["10", "20"]
    assert send_scheduled(in_days(store, 15)).sent == []


def test_nothing_is_sent_once_whoever_scheduled_it_has_lost_the_right_or_was_away(store, inbox):
    weekly(store, "20")
    take(store, OPERATOR, "23", "ld")
    assert send_scheduled(in_days(store)).sent == []
    assert (inbox.mails, outcome(store)) == ([], {"20": "owner"})
    assert "whoever scheduled it may not do so any more" in listed(store, OPERATOR).iloc[0]["last"]
    log = audit.entries(store)
    assert log[log["event"] == "schedule"].iloc[0]["what"].endswith("step ran, owner 1")
    with pytest.raises(NotOpen):
        listed(store, cay(store))

    give(store, OPERATOR, "23", "ld")
    for effective, who in (
        (today() - timedelta(days=1), "20,Bea,bea@works.example"),
        (today(), "23,Cay,cay@works.example"),
    ):
        text = f"employee_id,name,email\n{who}\n"
        roster = [Source("roster", "r.csv", text.encode())]
        assert import_sources(store, roster, Options(effective, mode="snapshot")).status == "stored"
    with store.write() as transaction:  # it was made before somebody else may have had her id
        transaction.run("update schedule_events set happened_at = happened_at - interval 2 day where step = 'made'")
    assert send_scheduled(in_days(store, 15)).sent == []
    assert outcome(store) == {"20": "owner"}


def test_what_could_never_be_sent_is_refused_when_it_is_scheduled(store, monkeypatch):
    with pytest.raises(BadQuestion, match="99 cannot get mail"):
        weekly(store, "99")
    with pytest.raises(BadQuestion, match="22 has no e-mail address"):
        weekly(store, "22")
    with pytest.raises(NotOpen, match="is open to manager"):  # Ann sees no people
        weekly(store, "21", order=Order("team", "pdf", Filters(team="North")))
    with pytest.raises(NotOpen, match="told by your sign-in"):
        weekly(store, "20", by=viewer_called(store, "20", frozenset({"ld"})))
    with pytest.raises(NotOpen, match="Scheduling reports is open to ld"):
        weekly(store, "20", by=viewer_called(store, "20"))
    for order, why in (
        (Order("depth", "csv", Filters(team="Nowhere")), "No team 'Nowhere' is known"),
        (Order("coverage", "csv", Filters(manager="nobody")), "No manager 'nobody' is known"),
        (Order("transcript", "pdf", Filters()), "about one person"),
        (Order("team", "xlsx", Filters()), "Choose a team or a manager"),
    ):
        with pytest.raises(Refused, match=why):
            weekly(store, "20", order=order)
    with pytest.raises(Refused, match="Say when"):
        schedule(store, cay(store), RENEWALS, ["20"], "week", 8, 6)
    with pytest.raises(NotThere, match="no schedule 'nothing'"):
        change(store, cay(store), "nothing", "ended")
    monkeypatch.delenv("SKILLTRACK_SMTP_HOST")
    with pytest.raises(Refused, match="SKILLTRACK_SMTP_HOST is not set"):
        weekly(store, "20")
    assert in_force(store) == []


def test_a_paused_schedule_makes_up_for_nothing_and_an_ended_one_is_gone(store, inbox):
    number = weekly(store, "20")
    change(store, cay(store), number, "paused")
    assert send_scheduled(in_days(store)).sent == []
    change(store, cay(store), number, "resumed")
    assert send_scheduled(post_on(store)).sent == []
    assert len(send_scheduled(in_days(store)).sent) == 1
    with pytest.raises(Refused, match="not paused"):
        change(store, cay(store), number, "resumed")
    end_since(store, datetime.now(UTC).replace(tzinfo=None))
    assert [one.schedule_id for one in in_force(store)] == [number]
    change(store, cay(store), number, "ended")
    assert send_scheduled(in_days(store, 15)).sent == []
    assert listed(store, cay(store)).empty


@pytest.mark.parametrize(
    ("every", "on_day", "now", "last", "following"),
    [
        ("week", 1, datetime(2026, 11, 30, 6), date(2026, 11, 30), datetime(2026, 12, 7, 6)),  # a Monday
        ("week", 1, datetime(2026, 11, 30, 5, 59), date(2026, 11, 23), datetime(2026, 11, 30, 6)),
        ("week", 7, datetime(2026, 11, 30, 6), date(2026, 11, 29), datetime(2026, 12, 6, 6)),
        ("month", 31, datetime(2026, 3, 1), date(2026, 2, 28), datetime(2026, 3, 31, 6)),
        ("month", 31, datetime(2028, 2, 29, 7), date(2028, 2, 29), datetime(2028, 3, 31, 6)),
        ("month", 1, datetime(2026, 1, 1, 5), date(2025, 12, 1), datetime(2026, 1, 1, 6)),
        ("month", 30, datetime(2026, 1, 31), date(2026, 1, 30), datetime(2026, 2, 28, 6)),
    ],
)
def test_it_is_due_on_its_weekday_or_its_day_of_the_month_and_on_the_last_day_of_a_shorter_one(
    every, on_day, now, last, following
):
    made = datetime(2025, 1, 1)
    one = Schedule("x", "23", "{}", ("20",), every, on_day, 6, False, made, made.date(), None, {})
    assert (one.last_day(now), one.next_at(now), one.due(now)) == (last, following, last)


def test_a_killed_run_loses_no_report_and_repeats_at_most_one(db, store, inbox):
    people = "employee_id,name,email,manager_id,team,role_id\n" + "".join(
        f"k{n},K{n},k{n}@works.example,,Many,\n" for n in range(8)
    )
    people += "23,Cay,cay@works.example,,North,r\n"
    assert import_sources(store, [Source("roster", "r.csv", people.encode())], Options(today())).status == "stored"
    weekly(store, *(f"k{n}" for n in range(8)))
    with store.write() as transaction:
        transaction.run("update schedule_events set due_on = due_on - interval 7 day")
    store.close()
    inbox.most = 5  # it is not over before it is killed
    sending, until = Started("schedules", "run", db=db), time.monotonic() + 60
    while len(inbox.mails) < 3 and time.monotonic() < until:
        time.sleep(0.001)

    assert sending.killed() == -signal.SIGKILL
    inbox.most = None
    assert skilltrack("schedules", "run", db=db).returncode == 0
    got = Counter((mail["To"], mail["Message-ID"]) for mail in inbox.mails)
    assert {to for to, _ in got} == {f"k{n}@works.example" for n in range(8)}
    assert (len(got), max(got.values()) <= 2, sum(got.values()) <= 9) == (8, True, True)
    assert "sent to 8 of 8." in skilltrack("schedules", "list", db=db).stdout


def test_no_backup_rebuild_or_erasure_sends_to_whom_it_should_not(db, store, tmp_path, inbox):
    """A schedule that comes back after it was ended, or lasts after its reader was erased, goes on telling."""
    gone, stays = weekly(store, "20"), weekly(store, "10", "30")
    about = weekly(store, "20", order=Order("transcript", "pdf", Filters(employee="21")))
    durability.backup(store, tmp_path / "copy.duckdb")
    change(store, cay(store), gone, "ended")
    send_scheduled(in_days(store))
    assert [row["schedule_id"] for row in stored_about(store, "30")["tables"]["schedule_events"]] == [stays, stays]
    store.close()
    for renew in (mending.rebuild, lambda path: restoring.restore(path, tmp_path / "copy.duckdb")):
        renew(db)
        with closing(durability.open_store(db)) as renewed:
            assert [one.schedule_id for one in in_force(renewed)] == [stays, about]
            assert in_force(renewed)[0].outcome == {"10": "sent", "30": "sent"}
            assert send_scheduled(in_days(renewed)).sent == []
            assert durability.check(renewed, lambda line: None) == []
    with closing(durability.open_store(db)) as store:
        people = erasure.named(store, ["30", "21"])
        assert erasure.going(store, people, erasure.places_of(store, people)).schedules == 1
        erasure.erase(store, "local", people, erasure.places_of(store, people))
        assert [(one.schedule_id, one.readers, one.outcome) for one in in_force(store)] == [
            (stays, ("10",), {"10": "sent"})
        ]
        people = erasure.named(store, ["23"])
        erasure.erase(store, "local", people, erasure.places_of(store, people))
        assert in_force(store) == []
        assert erasure.search(store, people).left == []
        with store.write() as transaction:
            transaction.run(
                "insert into schedule_events select 'x', '20', 'made', '{}', '[]', 'week', 1, 6, null, null, now(), ''"
            )
        assert any("schedule x of 20" in line for line in durability.check(store, lambda line: None))


def test_the_app_sends_it_when_its_hour_has_come(db, store, inbox, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_REMIND_AT", "23:59")
    monkeypatch.setitem(shared_store._stores, str(db), store)
    weekly(store, "20")
    app, its_day = Daily(db), today() + timedelta(days=3)
    sent = []
    for hour, minute in ((5, 59), (6, 0), (6, 1), (6, 20)):
        app.look(datetime(its_day.year, its_day.month, its_day.day, hour, minute))
        sent.append(len(inbox.mails))
    assert (sent, app.last_problem) == ([0, 1, 1, 1], "")


def test_the_command_line_schedules_lists_shows_and_ends(db, store, inbox, command):
    store.close()
    done = command(db, "--viewer", "23", "schedules", "add", "team", "--team", "North", "--to", BEA, "--every", "month", "--on", "31")  # fmt: skip
    assert done.returncode == 0, done.stderr
    number = done.stdout.split()[1]
    row = command(db, "schedules", "list").stdout.splitlines()[1]
    assert row.startswith(
        f'{number},Team pack,pdf,"team North, Attested evidence",20,on day 31 of each month at 06:00 UTC,'
    )
    assert command(db, "schedules", "run", "--dry-run").stdout.startswith("0 mails would be sent.")
    with closing(durability.open_store(db)) as store, store.write() as transaction:
        transaction.run("update schedule_events set due_on = due_on - interval 40 day")
    shown = command(db, "schedules", "run", "--dry-run").stdout
    assert f"To: {BEA}\nSubject: Team pack, {today():%-d %B %Y}\nFile: team-{day(0)}.pdf\n" in shown
    assert inbox.mails == []
    assert command(db, "schedules", "pause", number).returncode == 0
    assert command(db, "schedules", "end", number).stdout == f"The schedule {number} is ended.\n"
    assert command(db, "schedules", "end", number).returncode == 2
    assert command(db, "--viewer", "20", "schedules", "list").returncode == 2


def test_a_mail_at_which_the_server_breaks_off_holds_up_no_other_one(store, inbox, monkeypatch):
    """Else one reader's file keeps all later schedules from being sent, for ever."""
    handed_over = smtplib.SMTP.send_message

    def breaking_off(line, message):
        if message["To"] == EVE:
            raise smtplib.SMTPServerDisconnected("gone")
        return handed_over(line, message)

    weekly(store, "30", "20")
    weekly(store, "10")
    monkeypatch.setattr(smtplib.SMTP, "send_message", breaking_off)
    for _ in range(2):
        assert "broke off" in send_scheduled(in_days(store)).failed[0]
    assert [mail["To"] for mail in inbox.mails] == [BEA, MAX]
    monkeypatch.setattr(smtplib.SMTP, "send_message", handed_over)
    assert [mail.account for mail in send_scheduled(in_days(store)).sent] == ["30"]
    assert [dict(one.outcome) for one in in_force(store)] == [{"30": "sent", "20": "sent"}, {"10": "sent"}]


def test_a_report_at_which_the_server_breaks_off_again_and_again_is_given_up_until_the_next_time(store, inbox):
    """It would go out every 15 minutes for ever, if the server takes it and does not say so."""
    weekly(store, "30", "20")
    inbox.breaks.add(EVE)
    for _ in range(MOST_LOSSES + 2):
        send_scheduled(in_days(store))
    assert Counter(mail["To"] for mail in inbox.mails) == {EVE: MOST_LOSSES, BEA: 1}
    assert outcome(store) == {"30": "not_taken", "20": "sent"}
    inbox.empty()
    send_scheduled(in_days(store, 15))
    assert Counter(mail["To"] for mail in inbox.mails) == {EVE: 1, BEA: 1}


def test_a_reader_named_by_address_gets_it_also_once_the_roster_lists_them(store, inbox):
    give(store, OPERATOR, "cfo@works.example", "hr")
    weekly(store, "cfo@works.example")
    roster = (FILES["roster"] + "99,Cleo,CFO@works.example,10,Top,\n").encode()
    assert import_sources(store, [Source("roster", "r.csv", roster)], Options(today())).status == "stored"
    assert [mail.account for mail in send_scheduled(in_days(store)).sent] == ["99"]
    assert outcome(store) == {"cfo@works.example": "sent"}
    choose_mail(store, "99", "packs", False, "99")
    assert send_scheduled(in_days(store, 15)).sent == []
    assert outcome(store) == {"cfo@works.example": "stopped"}


def test_whoever_is_erased_while_a_report_is_sent_or_a_schedule_is_changed_does_not_come_back(
    store, inbox, monkeypatch
):
    number = weekly(store, "20", "30")
    (before,) = in_force(store)
    handed_over = smtplib.SMTP.send_message

    def erasing(line, message):
        if message["To"] == BEA:
            people = erasure.named(store, ["30"])
            erasure.erase(store, "local", people, erasure.places_of(store, people))
        return handed_over(line, message)

    monkeypatch.setattr(smtplib.SMTP, "send_message", erasing)
    send_scheduled(in_days(store))
    assert inbox.to(EVE) == []
    monkeypatch.setattr(schedules, "in_force", lambda store: [before])  # what was read before somebody was erased
    change(store, cay(store), number, "paused")
    monkeypatch.undo()
    assert [(one.readers, one.outcome) for one in in_force(store)] == [(("20",), {"20": "sent"})]
    left = store.query("select * from schedule_events").to_pylist()
    assert [row for row in left if "30" in (row["readers"] + (row["outcome"] or ""))] == []
    assert durability.check(store, lambda line: None) == []
