"""Random damage to files that are mostly right: nothing but a reading or a refusal may come of it.

`python -m tests.torture.fuzz 100000 5000` reads so many files, imports so many, and prints what came of them.
"""

import random
import sys
import traceback
from collections import Counter

from skilltrack.errors import Refused
from skilltrack.ingest import KINDS, Options, Source, import_sources
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.recognise import lay_out, score, source_of
from skilltrack.ingest.reading.sources import recognised_kinds
from skilltrack.storage.store import Store

PEOPLE = "".join(
    f"{n:03d},Person {n},p{n}@x.example,{'' if n == 1 else '001'},Team {n % 3},2020-01-{n:02d}\n" for n in range(1, 25)
)
SEEDS = {
    "roster": ("roster", ("employee_id,name,email,manager_id,team,hired_on\n" + PEOPLE).encode()),
    "quoted": ("roster", ("employee_id,name,email,manager_id,team,hired_on\n" + PEOPLE.replace("Person ", '"Person, the ').replace(",p", '",p')).encode()),
    "vendor": ("roster", ("Report of today\n\n" + ("Employee ID,Full Name,Work Email,Manager ID,Department,Hire Date\n" + PEOPLE).replace(",", ";")).encode("utf-8-sig")),
    "utf-16": ("roster", ("employee_id,name,email,manager_id,team,hired_on\n" + PEOPLE).encode("utf-16")),
    "badges": ("badges", b"award_id,email,credential_id,issued_on,expires_on\n" + b"".join(b"a%d,p%d@x.example,c1,2024-02-%02d,2030-01-01\n" % (n, n, n) for n in range(1, 25))),
    "spend": ("spend", b"spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n" + b"".join(b"%d,%03d,c1,2024-02-%02d,%d.50,EUR,employer\n" % (n, n, n, 100 + n) for n in range(1, 25))),
}  # fmt: skip
SIGNS = [
    b",",
    b";",
    b'"',
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\t",
    b" ",
    b"0",
    b"=",
    b"\xe2\x80\x8b",
    b"Total",
]


def mutated(chance: random.Random, seed: str) -> bytes:
    """A seed file with no, one or a few places damaged."""
    content = bytearray(SEEDS[seed][1])
    for _ in range(chance.choice((0, 0, 1, 1, 2, 5))):
        at = chance.randrange(len(content) + 1) if content else 0
        how = chance.randrange(6)
        if how == 0:
            content[at:at] = chance.choice(SIGNS)
        elif how == 1:
            del content[at : at + chance.randrange(1, 20)]
        elif how == 2 and at < len(content):
            content[at] = chance.randrange(256)
        elif how == 3:
            lines = bytes(content).split(b"\n")
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
            content = bytearray(b"\n".join(lines))
        elif how == 4:
            lines = bytes(content).split(b"\n")
            chance.shuffle(lines) if chance.random() < 0.2 else lines.pop(chance.randrange(len(lines)))
            content = bytearray(b"\n".join(lines))
        else:
            content = content[:at] if chance.random() < 0.3 else content
    return bytes(content)


def parse(files: int, seed: int) -> Counter[str]:
    """Read so many damaged files up to their columns."""
    chance, found = random.Random(seed), Counter(unexpected=0)
    for _ in range(files):
        name = chance.choice(sorted(SEEDS))
        content, kind, mapping = mutated(chance, name), KINDS[SEEDS[name][0]], Mapping()
        try:
            source_of("f.csv", content)
            recognised_kinds("f.csv", content)
            map_columns(kind, decode(content, "f.csv", mapping, lay_out(kind, mapping), score(kind)), mapping)
            found["read"] += 1
        except Refused:
            found["refused"] += 1
        except Exception:
            found["unexpected"] += 1
            traceback.print_exc()
            print(content, file=sys.stderr)
    return found


def imports(files: int, seed: int) -> Counter[str]:
    """Import so many damaged files; after each that was refused everything must be as before."""
    chance, found = random.Random(seed), Counter(unexpected=0, violations=0)
    store = Store.open(":memory:")
    catalogue(store)
    before = everything(store)
    for number in range(files):
        name = chance.choice(sorted(SEEDS))
        content = mutated(chance, name)
        quarantine = chance.random() < 0.5
        try:
            source = Source(SEEDS[name][0], f"f{number}.csv", content)
            outcome = import_sources(store, [source], Options(quarantine=quarantine))
            found[outcome.status] += 1
            is_changed = outcome.status == "stored"
            accepted = sum(c.new + c.changed + c.unchanged for c in outcome.counts)
            if is_changed and landed_rows(store, outcome.upload_id) != accepted:
                found["violations"] += 1
        except Refused:
            found["refused"] += 1
            is_changed = False
        except Exception:
            found["unexpected"] += 1
            traceback.print_exc()
            print(content, file=sys.stderr)
            continue
        after = everything(store)
        found["violations"] += (after != before) and not is_changed
        before = after
        if number % 400 == 399:  # a store of its own now and then, so that the history stays short
            found["violations"] += len(damaged_uploads(store))
            store.close()
            store = Store.open(":memory:")
            catalogue(store)
            before = everything(store)
    found["violations"] += len(damaged_uploads(store))
    store.close()
    return found


def landed_rows(store: Store, upload_id: int) -> int:
    """Rows of one upload in all base tables."""
    counts = " + ".join(f"(select count(*) from {k.table} where upload_id = {upload_id})" for k in KINDS.values())
    return store.query(f"select {counts} as n").to_pylist()[0]["n"]


def catalogue(store: Store) -> None:
    """One credential and 24 people, so that badges and payments have something to refer to."""
    files = [
        ("skills", b"skill_id,name\ns1,One\n"),
        ("issuers", b"issuer,tier\nI,trusted\n"),
        ("credentials", b"credential_id,name,issuer\nc1,One,I\n"),
        ("credential_skills", b"credential_id,skill_id,level\nc1,s1,2\n"),
        SEEDS["roster"],
    ]
    outcome = import_sources(store, [Source(kind, f"{kind}.csv", content) for kind, content in files], Options())
    assert outcome.status == "stored", outcome.problems


def everything(store: Store) -> dict[str, tuple]:
    """Rows and content of every table."""
    select = " union all ".join(
        f"select '{name}' as name, count(*) as n, sum(hash(t)) as content from {name} as t"
        for name in sorted(store.columns())
    )
    return {row["name"]: (row["n"], row["content"]) for row in store.query(select).to_pylist()}


if __name__ == "__main__":
    print("parsed", dict(parse(int(sys.argv[1]), 1)))
    print("imported", dict(imports(int(sys.argv[2]), 1)))
