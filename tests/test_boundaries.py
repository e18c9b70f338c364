"""Given these rows, expect these numbers: one small company for each edge that a definition has."""

import atexit
import shutil
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion
from skilltrack.kept.refreshing import rebuild
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.questions.filters import month_ends, months_ahead
from skilltrack.storage.store import Store
from tests.companies import land
from tests.reference import REPORTS, Asked, Company, Landed

AT = datetime(2024, 1, 1, 12)
BASE = {
    "skills": [{"skill_id": "s", "name": "Skill"}, {"skill_id": "t", "name": "Other"}],
    "credentials": [
        {"credential_id": c, "name": c.upper(), "issuer": issuer, "demonstrates": shows, "validity_months": months}
        for c, issuer, shows, months in [
            ("c", "I", "", ""),
            ("c1", "I", "", "1"),
            ("d", "I", "", ""),
            ("seat", "I", "false", ""),
            ("mill", "Mill", "", ""),
            ("k", "I", "", ""),
            ("kk", "I", "", ""),
        ]
    ],
    "credential_skills": [
        {"credential_id": c, "skill_id": "s", "level": level}
        for c, level in [("c", "2"), ("c1", "2"), ("d", "1"), ("seat", "2"), ("mill", "2"), ("k", "3"), ("kk", "4")]
    ],
    "issuers": [{"issuer": "Mill", "tier": "unrecognised"}],
    "roles": [{"role_id": "r", "role_name": "R", "skill_id": "s", "required_level": "2", "critical": "true"}],
    "roster": [{"employee_id": "01", "name": "Ann", "email": "Ann@x.example", "team": "A", "role_id": "r"}],
}


@cache
def landed_base():
    """The folder of a database with the base rows, which every company here begins as a copy of."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    (folder / "base").mkdir()
    store = Store.open(folder / "base" / "base.duckdb")
    land(Company([Landed(BASE, AT - timedelta(hours=1))]), store, folder)
    store.close()
    return folder / "base"


@pytest.fixture
def given(tmp_path):
    """Land rows on the base rows, in place of those of the same key or beside them; gives a function that asks."""
    opened = []

    def build(*uploads, **rows):
        folder = shutil.copytree(landed_base(), tmp_path / str(len(opened)))
        store = Store.open(folder / "base.duckdb")
        opened.append(store)
        land(Company([*([Landed(rows, AT)] if rows else []), *uploads]), store, folder)

        def ask(name, day="2024-06-01", reads_kept=True, **filters):
            frame = Metrics(store, reads_kept=reads_kept).ask(
                name, Viewer.everyone(), Filters(as_of=date.fromisoformat(day), **filters)
            )
            return [
                tuple(None if frame[c].isna().iloc[n] else frame[c].tolist()[n] for c in frame.columns)
                for n in range(len(frame))
            ]

        ask.store = store
        return ask

    yield build
    for store in opened:
        store.close()


def badge(credential="c", issued="2024-03-10", person="01", **more):
    return {"employee_id": person, "credential_id": credential, "issued_on": issued, **more}


def met(ask, day, **filters):
    return ask("coverage", day, **filters)[0][4]


def test_an_award_counts_on_its_first_and_last_day_and_not_outside(given):
    ask = given(badges=[badge(expires_on="2024-05-20")])

    assert [met(ask, day) for day in ("2024-03-09", "2024-03-10", "2024-05-20", "2024-05-21")] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2024-01-31", "2024-02-28"),
        ("2023-01-31", "2023-02-27"),
        ("2024-03-15", "2024-04-14"),
        ("2024-02-29", "2024-03-28"),
    ],
)
def test_validity_in_months_clamps_to_the_months_end_and_ends_the_day_before(given, issued, last):
    ask = given(badges=[badge("c1", issued)])
    after = date.fromordinal(date.fromisoformat(last).toordinal() + 1).isoformat()

    assert (met(ask, last), met(ask, after)) == (1, 0)


def test_an_expiry_date_beats_the_validity_in_months(given):
    ask = given(badges=[badge("c1", "2024-03-10", expires_on="2024-12-31")])

    assert met(ask, "2024-12-31") == 1


def test_a_revoked_award_does_not_count_from_the_day_of_revocation_on(given):
    ask = given(badges=[badge(revoked_on="2024-04-01")])

    assert [met(ask, day) for day in ("2024-03-31", "2024-04-01")] == [1, 0]


def test_an_award_revoked_on_the_day_of_issue_never_counts(given):
    ask = given(badges=[badge(revoked_on="2024-03-10")])

    assert met(ask, "2024-03-10") == 0
    assert ask("gaps", "2024-03-10")[0][9] == "revoked"


def parts(stack, *components, needed=""):
    return [{"credential_id": stack, "component_id": c, "min_components": needed} for c in components]


def test_two_awards_of_one_component_count_once(given):
    twice = [badge("c", "2024-03-10"), badge("c", "2024-03-11")]
    ask = given(
        stacks=parts("k", "c", "d", needed="2"), badges=twice, roles=[BASE["roles"][0] | {"required_level": "3"}]
    )

    assert met(ask, "2024-06-01") == 0


def test_a_stack_is_held_while_enough_distinct_components_are(given):
    ask = given(
        stacks=parts("k", "c", "d", "c1", needed="2"),
        roles=[BASE["roles"][0] | {"required_level": "3"}],
        badges=[badge("c", expires_on="2024-05-01"), badge("d", "2024-04-01")],
    )

    assert [met(ask, day) for day in ("2024-03-31", "2024-04-01", "2024-05-01", "2024-05-02")] == [0, 1, 1, 0]


def test_a_stack_on_a_stack_is_held_when_the_lower_one_is(given):
    ask = given(
        stacks=parts("k", "c", "d") + parts("kk", "k", "c1"),
        roles=[BASE["roles"][0] | {"required_level": "4"}],
        badges=[badge("c"), badge("d"), badge("c1", "2024-04-10")],
    )

    assert [met(ask, day) for day in ("2024-04-09", "2024-04-10", "2024-05-09", "2024-05-10")] == [0, 1, 1, 0]


def test_an_award_of_the_stack_itself_counts_too(given):
    ask = given(stacks=parts("k", "c", "d"), badges=[badge("k")], roles=[BASE["roles"][0] | {"required_level": "3"}])

    assert met(ask, "2024-03-10") == 1


def test_a_stack_is_only_claimed_when_a_component_is(given):
    ask = given(
        stacks=parts("k", "c", "mill"),
        badges=[badge("c"), badge("mill")],
        roles=[BASE["roles"][0] | {"required_level": "3"}],
    )

    assert (met(ask, "2024-06-01"), met(ask, "2024-06-01", assurance="claimed")) == (0, 1)


def people_with(evidence):
    """Rows by kind in which each of these has a person of their own, 01 and on, in a team of that name."""
    rows = {"roster": [person(f"{n:02}", team=f"{n:02}") for n in range(1, len(evidence) + 1)]}
    for n, of_one in enumerate(evidence, 1):
        for kind, cells in of_one.items():
            rows.setdefault(kind, []).extend(row | {"employee_id": f"{n:02}"} for row in cells)
    return rows


def test_each_kind_of_evidence_counts_from_its_assurance_on(given):
    known = {"skill_id": "s", "level": "2", "valid_from": "2024-01-01"}
    ask = given(
        **people_with(
            [
                {"badges": [badge("c")]},
                {"badges": [badge("seat")]},
                {"badges": [badge("mill")]},
                {"prior_learning": [known | {"assessor": "B"}]},
                {"self_ratings": [known]},
            ]
        )
    )

    assert [row[4] for row in ask("coverage", "2024-06-01")] == [1, 0, 0, 1, 0]
    assert [row[4] for row in ask("coverage", "2024-06-01", assurance="claimed")] == [1, 1, 1, 1, 1]
    assert [row[4] for row in ask("coverage", "2024-06-01", assurance="verified")] == [0, 0, 0, 0, 0]


def test_an_issuers_tier_is_that_of_the_day(given):
    ask = given(
        badges=[badge("mill")],
        issuers=[
            {"issuer": "Mill", "tier": "trusted"},
            {"issuer": "Mill", "tier": "unrecognised", "valid_from": "2024-05-01"},
        ],
    )

    assert [met(ask, day) for day in ("2024-04-30", "2024-05-01")] == [1, 0]


def person(number, **more):
    return {"employee_id": number, "name": f"N{number}", "team": "A", "role_id": "r", **more}


def test_people_count_from_hiring_to_their_last_day(given):
    ask = given(roster=[person("01", hired_on="2024-02-01", left_on="2024-04-30")])

    assert [len(ask("readiness", day)) for day in ("2024-01-31", "2024-02-01", "2024-04-30", "2024-05-01")] == [
        0,
        1,
        1,
        0,
    ]


def test_the_line_goes_through_a_manager_who_has_left(given):
    ask = given(
        roster=[person("01"), person("02", manager_id="01", left_on="2024-01-01"), person("03", manager_id="02")]
    )

    assert [row[0] for row in ask("readiness", manager="01")] == ["03"]
    assert [row[0] for row in ask("readiness", manager="02")] == ["03"]


def test_a_self_manager_and_an_unlisted_manager_are_roots(given):
    ask = given(roster=[person("01", manager_id="01"), person("02", manager_id="ghost"), person("03", manager_id="02")])

    assert ask("readiness", manager="01") == []
    assert [row[0] for row in ask("readiness", manager="02")] == ["03"]


def roster(day, hour, *people, mode="snapshot", undone=None):
    return Landed({"roster": list(people)}, AT.replace(hour=hour), date.fromisoformat(day), mode, undone)


def teams(ask, day, **filters):
    return {row[0]: row[2] for row in ask("readiness", day, **filters)}


def test_a_snapshot_holds_until_the_next_and_the_first_one_holds_before_too(given):
    ask = given(roster("2024-03-01", 13, person("01", team="B")))

    assert [teams(ask, day) for day in ("2020-01-01", "2024-02-29", "2024-03-01")] == [
        {"01": "A"},
        {"01": "A"},
        {"01": "B"},
    ]


def test_a_later_upload_with_the_same_date_replaces_and_changes_amend(given):
    ask = given(
        roster("2024-03-01", 13, person("01", team="B"), person("02", team="B")),
        roster("2024-03-01", 14, person("01", team="C"), person("02", team="C")),
        roster("2024-04-01", 15, person("02", team="D"), mode="changes"),
    )

    assert teams(ask, "2024-03-15") == {"01": "C", "02": "C"}
    assert teams(ask, "2024-04-01") == {"01": "C", "02": "D"}


def test_two_first_uploads_of_one_date_give_one_state_before_it(given):
    ask = given(roster("2024-01-01", 13, person("01", team="B")))

    assert [len(ask("readiness", day)) for day in ("2023-12-31", "2024-01-01")] == [1, 1]


def test_known_at_tells_what_was_known_before_landing_between_and_after_undo(given):
    undone = datetime(2024, 1, 1, 15)
    ask = given(roster("2024-01-01", 13, person("01", team="B"), undone=undone))

    assert teams(ask, "2024-06-01", known_at=AT.replace(hour=12, minute=59)) == {"01": "A"}
    assert teams(ask, "2024-06-01", known_at=AT.replace(hour=13)) == {"01": "B"}
    assert teams(ask, "2024-06-01", known_at=undone) == {"01": "A"}
    assert teams(ask, "2024-06-01") == {"01": "A"}


def test_a_corrected_row_replaces_and_the_old_one_still_answers_as_known_then(given):
    correction = Landed({"badges": [badge("c", "2024-05-01", award_id="x")]}, AT.replace(hour=13))
    ask = given(correction, badges=[badge("c", "2024-03-01", award_id="x")])

    assert (met(ask, "2024-04-01"), met(ask, "2024-04-01", known_at=AT)) == (0, 1)


def test_a_role_without_requirements_has_empty_ratios_and_is_not_ready(given):
    ask = given(roster=[person("01", role_id="unknown")])

    assert ask("readiness") == [("01", "N01", "A", "unknown", 0, 0, None, None, 0, False)]
    assert ask("coverage") == []
    assert ask("totals")[0][3] is None
    assert ask("trend", months=1)[0][3] is None


def test_when_everybody_is_exempt_the_ratio_is_empty(given):
    ask = given(exemptions=[{"employee_id": "01", "skill_id": "s", "reason": "leave", "valid_to": "2024-06-01"}])

    assert ask("coverage") == [("A", "s", "Skill", 0, 0, None)]
    assert ask("gaps") == []
    assert ask("readiness")[0][4:] == (0, 0, None, None, 0, False)
    assert ask("coverage", "2024-06-02")[0][3] == 1


def test_readiness_weighs_and_partial_gives_part_for_part_of_the_level(given):
    second = {"role_id": "r", "role_name": "R", "skill_id": "t", "required_level": "4", "weight": "3"}
    ask = given(
        roles=[*BASE["roles"], second],
        badges=[badge("c")],
        prior_learning=[
            {"employee_id": "01", "skill_id": "t", "level": "2", "assessor": "B", "valid_from": "2024-01-01"}
        ],
    )

    assert ask("readiness")[0][4:] == (2, 1, 0.25, 0.625, 0, False)


def test_ready_needs_four_fifths_and_every_critical_requirement(given):
    weights = [
        {"role_id": "r", "role_name": "R", "skill_id": "t", "required_level": "1", "weight": w} for w in ("0.25",)
    ]
    ask = given(roles=[BASE["roles"][0], *weights], badges=[badge("c")])

    assert ask("readiness")[0][6:] == (0.8, 0.8, 0, True)


GAPS = [
    ({"badges": [badge("d")]}, "level_low"),
    ({"badges": [badge("c1", "2024-03-10")]}, "expired"),
    ({"badges": [badge("mill", expires_on="2024-04-01")]}, "expired"),
    ({"badges": [badge("c", revoked_on="2024-06-01")]}, "revoked"),
    ({"badges": [badge("c", expires_on="2024-05-01", revoked_on="2024-04-01")]}, "revoked"),
    ({"badges": [badge("c", expires_on="2024-04-01", revoked_on="2024-05-01")]}, "expired"),
    ({"badges": [badge("c", expires_on="2024-04-01"), badge("d")]}, "level_low"),
    ({"prior_learning": [{"employee_id": "01", "skill_id": "s", "level": "1", "assessor": "B", "valid_from": "2024-01-01",
                          "valid_to": "2024-05-31"}]}, "expired"),
    ({"badges": [badge("mill")]}, "issuer_not_recognised"),
    ({"badges": [badge("mill", "2024-06-02")]}, "missing"),
    ({"badges": [badge("seat")]}, "missing"),
    ({"badges": [badge("mill"), badge("c", revoked_on="2024-06-01")]}, "revoked"),
    ({}, "missing"),
]  # fmt: skip


def test_a_gap_gives_its_reason_in_order(given):
    found = given(**people_with([rows for rows, _ in GAPS]))("gaps")

    assert [(row[0], row[9]) for row in found] == [(f"{n:02}", reason) for n, (_, reason) in enumerate(GAPS, 1)]


def test_a_mapping_that_was_taken_back_is_no_reason_of_a_gap_whatever_role_is_asked(given):
    taken_back = Landed(
        {"credential_skills": [{"credential_id": "c1", "skill_id": "s", "level": "0"}]}, AT + timedelta(hours=1)
    )
    ask = given(taken_back, badges=[badge("c1")])

    assert [ask("gaps", **role)[0][9] for role in ({}, {"role": "r"})] == ["missing", "missing"]


def test_an_award_has_not_ended_yet_on_its_last_day(given):
    ask = given(badges=[badge("mill", expires_on="2024-06-01")])

    assert [ask("gaps", day)[0][9] for day in ("2024-06-01", "2024-06-02")] == ["issuer_not_recognised", "expired"]


def test_depth_counts_helpers_in_other_roles_and_names_single_points(given):
    people = [person("01"), person("02", role_id="other"), person("03", team="B")]
    ask = given(roster=people, badges=[badge("c", person="02")])

    assert ask("depth") == [("A", "s", "Skill", 1, 1, "single_point"), ("B", "s", "Skill", 1, 0, "uncovered")]


def test_an_award_whose_issuer_loses_recognition_leaves_a_gap_that_says_so(given):
    tier = {"issuer": "I", "tier": "unrecognised", "valid_from": "2024-05-01", "valid_to": "2024-05-31"}
    ask = given(issuers=[tier], badges=[badge("c")])

    assert [[row[9] for row in ask("gaps", day)] for day in ("2024-04-30", "2024-05-01", "2024-06-01")] == [
        [],
        ["issuer_not_recognised"],
        [],
    ]
    assert ask("gaps", "2024-05-01", assurance="claimed") == []
    assert ask("gaps", "2024-05-01", role="r")[0][9] == "issuer_not_recognised"


def test_depth_needs_nobody_who_is_exempt_and_lists_no_skill_that_nobody_needs(given):
    exempt = {"employee_id": "02", "skill_id": "s", "reason": "leave", "valid_to": "2024-06-01"}
    deeper = {"role_id": "low", "role_name": "Low", "skill_id": "s", "required_level": "1"}
    people = [person("01"), person("02", role_id="low"), person("03", team="B")]
    ask = given(
        roster=people,
        roles=[*BASE["roles"], deeper],
        badges=[badge("d", person="02")],
        exemptions=[exempt, exempt | {"employee_id": "03"}],
    )

    # The role of the exempt member still sets the lowest level, and they could step in.
    assert ask("depth") == [("A", "s", "Skill", 1, 1, "single_point")]
    assert [row[:5] for row in ask("depth", "2024-06-02")] == [("A", "s", "Skill", 2, 1), ("B", "s", "Skill", 1, 0)]


ENDS = [
    ("2024-03-02", None), ("2024-03-03", "expired"), ("2024-05-31", "expired"), ("2024-06-01", "0-30"), ("2024-07-01", "0-30"),
    ("2024-07-02", "31-60"), ("2024-07-31", "31-60"), ("2024-08-01", "61-90"), ("2024-08-30", "61-90"), ("2024-08-31", "later"),
]  # fmt: skip


def test_renewals_fall_into_buckets_whose_edges_belong_to_the_nearer_one(given):
    found = given(**people_with([{"badges": [badge("c", "2024-01-01", expires_on=end)]} for end, _ in ENDS]))(
        "renewals"
    )

    expected = [(f"{n:02}", bucket) for n, (_, bucket) in enumerate(ENDS, 1) if bucket]
    assert sorted((row[0], row[7]) for row in found) == expected


OTHERS = [
    (badge("c", "2024-06-01"), False),
    (badge("c", "2024-06-02"), True),
    (badge("c", "2024-02-01", expires_on="2024-07-01"), True),
    (badge("c", "2024-02-01", revoked_on="2024-06-01"), True),
    (badge("d", "2024-02-01"), True),
]


def test_a_renewed_award_is_not_listed(given):
    first = badge("c", "2024-01-01", expires_on="2024-07-01")
    found = given(**people_with([{"badges": [first, other]} for other, _ in OTHERS]))("renewals")

    listed = {row[0] for row in found if (row[3], row[5]) == ("c", date(2024, 7, 1))}
    assert listed == {f"{n:02}" for n, (_, is_listed) in enumerate(OTHERS, 1) if is_listed}


def test_of_two_awards_that_end_on_one_day_neither_renews_the_other(given):
    two = [badge("c", issued, expires_on="2024-07-01") for issued in ("2024-01-01", "2024-02-01")]

    assert len(given(badges=two)("renewals")) == 2


def test_an_award_cut_short_by_revocation_has_not_ended_by_date(given):
    assert given(badges=[badge("c", "2024-01-01", revoked_on="2024-05-20")])("renewals") == []


def test_months_end_on_the_day_asked_or_before_it_and_go_ahead_after_it():
    assert month_ends(date(2024, 3, 31), 2) == [date(2024, 2, 29), date(2024, 3, 31)]
    assert month_ends(date(2024, 3, 30), 2) == [date(2024, 1, 31), date(2024, 2, 29)]
    assert months_ahead(date(2024, 1, 31), 2) == [date(2024, 2, 29), date(2024, 3, 31)]
    assert months_ahead(date(2024, 12, 1), 2) == [date(2024, 12, 31), date(2025, 1, 31)]


def test_the_forecast_keeps_todays_people_and_lets_evidence_end(given):
    ask = given(roster("2024-06-15", 13, person("02")), badges=[badge("c", expires_on="2024-07-30")])

    assert [row[1:3] for row in ask("forecast", months=2)] == [(1, 1), (1, 0)]


def line(number, amount, paid="2024-03-01", who="01", currency="EUR", source="employer"):
    return {
        "spend_id": str(number),
        "employee_id": who,
        "credential_id": "c",
        "paid_on": paid,
        "amount": amount,
        "currency": currency,
        "funding_source": source,
    }


def test_refunds_are_taken_off_and_currencies_never_added(given):
    ask = given(
        spend=[line(1, "100.10"), line(2, "-40.00"), line(3, "7.00", currency="USD"), line(4, "20.00", source="grant")],
        badges=[badge("c")],
    )

    assert [(r[2], r[3], r[4], r[5], r[8]) for r in ask("spend")] == [
        ("employer", "EUR", Decimal("60.10"), 2, 80.1),
        ("employer", "USD", Decimal("7.00"), 1, 7.0),
        ("grant", "EUR", Decimal("20.00"), 1, 80.1),
    ]


@pytest.mark.parametrize(
    ("issued", "unconverted"), [("2023-09-03", "0"), ("2023-09-02", "100"), ("2024-06-01", "0"), ("2024-06-02", "100")]
)
def test_money_is_converted_by_an_award_from_180_days_before_to_the_day_asked(given, issued, unconverted):
    ask = given(spend=[line(1, "100.00")], badges=[badge("c", issued)])

    assert ask("spend")[0][10] == Decimal(unconverted)


def test_money_that_names_nobody_is_counted_and_never_unconverted(given):
    ask = given(spend=[line(1, "100.00", who="")])

    assert ask("spend")[0][4:] == (Decimal("100.00"), 1, 0, 0, None, None, Decimal("0.00"), Decimal("0.00"))
    assert ask("spend", team="A") == []


def test_a_skill_gain_is_more_than_was_there_the_day_before(given):
    two = [badge("d", "2024-03-01"), badge("c", "2024-03-02"), badge("c", "2024-03-03")]
    ask = given(spend=[line(1, "100.00")], badges=two)

    assert ask("spend")[0][6:8] == (2, 1)


def test_only_an_award_that_counts_on_the_day_it_was_issued_gains_a_skill(given):
    lines = [line(n, "100.00") | {"credential_id": c} for n, c in enumerate(("c", "mill", "seat", "d"))]
    ask = given(
        spend=lines,
        badges=[
            badge("mill"),
            badge("seat", person="02"),
            badge("c", person="03", revoked_on="2024-03-10"),
            badge("d", person="03", revoked_on="2024-03-11"),
        ],
        roster=[person(who) for who in ("01", "02", "03")],
    )

    def gains(**filters):
        return {row[0]: (row[6], row[7], row[9]) for row in ask("spend", **filters)}

    assert gains() == {"c": (1, 0, None), "mill": (1, 0, None), "seat": (1, 0, None), "d": (1, 1, 100.0)}
    assert gains(team="A") == gains()
    claimed = {"c": (1, 0, None), "mill": (1, 1, 100.0), "seat": (1, 1, 100.0), "d": (1, 1, 100.0)}
    assert gains(assurance="claimed") == claimed
    assert {row[7] for row in ask("spend", assurance="verified")} == {0}


def test_an_issuer_that_loses_recognition_later_takes_back_no_gain(given):
    issuers = [{"issuer": "I", "tier": "unrecognised", "valid_from": "2024-03-11"}]
    ask = given(
        issuers=issuers,
        spend=[line(1, "100.00"), line(2, "100.00") | {"credential_id": "d"}],
        badges=[badge("c"), badge("d", "2024-03-11", person="02")],
        roster=[person("01"), person("02")],
    )

    assert [row[7] for row in ask("spend")] == [1, 0]


def test_seat_time_is_what_was_paid_for_what_demonstrates_nothing(given):
    bare = {"credential_id": "bare", "name": "Bare", "issuer": "I"}
    lines = [
        line(n, "100.00", source=s) | {"credential_id": c}
        for n, (c, s) in enumerate([("c", "employer"), ("seat", "employer"), ("bare", "grant"), ("mill", "employer")])
    ]
    refund = line(9, "-30.00") | {"credential_id": "seat"}
    ask = given(credentials=[*BASE["credentials"], bare], spend=[*lines, refund])

    found = {row[0]: (row[10], row[11]) for row in ask("spend")}
    assert found == {
        "c": (Decimal(100), Decimal(0)),
        "seat": (Decimal(70), Decimal(70)),
        "bare": (Decimal(100), Decimal(100)),
        "mill": (Decimal(100), Decimal(0)),
    }


def test_of_two_statements_of_a_requirement_the_one_that_starts_last_holds(given):
    ask = given(
        roles=[*BASE["roles"], BASE["roles"][0] | {"required_level": "3", "valid_from": "2024-05-01"}],
        badges=[badge("c")],
    )

    assert [met(ask, day) for day in ("2024-04-30", "2024-05-01")] == [1, 0]


@pytest.mark.parametrize("reads_kept", [True, False])
def test_an_empty_team_means_the_people_without_a_team_in_every_number(given, reads_kept):
    pay = {"credential_id": "c", "paid_on": "2024-05-01", "amount": "10", "currency": "EUR", "funding_source": "grant"}
    ask = given(
        roster=[person("01", team=""), person("02"), person("03", team="")],
        badges=[badge(person="02"), badge(person="03")],
        spend=[
            pay | {"spend_id": "1", "employee_id": "02"},
            pay | {"spend_id": "2", "employee_id": "03"},
            pay | {"spend_id": "3", "employee_id": ""},
        ],
    )

    asked = {"day": "2024-06-01", "team": "", "reads_kept": reads_kept}
    assert [row[0] for row in ask("readiness", **asked)] == ["01", "03"]
    assert {row[0] for row in ask("coverage", **asked)} == {""}
    assert {row[1] for row in ask("trend", months=1, **asked)} == {2}
    assert {row[1] for row in ask("forecast", months=1, **asked)} == {2}
    assert ask("totals", **asked)[0][0] == 2
    assert [row[4:7] for row in ask("spend", **asked)] == [(Decimal("10.00"), 1, 1)]


def test_an_empty_manager_role_person_or_skill_is_refused_by_every_number(given):
    ask = given(roster=[person("01", role_id="", manager_id="")])

    for what in ("manager", "role", "employee", "skill"):
        for name, metric in catalogue().items():
            more = {"employee": "01"} if metric.report == "employee" else {}
            with pytest.raises(BadQuestion, match=f"No {what} '' is known"):
                ask(name, **more | {what: ""})


@pytest.fixture
def deep(given):
    """150 people, each the manager of the next; the last ones hold the award."""
    line = [person(f"{n:03}", manager_id=f"{n - 1:03}" if n else "") for n in range(150)]
    company = Company(
        [Landed(BASE | {"roster": line, "badges": [badge(person=f"{n:03}") for n in range(120, 150)]}, AT)]
    )
    return given(roster=line, badges=company.uploads[0].rows["badges"]), company


def test_a_line_of_150_managers_is_followed_to_its_end(deep):
    ask, company = deep

    for manager in ("000", "001", "049", "148", "149"):
        for name, more in (("coverage", {}), ("readiness", {}), ("trend", {"months": 1})):
            expected = REPORTS[name](company, Asked(date(2024, 6, 1), manager=manager, **more))
            assert ask(name, manager=manager, **more) == expected, (name, manager)
        assert len(ask("readiness", manager=manager)) == 149 - int(manager)
    assert len(ask("reporting_line", employee="149")) == 150


def test_a_line_of_150_managers_is_followed_to_its_end_from_the_definitions_too(deep):
    store = deep[0].store
    defined = Metrics(store, reads_kept=False)

    told = defined.ask("readiness", Viewer.everyone(), Filters(date(2024, 6, 1), manager="000"))
    assert len(told) == 149
    for metrics in (Metrics(store), defined):
        seen = metrics.ask("readiness", Viewer("000", frozenset({"manager"}), "000", ("000",)), Filters())
        assert len(seen) == 150


def test_a_stack_that_rests_on_60_layers_of_stacks_is_held(given):
    names = [f"k{n}" for n in range(60)]
    ask = given(
        credentials=BASE["credentials"] + [{"credential_id": n, "name": n, "issuer": "I"} for n in names],
        credential_skills=[{"credential_id": "k59", "skill_id": "s", "level": "2"}],
        stacks=[part for n, name in enumerate(names) for part in parts(name, names[n - 1] if n else "c")],
        badges=[badge("c")],
    )

    assert met(ask, "2024-06-01") == 1


def test_a_circle_in_a_damaged_roster_ends_no_question_in_a_loop(tmp_path):
    store = Store.open(":memory:")
    rows = [person("01"), person("02", manager_id="01"), person("03", manager_id="02"), person("04", manager_id="03")]
    land(Company([Landed(BASE | {"roster": rows}, AT)]), store, tmp_path)
    with store.write() as transaction:
        transaction.run("update roster_rows set manager_id = '04' where employee_id = '02'")
        rebuild(transaction)

    for reads_kept in (True, False):
        asked = Filters(date(2024, 6, 1), manager="02")
        told = Metrics(store, reads_kept).ask("readiness", Viewer.everyone(), asked)
        assert set(told["employee_id"]) - {"02"} == {"03", "04"}
    assert len(Metrics(store).ask("reporting_line", Viewer.everyone(), Filters(date(2024, 6, 1), employee="04"))) < 10
    store.close()
