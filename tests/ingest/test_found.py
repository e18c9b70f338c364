"""Files of new users that once came out wrong: each silently, until somebody looked."""

import json
from datetime import date

import pytest

from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.remarks import split_remark
from skilltrack.ingest.reading.sources import recognised_kinds
from skilltrack.ingest.reading.states import look
from skilltrack.kinds import KINDS
from tests import forked
from tests.ingest.test_status import land, mapped, people, told, tried

ROSTER = "Employee ID,Employee Name,Department,Job Title"


def columns(kind, text, mapping=None):
    return {name: cells.to_pylist() for name, cells in mapped(kind, text, mapping).columns.items()}


def test_a_roster_whose_columns_share_words_or_hold_small_numbers_is_no_skill_matrix():
    numbers = (
        f"{ROSTER},Manager ID,Hire Date\n1,Ann Boss,Board,CEO,,2010-01-01\n2,Bob Cole,IT,dev,1,2011-01-01\n"
        "3,Cy Dorn,IT,dev,2,2011-03-01\n4,Di Eich,Ops,ops,2,2012-03-01\n"
    )
    shared = f"{ROSTER},Division\n" + "".join(
        f"{n},Person Number{n},{d},dev,{d}\n" for n, d in enumerate(["IT", "Ops"] * 8)
    )

    assert [recognised_kinds("x.csv", text.encode())[:1] for text in (numbers, shared)] == [["roster"], ["roster"]]


def test_a_file_that_lacks_one_needed_column_is_of_the_kind_of_all_its_others():
    assert likeliest_kinds(
        "x.csv", [["Invoice Number", "Employee ID", "Course", "Payment Date", "Amount", "Paid By", "Room"]]
    ) == ["spend"]
    assert likeliest_kinds("x.csv", [["ID", "Name", "Colour"]]) == []


def test_of_several_rows_about_somebody_one_that_counts_is_kept():
    text = (
        f"{ROSTER},Status,Hire Date\n202,Tom Hale,A,lead,Terminated,2012-03-01\n202,Tom Hale,A,ops,Active,2019-03-01\n"
        "203,Mei Tan,A,ops,Active,2019-03-01\n203,Mei Tan,A,dev,Pre-hire,2027-01-01\n"
    )
    found = columns("roster", text, Mapping(duplicates="keep newest"))
    assert list(zip(found["employee_id"], found["role_id"], strict=True)) == [("202", "ops"), ("203", "ops")]

    awards = "employee_id,credential_id,issued_on,Result\n1,c1,2024-02-01,Failed\n1,c1,2024-02-01,Passed\n"
    assert columns("badges", awards, Mapping(duplicates="keep first"))["employee_id"] == ["1"]


def test_an_id_made_of_a_row_is_the_same_when_a_row_that_does_not_count_is_gone():
    head = "paid_on,email,credential,amount,currency,funding_source,Type\n"
    row = "2024-03-26,ben@x.example,One,50.00,EUR,employer,"
    whole, later = (
        columns("spend", head + rows, Mapping(constants={"spend_id": "{row}"}))["spend_id"]
        for rows in (f"{row}Declined\n{row}Charge\n", f"{row}Charge\n")
    )
    assert whole == later


@pytest.mark.parametrize("header", ["Manager", "HR Partner", "Mentor", "Previous Manager", "Vorgesetzter", "Buddy"])
def test_what_is_said_of_somebody_else_ends_nobody(header):
    for cells in (["Rita Sands (Terminated)", "", ""], ["Rita Sands (Terminated)"] * 3, ["Terminated", "Active", ""]):
        text = f"{ROSTER},{header}\n" + "".join(f"{n},Ann Lee{'abc'[n]},A,r,{cell}\n" for n, cell in enumerate(cells))
        found, questions = tried("roster", text)

        assert questions == ()
        assert "status_says" not in found.columns


@pytest.mark.parametrize("header", ["Account Enabled", "Login Status", "Email Status", "Location Status"])
def test_that_an_account_is_closed_is_asked_and_no_leaving_by_itself(header):
    found = look(
        KINDS["roster"], header, {"Inactive": 1, "Active": 2} if "Enabled" not in header else {"FALSE": 1, "TRUE": 2}
    )

    assert sorted(found.meanings.values()) == ["", "counts"]


@pytest.mark.parametrize("header", ["Benefits Status", "Prior Employment Status", "Laptop Status"])
def test_the_status_of_something_else_is_told_and_ends_nobody(header):
    found = mapped("roster", f"{ROSTER},{header}\n1,Ann Lee,A,r,Terminated\n2,Bo Ray,A,r,Active\n")

    assert "status_says" not in found.columns
    assert [problem.severity for problem in found.problems if problem.column == header][:1] == ["warning"]


def test_a_reason_for_leaving_is_asked_where_it_is_no_known_word_and_an_action_ends_who_left():
    found = look(KINDS["roster"], "Termination Reason", {"Better offer": 1, "Retirement": 1, "": 8})
    assert found.meanings == {"Better offer": "", "Retirement": "left", "": "counts"}

    text = f"{ROSTER},Last Action\n1,Ann Lee,A,r,Hire\n2,Bo Ray,A,r,Termination\n3,Di Ox,A,r,Promotion\n"
    assert columns("roster", text)["status_says"] == ["counts", "left", "counts"]


def test_somebody_hired_again_works_here_where_the_file_has_both_days_of_hiring(company):
    text = (
        f"{ROSTER},Original Hire Date,Rehire Date,Termination Date\n1,Ann Lee,A,r,2015-01-01,,\n"
        "2,Omar Ra,A,r,2018-01-01,2022-01-01,2020-06-30\n3,Di Ox,A,r,2018-01-01,,2020-06-30\n"
    )
    assert land(company, "roster", text, effective=date(2024, 6, 1)).status == "stored"
    assert [person[2:] for person in people(company)] == [
        (date(2015, 1, 1), None),
        (date(2022, 1, 1), None),
        (date(2018, 1, 1), date(2020, 6, 30)),
    ]


@pytest.mark.parametrize("header", ["No.", "#", "Row", "Unnamed: 0", "Sort order", "Ext."])
def test_a_number_of_the_row_is_nobody_s_id(header):
    text = f"{header},EmpID,Name,Manager ID\n1,201,Ann Lee,1\n2,202,Bo Ray,1\n3,203,Di Ox,3\n4,204,Ed Ash,2\n"

    assert "other_id" not in mapped("roster", text).mapping.columns


def test_ids_in_order_are_no_other_ids_either():
    text = "User ID,EmpID,Name,Manager ID\n1,201,Ann Lee,1\n2,202,Bo Ray,1\n3,203,Di Ox,3\n4,204,Ed Ash,2\n"

    assert "other_id" not in mapped("roster", text).mapping.columns


@pytest.mark.parametrize("header", ["Validity", "Valid for", "Gültigkeitsdauer", "Vigencia", "Renewal period"])
def test_a_validity_that_is_not_used_is_a_warning(header):
    found = mapped("credentials", f"credential_id,name,issuer,{header}\nc1,One,I,36\nc2,Two,I,3 years\n")

    (problem,) = [problem for problem in found.problems if problem.column == header]
    assert (problem.severity, "validity_months (in months)" in problem.message) == ("warning", True)


def test_names_below_a_header_of_ids_are_no_ids():
    found = columns("badges", "Employee No,Employee,Course,Completed On\n103,Ines Albers,One,2024-02-14\n")
    assert found["employee_id"] == ["103"]

    roster, questions = tried("roster", "Employee No,Employee,Department\n201,Rita Sands,A\n202,Tom Hale,A\n")
    assert roster is None
    assert next(iter(questions[0].answers)) == "Employee"


@pytest.mark.parametrize(
    ("written", "name", "remark", "day"),
    [
        ("Ed Frei (Terminated 05/31/2023)", "Ed Frei", "Terminated", "05/31/2023"),
        ("Di Foe (Left 2023)", "Di Foe", "Left", "2023"),
        ("Doe, Jane - Left 2024-01-31", "Doe, Jane", "Left", "2024-01-31"),
        ("Ute Maß – Ausgeschieden am 31.01.2024", "Ute Maß", "Ausgeschieden", "31.01.2024"),
        ("Léa Roy [partie le 3 mars 2024]", "Léa Roy", "partie", "3 mars 2024"),
        ("Eva Gil | Baja: 31/01/2024", "Eva Gil", "Baja", "31/01/2024"),
        ("Bo Diaz - Terminated", "Bo Diaz", "Terminated", ""),
        ("Jo Ek (Past Employee)", "Jo Ek", "Past Employee", ""),
        ("Cal Ro (inactive)(contractor)", "Cal Ro", "inactive", ""),
        ("Ann (Bob) Lee", "Ann (Bob) Lee", "", ""),
        ("(Inactive) Bea Ro", "Bea Ro", "Inactive", ""),
        ("Zed Ro *Terminated*", "Zed Ro", "Terminated", ""),
        ("Uma Falk (Terminated - 2024-03-15)", "Uma Falk", "Terminated", "2024-03-15"),
        ("Uma Falk - Left 15.03.2024 (Redundancy)", "Uma Falk", "Redundancy", "15.03.2024"),
        ("Uma Falk - Ausgeschieden (15.03.2024)", "Uma Falk", "Ausgeschieden", "15.03.2024"),
        ("Uma Falk - Left - 2024-03-15", "Uma Falk", "Left", "2024-03-15"),
        ("Jean | Paul Roux (né Blanc)", "Jean | Paul Roux (né Blanc)", "", ""),
        ("Anne-Marie Roux - Klein", "Anne-Marie Roux - Klein", "", ""),
        ("Rosa Marlow (201)", "Rosa Marlow (201)", "", ""),
    ],
)
def test_what_is_written_beside_a_name_is_told_from_it(written, name, remark, day):
    assert split_remark(written) == (name, remark, day)


def test_a_command_that_a_question_stops_prints_the_question_as_json_too(tmp_path):
    (tmp_path / "x.csv").write_text("Wer,Kurs,Wann\n1,c1,2024-01-31\n")
    assert forked.skilltrack("import", "skills", _skills(tmp_path), db=tmp_path / "c.duckdb").returncode == 0
    done = forked.skilltrack("import", "badges", tmp_path / "x.csv", "--json", db=tmp_path / "c.duckdb")

    assert done.returncode == 2
    printed = json.loads(done.stdout)
    assert printed["status"] == "refused"
    assert {question["about"] for question in printed["questions"]} == {"columns.employee_id", "columns.issued_on"}
    assert "Which column is issued_on?" in done.stderr


def _skills(folder):
    path = folder / "skills.csv"
    path.write_text("skill_id,name\ns1,One\n")
    return path


def test_what_a_warning_of_rows_left_out_says_is_why(company):
    outcome = land(company, "roster", f"{ROSTER}\n1,Ann Lee,A,r\n2,Vacant,A,r\n")

    assert any("left out as a vacant post" in line for line in told(outcome))
    assert outcome.counts[0].new == 1


def test_names_beside_ids_that_are_somebody_else_s_are_an_alarm_that_stops_programs(company):
    rows = company.query("select employee_id, name from roster_rows order by employee_id limit 2").to_pylist()
    (one, other) = [(row["employee_id"], row["name"]) for row in rows]
    head = "employee_id,Name of the attendees,credential_id,issued_on\n"
    swapped = f"{one[0]},{other[1]},c2,2024-05-01\n{other[0]},{one[1]},c2,2024-05-02\n"
    outcome = land(company, "badges", head + swapped, dry_run=True)

    (alarm,) = [problem for problem in outcome.problems if problem.severity == "alarm"]
    assert (alarm.is_grave, alarm.line, alarm.column) == (True, 2, "Name of the attendees")
    assert f"in 2 rows: {other[1]} is {other[0]}, and the row is about {one[0]}" in alarm.message
    assert land(company, "badges", head + swapped, careful=True).status == "refused"
    for header in ("Manager Name", "Name of Trainer", "Approver Name", "Name des Vorgesetzten"):
        others = land(company, "badges", head.replace("Name of the attendees", header) + swapped, dry_run=True).problems
        assert not [p for p in others if p.severity == "alarm"], header
    own = f"{one[0]},{one[1].upper()},c2,2024-05-01\n{other[0]},Known As Else,c2,2024-05-02\n"
    assert not [p for p in land(company, "badges", head + own).problems if p.severity == "alarm"]


def test_exports_of_learning_platforms_are_recognised_and_their_ids_are_taken_for_what_they_are():
    viewed = "Name,Email,Content Type,Content,Content Provider,Completed At (PST/PDT)"
    assert likeliest_kinds("x.csv", [viewed.split(",")])[:1] == ["badges"]

    text = "Badge ID,Recipient Email,Badge Name,Issued At,State\n{},a@x.example,One,2024-02-01,accepted\n"
    of_award, of_badge = "7d0f4c1e-52f1-4a44-9f0e-0c9d3a1b2e55", "41"
    assert columns("badges", text.format(of_award))["award_id"] == [of_award]
    assert "award_id" not in columns("badges", text.format(of_badge))

    roles = "role_id,role_name,skill_id,required_level,Criticality\nr,R,s1,1,{}\n"
    assert [columns("roles", roles.format(word))["critical"] for word in ("Critical", "unkritisch")] == [
        ["true"],
        ["false"],
    ]


def test_a_day_in_exactly_the_rows_of_those_who_left_is_their_last_day(company):
    """Read as the day before the roster takes effect, a leaver of March counts until November."""
    text = "Personalnummer,Name,Estado,Abgang XY,Gespräch\n1,Ann Lee,Activo,,2026-01-01\n2,Bo Ray,Baja,2026-03-31,\n"
    found = mapped("roster", text + "3,Cy Poe,Activo,,\n")
    warnings = [str(problem) for problem in found.problems if problem.severity == "warning"]

    assert found.columns["left_on"].to_pylist() == ["", "2026-03-31", ""]
    assert any("'Baja' (1 row) have left" in line for line in warnings)
    assert any("Abgang XY: has a day in exactly the rows of those who left" in line for line in warnings)
    # A day for somebody who stays, a file where nobody left, and a mapping that says no.
    assert "left_on" not in columns("roster", f"{text}3,Cy Poe,Activo,2026-04-01,\n")
    assert "left_on" not in columns("roster", text.replace("Baja", "Activo"))
    assert "left_on" not in mapped("roster", text, Mapping(columns={"left_on": ""})).columns


def test_ids_that_differ_in_every_row_beside_the_same_credential_are_those_of_awards():
    """Taken for credentials, the next export of the same awards would count them a second time."""
    text = "Credential ID,Recipient Email,Credential Name,Issued On\n{}"
    same = columns("badges", text.format("9001,a@x.org,Lead,2025-01-03\n9002,b@x.org,Lead,2025-01-04\n"))
    different = columns("badges", text.format("c1,a@x.org,Lead,2025-01-03\nc2,b@x.org,Other,2025-01-04\n"))
    shared = columns("badges", text.format("c1,a@x.org,Lead,2025-01-03\nc1,b@x.org,Lead,2025-01-04\n"))
    beside = columns(
        "badges",
        "Badge ID,Badge Template ID,Recipient Email,Issued On\n9001,t,a@x.org,2025-01-03\n9002,t,b@x.org,2025-01-04\n",
    )
    ours = columns(
        "badges", "credential_id,email,credential,issued_on\n1,a@x.org,Lead,2025-01-03\n2,b@x.org,Lead,2025-01-04\n"
    )

    assert (same["award_id"], same["credential"], "credential_id" in same) == (
        ["9001", "9002"],
        ["Lead", "Lead"],
        False,
    )
    assert different["credential_id"] == ["c1", "c2"]
    assert shared["credential_id"] == ["c1", "c1"]
    assert (beside["award_id"], beside["credential_id"]) == (["9001", "9002"], ["t", "t"])
    assert (ours["credential_id"], "award_id" in ours) == (["1", "2"], False)


def test_ratings_are_no_roster_and_a_roster_is_no_matrix():
    ratings = [
        "Team Name",
        "First Name",
        "Last Name",
        "Email",
        "Employee ID",
        "Skill",
        "Score",
        "Level",
        "Date Completed",
    ]
    people = ["Employee #", "Last name, First name", "Job Title", "Department", "Location", "Supervisor EID", "Grade"]
    rows = [["North", "Ann", "Lee", "a@x.org", "1", "Python", "243", "3", "2026-03-02"]]

    assert "roster" not in likeliest_kinds("export.csv", [ratings, *rows])
    found = likeliest_kinds("export.csv", [people, ["1", "Lee, Ann", "Welder", "North", "Porto", "2", "3"]])
    assert found == ["roster"]


def test_an_empty_reason_or_a_yes_contradicts_no_status():
    text = (
        "employee_id,name,Estado,Motivo de baja,Primary\n1,A,Activo,,Yes\n2,B,Baja,,Yes\n3,C,Jubilado,Jubilación,Yes\n"
    )
    found = mapped("roster", text, Mapping(values={"Primary": {"Yes": "counts"}}))

    assert not [str(problem) for problem in found.problems if "contradict" in problem.message]


def test_what_stays_beside_a_name_and_a_day_that_cannot_be_read_are_told():
    """A leaver whose remark is not understood counts as somebody who works here."""
    text = "employee_id,name,team\n1,Ann Lee (Terminated 2025-13-45),N\n2,Bo Ray - Retired 2025,N\n3,Cy Poe (Not active),N\n"
    found = mapped("roster", text + "4,INACTIVE - Di Fox,N\n5,Ed Hill (Bob),N\n6,Flo Ash (leaving 2026-12-31),N\n")
    warnings = " ".join(str(problem) for problem in found.problems if problem.severity == "warning")

    assert "'2025-13-45', '2025' beside names is not a day that can be read" in warnings
    for part in ("'Not active' (1 row)", "'INACTIVE' (1 row)", "'leaving 2026-12-31' (1 row)"):
        assert part in warnings
    assert "Bob" not in warnings


def test_a_failure_told_beside_the_name_of_a_course_or_a_person_is_named_and_not_passed_over(company):
    course = "employee_id,credential,issued_on\n001,Stack (Failed),2024-06-01\n"
    outcome = land(company, "badges", course)
    asked = [question.text for question in outcome.questions if "is not in the catalogue. Is it" in question.text]
    assert asked
    assert "'Failed' may say that it was not earned" in asked[0]
    found = mapped(
        "badges", "name,credential_id,issued_on\nAnn Lee (no show),c1,2024-06-01\n", Mapping(people="by name")
    )
    assert any("'no show' (1 row) beside names may say" in str(problem) for problem in found.problems)


def test_a_status_is_never_proposed_as_the_id_of_people():
    _, questions = tried(
        "badges", "award_id,issued_on,Room,Status\na-3,2025-06-01,9,revoked\na-4,2025-06-02,7,revoked\n"
    )
    asked = next(question for question in questions if question.about == "columns.employee_id")
    assert (asked.likely, asked.reasons["Status"]) != ("Status", "short codes")
    assert asked.reasons["Status"] == "a status"
    assert list(asked.reasons)[-1] == "Status"
