"""Loops that would make a reporting line or a stack endless, found with the names of their members."""

from collections.abc import Iterable
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import MOST_LISTED, Problem
from skilltrack.kinds import KINDS, Kind
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Transaction

NAMED = 10
"""Members of a cycle that are named."""


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
        with_definitions("select distinct greatest(effective_on, $since) as day from roster_uploads order by day"),
        {"known_at": END_OF_TIME, "since": since},
    )
    found = []
    for row in days:
        lines = transaction.columns(
            with_definitions(
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
    parts = transaction.rows(
        with_definitions("select stack_id, component_id from stack_parts"), {"known_at": END_OF_TIME}
    )
    return find_cycles(_pairs(parts, "stack_id", "component_id"))


def in_words(members: list[str]) -> str:
    """A cycle as a person reads it; of a long one its beginning and how many it has."""
    if len(members) > NAMED:
        return f"{' → '.join(members[:NAMED])} → … → {members[0]}, {len(members):,} in all"
    return " → ".join([*members, members[0]])


def break_cycles(landing: Landing, kinds: list[str], since: date) -> None:
    """Make every row of this upload that closes a cycle a bad row, and take it out again."""
    for kind in (KINDS[name] for name in kinds):
        while kind.chain and _take_out(kind, *kind.chain, landing, _closed(kind, landing, since)):
            pass


def cycles_in(transaction: Transaction, kind: Kind, since: date = date.min) -> list[tuple[date, list[str]]]:
    """The cycles that rows of a kind form, in any state from `since` on: (day, members)."""
    if kind.lists_people:
        return reporting_cycles(transaction, since)
    return [(since, members) for members in stack_cycles(transaction)] if kind.chain else []


def _closed(kind: Kind, landing: Landing, since: date) -> list[list[str]]:
    """The cycles of the first day that has any: the days after have most of them too."""
    if kind.lists_people and not _may_close_circles(landing):
        return []
    found = cycles_in(landing.transaction, kind, since)
    return [members for day, members in found if day == found[0][0]]


def _may_close_circles(landing: Landing) -> bool:
    """Whether a roster can: not a whole one in which nobody has a manager, for it only takes lines away.

    Changes without managers can, where they replace earlier ones of their day that had cut a circle.
    """
    asked = "select 1 from roster_rows where upload_id = $upload_id and manager_id <> '' limit 1"
    return landing.mode != "snapshot" or bool(landing.transaction.rows(asked, {"upload_id": landing.upload_id}))


def _take_out(kind: Kind, start: str, end: str, landing: Landing, cycles: list[list[str]]) -> bool:
    """Name the rows that make up cycles; says whether there are any and some could be taken out of this upload."""
    what = "reporting line" if kind.lists_people else "stack"
    taken = 0
    for members in cycles:
        message = f"makes the {what} a circle: {in_words(members)}. Change one of these rows."
        on_cycle = {
            "upload_id": landing.upload_id, "members": members, "kind": kind.name, "end": end, "message": message,
        }  # fmt: skip
        where = (
            f"upload_id = $upload_id and {start} in (select unnest($members)) and {end} in (select unnest($members))"
        )
        rows = landing.transaction.rows(
            f"select file_no, line_no, {end} as value from {kind.table} where {where} order by all", on_cycle
        )
        listed = rows if landing.keeps_good_rows else rows[:MOST_LISTED]
        for row in listed:
            file = landing.file_names[row["file_no"]]
            landing.problems.append(Problem(file, row["line_no"], end, row["value"], message))
        if len(rows) > len(listed):
            more = len(rows) - len(listed)
            file, rest = landing.file_names[rows[0]["file_no"]], f"and {more:,} more rows of this circle."
            landing.problems.append(Problem(file, None, end, None, rest, count=more))
        landing.transaction.run(
            f"insert into bad select $kind, file_no, line_no, $end, {end}, $message from {kind.table} where {where}",
            on_cycle,
        )
        landing.transaction.run(f"delete from {kind.table} where {where}", on_cycle)
        taken += len(rows)
    if not taken:  # the rows that close them came with earlier uploads
        landing.problems.extend(
            Problem(
                landing.file_names[0], None, end, None, f"this upload makes the {what} a circle: {in_words(cycle)}."
            )
            for cycle in cycles
        )
    return taken > 0


def _pairs(rows: list[dict[str, Any]], start: str, end: str) -> list[tuple[str, str]]:
    return [(row[start], row[end]) for row in rows]
