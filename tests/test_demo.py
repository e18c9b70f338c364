"""The demo company loads, never goes stale, and tells its stories."""

from datetime import date, timedelta

import pytest

from skilltrack import accounts, demo
from skilltrack.access import Viewer
from skilltrack.errors import Refused
from skilltrack.metrics import Filters, Metrics
from skilltrack.store import Store

TODAY = date(2027, 3, 15)


@pytest.fixture(scope="module")
def ask():
    store = Store.open(":memory:")
    demo.load(store, TODAY - demo.ANCHOR)
    yield lambda name, **filters: Metrics(store).ask(name, Viewer.everyone(), Filters(as_of=TODAY, **filters))
    store.close()


def test_it_has_the_size_it_promises(ask):
    choices = ask("choices")["kind"].value_counts()

    assert 380 <= ask("totals")["people"][0] <= 420
    assert (choices["role"], choices["skill"]) == (25, 80)


def test_five_levels_of_managers_stand_above_the_lowest(ask):
    boss = dict(zip(*[ask("people")[c].tolist() for c in ("employee_id", "manager_id")], strict=True))

    def levels(person):
        return 0 if boss.get(person) not in boss else 1 + levels(boss[person])

    assert max(map(levels, boss)) == 5


def test_one_person_carries_control_system_security(ask):
    depth = ask("depth", team="Cyber defence").set_index("skill_id")

    assert depth.loc["se-ot", "status"] == "single_point"
    assert depth.loc["se-ot", "needed"] >= 5


def test_a_cluster_lapses_next_month(ask):
    due = ask("renewals", team="Wind offshore")

    assert ((due["bucket"] == "0-30") & (due["credential_id"] == "gwo-bst")).sum() >= 8


def test_nobody_has_hydrogen_process_safety(ask):
    coverage = ask("coverage").set_index("skill_id")

    assert coverage.loc[["pe-hyd"], "required"].sum() >= 4
    assert coverage.loc[["pe-hyd"], "met"].sum() == 0


def test_a_successor_is_nearly_ready(ask):
    people = ask("readiness", role="grid-sr").set_index("name")
    freja = people.loc["Freja Jansson"]

    assert freja["readiness"] >= 0.8
    assert freja["critical_unmet"] == 1
    assert not freja["ready"]


def test_the_bootcamp_is_dear_and_few_finish_it(ask):
    spend = ask("spend")
    bootcamp = spend[spend["credential_id"] == "bc-full"]

    assert bootcamp["unconverted"].sum() > 0.5 * float(bootcamp["amount"].sum())
    assert bootcamp["awards"].iloc[0] <= 5


def test_first_aid_is_cheap_and_would_close_many_gaps(ask):
    gaps = ask("gaps")["skill_id"].value_counts()

    assert list(gaps.index).index("sa-first") < 5


def test_dates_move_with_today():
    ends = []
    for today in (date(2026, 6, 30), date(2031, 1, 1)):
        store = Store.open(":memory:")
        demo.load(store, today - demo.ANCHOR)
        due = Metrics(store).ask("renewals", Viewer.everyone(), Filters(as_of=today))
        ends.append(sorted(due["valid_to"].iloc[n] - today for n in range(len(due))))
        store.close()

    assert len(ends[0]) > 100
    # Months differ in length, so an end may move by a few days; the picture stays.
    assert abs(len(ends[0]) - len(ends[1])) <= 10
    assert abs(ends[0][0] - ends[1][0]) <= timedelta(days=5)


def test_building_over_uploads_is_refused_and_an_old_untouched_demo_is_rebuilt(tmp_path, monkeypatch):
    path = tmp_path / "demo.duckdb"
    demo.build(path)
    with pytest.raises(Refused, match="holds uploads already"):
        demo.build(path)
    first = path.stat().st_ino
    demo.refresh(path)
    assert path.stat().st_ino == first

    for module in (demo, accounts):
        monkeypatch.setattr(module, "today", lambda: date(2100, 1, 1))
    demo.refresh(path)
    store = Store.open(path)
    assert Metrics(store).ask("totals", Viewer.everyone(), Filters(as_of=date(2100, 1, 1)))["people"][0] > 380
    store.close()
