"""Paper and keyboard: what is on the screen is on the printed page, and every action is reached without a mouse."""

import io
from contextlib import suppress
from unicodedata import normalize

import pytest
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import settled

pytestmark = pytest.mark.browser

DOWNLOADS = "[...document.querySelectorAll('[data-testid=stMain] [data-testid=stDownloadButton] button')]"
VISIBLE = f"() => {DOWNLOADS}.flatMap((button, at) => (button.checkVisibility() ? [at] : []))"
FOCUSED = f"""() => document.activeElement === document.body
  ? "nothing" : {DOWNLOADS}.indexOf(document.activeElement)"""
"""Which of the page's downloads has the keyboard; -1 where something else has it."""


def test_the_matrix_prints_whole_with_its_categories_on_each_sheet_and_dark_screens_as_light_ones(served, page):
    """On paper a manager would lose the columns' names from the second sheet on, and all text of a dark screen."""
    page.goto(served + "coverage")
    settled(page)
    expect(page.get_by_role("rowheader", name="Grid north")).to_be_visible()
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", landscape=True)))
    texts = [normalize("NFKC", sheet.extract_text()) for sheet in printed.pages]  # ligatures apart
    sheets = [" ".join(text.split()) for text in texts]  # a long name takes two lines
    teams = page.get_by_role("rowheader").all_inner_texts()
    assert len(teams) > 25
    assert not [team for team in teams if not any(team in sheet for sheet in sheets)]
    of_matrix = [sheet for sheet in sheets if sum(team in sheet for team in teams) > 3]
    assert len(of_matrix) > 1
    assert all("mechanical" in sheet for sheet in of_matrix)  # the category "Electrical and mechanical"

    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(16, 23, 30)")
    page.pdf()
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stMain")).to_have_css("filter", "invert(1) hue-rotate(180deg)")
    page.emulate_media(media="screen", color_scheme="light")


@pytest.mark.parametrize("name", ["coverage", "readiness", "spend", "uploads"])
def test_tab_leads_past_every_table_to_what_is_below_it_and_out_of_the_page(served, page, name):
    """Whoever has no mouse would be stuck in a table, or would never come to the download below it."""
    page.goto(served + name)
    settled(page)
    downloads, reached = page.evaluate(VISIBLE), []
    while len(reached) < 150 and "nothing" not in reached[20:]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))

    assert reached[-1] == "nothing", "Tab never leaves the page"
    assert set(downloads) <= set(reached)


def test_a_row_is_opened_by_keyboard_and_a_focused_link_is_outlined(served, page):
    """The table says which keys open a row; a link in the menu shows that the keyboard is on it."""
    page.goto(served + "readiness")
    settled(page)
    expect(page.get_by_text("keyboard: Shift + Space").first).to_be_visible()
    link = page.get_by_role("link", name="Coverage")
    page.get_by_role("link", name="Overview").focus()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    assert link.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    for _ in range(8):  # on a busy machine a key can be lost while the table is drawn
        page.get_by_test_id("data-grid-canvas").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+Space")
        with suppress(NotInTime):
            page.wait_for_url("**/people?employee=*", timeout=15_000)
            break
    page.wait_for_url("**/people?employee=*")


@pytest.mark.parametrize("width", [1440, 390])
def test_what_the_page_is_about_stays_in_view_and_covers_nothing_that_has_the_focus(served, page, width):
    """Somebody halfway down a long page would read last year's numbers as today's; or not see which link they are at."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{served}people?employee=00126")
    settled(page)
    line = page.locator(".st-key-filters button")
    page.get_by_role("button", name="CSV").last.scroll_into_view_if_needed()
    expect(line).to_be_in_viewport()
    bottom = line.bounding_box()["y"] + line.bounding_box()["height"]
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        box = page.evaluate(
            "() => { const r = document.activeElement.getBoundingClientRect(); return [r.top, r.bottom] }"
        )
        inside = page.evaluate("() => !!document.activeElement.closest('[data-testid=stMain]')")
        is_line = page.evaluate("() => !!document.activeElement.closest('.st-key-filters, .st-key-context')")
        assert not inside or is_line or box[1] > bottom, box
