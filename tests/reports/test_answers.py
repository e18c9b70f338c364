"""The sentences that a page begins with: each number in them follows from the rows, and the worst comes first."""

from datetime import date

import pandas as pd
import pytest

from skilltrack.reports import answers, money_answers, people_answers, staffing_answers, upload_answers

TODAY = date(2026, 11, 26)
MONTHS = [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]


def trend(*met, required=100):
    return pd.DataFrame({"month_end": MONTHS[-len(met) :], "required": required, "met": met})


def causes(**counts):
    return pd.DataFrame({"change": list(counts), "required": list(counts.values())})


def told(answer):
    return f"{answer.strong} {answer.rest}".replace("\u00a0%", " %")


@pytest.mark.parametrize(("met", "counts", "sentence", "is_good"), [
    (70, {"demonstrated": 4, "lapsed": 9, "come": 3}, "70 of 100 requirements are met (70 %), down 5 points since 31 August 2026. Newly met: 4; lapsed: 9.", False),
    (90, {}, "90 of 100 requirements are met (90 %), up 15 points since 31 August 2026.", True),
    (75, {"lapsed": 1}, "75 of 100 requirements are met (75 %), the same share as on 31 August 2026. Newly met: 0; lapsed: 1.", True),
])  # fmt: skip
def test_coverage_is_compared_with_the_month_s_end_a_quarter_back(met, counts, sentence, is_good):
    totals = pd.DataFrame({"met": [met], "required": [100]})
    found = answers.change(totals, trend(10, 75, 20, 30), causes(**counts), TODAY)

    assert (told(found), found.is_good, found.about) == (sentence, is_good, "changes")
    assert found.where == {"since": "2026-08-31"}, "the link would compare with another day than the sentence"
    if not counts:
        assert answers.change_in_all(totals, trend(10, 75, 20, 30), TODAY) == found


def test_without_a_quarter_behind_it_coverage_is_told_alone_and_without_requirements_not_at_all():
    alone = answers.change_in_all(pd.DataFrame({"met": [1], "required": [2]}), trend(1, required=2), TODAY)

    assert told(alone) == "1 of 2 requirements are met (50 %); a quarter ago there was nothing to compare with."
    assert answers.change_in_all(pd.DataFrame({"met": [0], "required": [0]}), trend(1), TODAY) is None


def test_skills_that_roles_need_and_nobody_has_are_named_and_more_than_three_are_counted():
    names = ["Welding", "Rigging", "Diving", "Tea", "Law"]
    by_skill = pd.DataFrame(
        {"skill_id": list("abcde"), "skill": names, "required": [2, 9, 3, 0, 5], "met": [0, 0, 0, 0, 5]}
    )
    told_all = told(people_answers.unmet_by_all(by_skill))
    told_more = told(people_answers.unmet_by_all(by_skill.assign(required=[2, 9, 3, 1, 5])))

    named = "skills that roles need are reached by nobody here: Rigging, Diving, Welding."
    assert told_all == f"3 {named}"
    assert told_more == f"4 {named} 1 more skill likewise."
    assert people_answers.unmet_by_all(by_skill.assign(met=by_skill["required"])) is None


def depth(**status):
    return pd.DataFrame(
        [("A", skill, word or None) for skill, word in status.items()], columns=["team", "skill_id", "status"]
    )


def test_team_skills_on_one_person_or_nobody_are_counted_and_those_that_lapse_next():
    now = depth(s="single_point", t="single_point", u="uncovered", v="")
    later = depth(s="uncovered", t="single_point", u="uncovered", v="uncovered")
    found = people_answers.risk(now, later, date(2027, 2, 24))

    assert told(found) == (
        "3 of 4 team skills depend on one person (2) or nobody (1). 1 more will depend on nobody by 24 February 2027 "
        "if nothing is renewed."
    )
    assert (
        told(people_answers.risk(depth(u="uncovered", v=""), later, TODAY))
        == "1 of 2 team skills can be shown by nobody in the team."
    )
    assert (
        told(people_answers.risk(depth(s="single_point", v=""), depth(s=""), TODAY))
        == "1 of 2 team skills depend on one person."
    )
    assert people_answers.risk(depth(v=""), later, TODAY) is None


def test_the_team_that_lacks_most_is_the_one_with_most_requirements_not_met():
    cells = pd.DataFrame(
        [("A", "s", 2, 0), ("B", "s", 40, 30), ("B", "t", 5, 5)], columns=["team", "skill_id", "required", "met"]
    )
    found = answers.thinnest(cells)

    assert (told(found), found.where) == ("B lacks the most: 10 of 45 requirements are not met.", {"team": "B"})
    assert answers.thinnest(cells[cells["team"] == "B"]) is None
    nameless = answers.thinnest(cells.assign(team=["A", "", ""]))
    assert (nameless.strong, nameless.about) == ("The group without a team", "")


def renewals(*rows):
    return pd.DataFrame(rows, columns=["employee_id", "team", "credential", "bucket"])


def test_renewals_are_told_by_people_and_where_three_or_more_share_one():
    ends = renewals(
        *[(str(n), "Wind", "Safety", "0-30") for n in range(3)],
        ("1", "Wind", "Rescue", "0-30"),
        ("4", "Sun", "Safety", "61-90"),
        ("5", "Sun", "Safety", "later"),
        ("6", "Sun", "Safety", "expired"),
    )

    assert told(people_answers.renewing(ends)) == (
        "3 people must renew within 30 days (certificates: 4). Most together: Safety in Wind, 3 people."
    )
    assert people_answers.renewing(ends).where == {"bucket": "0-30"}
    assert [told(one) for one in people_answers.lapsing(ends)] == [
        "1 certificate ended in the last 90 days and was not renewed.",
        "5 certificates end within 90 days (people: 4). Most together: Safety in Wind, 3 people.",
    ]
    assert people_answers.renewing(ends[ends["bucket"] == "later"]) is None
    assert people_answers.lapsing(ends[ends["bucket"] == "later"])[0].is_good


def test_readiness_is_told_by_people_and_what_stands_in_their_way():
    people = pd.DataFrame(
        [("1", 4, 3, False), ("2", 4, 1, False), ("3", 2, 2, True), ("4", 0, 0, False)],
        columns=["employee_id", "requirements", "met", "ready"],
    )
    gaps = pd.DataFrame(
        [("1", "s", "Sewing"), ("2", "s", "Sewing"), ("2", "t", "Tea"), ("3", "t", "Tea")],
        columns=["employee_id", "skill_id", "skill"],
    )

    assert (
        told(people_answers.ready(people))
        == "2 of 3 people are not ready for their role. 1 of them misses a single requirement."
    )
    assert told(people_answers.in_the_way(people, gaps)) == "Sewing stands in the way most often: 2 of 2 lack it."
    assert told(people_answers.ready(people[people["ready"]], True)) == "1 of 1 people are ready for this role."
    assert people_answers.ready(people.tail(1)) is None
    assert people_answers.in_the_way(people.tail(2), gaps) is None


def test_money_is_told_where_it_had_ninety_days_to_lead_to_an_award():
    assert money_answers.settled(date(2026, 1, 1), TODAY) == date(2026, 8, 28)
    assert money_answers.settled(date(2026, 9, 1), TODAY) is None
    spend = pd.DataFrame({"currency": ["EUR", "EUR", "USD"], "amount": [60, 40, 9], "unconverted": [10, 15, 9]})
    found = money_answers.unawarded(spend, date(2026, 1, 1), date(2026, 8, 28))

    assert told(found) == "25 EUR of 100 EUR paid from 1 January 2026 to 28 August 2026 has led to no award."
    assert found.where == {"from": "2026-01-01", "to": "2026-08-28", "currency": "EUR"}
    assert money_answers.unawarded(spend.assign(unconverted=0), TODAY, TODAY) is None


@pytest.mark.parametrize(("met", "required", "teams", "sentence", "is_good"), [
    ((70, 74), (100, 100), ["Grid", "Wind"], "74 of 100 requirements would be met (74 %); now it is 70 of 100 (70 %). Most would change in Grid.", True),
    ((70, 74), (100, 120), [""], "74 of 120 requirements would be met (62 %); now it is 70 of 100 (70 %).", False),
    ((70, 70), (100, 100), [], "Coverage stays as it is: 70 of 100 requirements are met (70 %).", True),
])  # fmt: skip
def test_what_an_upload_would_do_to_coverage_is_one_sentence(met, required, teams, sentence, is_good):
    found = upload_answers.effect(met, required, teams)

    assert (told(found), found.is_good) == (sentence, is_good)
    assert upload_answers.effect((0, 0), (0, 0), []) is None


def test_good_news_comes_last():
    bad, good = answers.Answer("a", "b"), answers.Answer("c", "d", is_good=True)

    assert answers.worst_first(good, None, bad) == [bad, good]


def test_the_first_target_to_fall_short_is_told_with_its_day_and_those_that_are_short_already_are_not():
    of = ["team", "skill_id", "level", "skill", "headcount", "filled", "short"]
    now = pd.DataFrame([("A", "w", 2, "Welding", 3, 3, 0), ("B", "l", 1, "Lifting", 2, 1, 1)], columns=of)
    months = [date(2027, 1, 31), date(2027, 2, 28)]
    ahead = pd.concat([now.assign(day=day) for day in months], ignore_index=True)
    assert staffing_answers.short_next(now, ahead).strong == "No further target"

    ahead.loc[2, ["filled", "short"]] = [2, 1]
    found = staffing_answers.short_next(now, ahead)
    assert (found.strong, found.rest) == (
        "A",
        "falls short by 28 February 2027 if nothing is renewed: Welding, 2 of 3 seats.",
    )
    assert staffing_answers.short_next(now[:0], ahead) is None


def test_the_three_readings_stand_side_by_side_and_are_never_added():
    def of(met):
        return pd.DataFrame({"met": [met], "required": [20]})

    found = answers.readings(of(3), of(10), of(12))
    assert (found.strong, found.rest) == (
        "3 of 20 requirements",
        "are met on verified evidence alone, 10 on attested evidence, 12 with what people claim.",
    )
    assert found.where == {"assurance": "verified"}
    assert answers.readings(of(0), of(10), of(10)).strong == "Nothing"
    assert answers.readings(of(7), of(7), of(7)) is None
    assert answers.readings(*[pd.DataFrame({"met": [0], "required": [0]})] * 3) is None


def test_a_comma_behind_the_bold_part_stands_right_behind_it():
    """In German a sentence about somebody's skills read "Keine der 12 Kompetenzen , die"."""
    made = answers.answer("**Keine der 12**, die belegt sind, endet.")

    assert (made.strong, made.rest) == ("Keine der 12,", "die belegt sind, endet.")
    assert told(answers.answer("**Two** end.")) == "Two end."
