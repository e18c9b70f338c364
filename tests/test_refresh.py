"""The kept tables: after any sequence of uploads and undos they hold what a rebuild would, and answer the same."""

import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack import refresh
from skilltrack.access import Viewer
from skilltrack.demo import build
from skilltrack.errors import BadQuestion
from skilltrack.marts import mart_texts
from skilltrack.metrics import Filters, Metrics, catalogue
from skilltrack.store import Store
from tests.companies import PEOPLE, companies, land
from tests.test_numbers import questions, rows_of, same

KEPT = tuple(mart_texts("kept"))


def kept(store: Store) -> dict[str, list[tuple]]:
    """Every kept relation's rows with people by their ids, since numbers depend on the order of arrival."""
    found = {}
    for name in KEPT:
        rows = store.query(f"select * from {name}").to_pylist()
        ids = {0: None} | {
            row["person"]: row["employee_id"] for row in store.query("select * from kept_people").to_pylist()
        }
        told = [
            tuple((key, ids[value] if key in ("person", "manager") else value) for key, value in row.items())
            for row in rows
        ]
        found[name] = sorted(told, key=str)
    return found


@given(company=companies(), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_kept_tables_equal_a_rebuild_after_any_uploads_and_undos(company, share):
    store = Store.open(":memory:")
    try:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(refresh, "REBUILD_SHARE", share)
            patch.setattr(refresh, "BATCH", 2)
            land(company, store, Path(folder))
        assert refresh.is_fresh(store)
        refreshed = kept(store)
        with store.write() as transaction:
            refresh.rebuild(transaction)
        rebuilt = kept(store)
        for name in KEPT:
            assert refreshed[name] == rebuilt[name], f"{name}\n{company}"
    finally:
        store.close()


@given(data=st.data())
def test_every_metric_gives_the_same_from_the_kept_tables_and_from_the_definitions(data):
    company = data.draw(companies())
    store = Store.open(":memory:")
    try:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(refresh, "REBUILD_SHARE", 1.0)
            land(company, store, Path(folder))
        for _ in range(2):
            asked = asdict(data.draw(questions(company))) | {"known_at": None}
            for name in catalogue():
                filters = Filters(**asked | {"employee": data.draw(st.sampled_from(PEOPLE))})
                try:
                    plain = rows_of(Metrics(store, reads_kept=False).ask(name, Viewer.everyone(), filters))
                except BadQuestion:
                    with pytest.raises(BadQuestion):
                        Metrics(store).ask(name, Viewer.everyone(), filters)
                    continue
                fast = rows_of(Metrics(store).ask(name, Viewer.everyone(), filters))
                assert same(sorted(fast, key=str), sorted(plain, key=str)), f"{name} {filters}\n{company}"
    finally:
        store.close()


def test_a_file_of_an_older_program_is_answered_from_the_definitions_until_it_is_built(tmp_path):
    build(tmp_path / "demo.duckdb")
    store = Store.open(tmp_path / "demo.duckdb")
    before = rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters()))
    with store.write() as transaction:
        for name in (*KEPT, "kept_state"):
            transaction.run(f"delete from {name}")

    assert not refresh.is_fresh(store)
    assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
    refresh.make_fresh(store)
    assert refresh.is_fresh(store)
    assert store.query("select count(*) as n from kept_standings").to_pylist()[0]["n"] > 0
    assert rows_of(Metrics(store).ask("coverage", Viewer.everyone(), Filters())) == before
