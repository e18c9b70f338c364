"""Signing in at a real OpenID Connect provider, in a real browser: who gets in, for how long, and where to."""

import hashlib
import re
import shutil
import time
import urllib.error
import urllib.request
import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from skilltrack.config import today
from skilltrack.storage.audit_log import AuditLog
from skilltrack.ui.shell import NAMES
from tests.access import wire
from tests.browser.conftest import Server, choose, leave, settled, violations
from tests.browser.provider import provider, settings
from tests.long import some, sweep

pytestmark = pytest.mark.browser

MANAGER = "greta.lind@norrland-energi.example"
HR = "mohammed.lopez@norrland-energi.example"
EMPLOYEE = "freja.jansson@norrland-energi.example"
ADMINISTRATOR = "petra.tran@norrland-energi.example"
STRANGER = "stranger@elsewhere.example"
UNCHECKED = "imane.olsen@norrland-energi.example"
LEARNING = "external@learning.example"
LASTS = 30
"""Seconds for which a sign-in that is to end lasts: the slowest machine draws a page meanwhile."""
GROUPS = [str(uuid.UUID(bytes=hashlib.md5(b"%d" % n).digest())) for n in range(200)]


@pytest.fixture(scope="module")
def address():
    people = {email: {} for email in (MANAGER, HR, EMPLOYEE, ADMINISTRATOR, STRANGER)}
    with provider(
        people | {UNCHECKED: {"email_verified": False}, LEARNING: {"groups": [*GROUPS, "LnD.Admin"]}}
    ) as served:
        yield served


@pytest.fixture(scope="module")
def app(address, demo_db, tmp_path_factory):
    path = tmp_path_factory.mktemp("signin") / "demo.duckdb"
    shutil.copy(demo_db, path)
    shutil.copytree(f"{demo_db}.files", f"{path}.files")
    server = Server(path, lambda url: settings(address, url))
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def visitors(browser):
    """Two browsers, each with a page; the provider's style sheet, which is elsewhere, is left out."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    for context in contexts:
        context.route(re.compile(r"https://"), lambda route: route.abort())
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitors):
    """The page of somebody's own browser, in which nobody has signed in."""
    yield visitors[0]
    leave(visitors[0])


@pytest.fixture
def other(visitors):
    """The page of somebody else's browser."""
    yield visitors[1]
    leave(visitors[1])


def sign_in(page, account):
    settled(page)
    page.get_by_role("button", name="Sign in with").click()
    page.get_by_role("button", name=account, exact=True).click()
    settled(page)


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("end_session"))


def seen(page):
    """The words of the menu, once its links are drawn: the headings come before them."""
    menu = page.get_by_test_id("stSidebar")
    expect(menu.get_by_test_id("stPageLink").last).to_be_visible()
    settled(page)
    return menu.inner_text()


def is_out(page):
    expect(page.get_by_role("button", name="Sign in with")).to_be_visible()
    expect(page.get_by_test_id("stMetric")).to_have_count(0)
    expect(page.get_by_test_id("stPageLink")).to_have_count(0)


@sweep
def test_every_page_is_the_sign_in_page_and_nothing_else_as_the_first_request_after_a_start(
    address, demo_db, tmp_path, page
):
    """In a browser a page of each section; of every page, what its server sends to whoever has not signed in."""
    shutil.copy(demo_db, tmp_path / "demo.duckdb")
    server = Server(tmp_path / "demo.duckdb", lambda url: settings(address, url), is_anew=True)
    frames = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    try:
        sections = {name.split("/")[0]: name.split("/")[1] for name in reversed(NAMES)}
        for name in some(list(sections.values()), 2):
            page.goto(server.url + name)
            settled(page)
            is_out(page)
            expect(page.locator("h1")).to_have_text("Skilltrack")
            expect(page.get_by_text("Page not found")).to_have_count(0)
        assert violations(page) == set()
        assert frames
        for name in some(["", *(name.split("/")[1] for name in NAMES[1:])]):
            with wire.opened(server.url, {}) as socket:
                answers = wire.answers_to(socket, wire.page_of(name, ""))
            assert wire.kinds(answers) <= wire.SIGN_IN_PAGE, name
            assert any(b"Sign in with" in answer for answer in answers), name
            frames += answers
    finally:
        server.stop()

    for told in ("Norrland", "Cyber defence", "Freja", "pages/team"):
        assert not any(told.encode() in (frame if isinstance(frame, bytes) else frame.encode()) for frame in frames), (
            told
        )


def test_a_deep_link_survives_the_sign_in_and_a_manager_sees_no_more_than_their_own(app, page):
    link = f"{app}people?employee=00126&as_of={today() - timedelta(days=150)}"
    page.goto(link)
    sign_in(page, MANAGER)

    assert page.url == link
    expect(page.get_by_role("heading", name="Freja Jansson")).to_be_visible()
    page.get_by_role("button", name="Why can I see this?").click()
    expect(page.get_by_text("Freja Jansson → Greta Lind")).to_be_visible()
    page.goto(app + "people?employee=00516")
    settled(page)
    expect(page.get_by_text("which is not known")).to_be_visible()
    page.goto(app + "uploads")
    settled(page)
    expect(page.get_by_text("The page Uploads is for HR and L&D.")).to_be_visible()
    assert "Uploads" not in seen(page)


def test_an_account_that_is_on_no_roster_and_an_unverified_address_open_nothing(app, page):
    page.goto(app)
    sign_in(page, STRANGER)
    is_out(page)
    expect(page.get_by_text("is on no roster today and has no role")).to_be_visible()
    sign_out(page)
    page.goto(app)
    sign_in(page, UNCHECKED)
    is_out(page)
    expect(page.get_by_text("has not verified your e-mail address")).to_be_visible()


def test_a_role_comes_from_the_sign_in_and_hundreds_of_groups_do_not_blank_the_page(app, page):
    page.goto(app + "catalogue")
    sign_in(page, LEARNING)

    expect(page.locator("h1")).to_have_text("Catalogue")
    assert "Spend" in seen(page)
    assert "Privacy" not in seen(page)
    cookies = [c for c in page.context.cookies() if c["name"].startswith("_streamlit_user")]
    assert sum(len(c["value"]) for c in cookies) > 8192
    assert all(c["httpOnly"] and c["expires"] > 0 for c in cookies)


def test_signing_out_ends_the_other_tabs_and_a_kept_cookie_too(app, page, other):
    page.goto(app)
    sign_in(page, HR)
    tab = page.context.new_page()
    tab.goto(app)
    settled(tab)
    kept = page.context.cookies()
    sign_out(page)
    tab.get_by_role("link", name="Renewals", exact=True).click()
    is_out(tab)
    tab.close()
    thief = other
    thief.context.add_cookies(kept)
    thief.goto(app)
    settled(thief)
    is_out(thief)


def test_a_session_ends_with_its_id_token(demo_db, tmp_path, page):
    shutil.copy(demo_db, tmp_path / "demo.duckdb")
    with provider({HR: {}}, lasts=LASTS) as address:
        server = Server(tmp_path / "demo.duckdb", lambda url: settings(address, url))
        try:
            page.goto(server.url)
            sign_in(page, HR)
            signed_in_at = time.monotonic()
            expect(page.get_by_test_id("stMetric").first).to_be_visible()
            page.wait_for_timeout(1_000 * max(0, LASTS + 1 - (time.monotonic() - signed_in_at)))
            page.get_by_role("link", name="Renewals", exact=True).click()
            is_out(page)
            expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
        finally:
            server.stop()
    noted = [entry["event"] for entry in AuditLog(str(tmp_path / "demo.duckdb")).entries()]
    assert noted.count("signed_in") == 1


def test_who_is_barred_is_out_at_the_next_click_and_their_open_page_downloads_nothing(app, page, other):
    roles = other
    page.goto(app)
    sign_in(page, EMPLOYEE)
    expect(page.get_by_role("heading", name="Freja Jansson")).to_be_visible()
    roles.goto(app + "roles")
    sign_in(roles, ADMINISTRATOR)
    roles.get_by_label("Employee id or e-mail address").fill(EMPLOYEE)
    choose(roles, "Role", "Barred · nothing: the account cannot sign in")
    roles.get_by_role("button", name="Give", exact=True).click()
    expect(roles.get_by_text("The role is given.")).to_be_visible()
    fetched = []
    page.on("response", lambda response: fetched.append(response.url) if "/media/" in response.url else None)
    page.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    page.wait_for_timeout(1500)
    page.get_by_role("link", name="Definitions", exact=True).click()
    is_out(page)
    expect(page.get_by_text("is barred")).to_be_visible()

    assert fetched == []


STRANGERS_PATHS = [
    "media/0123.csv",
    "_stcore/metrics",
    "_stcore/upload_file/a/b",
    "component/x/y.js",
    "_stcore/bidi-components/x",
    "_stcore/script-health-check",
]


@pytest.mark.parametrize("path", STRANGERS_PATHS)
def test_no_route_but_the_sign_in_s_own_answers_a_stranger(app, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(app + path, timeout=120)

    assert refused.value.code == 403
    assert refused.value.read() == b"Sign in first."
