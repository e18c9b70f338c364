"""Random small companies, and how they get into a store: as real files through the real import."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from skilltrack import demo
from skilltrack.config import today
from skilltrack.ingest import KINDS, import_folder, undo
from skilltrack.relations import kept_selects
from skilltrack.storage.store import Store, Transaction
from tests.badges.signing import V2, Signer
from tests.once import once
from tests.reference import Company, Landed

SKILLS = ["s1", "s2", "s3"]
PEOPLE = [f"0{n}" for n in range(1, 6)]
PLAIN = ["c1", "c2", "c3", "c4"]
STACKS = ["k1", "k2", "k3"]
ROLES = ["r1", "r2"]
BASE = date(2024, 1, 1)
HOLDERS = {"a1": "01", "a2": "02", "a3": "02"}
"""Whose awards have an award_id: another holder would be a bad row."""
SIGNERS = {signer.did: signer for signer in (Signer(seed=b"1"), Signer(seed=b"2"))}
SAME = [{"employee_id": person, "credential_id": "c1", "issued_on": "2024-01-31"} for person in ("01", "02")]

# Days cluster around the ends of months, so that first and last days, snapshots and validities meet.
days = st.one_of(
    st.sampled_from([date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29),
                     date(2024, 3, 1), date(2024, 3, 30), date(2024, 3, 31), date(2024, 4, 30), date(2024, 9, 1)]),
    st.integers(-60, 300).map(lambda n: BASE + timedelta(days=n)),
)  # fmt: skip
texts = days.map(str)
maybe_day = st.one_of(st.just(""), texts)
levels = st.integers(1, 3).map(str)


def _rows(draw, count, **columns):
    """Up to `count` rows; each column is a strategy of texts."""
    return [{name: draw(cells) for name, cells in columns.items()} for _ in range(draw(st.integers(0, count)))]


def _unique(rows, *key):
    return list({tuple(row.get(name, "") for name in key): row for row in rows}.values())


@st.composite
def roster(draw, everyone=False):
    rows = []
    for n, person in enumerate(PEOPLE):
        if not everyone and draw(st.integers(0, 4)) == 0:
            continue
        # A manager stands before the people who report, so that no state of the roster holds a circle.
        manager = draw(st.sampled_from(["", person, "zz", *PEOPLE[:n], *PEOPLE[:n]]))
        rows.append(
            {
                "employee_id": person,
                "name": f"Name {person}",
                "email": f"P{person}@x.example",
                "manager_id": manager,
                "team": draw(st.sampled_from(["A", "B", "B", ""])),
                "role_id": draw(st.sampled_from([*ROLES, *ROLES, "", "rx"])),
                "hired_on": draw(st.one_of(st.just(""), st.just(""), texts)),
                "left_on": draw(st.one_of(st.just(""), st.just(""), st.just(""), texts)),
            }
        )
    return rows or [{"employee_id": PEOPLE[0], "name": "Only", "team": "A", "role_id": "r1"}]


@st.composite
def about_people(draw):
    person, skill = st.sampled_from(PEOPLE), st.sampled_from(SKILLS)
    badges = _rows(
        draw,
        12,
        award_id=st.sampled_from(["", "", "a1", "a2", "a3"]),
        employee_id=person,
        credential_id=st.sampled_from(PLAIN + PLAIN + STACKS),
        issued_on=texts,
        expires_on=st.one_of(st.just(""), st.just(""), texts),
        revoked_on=st.one_of(*[st.just("")] * 4, texts),
    )
    # Some awards come again and again, with their award_id and without.
    badges = [row | draw(st.sampled_from([{}, {}, *SAME])) for row in badges]
    badges = [row | ({"employee_id": HOLDERS[row["award_id"]]} if row["award_id"] else {}) for row in badges]
    named = {row["award_id"]: row for row in badges if row["award_id"]}
    unnamed = _unique([row for row in badges if not row["award_id"]], "employee_id", "credential_id", "issued_on")
    spend = _rows(draw, 5, spend_id=st.sampled_from([f"p{n}" for n in range(8)]), employee_id=st.one_of(st.just(""), person, person),
                  credential_id=st.sampled_from(PLAIN), paid_on=texts, amount=st.sampled_from(["100.00", "0.10", "33.33", "-40.00"]),
                  currency=st.sampled_from(["EUR", "USD"]), funding_source=st.sampled_from(["employer", "grant", "employee", "employee"]),
                  cost_center=st.sampled_from(["", "north"]))  # fmt: skip
    valid = {"valid_from": texts, "valid_to": maybe_day}
    unnamed = [
        row | {"signed_by": key, "reached": draw(st.sampled_from(["", "", "0", "1", "2"]))}
        if (key := draw(st.sampled_from(["", "", *SIGNERS]))) and _can_be_signed(row)
        else row
        for row in unnamed
    ]
    found = {
        "badges": [*named.values(), *unnamed],
        "prior_learning": _unique(_rows(draw, 3, employee_id=person, skill_id=skill, level=levels, assessor=st.just("Dr A"), **valid),
                                  "employee_id", "skill_id", "valid_from"),
        "self_ratings": _unique(_rows(draw, 3, employee_id=person, skill_id=skill, level=levels, **valid),
                                "employee_id", "skill_id", "valid_from"),
        "exemptions": _unique(_rows(draw, 3, employee_id=person, skill_id=skill, reason=st.just("leave"),
                                    valid_from=maybe_day, valid_to=maybe_day), "employee_id", "skill_id", "valid_from"),
        "targets": _unique(_rows(draw, 4, team=st.sampled_from("AAB"), skill_id=skill, level=levels,
                                 headcount=st.sampled_from("1123"), valid_from=maybe_day, valid_to=maybe_day),
                           "team", "skill_id", "level", "valid_from"),
        "spend": _unique(spend, "spend_id"),
    }  # fmt: skip
    return {kind: rows for kind, rows in found.items() if rows}


def _can_be_signed(row):
    """A badge has no day of revocation, and one that ends before it begins is a bad row."""
    return not row.get("revoked_on") and row["issued_on"] <= (row.get("expires_on") or "9")


@st.composite
def catalogue(draw):
    flag = st.sampled_from(["true", "false"])
    credentials = [
        {
            "credential_id": c,
            "name": f"Credential {c}",
            "issuer": draw(st.sampled_from(["I1", "I2"])),
            "demonstrates": draw(st.sampled_from(["true", "true", "true", "false"])),
            "validity_months": draw(st.sampled_from(["", "1", "2", "3"])),
            "list_price": draw(st.sampled_from(["", "5.50", "20"])),
            "currency": "EUR",
        }
        for c in PLAIN + STACKS
    ]
    pairs = _unique(
        _rows(
            draw,
            9,
            credential_id=st.sampled_from(PLAIN + STACKS),
            skill_id=st.sampled_from(SKILLS),
            level=st.one_of(levels, levels, st.sampled_from("01")),
        ),
        "credential_id",
        "skill_id",
    )
    stacks = []
    for n, stack in enumerate(STACKS):  # a stack may rest on the ones before it
        parts = draw(st.lists(st.sampled_from([*PLAIN, *STACKS[:n]]), unique=True, max_size=3))
        needed = draw(st.sampled_from(["", "1", "2"]))
        stacks += [{"credential_id": stack, "component_id": part, "min_components": needed} for part in parts]
    roles = _unique(
        _rows(draw, 7, role_id=st.sampled_from(ROLES), role_name=st.just("Role"), skill_id=st.sampled_from(SKILLS),
              required_level=levels, weight=st.sampled_from(["", "1", "2.5", "0"]), critical=flag,
              valid_from=st.one_of(st.just(""), st.just(""), texts), valid_to=st.one_of(st.just(""), st.just(""), texts)),
        "role_id", "skill_id", "valid_from",
    )  # fmt: skip
    known = st.sampled_from(["", *sorted({row["role_id"] for row in roles})])
    titles = _unique(_rows(draw, 2, job_title=st.sampled_from(["rx", "rx", "r1"]), role_id=known), "job_title")
    issuers = _unique(
        _rows(draw, 3, issuer=st.sampled_from(["I1", "I2"]), tier=st.sampled_from(["trusted", "trusted", "recognised", "unrecognised"]),
              valid_from=maybe_day, valid_to=maybe_day), "issuer", "valid_from",
    )  # fmt: skip
    issuer_keys = _unique(
        _rows(draw, 4, issuer=st.sampled_from(["I1", "I2"]), key=st.sampled_from([*SIGNERS]),
              valid_from=st.one_of(st.just(""), texts), valid_to=st.one_of(st.just(""), texts)), "issuer", "key", "valid_from",
    )  # fmt: skip
    found = {
        "credentials": credentials,
        "credential_skills": pairs,
        "stacks": stacks,
        "roles": roles,
        "job_titles": titles,
        "issuers": issuers,
        "issuer_keys": issuer_keys,
    }
    return {kind: rows for kind, rows in found.items() if rows}


@st.composite
def companies(draw):
    """A first upload with the catalogue and everybody, then a few more that amend, replace, or are undone."""
    start = datetime(2024, 1, 1, 12)
    first = draw(catalogue()) | draw(about_people())
    first |= {"skills": [{"skill_id": s, "name": f"Skill {s}"} for s in SKILLS], "roster": draw(roster(everyone=True))}
    found = [Landed(first, start, draw(days))]
    for n in range(1, draw(st.integers(1, 4))):
        rows = {}
        if draw(st.booleans()):
            rows["roster"] = draw(roster())
        if draw(st.booleans()):
            rows |= draw(about_people())
        if draw(st.integers(0, 2)) == 0:
            rows |= draw(catalogue())
            # What a stack rests on must not change direction between uploads, or circles could close.
        if rows:
            landed_at = start + timedelta(hours=n)
            undone = start + timedelta(days=1, hours=n) if draw(st.integers(0, 2)) == 0 else None
            found.append(Landed(rows, landed_at, draw(days), draw(st.sampled_from(["snapshot", "changes"])), undone))
    return Company(found)


FREE = (
    "name", "category", "framework", "issuer", "kind", "reason", "role_name", "team", "location", "cost_center", "assessor",
    "job_title",
)  # fmt: skip
"""Columns that take any text and name nothing else."""
GIVEN = {
    "skill_id": "s1", "tier": "trusted", "credential_id": "c1", "demonstrates": "true", "level": "1", "role_id": "r1",
    "required_level": "2", "employee_id": "1", "manager_id": "1", "award_id": "a", "issued_on": str(today()),
    "valid_from": "2026-01-01", "headcount": "1", "spend_id": "1", "currency": "EUR", "paid_on": str(today()),
    "amount": "10", "funding_source": "employer", "email": "a@x.example", "key": "did:web:a.example",
}  # fmt: skip


def one_of_each(text: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """A row of each kind but stacks, which belong together: `text` of its name in every column that takes any text."""
    rows = {}
    for kind in set(KINDS) - {"stacks"}:
        names = [column.name for column in KINDS[kind].columns if column.name in GIVEN or column.name in FREE]
        rows[kind] = {name: GIVEN.get(name) or text(name) for name in names}
    return rows


def land(company: Company, store: Store, folder: Path) -> None:
    """Bring the company into the store, upload by upload and undo by undo, in the order of their times."""
    events = [(upload.landed_at, n, "land") for n, upload in enumerate(company.uploads)]
    events += [(upload.undone_at, n, "undo") for n, upload in enumerate(company.uploads) if upload.undone_at]
    ids: dict[int, int] = {}
    for at, n, what in sorted(events):
        if what == "undo":
            undo(store, ids[n], undone_at=at)
        else:
            ids[n] = land_one(company.uploads[n], store, folder / str(n))


def as_badge(row: dict[str, str]) -> str:
    """A row of badges as a token that its issuer has signed."""
    signer = SIGNERS[row["signed_by"]]
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [
            {"hashed": False, "identityHash": f"P{row['employee_id']}@x.example", "identityType": "emailAddress"}
        ],
        "achievement": {"id": row["credential_id"], "type": ["Achievement"], "name": "Any name"},
    }
    if row.get("reached"):
        rubric = {"id": "urn:level", "type": ["RubricCriterionLevel"], "level": row["reached"]}
        subject["achievement"]["resultDescription"] = [{"id": "urn:result", "rubricCriterionLevel": [rubric]}]
        subject["result"] = [{"resultDescription": "urn:result", "achievedLevel": "urn:level"}]
    document = {
        "@context": V2,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": signer.did, "name": "Any"},
        "validFrom": f"{row['issued_on']}T08:00:00Z",
        "credentialSubject": subject,
    }
    ends = {"validUntil": f"{row['expires_on']}T08:00:00Z"} if row.get("expires_on") else {}
    return signer.token(document | ends, kid=signer.method)


def land_one(upload: Landed, store: Store, place: Path) -> int:
    """Bring one upload into the store through files in the folder `place`; its number."""
    place.mkdir(parents=True)
    for kind, rows in upload.rows.items():
        columns = [column.name for column in KINDS[kind].columns]
        if signed := [row for row in rows if row.get("signed_by")]:
            (place / f"{kind}.json").write_text(json.dumps([as_badge(row) for row in signed]))
            if not (rows := [row for row in rows if not row.get("signed_by")]):
                continue
        with (place / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    outcome = import_folder(store, place, effective=upload.effective_on, mode=upload.mode, landed_at=upload.landed_at)
    assert outcome.status == "stored", [str(problem) for problem in outcome.errors]
    return outcome.upload_id


def demo_in(folder: Path) -> Path:
    """The demo company in a folder: a copy, since it takes seconds to build."""
    built = once(f"demo-{today()}", lambda new: demo.build(new / "demo.duckdb"))
    return shutil.copytree(built, folder, dirs_exist_ok=True) / "demo.duckdb"


def kept(store: Store | Transaction) -> dict[str, list[tuple]]:
    """Every kept table's rows, with people by their ids, since numbers depend on the order of arrival."""
    found: dict[str, list[tuple]] = {}
    with store.snapshot() as reading:
        ids = {0: None} | {
            row["person"]: row["employee_id"] for row in reading.query("select * from kept_people").to_pylist()
        }
        for name in kept_selects():
            named = [
                tuple((key, ids[value] if key in ("person", "manager") else value) for key, value in row.items())
                for row in reading.query(f"select * from {name}").to_pylist()
            ]
            found[name] = sorted(named, key=str)
    return found
