"""Spark gives the rows that the database gives, for every metric, date, scope and assurance; else two truths go about."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyspark", reason="`make test-spark` installs what these need")

from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT, today
from skilltrack.errors import BadQuestion, BadStore, NotThere, Refused
from skilltrack.ingest import import_folder
from skilltrack.lake import publish
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.storage import Store, address_of, open_lake
from tests.companies import companies, demo_in, land
from tests.ingest.test_import import COMPANY, write
from tests.lake.answers import compare
from tests.lake.test_portable import ELSEWHERE
from tests.questions.test_numbers import questions, rows_of
from tests.reference import Asked
from tests.spark.cluster import TOKEN

EVERYONE = Viewer.everyone()
ASKED = sorted(set(catalogue()) - set(ELSEWHERE))


def lake_at(port, folder):
    return open_lake(address_of(f"sc://localhost:{port}/?data={folder}"))


@pytest.fixture(scope="session")
def corp(tmp_path_factory):
    """A company in a database, published."""
    folder = tmp_path_factory.mktemp("corp")
    store = Store.open(folder / "corp.duckdb")
    assert import_folder(store, write(folder / "files", **COMPANY), effective=date(2024, 1, 1)).status == "stored"
    publish(store, EVERYONE, str(folder / "lake"))
    store.close()
    return folder


def compared(lake, store, asked):
    """Ask each metric of both, two at a time: planning takes one core, and running another; returns those without rows."""
    with ThreadPoolExecutor(2) as pool:
        have_rows = list(pool.map(lambda name: compare(lake, store, name, asked[name]), asked))
    return [name for name, has_rows in zip(asked, have_rows, strict=True) if not has_rows]


def report(*words, **environment):
    """What `report` prints, as a process of its own: the extra is loaded by nothing else."""
    return subprocess.run(
        [sys.executable, "-m", "skilltrack", "report", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_the_command_prints_from_a_lake_what_it_prints_from_the_database(port, corp, tmp_path):
    db, lake = str(corp / "corp.duckdb"), f"sc://localhost:{port}/?data={corp}/lake"
    for words in (["readiness", "--as-of", "2024-02-01"], ["spend", "--as-of", "2024-02-01", "--format", "json"]):
        ours, theirs = report(*words, "--db", db), report(*words, SKILLTRACK_DB=lake)
        assert (ours.returncode, theirs.returncode) == (0, 0), theirs.stderr
        assert theirs.stdout == ours.stdout
        assert ours.stdout
        assert re.fullmatch(r"Computed at 20\d\d-.*Z\.\n", theirs.stderr)
    written = report("gaps", "--as-of", "2024-02-01", "--output", str(tmp_path / "gaps.csv"), "--db", lake)
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert (tmp_path / "gaps.csv").read_text() == report("gaps", "--as-of", "2024-02-01", "--db", db).stdout


def test_what_a_lake_does_not_say_is_refused_with_what_to_do(port, corp):
    lake = lake_at(port, corp / "lake")
    metrics = Metrics(lake)
    past = Filters(as_of=date(2024, 2, 1), known_at=datetime(2024, 1, 1))
    with pytest.raises(BadQuestion, match="when it was published"):
        metrics.ask("coverage", EVERYONE, past)
    with pytest.raises(BadQuestion, match="who may see whom"):
        metrics.ask("coverage", Viewer("001", frozenset({"manager"}), "001", ("001",)), Filters())
    with pytest.raises(BadQuestion, match=r"database itself only: upload\w+ is not published"):
        metrics.ask("upload_files", EVERYONE, Filters())
    with pytest.raises(NotThere, match="No manager 'nobody' is known"):
        metrics.ask("coverage", EVERYONE, Filters(manager="nobody"))
    with pytest.raises(Refused, match="read only"):
        lake.write()
    lake.close()


def test_a_lake_that_cannot_be_opened_says_why_and_nobody_reads_the_token(
    port, corp, tmp_path, monkeypatch, caplog, capfd
):
    with pytest.raises(BadStore, match="does not find the published relations") as nowhere:
        lake_at(port, tmp_path)
    (tmp_path / "lake.json").write_text(json.dumps({"format": 2}))
    with pytest.raises(BadStore, match="newer Skilltrack"):
        lake_at(port, tmp_path)
    with pytest.raises(BadStore, match="over TLS only"):
        open_lake(address_of(f"sc://127.0.0.1:{port}/?data={tmp_path}"))
    monkeypatch.setenv("SKILLTRACK_DB_PASSWORD", "another-token-7c2e91")
    with pytest.raises(BadStore, match="SKILLTRACK_DB_PASSWORD") as stranger:
        lake_at(port, corp / "lake")
    printed = capfd.readouterr()
    for secret in (TOKEN, "another-token"):
        assert secret not in f"{nowhere.value}{stranger.value}{caplog.text}{printed.out}{printed.err}"


def test_a_question_about_files_that_were_published_anew_is_refused_and_the_next_one_is_answered(port, corp, tmp_path):
    shutil.copytree(corp, tmp_path / "corp")
    before = lake_at(port, tmp_path / "corp" / "lake")
    store = Store.open(tmp_path / "corp" / "corp.duckdb")
    publish(store, EVERYONE, str(tmp_path / "corp" / "lake"))
    with pytest.raises(BadStore, match="ask again"):
        Metrics(before).ask("catalogue_of_skills", EVERYONE, Filters())
    before.close()
    after = lake_at(port, tmp_path / "corp" / "lake")
    ours = rows_of(Metrics(store).ask("catalogue_of_skills", EVERYONE, Filters()))
    assert rows_of(Metrics(after).ask("catalogue_of_skills", EVERYONE, Filters())) == ours
    after.close()
    store.close()


def test_every_metric_gives_the_rows_of_the_database_about_the_demo_company(port, tmp_path):
    store = Store.open(demo_in(tmp_path / "demo"))
    publish(store, EVERYONE, str(tmp_path / "lake"))
    lake = lake_at(port, tmp_path / "lake")
    somebody = store.query(
        "select employee_id from kept_awards as a join kept_people using (person) order by all limit 1"
    )
    asked = Asked(as_of=today(), employee=somebody["employee_id"][0].as_py(), months=3)
    empty = compared(lake, store, dict.fromkeys(ASKED, asked))
    lake.close()
    store.close()
    assert len(empty) < len(ASKED) / 3, empty


# The first example is the smallest company that there is.
@settings(max_examples=max(2, settings().max_examples // 2))
@given(data=st.data())
def test_every_metric_gives_the_same_rows_in_the_same_order(port, data):
    company = data.draw(companies())
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "corp.duckdb")
        land(company, store, Path(folder) / "files")
        publish(store, EVERYONE, f"{folder}/lake")
        lake = lake_at(port, f"{folder}/lake")
        try:
            compared(lake, store, {name: replace(data.draw(questions(company)), known_at=None) for name in ASKED})
        finally:
            lake.close()
            store.close()
