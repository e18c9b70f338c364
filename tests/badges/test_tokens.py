"""Credentials as signed tokens."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.badges import IssuerKey, NotFetched, State, verify
from skilltrack.errors import BadFile
from tests.badges.signing import V1, Signer, badge, base64url, data

DAY = date(2026, 1, 1)
SCHOOL = "https://weld.example/school"
RSA, EC, ED = Signer("RSA"), Signer("P-256"), Signer()
CLAIMS = {**badge(SCHOOL), "iss": SCHOOL, "jti": badge(SCHOOL)["id"], "sub": "did:example:mara"}


def checked(token, known=(), fetcher=None):
    (one,) = verify(data(token), "badge.jwt", DAY, fetcher, [IssuerKey("Weld School", key) for key in known])
    return one


@pytest.mark.parametrize("signer", [RSA, EC, ED], ids=["RS256", "ES256", "EdDSA"])
def test_a_token_is_verified_by_a_key_that_the_company_knows_and_not_by_the_one_it_brings(signer):
    token = signer.token(CLAIMS, jwk=signer.jwk)

    assert checked(token, [signer.pem]).state is State.VERIFIED
    assert checked(signer.token(CLAIMS), [signer.pem]).state is State.VERIFIED
    assert checked(token).state is State.ISSUER_UNKNOWN
    assert checked(token, [Signer(signer.kind).pem]).state is State.ISSUER_UNKNOWN
    assert checked(signer.token(CLAIMS)).state is State.NOT_CHECKABLE
    assert checked(token, [signer.pem]).credential.achievement == "Welding, level 2"


@pytest.mark.parametrize("name", ["did", "did_jwk"])
def test_a_did_in_the_token_is_the_issuers_where_it_is_the_issuer(name):
    did = getattr(ED, name)
    claims = {**CLAIMS, **badge(did), "iss": did}

    assert (
        checked(ED.token(claims, kid=f"{did}#{ED.multibase if name == 'did' else 0}"), [ED.did]).state is State.VERIFIED
    )
    assert checked(ED.token(claims), [ED.did]).state is State.VERIFIED
    assert (
        checked(ED.token({**claims, **badge(RSA.did_jwk), "iss": RSA.did_jwk}, kid=ED.method), [ED.did]).state
        is State.INVALID
    )


def test_a_credential_of_the_first_data_model_lies_in_the_claim_vc():
    inner = badge("", V1)
    for key in ("issuer", "id", "issuanceDate"):
        inner.pop(key)
    inner["credentialSubject"].pop("id")
    claims = {
        "vc": inner,
        "iss": SCHOOL,
        "jti": "urn:uuid:7",
        "sub": "did:example:mara",
        "nbf": 1714986000,
        "exp": 1893456000,
    }
    one = checked(EC.token(claims), [EC.pem])

    assert one.state is State.VERIFIED
    assert (one.credential.issuer_id, one.credential.id) == (SCHOOL, "urn:uuid:7")
    assert one.credential.recipients[0].value == "did:example:mara"
    assert (one.credential.issued_on, one.credential.expires_on) == (date(2024, 5, 6), date(2030, 1, 1))
    assert checked(EC.token({**claims, "exp": 1735689600}), [EC.pem]).state is State.EXPIRED


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"iss": "https://evil.example"}, "its token says iss 'https://evil.example'"),
        ({"sub": "did:example:tom"}, "its token says sub"),
        ({"jti": "urn:uuid:other"}, "its token says jti"),
        ({"nbf": 1}, "its token says nbf 1970-01-01, its credential 2024-05-06"),
        ({"nbf": "soon"}, "its nbf is 'soon', which is not a date"),
        (
            {"exp": 1893456000, "validUntil": "2027-01-01T00:00:00Z"},
            "its token says exp 2030-01-01, its credential 2027-01-01",
        ),
        ({"vc": "text"}, "the vc in its token is not an object"),
    ],
)
def test_a_token_that_contradicts_its_credential_is_invalid(change, part):
    one = checked(EC.token({**CLAIMS, **change}), [EC.pem])

    assert one.state in (State.INVALID, State.UNREADABLE)
    assert part in " ".join(one.reasons)


def test_the_algorithm_is_never_the_tokens_choice():
    payload = base64url(data(CLAIMS))
    none = f"{base64url(data({'alg': 'none'}))}.{payload}."
    nothing = f"{base64url(data({'typ': 'JWT'}))}.{payload}.AAAA"
    head = base64url(data({"alg": "HS256"}))
    secret = hmac.new(RSA.pem.encode(), f"{head}.{payload}".encode(), hashlib.sha256).digest()
    confused = f"{head}.{payload}.{base64url(secret)}"
    renamed = RSA.token(CLAIMS, "ES256", jwk=RSA.jwk)

    for token in (none, nothing, confused):
        one = checked(token, [RSA.pem])
        assert one.state is State.INVALID
        assert "anybody could have signed it" in one.reasons[0]
    assert checked(renamed, [RSA.pem]).state is State.INVALID
    assert checked(RSA.token(CLAIMS, "PS512"), [RSA.pem]).state is State.NOT_CHECKABLE
    assert checked(RSA.token(CLAIMS, crit=["b64"], b64=False), [RSA.pem]).state is State.NOT_CHECKABLE


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {**EC.jwk, "d": "AAAA"},
        {**EC.jwk, "crv": "secp256k1"},
        {**EC.jwk, "x": EC.jwk["y"]},
        {**RSA.jwk, "n": RSA.jwk["n"][:80]},
        {**RSA.jwk, "e": "AA"},
        {"kty": "RSA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {**EC.jwk, "use": "enc"},
        {},
    ],
)
def test_a_key_that_is_weak_secret_or_broken_is_refused(jwk):
    one = checked(EC.token(CLAIMS, jwk=jwk), [EC.pem])

    assert one.state is State.INVALID, one.reasons
    assert one.reasons[0].startswith("Its signature cannot hold: ")


def test_a_signature_has_one_way_to_be_written():
    token = EC.token(CLAIMS)
    last = token[-1]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + letters[letters.index(last) ^ 1]  # a bit that decodes to nothing
    assert base64.urlsafe_b64decode(twin.rpartition(".")[2] + "==") == base64.urlsafe_b64decode(
        token.rpartition(".")[2] + "=="
    )

    assert checked(token, [EC.pem]).state is State.VERIFIED
    assert checked(twin, [EC.pem]).state is State.INVALID


@given(st.sampled_from([RSA.token(CLAIMS), EC.token(CLAIMS), ED.token(CLAIMS)]), st.data())
def test_no_changed_sign_of_a_token_is_ever_verified(token, draw):
    for _ in range(30):
        at = draw.draw(st.integers(0, len(token) - 1))
        changed = token[:at] + draw.draw(st.sampled_from("AQgw4_-.")) + token[at + 1 :]
        if changed == token:
            continue
        found = []
        with suppress(BadFile):
            found = verify(changed.encode(), "x", DAY, None, [IssuerKey("X", key) for key in (RSA.pem, EC.pem, ED.pem)])
        assert all(one.state is not State.VERIFIED for one in found)


def test_the_key_of_one_known_issuer_does_not_sign_for_another():
    rows = [IssuerKey("Weld School", SCHOOL), IssuerKey("Paint School", EC.pem)]
    (posing,) = verify(data(EC.token(CLAIMS)), "badge.jwt", DAY, None, rows)
    (own,) = verify(data(EC.token(CLAIMS)), "badge.jwt", DAY, None, [*rows, IssuerKey("Weld School", EC.pem)][::2])

    assert (posing.state, posing.known_issuer) == (State.INVALID, "")
    assert "names Weld School as its issuer and is signed with a key of Paint School" in posing.reasons[0]
    assert (own.state, own.known_issuer) == (State.VERIFIED, "Weld School")


def test_a_key_at_an_address_is_the_issuers_where_it_lies_on_its_host():
    def fetcher(address):
        pages = {
            "https://weld.example/jwks": {"keys": [{**RSA.jwk, "kid": "a"}, {**EC.jwk, "kid": "b"}]},
            "https://weld.example/key": EC.jwk,
            "https://evil.example/key": EC.jwk,
        }
        if address not in pages:
            raise NotFetched(f"{address} does not answer")
        return json.dumps(pages[address]).encode()

    def state(kid, known=()):
        return checked(EC.token(CLAIMS, kid=kid), known, fetcher).state

    assert state("https://weld.example/key", ["https://weld.example/key"]) is State.VERIFIED
    assert state("https://weld.example/jwks#b", [SCHOOL]) is State.VERIFIED
    assert state("https://weld.example/key") is State.ISSUER_UNKNOWN
    assert state("https://weld.example/jwks#a", [SCHOOL]) is State.INVALID
    assert state("https://evil.example/key", [SCHOOL]) is State.ISSUER_UNKNOWN
    assert state("https://gone.example/key", [SCHOOL]) is State.NOT_CHECKABLE


def test_what_the_claims_beside_a_credential_take_away_counts():
    inner = badge(ED.did)
    entry = {
        "id": "https://weld.example/s#4",
        "type": "BitstringStatusListEntry",
        "statusListIndex": "4",
        "statusListCredential": "https://weld.example/s",
    }
    assertion = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "urn:uuid:1",
        "recipient": {"type": "email", "hashed": False, "identity": "mara@works.example"},
        "badge": {
            "id": "urn:b",
            "type": "BadgeClass",
            "name": "Welding",
            "issuer": {"id": ED.did, "name": "Weld School"},
        },
        "issuedOn": "2024-05-06T00:00:00Z",
    }
    proved = ED.prove(inner)
    broken = {**proved, "name": "Another name"}
    for claims, state in (
        ({"vc": inner}, State.VERIFIED),
        ({"vc": proved}, State.VERIFIED),
        ({"vc": broken}, State.INVALID),
        ({"vc": inner, "credentialStatus": entry}, State.NOT_CHECKABLE),
        ({"vc": inner, "validUntil": "2025-12-31T00:00:00Z"}, State.EXPIRED),
        (assertion, State.VERIFIED),
        ({**assertion, "exp": 1_735_000_000}, State.EXPIRED),
    ):
        assert checked(ED.token(claims, kid=ED.method), [ED.did]).state is state, claims


def test_a_token_that_cannot_hold_is_invalid_for_its_own_reason_and_says_whose_credential_it_is():
    good = ED.token({"vc": badge(ED.did)}, kid=ED.method)
    head, body, signature = good.split(".")
    none = f"{base64url(json.dumps({'alg': 'none'}).encode())}.{body}.{signature}"
    other = ED.token({"vc": badge(ED.did), "iss": "did:web:other.example"}, kid=ED.method)
    for token, reason in (
        (none, "its algorithm is 'none', with which anybody could have signed it"),
        (f"{head}.{body}.{base64url(bytes(64))}", "it was changed after it was signed"),
        (ED.token({"vc": badge(ED.did)}, kid="did:key:zBroken"), "is not an Ed25519, P-256 or P-384 key"),
        (other, "its token says iss 'did:web:other.example'"),
    ):
        one = checked(token, [ED.did])
        assert (one.state, one.credential.achievement) == (State.INVALID, "Welding, level 2")
        assert reason in one.reasons[0]
