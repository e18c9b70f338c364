"""The short form of the long run (tests/torture/lake.py): three servers on a lake, and each thing killed that can be."""

import pytest

pytest.importorskip("duckdb_extension_postgres_scanner", reason="`make test-lake` installs what these need")

from tests.ducklake.server import PROGRAMS
from tests.torture import beside, lake

pytestmark = pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL is not installed")

ROUNDS = 11


def test_what_two_send_is_there_once_whatever_is_killed_and_every_page_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "KILLED", 0.5)

    counts = lake.torture(ROUNDS, 3, tmp_path, think=0.5)

    assert {name: counts[name] for name in lake.WRONG if counts[name]} == {}
    assert all(counts[f"killed: {victim}"] for victim in lake.LakeFeed.VICTIMS)
    assert (counts["erased"] > 0, counts["looked at"]) == (True, 3 * len(beside.PAGES))
    assert (counts["rounds"], counts["views"] > 5, counts["states read"] > 0) == (ROUNDS, True, True)
