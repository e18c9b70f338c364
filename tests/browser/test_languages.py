"""The language of a browser is spoken at once, another one is chosen and kept, and longer words find room."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import choose, is_narrow, settled, twice

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def german(browser):
    """A browser that prefers German."""
    context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844})
    yield context
    context.close()


def cut_labels(page):
    """What is written above the numbers of a page and has no room."""
    cut = "labels => labels.filter(label => label.scrollWidth > label.clientWidth + 1).map(label => label.textContent)"
    return set(page.locator("[data-testid=stMetricLabel] p").evaluate_all(cut))


def test_a_german_browser_gets_german_pages_that_fit_a_phone(served, german):
    """Cut or overlapping words on a phone are what a German manager would see first."""
    page = german.new_page()
    for name, title in (
        ("", "Überblick"),
        ("coverage", "Abdeckung"),
        ("gaps?by=team", "Lücken"),
        ("spend", "Ausgaben"),
    ):
        page.goto(served + name)
        settled(page)
        expect(page.locator("h1")).to_have_text(title)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        page.wait_for_timeout(300)
        assert is_narrow(page), name
        assert twice(page, lambda: cut_labels(page)) == set(), name
        if name == "coverage":  # what the component writes by itself
            expect(page.get_by_placeholder("Name oder Kompetenz suchen")).to_be_visible()
            expect(page.get_by_role("button", name=" von ").first).to_be_attached()
    page.close()


def test_a_chosen_language_is_kept_in_the_browser_and_one_of_a_link_is_not(served, german):
    """Whoever has chosen French does not choose it every morning; a colleague's link does not change that."""
    page = german.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(served + "gaps?by=team")
    settled(page)
    choose(page, "Sprache", "Français")
    expect(page.locator("h1")).to_have_text("Écarts")
    expect(page.get_by_role("link", name="Vue d’ensemble")).to_be_visible()
    assert "lang" not in page.url
    for _ in range(1_200):  # the component keeps it a moment after the page is drawn
        kept = {cookie["name"]: cookie["value"] for cookie in german.cookies()}
        if kept.get("skilltrack_language") == "fr":
            break
        page.wait_for_timeout(100)
    assert kept.get("skilltrack_language") == "fr"
    page.close()

    again = german.new_page()
    again.goto(served + "gaps?lang=es&by=team")
    settled(again)
    expect(again.locator("h1")).to_have_text("Brechas")
    again.wait_for_url(lambda address: "lang" not in address and "by=team" in address)
    again.goto(served + "renewals")
    settled(again)
    expect(again.locator("h1")).to_have_text("Renouvellements")
    expect(again.locator("html")).to_have_attribute("lang", "fr")
    again.close()
