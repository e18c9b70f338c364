"""Revocations that a status tells without a day: they hold whatever other files say, from a day that follows an undo."""

from datetime import datetime

from skilltrack.ingest import Options, Source, import_sources, undo
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
