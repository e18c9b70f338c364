"""Tokens on the pages: administrators see, make and end those of programs, everybody their own, and a token is shown once."""

import pytest

from skilltrack.access.accounts import give
from skilltrack.access.tokens import caller, make_token, tokens_in_force
from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadToken
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping.shared_store import store_at
from tests.pages.opening import opened

OPERATOR = Viewer.everyone()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    store = store_at(tmp_path / "x.duckdb")
    roster = b"employee_id,name,manager_id\n01,Ann,\n02,Bo,01\n"
    assert import_sources(store, [Source("roster", "roster.csv", roster)], Options()).status == "stored"
    give(store, OPERATOR, "feed@x.example", "hr")
    give(store, OPERATOR, "02", "administrator")
    return store


def shown(page):
    return [code.value for code in page.code if code.value.startswith("skt_")]


def made(page, scope):
    page.button_group(key="token_scopes").set_value([scope]).run()
    return page.button(key="token_make").click().run()


def test_an_administrator_makes_a_token_sees_it_once_and_ends_it(store):
    page = opened("admin/roles", **{"as": "02"})
    page.text_input(key="token_account").set_value("feed@x.example").run()
    page.text_input(key="token_label").set_value("nightly").run()
    (token,) = shown(made(page, "imports"))
    assert (caller(store, token).viewer.account, caller(store, token).scopes) == ("feed@x.example", {"imports"})
    assert shown(page.run()) == [token]
    assert shown(page.button(key="token_copied").click().run()) == []
    assert shown(opened("admin/roles", **{"as": "02"})) == []

    page.selectbox(key="token_which").set_value(token.split("_")[1]).run()
    page.button(key="token_end").click().run()
    with pytest.raises(BadToken, match="was ended"):
        caller(store, token)
    assert not page.exception


def test_what_an_administrator_may_not_make_is_a_sentence_and_worst_is_first(store):
    make_token(store, OPERATOR, "feed@x.example", ["imports"])
    make_token(store, OPERATOR, "01", ["reports"])
    give(store, OPERATOR, "01", "barred")
    page = opened("admin/roles", **{"as": "02"})
    assert "1 token opens nothing any more." in page.warning[0].value
    tokens = next(table.value for table in page.dataframe if "scopes" in table.value)
    assert tokens["account"].tolist() == ["01", "feed@x.example"]
    page.text_input(key="token_account").set_value("feed@x.example").run()
    made(page, "reports")
    page.text_input(key="token_account").set_value("nobody").run()
    made(page, "reports")
    assert "Nobody on today's roster" in page.error[0].value
    assert len(tokens_in_force(store, OPERATOR)) == 3


def test_everybody_makes_tokens_of_their_own_that_open_no_more_than_they_may(store):
    page = opened("reports/exports", **{"as": "01"})
    assert [str(option) for option in page.button_group(key="token_scopes").options] == ["reports"]
    (token,) = shown(made(page, "reports"))

    assert caller(store, token).opening("reports").lines == ("01",)
    assert [key.key for key in page.text_input if key.key == "token_account"] == []
    own = tokens_in_force(store, Viewer("01"), is_own=True)
    assert own["by_whom"].tolist() == ["01"]
    assert shown(opened("reports/exports")) == []
