"""Who is who: the roster, the roles that were given, and what becomes of them as days pass and people move."""

import itertools
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pandas import DataFrame

from skilltrack.access import accounts
from skilltrack.access.accounts import give, roles_in_force, take, viewer_for
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import import_folder
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.kept import make_fresh
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.questions.lookups import freshness
from skilltrack.questions.question import Question
from skilltrack.relations import short_list
from skilltrack.relations.short_list import seen_if_few
from skilltrack.storage.store import Store
from skilltrack.ui import cache
from tests.access.sight import Company, answers, outside, person_row, write

ADMIN = Viewer("root", frozenset({"administrator"}))


def roster(**managers: str) -> list[dict[str, str]]:
    return [person_row(person, manager, "T", "a") for person, manager in managers.items()]


def listed(store: Store, folder: Path, rows: list[dict[str, str]], effective=None) -> None:
    assert import_folder(store, write(folder, {"roster": rows}), effective=effective).status == "stored"


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "x.duckdb")
    listed(store, tmp_path / "first", roster(top="", boss="top", ann="boss", bob="boss", cara="top"))
    yield store
    store.close()


def test_an_address_on_the_roster_is_an_employee_and_a_manager_if_anybody_reports_to_them(store):
    row = person_row("boss", "", "", "")

    assert viewer_for(store, email=f"  {row['email'].upper()} ") == Viewer(
        "boss", frozenset({"employee", "manager"}), "boss", ("boss",)
    )
    assert viewer_for(store, employee_id="ann") == Viewer("ann", frozenset({"employee"}), "ann", ())


def test_finding_out_who_looks_builds_nothing_and_is_refused_while_the_reporting_lines_lag(store):
    with store.write() as transaction:
        transaction.run("delete from kept_state")
    lines = store.query("select count(*) as n from kept_lines").to_pylist()
    for ask in (lambda: viewer_for(store, employee_id="boss"), lambda: accounts.examples(store)):
        with pytest.raises(BadQuestion, match="being brought up to date"):
            ask()

    assert store.query("select count(*) as n from kept_state").to_pylist() == [{"n": 0}]
    assert store.query("select count(*) as n from kept_lines").to_pylist() == lines
    make_fresh(store)
    assert viewer_for(store, employee_id="boss").lines == ("boss",)
    assert accounts.examples(store)["ann"] == f"{person_row('ann', '', '', '')['name']}: employee"


def test_who_is_on_no_roster_and_has_no_role_is_nobody(store):
    with pytest.raises(BadQuestion, match="on no roster"):
        viewer_for(store, email="stranger@x.example")
    with pytest.raises(BadQuestion, match="on no roster"):
        viewer_for(store, email="")


def test_two_people_with_one_address_are_refused_rather_than_guessed(store, tmp_path):
    rows = roster(top="", one="top", two="top")
    rows[1]["email"] = rows[2]["email"] = "Shared@x.example"
    listed(store, tmp_path / "second", rows)

    with pytest.raises(BadQuestion, match="2 people"):
        viewer_for(store, email="shared@x.example")


def test_someone_who_has_left_is_out(store, tmp_path):
    rows = roster(top="", boss="top", ann="boss")
    rows[1]["left_on"] = str(today() - timedelta(days=1))
    listed(store, tmp_path / "second", rows)

    with pytest.raises(BadQuestion):
        viewer_for(store, employee_id="boss")
    rows[1]["left_on"] = str(today())
    listed(store, tmp_path / "third", rows)
    assert viewer_for(store, employee_id="boss").account == "boss"


def test_who_has_left_is_out_whatever_was_given_to_them_or_the_sign_in_tells(store, tmp_path):
    give(store, ADMIN, "ann", "hr")
    address = person_row("ann", "", "", "")["email"]
    listed(store, tmp_path / "second", roster(top="", boss="top", bob="boss"))

    for who in ({"employee_id": "ann"}, {"email": address}, {"email": address.upper()}):
        with pytest.raises(BadQuestion, match="on no roster"):
            viewer_for(store, **who, claimed=frozenset({"ld"}))
    give(store, ADMIN, address, "auditor")  # to the address, after they left: meant
    assert viewer_for(store, email=address, claimed=frozenset({"ld"})).roles == {"auditor"}
    assert viewer_for(store, email="never@x.example", claimed=frozenset({"ld"})).roles == {"ld"}


def test_what_an_address_was_given_before_hire_ends_with_the_job(store, tmp_path, monkeypatch):
    give(store, ADMIN, "dan@x.example", "hr")  # an outside adviser, hired later
    rows = [*roster(top="", boss="top"), person_row("dan", "boss", "", "")]
    rows[-1]["email"] = "Dan@x.example"
    listed(store, tmp_path / "second", rows)
    assert viewer_for(store, email="dan@x.example").roles == {"hr", "employee"}
    rows[-1]["left_on"] = str(today() + timedelta(days=5))
    listed(store, tmp_path / "third", rows)
    later = today() + timedelta(days=6)
    monkeypatch.setattr(accounts, "today", lambda: later)

    for who in ({"employee_id": "dan"}, {"email": "dan@x.example"}):
        with pytest.raises(BadQuestion, match="on no roster"):
            viewer_for(store, **who)


def test_who_was_barred_by_address_before_hire_is_out_by_id_too(store, tmp_path):
    give(store, ADMIN, "dan@x.example", "barred")
    rows = [*roster(top="", boss="top"), person_row("dan", "boss", "", "")]
    rows[-1]["email"] = "dan@x.example"
    listed(store, tmp_path / "second", rows)

    for who in ({"employee_id": "dan"}, {"email": "dan@x.example"}):
        with pytest.raises(BadQuestion, match="barred"):
            viewer_for(store, **who)


def test_who_was_barred_stays_out_after_leaving_the_roster(store, tmp_path):
    give(store, ADMIN, "ann", "barred")
    address = person_row("ann", "", "", "")["email"]
    give(store, ADMIN, "cara", "hr")
    listed(store, tmp_path / "second", roster(top="", boss="top", bob="boss"))
    give(store, ADMIN, address, "hr")

    with pytest.raises(BadQuestion, match="barred"):
        viewer_for(store, email=address, claimed=frozenset({"hr"}))
    with pytest.raises(BadQuestion, match="barred"):
        viewer_for(store, employee_id="ann", claimed=frozenset({"hr"}))


def test_a_sign_that_only_looks_like_a_letter_is_another_address(store, tmp_path):
    rows = roster(top="", ann="top")
    rows[1]["email"] = "kim@x.example"
    listed(store, tmp_path / "second", rows)

    assert viewer_for(store, email="KIM@x.example").account == "ann"
    for address in ("\u212aim@x.example", "k\u0131m@x.example", "K\u0130M@x.example"):
        with pytest.raises(BadQuestion, match="on no roster"):
            viewer_for(store, email=address)


def test_a_role_is_in_force_on_its_first_and_last_day_and_not_beside_them(store):
    for first, last, is_held in ((0, 0, True), (1, None, False), (None, -1, False), (None, None, True)):
        days = [None if n is None else today() + timedelta(days=n) for n in (first, last)]
        give(store, ADMIN, "ann", "hr", "", *days)

        assert ("hr" in viewer_for(store, employee_id="ann").roles) == is_held
    take(store, ADMIN, "ann", "hr")
    assert viewer_for(store, employee_id="ann").roles == {"employee"}


def test_a_delegate_sees_the_organisation_they_stand_in_for_until_the_last_day(store):
    give(store, ADMIN, "cara", "delegate", "boss", None, today())

    seen = Metrics(store).ask("people", viewer_for(store, employee_id="cara"), Filters())
    assert set(seen["employee_id"]) == {"ann", "bob", "cara"}
    give(store, ADMIN, "cara", "delegate", "boss", None, today() - timedelta(days=1))
    seen = Metrics(store).ask("people", viewer_for(store, employee_id="cara"), Filters())
    assert set(seen["employee_id"]) == {"cara"}


def test_a_barred_account_is_out_whatever_else_it_has(store):
    give(store, ADMIN, "ann", "hr")
    give(store, ADMIN, "ann", "barred")
    with pytest.raises(BadQuestion, match="barred"):
        viewer_for(store, employee_id="ann")
    take(store, ADMIN, "ann", "barred")
    assert "hr" in viewer_for(store, employee_id="ann").roles


def test_only_an_administrator_gives_roles_and_nonsense_is_refused_with_what_would_work(store):
    with pytest.raises(BadQuestion, match="Giving and taking roles is open to administrator"):
        give(store, viewer_for(store, employee_id="boss"), "boss", "hr")
    for arguments, said in (
        (("ann", "manager"), "follows from the roster"),
        (("ann", "king"), "Use one of: hr"),
        (("ann", "delegate"), "say for whom"),
        (("ann", "hr", "boss"), "say for whom"),
        (("ann", "delegate", "bob"), "is not a manager"),
        (("boss", "delegate", "boss"), "stand in for themselves"),
        (("zed", "hr"), "Nobody on today's roster"),
    ):
        with pytest.raises(Refused, match=said):
            give(store, ADMIN, *arguments)
    with pytest.raises(Refused, match="does not have the role"):
        take(store, ADMIN, "ann", "hr")
    assert roles_in_force(store).empty


def test_nobody_gives_themselves_a_role(store):
    give(store, ADMIN, "ann", "administrator")
    ann = viewer_for(store, employee_id="ann")
    for role, manager in (("hr", ""), ("ld", ""), ("delegate", "boss")):
        with pytest.raises(Refused, match="Nobody gives a role to themselves"):
            give(store, ann, person_row("ann", "", "", "")["email"], role, manager)
    assert viewer_for(store, employee_id="ann").roles == {"employee", "administrator"}


def test_an_administrator_and_an_auditor_see_no_people(store):
    for role, told in (("administrator", set()), ("auditor", {"audited", "upload_files"})):  # counts, and files
        give(store, ADMIN, f"{role}@x.example", role)
        viewer = viewer_for(store, email=f"{role}@x.example")
        assert set(dict(answers(Metrics(store), viewer, Filters()))) == told
        with pytest.raises(BadQuestion, match="open to"):
            Metrics(store).ask("people", viewer, Filters())


def test_an_auditor_is_told_counts_of_the_whole_company_and_of_no_part_of_it(store):
    give(store, ADMIN, "auditor@x.example", "auditor")
    viewer = viewer_for(store, email="auditor@x.example")
    told = {name: Metrics(store).ask(name, viewer, Filters()) for name in ("audited", "upload_files")}

    assert told["audited"].equals(Metrics(store).ask("audited", Viewer.everyone(), Filters()))
    assert told["audited"]["people"].iloc[0] == 5
    said = " ".join(answer.to_csv() for answer in told.values())
    assert [person for person in ("top", "boss", "ann", "bob", "cara") if person in said] == []
    assert told["upload_files"]["file_name"].isna().all()  # "Sick leave Ann Smith.csv"
    for part in ({"manager": "top"}, {"team": "T"}, {"employee": "ann"}, {"role": "a"}):
        with pytest.raises(BadQuestion, match="whole company only"):
            Metrics(store).ask("audited", viewer, Filters(**part))
    manager = viewer_for(store, employee_id="boss")  # tells of their own people, as every metric does
    assert Metrics(store).ask("audited", manager, Filters())["people"].iloc[0] == 3


def test_a_list_found_for_an_older_state_is_not_used_for_a_newer_one(store, tmp_path):
    boss, filters = viewer_for(store, employee_id="boss"), Filters()
    with store.snapshot() as older:
        older.query("select 1 from kept_state")
        listed(store, tmp_path / "second", roster(top="", boss="top", ann="top", bob="boss", cara="top"))
        # Somebody who began to read before the upload goes on after it.
        late = seen_if_few(older, freshness(older), Question(catalogue()["people"], boss, filters).parameters)
        assert "ann" in itertools.chain(*late["seen_ids"])

    assert set(Metrics(store).ask("people", boss, filters)["employee_id"]) == {"boss", "bob"}


def test_roles_outlive_a_rebuild_of_the_database(tmp_path):
    store = open_store(tmp_path / "x.duckdb")
    listed(store, tmp_path / "first", roster(top="", ann="top"))
    give(store, ADMIN, "ann", "hr", "", None, today())
    take(store, ADMIN, "ann", "hr")
    give(store, ADMIN, "ann", "ld")
    before = roles_in_force(store)
    store.close()

    rebuild(tmp_path / "x.duckdb")
    store = open_store(tmp_path / "x.duckdb")
    assert roles_in_force(store).equals(before)
    store.close()


class Reorganising(RuleBasedStateMachine):
    """People move, leave, stand in for each other and come back; after each step everybody sees just whom they may."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(":memory:")
        self.store.path = self.folder.name  # so that no other machine's answers are taken for ours
        self.made = Company()
        self.managers = {p: "p0" if n else "" for n, p in enumerate(PERSONS)}
        self.day, self.delegates, self.hr = today() - timedelta(days=30), {}, set()
        self.upload()

    def upload(self) -> None:
        listed_now = {p: person_row(p, m, f"T{p}", "a") for p, m in self.managers.items() if m is not None}
        self.made.rosters[self.day] = listed_now
        listed(self.store, Path(self.folder.name) / str(len(self.made.rosters)), list(listed_now.values()), self.day)

    @rule(person=st.integers(1, 6), above=st.integers(0, 5))
    def move(self, person: int, above: int) -> None:
        if above < person:  # upwards only, so that no circle closes
            self.managers[PERSONS[person]] = PERSONS[above]
            self.day = min(self.day + timedelta(days=3), today())
            self.upload()

    @rule(person=st.integers(2, 6))
    def leave(self, person: int) -> None:
        self.managers[PERSONS[person]] = None
        self.day = min(self.day + timedelta(days=3), today())
        self.upload()

    @rule(person=st.integers(0, 6), manager=st.integers(0, 3), days=st.sampled_from([-1, 0]))
    def stand_in(self, person: int, manager: int, days: int) -> None:
        """A delegation that ends today, or ended yesterday."""
        on_roster = sorted(self.made.roster(today()))
        managers = [p for p in on_roster if self.made.below(p, today())]
        stands_in, boss = on_roster[person % len(on_roster)], managers[manager % len(managers)]
        if stands_in != boss:
            give(self.store, ADMIN, stands_in, "delegate", boss, None, today() + timedelta(days=days))
            self.delegates.setdefault(stands_in, {})[boss] = days == 0

    @rule(person=st.integers(0, 6))
    def all_people(self, person: int) -> None:
        """A role that sees everybody is given, or taken back."""
        account = PERSONS[person]
        if account in self.made.roster(today()):
            (take if account in self.hr else give)(self.store, ADMIN, account, "hr")
            self.hr ^= {account}

    def ask(self, viewer: Viewer, day: date) -> DataFrame:
        """What the screens show: an answer that is kept until the data or the viewer changes."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "viewer", lambda: viewer)
            patch.setattr(cache, "data", lambda: self.store)
            return cache.ask("people", Filters(as_of=day))

    @invariant()
    def everybody_sees_just_whom_they_may(self) -> None:
        for person in self.made.roster(today()):
            viewer = viewer_for(self.store, employee_id=person)
            own = {person} if self.made.below(person, today()) else set()
            assert set(viewer.lines) == own | {m for m, holds in self.delegates.get(person, {}).items() if holds}
            for day in (today(), today() - timedelta(days=12)):
                expected = self.made.visible(viewer, day) & set(self.made.roster(day))
                assert ("hr" in viewer.roles) == (person in self.hr)
                for seen in (self.ask(viewer, day), self.ask(viewer, day)):
                    assert set(seen["employee_id"]) == expected, (viewer, day)
                    told = seen.to_csv(index=False).encode()
                    assert outside(self.made, viewer, "people", day, told) == []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


PERSONS = [f"p{n}" for n in range(7)]
TestReorganising = Reorganising.TestCase
TestReorganising.settings = settings(
    max_examples=-(-settings.default.max_examples // 2), stateful_step_count=7, deadline=None, phases=[Phase.generate]
)


@pytest.fixture
def machine():
    machine = Reorganising()
    machine.begin()
    machine.everybody_sees_just_whom_they_may()
    yield machine
    machine.teardown()


def test_the_machine_sees_a_delegation_that_never_ends(machine, monkeypatch):
    monkeypatch.setattr(accounts, "_holds", lambda first, last, day: True)
    machine.stand_in(5, 0, -1)
    with pytest.raises(AssertionError):
        machine.everybody_sees_just_whom_they_may()


def moved_under_and_away(machine):
    """Yields when p6 reports to p3 with p5, and goes on when p6 does not any more and p3 is who they were."""
    machine.move(5, 3)
    machine.move(6, 3)
    machine.everybody_sees_just_whom_they_may()
    yield
    machine.move(6, 0)
    with pytest.raises(AssertionError):
        machine.everybody_sees_just_whom_they_may()


def test_the_machine_sees_an_answer_that_is_kept_too_long(machine, monkeypatch):
    for _ in moved_under_and_away(machine):
        version = machine.store.data_version()
        monkeypatch.setattr(machine.store, "data_version", lambda version=version: version)


def test_the_machine_sees_a_list_that_is_remembered_too_long(machine, monkeypatch):
    about = short_list._about
    monkeypatch.setattr(short_list, "_about", lambda fresh, parameters: about({}, parameters))
    monkeypatch.setattr(machine.store.memory, "_forget", lambda steps: None)
    for _ in moved_under_and_away(machine):
        machine.everybody_sees_just_whom_they_may()
