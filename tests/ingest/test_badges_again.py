"""Badges that are checked again: what their issuers say elsewhere counts from the day on which it was looked up."""

import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest

from skilltrack.badges import NotFetched, contexts
from skilltrack.config import today
from skilltrack.ingest import Options, check_again, redo, undo
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from tests.badges.signing import INTEGRITY, V2, Signer, badge, bits, data
from tests.ingest.test_badge_files import SCHOOL, awards, land, made, met, of, record, signed, store

LIST = "https://weld.example/status/1"
WEB = "did:web:yard.example"
YARD = Signer()
PROFILE = "https://weld.example/issuer"
HOSTED = "https://weld.example/a/1"
assert made
assert store


class Pages(dict):
    """What lies elsewhere, by address, and what was asked for."""

    def __call__(self, address):
        if address not in self:
            raise NotFetched(f"{address} does not answer")
        page = self[address]
        return page if isinstance(page, bytes) else data(page)


def status_list(*places, purpose="revocation", **more):
    document = {
        "@context": [V2[0]],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": SCHOOL.did,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": "u" + bits(*places),
        },
        **more,
    }
    return SCHOOL.prove(document)


def listed(place, purpose="revocation", email="mara@works.example", says="Two test pieces.", called="Welding, level 2"):
    def edit(document):
        of(email)(document)
        achievement = document["credentialSubject"]["achievement"]
        achievement["criteria"]["narrative"], achievement["name"] = says, called
        document["credentialStatus"] = {
            "id": f"{LIST}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(place),
            "statusListCredential": LIST,
        }

    return signed(edit=edit)


def counts(store, **more):
    return met(store, "verified", today(), **more), met(store, "attested", today(), **more)


def again(store, pages=None):
    return check_again(store, pages, Options())


def states(store):
    asked = "select signature, status, taken_back, looked_up from award_checks order by upload_id, file_no, line_no"
    return [tuple(row.values()) for row in store.query(asked).to_pylist()]


def test_a_badge_that_its_issuer_takes_back_stops_counting_once_the_list_was_looked_up(store):
    """Who holds a revoked licence goes on being counted until somebody looks at the list."""
    land(store, listed(5))
    land(store, listed(6, email="bo@works.example"), "bo.json")
    assert counts(store) == (0, 2), "with a list that nobody looked at a badge is not verified"

    done = again(store, Pages({LIST: status_list(9)}))
    assert (done.badges, done.decided, done.revoked, done.problems) == (2, 2, 0, [])
    assert counts(store) == (2, 2)
    before = max(row["happened_at"] for row in store.query("select happened_at from upload_events").to_pylist())

    assert again(store, Pages({LIST: status_list(9)})).upload_id is None, "nothing is new"
    unreachable = again(store, Pages())
    assert (unreachable.upload_id, list(unreachable.not_fetched)) == (None, [LIST])
    old = again(store, Pages({LIST: status_list(5, validUntil="2025-01-01T00:00:00Z")}))
    assert old.upload_id is None, "a list that does not hold any more says nothing"
    assert counts(store) == (2, 2), "what was seen before goes on counting"

    since, done = today(), again(store, Pages({LIST: status_list(5, 9)}))
    assert (done.decided, done.revoked) == (0, 1)
    assert counts(store) == (1, 1)
    (of_mara, of_bo) = awards(store, "employee_id, revoked_on")
    assert (of_mara[0], of_bo) == ("7", ("8", None))
    assert since <= of_mara[1] <= today()
    assert counts(store, known_at=before) == (2, 2), "what was believed before stays to be asked"

    undo(store, done.upload_id)
    assert counts(store) == (2, 2)


def test_a_suspended_badge_is_not_verified_until_the_suspension_is_lifted(store):
    """A suspension is no revocation: the award stays attested, and HR decides what it means."""
    land(store, listed(5, "suspension"))
    for places, expected in (((), (1, 1)), ((5,), (0, 1)), ((), (1, 1))):
        again(store, Pages({LIST: status_list(*places, purpose="suspension")}))
        assert counts(store) == expected


def did_document(*signers):
    methods = [
        {"id": f"{WEB}#{number}", "type": "Multikey", "controller": WEB, "publicKeyMultibase": signer.multibase}
        for number, signer in enumerate(signers)
    ]
    return {"id": WEB, "assertionMethod": methods}


AT_YARD = "https://yard.example/.well-known/did.json"


def test_a_listed_did_web_proves_whose_badge_it_is_once_its_document_was_looked_up(store):
    """Issuers list the address of their keys, not each key: the badges signed with them would never be verified."""
    signature = YARD.prove(badge(WEB, [*V2, INTEGRITY]), "eddsa-jcs-2022", f"{WEB}#0")
    land(store, signature)
    assert again(store, Pages({AT_YARD: did_document(YARD)})).decided == 1
    assert counts(store) == (0, 1), "nobody has said that the address is the issuer's"

    land(store, f"issuer,key\nWeld School,{WEB}\n".encode(), "k.csv", "issuer_keys")
    assert counts(store) == (1, 1)
    assert states(store)[-1] == ("passed", "absent", None, f"{WEB}#0")

    done = again(store, Pages({AT_YARD: did_document(SCHOOL)}))
    assert (done.failed, done.problems) == (1, [])
    assert counts(store) == (0, 1), "the document lists another key by now"
    assert again(store, Pages({AT_YARD: did_document(YARD)})).decided == 1
    assert counts(store) == (1, 1), "one night with a wrong page is not for ever"


def test_the_badges_of_a_record_are_verified_once_the_key_of_the_record_was_looked_up(store):
    """They have no signature of their own, so nothing else could ever prove them."""
    document = {key: value for key, value in record(["w2"]).items() if key != "proof"}
    document["issuer"]["id"] = document["credentialSubject"]["verifiableCredential"][0]["issuer"]["id"] = WEB
    land(store, YARD.prove(document, "eddsa-jcs-2022", f"{WEB}#0"))
    land(store, f"issuer,key\nWeld School,{WEB}\n".encode(), "k.csv", "issuer_keys")
    assert counts(store) == (0, 1)
    assert again(store, Pages({AT_YARD: did_document(YARD)})).decided == 1
    assert counts(store) == (1, 1)


def test_a_page_elsewhere_that_calls_itself_an_issuers_proves_nothing(store):
    """Whoever may put a file on a named host could otherwise sign as every issuer."""
    stranger, at = Signer(), "https://weld.example/home/stranger/key.json"
    land(store, f"issuer,key\nWeld School,{WEB}\n".encode(), "k.csv", "issuer_keys")
    land(store, stranger.prove(badge(WEB, [*V2, INTEGRITY]), "eddsa-jcs-2022", at))
    key = {"id": at, "owner": WEB, "controller": WEB, "publicKeyMultibase": stranger.multibase}
    for page in (key, {"id": WEB, "assertionMethod": [key]}):
        again(store, Pages({at: page}))
        assert counts(store)[0] == 0


def hosted():
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": HOSTED,
        "recipient": {"type": "email", "hashed": False, "identity": "mara@works.example"},
        "badge": {"id": "w2", "type": "BadgeClass", "name": "Welding, level 2", "issuer": PROFILE},
        "issuedOn": "2024-05-06T00:00:00Z",
        "verification": {"type": "hosted"},
    }


HOST = {
    HOSTED: hosted(),
    PROFILE: {"id": PROFILE, "type": "Issuer", "name": "Weld School", "url": "https://weld.example"},
}


def test_a_hosted_badge_is_verified_once_its_host_has_shown_it(store):
    land(store, hosted())
    land(store, f"issuer,key\nWeld School,{PROFILE}\n".encode(), "k.csv", "issuer_keys")
    assert counts(store) == (0, 1)

    assert again(store, Pages(HOST)).decided == 1
    assert counts(store) == (1, 1)

    done = again(store, Pages(HOST | {HOSTED: hosted() | {"revoked": True, "revocationReason": "by mistake"}}))
    assert done.revoked == 1
    assert counts(store) == (0, 0)


def test_a_hosted_badge_of_which_its_host_shows_only_that_it_was_revoked_is_revoked(store):
    """That is all that Open Badges 2.0 asks of the host; the badge would go on counting."""
    land(store, hosted())
    land(store, f"issuer,key\nWeld School,{PROFILE}\n".encode(), "k.csv", "issuer_keys")
    again(store, Pages(HOST))
    assert counts(store) == (1, 1)
    left = {"id": HOSTED, "type": "Assertion", "revoked": True}
    assert again(store, Pages(HOST | {HOSTED: left | {"id": "https://weld.example/a/2"}})).revoked == 0
    assert again(store, Pages(HOST | {HOSTED: left})).revoked == 1
    assert counts(store) == (0, 0)
    assert again(store, Pages(HOST | {HOSTED: left})).upload_id is None


@pytest.mark.parametrize(("start", "expected"), [("https://weld.example/a/", 1), ("https://weld.example/office/", 0)])
def test_where_an_issuer_says_at_which_addresses_it_issues_the_host_alone_proves_nothing(store, start, expected):
    """Many share a host; each could otherwise show badges of the others."""
    land(store, hosted())
    land(store, f"issuer,key\nWeld School,{PROFILE}\n".encode(), "k.csv", "issuer_keys")
    profile = HOST[PROFILE] | {"verification": {"type": "hosted", "startsWith": start}}
    again(store, Pages(HOST | {PROFILE: profile}))
    assert counts(store) == (expected, 1)


def test_a_badge_without_an_id_is_not_looked_for_in_a_list_of_ids(store):
    def edit(document):
        of("mara@works.example")(document)
        document.pop("id")
        document["credentialStatus"] = {"id": LIST, "type": "1EdTechRevocationList"}

    land(store, signed(edit=edit))
    page = {"issuer": SCHOOL.did, "revokedCredential": [{"revoked": True}]}
    assert again(store, Pages({LIST: page})).upload_id is None
    assert counts(store) == (0, 1)


def test_undoing_what_brought_a_badge_takes_it_back_although_it_was_checked_again_since(store):
    """Nobody who undoes their upload knows that the app has handed its badges in again at night."""
    first = land(store, listed(5))
    again(store, Pages({LIST: status_list()}))
    assert counts(store) == (1, 1)
    undo(store, first.upload_id)
    assert (counts(store), awards(store)) == ((0, 0), [])
    redo(store, first.upload_id)
    assert counts(store) == (1, 1)


@pytest.mark.parametrize("is_erased", [False, True])
def test_a_correction_can_be_undone_although_its_badge_was_checked_again_since(store, is_erased):
    """Also once the proof is gone, because the badge mentioned somebody who was erased."""
    land(store, listed(5, says="Seen by bo@works.example."))
    row = b"urn:x:mara@works.example,7,w2,2024-05-06,2024-06-01\n"
    wrong = land(store, b"award_id,employee_id,credential_id,issued_on,expires_on\n" + row, "lms.csv")
    again(store, Pages({LIST: status_list()}))
    told = "credential_id, cast(date_end as varchar)"
    assert (awards(store, told), counts(store)) == ([("w2", "2024-06-01")], (0, 0))
    if is_erased:
        people = erasure.named(store, ["8"])
        erasure.erase(store, "local", people, erasure.places_of(store, people))
    undo(store, wrong.upload_id)
    assert (awards(store, told), counts(store)) == ([("w2", None)], (0 if is_erased else 1, 1))


def test_a_key_that_was_listed_later_is_tried_without_looking_anything_up(store):
    land(store, YARD.prove(badge(WEB, [*V2, INTEGRITY]), "eddsa-jcs-2022", f"{WEB}#0"))
    land(store, f'issuer,key\nWeld School,"{YARD.pem}"\n'.encode(), "k.csv", "issuer_keys")
    assert counts(store) == (0, 1)
    assert again(store).decided == 1
    assert counts(store) == (1, 1)


def test_a_badge_under_a_context_that_is_bundled_later_is_checked_then(store, monkeypatch):
    """It came too early for this program; nobody has to hand it in again after an update."""
    known, content = contexts.listed(), signed(edit=of("mara@works.example"), suite="eddsa-rdfc-2022")
    contexts.context.cache_clear()
    monkeypatch.setattr(contexts, "listed", lambda: {name: known[name] for name in known if name != V2[1]})
    land(store, content)
    assert (counts(store), states(store)[0][0]) == ((0, 1), "open")
    monkeypatch.undo()
    contexts.context.cache_clear()
    assert again(store).decided == 1
    assert counts(store) == (1, 1)


def test_what_people_said_of_an_award_stays_when_its_badge_is_checked_again(store):
    """A holder named by hand, a corrected end: a check in the night must not change them."""
    land(
        store,
        listed(5, email="somebody@elsewhere.example"),
        mapping='[values.email]\n"somebody@elsewhere.example" = "bo@works.example"\n',
    )
    award_id = "urn:x:somebody@elsewhere.example"
    land(
        store,
        f"award_id,employee_id,credential_id,issued_on,expires_on\n{award_id},8,w2,2024-05-06,2031-01-31\n".encode(),
        "lms.csv",
    )
    told = "employee_id, cast(date_end as varchar)"
    assert awards(store, told) == [("8", "2031-01-31")]

    again(store, Pages({LIST: status_list()}))
    assert awards(store, told) == [("8", "2031-01-31")]
    assert counts(store) == (0, 1), "whose it is was said by hand"
    again(store, Pages({LIST: status_list(5)}))
    assert awards(store, told) == [("8", "2031-01-31")]
    assert counts(store) == (0, 0)


def test_what_is_on_record_of_an_award_loses_the_mention_of_somebody_erased_and_nothing_else(store):
    """Whose it is was said by hand, and its end by a table: both were lost with the name of the badge's file."""
    land(
        store,
        listed(5, email="somebody@elsewhere.example"),
        "for bo@works.example.json",
        mapping='[values.email]\n"somebody@elsewhere.example" = "mara@works.example"\n',
    )
    row = "urn:x:somebody@elsewhere.example,7,w2,2024-05-06,2031-01-31,https://y.example/by/bo@works.example\n"
    table = f"award_id,employee_id,credential_id,issued_on,expires_on,evidence_url\n{row}"
    assert land(store, table.encode(), "lms.csv").status == "stored"
    again(store, Pages({LIST: status_list()}))
    people = erasure.named(store, ["8"])
    erasure.erase(store, "local", people, erasure.places_of(store, people))

    assert erasure.search(store, people).left == []
    told = awards(store, "employee_id, cast(date_end as varchar), evidence_url")
    assert told == [("7", "2031-01-31", "https://y.example/by/erased")]
    assert store.query("select count(*) as n from badge_rows where employee_id = '7'").to_pylist() == [{"n": 3}]


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({}, "urn:x:bo@works.example"),
        ({"says": "Seen by bo@works.example.", "called": "As bo@works.example welds"}, "As bo@works.example welds"),
    ],
)
def test_a_page_that_names_a_badge_by_a_mention_goes_once_that_badge_has_no_proof(store, others, named):
    """It stayed: while the badge was there, what it calls itself was no mention of anybody."""
    land(store, [listed(5, **others), listed(6, email="bo@works.example")])
    again(store, Pages({LIST: status_list(6, description=f"6 is {named}")}))
    people = erasure.named(store, ["8"])
    erasure.erase(store, "local", people, erasure.places_of(store, people))

    assert erasure.search(store, people).left == []
    assert counts(store) == (0, 1), "what checked the other badge is gone, and so is its proof"


@pytest.fixture
def checked(store):
    land(store, [listed(5), listed(6, email="bo@works.example")])
    land(store, hosted(), "hosted.json")
    land(store, f"issuer,key\nWeld School,{PROFILE}\n".encode(), "k.csv", "issuer_keys")
    again(store, Pages(HOST | {LIST: status_list(6)}))
    return store


def test_a_database_built_anew_says_the_same_with_nothing_to_look_up(checked):
    before, path = (counts(checked), states(checked), awards(checked, "*")), Path(checked.path)
    checked.close()
    rebuild(path)
    with closing(open_store(path)) as fresh:
        assert (counts(fresh), states(fresh), awards(fresh, "*")) == before


@pytest.mark.parametrize(("who", "left"), [("7", (0, 0)), ("8", (1, 1))])
def test_erasing_somebody_leaves_the_checks_of_the_others_and_nothing_of_them(checked, who, left):
    """The pages that were looked up name people too."""
    gone = {"7": "mara", "8": "bo"}[who]
    people = erasure.named(checked, [who])
    erasure.erase(checked, "local", people, erasure.places_of(checked, people))
    assert counts(checked) == left
    kept = [path.read_bytes().lower() for path in Path(checked.path).parent.rglob("*") if path.is_file()]
    assert not [content for content in kept if f"{gone}@works.example".encode() in content]


@pytest.mark.parametrize("is_hashed", [True, False])
def test_the_page_of_an_erased_persons_badge_goes_however_it_names_them(store, is_hashed):
    """A hash with its salt is as good as the address, and JSON may write every letter as a number."""
    shown = hosted()
    if is_hashed:
        digest = hashlib.sha256(b"mara@works.examplesalt").hexdigest()
        shown["recipient"] |= {"hashed": True, "salt": "salt", "identity": f"sha256${digest}"}
    land(store, [listed(6, email="bo@works.example")])
    land(store, shown, "hosted.json")
    page = json.dumps(shown).replace("mara@", "\\u006dara\\u0040").encode()
    again(store, Pages(HOST | {HOSTED: page, LIST: status_list()}))
    people = erasure.named(store, ["7"])
    erasure.erase(store, "local", people, erasure.places_of(store, people))
    kept = [path.read_bytes() for path in Path(store.path).parent.rglob("*") if path.is_file()]
    assert not [content for content in kept if HOSTED.encode() in content]
    assert counts(store) == (1, 1)


def test_a_file_that_pretends_to_be_a_check_of_ours_is_refused(checked):
    """Whoever could hand in pages of their own making would have every badge verified."""
    (path,) = checked.query("select stored from upload_sources where stored <> '' order by upload_id desc limit 1")[
        "stored"
    ].to_pylist()
    content = bytes(checked.journal.read(path))
    assert content.startswith(b'{"badges checked again"')
    with pytest.raises(Exception, match="credential"):
        land(checked, content, "forged.json")
