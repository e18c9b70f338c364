"""A hidden number stays hidden: linear programming that knows everything published cannot find it again."""

import csv
import io
from datetime import date
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.ingest import import_folder
from skilltrack.questions import Metrics
from skilltrack.reports import as_xlsx, findings
from skilltrack.reports.suppression import came_of_it, hide
from skilltrack.storage.store import Store
from tests.ingest.test_import import write
from tests.reports.conftest import EVERYONE, made, on_the_day

SMALLEST = 5


def linprog(*given, **options):
    """What scipy's solver finds; loaded when it is needed, because that takes a second in every process that collects."""
    from scipy import optimize

    return optimize.linprog(*given, **options)


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
    ask = partial(Metrics(store).ask, viewer=EVERYONE, filters=on_the_day())
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


@pytest.mark.parametrize(
    ("payments", "awards", "gains", "lost", "shown"),
    [
        (9, 9, 9, 0, ("9", "9", "0")),  # many, and all of them led to awards
        (9, 9, 9, 900, ("9", "9", "900")),  # none did
        (9, 9, 9, 100, ("9", "9", "")),  # one of nine is somebody
        (9, 9, 9, 800, ("9", "9", "")),
        (9, 9, 9, 450, ("9", "9", "")),  # five led nowhere, four did
        (19, 9, 2, 950, ("9", "", "950")),  # gains of one or two people
        (9, 3, 30, 450, ("", "", "")),  # three people's awards
        (3, 0, 0, 300, ("", "", "")),  # three people who have nothing to show for it
        (3, 30, 30, 0, ("30", "30", "")),  # of three, all: that is about each of them
        (20, 0, 0, 2000, ("0", "0", "2000")),
    ],
)
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
        assert "Too little changed to show it" in told(**{"stayed": (90, 50)} | few)


def audit_pack(store, as_of, viewer=EVERYONE):
    """Every number about people that an audit pack shows, by sheet, row and column."""
    sheets = as_xlsx.sheets(made(store, "audit", "xlsx", as_of=as_of, viewer=viewer))
    shown = {}
    for sheet, about in (("By assurance", 3), ("Left out", 3)):
        for row in sheets[sheet][1 : about + 1]:
            shown |= {(sheet, row[0], name): cell for name, cell in zip(sheets[sheet][0][1:], row[1:], strict=True)}
    for row in sheets["Uploads"][1:]:
        cells = dict(zip(sheets["Uploads"][0], row, strict=True))
        if cells["Kind"] in ("roster", "badges", "prior_learning", "self_ratings", "exemptions", "spend"):
            assert (cells["New"], cells["Changed"]) == ("", "")
    return shown


COUNTED = (
    "listed",
    "people",
    "with_role",
    "asked",
    "required",
    *(f"{what}_{n}" for what in ("met", "ready") for n in range(3)),
)
PARTS = [
    ("people", "listed"), ("with_role", "people"), ("with_role", "required"), ("required", "asked"), ("met_2", "required"),
    ("met_1", "met_2"), ("met_0", "met_1"), ("ready_2", "with_role"), ("ready_1", "ready_2"), ("ready_0", "ready_1"),
    *((f"ready_{n}", f"met_{n}") for n in range(3)),
]  # fmt: skip
"""What anybody knows: each of these is at most the other. Who is ready has met some requirement."""


def attacked(packs, step=SMALLEST):
    """Counts, and differences of two, that packs of several days leave one number of 1 to 4 for: what an attacker finds.

    The attacker knows every rule by which a pack is made, the order of the counts, and looks at all packs at once.
    """
    names = [(day, name) for day in range(len(packs)) for name in COUNTED]
    at = {name: n for n, name in enumerate(names)}
    rows, most, bounds = [], [], [(0, None)] * len(names)

    def no_more(terms, limit):
        row = np.zeros(len(names))
        for name, factor in terms:
            row[at[name]] += factor
        rows.append(row)
        most.append(limit)

    for day, shown in enumerate(packs):
        for less, more in PARTS:
            no_more([((day, less), 1), ((day, more), -1)], 0)
        told = {
            "listed": shown["Left out", "People listed who are not active on the day", "Of"],
            "people": shown["Left out", "Active people whose role has no requirements", "Of"],
            "asked": shown["Left out", "Requirements set aside by an exemption", "Of"],
        }
        for n, assurance in enumerate(("verified", "attested", "claimed")):
            told |= {
                "required": shown["By assurance", assurance, "Required"],
                "with_role": shown["By assurance", assurance, "With a role"],
                f"met_{n}": shown["By assurance", assurance, "Met"],
                f"ready_{n}": shown["By assurance", assurance, "Ready"],
            }
        for name, cell in told.items():
            assert cell != "", name
            bounds[at[day, name]] = (int(cell), int(cell) + step - 1)
    goals = [[(name, 1)] for name in names] + [[((d, a), 1), ((d, b), -1)] for d in range(len(packs)) for b, a in PARTS]
    goals += [[((d, name), 1), ((d - 1, name), -1)] for d in range(1, len(packs)) for name in COUNTED]
    found = []
    for terms in goals:
        aim = np.zeros(len(names))
        for name, factor in terms:
            aim[at[name]] += factor
        low, high = (linprog(sense * aim, A_ub=np.array(rows), b_ub=most, bounds=bounds) for sense in (1, -1))
        assert (low.status, high.status) == (0, 0)
        if round(low.fun) == round(-high.fun) and 0 < abs(round(low.fun)) < SMALLEST:
            found.append((terms, round(low.fun)))
    return found


def test_the_attacker_finds_what_exact_packs_give_away():
    def shown(met):
        rows = {
            ("By assurance", a, c): n
            for a, m in zip(("verified", "attested", "claimed"), met, strict=True)
            for c, n in (("Required", 20), ("With a role", 20), ("Met", m), ("Ready", 0))
        }
        return rows | {
            ("Left out", what, "Of"): 20
            for what in (
                "People listed who are not active on the day",
                "Active people whose role has no requirements",
                "Requirements set aside by an exemption",
            )
        }

    nested = attacked([shown((0, 10, 11))], step=1)
    days = attacked([shown((0, 10, 10)), shown((0, 11, 11))], step=1)

    assert ([((0, "met_2"), 1), ((0, "met_1"), -1)], 1) in nested
    assert ([((1, "met_1"), 1), ((0, "met_1"), -1)], 1) in days


@settings(max_examples=-(-settings().max_examples // 2))
@given(data=st.data())
def test_an_attacker_who_holds_the_packs_of_several_days_finds_no_few_people(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("attack")
    store = Store.open(folder / "x.duckdb")
    people = data.draw(st.integers(3, 24))
    day = st.integers(1, 4).map(lambda n: f"2024-03-0{n}")
    some = st.lists(st.integers(0, people - 1), unique=True, max_size=people)
    joined = "".join(
        f"e{n},N,{data.draw(st.sampled_from(['r', 'r', 'r2', '']))},{data.draw(st.one_of(st.just(''), day))}\n"
        for n in range(people)
    )
    files = {
        "skills": "skill_id,name\ns,S\nt,T\n",
        "roles": "role_id,role_name,skill_id,required_level\nr,R,s,1\nr,R,t,1\nr2,R2,s,1\n",
        "roster": f"employee_id,name,role_id,hired_on\n{joined}",
        "prior_learning": "employee_id,skill_id,level,assessor,valid_from\n"
        + "".join(f"e{n},{data.draw(st.sampled_from('st'))},1,A,{data.draw(day)}\n" for n in data.draw(some)),
        "self_ratings": "employee_id,skill_id,level,valid_from\n"
        + "".join(f"e{n},{data.draw(st.sampled_from('st'))},1,{data.draw(day)}\n" for n in data.draw(some)),
        "exemptions": "employee_id,skill_id,reason\n" + "".join(f"e{n},s,ill\n" for n in data.draw(some)),
    }
    files = {kind: text for kind, text in files.items() if text.count("\n") > 1}
    assert import_folder(store, write(folder / "few", **files)).status == "stored"
    packs = [audit_pack(store, date(2024, 3, n)) for n in (1, 2, 3)]
    store.close()

    assert attacked(packs) == []
    for shown in packs:
        for (sheet, row, name), cell in shown.items():
            if name != "Coverage" and not row.startswith(("Credentials", "Uploaded")):
                assert cell % SMALLEST == 0, (sheet, row, name)
        for assurance in ("verified", "attested", "claimed"):  # the share says no more than the two numbers beside it
            met, required = shown["By assurance", assurance, "Met"], shown["By assurance", assurance, "Required"]
            share = shown["By assurance", assurance, "Coverage"]
            assert share == "" if not required else float(share) == pytest.approx(met / required)


@pytest.mark.parametrize(
    ("left", "exempt", "left_out", "totals"),
    [
        (2, 0, [5, 30], [25, 0]),
        (0, 1, [0, 30], [25, 0]),
        (9, 0, [10, 30], [20, 0]),
        (0, 0, [0, 30], [30, 0]),
        (27, 0, [30, 30], [0, 0]),
    ],
)
def test_the_audit_pack_counts_people_in_steps(tmp_path, left, exempt, left_out, totals):
    store = Store.open(tmp_path / "x.duckdb")
    people = "".join(f"e{n},N,r,{'2020-01-01' if n < left else ''}\n" for n in range(30))
    set_aside = "".join(f"e{29 - n},s,ill\n" for n in range(exempt))
    landed = import_folder(
        store,
        write(
            tmp_path / "few",
            skills="skill_id,name\ns,S\n",
            roles="role_id,role_name,skill_id,required_level\nr,R,s,1\n",
            roster=f"employee_id,name,role_id,left_on\n{people}",
            **({"exemptions": f"employee_id,skill_id,reason\n{set_aside}"} if exempt else {}),
        ),
    )
    assert landed.status == "stored", landed.errors
    shown = audit_pack(store, date(2026, 11, 1))
    store.close()

    assert [
        shown["Left out", "People listed who are not active on the day", name] for name in ("Left out", "Of")
    ] == left_out
    for assurance in ("verified", "attested", "claimed"):
        assert [shown["By assurance", assurance, name] for name in ("Required", "Met")] == totals


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))
