"""Erasing somebody, or what is past its time, changes no number about anybody else, whatever their ids collide with."""

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import redo, undo
from skilltrack.keeping import erasure, privacy
from skilltrack.keeping.durability import check, open_store
from skilltrack.keeping.going import Gone
from skilltrack.keeping.mending import rebuild
from skilltrack.kinds import KINDS
from skilltrack.questions import Filters, Metrics
from tests.keeping.colliding import (
    DAYS,
    PEOPLE,
    START,
    Later,
    bring,
    build,
    deeds,
    histories,
    mentions,
    number,
    settings_of,
    upload,
)

ASKED_FOR = os.environ.get("SKILLTRACK_EXAMPLES", "")
few = settings(max_examples=int(ASKED_FOR or "2"), derandomize=not ASKED_FOR)
"""Companies of each property: the same two in the suite, as many others as wished otherwise."""
ASKED = [date(2024, 2, 15), date(2024, 7, 1)]
RULES = ("left", "badges", "prior_learning", "self_ratings", "exemptions", "spend", "proposals")
ON = date(2030, 1, 1)
"""The day on which what is past its time goes, and on which what is asked afterwards is about today."""


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


def about_people(store, gone, times, days=ASKED, usual="attested", counts_nobodys=True):
    """Every answer that has a row per person, without those of the people who go; and each of the others' own.

    `usual`: attested where proofs are lost, so that a transcript says attested of what was verified.
    """
    found = {}
    for as_of in days:
        for known_at in times:
            asked = {"as_of": as_of, "known_at": known_at, "assurance": "claimed" if known_at else usual}
            for name in ("readiness", "gaps", "award_lines", "payment_lines"):
                frame = ask(store, name, **asked, paid_from=DAYS[0], paid_to=as_of)
                if "employee_id" in frame:
                    frame = frame[~frame["employee_id"].isin(gone)]
                    frame = frame if counts_nobodys else frame[frame["employee_id"].notna()]
                found[name, as_of, known_at] = texts(frame)
            for who in sorted(set(PEOPLE) - set(gone)) if known_at is None else ():
                own = ask(store, "transcript", as_of=as_of, employee=who)
                found["transcript", as_of, who] = texts(own, ("issuer", *(["assurance"] * (usual == "attested"))))
    return found


def totals(store, gone, times, days=ASKED, counts_nobodys=True):
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
            theirs = spend[spend["employee_id"].isin(gone) | (spend["employee_id"].isna() & (not counts_nobodys))]
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
    return erased(store, people, erasure.places_of(store, people))


def erased(store, people, places, also=()):
    """Erase them; what went is what was told before, and what was told to stay stays; files may hold more of it."""
    told = erasure.going(store, people, places, also)
    went = erasure.erase(store, "hr", people, places, also=also)
    assert went == Gone(**{name: getattr(told, name) for name in vars(went)}), (vars(went), vars(told))
    remains = erasure.search(store, people)
    assert {*told.kept} <= {*remains.kept}, (remains.kept, told.kept)
    return remains


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

    def take(self, store, brought, gone=()):
        """`gone`: people whom a file that comes again lacks; with them it is one that landed, or not after all."""
        upload_id, files, then = brought[self.at % len(brought)]
        if self.does == "again":
            bring(store, without(files, gone), then.effective, then.mode, corrects=then.corrects)
            return
        try:
            (undo if self.does == "undo" else redo)(store, upload_id)
        except Refused as refused:
            if "undone" not in str(refused):
                raise


steps = st.lists(st.builds(Step, st.sampled_from(["undo", "undo", "redo", "again"]), st.integers(0, 3)), max_size=4)
FIRST = Later({}, DAYS[0], "snapshot", True, False, False)


def proofs_are_lost(uploads, later, done, gone):
    """Whether a signed badge, or a page about it, mentions somebody who goes, and so loses its proof."""
    said = [row["says"] for files in uploads for row in files.get("badges as files", ())]
    said += [then.looks.says for then in later if then.looks]
    return mentions("\n".join([*said, *(deed.words for deed in done if deed.does == "propose badge")]), gone)


@few
@given(
    upload(first=True),
    histories,
    deeds,
    st.lists(number, min_size=1, max_size=2, unique=True),
    st.booleans(),
    steps,
    st.booleans(),
)
def test_erasing_people_leaves_every_number_about_everybody_else(
    first, later, done, gone, is_one_by_one, following, is_rebuilt
):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c").mkdir()
        store = open_store(Path(folder) / "c" / "c.duckdb")
        numbers = build(store, first, later)
        for deed in done:
            deed.take(store)
        times, above = known_times(later), is_above(later, first, gone)
        files = [first, *(then.files for then in later)]
        usual = "attested" if proofs_are_lost(files, later, done, gone) else "verified"

        def everything(of, times):
            managed = as_managers(of, gone, times[:1])
            found = about_people(of, gone, times, usual=usual) | totals(of, gone, times)
            found |= {asked: answer for asked, answer in managed.items() if asked[3] not in above}
            return found | settings_of(of, gone)

        store, untouched = twin(store)
        for who in gone[:-1] if is_one_by_one else ():
            erase(store, [who])
        assert erase(store, gone[-1:] if is_one_by_one else gone).left == []
        assert differing(everything(untouched, times), everything(store, times)) == []
        assert check(store) == []

        brought = [row for row in zip(numbers, files, [FIRST, *later], strict=True) if row[0]]
        if shares_a_key(files, gone):  # brought again, an award that was theirs first changes its holder no more
            following = [step for step in following if step.does != "again"]
        for step in following:
            for company in (untouched, store):
                step.take(company, brought, gone)
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


def shares_a_key(uploads, gone):
    """Whether a row of somebody else has the key of a row of one of the people."""
    for key in ("award_id", "badge_id", "spend_id"):
        rows = [row for files in uploads for of_kind in files.values() for row in of_kind if row.get(key)]
        theirs = {row[key] for row in rows if row["employee_id"] in gone}
        if any(row[key] in theirs for row in rows if row["employee_id"] not in gone):
            return True
    return False


def moves_to(uploads, gone):
    """Whether an award, a badge or a payment of somebody else ever went to one of the people."""
    for key in ("award_id", "badge_id", "spend_id"):
        others = set()
        for files in uploads:
            for row in (row for rows in files.values() for row in rows if row.get(key)):
                if row["employee_id"] in gone and row[key] in others:
                    return True
                others |= {row[key]} if row["employee_id"] not in gone else set()
    return False


@few
@given(upload(first=True), histories, deeds, st.lists(number, min_size=1, max_size=2, unique=True), upload(first=True))
def test_after_the_next_files_the_company_is_one_in_which_the_erased_never_were(first, later, done, gone, following):
    later = [replace(then, corrects=True) for then in later]
    uploads = [first, *(then.files for then in later)]
    if moves_to(uploads, gone) or not all(without(files, gone).get("roster") for files in uploads if "roster" in files):
        return
    settled_alone = not {deed.about for deed in done} & {*gone}
    with tempfile.TemporaryDirectory() as folder:
        store, never = (open_store(Path(folder) / f"{name}.duckdb") for name in ("c", "n"))
        build(store, first, later)
        build(never, without(first, gone), [replace(then, files=without(then.files, gone)) for then in later])
        for deed in done if settled_alone else ():
            deed.take(store)
            if deed.who not in gone:
                deed.take(never)
        assert erase(store, gone).left == []
        for company in (store, never):
            bring(company, without(following, gone), DAYS[-1])

        for answers in (about_people, totals, as_managers):
            assert differing(answers(never, gone, [None]), answers(store, gone, [None])) == []
        store.close()
        never.close()


def owners_of(store, places):
    """Whose rows lie at some places, and whose awards and payments ever had one of their keys."""
    found = set()
    for kind, of_kind in places.items():
        for (upload_id, file_no), lines in of_kind.items():
            asked = f"select employee_id from {KINDS[kind].table} where upload_id = $u and file_no = $f and line_no in (select unnest($l))"
            found |= {
                *store.query(asked, {"u": upload_id, "f": file_no, "l": sorted(lines)})["employee_id"].to_pylist()
            }
    return found - {None}


@few
@given(upload(first=True), histories, deeds, st.sets(st.sampled_from(RULES), min_size=1), steps)
def test_retention_changes_no_number_but_of_what_is_past_its_time_and_brings_nothing_back(
    first, later, done, rules, following
):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "c").mkdir()
        store = open_store(Path(folder) / "c" / "c.duckdb")
        numbers = build(store, first, later)
        for deed in done:
            deed.take(store)
        patch.setattr(privacy, "today", lambda: ON)
        patch.setenv("SKILLTRACK_RETENTION", ", ".join(f"{rule} 12" for rule in sorted(rules)))
        people, places, proposals = privacy.due(store)
        gone = sorted(people.ids | owners_of(store, places))
        times, above = known_times(later), is_above(later, first, gone)
        files = [first, *(then.files for then in later)]
        usual = "attested" if proofs_are_lost(files, later, done, people.ids) else "verified"

        def others(of, times):
            """What is about those of whom nothing goes."""
            managed = as_managers(of, gone, times[:1])
            found = about_people(of, gone, times, usual=usual, counts_nobodys=False)
            found |= totals(of, gone, times, counts_nobodys=False)
            return found | {asked: answer for asked, answer in managed.items() if asked[3] not in above}

        def today(of):
            """What is about those who stay: of what ended long ago it is told at most that it was there."""
            frames = {name: ask(of, name, as_of=ON) for name in ("readiness", "gaps")}
            frames["gaps"] = frames["gaps"].drop(columns="reason", errors="ignore")
            return {name: texts(frame) for name, frame in frames.items()}

        store, untouched = twin(store)
        if people.ids or places or proposals:
            erased(store, people, erasure.places_of(store, people, places), proposals)
        assert erasure.search(store, people).left == []
        assert differing(others(untouched, times), others(store, times)) == []
        assert differing(today(untouched), today(store)) == []
        left = settings_of(untouched, people.ids)
        left["proposals"] = [row for row in left["proposals"] if row["proposal_id"] not in proposals]
        assert differing(left, settings_of(store, people.ids)) == []
        assert privacy.due(store) == (privacy.named(store, []), {}, set())
        assert check(store) == []

        brought = [row for row in zip(numbers, files, [FIRST, *later], strict=True) if row[0]]
        for step in (step for step in following if step.does != "again"):
            for company in (untouched, store):
                step.take(company, brought)
        if following:
            assert differing(others(untouched, [None]), others(store, [None])) == []
        store.close()
        untouched.close()
