"""Nobody is told anything about people they may not see, whoever they are, whatever they ask, whichever way."""

import functools
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import streamlit as st

from skilltrack.access import Caller, accounts
from skilltrack.access.accounts import give, viewer_called, viewer_for
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadDefinition, BadQuestion, Refused
from skilltrack.ingest import import_files, import_folder
from skilltrack.keeping.data_map import data_map
from skilltrack.keeping.shared_store import store_at
from skilltrack.proposals.events import note
from skilltrack.questions import Filters, Metrics, catalogue, plan, question
from skilltrack.relations import short_list, texts
from skilltrack.relations.texts import with_kept
from skilltrack.reports import exports
from skilltrack.reports.exports import Order, forms_of
from skilltrack.storage.store import Store
from skilltrack.ui import cache
from tests.access import sight, wire
from tests.access.sight import QUESTIONS, TRACE, Company, answers, company, land, outside, word, write
from tests.access.surfaces import (
    EXPORTED,
    Asked,
    by_exports,
    by_mails,
    by_metrics,
    by_pages,
    by_routes,
    by_star,
    days,
    readable,
)
from tests.browser.conftest import Server
from tests.browser.provider import settings

PEOPLE, SEED = 60, 7
CATALOGUE = ("skills", "issuers", "credentials", "credential_skills", "roles")
OPERATOR = Viewer.everyone()
IS_ONE_DAY = {name for name, metric in catalogue().items() if metric.days == "as_of"} - {"choices"}
"""Metrics whose answer is about the people of one day."""


@pytest.fixture(scope="module")
def made() -> Company:
    return company(PEOPLE, SEED)


@pytest.fixture(scope="module")
def store(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    with pytest.MonkeyPatch.context() as patch:
        store = peopled(made, folder, SEED)
        patch.setenv("SKILLTRACK_DB", store.path)
        yield store


def peopled(made: Company, folder: Path, seed: int) -> Store:
    """The company in a file, uploaded by somebody of HR, with people who stand in for managers and have roles."""
    chance, listed = random.Random(seed), sorted(made.roster(today()))
    store = store_at(folder / "x.duckdb")
    hr, ld, auditor, administrator, *others = chance.sample(listed[1:], max(12, len(listed) // 8))
    land(store, made, folder, by=hr)
    land_named_after(hr, store, made, folder)
    propose_of_everybody(store, made)
    given = {"hr": hr, "ld": ld, "auditor": auditor, "administrator": administrator}
    for role, account in given.items():
        give(store, OPERATOR, account, role)
    for role in ("auditor", "administrator"):
        give(store, OPERATOR, f"{role}@elsewhere.example", role)
    managers = [person for person in listed if made.below(person, today())]
    for n, person in enumerate(others):
        boss = chance.choice([manager for manager in managers if manager != person])
        give(store, OPERATOR, person, "delegate", boss, None, today() - timedelta(days=n % 2))  # today, or over
    return store


def land_named_after(person: str, store: Store, made: Company, folder: Path) -> None:
    """Land a file with a row of everybody, whose name names one of them: the one who uploads it."""
    everybody = sorted({person for roster in made.rosters.values() for person in roster})
    rated = [{"employee_id": p, "skill_id": "sql", "level": "1", "valid_from": "2026-01-02"} for p in everybody]
    file = write(folder / "named", {"self_ratings": rated}) / "self_ratings.csv"
    file = file.rename(file.with_name(f"from {word(person)}.csv"))
    assert import_files(store, "self_ratings", [file], by=person).status == "stored"


def propose_of_everybody(store: Store, made: Company) -> None:
    """Everybody has proposed something that waits and something that was declined, with their word in every text."""
    everybody = sorted({person for roster in made.rosters.values() for person in roster})
    with store.write() as transaction:
        for person in everybody:
            w, number = word(person), int(person[1:4]) + 1
            texts = dict.fromkeys(("wording", "note"), f"P {w}") | {"evidence_url": f"https://z.example/{w}"}
            file = {"file_name": f"{w}.txt", "stored": store.journal.keep(f"F {w}".encode())}
            for at, what in ((2 * number, "prior_learning"), (2 * number + 1, "correction")):
                note(
                    transaction,
                    at,
                    person,
                    "proposed",
                    person,
                    what=what,
                    level=1,
                    valid_from="2026-01-02",
                    **texts,
                    **file,
                )
            note(transaction, 2 * number + 1, person, "declined", person, reason=f"R {w}")


def viewers(store: Store, made: Company, count: int, seed: int) -> list[Viewer]:
    """As they sign in: some whose people have moved away, random people of the roster, those who were given roles."""
    chance, listed = random.Random(seed), sorted(made.roster(today()))
    former = [person for person in listed if made.below(person, days()[-1]) - made.below(person, today())]
    given = sorted(set(store.frame("select distinct account from role_events")["account"]))
    accounts = [
        *chance.sample(former, min(len(former), 1 + count // 10)),
        *chance.sample(listed, min(count, len(listed))),
    ]
    accounts += [*chance.sample(given, min(len(given), 4 + count // 4))]
    accounts += [account for account in given if "@" in account]
    return [signed_in(store, account) for account in dict.fromkeys(accounts)]


@functools.cache
def signed_in(store: Store, account: str) -> Viewer:
    """The viewer of an account, whose roles no test changes: looked up once."""
    return viewer_called(store, account)


def leaks(
    made: Company, store: Store, asking: list[Viewer], seed: int = 1, every: int = 1, first: int = 0
) -> Iterator[str]:
    """What reaches viewers from outside their sight: by metrics each of them, by every way there is every nth."""
    chance = random.Random(seed)
    everybody = sorted({person for roster in made.rosters.values() for person in roster})
    for n, viewer in enumerate(asking, first):
        asked = Asked(
            viewer, days()[-1 - n % 3], chance.choice([*viewer.lines, *everybody[:12]]), chance.choice(everybody)
        )
        yield from by_metrics(made, Metrics(store), asked, n)
        if n % every == 0:
            yield from by_metrics(made, Metrics(store, reads_kept=False), asked, n)
            yield from by_pages(made, asked, n // every)
            yield from by_exports(made, store, asked, n // every)
            yield from by_routes(made, asked, n // every)
            yield from by_mails(made, store, asked)


def test_nothing_that_reaches_a_viewer_is_about_somebody_outside(store, made):
    asking = [viewer for viewer in viewers(store, made, 4, seed=3) if not viewer.sees_everyone]

    assert {role for viewer in asking for role in viewer.roles} == {"employee", "manager", "auditor", "administrator"}
    assert any(set(viewer.lines) - {viewer.employee_id} for viewer in asking)
    assert list(leaks(made, store, asking, every=5)) == []


def test_the_name_of_an_uploaded_file_is_told_to_those_who_may_see_uploads_only(store, made):
    people = (viewer.employee_id for viewer in viewers(store, made, 12, seed=3) if viewer.employee_id)
    asked = next(
        filters
        for person in people
        if len(Metrics(store).ask("origins", Viewer.everyone(), filters := Filters(days()[-1], employee=person)))
    )
    person = asked.employee
    for role in ("employee", "manager", "ld", "hr"):
        viewer = Viewer(person, frozenset({role}), person)
        for reads_kept in (True, False):
            told = Metrics(store, reads_kept).ask("origins", viewer, asked)
            assert len(told) > 0
            assert told["file_name"].notna().all() == (role in ("hr", "ld")), role
            assert told["file_name"].isna().all() == (role not in ("hr", "ld")), role
            assert told[["kind", "landed_at", "line_no"]].notna().all().all()


def test_the_socket_tells_a_stranger_of_nobody_whatever_they_send(store, made, tmp_path):
    asking = [viewer for viewer in viewers(store, made, 12, seed=3) if viewer.employee_id]
    boss = max(asking, key=lambda viewer: 0 if viewer.sees_everyone else len(viewer.lines))
    person = max(made.visible(boss, today()) - {boss.employee_id})
    frames, stranger = wire.frames() | {"a page": wire.page_of("people", f"?employee={person}")}, Viewer("nobody")
    store.copy_to(tmp_path / "x.duckdb")
    server = Server(
        tmp_path / "x.duckdb", lambda url: settings("https://login.example", url, SKILLTRACK_ACCOUNT_CLAIM="sub")
    )
    try:
        for kind, frame in frames.items():
            with wire.opened(server.url, {}) as socket:
                told = wire.answers_to(socket, frame)
            assert outside(made, stranger, kind, today(), str(told).encode()) == []
        with wire.opened(server.url, wire.session(server.url, sub=boss.account)) as socket:
            socket.send(frames["a page"])
            seen = str(wire.until_drawn(socket)).encode()
    finally:
        server.stop()

    assert outside(made, boss, "a page", today(), seen) == []
    assert outside(made, stranger, "a page", today(), seen) != []  # what a stranger would have been told


def test_a_manager_is_told_what_the_company_would_tell_if_nobody_else_existed(store, made, tmp_path):
    viewer = max(viewers(store, made, 60, seed=3)[1:], key=lambda v: len(made.visible(v, today())) % PEOPLE)
    for n, day in enumerate(days()[::2]):
        seen = made.visible(viewer, day)
        assert len(seen) > 1
        alone = Store.open(":memory:")
        land(alone, few := company(PEOPLE, SEED, only=seen), tmp_path / str(n))
        land_named_after("nobody", alone, few, tmp_path / str(n))
        propose_of_everybody(alone, few)
        for name in sorted(IS_ONE_DAY & set(QUESTIONS)):
            filters = Filters(
                as_of=day, employee=viewer.employee_id if catalogue()[name].report == "employee" else None
            )
            told = Metrics(store).ask(name, viewer, filters)
            expected = Metrics(alone).ask(name, Viewer.everyone(), filters)
            drop = (
                ["landed_at", "line_no", "upload_id", "by_whom", "file_name"]
                if name == "origins"
                else ["manager_id", "manager_name", "checked_at", "proposed_at", "decided_at", "decided_by"]
            )
            assert told.drop(columns=drop, errors="ignore").equals(expected.drop(columns=drop, errors="ignore")), name
        alone.close()


def test_whom_a_viewer_sees_is_the_same_from_a_list_and_looked_up(store, made, monkeypatch):
    asking = [viewer for viewer in viewers(store, made, 12, seed=3) if not viewer.sees_everyone][:5]
    filters = [
        Filters(as_of=days()[n % 3], months=2, employee=v.employee_id if n % 2 else None) for n, v in enumerate(asking)
    ]
    told = []
    for few in (short_list.FEW, -1):
        monkeypatch.setattr(short_list, "FEW", few)
        store.memory.clear()
        told.append([list(answers(Metrics(store), *asked)) for asked in zip(asking, filters, strict=True)])
        assert any("seen_ids" in found for found, _ in store.memory._entries.values()) == (few > 0)

    for listed, looked_up in zip(*told, strict=True):
        assert [name for name, _ in listed] == [name for name, _ in looked_up]
        for (name, one), (_, other) in zip(listed, looked_up, strict=True):
            assert one.equals(other), name


NARROWED = {
    "plain": "select employee_id from awards",
    "alias": "select o.employee_id from awards as o",
    "another case": "select AWARDS.Employee_Id from AWARDS",
    "quoted": 'select "Awards".employee_id from "Awards"',
    "a text as a name": "select employee_id from 'awards'",
    "comma": "select o.employee_id from asked_days as d, awards as o",
    "line break": "select employee_id from -- the\n\n  /* from */ awards",
    "subquery": "select s.employee_id from (select * from awards) as s",
    "scalar subquery": "select unnest((select list(employee_id) from awards)) as employee_id",
    "exists": "select p.employee_id from roster as p where exists (select 1 from awards as o where o.employee_id = p.employee_id)",
    "common table expression": "with own as (from AWARDS) select employee_id from own",
    "union": "select employee_id from awards where false union all select employee_id from asked_days, awards",
    "lateral": "select l.employee_id from asked_days as d cross join lateral (select employee_id from awards) as l",
    "from first": "FROM Awards SELECT employee_id",
    "pivot": "select employee_id from awards pivot (count(*) for credential_id in ('none'))",
}
PAST_THE_NARROWING = {
    "a table": "select employee_id from badge_rows",
    "comma": "select a.employee_id from asked_days as d, badge_rows as a",
    "schema": "select employee_id from main.badge_rows",
    "schema of a definition": "select employee_id from main.awards",
    "another case": "select employee_id from BADGE_ROWS",
    "quoted": 'select employee_id from "badge_rows"',
    "a text as a name": "select employee_id from 'badge_rows'",
    "kept": "select p.employee_id from asked_days, kept_awards join kept_people as p using (person)",
    "in a subquery": "select employee_id from roster where employee_id in (select employee_id from badge_rows)",
    "hidden by its own name": "with badge_rows as (select * from badge_rows) select employee_id from badge_rows",
    "hidden where it recurs": "with recursive badge_rows as (from badge_rows union from badge_rows) select employee_id from badge_rows",
    "a definition hidden by its own name": "with awards as (select * from awards) select employee_id from awards",
    "a definition hidden where it recurs": "with recursive awards as (select * from awards union select * from awards) select employee_id from awards",
    "whom a viewer sees hidden": "with seen as (select employee_id from roster) select a.employee_id from awards as a, seen",
    "hidden by a name with another K": 'with "\u212aept_people" as (from awards) select employee_id from kept_people',
    "in a union": "select employee_id from awards union select employee_id from badge_rows",
    "lateral": "select l.employee_id from asked_days as d, lateral (select * from badge_rows) as l",
    "function": "select employee_id from query_table('badge_rows')",
    "function of a query": "select employee_id from query('from badge_rows')",
    "summary": "select max as employee_id from (summarize badge_rows)",
}


@pytest.mark.parametrize("reads_kept", [True, False])
def test_a_metric_tells_only_of_those_whom_its_viewer_sees_however_it_is_written(store, made, monkeypatch, reads_kept):
    seeing = [viewer for viewer in viewers(store, made, 20, seed=3) if not viewer.sees_everyone and viewer.lines]
    viewer = max(seeing, key=lambda viewer: len(made.visible(viewer, today())))

    def told(sql: str, asking: Viewer) -> set[str]:
        monkeypatch.setitem(
            catalogue(), "late", replace(catalogue()["award_lines"], name="late", area="people", sql=sql)
        )
        return set(Metrics(store, reads_kept).ask("late", asking, Filters())["employee_id"])

    expected = told(NARROWED["plain"], viewer)
    assert expected < told(NARROWED["plain"], OPERATOR)
    assert expected <= made.visible(viewer, today())
    for style, sql in NARROWED.items():
        assert expected == told(sql, viewer), style
    for style, sql in PAST_THE_NARROWING.items():
        for asking in (viewer, OPERATOR):
            with pytest.raises(BadDefinition):
                told(sql, asking)
                pytest.fail(style)


def test_someone_who_moved_away_is_out_of_sight_of_the_former_manager_on_every_date(store, made):
    moved = [
        (manager, person)
        for manager in sorted(made.roster(today()))
        for person in made.below(manager, days()[2]) - made.below(manager, today())
        if person != manager
    ]
    assert moved
    for manager, person in moved[:5]:
        viewer = viewer_for(store, employee_id=manager)
        for day in days():
            with pytest.raises(BadQuestion, match="No employee"):
                Metrics(store).ask("transcript", viewer, Filters(as_of=day, employee=person))
        assert person not in set(Metrics(store).ask("people", viewer, Filters(as_of=days()[2]))["employee_id"])


def test_what_was_known_before_people_moved_is_no_way_round(store, made):
    first = store.query("select min(happened_at) as at from upload_events").to_pylist()[0]["at"]
    former = [viewer for viewer in viewers(store, made, 40, seed=3) if viewer.lines and not viewer.sees_everyone]
    for viewer in former[:2]:
        for name, answer in answers(Metrics(store), viewer, Filters(known_at=first, months=2)):
            # As known then, the first organisation holds on every day.
            assert outside(made, viewer, name, days()[-1], answer.astype(str).to_csv().encode()) == []


def test_counts_of_an_organisation_leave_out_who_moved_away_on_every_day(made, tmp_path, monkeypatch):
    """By numbers, not words; also on the last day of a month, when a forecast is about today and an older roster."""
    before, last, then = made.rosters[min(made.rosters)], date(2026, 5, 31), date(2026, 5, 10)
    store, old = Store.open(tmp_path / "moved.duckdb"), Company({date(2026, 5, 1): before}, made.rows)
    land(store, old, tmp_path)
    number = dict(store.query("select employee_id, person from kept_people").to_pandas().values)
    below = {p: sorted(old.below(p, last), key=number.__getitem__) for p in before}
    # One who stands between others in the organisation, and nobody below whom would move along.
    moving = {boss: [p for p in below[boss][1:-1] if not below[p]] for boss in list(before)[1:]}
    moving = {boss: those[0] for boss, those in moving.items() if those}
    after = {p: row | {"manager_id": next(iter(before))} if p in moving.values() else row for p, row in before.items()}
    land(store, Company({date(2026, 5, 20): after}), tmp_path)
    for module in (question, accounts):
        monkeypatch.setattr(module, "today", lambda: last)
    former = [viewer_for(store, employee_id=boss) for boss in list(moving)[:2]]
    counts = [n for n, m in catalogue().items() if m.area in ("people", "money") and "employee_id" not in m.columns]

    def told_otherwise(names) -> set[str]:
        """What they are told about their organisation from the kept tables and not by the definitions."""
        found = set()
        for viewer in former:
            for months in (1, 6):
                asked = viewer, Filters(as_of=then, manager=viewer.employee_id, months=months, assurance="claimed")
                for name in names:
                    if not Metrics(store).ask(name, *asked).equals(Metrics(store, False).ask(name, *asked)):
                        found.add(name)
        return found

    assert told_otherwise(counts) == set()
    always = partial(with_kept, is_own=True)
    monkeypatch.setattr(plan, "with_kept", lambda *texts, is_own=False, **how: always(*texts, **how))
    shown = {"totals", "trend", "forecast", "coverage"}
    assert told_otherwise(shown) == shown
    store.close()


def test_a_hidden_person_and_one_who_does_not_exist_are_refused_with_the_same_words(store, made):
    viewer = next(v for v in viewers(store, made, 40, seed=3) if not v.lines)
    hidden = next(person for person in sorted(made.roster(today())) if person != viewer.employee_id)
    said = []
    for person in (hidden, "nobody"):
        with pytest.raises(BadQuestion) as refused:
            Metrics(store).ask("transcript", viewer, Filters(employee=person))
        said.append(str(refused.value).replace(person, "X"))

    assert said[0] == said[1]


def test_a_managers_own_organisation_today_is_whom_they_see_without_themselves(store, made):
    for viewer in [v for v in viewers(store, made, 40, seed=3) if v.lines][:3]:
        for manager in viewer.lines:
            for name, own in answers(Metrics(store), viewer, Filters(manager=manager)):
                told = own.astype(str).to_csv().encode()
                assert outside(made, viewer, name, today(), told, [manager]) == [], name
                if name == "people":
                    assert set(own["employee_id"]) == made.below(manager, today())


def test_every_text_about_a_person_holds_a_word_of_theirs(store, made):
    chosen = {"credential_id", "skill_id", "team", "role_id", "currency", "funding_source", "by_whom", "role"}
    chosen |= {"steps", "taken_back"}  # sentences and words of ours about a badge
    chosen |= {"step", "what", "subject_id", "stored"}  # of a proposal: words of ours, the catalogue, a hash
    for table in sorted(texts.tables_about_people()):
        of_text = {name for name, kind in store.columns()[table].items() if kind == "VARCHAR"}
        for column in of_text & set(data_map()[table].personal) - chosen:
            cells = store.frame(f"select {column} as cell from {table} where {column} <> ''")["cell"].dropna()
            assert all(TRACE.search(cell.encode()) or cell == "nobody" for cell in cells), (table, column)
            assert len(cells) or table.startswith("kept_") or column == "award_id", (table, column)


def test_the_walk_sees_what_every_way_tells(store, made, tmp_path):
    """For somebody who may see nobody, whatever a manager is told would be a leak."""
    viewer = max(
        viewers(store, made, 60, seed=3), key=lambda v: 0 if v.sees_everyone else len(made.visible(v, today()))
    )
    asked = Asked(viewer, today(), viewer.employee_id, viewer.employee_id)
    nobody = Company(made.rosters, made.rows)
    nobody.visible = lambda viewer, day: set()
    ways = [
        *by_metrics(nobody, Metrics(store), asked, 0),
        *by_pages(nobody, asked, 0),
        *by_exports(nobody, store, asked, 0, is_all=True),
        *by_star(nobody, store, asked, tmp_path),
        *by_mails(nobody, store, asked),
        *by_routes(nobody, asked),
    ]
    seen = {found.split(" for ")[0] for found in ways}

    assert {"people", "readiness", "gaps", "award_lines", "star"} <= seen
    assert {f"page {name}" for name in ("team/people", "team/readiness", "team/renewals")} <= seen
    for name in ("readiness", "gaps", "renewals"):
        assert {f"{name} as {form}" for form in forms_of(name)} <= seen
    assert {"team as pdf", "team as xlsx"} <= seen
    assert {"mail digest", "mail report of Readiness", "mail report of Team pack"} <= seen
    assert {"mail packs of Readiness", "mail packs of Team pack"} <= seen
    others = (replace(asked, viewer=other) for other in viewers(store, made, 8, seed=3))
    missing = {"mail lapses", "mail decisions"}
    for found in (found for other in others for found in by_mails(nobody, store, other)):
        missing -= {kind for kind in missing if kind in found}
        if not missing:
            break
    assert missing == set()
    assert {f"GET /reports/{name}" for name in ("readiness", "gaps", "renewals")} <= seen


def test_the_walk_sees_a_token_that_opens_more_than_its_account_may(store, made, monkeypatch):
    viewer = next(viewer for viewer in viewers(store, made, 40, seed=3) if viewer.lines and not viewer.sees_everyone)
    monkeypatch.setattr(Caller, "opening", lambda caller, scope: OPERATOR)

    assert next(by_routes(made, Asked(viewer, today(), viewer.employee_id, viewer.employee_id)), None)


def _as_of_only(seen: str) -> str:
    return seen.replace("cast($today as date) between t.", "l.valid_from between t.").replace(
        "cast($today as date) between", "d.day between"
    )


SEEN = (("", "seen"), ("any", "seen"), ("any", "seen_stretches"))
MUTANTS = {
    "missing filter": ("SEEN_THAT_DAY", lambda text: text.split("where")[0]),
    "or-precedence": ("SEEN_THAT_DAY", lambda text: text.replace("where", "where l.is_active or")),
    "single rows are not narrowed": ("SEEN_AT_ALL", lambda text: text.split("where")[0]),
    "join by team name": ("seen", lambda text: text if "asked_days" not in text else "select d.day, o.employee_id from asked_days as d "
        "join kept_people as p on p.employee_id = $self join kept_roster as r on r.person = p.person "
        "join kept_roster as t on t.team = r.team join kept_people as o on o.person = t.person"),
    "as of an old organisation": ("seen", _as_of_only),
    "as of today's organisation only": ("seen", lambda text: text.replace("d.roster_day between", "cast($today as date) between")),
    "lines of others than the viewer": ("seen", lambda text: text.replace(
        "m.employee_id in (select unnest(cast($lines as varchar[])) as manager)", "true")),
    "the boss's id": ("people", lambda sql: sql.replace("b.employee_id is not null or not $is_limited", "true")),
    "the name of a file": ("origins", lambda sql: sql.replace("$sees_uploads", "true")),
    "the name of a file to auditors": ("upload_files", lambda sql: sql.replace("not $is_limited then file_name", "true then file_name")),
    "who uploaded it": ("origins", lambda sql: sql.replace("not $is_limited", "true")),
    "cached by page only": ("", None),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_walk_sees_each_way_to_leak(store, made, monkeypatch, mutant):
    where, change = MUTANTS[mutant]
    if where == "seen":
        held_in = [(texts.definitions() if not case else texts.from_kept(case), name) for case, name in SEEN]
        changed = [change(held[name]) for held, name in held_in]
        assert changed != [held[name] for held, name in held_in]
        for (held, name), text in zip(held_in, changed, strict=True):
            monkeypatch.setitem(held, name, text)
    elif where in catalogue():
        metric = catalogue()[where]
        monkeypatch.setitem(catalogue(), where, replace(metric, sql=change(metric.sql)))
        assert catalogue()[where] != metric
        # Only it is asked: every metric as it is written tells nothing, which the test of the whole walk holds.
        monkeypatch.setattr(sight, "catalogue", lambda: {where: catalogue()[where]})
    elif where:
        monkeypatch.setattr(texts, where, change(getattr(texts, where)))
    else:
        monkeypatch.setattr(cache, "scope_of", lambda viewer: "anybody")
    caches = (
        store.memory.clear,
        texts._with_texts.cache_clear,
        st.cache_data.clear,
        st.cache_resource.clear,
    )
    for clear in caches:
        clear()
    try:
        asking = [viewer for viewer in viewers(store, made, 12, seed=3) if not viewer.sees_everyone]
        if change:  # metrics tell, and need no page or file to be made first
            found = leaks(made, store, asking, every=len(asking) + 1, first=1)
        else:
            found = (
                leak
                for viewer in asking
                for leak in by_pages(made, Asked(viewer, days()[-1], asking[0].account, ""), 0)
            )
        assert next(found, None)
    finally:
        monkeypatch.undo()
        for clear in caches:
            clear()


def test_who_sees_nobody_learns_of_no_single_person_from_files_of_two_days(tmp_path):
    """Whoever subtracts one day's file from the next day's else reads off what the one who joined can do."""
    first, then = today() - timedelta(days=40), today() - timedelta(days=39)
    rows = {kind: rows for kind, rows in company(1, SEED).rows.items() if kind in CATALOGUE}
    rows["roster"] = [{"employee_id": f"e{n}", "name": f"N {n}", "team": "T", "role_id": "b"} for n in range(14)]
    rows["roster"][13]["hired_on"] = str(then)
    rows["prior_learning"] = [
        {"employee_id": f"e{n}", "skill_id": "sql", "level": "3", "assessor": "A", "valid_from": str(since)}
        for n, since in ((1, first), (2, first), (3, then), (13, then))
    ]
    store = store_at(tmp_path / "x.duckdb")
    assert import_folder(store, write(tmp_path / "files", rows), effective=date(2024, 1, 1)).status == "stored"
    viewers = [OPERATOR]
    for role in ("auditor", "administrator"):
        give(store, OPERATOR, f"{role}@x.example", role)
        viewers.append(viewer_called(store, f"{role}@x.example"))

    def told(viewer: Viewer, name: str, form: str, day: date) -> str:
        content = exports.export(store, viewer, Order(name, form, Filters(as_of=day)), None)[1]
        text = readable(content).decode()
        return re.sub("|".join([str(day), f"{day:%-d %B %Y}", f"{day:%-d%B%Y}"]), "DAY", text)

    differ = {viewer: {} for viewer in viewers}
    for viewer in viewers:
        for name in EXPORTED if viewer != OPERATOR else ["coverage"]:
            for form in forms_of(name):
                with suppress(Refused):
                    differ[viewer][name, form] = told(viewer, name, form, first) != told(viewer, name, form, then)
    store.close()
    assert [set(shown.values()) for shown in differ.values()] == [{True}, {False}, set()]
    assert set(differ[viewers[1]]) == {("audit", "pdf"), ("audit", "xlsx")}
