"""The demo company from an empty store and back, as somebody on a phone and at a desk does it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("empty") / "empty.duckdb")
    yield server.url
    server.stop()


def test_the_demo_company_comes_in_one_click_is_marked_on_every_page_and_goes_in_one_click(empty, page):
    """Whoever tries the demo can neither take it for their own people nor be left with it."""
    page.goto(empty)
    settled(page)
    sign, load = page.locator(".st-key-demo_sign button"), page.get_by_role("button", name="Try the demo company")
    expect(load).to_be_visible()
    expect(sign).to_have_count(0)
    load.click()
    expect(page.get_by_text("Requirements met").first).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})  # the sign lies in the strip of the logo there
    page.goto(empty + "definitions")
    settled(page)
    sign.click()
    expect(page.get_by_text("These people and numbers are invented.")).to_be_visible()
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(sign).to_be_visible()
    page.emulate_media(media="screen")

    page.goto(empty + "people?as=00516")  # somebody of HR, who is gone with it
    settled(page)
    sign.click()
    page.get_by_role("button", name="Remove the demo company").click()
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(sign).to_have_count(0)
    expect(load).to_be_visible()
