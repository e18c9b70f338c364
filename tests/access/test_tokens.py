"""Tokens of programs: whose they are, when they open nothing any more, and that no copy of the database brings one back."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from skilltrack.access import accounts, standing, tokens
from skilltrack.access.accounts import give, take
from skilltrack.access.tokens import caller, end_token, make_token, tokens_in_force
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion, BadToken, NotOpen, Refused
from skilltrack.ingest import import_folder
from skilltrack.keeping import durability, erasure, restoring
from skilltrack.keeping.mending import rebuild
from tests.access.sight import person_row, write

OPERATOR, ADMIN = Viewer.everyone(), Viewer("root", frozenset({"administrator"}))
FEED = "feed@hris.example"


def listed(store, folder, effective=None, **managers):
    rows = [person_row(person, manager, "T", "a") for person, manager in managers.items()]
    assert import_folder(store, write(folder, {"roster": rows}), effective=effective).status == "stored"


@pytest.fixture
def store(tmp_path):
    store = durability.open_store(tmp_path / "x.duckdb")
    listed(store, tmp_path / "first", effective=date(2024, 1, 1), top="", boss="top", ann="boss")
    give(store, OPERATOR, FEED, "hr")
    yield store
    store.close()


def works(store, token):
    try:
        return caller(store, token) is not None
    except Refused:
        return False


def test_a_token_is_shown_once_and_only_its_hash_is_kept_anywhere(store, tmp_path):
    token = make_token(store, OPERATOR, FEED, ["imports", "uploads"], "nightly")

    assert (caller(store, token).viewer.account, caller(store, token).scopes) == (FEED, {"imports", "uploads"})
    assert tokens_in_force(store, ADMIN)[["account", "label", "days", "state"]].values.tolist() == [
        [FEED, "nightly", 90, "valid"]
    ]
    store.close()
    secret = token.rsplit("_", 1)[1].encode()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_a_token_that_was_ended_is_over_or_is_not_one_opens_nothing_and_says_why(store, monkeypatch):
    token, other = (make_token(store, OPERATOR, FEED, ["imports"]) for _ in range(2))
    made = [token[:-1] + ("0" if token[-1] != "0" else "1"), token[:17] + other[17:], "", "skt", token + "\n", "é" * 69]
    for wrong in made:
        with pytest.raises(BadToken, match="not one that this server knows"):
            caller(store, wrong)
    end_token(store, OPERATOR, token.split("_")[1])
    with pytest.raises(BadToken, match=f"was ended on {today()}"):
        caller(store, token)
    with pytest.raises(Refused, match="was ended before"):
        end_token(store, OPERATOR, token.split("_")[1])
    last = today() + timedelta(days=tokens.USUAL)
    monkeypatch.setattr(tokens, "today", lambda: last)
    assert works(store, other)
    monkeypatch.setattr(tokens, "today", lambda: last + timedelta(days=1))
    with pytest.raises(BadToken, match=f"valid until {last}"):
        caller(store, other)
    assert tokens_in_force(store, ADMIN)["state"].tolist() == ["over"]


def test_a_token_opens_what_its_account_may_now_and_nothing_once_it_is_barred_or_has_left(store, tmp_path):
    own, feed = make_token(store, Viewer("boss"), "boss", ["reports"]), make_token(store, OPERATOR, FEED, ["imports"])
    assert caller(store, own).opening("reports").lines == ("boss",)
    with pytest.raises(NotOpen, match="opens reports, not imports"):
        caller(store, own).opening("imports")
    take(store, OPERATOR, FEED, "hr")
    with pytest.raises(BadQuestion, match="has no role"):
        caller(store, feed)
    give(store, OPERATOR, FEED, "auditor")
    with pytest.raises(NotOpen, match="Uploads is open to hr or ld"):
        caller(store, feed).opening("imports")
    give(store, OPERATOR, "boss", "barred")
    with pytest.raises(BadQuestion, match="is barred"):
        caller(store, own)
    take(store, OPERATOR, "boss", "barred")
    assert works(store, own)

    listed(store, tmp_path / "left", effective=today() - timedelta(days=1), top="", ann="top")
    with pytest.raises(BadQuestion, match="on no roster"):
        caller(store, own)
    assert "on no roster" in tokens_in_force(store, ADMIN)["state"].tolist()[0]


def test_who_comes_back_or_gets_the_address_of_a_program_does_not_get_its_tokens(store, tmp_path, monkeypatch):
    own, feed = make_token(store, Viewer("ann"), "ann", ["reports"]), make_token(store, OPERATOR, FEED, ["imports"])
    now = today()
    listed(store, tmp_path / "left", effective=now + timedelta(days=3), top="", boss="top")
    listed(store, tmp_path / "back", effective=now + timedelta(days=5), top="", boss="top", ann="boss")

    def works_after(days, token):
        for module in (tokens, accounts, standing):
            monkeypatch.setattr(module, "today", lambda: now + timedelta(days=days))
        return works(store, token)

    assert [works_after(days, own) for days in (2, 4, 6)] == [True, False, False]
    assert works_after(6, feed)
    rows = [person_row("top", "", "T", "a") | {"email": FEED}]
    assert import_folder(store, write(tmp_path / "taken", {"roster": rows}), effective=now).status == "stored"
    monkeypatch.undo()
    with pytest.raises(NotOpen, match="is on the roster now"):
        caller(store, feed)


def test_nobody_gets_more_by_a_token_than_they_have(store):
    """An administrator sees no people: a token of an HR account in their hands would be a role they gave themselves."""
    give(store, ADMIN, "robot@x.example", "hr")
    with pytest.raises(Refused, match=r"You gave robot@x.example its role"):
        make_token(store, ADMIN, "robot@x.example", ["reports"])
    give(store, OPERATOR, "late@x.example", "auditor")
    token = make_token(store, ADMIN, "late@x.example", ["reports"])
    assert works(store, token)
    give(store, ADMIN, "late@x.example", "hr")
    with pytest.raises(NotOpen, match="made this token and gave late@x.example a role"):
        caller(store, token)
    with pytest.raises(Refused, match="They make it themselves"):
        make_token(store, ADMIN, "boss", ["reports"])
    for viewer in (Viewer("other", frozenset({"administrator"})), OPERATOR):
        assert works(store, make_token(store, viewer, "robot@x.example", ["reports"]))
    for act in (
        lambda: make_token(store, Viewer("ann"), "boss", ["reports"]),
        lambda: tokens_in_force(store, Viewer("ann")),
        lambda: end_token(store, Viewer("ann"), "nothing"),
    ):
        with pytest.raises(NotOpen, match="open to administrator"):
            act()


@pytest.mark.parametrize(
    ("scopes", "days", "message"),
    [
        ([], 1, "Say what the token opens"),
        (["money"], 1, "no scope 'money'. Use one or more of: imports"),
        (["imports"], -1, "Choose a last day from"),
        (["imports"], 367, "Choose a last day from"),
    ],
)
def test_a_token_that_could_do_nothing_or_never_ends_is_not_made(store, scopes, days, message):
    with pytest.raises(Refused, match=message):
        make_token(store, OPERATOR, FEED, scopes, valid_to=today() + timedelta(days=days))
    with pytest.raises(Refused, match="no such role"):
        make_token(store, OPERATOR, "ann", ["uploads"])
    with pytest.raises(Refused, match="takes 101 characters"):
        make_token(store, OPERATOR, FEED, ["imports"], "x" * 101)
    with pytest.raises(NotOpen, match="told by your sign-in, which a program does not have"):
        make_token(store, Viewer("ann", frozenset({"hr"}), "ann"), "ann", ["uploads"])
    with pytest.raises(Refused, match="Nobody on today's roster"):
        make_token(store, OPERATOR, "nobody", ["reports"])


def test_no_backup_and_no_rebuilding_brings_an_ended_token_back_or_loses_one(store, tmp_path):
    kept, ended = (make_token(store, OPERATOR, FEED, ["imports"]) for _ in range(2))
    durability.backup(store, tmp_path / "copy.duckdb")
    end_token(store, OPERATOR, ended.split("_")[1])
    path = Path(store.path)
    store.close()
    for renew in (rebuild, lambda path: restoring.restore(path, tmp_path / "copy.duckdb")):
        renew(path)
        with closing(durability.open_store(path)) as renewed:
            assert (works(renewed, kept), works(renewed, ended)) == (True, False)
            assert durability.check(renewed, lambda line: None) == []
    with closing(durability.open_store(path)) as renewed:
        with renewed.write() as transaction:
            transaction.run("update token_events set scopes = 'reports'")
        problems = durability.check(renewed, lambda line: None)
    assert any(f"about the token {ended.split('_')[1]} taken from {FEED}" in problem for problem in problems)


def test_erasing_somebody_takes_their_tokens_and_their_name_out_of_those_of_others(store):
    own = make_token(store, Viewer("ann"), "ann", ["reports"])
    feed = make_token(store, OPERATOR, FEED, ["imports"], f"of {person_row('ann', '', '', '')['email']}")
    people = erasure.named(store, ["ann"])
    erasure.erase(store, "local", people, erasure.places_of(store, people))

    assert (works(store, own), works(store, feed)) == (False, True)
    assert tokens_in_force(store, ADMIN)["label"].tolist() == ["of erased"]
    assert erasure.search(store, people).left == []
