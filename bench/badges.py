"""What importing signed badges costs beside the bare work: putting their statements in order and checking signatures.

`python -m bench.badges [BADGES]` writes RESULTS-badges.md. All of it is one run of one process, in seconds of processor
time, so that what else runs on the machine hardly counts. The badges name one status list.
"""

import hashlib
import json
import os
import platform
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import canon, jsonld

from skilltrack.badges import canonical, key_did, signed, statements
from skilltrack.badges.contexts import context
from skilltrack.badges.keys import base58
from skilltrack.ingest import Options, Source, check_again, import_sources
from skilltrack.keeping.durability import open_store
from skilltrack.storage import Store

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
LIST = "https://school.example/status/1"
KEY = Ed25519PrivateKey.generate()
DID = key_did(KEY.public_key())
MADE = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
PEOPLE, CREDENTIALS = 2_000, 200
EMPTY_LIST = "uH4sIAAAAAAAC_-3BMQEAAADCoPVPbQsvoAAAAAAAAAAAAAAAAP4GcwM92tQwAAA"
"""131,072 places of which none is set."""
WANTED = """Wanted: an import of at most 1.5 times the bare work. That is what a signature needs, by PyLD, the library
that is there for it, and cryptography: the JSON is read, the statements of badge and proof are put in order and hashed,
and the signature is checked. Our own reading expands with PyLD too, but remembers what a context comes to inside
another one; the order is our own, within a bound of steps. An import also reads the zip, finds holders and credentials,
keeps the files, writes the journal and computes what the questions read. The first look at the list hands all badges in
again, with the pages that were looked up."""


def proved(document: dict[str, Any]) -> dict[str, Any]:
    """A document with a signature of the school."""
    return signed(document, KEY, f"{DID}#{DID.removeprefix('did:key:')}", MADE)


def badge(number: int) -> bytes:
    """A signed badge as schools give them: an achievement, its criteria, an alignment, and a place in a list."""
    course = number % CREDENTIALS
    name, holder = f"Course {course}", f"person{number % PEOPLE}@company.example"
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListCredential": LIST}
    achievement = {
        "id": f"https://school.example/c{course}",
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": name,
        "description": "Two days, and an examination at the end.",
        "criteria": {"narrative": "Two tests passed."},
        "alignment": [{"type": ["Alignment"], "targetName": "Welding", "targetUrl": "https://skills.example/welding"}],
    }
    identity = {"type": "IdentityObject", "hashed": False, "identityHash": holder, "identityType": "emailAddress"}
    document = {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{number:08d}-0000-4000-8000-000000000000",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": {"id": DID, "type": ["Profile"], "name": "School"},
        "validFrom": f"2025-{1 + number % 12:02d}-{1 + number // PEOPLE % 28:02d}T09:30:00Z",
        "credentialStatus": {"id": f"{LIST}#{number}", "statusListIndex": str(number), **entry},
        "credentialSubject": {"type": ["AchievementSubject"], "identifier": [identity], "achievement": achievement},
    }
    return json.dumps(proved(document)).encode()


def status_list() -> bytes:
    """The list of the school, in which nobody is revoked."""
    subject = {"id": f"{LIST}#list", "type": "BitstringStatusList", "statusPurpose": "revocation"}
    document = {
        "@context": CONTEXTS[:1],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {**subject, "encodedList": EMPTY_LIST},
    }
    return json.dumps(proved(document)).encode()


def company(store: Store) -> None:
    """The people, credentials and keys that the badges are of."""
    people, courses = range(PEOPLE), range(CREDENTIALS)
    files = {
        "skills": "skill_id,name\ns1,Welding\n",
        "issuers": "issuer,tier\nSchool,trusted\n",
        "issuer_keys": f"issuer,key\nSchool,{DID}\n",
        "credentials": "credential_id,name,issuer,url\n"
        + "".join(f"c{n},Course {n},School,https://school.example/c{n}\n" for n in courses),
        "credential_skills": "credential_id,skill_id,level\n" + "".join(f"c{n},s1,{1 + n % 4}\n" for n in courses),
        "roster": "employee_id,name,email\n" + "".join(f"{n},Person {n},person{n}@company.example\n" for n in people),
    }
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in files.items()]
    assert import_sources(store, sources, Options(date(2024, 1, 1))).status == "stored"


def checked_with(ordered: Callable[[dict[str, Any]], bytes], content: bytes, public: Ed25519PublicKey) -> None:
    """The bare work on one badge; `ordered` puts the statements of a document in order."""
    document = json.loads(content)
    proof = document.pop("proof")
    value = proof.pop("proofValue")
    parts = (ordered({**proof, "@context": document["@context"]}), ordered(document))
    public.verify(base58(value[1:]), b"".join(hashlib.sha256(part).digest() for part in parts))


def by_ours(document: dict[str, Any]) -> bytes:
    """The statements in order, by our own reading and ordering on PyLD's expansion."""
    return canonical.canonical(statements.Statements(document).lines)


def by_pyld(document: dict[str, Any]) -> bytes:
    """The same by PyLD alone."""
    rows = jsonld.to_rdf(document, {"documentLoader": _load})
    return canon.URDNA2015().main(rows, {"format": "application/n-quads"}).encode()  # type: ignore[no-any-return]


def _load(address: str, _: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": address, "document": context(address)}


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this process, with all its threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(count: int, folder: Path) -> list[tuple[str, float]]:
    """(what, processor seconds) of each way."""
    badges, public = [badge(number) for number in range(count)], KEY.public_key()
    path = folder / "badges.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(badges):
            archive.writestr(f"{number}.json", content)
    checked_with(by_ours, badges[0], public)
    checked_with(by_pyld, badges[0], public)
    rows = [
        ("bare, by PyLD", seconds(lambda: [checked_with(by_pyld, one, public) for one in badges])),
        ("bare, by our own reading and order", seconds(lambda: [checked_with(by_ours, one, public) for one in badges])),
    ]
    with closing(open_store(folder / "bench.duckdb")) as store:
        company(store)
        source, pages = Source("badges", "badges.zip", path.read_bytes()), {LIST: status_list()}
        outcome: list[Any] = []
        rows.append(("import", seconds(lambda: outcome.append(import_sources(store, [source], Options())))))
        assert outcome[0].status == "stored", outcome[0].problems[:3]
        again: list[Any] = []
        rows.append(
            (
                "looked up and checked again",
                seconds(lambda: again.append(check_again(store, pages.__getitem__, Options()))),
            )
        )
        assert again[0].decided == count, again
        rows.append(("the next night, nothing new", seconds(lambda: check_again(store, pages.__getitem__, Options()))))
    return rows


def report(count: int, rows: list[tuple[str, float]]) -> str:
    """The figures as a table, with the machine they are of."""
    bare = rows[0][1]
    lines = [
        "# Signed badges beside the bare work",
        "",
        f"{count:,} badges in a zip, {date.today()}, {len(os.sched_getaffinity(0))} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[2]:.1f} (of 15 minutes, at the end). "
        "Drawn by `python -m bench.badges`.",
        "",
        "| what | processor s | ms a badge | times the bare work |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [f"| {what} | {took:.1f} | {1000 * took / count:.2f} | {took / bare:.2f} |" for what, took in rows]
    return "\n".join([*lines, "", WANTED]) + "\n"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        text = report(count, measure(count, Path(name)))
    if count >= 2_000:
        (Path(__file__).parent / "RESULTS-badges.md").write_text(text, encoding="utf-8")
    print(text)
