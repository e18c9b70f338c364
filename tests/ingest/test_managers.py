"""Who somebody's manager is: a column of yes and no is not asked about, and a name beside an id is compared with it."""

from datetime import date

import pytest

from skilltrack.ingest import KINDS, Options, Source, import_sources
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.recognise import lay_out, score


def mapped(text):
    kind, mapping = KINDS["roster"], Mapping()
    return map_columns(kind, decode(text.encode(), "f.csv", mapping, lay_out(kind, mapping), score(kind)), mapping)


def land(store, text, **options):
    return import_sources(store, [Source("roster", "roster.csv", text.encode())], Options(**options))


def managers(store, outcome):
    rows = store.query(f"select employee_id, manager_id from roster_rows where upload_id = {outcome.upload_id}")
    return {row["employee_id"]: row["manager_id"] for row in rows.to_pylist()}


def about_managers(outcome):
    """What is said of managers or asked about them, notices aside."""
    told = [str(p) for p in outcome.problems if p.severity != "notice" and "anager" in str(p)]
    return told + [question.text for question in outcome.questions]


@pytest.mark.parametrize("flags", [("Yes", "No", "No"), ("TRUE", "FALSE", ""), ("x", "", ""), ("1", "0", "0")])
@pytest.mark.parametrize("header", ["Manager", "People Manager", "Supervisor"])
def test_whether_somebody_is_a_manager_is_not_taken_for_who_theirs_is(header, flags):
    ids = ("", "7", "7")
    rows = "".join(f"{n},Ann,{flag},{manager}\n" for n, (flag, manager) in enumerate(zip(flags, ids, strict=True), 7))
    found = mapped(f"Employee ID,Name,{header},Reports To\n{rows}")

    assert found.columns["manager_id"].to_pylist() == ["", "7", "7"]
    assert [p.severity for p in found.problems if p.column == header] == ["notice"]


def test_a_roster_that_only_says_who_is_a_manager_has_no_managers():
    found = mapped("Employee ID,Name,Vorgesetzter\n7,Ann,ja\n8,Bo,nein\n")

    assert "manager_id" not in found.columns
    assert {p.severity for p in found.problems} == {"notice"}


def test_ids_of_managers_that_are_1_are_still_ids():
    found = mapped("Employee ID,Name,Manager\n1,Ann,\n2,Bo,1\n")
    assert found.columns["manager_id"].to_pylist() == ["", "1"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Manager", "Manager ID"),
        ("Reports To", "Manager Number"),
        ("Führungskraft", "Vorgesetzten-ID"),
        ("Jefe", "ID jefe"),
    ],
)
def test_names_of_managers_beside_their_ids_are_taken_for_what_they_are(name, number):
    for header, row in ((f"{name},{number}", "Ann Lee,1"), (f"{number},{name}", "1,Ann Lee")):
        found = mapped(f"employee_id,name,{header}\n1,Ann Lee,,\n2,Bo Ray,{row}\n")
        assert found.columns["manager_id"].to_pylist() == ["", "1"]
        assert found.columns["manager_name"].to_pylist() == ["", "Ann Lee"]
        assert {p.severity for p in found.problems} == {"notice"}


def test_two_columns_of_managers_that_agree_in_every_row_ask_nothing_and_others_are_warned_about():
    head = "employee_id,name,Manager ID,Supervisor ID\n1,Ann Lee,,\n"
    assert {p.severity for p in mapped(f"{head}2,Bo Ray,1,1\n").problems} == {"notice"}
    (warning,) = [p for p in mapped(f"{head}2,Bo Ray,1,2\n").problems if p.severity == "warning"]
    assert "Are both the same?" in warning.message


def test_names_that_are_those_of_the_ids_ask_nothing_in_this_file_or_in_the_store(company):
    head = "Employee ID,Name,Manager,Manager ID\n"
    first = land(company, f'{head}a1,Ann Lee,,\na2,Bo Ray,Ann Lee,a1\na3,Di Ox,"Lee, Ann",a1\na4,Ed Ash,Bob Ray,a2\n')
    assert first.status == "stored"
    assert managers(company, first) == {"a1": None, "a2": "a1", "a3": "a1", "a4": "a2"}
    assert about_managers(first) == []

    later = land(company, f"{head}a5,Gil Fox,Ann Lee,a1\na6,Flo Ek,Zoe Amo,a1\n")
    assert managers(company, later) == {"a5": "a1", "a6": "a1"}
    told = [line for line in about_managers(later) if "manager_name" in line]
    assert len(told) == 1
    assert "line 3, column manager_name: 'Zoe Amo': is beside manager_id a1, who is called Ann Lee; in 1 row" in told[0]


def test_a_name_of_somebody_else_than_the_id_beside_it_is_a_bad_row_that_says_both(company):
    text = "Employee ID,Name,Manager,Manager ID\na1,Ann Lee,,\na2,Bo Ray,Ann Lee,a1\na3,Di Ox,Bo Ray,a1\n"
    refused = land(company, text)

    assert [(e.line, e.value) for e in refused.errors] == [(4, "Bo Ray")]
    assert "is a2, and the manager_id of the row leads to a1" in refused.errors[0].message
    assert [question.about for question in refused.questions] == ["manager"]


def test_a_remark_with_a_day_beside_a_name_is_the_last_day_and_no_part_of_a_manager(company):
    text = (
        'Employee ID,Name,Manager\n7,"Doe, Jane - Left 2023-01-31",\n8,Bo Lee (Ausgeschieden am 13.02.2023),7\n'
        "9,Cy Poe [Inactive],Jane Doe (Left 2023-01-31)\n10,Di Roe (On leave since 2023-03-01),Bo Lee - Terminated\n"
    )
    outcome = land(company, text, effective=date(2024, 1, 1))
    assert outcome.status == "stored", outcome.problems
    told = "select employee_id, name, cast(left_on as varchar) as day from roster_rows where upload_id = 2 order by line_no"
    assert [tuple(row.values()) for row in company.query(told).to_pylist()] == [
        ("7", "Doe, Jane", "2023-01-31"),
        ("8", "Bo Lee", "2023-02-13"),
        ("9", "Cy Poe", "2023-12-31"),
        ("10", "Di Roe", None),
    ]
    assert managers(company, outcome) == {"7": None, "8": "7", "9": "7", "10": "8"}


def test_a_day_beside_a_name_that_can_be_read_in_two_ways_is_asked():
    text = "Employee ID,Name\n7,Jane Doe (Left 03/04/2023)\n8,Bo Lee\n"
    with pytest.raises(Unanswered) as raised:
        mapped(text)
    assert [question.about for question in raised.value.questions] == ["dates.name"]
