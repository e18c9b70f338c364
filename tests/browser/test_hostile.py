"""Values written to run, fetch or mislead, in every text column and every text field: shown as text, and nothing else."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from skilltrack.ingest import KINDS, import_folder
from skilltrack.store import Store
from tests.browser.conftest import Server, choose, settled
from tests.ingest.test_import import write

pytestmark = pytest.mark.browser
ATTACKS = (
    "![x]({beacon}/md.png)", "<img src={beacon}/i.png onerror=attacked(1)>", "<script>attacked(2)</script>",
    "[l](javascript:attacked(3))", "<a href=javascript:attacked(4)>x</a>", "=cmd|' /C calc'!A0", "$x$ :red[a] `b`",
    "www.evil.example", "a\u202egnp.exe", '"onmouseover="attacked(5)', "<style>@import '{beacon}/s.css'</style>",
)  # fmt: skip
PAGES = (
    "", "coverage", "readiness?role=r1", "people?employee=1", "renewals", "spend?from=2025-01-01", "uploads",
    "catalogue", "definitions", "roles", "exports", "privacy?person=1", "log",
)  # fmt: skip


def hostile_company(beacon):
    """A file of each kind with an attack in every column that takes any text."""
    attacks = " ".join(attack.format(beacon=beacon) for attack in ATTACKS).replace('"', '""')
    given = {
        "skill_id": "s1", "issuer": f'"{attacks}"', "tier": "trusted", "credential_id": "c1", "demonstrates": "true",
        "level": "1", "role_id": "r1", "required_level": "2", "employee_id": "1", "manager_id": "1", "award_id": "a",
        "issued_on": "2026-01-01", "valid_from": "2026-01-01", "headcount": "1", "spend_id": "1", "currency": "EUR",
        "paid_on": "2026-01-01", "amount": "10", "funding_source": "employer", "email": "a@x.example",
    }  # fmt: skip
    free = {
        "name",
        "category",
        "framework",
        "kind",
        "reason",
        "role_name",
        "team",
        "location",
        "cost_center",
        "assessor",
        "job_title",
    }
    files = {}
    for kind in set(KINDS) - {"stacks"}:
        columns = [c.name for c in KINDS[kind].columns if c.name in given or c.name in free]
        columns = [name for name in columns if not (kind == "badges" and name == "email")]
        cells = [given.get(name, f'"{attacks}"') for name in columns]
        files[kind] = ",".join(columns) + "\n" + ",".join(cells) + "\n"
    people = files["roster"].splitlines()
    files["roster"] = "\n".join([*people, *(people[1].replace("1,", f"{n},", 1) for n in "23")]) + "\n"
    files["roster"] += people[1].replace("1,", "4,", 1).replace(",r1", f',"{attacks}, a title"', 1) + "\n"
    return files


@pytest.fixture
def watched(page, beacon, tmp_path):
    """The app on a company of attacks, and everything that a page does which it should not."""
    store = Store.open(tmp_path / "hostile.duckdb")
    outcome = import_folder(store, write(tmp_path / "files", **hostile_company(beacon[0])))
    assert outcome.status == "stored", outcome.errors
    store.close()
    server, wrong = Server(tmp_path / "hostile.duckdb"), beacon[1]
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith((server.url, "data:", "blob:")) else None)
    page.expose_function("attacked", lambda which: wrong.append(which))
    yield server.url, wrong
    server.stop()


def links(page, url):
    found = page.evaluate("[...document.querySelectorAll('a, img, script')].map(one => one.href || one.src || '')")
    return [link for link in found if link and not link.startswith((url, "data:"))]


def test_hostile_values_in_every_column_are_text_on_every_page(watched, page):
    url, wrong = watched
    for name in PAGES:
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


def test_hostile_text_in_every_field_and_link_is_text(watched, beacon, page, tmp_path):
    url, wrong = watched
    attack = ATTACKS[0].format(beacon=beacon[0]) + ATTACKS[1].format(beacon=beacon[0]) + "<script>attacked(2)</script>"
    fields = dict.fromkeys(("as", "team", "manager", "as_of", "assurance", "cell_team", "cell_skill"), "coverage")
    fields |= {"role": "readiness", "employee": "people", "bucket": "renewals", "metric": "definitions",
               "person": "privacy", "who": "log"}  # fmt: skip
    for field, name in fields.items():
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
    choose(page, "Role", "delegate: a manager's organisation, while standing in for them")
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
