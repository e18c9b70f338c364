"""The fifteen questions of docs/questions.md in Chromium: how long until a page shows something, and its answer.

`python -m bench.journeys [demo] [large]` writes RESULTS-journeys.md; the large company has 100,000 people. Each
question is asked by somebody who would ask it: its link is opened in a new browser, as out of a mail, and its way is
clicked from the overview.
"""

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from playwright.sync_api import Browser, sync_playwright

from bench.pictures import STORES, served
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from tests.browser import test_questions as questions

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
OF_KIND = {"team": "team", "role": "role", "skill": "skill"}
"""Filters of the addresses, and the kind of choice that each is."""
MANAGERS = 300
"""Among so many managers of the large company, those who ask are looked for."""
TABLE = [
    "| who | question | address | paint | answer | clicks | way |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
]
SIZES = {"manager": 12, "director": 2_000}
"""How many people are below those who ask, in the large company: about as many."""
HEAD = """# Journeys

Made by `python -m bench.journeys` on {day}: {cores} cores, Python {python}, load {load:.1f} (of 15 minutes, at the
end). Server and browser (Chromium, 1440 × 900) share the machine. Milliseconds, median of {times}, everything asked
once before.

- **paint**: a link is opened in a new browser, until the page's title and its first sentence, card or table are there
- **answer**: the same, until everything on the page is drawn
- **clicks**, **way**: the clicks of docs/questions.md from the overview, and how long they take, one right after the
  other, until everything at their end is drawn
"""


class Company(NamedTuple):
    """Who asks in a company, and what about."""

    who: dict[str, str]
    """Somebody of each role by their id; empty for whoever runs it."""
    values: dict[str, str]
    """By the name of a filter, what it is set to where the demo company has another value."""
    labels: dict[str, str]
    """The same, as lists show it."""


def large(path: Path) -> Company:
    """A manager, a director and an employee of the large company, and its first team, role and skill."""
    with closing(Store.open(path)) as store:
        metrics, everyone = Metrics(store), Viewer.everyone()
        choices = metrics.ask("choices", everyone, Filters(as_of=date.today()))
        firsts = choices.drop_duplicates("kind").set_index("kind")
        sizes = {
            manager: int(metrics.ask("totals", everyone, Filters(manager=manager))["people"].iloc[0])
            for manager in choices.loc[choices["kind"] == "manager", "value"].head(MANAGERS)
        }
        who = {what: min(sizes, key=lambda one: abs(sizes[one] - size)) for what, size in SIZES.items()}
        below = metrics.ask("people", everyone, Filters(manager=who["manager"]))
    who |= {"employee": str(below["employee_id"].iloc[0]), "L&D": "", "HR": ""}
    values, labels = ({name: firsts.loc[kind, what] for name, kind in OF_KIND.items()} for what in ("value", "label"))
    return Company(who, values | {"employee": who["employee"]}, labels)


def linked(address: str, company: Company, who: str) -> str:
    """The address with what it is about replaced by what a company has, as somebody of it opens it."""
    page, _, query = address.partition("?")
    asked = [(name, company.values.get(name, value)) for name, value in parse_qsl(query)]
    return f"{page}?{urlencode(asked + [('as', who)] * bool(who))}"


def going(way: str, company: Company) -> list[str]:
    """The steps of a way, each with what the company has in the place of what the demo company has."""
    steps = [] if way == "none" else way.split(" › ")
    for kind in OF_KIND:
        label, begins = company.labels.get(kind), f"{kind.capitalize()}: "
        steps = [f"{begins}{label}" if label and step.startswith(begins) else step for step in steps]
    return steps


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


def walked(browser: Browser, start: str, steps: list[str]) -> tuple[float, int]:
    """Milliseconds from the first click of a way until everything at its end is drawn, and how many clicks it takes."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(start)
    page.wait_for_function(DRAWN)
    started, clicks = time.perf_counter(), 0
    for step in steps:
        clicks += questions.take(page, step)
        page.wait_for_function(DRAWN)
    took = since(started)
    context.close()
    return took, clicks


def measured(browser: Browser, name: str, folder: Path) -> list[str]:
    """The rows of one store's table."""
    path, lines = folder / f"{name}.duckdb", []
    STORES[name](path)
    company = large(path) if name == "large" else Company(questions.WHO, {}, {})
    with served(path) as root:
        for who, question, address, _shown, way in questions.ROWS:
            asks = company.who[who]
            link, start, steps = linked(address, company, asks), f"{root}?as={asks}", going(way, company)
            opened(browser, root + link)
            links = [opened(browser, root + link) for _ in range(TIMES)]
            paint, answer = (statistics.median(times) for times in zip(*links, strict=True))
            ways = [walked(browser, start, steps) for _ in range(TIMES)]
            took, clicks = statistics.median(ms for ms, _ in ways), ways[0][1]
            lines.append(f"| {who} | {question} | `{link}` | {paint:.0f} | {answer:.0f} | {clicks} | {took:.0f} |")
            print(lines[-1], flush=True)
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
