"""Who stops a kind of mail gets none of it any more: by the link in each mail or the operator, after any repair too."""

import re
import shutil
from contextlib import closing
from html import unescape
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access import choose_mail, stopped_mail
from skilltrack.access.sessions import SignIn
from skilltrack.api import stopping
from skilltrack.api.guard import Guard
from skilltrack.keeping import durability, erasure, mending, restoring, shared_store
from tests.mail.conftest import URL
from tests.mail.test_rounds import ANN, BEA


@pytest.fixture
def db(made, tmp_path, monkeypatch):
    path = shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "c.duckdb"
    monkeypatch.setenv("SKILLTRACK_DB", str(path))
    return path


def guarded(app):
    """The app behind its guard, where people sign in; nobody has."""
    rules = SignIn(URL, {}, {}, {}, 3600)
    return Guard(
        app, "default-src 'none'", False, rules, lambda cookies: {}, lambda claims: None, lambda *frame: False, bytes
    )


def test_the_link_in_a_mail_stops_its_kind_for_its_reader_once_the_button_is_pressed(db, inbox, command):
    assert command(db, "remind").returncode == 0
    link = inbox.to(BEA)[0]["List-Unsubscribe"].strip("<>")
    assert link in inbox.to(BEA)[0].get_body(("plain",)).get_content()
    assert "20" not in urlsplit(link).query.replace("%20", "").split("who=")[0]
    asked = f"{urlsplit(link).path}?{urlsplit(link).query}"
    client, store = TestClient(guarded(Starlette(routes=stopping.ROUTES)), URL), shared_store.store_at(db)

    page = client.get(asked, headers={"Sec-Fetch-Mode": "navigate"})
    assert (page.status_code, "Stop these mails</button>" in page.text) == (200, True)
    assert stopped_mail(store) == set()  # a mail program has looked at the link
    for wrong in (
        asked[:-1] + ("0" if asked[-1] != "0" else "1"),
        asked.replace("digest", "lapses"),
        asked.replace("who=", "who=0"),
    ):
        for answer in (client.get(wrong), client.post(wrong)):
            assert (answer.status_code, "not one that Skilltrack made" in answer.text) == (404, True)
    assert "set-cookie" not in page.headers  # who signs in later does not come here again
    assert client.post(asked, headers={"Origin": "https://evil.example"}).status_code == 403
    assert stopped_mail(store) == set()
    assert client.post(asked, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(asked, headers={"Origin": URL}).status_code == 200
    assert stopped_mail(store) == {("20", "digest")}

    page = client.get(asked)
    assert "You will not get the weekly digest any more. You can turn them on again here" in page.text
    (again,) = re.findall(r'action="([^"]*)"', page.text)
    again = f"{urlsplit(link).path}{unescape(again)}"
    assert client.get(again).status_code == 200
    assert client.post(again.replace("who=", "who=0")).status_code == 404
    assert stopped_mail(store) == {("20", "digest")}  # looking at it changes nothing
    page = client.post(again, headers={"Origin": URL})
    assert ("You get the weekly digest again." in page.text, stopped_mail(store)) == (True, set())
    (stop,) = re.findall(r'action="([^"]*)"', page.text)
    assert client.post(f"{urlsplit(link).path}{unescape(stop)}").status_code == 200
    assert stopped_mail(store) == {("20", "digest")}
    shared_store._stores.pop(str(db)).close()

    inbox.mails.clear()
    done = command(db, "remind", "--as-of", "2099-01-05")  # another week
    assert "Left out, does not want the weekly digest: 20." in done.stdout
    assert inbox.to(BEA) == []


def test_the_operator_stops_and_allows_mail(db, inbox, command):
    done = command(db, "mail", "stop", "21")
    assert (done.returncode, done.stdout) == (0, "21 gets no longer: lapses, digest, feed, decisions, packs.\n")
    assert command(db, "mail", "allow", "21", "digest", "packs").stdout == "21 gets again: digest, packs.\n"
    assert command(db, "mail", "stopped").stdout == "21: decisions\n21: feed\n21: lapses\n"
    assert command(db, "mail", "stop", "21", "letters").returncode == 2
    assert command(db, "mail", "stop", "99").returncode == 2
    assert command(db, "remind").returncode == 0
    assert inbox.to(ANN) == []
    assert command(db, "mail", "test", ANN).returncode == 0
    assert [mail["Subject"] for mail in inbox.to(ANN)] == ["Skilltrack can send mail"]
    assert command(db, "mail", "test", "nobody@works.example").returncode == 2


def test_no_backup_and_no_rebuilding_lets_mail_come_again_that_was_stopped(db, tmp_path):
    with closing(durability.open_store(db)) as store:
        durability.backup(store, tmp_path / "copy.duckdb")
        assert choose_mail(store, "21", "lapses", False, "21")
        assert not choose_mail(store, "21", "lapses", False, "21")
    for renew in (mending.rebuild, lambda path: restoring.restore(path, tmp_path / "copy.duckdb")):
        renew(db)
        with closing(durability.open_store(db)) as renewed:
            assert stopped_mail(renewed) == {("21", "lapses")}
            assert durability.check(renewed, lambda line: None) == []
    with closing(durability.open_store(db)) as store:
        with store.write() as transaction:
            transaction.run("update mail_choices set is_wanted = true")
        assert any(
            "about the mail lapses allowed for 21" in line for line in durability.check(store, lambda line: None)
        )


def test_erasing_somebody_takes_what_they_chose_and_names_mails_that_may_hold_them(db, inbox, command):
    assert command(db, "remind").returncode == 0
    assert command(db, "mail", "stop", "21", "lapses").returncode == 0
    with closing(durability.open_store(db)) as store:
        people = erasure.named(store, ["21"])
        going = erasure.going(store, people, erasure.places_of(store, people))
        assert [line.partition(": ")[2] for line in going.exports] == ["lapses", "digest", "digest", "digest"]
        erasure.erase(store, "local", people, erasure.places_of(store, people))
        assert stopped_mail(store) == set()
        assert erasure.search(store, people).left == []
