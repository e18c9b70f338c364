"""`python -m bench.lake [questions] [servers] [S] [M] [L] [50] [100]`: one company in a file, in a lake, and on Spark.

*questions* asks the same of a database file, of DuckLake with its catalogue in PostgreSQL, and of a Spark cluster that
reads what was published; an answer that differs stops the run before it is timed. *servers* has people click through
one app server on the file, and through one, two and three on the lake. Without a word both are measured, without a size
S and M, without a number 50 and 100 people. Needs PostgreSQL, Java 17 and the extras (`make bench-lake`). Writes
bench/RESULTS-lake.md, where a part that was not measured stays as it was.
"""

import asyncio
import math
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from bench import load
from bench.asking import EVERYONE, asked, at, measured
from bench.beside import tuples
from bench.company import AS_OF, SIZES, Company, land
from bench.large import director, upload
from bench.using import cpu, family, memory, working_in
from skilltrack.config import ROOT
from skilltrack.keeping import open_at
from skilltrack.kept import refreshing
from skilltrack.lake import publish
from skilltrack.questions import Metrics
from skilltrack.storage import Address, address_of, fill_lake
from skilltrack.storage.store import Store
from tests.ducklake.server import PASSWORD, Server, postgres
from tests.ports import free_port

RESULTS = ROOT / "bench" / "RESULTS-lake.md"
CROWDS = (50, 100)
UPLOADS, AWARDS = 3, 2_000
"""How many uploads of so many awards each are timed."""
ORGANISATIONS = 50
"""How many organisations the people who click look at."""
SPARK = {
    "spark_executor_memory": "2g",
    "spark_driver_memory": "2g",
    "spark_sql_shuffle_partitions": "2",
    "spark_sql_codegen_wholeStage": "true",
    "spark_sql_codegen_factoryMode": "FALLBACK",
}
"""Spark as it is for real work: compiled questions, a core and 2 GiB for each of two workers."""
PLACES = ("file", "lake", "Spark")


class Corp(NamedTuple):
    """One company in two places."""

    company: Company
    file: Path
    lake: Address
    server: Server
    manager: str
    people: int
    filling: float
    """Seconds that it took to put what the file holds into the lake."""


@contextmanager
def corp(size: str) -> Iterator[Corp]:
    """A company of a size in a database file and in a lake, with the PostgreSQL that knows its files."""
    company = Company(*SIZES[size])
    with tempfile.TemporaryDirectory() as name, postgres(is_durable=True) as server:
        folder = Path(name)
        (folder / "lake" / "skilltrack.files").mkdir(parents=True)
        lake = address_of(f"{server.catalogue('corp')}?data={folder}/lake")
        assert lake is not None
        with closing(Store.open(folder / "corp.duckdb")) as store:
            land(store, company)
            refreshing.make_fresh(store)
            manager, people = director(store)
            start = time.perf_counter()
            fill_lake(lake, store)
            filling = time.perf_counter() - start
        yield Corp(company, folder / "corp.duckdb", lake, server, manager, people, filling)


def refuse_other(ours: list[pd.DataFrame], theirs: list[pd.DataFrame], manager: str, place: str) -> None:
    """Raise where an answer is another one than the file's."""
    for (name, about, _), frame, other in zip(asked(manager), ours, theirs, strict=True):
        if not equal(frame, other):
            raise AssertionError(f"{place} answers {name} of the {about} differently")


def equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    """Whether two answers have the same columns, and the same rows in the same order."""
    columns = list(ours.columns)
    if columns != list(theirs.columns) or len(ours) != len(theirs):
        return False
    cells = zip(tuples(ours, columns), tuples(theirs, columns), strict=True)
    return all(_is_same(a, b) for row, other in cells for a, b in zip(row, other, strict=True))


def _is_same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, abs_tol=1e-9)
    return ours == theirs


def answers(store: Store, manager: str) -> list[pd.DataFrame]:
    """What a place answers to each question."""
    return [Metrics(store).ask(name, EVERYONE, how) for name, _, how in asked(manager)]


def uploads(place: Path | Address, company: Company) -> tuple[float, float]:
    """Median seconds of uploads of new awards: bringing the kept tables up to date, and all of it with the commit."""
    with closing(open_at(place, creates=False)) as store:
        times = [
            upload(
                store,
                3 + number,
                "badge_rows",
                company.badges(AWARDS, company.awards + number * AWARDS, 3000, 100 + number),
                datetime(2026, 6, 2, number),
            )
            for number in range(UPLOADS)
        ]
    return statistics.median(each for each, _ in times), statistics.median(each for _, each in times)


def size_of(folder: Path) -> float:
    """MB of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def questions(size: str) -> str:
    """The same questions in the three places, as a text of tables."""
    from tests.spark.cluster import cluster  # needs Spark, which the other part does not

    with corp(size) as here, tempfile.TemporaryDirectory() as published, tempfile.TemporaryDirectory() as folder:
        with closing(open_at(here.file)) as store:
            start = time.perf_counter()
            publish(store, EVERYONE, published)
            publishing = time.perf_counter() - start
            ours = answers(store, here.manager)
        with closing(open_at(here.lake, creates=False)) as store:
            refuse_other(ours, answers(store, here.manager), here.manager, "the lake")
        catalogue = "select pg_database_size('corp') / 1e6"
        disk = [here.file.stat().st_size / 1e6, size_of(Path(here.lake.tables)), size_of(Path(published))]
        disk[1] += float(here.server.ask("corp", catalogue))
        places = {"file": measured(here.file, here.manager), "lake": measured(here.lake, here.manager)}
        beside = {"lake": memory(family(here.server.number()))}
        with cluster(Path(folder), memory="2200m", **SPARK) as running:
            spark = f"sc://localhost:{running.port}/?data={published}"
            with _without_password(), closing(at(spark)) as store:
                refuse_other(ours, answers(store, here.manager), here.manager, "Spark")
            with _without_password():
                places["Spark"] = measured(spark, here.manager)
            beside["Spark"] = memory(working_in(Path(folder)))
        refreshes = {"file": uploads(here.file, here.company), "lake": uploads(here.lake, here.company)}
        with closing(open_at(here.file)) as store, closing(open_at(here.lake, creates=False)) as lake:
            start = time.perf_counter()
            publish(store, EVERYONE, published)
            again = time.perf_counter() - start
            refuse_other(answers(store, here.manager), answers(lake, here.manager), here.manager, "the lake")
        after = size_of(Path(here.lake.tables)) + float(here.server.ask("corp", catalogue))
        grown = [here.file.stat().st_size / 1e6, after, size_of(Path(published))]
    return "\n".join(
        [
            f"A director with {here.people:,} people.",
            "",
            *_table([len(frame) for frame in ours], here.manager, places),
            "",
            "| cost | file | lake | Spark |",
            "| --- | ---: | ---: | ---: |",
            "| opening, ms | " + " | ".join(f"{places[place]['opening']:.0f}" for place in PLACES) + " |",
            f"| putting the whole company there, s | – | {here.filling:.1f} | {publishing:.1f} |",
            f"| upload of {AWARDS:,} awards with its commit, s | {refreshes['file'][1]:.2f} "
            f"| {refreshes['lake'][1]:.2f} | {again:.1f} to publish anew |",
            f"| of it, kept tables, s | {refreshes['file'][0]:.2f} | {refreshes['lake'][0]:.2f} | – |",
            "| on the disk, MB | " + " | ".join(f"{each:,.0f}" for each in disk) + " |",
            "| after these uploads, MB | " + " | ".join(f"{each:,.0f}" for each in grown) + " |",
            "| memory of the process that asks, MiB | "
            + " | ".join(f"{places[place]['memory']:,.0f}" for place in PLACES)
            + " |",
            f"| memory besides, MiB | – | {beside['lake']:,.0f} (PostgreSQL) | {beside['Spark']:,.0f} (the cluster) |",
        ]
    )


@contextmanager
def _without_password() -> Iterator[None]:
    """The password is PostgreSQL's: Spark would take it for its token."""
    password = os.environ.pop("SKILLTRACK_DB_PASSWORD")
    try:
        yield
    finally:
        os.environ["SKILLTRACK_DB_PASSWORD"] = password


def _table(counts: list[int], manager: str, places: dict[str, dict]) -> list[str]:
    lines = [
        "| question | about | rows | file: first ms | median | lake: first ms | median | times the file "
        "| Spark: first ms | median | times the file |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, ((name, about, _), rows) in enumerate(zip(asked(manager), counts, strict=True)):
        file, lake, spark = (places[place]["times"][number] for place in PLACES)
        lines.append(
            f"| {name} | {about} | {rows:,} | {file[0]:.0f} | {file[1]:.1f} | {lake[0]:.0f} | {lake[1]:.1f} "
            f"| {lake[1] / file[1]:.1f} | {spark[0]:.0f} | {spark[1]:.0f} | {spark[1] / file[1]:.0f} |"
        )
    return lines


def organisations(store: Store) -> list[str]:
    """The filters of people who each look at another organisation, of 50 to 2,500 people."""
    managers = store.query(
        "select p.employee_id from kept_lines as l join kept_people as p on p.person = l.manager "
        "where $as_of between l.valid_from and l.valid_to group by p.employee_id "
        f"having count(*) between 50 and 2500 order by p.employee_id limit {ORGANISATIONS}",
        {"as_of": AS_OF},
    )
    return [f"manager={manager}&as_of={AS_OF}" for manager in managers["employee_id"].to_pylist()]


def servers(size: str, crowds: tuple[int, ...]) -> str:
    """People clicking through one server on the file, and through one, two and three on the lake, as a table."""
    lines = [
        "| servers | people | views | views per second | p50 ms | p95 ms | errors | CPU of a view, ms: servers "
        "| PostgreSQL | memory, MiB: each server | PostgreSQL | its connections |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with corp(size) as here:
        with closing(open_at(here.file)) as store:
            queries = organisations(store)
        for place, count in ((here.file, 1), (here.lake, 1), (here.lake, 2), (here.lake, 3)):
            ports = [free_port() for _ in range(count)]
            running = [load.serve(place, port) for port in ports]
            try:
                asyncio.run(load.crowd(3 * count, ports, 0.5, 3, queries))  # what every process does once
                for people in crowds:
                    lines.append(_clicked(here.server, [each.pid for each in running], ports, people, queries))
                    of = "file" if place == here.file else "lake"
                    lines[-1] = f"| {count} on the {of} {lines[-1]}"
                    print(lines[-1], file=sys.stderr, flush=True)
            finally:
                for each in running:
                    each.terminate()
                for each in running:
                    each.wait(60)
    return "\n".join(lines)


def _clicked(server: Server, apps: list[int], ports: list[int], people: int, queries: list[str]) -> str:
    def used() -> tuple[float, float]:
        return tuple(cpu(one for each in group for one in family(each)) for group in (apps, [server.number()]))

    before = used()
    times, errors = asyncio.run(load.crowd(people, ports, queries=queries))
    views = len(times) + people  # the first of each person is not timed
    app, postgres_used = (1000 * (now - was) / views for now, was in zip(used(), before, strict=True))
    held = memory(one for each in apps for one in family(each)) / len(apps)
    for error in sorted(set(errors))[:3]:
        print(error, file=sys.stderr)
    return (
        f"| {people} | {len(times)} | {len(times) / (load.SECONDS + load.THINK):.1f} | {statistics.median(times):.0f} "
        f"| {statistics.quantiles(times, n=20)[18]:.0f} | {len(errors)} | {app:.0f} | {postgres_used:.0f} "
        f"| {held:,.0f} | {memory(family(server.number())):,.0f} "
        f"| {server.ask('corp', 'select count(*) from pg_stat_activity where datname = current_database()')} |"
    )


def write(parts: dict[str, str]) -> None:
    """Put what was measured into the results; a part that was not stays."""
    before = re.split(r"^## ", RESULTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:] if RESULTS.exists() else []
    now = dict(each.strip().split("\n\n", 1) for each in before) | parts
    order = sorted(now, key=lambda title: (title.split(":")[0], len(title), title))
    text = HEAD + "".join(f"\n## {title}\n\n{now[title]}\n" for title in order)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def main() -> None:
    """Measure the parts, sizes and crowds named on the command line and write the results."""
    words = sys.argv[1:]
    sizes = [word for word in words if word in SIZES] or ["S", "M"]
    crowds = tuple(int(word) for word in words if word.isdigit()) or CROWDS
    wanted = [word for word in words if word in ("questions", "servers")] or ["questions", "servers"]
    os.environ["SKILLTRACK_DB_PASSWORD"] = PASSWORD
    machine = f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, duckdb {duckdb.__version__}"
    for size in sizes:
        people, awards = SIZES[size]
        for part in wanted:
            measure = questions(size) if part == "questions" else servers(size, crowds)
            when = f"Measured on {date.today()}: {machine}."
            write({f"{part.capitalize()}: {people:,} people, {awards:,} awards": f"{when}\n\n{measure}"})


HEAD = """# Results in a file, in a lake and on Spark

Made by `python -m bench.lake`. Everything runs on one machine, over loopback: PostgreSQL (which waits for the disk at
each commit), the lake's folder, a Spark cluster of a master, two workers of one core and a Connect server, and the
people who click. Every answer was equal to the file's, row by row, before it was timed. *First* is the first time that
a new process asks it, in the order of the table; *median* is of up to 30 more in ten seconds, three at least, without
any cache. The lake's size is that of its files and of its catalogue; its old states go with `lake maintain` after a
day. Memory is what a process needs beyond the program itself (*questions*), and all of it (*servers*); a shared page
counts once.

The people who click look at 50 organisations of 50 to 2,500 people, each at one and on one server, as behind a proxy
that keeps a browser where it is; every 10 s on average, for 60 s. The first crowd at a server asks what it has not kept
yet. Servers and people share the cores, so that more servers are no more power here: what a view costs is its CPU.
"""

if __name__ == "__main__":
    main()
