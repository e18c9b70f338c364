"""Nobody is told anything about people they may not see, whoever they are, whatever they ask."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from skilltrack import marts
from skilltrack.access import Viewer
from skilltrack.accounts import viewer_for
from skilltrack.config import today
from skilltrack.errors import BadQuestion
from skilltrack.metrics import Filters, Metrics, catalogue
from skilltrack.store import Store
from tests.access.sight import QUESTIONS, Company, answers, company, land, outside

PEOPLE, SEED = 60, 7
DAYS = (today(), today() - timedelta(days=200), today() - timedelta(days=700))
IS_ONE_DAY = {name for name, metric in catalogue().items() if metric.days == "as_of"} - {"choices"}
"""Metrics whose answer is about the people of one day."""


@pytest.fixture(scope="module")
def made() -> Company:
    return company(PEOPLE, SEED)


@pytest.fixture(scope="module")
def store(made, tmp_path_factory):
    store = Store.open(":memory:")
    land(store, made, tmp_path_factory.mktemp("company"))
    yield store
    store.close()


def viewers(store: Store, made: Company, count: int, seed: int) -> list[Viewer]:
    """Random people of the roster as they sign in, and people who stand in for a manager."""
    chance = random.Random(seed)
    listed = sorted(made.roster(today()))
    found = [viewer_for(store, employee_id=person) for person in chance.sample(listed, min(count, len(listed)))]
    managers = [viewer.employee_id for viewer in found if viewer.lines]
    return found + [
        replace(viewer, roles=viewer.roles | {"manager"}, lines=(*viewer.lines, chance.choice(managers)))
        for viewer in found[: count // 6]
    ]


def leaks(made: Company, metrics: Metrics, asking: list[Viewer], seed: int = 1) -> Iterator[str]:
    """What reaches viewers from outside their sight, asked about all they see, themselves, or others by name."""
    chance = random.Random(seed)
    everybody = sorted({person for roster in made.rosters.values() for person in roster})
    for n, viewer in enumerate(asking):
        day = chance.choice(DAYS)
        filters = (
            Filters(as_of=day, assurance="claimed"),
            Filters(as_of=day, employee=viewer.employee_id, assurance="claimed"),
            Filters(as_of=day, manager=chance.choice([*viewer.lines, *everybody[:12]])),
            Filters(as_of=day, employee=chance.choice(everybody)),
        )[n % 4]
        for name, answer in answers(metrics, viewer, replace(filters, months=2)):
            days = [day, day - timedelta(days=31), day - timedelta(days=62), day + timedelta(days=62)]
            yield from outside(made, viewer, name, days if catalogue()[name].days != "as_of" else [day], answer)


def test_no_cell_of_any_answer_is_about_somebody_outside(store, made):
    asking = viewers(store, made, 24, seed=3)

    assert {bool(viewer.lines) for viewer in asking} == {True, False}
    assert list(leaks(made, Metrics(store), asking)) == []
    assert list(leaks(made, Metrics(store, reads_kept=False), asking[:8])) == []


def test_a_manager_is_told_what_the_company_would_tell_if_nobody_else_existed(store, made, tmp_path):
    viewer = max(viewers(store, made, 60, seed=3)[1:], key=lambda v: len(made.visible(v, today())) % PEOPLE)
    for n, day in enumerate(DAYS):
        seen = made.visible(viewer, day)
        assert len(seen) > 1
        alone = Store.open(":memory:")
        land(alone, company(PEOPLE, SEED, only=seen), tmp_path / str(n))
        for name in sorted(IS_ONE_DAY & set(QUESTIONS)):
            filters = Filters(
                as_of=day, employee=viewer.employee_id if catalogue()[name].report == "employee" else None
            )
            told = Metrics(store).ask(name, viewer, filters)
            expected = Metrics(alone).ask(name, Viewer.everyone(), filters)
            drop = ["landed_at", "line_no", "upload_id"] if name == "origins" else ["manager_id", "manager_name"]
            assert told.drop(columns=drop, errors="ignore").equals(expected.drop(columns=drop, errors="ignore")), name
        alone.close()


def test_someone_who_moved_away_is_out_of_sight_of_the_former_manager_on_every_date(store, made):
    moved = [
        (manager, person)
        for manager in sorted(made.roster(today()))
        for person in made.below(manager, DAYS[2]) - made.below(manager, today())
        if person != manager
    ]
    assert moved
    for manager, person in moved[:5]:
        viewer = viewer_for(store, employee_id=manager)
        for day in DAYS:
            with pytest.raises(BadQuestion, match="No employee"):
                Metrics(store).ask("transcript", viewer, Filters(as_of=day, employee=person))
        assert person not in set(Metrics(store).ask("people", viewer, Filters(as_of=DAYS[2]))["employee_id"])


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
    for viewer in [v for v in viewers(store, made, 40, seed=3) if v.lines][:6]:
        for manager in viewer.lines:
            for name, own in answers(Metrics(store), viewer, Filters(manager=manager)):
                assert list(outside(made, viewer, name, [today()], own)) == [], name
                if name == "people":
                    assert set(own["employee_id"]) == made.below(manager, today())


def _as_of_only(seen: str) -> str:
    return seen.replace("cast($today as date) between", "d.day between")


MUTANTS = {
    "the filter of groups is missing": ("SEEN_THAT_DAY", lambda text: text.split("where")[0]),
    "an OR lets everyone active in": ("SEEN_THAT_DAY", lambda text: text.replace("where", "where l.is_active or")),
    "single rows are not narrowed, the boss shows": ("SEEN_AT_ALL", lambda text: text.split("where")[0]),
    "people are joined by the name of their team": ("seen", lambda _: "select d.day, o.employee_id from asked_days as d "
        "join kept_people as p on p.employee_id = $self join kept_roster as r on r.person = p.person "
        "join kept_roster as t on t.team = r.team join kept_people as o on o.person = t.person"),
    "the organisation of the asked day is enough": ("seen", _as_of_only),
    "the organisation of today is enough": ("seen", lambda text: text.replace("d.roster_day between", "cast($today as date) between")),
    "lines of others than the viewer count": ("seen", lambda text: text.replace(
        "employee_id in (select unnest(cast($lines as varchar[])) as manager)", "true")),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_check_sees_each_way_to_leak(store, made, monkeypatch, mutant):
    where, change = MUTANTS[mutant]
    if where == "seen":
        for folder in ("", "fast"):
            monkeypatch.setitem(marts.mart_texts(folder), "seen", change(marts.mart_texts(folder)["seen"]))
    else:
        monkeypatch.setattr(marts, where, change(getattr(marts, where)))
    caches = (marts.with_marts, marts.with_kept_marts)
    for cache in caches:
        cache.cache_clear()
    try:
        asking = viewers(store, made, 24, seed=3)
        ways = (leaks(made, Metrics(store, reads_kept=is_kept), asking) for is_kept in (True, False))
        assert any(leak for way in ways for leak in way)
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()
