"""Erasing somebody, or what is past its time, changes no number about anybody else, whatever their ids collide with."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from skilltrack import erasure, privacy
from skilltrack.access import Viewer
from skilltrack.durability import check, open_store
from skilltrack.errors import BadQuestion
from skilltrack.ingest import Options, Source, import_sources, redo, undo
from skilltrack.metrics import Filters, Metrics

NUMBERS = [f"1001{n}" for n in (21, 22, 23, 24)]
"""What people, payments, awards, roles, teams, skills and credentials are all numbered with."""
PEOPLE = NUMBERS
START = datetime(2024, 1, 1, 12)
DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1)]
ASKED = [date(2024, 2, 15), date(2024, 7, 1)]

number = st.sampled_from(NUMBERS)
day = st.sampled_from(DAYS).map(str)
maybe_day = st.one_of(st.just(""), st.just(""), st.sampled_from(["2024-02-20", "2024-05-31"]))
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
    def some(**columns):
        return [{name: draw(cells) for name, cells in columns.items()} for _ in range(draw(st.integers(0, 5)))]

    found = {"roster": draw(roster(first))} if first or draw(st.booleans()) else {}
    found["badges"] = unique(
        some(
            award_id=number,
            employee_id=number,
            credential_id=number,
            issued_on=day,
            expires_on=maybe_day,
            evidence_url=text,
        ),
        "award_id",
    ) + unique(
        some(
            award_id=st.just(""),
            employee_id=number,
            credential_id=number,
            issued_on=day,
            expires_on=maybe_day,
            evidence_url=text,
        ),
        "employee_id",
        "credential_id",
        "issued_on",
    )
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
    return {kind: rows for kind, rows in found.items() if rows}


histories = st.lists(
    st.tuples(upload(), st.sampled_from(DAYS), st.sampled_from(["snapshot", "changes"]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=3,
)


def csv(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def bring(store, files, effective, mode="snapshot", at=None):
    sources = [Source(kind, f"{kind}.csv", csv(rows)) for kind, rows in files.items() if rows]
    if not sources:
        return 0
    outcome = import_sources(store, sources, Options(effective, mode, landed_at=at))
    assert outcome.status == "stored", [str(problem) for problem in outcome.errors]
    return outcome.upload_id


def build(store, first, later):
    bring(store, CATALOGUE, DAYS[0], at=START)
    bring(store, first, DAYS[0], at=START + timedelta(hours=1))
    for at, (files, effective, mode, is_undone, is_redone) in enumerate(later, 1):
        landed = START + timedelta(days=at)
        number = bring(store, files, effective, mode, landed)
        if is_undone and number:
            undo(store, number, undone_at=landed + timedelta(hours=2))
        if is_undone and is_redone and number:
            redo(store, number, redone_at=landed + timedelta(hours=4))


def known_times(later):
    """Now, and while the newest upload counted and did not."""
    newest = START + timedelta(days=len(later))
    return [None, newest + timedelta(hours=1), newest + timedelta(hours=3)]


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
    for files in [first, *(files for files, *_ in later)]:
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


@given(upload(first=True), histories, st.lists(number, min_size=1, max_size=2, unique=True))
def test_erasing_people_leaves_every_number_about_everybody_else(first, later, gone):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "c.duckdb")
        build(store, first, later)
        listed = store.query("select distinct employee_id from roster_rows")["employee_id"].to_pylist()
        times, above = known_times(later), is_above(later, first, gone)

        def everything():
            managed = {k: v for k, v in as_managers(store, gone, times[:1]).items() if k[3] not in above}
            return about_people(store, gone, times), totals(store, gone, times), managed

        before = everything()
        for who in [who for who in gone if who in listed]:
            found = erase(store, [who])
            assert found.left == []
        after = everything()

        for was, now in zip(before, after, strict=True):
            assert [(key, was[key], now[key]) for key in was if was[key] != now[key]] == []
        assert check(store) == []
        store.close()


def without(files, gone):
    """The files of a company in which some people never were."""
    return {kind: [row for row in rows if row.get("employee_id") not in gone] for kind, rows in files.items()}


def moves_to(uploads, gone):
    """Whether an award or a payment of somebody else ever went to one of the people."""
    for kind, key in (("badges", "award_id"), ("spend", "spend_id")):
        others = set()
        for files in uploads:
            for row in files.get(kind, ()):
                if row[key] and row["employee_id"] in gone and row[key] in others:
                    return True
                others |= {row[key]} - set() if row["employee_id"] not in gone else set()
    return False


@given(upload(first=True), histories, st.lists(number, min_size=1, max_size=2, unique=True), upload(first=True))
def test_after_the_next_files_the_company_is_one_in_which_the_erased_never_were(first, later, gone, following):
    uploads = [first, *(files for files, *_ in later)]
    if moves_to(uploads, gone) or not all(without(files, gone).get("roster") for files in uploads if "roster" in files):
        return
    with tempfile.TemporaryDirectory() as folder:
        store, never = (open_store(Path(folder) / f"{name}.duckdb") for name in ("c", "n"))
        build(store, first, later)
        build(never, without(first, gone), [(without(files, gone), *how) for files, *how in later])
        assert erase(store, gone).left == []
        for company in (store, never):
            bring(company, without(following, gone), DAYS[-1])

        for answers in (about_people, totals, as_managers):
            was, now = answers(never, gone, [None]), answers(store, gone, [None])
            assert [(key, was[key], now[key]) for key in was if was[key] != now[key]] == []
        store.close()
        never.close()


@given(upload(first=True), histories)
def test_retention_brings_nothing_back_that_was_superseded(first, later):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "c.duckdb")
        build(store, first, later)
        names = ("readiness", "gaps")

        def today():
            frames = {name: ask(store, name, as_of=date(2026, 1, 1)) for name in names}
            frames["gaps"] = frames["gaps"].drop(columns="reason")
            paid = store.query("select * from spend_rows order by all").to_pylist()
            return {name: texts(frame) for name, frame in frames.items()}, {row["spend_id"]: row for row in paid}

        before, lines = today()
        with_settings = {"SKILLTRACK_RETENTION": "badges 12, prior_learning 12, exemptions 12, spend 12"}
        import os

        os.environ.update(with_settings)
        try:
            people, places = privacy.due(store)
        finally:
            del os.environ["SKILLTRACK_RETENTION"]
        for kind, table, key in (("spend", "spend_rows", "spend_id"), ("badges", "badge_rows", "award_key")):
            rows = store.query(f"select upload_id, file_no, line_no, {key} as key from {table}").to_pylist()
            going = {
                (r["upload_id"], r["file_no"], r["line_no"])
                for r in rows
                if r["line_no"] in places.get(kind, {}).get((r["upload_id"], r["file_no"]), ())
            }
            keys = {r["key"] for r in rows if (r["upload_id"], r["file_no"], r["line_no"]) in going}
            assert all((r["upload_id"], r["file_no"], r["line_no"]) in going for r in rows if r["key"] in keys)
        if places:
            erasure.erase(store, "hr", people, erasure.places_of(store, people, places))
        after, lines_left = today()

        assert after == before
        assert set(lines_left) <= set(lines)
        assert check(store) == []
        store.close()
