"""Erasing somebody takes no row of others that names them by now, and finds them in headers, mappings and rows set aside."""

from datetime import date

import pytest

from skilltrack.keeping import erasure
from tests.keeping.test_erasure_keys import BADGES, ONE, SPEND, Mapping, erase, holders, land, made, paid, store

__all__ = ["made", "store"]

AT_FIRST = "employee_id,name,email\nP1,Jörg Lee,lee@x.example\nP3,Cy Orr,cy@x.example\n"
LATER = f"{AT_FIRST}P2,Joerg Lee,lee@z.example\n"
OF_P1 = {
    "by account": (
        "badges",
        "award_id,email,credential_id,issued_on\na1,lee@z.example,c1,2024-01-01\na3,cy@x.example,c1,2024-01-02\n",
        Mapping(addresses="by account"),
    ),
    "an id that nobody had": (
        "badges",
        "award_id,employee_id,email,credential_id,issued_on\na1,P2,lee@x.example,c1,2024-01-01\n"
        "a3,P3,cy@x.example,c1,2024-01-02\n",
        Mapping(),
    ),
    "by another spelling": (
        "spend",
        f"{SPEND.replace('employee_id', 'name')}x1,Joerg Lee,c1,2024-01-01,100,EUR,employer\n",
        Mapping(people="by name"),
    ),
}
"""Files with a row of P1 that says who it is about by what somebody else is called later."""


@pytest.mark.parametrize("way", OF_P1)
def test_a_row_of_somebody_else_stays_theirs_though_what_it_calls_them_is_by_now_of_whoever_goes(store, way):
    """They lost an award or a payment, and nobody was told before."""
    land(store, "roster", AT_FIRST)
    land(store, *OF_P1[way])
    land(store, "roster", LATER)
    before = holders(store), paid(store)
    people = erasure.named(store, ["P2"])
    told = erasure.going(store, people, erasure.places_of(store, people))

    assert erase(store, "P2").left == []

    assert told.rows == {"roster": 1}
    assert (holders(store), paid(store)) == before


HEADED = {
    "a status": ("Status by Bo Hill", "Void", {"values": {"Status by Bo Hill": {"Void": "leave out", "Ok": "counts"}}}),
    "rows to skip": ("Seen by Bo Hill", "no", {"skip": {"Seen by Bo Hill": ["no"]}}),
    "a column of ours": ("Link of Bo Hill", "Ok", {"columns": {"evidence_url": "Link of Bo Hill"}}),
    "a value of a status": ("Status", "Void by Bo Hill", {"values": {"Status": {"Void by Bo Hill": "leave out"}}}),
}
"""The header of a column, a value in it, and what the mapping says of them."""


@pytest.mark.parametrize("what", HEADED)
def test_a_header_or_a_status_that_names_somebody_goes_and_the_file_is_read_as_before(store, what):
    """The erasure was refused for ever; in a column of ours the name stayed."""
    header, value, says = HEADED[what]
    land(store, "roster", "employee_id,name\nP1,Ann Lee\nP2,Bo Hill\nP3,Cy Orr\n")
    rows = f"a1,P1,c1,2024-01-01,{value}\na2,P2,c1,2024-01-01,Ok\na3,P3,c1,2024-01-01,Ok\n"
    land(store, "badges", f"{BADGES.strip()},{header}\n{rows}", Mapping(award_ids="one", **says))
    before = [holder for holder in holders(store) if holder != "P2"]

    assert erase(store, "P2").left == []

    assert holders(store) == before
    assert not [f for f in store.journal.folder.iterdir() if b"Bo Hill" in f.read_bytes()]


def test_somebody_whose_row_of_the_roster_was_set_aside_is_found_by_their_name(store):
    """It stayed in the words of others, and it was said that nothing is left."""
    day = "employee_id,name,hired_on\nP1,Ann Lee,2020-01-01\nP9,Zoe Zed,soon\n"
    land(store, "roster", day, quarantine=True)
    land(store, "badges", f"{BADGES.strip()},evidence_url\na1,P1,c1,2024-01-01,seen by Zoe Zed\n", ONE)

    assert erase(store, "P9").left == []

    assert not [f for f in store.journal.folder.iterdir() if b"Zoe Zed" in f.read_bytes()]
    assert holders(store) == ["P1"]


def test_an_address_that_somebody_erased_had_is_not_that_of_whoever_had_none_in_those_days(store):
    """The next nightly file gave the newcomer to an address the awards of the one before, without a word."""
    rosters = {
        "P1,Ann Lee,\nP2,Bo Hill,team@x.example\n": date(2024, 1, 1),
        "P1,Ann Lee,team@x.example\n": date(2024, 6, 1),
    }
    for people, day in rosters.items():
        land(store, "roster", f"employee_id,name,email\nP3,Cy Orr,cy@x.example\n{people}", effective=day)
    nightly = (
        "award_id,email,credential_id,issued_on\na1,team@x.example,c1,2024-02-01\na2,team@x.example,c1,2024-07-01\n"
    )
    land(store, "badges", nightly, ONE)
    before = [holder for holder in holders(store) if holder != "P2"]

    erase(store, "P2")
    land(store, "badges", f"{nightly}a3,cy@x.example,c1,2024-07-02\n", ONE, quarantine=True)

    assert holders(store) == [*before, "P3"]


def test_where_rosters_had_no_addresses_an_address_is_still_that_of_its_only_owner(store):
    land(store, "roster", "employee_id,name\nP1,Ann Lee\nP2,Bo Hill\n", effective=date(2024, 1, 1))
    land(store, "roster", "employee_id,name,email\nP1,Ann Lee,ann@x.example\n", effective=date(2024, 6, 1))

    erase(store, "P2")
    land(store, "badges", "award_id,email,credential_id,issued_on\na1,ann@x.example,c1,2024-02-01\n", ONE)

    assert holders(store) == ["P1"]


def test_an_address_beside_the_id_that_says_whose_a_row_is_goes_with_whom_it_is_of(store):
    """It stayed, and was told to be somebody else's."""
    land(store, "roster", "employee_id,name,email\nP1,Ann Lee,ann@x.example\nP2,Bo Hill,bo@x.example\n")
    rows = "award_id,employee_id,email,credential_id,issued_on\na1,P1,bo@x.example,c1,2024-01-01\n"
    land(store, "badges", rows, Mapping(award_ids="one", holder="employee_id"))
    assert holders(store) == ["P1"]

    remains = erase(store, "P2")

    assert (remains.left, [kept for kept in remains.kept if "bo@" in kept], holders(store)) == ([], [], ["P1"])
    assert not [f for f in store.journal.folder.iterdir() if b"bo@x" in f.read_bytes()]
