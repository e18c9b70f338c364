"""`python -m bench.beside [S] [M] [L]`: the same questions, asked of Skilltrack and of what a user might build instead.

Peers get rows that are prepared for them (bench/peers/prepared.py says what they are spared); Skilltrack starts from
uploads. An answer that differs stops the run. Writes bench/RESULTS-beside.md.
"""

import importlib.metadata
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bench.company import SIZES, Company, land
from bench.large import PAST, director
from bench.peers import engines, frames, prepared
from bench.peers.prepared import number
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.kept import refreshing
from skilltrack.questions import Filters, Metrics
from skilltrack.questions.filters import month_ends
from skilltrack.storage.store import Store

MONTHS = 12
QUESTIONS = ("coverage", "coverage_by_skill", "trend")
PEERS = {
    "pandas, CSV files at each view": frames.pandas_csv,
    "pandas, frames in memory": frames.pandas_cached,
    "polars, frames in memory": frames.polars,
    "SQLite": engines.sqlite,
    "PostgreSQL": engines.postgres,
    "plain DuckDB": engines.plain_duckdb,
}
SLOW = {"L": ("pandas, CSV files at each view", "SQLite")}
"""Peers that need many minutes at this size and are left out."""
NEEDS = {"polars, frames in memory": "polars", "PostgreSQL": "psycopg"}


class Ours:
    """Skilltrack's answers in the shape of the peers'."""

    def __init__(self, store: Store):
        self._metrics = Metrics(store)

    def coverage(self, _day: int, manager: str) -> set[tuple]:
        """(team, skill, required, met) of the manager's organisation."""
        return self._rows("coverage", ["team", "skill_id"], Filters(as_of=PAST, manager=manager))

    def coverage_by_skill(self, _day: int) -> set[tuple]:
        """(skill, required, met) of the company."""
        return self._rows("coverage_by_skill", ["skill_id"], Filters(as_of=PAST))

    def trend(self, _days: list[int]) -> list[tuple]:
        """(required, met) of the company on each day."""
        frame = self._metrics.ask("trend", Viewer.everyone(), Filters(as_of=PAST, months=MONTHS))
        return tuples(frame, ["required", "met"])

    def _rows(self, name: str, keys: list[str], filters: Filters) -> set[tuple]:
        frame = self._metrics.ask(name, Viewer.everyone(), filters)
        return set(tuples(frame, [*keys, "required", "met"]))


def tuples(frame: pd.DataFrame, columns: list[str]) -> list[tuple]:
    """Rows of some columns as the peers have them, by Arrow, which holds the frame: pandas takes ten times as long."""
    return list(zip(*(pa.array(frame[name]).to_pylist() for name in columns), strict=True))


def asked(of, manager: str) -> dict[str, Callable[[], object]]:
    """The three questions."""
    day = number(PAST)
    days = [number(end) for end in month_ends(PAST, MONTHS)]
    return {
        "coverage": lambda: of.coverage(day, manager),
        "coverage_by_skill": lambda: of.coverage_by_skill(day),
        "trend": lambda: of.trend(days),
    }


def timed(act: Callable[[], object], least: int = 3) -> tuple[float, float, float, float]:
    """First time, median, 95th percentile and CPU of this process per run: milliseconds, over up to ten seconds."""
    start = time.perf_counter()
    act()
    first = (time.perf_counter() - start) * 1000
    times: list[float] = []
    until, cpu = time.perf_counter() + 10, time.process_time()
    while len(times) < least or (len(times) < 30 and time.perf_counter() < until):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    used = (time.process_time() - cpu) * 1000 / len(times)
    return first, statistics.median(times), sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)], used


def compare(size: str, folder: Path, peers: dict) -> list[tuple]:
    """(who, question, first, median, p95, CPU) of us and of every peer; raises when an answer differs."""
    company = Company(*SIZES[size])
    store = Store.open(folder / "ours.duckdb")
    land(store, company)
    refreshing.make_fresh(store)
    manager, _people = director(store)
    ours = {name: (ask, ask()) for name, ask in asked(Ours(store), manager).items()}
    store.close()
    store = Store.open(folder / "ours.duckdb")  # the first question after opening is a cold one
    rows = [("Skilltrack", name, *timed(ask)) for name, ask in asked(Ours(store), manager).items()]
    store.close()
    tables = prepared.tables(company)
    for who, make in peers.items():
        peer = make(folder, tables)
        for name, ask in asked(peer, manager).items():
            if ask() != ours[name][1]:
                raise AssertionError(f"{who} answers {name} differently")
            rows.append((who, name, *timed(ask)))
            print(f"{size} {who} {name}: {rows[-1][3]:.0f} ms", file=sys.stderr, flush=True)
    return rows


def there(size: str) -> dict:
    """The peers that can be asked on this machine."""
    return {
        who: make
        for who, make in PEERS.items()
        if who not in SLOW.get(size, ())
        and (who not in NEEDS or find_spec(NEEDS[who]))
        and (who != "PostgreSQL" or os.environ.get(engines.POSTGRES))
    }


def table(rows: list[tuple]) -> str:
    """The results of one size."""
    best = {name: min(row[3] for row in rows if row[1] == name and row[0] != "Skilltrack") for name in QUESTIONS}
    ours = {row[1]: row[3] for row in rows if row[0] == "Skilltrack"}
    lines = [
        "| question | who | first ms | median ms | p95 ms | CPU ms | times our median |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for question in QUESTIONS:
        for who, name, first, median, p95, cpu in rows:
            if name == question:
                used = "–" if who == "PostgreSQL" else f"{cpu:.0f}"  # another process does the work
                ratio = median / ours[name]
                lines.append(f"| {name} | {who} | {first:.0f} | {median:.1f} | {p95:.1f} | {used} | {ratio:.1f} |")
    factors = ", ".join(f"{name} {best[name] / ours[name]:.1f}" for name in QUESTIONS)
    return "\n".join([*lines, "", f"Against the best peer, times faster: {factors}."])


def main() -> None:
    """Measure the sizes named on the command line (S M) and write the results."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("duckdb", "pandas", "polars") if find_spec(name)
    )
    text = HEAD.format(
        day=date.today(),
        cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
        versions=versions,
        past=PAST,
        months=MONTHS,
    )
    for size in sys.argv[1:] or ["S", "M"]:
        with tempfile.TemporaryDirectory() as folder:
            people, awards = SIZES[size]
            text += f"\n## {people:,} people, {awards:,} awards\n\n{table(compare(size, Path(folder), there(size)))}\n"
    (ROOT / "bench" / "RESULTS-beside.md").write_text(text, encoding="utf-8")
    print(text)


HEAD = """# Results beside other engines

Made by `python -m bench.beside` on {day}: {cores} cores, Python {python}, {versions}. Every answer was equal before it
was timed: coverage of a director's organisation by team and skill on {past}, coverage of the whole company by skill on
that day, and its trend over {months} months. Peers get prepared rows: no uploads to resolve, ends and issuer tiers
already computed, numbers for dates, indexes where they have them. *First* is the first question after Skilltrack's
file is opened; a peer's first comes after its answer was checked. CPU is this process, all threads.
"""

if __name__ == "__main__":
    main()
