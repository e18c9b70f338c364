"""What the screens reshape stays the numbers it was."""

import pandas as pd

from skilltrack import charts, tables
from skilltrack.questions import catalogue

CELLS = pd.DataFrame(
    [("A", "s", "S", 4, 1, 0.25), ("A", "t", "T", 1, 1, 1.0), ("B", "s", "S", 2, 2, 1.0), ("B", "u", "U", 0, 0, None)],
    columns=["team", "skill_id", "skill", "required", "met", "coverage"],
)


def test_totals_sum_and_come_thinnest_first_with_the_unmeasured_last():
    totals = tables.totals_by(CELLS, "skill_id")

    assert list(totals["skill_id"]) == ["s", "t", "u"]
    assert list(totals["met"]) == [3, 1, 0]
    assert totals["coverage"].iloc[0] == 0.5
    assert pd.isna(totals["coverage"].iloc[2])


def test_a_matrix_keeps_every_cell_with_its_n_of_m():
    grid = tables.matrix(CELLS, "team", "skill_id", pd.Series({"s": "Skill S"}))

    assert grid["cells"] == {"A\ns": [1, 4], "A\nt": [1, 1], "B\ns": [2, 2], "B\nu": [0, 0]}
    assert [(row["id"], row["met"], row["required"]) for row in grid["rows"]] == [("A", 2, 5), ("B", 2, 2)]
    assert [column["label"] for column in grid["columns"]] == ["Skill S", "t", "u"]


def test_a_matrix_too_large_to_look_at_keeps_the_thinnest():
    cells = [(f"T{n}", "s", 10, n % 11, 0.0) for n in range(300)]
    many = pd.DataFrame(cells, columns=["team", "skill_id", "required", "met", "coverage"])
    grid = tables.matrix(many, "team", "skill_id", pd.Series(dtype=str))

    assert len(grid["rows"]) == len(grid["cells"]) == tables.MOST
    assert max(row["met"] for row in grid["rows"]) <= 2


def test_people_stand_against_their_own_required_levels():
    rows = [
        ("1", "s", "S", 2, 1, False),
        ("2", "s", "S", 3, 3, False),
        ("2", "t", "T", 1, 0, True),
        ("3", "t", "T", 1, 0, False),
    ]
    frame = pd.DataFrame(rows, columns=["employee_id", "skill_id", "skill", "required_level", "level", "is_exempt"])
    grid = tables.people_matrix(frame, {"2": "Bo", "1": "Ann"})

    assert [row["label"] for row in grid["rows"]] == ["Bo", "Ann"]
    assert [(column["id"], column["needed"]) for column in grid["columns"]] == [("s", 0), ("t", 1)]
    assert grid["cells"] == {"1\ns": [1, 2, False], "2\ns": [3, 3, False], "2\nt": [0, 1, True]}


def test_the_best_level_of_a_skill_is_the_highest_that_counts_and_of_those_the_longest():
    lines = pd.DataFrame(
        [
            ("s", "S", 2, "2027-01-01", True),
            ("s", "S", 2, None, True),
            ("s", "S", 3, None, False),
            ("t", "T", 1, "2026-01-01", True),
        ],
        columns=["skill_id", "skill", "level", "valid_to", "counts"],
    )
    best = tables.best_levels(lines)

    assert list(zip(best["skill_id"], best["level"], strict=True)) == [("s", 2), ("t", 1)]
    assert best["valid_to"].isna().tolist() == [True, False]


def test_the_thinnest_cells_leave_out_what_few_need():
    assert list(tables.worst_cells(CELLS)["skill_id"]) == ["s"]


def test_amounts_of_one_currency_only_are_drawn_and_markup_in_names_is_text():
    lines = pd.DataFrame(
        [("<a href=x>C</a>", "employer", "EUR", 10.0), ("D", "grant", "USD", 99.0)],
        columns=["credential", "funding_source", "currency", "amount"],
    )
    figure = charts.spend_by_credential(lines, "EUR")

    assert [list(bar.x) for bar in figure.data] == [[10.0]]
    assert list(figure.data[0].y) == ["&lt;a href=x&gt;C&lt;/a&gt;"]


def test_the_trend_draws_what_is_empty_as_a_gap_and_starts_at_zero():
    past = pd.DataFrame(
        {"month_end": ["2026-01-31", "2026-02-28"], "required": [0, 4], "met": [0, 1], "coverage": [None, 0.25]}
    )
    figure = charts.trend(past, past.head(0))

    assert list(figure.data[0].y) == [None, 0.25]
    assert figure.layout.yaxis.range == (0, 1)


def test_every_reason_of_a_gap_has_words():
    named = catalogue()["gaps"].columns["reason"].replace(" or ", ", ").split(", ")

    assert tables.with_reasons(pd.DataFrame({"reason": named}))["reason"].notna().all()
    assert set(named) == set(tables.WHY)
