"""Whether day or month comes first in a column whose own cells leave that open: what the other columns of a file show.

A file writes its days in one order, and nothing ends before it begins.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading import dates
from skilltrack.ingest.reading.inside import period_of
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import counted
from skilltrack.kinds import Kind
from skilltrack.language import Sentence, sentence

DAY_OR_MONTH = re.compile("%[dm]")


def settle_orders(
    kind: Kind,
    file: str,
    taken: AnyMapping[str, pa.ChunkedArray],
    mapping: Mapping,
    shown: AnyMapping[str, str],
    asked: dict[str, Question],
    problems: list[Problem],
) -> dict[str, str]:
    """The style of each column whose order of day and month is shown by another one; its question leaves `asked`.

    `shown`: the styles that columns show by themselves; `asked`: the questions about the others. A column stays asked
    where the orders of others differ, or where the order of others would end a row before it begins.
    """
    if mapping.lands_as_sixth:
        return {}
    proved = dict(mapping.dates) | {name: style for name, style in shown.items() if name in taken}
    settled: dict[str, str] = {}
    for name in [name for name, question in asked.items() if _is_open(question)]:
        styles = tuple(asked[name].answers)
        orders = {_order(style) for style in proved.values() if _without_order(style) == _without_order(styles[0])}
        if len(orders) == 1 and (style := next((s for s in styles if {_order(s)} == orders), "")):
            turned = next(other for other in styles if other != style)
            if _too_early(kind, name, style, taken, proved) <= _too_early(kind, name, turned, taken, proved):
                settled[name] = style
                beside = ", ".join(n for n, other in proved.items() if _without_order(other) == _without_order(style))
                problems.append(
                    _notice(file, name, style, taken, sentence("as {columns} is", columns=beside), "notice")
                )
        elif not orders and (style := _by_ends(kind, name, styles, taken, asked, proved)):
            settled[name] = style
            why = sentence("because some rows would end before they begin in the other order")
            problems.append(_notice(file, name, style, taken, why, "warning"))
    for name in settled:
        asked.pop(name)
    return settled


def _is_open(question: Question) -> bool:
    """Whether a question is which of day and month comes first, and nothing else."""
    styles = list(question.answers)
    same = {_without_order(style) for style in styles}
    return len(styles) == 2 and len(same) == 1 and not dates.are_swapped(styles)


def _without_order(style: str) -> str:
    """A style without the time and without what comes first: `%d/%m/%Y` and `%m/%d/%Y` are the same."""
    return DAY_OR_MONTH.sub("%_", style.replace(dates.WITH_TIME, ""))


def _order(style: str) -> tuple[str, ...]:
    return tuple(DAY_OR_MONTH.findall(style))


def _by_ends(
    kind: Kind,
    name: str,
    styles: Iterable[str],
    taken: AnyMapping[str, pa.ChunkedArray],
    asked: AnyMapping[str, Question],
    proved: AnyMapping[str, str],
) -> str:
    """The only style of the day of beginning or end in which no row ends before it begins; empty where both are."""
    if kind.lists_people:  # people who were hired again may have left before
        return ""
    other = next((one for one in period_of(kind) if one and one != name), "")
    is_other_open = other in asked and _is_open(asked[other])
    possible = []
    for style in styles:
        of_other = next((s for s in asked[other].answers if _order(s) == _order(style)), "") if is_other_open else ""
        if not _too_early(kind, name, style, taken, {**proved, **({other: of_other} if of_other else {})}):
            possible.append(style)
    return possible[0] if len(possible) == 1 else ""


def _too_early(
    kind: Kind,
    name: str,
    style: str,
    taken: AnyMapping[str, pa.ChunkedArray],
    proved: AnyMapping[str, str],
) -> int:
    """How many different pairs of days end before they begin, where one column is read in a style."""
    begins, ends = period_of(kind)
    if kind.lists_people or name not in (begins, ends) or not {begins, ends} <= set(taken):
        return 0
    pairs: set[str] = set()
    for first, last in zip(taken[begins].chunks, taken[ends].chunks, strict=True):
        pairs.update(pc.binary_join_element_wise(first, last, "\x1f").unique().to_pylist())
    style_of = {name: style}
    early = 0
    for begin, end in (pair.split("\x1f") for pair in pairs):
        first, last = (
            dates.as_date(cell, style_of.get(column) or proved.get(column, dates.REFERENCE))
            for column, cell in ((begins, begin), (ends, end))
        )
        early += bool(first and last and last < first)
    return early


def _notice(
    file: str, name: str, style: str, taken: AnyMapping[str, pa.ChunkedArray], why: Sentence, severity: str
) -> Problem:
    values = [value for value in taken[name].unique().to_pylist() if value and dates.as_date(value, style)]
    cell = dates.shown_by(values, [style, DAY_OR_MONTH.sub(lambda m: "%m" if m[0] == "%d" else "%d", style)])[0]
    message = sentence(
        "{days} read as {style!r}, {why}: {cell!r} is {day}.",
        days=counted(len(values), "different day"),
        style=style,
        why=why,
        cell=cell,
        day=dates.as_date(cell, style),
    )
    return Problem(file, None, name, None, message, severity)
