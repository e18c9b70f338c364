"""A transcript that the company signs: whoever reads it elsewhere can check it, and it says no more than the company knows."""

import base64
import copy
import json
import shutil
import stat
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from openvc import verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access import Viewer, viewer_called
from skilltrack.api import company
from skilltrack.badges import IssuerKey, State, verify
from skilltrack.badges.contexts import context, listed
from skilltrack.commands.cli import cli
from skilltrack.config import today
from skilltrack.errors import BadQuestion, NotThere, Refused
from skilltrack.ingest import Options, check_again
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.questions import Filters
from skilltrack.reports.exports import Order, export
from skilltrack.reports.reproduce import reproduce
from skilltrack.signing import company_keys, did_document, end_key, make_key, rotate_key, signing_key
from tests.ingest.test_badge_files import awards, land, made, met, of, signed

assert made
URL = "https://skills.works.example"
DID = "did:web:skills.works.example"
AT = f"{URL}/.well-known/did.json"
EVERYONE = Viewer.everyone()


@pytest.fixture
def store(made, tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_URL", URL)
    opened = open_store(shutil.copytree(made, tmp_path / "works", dirs_exist_ok=True) / "made.duckdb")
    land(opened, signed(edit=of("mara@works.example")))
    land(opened, b"employee_id,credential_id,issued_on\n8,w1,2024-05-06\n", "lms.csv")
    yield opened
    opened.close()


def ordered(employee="7", **asked):
    return Order("transcript", "badge", Filters(employee=employee, **asked))


def taken(store, employee="7", viewer=EVERYONE, **asked):
    return json.loads(export(store, viewer, ordered(employee, **asked), None)[1])


def elsewhere(document, store):
    """What a verifier that is not ours says of a record, by the suite by which it takes one, and of all that is in it.

    It raises where something is wrong.
    """
    for credential in document["credentialSubject"]["verifiableCredential"]:
        assert verified_elsewhere(credential, store).issuer == DID
    return verified_elsewhere({**document, "proof": document["proof"][1]}, store)


def verified_elsewhere(document, store):
    published = did_document(company_keys(store))
    registry = DidResolverRegistry([DidWebResolver(lambda url: published if url == AT else {})])
    bundled = {address: context(address) for address in listed()}
    return verify_credential(document, resolver=registry, extra_contexts=bundled)


def test_it_passes_a_verifier_that_is_not_ours_and_nothing_in_it_can_be_changed(store):
    """Else the employee holds a file that nobody believes."""
    make_key(store, "Works AB", "local")
    record = taken(store)
    assert elsewhere(record, store).issuer == DID

    changed, added = copy.deepcopy(record), copy.deepcopy(record)
    changed["credentialSubject"]["verifiableCredential"][0]["name"] = "Welding, level 9"
    added["credentialSubject"]["verifiableCredential"].append(record["credentialSubject"]["verifiableCredential"][0])
    renamed, later = record | {"name": "Transcript of Bo Ek"}, record | {"validFrom": "2020-01-01T00:00:00Z"}
    for forged in (changed, added, renamed, later):
        with pytest.raises(Exception, match=r"(?i)verify|signature"):
            elsewhere(forged, store)


def test_it_says_what_the_company_knows_and_nothing_in_the_name_of_others(store):
    make_key(store, "Works AB", "local")
    checked, told = taken(store, "7"), taken(store, "8")
    for record in (checked, told):
        (one,) = record["credentialSubject"]["verifiableCredential"]
        assert record["issuer"]["id"] == one["issuer"]["id"] == DID
        assert one["credentialSubject"]["achievement"]["creator"]["name"] == "Weld School"
        assert (one["awardedDate"], one["validFrom"]) == ("2024-05-06T00:00:00Z", f"{today()}T00:00:00Z")
    describes = [r["credentialSubject"]["verifiableCredential"][0]["description"] for r in (checked, told)]
    assert "has checked the signature" in describes[0]
    assert "no signature was checked" in describes[1]
    land(store, b"employee_id,skill_id,level,valid_from\n8,s1,9,2024-01-01\n", "s.csv", "self_ratings")
    assert json.dumps(taken(store, "8")) == json.dumps(told), "what somebody says of themselves is not signed"


def test_several_awards_of_one_day_are_one_credential_with_each_skill_once(store):
    """The first of them, of which nothing was checked, would speak for the one whose signature was."""
    make_key(store, "Works AB", "local")
    rows = b"x1,7,w2,2024-05-06\nx2,7,w2,2024-05-06\n"
    land(store, b"award_id,employee_id,credential_id,issued_on\n" + rows, "lms.csv")
    (one,) = taken(store)["credentialSubject"]["verifiableCredential"]
    assert [result["value"] for result in one["credentialSubject"]["result"]] == ["2"]
    assert "has checked the signature" in one["description"]


def test_only_what_counts_today_is_signed_and_only_for_who_may_see_it(store, tmp_path):
    """A key of the company under last year's record would revive what was revoked since."""
    make_key(store, "Works AB", "local")
    assert taken(store, viewer=viewer_called(store, "7"))["name"] == "Transcript of Mara Lind"
    with pytest.raises(NotThere):
        taken(store, viewer=viewer_called(store, "8"))
    with pytest.raises(BadQuestion, match="about today"):
        taken(store, as_of=today() - timedelta(days=1))
    before = store.query("select max(happened_at) as t from upload_events")["t"][0].as_py()
    export(store, EVERYONE, ordered(), tmp_path / "t.json")
    land(
        store,
        b"award_id,employee_id,credential_id,issued_on,revoked_on\nurn:x:mara@works.example,7,w2,2024-05-06,2024-06-01\n",
        "r.csv",
    )
    with pytest.raises(NotThere, match="nothing to sign"):
        taken(store)
    with pytest.raises(BadQuestion, match="known-at"):  # its receipt would say that it was known then
        taken(store, known_at=before)
    with pytest.raises(BadQuestion, match="not made again"):
        reproduce(store, EVERYONE, tmp_path / "t.json")


def test_what_was_signed_before_stays_good_when_the_key_is_replaced_and_not_when_it_is_ended(store):
    first = make_key(store, "Works AB", "ada")
    old = taken(store)
    rotate_key(store, "ada")
    new = taken(store)
    assert elsewhere(old, store).issuer == elsewhere(new, store).issuer == DID
    assert [key.step for key in company_keys(store)] == ["made", "replaced"]

    end_key(store, first.key_id, "ada")
    assert elsewhere(new, store).issuer == DID
    with pytest.raises(Exception, match=r"(?i)method|key|resolve"):
        elsewhere(old, store)
    end_key(store, company_keys(store)[0].key_id, "ada")
    published = did_document(company_keys(store))
    assert published["assertionMethod"] == []
    assert [method["revoked"][:10] for method in published["verificationMethod"]] == [str(today())] * 2
    known = [IssuerKey("Works AB", DID)]
    (one,) = verify(
        json.dumps(old).encode(), "t.json", today(), {AT: json.dumps(published).encode()}.__getitem__, known
    )
    assert one.state is State.INVALID
    assert "was revoked by its owner" in " ".join(one.reasons)
    with pytest.raises(Refused, match="keys make"):
        taken(store)
    make_key(store, "Works AB", "ada")
    assert elsewhere(taken(store), store).issuer == DID


def test_what_was_signed_under_an_address_that_the_app_had_before_can_still_be_checked(store, tmp_path, monkeypatch):
    """Who left years ago holds a transcript that names the old host, and cannot fetch another."""
    make_key(store, "Works AB", "ada")
    old, path = taken(store), store.path
    rotate_key(store, "ada")
    monkeypatch.setenv("SKILLTRACK_URL", "https://skills.new.example")
    with pytest.raises(Exception, match="could not resolve"):
        elsewhere(old, store)
    store.close()
    done = CliRunner().invoke(cli, ["--db", path, "keys", "document", "--url", URL])
    assert done.exit_code == 0, done.output
    resolver = DidResolverRegistry([DidWebResolver(lambda url: json.loads(done.output) if url == AT else {})])
    bundled = {address: context(address) for address in listed()}
    (credential,) = old["credentialSubject"]["verifiableCredential"]
    assert verify_credential(credential, resolver=resolver, extra_contexts=bundled).issuer == DID
    refused = CliRunner().invoke(cli, ["--db", path, "keys", "document", "--url", "http://old.example/x"])
    assert "http://old.example/x" in str(refused.exception)


def test_the_private_key_lies_in_one_file_that_only_its_owner_reads_and_nowhere_else(store, tmp_path):
    """Whoever has it can sign in the name of the company."""
    make_key(store, "Works AB", "local")
    key = rotate_key(store, "local")
    folder = Path(store.path).parent
    (path,) = folder.glob("*.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = base64.b64decode(b"".join(path.read_bytes().splitlines()[1:-1]))[-32:]
    assert path.name.endswith(f"{key.key_id}.pem")
    forms = (secret, base64.b64encode(secret), secret.hex().encode())
    for other in folder.rglob("*"):
        assert other == path or not other.is_file() or not any(form in other.read_bytes() for form in forms), other

    path.chmod(0o640)
    with pytest.raises(Refused, match="Others can read"):
        signing_key(store)
    path.chmod(0o600)
    for damaged in (b"", path.read_bytes().replace(b"MC4", b"")):
        path.write_bytes(damaged)
        with pytest.raises(Refused, match="damaged"):
            taken(store)
    path.unlink()
    with pytest.raises(Refused, match="keys rotate"):
        taken(store)
    rotate_key(store, "local")
    assert elsewhere(taken(store), store).issuer == DID


def test_the_keys_come_back_with_a_rebuild_and_are_in_the_audit_log(store):
    make_key(store, "Works AB", "ada")
    rotate_key(store, "bo")
    keys, published, path = company_keys(store), did_document(company_keys(store)), Path(store.path)
    entries = [
        (entry["event"], entry["what"]["step"]) for entry in store.journal.audit.entries() if entry["event"] == "key"
    ]
    assert entries == [("key", "made"), ("key", "replaced"), ("key", "made")]
    store.close()
    rebuild(path)
    with closing(open_store(path)) as fresh:
        assert company_keys(fresh) == keys
        assert did_document(company_keys(fresh)) == published


def test_the_document_is_open_to_everybody_and_says_nothing_else(store, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", store.path)
    monkeypatch.setattr(company, "store_at", lambda path: store)
    client = TestClient(Starlette(routes=company.ROUTES))
    assert client.get("/.well-known/did.json").status_code == 404
    make_key(store, "Works AB", "ada@works.example")
    answer = client.get("/.well-known/did.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/did+json")
    assert answer.json() == did_document(company_keys(store))
    assert "ada@works" not in answer.text
    monkeypatch.setenv("SKILLTRACK_URL", "http://127.0.0.1:8501")
    assert client.get("/.well-known/did.json").status_code == 404


@pytest.mark.parametrize("lists_key", [True, False])
def test_another_company_imports_it_once_it_has_listed_the_key_or_the_address(store, tmp_path, lists_key):
    """What leaves here must be worth something there: our own import is the first reader."""
    make_key(store, "Works AB", "local")
    record, published = taken(store), did_document(company_keys(store))
    listed_as = company_keys(store)[0].public_key if lists_key else DID
    achievement = record["credentialSubject"]["verifiableCredential"][0]["credentialSubject"]["achievement"]["id"]
    with closing(open_store(tmp_path / "other.duckdb")) as other:
        for kind, text in {
            "skills": "skill_id,name\ns1,Welding\n",
            "issuers": "issuer,tier\nWorks AB,trusted\n",
            "issuer_keys": f"issuer,key\nWorks AB,{listed_as}\n",
            "credentials": f'credential_id,name,issuer,url\nx2,"Welding, level 2",Works AB,{achievement}\n',
            "credential_skills": "credential_id,skill_id,level\nx2,s1,2\n",
            "roles": "role_id,role_name,skill_id,required_level\nr1,Welder,s1,2\n",
            "roster": "employee_id,name,email,role_id\nM1,Mara Lind,mara@works.example,r1\n",
        }.items():
            options = {"effective": date(2024, 1, 1)} if kind == "roster" else {}
            assert land(other, text.encode(), f"{kind}.csv", kind, **options).status == "stored"
        outcome = land(other, record)
        assert outcome.status == "stored", [str(problem) for problem in outcome.problems]
        if not lists_key:
            assert met(other, "verified", today()) == 0
            check_again(other, {AT: json.dumps(published).encode()}.__getitem__, Options())
        assert awards(other) == [("M1", "x2", "2024-05-06")]
        assert met(other, "verified", today()) == 1


def test_nothing_of_it_is_taken_for_the_word_of_the_issuers_it_names(store):
    """The same company imports its own transcript: it must not become a second award of the school."""
    key = make_key(store, "Works AB", "local")
    record = json.dumps(taken(store)).encode()
    known = [IssuerKey("Works AB", key.public_key)]
    (one,) = verify(record, "t.json", today(), None, known)
    assert (one.state, one.known_issuer, one.credential.issuer) == (State.VERIFIED, "Works AB", "Works AB")
    assert one.left_out == ()


def test_the_commands_make_list_replace_and_end_keys(store, tmp_path, monkeypatch):
    path = store.path
    store.close()

    def run(*words, code=0):
        done = CliRunner().invoke(cli, ["--db", path, *words])
        refused = str(done.exception) if isinstance(done.exception, Refused) else ""
        assert (2 if refused else done.exit_code) == code, (done.output, done.exception)
        return done.output + refused

    assert "keys make" in run("report", "transcript", "--employee", "7", "--format", "badge", code=2)
    assert f"{DID}#key-" in run("keys", "make", "--name", "Works AB")
    assert "signs already" in run("keys", "make", "--name", "Works AB", code=2)
    out = tmp_path / "mara.json"
    run("report", "transcript", "--employee", "7", "--format", "badge", "--output", str(out))
    assert json.loads(out.read_text())["proof"][0]["verificationMethod"].startswith(f"{DID}#key-")
    run("keys", "rotate")
    rows = run("keys", "list").splitlines()
    assert len(rows) == 3
    run("keys", "end", rows[1].split(",")[0])
    assert "There is no key" in run("keys", "end", "key-0", code=2)
    monkeypatch.delenv("SKILLTRACK_URL")
    assert "SKILLTRACK_URL" in run("keys", "make", "--name", "Works AB", code=2)
    before = run("keys", "list")
    assert "SKILLTRACK_URL" in run("keys", "rotate", code=2)
    assert run("keys", "list") == before, "what is refused has not been done"
