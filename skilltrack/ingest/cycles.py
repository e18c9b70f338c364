"""Loops that would make a reporting line or a stack endless, found with the names of their members."""

from collections.abc import Iterable
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.marts import END_OF_TIME, with_marts
from skilltrack.store import Transaction


def find_cycles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The cycles in a graph of (from, to) edges, as members in order; overlapping ones may be told as one."""
    follows: dict[str, set[str]] = {}
    for start, end in edges:
        follows.setdefault(start, set()).add(end)
    cycles = []
    while True:
        try:
            TopologicalSorter(follows).prepare()
        except CycleError as error:
            members = error.args[1][:0:-1]  # the sorter tells them from end to start, and the first again
            cycles.append(members)
            for member in members:
                follows.pop(member)
        else:
            return cycles


def reporting_cycles(transaction: Transaction, since: date) -> list[tuple[date, list[str]]]:
    """Reporting lines that loop, in any state of the roster from `since` on: (day, members)."""
    days = transaction.rows(
        with_marts("select distinct greatest(effective_on, $since) as day from roster_uploads order by day"),
        {"known_at": END_OF_TIME, "since": since},
    )
    found = []
    for row in days:
        lines = transaction.columns(
            with_marts(
                "with numbered as (select row_number() over () - 1 as number, employee_id, manager_id from roster "
                "where $day between valid_from and valid_to) "
                "select n.number, m.number as above, n.employee_id from numbered as n "
                "join numbered as m on m.employee_id = n.manager_id and m.number <> n.number"
            ),
            {"known_at": END_OF_TIME, "day": row["day"]},
        )
        looping = _looping(lines["number"].to_numpy(), lines["above"].to_numpy())
        if len(looping):
            edges = lines.filter(pc.is_in(lines["number"], pa.array(looping)))
            names = dict(zip(edges["number"].to_pylist(), edges["employee_id"].to_pylist(), strict=True))
            above = edges["above"].to_pylist()
            found += [
                (row["day"], cycle)
                for cycle in find_cycles((names[n], names[a]) for n, a in zip(names, above, strict=True) if a in names)
            ]
    return found


def _looping(numbers: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Of people who each have one person above them, those who are on a loop or below one.

    Everybody jumps twice as far up at each step; whoever still stands on somebody after as many steps as there are
    people never comes to an end.
    """
    if not len(numbers):
        return numbers
    top = int(max(numbers.max(), above.max())) + 1
    jumps = np.full(top + 1, top)  # the last place is nobody, from where nothing leads on
    jumps[numbers] = above
    for _ in range(top.bit_length()):
        jumps = jumps[jumps]
        if (jumps == top).all():
            break
    return numbers[jumps[numbers] != top]


def stack_cycles(transaction: Transaction) -> list[list[str]]:
    """Stacks that contain themselves, directly or through others."""
    parts = transaction.rows(with_marts("select stack_id, component_id from stack_parts"), {"known_at": END_OF_TIME})
    return find_cycles(_pairs(parts, "stack_id", "component_id"))


def in_words(members: list[str]) -> str:
    """A cycle as a person reads it."""
    return " → ".join([*members, members[0]])


def _pairs(rows: list[dict[str, Any]], start: str, end: str) -> list[tuple[str, str]]:
    return [(row[start], row[end]) for row in rows]
