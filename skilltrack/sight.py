"""Whom a viewer sees on the days of a question: looked up once where they are few, and remembered until the next write.

The questions of a page are mostly about the same days, and each would look it up anew.
"""

from typing import Any

from skilltrack.marts import with_kept_marts
from skilltrack.store import Snapshot, Store

FEW = 500
"""Pairs of day and person up to which a list is quicker than looking them up."""
MOST = 1000
"""Lists that are remembered at once."""
_COUNT = "select max(event_count) as included from kept_state"
_SEEN = f"select distinct day, employee_id from seen limit {FEW + 1}"
_DEPENDS_ON = ("days", "roster_on", "today", "self", "lines")


def seen_if_few(store: Store, reading: Snapshot, parameters: dict[str, Any]) -> dict[str, list[Any]]:
    """What `sql/marts/few` reads: the pairs as two lists of equal length; nothing when they are too many.

    Remembered under the state of the data that `reading` shows, so that no question is answered for another one.
    """
    state = reading.query(_COUNT).to_pylist()[0]["included"]
    key = repr([state, *(parameters[name] for name in _DEPENDS_ON)])
    found = store.remembered.get(key)
    if found is None:
        rows = reading.query(with_kept_marts(_SEEN, "fast"), parameters)
        found = {"seen_days": rows["day"].to_pylist(), "seen_ids": rows["employee_id"].to_pylist()}
        found = found if rows.num_rows <= FEW else {}
        if len(store.remembered) >= MOST:
            store.remembered.clear()
        store.remembered[key] = found
    return found
