"""What a credential says, in one shape for every standard."""

import copy
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from skilltrack import badges
from skilltrack.badges import Alignment, Identity, IssuerKey, NotFetched, State, is_about, verify
from tests.badges.signing import V2, Signer, badge, baked, data

DAY = date(2026, 1, 1)
KEY = Signer()
KNOWN = [IssuerKey("Weld School", KEY.did)]
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"


def read(document, fetcher=None, known=KNOWN):
    found = verify(data(document), "given.json", DAY, fetcher, known)
    assert sum(map(badges.count, badges.read(data(document), "given.json"))) == len(found)
    return found


def one(document, fetcher=None, known=KNOWN):
    (found,) = read(document, fetcher, known)
    return found


def test_everything_that_a_badge_says_is_taken_over_as_it_is_given():
    document = badge(KEY.did, awardedDate="2024-05-01T23:00:00-07:00", validUntil="2027-05-05T00:00:00Z")
    document["evidence"] = [{"id": "https://weld.example/pieces/1", "type": "Evidence"}]
    subject = document["credentialSubject"]
    subject["identifier"].append({"type": "IdentityObject", "hashed": True, "identityHash": "sha256$AB", "identityType": "emailAddress", "salt": "s"})  # fmt: skip
    subject["achievement"]["resultDescription"] = [
        {
            "id": "urn:rubric", "type": ["ResultDescription"], "name": "Seam", "resultType": "RubricCriterionLevel", "requiredLevel": "urn:l2",
            "rubricCriterionLevel": [
                {"id": f"urn:l{n}", "type": ["RubricCriterionLevel"], "name": f"Level {n}", "level": str(n), "points": str(10 * n)} for n in (1, 2, 3)
            ],
        },
        {"id": "urn:grade", "type": ["ResultDescription"], "name": "Theory", "resultType": "LetterGrade"},
    ]  # fmt: skip
    subject["result"] = [
        {"type": ["Result"], "resultDescription": "urn:rubric", "achievedLevel": "urn:l3", "status": "Completed"},
        {"type": ["Result"], "resultDescription": "urn:rubric", "achievedLevel": "urn:l1", "status": "Failed"},
        {"type": ["Result"], "resultDescription": "urn:grade", "value": "B"},
    ]
    found = one(KEY.prove(document))
    credential = found.credential

    assert found.state is State.VERIFIED
    assert credential.standard == "Open Badges 3.0"
    assert credential.id == document["id"]
    assert credential.recipients == (
        Identity("did", "did:example:mara"),
        Identity("emailAddress", "mara@works.example"),
        Identity("emailAddress", "sha256$AB", True, "s"),
    )
    assert (credential.achievement_id, credential.achievement_type) == (
        "https://weld.example/badges/2",
        "Certification",
    )
    assert credential.criteria == "Two test pieces."
    assert credential.alignments == (Alignment("Welding", "https://skills.example/welding", "W2", "Trades"),)
    assert (credential.issuer_id, credential.issuer) == (KEY.did, "Weld School")
    assert (credential.issued_on, credential.valid_from) == (date(2024, 5, 1), date(2024, 5, 6))
    assert credential.expires_on == date(2027, 5, 5)
    assert credential.evidence == ("https://weld.example/pieces/1",)
    assert [
        (r.name, r.kind, r.status, r.value, r.level, r.points, r.is_required_level) for r in credential.results
    ] == [
        ("Seam", "RubricCriterionLevel", "Completed", "", "3", "30", True),
        ("Seam", "RubricCriterionLevel", "Failed", "", "1", "10", False),
        ("Theory", "LetterGrade", "", "B", "", "", None),
    ]


def test_what_real_badges_do_against_the_letter_is_understood():
    document = badge(KEY.did)
    document["issuer"] = KEY.did
    document["credentialSubject"]["identifier"][0] |= {
        "hashed": "true",
        "identityHash": "SHA256$AB",
        "identityType": "email",
    }
    document["credentialSubject"]["achievement"]["criteria"] = {"id": "https://weld.example/criteria"}
    document["evidence"] = "https://weld.example/pieces/1"
    document.pop("id")
    found = one(KEY.token(document, kid=KEY.did))

    assert (found.state, found.credential.issuer_id, found.credential.id) == (State.VERIFIED, KEY.did, "")
    assert found.credential.recipients[1] == Identity("email", "SHA256$AB", True)
    assert found.credential.criteria == "https://weld.example/criteria"
    assert found.credential.evidence == ("https://weld.example/pieces/1",)


def test_badges_are_checked_in_several_threads_at_once():
    documents = [data(KEY.prove(child(number))) for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda document: one(document.decode()).state, documents * 2))

    assert found == [State.VERIFIED] * 16


@pytest.mark.parametrize(
    ("begins", "ends", "state"),
    [
        ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", State.VERIFIED),
        ("2026-01-01T23:59:59Z", None, State.VERIFIED),
        ("2026-01-02T00:00:00Z", None, State.NOT_YET_VALID),
        ("2020-01-01T00:00:00Z", "2025-12-31T23:59:59Z", State.EXPIRED),
        ("2025-01-01T00:00:00Z", "2024-01-01T00:00:00Z", State.INVALID),
    ],
)
def test_a_badge_holds_from_its_first_to_its_last_day(begins, ends, state):
    document = badge(KEY.did, validFrom=begins, **({"validUntil": ends} if ends else {}))

    assert one(KEY.prove(document)).state is state


@pytest.mark.parametrize(
    ("identity", "is_hers"),
    [
        (Identity("email", "Mara@Works.example "), True),
        (Identity("id", "mailto:mara@works.example"), True),
        (Identity("email", "tom@works.example"), False),
        (Identity("email", ""), False),
        (Identity("email", "mailto:"), False),
        (Identity("email", "sha256$" + hashlib.sha256(b"salt").hexdigest(), True, "salt"), False),
        (Identity("email", "sha256$" + hashlib.sha256(b"mara@works.exampledeadsea").hexdigest(), True, "deadsea"), True),
        (Identity("email", "sha256$" + hashlib.sha256(b"mara@works.exampledeadsea").hexdigest().upper(), True, "deadsea"), True),
        (Identity("email", "sha256$" + hashlib.sha256(b"Mara.Old@works.exampleX").hexdigest(), True, "X"), True),
        (Identity("email", "md5$" + hashlib.md5(b"mara@works.example").hexdigest(), True), True),
        (Identity("email", hashlib.sha256(b"mara@works.example").hexdigest(), True), True),
        (Identity("email", "sha256$" + hashlib.sha256(b"mara@works.example").hexdigest(), False), True),
        (Identity("email", "sha256$" + hashlib.sha256(b"deadseamara@works.example").hexdigest(), True, "deadsea"), False),
        (Identity("email", "sha1$" + hashlib.sha1(b"mara@works.example").hexdigest(), True), False),
        (Identity("email", "SHA256$" + hashlib.sha256(b"mara@works.example").hexdigest(), True), True),
        (Identity("email", "sha256$é", True), False),
        (Identity("email", "", True), False),
    ],
)  # fmt: skip
def test_a_recipient_is_known_by_each_of_their_addresses_plain_or_hashed(identity, is_hers):
    assert is_about(identity, ["mara@works.example", "Mara.Old@works.example", ""]) is is_hers


def assertion(**more):
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://weld.example/assertions/7",
        "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$ABC"},
        "badge": {
            "id": "https://weld.example/badges/2",
            "type": "BadgeClass",
            "name": "Welding",
            "criteria": {"narrative": "Weld."},
            "alignment": {"targetName": "Welding", "targetUrl": "https://skills.example/welding"},
            "issuer": {"id": "https://weld.example", "type": "Profile", "name": "Weld School"},
        },
        "issuedOn": "2024-05-06T09:30:00Z",
        "verification": {"type": "SignedBadge", "creator": "https://weld.example/key"},
        **more,
    }


RSA = Signer("RSA")


def host(**more):
    """The pages of an issuer of Open Badges 2.0."""
    found = {
        "https://weld.example": {"id": "https://weld.example", "type": "Profile", "name": "Weld School", "publicKey": "https://weld.example/key"},
        "https://weld.example/key": {"id": "https://weld.example/key", "owner": "https://weld.example", "publicKeyPem": RSA.pem},
        "https://weld.example/badges/2": {**assertion()["badge"], "issuer": "https://weld.example"},
        "https://weld.example/assertions/7": assertion(verification={"type": "hosted"}),
        **{address.replace("|", "/"): page for address, page in more.items()},
    }  # fmt: skip

    def fetcher(address):
        if found.get(address) is None:
            raise NotFetched(f"{address} does not answer")
        return data(found[address])

    return fetcher


SITE = [IssuerKey("Weld School", "https://weld.example")]
PEM = [IssuerKey("Weld School", RSA.pem)]


def test_a_signed_badge_of_the_second_version_is_verified_by_a_known_key_or_by_its_issuers_pages():
    token = RSA.token(assertion())
    by_reference = RSA.token(assertion(badge="https://weld.example/badges/2"))
    found = one(token, None, PEM)

    assert (found.state, found.credential.standard) == (State.VERIFIED, "Open Badges 2.0")
    assert (found.credential.achievement, found.credential.issuer) == ("Welding", "Weld School")
    assert found.credential.recipients == (Identity("email", "sha256$ABC", True, "s"),)
    assert one(token, None, SITE).state is State.NOT_CHECKABLE
    assert one(token, host(), SITE).state is State.VERIFIED
    assert one(by_reference, host(), SITE).credential.achievement == "Welding"
    assert one(by_reference, host(), SITE).state is State.VERIFIED
    assert one(token, host(), []).state is State.ISSUER_UNKNOWN
    assert one(Signer("RSA").token(assertion()), host(), SITE).state is State.INVALID


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ({"id": "https://weld.example", "name": "Weld School"}, State.ISSUER_UNKNOWN),
        ({"id": "https://weld.example", "publicKey": ["https://weld.example/other"]}, State.ISSUER_UNKNOWN),
        (None, State.ISSUER_UNKNOWN),
        ({"id": "https://weld.example", "publicKey": [{"id": "https://weld.example/key"}]}, State.VERIFIED),
    ],
)
def test_a_key_and_its_owner_must_name_each_other(page, state):
    document = assertion()
    document["badge"]["issuer"]["publicKey"] = (
        "https://weld.example/key"  # the badge's own word, which counts for nothing
    )

    assert one(RSA.token(document), host(**{"https:||weld.example": page}), SITE).state is state


def test_a_badge_that_brings_its_key_along_is_nobodys():
    creator = {"type": "CryptographicKey", "owner": "https://weld.example", "publicKeyPem": RSA.pem}
    token = RSA.token(assertion(verification={"type": "SignedBadge", "creator": creator}))

    assert one(token, None, SITE).state is State.ISSUER_UNKNOWN
    assert one(token, None, PEM).state is State.VERIFIED


def hosted(**more):
    return assertion(verification={"type": "hosted"}, **more)


def test_a_hosted_badge_is_what_its_host_shows():
    assert one(hosted(), None, SITE).state is State.NOT_CHECKABLE
    assert one(hosted(), host(), SITE).state is State.VERIFIED
    assert one(hosted(image="data:image/png;base64,AAAA"), host(), SITE).state is State.VERIFIED
    assert one(hosted(), host(), []).state is State.ISSUER_UNKNOWN
    assert one(hosted(issuedOn="2025-01-01T00:00:00Z"), host(), SITE).state is State.INVALID
    assert (
        one(hosted(recipient={"type": "email", "identity": "tom@works.example"}), host(), SITE).state is State.INVALID
    )
    assert one(hosted(), host(**{"https:||weld.example|assertions|7": {"error": 404}}), SITE).state is State.INVALID
    picture = baked("https://weld.example/assertions/7", b"openbadges")
    assert verify(picture, "7.png", DAY, host(), SITE)[0].state is State.VERIFIED
    assert "holds only the address of its badge" in verify(picture, "7.png", DAY)[0].reasons[0]


def test_only_the_issuers_own_profile_says_where_else_its_badges_lie():
    elsewhere = hosted(id="https://evil.example/7")
    rule = {"startsWith": "https://evil.example/"}
    self_made = copy.deepcopy(elsewhere)
    self_made["badge"]["issuer"]["verification"] = rule
    posing = copy.deepcopy(elsewhere)
    posing["badge"]["issuer"] = "https://evil.example/issuer"
    posing_page = {"id": "https://weld.example", "verification": rule}

    def state(document, profile):
        found = {
            "https:||evil.example|7": document,
            "https:||weld.example": profile,
            "https:||evil.example|issuer": posing_page,
        }
        return one(document, host(**found), SITE).state

    assert state(elsewhere, {"id": "https://weld.example"}) is State.INVALID
    assert state(elsewhere, {"id": "https://weld.example", "verification": rule}) is State.VERIFIED
    assert state(self_made, None) is State.INVALID
    assert state(posing, {"id": "https://weld.example"}) is State.ISSUER_UNKNOWN


def test_revocations_of_the_second_version_are_listed_by_id_or_with_a_reason():
    at = "https://weld.example/revoked"
    token = RSA.token(assertion())

    def state(revoked):
        profile = {"id": "https://weld.example", "publicKey": "https://weld.example/key", "revocationList": at}
        return one(token, host(**{"https:||weld.example": profile, at.replace("/", "|"): revoked}), SITE).state

    assert state({"revokedAssertions": ["https://weld.example/assertions/7"]}) is State.REVOKED
    assert (
        state({"revokedAssertions": [{"id": "https://weld.example/assertions/7", "revocationReason": "Error"}]})
        is State.REVOKED
    )
    assert state({"revokedAssertions": [{"id": "https://weld.example/assertions/8"}]}) is State.VERIFIED
    assert state(None) is State.NOT_CHECKABLE
    assert one(RSA.token(assertion(revoked=True)), None, PEM).state is State.REVOKED
    assert one(RSA.token(assertion(expires="2025-01-01T00:00:00Z")), None, PEM).state is State.EXPIRED


@pytest.mark.parametrize(
    ("document", "standard", "issued_on", "achievement"),
    [
        ({"uid": "7", "recipient": {"type": "email", "hashed": False, "identity": "mara@works.example"}, "badge": "https://weld.example/badge.json",
          "verify": {"type": "hosted", "url": "https://weld.example/7.json"}, "issuedOn": 1714986000}, "Open Badges 1.x", date(2024, 5, 6), ""),
        ({"recipient": "sha256$AB", "salt": "s", "issued_on": "2011-08-23", "badge": {"version": "0.5.0", "name": "Welding", "criteria": "/c",
          "issuer": {"origin": "https://weld.example", "name": "Weld School"}}}, "Open Badges 0.5", date(2011, 8, 23), "Welding"),
    ],
)  # fmt: skip
def test_older_badges_are_read_and_not_taken_as_checked(document, standard, issued_on, achievement):
    found = one(document)

    assert found.state in (State.NOT_CHECKABLE, State.UNSIGNED)
    assert (found.credential.standard, found.credential.issued_on) == (standard, issued_on)
    assert found.credential.achievement == achievement


def record(*children, issuer=KEY.did):
    document = badge(issuer, [V2[0], CLR, V2[1]])
    document["id"] = "urn:uuid:record"
    document["type"] = ["VerifiableCredential", "ClrCredential"]
    document["credentialSubject"] = {
        "type": ["ClrSubject"],
        "id": "did:example:mara",
        "verifiableCredential": list(children),
    }
    return document


def child(number, issuer=KEY.did):
    return {**badge(issuer), "id": f"urn:uuid:{number}"}


def test_a_record_gives_each_of_its_credentials_once_and_its_signature_counts_for_its_own_issuer():
    signed, foreign = KEY.prove(child(1)), child(4, "did:example:other")
    found = read(KEY.prove(record(signed, child(2), signed, foreign, child(2))))

    assert [(one.credential.id[-1], one.state) for one in found] == [
        ("1", State.VERIFIED),
        ("2", State.VERIFIED),
        ("4", State.UNSIGNED),
    ]
    assert {one.credential.parent_id for one in found} == {"urn:uuid:record"}
    assert found[1].where == "given.json, credential 2 of the record"
    assert [one.state for one in read(record(signed, child(2)))] == [State.VERIFIED, State.UNSIGNED]


def test_a_child_that_was_changed_or_slipped_into_a_record_is_not_verified():
    changed = KEY.prove(record(child(1), child(2)))
    changed["credentialSubject"]["verifiableCredential"][0]["credentialSubject"]["achievement"]["name"] = "Gold"
    slipped = KEY.prove(record(child(1)))
    slipped["credentialSubject"]["verifiableCredential"].append(child(3))

    odd = KEY.prove(record({**child(1), "grade": "A"}, child(2)))

    assert all(one.state is not State.VERIFIED for one in read(changed))
    assert all(one.state is not State.VERIFIED for one in read(slipped))
    assert [one.state for one in read(odd)] == [State.UNSIGNED, State.VERIFIED]  # no context says what a grade is


def test_records_and_presentations_hold_tokens_too_and_not_each_other_for_ever():
    token = RSA.token({**badge("https://weld.example"), "iss": "https://weld.example"})
    presentation = {
        "@context": V2[0],
        "type": "VerifiablePresentation",
        "verifiableCredential": [token, KEY.prove(child(1)), 7],
    }
    found = read(presentation, None, [*KNOWN, *PEM])
    nested = record(record(record(record(child(1)))))
    as_token = RSA.token({"iss": "did:example:mara", "vp": presentation}, jwk=RSA.jwk)

    assert [one.state for one in found] == [State.VERIFIED, State.VERIFIED, State.UNREADABLE]
    assert [one.state for one in read(as_token, None, [*KNOWN, *PEM])] == [one.state for one in found]
    assert [one.state for one in read(nested)] == [State.UNREADABLE]
    assert [
        one.state for one in read(KEY.token(record(KEY.prove(child(1), "eddsa-jcs-2022"), child(2)), kid=KEY.method))
    ] == [
        State.VERIFIED,
        State.VERIFIED,
    ]


def test_what_is_no_credential_is_told_with_its_place():
    found = read([{"hello": "world"}, badge(KEY.did)])

    assert [one.state for one in found] == [State.UNREADABLE, State.UNSIGNED]
    assert found[0].reasons == (
        "given.json, credential 1 cannot be read as a credential: it has neither a credentialSubject nor a badge with a recipient.",
    )
