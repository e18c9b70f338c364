"""`python -m bench.large [S] [M] [L]`: a made-up company, its questions from the kept tables and from the definitions.

Every answer is proved equal both ways before it is timed; then the cost of building and of refreshing is measured,
and put beside the targets that were set for a million people. At size L the definitions take minutes a question: there
only the kept tables are asked. Writes bench/RESULTS-large.md.
"""

import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from bench import serving
from bench.company import AS_OF, SIZES, Company, insert, land
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.kept import refreshing
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store

EVERYONE = Viewer.everyone()
QUESTIONS = serving.QUESTIONS
WHOLE_COMPANY = (("trend", 36), ("coverage_by_skill", 12), ("spend", 12), ("totals", 12))
OF_EVERYBODY = ("totals", "coverage_by_skill", "trend", "forecast")
PAST = date(2025, 3, 31)
TARGETS = {"director, today": 5, "director, past": 20, "everybody's manager, today": 5, "whole company": 100}
"""Milliseconds."""
REFRESHES = {1: 0.3, 2_000: 2, 200_000: 15}
"""New awards, and the seconds that a refresh after them may take."""
KINDS = {"badge_rows": "badges", "credential_skill_rows": "credential_skills", "roster_rows": "roster"}
"""By table, the kind of file that its rows come from."""


MISSED = """
## What is missed at a million people, and why

The column *the same of 200 people* is the same work at each size: where it grows, the machine was slower. The largest
company is measured last.

- A director's question, today, in 5 ms. Of 12 ms for coverage of 584 people in a million (profiles of a few runs): a
  snapshot and whether the kept tables are fresh 1.5, binding 0.7, optimizing 1.1, operators 5 (2 of them reading the
  122,880 roster rows of one block), handing over 1; the rest is the engine's scheduling of some 25 pipelines. One
  thread or two, a prepared statement and texts without the filters that are not set change nothing; kept copies of
  the catalogue save coverage a twentieth and depth a third, for eight more tables (each was tried). A table of
  today's cells per team would reach it, and has to be made anew every night and on every change.
- Depth, gaps and spend of a director: depth looks for levels of skills that a person's own role does not require,
  gaps for ended evidence; neither is computed ahead.
- The manager of everybody: trend and forecast hold every standing against each of twelve days, where the whole
  company's are sums of kept changes: those know no reporting lines.
- The 50 closest to a role, spend and totals of everybody: they read every award, every spend line and every standing.
  Of the CPU of totals (0.96 s) one group of rows per person takes 0.44 and finding each standing's person 0.25; of
  spend (0.58) the groups by credential, payer and currency 0.25. Levels of every skill kept per person would make the
  first a range of rows, for 20 to 30 million rows more in a file that is near its limit.
- Permission: a viewer with sight of a large organisation is held against its lines of today and of the asked day,
  found once and then a list in a longer text to plan. What that is of a whole page is in RESULTS-permission.md.
- A reorganisation: 57 statements for one changed roster row, the longest (0.04 s) a look through two rosters of a
  million.
- The build and the large refreshes: a quarter of their time goes into the skills gained per award, an eighth into
  evidence, which is read on one thread because its own transaction wrote it, a tenth into putting awards in the order
  of people. Before this day the build took 112 s: awards were joined with all of their skills' evidence first, people
  by their ids, and what was put in was written a second time at the commit, because one row of it had been taken out
  again.
"""


def director(store: Store) -> tuple[str, int]:
    """The manager with the largest organisation of at most 2,500 people today, and its size."""
    manager = store.query(
        "select p.employee_id, count(*) as people from kept_lines as l join kept_people as p on p.person = l.manager "
        "where $as_of between l.valid_from and l.valid_to group by p.employee_id "
        "having count(*) <= 2500 order by people desc, p.employee_id limit 1",
        {"as_of": AS_OF},
    ).to_pylist()[0]
    return manager["employee_id"], manager["people"]


def top(store: Store) -> str:
    """The manager with the largest organisation today."""
    return store.query(
        "select p.employee_id from kept_lines as l join kept_people as p on p.person = l.manager "
        "where $as_of between l.valid_from and l.valid_to group by p.employee_id "
        "order by count(*) desc, p.employee_id limit 1",
        {"as_of": AS_OF},
    ).to_pylist()[0]["employee_id"]


def near(store: Store, people: int) -> str:
    """The manager whose organisation today is nearest to so many people."""
    return store.query(
        "select p.employee_id from kept_people as p join kept_lines as l on l.manager = p.person "
        "where $as_of between l.valid_from and l.valid_to group by p.employee_id "
        "order by abs(count(*) - $people), p.employee_id limit 1",
        {"as_of": AS_OF, "people": people},
    ).to_pylist()[0]["employee_id"]


class Times(NamedTuple):
    """Milliseconds of one question: median and 95th percentile by the clock, and CPU of all threads per run."""

    median: float
    p95: float
    cpu: float


def milliseconds(metrics: Metrics, name: str, filters: Filters, runs: int, viewer: Viewer = EVERYONE) -> Times:
    """Times of one question, asked without any cache, after one run that is not counted."""
    metrics.ask(name, viewer, filters)
    times, cpu = [], time.process_time()
    for _ in range(runs):
        start = time.perf_counter()
        metrics.ask(name, viewer, filters)
        times.append((time.perf_counter() - start) * 1000)
    used = (time.process_time() - cpu) * 1000 / runs
    return Times(statistics.median(times), sorted(times)[max(0, -(-runs * 95 // 100) - 1)], used)


def permission(store: Store, manager: str, runs: int) -> str:
    """What it costs to ask as the manager of an organisation rather than as somebody who sees everyone."""
    metrics, filters = Metrics(store), Filters(as_of=AS_OF, manager=manager)
    own = Viewer(manager, frozenset({"manager"}), manager, (manager,))
    slower = []
    for name in ("coverage", "readiness", "totals", "trend"):
        of_everyone, of_own = (milliseconds(metrics, name, filters, runs, viewer) for viewer in (EVERYONE, own))
        slower.append(f"{name} {100 * (of_own.median / of_everyone.median - 1):.0f} %")
    return f"Asked by the director instead of somebody who sees everyone (target 5 % more): {', '.join(slower)} more."


def asked(manager: str, head: str) -> list[tuple[str, str, Filters]]:
    """What is asked: about whom and when, the metric, its filters; `head` is the manager of everybody."""
    cases = [
        (f"director, {when}", name, Filters(as_of=as_of, manager=manager))
        for when, as_of in (("today", AS_OF), ("past", PAST))
        for name in QUESTIONS
    ]
    cases += [("everybody's manager, today", name, Filters(as_of=AS_OF, manager=head)) for name in OF_EVERYBODY]
    cases += [("whole company", name, Filters(as_of=PAST, months=months)) for name, months in WHOLE_COMPANY]
    return [*cases, ("whole company", "closest", Filters(as_of=PAST, role="r007"))]


def questions(store: Store, manager: str, runs: int, is_compared: bool = True) -> list[tuple]:
    """Per question: rows, and times from the kept tables and from the definitions; equal, or it raises.

    With no runs nothing is timed.
    """
    kept, defined = Metrics(store), Metrics(store, reads_kept=False)
    rows = []
    for about, name, filters in asked(manager, top(store)):
        ours, plain = kept.ask(name, Viewer.everyone(), filters), None
        if is_compared:
            if not ours.equals(defined.ask(name, Viewer.everyone(), filters)):
                raise AssertionError(f"{name} of a {about} differs between the kept tables and the definitions")
            plain = milliseconds(defined, name, filters, min(runs, 3)).median if runs else None
        rows.append((name, about, len(ours), milliseconds(kept, name, filters, runs) if runs else None, plain))
    return rows


def floor(runs: int) -> dict[tuple[str, str], float]:
    """Medians of the same questions about 200 people: what planning and handing over cost, whatever is read."""
    store = Store.open(":memory:")
    land(store, Company(200, 2_000))
    refreshing.make_fresh(store)
    rows = questions(store, director(store)[0], runs, is_compared=False)
    store.close()
    return {(name, about): fast.median for name, about, _, fast, _ in rows}


def upload(
    store: Store, number: int, table: str, rows: pa.Table, at: datetime, mode: str = "snapshot"
) -> tuple[float, float]:
    """Store rows of one table as an upload: seconds to bring the kept tables up to date, and of all with the commit."""
    start = time.perf_counter()
    with store.write() as transaction:
        insert(transaction, table, rows, number)
        of = {"upload_id": number, "happened_at": at, "mode": mode, "kind": KINDS[table]}
        transaction.run("insert into upload_events values ($upload_id, 'landed', $happened_at, 'bench')", of)
        transaction.run("insert into uploads values ($upload_id, date '2026-06-01', $mode)", of)
        transaction.run("insert into upload_files values ($upload_id, 0, $kind, $kind || '.csv', '', 0)", of)
        landed = time.perf_counter()
        refreshing.refresh(transaction, number)
        refreshed = time.perf_counter() - landed
    return refreshed, time.perf_counter() - start


def refreshes(store: Store, company: Company) -> list[tuple[str, float, str]]:
    """Seconds to bring the kept tables up to date after so many new awards, each as an upload of its own."""
    rows = []
    first = company.awards
    for number, (count, target) in enumerate(REFRESHES.items()):
        if count > company.people:
            continue
        awards = company.badges(count, first, 3000, 100 + number)
        refreshed, _ = upload(store, 3 + number, "badge_rows", awards, datetime(2026, 6, 2, number))
        rows.append((f"refresh after {count:,} new awards", refreshed, f"{target:g}"))
        first += count
    return [*rows, mapping(store), reorganisation(store)]


def mapping(store: Store) -> tuple[str, float, str]:
    """Seconds to bring the kept tables up to date after the least awarded credential attests one more skill."""
    rare = "select credential_id from kept_awards group by credential_id order by count(*), credential_id limit 1"
    credential = store.query(rare)["credential_id"][0].as_py()
    skill = store.query("select max(skill_id) as skill_id from skill_rows")["skill_id"][0].as_py()
    line = pa.table({"credential_id": [credential], "skill_id": [skill], "level": [3]})
    refreshed, _ = upload(store, 8, "credential_skill_rows", line, datetime(2026, 6, 2, 23))
    return "refresh after one line of a credential's skills", refreshed, "–"


def reorganisation(store: Store) -> tuple[str, float, str]:
    """Seconds to bring the kept tables up to date after a manager of about 1,000 people got another manager."""
    head = store.query(
        "select employee_id, team, role_id from kept_roster "
        "where employee_id = $head and $as_of between valid_from and valid_to",
        {"as_of": AS_OF, "head": near(store, 1000)},
    ).to_pylist()[0]
    moved = {column: [value] for column, value in head.items()} | {"name": ["Head"], "manager_id": ["elsewhere"]}
    refreshed, _ = upload(store, 9, "roster_rows", pa.table(moved), datetime(2026, 6, 3), "changes")
    return "refresh after the manager of about 1,000 people moved", refreshed, "0.2"


def measure(size: str, folder: Path, runs: int) -> str:
    """Everything measured at one size, as a text of tables."""
    company = Company(*SIZES[size])
    path = folder / f"{size}.duckdb"
    store = Store.open(path)
    land(store, company)
    start = time.perf_counter()
    refreshing.make_fresh(store)
    costs = [("build of every kept table", time.perf_counter() - start, "60")]
    store.close()
    built = path.stat().st_size / 1e6
    store = Store.open(path)
    manager, people = director(store)
    rows = questions(store, manager, runs, is_compared=size != "L")
    permitted = permission(store, manager, runs)
    hundred = milliseconds(Metrics(store), "coverage", Filters(as_of=AS_OF, manager=near(store, 100)), runs).median
    costs += refreshes(store, company)
    store.close()
    alone = serving.measured(path, manager, PAST)
    lowest = floor(runs)
    lines = [
        f"A director with {people:,} people.",
        "",
        "| question | about | rows | median ms | p95 ms | CPU ms | the same of 200 people | target at L "
        "| definitions, median ms | times faster |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {about} | {count:,} | {fast.median:.1f} | {fast.p95:.1f} | {fast.cpu:.1f} "
        f"| {lowest[name, about]:.1f} | {TARGETS[about]} | "
        + ("– | – |" if plain is None else f"{plain:.0f} | {plain / fast.median:.0f} |")
        for name, about, count, fast, plain in rows
    ]
    cold = ", ".join(f"{what} {ms:.0f}" for what, ms in alone["cold"].items())
    lines += [
        "",
        f"Coverage of a manager of about 100 people, today: {hundred:.1f} ms (target: at most twice as much "
        "at a million people as at 10,000).",
        "",
        f"A process that only answers is ready after {alone['ready']:.1f} s (target 2) and holds "
        f"{alone['memory']:,.0f} MiB more after the director's questions (target 300), "
        f"{alone['whole']:,.0f} after the whole company's. Each first question, from a file out of "
        f"the cache, ms: {cold}.",
    ]
    lines += ["", permitted, "", "| cost | seconds | target at L |", "| --- | ---: | ---: |"]
    lines += [f"| {what} | {seconds:.2f} | {target} |" for what, seconds, target in costs]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    refreshed = path.stat().st_size / 1e6
    lines += [
        "",
        f"File {built:,.0f} MB after the build (target at L: 1,610 MB) and {refreshed:,.0f} after "
        "the refreshes, whose old blocks later ones fill; peak memory of this process, generator included, "
        f"{memory:,.0f} MiB (6,144).",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure the sizes named on the command line (M) and write the results."""
    text = (
        f"# Results at scale\n\nMade by `python -m bench.large` on {date.today()}: "
        f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, duckdb {duckdb.__version__}. "
        "Questions are asked without any cache. Every answer at S and M was equal from the kept tables and from the "
        "definitions before it was timed.\n"
    )
    for size in sys.argv[1:] or ["M"]:
        with tempfile.TemporaryDirectory() as folder:
            people, awards = SIZES[size]
            text += f"\n## {people:,} people, {awards:,} awards\n\n{measure(size, Path(folder), 20)}\n"
    text += MISSED
    (ROOT / "bench" / "RESULTS-large.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
