"""Who can do what until when, and what closes a gap, on one small company."""

from datetime import date

import pandas as pd
import pytest

from skilltrack import people_tables
from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.questions.metrics import Filters, Metrics
from skilltrack.reports import people_answers
from skilltrack.storage.store import Store

FILES = {
    "skills": "skill_id,name\nweld,Welding\nsew,Sewing\n",
    "issuers": "issuer,tier,valid_from\nGood,trusted,\nBad,unrecognised,2024-06-01\n",
    "credentials": "credential_id,name,issuer,demonstrates,list_price,currency\n"
    "w1,Weld one,Good,true,90,EUR\nw2,Weld two,Good,true,,\nw3,Weld three,Bad,true,10,EUR\nw4,Weld day,Good,false,5,EUR\n",
    "credential_skills": "credential_id,skill_id,level\nw1,weld,1\nw2,weld,2\nw3,weld,3\nw4,weld,3\n",
    "roster": "employee_id,name,team,role_id\n1,Ann,A,r\n2,Bo,A,r\n3,Cy,B,\n",
    "roles": "role_id,role_name,skill_id,required_level\nr,Rigger,weld,2\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from,valid_to\n"
    "1,weld,2,Dr V,2024-01-01,2024-03-31\n1,weld,3,Dr V,2024-04-01,2024-06-30\n1,weld,2,Dr V,2024-08-01,2024-12-31\n"
    "2,weld,1,Dr V,2024-01-01,2024-05-31\n2,weld,1,Dr V,2024-03-01,\n3,sew,1,Dr V,2024-01-01,2024-02-10\n",
    "self_ratings": "employee_id,skill_id,level,valid_from,valid_to\n2,weld,2,2024-01-01,2024-02-29\n",
}


@pytest.fixture(scope="module")
def metrics():
    store = Store.open(":memory:")
    given = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in FILES.items()]
    assert import_sources(store, given, Options(date(2024, 1, 1))).status == "stored"
    yield Metrics(store)
    store.close()


def experts(metrics, **asked):
    found = metrics.ask("experts", Viewer.everyone(), Filters(as_of=date(2024, 2, 10), **asked))
    columns = ["name", "skill", "level", "valid_to", "assurance"]
    return [tuple(None if value is pd.NA else value for value in row) for row in found[columns].to_numpy().tolist()]


def test_a_level_is_kept_until_the_day_before_it_breaks_whatever_evidence_comes_later(metrics):
    """A higher level that follows at once keeps it up; one that comes a month late does not."""
    assert experts(metrics) == [
        ("Ann", "Welding", 2, date(2024, 6, 30), "attested"),
        ("Bo", "Welding", 1, None, "attested"),
        ("Cy", "Sewing", 1, date(2024, 2, 10), "attested"),
    ]


def test_under_claimed_evidence_the_higher_claim_counts_and_is_called_one(metrics):
    assert experts(metrics, assurance="claimed", skill="weld") == [
        ("Ann", "Welding", 2, date(2024, 6, 30), "attested"),
        ("Bo", "Welding", 2, date(2024, 2, 29), "claimed"),
    ]


def test_a_gap_is_closed_by_credentials_that_demonstrate_and_whose_issuer_counts_that_day(metrics):
    def closing(day):
        found = metrics.ask("closing", Viewer.everyone(), Filters(as_of=day))
        return found["credential_id"].tolist()

    assert closing(date(2024, 5, 31)) == ["w3", "w1", "w2"]
    assert closing(date(2024, 6, 1)) == ["w1", "w2"]


def test_gaps_are_told_by_skill_team_role_and_person_with_what_closes_them(metrics):
    def ask(name, **more):
        return metrics.ask(name, Viewer.everyone(), Filters(as_of=date(2024, 6, 1), **more))

    gaps, closing, names = ask("gaps"), ask("closing"), ask("role_names")
    by_skill = people_tables.gaps_by_skill(gaps, ask("coverage_by_skill"), closing)
    assert by_skill.to_dict("records") == [
        {"skill_id": "weld", "skill": "Welding", "missing": 1, "required": 2, "critical_missing": 0,
         "reasons": "Level too low: 1", "closed_by": "Weld two, Good", "is_closable": True}
    ]  # fmt: skip
    by_team = people_tables.gaps_by_team(gaps, ask("readiness"))
    assert by_team[["team", "missing", "required", "people", "most_often"]].to_numpy().tolist() == [
        ["A", 1, 2, 1, "Welding (1)"]
    ]
    assert people_tables.gaps_by_role(gaps, ask("readiness"), names)["role"].tolist() == ["Rigger"]
    each = people_tables.each_gap(gaps, closing, names, ask("gaps_since"))
    assert each[["name", "role", "reason", "closed_by"]].to_numpy().tolist() == [
        ["Bo", "Rigger", "Level too low", "Weld two, Good"]
    ]
    assert people_tables.each_gap(gaps, closing, names, ask("gaps_since"), reason="expired").empty
    assert people_tables.people_lacking(gaps, ask("readiness")) == (1, 2)
    assert told(people_answers.lacking(gaps, ask("totals"))) == "1 of 2 requirements is not met (people: 1)."
    assert (
        told(people_answers.largest(by_skill))
        == "Welding is the largest gap: 1 of 2 lack it. Closed by: Weld two, Good."
    )
    assert told(people_answers.lacking(gaps.head(0), ask("totals"))) == "2 of 2 requirements are met: there is no gap."


def test_a_price_stands_with_its_currency_and_the_cheapest_that_reaches_the_level_closes_a_gap():
    shown_by = people_tables.closers(
        pd.DataFrame(
            [("s", 1, "One", "I", 40, "EUR"), ("s", 3, "Three", "I", 1250.0, None), ("s", 2, "Two", "", None, None)],
            columns=["skill_id", "level", "credential", "issuer", "list_price", "currency"],
        )
    )

    assert [people_tables.closed_by(shown_by["s"], level) for level in (1, 2, 3, 4)] == [
        "One, I, 40 EUR",
        "Three, I, 1,250",
        "Three, I, 1,250",
        None,
    ]


def test_who_is_able_is_told_with_whose_evidence_ends_soon(metrics):
    found = metrics.ask("experts", Viewer.everyone(), Filters(as_of=date(2024, 5, 1), skill="weld"))
    names, issuers = (
        metrics.ask(name, Viewer.everyone(), Filters(as_of=date(2024, 5, 1), **more))
        for name, more in (("role_names", {}), ("issued_by", {"skill": "weld"}))
    )
    able = people_tables.able(found, names, issuers, 1)

    assert able[["name", "role", "level", "issued_by", "assurance"]].to_numpy().tolist() == [
        ["Ann", "Rigger", 3, "Dr V", "Attested"],
        ["Bo", "Rigger", 1, "Dr V", "Attested"],
    ]
    assert told(people_answers.able(able, "Welding", 1, date(2024, 5, 1))) == (
        "2 people can do Welding at level 1 or above. The evidence of 1 of them ends within 90 days."
    )
    assert told(people_answers.able(able.head(0), "Welding", 4, date(2024, 5, 1))) == (
        "Nobody can show Welding at level 4 or above."
    )
    assert people_tables.highest_level(found) == 3


def test_whose_word_a_level_rests_on_is_told_for_that_level_alone(metrics):
    """Who looks for somebody whom an assessor has seen at work would take a colleague's own rating for it."""
    asked = {"as_of": date(2024, 2, 10), "skill": "weld", "assurance": "claimed"}
    found, issuers = (metrics.ask(name, Viewer.everyone(), Filters(**asked)) for name in ("experts", "issued_by"))
    able = people_tables.able(found, metrics.ask("role_names", Viewer.everyone(), Filters()), issuers, 1)

    # Bo's level 1 is Dr V's word, and level 2 is his own.
    assert able[["name", "level", "issued_by"]].to_numpy().tolist() == [["Ann", 2, "Dr V"], ["Bo", 2, "Own rating"]]


def test_the_directory_finds_people_by_every_word_of_what_is_typed_and_skills_by_name(metrics):
    def ask(name):
        return metrics.ask(name, Viewer.everyone(), Filters(as_of=date(2024, 5, 1)))

    def found(text):
        return people_tables.directory(ask("people"), ask("readiness"), text)["name"].tolist()

    assert [found(text) for text in ("", "rigger", "bo A", "RIGGER ann", "3", "nobody")] == [
        ["Ann", "Bo", "Cy"],
        ["Ann", "Bo"],
        ["Bo"],
        ["Ann"],
        ["Cy"],
        [],
    ]
    assert people_tables.skills_called(ask("choices"), "sew") == [("sew", "Sewing")]
    assert people_tables.skills_called(ask("choices"), "") == []


def told(answer):
    return f"{answer.strong} {answer.rest}"
