"""What exports of other systems bring is right, asked or warned of: never silently wrong.

Each test is a class of files that an HR person handed in, of which an earlier program made a wrong number unseen.
"""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from skilltrack.ingest import Mapping, Options, Source, Unanswered, import_sources
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import parse_mapping
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.relations import END_OF_TIME, with_definitions

SPEND = "spend_id,employee_id,credential_id,paid_on,{},currency,funding_source{}\n"
PAID = "p{n},002,c1,2024-02-0{n},{amount},EUR,employer{more}\n"


def land(store, kind, text, mapping="", day=1, **options):
    given = parse_mapping(mapping, "m.toml") if mapping else Mapping()
    source = Source(kind, "export.csv", text.encode(), given, bool(mapping))
    return import_sources(store, [source], Options(landed_at=datetime(2030, 1, day, 12), **options))


def asked(store, kind, text, mapping=""):
    with pytest.raises(Unanswered) as unanswered:
        land(store, kind, text, mapping)
    return {question.about: question for question in unanswered.value.questions}


def warnings(outcome, severity="warning"):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


def total(store):
    of_c1 = "select coalesce(sum(amount), 0) as total from newest_spend where spend_id like 'p%' or spend_id like 'r%'"
    return float(store.query(with_definitions(of_c1), {"known_at": END_OF_TIME})["total"][0].as_py())


def awards(store):
    """The awards that count, by their ids."""
    live = "select award_id from awards where award_id like 'x%' and revoked_on is null order by 1"
    return store.query(with_definitions(live), {"known_at": END_OF_TIME})["award_id"].to_pylist()


@pytest.mark.parametrize(
    ("header", "unit", "amount", "paid"),
    [
        ("amount_cents", "point, in cents", "30000", 300),
        ("Betrag in Cent", "point, in cents", "29950", 299.5),
        ("Amount (k EUR)", "point, in thousands", "1.25", 1250),
        ("Kosten TEUR", "comma, in thousands", "1,2", 1200),
        ("Montant (k€)", "point, in thousands", "2", 2000),
    ],
)
def test_amounts_in_cents_or_thousands_are_asked_and_stored_in_whole_units(company, header, unit, amount, paid):
    text = SPEND.format(f'"{header}"', "") + PAID.format(n=1, amount=f'"{amount}"', more="")
    columns = f'[columns]\namount = "{header}"\n'
    question = asked(company, "spend", text, columns)["amounts.amount"]
    assert (question.likely, unit in question.answers) == (unit, True), question.answers
    assert land(company, "spend", text, f'{columns}[amounts]\namount = "{unit}"\n').status == "stored"
    assert total(company) == paid


@pytest.mark.parametrize("header", ["Refund Amount", "Erstattungsbetrag", "montant remboursé"])
def test_a_list_of_refunds_is_asked_about_and_takes_off_what_was_paid(company, tmp_path, header):
    land(company, "spend", SPEND.format("amount", "") + PAID.format(n=1, amount="300.00", more=""))
    text = SPEND.format(header, "") + PAID.format(n=2, amount="120.00", more="").replace("p2", "r2")
    question = asked(company, "spend", text)[f"values.{header}.*"]
    assert list(question.answers) == ["refund", "counts"]
    answered = f'[values."{header}"]\n"*" = "refund"\n'
    assert land(company, "spend", text, answered, 3).status == "stored"
    assert total(company) == 180
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert total(again) == 180
    again.close()


def test_money_that_came_back_beside_each_payment_is_a_warning_and_a_payment_not_captured_is_left_out(company):
    text = SPEND.format("amount", ",Amount Refunded,Captured")
    text += PAID.format(n=1, amount="300.00", more=",0.00,true") + PAID.format(n=2, amount="90.00", more=",90.00,true")
    text += PAID.format(n=3, amount="404.00", more=",0.00,false")
    outcome = land(company, "spend", text)
    assert outcome.status == "stored", outcome.questions
    assert any("Amount Refunded: holds money that came back" in line for line in warnings(outcome))
    assert total(company) == 390


BADGES = "award_id,employee_id,credential_id,issued_on{}\n"


def test_a_score_below_the_mark_is_no_award_also_after_a_rebuild(company, tmp_path):
    text = BADGES.format(",Score,Pass Mark") + "x1,002,c1,2024-06-11,85,70\nx2,001,c1,2024-06-11,45,70\n"
    text += "x3,001,c2,2024-06-11,70 %,70\nx4,002,c2,2024-06-11,,70\n"
    question = asked(company, "badges", text)["values.Score against Pass Mark."]
    assert "an empty cell, in 1 row" in question.text, question.text
    outcome = land(company, "badges", text, '[values."Score against Pass Mark"]\n"" = "counts"\n')
    assert awards(company) == ["x1", "x3", "x4"]
    assert any(
        "Score against Pass Mark" in line and "'failed' (1 row) are left out" in line for line in warnings(outcome)
    ), warnings(outcome)
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert awards(again) == ["x1", "x3", "x4"]
    again.close()


def test_trial_exams_are_a_warning_that_says_how_to_leave_them_out(company):
    text = BADGES.format(",Activity Type") + "x1,002,c1,2024-06-11,Exam\nx2,001,c1,2024-06-11,Mock exam\n"
    outcome = land(company, "badges", text)
    (line,) = [line for line in warnings(outcome) if "Activity Type" in line]
    assert '[skip] "Activity Type" = ["Mock exam"]' in line
    land(company, "badges", text, '[skip]\n"Activity Type" = ["Mock exam"]\n', 2, mode="snapshot")
    assert "x1" in awards(company)


def test_two_credentials_in_one_cell_are_never_taken_for_one_unasked(company):
    text = BADGES.format("").replace("credential_id", "Course") + "x1,002,One; Two,2024-06-11\n"
    question = asked(company, "badges", text)["ids.credential"]
    assert "is each value a row of its own?" in question.text
    assert "the others are lost" in question.answers["first"]


def test_days_on_which_something_ends_are_no_awards_of_a_matrix(company):
    rows = [
        ["Employee ID", "Name", "One", "Two", "Two (Expiry)"],
        ["002", "Bo", "2024-01-15", "2024-02-15", "2027-02-14"],
    ]
    text = "\n".join(",".join(row) for row in rows)
    outcome = land(company, "badges", text, 'matrix = "skills across"\n[values.credential]\nOne = "c1"\nTwo = "c2"\n')
    stored = company.query(
        "select credential_id, cast(issued_on as varchar) as day from badge_rows where upload_id > 1"
    )
    assert {(row["credential_id"], row["day"]) for row in stored.to_pylist()} >= {
        ("c1", "2024-01-15"),
        ("c2", "2024-02-15"),
    }
    assert "2027-02-14" not in stored["day"].to_pylist()
    assert outcome.status == "stored"
    absences = [
        ["Employee ID", "Name", "Department", "Absence Type", "From", "To"],
        ["1", "Cy", "Lab", "Sick", "2026-09-01", "2026-09-03"],
    ]
    assert likeliest_kinds("absences.csv", absences) == []


def test_an_older_file_by_which_something_counts_again_is_a_warning(company):
    state = BADGES.format(",State")
    land(company, "badges", state + "x1,002,c1,2024-06-11,Issued\nx2,001,c1,2024-06-11,Issued\n", day=1)
    land(company, "badges", state + "x1,002,c1,2024-06-11,Revoked\nx2,001,c1,2024-06-11,Issued\n", day=2)
    outcome = land(company, "badges", state + "x1,002,c1,2024-06-11,Issued\n", day=3)
    assert any("'x1': 1 award that was revoked before" in line for line in warnings(outcome)), warnings(outcome)
    quiet = land(company, "badges", BADGES.format("") + "x2,001,c1,2024-06-11\n", day=4)
    assert not any("counts again" in line for line in warnings(quiet))
    paid = SPEND.format("amount", ",State")
    land(company, "spend", paid + PAID.format(n=1, amount="300.00", more=",Paid"), day=5)
    land(company, "spend", paid + PAID.format(n=1, amount="300.00", more=",Cancelled"), day=6)
    outcome = land(company, "spend", paid + PAID.format(n=1, amount="300.00", more=",Paid"), day=7)
    assert any("'p1': 1 payment that was cancelled before" in line for line in warnings(outcome)), warnings(outcome)


PEOPLE = "Employee ID,Name,Team,{}\n001,Ann Lee,Board,{}\n002,Bo Ray,Field,{}\n003,Cy Fox,Field,{}\n"


@pytest.mark.parametrize(
    ("header", "cells", "part"),
    [
        ("Approver no", ["", "001", "001"], "holds ids of people in this file (001)"),
        ("Reports To Position", ["", "P-1", "P-1"], "may say who manages whom"),
        ("Position Supervisor", ["", "Head of Board", "Head of Field"], "may say who manages whom"),
    ],
)
def test_a_column_that_may_name_managers_is_a_warning_and_not_a_notice(company, header, cells, part):
    outcome = land(company, "roster", PEOPLE.format(header, *cells), dry_run=True)
    assert any(header in line and part in line for line in warnings(outcome)), warnings(outcome)


def test_days_of_leaving_that_contradict_the_status_of_most_rows_stop_a_program(company):
    text = PEOPLE.format("Status,Last date worked", *["Active,2024-01-31"] * 3)
    outcome = land(company, "roster", text, unattended=True)
    assert outcome.status == "refused"
    assert any("probably means something else" in line for line in warnings(outcome, "alarm"))


def test_an_end_date_beside_the_day_of_leaving_is_a_warning_where_only_it_is_filled(company):
    text = PEOPLE.format("Enddatum,Austritt", "30.06.2024,", ",31.01.2024", ",")
    outcome = land(company, "roster", text, dry_run=True)
    assert any("Enddatum: holds dates in 1 row in which Austritt" in line for line in warnings(outcome))


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Prüfung bestanden", "ja", "nein"),
        ("Erfolgreich teilgenommen", "Ja", "Nein"),
        ("Teilnahme bestätigt", "ja", "nein"),
        ("Examen réussi", "Oui", "Non"),
        ("Attestation délivrée", "Oui", "Non"),
        ("Examen superado", "Sí", "No"),
        ("In good standing", "Yes", "No"),
        ("Verified", "TRUE", "FALSE"),
    ],
)
def test_yes_and_no_below_what_says_whether_somebody_passed_decides_or_is_asked(company, header, yes, no):
    text = BADGES.format(f",{header}") + f"x1,002,c1,2024-06-11,{yes}\nx2,001,c1,2024-06-11,{no}\n"
    assert land(company, "badges", text).status == "stored"
    assert awards(company) == ["x1"]


def test_other_columns_of_yes_and_no_are_a_warning_with_the_line_that_leaves_their_rows_out(company):
    text = BADGES.format(",Panel agreed,Mandatory") + "x1,002,c1,2024-06-11,yes,no\nx2,001,c1,2024-06-11,no,yes\n"
    outcome = land(company, "badges", text, dry_run=True)
    lines = [line for line in warnings(outcome) if "count like the others" in line]
    assert [line.split("column ")[1].split(":")[0] for line in lines] == ["Panel agreed"]
    assert land(company, "badges", text, '[values."Panel agreed"]\n"no" = "leave out"\n').status == "stored"
    assert awards(company) == ["x1"]


def test_a_remark_that_says_that_something_failed_is_asked_about_and_others_are_not(company):
    remarks = ["Failed - resit booked", "Revoked by vendor 2025-08-01", "Great talk", "Booked through the agency"]
    rows = "".join(f"x{n},00{1 + n % 2},c{1 + n // 2},2024-06-1{n},{remark}\n" for n, remark in enumerate(remarks))
    questions = asked(company, "badges", BADGES.format(",Remarks") + rows)
    assert {about for about in questions if about.startswith("values.Remarks")} == {
        f"values.Remarks.{remark}" for remark in remarks[:2]
    }
    people = PEOPLE.format("Kommentar", "", "ausgeschieden zum 30.06.2025", "Homeoffice")
    assert "values.Kommentar.ausgeschieden zum 30.06.2025" in asked(company, "roster", people)


@pytest.mark.parametrize(
    ("scores", "marks"), [(["14/20", "7/20"], "10/20"), (["0.85", "0.45"], "70"), (["85%", "45 %"], "70 %")]
)
def test_scores_are_held_against_the_mark_in_whatever_way_both_are_written(company, scores, marks):
    rows = "".join(f"x{n},00{n},c1,2024-06-11,{score},{marks}\n" for n, score in enumerate(scores, 1))
    assert land(company, "badges", BADGES.format(",Note,Seuil de réussite") + rows).status == "stored"
    assert awards(company) == ["x1"]


@pytest.mark.parametrize(
    "text",
    [
        "Certificate ID,State\nx1,Revoked\n",
        "Badge ID,Revoked at\nx1,2024-07-01\n",
        "ID du badge,Révoqué le\nx1,2024-07-01\n",
    ],
)
def test_a_list_of_ids_of_awards_is_one_whatever_its_headers_say(company, text):
    land(company, "badges", BADGES.format("") + "x1,002,c1,2024-06-11\nx2,001,c1,2024-06-11\n")
    assert land(company, "badges", text, day=2).status == "stored"
    assert awards(company) == ["x2"]


def test_the_last_row_of_a_history_can_be_the_one_that_counts(company):
    """The first is the oldest: whoever moved would be in the old team, and whoever left would be active."""
    history = "Employee ID,Change,Department,Name\n001,Hire,HQ,Ann Lee\n002,Hire,Lab,Bo Ray\n002,Transfer,Shop,Bo Ray\n"
    history += "003,Hire,Lab,Cy Fox\n003,Termination,Lab,Cy Fox\n"
    outcome = land(company, "roster", history, dry_run=True)
    (question,) = [question for question in outcome.questions if question.about == "duplicates"]
    assert list(question.answers) == ["keep first", "keep last"]
    assert land(company, "roster", history, 'duplicates = "keep last"\n', day=2).status == "stored"
    people = company.query(
        "select team, left_on is not null as is_over from roster_rows where upload_id = (select max(upload_id) from "
        "uploads) "
        "order by employee_id"
    )
    assert [tuple(row.values()) for row in people.to_pylist()] == [("HQ", False), ("Shop", False), ("Lab", True)]


def test_who_has_left_by_a_status_keeps_the_first_last_day_in_the_next_rosters(company):
    """Else everybody who left would leave again each month."""
    roster = PEOPLE.format("Status", "Active", "Active", "Terminated")
    for month in (2, 3, 4):
        outcome = land(company, "roster", roster, day=month, effective=date(2024, month, 1))
        assert outcome.status == "stored"
    assert not any("left_on: the file has no such column" in line for line in warnings(outcome))
    days = company.query("select left_on from roster_rows where name = 'Cy Fox' and upload_id > 1 order by upload_id")
    assert days["left_on"].to_pylist() == [date(2024, 1, 31)] * 3


def test_addresses_that_are_the_ids_of_people_are_their_addresses_too(company):
    text = "Email,Name,Department,Manager Email\nann@x.example,Ann,Board,\nbo@x.example,Bo,Field,ann@x.example\n"
    assert land(company, "roster", text, '[columns]\nemployee_id = "Email"\n').status == "stored"
    stored = company.query("select email, manager_id from roster_rows where upload_id > 1 order by employee_id")
    assert [tuple(row.values()) for row in stored.to_pylist()] == [
        ("ann@x.example", None),
        ("bo@x.example", "ann@x.example"),
    ]


def test_a_second_award_in_the_same_row_is_a_warning_that_says_that_it_is_lost(company):
    text = "Employee ID,Course 1,Date 1,Course 2,Date 2\n002,c1,2024-06-11,c2,2024-06-12\n"
    columns = 'matrix = "no"\n[columns]\ncredential_id = "Course 1"\nissued_on = "Date 1"\n'
    outcome = land(company, "badges", text, columns, dry_run=True)
    lines = [line for line in warnings(outcome) if "give each a row of its own" in line.lower()]
    assert [line.split("column ")[1].split(":")[0] for line in lines] == ["Course 2", "Date 2"], warnings(outcome)


BEFORE = "employee_id,name,email,team,hired_on\n12,Bob Lyle,bob@x.example,Field,2014-05-01\n13,Cat Moor,cat@x.example,Field,2015-01-01\n"


@pytest.fixture
def two(company):
    assert land(company, "roster", BEFORE, day=2, effective=date(2024, 2, 1)).status == "stored"
    return company


def alarms(store, rows):
    header = BEFORE.partition("\n")[0]
    outcome = land(store, "roster", f"{header}\n{rows}", day=3, effective=date(2024, 3, 1), dry_run=True)
    return [line for line in warnings(outcome, "alarm") if "whole roster" not in line]


def test_an_id_that_goes_to_a_relative_of_its_last_bearer_is_an_alarm_and_a_wedding_is_none(two):
    (line,) = alarms(two, "12,Bea Lyle,bea@x.example,Field,2024-02-15\n13,Cat Moor,cat@x.example,Field,2015-01-01\n")
    assert "the id 12 was Bob Lyle and is Bea Lyle here" in line
    same = "12,Bob Lyle,bob@x.example,Field,2014-05-01\n"
    assert alarms(two, same + "13,Cat Fox-Moor,cat.fox@x.example,Field,2015-01-01\n") == []
    assert alarms(two, same + "13,Cat Moor,moor@x.example,Field,2024-02-15\n") == [], "she came back"


def test_somebody_who_comes_under_another_id_is_an_alarm_with_the_line_that_keeps_the_old_one(two):
    (line,) = alarms(two, "12,Bob Lyle,bob@x.example,Field,2014-05-01\n113,Cat Moor,cat@x.example,Field,2015-01-01\n")
    assert "Cat Moor has the id 113 here and had 13" in line
    mapping = line.split("say in a mapping: ")[1].rstrip(".").replace("] ", "]\n")
    roster = BEFORE.replace("13,Cat", "113,Cat")
    assert land(two, "roster", roster, mapping, 3, effective=date(2024, 3, 1)).counts[0].unchanged == 2


def test_an_award_of_a_day_to_come_is_a_warning_and_planned_days_are_never_proposed_first(company):
    outcome = land(company, "badges", BADGES.format("") + "x1,002,c1,2030-02-01\n")
    assert any("2030-02-01 is after today" in line for line in warnings(outcome))
    text = "award_id,employee_id,credential_id,Planned Date,Actual Date\nx1,002,c1,2024-02-01,2024-03-01\n"
    assert asked(company, "badges", text)["columns.issued_on"].likely == "Actual Date"


def test_a_column_with_a_word_for_an_end_is_never_only_a_notice(company):
    text = BADGES.format(",How") + "x1,002,c1,2024-06-11,Cancelled\nx2,001,c1,2024-06-11,Transferred\n"
    outcome = land(company, "badges", text, dry_run=True)
    assert any("How" in line and "'Cancelled' (1 row)" in line for line in warnings(outcome)), warnings(outcome)


def test_rows_that_a_filter_hides_are_told_because_they_are_read_like_the_others(company):
    book = Workbook()
    for row in (["award_id", "employee_id", "credential_id", "issued_on"], ["x1", "002", "c1", "2024-06-11"]):
        book.active.append(row)
    book.active.append(["x2", "001", "c1", "2024-06-12"])
    book.active.row_dimensions[3].hidden = True
    content = BytesIO()
    book.save(content)
    source = Source("badges", "filtered.xlsx", content.getvalue())
    outcome = import_sources(company, [source], Options(landed_at=datetime(2030, 1, 2)))
    assert any("line 3: 1 row is hidden in the workbook" in line for line in warnings(outcome)), warnings(outcome)
    assert awards(company) == ["x1", "x2"]
