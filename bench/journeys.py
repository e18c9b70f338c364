"""The fifteen questions of docs/questions.md in Chromium: how long until a page shows something, and its answer.

`python -m bench.journeys [demo] [large]` writes RESULTS-journeys.md; the large company has 100,000 people. A link is
opened in a new browser, as out of a mail; a click is one in the menu of the overview, by the same person.
"""

import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from bench.pictures import STORES, served
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from skilltrack.ui.shell import PAGES

QUESTIONS = re.findall(
    r"^\| [^|]+ \| ([^|]+) \| `([^`]+)` \| [^|]+ \| [^|]+ \|$",
    (ROOT / "docs" / "questions.md").read_text("utf-8"),
    re.MULTILINE,
)
TIMES = 3
WAIT = 120_000
"""Milliseconds until a page that shows nothing fails the run."""
DRAWN = (
    "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    " && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton]')"
)
SOMETHING = ", ".join(
    f"[data-testid=stMain] [data-testid={kind}]" for kind in ("stMetric", "stDataFrame", "stMarkdown", "stAlert")
)
OF_KIND = {"team": "team", "role": "role", "skill": "skill", "employee": "person"}
"""Filters of the addresses, and the kind of choice that each is."""
TABLE = ["| question | address | paint | answer | click |", "| --- | --- | ---: | ---: | ---: |"]
TITLES = {page.name.split("/")[1]: page.title for pages in PAGES.values() for page in pages}
HEAD = """# Journeys

Made by `python -m bench.journeys` on {day}: {cores} cores, Python {python}, load {load:.1f} (of 15 minutes, at the
end). Server and browser (Chromium, 1440 × 900) share the machine. Milliseconds, median of {times}, everything asked
once before.

- **paint**: a link is opened in a new browser, until the page's title and its first sentence, card or table are there
- **answer**: the same, until everything on the page is drawn
- **click**: a click in the menu of the overview, until everything on the page is drawn
"""


def known(path: Path) -> dict[str, str]:
    """A team, person, role and skill of a store, by the name of their filter."""
    with closing(Store.open(path)) as store:
        choices = Metrics(store).ask("choices", Viewer.everyone(), Filters(as_of=date.today()))
    first = choices.drop_duplicates("kind").set_index("kind")["value"].to_dict()
    return {name: first[kind] for name, kind in OF_KIND.items()}


def linked(address: str, values: dict[str, str]) -> str:
    """The address with what it is about replaced by what a store has."""
    page, _, query = address.partition("?")
    return f"{page}?{urlencode([(name, values.get(name, value)) for name, value in parse_qsl(query)])}"


def since(started: float) -> float:
    """Milliseconds since a moment."""
    return (time.perf_counter() - started) * 1000


def opened(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds until a link shows something, and until it shows everything."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("h1", timeout=WAIT)
    page.wait_for_selector(SOMETHING, timeout=WAIT)
    paint = since(started)
    page.wait_for_function(DRAWN, timeout=WAIT)
    answer = since(started)
    if page.locator("[data-testid=stException]").count():
        raise AssertionError(f"{address}: {page.locator('[data-testid=stException]').first.inner_text()}")
    context.close()
    return paint, answer


def clicked(page: Page, name: str) -> float:
    """Milliseconds from a click in the menu until its page is drawn; the overview is gone back to before."""
    for title in (TITLES["overview"], TITLES[name]):
        started = time.perf_counter()
        page.locator(".st-key-menu [data-testid=stPageLink]", has_text=title).first.click()
        page.wait_for_function(f"() => document.querySelector('h1')?.innerText === {title!r}", timeout=WAIT)
        page.wait_for_function(DRAWN, timeout=WAIT)
    return since(started)


def measured(browser: Browser, name: str, folder: Path) -> list[str]:
    """The rows of one store's table."""
    path, lines = folder / f"{name}.duckdb", []
    STORES[name](path)
    values = known(path) if name == "large" else {}
    with served(path) as root:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(root)
        page.wait_for_function(DRAWN, timeout=WAIT)
        for question, address in QUESTIONS:
            link = linked(address, values)
            opened(browser, root + link)
            links = [opened(browser, root + link) for _ in range(TIMES)]
            paint, answer = (statistics.median(times) for times in zip(*links, strict=True))
            at = link.partition("?")[0]
            click = "–" if at == "overview" else f"{statistics.median(clicked(page, at) for _ in range(TIMES)):.0f}"
            lines.append(f"| {question} | `{link.rstrip('?')}` | {paint:.0f} | {answer:.0f} | {click} |")
            print(lines[-1], flush=True)
        context.close()
    return lines


def main() -> None:
    """Measure every question on every store that is named, and write the tables."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    tables = []
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in sys.argv[1:] or ["demo", "large"]:
            tables += ["", f"## {name.capitalize()}", "", *TABLE]
            tables += measured(browser, name, Path(made))
        browser.close()
    head = HEAD.format(
        day=date.today(), cores=os.cpu_count(), python=platform.python_version(), load=os.getloadavg()[2], times=TIMES
    )
    (ROOT / "bench" / "RESULTS-journeys.md").write_text(head + "\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
