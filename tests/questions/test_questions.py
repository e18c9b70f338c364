"""The steps of asking: which texts a question is answered from, why these, and that the plan is what is run."""

from contextlib import closing
from datetime import date, datetime, timedelta

import pytest

from skilltrack.access.accounts import viewer_for
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion
from skilltrack.ingest import import_folder
from skilltrack.questions import Filters, Metrics
from skilltrack.questions.scope import PAST, STALE
from skilltrack.storage.parsing import without_with
from skilltrack.storage.store import Store
from tests.ingest.test_import import write

FILES = {
    "roster": "employee_id,name,manager_id,team,role_id\nhead-1,H,,North,r\nboss-2,B,head-1,North,r\nann-3,A,boss-2,North,r\n"
    "bob-4,C,boss-2,South,r\nhid-5,D,head-1,South,r\n",
    "skills": "skill_id,name\ns,Welding\n",
    "roles": "role_id,role_name,skill_id,required_level\nr,Fitter,s,2\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from\nann-3,s,2,Board,2024-01-01\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store.open(":memory:")
    files = write(tmp_path_factory.mktemp("files"), **FILES)
    assert import_folder(store, files, effective=date(2024, 1, 1)).status == "stored"
    yield store
    store.close()


@pytest.mark.parametrize(
    ("name", "asked", "cases"),
    [
        ("coverage", {}, ("any", "own_role", "whole_company", "no_results", "no_proofs")),
        ("coverage", {"manager": "boss-2"}, ("any", "own_role", "no_results", "no_proofs")),
        ("forecast", {}, ("any", "own_role", "no_results", "no_proofs")),
        ("readiness", {"role": "r"}, ("any", "asked_role", "no_results", "no_proofs")),
        ("coverage", {"known_at": datetime(2024, 1, 1)}, ()),
    ],
)
def test_the_texts_that_answer_follow_from_what_is_asked_and_the_plan_says_why(store, name, asked, cases):
    filters = Filters(**asked)
    plan = Metrics(store).plan(name, Viewer.everyone(), filters)
    told = "\n".join(plan.explained())

    assert plan.cases == cases
    assert all(f"  {case}: " in told for case in cases)
    assert (f"from the definitions, because {PAST}." in told) == (not cases)
    assert plan.sql in told
    with store.snapshot() as reading:
        answer = reading.frame(plan.sql, plan.parameters, 10_000)
    assert answer.equals(Metrics(store).ask(name, Viewer.everyone(), filters))


def test_awards_that_name_an_issuer_of_their_own_are_read_with_it(tmp_path):
    """Else an award that an unrecognised issuer alone tells of would count by the credential's good name."""
    files = FILES | {
        "credentials": "credential_id,name,issuer,kind\nc,Welder,Guild,certificate\n",
        "credential_skills": "credential_id,skill_id,level\nc,s,3\n",
        "issuers": "issuer,tier\nGuild,recognised\nMill,unrecognised\n",
        "badges": "employee_id,credential_id,issued_on\nbob-4,c,2024-01-01\n",
    }
    with closing(Store.open(":memory:")) as store:
        assert import_folder(store, write(tmp_path / "1", **files), effective=date(2024, 1, 1)).status == "stored"
        assert depth(store) == {"North": 1, "South": 1}
        named = "employee_id,credential_id,issued_on,issuer\nbob-4,c,2024-01-01,Guild\nhid-5,c,2024-01-01,Mill\n"
        assert import_folder(store, write(tmp_path / "2", badges=named), effective=date(2024, 1, 2)).status == "stored"

        assert "no_proofs" not in Metrics(store).plan("depth", Viewer.everyone(), Filters()).cases
        assert depth(store) == {"North": 1, "South": 1}
        assert depth(store, assurance="claimed") == {"North": 1, "South": 2}


def depth(store, **asked):
    rows = Metrics(store).ask("depth", Viewer.everyone(), Filters(**asked))
    return dict(zip(rows["team"], rows["depth"], strict=True))


def test_a_plan_for_somebody_who_sees_few_people_names_nobody_they_do_not_see(store):
    boss = viewer_for(store, employee_id="boss-2")
    told = "\n".join(Metrics(store).plan("people", boss, Filters(as_of=today() - timedelta(days=1))).explained())

    assert "short_list: the viewer sees few people" in told
    assert "Narrowed to the people boss-2 sees." in told
    assert "seen_ids = 3 people" in told
    assert not any(person in told for person in ("head-1", "ann-3", "bob-4", "hid-5"))
    with pytest.raises(BadQuestion, match="No employee 'hid-5' is known"):
        Metrics(store).plan("people", boss, Filters(employee="hid-5"))


def test_a_plan_says_that_the_kept_tables_lag_behind(store):
    boss = viewer_for(store, employee_id="boss-2")
    with store.write() as transaction:
        transaction.run("delete from kept_state")
        assert Metrics(transaction).plan("coverage", Viewer.everyone(), Filters()).scope.why_defined == STALE
        with pytest.raises(BadQuestion, match="are being brought up to date"):
            Metrics(transaction).plan("coverage", boss, Filters(known_at=datetime(2024, 1, 1)))
        transaction.give_up()


@pytest.mark.parametrize(
    ("text", "body", "has_own"),
    [
        ("-- Σ ÷ 2\n\nselect 1 as n", "select 1 as n", False),
        ("/* of\nit */ with a as (select 1 as n) select n from a", "a as (select 1 as n) select n from a", True),
        (
            "WITH/**/Recursive\n-- a\n a as (select 1 as n) select n from a",
            "a as (select 1 as n) select n from a",
            True,
        ),
        (
            'with "recursive" as (select 1 as n) from "recursive"',
            '"recursive" as (select 1 as n) from "recursive"',
            True,
        ),
        ("select 'with' as n", "select 'with' as n", False),
    ],
)
def test_a_select_continues_the_list_of_expressions_in_front_of_it_however_it_is_written(text, body, has_own):
    assert without_with(text) == (body, has_own)


@pytest.mark.parametrize("asked", [{"employee": "ann-3"}, {"team": "North"}, {"manager": "boss-2"}])
def test_issuers_count_the_awards_of_people_in_scope_alone_in_both_ways_of_answering(tmp_path, asked):
    """Of a team the kept tables gave the awards of whoever has a number between its people, the definitions all."""
    files = FILES | {
        "credentials": "credential_id,name,issuer\nc,Course,I\n",
        "badges": "employee_id,credential_id,issued_on\nann-3,c,2024-02-01\nbob-4,c,2024-02-01\nhid-5,c,2024-02-01\n",
    }
    with closing(Store.open(":memory:")) as store:
        assert import_folder(store, write(tmp_path, **files), effective=date(2024, 1, 1)).status == "stored"
        filters = Filters(as_of=date(2024, 3, 1), **asked)
        ways = [Metrics(store, kept).ask("issuers_seen", Viewer.everyone(), filters) for kept in (True, False)]
        lines = len(Metrics(store).ask("awards_believed", Viewer.everyone(), filters))

    assert [way["awards"].tolist() for way in ways] == [[lines], [lines]]
