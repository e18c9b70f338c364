"""A real server and a real Chromium, shared by the tests that use the app as people do."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect, sync_playwright

from skilltrack.config import ROOT
from tests.companies import demo_in
from tests.forked import Serving
from tests.ports import free_port

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

WAIT = 120_000
"""Milliseconds until something that is not there is missed: a machine that runs other tests meanwhile is slow."""
expect.set_options(timeout=WAIT)


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("SKILLTRACK_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


class Server:
    """The served app on a free loopback port."""

    def __init__(self, db, environment=None, command=None, is_anew=False):
        """`environment` tells, of the server's address, its environment; without it the server is in local mode.

        `command`: what starts it instead of `serve`. `is_anew`: in an interpreter of its own, where a fork of one that
        has loaded streamlit would not do.
        """
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        told = environment(self.url) if environment else dict(os.environ)
        words = ["--db", str(db), "serve", "--port", str(port), *([] if environment else ["--local"])]
        if command or is_anew:
            words = [*command, "--server.port", str(port)] if command else ["skilltrack", *words]
            told |= {"SKILLTRACK_DB": str(db), "SKILLTRACK_LOCAL": "1"} if command else {}
            quiet = subprocess.DEVNULL
            process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=told, stdout=quiet, stderr=quiet)
            self.number, self.stop = process.pid, lambda: (process.terminate(), process.wait(60))
        else:
            serving = Serving(words, told)
            self.number, self.stop = serving.number, serving.stop
        for _ in range(1_800):
            try:
                urllib.request.urlopen(self.url + "healthz", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start within 180 s")


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory):
    return demo_in(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def served(demo_db, tmp_path_factory):
    copy = tmp_path_factory.mktemp("served") / "demo.duckdb"
    shutil.copy(demo_db, copy)
    server = Server(copy)
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def browser():
    """A browser for a file: it leaves an event loop running, with which tests of others that run one would fail."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        new_context = opened.new_context

        def patient(**options):
            context = new_context(reduced_motion="reduce", **options)  # nothing is drawn again and again meanwhile
            context.set_default_timeout(WAIT)
            return context

        opened.new_context = patient
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def tab(browser):
    """A page for all tests of a file: a new one would load streamlit's scripts anew, which takes most of its time."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab):
    """The file's page, as wide as a screen; nothing that a test has left on it is there for the next."""
    tab.set_viewport_size({"width": 1440, "height": 900})
    yield tab
    leave(tab)


def leave(page):
    """Forget what the browser keeps of the page's server, and show nothing."""
    if page.url.startswith("http"):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.context.clear_cookies()
    page.emulate_media(media="screen", color_scheme="light")
    page.goto("about:blank")


def settled(page):
    page.wait_for_selector("h1", timeout=WAIT)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=WAIT)
    return page


def twice(page, look) -> set:
    """What is found on a page and found again a moment later: a busy machine may not have drawn all of it yet."""
    if not (first := look()):
        return first
    page.wait_for_timeout(3000)
    return first & look()


def violations(page, asked=DEFAULT_OPTIONS) -> set[tuple[str, str]]:
    """What axe finds: while a busy machine still fades the page before, it sees colours that do not stay."""

    def look() -> set[tuple[str, str]]:
        seen = Axe().run(page, options=asked).response["violations"]
        return {(violation["id"], node["html"][:200]) for violation in seen for node in violation["nodes"]}

    return twice(page, look)


def is_narrow(page) -> bool:
    """Whether nothing is wider than a phone, once everything has found its place."""
    return not twice(page, lambda: {True} - {page.evaluate("document.documentElement.scrollWidth") <= 390})


def requirements_met(page):
    """The card with the number of requirements met, once it is drawn; the card beside it may be drawn before it."""
    return page.get_by_test_id("stMetric").filter(has_text="Requirements met")


def choose(page, label, option):
    """Pick an option; a slow machine may still be drawing the list, so look that it has closed with the choice in it."""
    field = page.get_by_role("combobox", name=label, exact=False).first
    for _ in range(3):
        field.click()
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=20_000)
            expect(page.get_by_role("option")).to_have_count(0, timeout=5_000)
            break
        except (AssertionError, NotInTime):
            page.keyboard.press("Escape")
    settled(page)


def choose_filter(page, label, option):
    """Open the line that says what the page is about, pick another option and close it again.

    The address changes with it, before the links of the menu do: the page is waited for. On a busy machine a click can
    be lost while the page is drawn, so it is done again then.
    """
    before = page.url
    for _ in range(8):
        page.locator(".st-key-filters button").click()
        choose(page, label, option)
        page.keyboard.press("Escape")
        try:
            page.wait_for_url(lambda address: address != before, timeout=10_000)
            settled(page)
            return
        except NotInTime:
            continue
