"""Revocations that a status tells without a day: they hold whatever other files say, from a day that follows an undo."""

from datetime import datetime

import pytest

from skilltrack.ingest import Mapping, Options, Source, Unanswered, import_sources, redo, undo
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.relations import END_OF_TIME, with_definitions

STATE = "award_id,employee_id,credential_id,issued_on,State\n"


def land(store, text, day):
    options = Options(landed_at=datetime(2030, 1, day, 12))
    outcome = import_sources(store, [Source("badges", "badges.csv", text.encode())], options)
    assert outcome.status == "stored", outcome.problems
    return outcome.upload_id


def revoked(store):
    """By award the day of its revocation, which the definitions and what is computed ahead give alike."""
    told = with_definitions(
        "select award_key, cast(revoked_on as varchar) as day from awards where award_key like 'id x%' order by 1"
    )
    defined = store.query(told, {"known_at": END_OF_TIME}).to_pylist()
    ahead = (
        "select award_key, cast(revoked_on as varchar) as day from kept_awards where award_key like 'id x%' order by 1"
    )
    assert store.query(ahead).to_pylist() == defined
    return {row["award_key"].removeprefix("id "): row["day"] for row in defined}


def test_the_day_of_a_revocation_without_one_follows_from_the_uploads_in_force(company, tmp_path):
    rows = "{0}x1,002,c1,2024-06-11,{1}\nx2,001,c1,2024-06-12,{1}\n"
    brought = land(company, rows.format(STATE, "Issued"), 1)
    first = land(company, rows.format(STATE, "Revoked"), 2)
    land(company, rows.format(STATE, "Revoked") + "x3,001,c2,2024-06-13,Revoked\n", 5)
    assert revoked(company) == {"x1": "2030-01-02", "x2": "2030-01-02", "x3": "2024-06-13"}

    undo(company, first)
    assert revoked(company) == {"x1": "2030-01-05", "x2": "2030-01-05", "x3": "2024-06-13"}
    undo(company, brought)
    assert revoked(company) == {"x1": "2024-06-11", "x2": "2024-06-12", "x3": "2024-06-13"}

    dated = land(company, STATE.replace("State", "revoked_on") + "x1,002,c1,2024-06-11,2029-12-24\n", 7)
    land(company, STATE + "x1,002,c1,2024-06-11,Revoked\n", 9)
    assert revoked(company)["x1"] == "2024-06-11", "the first that is in force brought the award"
    undo(company, dated)
    assert revoked(company)["x1"] == "2024-06-11"

    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert revoked(again) == {"x1": "2024-06-11", "x2": "2024-06-12", "x3": "2024-06-13"}
    again.close()


def test_a_revocation_by_status_holds_beside_files_with_a_day_of_revocation_and_is_taken_back_by_its_source(company):
    land(company, STATE.replace("State", "revoked_on") + "x1,002,c1,2024-06-11,\nx2,001,c1,2024-06-12,\n", 1)
    land(company, STATE + "x1,002,c1,2024-06-11,Revoked\nx2,001,c1,2024-06-12,Issued\n", 2)
    assert revoked(company) == {"x1": "2030-01-02", "x2": None}

    land(company, STATE.replace("State", "Kursstatus") + "x1,002,c1,2024-06-11,abgeschlossen\n", 3)
    assert revoked(company)["x1"] == "2030-01-02", "that a course was completed says nothing about a revocation"
    land(company, STATE + "x1,002,c1,2024-06-11,Issued\n", 4)
    assert revoked(company)["x1"] is None


def test_revocations_that_landed_before_they_were_noted_hold_too_and_follow_an_undo(company, tmp_path):
    land(company, STATE.replace("State", "revoked_on") + "x1,002,c1,2024-06-11,\n", 1)
    first = land(company, STATE + "x1,002,c1,2024-06-11,Revoked\n", 2)
    land(company, STATE + "x1,002,c1,2024-06-11,Revoked\n", 5)
    with company.write() as transaction:
        transaction.run("drop table undated_revocations")
        transaction.run(f"update badge_files set has_revoked_on = false where upload_id >= {first}")
        transaction.run("delete from skilltrack_schema where version = 20")
    company.close()

    store = open_store(tmp_path / "company.duckdb")
    assert revoked(store) == {"x1": "2030-01-02"}
    undo(store, first)
    assert revoked(store) == {"x1": "2030-01-05"}
    store.close()


BY_ID = [
    ("Award ID,Revoked At,Why\nx1,2024-07-01,Fraud\n", "2024-07-01"),
    ("award_id,State\nx1,Revoked\n", "2030-01-05"),
    ("assertion id;Status\nx1;Annulliert\n", "2030-01-05"),
    ("award_id,Learner e-mail,revoked_on\nx1,bo@example.com,2024-07-01\n", "2024-07-01"),
]


def read(store, text, day, **options):
    source = Source("badges", "list.csv", text.encode())
    return import_sources(store, [source], Options(landed_at=datetime(2030, 1, day, 12), **options))


@pytest.mark.parametrize(("text", "day"), BY_ID)
def test_a_list_that_names_awards_by_their_ids_revokes_them_and_nothing_else(company, tmp_path, text, day):
    land(company, STATE + "x1,002,c1,2024-06-11,Issued\nx2,001,c1,2024-06-12,Issued\n", 1)
    outcome = read(company, text.replace("bo@example.com", address_of(company, "002")), 5)
    assert outcome.status == "stored", outcome.questions + outcome.problems
    assert revoked(company) == {"x1": day, "x2": None}

    undo(company, outcome.upload_id)
    assert revoked(company) == {"x1": None, "x2": None}
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    redo(again, outcome.upload_id)
    assert revoked(again) == {"x1": day, "x2": None}
    again.close()


def address_of(store, employee):
    rows = store.query("select email from roster_rows where employee_id = $id limit 1", {"id": employee})
    return rows["email"][0].as_py()


def test_an_id_that_names_no_award_or_one_of_two_systems_is_a_bad_row_with_the_way_out(company):
    first = Mapping(award_ids="one")
    sources = [Source("badges", "one.csv", f"{STATE}x1,002,c1,2024-06-11,Issued\n".encode(), first, True)]
    import_sources(company, sources, Options(landed_at=datetime(2030, 1, 1)))
    other = [
        Source("badges", "two.csv", f"{STATE}x1,001,c2,2024-06-12,Issued\n".encode(), Mapping(award_ids="two"), True)
    ]
    import_sources(company, other, Options(landed_at=datetime(2030, 1, 2)))
    outcome = read(company, "award_id,revoked_on\nx1,2024-07-01\nx7,2024-07-01\n", 5)
    errors = [str(problem) for problem in outcome.problems if problem.severity == "error"]
    assert outcome.status == "refused"
    ambiguous, unknown = errors
    assert ambiguous.startswith("list.csv, line 2, column award_id: 'x1': is the id of 2 awards of different systems")
    assert 'award_ids = "NAME"' in ambiguous
    assert unknown.startswith("list.csv, line 3, column award_id: 'x7': is not the id of an award here")

    said = Source("badges", "list.csv", b"award_id,revoked_on\nx1,2024-07-01\n", Mapping(award_ids="two"), True)
    assert import_sources(company, [said], Options(landed_at=datetime(2030, 1, 6))).status == "stored"
    days = with_definitions("select employee_id, revoked_on is not null as is_over from awards where award_id = 'x1'")
    rows = company.query(days, {"known_at": END_OF_TIME}).to_pylist()
    assert {row["employee_id"]: row["is_over"] for row in rows} == {"002": False, "001": True}


def test_a_new_export_with_a_day_of_revocation_still_asks_for_the_column_it_lacks(company):
    """Its rows are awards that nobody knows yet, so taking them for revocations would refuse every one."""
    text = "award_id,employee_id,credential_id,Verliehen,revoked_on\nx8,002,c1,2024-06-11,\n"
    with pytest.raises(Unanswered) as asked:
        read(company, text, 5)
    assert [question.about for question in asked.value.questions] == ["columns.issued_on"]


def test_an_award_told_again_with_another_credential_is_warned_of_and_many_stop_a_program(company):
    land(company, STATE + "".join(f"x{n},002,c1,2024-06-{n + 10},Issued\n" for n in range(5)), 1)
    one = read(company, STATE + "x1,002,c2,2024-06-11,Issued\n", 2, dry_run=True)
    warned = [str(problem) for problem in one.problems if problem.severity == "warning"]
    assert any("'x1': was an award of c1 and is one of c2" in message for message in warned), warned
    all_of_them = STATE + "".join(f"x{n},002,c2,2024-06-{n + 10},Issued\n" for n in range(5))
    assert read(company, all_of_them, 3, unattended=True).status == "refused"
