"""The demo company loads, never goes stale, and tells its stories."""

import os
import shutil
from datetime import date, timedelta

import pytest

from skilltrack.access import accounts
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.demo import company as demo
from skilltrack.errors import Refused
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store
from tests.companies import demo_in
from tests.forked import skilltrack

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

    assert ((due["bucket"] == "0-30") & (due["credential_id"] == "gwo-bst")).sum() == 10
    assert "Ten technicians" in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


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


def test_dates_move_with_today(ask):
    later = date(2031, 1, 1)
    store = Store.open(":memory:")
    demo.load(store, later - demo.ANCHOR)
    due = {
        TODAY: ask("renewals"),
        later: Metrics(store).ask("renewals", Viewer.everyone(), Filters(as_of=later)),
    }
    store.close()
    ends = [sorted(day - today for day in frame["valid_to"]) for today, frame in due.items()]

    assert len(ends[0]) > 100
    # Months differ in length, so an end may move by a few days; the picture stays.
    assert abs(len(ends[0]) - len(ends[1])) <= 10
    assert abs(ends[0][0] - ends[1][0]) <= timedelta(days=5)


def test_building_over_uploads_is_refused_and_an_old_untouched_demo_is_rebuilt(tmp_path, monkeypatch):
    path = demo_in(tmp_path)
    with pytest.raises(Refused, match="holds uploads already"):
        demo.build(path)
    first, built = path.stat().st_ino, demo._history(path)[0]
    os.link(path, tmp_path / "before")  # its number is given to no other file while it is there
    monkeypatch.setattr(demo, "today", lambda: built)  # another test may have built it before midnight
    demo.refresh(path)
    assert path.stat().st_ino == first

    for module in (demo, accounts):
        monkeypatch.setattr(module, "today", lambda: date(2100, 1, 1))
    demo.refresh(path)
    store = Store.open(path)
    assert Metrics(store).ask("totals", Viewer.everyone(), Filters(as_of=date(2100, 1, 1)))["people"][0] > 380
    store.close()


@pytest.fixture
def real(tmp_path):
    """A company of somebody who uploaded a file, its database lost."""
    path = tmp_path / "x.duckdb"
    (tmp_path / "skills.csv").write_text("skill_id,name\ns1,One\n")
    assert skilltrack("import", "skills", tmp_path / "skills.csv", "--by", "Kim", db=path).returncode == 0
    path.unlink()
    return path


DAMAGES = {
    "missing": lambda journal: journal.unlink(),
    "empty": lambda journal: journal.write_text(""),
    "garbled": lambda journal: journal.write_bytes(b"\x00\xff" * 200),
    "whole": lambda journal: None,
    "partly the demo's": lambda journal: journal.write_text(
        journal.read_text()
        + '{"event": "role", "happened_at": "2024-01-01T00:00:00", "account": "00516", "role": "hr", '
        '"of_manager": "", "is_granted": true, "by_whom": "demo"}\n'
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("words", [["serve", "--demo"], ["demo"]])
def test_the_demo_takes_nothing_of_a_company_away_whatever_is_left_of_it(real, words, damage):
    folder = real.with_name("x.duckdb.files")
    DAMAGES[damage](folder / "journal.jsonl")
    before = {file: file.read_bytes() for file in real.parent.rglob("*") if file.is_file()}

    ended = skilltrack(*words, db=real)

    assert ended.returncode == 2
    assert "what was kept beside it is still there" in ended.stderr
    assert "`restore" in ended.stderr or "`rebuild`" in ended.stderr
    assert {file: file.read_bytes() for file in real.parent.rglob("*") if file.is_file()} == before


def test_a_demo_to_which_somebody_added_a_file_or_a_role_is_not_built_anew(tmp_path):
    path = demo_in(tmp_path)
    for name in ("with a role", "with a kept file", "with another file"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copytree(f"{path}.files", folder / "demo.duckdb.files")
        for end in ("", ".audit", ".anchor"):
            shutil.copyfile(f"{path}{end}", folder / f"demo.duckdb{end}")
        assert demo._history(folder / path.name)[1]
    roles, kept, other = (
        tmp_path / name / path.name for name in ("with a role", "with a kept file", "with another file")
    )
    assert skilltrack("give", "00516", "ld", db=roles).returncode == 0
    (kept.with_name("demo.duckdb.files") / ("ab" * 32)).write_bytes(b"of an import that was stopped")
    (other.with_name("demo.duckdb.files") / "notes.txt").write_text("somebody's")

    for touched in (roles, kept):
        with pytest.raises(Refused, match="holds uploads already"):
            demo.build_anew(touched)
    first = other.stat().st_ino
    os.link(other, tmp_path / "before")
    demo.build_anew(other)
    assert other.stat().st_ino != first
    assert (other.with_name("demo.duckdb.files") / "notes.txt").read_text() == "somebody's"
