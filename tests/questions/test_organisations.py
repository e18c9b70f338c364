"""The reporting line as a tree: what stands in its rows is all that stands above it, for whoever looks, on any day."""

from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store

BEFORE, AFTER = date(2025, 1, 1), date(2026, 1, 1)
ROSTER = "employee_id,name,manager_id,role_id\nm,Mia,,r\nz,Zoe,,r\nb,Bo,m,r\n"


@pytest.mark.parametrize("manager", [None, "m"])
@pytest.mark.parametrize("reads_kept", [True, False])
def test_people_of_a_manager_who_has_moved_away_since_are_in_the_list_as_they_are_in_its_sum(manager, reads_kept):
    """Mia looks at last year, when Pia reported through Al, who is not hers any more: Pia would be in no row."""
    store = Store.open(":memory:")
    for day, kind, text in (
        (BEFORE, "skills", "skill_id,name\ns1,One\n"),
        (BEFORE, "roles", "role_id,role_name,skill_id,required_level\nr,Role,s1,1\n"),
        (BEFORE, "roster", f"{ROSTER}a,Al,m,r\np,Pia,a,r\n"),
        (AFTER, "roster", f"{ROSTER}a,Al,z,r\np,Pia,m,r\n"),
    ):
        source = Source(kind, f"{kind}.csv", text.encode())
        assert import_sources(store, [source], Options(day)).status == "stored"
    mia, asked = Viewer("m", frozenset({"manager"}), "m", ("m",)), Filters(as_of=BEFORE, manager=manager)
    metrics = Metrics(store, reads_kept)

    rows, whole = (metrics.ask(name, mia, asked) for name in ("organisations", "totals"))
    store.close()

    assert "a" not in set(rows["employee_id"])
    assert rows["own_required"].sum() + rows["required"].sum() == whole["required"][0] == (2 if manager else 3)
