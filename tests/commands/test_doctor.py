"""`doctor` finds what an administrator would otherwise find out from people who cannot work, or too late."""

import json
import os
import re
import shutil

import pytest
from aiosmtpd.controller import Controller

from skilltrack import config
from skilltrack.commands.doctor import of_mail
from skilltrack.keeping import installation
from skilltrack.storage import engine
from skilltrack.storage.store import Store
from tests.browser.provider import settings
from tests.commands.test_beside import app_on, company_in
from tests.forked import skilltrack
from tests.mail.conftest import Inbox
from tests.ports import free_port

URL = "https://skills.example"
WELL = {
    name: value
    for name, value in settings("https://login.example", URL).items()
    if name not in os.environ or name == "SKILLTRACK_LOCAL"
} | {"SKILLTRACK_AUDIT_KEY": "a key of the test", "SKILLTRACK_REALDATA": "", "SKILLTRACK_EXAMPLES": ""}
AWAY = {
    "SKILLTRACK_BACKUP_TO": "/nonexistent",
    "SKILLTRACK_BACKUP_AT": "02:30",
    "SKILLTRACK_BACKUP_KEY": "/nonexistent/key",
}
OURS = ("SKILLTRACK_REALDATA", "SKILLTRACK_EXAMPLES", "SKILLTRACK_CHROMIUM", "SKILLTRACK_LONG")
"""Variables of the tests themselves, which are no settings."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("well")
    db = company_in(folder)
    assert skilltrack("give", "ann@x.example", "administrator", db=db).returncode == 0
    assert skilltrack("backup", folder / "backup.duckdb", db=db).returncode == 0
    return folder


@pytest.fixture
def db(made, tmp_path):
    shutil.copytree(made, tmp_path / "it", dirs_exist_ok=True)
    return tmp_path / "it" / "c.duckdb"


def doctor(db, **environment):
    """The exit code, and what is wrong or advised by what it is about; the machine of the test left out."""
    done = skilltrack("doctor", "--offline", "--json", db=db, **WELL | environment)
    assert "Traceback" not in done.stderr, done.stderr
    findings = json.loads(done.stdout)["findings"]
    of_tests = [each for each in findings if each["message"].startswith(OURS)]
    findings = [each for each in findings if each["about"] != "machine" and each not in of_tests]
    order = [each["is_wrong"] for each in findings]
    assert order == sorted(order, reverse=True), "the worst first"
    return done.returncode, findings


def wrong_in(findings):
    return [(each["about"], each["message"]) for each in findings if each["is_wrong"]]


def test_an_installation_that_is_well_gets_advice_at_most(db):
    findings = doctor(db)[1]

    assert wrong_in(findings) == []
    assert {"backup", "sign-in"} <= {each["about"] for each in findings}  # on the same disk; two without an address
    assert "2 of 2 people on the roster have no e-mail address" in str(findings)


def readable(db):
    db.chmod(0o644)


def without_backup(db):
    shutil.rmtree(db.parent)
    db.parent.mkdir()
    company_in(db.parent)


def aged(db, days):
    store = Store.open(db)
    with store.write() as transaction:
        transaction.run(f"update upload_events set happened_at = happened_at - interval ({days}) days")
        transaction.run('delete from journal_lines where line like \'{"event": "backup"%\'')
    store.close()


def signing_in_by_file(db):
    path = db.parent / "sign-in.toml"
    path.write_text("session_hours = 8\n")
    path.chmod(0o640)
    return {"SKILLTRACK_SIGNIN": str(path)}


def sealed_by_another(db):
    for role in ("hr", "ld", "auditor"):
        given = skilltrack("give", "ann@x.example", role, db=db, SKILLTRACK_AUDIT_KEY="the key of the app")
        assert given.returncode == 0, given.stderr


def other_engine(db):
    """Package data of another duckdb, before that which is installed."""
    folder = db.parent / "packages" / "duckdb-3.0.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: duckdb\nVersion: 3.0.0\n")
    return {"PYTHONPATH": str(folder.parent)}


@pytest.mark.parametrize(("change", "environment", "about", "sentence"), [
    (None, {"SKILLTRACK_API_TOKN": "x"}, "settings", "not a setting, so it does nothing. Did you mean SKILLTRACK_API_TOKEN?"),
    (None, {"SKILLTRACK_WATCH_TOKEN": "short"}, "settings", "SKILLTRACK_WATCH_TOKEN is too short"),
    (None, {"SKILLTRACK_WATCH_ADDRESS": "9100"}, "settings", "Write host and port, such as 127.0.0.1:9100."),
    (None, {"SKILLTRACK_LOG_LEVEL": "loud"}, "settings", "Use debug, info, warning or error."),
    (None, {"SKILLTRACK_RETENTION": "all 3"}, "settings", "the words are:"),
    (None, {"SKILLTRACK_COOKIE_SECRET": "short"}, "settings", "cookie_secret is too short"),
    (None, {"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}, "settings", "overrules what Skilltrack relies on"),
    (None, {"SKILLTRACK_LOCAL": "1"}, "sign-in", "lets everybody in, and a provider is set"),
    (None, dict.fromkeys((name for name in WELL if "OIDC" in name), ""), "sign-in", "Nobody can sign in"),
    (None, {"SKILLTRACK_FEED": "roster 26"}, "mail", "Nobody of HR hears of the feed: give somebody the role"),
    (readable, {}, "secrets", "can be read by other accounts. Run: chmod go-rwx"),
    (signing_in_by_file, {}, "secrets", "sign-in.toml can be read by other accounts"),
    (lambda db: aged(db, 50), {}, "roster", "The newest roster is 50 days old. Look whether the feed from HR still runs."),
    (without_backup, {}, "backup", "There is no backup. Make one every night: set SKILLTRACK_BACKUP_AT"),
    (lambda db: aged(db, -2), {}, "clock", "which is still to come. Set the clock right."),
    (None, AWAY, "backup", "/nonexistent, where backups go, is not a folder. Make it, or mount the disk that holds it."),
    (None, AWAY, "backup", "The key /nonexistent/key cannot be read"),
    (without_backup, AWAY, "backup_to", "There is no backup in /nonexistent. Run `backups make`, which says why none"),
    (None, {"SKILLTRACK_REMIND_AT": "6:30"}, "settings", "SKILLTRACK_REMIND_AT"),
    (None, {"SKILLTRACK_FEED": "rooster 26"}, "settings", "Write a kind and hours, such as 'roster 26'."),
    (None, {"SKILLTRACK_FETCH_HOSTS": "https://badges.example"}, "settings", "is not the name of a host"),
    (None, {"SKILLTRACK_REMIND_AT": "06:30"}, "mail", "No mail can be sent: SKILLTRACK_SMTP_HOST is not set."),
    (sealed_by_another, {}, "audit log", "is sealed with another key than SKILLTRACK_AUDIT_KEY is here"),
    (lambda db: db.unlink(), {}, "database", "is gone; what was kept beside it is still there"),
])  # fmt: skip
def test_each_fault_of_an_installation_is_named_with_what_to_do(db, change, environment, about, sentence):
    more = change(db) if change else {}
    code, findings = doctor(db, **environment | (more or {}))

    assert code == 2
    assert [one for one in wrong_in(findings) if one[0] == about and sentence in one[1]], findings


def test_a_feed_of_which_only_chat_rooms_hear_is_advice_and_an_address_of_hr_is_enough(db):
    rooms = {"SKILLTRACK_FEED": "roster 26", "SKILLTRACK_CHAT": "json://chat.example/"}
    (found,) = [one for one in doctor(db, **rooms)[1] if "Nobody of HR" in one["message"]]
    assert (found["is_wrong"], found["message"].endswith("Only chat rooms hear of it.")) == (False, True)
    findings = doctor(db, SKILLTRACK_FEED="roster 26", SKILLTRACK_HR_MAIL="hr@corp.example")[1]
    assert "Nobody of HR" not in str(findings)


def test_settings_that_do_nothing_alone_are_named(db):
    """A feed would be watched by nobody, and badges never be checked again, without a word."""
    code, findings = doctor(db, SKILLTRACK_FEED="roster 26", SKILLTRACK_FETCH_AT="03:30")

    assert [about for about, _ in wrong_in(findings) if about == "settings"] == [], code
    messages = [each["message"] for each in findings]
    assert [message for message in messages if "the app tells nobody that a file is late" in message]
    assert "SKILLTRACK_FETCH_AT does nothing without SKILLTRACK_FETCH_HOSTS." in messages


def test_a_backup_that_somebody_took_from_its_place_is_missed(db, tmp_path):
    (tmp_path / "away").mkdir()
    settings = {"SKILLTRACK_BACKUP_TO": str(tmp_path / "away")}
    assert skilltrack("backups", "make", db=db, **WELL | settings).returncode == 0
    assert wrong_in(doctor(db, **settings)[1]) == []
    next((tmp_path / "away").iterdir()).unlink()

    assert [message.partition(", ")[2] for _, message in wrong_in(doctor(db, **settings)[1])] == [
        "the newest backup that was made there, is gone. Run: backups make"
    ]


def test_a_container_that_is_smaller_than_its_database_may_grow_and_packages_never_tried_are_told(
    db, monkeypatch, tmp_path
):
    (tmp_path / "memory.max").write_text(str(1024 * 2**20))
    monkeypatch.setattr(engine, "CGROUP", (tmp_path / "memory.max",))
    assert engine.memory() == 512 * 2**20, "half of what the container may use, whatever the machine has"
    monkeypatch.syspath_prepend(other_engine(db)["PYTHONPATH"])

    assert "Set SKILLTRACK_MEMORY=256, or allow more." in str([*installation.of_machine(db)])
    assert "duckdb 3.0.0 is installed, and this Skilltrack needs <2.1,>=1.5.5." in str([*installation.of_versions()])


def test_beside_a_running_app_it_is_the_app_that_is_examined(db):
    with app_on(db):
        done = skilltrack("doctor", "--offline", db=db, **WELL)

    assert "The app runs, and this is how it sees itself." in done.stdout
    assert "Local mode" in done.stdout  # the environment of the app that the test started, not that of the command


def test_it_tries_whether_mail_works_and_sends_none(monkeypatch):
    """A wrong password would show only when the first reminder is missing."""
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    server.start()
    try:
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": str(server.port),
            "TLS": "none",
            "FROM": "s@x.example",
        }.items():
            monkeypatch.setenv(f"SKILLTRACK_SMTP_{name}", value)
        assert list(of_mail()) == []
    finally:
        server.stop()
    (found,) = of_mail()
    assert (found.about, found.is_wrong, "cannot be reached" in found.message) == ("mail", True, True)
    assert inbox.mails == []
    monkeypatch.delenv("SKILLTRACK_SMTP_HOST")
    assert "SKILLTRACK_SMTP_HOST is not set" in next(iter(of_mail())).message


def test_every_variable_is_declared_and_explained():
    """A setting that `doctor` does not know would be called a mistake, and one without a word nobody would find."""
    texts = [path.read_text(encoding="utf-8") for path in (config.ROOT / "skilltrack").rglob("*.py")]
    named = set(re.findall(r"SKILLTRACK_[A-Z_]*[A-Z]", "".join(texts)))
    page = (config.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")

    assert named == set(config.VARIABLES)
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []
