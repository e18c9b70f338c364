"""What the screens reshape stays the numbers it was."""

from datetime import date

import pandas as pd
import pytest

from skilltrack import charts, money_tables, people_tables, tables
from skilltrack.questions import catalogue
from skilltrack.questions.filters import READINGS
from skilltrack.reports import money_answers

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


def test_the_grid_of_teams_leaves_out_skills_that_nobody_needs_and_names_the_category_of_each():
    skills = pd.DataFrame([("s", "Hand"), ("t", None), ("x", "Head")], columns=["skill_id", "category"])
    depth = pd.DataFrame(
        [("A", "s", "single_point"), ("A", "t", "uncovered"), ("A", "v", "single_point"), ("B", "s", None)],
        columns=["team", "skill_id", "status"],
    )
    grid = tables.team_matrix(CELLS, skills, depth)

    assert [(row["id"], row["thin"]) for row in grid["rows"]] == [("A", [2, 1]), ("B", [0, 0])]
    assert [(column["id"], column["group"]) for column in grid["columns"]] == [("s", "Hand"), ("t", "")]
    assert set(grid["cells"]) == {"A\ns", "A\nt", "B\ns"}


def test_people_behind_a_cell_come_those_who_lack_the_skill_first():
    rows = [
        ("Ann", "A", "r", 2, True, False, False),
        ("Bo", "A", "r", 0, False, False, False),
        ("Cy", "A", "r", 1, False, True, False),
        ("Di", "A", "r", 0, False, False, True),
        ("Ed", "B", "r", 0, False, False, False),
    ]
    columns = ["name", "team", "role_id", "level", "is_met", "is_critical", "is_exempt"]
    names = pd.DataFrame({"role_id": ["r"], "role": ["Ranger"]})
    standings = pd.DataFrame(rows, columns=columns).assign(employee_id=lambda frame: frame["name"], skill_id="s")
    gaps = pd.DataFrame({"employee_id": ["Bo", "Cy"], "skill_id": ["s", "s"], "reason": ["expired", "level_low"]})
    people = people_tables.of_team(standings, names, gaps, "A")

    assert people[["name", "state", "why"]].fillna("").to_numpy().tolist() == [
        ["Cy", "Missing, critical", "Level too low"],
        ["Bo", "Missing", "Expired"],
        ["Ann", "Has it", ""],
        ["Di", "Exempt", ""],
    ]


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


def test_the_biggest_gaps_are_where_most_is_missing_and_leave_out_what_few_need():
    cells = pd.DataFrame(
        [
            ("A", "few", "F", 2, 0, 0.0),
            ("A", "s", "S", 3, 0, 0.0),
            ("A", "t", "T", 9, 5, 5 / 9),
            ("A", "u", "U", 4, 4, 1.0),
        ],
        columns=CELLS.columns,
    )
    found = tables.biggest_gaps(cells)

    assert list(zip(found["skill_id"], found["missing"], strict=True)) == [("t", 4), ("s", 3)]


def test_people_who_are_not_ready_come_closest_first_with_what_remains_and_their_role_by_name():
    people = pd.DataFrame(
        [("1", "Ann", "A", "r", 4, 1, 0.25, 0.5, 1, False), ("2", "Bo", "A", "r", 4, 3, 0.75, 0.8, 0, False),
         ("3", "Cy", "A", "x", 4, 4, 1.0, 1.0, 0, True), ("4", "Di", "A", "r", 0, 0, None, None, 0, False)],
        columns=["employee_id", "name", "team", "role_id", "requirements", "met", "readiness", "partial", "critical_unmet", "ready"],
    )  # fmt: skip
    lacking = pd.DataFrame(
        [
            ("1", "a", "Art", 2, 0, 2, False),
            ("1", "b", "Bees", 3, 2, 1, True),
            ("1", "c", "Cats", 1, 0, 1, False),
            ("1", "d", "Dogs", 1, 0, 1, False),
            ("2", "c", "Cats", 1, 0, 1, False),
        ],
        columns=["employee_id", "skill_id", "skill", "required_level", "level", "gap", "critical"],
    )
    names = pd.DataFrame({"role_id": ["r"], "role": ["Ranger"]})
    waiting = people_tables.not_ready(people, lacking, names)

    assert waiting[["name", "role", "missing"]].to_numpy().tolist() == [["Bo", "Ranger", 1], ["Ann", "Ranger", 3]]
    assert waiting["remains"].tolist() == [
        "Cats level 1 (nothing yet)",
        "Bees level 3 (has 2), Cats level 1 (nothing yet), Dogs level 1 (nothing yet) and 1 more",
    ]
    assert people_tables.ready_people(people, names)[["name", "role"]].to_numpy().tolist() == [["Cy", "x"]]
    assert people_tables.without_requirements(people, names)["name"].tolist() == ["Di"]


def test_shares_in_tables_are_whole_per_cents_rounded_as_everywhere():
    shares = pd.Series([6 / 7, 0.875, 0.125, None, 1.0, 0.0], dtype="Float64")

    assert tables.in_percent(shares).tolist() == [86, 88, 13, pd.NA, 100, 0]
    assert [tables.percent(part, 1) for part in shares.dropna()] == ["86 %", "88 %", "13 %", "100 %", "0 %"]


def test_nearly_all_is_never_shown_as_all_nor_hardly_any_as_none():
    shares = pd.Series([249 / 250, 1 / 300], dtype="Float64")

    assert tables.in_percent(shares).tolist() == [99, 1]
    assert (tables.percent(249, 250), tables.percent(1, 300)) == ("99 %", "1 %")


def test_renewals_list_what_ends_next_first_and_clusters_are_of_two_people_or_more():
    rows = [
        ("1", "A", "c", "C", -3, "expired"),
        ("2", "A", "c", "C", -80, "expired"),
        ("3", "A", "c", "C", 9, "0-30"),
        ("4", "B", "c", "C", 2, "0-30"),
    ]
    ends = pd.DataFrame(rows, columns=["employee_id", "team", "credential_id", "credential", "days", "bucket"])
    ends["valid_to"], ends["name"] = ends["days"], ends["employee_id"]

    assert tables.due(ends, "expired", "0-30")["days"].tolist() == [2, 9, -3, -80]
    together = tables.due_together(ends, None, None, "expired", "0-30")
    assert together[["team", "people", "first", "last"]].to_numpy().tolist() == [["A", 3, -80, 9]]
    other = pd.concat([ends, ends.tail(1).assign(credential_id="d", credential="D", valid_to=5)], ignore_index=True)
    courses = tables.due_by_course(other, None, None, "expired", "0-30")
    columns = ["credential", "people", "awards", "teams", "first", "last"]
    assert courses[columns].to_numpy().tolist() == [["C", 4, 4, 2, -80, 9], ["D", 1, 1, 1, 5, 5]]
    assert tables.due_listed(other, "c", 2, "expired", "0-30")["days"].tolist() == [2, -3, -80]
    assert tables.courses_due(other) == {"c": "C", "d": "D"}
    assert tables.courses_due(other.assign(credential="C")) == {"c": "C (c)", "d": "C (d)"}


def test_spend_is_told_by_its_largest_currency_and_the_others_below():
    sums = {"EUR": {"amount": 4.0, "payments": 1}, "USD": {"amount": 5000.0, "payments": 2}}

    assert tables.spend_in_words(sums) == ("5,000 USD", "4 EUR · 3 payments")
    assert tables.spend_in_words({}) == ("0", "0 payments")


def test_every_source_assurance_and_payer_has_words():
    assert set(tables.SOURCES) == set(catalogue()["transcript"].columns["source"].replace(" or ", ", ").split(", "))
    assert list(tables.ASSURANCES) == list(READINGS)
    assert set(charts.FUNDING) == set(tables.PAYERS)
    led_to = catalogue()["spend_outcomes"].columns["outcome"].replace(" or ", ", ").split(", ")
    assert set(charts.LED_TO) == set(money_tables.OUTCOMES) == set(led_to)


def test_amounts_of_one_currency_only_are_drawn_and_markup_in_names_is_text():
    lines = pd.DataFrame(
        [("<a href=x>C</a>", "employer", "EUR", 10.0), ("D", "grant", "USD", 99.0)],
        columns=["credential", "funding_source", "currency", "amount"],
    )
    figure = charts.spend_by_credential(lines, "EUR")

    assert [list(bar.x) for bar in figure.data] == [[10.0]]
    assert list(figure.data[0].y) == ["&lt;a href=x&gt;C&lt;/a&gt;"]


def test_the_trend_draws_what_is_empty_as_a_gap_on_an_axis_that_shows_the_change():
    past = pd.DataFrame(
        {
            "month_end": [date(2026, 1, 31), date(2026, 2, 28)],
            "required": [0, 4],
            "met": [0, 1],
            "coverage": [None, 0.25],
        }
    )
    figure = charts.trend(past, past.head(0))

    assert list(figure.data[0].y) == [None, 0.25]
    assert figure.layout.yaxis.range == pytest.approx((0.15, 0.35))
    rising = past.assign(coverage=[0.41, 0.98])
    figure = charts.trend(rising, past.head(0), date(2026, 3, 5))
    assert figure.layout.yaxis.range == pytest.approx((0.35, 1.0))
    assert [shape.x0 for shape in figure.layout.shapes] == ["2026-03-05"]
    assert charts.trend_so_far(past.assign(coverage=None), date(2026, 3, 5)).layout.yaxis.range == pytest.approx((0, 1))


def test_every_reason_of_a_gap_has_words():
    named = catalogue()["gaps"].columns["reason"].replace(" or ", ", ").split(", ")

    assert tables.with_reasons(pd.DataFrame({"reason": named}))["reason"].notna().all()
    assert set(named) == set(tables.WHY)


def test_own_money_says_who_still_waits_how_long_and_how_long_the_others_waited():
    payments = pd.DataFrame(
        [
            ("1", None, "EUR", 100, 100, 0, 20),
            ("2", "B", "EUR", 50, 20, 30, 80),
            ("2", "B", "USD", 9, 0, 9, 400),
            ("3", None, "EUR", 10, 10, 0, 20),
        ],
        columns=["employee_id", "name", "currency", "paid", "refunded", "open", "days"],
    )

    sums = {"open": 30.0, "waiting": 1, "longest": 80}
    assert money_tables.own_money(payments, "EUR") == sums
    ever = pd.DataFrame({"employee_id": ["2", "3"], "name": ["B", "C, who has left"]})
    names = money_tables.named(payments, ever, "EUR")["name"].tolist()
    assert names == ["1", "B", "C, who has left"]  # an id where no roster lists a name
    found = money_answers.own_money(payments, "EUR")
    assert (found.strong, found.rest) == (
        "30 EUR",
        "of their own money has not been refunded to 1 employee. The longest wait is 80 days.",
    )
    assert money_answers.own_money(payments[:1], "EUR") is None


def test_prices_paid_over_the_list_come_first_and_say_what_they_cost_in_all():
    paid = pd.DataFrame(
        [("A", "EUR", 2, 80, -10.0), ("B", "EUR", 5, 500, 20.0), ("C", "EUR", 1, 9, None), ("D", "USD", 1, 9, 5.0)],
        columns=["credential", "currency", "people", "amount", "difference"],
    )

    assert money_tables.prices(paid, "EUR")["credential"].tolist() == ["B", "A", "C"]
    dear, cheap = money_answers.over_list(paid, "EUR"), money_answers.over_list(paid[:1], "EUR")
    assert (dear.strong, dear.is_good) == ("80 EUR more", False)
    assert cheap.rest == "than the list prices was paid; A costs 10 EUR less a person."
    assert cheap.is_good
    assert money_answers.over_list(paid[2:3], "EUR") is None


def test_a_cost_centre_with_most_money_without_an_award_comes_first_and_its_outcomes_add_up():
    lines = pd.DataFrame(
        [
            ("a", "EUR", "skills", 50),
            ("a", "EUR", "nothing", 10),
            ("", "EUR", "waiting", 30),
            ("b", "USD", "skills", 7),
        ],
        columns=["cost_center", "currency", "outcome", "amount"],
    )
    found = money_tables.cost_centers(lines, "EUR")

    assert found[["cost_center", "amount"]].to_numpy().tolist() == [["None given", 30.0], ["a", 60.0]]
    assert (found[list(money_tables.OUTCOMES)].sum(axis=1) == found["amount"]).all()
    assert money_tables.outcomes(lines, "EUR") == {"skills": 50.0, "waiting": 30.0, "nothing": 10.0}


def test_two_roles_called_the_same_can_both_be_chosen():
    """The list would send the name that was chosen, and the page would answer about the other role."""
    rows = [("role", "r1", "Role"), ("role", "r2", "Role"), ("role", "r3", "Other"), ("skill", "s", "Role")]
    labels = tables.labels(pd.DataFrame(rows, columns=["kind", "value", "label"]))
    assert labels["role"] == {"r1": "Role (r1)", "r2": "Role (r2)", "r3": "Other"}
    assert labels["skill"] == {"s": "Role"}
