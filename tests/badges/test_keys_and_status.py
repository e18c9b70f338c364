"""What is looked up elsewhere, by a fetcher that has a few pages: keys of did:web, and whether a badge was taken back."""

import json
from datetime import date

import pytest

from skilltrack.badges import Carried, Checking, IssuerKey, NotFetched, State, keys, status, verify
from skilltrack.badges.fetching import have_one_host
from tests.badges.signing import ED2020, V1, V2, Signer, badge, bits, data

DAY = date(2026, 1, 1)
KEY = Signer()
WEB = "did:web:weld.example:staff"
METHOD = {"id": f"{WEB}#1", "type": "Multikey", "controller": WEB, "publicKeyMultibase": KEY.multibase}
STATUS_V1 = "https://www.w3.org/ns/credentials/status/v1"
LIST_2021 = "https://w3id.org/vc/status-list/2021/v1"


class Pages:
    """The world as a fetcher sees it, and what it was asked."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []

    def __call__(self, address):
        self.asked.append(address)
        if address not in self.pages:
            raise NotFetched(f"{address} does not answer")
        page = self.pages[address]
        return page if isinstance(page, bytes) else data(page)


def checked(document, fetcher=None, known=(WEB,)):
    (one,) = verify(data(document), "badge.json", DAY, fetcher, [IssuerKey("Weld School", key) for key in known])
    return one


def web(**document):
    return Pages({"https://weld.example/staff/did.json": {"id": WEB, **document}})


SIGNED = KEY.prove(badge(WEB), method=f"{WEB}#1")


@pytest.mark.parametrize(
    "document",
    [
        {"assertionMethod": [METHOD]},
        {"assertionMethod": METHOD},
        {"verificationMethod": [METHOD], "assertionMethod": [f"{WEB}#1"]},
        {"verificationMethod": [{**METHOD, "id": "#1"}], "assertionMethod": ["urn:other", 7, f"{WEB}#1"]},
        {"assertionMethod": [{**METHOD, "id": "#1", "publicKeyMultibase": None, "publicKeyJwk": KEY.jwk}]},
        {"assertionMethod": [{"id": f"{WEB}#0"}, {**METHOD, "publicKeyMultibase": None, "publicKeyPem": KEY.pem}]},
    ],
)
def test_a_did_web_speaks_with_the_keys_that_its_document_lists_for_signing(document):
    assert checked(SIGNED, web(**document)).state is State.VERIFIED
    assert checked(SIGNED, web(**document), known=()).state is State.ISSUER_UNKNOWN


@pytest.mark.parametrize(
    ("document", "part"),
    [
        ({"verificationMethod": [METHOD]}, "does not list the key"),
        ({"authentication": [METHOD], "assertionMethod": []}, "does not list the key"),
        ({"assertionMethod": [{**METHOD, "controller": "did:web:evil.example"}]}, "belongs to did:web:evil.example"),
        ({"assertionMethod": [{**METHOD, "revoked": "2025-01-01T00:00:00Z"}]}, "was revoked by its owner"),
        (
            {"verificationMethod": [{**METHOD, "revoked": "2025-01-01T00:00:00Z"}], "assertionMethod": []},
            "was revoked by",
        ),
        ({"assertionMethod": [METHOD], "id": "did:web:evil.example"}, "is that of did:web:evil.example"),
        ({"assertionMethod": [{**METHOD, "publicKeyMultibase": "z6Mk"}]}, "is not an Ed25519"),
        ({"assertionMethod": [{"id": f"{WEB}#1"}]}, "holds no public key"),
        ({"assertionMethod": [{**METHOD, "publicKeyMultibase": Signer().multibase}]}, "signed with another key"),
    ],
)
def test_a_did_web_speaks_with_no_other_key(document, part):
    one = checked(SIGNED, web(**document))

    assert one.state is State.INVALID
    assert part in one.reasons[0]


def test_a_key_that_its_document_calls_ended_proves_nothing_new_by_being_there():
    """Whoever has an old key could date a badge back; that it was seen in time, or is listed itself, counts."""
    for ends, state in (("2026-01-01T00:00:00Z", State.VERIFIED), ("2025-12-31T23:00:00Z", State.NOT_CHECKABLE)):
        one = checked(SIGNED, web(assertionMethod=[{**METHOD, "expires": ends}]))
        assert one.state is state
    assert "ended on 2025-12-31" in one.reasons[0]
    assert checked(SIGNED, web(assertionMethod=[{**METHOD, "expires": ends}]), known=[KEY.did]).state is State.VERIFIED
    assert checked(SIGNED, web(assertionMethod=[{**METHOD, "expires": "soon"}])).state is State.INVALID


def test_a_did_web_that_is_not_fetched_leaves_a_badge_unchecked_unless_its_key_is_known():
    assert checked(SIGNED).state is State.NOT_CHECKABLE
    assert checked(SIGNED, known=[Signer().pem]).state is State.NOT_CHECKABLE
    assert checked(SIGNED, known=[KEY.pem]).state is State.VERIFIED
    assert checked(SIGNED, Pages({})).state is State.NOT_CHECKABLE


@pytest.mark.parametrize(
    "did", ["did:web:", "did:web:weld.example:..:x", "did:web:user%40evil.example", "did:web:a%2Fb"]
)
def test_a_did_web_that_leads_astray_is_refused_before_anything_is_fetched(did):
    world = Pages({})
    one = checked(KEY.prove(badge(did), method=f"{did}#1"), world)

    assert one.state is State.INVALID
    assert "is not a did:web" in one.reasons[0]
    assert world.asked == []


def test_a_host_with_a_port_and_no_path_has_its_document_at_the_well_known_place():
    did = "did:web:weld.example%3A8443"
    world = Pages(
        {
            "https://weld.example:8443/.well-known/did.json": {
                "id": did,
                "assertionMethod": [{**METHOD, "id": f"{did}#1", "controller": did}],
            }
        }
    )

    assert checked(KEY.prove(badge(did), method=f"{did}#1"), world, known=[did]).state is State.VERIFIED


@pytest.mark.parametrize("page", [b"not json", b"[1]", b'{"id": "a", "id": "b"}', b"x" * 11_000_000])
def test_a_page_that_is_not_what_it_should_be_leaves_a_badge_unchecked(page):
    assert checked(SIGNED, Pages({"https://weld.example/staff/did.json": page})).state is State.NOT_CHECKABLE


def test_hosts_are_compared_whole():
    assert have_one_host("https://Weld.example/a", "https://weld.example/b")
    assert not have_one_host("https://weld.example.evil.example/a", "https://weld.example/b")
    assert not have_one_host("http://weld.example/a", "http://weld.example/a")
    assert not have_one_host("https://weld.example:8443/a", "https://weld.example/a")


AT = "https://weld.example/status/3"


def listing(kind="BitstringStatusList", encoded=None, signer=KEY, purpose="revocation", **more):
    is_old = kind == "StatusList2021"
    document = {
        "@context": [V1[0], LIST_2021, ED2020] if is_old else [V2[0]],
        "id": AT,
        "type": ["VerifiableCredential", f"{kind}Credential"],
        "issuer": KEY.did,
        ("issuanceDate" if is_old else "validFrom"): "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{AT}#list",
            "type": kind,
            "statusPurpose": purpose,
            "encodedList": encoded or ("" if is_old else "u") + bits(7, 94_567),
        },
        **more,
    }
    return signer.prove(document, "Ed25519Signature2020" if is_old else "eddsa-rdfc-2022")


def entry(index="94567", purpose="revocation", kind="BitstringStatusListEntry", **more):
    return {
        "id": f"{AT}#{index}",
        "type": kind,
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": AT,
        **more,
    }


def with_status(*entries, contexts=V2):
    status = list(entries) if len(entries) > 1 else entries[0]
    suite = "Ed25519Signature2020" if contexts is not V2 else "eddsa-rdfc-2022"
    return KEY.prove(badge(KEY.did, contexts, credentialStatus=status), suite)


def state(document, page=None):
    world = Pages({AT: page} if page is not None else {})
    return checked(document, world, [KEY.did]).state


def test_the_bit_of_a_status_list_takes_a_badge_back():
    suspended = listing(purpose="suspension")

    assert state(with_status(entry("94567")), listing()) is State.REVOKED
    assert state(with_status(entry("94566")), listing()) is State.VERIFIED
    assert state(with_status(entry("7", "suspension")), suspended) is State.SUSPENDED
    assert state(with_status(entry("8"), entry("7")), listing()) is State.REVOKED
    assert state(with_status(entry("8"), entry("9")), listing()) is State.VERIFIED
    assert checked(with_status(entry("8")), None, [KEY.did]).state is State.NOT_CHECKABLE
    token = KEY.token({**listing(), "iss": "https://weld.example"} | {"issuer": "https://weld.example"})
    assert checked(with_status(entry("7")), Pages({AT: token}), [KEY.pem]).state is State.REVOKED
    old = [*V1, LIST_2021, ED2020]
    assert (
        state(with_status(entry("7", kind="StatusList2021Entry"), contexts=old), listing("StatusList2021"))
        is State.REVOKED
    )
    assert (
        state(with_status(entry("8", kind="StatusList2021Entry"), contexts=old), listing("StatusList2021"))
        is State.VERIFIED
    )


def tampered(document):
    document["credentialSubject"]["encodedList"] = "u" + bits(1)
    return document


@pytest.mark.parametrize(
    ("page", "part"),
    [
        (listing(signer=Signer()), "not signed by its own issuer"),
        (tampered(listing()), "does not hold"),
        ({key: value for key, value in listing().items() if key != "proof"}, "does not hold"),
        (listing(validUntil="2025-01-01T00:00:00Z"), "holds from 2024-01-01 to 2025-01-01, not on 2026-01-01"),
        (listing(validFrom="2027-01-01T00:00:00Z"), "holds from 2027-01-01 to ever"),
        (listing(type=["VerifiableCredential"]), "is not a BitstringStatusListCredential"),
        (listing(purpose="suspension"), "is not for revocation"),
        (listing(encoded="u" + bits(7, size=64)), "no place '94567' in its status list of 64"),
        (listing(encoded="uAAAA"), "is damaged"),
        (listing(encoded="u" + bits(7)[:40]), "or is damaged"),
        (listing(encoded="u" + bits(7, size=17 * 8 * 1024 * 1024)), "more than 16,777,216 bytes"),
        (b"[]", "lists 0 credentials"),
        (b"garbage", "is not a credential that can be read"),
        ([listing(), listing()], "is not one credential"),
    ],
)
def test_a_list_that_cannot_be_believed_leaves_a_badge_unchecked(page, part):
    one = checked(with_status(entry()), Pages({AT: page}), [KEY.did])

    assert one.state is State.NOT_CHECKABLE
    assert part in " ".join(one.reasons), one.reasons


@pytest.mark.parametrize(
    "strange",
    [entry(index="-1"), entry(index="9" * 30), entry(index=""), entry(purpose="message"), entry(statusSize=2), entry(kind="SparseMerkle"),
     entry(statusListCredential="http://weld.example/x"), {"id": "urn:x", "type": "Other"}],
)  # fmt: skip
def test_a_status_that_is_not_understood_is_never_taken_as_good(strange):
    document = badge(KEY.did, [*V2, STATUS_V1], credentialStatus=strange)

    assert (
        checked(KEY.prove(document, "eddsa-jcs-2022"), Pages({AT: listing()}), [KEY.did]).state is State.NOT_CHECKABLE
    )


def test_a_revocation_list_of_1edtech_names_what_its_issuer_took_back():
    context = [*V2, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    at = "https://weld.example/revoked"
    document = KEY.prove(badge(KEY.did, context, credentialStatus={"id": at, "type": "1EdTechRevocationList"}))
    named = {"id": document["id"], "revoked": True, "revocationReason": "Issued in error"}

    def one(**listing):
        return checked(document, Pages({at: {"issuer": KEY.did, **listing}}), [KEY.did])

    assert one(revokedCredential=[named]).state is State.REVOKED
    assert "Issued in error" in one(revokedCredential=[named]).reasons[0]
    assert one(revokedCredential=[{**named, "revoked": False}]).state is State.VERIFIED
    assert one(revokedCredential=[{"id": "urn:other"}]).state is State.VERIFIED
    assert one(issuer="did:key:other", revokedCredential=[]).state is State.NOT_CHECKABLE
    assert json.dumps(one(revokedCredential=[named]).reasons)


def test_badges_that_name_one_list_have_it_and_its_key_looked_up_read_and_checked_once(monkeypatch):
    """A night's look at 10,000 badges of one list would take minutes; each says which pages it rests on, all the same."""
    at_key = "https://weld.example/staff/did.json"
    signed = listing(issuer=WEB)
    signed = KEY.prove({key: value for key, value in signed.items() if key != "proof"}, method=f"{WEB}#1")
    world, checks = Pages({AT: signed, at_key: {"id": WEB, "assertionMethod": [METHOD]}}), []
    monkeypatch.setattr(keys, "holds", lambda *given, check=keys.holds: checks.append(given) or check(*given))
    run, states, needed = Checking(DAY, world, [IssuerKey("Weld School", KEY.did)]), [], []
    for place in ("1", "7", "2"):
        run.pages.needed = set()
        (one,) = run.part(Carried("badge.json", "JSON", with_status(entry(place))))
        states.append(one.state)
        needed.append(run.pages.needed)

    assert states == [State.VERIFIED, State.REVOKED, State.VERIFIED]
    assert world.asked == [AT, at_key]
    assert len(checks) == 4, "three badges and one list"
    assert needed == [{AT, at_key}] * 3


def test_a_list_that_is_not_to_be_believed_is_looked_at_once_too(monkeypatch):
    """It would cost as much as a good one for each of its badges."""
    unpacked, page = [], listing(encoded="uAAAA")
    monkeypatch.setattr(status, "_bits", lambda given, unpack=status._bits: unpacked.append(given) or unpack(given))
    run = Checking(DAY, Pages({AT: page}), [IssuerKey("Weld School", KEY.did)])
    checks = [one for n in "12" for one in run.part(Carried("badge.json", "JSON", with_status(entry(n))))]

    assert [one.state for one in checks] == [State.NOT_CHECKABLE] * 2
    assert all("is damaged" in one.reasons[0] for one in checks)
    assert len(unpacked) == 1
