"""A hidden number stays hidden: linear programming that knows everything published cannot find it again."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from skilltrack.reports.suppression import hide

SMALLEST = 5


def table(rows):
    return pd.DataFrame(rows, columns=["group", "column", "required", "met"])


def widths(cells, hidden, which, has_column_totals=True):
    """Lowest and highest value that each hidden cell can have, given all that is published."""
    groups, columns = sorted(set(cells["group"])), sorted(set(cells["column"]))
    values = {
        (g, c): (met if which == "met" else required - met) for g, c, required, met in cells.itertuples(index=False)
    }
    sums = {(g, None): sum(values.get((g, c), 0) for c in columns) for g in groups}
    sums |= {(None, c): sum(values.get((g, c), 0) for g in groups) for c in columns}
    sums[None, None] = sum(values.values())
    unknown = [cell for cell in values if cell in hidden.cells]
    unknown += [(g, None) for g in groups if g in hidden.groups]
    unknown += [(None, c) for c in columns if c in hidden.columns or not has_column_totals]
    at = {cell: n for n, cell in enumerate(unknown)}
    rows, right = [], []
    lines = [([(g, c) for c in columns if (g, c) in values], (g, None)) for g in groups]
    lines += [([(g, c) for g in groups if (g, c) in values], (None, c)) for c in columns]
    lines += [([(g, None) for g in groups], (None, None)), ([(None, c) for c in columns], (None, None))]
    known = values | sums
    cells_of_small = {(g, c): (required, met) for g, c, required, met in cells.itertuples(index=False)}
    for cells_of, total in lines:
        row, rest = np.zeros(len(unknown)), 0
        for cell, factor in [(cell, 1) for cell in cells_of] + [(total, -1)]:
            if cell in at:
                row[at[cell]] = factor
            else:
                rest -= factor * known[cell]
        rows.append(row)
        right.append(rest)
    found = {}
    for cell in (cell for cell in unknown if is_small(*cells_of_small.get(cell, (0, 0)))):
        goal = np.zeros(len(unknown))
        goal[at[cell]] = 1
        ends = [linprog(sense * goal, A_eq=np.array(rows), b_eq=right, bounds=(0, None)) for sense in (1, -1)]
        low = ends[0].fun
        high = -ends[1].fun if ends[1].status == 0 else float("inf")
        assert ends[0].status == 0, ends[0].message
        assert low - 1e-6 <= known[cell] <= high + 1e-6
        found[cell] = high - low
    return found


def is_small(required, met):
    return 0 < required < SMALLEST or 0 < met < SMALLEST or 0 < required - met < SMALLEST


@st.composite
def tables(draw):
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    found = []
    for g, c in product(range(rows), range(columns)):
        required = draw(st.sampled_from([0, 1, 3, 6, 9, 14, 20, 40, 60]))
        if required:
            found.append((f"g{g}", f"c{c}", required, draw(st.integers(0, required))))
    return table(found)


@pytest.mark.parametrize("has_column_totals", [True, False])
@given(cells=tables())
def test_no_small_cell_is_shown_and_none_can_be_narrowed_below_the_threshold(has_column_totals, cells):
    if cells.empty:
        return
    hidden = hide(cells, SMALLEST, has_column_totals)
    small = {(g, c) for g, c, required, met in cells.itertuples(index=False) if is_small(required, met)}

    assert small <= hidden.cells
    if hidden.everything:
        return
    for which in ("met", "unmet"):
        for cell, width in widths(cells, hidden, which, has_column_totals).items():
            if cell in small:
                assert width >= SMALLEST - 1e-6, (cell, which)


def test_the_attack_recovers_a_cell_that_is_hidden_alone():
    from skilltrack.reports.suppression import Hidden

    cells = table([("a", "x", 3, 1), ("a", "y", 20, 10), ("b", "x", 20, 10), ("b", "y", 20, 10)])
    alone = Hidden(frozenset({("a", "x")}), frozenset(), frozenset())

    assert widths(cells, alone, "met")["a", "x"] < 1e-6


def test_a_table_of_large_cells_loses_nothing():
    cells = table([(g, c, 40, 20) for g in "abc" for c in "xyz"])

    hidden = hide(cells, SMALLEST)

    assert (hidden.cells, hidden.groups, hidden.columns, hidden.everything) == (set(), set(), set(), False)


def test_all_or_none_of_a_large_group_may_be_said_and_of_a_small_one_not():
    cells = table(
        [
            ("a", "x", 30, 0),
            ("a", "y", 30, 30),
            ("b", "x", 4, 0),
            ("b", "y", 30, 15),
            ("c", "x", 30, 15),
            ("c", "y", 30, 15),
        ]
    )

    hidden = hide(cells, SMALLEST)

    assert ("b", "x") in hidden.cells
    assert ("a", "y") not in hide(cells[cells["group"] != "b"], SMALLEST).cells


def test_a_few_people_with_many_requirements_are_a_small_group():
    cells = table([(g, c, 60, 30) for g in "abc" for c in "xyz"]).assign(people=[2, 9, 9, 9, 9, 9, 9, 9, 9])

    assert ("a", "x") in hide(cells, SMALLEST).cells


def test_a_company_of_a_handful_shows_nothing():
    assert hide(table([("a", "x", 3, 2)]), SMALLEST).everything
