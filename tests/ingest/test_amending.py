"""A list of leavers or movers changes what it says, and takes away nothing that it does not mention."""

from datetime import date, datetime

import pytest

from skilltrack.ingest import Mapping, Options, Source, import_sources
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild

FULL = (
    "employee_id,name,email,manager_id,team,role_id,hired_on,left_on\n"
    "001,Ann Lee,ann@example.com,,Board,,2015-01-01,\n"
    "002,Bo Ray,bo@example.com,001,Field,r1,2016-01-01,\n"
    "003,Cy Fox,cy@example.com,001,Field,r1,2017-01-01,2024-01-31\n"
)


def land(store, text, mapping=None, **options):
    source = Source("roster", "people.csv", text.encode(), mapping or Mapping(), mapping is not None)
    return import_sources(store, [source], Options(effective=date(2024, 3, 1), mode="changes", **options))


def person(store, employee):
    rows = store.query(
        "select name, email, manager_id, team, role_id, hired_on, left_on from roster_rows where employee_id = $id "
        "order by upload_id desc limit 1",
        {"id": employee},
    )
    return list(rows.to_pylist()[0].values())


@pytest.fixture
def people(company):
    outcome = import_sources(company, [Source("roster", "all.csv", FULL.encode())], Options(effective=date(2024, 2, 1)))
    assert outcome.status == "stored", outcome.problems
    return company


BO = ["Bo Ray", "bo@example.com", "001", "Field", "r1", date(2016, 1, 1), None]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Employee ID,Name,Last Working Day\n002,Bo Ray,2024-03-31\n", {6: date(2024, 3, 31)}),
        ("Employee ID,Name,Old Department,New Department\n002,Bo Ray,Field,Works\n", {3: "Works"}),
        ("Personalnummer,Name,Abteilung,Neue Abteilung\n002,Bo Ray,Field,Works\n", {3: "Works"}),
        ("matricule,nom complet,nouveau manager\n002,Bo Ray,003\n", {2: "003"}),
        ("employee_id,name,team\n002,Bo Ray,\n", {3: None}),
    ],
)
def test_a_list_of_leavers_or_movers_changes_what_it_says_and_keeps_the_rest(people, tmp_path, text, changed):
    outcome = land(people, text)
    assert outcome.status == "stored", outcome.questions
    expected = [changed.get(at, value) for at, value in enumerate(BO)]
    assert person(people, "002") == expected
    assert any("people who are known keep what they have" in message for message in map(str, outcome.problems))

    people.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert person(again, "002") == expected
    again.close()


def test_ids_that_stand_for_names_rename_nobody_and_a_status_that_somebody_works_here_brings_them_back(people):
    by_id = Mapping(columns={"name": "employee_id"})
    assert land(people, "employee_id,left_on\n002,2024-04-30\n", by_id).status == "stored"
    assert person(people, "002")[0] == "Bo Ray"
    assert person(people, "002")[6] == date(2024, 4, 30)
    land(people, "employee_id,name,Employment status\n003,Cy Fox,Active\n")
    assert person(people, "003")[6] is None
    land(people, "employee_id,name,team\n003,Cy Fox,Works\n")
    assert person(people, "003")[3:] == ["Works", "r1", date(2017, 1, 1), None]


def test_an_empty_column_that_takes_something_away_from_somebody_is_a_warning(people):
    outcome = land(people, "employee_id,name,team,manager_id,left_on\n002,Bo Ray,,,2024-04-30\n", dry_run=True)
    taken = [str(problem) for problem in outcome.problems if "1 person would lose theirs" in problem.message]
    assert [line.split("column ")[1].split(":")[0] for line in taken] == ["manager_id", "team"]


def test_a_known_id_with_another_name_alone_stops_a_program_also_where_it_only_amends(people):
    outcome = land(people, "employee_id,name,left_on\n002,Zoe Quill,2024-04-30\n", unattended=True)
    assert outcome.status == "refused"
    assert any("Zoe Quill would get the other's awards" in str(problem) for problem in outcome.problems)


def test_a_list_stored_by_an_earlier_program_lands_again_as_it_did_then(people, tmp_path):
    """Else a rebuild would give other numbers for days that were reported long ago."""
    earlier = Mapping(columns={"employee_id": "employee_id", "name": "name", "team": "team"}, reading="3")
    source = Source("roster", "people.csv", b"employee_id,name,team\n002,Bo Ray,Works\n", earlier, True, is_again=True)
    options = Options(effective=date(2024, 3, 1), mode="changes", landed_at=datetime(2030, 1, 1))
    import_sources(people, [source], options)
    assert person(people, "002") == ["Bo Ray", None, None, "Works", None, None, None]
