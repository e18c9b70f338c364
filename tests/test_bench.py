"""The bench compares like with like: before it times anything, the peer's answers are ours."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pandas as pd
import pytest

from bench import badges, imports, lake, large, load, serving, using
from bench.__main__ import equal
from bench.company import Company, land
from bench.peers import pandas_csv
from skilltrack import demo
from skilltrack.access.viewer import Viewer
from skilltrack.kept import refreshing
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from tests.ports import free_port


def clicked(people: int, port: int, **how: float) -> tuple[list[float], list[str]]:
    """What the load client saw; in a thread, for the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(load.crowd(people, [port], **how))).result()


@pytest.fixture(scope="module")
def ask():
    store = Store.open(":memory:")
    demo.load(store, demo.ANCHOR - demo.ANCHOR)
    yield lambda name, **filters: Metrics(store).ask(name, Viewer.everyone(), Filters(**filters))
    store.close()


@pytest.mark.parametrize("day", [demo.ANCHOR, date(2024, 10, 31)])
def test_pandas_reading_the_files_gets_the_same_coverage_and_trend(ask, day):
    equal(ask, day)


def test_a_different_answer_stops_the_bench(ask, monkeypatch):
    monkeypatch.setattr(pandas_csv, "trend", lambda folder, days: [(1, 1)])

    with pytest.raises(AssertionError, match="trend differs"):
        equal(ask, demo.ANCHOR)


def test_thousands_of_people_get_the_same_answers_from_the_kept_tables_and_from_the_definitions(monkeypatch):
    company, store = Company(2_000, 10_000), Store.open(":memory:")
    land(store, company)
    refreshing.make_fresh(store)
    manager, people = large.director(store)

    assert large.questions(store, manager, runs=0)
    answers = large.questions(store, manager, runs=1, is_compared=False)

    assert people > 500
    assert {(name, about): rows for name, about, rows, _, _ in answers}["coverage", "director, today"] > 500
    assert all(times.median > 0 for _, _, _, times, _ in answers)
    large.refreshes(store, company)
    assert refreshing.is_fresh(store)
    assert large.questions(store, manager, runs=0)
    monkeypatch.setattr(large.Metrics, "ask", lambda self, name, *_: store.frame("select random() as x"))
    with pytest.raises(AssertionError, match="differs between"):
        large.questions(store, manager, runs=0)
    store.close()


def test_a_process_that_only_answers_is_measured_from_outside(tmp_path):
    path = tmp_path / "small.duckdb"
    store = Store.open(path)
    land(store, Company(300, 3_000))
    refreshing.make_fresh(store)
    manager, _ = large.director(store)
    store.close()

    told = serving.measured(path, manager, large.PAST)

    assert len(told["cold"]) == len(serving.QUESTIONS) + len(serving.WHOLE)
    assert min(told["ready"], told["memory"], *told["cold"].values()) > 0


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The port of the app on the demo company."""
    database, port = tmp_path_factory.mktemp("served") / "demo.duckdb", free_port()
    demo.build(database)
    server = load.serve(database, port)
    yield port
    server.terminate()
    server.wait(60)


def test_people_clicking_through_the_served_app_at_once_get_their_pages(served):
    times, errors = clicked(6, served, think=0.5, seconds=4)

    assert errors == []
    assert len(times) >= 6


def test_the_load_client_sees_a_page_that_is_not_there(monkeypatch, served):
    monkeypatch.setattr(load, "PAGES", ("nowhere",))

    _, errors = clicked(1, served, think=0.2, seconds=1)

    assert set(errors) == {"nowhere: there is no such page"}


def test_the_import_bench_lands_what_the_bare_engine_reads_and_tells_both(tmp_path):
    found = imports.compare(2_000, 5_000, tmp_path)

    store = Store.open(tmp_path / "ours.duckdb")
    assert store.query("select count(*) as n from badge_rows").to_pylist() == [{"n": 5_000}]
    assert store.query("select sum(changed_rows) as n from upload_counts").to_pylist()[0]["n"] == 20
    store.close()
    assert [seconds > 0 and mib > 0 for _, _, seconds, mib in found] == [True] * 3
    assert all(what in imports.report(found) for what, *_ in found)


def test_signed_badges_are_put_in_order_as_another_program_does_before_both_are_timed(tmp_path):
    """Else the bare work would be less than a signature needs."""
    document = {key: value for key, value in json.loads(badges.badge(1)).items() if key != "proof"}
    assert badges.by_ours(document) == badges.by_pyld(document)
    assert [what for what, _ in badges.measure(3, tmp_path)][2:4] == ["import", "looked up and checked again"]


def test_an_answer_of_another_place_that_differs_in_one_cell_or_in_its_order_is_no_equal_one():
    rows = pd.DataFrame({"team": ["A", "B"], "met": [1, 2], "coverage": [0.1 + 0.2, None]})

    assert lake.equal(rows, rows.assign(coverage=[0.3, None]))
    assert not lake.equal(rows, rows.assign(coverage=[0.3, 0.0]))
    assert not lake.equal(rows, rows.assign(met=[1, 3]))
    assert not lake.equal(rows, rows.iloc[::-1])
    assert not lake.equal(rows, rows.head(1))
    assert not lake.equal(rows, rows.rename(columns={"met": "required"}))


def test_a_part_that_was_not_measured_again_stays_in_the_results(tmp_path, monkeypatch):
    monkeypatch.setattr(lake, "RESULTS", tmp_path / "results.md")
    lake.write({"Servers: 10,000 people": "old\n\n| a |", "Questions: 100,000 people": "two"})
    lake.write({"Questions: 10,000 people": "one", "Servers: 10,000 people": "new"})

    text = (tmp_path / "results.md").read_text()
    assert text.startswith(lake.HEAD)
    assert text.removeprefix(lake.HEAD) == (
        "\n## Questions: 10,000 people\n\none\n\n## Questions: 100,000 people\n\ntwo\n\n## Servers: 10,000 people\n\nnew\n"
    )


def test_what_a_process_uses_is_counted_with_its_children():
    child = "x = bytearray(60_000_000)\nwhile True: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        try:
            until = time.monotonic() + 60
            while using.cpu(using.family(parent.pid)) < 0.5 or using.memory(using.family(parent.pid)) < 60:
                assert time.monotonic() < until
            assert len(using.family(parent.pid)) == 2
            assert using.cpu([parent.pid]) < 0.5
        finally:
            for number in reversed(using.family(parent.pid)):
                os.kill(number, signal.SIGKILL)
