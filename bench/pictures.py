"""`python -m bench.pictures FOLDER [empty] [demo] [large] [--page NAME] …`: every page as a picture.

Takes {1440, 390} wide × {light, dark} × {English, German} of each store that is named (empty and demo by default; the
large one has 100,000 people and takes a minute to build), as FOLDER/demo/coverage-390-dark-de.png. `--tall`: three
screens high, to see what is below the first view.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.company import SIZES, Company, land
from skilltrack import demo
from skilltrack.config import ROOT
from skilltrack.storage.store import Store
from skilltrack.ui.shell import NAMES

SCREENS = {"1440": (1440, 900), "390": (390, 844)}
"""Width and height in CSS pixels."""
SCHEMES, LANGUAGES = ("light", "dark"), ("en", "de")
PORT = int(os.environ.get("PORT", "8599"))


def _empty(path: Path) -> None:
    Store.open(path).close()


def _large(path: Path) -> None:
    with closing(Store.open(path)) as store:
        land(store, Company(*SIZES["M"]))


STORES = {"empty": _empty, "demo": demo.build, "large": _large}
"""How each store is made."""


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The app on a database, in local mode; its address."""
    command = [sys.executable, "-m", "skilltrack", "--db", str(path), "serve", "--local", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz").close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{PORT}/"
    finally:
        server.terminate()
        server.wait()


def shown(page: Page, address: str) -> None:
    """Go to an address and wait until everything on it is drawn."""
    page.goto(address)
    page.wait_for_selector("h1", timeout=120_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=120_000)
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')", timeout=120_000)
    page.wait_for_timeout(500)  # figures and tables are drawn after the page knows what is in them


def take(browser: Browser, address: str, folder: Path, names: list[str], query: str, screens_high: int) -> None:
    """Every picture of one store."""
    for (width, size), scheme, language in product(SCREENS.items(), SCHEMES, LANGUAGES):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1] * screens_high},
            color_scheme=scheme,
            locale=language,
            reduced_motion="reduce",
            device_scale_factor=1,
        )
        page = context.new_page()
        for name in names:
            shown(page, address + name.split("/")[1] + query)
            page.screenshot(path=folder / f"{name.split('/')[1]}-{width}-{scheme}-{language}.png")
        context.close()


def main() -> None:
    """Build each store, serve it and take its pictures."""
    parser = argparse.ArgumentParser(description="Take a picture of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("stores", nargs="*", help=f"of {', '.join(STORES)}; default: all")
    parser.add_argument("--page", action="append", help="only this page, such as team/coverage")
    parser.add_argument("--query", default="", help="what the address of each page ends in, such as ?employee=00126")
    parser.add_argument("--tall", action="store_true")
    asked = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in asked.stores or STORES:
            path = Path(made) / f"{name}.duckdb"
            STORES[name](path)
            folder = asked.folder / name
            folder.mkdir(parents=True, exist_ok=True)
            with served(path) as address:
                take(browser, address, folder, asked.page or NAMES, asked.query, 3 if asked.tall else 1)
            print(f"{len(list(folder.iterdir()))} pictures in {folder}")
        browser.close()


if __name__ == "__main__":
    main()
