"""What a file means: taken where its values leave no doubt, asked where they do, told where it looks wrong."""

import io
import math
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadFile
from skilltrack.ingest import Options, Source, import_files, import_sources, undo
from skilltrack.ingest.landing.remembered import read_all
from skilltrack.ingest.reading import sensitive, workbook
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping
from skilltrack.ingest.reading.recognise import lay_out, score
from skilltrack.kinds.declared import KINDS
from skilltrack.questions import preview
from skilltrack.storage.store import Store

SPEND = "spend_id,credential_id,paid_on,amount,currency,funding_source\n"


def land(store, kind, text, name=None, mapping=None, **options):
    content = text.encode() if isinstance(text, str) else text
    source = Source(kind, name or f"{kind}.csv", content, mapping or Mapping(), mapping is not None)
    # Nobody asks these companies for a number.
    defaults = {"effective": date(2024, 1, 1), "is_one_of_many": True}
    return import_sources(store, [source], Options(**{**defaults, **options}))


def managers(store, upload_id):
    rows = store.query(f"select employee_id, manager_id from roster_rows where upload_id = {upload_id}").to_pylist()
    return {row["employee_id"]: row["manager_id"] for row in rows}


def said(outcome, severity):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


def asked(outcome):
    return {question.about: question.answers for question in outcome.questions}


def test_a_manager_by_name_or_address_is_found_when_it_is_one_person_and_listed_when_not(company):
    roster = (
        "employee_id,name,email,manager_name,manager_email\n"
        '1,"Lee, Ann",ann@x,,\n2,Bo Ray,bo@x,Ann Lee,\n3,Cy,cy@x,,BO@X\n4,Cy,c2@x,"lee, ann",\n'
        "5,Di,di@x,Cy,\n6,Ed,ed@x,Nobody,\n"
    )
    outcome = land(company, "roster", roster)

    assert managers(company, outcome.upload_id) == {"1": None, "2": "1", "3": "2", "4": "1", "5": None, "6": None}
    told = next(line for line in said(outcome, "warning") if "nobody or several" in line)
    assert "line 6" in told
    assert "2 rows name a manager" in told
    assert all(name in told for name in ("Cy", "Nobody"))


def test_zeros_that_were_lost_are_offered_and_put_back_only_when_that_is_said(company):
    badges = "employee_id,credential_id,issued_on\n2,c1,2024-03-01\n"
    outcome = land(company, "badges", badges)
    assert outcome.status == "refused"
    assert asked(outcome) == {"pad.employee_id": {"3": "2 as 002"}}

    outcome = land(company, "badges", badges, mapping=Mapping(pad={"employee_id": "3"}))
    assert outcome.status == "stored"
    rows = company.query(f"select employee_id from badge_rows where upload_id = {outcome.upload_id}").to_pylist()
    assert rows == [{"employee_id": "002"}]


def test_zeros_lost_from_the_managers_only_are_offered_too(company):
    outcome = land(company, "roster", "employee_id,name,manager_id\n001,Ann,\n002,Bo,1\n")

    assert asked(outcome) == {"pad.manager_id": {"3": "1 as 001"}}
    assert managers(company, outcome.upload_id)["002"] == "1"


def test_managers_in_another_system_s_numbers_are_told(company):
    rows = "".join(f"e{n},P{n},m{n}\n" for n in range(5))
    told = said(land(company, "roster", "employee_id,name,manager_id\n" + rows), "warning")

    assert any("5 of 5 managers are nobody's employee_id" in line for line in told)


def test_ids_that_a_spreadsheet_has_rounded_are_an_alarm(company):
    told = said(land(company, "roster", "employee_id,name\n2.16E+11,Ann\n001,Bo\n"), "alarm")

    assert any("line 2, column employee_id: '2.16E+11': a spreadsheet has rounded 1 ids" in line for line in told)


@pytest.mark.parametrize(
    ("kind", "first", "second", "words"),
    [
        ("spend", None, SPEND + "p2,c1,2024-01-03,1005,EUR,grant\n", "10 times"),
        ("badges", None, "employee_id,credential_id,issued_on\n001,c1,1924-01-02\n", "years off (1924-01-02)"),
        (
            "roster",
            "employee_id,name\n" + "".join(f"{n},P\n" for n in range(20)),
            "employee_id,name\n" + "".join(f"{n},P\n" for n in range(17)),
            "3 of 20 people would leave",
        ),
        ("roster", "employee_id,name\n1,A\n2,B\n3,C\n4,D\n", "employee_id,name\n1,A\n2,B\n", "falls from 4 to 2"),
    ],
)
def test_a_file_that_looks_wrong_as_a_whole_is_an_alarm_and_refused_when_careful(company, kind, first, second, words):
    if first:
        land(company, kind, first)
    careful, outcome = land(company, kind, second, careful=True), land(company, kind, second)

    assert any(words in line for line in said(outcome, "alarm")), outcome.problems
    assert (careful.status, outcome.status) == ("refused", "stored")


def test_one_in_ten_leaving_is_no_alarm(company):
    land(company, "roster", "employee_id,name\n" + "".join(f"{n},P\n" for n in range(20)))
    outcome = land(company, "roster", "employee_id,name\n" + "".join(f"{n},P\n" for n in range(2, 20)))

    assert said(outcome, "alarm") == []


def test_the_bytes_of_an_earlier_file_under_another_name_are_an_alarm(company):
    first = "employee_id,name\n001,Ann\n002,Bo\n"
    number = land(company, "roster", first, "monday.csv").upload_id
    land(company, "roster", first.replace("Bo", "Bob"), "tuesday.csv")

    outcome = land(company, "roster", first, "wednesday.csv")
    assert any(f"came as monday.csv in upload {number}" in line for line in said(outcome, "alarm"))


def test_a_credential_s_name_is_matched_suggested_or_made_and_never_guessed(company):
    head = "employee_id,credential,issued_on\n"
    assert land(company, "badges", head + "002,one,2024-05-01\n").status == "stored"
    outcome = land(company, "badges", head + "002,Stack of all,2024-05-02\n")
    assert outcome.status == "refused"
    assert list(asked(outcome)) == ["values.credential.Stack of all", "unknown_credentials"]
    assert list(asked(outcome)["values.credential.Stack of all"]) == ["Stack"]

    made = land(company, "badges", head + "002,Knots,2024-05-03\n", mapping=Mapping(unknown_credentials="create"))
    assert made.status == "stored"
    known = company.query("select name, issuer from credential_rows where credential_id = 'Knots'").to_pylist()
    assert known == [{"name": "Knots", "issuer": "Unknown issuer"}]


def test_what_was_answered_is_used_for_the_next_file_of_its_source_until_it_is_undone(company):
    head = "employee_id;name;hired_on\n"
    first = land(company, "roster", head + "1;Ann;03/04/2024\n", mapping=Mapping(dates={"hired_on": "%m/%d/%Y"}))
    second = land(company, "roster", head + "1;Ann;05/06/2024\n")
    assert second.status == "stored"
    assert f"upload {first.upload_id}" in " ".join(said(second, "warning"))

    undo(company, first.upload_id)
    undo(company, second.upload_id)
    third = land(company, "roster", head + "1;Ann;07/08/2024\n")
    assert third.status == "refused"
    assert "dates.hired_on" in asked(third)


@pytest.mark.parametrize("time", ["", " 09:30"])
def test_a_column_that_proves_both_orders_of_day_and_month_is_asked_about_and_not_voted_on(company, time):
    dates = ["25/01/2024", "26/01/2024", "01/27/2024", "03/04/2024"]
    text = "employee_id,name,hired_on\n" + "".join(f"{n},Ann,{day}{time}\n" for n, day in enumerate(dates))
    outcome = land(company, "roster", text, quarantine=True)
    assert "dates.hired_on" in [question.about for question in outcome.questions]
    assert outcome.counts[0].quarantined == 4, "none of them is stored by the majority"
    style = "%d/%m/%Y" + time.replace(" 09:30", " and time")
    answered = land(company, "roster", text, mapping=Mapping(dates={"hired_on": style}))
    assert [(problem.line, problem.value[:10]) for problem in answered.errors] == [(4, "01/27/2024")]


def test_evidence_in_a_file_is_stronger_than_what_is_remembered(company):
    head = "employee_id;name;hired_on\n"
    land(company, "roster", head + "1;Ann;03/04/2024\n", mapping=Mapping(dates={"hired_on": "%m/%d/%Y"}))
    outcome = land(company, "roster", head + "1;Ann;03/04/2024\n2;Bo;25/04/2024\n")

    hired = company.query(
        f"select cast(hired_on as varchar) as hired_on from roster_rows where upload_id = {outcome.upload_id}"
    ).to_pylist()
    assert [row["hired_on"] for row in hired] == ["2024-04-03", "2024-04-25"]


@pytest.mark.parametrize(
    "header",
    [
        "Health and Safety",
        "Krankenpflege",
        "Date d'embauche",
        "Fecha de ingreso",
        "Managers",
        "Payroll Number",
        "Postal Union",
        "Leave Date",
        "Class Name",
        "Business Name",
        "Adobe Id",
        "Essex Office",
        "Trace",
        "classname",
    ],
)
def test_a_header_that_only_holds_the_letters_of_a_sensitive_word_can_be_used(header):
    assert mapped(f"employee_id,{header}\n1,x\n", {"name": header}).columns["name"].to_pylist() == ["x"]


@pytest.mark.parametrize(
    "header",
    [*(word.strip() for word in sensitive.WORDS.split(",")), "Employee SSN", "sex (m/f)", "EmployeeSSN", "Date of Birth", "Base-Salary", "GenderCode", "Geburtsdatum",
     "Annual Salary (EUR)", "National ID", "Citizenship Status", "Fecha de nacimiento", "Veteran Status", "Aadhaar No.",
     "Bank Account", "Tax ID", "Hourly Rate", "Performance Rating 2025", "Preferred Pronouns", "Sexual Identity", "Religious Belief",
     "Labour Union", "Sick Days 2025", "Hispanic", "Citizen", "NI: National Insurance", "Annual Income", "Private Address",
     "Personal E-mail", "Emergency Phone", "Blood Type", "Political Affiliation", "Criminal Convictions", "Appraisal 2025",
     "Staatsangehörigkeit", "STAATSANGEHOERIGKEIT", "Konfession", "Steuerklasse", "Krankenkasse", "Grad der Behinderung", "Vergütung",
     "Sexe", "Genre", "Nationalité", "NATIONALITE", "Numéro de sécurité sociale", "Situation familiale", "Rémunération brute", "Handicap",
     "Âge", "Estado civil", "Género", "Número de la Seguridad Social", "Discapacidad", "Sueldo", "Edad", "DNI", "Desempeño"],
)  # fmt: skip
def test_a_sensitive_header_is_never_used(header):
    with pytest.raises(BadFile, match="sensitive personal data"):
        mapped(f"employee_id,{header}\n1,x\n", {"name": header})


def mapped(text, columns):
    kind, mapping = KINDS["roster"], Mapping(columns=columns)
    return map_columns(kind, decode(text.encode(), "r.csv", mapping, lay_out(kind, mapping), score(kind)), mapping)


@pytest.mark.parametrize(
    ("system", "kind", "header"),
    [
        ("SuccessFactors", "roster", "STATUS,USERID,FIRSTNAME,LASTNAME,EMAIL,MANAGER,DEPARTMENT,JOBCODE,HIREDATE"),
        ("Workday", "roster", "Employee ID,Worker,Email - Primary Work,Manager ID,Supervisory Organization,Job Profile,Hire Date"),
        ("BambooHR", "roster", "Employee #,First Name,Last Name,Work Email,Supervisor EId,Department,Job Title,Hire Date"),
        ("ADP", "roster", "Associate ID,First Name,Last Name,Work Contact: Work Email,Reports To Associate ID,Home Department Description,Job Title Code,Hire Date"),
        ("Odoo", "roster", "id,name,work_email,parent_id/id,department_id,job_id,contract_date_start"),
        ("SCIM", "roster", "employeeNumber,displayName,emails.value,manager.value,department,title"),
        ("Credly", "badges", "Badge Template ID,Recipient Email,Issued To First Name,Issued At,Expiration Date"),
        ("Accredible", "badges", "Recipient Name,Recipient Email,Group Name,Issued On"),
        ("Badgr", "badges", "identifier,badge class id,first name,last name,issue date,evidence url"),
    ],
)  # fmt: skip
def test_the_headers_of_a_system_are_known(system, kind, header):
    row = ",".join(f"x{n}" for n in range(header.count(",") + 1))
    text = f"{header}\n{row}\n".encode()
    kind, mapping = KINDS[kind], Mapping()
    found = map_columns(kind, decode(text, "f.csv", mapping, lay_out(kind, mapping), score(kind)), mapping).columns

    wanted = {"roster": {"employee_id", "name", "email", "manager_id", "team", "role_id"}, "badges": {"issued_on"}}
    assert wanted[kind.name] <= set(found), system


def test_a_mapping_as_it_is_exported_reads_the_file_in_the_same_way(company):
    text = "Id;Wer;Seit\n1;Ann;31.01.2024\n"
    first = land(
        company, "roster", text, mapping=Mapping(columns={"employee_id": "Id", "name": "Wer", "hired_on": "Seit"})
    )
    kept = company.query(f"select mapping from upload_sources where upload_id = {first.upload_id}").to_pylist()[0]
    exported = parse_mapping(kept["mapping"], "of the journal", is_kept=True).for_command.to_toml()
    again = land(company, "roster", text, mapping=parse_mapping(exported, "m.toml"), mode="changes")

    assert [(c.new, c.changed, c.unchanged) for c in again.counts] == [(0, 0, 1)]


def test_merged_cells_are_read_as_one_and_told_and_so_is_the_sheet(company):
    book = xlsxwriter.Workbook(written := io.BytesIO(), {"in_memory": True})
    book.add_worksheet("About").write(0, 0, "Made by the HR system")
    sheet = book.add_worksheet("Staff")
    sheet.write_row(0, 1, ["employee_id", "name", "team"])  # the first column is empty
    sheet.merge_range(1, 3, 2, 3, "North")
    sheet.write_column(1, 1, ["a", "b", "c"])
    sheet.write_column(1, 2, ["Ann", "Bo", "Cy"])
    book.close()
    source = Source("roster", "staff.xlsx", written.getvalue())
    outcome = import_sources(company, [source], Options())
    teams = f"select team from roster_rows where upload_id = {outcome.upload_id} order by employee_id"
    assert [row["team"] for row in company.query(teams).to_pylist()] == ["North", "North", None]
    assert "cells are merged with those above them, and read as the same, in 1 row." in str(said(outcome, "warning"))
    assert "staff.xlsx: read from the sheet 'Staff', one of 2." in said(outcome, "notice")


def test_a_formula_that_failed_is_named_and_never_read_as_nothing(company):
    book = xlsxwriter.Workbook(written := io.BytesIO(), {"in_memory": True})
    book.add_worksheet("Not & asked").write_formula(0, 0, "=1/0", None, "#DIV/0!")
    sheet = book.add_worksheet("Staff")
    sheet.write_row(2, 1, ["employee_id", "name", "team", "left_on"])
    sheet.write_row(3, 1, ["a", "Ann", "North"])
    sheet.write_row(4, 1, ["b", "Bo"])
    sheet.write_formula(4, 3, "=INDEX(Old!A1:A9, 2)", None, "#REF!")
    sheet.write_formula(3, 4, "=DATE(B1, 1, 1)", None, "#VALUE!")  # as nothing it would mean: never left
    sheet.write_formula(4, 4, "=VLOOKUP(A3, Left!A:B, 2, FALSE)", None, "#N/A")
    book.close()
    outcome = import_sources(company, [Source("roster", "staff.xlsx", written.getvalue())], Options())

    assert [(e.line, e.column, e.value) for e in outcome.errors] == [(4, "left_on", "#VALUE!"), (5, "team", "#REF!")]
    assert "is an error of the spreadsheet" in str(outcome.errors[1])
    csv = land(company, "roster", "employee_id,name,manager_id\n1,#NAME?,\n2,#1 fan,\n")
    assert [(e.line, e.column, e.value) for e in csv.errors] == [(2, "name", "#NAME?")]


def test_somebody_of_the_team_total_is_no_line_of_totals(company):
    text = "employee_id,name,email,manager_id,team,role_id,location\n1,Ann,,,A,,\n2,Bo,,,Total,,\n"
    assert land(company, "roster", text).counts[0].new == 2
    told = land(company, "roster", text + "Total,2,,,,,\n", effective=date(2024, 5, 5))
    assert "roster.csv, line 4: is a line of totals: left out." in said(told, "notice")


@pytest.mark.parametrize("start", ["<html><table>", "\ufeff\n<?xml version='1.0'?>", '[{"id": 1}]', "PAR1\x00\xff"])
def test_what_is_no_table_is_said_by_its_name(company, start):
    with pytest.raises(BadFile, match="f.xls is (HTML|JSON|a Parquet file).*CSV"):
        land(company, "roster", start, "f.xls")


def test_a_preview_among_many_people_says_what_it_does_not_compute(company, monkeypatch):
    monkeypatch.setattr(preview, "QUICK", 1)
    land(company, "roster", "employee_id,name\n1,Ann\n2,Bo\n")
    options = Options(dry_run=True, effective=date(2024, 2, 1))

    def looked_at(kind, text):
        read = read_all(company, [Source(kind, f"{kind}.csv", text)], options.say)
        return preview.preview_import(company, Viewer.everyone(), read, options)

    assert "is not previewed" in looked_at("skills", b"skill_id,name\nnew,New\n").effects.not_computed
    roster = looked_at("roster", b"employee_id,name\n1,Ann\n")
    assert (roster.effects.not_computed, roster.effects.people) == ("", {"leave": 1}), "people are always counted"
    assert roster.outcome.counts[0].gone == 1


@given(st.decimals("-9999999999999.99", "9999999999999.99", places=2))
def test_an_amount_in_a_workbook_is_read_as_it_is_shown_there(amount):
    """A spreadsheet keeps 15 digits of binary numbers: 300.3 stands in the file as 300.29999999999995."""
    near = math.nextafter(float(amount), math.inf)

    assert Decimal(workbook._text(float(amount))) == amount
    assert not 0 < abs(amount) < 10**12 or Decimal(workbook._text(near)) == amount


REPEATED = {
    "skills": ("skill_id,name", "s{n},Skill {n}"),
    "credentials": ("credential_id,name,issuer", "c{n},Credential {n},I"),
    "roster": ("employee_id,name,team", "{n},Person {n},A"),
    "issuers": ("issuer,tier", "I{n},trusted"),
}


@pytest.mark.parametrize("kind", REPEATED)
@pytest.mark.parametrize("quote", ["", '"'])  # the vectorised reader, and the careful one
def test_a_header_that_is_repeated_inside_a_file_is_left_out_with_a_notice_of_its_lines(tmp_path, kind, quote):
    header, row = REPEATED[kind]
    lines = [
        header,
        *(row.format(n=n) for n in range(3)),
        header,
        row.format(n=4),
        f" {header.upper()} ",
        row.format(n=5),
    ]
    if quote:
        lines[1] = ",".join(f'"{cell}"' for cell in lines[1].split(","))
    (tmp_path / f"{kind}.csv").write_text("\n".join(lines) + "\n")
    store = Store.open(":memory:")

    outcome = import_files(store, kind, [tmp_path / f"{kind}.csv"])

    assert outcome.status == "stored", outcome.errors
    assert outcome.counts[0].new == 5
    assert "lines 5, 7 repeat the header: left out." in [p.message for p in outcome.problems if p.severity == "notice"]
    key = KINDS[kind].key[0]
    stored = store.query(f"select {key} as id, line_no from {KINDS[kind].table} order by line_no").to_pylist()
    assert [r["line_no"] for r in stored] == [2, 3, 4, 6, 8]
    assert key not in {r["id"].strip().lower() for r in stored}


def test_a_row_of_which_one_cell_alone_is_like_the_header_stays(tmp_path):
    (tmp_path / "skills.csv").write_text("skill_id,name\nskill_id,Naming things\ns1,name\n")
    store = Store.open(":memory:")

    assert import_files(store, "skills", [tmp_path / "skills.csv"]).counts[0].new == 2


def test_a_roster_by_which_most_lose_their_manager_or_role_or_have_left_stops_an_import_without_a_kind(company):
    """A report without the right to see managers would empty every organisation, without a word."""
    people = "".join(f"{n},P,{'' if n == 1 else 1},r,2020-01-01,\n" for n in range(1, 21))
    header = "employee_id,name,manager_id,role_id,hired_on,left_on\n"
    assert land(company, "roster", header + people).status == "stored"
    for text, message in (
        (header + people.replace(",1,r,", ",,,"), "19 of 20 people would lose theirs"),
        ("employee_id,name,hired_on\n" + "".join(f"{n},P,2020-01-01\n" for n in range(1, 21)), "is missing here, and"),
        (header + people.replace("2020-01-01,", "2020-01-01,2023-01-01"), "the headcount falls from 20 to 0"),
    ):
        outcome = land(company, "roster", text, unattended=True, careful=True)
        assert outcome.status == "refused"
        assert message in " ".join(str(problem) for problem in outcome.problems if problem.severity == "alarm")


@pytest.mark.parametrize(
    "header",
    [
        "Employee ID,Employee Name,Department,Leave Type,Start Date,End Date,Status",
        "Worker,Skill,Proficiency,Last Updated",
        "Employee ID,Name,Department,Certification,Expiration Date",
        "Mitarbeiternummer,Name,Abteilung,Schulung,Fällig am",
        "Employee ID,Name,Department,Expense Type,Amount,Date",
        "Employee ID,Name,Department,Asset,Serial Number",
    ],
)
def test_another_list_about_people_is_not_taken_for_their_roster(header):
    """The end of a holiday would be everybody's last day."""
    assert "roster" not in likeliest_kinds("export.csv", [header.split(",")])


def test_a_roster_with_sensitive_columns_is_still_one():
    header = "Employee ID,Employee Name,Department,Parental Leave,Emergency Contact,Disability,Religion"
    assert likeliest_kinds("export.csv", [header.split(",")]) == ["roster"]
