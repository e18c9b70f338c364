"""Proofs inside the JSON: what holds, and every way that we know in which one could seem to."""

import copy
import json
from contextlib import suppress
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.badges import IssuerKey, Outcome, State, Verdict, keys, verify
from skilltrack.errors import BadFile
from tests.badges.signing import ED2020, INTEGRITY, V1, V2, Signer, badge, data
from tests.torture.badges import damage, drawn, each_byte

DAY = date(2026, 1, 1)
SCHOOL = Signer()
KNOWN = [IssuerKey("Weld School", SCHOOL.did)]
SUITES = [
    ("Ed25519", "eddsa-rdfc-2022"),
    ("Ed25519", "eddsa-jcs-2022"),
    ("Ed25519", "Ed25519Signature2020"),
    ("P-256", "ecdsa-rdfc-2019"),
    ("P-384", "ecdsa-rdfc-2019"),
    ("P-256", "ecdsa-jcs-2019"),
]


def checked(document, known=KNOWN, **options):
    (one,) = verify(data(document), "badge.json", DAY, issuer_keys=known, **options)
    return one


def step(one, name):
    return next(step for step in one.steps if step.name == name)


def contexts(suite, base):
    return [*base, ED2020] if suite.startswith("Ed") else [*base, INTEGRITY] if base is V1 else base


@pytest.mark.parametrize("base", [V1, V2], ids=["VCDM 1.1", "VCDM 2.0"])
@pytest.mark.parametrize(("kind", "suite"), SUITES)
def test_a_badge_signed_in_each_accepted_way_is_verified(kind, suite, base):
    signer = Signer(kind)
    one = checked(signer.prove(badge(signer.did, contexts(suite, base)), suite), [IssuerKey("Weld School", signer.did)])

    assert (one.state, one.verdict, one.known_issuer) == (State.VERIFIED, Verdict.VERIFIED, "Weld School")
    assert [step.outcome for step in one.steps] == [Outcome.PASSED] * 5 + [Outcome.ABSENT]
    assert one.credential.achievement == "Welding, level 2"
    assert one.left_out == ()


SIGNERS = {suite: Signer(kind) for kind, suite in SUITES if kind != "P-384"}


@cache
def signed(suite):
    """A badge with a proof of this suite, and what is read in it."""
    signer = SIGNERS[suite]
    document = signer.prove(badge(signer.did, contexts(suite, V2), validUntil="2030-01-01T00:00:00Z"), suite)
    return document, checked(document, [IssuerKey("X", signer.did)]).credential


def leaves(value, path=()):
    if not isinstance(value, dict | list):
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from leaves(inner, (*path, key))


@pytest.mark.parametrize("suite", sorted(SIGNERS))
def test_no_value_of_a_signed_badge_can_be_changed(suite):
    signer, (document, _) = SIGNERS[suite], signed(suite)
    for path in leaves(document):
        changed = copy.deepcopy(document)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        holder[path[-1]] = (value[:-1] + chr(ord(value[-1]) ^ 1)) if isinstance(value, str) else not value
        assert checked(changed, [IssuerKey("X", signer.did)]).state is not State.VERIFIED, path


@given(st.sampled_from(sorted(SIGNERS)), st.data())
def test_no_changed_byte_of_a_signed_badge_gives_a_verified_badge_that_says_something_else(suite, draw):
    signer, (document, credential) = SIGNERS[suite], signed(suite)
    content = data(document)
    for _ in range(25):
        changed = bytearray(content)
        changed[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
        found = []
        with suppress(BadFile):
            found = verify(bytes(changed), "badge.json", DAY, issuer_keys=[IssuerKey("X", signer.did)])
        for one in found:
            assert one.state is not State.VERIFIED or one.credential == credential


def test_damaged_badges_are_never_verified_wrongly_and_never_crash():
    """In short; `python -m tests.torture.badges` changes every byte and 100,000 more, and measures the time."""
    found = damage([*each_byte(every=397), *drawn(120, seed=7)])

    assert (found["unexpected"], found["wrong"]) == (0, 0)
    assert sum(found.values()) >= 170


REWRITTEN = [
    (
        "in lists of one",
        lambda d: {
            key: [value] if key not in ("@context", "id", "type", "proof") else value for key, value in d.items()
        },
    ),
    ("twice", lambda d: {**d, "validUntil": [d["validUntil"]] * 2, "name": [d["name"]] * 2}),
    ("its issuer in a list of a list", lambda d: {**d, "issuer": [[d["issuer"]]]}),
]


@pytest.mark.parametrize("rewrite", [rewrite for _, rewrite in REWRITTEN], ids=[name for name, _ in REWRITTEN])
def test_the_same_statements_written_otherwise_say_the_same(rewrite):
    signer, (document, credential) = SIGNERS["eddsa-rdfc-2022"], signed("eddsa-rdfc-2022")
    one = checked(rewrite(document), [IssuerKey("X", signer.did)])

    assert (one.state, one.credential) == (State.VERIFIED, credential)


def without(document, *keys):
    return {key: value for key, value in document.items() if key not in keys}


STATUS = {
    "id": "https://weld.example/status#1",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "1",
    "statusListCredential": "https://weld.example/status",
}


@pytest.mark.parametrize("name", ["https://www.w3.org/2018/credentials#{}", "cred:{}", "{}"])
@pytest.mark.parametrize(("key", "value"), [("validUntil", "2025-06-01T00:00:00Z"), ("credentialStatus", STATUS)])
def test_an_end_or_a_status_cannot_be_hidden_by_writing_it_otherwise(key, value, name):
    document = SCHOOL.prove(badge(SCHOOL.did, **{key: value}))
    hidden = {**without(document, key), name.format(key): [[value, value]]}
    spread = {**document, key: [{"id": STATUS["id"]}, "urn:other"] if key == "credentialStatus" else [value, value]}

    for changed in (document, hidden, spread):
        assert checked(changed).verdict is not Verdict.VERIFIED
        assert checked(changed).state in (State.EXPIRED, State.NOT_CHECKABLE, State.INVALID)


def test_what_a_badge_says_of_itself_must_stand_in_one_place():
    document = badge(SCHOOL.did, validUntil="2025-06-01T00:00:00Z")
    document["credentialSubject"]["achievement"]["related"] = [{"id": document["id"], "type": ["Related"]}]
    signed = SCHOOL.prove(document)
    moved = copy.deepcopy(without(signed, "validUntil"))
    moved["credentialSubject"]["achievement"]["related"][0]["validUntil"] = document["validUntil"]
    one = checked(moved)

    assert one.verdict is not Verdict.VERIFIED
    assert "in more than one place" in step(one, "signature").reason


def test_terms_that_no_context_defines_are_left_out_and_told():
    document = SCHOOL.prove(badge(SCHOOL.did))
    document["grade"] = "A+"
    document["credentialSubject"]["achievement"]["level"] = "expert"
    one = checked(SCHOOL.prove(without(document, "proof")))

    assert one.state is State.VERIFIED
    assert one.left_out == ("credentialSubject.achievement.level", "grade")
    assert "does not cover credentialSubject.achievement.level, grade" in step(one, "signature").reason
    plain = SCHOOL.prove(badge(SCHOOL.did))
    assert checked({**plain, "grade": "A+"}).credential == checked(plain).credential


def test_a_date_that_the_proof_does_not_cover_counts_for_nothing_and_may_still_end_a_badge():
    document = without(badge(SCHOOL.did), "validFrom")
    late = checked(SCHOOL.prove({**document, "issuanceDate": "2024-01-01T00:00:00Z"}))
    ended = checked(SCHOOL.prove({**badge(SCHOOL.did), "expirationDate": "2025-01-01T00:00:00Z"}))

    assert (late.state, late.credential.issued_on) == (State.NOT_CHECKABLE, None)
    assert "is not signed" in step(late, "dates").reason
    assert (ended.state, ended.credential.expires_on) == (State.EXPIRED, date(2025, 1, 1))


def test_every_proof_of_several_must_hold_and_one_of_another_kind_is_only_mentioned():
    other = Signer()
    both = SCHOOL.prove(SCHOOL.prove(badge(SCHOOL.did, [*V2, ED2020]), "Ed25519Signature2020"))
    witnessed = other.prove(SCHOOL.prove(badge(SCHOOL.did)))
    broken = copy.deepcopy(both)
    broken["proof"][1]["proofValue"] = other.prove(badge(SCHOOL.did))["proof"]["proofValue"]
    unknown = copy.deepcopy(both)
    unknown["proof"].append(
        {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "proofPurpose": "assertionMethod"}
    )

    assert checked(both).state is State.VERIFIED
    assert (checked(witnessed).state, checked(witnessed).known_issuer) == (State.VERIFIED, "Weld School")
    assert checked(broken).state is State.INVALID
    assert checked(unknown).state is State.VERIFIED
    assert "'bbs-2023', which is not checked here" in step(checked(unknown), "signature").reason
    assert checked({**both, "proof": both["proof"] * 5}).state is State.INVALID
    assert checked({**both, "proof": ["text"]}).state is State.INVALID


@pytest.mark.parametrize(
    ("change", "state", "part"),
    [
        ({"proofPurpose": "authentication"}, State.INVALID, "made for 'authentication'"),
        ({"proofPurpose": None}, State.INVALID, "not to assert a credential"),
        ({"proofValue": "u" + "A" * 86}, State.INVALID, "not a signature in base58btc"),
        ({"proofValue": None}, State.INVALID, "not a signature in base58btc"),
        ({"proofValue": "z1111"}, State.INVALID, "not a signature in base58btc"),
        ({"created": "2020-01-01T00:00:00Z"}, State.INVALID, "changed after it was signed"),
        (
            {"verificationMethod": {"id": SCHOOL.method, "publicKeyMultibase": SCHOOL.multibase}},
            State.INVALID,
            "not named by an address",
        ),
        ({"verificationMethod": Signer().method}, State.INVALID, "signed with another key"),
        ({"verificationMethod": "did:key:zNonsense"}, State.INVALID, "not an Ed25519, P-256 or P-384 key"),
        ({"verificationMethod": f"{SCHOOL.did}#other"}, State.INVALID, "a part that its did:key does not have"),
        ({"verificationMethod": "did:ion:abc#1"}, State.INVALID, "are not known here"),
        ({"verificationMethod": "did:web:weld.example#1"}, State.NOT_CHECKABLE, "nothing is fetched here"),
        ({"verificationMethod": "https://weld.example/keys/1"}, State.NOT_CHECKABLE, "nothing is fetched here"),
        ({"verificationMethod": "http://weld.example/keys/1"}, State.NOT_CHECKABLE, "not an https address"),
        ({"cryptosuite": "ecdsa-sd-2023"}, State.NOT_CHECKABLE, "'ecdsa-sd-2023', which is not checked here"),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, State.INVALID, "another key"),
        ({"previousProof": "urn:x"}, State.NOT_CHECKABLE, "a chain of proofs"),
        ({"type": "RsaSignature2018"}, State.NOT_CHECKABLE, "'RsaSignature2018'"),
    ],
)
def test_a_proof_that_is_not_as_the_standard_has_it_says_why(change, state, part):
    document = SCHOOL.prove(badge(SCHOOL.did))
    one = checked({**document, "proof": {**document["proof"], **change}})

    assert one.state is state
    assert any(part in reason for reason in one.reasons), one.reasons


def test_a_key_alone_says_nothing_about_who_issued():
    anybody = Signer()
    one = checked(anybody.prove(badge(anybody.did)))
    posing = checked(anybody.prove(badge(SCHOOL.did)))

    assert (one.state, one.verdict, one.known_issuer) == (State.ISSUER_UNKNOWN, Verdict.NOT_CHECKED, "")
    assert "Anybody can make one" in one.reasons[0]
    assert posing.state is State.INVALID
    assert f"names {SCHOOL.did} as its issuer and is signed by {anybody.did}" in posing.reasons[0]


def test_a_known_key_counts_on_the_days_on_which_it_is_the_issuers():
    document = SCHOOL.prove(badge(SCHOOL.did))  # of 2024-05-06
    days = [(None, None), (date(2024, 5, 6), date(2024, 5, 6)), (date(2024, 5, 7), None), (None, date(2024, 5, 5))]
    states = [checked(document, [IssuerKey("Weld School", SCHOOL.did, *pair)]).state for pair in days]
    undated = SCHOOL.prove(without(badge(SCHOOL.did), "validFrom"))

    assert states == [State.VERIFIED, State.VERIFIED, State.ISSUER_UNKNOWN, State.ISSUER_UNKNOWN]
    assert (
        checked(undated, [IssuerKey("Weld School", SCHOOL.did, None, date(2030, 1, 1))]).state is State.ISSUER_UNKNOWN
    )


@pytest.mark.parametrize(
    "form", [lambda key: key.pem, lambda key: key.did, lambda key: key.did_jwk, lambda key: key.method]
)
def test_one_key_is_the_same_however_issuer_keys_writes_it(form):
    assert checked(SCHOOL.prove(badge(SCHOOL.did)), [IssuerKey("Weld School", form(SCHOOL))]).state is State.VERIFIED


def test_many_listed_keys_do_not_slow_down_the_badges_that_one_of_them_signed(monkeypatch):
    others = [IssuerKey(f"I{n}", f"did:web:i{n}.example") for n in range(3000)]
    others += [IssuerKey(f"K{n}", Signer().did) for n in range(300)]
    name = "did:web:weld.example"
    badges = [
        SCHOOL.prove(badge(name, [*V2, INTEGRITY], id=f"urn:x:{n}"), "eddsa-jcs-2022", f"{name}#1") for n in range(40)
    ]
    checks = []
    monkeypatch.setattr(keys, "holds", lambda *given, check=keys.holds: checks.append(given) or check(*given))
    found = verify(data(badges), "x.json", DAY, None, [*others, *KNOWN])

    assert {one.state for one in found} == {State.VERIFIED}
    assert len(checks) < 301 + 2 * 40, "each of them is tried for each badge"


def test_a_listed_key_does_not_take_the_name_that_a_badge_gives_its_key():
    yard, name = Signer(), "https://weld.example/keys/1"
    rows = [
        IssuerKey("Yard", yard.pem),
        IssuerKey("Weld School", name),
        IssuerKey("Weld School", "https://weld.example"),
    ]
    document = badge("https://weld.example", [*V2, INTEGRITY])
    token = yard.token({"vc": document}, kid=name)
    for content in (data(yard.prove(document, "eddsa-jcs-2022", name)), data(token)):
        (one,) = verify(content, "x", date(2024, 10, 1), None, rows)
        assert (one.signer.did, one.signer.name, one.signer.owner) == (yard.did, "", "")
        assert (one.state, one.speaks.outcome) == ("invalid", "open")
        assert "is signed with a key of Yard" in " ".join(one.reasons)
        shared = [*rows, IssuerKey("Weld School", yard.did)]
        (one,) = verify(content, "x", date(2024, 10, 1), None, shared)
        assert (one.state, one.known_issuer) == ("verified", "Weld School")


@pytest.mark.parametrize(
    "key", ["nonsense", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", "did:key:z1", "did:jwk:e30", ""]
)
def test_a_row_of_issuer_keys_that_is_no_key_lets_nobody_in(key):
    assert checked(SCHOOL.prove(badge(SCHOOL.did)), [IssuerKey("Weld School", key)]).state is State.ISSUER_UNKNOWN


def test_contexts_that_were_not_signed_cannot_be_put_before_a_badge_of_canonical_json():
    document = SCHOOL.prove(badge(SCHOOL.did), "eddsa-jcs-2022")
    swapped = {**document, "@context": [ED2020, *document["@context"]]}
    more = {**document, "@context": [*document["@context"], ED2020]}

    assert "contexts are not those that were signed" in checked(swapped).reasons[0]
    assert checked(more).state is State.VERIFIED  # as the standard has it: only what was signed is read


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"credentialSubject": None}, "has no credentialSubject"),
        ({"credentialSubject": [{"id": "urn:a"}, {"id": "urn:b"}]}, "2 of credentialSubject"),
        ({"validUntil": "soon"}, "its validUntil is 'soon', which is not a date"),
        ({"validUntil": {"@value": "2020-01-01T00:00:00Z"}}, "which is not a date"),
        ({"validFrom": "2024-02-31T00:00:00Z"}, "which is not a date"),
        ({"validFrom": True}, "which is not a date"),
    ],
)
def test_what_decides_and_is_not_of_its_shape_makes_a_badge_unreadable(change, part):
    one = checked(SCHOOL.prove({**badge(SCHOOL.did), **change}, "eddsa-jcs-2022"))

    assert (one.state, one.credential) == (State.UNREADABLE, None)
    assert part in one.reasons[0]
    assert json.dumps(one.reasons)


def test_a_badge_without_a_proof_is_unsigned():
    one = checked(badge(SCHOOL.did))

    assert (one.state, one.verdict) == (State.UNSIGNED, Verdict.NOT_VERIFIED)
    assert one.reasons == ("It has no signature: anybody could have written it.",)
