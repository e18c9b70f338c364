"""Self-service as people use it: an employee proposes, their manager accepts, the coverage changes, and it is undone."""

import pytest
from playwright.sync_api import expect

from skilltrack.access.accounts import viewer_called
from skilltrack.keeping.durability import open_store
from skilltrack.proposals import Proposal, propose
from tests.browser.conftest import Server, choose, is_narrow, requirements_met, settled, violations
from tests.proposals.conftest import FILES, upload
from tests.proposals.test_proposals import BO, LEARNT

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    db = tmp_path_factory.mktemp("self") / "x.duckdb"
    store = open_store(db)
    for kind, text in FILES.items():
        upload(store, kind, text)
    propose(store, viewer_called(store, "03"), "03", LEARNT)
    propose(store, viewer_called(store, "03"), "03", Proposal("correction", note="My team is T1."))
    store.close()
    server = Server(db)
    yield server.url
    server.stop()


def faults(page):
    """What axe finds, and whether a phone would scroll sideways."""
    found = sorted(violations(page, RULES))
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    if not is_narrow(page):
        found.append(("too wide", page.url))
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def test_what_an_employee_proposes_changes_the_coverage_once_it_is_accepted_and_until_it_is_undone(served, page):
    def coverage():
        page.goto(f"{served}coverage?as=01")
        settled(page)
        return requirements_met(page).inner_text()

    before = coverage()
    page.goto(f"{served}people?as={BO}&employee={BO}")
    settled(page)
    page.get_by_text("Tell us what you can do").click()
    choose(page, "Certificate or award", "Welder (Guild)")
    page.get_by_role("group", name="Issued on").get_by_role("spinbutton").first.click()
    page.keyboard.type("20260105")
    page.get_by_label("Link, as proof").fill("https://guild.example/1")
    page.keyboard.press("Tab")
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_role("heading", name="Proposed")).to_be_visible()
    assert coverage() == before

    page.goto(f"{served}overview?as=01")
    settled(page)
    page.get_by_role("link", name="2 proposals wait for you.").click()
    expect(page.get_by_text("2 proposals wait for you.")).to_be_visible()
    page.get_by_role("combobox", name="Which ones").click()
    page.get_by_role("option", name="Bo Bodega · a certificate or another award · Welder").click()
    page.keyboard.press("Escape")
    settled(page)
    assert faults(page) == []
    page.get_by_role("button", name="Accept", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Accepted: 1 of 1.")).to_be_visible()
    assert coverage() != before

    page.goto(f"{served}waiting?as=01")
    settled(page)
    choose(page, "Take an acceptance back", "Bo Bodega · a certificate or another award · Welder")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("It does not count any more.")).to_be_visible()
    assert coverage() == before
