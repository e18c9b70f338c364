"""Exports as systems really write them, from the drop to changed coverage, in few clicks and in a real browser."""

import csv
from datetime import datetime, timedelta

import pytest
import xlsxwriter
from playwright.sync_api import expect

from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from tests.browser.conftest import Server, requirements_met, settled
from tests.companies import demo_in

pytestmark = pytest.mark.browser
MOST_CLICKS = 4


@pytest.fixture
def company(tmp_path):
    """The demo company served, and who works there now with which requirements unmet."""
    path = demo_in(tmp_path)
    store = Store.open(path)
    people = store.query(
        "select r.* from kept_roster as r where r.valid_to = date '9999-12-31' order by r.employee_id"
    ).to_pylist()
    gaps = Metrics(store).ask("gaps", Viewer.everyone(), Filters()).to_dict("records")
    credentials = store.query("select distinct credential_id, name, issuer from credential_rows").to_pylist()
    attests = store.query("select credential_id, skill_id, level from credential_skill_rows").to_pylist()
    store.close()
    fills = [
        (gap["employee_id"], attest["credential_id"])
        for gap in gaps
        for attest in attests
        if attest["skill_id"] == gap["skill_id"] and attest["level"] >= gap["required_level"]
    ]
    server = Server(path)
    yield server.url, people, fills, {c["credential_id"]: c for c in credentials}
    server.stop()


class Clicks:
    """A page on which clicks are counted."""

    def __init__(self, page):
        self.page = page
        self.made = 0

    def on(self, thing):
        expect(thing).to_be_enabled()
        thing.click()
        self.made += 1
        settled(self.page)


def coverage(page, url):
    page.goto(url)
    settled(page)
    return requirements_met(page).inner_text()


def drop(page, url, path):
    page.goto(url + "uploads")
    settled(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)
    return Clicks(page)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_workbook_of_an_hr_suite(company, page, tmp_path):
    """Title rows, vendor headers, managers by name, typed dates, sensitive columns, a line of totals."""
    url, people, _, _ = company
    names = {person["employee_id"]: person["name"] for person in people}
    book = xlsxwriter.Workbook(tmp_path / "Worker_Census.xlsx")
    sheet, day = book.add_worksheet("Census"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Worker census"])
    sheet.write_row(2, 0, [
        "Employee ID", "Legal Name", "Email - Primary Work", "Worker's Manager", "Supervisory Organization",
        "Job Profile", "Location", "Cost Center", "Hire Date", "Date of Birth",
    ])  # fmt: skip
    stay = [person for at, person in enumerate(people) if at % 20 and not person["left_on"]]
    for at, person in enumerate(stay, 3):
        cells = [person["email"], names.get(person["manager_id"], ""), person["team"], person["role_id"]]
        sheet.write_row(at, 0, [person["employee_id"], person["name"], *(cell or "" for cell in cells)])
        sheet.write_row(at, 6, [person["location"] or "", person["cost_center"] or ""])
        if person["hired_on"]:
            sheet.write_datetime(at, 8, datetime.combine(person["hired_on"], datetime.min.time()), day)
        sheet.write_string(at, 9, "1980-02-03")
    sheet.write_row(len(stay) + 3, 0, ["Total", len(stay)])
    book.close()
    before = coverage(page, url)

    clicks = drop(page, url, tmp_path / "Worker_Census.xlsx")
    expect(page.get_by_text("Coverage that would change most", exact=True)).to_be_visible()
    expect(page.get_by_text("would leave")).to_be_visible()
    clicks.on(button(page, "Import"))
    expect(page.get_by_text("is stored:")).to_be_visible()

    assert clicks.made <= MOST_CLICKS
    assert coverage(page, url) != before


def test_a_semicolon_file_of_another_encoding_with_dotted_dates(company, page, tmp_path):
    url, _, fills, _ = company
    day = f"{today() - timedelta(days=40):%d.%m.%Y}"
    rows = ["Employee Number;Credential ID;Award Date;Note"]
    rows += [f"{employee};{credential};{day};geprüft, für gültig befunden" for employee, credential in fills[:20]]
    rows += [f"{fills[20][0]};{fills[20][1]};25.03.2026;für die Größe"]
    path = tmp_path / "Nachweise.csv"
    path.write_bytes("\r\n".join(dict.fromkeys(rows)).encode("cp1252"))
    before = coverage(page, url)

    clicks = drop(page, url, path)
    expect(page.get_by_text("Which of these looks right?")).to_be_visible()
    clicks.on(page.locator("label", has_text="(cp1252)"))
    clicks.on(button(page, "Import"))
    expect(page.get_by_text("is stored:")).to_be_visible()

    assert clicks.made <= MOST_CLICKS
    assert coverage(page, url) != before
    drop(page, url, path)  # the source is remembered: nothing is asked the second time
    expect(page.get_by_text("again: nothing to do")).to_be_visible()


def test_a_badge_platform_s_export_by_e_mail_and_credential_name(company, page, tmp_path):
    url, people, fills, credentials = company
    emails = {person["employee_id"]: person["email"] for person in people}
    path = tmp_path / "issued_badges.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Issued Badge ID", "Recipient Email", "Badge Template Name", "Issuer Name", "Issued At", "State"]
        )
        for at, (employee, credential) in enumerate(fills[:15]):
            if emails[employee]:
                named = credentials[credential]
                stamp = f"{today() - timedelta(days=30 + at)} 10:11:12 UTC"
                writer.writerow([f"b{at}", emails[employee].upper(), named["name"], named["issuer"], stamp, "accepted"])
        writer.writerow(
            ["b99", emails[fills[0][0]], "Knots for Riggers", "Rope Guild", "2026-01-05 09:00:00 UTC", "accepted"]
        )
    before = coverage(page, url)

    clicks = drop(page, url, path)
    clicks.on(page.locator("label", has_text="yes: Knots for Riggers"))
    clicks.on(button(page, "Import"))
    expect(page.get_by_text("is stored:")).to_be_visible()

    assert clicks.made <= MOST_CLICKS
    assert coverage(page, url) != before
    page.goto(url + "catalogue")
    settled(page)
    expect(page.get_by_test_id("stMetric").first).to_contain_text("1")


def test_an_export_of_which_no_header_is_known_takes_one_answer_a_needed_column(company, page, tmp_path):
    url, people, fills, credentials = company
    emails = {person["employee_id"]: person["email"] for person in people}
    path = tmp_path / "Auszug.csv"
    rows = ["Wer war es;Was war es;Wann war es;Notiz"]
    rows += [
        f"{emails[employee]};{credentials[credential]['name']};{today() - timedelta(days=30 + at)};erledigt am Standort"
        for at, (employee, credential) in enumerate(fills[:15])
        if emails[employee]
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    before = coverage(page, url)

    drop(page, url, path)
    answers = [
        ("This file contains", "badges"),
        ("Which column says this: whose row it is (the employee number)?", "Wer war es:"),
        ("Which column says this: which course or certificate it is?", "Was war es:"),
        ("Which column says this: the day it was earned?", "Wann war es:"),
    ]
    for question, answer in answers:
        page.get_by_role("combobox", name=question, exact=False).click()
        page.get_by_role("option", name=answer, exact=False).first.click()
        settled(page)
    button(page, "Import").click()
    expect(page.get_by_text("is stored:")).to_be_visible()

    assert coverage(page, url) != before
