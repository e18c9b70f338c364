"""Loops that would make a reporting line or a stack endless, found with the names of their members."""

from collections.abc import Iterable
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

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
        with_marts(
            "select distinct greatest(valid_from, $since) as day from roster where valid_to >= $since order by day"
        ),
        {"known_at": END_OF_TIME, "since": since},
    )
    found = []
    for row in days:
        lines = transaction.rows(
            with_marts(
                "select employee_id, manager_id from roster "
                "where $day between valid_from and valid_to and manager_id <> employee_id"
            ),
            {"known_at": END_OF_TIME, "day": row["day"]},
        )
        found += [(row["day"], cycle) for cycle in find_cycles(_pairs(lines, "employee_id", "manager_id"))]
    return found


def stack_cycles(transaction: Transaction) -> list[list[str]]:
    """Stacks that contain themselves, directly or through others."""
    parts = transaction.rows(with_marts("select stack_id, component_id from stack_parts"), {"known_at": END_OF_TIME})
    return find_cycles(_pairs(parts, "stack_id", "component_id"))


def in_words(members: list[str]) -> str:
    """A cycle as a person reads it."""
    return " → ".join([*members, members[0]])


def _pairs(rows: list[dict[str, Any]], start: str, end: str) -> list[tuple[str, str]]:
    return [(row[start], row[end]) for row in rows]
