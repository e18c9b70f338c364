"""How far somebody has got is no award before it is all, in whatever words and numbers a system says it."""

from datetime import date

import pytest

from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.progress import done, says_progress
from tests.ingest.test_status import land, mapped, told, tried

COURSES = "employee_id,credential_id,Completed At"


@pytest.mark.parametrize(
    "header",
    ["Progress", "Progress (%)", "Percent Completed", "% Complete", "Completion Ratio", "Lernfortschritt",
     "Avancement", "Taux de complétion achèvement", "Progreso", "Porcentaje completado", "Abschlussquote"],
)  # fmt: skip
def test_a_header_of_progress_is_known_in_four_languages(header):
    assert says_progress(header)


@pytest.mark.parametrize("header", ["Score", "Score %", "Completed", "Completion Date", "Percentage", "Grade", "Rate"])
def test_a_score_or_a_day_is_no_progress(header):
    assert not says_progress(header)


@pytest.mark.parametrize(
    ("values", "are_done"),
    [
        (["100%", "40%", "0 %"], [True, False, False]),
        (["100", "99,5", "0"], [True, False, False]),
        (["1", "0.4", "0"], [True, False, False]),
        (["1", "100", "40"], [False, True, False]),
        (["1%", "0%"], [False, False]),
        (["12/12", "3 of 12"], [True, False]),
    ],
)
def test_shares_are_read_as_percent_as_parts_of_one_and_as_counts(values, are_done):
    assert list(done(values).values()) == are_done


@pytest.mark.parametrize("values", [["In progress", "100%"], ["140"], ["13/12"], []])
def test_what_is_no_share_is_left_to_the_words_of_a_status(values):
    assert done(values) is None


def test_a_course_that_is_under_way_is_left_out_and_told_with_its_number(company):
    text = f"{COURSES},Percent Completed\n001,c2,2024-05-01,100\n002,c2,,35\n003,c2,,\n"
    outcome = land(company, "badges", text)

    assert (outcome.status, outcome.counts[0].new, outcome.counts[0].quarantined) == ("stored", 1, 0)
    assert any("'100' (1 row) count; '35' (1 row), '' (1 row) are left out" in line for line in told(outcome))


def test_a_day_of_completion_at_less_than_all_is_asked_and_the_answer_decides_about_those_rows_alone(company):
    text = f"{COURSES},Progress\n001,c2,2024-05-01,100%\n002,c2,2024-05-02,80%\n003,c2,2024-05-02,40%\n"
    read, questions = tried("badges", text)

    assert read is None
    assert [question.about for question in questions] == ["values.Progress.*"]
    assert "2 rows have a day of completion, although Progress is 80%" in questions[0].text
    for answer, rows in (("leave out", 1), ("counts", 3)):
        answered = Mapping().answered({questions[0].about: answer})
        assert len(mapped("badges", text, answered).lines) == rows


def test_rows_without_a_day_are_asked_about_and_left_out_by_the_answer_here_and_in_the_next_file(company):
    text = f"{COURSES},Score\n001,c2,2024-05-01,90\n002,c2,,\n"
    refused = land(company, "badges", text)

    assert refused.status == "refused"
    asked = [question for question in refused.questions if question.about == "undated"]
    assert "1 of 2 rows has no day" in asked[0].text
    answered = Mapping().answered({"undated": next(iter(asked[0].answers))})
    assert land(company, "badges", text, answered).counts[0].new == 1
    following = land(company, "badges", text.replace("05-01", "06-01"))
    assert (following.status, following.counts[0].new) == ("stored", 1), "what was answered holds for the same system"
    held = company.query("select issued_on from badge_rows where credential_id = 'c2' and employee_id = '001'")
    assert {date(2024, 5, 1), date(2024, 6, 1)} <= set(held["issued_on"].to_pylist())


def test_a_file_of_undated_rows_alone_is_not_asked_whether_nothing_was_completed():
    assert not mapped("badges", f"{COURSES},Score\n001,c2,,90\n002,c2,,80\n").questions
