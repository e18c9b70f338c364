"""A cluster that loses a worker in the midst of a question answers it all the same."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

pytest.importorskip("pyspark", reason="`make test-spark` installs what these need")

from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.lake import publish
from skilltrack.questions import Filters, Metrics
from skilltrack.storage import Store, address_of, open_lake
from tests.companies import demo_in
from tests.lake.answers import plain, rows_of, same
from tests.spark.cluster import PATIENCE, cluster

EVERYONE = Viewer.everyone()
ASKED = ("coverage", "gaps", "trend")


def answers(store):
    """The rows of each question."""
    return [plain(rows_of(Metrics(store).ask(name, EVERYONE, Filters(as_of=today())))) for name in ASKED]


def tasks(folder):
    """How many parts of questions the executors of a worker have begun."""
    return sum(log.read_text(errors="replace").count("Running task") for log in folder.rglob("stderr"))


def test_a_worker_that_is_killed_in_the_midst_of_a_question_changes_no_answer(tmp_path):
    with closing(Store.open(demo_in(tmp_path / "demo"))) as store:
        publish(store, EVERYONE, str(tmp_path / "lake"))
        ours = answers(store)
    (tmp_path / "cluster").mkdir()
    with (
        cluster(tmp_path / "cluster") as running,
        closing(open_lake(address_of(f"sc://localhost:{running.port}/?data={tmp_path}/lake"))) as lake,
        ThreadPoolExecutor(1) as thread,
    ):
        folder, worker = list(running.workers.items())[-1]
        until, before = time.monotonic() + PATIENCE, tasks(folder)
        asking = thread.submit(answers, lake)
        while tasks(folder) == before and not asking.done():
            assert time.monotonic() < until
        os.killpg(worker.pid, signal.SIGKILL)
        assert not asking.done(), "it was answered before the worker could be killed"
        for theirs in (asking.result(PATIENCE), answers(lake)):
            assert all(rows and same(rows, other) for rows, other in zip(ours, theirs, strict=True))
