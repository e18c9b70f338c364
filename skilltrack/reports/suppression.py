"""Hide small numbers in tables that leave the company, so that nobody can work them out again.

A table here is groups × columns of (required, met), published with its row totals, column totals and grand total. A
cell is small when fewer than `smallest` people stand behind it, or when 1 to `smallest` − 1 requirements are met or
unmet. 0 of n and n of n of a large enough group stay, because they single out nobody in it. A small cell is
hidden, but its row and column would give it away by subtraction, so other cells are hidden with it. Each small cell
becomes the corner of a rectangle of hidden cells, round which an amount can be moved without changing any total. Where
there is no such rectangle, the cell can give an amount to another cell, with the totals of both hidden. Met and unmet
can each be moved by at least `smallest`: what is published fits values that far apart.

Totals are cells too: the last row and column of the arrays below. If a table has only one row or column, its totals are
hidden as well. tests/reports/test_suppression.py tries to recover hidden cells by linear programming.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from skilltrack.access import Viewer
from skilltrack.errors import Refused
from skilltrack.language import _
from skilltrack.questions import Filters

REPORTS = ("coverage", "depth", "trend", "forecast", "spend")
"""Reports of counts and sums, whose small numbers can be hidden; the other reports are lists of people."""
COUNTS = ["required", "met", "coverage"]
TRIED = 60
"""How many rows and columns are tried as the other side of a rectangle, those with most hidden cells first."""


@dataclass(frozen=True)
class Hidden:
    """Which numbers of a table may not be shown."""

    cells: frozenset[tuple[str, str]]
    groups: frozenset[str]
    """Groups whose total is hidden."""
    columns: frozenset[str]
    """Columns whose total is hidden."""
    everything: bool = False
    """True when even the grand total is about too few people."""


def hide(cells: pd.DataFrame, smallest: int, has_column_totals: bool = True) -> Hidden:
    """What to hide in `cells` (group, column, required, met and, where they differ from required, people)."""
    if cells.empty:
        return Hidden(frozenset(), frozenset(), frozenset())
    groups, columns = sorted(set(cells["group"])), sorted(set(cells["column"]))
    met, unmet, people = (np.zeros((len(groups) + 1, len(columns) + 1), dtype=np.int64) for _ in range(3))
    at = (
        cells["group"].map({g: n for n, g in enumerate(groups)}),
        cells["column"].map({c: n for n, c in enumerate(columns)}),
    )
    rows, cols = (series.to_numpy(dtype=np.int64) for series in at)
    met[rows, cols] = cells["met"].to_numpy(dtype=np.int64)
    unmet[rows, cols] = cells["required"].to_numpy(dtype=np.int64) - met[rows, cols]
    people[rows, cols] = cells["people" if "people" in cells else "required"].to_numpy(dtype=np.int64)
    for values in (met, unmet):
        values[-1, :], values[:, -1] = values.sum(axis=0), values.sum(axis=1)
        values[-1, -1] = values[:-1, :-1].sum()
    # A person may be counted in several cells of a total: it has at least as many people as its largest cell.
    people[-1, :], people[:, -1] = people.max(axis=0), people.max(axis=1)
    people[-1, -1] = people.max()
    exists = met + unmet > 0
    small = exists & ((people < smallest) | _few(met, smallest) | _few(unmet, smallest))
    free = np.zeros_like(small)
    if not has_column_totals:
        free[-1, :-1] = True  # not published anyway
    hidden = None if small[-1, -1] else _complemented(small, free, exists, met, unmet, smallest)
    is_shown = hidden is not None
    if hidden is None:
        hidden = exists
    return Hidden(
        frozenset((groups[i], columns[j]) for i, j in np.argwhere(hidden[:-1, :-1])),
        frozenset(groups[i] for i in np.flatnonzero(hidden[:-1, -1])),
        frozenset(columns[j] for j in np.flatnonzero(hidden[-1, :-1])),
        not is_shown,
    )


def _few(values: Any, smallest: int) -> Any:
    return (values > 0) & (values < smallest)


def is_small(part: Any, whole: Any, smallest: int) -> Any:
    """Whether a count, its whole or its rest is between 1 and `smallest` − 1; takes numbers or columns."""
    return _few(part, smallest) | _few(whole, smallest) | _few(whole - part, smallest)


def in_steps(counts: Any, smallest: int) -> Any:
    """Counts rounded down to a multiple of `smallest`, for packs that show parts of parts, on any day, again and again.

    Every shown count can then stand for any of `smallest` numbers. So can every difference of two counts: of a whole
    and its part, of two assurances, of two days. Rounding keeps their order, so what is shown fits the lowest number of
    each, the highest number of each, and every mixture of both that keeps the order.
    """
    return counts // smallest * smallest


def without_small(
    ask: Callable[[str, Viewer, Filters], pd.DataFrame], name: str, viewer: Viewer, asked: Filters, smallest: int
) -> pd.DataFrame:
    """The answer of one of `REPORTS`, with small numbers and those that would give them away left empty.

    Raises `Refused` when nothing is left.
    """
    frame = ask(name, viewer, asked)
    if name == "coverage":
        hidden = hide(frame.rename(columns={"team": "group", "skill_id": "column"}), smallest)
        if hidden.everything:
            raise Refused(
                _(
                    "The groups here are so small that no number can be shown without giving a small one away. Ask for "
                    "the trend or the board pack, ask about more people, or show small numbers to a viewer of these "
                    "people."
                )
            )
        cells = [cell in hidden.cells for cell in zip(frame["team"], frame["skill_id"], strict=True)]
        return emptied(frame, cells, COUNTS)
    if name == "depth":
        able, most = frame["depth"], frame[["needed", "depth"]].max(axis=1)
        return emptied(
            frame, is_small(able, most, smallest) | _few(frame["needed"], smallest), ["needed", "depth", "status"]
        )
    if name == "spend":
        return came_of_it(frame, smallest)
    # A few people can have many requirements, but each has at most one per skill, so most days need no look.
    # A forecast is about the people of the day on which it is made.
    enough = smallest * len(ask("catalogue_of_skills", viewer, asked))
    days = [asked.as_of] * len(frame) if name == "forecast" else frame["month_end"]
    is_few = [
        0 < required < enough and ask("totals", viewer, replace(asked, as_of=day))["with_role"].iloc[0] < smallest
        for day, required in zip(days, frame["required"], strict=True)
    ]
    return emptied(frame, is_small(frame["met"], frame["required"], smallest) | np.array(is_few, dtype=bool), COUNTS)


def came_of_it(spend: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Spend without the numbers that give away a few people's awards; what was paid stays.

    Unconverted is hidden where it, or the rest, is worth less than `smallest` payments of that row.
    """
    paid = spend.groupby("credential_id")["payments"].transform("sum")
    awards, gains, payments = spend["awards"], spend["skill_gains"], spend["payments"]
    few_awards = _few(awards, smallest) | ((awards == 0) & (paid < smallest))
    few_gains = few_awards | _few(gains, smallest)
    amount = spend["amount"].astype(float)
    lost = (spend["unconverted"].astype(float) / amount.where(amount > 0) * payments).fillna(1)
    shown = emptied(spend, is_small(lost, payments, smallest) | (lost < 0), ["unconverted"])
    shown = emptied(shown, few_awards, ["awards", "cost_per_award"])
    return emptied(shown, few_gains, ["skill_gains", "cost_per_skill_gain"])


def emptied(frame: pd.DataFrame, rows: Any, columns: list[str]) -> pd.DataFrame:
    """The frame with some columns, those it has, empty in some rows."""
    shown = frame.copy()
    shown.loc[np.asarray(rows, dtype=bool), [name for name in columns if name in frame]] = pd.NA
    return shown


def _complemented(
    small: np.ndarray, free: np.ndarray, exists: np.ndarray, met: np.ndarray, unmet: np.ndarray, smallest: int
) -> np.ndarray | None:
    """`small` with the cells that must be hidden too; None when only hiding everything protects them."""
    hidden, usable = small | free, exists | free
    usable[-1, -1] = False  # the grand total is always shown
    values, weight, counts = (met, unmet), met + unmet, (hidden.sum(axis=1), hidden.sum(axis=0))
    for i, j in np.argwhere(small).tolist():
        shapes = (_rectangles(i, j, hidden, usable, counts), _exchanges(i, j, hidden, usable, weight))
        if not any(_hide_cheapest(shape, hidden, values, smallest) for shape in shapes):
            return None
        counts = (hidden.sum(axis=1), hidden.sum(axis=0))
    return hidden


Corners = list[tuple[Any, Any, Any]]
"""Rows, columns and directions of the cells between which an amount moves, as arrays over all choices."""


def _rectangles(
    i: int, j: int, hidden: np.ndarray, usable: np.ndarray, counts: tuple[np.ndarray, np.ndarray]
) -> tuple[Corners, np.ndarray]:
    """Every rectangle with the corner (i, j), and which of them have usable corners only."""
    r = _likely(np.flatnonzero(usable[:, j]), i, hidden[:, j], counts[0])[:, None]
    c = _likely(np.flatnonzero(usable[i, :]), j, hidden[i, :], counts[1])[None, :]
    # In each line, the cells minus the total are 0, so an amount moved round a rectangle changes its sign at a total.
    factors = [np.array([1] * (length - 1) + [-1]) for length in hidden.shape]
    down, across = -factors[0][r] * factors[0][i], -factors[1][c] * factors[1][j]
    return [(i, j, 1), (i, c, across), (r, j, down), (r, c, down * across)], usable[r, c]


def _exchanges(
    i: int, j: int, hidden: np.ndarray, usable: np.ndarray, weight: np.ndarray
) -> tuple[Corners, np.ndarray]:
    """Moving an amount between (i, j) and any other cell, with both totals hidden; used where no rectangle works.

    A total moves with its largest cell.
    """
    last_row, last_column = hidden.shape[0] - 1, hidden.shape[1] - 1
    i = int(np.argmax(np.where(usable[:-1, j], weight[:-1, j], -1))) if i == last_row else i
    j = int(np.argmax(np.where(usable[i, :-1], weight[i, :-1], -1))) if j == last_column else j
    r = _likely(np.arange(last_row), i, hidden[:-1, last_column], weight[:-1, last_column])[:, None]
    c = _likely(np.arange(last_column), j, hidden[last_row, :-1], weight[last_row, :-1])[None, :]
    corners: Corners = [
        (i, j, 1),
        (i, last_column, 1),
        (last_row, j, 1),
        (r, c, -1),
        (r, last_column, -1),
        (last_row, c, -1),
    ]
    return corners, usable[r, c]


def _likely(numbers: np.ndarray, other_than: int, is_hidden: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The lines to try: first those whose cell is hidden already, then those with most weight."""
    numbers = numbers[numbers != other_than]
    return numbers[np.lexsort((-weight[numbers], ~is_hidden[numbers]))[:TRIED]]


def _hide_cheapest(
    shape: tuple[Corners, np.ndarray], hidden: np.ndarray, values: tuple[np.ndarray, np.ndarray], smallest: int
) -> bool:
    """Hide the cheapest corners on which met and unmet move by `smallest`; False when there are none."""
    corners, allowed = shape
    if not allowed.size:
        return False
    cost = np.zeros(allowed.shape)
    for row, column, _direction in corners:
        cost = cost + np.where(hidden[row, column], 0, 1 + values[0][row, column] + values[1][row, column])
    for amounts in values:
        up = down = np.full(allowed.shape, np.inf)
        for row, column, direction in corners:
            amount, falls = amounts[row, column] + 0 * cost, (direction + 0 * cost) < 0
            up, down = np.where(falls, np.minimum(up, amount), up), np.where(falls, down, np.minimum(down, amount))
        allowed = allowed & (up + down >= smallest)
    if not allowed.any():
        return False
    best = np.unravel_index(np.argmin(np.where(allowed, cost, np.inf)), cost.shape)
    for row, column, _direction in corners:
        hidden[np.broadcast_to(row, cost.shape)[best], np.broadcast_to(column, cost.shape)[best]] = True
    return True
