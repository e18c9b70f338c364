"""Random damage to signed badges: none of it may be verified and say something else, crash, or take long.

`python -m tests.torture.badges 100000` changes each byte of each badge, then damages so many in their bytes and in their
JSON, and prints what came of them.
"""

import copy
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

from skilltrack.badges import Checked, Credential, IssuerKey, NotFetched, State, verify
from skilltrack.errors import BadFile
from tests.badges.signing import ED2020, INTEGRITY, V1, V2, Signer, badge, baked, bits, data

DAY = date(2026, 1, 1)
LONGEST = 2.0
"""Seconds of computing that one file may take."""
ED, RSA, EC = Signer(), Signer("RSA"), Signer("P-256")
WEB, AT_WEB = "did:web:weld.example", "https://weld.example/.well-known/did.json"
KNOWN = [IssuerKey("School", key) for key in (ED.did, RSA.pem, EC.did, WEB)]
AT = "https://weld.example/school"
STATUS = {
    "id": f"{AT}#3",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "3",
    "statusListCredential": f"{AT}/list",
}
SVG = '<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential><![CDATA[{}]]></openbadges:credential></svg>'
OLDER = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "urn:uuid:2",
    "recipient": {"type": "email", "hashed": False, "identity": "mara@works.example"},
    "badge": {
        "id": f"{AT}/b",
        "type": "BadgeClass",
        "name": "Welding",
        "issuer": {"id": ED.did, "name": "Weld School"},
    },
    "issuedOn": "2024-05-06T00:00:00Z",
    "verification": {"type": "SignedBadge"},
}
RECORD = {
    "@context": [V2[0], "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", V2[1], INTEGRITY],
    "id": "urn:uuid:3",
    "type": ["VerifiableCredential", "ClrCredential"],
    "name": "Record",
    "issuer": {"id": ED.did, "type": ["Profile"], "name": "Weld School"},
    "validFrom": "2024-05-06T00:00:00Z",
    "credentialSubject": {
        "type": ["ClrSubject"],
        "verifiableCredential": [badge(ED.did), EC.prove(badge(EC.did, id="urn:uuid:4"), "ecdsa-rdfc-2019")],
    },
}
GOOD = {
    "rdf": data(ED.prove(badge(ED.did))),
    "2020": data(ED.prove(badge(ED.did, [*V1, ED2020]), "Ed25519Signature2020")),
    "jcs": data(ED.prove(badge(ED.did), "eddsa-jcs-2022")),
    "jwt": data(RSA.token({**badge(AT), "iss": AT}, jwk=RSA.jwk)),
    "web": data(ED.prove(badge(WEB), method=f"{WEB}#1")),
    "older": data(ED.token(OLDER, kid=ED.method)),
    "record": data(ED.prove(RECORD, "eddsa-jcs-2022")),
    "png": baked(EC.prove(badge(EC.did), "ecdsa-rdfc-2019")),
    "svg": SVG.format(json.dumps(ED.prove(badge(ED.did)))).encode(),
}
NEVER = {
    "ended": data(ED.prove(badge(ED.did, validUntil="2025-01-01T00:00:00Z"))),
    "listed": data(ED.prove(badge(ED.did, credentialStatus=STATUS))),
    "ended 2020": data(
        ED.prove(badge(ED.did, [*V1, ED2020], expirationDate="2025-01-01T00:00:00Z"), "Ed25519Signature2020")
    ),
}
"""What is signed, and is not verified: by no damage either."""
LIST = data(
    ED.prove(
        {
            "@context": [V2[0]],
            "id": f"{AT}/list",
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": ED.did,
            "validFrom": "2024-01-01T00:00:00Z",
            "credentialSubject": {
                "id": f"{AT}/list#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": f"u{bits(3)}",
            },
        }
    )
)
"""The list that revokes the one that is listed: no damage to the list puts it back."""
KEYS_AT = data(
    {
        "id": WEB,
        "assertionMethod": [
            {"id": f"{WEB}#0", "type": "Multikey", "controller": WEB, "publicKeyMultibase": EC.multibase},
            {"id": f"{WEB}#1", "type": "Multikey", "controller": WEB, "publicKeyMultibase": ED.multibase},
        ],
    }
)
SEEDS = GOOD | NEVER
PAGES = {f"{AT}/list": LIST, AT_WEB: KEYS_AT}
ON_PAGE = {f"{AT}/list": "listed", AT_WEB: "web"}
"""The badge that rests on a page."""
KEYS = [
    "id",
    "type",
    "@id",
    "@type",
    "@context",
    "@graph",
    "@reverse",
    "@included",
    "name",
    "validUntil",
    "zzz",
    "schema:name",
]
VALUES = [None, True, 0, -1.5, "", "x", [], {}, "did:key:z6Mk", "urn:x", "2020-01-01T00:00:00Z"]


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    if path:
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def at(document: Any, path: tuple) -> Any:
    for key in path:
        document = document[key]
    return document


def mutated(chance: random.Random, content: bytes) -> bytes:
    """A file with a few bytes damaged, or with its JSON changed in one place."""
    if not content.startswith(b"{") or chance.random() < 0.5:
        changed = bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 5))):
            place = chance.randrange(len(changed))
            how = chance.randrange(4)
            if how < 2:
                changed[place] = chance.randrange(256)
            elif how == 2:
                del changed[place : place + chance.randrange(1, 9)]
            else:
                changed[place:place] = chance.randbytes(chance.randrange(1, 5))
        return bytes(changed)
    document = json.loads(content)
    paths = list(places(document))
    *way, last = chance.choice(paths)
    holder, how = at(document, tuple(way)), chance.randrange(8)
    value = holder[last]
    if how < 3:
        holder[last] = chance.choice([*VALUES, [value], [[value]], [value, value], {"@value": value}, {"id": value}])
    elif how == 3:
        del holder[last]
    elif how < 6 and isinstance(holder, dict):
        holder[chance.choice([*KEYS, f"{last}x"])] = holder.pop(last)
    else:
        holder[last] = copy.deepcopy(at(document, chance.choice(paths)))
    return json.dumps(document).encode()


def world(pages: dict[str, bytes]) -> Callable[[str], bytes]:
    """A fetcher that knows a few pages."""

    def fetch(address: str) -> bytes:
        if address not in pages:
            raise NotFetched(f"{address} does not answer")
        return pages[address]

    return fetch


def verified(checks: list[Checked]) -> list[Credential | None]:
    """What those that are verified say; in which record one came, its own signature does not cover."""
    return [one.credential and replace(one.credential, parent_id="") for one in checks if one.state is State.VERIFIED]


def drawn(files: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """So many badges, and pages on which one rests, damaged at random: the badge, the page, what became of either."""
    chance = random.Random(seed)
    for _ in range(files):
        page = chance.choice([*[""] * len(SEEDS), *PAGES])
        name = ON_PAGE.get(page) or chance.choice(sorted(SEEDS))
        yield name, page, mutated(chance, PAGES[page] if page else SEEDS[name])


def each_byte(every: int = 1) -> Iterator[tuple[str, str, bytes]]:
    """Each badge with one byte changed, at every place or at every so many."""
    for name, content in SEEDS.items():
        for place in range(0, len(content), every):
            yield name, "", content[:place] + bytes([content[place] ^ 1 << place % 7]) + content[place + 1 :]


def damage(damaged: Iterable[tuple[str, str, bytes]]) -> Counter[str]:
    """Check damaged badges; what was found so far is printed after each 5,000."""
    found = Counter(unexpected=0, wrong=0, slow=0)
    said = {name: verified(verify(content, name, DAY, world(PAGES), KNOWN)) for name, content in GOOD.items()}
    assert all(said.values())
    for number, (name, page, content) in enumerate(damaged, 1):
        began = time.thread_time()
        try:
            if page:
                checked = verify(SEEDS[name], name, DAY, world(PAGES | {page: content}), KNOWN)
            else:
                checked = verify(content, name, DAY, world(PAGES), KNOWN)
        except BadFile:
            found["refused"] += 1
            continue
        except Exception:
            found["unexpected"] += 1
            traceback.print_exc()
            print(content, file=sys.stderr)
            continue
        finally:
            if number % 5_000 == 0:
                print(number, dict(found), flush=True)
        found["slow"] += time.thread_time() - began > LONGEST
        found.update(str(one.state) for one in checked)
        if any(one not in said.get(name, ()) for one in verified(checked)):
            found["wrong"] += 1
            print(name, page, content, file=sys.stderr)
    return found


if __name__ == "__main__":
    outcome = damage(chain(each_byte(), drawn(int(sys.argv[1]), seed=int(time.time()))))
    print(dict(outcome))
    sys.exit(bool(outcome["unexpected"] or outcome["wrong"] or outcome["slow"]))
