"""Loops that would make a reporting line or a stack endless, with the names of their members."""

from collections.abc import Iterable
from datetime import date
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.wording import as_text
from skilltrack.ingest.reading.outcome import MOST_LISTED, Problem
from skilltrack.kinds import KINDS, Kind
from skilltrack.language import Sentence, as_it_is, sentence
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Transaction

NAMED = 10
"""At most this many members of a cycle are named."""


def find_cycles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The cycles in a graph of (from, to) edges, as members in order; overlapping ones may be reported as one."""
    follows: dict[str, set[str]] = {}
    for start, end in edges:
        follows.setdefault(start, set()).add(end)
    cycles = []
    while True:
        try:
            TopologicalSorter(follows).prepare()
        except CycleError as error:
            members = error.args[1][:0:-1]  # the sorter lists them from end to start, and repeats the first
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
    cycles = []
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
            cycles += [
                (row["day"], cycle)
                for cycle in find_cycles((names[n], names[a]) for n, a in zip(names, above, strict=True) if a in names)
            ]
    return cycles


def _looping(numbers: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Of people who each have one manager, those who are on a loop or below one.

    At each step everybody jumps twice as far up. Whoever has not reached the top after jumping as far as there are
    people never does.
    """
    if not len(numbers):
        return numbers
    top = int(max(numbers.max(), above.max())) + 1
    jumps = np.full(top + 1, top)  # the last place is nobody, who has no manager
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
    return find_cycles((row["stack_id"], row["component_id"]) for row in parts)


def in_words(members: list[str]) -> Sentence:
    """A cycle as a person reads it; a long one is cut, with its number of members."""
    if len(members) > NAMED:
        named = f"{' → '.join(members[:NAMED])} → … → {members[0]}"
        return sentence("{members}, {n:,} in all", members=named, n=len(members))
    return as_it_is(" → ".join([*members, members[0]]))


def break_cycles(landing: Landing, kinds: list[str], since: date) -> None:
    """Make every row of this upload that closes a cycle a bad row, and delete it again."""
    for kind in (KINDS[name] for name in kinds):
        while kind.chain and _take_out(kind, *kind.chain, landing, _closed(kind, landing, since)):
            pass


def cycles_in(transaction: Transaction, kind: Kind, since: date = date.min) -> list[tuple[date, list[str]]]:
    """The cycles that rows of a kind form, in any state from `since` on: (day, members)."""
    if kind.lists_people:
        return reporting_cycles(transaction, since)
    return [(since, members) for members in stack_cycles(transaction)] if kind.chain else []


def _closed(kind: Kind, landing: Landing, since: date) -> list[list[str]]:
    """The cycles of the first day that has any; later days have mostly the same ones."""
    if kind.lists_people and not _may_close_circles(landing):
        return []
    cycles = cycles_in(landing.transaction, kind, since)
    return [members for day, members in cycles if day == cycles[0][0]]


def _may_close_circles(landing: Landing) -> bool:
    """Whether a roster can close a circle. A whole one in which nobody has a manager cannot: it only removes lines.

    Changes without managers can, where they replace earlier changes of the same day that had cut a circle.
    """
    asked = "select 1 from roster_rows where upload_id = $upload_id and manager_id <> '' limit 1"
    return landing.mode != "snapshot" or bool(landing.transaction.rows(asked, {"upload_id": landing.upload_id}))


def _take_out(kind: Kind, start: str, end: str, landing: Landing, cycles: list[list[str]]) -> bool:
    """Report the rows that make up cycles, and delete those of this upload; returns whether any were deleted."""
    what = sentence("reporting line") if kind.lists_people else sentence("stack")
    taken = 0
    for members in cycles:
        message = sentence(
            "makes the {what} a circle: {members}. Change one of these rows.", what=what, members=in_words(members)
        )
        on_cycle = {
            "upload_id": landing.upload_id,
            "members": members,
            "kind": kind.name,
            "end": end,
            "message": as_text(message),
        }
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
            file = landing.file_names[rows[0]["file_no"]]
            rest = sentence("and {n:,} more rows of this circle.", n=more)
            landing.problems.append(Problem(file, None, end, None, rest, count=more))
        landing.transaction.run(
            f"insert into bad select $kind, file_no, line_no, $end, {end}, $message from {kind.table} where {where}",
            on_cycle,
        )
        landing.transaction.run(f"delete from {kind.table} where {where}", on_cycle)
        taken += len(rows)
    if not taken:  # earlier uploads brought the rows that close them
        landing.problems.extend(
            Problem(
                landing.file_names[0],
                None,
                end,
                None,
                sentence("this upload makes the {what} a circle: {members}.", what=what, members=in_words(cycle)),
            )
            for cycle in cycles
        )
    return taken > 0
