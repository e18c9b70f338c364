"""The next file of a source is read as the last one was, with all that was said of it, and never unseen."""

from datetime import date

import pytest

from skilltrack.ingest import Unanswered
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping
from tests.ingest.test_status import land, told

INVOICE = "Invoice Number,Line,Employee ID,Credential ID,Paid On,Amount,Currency,Funding Source\n"
AWARDS = "employee_id,credential_id,issued_on,Recert,Kind,Status\n"


def test_an_id_put_together_for_one_file_is_put_together_for_the_next(company):
    mapping = Mapping(columns={"spend_id": "Invoice Number + Line"})
    land(
        company,
        "spend",
        INVOICE + "8,1,001,c1,2024-02-09,50.00,EUR,employer\n8,2,001,c2,2024-02-09,20.00,EUR,employer\n",
        mapping,
    )
    outcome = land(
        company,
        "spend",
        INVOICE + "8,1,001,c1,2024-02-09,50.00,EUR,employer\n9,1,002,c1,2024-02-09,7.00,EUR,employer\n",
    )

    assert (outcome.counts[0].new, outcome.counts[0].unchanged) == (1, 1), (
        "the same line of the same invoice is one payment"
    )
    assert any(
        "read in the same way as the last file of its source" in line and "spend_id = Invoice Number + Line" in line
        for line in told(outcome)
    )


def test_what_a_status_a_column_and_rows_left_out_mean_holds_for_the_next_file_and_is_told(company):
    mapping = parse_mapping(
        '[columns]\nexpires_on = "Recert"\n[values.Status]\nApproved = "leave out"\n[skip]\nKind = ["Mock"]\n', "m"
    )
    first = (
        "001,c2,2024-05-01,2026-05-01,Real,Issued\n002,c2,2024-05-01,,Real,Approved\n003,c2,2024-05-01,,Mock,Issued\n"
    )
    assert land(company, "badges", AWARDS + first, mapping).counts[0].new == 1
    outcome = land(company, "badges", AWARDS + first.replace("2024-05", "2024-06"))

    assert outcome.counts[0].new == 1
    held = company.query("select issued_on, expires_on from badge_rows where issued_on = date '2024-06-01'").to_pylist()
    assert held == [{"issued_on": date(2024, 6, 1), "expires_on": date(2026, 5, 1)}]
    (line,) = [line for line in told(outcome) if "read in the same way as the last file of its source" in line]
    assert all(said in line for said in ("expires_on = Recert", "Status: Approved = leave out", "without Kind Mock"))


def test_a_day_given_for_every_row_of_one_file_is_asked_again_and_an_assessor_is_shown_as_answered(company):
    levels = "employee_id,skill_id,level\n001,s1,2\n"
    given = Mapping(constants={"assessor": "Tom Hale", "valid_from": "2024-01-15"})
    assert land(company, "prior_learning", levels, given).status == "stored"
    with pytest.raises(Unanswered) as asked:
        land(company, "prior_learning", levels.replace(",2", ",3"))
    assert {question.about for question in asked.value.questions} == {"columns.assessor", "columns.valid_from"}


def test_a_source_whose_files_show_their_own_dates_is_not_read_in_the_style_of_an_earlier_one(company):
    land(
        company,
        "badges",
        "employee_id,credential_id,issued_on\n001,c2,05/06/2024\n",
        Mapping(dates={"issued_on": "%m/%d/%Y"}),
    )
    outcome = land(company, "badges", "employee_id,credential_id,issued_on\n002,c2,25/06/2024\n")

    assert outcome.status == "stored"
    held = company.query(
        "select issued_on from badge_rows where employee_id = '002' and credential_id = 'c2'"
    ).to_pylist()
    assert held == [{"issued_on": date(2024, 6, 25)}]
    assert [line for line in told(outcome) if "read in the same way as the last file" in line] == [], (
        "nothing was said that this file needs"
    )


def test_the_same_roster_every_night_is_read_once_and_nothing_is_told_of_the_last(company):
    roster = "Employee Number,Full Name,Department,Employment Status\n001,Ann Lee,A,Active\n002,Bo Ray,A,Terminated\n"
    land(company, "roster", roster, Mapping())
    outcome = land(company, "roster", roster.replace("002,Bo Ray,A,Terminated\n", "003,Di Ox,A,Active\n"))

    assert outcome.status == "stored"
    assert not any("read in the same way as the last file" in str(problem) for problem in outcome.problems)


HOW = "award_id,Learner,Course,Achieved,Outcome\n"


def test_an_order_of_dates_that_is_remembered_is_told_and_gives_way_to_what_the_next_file_shows(company):
    """Two offices share a template: the dates of one are not those of the other, and nobody sees it in the rows."""
    mapping = parse_mapping(
        '[columns]\nemployee_id = "Learner"\ncredential_id = "Course"\nissued_on = "Achieved"\n'
        '[dates]\nissued_on = "%d/%m/%Y"\n',
        "m",
    )
    land(company, "badges", HOW + "o1,001,c1,03/04/2024,Passed\n", mapping)
    outcome = land(company, "badges", HOW + "o2,002,c1,04/06/2024,Passed\n")
    (line,) = [str(p) for p in outcome.problems if p.severity == "warning" and "last file of its source" in p.message]
    assert "issued_on as %d/%m/%Y" in line
    land(company, "badges", HOW + "o3,002,c2,04/16/2024,Passed\n")
    days = company.query("select award_id, issued_on from badge_rows where award_id like 'o%' order by 1").to_pylist()
    assert [row["issued_on"] for row in days] == [date(2024, 4, 3), date(2024, 6, 4), date(2024, 4, 16)]
