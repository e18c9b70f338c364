"""What one process does with a lake while others have it open: publishing, tidying up, holding a lock and then being gone."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from skilltrack.access.viewer import Viewer
from skilltrack.errors import Refused
from skilltrack.ingest import import_files
from skilltrack.keeping import open_at
from skilltrack.lake import RELATIONS, publish
from skilltrack.storage import address_of
from tests.ducklake.server import PASSWORD, PROGRAMS, postgres
from tests.forked import skilltrack

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

WAIT = 300
WAITING = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


@pytest.fixture(scope="module")
def server():
    with postgres() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_DB_PASSWORD", PASSWORD)
        yield running


@pytest.fixture
def corp(server, tmp_path):
    """The address of a lake with one upload in it."""
    (tmp_path / "lake").mkdir()
    (tmp_path / "first.csv").write_text("skill_id,name\nweld,Welding\n")
    address = address_of(f"{server.catalogue(f'corp{time.monotonic_ns()}')}?data={tmp_path}/lake")
    with closing(open_at(address)) as store:
        assert import_files(store, "skills", [tmp_path / "first.csv"]).status == "stored"
    return address


def shown(folder):
    """The files that a reader of a folder is led to, and all those that lie there."""
    named = {stated["file"] for stated in json.loads((folder / "lake.json").read_text())["relations"].values()}
    return named, {path.name for path in folder.iterdir()} - {"lake.json"}


def test_what_is_being_published_stays_when_somebody_opens_the_lake(corp, tmp_path):
    opened = []

    def open_too(step):
        if step in ("Reading awards", "Reading targets"):
            open_at(corp, creates=False).close()
            opened.append(step)

    with closing(open_at(corp, creates=False)) as lake:
        publish(lake, Viewer.everyone(), str(tmp_path / "out"), open_too)

    assert len(opened) == 2
    named, there = shown(tmp_path / "out")
    assert named == there
    assert len(named) == len(RELATIONS)


def test_what_a_killed_publication_left_in_the_folder_of_a_lake_goes_when_it_is_opened(corp, tmp_path):
    """Else whoever is erased next stays there."""
    left = tmp_path / "lake" / ".skilltrack.publish-abcdefgh"
    left.mkdir()
    (left / "roster-20260101T000000-abcdef.parquet").write_text("Ann")
    open_at(corp, creates=False).close()
    assert not left.exists()


def test_of_two_servers_that_publish_one_waits_and_each_reader_has_whole_files(server, corp, tmp_path):
    name, out, done = re.search(r"dbname=(\w+)", str(corp))[1], tmp_path / "out", []

    def have_another_begin(step):
        if done or not step.startswith("Writing"):
            return
        done.append(thread.submit(skilltrack, "publish", "--to", out, db=corp))
        until = time.monotonic() + WAIT
        while server.ask(name, WAITING) == "0" and not done[0].done() and time.monotonic() < until:
            time.sleep(0.05)

    with ThreadPoolExecutor(1) as thread, closing(open_at(corp, creates=False)) as lake:
        first = publish(lake, Viewer.everyone(), str(out), have_another_begin)
        second = done[0].result(WAIT)
    assert (second.returncode, second.stderr) == (0, "")
    named, there = shown(out)
    assert named == there
    assert not named & {relation.file for relation in first.manifest.relations.values()}


def test_who_has_lost_the_turn_shows_nothing_since_another_may_have_begun(server, corp, tmp_path):
    def lose(step):
        if step.startswith("Writing skills-"):
            server.stop()
            server.start()

    with closing(open_at(corp, creates=False)) as lake:
        with pytest.raises(Refused, match="PostgreSQL was lost meanwhile"):
            publish(lake, Viewer.everyone(), str(tmp_path / "out"), lose)
        assert list((tmp_path / "out").iterdir()) == []
        publish(lake, Viewer.everyone(), str(tmp_path / "out"))
    named, there = shown(tmp_path / "out")
    assert named == there
