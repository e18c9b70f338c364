"""The fifteen questions of docs/questions.md, clicked from the overview by somebody who asks them."""

import re
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from skilltrack.config import ROOT
from tests.browser.conftest import settled

pytestmark = pytest.mark.browser
WHO = {"manager": "00103", "director": "00101", "L&D": "00517", "HR": "00516", "employee": "00126"}
"""Somebody of the demo company who asks such questions."""
ROWS = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$",
    (ROOT / "docs" / "questions.md").read_text("utf-8"),
    re.MULTILINE,
)
MOST = 3
FIRST = {"by": "skill", "part": "todo", "employee": "00126"}
"""What a page shows before anything is chosen; an employee their own record."""


def take(page, step):
    """Go one step of a way as its reader does; returns how many clicks that takes."""
    label, _, value = step.partition(": ")
    if label == "filters":
        for _ in range(8):  # on a busy machine a click can be lost while the page is drawn
            page.locator(".st-key-filters button").click()
            with suppress(AssertionError):
                expect(page.get_by_test_id("stPopoverBody").first).to_be_visible(timeout=15_000)
                break
        return 1
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        page.get_by_test_id("stDateInput").filter(has_text=label).get_by_role("spinbutton").first.click()
        page.keyboard.type(value.replace("-", ""))
        page.locator("h1").click()  # the day counts once the field is left
        return 2
    if value:
        field = page.get_by_role("combobox", name=label, exact=False).first
        field.click()
        field.fill(value)
        page.get_by_role("option", name=value, exact=True).click()
        return 2
    in_menu = page.get_by_test_id("stSidebar").get_by_role("link").filter(has_text=re.compile(rf"{label}$"))
    in_menu.or_(page.get_by_test_id("stMain").get_by_text(label, exact=True)).first.click()
    return 1


def is_at(url, address, who):
    """Whether the address of a page is one of the table, or shows the same because that is what comes first there."""
    there, asked = urlsplit(url), urlsplit(address)
    at, said = dict(parse_qsl(there.query)), dict(parse_qsl(asked.query))
    start = "people" if who == "employee" else "overview"
    return (there.path.strip("/") or start) == asked.path and said.items() <= (FIRST | at).items()


@pytest.mark.parametrize(
    ("who", "question", "address", "shown", "way"), ROWS, ids=[question[:40] for _who, question, *_more in ROWS]
)
def test_a_question_is_answered_in_at_most_three_clicks(served, page, who, question, address, shown, way):
    """A manager who does not find the answer in the first minute asks for a spreadsheet."""
    page.goto(f"{served}?as={WHO[who]}")
    settled(page)
    clicks = 0
    for step in [] if way == "none" else way.split(" › "):
        clicks += take(page, step)
        settled(page)

    expect(page.get_by_test_id("stMain").get_by_text(shown).first).to_be_attached()
    assert clicks <= MOST
    assert is_at(page.url, address, who), "the way ends on a page that does not answer the question"
    assert not page.get_by_test_id("stException").count()


def test_all_fifteen_are_asked():
    assert len(ROWS) == 15
    assert {who for who, *_ in ROWS} == set(WHO)
