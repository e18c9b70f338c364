"""A hidden number stays hidden: linear programming that knows everything published cannot find it again."""

import csv
import io
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from skilltrack.ingest import import_folder
from skilltrack.metrics import Filters, Metrics
from skilltrack.reports import as_xlsx, findings
from skilltrack.reports.suppression import came_of_it, hide
from skilltrack.store import Store
from tests.ingest.test_import import write
from tests.reports.conftest import EVERYONE, made

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


def test_nothing_hidden_in_a_board_pack_can_be_narrowed_by_all_its_tables_together(store):
    """The tables share totals: teams, areas and skills are one system of equations, whose hidden cells stay wide."""
    sheets = {name: rows[1:] for name, rows in as_xlsx.sheets(made(store, "board", "xlsx")).items()}
    ask = partial(Metrics(store).ask, viewer=EVERYONE, filters=Filters())
    truth = {(r.team, r.area or "No area"): (r.met, r.required - r.met) for r in ask("coverage_by_area").itertuples()}
    skills = {(r.category or "No area", r.skill): (r.met, r.required - r.met) for r in ask("risks").itertuples()}
    total = ask("totals").iloc[0]
    published = {row[0]: row[1:3] for row in sheets["Teams"]}
    cells = {(row[0], row[1]): row[3:5] for row in sheets["Areas by team"]}
    at_risk = {(row[1] or "No area", row[0]): row[2:4] for row in sheets["Skills most at risk"]}
    areas = {area for _, area in truth}

    assert cells.keys() == truth.keys()
    for which in (0, 1):
        known = {}
        for name, found in (("cell", cells), ("skill", at_risk)):
            for key, (required, met) in found.items():
                if required != "":
                    known[name, key] = (met, required - met)[which]
        for team, (required, met) in published.items():
            if required != "":
                known["team", team] = (met, required - met)[which]
        known["total", None] = (total["met"], total["required"] - total["met"])[which]
        lines = [([("cell", c) for c in truth if c[0] == team], ("team", team)) for team in published]
        lines += [([("cell", c) for c in truth if c[1] == area], ("area", area)) for area in areas]
        lines += [([("skill", s) for s in skills if s[0] == area], ("area", area)) for area in areas]
        lines += [([("team", team) for team in published], ("total", None))]
        values = {("cell", c): v[which] for c, v in truth.items()} | {("skill", s): v[which] for s, v in skills.items()}
        small = [("cell", c) for c, (met, unmet) in truth.items() if is_small(met + unmet, met)]
        small += [("skill", s) for s, (met, unmet) in skills.items() if is_small(met + unmet, met)]
        assert small
        assert not known.keys() & set(small)
        for name, width in ranges(lines, known, values, small).items():
            assert width >= SMALLEST - 1e-6, (name, which)


def ranges(lines, known, values, goals):
    """How far apart the values can be that each goal may have, when the sums of `lines` hold and `known` is known."""
    names = sorted({name for parts, whole in lines for name in (*parts, whole)} - known.keys(), key=repr)
    at = {name: n for n, name in enumerate(names)}
    rows, right = np.zeros((len(lines), len(names))), np.zeros(len(lines))
    for n, (parts, whole) in enumerate(lines):
        for name, factor in [(part, 1) for part in parts] + [(whole, -1)]:
            if name in at:
                rows[n, at[name]] = factor
            else:
                right[n] -= factor * known[name]
    found = {}
    for goal in goals:
        aim = np.zeros(len(names))
        aim[at[goal]] = 1
        low, high = (linprog(sense * aim, A_eq=rows, b_eq=right, bounds=(0, None)) for sense in (1, -1))
        assert low.status == 0, low.message
        most = -high.fun if high.status == 0 else float("inf")
        assert low.fun - 1e-6 <= values[goal] <= most + 1e-6
        found[goal] = most - low.fun
    return found


def test_a_trend_of_few_people_with_many_requirements_is_empty_and_one_of_many_is_not(store):
    for name in ("trend", "forecast"):
        few = rows_of(made(store, name, "csv", team="Executive office", suppress=True))
        assert len(few) == 12
        assert {(row["required"], row["met"], row["coverage"]) for row in few} == {("", "", "")}
        assert all(row["required"] for row in rows_of(made(store, name, "csv", suppress=True)))


def test_depth_shows_no_few_people_and_no_single_point(store):
    rows = rows_of(made(store, "depth", "csv", suppress=True))
    shown = [row for row in rows if row["depth"]]

    assert 0 < len(shown) < len(rows)
    assert {row["status"] for row in shown} <= {"", "uncovered"}
    for row in shown:
        needed, depth = int(row["needed"]), int(row["depth"])
        assert needed >= SMALLEST
        assert not 0 < depth < SMALLEST
        assert not 0 < needed - depth < SMALLEST
    assert {row["status"] for row in rows if not row["depth"]} == {""}


@pytest.mark.parametrize(("payments", "awards", "gains", "lost", "shown"), [
    (9, 9, 9, 0, ("9", "9", "0")),          # many, and all of them led to awards
    (9, 9, 9, 900, ("9", "9", "900")),      # none did
    (9, 9, 9, 100, ("9", "9", "")),         # one of nine is somebody
    (9, 9, 9, 800, ("9", "9", "")),
    (9, 9, 9, 450, ("9", "9", "")),         # five led nowhere, four did
    (19, 9, 2, 950, ("9", "", "950")),      # gains of one or two people
    (9, 3, 30, 450, ("", "", "")),          # three people's awards
    (3, 0, 0, 300, ("", "", "")),           # three people who have nothing to show for it
    (3, 30, 30, 0, ("30", "30", "")),       # of three, all: that is about each of them
    (20, 0, 0, 2000, ("0", "0", "2000")),
])  # fmt: skip
def test_what_few_people_s_training_led_to_is_hidden_and_what_it_cost_stays(payments, awards, gains, lost, shown):
    amount = 50 * payments if payments == 19 else 100 * payments
    frame = pd.DataFrame({
        "credential_id": ["c"], "amount": [amount], "payments": [payments], "awards": [awards], "skill_gains": [gains],
        "cost_per_award": [1.5], "cost_per_skill_gain": [2.5], "unconverted": [lost],
    })  # fmt: skip
    found = came_of_it(frame.astype(object), SMALLEST).iloc[0]

    assert tuple("" if pd.isna(found[c]) else str(found[c]) for c in ("awards", "skill_gains", "unconverted")) == shown
    assert pd.isna(found["cost_per_award"]) == (shown[0] == "")  # amount ÷ cost is the count
    assert pd.isna(found["cost_per_skill_gain"]) == (shown[1] == "")
    assert (found["amount"], found["payments"]) == (amount, payments)


def test_what_changed_is_told_only_where_no_few_requirements_did():
    def told(**counts):
        changes = pd.DataFrame(
            [(change, *of) for change, of in counts.items()], columns=["change", "required", "met"]
        ).set_index("change")
        return findings._causes(changes, SMALLEST)

    assert "40 were newly demonstrated and 30 lapsed" in told(stayed=(90, 50), demonstrated=(40, 40), lapsed=(30, 0))
    for few in ({"lapsed": (4, 0)}, {"come": (9, 2)}, {"come": (9, 8)}, {"gone": (3, 3)}, {"demonstrated": (1, 1)}):
        assert "too little to be told" in told(**{"stayed": (90, 50)} | few)


@pytest.mark.parametrize(("left", "exempt", "left_out", "totals"), [
    (2, 0, ["", ""], [28, 0]), (0, 1, ["", ""], [29, 0]), (9, 0, [9, 30], [21, 0]), (0, 0, [0, 30], [30, 0]),
    (27, 0, ["", ""], ["", ""]),
])  # fmt: skip
def test_the_audit_pack_shows_no_few_people(tmp_path, left, exempt, left_out, totals):
    store = Store.open(tmp_path / "x.duckdb")
    people = "".join(f"e{n},N,r,{'2020-01-01' if n < left else ''}\n" for n in range(30))
    set_aside = "".join(f"e{29 - n},s,ill\n" for n in range(exempt))
    landed = import_folder(store, write(
        tmp_path / "few", skills="skill_id,name\ns,S\n", roles="role_id,role_name,skill_id,required_level\nr,R,s,1\n",
        roster=f"employee_id,name,role_id,left_on\n{people}",
        **({"exemptions": f"employee_id,skill_id,reason\n{set_aside}"} if exempt else {}),
    ))  # fmt: skip
    assert landed.status == "stored", landed.errors
    sheets = as_xlsx.sheets(made(store, "audit", "xlsx"))
    store.close()

    found = [row[1:] for row in sheets["Left out"][1:]]
    assert found[0] == left_out
    assert (found[1][0] == "") == (left_out[0] == "")  # the one is the other's difference
    assert (found[2] == ["", ""]) == (exempt > 0 or totals == ["", ""])
    assert [row[1:3] for row in sheets["By assurance"][1:]] == [totals] * 3


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))
