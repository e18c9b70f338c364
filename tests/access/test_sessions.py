"""How a sign-in is configured, which roles it tells, when it ends, and where it leads."""

import time
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.access import sessions
from skilltrack.access.sessions import SignIn, claimed_roles, sign_in, why_ended
from skilltrack.api.guard import is_our_page
from skilltrack.errors import Refused

RULES = SignIn("https://skills.example", {}, {}, {"LnD.Admin": "ld", "People": "hr"}, 3600, roles_claim="groups")
FILE = """
url = "https://skills.example"
cookie_secret = "0123456789abcdef0123456789abcdef"
session_hours = 8
roles_claim = "roles"
[roles]
"LnD.Admin" = "ld"
[providers.corp]
title = "Corp"
client_id = "skills"
client_secret = "s3cret"
server_metadata_url = "https://login.corp.example/.well-known/openid-configuration"
[providers.partner]
client_id = "p"
client_secret = "q"
server_metadata_url = "https://partner.example/.well-known/openid-configuration"
"""


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Writes the settings file and points to it."""

    def write(text):
        path = tmp_path / "signin.toml"
        path.write_text(text)
        monkeypatch.setenv("SKILLTRACK_SIGNIN", str(path))

    return write


def test_nothing_said_is_no_sign_in():
    assert sign_in() is None


def test_a_file_names_several_providers_and_the_environment_overrules_it(said, monkeypatch):
    said(FILE)
    monkeypatch.setenv("SKILLTRACK_SESSION_HOURS", "2")
    rules = sign_in()

    assert (rules.titles, rules.seconds, rules.is_https) == ({"corp": "Corp", "partner": "partner"}, 7200, True)
    assert rules.auth["redirect_uri"] == "https://skills.example/oauth2callback"
    assert rules.auth["corp"]["authorize_params"] == {"max_age": "7200"}
    assert rules.roles == {"LnD.Admin": "ld"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("https://skills.example", "http://skills.example", "https://HOST"),
        ("https://skills.example", "https://skills.example/app", "without a path"),
        ("0123456789abcdef0123456789abcdef", "short", "32 random characters"),
        ('"LnD.Admin" = "ld"', '"LnD.Admin" = "manager"', "manager follows from the roster"),
        ("session_hours = 8", "session_hours = 0", "how many hours"),
        ('client_id = "skills"', "", "needs client_id of provider corp (SKILLTRACK_OIDC_CLIENT_ID)"),
        ("https://login.corp.example", "http://login.corp.example", "not an https address"),
        ("[providers.corp]", "[providers.the_corp]", "letters, digits and hyphens"),
        ("[providers.corp]", "[providers.corp", "cannot be read"),
        ('title = "Corp"', 'domains = "corp.example"', "Write a list"),
    ],
)
def test_what_is_not_enough_or_not_safe_is_refused_with_what_would_work(said, old, new, told):
    assert old in FILE
    said(FILE.replace(old, new))
    with pytest.raises(Refused) as refused:
        sign_in()

    assert told in str(refused.value)
    assert "s3cret" not in str(refused.value)


def claims(**more):
    now = time.time()
    return {"sub": "a", "iat": now, "auth_time": now, "exp": now + 600} | more


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, None),
        ({"exp": time.time() - 1}, "has ended"),
        ({"auth_time": time.time() - 3601, "exp": time.time() + 9e6}, "has ended"),
        ({"exp": None}, "until when"),
        ({"exp": "9999999999"}, "until when"),
        ({"auth_time": time.time() + 9e6, "exp": time.time() + 9e9}, "until when"),
        ({"auth_time": None}, "until when"),
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "false"}, "not verified"),
        ({"email_verified": None}, "not verified"),
        ({"email_verified": "true"}, None),
        ({"email_verified": True}, None),
    ],
)
def test_a_session_holds_until_its_token_or_the_longest_time_ends(more, told):
    ended = why_ended(RULES, claims(**more))

    assert told in ended if told else ended is None


def test_a_provider_vouches_for_addresses_of_its_own_domains_only(said):
    said(FILE.replace('client_id = "p"', 'client_id = "p"\ndomains = ["Partner.example"]'))
    rules = sign_in()

    for provider, address, is_in in (
        ("partner", "ann@partner.example", True),
        ("partner", " Ann@PARTNER.example ", True),
        ("partner", "boss@corp.example", False),
        ("partner", "boss@corp.example@partner.example", True),
        ("partner", "partner.example", True),
        ("partner", "ann@evil.partner.example", False),
        ("corp", "boss@corp.example", True),
    ):
        ended = why_ended(rules, claims(provider=provider, email=address))
        assert (ended is None) == is_in, address


def test_a_sign_in_that_was_ended_stays_ended_after_a_restart_too_and_others_do_not(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    mine, other = claims(nonce="1"), claims(nonce="2")
    sessions.sign_out(mine)
    sessions.sign_out({})  # a stranger
    assert (tmp_path / "x.duckdb.ended").read_bytes().count(b"\n") == 1
    sessions.sign_out(claims(nonce="3", exp=time.time() - 1))
    for _ in range(2):
        assert why_ended(RULES, mine) == "You have signed out."
        assert why_ended(RULES, other) is None
        sessions._ended.cache_clear()  # as after a restart

    assert why_ended(RULES, mine) == "You have signed out."
    assert len(sessions._ended(tmp_path / "x.duckdb")._codes) == 1  # not those that are over anyway
    assert b"sub" not in (tmp_path / "x.duckdb.ended").read_bytes()


@pytest.mark.parametrize(("told", "roles"), [
    (["LnD.Admin", "other"], {"ld"}), ("People", {"hr"}), (["hr", "ld"], set()), (None, set()), ([["People"]], set()),
    ({"People": 1}, set()), ([1, None, "People"], {"hr"}),
])  # fmt: skip
def test_only_mapped_values_of_the_claim_are_roles(told, roles):
    assert claimed_roles(RULES, {"groups": told}) == roles
    assert claimed_roles(SignIn("https://x", {}, {}, RULES.roles, 1), {"groups": told, "": told}) == frozenset()


@given(st.text(alphabet="/\\.:@?#%a1\t\n ", max_size=12) | st.text(max_size=20))
def test_where_a_sign_in_leads_is_never_another_site(wanted):
    if is_our_page(wanted):
        led = urlsplit(urljoin("https://skills.example/oauth2callback", wanted))
        assert (led.scheme, led.netloc) == ("https", "skills.example")
        assert not wanted.startswith(("//", "/\\"))
        assert not set(wanted) & set("\\\t\n\r ")


def test_a_page_with_its_filters_is_ours():
    assert is_our_page("/people?employee=00126&as_of=2026-06-30")
    assert not is_our_page("//evil.example")
    assert not is_our_page("https://evil.example")
