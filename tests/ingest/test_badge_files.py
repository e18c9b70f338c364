"""Badges as files: whose they are, which credential they mean, what is a bad row, and when they count as verified."""

import json
from datetime import date, datetime

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources, parse_mapping, undo
from skilltrack.questions import Filters, Metrics
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage.store import Store
from tests.badges.signing import INTEGRITY, V2, Signer, badge, data, zipped

SCHOOL = Signer()
STRANGER = Signer()
COMPANY = {
    "skills": "skill_id,name\ns1,Welding\n",
    "issuers": "issuer,tier\nWeld School,trusted\n",
    "issuer_keys": f'issuer,key,valid_from\nWeld School,"{SCHOOL.pem}",2024-01-01\n',
    "credentials": "credential_id,name,issuer,url\n"
    'w2,"Welding, level 2",Weld School,https://weld.example/badges/2\nw1,"Welding, level 1",Weld School,\n',
    "credential_skills": "credential_id,skill_id,level\nw2,s1,2\nw1,s1,1\n",
    "roles": "role_id,role_name,skill_id,required_level\nr1,Welder,s1,2\n",
    "roster": "employee_id,name,email,role_id\n7,Mara Lind,Mara@works.example,r1\n8,Bo Ek,bo@works.example,r1\n",
}
AT = datetime(2024, 9, 1, 9)


@pytest.fixture
def store():
    opened = Store.open(":memory:")
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in COMPANY.items()]
    assert import_sources(opened, sources, Options(date(2024, 1, 1), landed_at=AT)).status == "stored"
    yield opened
    opened.close()


def signed(signer=SCHOOL, edit=lambda document: None, suite="eddsa-jcs-2022", **more):
    """A badge of the school for Mara, or as `edit` changes it, signed."""
    document = badge("did:web:weld.example" if signer is SCHOOL else signer.did, [*V2, INTEGRITY], **more)
    if signer is SCHOOL:
        document["issuer"]["id"] = signer.did
    edit(document)
    return signer.prove(document, suite)


def of(email, hashed=False, salt="", **more):
    """An edit: another holder, by an address or its hash."""

    def edit(document):
        subject = document["credentialSubject"]
        subject.pop("id")
        identity = {"type": "IdentityObject", "hashed": hashed, "identityHash": email, "identityType": "emailAddress"}
        subject["identifier"] = [identity | ({"salt": salt} if salt else {})]
        document["id"] = f"urn:x:{email}"
        document |= more

    return edit


def land(store, content, name="badge.json", kind="badges", **options):
    mapping = options.pop("mapping", None)
    given = (parse_mapping(mapping, "m"), True) if mapping else ()
    content = content if isinstance(content, bytes) else data(content)
    return import_sources(store, [Source(kind, name, content, *given)], Options(**options))


def awards(store, columns="employee_id, credential_id, cast(issued_on as varchar) as issued_on", known_at=END_OF_TIME):
    rows = store.query(with_definitions(f"select {columns} from awards order by all"), {"known_at": known_at})
    return [tuple(row.values()) for row in rows.to_pylist()]


def met(store, assurance, day=date(2024, 10, 1), known_at=None):
    """Requirements met in the whole company, from the definitions; from kept tables they are the same."""
    filters = Filters(as_of=day, assurance=assurance, known_at=known_at)
    answers = [
        Metrics(store, reads_kept).ask("readiness", Viewer.everyone(), filters)["met"].sum()
        for reads_kept in (True, False)
    ]
    assert answers[0] == answers[1]
    return int(answers[0])


def test_a_signed_badge_becomes_an_award_that_is_verified_on_the_days_on_which_all_of_it_holds(store):
    outcome = land(store, signed(validUntil="2025-01-31T00:00:00Z"))

    assert outcome.status == "stored", outcome.problems
    assert awards(store) == [("7", "w2", "2024-05-06")]
    days = {
        day: met(store, "verified", date.fromisoformat(day))
        for day in ("2024-05-05", "2024-05-06", "2025-01-31", "2025-02-01")
    }
    assert list(days.values()) == [0, 1, 1, 0]
    assert met(store, "attested") == 1
    (check,) = store.query("select * from award_checks").to_pylist()
    assert (check["signature"], check["speaks"], check["is_bound"], check["key_did"]) == (
        "passed",
        "passed",
        True,
        SCHOOL.did,
    )
    assert [step["name"] for step in json.loads(check["steps"])] == [
        "parsed",
        "signature",
        "key",
        "issuer",
        "dates",
        "status",
    ]


def test_verified_follows_the_keys_and_the_tier_of_the_issuer_and_what_was_known(store):
    land(store, signed())
    before = store.query("select max(happened_at) as at from upload_events").to_pylist()[0]["at"]
    assert met(store, "verified") == 1

    ended = land(
        store,
        f"issuer,key,valid_from,valid_to\nWeld School,{SCHOOL.did},2024-01-01,2024-05-05\n".encode(),
        "k.csv",
        "issuer_keys",
    )
    assert (met(store, "verified"), met(store, "attested")) == (0, 1), (
        "the key is listed until the day before it signed"
    )
    assert met(store, "verified", known_at=before) == 1
    undo(store, ended.upload_id)
    assert met(store, "verified") == 1
    land(store, b"issuer,tier\nWeld School,recognised\n", "i.csv", "issuers")
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)


def test_a_key_that_is_not_listed_proves_nothing_about_who_issued_a_badge_until_it_is(store):
    land(store, signed(STRANGER))

    assert (met(store, "verified"), met(store, "attested")) == (0, 1)
    land(store, f"issuer,key\nSomebody else,{STRANGER.did}\n".encode(), "k.csv", "issuer_keys")
    assert met(store, "verified") == 0, "the key is that of another issuer than the credential's"
    land(store, f"issuer,key\nWeld School,{STRANGER.did}\n".encode(), "k.csv", "issuer_keys")
    assert met(store, "verified") == 1


def test_a_badge_that_was_changed_is_a_bad_row_and_never_verified(store):
    changed = signed()
    changed["credentialSubject"]["achievement"]["name"] = "Welding, level 3"
    refused = land(store, changed, "mara.json")

    assert refused.status == "refused"
    assert [(p.file, p.line, p.column) for p in refused.errors] == [("mara.json", None, "credential")]
    assert "was changed after it was signed" in refused.errors[0].message
    apart = land(
        store,
        zipped({"mara.json": data(changed), "bo.json": data(signed(edit=of("bo@works.example")))}),
        "b.zip",
        quarantine=True,
    )
    assert (apart.counts[0].new, apart.counts[0].quarantined) == (1, 1)
    assert [p.file for p in apart.errors] == ["b.zip, file mara.json"]
    assert awards(store) == [("8", "w2", "2024-05-06")]
    assert met(store, "verified") == 1
