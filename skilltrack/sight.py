"""Whom a viewer sees on the days of a question: looked up once where they are few, and remembered until the next write.

The questions of a page are mostly about the same days, and each would look it up anew.
"""

from typing import Any

from skilltrack.marts import with_kept_marts
from skilltrack.refresh import FRESHNESS
from skilltrack.store import Snapshot, Store, Transaction

FEW = 500
"""Pairs of day and person up to which a list is quicker than looking them up."""
MOST = 1000
"""Lists that are remembered at once."""
_SEEN = (
    "select distinct v.day, v.employee_id, p.person from seen as v join kept_people as p "
    f"on p.employee_id = v.employee_id limit {FEW + 1}"
)
_DEPENDS_ON = ("days", "roster_on", "today", "self", "lines")


def seen_if_few(store: Store | Transaction, reading: Snapshot, parameters: dict[str, Any]) -> dict[str, Any]:
    """What `sql/marts/few` reads, `seen_days` and `seen_ids` of equal length; nothing when they are too many.

    With them `first` and `last` (their lowest and highest number) and whether the kept tables lag behind. Remembered
    under the state of the data that `reading` shows, so that no question is answered for another one.
    """
    if isinstance(store, Transaction):  # what it has done may be given up
        return {}
    fresh = reading.query(f"select {FRESHNESS}").to_pylist()[0]
    key = repr([fresh, *(parameters[name] for name in _DEPENDS_ON)])
    found = store.remembered.get(key)
    if found is None:
        rows = reading.query(with_kept_marts(_SEEN, "fast"), parameters).to_pydict()
        persons, found = rows["person"], {}
        if len(persons) <= FEW:
            found = {"seen_days": rows["day"], "seen_ids": rows["employee_id"]} | fresh
            found |= {"first": min(persons, default=0), "last": max(persons, default=0)}
        if len(store.remembered) >= MOST:
            store.remembered.clear()
        store.remembered[key] = found
    return found


def known(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """What a question has to know beforehand, where it follows from the list of those who are seen; else None."""
    if any(parameters[name] is not None for name in ("team", "skill", "role", "asked_role")):
        return None
    if parameters["manager"] not in (None, *parameters["lines"]):
        return None
    said = {name: parameters[name] for name in ("happened", "included", "first", "last")}
    if parameters["employee"] is not None:
        person, is_seen = parameters["employee_person"], parameters["employee"] in parameters["seen_ids"]
        said |= {"employee": is_seen, "first": person, "last": person}
    return said
