"""The people a viewer sees, and when: looked up once where they are few, and remembered until the next write.

A page asks many questions about many days, and each would look them up anew.
"""

from datetime import date
from typing import Any

from skilltrack.relations.texts import with_kept
from skilltrack.storage import Snapshot

FEW = 5_000
"""Up to this many stretches of days of people, a list is quicker than looking them up."""
_SEEN = f"""select valid_from, valid_to, list(employee_id) as ids, min(person) as first, max(person) as last
from (select employee_id, person, valid_from, valid_to from seen_stretches limit {FEW + 1}) group by all"""


def seen_if_few(reading: Snapshot, fresh: dict[str, int | None], parameters: dict[str, Any]) -> dict[str, Any]:
    """What `sql/from_kept/short_list` reads: who is seen between which days; empty when they are many.

    `seen_ids` is a list of lists, as long as `seen_from` and `seen_to`. `first` and `last` are the lowest and
    highest number of those seen. It is remembered for the state of the data that `reading` shows, so that no question
    is answered from another state.
    """

    def look_up() -> dict[str, Any]:
        rows = reading.query(with_kept(_SEEN, "any"), parameters).to_pydict()
        if _size(rows["ids"]) > FEW:
            return {}
        seen = {"seen_ids": rows["ids"], "seen_from": rows["valid_from"], "seen_to": rows["valid_to"]}
        return seen | {"first": min(rows["first"], default=0), "last": max(rows["last"], default=0)}

    return reading.remembered(_about(fresh, parameters), look_up, lambda seen: _size(seen.get("seen_ids", [])))


def _about(fresh: dict[str, int | None], parameters: dict[str, Any]) -> list[Any]:
    return ["seen", fresh, *(parameters[name] for name in ("today", "self", "lines"))]


def _size(ids: list[list[str]]) -> int:
    return sum(map(len, ids))


def only(employee: str, seen: dict[str, Any]) -> dict[str, Any]:
    """A list cut to one person: enough for a question about them that does not read the roster itself."""
    return seen | {"seen_ids": [[employee] if employee in ids else [] for ids in seen["seen_ids"]]}


def known(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """What must be known before a question is asked, where it follows from the list of people seen; else None."""
    if any(parameters[name] is not None for name in ("team", "skill", "role", "asked_role")):
        return None
    if parameters["manager"] not in (None, *parameters["lines"]):
        return None
    facts = {name: parameters[name] for name in ("first", "last")}
    if parameters["employee"] is not None:
        person, is_seen = parameters["employee_person"], _is_seen(parameters["employee"], parameters)
        facts |= {"employee": is_seen, "first": person, "last": person}
    return facts


def _is_seen(employee: str, parameters: dict[str, Any]) -> bool:
    """Whether the viewer sees a person on one of the days asked about."""
    days: list[date] = [parameters["roster_on"] or day for day in parameters["days"]]
    stretches = zip(parameters["seen_ids"], parameters["seen_from"], parameters["seen_to"], strict=True)
    return any(employee in ids and any(first <= day <= last for day in days) for ids, first, last in stretches)
