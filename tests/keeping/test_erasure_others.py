"""Erasing somebody, or what is past its time, changes no number about anybody else, whatever their ids collide with."""

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.ingest.landing.history import redo, take_back
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.keeping import erasure, privacy
from skilltrack.keeping.durability import check, open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.questions import Filters, Metrics

few = settings(max_examples=int(os.environ.get("SKILLTRACK_EXAMPLES", "2")))
"""Companies of each property: some in the suite, as many as wished otherwise."""

NUMBERS = [f"1001{n}" for n in (21, 22, 23, 24)]
"""What people, payments, awards, roles, teams, skills and credentials are all numbered with."""
PEOPLE = NUMBERS
START = datetime(2024, 1, 1, 12)
DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1)]
ASKED = [date(2024, 2, 15), date(2024, 7, 1)]

number = st.sampled_from(NUMBERS)
day = st.sampled_from(DAYS).map(str)
maybe_day = st.one_of(st.just(""), st.just(""), st.sampled_from(["2024-02-20", "2024-05-31"]))
rarely_day = st.one_of(*[st.just("")] * 5, st.just("2024-04-04"))
text = st.one_of(number.map("as {} wished".format), st.just("leave"), number.map("https://x.example/{}/".format))

CATALOGUE = {
    "skills": [{"skill_id": n, "name": f"Skill {n}"} for n in NUMBERS],
    "credentials": [
        {"credential_id": n, "name": f"Course {n}", "issuer": n, "validity_months": "2" if n[-1] == "1" else ""}
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
                    "Remark": draw(st.sampled_from(["", *NUMBERS])),
                }
            )
    return rows or [person(PEOPLE[-1]) | {"team": NUMBERS[0], "role_id": NUMBERS[0]}]


def unique(rows, *key):
    return list({tuple(row[name] for name in key): row for row in rows}.values())


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

    found = {"roster": draw(roster(first))} if first or draw(st.booleans()) else {}
    found["badges of one"] = awards()
    if draw(st.integers(0, 3)) == 0:
        found["badges of another"] = awards(Remark=number)
    found["prior_learning"] = unique(
        some(
            employee_id=number, skill_id=number, level=st.just("1"), assessor=text, valid_from=day, valid_to=maybe_day
        ),
        "employee_id",
        "skill_id",
        "valid_from",
    )
    found["exemptions"] = unique(
        some(employee_id=number, skill_id=number, reason=text, valid_from=day, valid_to=maybe_day),
        "employee_id",
        "skill_id",
        "valid_from",
    )
    found["spend"] = unique(
        some(
            spend_id=number, employee_id=st.one_of(st.just(""), number), credential_id=number, paid_on=day,
            amount=st.sampled_from(["90", "9000"]), currency=st.just("EUR"), funding_source=st.just("employer"),
            cost_center=number,
        ),
        "spend_id",
    )  # fmt: skip
    return {kind: rows for kind, rows in found.items() if rows}


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


histories = st.lists(
    st.builds(
        Later, upload(), st.sampled_from(DAYS), st.sampled_from(["snapshot", "changes"]), st.booleans(), st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


def csv(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def bring(store, files, effective, mode="snapshot", at=None, corrects=True):
    numbering = Mapping(award_ids="one")  # else a file that lacks a column is taken as one of another source
    sources = [
        Source(name.split()[0], f"{name}.csv", csv(rows), numbering if name == "badges of one" else Mapping())
        for name, rows in files.items()
        if rows
    ]
    if not sources:
        return 0
    outcome = import_sources(store, sources, Options(effective, mode, True, landed_at=at, corrections=corrects))
    assert outcome.status in ("stored", "repeated"), [str(problem) for problem in outcome.errors]
    return outcome.upload_id


def build(store, first, later):
    """The company's uploads; gives their numbers in this order, 0 for one without rows."""
    bring(store, CATALOGUE, DAYS[0], at=START)
    numbers = [bring(store, first, DAYS[0], at=START + timedelta(hours=1))]
    for at, then in enumerate(later, 1):
        landed = START + timedelta(days=at)
        number = bring(store, then.files, then.effective, then.mode, landed, then.corrects)
        numbers.append(number)
        if then.is_undone and number:
            undo(store, number, undone_at=landed + timedelta(hours=2))
        if then.is_undone and then.is_redone and number:
            with store.write() as transaction:
                take_back(transaction, number, "local", "redone", landed + timedelta(hours=4))
    return numbers


def known_times(later):
    """Now, and while the newest upload counted and did not."""
    newest = START + timedelta(days=len(later))
    return [None, newest + timedelta(hours=3)]


def texts(frame, without=("name",)):
    rows = frame.drop(columns=[c for c in without if c in frame]).astype(str).to_dict("records")
    return sorted(rows, key=str)


def ask(store, name, **asked):
    try:
        return Metrics(store).ask(name, Viewer.everyone(), Filters(**asked))
    except BadQuestion as refused:
        return pd.DataFrame({"refused": [str(refused)]})


def about_people(store, gone, times, days=ASKED):
    """Every answer that has a row per person, without those of the people who go; and each of the others' own."""
    found = {}
    for as_of in days:
        for known_at in times:
            asked = {"as_of": as_of, "known_at": known_at, "assurance": "claimed" if known_at else "attested"}
            for name in ("readiness", "gaps", "award_lines", "payment_lines"):
                frame = ask(store, name, **asked, paid_from=DAYS[0], paid_to=as_of)
                if "employee_id" in frame:
                    frame = frame[~frame["employee_id"].isin(gone)]
                found[name, as_of, known_at] = texts(frame)
            for who in sorted(set(PEOPLE) - set(gone)) if known_at is None else ():
                own = ask(store, "transcript", as_of=as_of, employee=who)
                found["transcript", as_of, who] = texts(own, ("issuer",))
    return found


def totals(store, gone, times, days=ASKED):
    """Sums of the whole company without what the people who go add to them."""
    found = {}
    for as_of in days:
        for known_at in times:
            asked = {"as_of": as_of, "known_at": known_at}
            ready = ask(store, "readiness", **asked)
            of_gone = ready[ready["employee_id"].isin(gone)]
            whole = ask(store, "coverage", **asked)
            found["total", as_of, known_at] = (
                int(whole["required"].sum()) - int(of_gone["requirements"].sum()),
                int(whole["met"].sum()) - int(of_gone["met"].sum()),
            )
            spend = ask(store, "payment_lines", **asked, paid_from=DAYS[0], paid_to=as_of)
            theirs = spend[spend["employee_id"].isin(gone)]
            paid = ask(store, "spend", **asked, paid_from=DAYS[0], paid_to=as_of)
            found["spend", as_of, known_at] = paid["amount"].sum() - theirs["amount"].sum()
    return found


def as_managers(store, gone, times, days=ASKED):
    """What the managers see in whose organisation nobody who goes ever is: above those the reporting line ends."""
    found = {}
    for as_of in days:
        for known_at in times:
            for manager in sorted(set(PEOPLE) - set(gone)):
                asked = {"as_of": as_of, "known_at": known_at, "manager": manager}
                for name in ("coverage", "spend"):
                    found[name, as_of, known_at, manager] = texts(ask(store, name, **asked))
    return found


def is_above(later, first, gone):
    """Managers above whom somebody who goes is, in some roster."""
    above = set()
    boss = {}
    for files in [first, *(then.files for then in later)]:
        for row in files.get("roster", ()):
            boss.setdefault(row["employee_id"], set()).add(row.get("manager_id", ""))
    found = set(gone)
    while found:
        found = {m for who in found for m in boss.get(who, ()) if m} - above
        above |= found
    return above


def erase(store, ids):
    people = erasure.named(store, ids)
    erasure.erase(store, "hr", people, erasure.places_of(store, people))
    return erasure.search(store, people)


def differing(before, after):
    """Answers that differ: what was asked, and both."""
    return [(asked, before[asked], after[asked]) for asked in before if before[asked] != after[asked]]


def twin(store):
    """The same company once more, in a folder of its own; gives both, opened anew."""
    path = Path(store.path)
    store.close()
    other = path.parent.parent / "twin"
    shutil.copytree(path.parent, other)
    return open_store(path), open_store(other / path.name)


@dataclass(frozen=True)
class Step:
    """Something done after the erasure to one of the uploads, whichever `at` leads to."""

    does: str
    at: int

    def take(self, store, brought):
        upload_id, files, then = brought[self.at % len(brought)]
        if self.does == "again":
            bring(store, files, then.effective, then.mode, corrects=then.corrects)
            return
        try:
            (undo if self.does == "undo" else redo)(store, upload_id)
        except Refused as refused:
            if "undone" not in str(refused):
                raise


steps = st.lists(st.builds(Step, st.sampled_from(["undo", "undo", "redo", "again"]), st.integers(0, 3)), max_size=4)
FIRST = Later({}, DAYS[0], "snapshot", True, False, False)


@few
@given(
    upload(first=True), histories, st.lists(number, min_size=1, max_size=2, unique=True), st.booleans(), steps,
    st.booleans(),
)  # fmt: skip
def test_erasing_people_leaves_every_number_about_everybody_else(
    first, later, gone, is_one_by_one, following, is_rebuilt
):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").mkdir()
        store = open_store(Path(folder) / "c" / "c.duckdb")
        numbers = build(store, first, later)
        times, above = known_times(later), is_above(later, first, gone)

        def everything(of, times):
            managed = as_managers(of, gone, times[:1])
            found = about_people(of, gone, times) | totals(of, gone, times)
            return found | {asked: answer for asked, answer in managed.items() if asked[3] not in above}

        store, untouched = twin(store)
        for who in gone[:-1] if is_one_by_one else ():
            erase(store, [who])
        assert erase(store, gone[-1:] if is_one_by_one else gone).left == []
        assert differing(everything(untouched, times), everything(store, times)) == []
        assert check(store) == []

        files = [first, *(then.files for then in later)]
        brought = [row for row in zip(numbers, files, [FIRST, *later], strict=True) if row[0]]
        for step in following:
            for company in (untouched, store):
                step.take(company, brought)
        if is_rebuilt:
            path = Path(store.path)
            store.close()
            assert rebuild(path)
            store = open_store(path)
        if following or is_rebuilt:
            assert differing(everything(untouched, [None]), everything(store, [None])) == []
            assert check(store) == []
        store.close()
        untouched.close()


def without(files, gone):
    """The files of a company in which some people never were."""
    return {kind: [row for row in rows if row.get("employee_id") not in gone] for kind, rows in files.items()}


def moves_to(uploads, gone):
    """Whether an award or a payment of somebody else ever went to one of the people."""
    for key in ("award_id", "spend_id"):
        others = set()
        for files in uploads:
            for row in (row for rows in files.values() for row in rows if row.get(key)):
                if row["employee_id"] in gone and row[key] in others:
                    return True
                others |= {row[key]} if row["employee_id"] not in gone else set()
    return False


@few
@given(upload(first=True), histories, st.lists(number, min_size=1, max_size=2, unique=True), upload(first=True))
def test_after_the_next_files_the_company_is_one_in_which_the_erased_never_were(first, later, gone, following):
    later = [replace(then, corrects=True) for then in later]
    uploads = [first, *(then.files for then in later)]
    if moves_to(uploads, gone) or not all(without(files, gone).get("roster") for files in uploads if "roster" in files):
        return
    with tempfile.TemporaryDirectory() as folder:
        store, never = (open_store(Path(folder) / f"{name}.duckdb") for name in ("c", "n"))
        build(store, first, later)
        build(never, without(first, gone), [replace(then, files=without(then.files, gone)) for then in later])
        assert erase(store, gone).left == []
        for company in (store, never):
            bring(company, without(following, gone), DAYS[-1])

        for answers in (about_people, totals, as_managers):
            assert differing(answers(never, gone, [None]), answers(store, gone, [None])) == []
        store.close()
        never.close()


@few
@given(upload(first=True), histories)
def test_retention_brings_nothing_back_that_was_superseded(first, later):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store = open_store(Path(folder) / "c.duckdb")
        build(store, first, later)

        def today():
            frames = {name: ask(store, name, as_of=date(2026, 1, 1)) for name in ("readiness", "gaps")}
            frames["gaps"] = frames["gaps"].drop(columns="reason")
            return {name: texts(frame) for name, frame in frames.items()}

        before = today()
        patch.setenv("SKILLTRACK_RETENTION", "badges 12, prior_learning 12, exemptions 12, spend 12")
        people, places, _ = privacy.due(store)
        if places:
            erasure.erase(store, "hr", people, erasure.places_of(store, people, places))

        assert differing(before, today()) == []
        assert privacy.due(store)[1] == {}
        assert check(store) == []
        store.close()
