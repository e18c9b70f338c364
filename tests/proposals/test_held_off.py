"""What self-service must not do by a detour: change a record, credit somebody else, or stand in the way of an erasure."""

import io
import json
import zipfile
from datetime import date

import pytest

from skilltrack.errors import Refused
from skilltrack.ingest import Mapping, Options, Source, import_sources
from skilltrack.keeping import erasure
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.proposals import Meant, Proposal, accept, assess, propose, proposing, rate, take_back, withdraw
from skilltrack.ui import waiting
from tests.proposals.conftest import upload
from tests.proposals.test_proposals import AWARD, BO, DAY, LEARNT, level_of, met, states


def badge(address, number):
    return json.dumps({
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": f"urn:uuid:{number}",
        "recipient": {"type": "email", "hashed": False, "identity": address}, "issuedOn": "2026-01-05",
        "badge": {"type": "BadgeClass", "id": "c1", "name": "Welder", "issuer": {"type": "Profile", "name": "Guild", "id": "urn:g"}},
    }).encode()  # fmt: skip


def test_that_a_badge_is_theirs_says_nothing_about_the_next_badge_file(store, called):
    """Else every later badge of an unknown address is theirs, and the nightly feed is refused for everybody else."""
    number = propose(store, called(BO), BO, Proposal("badge", file_name="b.json", content=badge("old@x.example", 1)))
    accept(store, called("06"), number, Meant(is_theirs=True))
    (stray, others) = [
        import_sources(store, [Source("badges", "feed.json", badge(address, at))], Options())
        for at, address in ((2, "stranger@x.example"), (3, "ed@x.example"))
    ]
    assert (stray.status, others.status) == ("refused", "stored")
    assert set(store.query("select employee_id as e from badge_rows")["e"].to_pylist()) == {BO, "05"}


def test_what_is_accepted_is_what_was_proposed_however_files_with_such_columns_were_read(store, called):
    before = Source(
        "badges",
        "x.csv",
        b"employee_id,evidence_url,credential_id,issued_on\n03,https://x.example,c2,2026-02-03\n",
        Mapping(values={"credential_id": {"c2": "c1"}}),
        is_mapped=True,
    )
    assert import_sources(store, [before], Options()).status == "stored"
    proposal = Proposal("award", "c2", valid_from=DAY, evidence_url="https://x.example")
    accept(store, called("01"), propose(store, called(BO), BO, proposal))
    (row,) = store.query("select credential_id from badge_rows where employee_id = '02-bodega'").to_pylist()
    assert row == {"credential_id": "c2"}


def test_a_manager_brings_nothing_that_changes_what_is_on_record_and_hr_can(store, called):
    """A correction is for HR to decide; an award proposed with a later end would be one."""
    header = "employee_id,credential_id,issued_on,expires_on\n"
    upload(store, "badges", f"{header}02-bodega,c1,2024-01-05,2025-01-05\n")
    longer = Proposal(
        "award", "c1", valid_from=date(2024, 1, 5), valid_to=date(2035, 1, 5), evidence_url="https://x.example"
    )
    number = propose(store, called(BO), BO, longer)
    with pytest.raises(Refused, match="on record already"):
        accept(store, called("01"), number)
    assert (met(store), states(store)) == (0, {number: "waiting"})
    with pytest.raises(Refused, match="Only HR says"):
        accept(store, called("01"), number, Meant(replaces=True))
    with pytest.raises(Refused, match="would replace what is on record already. Choose it alone"):
        accept(store, called("06"), number)  # not unseen either
    assert (met(store), states(store)) == (0, {number: "waiting"})
    accept(store, called("06"), number, Meant(replaces=True))
    assert met(store) == 1
    take_back(store, called("06"), number)
    assert met(store) == 0


def test_ratings_stop_after_some_a_day_and_those_of_others_do_not(store, called, monkeypatch):
    """Each is an upload that stays: one person with a script could fill the disk and everybody's history."""
    monkeypatch.setattr(proposing, "MOST_RATED", 2)
    for level in (1, 2):
        rate(store, called(BO), BO, "s1", level)
    with pytest.raises(Refused, match="2 ratings were stored within a day"):
        rate(store, called(BO), BO, "s1", 3)
    assert rate(store, called("03"), "03", "s1", 3).status == "stored"


def test_whoever_decides_sees_until_when_an_award_is_said_to_hold():
    assert "valid_to" in waiting.ABOUT


def test_a_manager_takes_nobody_elses_word_back_and_mends_their_own(store, called):
    header = "employee_id,skill_id,level,assessor,valid_from\n"
    upload(store, "prior_learning", f"{header}02-bodega,s2,4,Testing House,2026-01-05\n")
    with pytest.raises(Refused, match="Testing House has assessed"):
        assess(store, called("01"), BO, "s2", 1, DAY)
    assert level_of(store, BO, "s2") == 4
    assess(store, called("01"), BO, "s1", 3, DAY)
    assess(store, called("01"), BO, "s1", 2, DAY)
    assert level_of(store, BO, "s1") == 2
    with pytest.raises(Refused, match="1 or more"):
        assess(store, called("01"), BO, "s1", 0, DAY)
    assess(store, called("06"), BO, "s2", 1, DAY)
    assert level_of(store, BO, "s2") == 1


def packed(content, times=1):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(times):
            parts.writestr(f"{number}.xml", content)
    return file.getvalue()


def test_a_file_that_cannot_be_unpacked_stands_in_the_way_of_no_erasure(store, called):
    sealed = bytearray(packed(b"sealed"))
    sealed[6] |= 1
    sealed[sealed.find(b"PK\x01\x02") + 8] |= 1
    for content in (b"PK\x03\x04 this is none", bytes(sealed), packed(b"whole")[:-30]):
        proposal = Proposal("award", "c1", valid_from=DAY, file_name="p.docx", content=content)
        propose(store, called("03"), "03", proposal)
    named = Proposal("award", "c1", valid_from=DAY, file_name="p.docx", content=packed(packed(b"with Ed Eden")))
    lost = propose(store, called("03"), "03", named)
    people = erasure.named(store, ["05"])
    places = erasure.places_of(store, people)
    assert erasure.going(store, people, places).proofs == (lost,)
    erasure.erase(store, "06", people, places)
    assert erasure.search(store, people).left == []


def test_a_small_file_that_is_huge_unpacked_is_refused(store, called):
    """An erasure searches what is packed in it, for every erased person anew."""
    flat, nested = packed(bytes(2**20), 60), packed(packed(bytes(2**20), 30), 3)
    for content in (flat, nested):
        assert len(content) < 2**20
        with pytest.raises(Refused, match="Unpacked"):
            propose(store, called(BO), BO, Proposal("award", "c1", valid_from=DAY, file_name="p.docx", content=content))
    propose(
        store,
        called(BO),
        BO,
        Proposal("award", "c1", valid_from=AWARD.valid_from, file_name="p.docx", content=packed(bytes(2**20))),
    )


def test_a_hundred_a_day_at_most_and_no_rating_that_would_be_left_out(store, called, monkeypatch):
    """What is withdrawn does not wait, and its file stays on the disk."""
    monkeypatch.setattr("skilltrack.proposals.proposing.MOST_A_DAY", 2)
    for _turn in range(2):
        withdraw(store, called(BO), propose(store, called(BO), BO, LEARNT))
    with pytest.raises(Refused, match="within a day"):
        propose(store, called(BO), BO, LEARNT)
    propose(store, called("03"), "03", LEARNT)
    with pytest.raises(Refused, match="1 or more"):
        rate(store, called(BO), BO, "s1", 0)


def test_what_somebody_has_chosen_is_not_accepted_as_something_else(store, called):
    """`accept --all --as c1` is for those that name nothing of the catalogue."""
    number = propose(store, called(BO), BO, Proposal("award", "c2", valid_from=DAY, evidence_url="https://x.example"))
    with pytest.raises(Refused, match="have chosen"):
        accept(store, called("06"), number, Meant("c1"))
    accept(store, called("06"), number, Meant("c2"))


def test_a_number_is_never_given_again(store, called):
    """A list that was printed before, or the audit log, would then tell of somebody else's proposal."""
    propose(store, called("03"), "03", LEARNT)
    gone = propose(store, called(BO), BO, LEARNT)
    for person in (BO, "05"):
        people = erasure.named(store, [person])
        erasure.erase(store, "06", people, erasure.places_of(store, people))
    assert check_journal(store) == []
    assert propose(store, called("03"), "03", LEARNT) == gone + 1


def test_a_badge_that_only_reads_like_somebody_erased_goes_on_waiting_and_one_whose_file_is_gone_is_told(store, called):
    """The file of the first had gone, since its id holds that of whoever was erased; accepting either ended in a trace."""
    own = propose(
        store, called("03"), "03", Proposal("badge", file_name="b.json", content=badge("cy@x.example", "9/02-bodega"))
    )
    seen = json.loads(badge("cy@x.example", 7)) | {"narrative": "Seen by Bo Bodega."}
    other = propose(store, called("03"), "03", Proposal("badge", file_name="c.json", content=json.dumps(seen).encode()))
    people = erasure.named(store, [BO])
    assert erasure.going(store, people, erasure.places_of(store, people)).proofs == (other,)
    erasure.erase(store, "06", people, erasure.places_of(store, people))

    found = erasure.search(store, people)
    assert found.left == []
    assert "'urn:uuid:9/02-bodega' holds what they were called and is kept, since it names an award." in found.kept
    with pytest.raises(Refused, match="mentioned somebody who was erased, and is gone. Decline it"):
        accept(store, called("06"), other)
    accept(store, called("01"), own)
    assert states(store) == {own: "accepted", other: "waiting"}
