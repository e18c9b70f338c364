"""Badges as signed files, kept: a rebuild gives the same, and erasing somebody leaves nothing of them in any file."""

import hashlib
import re
import zlib
from contextlib import closing
from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources, parse_mapping, redo, undo
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.questions import Filters, Metrics
from tests.badges.signing import INTEGRITY, V2, Signer, badge, baked, chunk, data, png, zipped

WHO = "E-CANARY-1"
CANARY = re.compile(rb"canary", re.IGNORECASE)
SCHOOL = Signer(seed=b"s")
COMPANY = {
    "skills": "skill_id,name\ns1,Welding\n",
    "issuers": "issuer,tier\nWeld School,trusted\n",
    "issuer_keys": f"issuer,key\nWeld School,{SCHOOL.did}\n",
    "credentials": 'credential_id,name,issuer,url\nw2,"Welding, level 2",Weld School,https://weld.example/badges/2\n',
    "credential_skills": "credential_id,skill_id,level\nw2,s1,2\n",
    "roles": "role_id,role_name,skill_id,required_level\nr1,Welder,s1,2\n",
    "roster": "employee_id,name,email,role_id\nE-CANARY-1,Cleo Canary,cleo.canary@x.example,r1\n"
    "E-2,Bo Ek,bo@x.example,r1\nE-3,Di Ahl,di@x.example,r1\n",
}


def signed(email, narrative="Two test pieces.", hashed=False):
    document = badge(SCHOOL.did, [*V2, INTEGRITY])
    document["id"] = f"urn:x:{hashlib.sha256(email.encode()).hexdigest()[:8]}"
    subject = document["credentialSubject"]
    del subject["id"]
    subject["achievement"]["criteria"]["narrative"] = narrative
    subject["identifier"][0] |= {"identityHash": hash_of(email) if hashed else email, "hashed": hashed}
    return SCHOOL.prove(document, "eddsa-jcs-2022")


def of_bo(**more):
    """A signed badge of E-2: `id`, what its achievement is called (`name`, `url`) and its `issuer`."""
    document = {key: value for key, value in signed(more.get("email", "bo@x.example")).items() if key != "proof"}
    subject = document["credentialSubject"]["achievement"]
    document |= {"id": more.get("id", document["id"]), "name": more.get("name", document["name"])}
    document["issuer"] |= {"name": more.get("issuer", "Weld School")}
    subject |= {"name": document["name"], "id": more.get("url", subject["id"])}
    subject["alignment"][0] |= {"targetCode": more.get("code", "W2")}
    return SCHOOL.prove(document, "eddsa-jcs-2022")


def hash_of(email):
    return f"sha256${hashlib.sha256(email.encode()).hexdigest()}"


def land(store, kind, content, name="", **options):
    outcome = import_sources(store, [Source(kind, name or f"{kind}.csv", content)], Options(**options))
    assert outcome.status == "stored", [str(problem) for problem in outcome.problems]
    return outcome.upload_id


def met(store):
    """Requirements met, by person and assurance."""
    asked = {
        a: Metrics(store).ask("readiness", Viewer.everyone(), Filters(assurance=a)) for a in ("verified", "attested")
    }
    return {a: dict(zip(frame["employee_id"], map(int, frame["met"]), strict=True)) for a, frame in asked.items()}


@pytest.fixture
def path(tmp_path):
    store = open_store(tmp_path / "x.duckdb")
    for kind, text in COMPANY.items():
        land(store, kind, text.encode(), effective=date(2024, 1, 1))
    tampered = signed("cleo.canary@x.example") | {"name": "Another name"}
    files = {
        "cleo canary.json": data(signed("cleo.canary@x.example", hashed=True)),
        "bo.png": baked(signed("bo@x.example")),
        "di.json": data(signed("di@x.example", narrative="Seen by Cleo Canary.")),
        "lost.json": data(signed("nobody@x.example")),
        "changed.json": data(tampered),
        "text.txt": b"no badge of Cleo Canary",
    }
    land(store, "badges", zipped(files), "cleo canary's.zip", quarantine=True)
    land(store, "badges", data(signed("cleo.canary@x.example", "Once more.")), "badge.json")
    store.close()
    return tmp_path / "x.duckdb"


def state(path):
    store = open_store(path)
    rows = {
        table: sorted(map(str, store.query(f"select * from {table}").to_pylist()))
        for table in ("award_checks", "badge_rows", "quarantined_rows", "kept_awards", "kept_standings")
    }
    numbers = met(store)
    store.close()
    return rows, numbers


def test_a_rebuild_and_an_undo_and_redo_of_badge_files_give_the_same(path):
    before = state(path)
    assert before[1]["verified"] == {WHO: 1, "E-2": 1, "E-3": 1}
    store = open_store(path)
    undo(store, 8)
    assert met(store) == {a: {WHO: 1, "E-2": 0, "E-3": 0} for a in ("verified", "attested")}
    redo(store, 8)
    store.close()
    assert state(path) == before
    rebuild(path)

    assert state(path) == before


@pytest.mark.parametrize("hashed", [False, True], ids=["plain", "hashed"])
def test_erasing_the_second_person_that_a_badge_names_leaves_its_holder_the_award(tmp_path, hashed):
    """The mention goes, and with it the proof; the award of somebody who stays went too."""
    path = tmp_path / "x.duckdb"
    store = open_store(path)
    for kind, text in COMPANY.items():
        land(store, kind, text.encode(), effective=date(2024, 1, 1))
    document = signed("cleo.canary@x.example", hashed=hashed)
    subject = document["credentialSubject"]
    subject["identifier"].append(signed("bo@x.example")["credentialSubject"]["identifier"][0])
    both = SCHOOL.prove({key: value for key, value in document.items() if key != "proof"}, "eddsa-jcs-2022")
    of_bo = (parse_mapping('holder = "employee_id"\n[constants]\nemployee_id = "E-2"\n', "m"), True)
    outcome = import_sources(store, [Source("badges", "two.json", data(both), *of_bo)], Options())
    assert outcome.status == "stored", outcome.problems
    people = erasure.named(store, [WHO])
    erasure.erase(store, "E-2", people, erasure.places_of(store, people))

    assert met(store)["attested"] == {"E-2": 1, "E-3": 0}
    store.close()
    for file in path.parent.rglob("*"):
        content = file.read_bytes() if file.is_file() and "audit" not in file.name else b""
        assert not CANARY.search(content), file
        assert hash_of("cleo.canary@x.example").encode() not in content, file
    rebuild(path)
    assert state(path)[1]["attested"] == {"E-2": 1, "E-3": 0}


def test_erasing_somebody_leaves_nothing_of_them_and_the_proofs_of_the_others(path):
    before = state(path)
    store = open_store(path)
    people, said = erasure.named(store, [WHO]), []
    told = erasure.going(store, people, erasure.places_of(store, people))
    assert (told.rows, told.set_aside, told.unproved) == ({"roster": 1, "badges": 2}, 1, 1)
    assert "Rows set aside that would go: 1." in erasure.in_words(told)
    went = erasure.erase(store, "E-2", people, erasure.places_of(store, people), said.append)
    assert (went.rows, went.set_aside, went.unproved) == (told.rows, told.set_aside, told.unproved)
    assert erasure.receipt(went).endswith("rows set aside 1, proofs of others' awards 1.")
    assert [line for line in said if line.startswith("1 signed badge of others in it has no proof any more")]
    remains = erasure.search(store, people)
    hashed = hash_of("cleo.canary@x.example")
    apart = store.query("select line_no from quarantined_rows order by 1")["line_no"].to_pylist()
    assert met(store) == {"verified": {"E-2": 1, "E-3": 0}, "attested": {"E-2": 1, "E-3": 1}}
    assert [row["employee_id"] for row in store.query("select employee_id from award_checks").to_pylist()] == ["E-2"]
    store.close()

    assert remains.left == []
    assert apart == [4, 6], "what is set aside stays so: a badge of nobody, and what is not a badge"
    for file in path.parent.rglob("*"):
        content = file.read_bytes() if file.is_file() and "audit" not in file.name else b""
        assert not CANARY.search(content), file
        assert hashed.encode() not in content, file
    kept = [row for row in before[0]["award_checks"] if "'E-2'" in row]
    assert state(path)[0]["award_checks"] == kept
    rebuild(path)
    assert state(path)[0]["award_checks"] == kept


def test_a_badge_that_names_its_holder_by_a_hash_stays_theirs_when_it_loses_its_proof(tmp_path):
    """The award had gone: without the badge nothing said whose it was."""
    with closing(open_store(tmp_path / "x.duckdb")) as store:
        for kind, text in COMPANY.items():
            land(store, kind, text.encode(), effective=date(2024, 1, 1))
        land(store, "badges", data(signed("bo@x.example", "Seen by Cleo Canary.", hashed=True)), "bo.json")
        people = erasure.named(store, [WHO])
        erasure.erase(store, "hr", people, erasure.places_of(store, people))
        assert erasure.search(store, people).left == []
        assert met(store) == {"verified": {"E-2": 0, "E-3": 0}, "attested": {"E-2": 1, "E-3": 0}}


def test_whoever_alone_has_evidence_or_a_status_in_a_file_can_be_erased_and_then_everybody_else(tmp_path):
    """The copy had no column for it, which the mapping of the journal names: the erasure was refused for ever."""
    store = open_store(tmp_path / "x.duckdb")
    for kind, text in COMPANY.items():
        land(store, kind, text.encode(), effective=date(2024, 1, 1))
    own = {key: value for key, value in signed("cleo.canary@x.example").items() if key != "proof"}
    own["evidence"] = [{"id": "https://x.example/e", "type": ["Evidence"]}]
    badges = [SCHOOL.prove(own, "eddsa-jcs-2022"), signed("bo@x.example"), signed("di@x.example")]
    land(store, "badges", zipped({f"{at}.json": data(one) for at, one in enumerate(badges)}), "all.zip")
    for gone, left in ((WHO, {"E-2": 1, "E-3": 1}), ("E-3", {"E-2": 1}), ("E-2", {})):
        people = erasure.named(store, [gone])
        erasure.erase(store, "hr", people, erasure.places_of(store, people))
        assert erasure.search(store, people).left == []
        assert met(store)["verified"] == left
    store.close()


NUMBERED = {
    "the badge": {"id": "https://weld.example/assertions/100123"},
    "the credential": {"url": "https://weld.example/badges/100123", "name": "Course 100123"},
    "the credential by its address": {"url": "https://weld.example/badges/100123", "name": "Other words"},
    "the credential by a name": {"name": "Cleo Canary Award"},
    "the issuer": {"issuer": "Cleo Canary"},
    "the skill": {"code": "100123"},
    "the holder": {"email": "p.100123@x.example"},
}
"""What of somebody else's badge can have the number or the name of whoever is erased."""


@pytest.mark.parametrize("names", NUMBERED)
def test_a_badge_whose_things_are_called_like_somebody_erased_keeps_its_ids_and_its_proof(tmp_path, names):
    store = open_store(tmp_path / "x.duckdb")
    course = "w3,Course 100123,Weld School,https://weld.example/badges/100123\n"
    company = COMPANY | {
        "credentials": COMPANY["credentials"] + course,
        "credential_skills": COMPANY["credential_skills"] + "w3,s1,2\n",
        "roster": COMPANY["roster"]
        .replace("E-CANARY-1", "100123")
        .replace("bo@x.example", NUMBERED[names].get("email", "bo@x.example")),
    }
    for kind, text in company.items():
        land(store, kind, text.encode(), effective=date(2024, 1, 1))
    content = data(of_bo(**NUMBERED[names]))
    land(store, "badges", content, "bo.json")
    before = store.query("select award_id, employee_id, credential_id from badge_rows").to_pylist()
    people = erasure.named(store, ["100123"])
    erasure.erase(store, "E-3", people, erasure.places_of(store, people))

    assert erasure.search(store, people).left == []
    assert store.query("select award_id, employee_id, credential_id from badge_rows").to_pylist() == before
    assert met(store)["verified"]["E-2"] == 1
    assert import_sources(store, [Source("badges", "bo.json", content)], Options()).status == "repeated"
    store.close()


def beside_a_credential():
    """Files in which the person stands beside the credential of somebody else."""
    body = data(of_bo())
    credential = chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + body)
    drawn = b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:o='https://purl.imsglobal.org/ob/v3p0'><text>Cleo Canary"
    return {
        "author.png": png(chunk(b"tEXt", b"Author\0Cleo Canary"), credential),
        "packed.png": png(chunk(b"zTXt", b"Author\0\0" + zlib.compress(b"Cleo Canary")), credential),
        "behind.png": png(credential) + b"Cleo Canary",
        "drawn.svg": drawn + b"</text><o:credential><![CDATA[" + body + b"]]></o:credential></svg>",
        "other.zip": zipped({"bo.json": body, "readme.txt": b"from Cleo Canary"}),
        "called.zip": zipped({"bo.json": body, "__MACOSX/Cleo Canary": b""}),
    }


@pytest.mark.parametrize("name", beside_a_credential())
def test_what_stands_beside_the_credential_of_somebody_else_in_a_picture_or_a_zip_goes(tmp_path, name):
    store = open_store(tmp_path / "x.duckdb")
    for kind, text in COMPANY.items():
        land(store, kind, text.encode(), effective=date(2024, 1, 1))
    land(store, "badges", beside_a_credential()[name], "bo", quarantine=True)
    people = erasure.named(store, [WHO])
    assert [line for line in erasure.search(store, people).left if line.startswith("bo of upload 8")]
    erasure.erase(store, "E-3", people, erasure.places_of(store, people))

    assert erasure.search(store, people).left == []
    assert met(store)["verified"] == {"E-2": 1, "E-3": 0}
    store.close()
    kept = [file.read_bytes() for file in (tmp_path / "x.duckdb.files").iterdir()]
    assert not any(CANARY.search(content) or b"\x89PNG" in content[:8] or content[:2] == b"PK" for content in kept)
