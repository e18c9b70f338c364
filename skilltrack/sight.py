"""Whom a viewer sees on the days of a question: looked up once where they are few, and remembered until the next write.

The questions of a page are mostly about the same days, and each would look it up anew.
"""

from typing import Any

from skilltrack.marts import with_kept_marts
from skilltrack.store import Snapshot, Store, Transaction

FEW = 500
"""Pairs of day and person up to which a list is quicker than looking them up."""
MOST = 1000
"""Lists that are remembered at once."""
_STATE = "select max(event_count) as included from kept_state"
_SEEN = (
    "select distinct v.day, v.employee_id, p.person from seen as v join kept_people as p "
    f"on p.employee_id = v.employee_id limit {FEW + 1}"
)
_DEPENDS_ON = ("days", "roster_on", "today", "self", "lines")


def seen_if_few(store: Store | Transaction, reading: Snapshot, parameters: dict[str, Any]) -> dict[str, Any]:
    """What `sql/marts/few` reads, `seen_days` and `seen_ids` of equal length; nothing when they are too many.

    With them `first` and `last`, their lowest and highest number. Remembered under the state of the data that `reading`
    shows, so that no question is answered for another one.
    """
    if isinstance(store, Transaction):  # what it has done may be given up
        return {}
    state = reading.query(_STATE).to_pylist()
    key = repr([state, *(parameters[name] for name in _DEPENDS_ON)])
    found = store.remembered.get(key)
    if found is None:
        rows = reading.query(with_kept_marts(_SEEN, "fast"), parameters).to_pydict()
        persons, found = rows["person"], {}
        if len(persons) <= FEW:
            found = {"seen_days": rows["day"], "seen_ids": rows["employee_id"]}
            found |= {"first": min(persons, default=0), "last": max(persons, default=0)}
        if len(store.remembered) >= MOST:
            store.remembered.clear()
        store.remembered[key] = found
    return found
