"""The sentences about one person, the data, and very many people: each figure in them follows from the rows."""

from datetime import date, datetime

import pandas as pd

from skilltrack import answer_grounds, person_tables
from skilltrack.reports import data_answers, person_answers, whole_answers
from tests.reports.test_answers import TODAY, told

LINES = [
    "source",
    "credential_id",
    "credential",
    "skill_id",
    "skill",
    "level",
    "valid_from",
    "valid_to",
    "assurance",
    "counts",
]


def transcript(*skills):
    """Lines of (skill, level, last day, whether it counts)."""
    rows = [
        ("award", skill[:1], f"{skill} award", skill[:1], skill, level, date(2024, 1, 1), last, "attested", counts)
        for skill, level, last, counts in skills
    ]
    return pd.DataFrame(rows, columns=LINES)


def levels(**exempt):
    return pd.DataFrame(list(exempt.items()), columns=["skill_id", "is_exempt"])


AID, WELD, LIFT = (
    ("First aid", 1, date(2026, 12, 8), True),
    ("Welding", 3, None, True),
    ("Lifting", 2, date(2027, 2, 24), True),
)


def test_what_lapses_first_is_told_with_its_days_and_whether_the_role_needs_it():
    own = transcript(WELD, LIFT, AID, ("Old", 2, date(2026, 12, 1), False))
    need = levels(F=False, L=True)
    tell = "First aid ends in 12 days, on 8 December 2026."

    assert (
        told(person_answers.lapsing(own, need, TODAY))
        == f"{tell} The role needs it. Of 3 skills, 2 end within 90 days."
    )
    assert told(person_answers.lapsing(own, levels(F=True), TODAY)) == f"{tell} Of 3 skills, 2 end within 90 days."
    late = person_answers.lapsing(own, need, date(2026, 12, 8))
    assert told(late) == "First aid ends today. The role needs it. Of 3 skills, 2 end within 90 days."
    assert told(person_answers.lapsing(own, need, date(2026, 12, 7))).startswith("First aid ends in 1 day, on")


def test_a_higher_level_that_lasts_counts_and_not_the_lower_one_that_ends():
    lasting = transcript(("First aid", 2, None, True), AID)

    found = person_answers.lapsing(lasting, levels(F=False), TODAY)
    assert (told(found), found.is_good) == ("The 1 skill that is shown does not end within 90 days.", True)
    assert told(person_answers.lapsing(transcript(WELD, ("Law", 1, None, True)), levels(), TODAY)) == (
        "None of the 2 skills that are shown ends within 90 days."
    )
    assert person_answers.lapsing(transcript(("Old", 2, None, False)), levels(), TODAY) is None


def test_the_rows_behind_what_lapses_are_the_skills_of_the_sentence():
    rows = answer_grounds.ending_skills(transcript(WELD, LIFT, AID), date(2027, 2, 24))

    assert rows.counted["skill"].tolist() == ["First aid", "Lifting"]
    assert rows.rest[["skill", "why"]].to_numpy().tolist() == [["Welding", "Never ends"]]
    later = answer_grounds.ending_skills(transcript(LIFT, AID), date(2027, 1, 1))
    assert later.rest[["skill", "why"]].to_numpy().tolist() == [["Lifting", "Ends later"]]


def gaps(*rows):
    return pd.DataFrame(rows, columns=["skill_id", "skill", "gap", "critical"])


def test_what_a_role_needs_is_told_with_the_critical_first_and_the_rest_counted():
    lack = gaps(("a", "Law", 1, False), ("b", "Tax", 2, False), ("c", "Tea", 1, True), ("d", "Ink", 1, False))
    need = levels(a=False, b=False, c=False, d=False, e=False, f=True)

    found = person_answers.missing(lack, need)
    assert told(found) == (
        "4 of 5 requirements of their role are not met: Tea, Tax, Law. 1 more is missing. 1 of them is critical."
    )
    assert told(person_answers.missing(lack.head(1), need, True)) == "1 of 5 requirements of this role is not met: Law."
    assert told(person_answers.missing(lack.head(0), need)) == "All 5 requirements of their role are met."
    assert person_answers.missing(lack.head(0), need, True).is_good
    assert person_answers.missing(lack.head(0), levels(f=True)) is None


def test_what_would_meet_most_is_told_with_its_price_and_counts_its_own_requirements_alone():
    columns = ["credential_id", "credential", "closes", "list_price", "currency", "why"]
    learn = pd.DataFrame(
        [
            ("x", "Law school", 2, 1400, "EUR", "Law level 1; Tax level 2"),
            ("y", "Tea day", 1, None, None, "Tea level 1"),
        ],
        columns=columns,
    )
    lack = gaps(("a", "Law", 1, False), ("b", "Tax", 2, False), ("c", "Tea", 1, True)).assign(required_level=[1, 2, 1])

    assert told(person_answers.learning(learn, lack)) == (
        "Law school would meet 2 of the 3 that are missing. Its list price is 1,400 EUR."
    )
    assert told(person_answers.learning(learn.tail(1), lack)) == "Tea day would meet 1 of the 3 that are missing."
    assert person_answers.learning(learn.head(0), lack) is None
    rows = answer_grounds.learning_with(learn, lack, "x")
    assert (rows.counted["skill"].tolist(), rows.rest["skill"].tolist()) == (["Law", "Tax"], ["Tea"])


def test_a_group_is_told_by_whoever_lacks_most_and_how_many_lack_something_critical():
    people = pd.DataFrame(
        [("1", "Ann", 4, 1, 0), ("2", "Bo", 5, 2, 1), ("3", "Cy", 3, 3, 0), ("4", "Di", 0, 0, 0)],
        columns=["employee_id", "name", "requirements", "met", "critical_unmet"],
    )

    most = person_answers.lacking_most(people)
    assert (told(most), most.where) == ("Bo lacks the most: 3 of 5 requirements are not met.", {"employee": "2"})
    assert told(person_answers.critical(people)) == "1 of 3 people lacks something critical for their role."
    assert told(person_answers.without_requirements(people)) == (
        "1 of 4 people has no role with requirements: coverage and readiness leave them out."
    )
    good = people[people["employee_id"] == "3"]
    assert [tell(good) for tell in (person_answers.lacking_most, person_answers.critical)] == [None, None]
    assert person_answers.without_requirements(good) is None


def test_the_catalogue_is_told_by_what_is_left_to_settle_or_that_nothing_is():
    idle = pd.DataFrame(
        [
            ("a", False, "unmapped", 3, 2),
            ("b", True, "seat_time", 4, 4),
            ("c", True, "seat_time", 1, 1),
            ("d", False, "unmapped", 0, 0),
        ],
        columns=["credential_id", "is_mapped", "reason", "awards", "holders"],
    )
    titles = pd.DataFrame({"job_title": ["x", "y"], "people": [3, 1]})
    named = pd.DataFrame({"badges": [2, 3]})

    assert [told(one) for one in data_answers.to_settle(idle, titles, named)] == [
        "3 credentials that people hold count for nothing (awards: 8). Most often: it only shows that somebody took part.",
        "2 job titles stand for no role. 4 people are counted in no coverage for that.",
        "2 credentials of the catalogue show no skill and are part of no path.",
        "5 badges name a skill that their credentials are not mapped to.",
    ]
    (nothing,) = data_answers.to_settle(idle.head(0), titles.head(0), named.head(0))
    assert nothing.is_good


def test_the_last_upload_is_told_by_what_it_brought_once_for_each_kind_and_by_what_was_set_aside():
    columns = ["upload_id", "kind", "landed_at", "new_rows", "changed_rows", "gone_rows", "quarantined_rows", "counts"]
    came = datetime(2026, 11, 25, 3, 0)
    files = pd.DataFrame(
        [
            (1, "badges", came, 99, 0, 0, 0, True),
            (2, "badges", came, 5, 1, 0, 2, True),
            (2, "badges", came, 5, 1, 0, 2, True),
            (2, "roster", came, 1, 0, 3, 0, True),
        ],
        columns=columns,
    )

    found = data_answers.latest_upload(files)
    assert told(found) == (
        "The last upload came on 25 November 2026 with 3 files: rows new 6, changed 1, people gone 3. "
        "2 bad rows were set aside."
    )
    assert (found.is_good, found.where) == (False, {"upload": "2"})
    assert data_answers.latest_upload(files.assign(quarantined_rows=0)).is_good
    assert told(data_answers.latest_upload(files.assign(counts=False))) == (
        "The last upload is undone. It came on 25 November 2026, and none of its rows count. It was 3 files."
    )
    assert data_answers.latest_upload(files.head(0)) is None


def totals(**sums):
    return pd.DataFrame({name: [value] for name, value in sums.items()})


def test_very_many_people_are_told_by_sums():
    now = totals(required=100, met=70, with_role=40, ready=30)
    teams = pd.DataFrame([("A", 30, 25), ("B", 10, 5), ("", 1, 1)], columns=["team", "with_role", "ready"])

    assert told(whole_answers.lacking(now)) == "30 of 100 requirements are not met (30 %)."
    assert told(whole_answers.lacking(now.assign(met=100))) == "100 of 100 requirements are met: there is no gap."
    assert told(whole_answers.ready(now)) == "10 of 40 people are not ready for their role."
    assert whole_answers.ready(now.assign(ready=40)).is_good
    assert told(whole_answers.least_ready(teams)) == "A has the most who are not ready: 5 of 30."
    assert whole_answers.least_ready(teams.head(1)) is None
    assert whole_answers.lacking(now.assign(required=0)) is None
    assert whole_answers.ready(now.assign(with_role=0)) is None


def test_what_is_left_in_ninety_days_is_told_as_a_whole_and_by_the_skill_that_loses_most():
    day = date(2027, 2, 24)
    now, then = totals(required=100, met=70), totals(required=98, met=50)
    found = whole_answers.fading(now, then, day)

    assert told(found) == (
        "50 of 98 requirements are met on 24 February 2027 if nothing is renewed (51 %). Now it is 70 of 100."
    )
    assert (found.where, found.is_good) == ({"as_of": "2027-02-24"}, False)
    assert whole_answers.fading(now, now, day).is_good
    skills = pd.DataFrame([("a", "Aid", 9, 8), ("b", "Weld", 9, 9)], columns=["skill_id", "skill", "required", "met"])
    later = skills.assign(met=[5, 8])
    assert told(whole_answers.fading_most(skills, later, day)) == (
        "Aid loses the most: 5 of 9 who need it have it on 24 February 2027, 8 do now."
    )
    assert whole_answers.fading_most(skills, skills, day) is None
    assert told(whole_answers.largest(later)) == "Aid is the largest gap: 4 of 9 lack it."
    assert whole_answers.largest(skills.assign(met=9)) is None


def test_whoever_is_closest_to_a_role_and_not_ready_for_it_is_told():
    people = pd.DataFrame(
        [("1", "Ann", 4, 4, True), ("2", "Bo", 4, 3, False)],
        columns=["employee_id", "name", "requirements", "met", "ready"],
    )

    found = whole_answers.closest(people, "lead")
    assert told(found) == "Bo is the closest who is not ready for this role yet: 3 of 4 requirements are met."
    assert found.where == {"employee": "2", "role": "lead"}
    assert whole_answers.closest(people.head(1), "lead") is None


def test_evidence_is_listed_by_what_lapses_first_and_then_by_what_ended_last():
    own = transcript(WELD, LIFT, ("Old", 1, date(2020, 1, 1), False), AID, ("New", 1, date(2026, 1, 1), False))
    proofs = pd.DataFrame(
        [
            ("award", "F", None, date(2024, 1, 1), "https://a.example/1"),
            ("award", "F", None, date(2024, 1, 1), "paper"),
            ("award", "W", None, date(2023, 1, 1), "https://other.example/"),
            ("prior_learning", None, "W", date(2024, 1, 1), "https://prior.example/"),
        ],
        columns=["source", "credential_id", "skill_id", "valid_from", "evidence_url"],
    )

    listed = person_tables.all_evidence(own, proofs)
    assert listed["skill"].tolist() == ["First aid", "Lifting", "Welding", "New", "Old"]
    assert listed["proof"].tolist() == ["a.example, paper", "", "", "", ""]
    assert listed["evidence_url"].iloc[0] == "https://a.example/1\npaper"
    assert person_tables.can_do(own, proofs)["skill"].tolist() == ["First aid", "Lifting", "Welding"]
