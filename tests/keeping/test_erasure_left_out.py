"""What a row left out did to an award, or did not do, stays so when somebody is erased; and no award becomes two."""

from tests.keeping.test_erasure_keys import BADGES, MOVES, ONE, Mapping, ask, erase, holders, land, made, store

__all__ = ["made", "store"]

STATES = "award_id,employee_id,credential_id,issued_on,Status\n"
OTHERS = "a7,P3,c1,2024-01-02,Completed\n"
TWO = Mapping(award_ids="two")


def ends(store):
    lines = ask(store, "award_lines")
    return sorted((row.employee_id, str(row.valid_to)) for row in lines.itertuples() if row.employee_id != "P2")


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
