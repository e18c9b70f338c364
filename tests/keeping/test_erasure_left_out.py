"""What a row left out did to an award, or did not do, stays so when somebody is erased; and no award becomes two."""

from datetime import datetime

import pytest

from skilltrack.ingest import undo
from skilltrack.relations import END_OF_TIME, with_definitions
from tests.keeping.test_erasure_keys import BADGES, MOVES, ONE, Mapping, ask, erase, holders, land, made, store

__all__ = ["made", "store"]

STATES = "award_id,employee_id,credential_id,issued_on,Status\n"
OTHERS = "a7,P3,c1,2024-01-02,Completed\n"
TWO = Mapping(award_ids="two")


def ends(store):
    lines = ask(store, "award_lines")
    return sorted((row.employee_id, str(row.valid_to)) for row in lines.itertuples() if row.employee_id != "P2")


def issuers(store):
    rows = store.query(with_definitions("select * from awards"), {"known_at": END_OF_TIME}).to_pylist()
    return sorted((str(row["issued_on"]), row["named_issuer"]) for row in rows if row["employee_id"] != "P2")


def test_an_award_under_the_number_of_one_that_goes_stays_one_award(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-02-01\n", TWO)
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-03-01\nb9,P2,c1,2024-03-01\n", TWO)
    land(store, "badges", f"{BADGES}b9,P1,c1,2024-03-01\n", Mapping(award_ids="two", award_holders="correct"))
    assert holders(store) == ["P1", "P1", "P2"]

    erase(store, "P2")

    assert holders(store) == ["P1", "P1"], "a1 was corrected, and each of its rows was an award"


def test_a_name_that_two_had_still_takes_no_award_back(store):
    land(store, "roster", "employee_id,name\nP1,Ann Lee\nP2,Ann Lee\nP3,Cy\n")
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", ONE)
    named = "award_id,name,credential_id,issued_on,Status\na1,Ann Lee,c1,2024-01-01,Cancelled\n"
    land(store, "badges", f"{named}a7,Cy,c1,2024-01-02,Completed\n", Mapping(award_ids="one", people="by name"))
    before = ends(store)

    erase(store, "P2")
    erase(store, "P3")  # and an erasure after it says so again

    assert ends(store) == before[:1]


def test_a_cancelled_award_that_was_somebody_elses_by_then_does_not_come_back_revoked(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\nP3,Cy\n")
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", MOVES)
    land(store, "badges", f"{STATES}a1,P1,c1,2024-01-01,Cancelled\n{OTHERS}", ONE)
    before = ends(store)

    erase(store, "P2")

    assert ends(store) == before
    assert holders(store) == ["P3"]


def test_an_award_that_counts_again_does_so_without_the_cancelled_one_beside_it(store):
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    revoked = "award_id,employee_id,credential_id,issued_on,revoked_on\na1,P1,c1,2024-01-01,2024-03-01\n"
    land(store, "badges", f"{revoked}a2,P2,c1,2024-01-01,\n", ONE)
    land(store, "badges", f"{STATES}a1,P1,c1,2024-01-01,Completed\na2,P2,c1,2024-01-01,Cancelled\n", ONE)
    before = ends(store)

    erase(store, "P2")

    assert ends(store) == before


def test_a_numbering_that_is_called_like_somebody_erased_gets_a_name_that_says_nothing(store):
    """It stayed in five places, and every search for remains named them."""
    land(store, "roster", "employee_id,name\nP1,Cy\nP2,Ann Lee\nP3,Di\n")
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-02-01\na2,P2,c1,2024-01-01\n", Mapping(award_ids="Ann Lee"))
    land(store, "badges", f"{BADGES}a1,P3,c1,2024-02-01\n", Mapping(award_ids="list of Ann Lee"))
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-03-01\n", Mapping(award_ids="Ann Lee"))

    assert erase(store, "P2").left == []

    assert sorted(holders(store)) == ["P1", "P3"], "one that is corrected, and one that another list numbers alike"
    assert not any("Ann Lee" in key for key in store.query("from badge_rows")["award_key"].to_pylist())


@pytest.mark.parametrize("named", ["Nobody College", "I"])
def test_an_award_is_of_the_issuer_that_it_was_of_before_its_first_holder_went(store, named):
    """A row that names no issuer stands for that of the credential, also where its holder is no longer there."""
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{BADGES}a1,P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"award_id,employee_id,credential_id,issued_on,issuer\na1,P1,c1,2024-01-01,{named}\n", MOVES)
    land(store, "badges", "employee_id,credential_id,issued_on,issuer\nP1,c1,2024-05-01,Nobody College\n", ONE)
    before = issuers(store)

    erase(store, "P2")

    assert [before, issuers(store)] == [[("2024-01-01", None), ("2024-05-01", "Nobody College")]] * 2


def test_an_award_all_of_whose_rows_name_another_issuer_stays_of_that_one(store):
    of_other = "award_id,employee_id,credential_id,issued_on,issuer\na1,{},c1,2024-01-01,Nobody College\n"
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\nP3,Cy\n")
    for holder in ("P2", "P3", "P1"):
        land(store, "badges", of_other.format(holder), MOVES)

    erase(store, "P2")
    erase(store, "P3")

    assert issuers(store) == [("2024-01-01", "Nobody College")]


def test_a_row_without_an_id_is_about_the_same_of_two_awards_when_the_first_holder_of_one_went(store):
    more = "award_id,employee_id,credential_id,issued_on,expires_on\n"
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{BADGES},P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a5,P2,c1,2024-01-01\n", ONE)
    land(store, "badges", f"{more},P1,c1,2024-02-01,2027-01-01\n", ONE)
    land(store, "badges", f"{BADGES}a5,P1,c1,2024-02-01\n", MOVES)
    assert ends(store) == [("P1", "2027-01-01"), ("P1", "<NA>")]

    erase(store, "P2")
    land(store, "badges", f"{more},P1,c1,2024-02-01,2026-06-30\n", ONE)

    assert ends(store) == [("P1", "2026-06-30"), ("P1", "<NA>")]


def test_a_revocation_without_a_day_follows_an_undo_also_where_whoever_was_revoked_went(store):
    """Its day is that of the first upload in force that tells it; it stayed that of an upload that was undone."""
    at = [{"landed_at": datetime(2030, 1, day, 12)} for day in range(1, 6)]
    land(store, "roster", "employee_id,name\nP1,Ann\nP2,Bo\n")
    land(store, "badges", f"{STATES}a1,P2,c1,2024-01-01,Issued\n", ONE, **at[0])
    first = land(store, "badges", f"{STATES}a1,P2,c1,2024-01-01,Revoked\n", ONE, **at[1])
    land(
        store,
        "badges",
        f"{STATES}a1,P2,c1,2024-01-01,Revoked\n",
        Mapping(award_ids="one", duplicates="keep last"),
        **at[3],
    )
    land(store, "badges", f"{BADGES}a1,P1,c1,2024-01-01\n", MOVES, **at[4])
    assert ends(store) == [("P1", "2030-01-01")]

    erase(store, "P2")
    undo(store, first)

    assert ends(store) == [("P1", "2030-01-03")]
