"""Self-service: what people propose counts once a manager of their line or HR has accepted it, once, and not before."""

import json
import threading
from datetime import date, timedelta

import pytest

from skilltrack.access import trail as audit
from skilltrack.access.accounts import give
from skilltrack.config import today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import redo, undo, uploads
from skilltrack.keeping import durability, erasure, mending, privacy, restoring
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.proposals import (
    Meant,
    Proposal,
    accept,
    assess,
    decline,
    file_of,
    preview,
    proposals,
    propose,
    rate,
    settle,
    take_back,
    waiting_for,
    withdraw,
)
from skilltrack.questions import Filters, Metrics
from tests.badges.signing import zipped
from tests.proposals.conftest import OPERATOR, upload

BO = "02-bodega"
DAY = date(2026, 1, 5)
AWARD = Proposal("award", "c1", valid_from=DAY, evidence_url="https://guild.example/1")
LEARNT = Proposal("prior_learning", "s2", level=2, valid_from=DAY, note="Ten years of it.")


def met(store, person=BO):
    (row,) = Metrics(store).ask("readiness", OPERATOR, Filters(employee=person)).to_dict("records")
    return row["met"]


def level_of(store, person, skill, assurance="attested"):
    transcript = Metrics(store).ask("transcript", OPERATOR, Filters(employee=person, assurance=assurance))
    counting = transcript[(transcript["skill_id"] == skill) & transcript["counts"]]
    return counting["level"].max() if len(counting) else 0


def states(store, viewer=OPERATOR, person=None):
    return dict(proposals(store, viewer, person)[["proposal_id", "state"]].itertuples(index=False))


def test_an_award_counts_from_its_acceptance_on_as_an_upload_that_can_be_undone(store, called):
    number = propose(store, called(BO), BO, AWARD)
    assert (met(store), states(store, called(BO))) == (0, {number: "waiting"})
    assert waiting_for(store, called("01"))["proposal_id"].tolist() == [number]

    outcome = accept(store, called("01"), number)
    assert (met(store), states(store)) == (1, {number: "accepted"})
    newest = uploads(store).iloc[0]
    assert (newest["upload_id"], newest["by_whom"]) == (outcome.upload_id, "01")
    assert waiting_for(store, called("01")).empty

    take_back(store, called("01"), number)
    assert (met(store), states(store)) == (0, {number: "taken back"})
    steps = audit.entries(store)[["who", "event", "about"]].head(3).to_dict("split")["data"]
    assert steps == [["01", "undone", ""], ["01", "uploaded", ""], [BO, "proposal", BO]]


def test_prior_learning_is_accepted_on_the_word_of_the_approver_and_a_rating_is_a_claim_at_once(store, called):
    accept(store, called("06"), propose(store, called(BO), BO, LEARNT))
    (row,) = store.query("select * from prior_learning_rows").to_pylist()
    assert (row["employee_id"], row["assessor"], row["level"], row["valid_from"]) == (BO, "Flo Fern", 2, DAY)

    rate(store, called("03"), "03", "s2", 3)
    assert (level_of(store, "03", "s2"), level_of(store, "03", "s2", "claimed")) == (0, 3)
    assert proposals(store, called("03")).empty


def test_a_manager_assesses_their_people_and_nobody_else(store, called):
    assess(store, called("01"), "03", "s1", 2)
    assert met(store, "03") == 1
    for who, person in (("01", "05"), ("01", "01"), ("03", "03"), ("03", BO), ("07", BO), ("08", BO), ("06", "06")):
        with pytest.raises(BadQuestion):
            assess(store, called(who), person, "s1", 2)
    with pytest.raises(Refused, match="has not come yet"):
        assess(store, called("01"), "03", "s1", 2, today() + timedelta(days=1))


def test_nobody_decides_but_the_manager_of_the_line_and_hr(store, called):
    """The person, a colleague, another line's manager, L&D, an auditor: none decides, and only the person sees it."""
    number = propose(store, called(BO), BO, AWARD)
    for who in (BO, "03", "04", "07", "08"):
        viewer = called(who)
        for act in (
            lambda viewer: accept(store, viewer, number),
            lambda viewer: decline(store, viewer, number, "no"),
            lambda viewer: settle(store, viewer, number, "no"),
            lambda viewer: take_back(store, viewer, number),
            lambda viewer: preview(store, viewer, number),
        ):
            with pytest.raises(BadQuestion):
                act(viewer)
        if who != "08":  # who cannot even ask
            assert waiting_for(store, viewer).empty
            assert len(proposals(store, viewer)) == (who == BO), who
    with pytest.raises(BadQuestion) as unseen:
        accept(store, called("04"), number)
    with pytest.raises(BadQuestion) as unknown:
        accept(store, called("04"), 99)
    assert str(unseen.value).replace(str(number), "N") == str(unknown.value).replace("99", "N")
    assert states(store) == {number: "waiting"}


def test_hr_decides_about_everybody_but_themselves(store, called):
    own = propose(store, called("06"), "06", AWARD)
    with pytest.raises(BadQuestion, match="their own record"):
        accept(store, called("06"), own)
    assert waiting_for(store, called("06")).empty
    accept(store, called("06"), propose(store, called("05"), "05", AWARD))
    assert met(store, "05") == 1


def test_people_propose_for_themselves_only(store, called):
    for who, person in (("03", BO), ("01", BO), ("06", BO), ("08", "08")):
        if who == person:
            continue
        with pytest.raises(BadQuestion):
            propose(store, called(who), person, AWARD)
        with pytest.raises(BadQuestion):
            rate(store, called(who), person, "s1", 4)
    number = propose(store, called(BO), BO, AWARD)
    with pytest.raises(BadQuestion):
        withdraw(store, called("01"), number)
    withdraw(store, called(BO), number)
    with pytest.raises(Refused, match="does not wait"):
        accept(store, called("01"), number)


def test_who_is_accepted_twice_at_once_has_it_once(store, called):
    number = propose(store, called(BO), BO, AWARD)
    give(store, OPERATOR, "03", "delegate", "01")
    ends, start = [], threading.Barrier(2)

    def decide(viewer):
        start.wait()
        try:
            ends.append(accept(store, viewer, number).status)
        except Refused as refused:
            ends.append(str(refused))

    threads = [threading.Thread(target=decide, args=[called(who)]) for who in ("01", "06")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(end[:8] for end in ends) == ["Proposal", "stored"]
    assert store.query("select count(*) as n from badge_rows")["n"].to_pylist() == [1]
    with pytest.raises(Refused, match="does not wait"):
        decline(store, called("06"), number, "late")


def test_what_is_declined_has_a_reason_that_the_person_reads(store, called):
    number = propose(store, called(BO), BO, AWARD)
    with pytest.raises(Refused, match="Say why"):
        decline(store, called("01"), number, "  ")
    decline(store, called("01"), number, "The link shows another name.")
    (row,) = proposals(store, called(BO)).to_dict("records")
    assert (row["state"], row["reason"]) == ("declined", "The link shows another name.")
    assert met(store) == 0


def test_what_is_in_no_catalogue_waits_for_hr_to_say_what_it_is(store, called):
    number = propose(
        store, called(BO), BO, Proposal("award", wording="Schweißen", valid_from=DAY, evidence_url="https://x.example")
    )
    assert waiting_for(store, called("01")).empty
    with pytest.raises(Refused, match="HR says"):
        accept(store, called("01"), number)
    with pytest.raises(Refused, match="Only HR"):
        accept(store, called("01"), number, Meant("c1"))
    with pytest.raises(Refused, match="has no 'c9'"):
        accept(store, called("06"), number, Meant("c9"))
    accept(store, called("06"), number, Meant("c1"))
    assert met(store) == 1


def test_a_correction_is_settled_by_hr_with_the_upload_that_did_it(store, called):
    number = propose(store, called(BO), BO, Proposal("correction", wording="Welder", note="It was 2024."))
    assert waiting_for(store, called("01")).empty
    for act in (
        lambda: accept(store, called("06"), number),
        lambda: settle(store, called("01"), number, "done"),
        lambda: decline(store, called("01"), number, "no"),
        lambda: settle(store, called("06"), number, "x", 99),
    ):
        with pytest.raises(Refused):
            act()
    upload(store, "credentials", "credential_id,name,issuer\nc1,Welder of ships,Guild\n")
    mended = uploads(store)["upload_id"].max()
    undo(store, mended, "06")
    with pytest.raises(Refused, match=f"no upload {mended}, or it was undone"):
        settle(store, called("06"), number, "You were right.", mended)
    redo(store, mended, "06")
    settle(store, called("06"), number, "You were right.", mended)
    (row,) = proposals(store, called(BO)).to_dict("records")
    assert (row["state"], row["reason"], row["upload_id"]) == ("settled", "You were right.", mended)
    undo(store, mended, "06")
    assert states(store) == {number: "taken back"}  # else they rest assured, and the record is wrong again


BAD = {
    "no such thing": Proposal("raise"),
    "no proof": Proposal("award", "c1", valid_from=DAY),
    "no day": Proposal("award", "c1", evidence_url="https://x.example"),
    "unknown": Proposal("award", "c9", valid_from=DAY, evidence_url="https://x.example"),
    "a script": Proposal("award", "c1", valid_from=DAY, evidence_url="javascript:alert(1)"),
    "a file": Proposal("award", "c1", valid_from=DAY, evidence_url="file:///etc/passwd"),
    "a secret": Proposal("award", "c1", valid_from=DAY, evidence_url="https://:secret@x.example"),
    "spaces": Proposal("award", "c1", valid_from=DAY, evidence_url="https://x.example/ y"),
    "to come": Proposal("award", "c1", valid_from=date(2999, 1, 1), evidence_url="https://x.example"),
    "backwards": Proposal("award", "c1", valid_from=DAY, valid_to=date(2025, 1, 1), evidence_url="https://x.example"),
    "a program": Proposal("award", "c1", valid_from=DAY, file_name="x.exe", content=b"MZ"),
    "an empty file": Proposal("award", "c1", valid_from=DAY, file_name="x.pdf"),
    "no level": Proposal("prior_learning", "s1", valid_from=DAY),
    "level 0": Proposal("prior_learning", "s1", level=0, valid_from=DAY),
    "no words": Proposal("correction"),
    "no badge": Proposal("badge"),
    "long": Proposal("correction", note="x" * 3000),
    "half a sign": Proposal("correction", note="\ud800"),
}


def test_what_cannot_be_is_refused_with_a_sentence_and_stores_nothing(store, called):
    before = store.journal.path.read_text()
    for name, proposal in BAD.items():
        with pytest.raises(Refused) as refused:
            propose(store, called(BO), BO, proposal)
        assert str(refused.value).endswith("."), name
    assert store.journal.path.read_text() == before
    assert store.journal.unnamed() == []


def test_a_file_as_proof_is_for_those_who_see_the_proposal(store, called):
    proof = Proposal("award", "c1", valid_from=DAY, file_name="C:\\me\\proof.PDF", content=b"%PDF-1 proof")
    number = propose(store, called(BO), BO, proof)
    for who in (BO, "01", "06"):
        assert file_of(store, called(who), number) == ("proof.PDF", b"%PDF-1 proof")
    for who in ("03", "04", "07", "08"):
        with pytest.raises(BadQuestion):
            file_of(store, called(who), number)


def test_a_badge_file_is_checked_as_any_badge_and_must_be_theirs(store, called):
    """An approver brings nobody an award but the one who asked, whatever the file says."""

    def badge(address):
        document = {
            "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:uuid:1",
            "recipient": {"type": "email", "hashed": False, "identity": address}, "issuedOn": "2026-01-05",
            "badge": {"type": "BadgeClass", "id": "c1", "name": "Welder", "issuer": {"type": "Profile", "name": "Guild", "id": "urn:g"}},
        }  # fmt: skip
        return Proposal("badge", file_name="badge.json", content=json.dumps(document).encode())

    for address, said in (("ed@x.example", "somebody else"), ("nobody@x.example", "cannot be stored as theirs")):
        number = propose(store, called(BO), BO, badge(address))
        with pytest.raises(Refused, match=said):
            accept(store, called("01"), number)
        assert states(store)[number] == "waiting"
    assert store.query("select * from badge_rows").num_rows == 0
    with pytest.raises(Refused, match="nobody on the roster"):
        accept(store, called("06"), number)
    with pytest.raises(Refused, match="Only HR"):
        accept(store, called("01"), number, Meant(is_theirs=True))
    accept(store, called("01"), own := propose(store, called(BO), BO, badge("bo@x.example")))
    assert met(store) == 1
    take_back(store, called("01"), own)
    accept(store, called("06"), number, Meant(is_theirs=True))
    assert met(store) == 1


@pytest.mark.parametrize("form", ["svg", "zip"])
def test_a_badge_goes_with_a_proposal_in_every_form_in_which_badges_come(store, called, form):
    """Platforms hand out pictures of both sorts, and a zip of all that somebody earned there."""
    document = {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:uuid:1",
        "recipient": {"type": "email", "hashed": False, "identity": "bo@x.example"}, "issuedOn": "2026-01-05",
        "badge": {"type": "BadgeClass", "id": "c1", "name": "Welder", "issuer": {"type": "Profile", "name": "Guild", "id": "urn:g"}},
    }  # fmt: skip
    picture = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">
        <openbadges:assertion><![CDATA[{json.dumps(document)}]]></openbadges:assertion></svg>""".encode()
    others = zipped({"mine.svg": picture, "hers.json": json.dumps(document).replace("bo@", "cy@").encode()})
    theirs = Proposal("badge", file_name=f"b.{form}", content=zipped({"b.svg": picture}) if form == "zip" else picture)
    accept(store, called("01"), propose(store, called(BO), BO, theirs))
    assert met(store) == 1
    number = propose(store, called(BO), BO, Proposal("badge", file_name="b.zip", content=others))
    with pytest.raises(Refused):
        accept(store, called("01"), number)


def everything(store):
    return proposals(store, OPERATOR).to_dict("records")


def test_proposals_come_back_by_backup_restore_rebuild_and_repair(store, called, tmp_path):
    proof = Proposal("award", "c1", valid_from=DAY, file_name="p.pdf", content=b"%PDF proof")
    accepted, declined = propose(store, called(BO), BO, proof), propose(store, called(BO), BO, LEARNT)
    accept(store, called("01"), accepted)
    durability.backup(store, tmp_path / "backup")
    decline(store, called("01"), declined, "Not yet.")
    waiting = propose(store, called("03"), "03", LEARNT)
    before, path = everything(store), tmp_path / "x.duckdb"
    assert check_journal(store) == []
    store.close()

    mending.rebuild(path)
    store = durability.open_store(path)
    assert everything(store) == before
    assert file_of(store, OPERATOR, accepted)[1] == b"%PDF proof"
    store.close()
    restoring.restore(path, tmp_path / "backup")
    store = durability.open_store(path)
    assert everything(store) == before
    assert {row["proposal_id"]: row["state"] for row in before} == {
        accepted: "accepted",
        declined: "declined",
        waiting: "waiting",
    }
    store.close()
    path.with_name("x.duckdb.files").joinpath("journal.jsonl").unlink()
    assert mending.repair(path) == []
    store = durability.open_store(path)
    (kept,) = [row["stored"] for row in store.query("from proposal_events where stored is not null").to_pylist()]
    (store.journal.folder / kept).unlink()
    assert [problem for problem in check_journal(store) if f"proposal {accepted}" in problem]
    store.close()


def test_a_changed_row_of_a_proposal_shows(store, called):
    number = propose(store, called(BO), BO, LEARNT)
    accept(store, called("01"), number)
    for change in ("set note = 'x' where step = 'proposed'", "set by_whom = '06' where step = 'proposed'"):
        with store.write() as transaction:
            transaction.run(f"update proposal_events {change}")
        assert any(f"proposal {number}" in problem for problem in check_journal(store))
    with store.write() as transaction:
        transaction.run("delete from proposal_events where step = 'accepted'")
    assert any("import of upload 6" in problem for problem in check_journal(store))


def test_erasing_somebody_takes_their_proposals_files_and_name_and_leaves_those_of_others(store, called):
    propose(
        store,
        called(BO),
        BO,
        Proposal("award", "c1", valid_from=DAY, file_name="Bo Bodega.pdf", content=b"%PDF of Bo Bodega"),
    )
    accept(store, called("01"), propose(store, called(BO), BO, LEARNT))
    named = Proposal(
        "award",
        "c1",
        valid_from=DAY,
        note="Bo Bodega was there too",
        file_name="with Bo Bodega.txt",
        content=b"Bo Bodega and I",
    )
    other = propose(store, called("03"), "03", named)
    stays = propose(
        store, called("03"), "03", Proposal("award", "c2", valid_from=DAY, file_name="mine.txt", content=b"mine")
    )
    decline(store, called("01"), stays, "Ask Bo Bodega.")
    people = erasure.named(store, [BO])
    places = erasure.places_of(store, people)
    told = "\n".join(erasure.in_words(erasure.going(store, people, places)))
    assert "that would go, with their files: 2." in told
    assert f"lose that file: {other}." in told

    erasure.erase(store, "06", people, places)
    assert erasure.search(store, people).left == []
    rows = {row["proposal_id"]: row for row in everything(store)}
    assert set(rows) == {other, stays}
    assert (rows[other]["note"], rows[other]["file_name"]) == ("erased was there too", None)
    assert rows[stays]["reason"] == "Ask erased."
    assert file_of(store, OPERATOR, stays) == ("mine.txt", b"mine")
    assert check_journal(store) == []
    assert met(store, "03") == 0
    assert propose(store, called("03"), "03", LEARNT) == stays + 1


def test_an_erased_approver_leaves_what_was_accepted(store, called):
    accept(store, called("01"), propose(store, called(BO), BO, AWARD))
    decline(store, called("01"), propose(store, called(BO), BO, LEARNT), "no")
    upload(store, "roster", "employee_id,name,manager_id,role_id\n02-bodega,Bo Bodega,,r1\n06,Flo Fern,,\n")
    people = erasure.named(store, ["01"])
    erasure.erase(store, "06", people, erasure.places_of(store, people))
    assert erasure.search(store, people).left == []
    assert sorted(states(store).values()) == ["accepted", "declined"]
    assert met(store) == 1
    assert check_journal(store) == []


def test_what_was_decided_goes_after_its_time_and_what_waits_or_was_accepted_stays(store, called, monkeypatch):
    """What an accepted proposal brought is a row like any other, with a time of its own."""
    accept(store, called("01"), propose(store, called(BO), BO, AWARD))
    decline(store, called("01"), propose(store, called(BO), BO, LEARNT), "no")
    waits = propose(store, called(BO), BO, LEARNT)
    monkeypatch.setenv("SKILLTRACK_RETENTION", "proposals 3")
    assert privacy.due(store) == (erasure.named(store, []), {}, set())
    monkeypatch.setattr(privacy, "today", lambda: today() + timedelta(days=200))
    people, places, old = privacy.due(store)
    erasure.erase(store, "06", people, places, also=old)
    assert states(store) == {waits: "waiting"}
    assert met(store) == 1
    assert check_journal(store) == []


def test_what_would_change_is_shown_before_and_stores_nothing(store, called):
    number = propose(store, called(BO), BO, AWARD)
    (moved,) = preview(store, called("01"), number).teams.to_dict("records")
    assert (moved["team"], moved["met_before"], moved["met_after"]) == ("T", 0, 1)
    assert (met(store), states(store)) == (0, {number: "waiting"})
    with pytest.raises(BadQuestion):
        preview(store, called("04"), number)


def test_a_person_is_told_all_that_they_proposed(store, called):
    propose(store, called(BO), BO, AWARD)
    told = privacy.stored_about(store, BO)
    assert [row["evidence_url"] for row in told["tables"]["proposal_events"]] == ["https://guild.example/1"]


def test_a_proposal_is_known_since_it_was_made(store, called):
    number = propose(store, called(BO), BO, AWARD)
    accept(store, called("01"), number)
    (asked, decided) = proposals(store, OPERATOR)[["proposed_at", "decided_at"]].iloc[0]
    known = [
        Metrics(store).ask("proposals_made", OPERATOR, Filters(known_at=at))["state"].tolist()
        for at in (asked - timedelta(microseconds=1), decided - timedelta(microseconds=1), decided)
    ]
    assert known == [[], ["waiting"], ["accepted"]]


def test_fifty_wait_at_most(store, called, monkeypatch):
    monkeypatch.setattr("skilltrack.proposals.proposing.MOST_WAITING", 2)
    first = propose(store, called(BO), BO, LEARNT)
    propose(store, called(BO), BO, LEARNT)
    with pytest.raises(Refused, match="2 proposals wait already"):
        propose(store, called(BO), BO, LEARNT)
    propose(store, called("03"), "03", LEARNT)
    decline(store, called("01"), first, "twice")
    propose(store, called(BO), BO, LEARNT)
