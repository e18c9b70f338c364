"""The app as people use it: a real server, a real Chromium, the main journeys."""

import itertools
import re
import shutil

import pytest
from playwright.sync_api import expect

from skilltrack import demo
from skilltrack.config import today
from skilltrack.ui.shell import NAMES
from tests.browser.conftest import (
    Server,
    choose,
    choose_filter,
    is_narrow,
    leave,
    requirements_met,
    settled,
    twice,
    violations,
)  # fmt: skip
from tests.long import some, sweep

pytestmark = pytest.mark.browser
FILTERS = ".st-key-filters button"
"""What opens the filters of a page."""
STATES = [
    "",
    "log",
    "privacy",
    "privacy?person=Freja",
    "coverage",
    "coverage?cell_team=Cyber+defence&cell_skill=se-ot",
    "coverage?team=Cyber+defence",
    FILTERS,
    "organisation",
    *(f"gaps?by={by}" for by in ("skill", "team", "role", "risk")),
    "gaps?by=person&skill=se-ot",
    "gaps?why=unmet",
    "gaps?why=picture_gaps_skill",
    "readiness",
    "readiness?role=grid-sr",
    "experts",
    "experts?skill=se-ot",
    "people",
    "people?employee=00126",
    "people?employee=00126&role=lead",
    "renewals",
    "renewals?bucket=0-30",
    *(f"staffing?list={part}" for part in ("seats", "who", "ahead")),
    "changes",
    "changes?cause=lapsed",
    "waiting",
    *(f"spend?list={part}" for part in ("credentials", "waiting", "own", "centers", "prices")),
    "uploads",
    "uploads?upload=5",
    *(f"catalogue?part={part}" for part in ("todo", "skills", "credentials", "roles")),
    "issuers",
    "exports",
    "mails",
    "schedules",
    "definitions",
    "definitions?metric=coverage",
    "roles",
]
"""Every page, and what opens on it: an address, or what is clicked on the page before."""


CUT = """() => {
const up = (node) => node.parentElement ?? node.getRootNode().host;
const all = (root) => [...root.querySelectorAll('*')].flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
const roots = ['stMain', 'stDialog', 'stPopoverBody'];
const shown = roots.flatMap((root) => [...document.querySelectorAll(`[data-testid=${root}]`)]);
return shown.flatMap(all).filter((text) => {
  const box = text.getBoundingClientRect();
  const isText = [...text.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!isText || box.width < 2 || !text.checkVisibility({ visibilityProperty: true })) return false;
  if (text.closest('[data-testid=stDataFrame], [data-testid=stIconMaterial], pre')) return false;
  if (text.closest('h1') && !document.querySelector('[data-testid=stDialog]') && !text.closest('h1').contains(document.elementFromPoint(box.left + 5, box.top + 1))) return true;
  for (let at = text; at && !roots.includes(at.dataset.testid); at = up(at)) {
    const { overflowX, overflowY } = getComputedStyle(at), outer = at.getBoundingClientRect();
    if ([overflowX, overflowY].some((value) => value === 'auto' || value === 'scroll')) return false;  // can be scrolled to
    if (overflowX === 'visible' && overflowY === 'visible') continue;
    const isWide = at.scrollWidth > at.clientWidth + 1, isTall = at.scrollHeight > at.clientHeight + 3;
    if (at === text ? isWide || isTall : box.right > outer.right + 1 || box.bottom > outer.bottom + 3) return true;
  }
  return false;
}).map((text) => text.textContent.trim().slice(0, 60)); }"""
"""Texts of the page and of what is open on it, in components too, of which something cannot be seen."""
HERE = """() => {
  let here = document.activeElement;
  while (here.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  return here.title || here.textContent;
}"""
"""What has the keyboard, in a component too."""


@pytest.mark.parametrize("name", ["coverage", "uploads", "overview"])
def test_a_deep_link_is_the_first_request_after_a_start_and_shows_its_page_in_the_shell(name, demo_db, tmp_path, page):
    shutil.copy(demo_db, tmp_path / "demo.duckdb")
    server = Server(tmp_path / "demo.duckdb", is_anew=True)
    try:
        page.goto(server.url + name)
        settled(page)
        expect(page.locator("h1")).to_have_text(name.capitalize())
        expect(page.get_by_role("link", name="Definitions")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
    finally:
        server.stop()


def opened(page, name):
    """Have the filters open, if that is what is looked at: another width closes them."""
    body = page.get_by_test_id("stPopoverBody")
    if name == FILTERS and not body.is_visible():
        page.locator(FILTERS).click()
        expect(body).to_be_visible()


def test_every_page_of_the_menu_is_looked_at():
    """A page that was added later would have been looked at by nobody in dark, on a phone, or in large text."""
    pages = {page.split("?")[0] or "overview" for page in STATES if page != FILTERS}
    assert pages == {name.split("/")[1] for name in NAMES}


RULES = {"light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "dark": ["color-contrast"]}


def faults_of(page, address, name) -> dict[str, list]:
    """What is wrong with what is opened at an address: by axe in light and in dark, cut at 200 %, too wide for a phone."""
    faults: dict[str, list] = {}
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    settled(page)
    opened(page, name)
    for scheme, background in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(16, 23, 30)")):
        page.emulate_media(color_scheme=scheme)  # the same elements in other colours
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", background)
        page.wait_for_timeout(500)
        asked = {"runOnly": RULES[scheme], "resultTypes": ["violations"]}
        faults[scheme] = [(name, *violation) for violation in violations(page, asked)]
    page.set_viewport_size({"width": 720, "height": 450})  # what is left of 1440×900 at 200 %
    page.wait_for_timeout(500)
    opened(page, name)
    faults["cut"] = [(name, text) for text in twice(page, lambda: set(page.evaluate(CUT)))]
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    opened(page, name)
    faults["too wide"] = [] if is_narrow(page) else [name]
    return faults


@pytest.fixture(scope="module")
def looked_at(served, tab) -> dict[str, list]:
    """Every page in light, in dark, at 200 % and narrowed: what axe finds, what is asked elsewhere, too wide or cut."""
    found: dict[str, list] = {"light": [], "dark": [], "outside": [], "too wide": [], "cut": []}
    page, note = tab, lambda request: found["outside"].append(request.url)
    page.on("request", note)
    for before, name in some([*itertools.pairwise([STATES[0], *STATES])]):
        for what, faults in faults_of(page, served + (before if name == FILTERS else name), name).items():
            found[what] += faults
    page.emulate_media(color_scheme="light")
    page.remove_listener("request", note)
    leave(page)
    assert any(url.startswith(served) for url in found["outside"])
    found["outside"] = [url for url in found["outside"] if not url.startswith((served, "data:", "blob:"))]
    return found


@sweep
def test_no_page_asks_anything_of_another_host(looked_at):
    assert looked_at["outside"] == []


@sweep
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(looked_at, scheme):
    assert looked_at[scheme] == []


@sweep
def test_a_narrow_screen_scrolls_down_and_never_sideways(looked_at):
    assert looked_at["too wide"] == []


@sweep
def test_nothing_is_cut_at_200_per_cent(looked_at):
    """Whoever needs large text reads all of it: no text ends at an edge or lies under the strip of the logo."""
    assert looked_at["cut"] == []


def test_a_chosen_filter_is_in_the_url_and_the_link_shows_the_same_view(served, page, browser):
    page.goto(served)
    settled(page)
    number = requirements_met(page)
    before = number.inner_text()
    choose_filter(page, "Team", "Cyber defence")
    page.wait_for_url("**team=Cyber*")
    expect(number).not_to_have_text(before, use_inner_text=True)
    after = number.inner_text()
    other = browser.new_context().new_page()
    other.goto(page.url)
    settled(other)

    expect(requirements_met(other)).to_have_text(after, use_inner_text=True)
    other.context.close()


def test_filters_follow_to_the_next_page_and_back_takes_whole_steps(served, page):
    page.goto(served)
    settled(page)
    choose_filter(page, "Team", "Cyber defence")
    page.wait_for_url("**team=Cyber*")
    page.get_by_role("link", name="Renewals", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Renewals")
    page.wait_for_url("**/renewals?team=Cyber*")
    settled(page)
    page.get_by_role("link", name="Coverage", exact=True).first.click()
    page.wait_for_url("**/coverage?team=Cyber*")
    settled(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Renewals")
    page.wait_for_url("**/renewals?team=Cyber*")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Overview")
    page.wait_for_url("**/?team=Cyber*")
    page.go_back()
    page.wait_for_url(served)


def test_the_menu_names_the_page_one_is_on_and_folds_on_a_phone_once_one_is_chosen(served, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served)
    settled(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    menu = page.get_by_role("navigation", name="Pages")
    expect(menu.locator("[aria-current=page]")).to_contain_text("Overview")
    menu.get_by_role("link", name="Renewals", exact=True).click()
    expect(page.locator("h1")).to_have_text("Renewals")
    expect(menu).not_to_be_in_viewport()


def test_a_click_on_a_matrix_cell_reaches_the_people_and_then_the_person(served, page):
    page.goto(served + "coverage")
    settled(page)
    page.get_by_label("Find a name or a skill").fill("control sys")
    page.get_by_role("button", name="Cyber defence · Control system security: ").click()
    page.wait_for_url("**/coverage?cell_team=Cyber+defence&cell_skill=se-ot")
    panel = page.get_by_role("dialog", name="Cyber defence · Control system security")
    expect(panel).to_be_in_viewport()
    expect(panel.get_by_test_id("stDataFrame")).to_be_in_viewport()
    page.go_back()
    page.wait_for_url("**/coverage")
    expect(panel).to_have_count(0)
    page.go_forward()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("**/coverage")
    expect(panel).to_have_count(0)


def test_the_matrix_folds_its_categories_sorts_and_shows_only_what_somebody_in_view_needs(served, page):
    page.goto(served + "coverage")
    settled(page)
    grid = page.get_by_role("region", name="Teams by skill")
    expect(grid.locator("th.group.shut").first).to_be_visible()
    columns = grid.locator("thead tr").last.locator("th")
    folded = columns.count()
    grid.get_by_role("button", name="Electrical").first.click()
    expect(columns).not_to_have_count(folded)
    first = grid.locator("tbody th").first.inner_text()
    page.get_by_label("Sort by").select_option("name")
    names = grid.locator("tbody th").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    assert names[0] != first
    page.get_by_label("Find a name or a skill").fill("hydrogen pilot")
    expect(grid.locator("tbody tr")).to_have_count(1)
    for column in range(grid.locator("tbody tr td").count()):
        expect(grid.locator("tbody tr td").nth(column)).not_to_be_empty()
    page.get_by_label("Find a name or a skill").fill("no such thing")
    expect(grid.get_by_text("Nothing here is called so.")).to_be_visible()


def test_arrows_lead_from_cell_to_cell_and_one_of_them_takes_part_in_tab(served, page):
    page.goto(served + "readiness?role=grid-sr")
    settled(page)
    grid = page.get_by_role("region", name="People by skill")
    expect(grid.locator("button.cell[tabindex='0']")).to_have_count(1)
    grid.locator("button.cell[tabindex='0']").focus()
    before = page.evaluate(HERE)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    after = page.evaluate(HERE)
    assert before.split(" · ")[0] != after.split(" · ")[0]
    assert before.split(" · ")[1] != after.split(" · ")[1]
    expect(grid.locator("button.cell[tabindex='0']")).to_have_count(1)


def test_the_matrix_is_one_stop_of_tab_and_keeps_the_place_when_it_is_drawn_anew(served, page):
    """By keyboard one would go through 60 teams to what is below, and start again after each category that one opens."""
    page.goto(served + "coverage")
    settled(page)
    grid = page.get_by_role("region", name="Teams by skill")
    stops = grid.locator("[tabindex='0']")
    expect(stops).to_have_count(1)
    assert grid.get_attribute("tabindex") is None
    stops.focus()
    team = page.evaluate(HERE).split(" · ")[0]
    category = page.evaluate(HERE).split(" · ")[1].split(":")[0]
    page.keyboard.press("Enter")
    fold = grid.get_by_role("button", name=category).first
    expect(fold).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(HERE).startswith(f"{team} · ")
    assert category not in page.evaluate(HERE)
    expect(stops).to_have_count(1)
    while not page.evaluate(HERE).startswith(category):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert page.evaluate(HERE).startswith(category)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert "Only one, or nobody: on one person" in page.evaluate(HERE)
    page.keyboard.press("Home")
    assert page.evaluate(HERE) == team
    page.keyboard.press("Tab")
    assert grid.locator(":focus").count() == 0
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(HERE) == team
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gaps?by=risk&team=*")


def test_no_label_of_the_matrix_is_cut_and_one_that_is_would_be_seen(served, page):
    """Eighteen of eighty skills would end in dots, and the number of those who have them with it."""
    page.goto(served + "coverage")
    settled(page)
    grid = page.get_by_role("region", name="Teams by skill")
    expect(grid.locator("th.shut").first).to_be_visible()
    while grid.locator("th.shut").count():
        grid.locator("th.shut .fold").first.click()
    labels, counts = (grid.locator(f"thead .{part}").all_inner_texts() for part in ("label", "below"))
    assert len(labels) == len(counts) > 60
    assert max(map(len, labels)) > 25
    assert all(re.fullmatch(r"\d+/\d+", count) for count in counts)
    assert twice(page, lambda: set(page.evaluate(CUT))) == set()
    for cut in ("max-height: 2rem", "writing-mode: vertical-rl; white-space: nowrap; max-height: 6rem"):
        style = f"thead .label {{ overflow: hidden; {cut} }}"
        add = "(node, css) => node.before(Object.assign(document.createElement('style'), { textContent: css }))"
        grid.evaluate(add, style)
        assert set(page.evaluate(CUT)) <= {label[:60] for label in labels}
        assert len(page.evaluate(CUT)) > 5
        grid.evaluate("node => node.previousElementSibling.remove()")


def test_the_matrix_works_by_keyboard(served, page):
    page.goto(served + "readiness?role=grid-sr")
    settled(page)
    cell = page.get_by_role("button", name="Freja Jansson · Risk assessment: ")
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("People")
    expect(page.get_by_role("heading", name="Freja Jansson")).to_be_visible()


def test_a_file_with_errors_is_mended_imported_seen_in_the_numbers_and_undone(served, page, tmp_path):
    day = today()  # the numbers of one day, also at midnight

    def coverage():
        page.goto(f"{served}coverage?team=Hydrogen+pilot&as_of={day}")
        settled(page)
        return requirements_met(page).inner_text()

    def drop(text):
        path = tmp_path / "prior_learning.csv"
        path.write_text("employee_id,skill_id,level,assessor,valid_from\n" + text)
        page.goto(served + "uploads")
        settled(page)
        page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)

    before = coverage()
    holder = people_of("Hydrogen pilot")
    drop(f"{holder},pe-hyd,three,Dr Vik,2026-01-01\n")
    expect(page.get_by_text("Bad rows: 1, good rows:")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    assert coverage() == before

    drop(f"{holder},pe-hyd,3,Dr Vik,2026-01-01\n")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("is stored:")).to_be_visible()
    assert coverage() != before

    page.goto(served + "uploads")
    settled(page)
    choose(page, "Look at one upload", "8: prior_learning.csv")
    page.get_by_role("button", name="Undo upload 8").click()
    expect(page.get_by_text("Coverage that would change most", exact=True)).to_be_visible()
    page.get_by_role("button", name="Yes, undo upload 8").click()
    expect(page.get_by_text("Upload 8 is undone.", exact=True)).to_be_visible()
    assert coverage() == before


def people_of(team):
    """A hydrogen technician of the demo roster."""
    import csv

    with (demo.FILES / "roster@2026-01-15.csv").open(encoding="utf-8") as file:
        return next(
            row["employee_id"]
            for row in csv.DictReader(file)
            if row["team"] == team and row["role_id"] == "h2" and not row["left_on"]
        )


def test_a_link_to_the_page_that_is_shown_and_a_day_typed_with_enter_change_the_address(served, page):
    """The filters that a reader just left would come back with their next click; a day without a click would be lost."""
    page.goto(served + "gaps?by=person&skill=sa-first&team=Cyber+defence")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_role("link").filter(has_text="Gaps").click()
    page.wait_for_url("**/gaps?team=Cyber+defence")
    settled(page)
    page.locator(".st-key-filters button").click()
    page.get_by_test_id("stDateInput").filter(has_text="Day").get_by_role("spinbutton").first.click()
    page.keyboard.type("20260630")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gaps?team=Cyber+defence&as_of=2026-06-30")


def test_why_a_number_is_opened_by_keyboard_says_who_and_leads_back_to_its_number(served, page):
    """Whoever doubts a number would have nobody to ask; without a mouse they would not find the way back."""
    page.goto(served + "gaps?team=Cyber+defence")
    settled(page)
    sign = page.get_by_role("button", name="Why this number: Requirements not met")
    sign.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/gaps?team=Cyber+defence&why=unmet")
    panel = page.get_by_role("dialog", name="Requirements not met")
    expect(panel.get_by_role("radio", name="Not counted:")).to_be_visible()
    expect(panel.get_by_test_id("stDataFrame")).to_be_in_viewport()
    assert violations(page, {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}) == set()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(panel.get_by_test_id("stDataFrame")).to_be_visible()

    def place():
        box = panel.bounding_box()
        return set() if (box["x"], box["width"]) == (0, 390) else {"elsewhere"}

    assert twice(page, place) == set()
    page.keyboard.press("Escape")
    page.wait_for_url("**/gaps?team=Cyber+defence")
    expect(sign).to_be_focused()
