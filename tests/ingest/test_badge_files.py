"""Badges as files: whose they are, which credential they mean, what is a bad row, and when they count as verified."""

import hashlib
import json
import shutil
import socket
import time
from contextlib import closing
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner

from skilltrack.access.viewer import Viewer
from skilltrack.commands.cli import cli
from skilltrack.errors import BadFile
from skilltrack.ingest import (
    KINDS,
    Options,
    Source,
    check_again,
    import_folder,
    import_sources,
    parse_mapping,
    recognised_kinds,
    undo,
)
from skilltrack.ingest.landing.badge_checks import ADDRESSED, RECIPIENTS
from skilltrack.ingest.reading.badge_copies import MARK
from skilltrack.ingest.reading.badge_files import holds_badges, read_badges
from skilltrack.keeping.durability import open_store
from skilltrack.questions import Filters, Metrics
from skilltrack.relations import END_OF_TIME, with_definitions
from tests.badges.signing import INTEGRITY, V2, Signer, badge, baked, data, zipped

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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    with closing(open_store(folder / "made.duckdb")) as store:
        sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in COMPANY.items()]
        assert import_sources(store, sources, Options(date(2024, 1, 1), landed_at=AT)).status == "stored"
    return folder


@pytest.fixture
def store(made, tmp_path):
    opened = open_store(shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "made.duckdb")
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


def naming(signer, issuer, method):
    """A badge for Mara that names an issuer and a key by an address or DID, signed by whoever."""
    return signer.prove(badge(issuer, [*V2, INTEGRITY]), "eddsa-jcs-2022", method)


def keys(store, rows, header="issuer,key,valid_from,valid_to"):
    assert land(store, f"{header}\n{rows}\n".encode(), "k.csv", "issuer_keys").status == "stored"


@pytest.mark.parametrize(
    ("owner", "since", "until", "issuer", "method"),
    [
        ("Yard", "", "", "https://weld.example", "https://weld.example/keys/1"),
        ("Weld School", "2020-01-01", "2023-12-31", "did:web:weld.example", "did:web:weld.example#key-1"),
    ],
    ids=["another issuer's", "its own, after its end"],
)
def test_a_listed_key_proves_only_what_it_is_itself_listed_for_whatever_name_a_badge_gives_it(
    store, owner, since, until, issuer, method
):
    keys(store, f'{owner},"{STRANGER.pem}",{since},{until}\nWeld School,{method},2024-01-01,')
    assert land(store, naming(STRANGER, issuer, method)).status == "stored"

    assert met(store, "verified") == 0
    keys(store, f"Weld School,{issuer},2024-01-01,")
    assert met(store, "verified") == 0, "listing a name later proves as little"
    (row,) = Metrics(store).ask("badge_checks", Viewer.everyone(), Filters(employee="7")).to_dict("records")
    steps = {step["name"]: (step["outcome"], step["reason"]) for step in json.loads(row["steps"])}
    assert (row["key"], row["state"]) == (STRANGER.did, "proof holds, issuer's key not known")
    assert "was not looked up" in steps["key"][1]
    assert steps["issuer"][0] == "open"
    (seen,) = (
        Metrics(store).ask("keys_seen", Viewer.everyone(), Filters(as_of=date(2024, 10, 1)))["listed_for"].fillna("")
    )
    assert seen == ("Yard" if owner == "Yard" else "")


@pytest.mark.parametrize(
    "others",
    [
        f"A Platform,{STRANGER.did},,\nWeld School,{STRANGER.did},,",
        f"Old School,{STRANGER.did},2020-01-01,2023-12-31\nWeld School,{STRANGER.did},2024-01-01,",
    ],
    ids=["shared", "renamed"],
)
def test_a_key_that_is_listed_for_two_issuers_speaks_for_each_on_the_days_that_are_its_own(store, others):
    keys(store, f"{others}\nWeld School,https://weld.example,,")
    outcome = land(store, naming(STRANGER, "https://weld.example", STRANGER.method))

    assert outcome.status == "stored", outcome.problems
    assert met(store, "verified") == 1
    keys(store, f"Weld School,{STRANGER.did},,2023-12-31\nWeld School,{STRANGER.did},2024-01-01,2024-01-02")
    assert met(store, "verified") == 0


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


def unsigned(edit=lambda document: None):
    """The badge of `signed` without its proof, which anybody can write."""
    document = signed()
    del document["proof"]
    edit(document)
    return document


@pytest.mark.parametrize("others", [0, 1], ids=["zip", "list"])
def test_of_two_copies_in_one_upload_the_better_proof_counts_whatever_their_order(store, others):
    document = badge("https://weld.example", [*V2, INTEGRITY])
    document["id"] = signed()["id"]
    copies = [unsigned(), STRANGER.prove(document, "eddsa-jcs-2022"), signed()]
    for first in (copies, copies[::-1]):
        content = data(first) if others else zipped({f"{n}.json": data(copy) for n, copy in enumerate(first)})
        outcome = land(store, content, "copies")
        assert outcome.status == "stored", outcome.problems
        assert (awards(store), met(store, "verified")) == ([("7", "w2", "2024-05-06")], 1)
        rows = Metrics(store).ask("badge_checks", Viewer.everyone(), Filters(employee="7"))
        assert sorted(rows["state"]) == ["proof holds, issuer's key not known", "unsigned", "verified"]
        undo(store, outcome.upload_id)


def test_a_copy_that_nothing_proves_does_not_displace_a_badge_that_a_listed_key_signed(store):
    true, badge_id = signed(), signed()["id"]

    def of_bo(document):
        of("bo@works.example")(document)
        document["id"] = badge_id

    tampered = json.loads(data(true))
    tampered["credentialSubject"]["achievement"]["name"] = "Welding, level 3"
    for copy, column in (
        (unsigned(of_bo), "award_id"),
        (unsigned(lambda document: document.update(validFrom="2024-03-01T00:00:00Z")), "award_id"),
        (tampered, "credential"),
    ):
        both = zipped({"a.json": data(copy), "b.json": data(true)})
        outcome = land(store, both, "both.zip", quarantine=True)
        assert [(p.file, p.column) for p in outcome.errors] == [("both.zip, file a.json", column)]
        assert (awards(store), met(store, "verified")) == ([("7", "w2", "2024-05-06")], 1)
        later = land(store, copy, "later.json")
        assert (later.status, column in [p.column for p in later.errors]) == ("refused", True)
        undo(store, outcome.upload_id)


def hash_of(address, salt="", algorithm="sha256", upper=False):
    digest = hashlib.new(algorithm, (address + salt).encode()).hexdigest()
    return f"{algorithm}${digest.upper() if upper else digest}"


def test_the_holder_is_found_by_an_address_or_its_hash_and_nobody_else_is_by_anything(store):
    """Mara's address has a capital on the roster; hashes are of the address as it is stored, or in lower case."""
    files = {
        "plain.json": signed(edit=of("MARA@works.example", name="1")),
        "salted.json": signed(edit=of(hash_of("Mara@works.example", "sea salt"), True, "sea salt", name="2")),
        "upper.json": signed(edit=of(hash_of("bo@works.example", upper=True), True, name="3")),
        "md5.json": signed(edit=of(hash_of("mara@works.example", algorithm="md5"), True, name="4")),
        "unsalted.json": signed(edit=of(hash_of("mara@works.example", "pepper"), True, "salt", name="5")),
        "stranger.json": signed(edit=of("eve@works.example", name="6")),
        "unnamed.json": signed(edit=lambda document: document["credentialSubject"].pop("identifier")),
    }
    outcome = land(store, zipped({name: data(content) for name, content in files.items()}), "all.zip", quarantine=True)

    assert sorted(awards(store, "employee_id")) == [("7",), ("7",), ("7",), ("8",)]
    assert store.query("select count(*) as n from award_checks where is_bound").to_pylist() == [{"n": 4}]
    messages = {p.file.removeprefix("all.zip, file "): (p.column, p.message.split(";")[0]) for p in outcome.errors}
    assert messages == {
        "unsalted.json": ("email", "is the hash of an address that nobody on the roster has"),
        "stranger.json": ("email", "is the address of nobody on the roster"),
        "unnamed.json": ("email", "is not an e-mail address, so it names nobody on the roster"),
    }
    assert all("never as verified" in p.message for p in outcome.errors)


def identified(*values, hashed=False):
    """An edit of a credential by which it names its holder in several ways."""

    def edit(document):
        document["credentialSubject"]["identifier"] = [
            {"type": "IdentityObject", "hashed": hashed, "identityHash": value, "identityType": "emailAddress"}
            for value in values
        ]

    return edit


def test_a_badge_that_names_two_people_is_of_neither_whatever_their_order_until_somebody_says_whose_it_is(store):
    both = signed(edit=identified("mara@works.example", "bo@works.example"), suite="eddsa-rdfc-2022")
    swapped = json.loads(data(both))
    swapped["credentialSubject"]["identifier"].reverse()
    for content in (both, swapped):
        refused = land(store, content, "mara.json")
        assert [(p.file, p.column, p.value) for p in refused.errors] == [
            ("mara.json", "email", "bo@works.example, mara@works.example")
        ]
    by_hand = land(store, both, "by hand.json", mapping='[constants]\nemployee_id = "7"\n')
    assert by_hand.status == "stored", by_hand.problems
    assert (awards(store), met(store, "verified")) == ([("7", "w2", "2024-05-06")], 0)
    undo(store, by_hand.upload_id)
    own = signed(edit=identified("mara@home.example", "Mara@works.example"))
    assert land(store, own, "own.json").status == "stored"
    assert (awards(store), met(store, "verified")) == ([("7", "w2", "2024-05-06")], 1)


def test_many_hashes_of_a_holder_are_not_looked_at_and_a_hash_of_another_kind_is_nobodys(store):
    right = hash_of("mara@works.example")
    with pytest.raises(BadFile, match="names its holder in 21 ways; at most 20 are looked at"):
        land(store, signed(edit=identified(*[f"sha256${n:064x}" for n in range(20)], right, hashed=True)))
    assert [
        p.column for p in land(store, signed(edit=identified(right.replace("sha256", "sha1"), hashed=True))).errors
    ] == ["email"]
    assert (
        land(store, signed(edit=identified(*[f"sha256${n:064x}" for n in range(19)], right, hashed=True))).status
        == "stored"
    )
    assert met(store, "verified") == 1


def test_hashes_with_a_salt_each_are_compared_with_every_address_in_little_memory():
    salted = [
        {
            "file_no": 0,
            "line_no": n,
            "place": 0,
            "algorithm": "sha256",
            "salt": f"{n:x}",
            "value": hash_of(f"p{n}@works.example", f"{n:x}")[7:],
        }
        for n in range(200)
    ]
    with closing(duckdb.connect(config={"max_temp_directory_size": "0KB", "memory_limit": "50MB"})) as engine:
        recipients = pa.Table.from_pylist(salted, RECIPIENTS)
        engine.execute("create table badge_recipients as select * from recipients")
        engine.execute("create table live_uploads as select 1 as upload_id")
        engine.execute(
            "create table roster_rows as select 1 as upload_id, cast(n as varchar) as employee_id, "
            "'p' || n || '@Works.example' as email from range(1000) as t(n)"
        )
        found = engine.execute(f"select line_no, address from ({ADDRESSED}) order by all").fetchall()
    assert recipients.num_rows == 200
    assert found == [(n, f"p{n}@works.example") for n in range(200)]


def test_whoever_had_the_address_on_the_day_of_issue_has_the_badge_and_one_assigned_by_hand_is_not_verified(store):
    roster = "employee_id,name,email,role_id\n7,Mara Lind,mara.new@works.example,r1\n9,Ann Oe,mara@works.example,r1\n"
    land(store, roster.encode(), "r.csv", "roster", effective=date(2024, 6, 1))
    later = signed(edit=of("mara@works.example", validFrom="2024-07-01T00:00:00Z"))
    apart = signed(edit=of("mara@home.example", validFrom="2024-08-01T00:00:00Z"))
    files = zipped({"before.json": data(signed()), "later.json": data(later), "apart.json": data(apart)})
    outcome = land(store, files, "b.zip", quarantine=True)

    assert [row[:2] + row[2:] for row in awards(store)] == [("7", "w2", "2024-05-06"), ("9", "w2", "2024-07-01")]
    place = f"row {outcome.upload_id}/0/3"
    mended = (
        f"award_id,employee_id,credential_id,issued_on,kept_apart\nurn:x:mara@home.example,7,w2,2024-08-01,{place}\n"
    )
    land(store, mended.encode(), "mended.csv")
    assert len(awards(store)) == 3
    assert met(store, "verified") == 2
    undo(store, outcome.upload_id)
    assert (met(store, "verified"), met(store, "attested")) == (0, 1), "what was assigned by hand counts, unverified"


def test_a_mapping_that_says_whose_a_badge_is_does_not_make_it_verified(store):
    by_hand = '[values.email]\n"mara@home.example" = "mara@works.example"\n'
    assert land(store, signed(edit=of("mara@home.example")), mapping=by_hand).status == "stored"

    assert awards(store) == [("7", "w2", "2024-05-06")]
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)


def named(name, badge_id="", issuer="Weld School", url=""):
    def edit(document):
        achievement = document["credentialSubject"]["achievement"]
        achievement["id"], achievement["name"] = badge_id or "urn:x:unknown", name
        document["issuer"]["name"] = issuer

    return edit


def test_a_badge_means_the_credential_with_its_id_its_address_or_its_name_and_issuer_and_else_a_question_asks(store):
    for edit, credential in (
        (named("Anything", "w1"), "w1"),
        (named("Anything", "https://weld.example/badges/2"), "w2"),
        (named("welding, LEVEL 1"), "w1"),
    ):
        outcome = land(store, signed(edit=edit))
        assert [row[1] for row in awards(store)] == [credential], outcome.problems
        undo(store, outcome.upload_id)
    for edit in (named("Welding, level 2", issuer="Another school"), named("Welding level two")):
        refused = land(store, signed(edit=edit))
        assert [p.column for p in refused.errors] == ["credential_id"]
        (question,) = [q for q in refused.questions if q.about.startswith("values.")]
        assert "Welding, level 2" in question.answers
    answered = f'[{question.about.rpartition(".")[0]}]\n"Welding level two" = "Welding, level 2"\n'
    assert land(store, signed(edit=named("Welding level two")), mapping=answered).status == "stored"
    assert [row[1] for row in awards(store)] == ["w2"]
    assert met(store, "verified") == 1, "which credential is meant may be answered by hand"

    def second(document):
        of("bo@works.example")(document)
        named("Welding level two")(document)

    failed = badge(SCHOOL.did, [*V2, INTEGRITY])
    failed["credentialSubject"]["result"] = [{"type": ["Result"], "status": "Failed"}]
    assert land(store, zipped({"a.json": data(signed(edit=of("bo@works.example", evidence={"id": "https://weld.example/9"}))),
                               "b.json": data(SCHOOL.prove(failed, "eddsa-jcs-2022"))}), "failed.zip").status == "stored"  # fmt: skip
    again = land(store, signed(edit=second), "second.json")
    assert again.status == "stored", "the answer is remembered for the next file of badges"


def test_revoked_failed_expired_and_unsigned_badges_are_what_they_say(store):
    unsigned = badge(SCHOOL.did)
    del unsigned["credentialSubject"]["id"]
    failed = badge(SCHOOL.did, [*V2, INTEGRITY])
    failed["credentialSubject"]["result"] = [{"type": ["Result"], "status": "Failed"}]
    failed["id"] = "https://weld.example/a/failed"
    running = badge(SCHOOL.did, [*V2, INTEGRITY], validFrom="2024-05-08T00:00:00Z")
    running["credentialSubject"]["result"] = [{"type": ["Result"], "status": "InProgress"}]
    revoked = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://weld.example/a/9",
        "recipient": {"type": "email", "hashed": False, "identity": "bo@works.example"},
        "revoked": True,
        "badge": {"id": "w1", "type": "BadgeClass", "name": "Welding, level 1", "issuer": {"name": "Weld School"}},
        "issuedOn": "2024-05-06T00:00:00Z",
        "revocationReason": "copied",
        "verification": {"type": "hosted"},
        "evidence": "https://weld.example/pieces/9",
        "expires": "2024-12-31T00:00:00Z",
    }
    files = {
        "unsigned": unsigned,
        "failed": SCHOOL.prove(failed, "eddsa-jcs-2022"),
        "running": SCHOOL.prove(running, "eddsa-jcs-2022"),
        "revoked": revoked,
    }
    outcome = land(store, zipped({f"{name}.json": data(content) for name, content in files.items()}), "all.zip")

    assert outcome.status == "stored", outcome.problems
    columns = (
        "employee_id, credential_id, cast(revoked_on as varchar) as r, cast(date_end as varchar) as e, evidence_url"
    )
    assert awards(store, columns) == [
        ("7", "w2", None, None, None),
        ("8", "w1", "2024-05-06", "2024-12-31", "https://weld.example/pieces/9"),
    ]
    (message,) = [p.message for p in outcome.problems if p.column == "status"]
    assert "'failed' (1 row), 'in progress' (1 row) are left out" in message, message
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)


def test_one_award_told_by_a_table_and_by_badges_in_several_files_is_one(store):
    land(store, b"employee_id,credential_id,issued_on\n7,w2,2024-05-06\n", "table.csv")
    assert (met(store, "verified"), len(awards(store))) == (0, 1)
    picture = baked(signed())
    land(store, zipped({"mara.png": picture, "mara.json": data(signed())}), "both.zip")
    land(store, SCHOOL.token({"vc": badge(SCHOOL.did), "iss": SCHOOL.did}, kid=SCHOOL.method), "mara.jwt")

    assert (met(store, "verified"), len(awards(store))) == (1, 1)
    assert {row["carrier"] for row in store.query("select carrier from award_checks").to_pylist()} >= {"JWT"}
    land(store, b"award_id,employee_id,credential_id,issued_on\nx,7,w2,2024-05-06\n", "later.csv")
    assert met(store, "verified") == 1, "a later table takes nothing back that the badge proves"


def test_nothing_is_asked_of_the_outside_world(store, monkeypatch):
    """A key, a list of what was revoked and a host that would confirm it are named, and none of them is looked up."""

    def refuse(*arguments, **more):
        raise AssertionError("a connection")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def elsewhere(document):
        document["issuer"]["id"] = "did:web:weld.example"
        address = "https://weld.example/status/1"
        document["credentialStatus"] = {
            "id": f"{address}#4",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "4",
            "statusListCredential": address,
        }

    document = badge("did:web:weld.example", [*V2, INTEGRITY])
    elsewhere(document)
    method = "did:web:weld.example#key-1"
    outcome = land(store, SCHOOL.prove(document, "eddsa-jcs-2022", method))

    assert outcome.status == "stored"
    (check,) = store.query("select signature, speaks, status from award_checks").to_pylist()
    assert check == {"signature": "passed", "speaks": "open", "status": "open"}, "checked with the key that is listed"
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)
    (row,) = Metrics(store).ask("badge_checks", Viewer.everyone(), Filters(employee="7")).to_dict("records")
    assert row["state"] == "not checkable offline"


def taken_back(email, badge_id="https://weld.example/a/9"):
    """An unsigned badge that says of itself that it was revoked, with a piece of evidence and an end."""
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": badge_id,
        "revoked": True,
        "recipient": {"type": "email", "hashed": False, "identity": email},
        "evidence": "https://weld.example/pieces/9",
        "badge": {"id": "w2", "type": "BadgeClass", "name": "Welding, level 2", "issuer": {"name": "Weld School"}},
        "issuedOn": "2024-05-06T00:00:00Z",
        "verification": {"type": "hosted"},
        "expires": "2025-12-31T00:00:00Z",
    }


def test_a_signed_badge_takes_nothing_back_by_what_it_does_not_say(store):
    """The columns of a file are those that any of its badges fills, so the others have empty cells there."""
    badge_id = signed()["id"]
    columns = "award_id,employee_id,credential_id,issued_on,expires_on,revoked_on,evidence_url"
    land(store, signed())
    land(
        store, f"{columns}\n{badge_id},7,w2,2024-05-06,2025-06-30,2024-06-01,https://weld.example/7\n".encode(), "r.csv"
    )
    both = {"mara.json": data(signed(suite="eddsa-rdfc-2022")), "bo.json": data(taken_back("bo@works.example"))}
    assert land(store, zipped(both), "both.zip").status == "stored"

    kept = awards(store, "employee_id, cast(revoked_on as varchar) as r, cast(date_end as varchar) as e, evidence_url")
    assert kept[0] == ("7", "2024-06-01", "2025-06-30", "https://weld.example/7")
    days = [date(2024, 5, 31), date(2024, 6, 1)]
    assert [(met(store, "verified", day), met(store, "attested", day)) for day in days] == [(1, 1), (0, 0)]


def test_a_revocation_by_a_badge_ends_an_award_as_one_by_a_table_does_and_an_old_copy_changes_nothing(store):
    at = {"landed_at": datetime(2024, 9, 10, 9)}
    land(store, signed(), landed_at=datetime(2024, 9, 5, 9))
    land(store, taken_back("mara@works.example", signed()["id"]), "r.json", **at)
    days = [date(2024, 9, 9), date(2024, 9, 10)]
    before = [(met(store, "verified", day), met(store, "attested", day)) for day in days]
    land(store, signed(suite="eddsa-rdfc-2022"), "again.json", landed_at=datetime(2024, 9, 20, 9))

    assert before == [(met(store, "verified", day), met(store, "attested", day)) for day in days] == [(1, 1), (0, 0)]


def test_a_badge_of_a_record_is_verified_only_while_the_record_holds_and_by_a_key_of_the_records_day(store):
    address = "https://weld.example/status/1"
    entry = {
        "id": f"{address}#4",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "4",
        "statusListCredential": address,
    }
    keys(store, f"Weld School,{STRANGER.did},,2024-05-31")
    days = [date(2024, 6, 30), date(2024, 7, 1)]
    for signer, more, verified in (
        (SCHOOL, {}, [1, 1]),
        (SCHOOL, {"credentialStatus": entry}, [0, 0]),
        (SCHOOL, {"validUntil": "2024-06-30T00:00:00Z"}, [1, 0]),
        (SCHOOL, {"validFrom": "2024-07-01T00:00:00Z"}, [0, 1]),
        (STRANGER, {"validFrom": "2024-06-01T00:00:00Z"}, [0, 0]),
        (STRANGER, {"validFrom": "2024-05-31T00:00:00Z"}, [1, 1]),
    ):
        outcome = land(store, record(["w2"], signer, **more), "clr.json")
        assert outcome.status == "stored", outcome.problems
        assert [met(store, "verified", day) for day in days] == verified, more
        assert met(store, "attested") == 1
        undo(store, outcome.upload_id)


def test_the_day_of_issue_of_a_signed_badge_is_its_own_and_its_proof_ends_when_it_says(store):
    late = signed(STRANGER, validFrom="2024-06-10T09:00:00Z")
    keys(store, f"Weld School,{STRANGER.did},,2024-05-31")
    for mapping in ('[values.issued_on]\n"2024-06-10" = "2024-05-10"\n', '[constants]\nissued_on = "2024-05-10"\n'):
        outcome = land(store, late, mapping=mapping)
        assert awards(store) == [("7", "w2", "2024-05-10")]
        assert (met(store, "verified"), met(store, "attested")) == (0, 1)
        (row,) = Metrics(store).ask("badge_checks", Viewer.everyone(), Filters(employee="7")).to_dict("records")
        assert row["state"] == "day of issue not that of the badge"
        assert (
            json.loads(row["steps"])[-1]["reason"] == "The badge is of 2024-06-10: somebody gave the award another day."
        )
        undo(store, outcome.upload_id)
    proof = SCHOOL.prove(badge(SCHOOL.did, [*V2, INTEGRITY]), "eddsa-jcs-2022", expires="2024-06-30T00:00:00Z")
    land(store, proof, "ends.json")
    days = [date(2024, 6, 30), date(2024, 7, 1)]
    assert [(met(store, "verified", day), met(store, "attested", day)) for day in days] == [(1, 1), (0, 1)]


def test_each_badge_has_a_state_of_its_own_whatever_another_of_the_same_award_or_day_proves(store):
    land(store, signed())
    copy = badge(STRANGER.did, [*V2, INTEGRITY])
    land(store, STRANGER.prove(copy, "eddsa-jcs-2022"), "stranger.json")
    others = (
        b"award_id,employee_id,credential_id,issued_on,revoked_on\nzy,7,w2,2024-05-06,\nzz,7,w2,2024-05-06,2024-07-01\n"
    )
    land(store, others, "other.csv")

    rows = Metrics(store).ask("badge_checks", Viewer.everyone(), Filters(employee="7", as_of=date(2024, 10, 1)))
    assert sorted(zip(rows["state"], rows["key"].str[:60], strict=True)) == sorted(
        [("verified", SCHOOL.method[:60]), ("proof holds, issuer's key not known", STRANGER.method[:60])]
    )
    assert met(store, "verified") == 1


def record(credentials, signer=SCHOOL, **more):
    """A record (CLR) that its issuer signed, with badges for Mara that have no signature of their own."""
    children = []
    for credential in credentials:
        child = badge(signer.did)
        named(f"Welding, level {credential[1]}", credential)(child)
        children.append(child | {"id": f"urn:x:{credential}"})
    document = {
        "@context": [V2[0], "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", V2[1], INTEGRITY],
        "id": "urn:x:record",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Record",
        "issuer": {"id": signer.did, "type": ["Profile"], "name": "Weld School"},
        "validFrom": "2024-05-06T00:00:00Z",
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": children},
        **more,
    }
    return signer.prove(document, "eddsa-jcs-2022")


def test_a_record_of_several_counts_each_and_a_broken_record_none(store):
    broken = land(store, record(["w1", "w2"]) | {"name": "Another record"}, "clr.json")
    assert broken.status == "refused"
    assert len(broken.errors) == 2
    assert land(store, record(["w1", "w2"]), "clr.json").status == "stored"
    assert sorted(row[1] for row in awards(store)) == ["w1", "w2"]
    assert met(store, "verified") == 1


def test_an_endorsement_is_nobodys_award_and_does_not_keep_a_record_from_coming_in(store):
    """Schools put the word of who accredits them into a record; it would be a bad row, and nothing would be stored."""
    endorsement = {
        "@context": V2,
        "id": "urn:x:e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": SCHOOL.did,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "mailto:mara@works.example",
            "type": ["EndorsementSubject"],
            "endorsementComment": "Good",
        },
    }
    with pytest.raises(BadFile, match="is an endorsement: it says something of a badge or an issuer"):
        land(store, SCHOOL.prove(endorsement))
    both = zipped({"mara.json": data(signed()), "word.json": data(SCHOOL.prove(endorsement))})
    (problem,) = land(store, both, "both.zip", quarantine=True, dry_run=True).errors
    assert str(problem).startswith("both.zip, file word.json: is an endorsement"), "its file is named once"
    document = {key: value for key, value in record(["w2"]).items() if key != "proof"}
    document["credentialSubject"]["verifiableCredential"].insert(0, SCHOOL.prove(endorsement))
    assert land(store, SCHOOL.prove(document, "eddsa-jcs-2022"), "clr.json").status == "stored"
    assert [row[1] for row in awards(store)] == ["w2"]


def test_what_a_record_only_lists_as_an_achievement_is_nobodys_award(store):
    """Achievements stand in a record to explain its credentials; whoever has the record may have earned none of them."""
    with pytest.raises(BadFile, match="that its achievements were earned, only credentials say"):
        land(store, listing())


def listing():
    document = {key: value for key, value in record(["w2"]).items() if key != "proof"}
    subject = document["credentialSubject"]
    document["id"], document["validFrom"] = "urn:x:listing", "2024-06-01T00:00:00Z"
    subject["achievement"] = [badge(SCHOOL.did)["credentialSubject"]["achievement"]]
    subject["identifier"] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": "mara@works.example", "identityType": "email"}
    ]
    del subject["verifiableCredential"]
    return SCHOOL.prove(document, "eddsa-jcs-2022")


def refreshed(document):
    document |= {"id": "https://weld.example/r/1", "validFrom": "2024-08-01T00:00:00Z"}
    document["@context"] = [*V2, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    document["refreshService"] = {"id": document["id"], "type": "1EdTechCredentialRefresh"}


def test_badges_of_an_earlier_program_land_again_as_they_did(store):
    """A rebuild gives the numbers that were reported, on each line what stood there, whatever is read today."""
    drawn = b"<!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='http://openbadges.org'>"
    drawn += b"<openbadges:assertion>" + data(signed(edit=of("bo@works.example"))) + b"</openbadges:assertion></svg>"
    loose = of(hashlib.sha256(b"bo@works.example").hexdigest(), "TRUE", validFrom="2024-08-02T00:00:00Z")
    answered = [
        signed(edit=of("mara@works.example", validFrom=f"2024-07-0{day}T00:00:00Z", id=f"urn:x:{day}"))
        for day in (1, 2)
    ]
    files = {
        "answer.json": data({"credential": answered}),
        "drawn.svg": drawn,
        "listing.json": data(listing()),
        "loose.json": data(signed(edit=loose)),
        "refreshed.json": data(signed(edit=refreshed, suite="eddsa-rdfc-2022")),
        "bo.json": data(signed(edit=of("bo@works.example", validFrom="2024-08-03T00:00:00Z", id="urn:x:3"))),
    }
    assert land(store, zipped(files), "all.zip", mapping='reading = "6"', quarantine=True).status == "stored"

    earlier = awards(store)
    lines = store.query("select line_no, signature from award_checks order by all").to_pylist()
    assert [row[2] for row in earlier] == ["2024-06-01", "2024-08-01", "2024-08-03"]
    assert [tuple(row.values()) for row in lines] == [(3, "passed"), (5, "open"), (6, "passed")]
    assert check_again(store, None, Options()).decided == 1, "what could not be checked then can be today"
    assert awards(store) == earlier

    undo(store, 3)
    undo(store, 2)
    assert land(store, zipped(files), "all.zip", quarantine=True).status == "stored"
    days = ["2024-05-06", "2024-07-01", "2024-07-02", "2024-08-01", "2024-08-02", "2024-08-03"]
    assert sorted(row[2] for row in awards(store)) == days


@pytest.mark.parametrize(
    "content",
    [
        b"<!-- -->" * 40,
        b"<!-- a -->\n" * 2000 + b"x",
        b"<!--" + b" -->\n<!--" * 400,
        b"<!DOCTYPE a>" * 200,
        b"eyJ" * 4000,
    ],
    ids=["comments", "many comments", "open comments", "document types", "token"],
)
def test_what_begins_like_a_picture_or_a_token_is_told_from_one_at_once(content):
    before = time.process_time()

    assert recognised_kinds("x.svg", content) == []
    assert time.process_time() - before < 2


def test_a_picture_with_comments_before_it_is_one():
    assert holds_badges(
        KINDS["badges"], b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<!-- b > -->\n<!DOCTYPE svg>\n<svg/>"
    )


@pytest.mark.parametrize(
    "part",
    ['{"gone": 1000000000}', '{"where": "x", "rows": [{"email": "mara@works.example"}]}', '{"x": 1}', "not json"],
)
def test_the_form_in_which_we_keep_badges_is_not_read_from_a_file_that_comes_in(part):
    forged = MARK + f"\n{part}\n]}}\n".encode()

    with pytest.raises(BadFile, match=r"x\.json"):
        read_badges(forged, "x.json", ())


def test_a_damaged_copy_of_our_own_is_refused_with_its_name():
    for part in ('{"x": 1}', "not json", "[]", '{"gone": {}}'):
        with pytest.raises(BadFile, match=r"x\.json is a damaged copy"):
            read_badges(MARK + f"\n{part}\n]}}\n".encode(), "x.json", (), is_own=True)


def test_what_is_not_a_badge_is_refused_with_what_would_work(store):
    for content, name, why in (
        (b'{"rows": []}', "rows.json", "a table as CSV or XLSX"),
        (zipped({"a.txt": b"hello"}), "a.zip", "is not a credential that can be read"),
        (baked(signed())[:60], "cut.png", "cut.png is damaged"),
    ):
        with pytest.raises(BadFile, match=why):
            land(store, content, name)
    with pytest.raises(BadFile, match="can be imported as badges"):
        land(store, baked(signed()), "mara.png", "roster")


def test_badge_files_come_in_by_a_folder_and_a_command_and_say_which_kind_they_are(store, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "issuer_keys.csv").write_text(f"issuer,key\nWeld School,{STRANGER.did}\n")
    (folder / "badges.json").write_bytes(data(signed(STRANGER)))
    (folder / "roster.json").write_bytes(b"[]")
    outcome = import_folder(store, folder)
    assert [(p.file, p.message) for p in outcome.problems if p.file == "roster.json"] == [
        ("roster.json", "not named after a kind of file: left out.")
    ]
    assert met(store, "verified") == 1, "the keys of the same upload count"
    undo(store, outcome.upload_id)
    token = SCHOOL.token({"vc": badge(SCHOOL.did), "iss": SCHOOL.did}, kid=SCHOOL.method).encode()
    for name, content in (("x.png", baked(signed())), ("x.jwt", token), ("x.zip", zipped({"a.json": data(signed())}))):
        assert recognised_kinds(name, content) == ["badges"]
    assert recognised_kinds("x.txt", b"hello") == []
    path = store.path
    store.close()
    (tmp_path / "mara.json").write_bytes(data(signed()))
    result = CliRunner().invoke(cli, ["--db", str(path), "import", str(tmp_path / "mara.json"), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["status"]) == (0, "stored"), result.output
    result = CliRunner().invoke(cli, ["--db", str(path), "import", "badges", str(tmp_path / "mara.json")])
    assert result.exit_code == 0
    assert "not imported again" in result.output + result.stderr


def test_a_badge_that_only_names_its_key_is_verified_once_it_comes_again_after_the_key_was_listed(store):
    other = Signer("P-256")
    document = badge("did:web:yard.example", [*V2, INTEGRITY])
    named_only = other.prove(document, "ecdsa-jcs-2019", "did:web:yard.example#key-1")
    land(store, named_only)
    (check,) = store.query("select signature, key_did from award_checks").to_pylist()
    assert check == {"signature": "open", "key_did": None}
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)

    land(store, f'issuer,key\nWeld School,"{other.pem}"\n'.encode(), "k.csv", "issuer_keys")
    assert met(store, "verified") == 0
    assert land(store, named_only).status == "stored"
    assert met(store, "verified") == 1
    assert land(store, named_only).status == "repeated"


def test_what_a_badge_has_taken_back_no_table_puts_back_and_undoing_it_does(store):
    land(store, signed(), landed_at=datetime(2024, 9, 5, 9))
    taken_back = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": signed()["id"],
        "revoked": True,
        "recipient": {"type": "email", "hashed": False, "identity": "mara@works.example"},
        "badge": {"id": "w2", "type": "BadgeClass", "name": "Welding, level 2", "issuer": {"name": "Weld School"}},
        "issuedOn": "2024-05-06T00:00:00Z",
        "verification": {"type": "hosted"},
    }
    revoked = land(store, taken_back, "revoked.json", landed_at=datetime(2024, 9, 10, 9))

    assert revoked.status == "stored", revoked.problems
    assert len(awards(store)) == 1
    assert met(store, "verified") == 0
    land(
        store,
        b"employee_id,credential_id,issued_on,revoked_on\n7,w2,2024-05-06,\n",
        "table.csv",
        landed_at=datetime(2024, 9, 12, 9),
    )
    assert met(store, "verified") == 0, "a table cannot put back what the issuer has taken back"
    undo(store, revoked.upload_id)
    assert met(store, "verified") == 1


def test_an_award_that_moves_to_somebody_else_leaves_its_proof_behind(store):
    outcome = land(store, signed())
    (award_id,) = [row["award_id"] for row in store.query("select award_id from badge_rows").to_pylist()]
    moved = f"award_id,employee_id,credential_id,issued_on\n{award_id},8,w2,2024-05-06\n"
    mapping = 'award_holders = "correct"\naward_ids = "open badges"\n'
    assert land(store, moved.encode(), "moved.csv", mapping=mapping).status == "stored"

    assert awards(store) == [("8", "w2", "2024-05-06")], outcome.problems
    assert (met(store, "verified"), met(store, "attested")) == (0, 1)


@pytest.mark.parametrize(
    "content",
    [
        b'{"badges that stay": [\n{"gone": 1000000000}\n]}\n',  # once a thousand million lines of memory
        b'{"badges that stay": [\n{"where": "x", "rows": [{"employee_id": "7", "credential_id": "w2"}]}\n]}\n',
        b"<!-- --> " * 60 + b"no picture",  # once hours: each comment doubled the ways to read it
    ],
    ids=["lines that are gone", "rows without a badge", "comments"],
)
def test_a_file_that_pretends_to_be_ours_or_a_picture_ends_at_once(store, content):
    """Anybody who may hand in a badge could stop the server with fifty bytes."""
    with pytest.raises(BadFile):
        import_sources(store, [Source("badges", "forged.json", content)], Options())
