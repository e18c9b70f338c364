"""Values written to run, fetch or mislead, in every text column and every text field: shown as text, and nothing else."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from skilltrack.access import Viewer, give, make_token
from skilltrack.ingest import import_folder
from skilltrack.storage.store import Store
from tests.access.sight import write
from tests.beacon import listening
from tests.browser.conftest import Server, choose, settled
from tests.companies import one_of_each
from tests.long import some, sweep

pytestmark = pytest.mark.browser
ATTACKS = (
    "![x]({beacon}/md.png)", "<img src={beacon}/i.png onerror=attacked(1)>", "<script>attacked(2)</script>",
    "[l](javascript:attacked(3))", "<a href=javascript:attacked(4)>x</a>", "=cmd|' /C calc'!A0", "$x$ :red[a] `b`",
    "www.evil.example", "a\u202egnp.exe", '"onmouseover="attacked(5)', "<style>@import '{beacon}/s.css'</style>",
)  # fmt: skip
PAGES = (
    "", "coverage", "gaps", "gaps?by=person", "readiness?role=r1", "experts?skill=s1", "people", "people?employee=1", "renewals", "spend?from=2025-01-01", "uploads",
    "catalogue", "definitions", "roles", "exports", "mails", "privacy?person=1", "log",
)  # fmt: skip


def hostile_company(beacon):
    """Rows of each kind with an attack in every column that takes any text, and as a job title without a role."""
    attacks = " ".join(attack.format(beacon=beacon) for attack in ATTACKS)
    rows = {kind: [row] for kind, row in one_of_each(lambda _: attacks).items()}
    rows["roster"] += [{**rows["roster"][0], "employee_id": n} for n in "234"]
    rows["roster"][-1]["role_id"] = f"{attacks}, a title"
    return rows


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The app on a company of attacks that lead to a server of somebody else's, and what that was asked."""
    folder = tmp_path_factory.mktemp("hostile")
    with listening() as (beacon, asked):
        store = Store.open(folder / "hostile.duckdb")
        outcome = import_folder(store, write(folder / "files", hostile_company(beacon)))
        assert outcome.status == "stored", outcome.errors
        give(store, Viewer.everyone(), "feed@x.example", "hr")
        for attack in ATTACKS:
            make_token(store, Viewer.everyone(), "feed@x.example", ["imports"], attack.format(beacon=beacon))
        store.close()
        server = Server(folder / "hostile.duckdb")
        yield server.url, beacon, asked
        server.stop()


@pytest.fixture(scope="module")
def watched(served, tab):
    """Where the app is, where the attacks lead, and everything that a page does which it should not."""
    url, beacon, wrong = served
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.on("request", lambda r: wrong.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    tab.expose_function("attacked", lambda which: wrong.append(which))
    return url, beacon, wrong


def links(page, url):
    found = page.evaluate("[...document.querySelectorAll('a, img, script')].map(one => one.href || one.src || '')")
    return [link for link in found if link and not link.startswith((url, "data:"))]


@sweep
def test_hostile_values_in_every_column_are_text_on_every_page(watched, page):
    url, _, wrong = watched
    for name in some(PAGES):
        page.goto(url + name)
        settled(page)
        page.wait_for_timeout(500)
        assert links(page, url) == [], name
        assert page.get_by_test_id("stException").count() == 0, name
        assert "\u202e" not in page.locator("body").inner_text(), name
    page.goto(url + "people?employee=1")
    settled(page)
    page.get_by_role("button", name="Why can I see this?").click()
    expect(page.get_by_text("opens the records").first).to_be_visible()

    assert wrong == []


@sweep
def test_hostile_text_in_every_field_and_link_is_text(watched, page, tmp_path):
    url, beacon, wrong = watched
    attack = ATTACKS[0].format(beacon=beacon) + ATTACKS[1].format(beacon=beacon) + "<script>attacked(2)</script>"
    fields = dict.fromkeys(("as", "team", "manager", "as_of", "assurance", "cell_team", "cell_skill"), "coverage")
    fields |= {
        "role": "readiness",
        "employee": "people",
        "bucket": "renewals",
        "metric": "definitions",
        "person": "privacy",
        "who": "log",
    }
    for field, name in some(list(fields.items())):
        page.goto(f"{url}{name}?{field}={quote(attack)}")
        settled(page)
        page.wait_for_timeout(300)
        assert links(page, url) == [], field
    page.goto(url + "exports")
    settled(page)
    page.get_by_label("Save this export as").fill(attack)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("board, PDF")).to_be_visible()
    assert links(page, url) == []
    page.goto(url + "roles?as=")
    settled(page)
    page.get_by_label("Employee id or e-mail address").fill(attack)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("Nobody on today's roster")).to_be_visible()
    choose(page, "Role", "Stand-in for a manager · a manager's organisation, while standing in for them")
    page.get_by_label("Stands in for").fill(attack)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Give", exact=True).click()
    page.wait_for_timeout(700)
    page.goto(url + "uploads")
    settled(page)
    path = tmp_path / "<img src=x onerror=attacked(6)>.csv"
    path.write_text(f"skill_id,name,{attack}\ns2,,{attack}\n")
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)
    page.wait_for_timeout(2500)
    assert links(page, url) == []

    assert wrong == []
