"""`python -m bench`: the demo company's questions and pages, timed, beside pandas reading the CSV files at each view.

Answers are proved equal before anything is timed. Prints a table and writes bench/RESULTS.md.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import streamlit
from streamlit.testing.v1 import AppTest

from bench.peers import pandas_csv
from skilltrack import demo
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.questions import Filters, Metrics
from skilltrack.questions.filters import month_ends
from skilltrack.storage.store import Store
from skilltrack.ui.shell import NAMES, page_file

QUESTIONS = ("coverage", "readiness", "gaps", "depth", "renewals", "trend", "forecast", "spend", "totals")
RUNS = 20


def timed(act: Callable[[], object], runs: int) -> tuple[float, float]:
    """Median and 95th percentile of `act`, in milliseconds, after one run that is not counted."""
    act()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), sorted(times)[max(0, int(0.95 * len(times)) - 1)]


def equal(ask: Callable[..., pd.DataFrame], as_of: date) -> None:
    """Raise unless the peer's answers equal ours."""
    ours = ask("coverage", as_of=as_of)[["team", "skill_id", "required", "met"]]
    theirs = pandas_csv.coverage(demo.FILES, as_of)
    ours_rows = [(str(t), str(s), int(r), int(m)) for t, s, r, m in ours.itertuples(index=False)]
    theirs_rows = [(t, s, int(r), int(m)) for t, s, r, m in theirs.itertuples(index=False)]
    if sorted(ours_rows) != sorted(theirs_rows):
        raise AssertionError("coverage differs from the peer's")
    months = ask("trend", as_of=as_of)
    totals = [(int(r), int(m)) for r, m in zip(months["required"], months["met"], strict=True)]
    if totals != pandas_csv.trend(demo.FILES, month_ends(as_of, 12)):
        raise AssertionError("the trend differs from the peer's")


def pages(path: Path) -> dict[str, tuple[float, float, float]]:
    """Server time of each page through the entry script: first visit, warm median and warm p95, in milliseconds."""
    os.environ |= {"SKILLTRACK_DB": str(path), "SKILLTRACK_LOCAL": "1"}
    timings = {}
    for name in NAMES:
        app = AppTest.from_file(str(ROOT / "skilltrack" / "ui" / "main.py"), default_timeout=60)
        start = time.perf_counter()
        app.run()
        if name != "team/overview":
            if name == "team/people":
                app.query_params["employee"] = "00126"
            app.switch_page(page_file(name))
            start = time.perf_counter()
            app.run()
        first = (time.perf_counter() - start) * 1000
        if app.exception:
            raise AssertionError(f"{name}: {app.exception[0].message}")
        timings[name] = (first, *timed(app.run, RUNS))
    return timings


def main() -> None:
    """Measure and write the table."""
    # The files are asked about on the day they are written for, so that the peer can read them as they are.
    as_of, store = demo.ANCHOR, Store.open(":memory:")
    start = time.perf_counter()
    demo.load(store, as_of - demo.ANCHOR)
    loaded = time.perf_counter() - start

    def ask(name: str, **filters: object) -> pd.DataFrame:
        return Metrics(store).ask(name, Viewer.everyone(), Filters(**({"as_of": as_of} | filters)))  # type: ignore[arg-type]

    equal(ask, as_of)
    peer = {
        "coverage": timed(lambda: pandas_csv.coverage(demo.FILES, as_of), RUNS),
        "trend": timed(lambda: pandas_csv.trend(demo.FILES, month_ends(as_of, 12)), 5),
    }
    lines = [
        "| question | ours, median ms | p95 ms | pandas from CSV at each view, median ms | times faster |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in QUESTIONS:
        median, p95 = timed(lambda name=name: ask(name), RUNS)
        other = f"{peer[name][0]:.0f} | {peer[name][0] / median:.1f}" if name in peer else "– | –"
        lines.append(f"| {name} | {median:.1f} | {p95:.1f} | {other} |")
    lines += ["", "| page | first visit ms | warm median ms | warm p95 ms |", "| --- | ---: | ---: | ---: |"]
    with tempfile.TemporaryDirectory() as folder:
        demo.build(Path(folder) / "demo.duckdb")
        lines += [
            f"| {n} | {a:.0f} | {b:.0f} | {c:.0f} |" for n, (a, b, c) in pages(Path(folder) / "demo.duckdb").items()
        ]
    text = HEAD.format(
        day=date.today(), cores=os.cpu_count(), python=platform.python_version(), duckdb=duckdb.__version__,
        streamlit=streamlit.__version__, pandas=pd.__version__, runs=RUNS, loaded=loaded,
    ) + "\n".join(lines) + "\n"  # fmt: skip
    (ROOT / "bench" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


HEAD = """# Results

Made by `python -m bench` on {day}: {cores} cores, Python {python}, duckdb {duckdb}, streamlit {streamlit},
pandas {pandas}. The demo company (about 400 people, 2 300 awards, 1 000 spend lines). Every figure is from this one
run: {runs} runs each after one that is not counted (the peer's trend: 5). The answers of coverage and trend were equal
to the peer's before they were timed. Questions are asked without any cache. Pages are run through the entry script in
Streamlit's own test runner, warm ones with cached answers: server time without the network and the browser. The
overview's first visit also imports the program; the other pages are visited after it. Loading
the demo took {loaded:.1f} s.

"""

if __name__ == "__main__":
    main()
