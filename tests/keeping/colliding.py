"""Random companies in which everything is numbered alike: people, payments, awards, badges, roles, teams, skills."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from skilltrack.access import choose_mail, tokens
from skilltrack.access.accounts import give
from skilltrack.access.languages import choose_language
from skilltrack.access.viewer import Viewer
from skilltrack.badges import NotFetched
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, check_again, import_sources, undo
from skilltrack.ingest.landing.history import take_back
from skilltrack.ingest.reading.mapping import PEOPLE_ACROSS, SKILLS_ACROSS, Mapping
from skilltrack.mail import schedules
from skilltrack.proposals import Meant, Proposal, accept, decline, propose, settle, withdraw
from skilltrack.proposals import take_back as take_proposal_back
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.reports.saved import definition_of, save
from tests.badges.signing import INTEGRITY, V2, Signer, badge, baked, bits, data, zipped

NUMBERS = [f"1001{n}" for n in (21, 22, 23, 24)]
"""What people, payments, awards, badges, roles, teams, skills and credentials are all numbered with."""
PEOPLE = NUMBERS
START = datetime(2024, 1, 1, 12)
DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1)]
SCHOOL = Signer(seed=b"s")
LIST = "https://x.example/status/1"
EVERYONE = Viewer.everyone()

number = st.sampled_from(NUMBERS)
day = st.sampled_from(DAYS).map(str)
maybe_day = st.one_of(st.just(""), st.just(""), st.sampled_from(["2024-02-20", "2024-05-31"]))
rarely_day = st.one_of(*[st.just("")] * 5, st.just("2024-04-04"))
text = st.one_of(
    number.map("as {} wished".format),
    st.just("leave"),
    number.map("https://x.example/{}/".format),
    number.map("of Pat {}".format),
)
level = st.sampled_from(["", "1", "2"])

CATALOGUE = {
    "skills": [{"skill_id": n, "name": f"Skill {n}"} for n in NUMBERS],
    "issuers": [{"issuer": n, "tier": "trusted"} for n in NUMBERS],
    "issuer_keys": [{"issuer": n, "key": SCHOOL.did} for n in NUMBERS],
    "credentials": [
        {
            "credential_id": n,
            "name": f"Course {n}",
            "issuer": n,
            "validity_months": "2" if n[-1] == "1" else "",
            "url": f"https://x.example/courses/{n}",
        }
        for n in NUMBERS
    ],
    "credential_skills": [
        {"credential_id": n, "skill_id": m, "level": str(1 + (a + b) % 2)}
        for a, n in enumerate(NUMBERS)
        for b, m in enumerate(NUMBERS)
        if (a + b) % 3
    ],
    "roles": [
        {"role_id": n, "role_name": f"Role {n}", "skill_id": m, "required_level": "1"}
        for n in NUMBERS
        for m in NUMBERS[:3]
    ],
}


def person(number):
    """What a roster says of somebody besides their place; the numbers of others stand in names and addresses too."""
    other = NUMBERS[(NUMBERS.index(number) + 1) % len(NUMBERS)]
    return {"employee_id": number, "name": f"Pat {other}", "email": f"p.{number}.{other}@x.example"}


@st.composite
def roster(draw, everybody=False):
    rows = []
    for at, who in enumerate(PEOPLE):
        if everybody or draw(st.integers(0, 3)):
            rows.append(
                person(who)
                | {
                    "manager_id": draw(st.sampled_from(["", *PEOPLE[:at]])),
                    "team": draw(number),
                    "role_id": draw(number),
                    "location": draw(number),
                    "cost_center": draw(number),
                    "left_on": draw(st.sampled_from([""] * 7 + ["2024-04-30"])),
                    "Remark": draw(st.sampled_from(["", *NUMBERS])),
                }
            )
    return rows or [person(PEOPLE[-1]) | {"team": NUMBERS[0], "role_id": NUMBERS[0]}]


def mentions(words, gone):
    """Whether a text names one of the people."""
    return any(name in words for who in gone for name in person(who).values())


def unique(rows, *key):
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def signed(row):
    """One signed badge as its carrier has it."""
    carrier, held = row["carrier"], row["credential_id"]
    document = badge(SCHOOL.did, [*V2, INTEGRITY])
    document |= {"id": f"https://x.example/badges/{row['badge_id']}", "name": f"Course {held}"}
    document["validFrom"] = f"{row['issued_on']}T09:00:00Z"
    document["issuer"]["name"] = held
    address = person(row["employee_id"])["email"]
    is_hashed = row["address"] == "hashed"
    subject = document["credentialSubject"]
    del subject["id"]
    subject["identifier"][0] |= {
        "identityHash": f"sha256${hashlib.sha256(address.encode()).hexdigest()}" if is_hashed else address,
        "hashed": is_hashed,
    }
    subject["achievement"] |= {"id": f"https://x.example/courses/{held}", "name": document["name"]}
    subject["achievement"]["criteria"]["narrative"] = row["says"]
    subject["achievement"]["alignment"][0]["targetCode"] = held
    place = str(NUMBERS.index(row["badge_id"]))
    if row["is_listed"]:
        document["credentialStatus"] = {
            "id": f"{LIST}#{place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": place,
            "statusListCredential": LIST,
        }
    if carrier == "jwt":
        return SCHOOL.token(document, kid=SCHOOL.method).encode()
    document = SCHOOL.prove(document, "eddsa-jcs-2022")
    if carrier == "png":
        return baked(document)
    if carrier == "svg":
        space = "https://purl.imsglobal.org/ob/v3p0"
        body = f"<o:credential><![CDATA[{json.dumps(document)}]]></o:credential>"
        return f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:o='{space}'><g>{body}</g></svg>".encode()
    return data(document)


badges = st.fixed_dictionaries(
    {
        "employee_id": number,
        "credential_id": number,
        "issued_on": day,
        "badge_id": number,
        "address": st.sampled_from(["plain", "plain", "hashed"]),
        "says": text,
        "is_listed": st.booleans(),
        "carrier": st.sampled_from(["json", "jwt", "png", "svg"]),
    }
)


@st.composite
def upload(draw, first=False):
    def some(most=5, **columns):
        return [{name: draw(cells) for name, cells in columns.items()} for _ in range(draw(st.integers(0, most)))]

    def awards(**more):
        """A file of awards: some with an id and some without, and not every column in every file."""
        lacking = draw(st.sets(st.sampled_from(["expires_on", "revoked_on", "evidence_url"]), max_size=2))
        held = {"employee_id": number, "credential_id": number, "issued_on": day, **more}
        held |= {"expires_on": maybe_day, "revoked_on": rarely_day, "evidence_url": text}
        rows = unique(some(4, award_id=number, **held), "award_id")
        rows += unique(some(3, award_id=st.just(""), **held), "employee_id", "credential_id", "issued_on")
        return [{name: cell for name, cell in row.items() if name not in lacking} for row in rows]

    made = {"roster": draw(roster(first))} if first or draw(st.booleans()) else {}
    made["badges of one"] = awards()
    if draw(st.integers(0, 3)) == 0:
        made["badges of another"] = awards(Remark=number)
    if draw(st.booleans()):
        made["badges as files"] = unique(draw(st.lists(badges, max_size=3)), "badge_id")
    made["prior_learning"] = unique(
        some(
            employee_id=number, skill_id=number, level=st.just("1"), assessor=text, valid_from=day, valid_to=maybe_day
        ),
        "employee_id",
        "skill_id",
        "valid_from",
    )
    if draw(st.integers(0, 2)) == 0:
        wide = draw(st.sampled_from(["prior_learning", "self_ratings"])), draw(st.sampled_from(["down", "across"]))
        since, assessor = draw(day), draw(text)
        made[f"{wide[0]} people {wide[1]}"] = [
            {"employee_id": who, "since": since, "assessor": assessor, "levels": levels}
            for who in PEOPLE
            if any((levels := {skill: draw(level) for skill in NUMBERS}).values())
        ]
    made["exemptions"] = unique(
        some(employee_id=number, skill_id=number, reason=text, valid_from=day, valid_to=maybe_day),
        "employee_id",
        "skill_id",
        "valid_from",
    )
    made["spend"] = unique(
        some(
            spend_id=number,
            employee_id=st.one_of(st.just(""), number),
            credential_id=number,
            paid_on=day,
            amount=st.sampled_from(["90", "9000"]),
            currency=st.just("EUR"),
            funding_source=st.just("employer"),
            cost_center=number,
        ),
        "spend_id",
    )
    return {kind: rows for kind, rows in made.items() if rows}


@dataclass(frozen=True)
class Looks:
    """Badges checked again: what the list of their issuer says by then."""

    revoked: frozenset[str]
    """Numbers of the badges that it revokes."""
    says: str

    def __call__(self, address):
        if address != LIST:
            raise NotFetched(f"{address} does not answer")
        listed = {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{bits(*map(NUMBERS.index, self.revoked))}",
        }
        document = {
            "@context": [V2[0]],
            "id": LIST,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": SCHOOL.did,
            "validFrom": "2024-01-01T00:00:00Z",
            "name": self.says,
            "credentialSubject": listed,
        }
        return data(SCHOOL.prove(document))


@dataclass(frozen=True)
class Later:
    """An upload after the first, and what becomes of it."""

    files: dict
    effective: date
    mode: str
    corrects: bool
    """Whether awards move to whom it gives them; else such rows are kept apart."""
    is_undone: bool
    is_redone: bool
    looks: Looks | None = None


histories = st.lists(
    st.builds(
        Later,
        upload(),
        st.sampled_from(DAYS),
        st.sampled_from(["snapshot", "changes"]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.one_of(st.none(), st.builds(Looks, st.frozensets(number, max_size=2), text)),
    ),
    min_size=1,
    max_size=3,
)


def csv(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def as_source(name, rows):
    """The rows as a file of their form: a table, a wide matrix, or signed badges."""
    kind = name.split()[0]
    if name == "badges as files":
        files = {f"{at} {row['says'][:2]}.{row['carrier']}": signed(row) for at, row in enumerate(rows)}
        is_one = len(files) == 1
        return Source(
            kind, next(iter(files)) if is_one else "badges.zip", *(files.values() if is_one else [zipped(files)])
        )
    if " people " not in name:
        numbering = Mapping(award_ids="one")  # else a file that lacks a column is taken as one of another source
        return Source(kind, f"{name}.csv", csv(rows), numbering if name == "badges of one" else Mapping())
    constants = {"valid_from": rows[0]["since"]}
    constants |= {"assessor": rows[0]["assessor"]} if kind == "prior_learning" else {}
    if name.endswith("down"):
        wide = [{"employee_id": row["employee_id"], **row["levels"]} for row in rows]
        return Source(kind, f"{name}.csv", csv(wide), Mapping(matrix=SKILLS_ACROSS, constants=constants), True)
    wide = [{"skill_id": skill, **{row["employee_id"]: row["levels"][skill] for row in rows}} for skill in NUMBERS]
    return Source(kind, f"{name}.csv", csv(wide), Mapping(matrix=PEOPLE_ACROSS, constants=constants), True)


def bring(store, files, effective, mode="snapshot", at=None, corrects=True):
    sources = [as_source(name, rows) for name, rows in files.items() if rows]
    if not sources:
        return 0
    outcome = import_sources(store, sources, Options(effective, mode, True, landed_at=at, corrections=corrects))
    assert outcome.status in ("stored", "repeated"), [
        *map(str, outcome.errors),
        *map(str, outcome.questions),
    ]
    return outcome.upload_id


def build(store, first, later):
    """The company's uploads; gives their numbers in this order, 0 for one without rows."""
    bring(store, CATALOGUE, DAYS[0], at=START)
    numbers = [bring(store, first, DAYS[0], at=START + timedelta(hours=1))]
    for at, then in enumerate(later, 1):
        landed = START + timedelta(days=at)
        number = bring(store, then.files, then.effective, then.mode, landed, then.corrects)
        numbers.append(number)
        if then.looks:
            check_again(store, then.looks, Options(quarantine=True, landed_at=landed + timedelta(hours=1)))
        if then.is_undone and number:
            undo(store, number, undone_at=landed + timedelta(hours=2))
        if then.is_undone and then.is_redone and number:
            with store.write() as transaction:
                take_back(transaction, number, "local", "redone", landed + timedelta(hours=4))
    return numbers


@dataclass(frozen=True)
class Deed:
    """Something that somebody does at the screens."""

    does: str
    who: str
    about: str
    """A skill, a credential, a team, a manager or an approver, by its number."""
    words: str
    then: str
    """What becomes of a proposal."""

    def take(self, store):
        """Do it, unless it is refused: somebody who is on no roster today proposes nothing."""
        try:
            DEEDS[self.does](self, store)
        except Refused:
            return

    @property
    def address(self) -> str:
        """An account of nobody on the roster."""
        return f"cfo.{self.about}@elsewhere.example"

    def order(self) -> Order:
        """A report about what is called like a person, or about their organisation."""
        return Order("gaps", "csv", Filters(**{"manager" if self.then == "accepted" else "team": self.about}))

    def propose(self, store):
        """Propose what is in `does`, and have it decided by whoever is called `about`."""
        what, approver = self.does.removeprefix("propose "), Viewer(self.about, frozenset({"hr"}), self.about)
        row = {
            "employee_id": self.who,
            "credential_id": self.about,
            "issued_on": "2024-02-01",
            "badge_id": self.about,
            "address": "plain",
            "says": self.words,
            "is_listed": False,
            "carrier": "png",
        }
        is_badge, is_learnt = what == "badge", what == "prior_learning"
        proposed = Proposal(
            what,
            None if what in ("badge", "correction") else self.about,
            level=1 if is_learnt else None,
            valid_from=None if what in ("badge", "correction") else DAYS[1],
            note=f"{self.words}, please",
            evidence_url=f"https://y.example/{self.about}",
            file_name="b.png" if is_badge else "b.txt",
            content=signed(row) if is_badge else self.words.encode(),
        )
        made = propose(store, Viewer(self.who, frozenset({"employee"}), self.who), self.who, proposed)
        if self.then in ("accepted", "taken back") and what == "correction":
            settle(store, approver, made, self.words, None)
        elif self.then in ("accepted", "taken back"):
            accept(store, approver, made, Meant(replaces=True))
        elif self.then == "declined":
            decline(store, approver, made, self.words)
        elif self.then == "withdrawn":
            withdraw(store, Viewer(self.who, frozenset({"employee"}), self.who), made)
        if self.then == "taken back":
            take_proposal_back(store, approver, made)

    def schedule(self, store):
        """Have a report sent to the others and to somebody outside."""
        event = {
            "schedule_id": hashlib.sha256(repr(self).encode()).hexdigest()[:8],
            "account": self.who,
            "definition": definition_of(self.order()),
            "readers": json.dumps([self.about, self.who, self.address]),
            "every": "week",
            "on_day": 1,
            "at_hour": 6,
        }
        if event["schedule_id"] in {one.schedule_id for one in schedules.in_force(store)}:
            return
        with store.write() as transaction:
            schedules._write(transaction, event, "made", self.who, {})
        if self.then == "declined":
            outcome = {"due_on": "2024-01-01", "outcome": json.dumps({self.about: "sent", self.address: "sent"})}
            schedules._note(store, event, "ran", self.who, **outcome)

    def token(self, store):
        """Make a token whose purpose is in their words."""
        code = hashlib.sha256(repr(self).encode()).hexdigest()
        event = {"token_id": code[:12], "label": self.words, "scopes": "reports", "token_hash": code}
        who = self.who if self.then == "accepted" else self.address
        tokens._note(store, Viewer(self.about), event | {"account": who, "valid_to": "2030-01-01"}, is_made=True)

    def choose(self, store):
        """Say which mail they want, and in which language."""
        who = self.who if self.then == "accepted" else self.address
        choose_mail(store, who, "digest", False, self.about)
        choose_language(store, who, "de")

    def role(self, store):
        """Get a role: somebody outside, or somebody on the roster."""
        give(store, EVERYONE, self.who if self.then == "accepted" else self.address, "auditor")

    def save(self, store):
        """Save an export by name."""
        save(store, Viewer(self.who), self.words, self.order())


DEEDS: dict[str, Callable[[Deed, object], None]] = {
    **{f"propose {what}": Deed.propose for what in ("award", "badge", "prior_learning", "correction")},
    "schedule": Deed.schedule,
    "token": Deed.token,
    "choose": Deed.choose,
    "role": Deed.role,
    "save": Deed.save,
}
deeds = st.lists(
    st.builds(
        Deed,
        st.sampled_from(sorted(DEEDS)),
        number,
        number,
        text,
        st.sampled_from(["accepted", "accepted", "declined", "waiting", "withdrawn", "taken back"]),
    ),
    max_size=5,
)


def settings_of(store, gone):
    """What stands beside the record of everybody else: proposals, schedules, exports, mail, tokens, roles."""
    of_gone = [f'"{what}": "{who}"' for who in gone for what in ("manager", "employee")]

    def is_others(definition):
        return not any(part in definition for part in of_gone)

    scheduled = [
        (one.schedule_id, one.account, one.definition, set(one.readers) - set(gone), set(one.outcome) - set(gone))
        for one in schedules.in_force(store)
        if one.account not in gone and is_others(one.definition)
    ]
    saved = store.query("select by_whom, name, definition from saved_exports order by all").to_pylist()
    asked = "select {} from {} where {} not in (select unnest($gone)) order by all"

    def rows(table, about, *columns):
        return store.query(asked.format(", ".join(columns), table, about), {"gone": list(gone)}).to_pylist()

    return {
        "proposals": rows(
            "proposal_events", "employee_id", "proposal_id", "employee_id", "step", "what", "subject_id", "level",
            "valid_from", "valid_to", "upload_id", "happened_at",
        ),
        "schedules": scheduled,
        "exports": [
            row
            for row in saved
            if row["by_whom"] not in gone and is_others(row["definition"]) and not mentions(row["name"], gone)
        ],
        "mail": rows("mail_choices", "account", "account", "mail", "is_wanted"),
        "languages": rows("language_choices", "account", "account", "language"),
        "tokens": rows("token_events", "account", "token_id", "account", "scopes", "token_hash", "is_made"),
        "roles": rows("role_events", "account", "account", "role", "is_granted"),
    }  # fmt: skip
