"""Layouts of other programs and of the standards' own examples: each is verified, left open or refused, and says why.

The files are our own, written in the shapes that schools, vendors and wallets hand out.
"""

import copy
import hashlib
from datetime import date

import pytest

from skilltrack.badges import Identity, IssuerKey, State, count, is_about, read, verify
from skilltrack.errors import BadFile
from tests.badges.signing import V1, V2, Signer, badge, baked, data

DAY = date(2026, 1, 1)
KEY, RSA, ACCREDITER = Signer(), Signer("RSA"), Signer()
KNOWN = [IssuerKey("Weld School", key) for key in (KEY.did, RSA.pem)]
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
SCHEMA = [{"id": "https://purl.imsglobal.org/spec/ob/v3p0/schema.json", "type": "1EdTechJsonSchemaValidator2019"}]
HASH = hashlib.sha256(b"mara@works.exampledeadsea").hexdigest()


def about(**subject):
    document = badge(KEY.did)
    document["credentialSubject"] |= subject
    return document


def identified(**identity):
    return about(identifier=[{"type": "IdentityObject", "identityType": "emailAddress", "salt": "deadsea", **identity}])


def endorsement(signer=ACCREDITER):
    return {
        "@context": [*V2, EXTENSIONS],
        "id": "urn:uuid:9",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "In good standing",
        "issuer": {"id": signer.did, "type": ["Profile"]},
        "validFrom": "2020-01-01T00:00:00Z",
        "credentialSubject": {"id": KEY.did, "type": ["EndorsementSubject"], "endorsementComment": "In good standing"},
        "credentialSchema": SCHEMA,
    }


def complete():
    """All that the example of Open Badges 3.0 called complete has, in short."""
    document = badge(KEY.did, [*V2, EXTENSIONS])
    subject = document["credentialSubject"]
    picture = {"id": "https://weld.example/i.png", "type": "Image", "caption": "Weld School"}
    result = {
        "id": "urn:uuid:r",
        "type": ["ResultDescription"],
        "name": "Grade",
        "resultType": "LetterGrade",
        "allowedValue": ["C", "B", "A"],
        "requiredValue": "C",
    }
    subject["achievement"] |= {
        "creator": {"id": KEY.did, "type": ["Profile"], "name": "Weld School", "official": "Ann Lee", "endorsement": [endorsement()],
                    "address": {"type": ["Address"], "addressCountry": "SE", "geo": {"type": "GeoCoordinates", "latitude": 1.5, "longitude": 2}},
                    "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "12345", "identifierType": "sourcedId"}],
                    "parentOrg": {"id": "did:example:all", "type": ["Profile"], "name": "All Schools"}},
        "creditsAvailable": 36, "endorsement": [endorsement()], "fieldOfStudy": "Welding", "humanCode": "R1", "image": picture,
        "resultDescription": [result], "specialization": "Pipes", "tag": ["pipes", "steel"],
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "abde", "identifierType": "identifier"}],
    }  # fmt: skip
    subject |= {
        "activityStartDate": "2024-01-01T00:00:00Z",
        "activityEndDate": "2024-02-01T00:00:00Z",
        "creditsEarned": 42,
        "licenseNumber": "A-9320041",
        "narrative": "A report.",
        "role": "Student",
        "term": "Fall",
        "image": picture,
        "source": {"id": "https://weld.example/arts", "type": ["Profile"], "name": "College of Arts"},
        "result": [{"type": ["Result"], "resultDescription": "urn:uuid:r", "value": "A"}],
    }
    return document | {
        "description": "A degree.",
        "image": picture,
        "awardedDate": "2024-05-06T00:00:00Z",
        "credentialSchema": SCHEMA,
        "endorsement": [ACCREDITER.prove(endorsement())],
        "endorsementJwt": [ACCREDITER.token(endorsement(), kid=ACCREDITER.method)],
        "evidence": [
            {"id": "https://weld.example/1", "type": ["Evidence"], "name": "Report", "genre": "Research"},
            {"type": ["Evidence"], "narrative": "Words only."},
        ],
        "refreshService": {"id": document["id"], "type": "1EdTechCredentialRefresh"},
    }


def record(*children, **subject):
    return {
        "@context": [V2[0], CLR, V2[1], EXTENSIONS], "id": "urn:uuid:record", "type": ["VerifiableCredential", "ClrCredential"], "name": "Record",
        "issuer": {"id": KEY.did, "type": ["Profile"], "name": "Weld School"}, "validFrom": "2024-05-06T00:00:00Z",
        "credentialSubject": {"id": "did:example:mara", "type": ["ClrSubject"], "verifiableCredential": list(children), **subject},
    }  # fmt: skip


def older(**more):
    """An assertion of Open Badges 2.0 as Credly and Badgr bake it: all else lies at addresses."""
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://vendor.example/assertions/7",
        "recipient": {"type": "email", "hashed": True, "salt": "deadsea", "identity": f"sha256${HASH}"},
        "badge": "https://vendor.example/classes/9",
        "issuedOn": "2024-05-06T12:00:00.000Z",
        "verification": {"type": "hosted"},
        "image": "https://vendor.example/i.png",
        "evidence": [{"id": "https://weld.example/1"}],
        **more,
    }


CLASS = {
    "id": "https://vendor.example/classes/9",
    "type": "BadgeClass",
    "name": "Welding",
    "description": "",
    "criteria": {"narrative": "n"},
    "image": "https://vendor.example/i.png",
    "issuer": {"id": "https://vendor.example/i", "type": "Issuer", "name": "Weld School"},
    "tags": [],
}
PROFILE = {
    "@context": "https://openbadgespec.org/extensions/recipientProfile/context.json",
    "type": ["Extension", "extensions:RecipientProfile"],
    "name": "Mara",
}
SVG = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="https://vendor.example/7"><![CDATA[{}]]></openbadges:assertion></svg>'
OPEN, VERIFIED = State.NOT_CHECKABLE, State.VERIFIED
LAYOUTS = {
    "1EdTech, complete": (KEY.prove(complete()), VERIFIED, "holds"),
    "1EdTech, complete, canonical JSON": (KEY.prove(complete() | {"@context": [*V2, EXTENSIONS]}, "eddsa-jcs-2022"), VERIFIED, "holds"),
    "1EdTech, with a list of revocations": (
        KEY.prove(complete() | {"credentialStatus": {"id": "https://weld.example/revoked", "type": "1EdTechRevocationList"}}), OPEN, "nothing is fetched here"),
    "from tomorrow on": (KEY.prove(badge(KEY.did) | {"validFrom": "2026-01-02T00:00:00Z"}), State.NOT_YET_VALID, "begins on 2026-01-02"),
    "called an AchievementCredential": (KEY.prove(badge(KEY.did) | {"type": ["VerifiableCredential", "AchievementCredential"]}), VERIFIED, "holds"),
    "an achievement and a holder in lists of one": (
        KEY.prove(badge(KEY.did) | {"credentialSubject": [about(achievement=[about()["credentialSubject"]["achievement"]])["credentialSubject"]]}), VERIFIED, "holds"),
    "two holders": (KEY.prove(badge(KEY.did) | {"credentialSubject": [about()["credentialSubject"], about(id="did:example:bo")["credentialSubject"]]}),
                    State.UNREADABLE, "2 of credentialSubject"),
    "a token by W3C's JOSE": (KEY.token(badge(KEY.did), kid=KEY.method, typ="vc+jwt", cty="vc"), VERIFIED, "EdDSA"),
    "a token by the first data model": (
        KEY.token({"iss": KEY.did, "sub": "did:example:mara", "nbf": 1_714_987_800, "vc": badge(KEY.did, V1)}, kid=KEY.method, typ="JWT"), VERIFIED, "EdDSA"),
    "what the interface of a wallet answers": ({"credential": [KEY.prove(badge(KEY.did))]}, VERIFIED, "holds"),
    "the same as a token": ({"credential": [], "compactJwsString": [KEY.token(badge(KEY.did), kid=KEY.method)]}, VERIFIED, "EdDSA"),
    "a signature of 2018": (badge(KEY.did) | {"proof": {"type": "Ed25519Signature2018", "jws": "a..b", "proofPurpose": "assertionMethod"}}, OPEN, "'Ed25519Signature2018', which is not checked here"),
    "a context that is not bundled": (
        badge(KEY.did, [*V2, "https://ctx.vendor.example/1.json"]) | {"proof": KEY.prove(badge(KEY.did))["proof"]}, OPEN, "https://ctx.vendor.example/1.json is not bundled"),
    "an endorsement": (KEY.prove(endorsement(KEY)), VERIFIED, "an endorsement of Open Badges 3.0"),
    "a record beside whose badge stands an endorsement": (
        KEY.prove(record(KEY.prove(badge(KEY.did)), ACCREDITER.prove(endorsement())) | {"endorsement": [ACCREDITER.prove(endorsement())]}, "eddsa-jcs-2022"), VERIFIED, "holds"),
    "a record that only lists achievements": (
        KEY.prove(record(achievement=[about()["credentialSubject"]["achievement"]]), "eddsa-jcs-2022"), VERIFIED, "It is a record of CLR 2.0 without a credential in it"),
    "a record that only lists several achievements": (
        KEY.prove(record(achievement=[{"id": f"https://weld.example/{n}", "type": ["Achievement"], "name": n} for n in "ab"]), "eddsa-jcs-2022"),
        State.UNREADABLE, "a record without a credential"),
    "Credly, a baked picture": (baked(older(), b"openbadges", packed=True), OPEN, "which only its host can confirm"),
    "Badgr, hosted": (older(badge=CLASS, verification={"type": "HostedBadge"}) | {"extensions:recipientProfile": PROFILE}, OPEN, "which only its host can confirm"),
    "Badgr, signed": (RSA.token(older(badge=CLASS, verification={"type": ["SignedBadge"], "creator": "https://vendor.example/key"})), VERIFIED, "issuer_keys lists"),
    "a hosted badge that lost its verification": ({key: value for key, value in older(badge=CLASS).items() if key != "verification"}, State.UNSIGNED, "anybody could have written it"),
    "Open Badge Factory, signed by 1.1": (
        RSA.token({"uid": "abc", "recipient": older()["recipient"], "badge": CLASS, "issuedOn": 1_525_867_200,
                   "verify": {"type": "signed", "url": "https://vendor.example/key.pem"}}), VERIFIED, "RS256"),
    "Open Badge Factory, hosted by 1.1": (
        {"uid": "abc", "recipient": older()["recipient"], "badge": "https://vendor.example/b", "issuedOn": 1_525_867_200,
         "verify": {"type": "hosted", "url": "https://vendor.example/7"}}, OPEN, "Open Badges 1.x is read here, not checked"),
    "a picture from a drawing program": (SVG.format(RSA.token(older(badge=CLASS, verification={"type": "signed"}))).encode(), VERIFIED, "RS256"),
    "a selective disclosure": ((KEY.token(badge(KEY.did), kid=KEY.method, typ="vc+sd-jwt") + "~WyJhIl0~").encode(), None, "is not a credential that can be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_of_another_program_ends_as_the_standards_say_with_a_reason(name):
    """Else people hand in what they earned, and hear that they have forged it or that it is nothing."""
    content, state, part = LAYOUTS[name]
    content = content if isinstance(content, bytes) else data(content)
    if state is None:
        with pytest.raises(BadFile, match=part):
            verify(content, "given", DAY, None, KNOWN)
        return
    one, *endorsements = verify(content, "given", DAY, None, KNOWN)
    assert {other.credential.standard for other in endorsements} <= {"an endorsement of Open Badges 3.0"}
    counted = [count(each) for each in read(content, "given")]
    assert counted == [1 + len(endorsements)], "a check in the night would look at another badge"
    assert one.state is state, one.reasons
    assert part in " ".join(one.reasons)
    if one.credential and one.credential.standard == "Open Badges 3.0":
        assert one.credential.achievement_id == "https://weld.example/badges/2"


@pytest.mark.parametrize(
    "identity",
    [
        {"hashed": False, "identityHash": "mara@works.example"},
        {"hashed": "false", "identityHash": "Mara@Works.example "},
        {"hashed": True, "identityHash": f"sha256${HASH}"},
        {"hashed": "TRUE", "identityHash": HASH.upper()},
        {"hashed": 1, "identityHash": f"SHA256${HASH}"},
        {"identityHash": f"sha256${HASH}"},
        {"hashed": True, "identityHash": f"sha256${hashlib.sha256(b'mara@works.example').hexdigest()}", "salt": None},
        {"hashed": True, "identityHash": "md5$" + hashlib.md5(b"mara@works.exampledeadsea").hexdigest()},
    ],
    ids=lambda identity: str(identity)[:60],
)
def test_a_holder_is_known_however_the_address_and_its_hash_are_written(identity):
    (one,) = verify(data(KEY.prove(identified(**identity), "eddsa-jcs-2022")), "given", DAY, None, KNOWN)
    assert one.state is VERIFIED
    assert [is_about(name, ["mara@works.example"]) for name in one.credential.recipients] == [False, True]
    assert not any(is_about(name, ["bo@works.example"]) for name in one.credential.recipients)


def test_of_several_names_of_a_holder_each_is_taken_and_in_older_badges_too():
    several = about(identifier=[
        {"type": "IdentityObject", "hashed": False, "identityHash": "4711", "identityType": "sourcedId"},
        {"type": ["IdentityObject"], "hashed": True, "identityHash": HASH, "identityType": "email", "salt": "deadsea"},
    ])  # fmt: skip
    (one,) = verify(data(KEY.prove(several)), "given", DAY, None, KNOWN)
    assert one.credential.recipients[1:] == (Identity("sourcedId", "4711"), Identity("email", HASH, True, "deadsea"))
    in_list = older(
        badge=CLASS,
        recipient=[{"type": ["email"], "identity": HASH, "hashed": "True", "salt": "deadsea"}],
        verification={"type": "signed"},
    )
    (one,) = verify(data(RSA.token(in_list)), "given", DAY, None, KNOWN)
    assert one.credential.recipients == (Identity("email", HASH, True, "deadsea"),)


def test_a_second_place_with_the_id_of_a_badge_may_say_its_kind_and_nothing_else():
    """In RDF both are one thing: an end or a list of revocations could be moved there, where nobody looks."""
    for service in ({"validUntil": "2025-01-01T00:00:00Z"}, {"credentialStatus": {"id": "urn:x", "type": "urn:y"}}):
        document = complete()
        document["refreshService"] |= service
        moved = copy.deepcopy(document)
        (one,) = verify(data(KEY.prove(moved)), "given", DAY, None, KNOWN)
        assert one.state is OPEN, one.reasons
        assert "stands in more than one place" in one.reasons[0]
    disguised = complete()
    disguised["refreshService"]["type"] = ["1EdTechCredentialRefresh", "ClrCredential"]
    (one,) = verify(data(KEY.prove(disguised)), "given", DAY, None, KNOWN)
    assert one.state is OPEN
