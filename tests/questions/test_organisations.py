"""The reporting line as a tree: what stands in its rows is all that stands above it, for whoever looks, on any day."""

from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.questions import Filters, Metrics
from skilltrack.reports.answers import thinnest_organisation
from skilltrack.storage.store import Store

BEFORE, AFTER = date(2025, 1, 1), date(2026, 1, 1)
ROSTER = "employee_id,name,manager_id,team,role_id\nm,Mia,,T,r\nz,Zoe,,U,r\nb,Bo,m,U,r\n"
MIA = Viewer("m", frozenset({"manager"}), "m", ("m",))


@pytest.fixture(params=[True, False], ids=["kept", "defined"])
def metrics(request):
    """A company in which Pia reported to Al, and Al to Mia; since then Al is Zoe's, and Pia is Mia's."""
    store = Store.open(":memory:")
    for day, kind, text in (
        (BEFORE, "skills", "skill_id,name\ns1,One\n"),
        (BEFORE, "roles", "role_id,role_name,skill_id,required_level\nr,Role,s1,1\n"),
        (BEFORE, "roster", f"{ROSTER}a,Al,m,U,r\np,Pia,a,T,r\n"),
        (AFTER, "roster", f"{ROSTER}a,Al,z,U,r\np,Pia,m,T,r\n"),
    ):
        source = Source(kind, f"{kind}.csv", text.encode())
        assert import_sources(store, [source], Options(day)).status == "stored"
    yield Metrics(store, request.param)
    store.close()


@pytest.mark.parametrize("manager", [None, "m"])
def test_people_of_a_manager_who_has_moved_away_since_are_in_the_list_as_they_are_in_its_sum(metrics, manager):
    """Mia looks at last year, when Pia reported through Al, who is not hers any more: Pia would be in no row."""
    asked = Filters(as_of=BEFORE, manager=manager)

    rows, whole = (metrics.ask(name, MIA, asked) for name in ("organisations", "totals"))

    assert "a" not in set(rows["employee_id"])
    assert rows["own_required"].sum() + rows["required"].sum() == whole["required"][0] == (2 if manager else 3)


def test_the_organisation_that_lacks_most_comes_first(metrics):
    """A director would be sent to a team of two of whom one lacks a skill, past one of forty of whom nineteen do."""
    rows = metrics.ask("organisations", Viewer.everyone(), Filters(as_of=AFTER))

    assert rows[["name", "required", "met"]].values.tolist() == [["Mia", 2, 0], ["Zoe", 1, 0]]
    assert thinnest_organisation(rows).rest == "lacks the most: 2 of 2 requirements are not met."


def test_a_row_holds_whom_its_organisation_lists_also_below_somebody_the_viewer_does_not_see(metrics):
    """The row would say one requirement, and the people behind it, opened by a click, would be two."""
    rows = metrics.ask("organisations", MIA, Filters(as_of=BEFORE))
    behind = metrics.ask("people", MIA, Filters(as_of=BEFORE, manager="m"))

    assert rows[["employee_id", "people", "required"]].values.tolist() == [["m", 2, 2]]
    assert sorted(behind["employee_id"]) == ["b", "p"]


def test_a_line_through_another_team_leads_on_within_the_team(metrics):
    """Of a team alone, a manager's row would be without the people who report to them through another team."""
    rows = metrics.ask("organisations", Viewer.everyone(), Filters(as_of=BEFORE, team="T"))

    assert rows[["employee_id", "people", "required"]].values.tolist() == [["m", 1, 1]]
