"""A click on a chart, and the keyboard's way to the same rows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settled, violations

pytestmark = pytest.mark.browser


def click_on(page, chart, mark, at=0):
    """Click into the middle of a bar or point of a chart."""
    points = page.locator(f"[class*=st-key-chart_{chart}] {mark}")
    expect(points.nth(at)).to_be_visible()
    points.nth(at).scroll_into_view_if_needed()
    box = points.nth(at).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize(
    ("address", "chart", "mark", "opens"),
    [
        ("renewals", "renewals", ".bars .point path", r"why=picture_months&point=\d{4}-\d\d$"),
        ("spend", "outcomes", ".bars .point path", r"why=picture_outcomes&point="),
        ("spend", "spend", ".bars .point path", r"why=picture_money_credentials&point="),
        ("overview", "trend", ".scatter .points path", r"why=picture_forecast&point=\d{4}-\d\d-\d\d$"),
    ],
)
def test_a_click_on_a_point_or_bar_lists_what_is_behind_it(page, served, address, chart, mark, opens):
    """The chart would be a picture only: who is behind the highest bar stays unknown."""
    page.goto(served + address)
    settled(page)
    for _ in range(2):  # the same point can be clicked again
        click_on(page, chart, mark)
        panel = page.get_by_role("dialog")
        expect(panel).to_be_visible()
        expect(page).to_have_url(re.compile(opens))
        expect(panel).to_contain_text(re.compile(r"Counted: \d"))
        assert violations(page, {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}) == set()
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(page).not_to_have_url(re.compile("why="))
        settled(page)


def test_the_keyboard_reaches_the_rows_of_a_point_by_the_sign_beside_the_title(page, served):
    """Who cannot use a mouse would have the chart and not its rows."""
    page.goto(served + "renewals")
    settled(page)
    page.get_by_role("button", name="How this is counted: Ends by month").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    month = panel.get_by_role("combobox", name="Month")
    expect(month).to_be_visible()
    month.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"why=picture_months&point=\d{4}-\d\d"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
