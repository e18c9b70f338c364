"""A company in which everybody carries a word nobody could guess, and who may see whom, worked out in plain Python."""

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion
from skilltrack.ingest import import_folder
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.storage.store import Store
from tests.badges.signing import V2, Signer

Roster = dict[str, dict[str, str]]
"""employee_id to row."""
SIGNER = Signer(seed=b"s")
SKILLS = ["python", "sql", "safety", "welding"]


@dataclass
class Company:
    """Dated rosters, each a whole snapshot, and what people earned."""

    rosters: dict[date, Roster] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def roster(self, day: date) -> Roster:
        """The roster in force; the first one before its date."""
        begun = [effective for effective in self.rosters if effective <= day]
        return self.rosters[max(begun) if begun else min(self.rosters)]

    def below(self, manager: str, day: date) -> set[str]:
        """Everyone whose reporting line leads to a manager who is listed."""
        roster = self.roster(day)
        found: set[str] = set()
        for person in roster if manager in roster else ():
            at = person
            for _ in roster:
                at = roster[at]["manager_id"]
                if at == manager and person != manager:
                    found.add(person)
                if at not in roster:
                    break
        return found

    def visible(self, viewer: Viewer, day: date) -> set[str]:
        """Whom a viewer may see on a day: themselves, and who is below one of their lines then and today."""
        if viewer.sees_everyone:
            return {person for roster in self.rosters.values() for person in roster}
        seen = {viewer.employee_id} if viewer.employee_id else set()
        for manager in viewer.lines:
            seen |= self.below(manager, day) & self.below(manager, today())
        return seen


def word(person: str) -> str:
    """What stands in every personal cell of a person, and nowhere else."""
    return f"zq{random.Random(person).getrandbits(48):012x}"


TRACE = re.compile(rb"z[qi][0-9a-f]{12}")


def own_words(person: str) -> set[bytes]:
    """The words that are a person's: the one in their cells and, where theirs is so made, the one in their id."""
    return {word(person).encode(), *TRACE.findall(person.encode())}


def person_row(person: str, manager: str, team: str, role: str) -> dict[str, str]:
    """A roster row with the person's word in every cell that is theirs."""
    w = word(person)
    return {
        "employee_id": person, "name": f"N {w}", "email": f"{w}@x.example", "manager_id": manager, "team": team,
        "role_id": role, "location": f"L {w}", "cost_center": f"C {w}", "hired_on": "2020-01-01", "left_on": "",
    }  # fmt: skip


def company(people: int, seed: int, only: set[str] | None = None) -> Company:
    """A company that was reorganised a year ago: people moved, left, joined, and lines cross team borders.

    `only`: the same company, as if nobody else existed.
    """
    chance = random.Random(seed)
    ids = [f"e{n:03d}-zi{word(f'e{n}')[2:]}" for n in range(people)]
    teams = [f"T{n}" for n in range(max(2, people // 6))]
    made = Company()
    managers = {p: ids[chance.randrange(max(1, n // 3))] if n else "" for n, p in enumerate(ids)}
    team_of = {p: chance.choice(teams) for p in ids}
    for effective in (today() - timedelta(days=900), today() - timedelta(days=300)):
        listed = (
            ids
            if effective < today() - timedelta(days=600)
            else [p for p in ids if chance.random() > 0.05 or p == ids[0]]
        )
        made.rosters[effective] = {p: person_row(p, managers[p], team_of[p], chance.choice("ab")) for p in listed}
        for n, p in enumerate(ids[1:], 1):
            if chance.random() < 0.3:  # moved by the reorganisation, upwards only, so that no circle closes
                managers[p] = ids[chance.randrange(n)]
            if chance.random() < 0.2:
                team_of[p] = chance.choice(teams)
    made.rows = {
        "skills": [{"skill_id": s, "name": s} for s in SKILLS],
        "credentials": [{"credential_id": f"c{n}", "name": f"c{n}", "issuer": "I", "validity_months": "24"} for n in range(5)],
        "credential_skills": [
            {"credential_id": f"c{n}", "skill_id": s, "level": str(n + 1)} for n, s in enumerate(SKILLS)
        ],
        "stacks": [{"credential_id": "c4", "component_id": f"c{n}"} for n in range(2)],
        "roles": [
            {"role_id": r, "role_name": r, "skill_id": s, "required_level": str(n + 1), "critical": "true"}
            for r in "ab" for n, s in enumerate(SKILLS[: 4 if r == "a" else 2])
        ],
        "issuers": [{"issuer": "I", "tier": "trusted"}], "issuer_keys": [{"issuer": "I", "key": SIGNER.did}],
        "badges": [], "prior_learning": [], "self_ratings": [], "exemptions": [], "spend": [],
    }  # fmt: skip
    for p in ids:
        for n in range(4):
            issued = today() - timedelta(days=chance.randrange(20, 1100))
            if chance.random() < 0.6:
                w = word(p) + str(n)
                made.rows["badges"].append(
                    {
                        "award_id": w,
                        "employee_id": p,
                        "credential_id": f"c{n}",
                        "issued_on": str(issued),
                        "evidence_url": f"https://x.example/{w}",
                        "revocation_reason": f"R {w}",
                    }
                )
                made.rows["spend"].append(
                    {"spend_id": w, "employee_id": p, "credential_id": f"c{n}", "paid_on": str(issued), "amount": "100",
                     "currency": "EUR", "funding_source": "employer", "cost_center": w}
                )  # fmt: skip
        since = str(today() - timedelta(days=500))
        told = {"employee_id": p, "skill_id": chance.choice(SKILLS), "valid_from": since}
        made.rows["prior_learning"].append(
            told | {"level": "2", "assessor": f"A {word(p)}", "evidence_url": f"https://y.example/{word(p)}"}
        )
        made.rows["self_ratings"].append(told | {"level": "3"})
        if chance.random() < 0.2:
            made.rows["exemptions"].append(told | {"reason": f"R {word(p)}"})
    made.rows["spend"].append(
        {
            "spend_id": "nobody",
            "credential_id": "c0",
            "paid_on": "2024-01-01",
            "amount": "7",
            "currency": "EUR",
            "funding_source": "grant",
        }
    )
    if only is not None:
        made.rosters = {d: {p: r for p, r in roster.items() if p in only} for d, roster in made.rosters.items()}
        made.rows = {
            kind: [
                row
                for row in rows
                if kind == "stacks"
                or "skill" in kind[:6]
                or row.get("employee_id", "") in only
                or kind in ("credentials", "credential_skills", "roles", "issuers", "issuer_keys")
            ]
            for kind, rows in made.rows.items()
        }
        made.rows["spend"] = [row for row in made.rows["spend"] if "employee_id" in row]
    return made


def write(folder: Path, rows: dict[str, list[dict[str, str]]]) -> Path:
    """A folder of files named after their kinds; columns are those of any row."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, lines in rows.items():
        if lines:
            columns = list({column: None for line in lines for column in line})
            with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(lines)
    return folder


def signed_badge(person: str) -> str:
    """A badge of a person as a token that its issuer has signed, with the person's word in its id and in its result."""
    w = word(person)
    measure = {"id": "urn:r", "name": w, "rubricCriterionLevel": [{"id": "urn:l", "level": "9"}]}
    holder = {"hashed": False, "identityHash": f"{w}@x.example", "identityType": "emailAddress"}
    return SIGNER.token(
        {
            "@context": V2,
            "id": f"urn:{w}",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": SIGNER.did, "name": "I"},
            "validFrom": f"{today() - timedelta(days=400)}T08:00:00Z",
            "credentialSubject": {
                "identifier": [holder],
                "achievement": {"id": "c3", "name": "c3", "resultDescription": [measure]},
                "result": [{"resultDescription": "urn:r", "achievedLevel": "urn:l"}],
            },
        },
        kid=SIGNER.method,
    )


def land(store: Store, made: Company, folder: Path, by: str = "local") -> None:
    """Import the rosters, oldest first, then everything else."""
    for effective, roster in sorted(made.rosters.items()):
        first = {} if effective > min(made.rosters) else made.rows
        if first:
            badges = [signed_badge(row["employee_id"]) for row in made.rows["self_ratings"]]
            (folder / str(effective)).mkdir(parents=True)
            (folder / str(effective) / "badges.json").write_text(json.dumps(badges))
        outcome = import_folder(
            store,
            write(folder / str(effective), {"roster": list(roster.values()), **first}),
            effective=effective,
            by=by,
        )
        assert outcome.status == "stored", [str(error) for error in outcome.errors]


QUESTIONS = [name for name in catalogue() if catalogue()[name].area in ("person", "people", "money", "proposals")]


def answers(metrics: Metrics, viewer: Viewer, filters: Filters) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every metric that is open to the viewer, and its answer."""
    for name, metric in catalogue().items():
        if viewer.may(metric.area):
            try:
                yield name, metrics.ask(name, viewer, filters)
            except BadQuestion:
                yield name, pd.DataFrame()


def outside(made: Company, viewer: Viewer, where: str, day: date, told: bytes, named: Iterable[str] = ()) -> list[str]:
    """Words of people whom the viewer may not see on the day in what they were told; `named`: ids they named themselves."""
    seen = {own for person in made.visible(viewer, day) for own in own_words(person)}
    seen |= {own for person in named for own in TRACE.findall(person.encode())}
    return [f"{where} for {viewer} on {day} holds {found!r}" for found in sorted(set(TRACE.findall(told)) - seen)]
