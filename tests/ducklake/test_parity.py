"""A lake gives the rows of a file, for every metric, date, known-at time and scope; else two truths go about."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("duckdb_extension_ducklake", reason="`make test-lake` installs what these need")

from skilltrack.keeping import check, open_at
from skilltrack.questions import catalogue
from skilltrack.storage import Store, address_of
from tests.companies import companies, kept, land
from tests.lake.answers import compare
from tests.questions.test_numbers import questions


@settings(max_examples=max(2, settings().max_examples // 2))
@given(data=st.data())
def test_every_metric_gives_the_same_rows_in_a_lake_as_in_a_file(data):
    company = data.draw(companies())
    with tempfile.TemporaryDirectory() as folder:
        address = address_of(f"ducklake:duckdb:{folder}/catalogue?data={folder}/lake")
        (Path(folder) / "lake").mkdir()
        store, lake = Store.open(Path(folder) / "corp.duckdb"), open_at(address)
        try:
            for each, name in ((store, "a"), (lake, "b")):
                land(company, each, Path(folder) / name)
            for name in sorted(catalogue()):
                compare(lake, store, name, data.draw(questions(company)))
            assert kept(lake) == kept(store)
            assert check(lake) == []
        finally:
            lake.close()
            store.close()
