"""Reports that say what changed and why, whether seats can be filled, and what to learn next, on cases with one answer."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.access.viewer import Viewer
from skilltrack.errors import NotThere
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.questions import Filters, Metrics
from skilltrack.questions.steps import seat
from skilltrack.storage.store import Store
from tests.forked import skilltrack

day = date.fromisoformat

CATALOGUE = {
    "skills": "skill_id,name\nweld,Welding\nlift,Lifting\n",
    "issuers": "issuer,tier,valid_from\nOld School,trusted,\nOld School,unrecognised,2024-05-01\nNew School,unrecognised,\n"
    "New School,recognised,2024-05-01\n",
    "credentials": "credential_id,name,issuer,list_price,currency\nw2,Welder 2,Guild,300,EUR\nw3,Welder 3,Guild,900,EUR\n"
    "old,Old welding,Old School,,\nnew,New welding,New School,,\nbasics,Basics,Guild,50,EUR\nmaster,Master,Guild,,\n"
    "both,Weld and lift,Guild,500,EUR\nbase1,Base 1,Guild,,\nbase2,Base 2,Guild,,\n"
    "pair,Pair,Guild,,\nnest,Nest,Guild,,\nhollow,Hollow,Guild,,\ntalk,Talk on welding,Guild,10,EUR\n",
    "credential_skills": "credential_id,skill_id,level\nw2,weld,2\nw3,weld,3\nold,weld,2\nnew,weld,2\nmaster,weld,3\n"
    "both,weld,2\nboth,lift,1\n"
    "nest,weld,2\nhollow,weld,3\n",
    "stacks": "credential_id,component_id\nmaster,w2\nmaster,basics\n"
    "pair,base1\npair,base2\nnest,pair\nnest,base1\nhollow,w2\nhollow,old\n",
    "roles": "role_id,role_name,skill_id,required_level,valid_from,valid_to\nwelder,Welder,weld,2,,\n"
    "mate,Mate,weld,1,,\nmate,Mate,lift,1,2024-05-01,\nchief,Chief,weld,3,,\nchief,Chief,lift,1,,\n",
}
BEFORE, AFTER = (
    {"01": ("North", "welder"), "02": ("North", "welder"), "03": ("North", "welder"), "04": ("North", "welder"),
     "05": ("North", "welder"), "06": ("North", "mate"), "07": ("North", "welder"), "08": ("North", "welder"), "11": ("North", "welder")},
    {"01": ("North", "welder"), "02": ("North", "welder"), "03": ("North", "welder"), "04": ("North", "welder"),
     "05": ("North", "welder"), "06": ("North", "mate"), "07": ("North", "chief"), "08": ("South", "welder"),
     "09": ("North", "welder"), "11": ("North", "welder")},
)  # fmt: skip
AWARDS = """award_id,employee_id,credential_id,issued_on,expires_on,revoked_on
a1,01,w2,2024-05-10,,
a2,02,w2,2023-01-01,2024-05-31,
a3,03,w2,2023-01-01,,2024-05-20
a4,04,old,2023-01-01,,
a5,05,new,2023-01-01,,
a6,06,w2,2023-01-01,,
a7,07,w2,2023-01-01,,
a8,08,w2,2023-01-01,,
a9,09,w2,2023-01-01,,
b1,11,base1,2023-01-01,,
b2,11,base2,2023-01-01,,2024-05-20
"""


def roster(people):
    rows = (f"{number},Person {number},{team},{role}\n" for number, (team, role) in people.items())
    return f"employee_id,name,team,role_id\n{''.join(rows)}"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    path = tmp_path_factory.mktemp("changes") / "c.duckdb"
    store = Store.open(path)
    sources = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in CATALOGUE.items()]
    for more, effective in (
        ([*sources, Source("roster", "r.csv", roster(BEFORE | {"10": ("North", "welder")}).encode())], "2024-01-01"),
        ([Source("roster", "r.csv", roster(AFTER).encode()), Source("badges", "b.csv", AWARDS.encode())], "2024-05-15"),
    ):
        outcome = import_sources(store, more, Options(effective=day(effective)))
        assert outcome.status == "stored", [str(problem) for problem in outcome.errors]
    yield store
    store.close()


def ask(store, name, viewer=None, **asked):
    return Metrics(store).ask(name, viewer or Viewer.everyone(), Filters(**asked))


def test_a_change_has_the_one_cause_that_a_manager_would_name(company):
    frame = ask(company, "changes", paid_from=day("2024-03-31"), paid_to=day("2024-06-30"))
    causes = {(row.employee_id, row.skill_id): row.cause for row in frame.itertuples()}

    assert causes == {
        ("01", "weld"): "gained",
        ("02", "weld"): "lapsed",
        ("03", "weld"): "revoked",
        ("04", "weld"): "policy_changed",
        ("05", "weld"): "policy_changed",
        ("06", "lift"): "requirement_changed",
        ("07", "weld"): "role_changed",
        ("07", "lift"): "role_changed",
        ("09", "weld"): "joined",
        ("10", "weld"): "left",
        ("11", "weld"): "revoked",  # two stacks above what was revoked
    }


def test_whoever_goes_to_another_team_has_moved_for_the_team_and_did_not_change_for_the_company(company):
    period = {"paid_from": day("2024-03-31"), "paid_to": day("2024-06-30")}
    north, south = (
        ask(company, "changes", team=team, **period).set_index("employee_id") for team in ("North", "South")
    )

    assert (north.loc["08", "cause"], north.loc["08", "was_met"]) == ("moved", True)
    assert north.loc[["08"], "is_met"].isna().all()
    assert south["cause"].to_dict() == {"08": "moved"}
    assert "08" not in set(ask(company, "changes", **period)["employee_id"])


def test_changes_add_up_to_the_difference_of_coverage(company):
    for first, last in itertools.combinations([day("2024-02-01"), day("2024-05-05"), day("2024-06-30")], 2):
        frame = ask(company, "changes", paid_from=first, paid_to=last)
        then, now = (ask(company, "totals", as_of=on).iloc[0] for on in (first, last))

        assert (frame["is_met"] == True).sum() - (frame["was_met"] == True).sum() == now["met"] - then["met"]  # noqa: E712
        assert frame["is_met"].notna().sum() - frame["was_met"].notna().sum() == now["required"] - then["required"]


def test_a_period_of_one_day_has_no_changes(company):
    assert ask(company, "changes", paid_from=day("2024-06-30"), paid_to=day("2024-06-30")).empty


def test_what_to_learn_next_begins_with_what_closes_most_and_then_with_what_costs_least(company):
    frame = ask(company, "next_learning", as_of=day("2024-06-30"), role="chief")
    of_second = frame[frame["employee_id"] == "02"]

    assert of_second["credential_id"].tolist() == ["both", "w3"]
    assert of_second["closes"].tolist() == [1, 1]
    assert of_second["why"].tolist() == ["Lifting level 1", "Welding level 3"]
    seventh = frame[frame["employee_id"] == "07"].set_index("credential_id")
    assert "hollow" not in seventh.index  # what is missing of it would not count
    assert seventh.loc["master", "why"] == "Welding level 3; still to earn: Basics"  # holds w2, the other component


def test_an_issuer_that_does_not_count_and_a_stack_of_which_more_is_missing_are_not_suggested(company):
    own = ask(company, "next_learning", as_of=day("2024-06-30"))

    # `old` counts no longer, `talk` shows nothing, and of `master` whoever lacks w2 lacks two components.
    assert set(own.loc[own["role_id"] == "welder", "credential_id"]) == {"w2", "w3", "both", "new", "nest"}
    claimed = ask(company, "next_learning", as_of=day("2024-06-30"), assurance="claimed", role="chief")
    assert "old" not in set(claimed["credential_id"])  # level 2 does not meet level 3


def test_nobody_is_seated_twice_and_whoever_alone_can_do_something_would_be_missed(company):
    rows = "team,skill_id,level,headcount\nNorth,lift,1,1\nNorth,weld,2,9\nWest,weld,1,2\n"
    assert import_sources(company, [Source("targets", "t.csv", rows.encode())], Options()).status == "stored"
    badge = "employee_id,credential_id,issued_on\n01,both,2024-06-01\n"
    assert import_sources(company, [Source("badges", "b.csv", badge.encode())], Options()).status == "stored"
    frame = ask(company, "staffing", as_of=day("2024-06-30")).drop(columns="skill")

    # 01, 05, 06, 07 and 09 can weld; 01 alone can lift, and is needed there.
    assert frame.to_numpy().tolist() == [
        ["North", "lift", 1, 1, 1, 0],
        ["North", "weld", 2, 9, 4, 5],
        ["West", "weld", 1, 2, 0, 2],
    ]
    of_north = ask(company, "staffing", as_of=day("2024-06-30"), team="North")
    assert of_north["team"].unique().tolist() == ["North"]
    nobody_yet = ask(company, "staffing", as_of=day("2024-06-30"), team="West")  # a target names it, no roster does
    assert nobody_yet[["headcount", "filled", "short"]].to_numpy().tolist() == [[2, 0, 2]]
    with pytest.raises(NotThere, match="No team 'West'"):  # not told to whoever sees a part of the company
        Metrics(company).ask("staffing", Viewer("01", frozenset({"manager"}), "01", ("01",)), Filters(team="West"))
    places = ask(company, "seats", as_of=day("2024-06-30"))
    assert places[["skill_id", "employee_id", "has_level", "place"]].to_numpy().tolist()[:5] == [
        ["lift", "01", 1, "seated"],
        ["weld", "05", 2, "seated"],
        ["weld", "06", 2, "seated"],
        ["weld", "07", 2, "seated"],
        ["weld", "09", 2, "seated"],
    ]
    assert set(places.loc[places["place"] == "nearest", "employee_id"]) == {"02", "03", "04", "11"}
    ahead = ask(company, "staffing_ahead", as_of=day("2023-12-31"), months=2)
    assert sorted({str(one) for one in ahead["day"]}) == ["2024-01-31", "2024-02-29"]
    missed = ask(company, "leaving", as_of=day("2024-06-30"), team="North")
    assert missed[["employee_id", "lost", "skills", "thin"]].to_numpy().tolist() == [["01", 1, "Lifting", 0]]


ALONE = {
    "skills": "skill_id,name\none,One\ntwo,Two\nthree,Three\n",
    "roles": "role_id,role_name,skill_id,required_level\nr,Only hers,one,1\nr,Only hers,two,1\nq,Others,two,3\nq,Others,three,2\n",
    "roster": "employee_id,name,team,role_id\na,Ann,T,r\nb,Bo,T,q\nc,Cy,T,q\n",
    "prior_learning": "employee_id,skill_id,level,assessor,valid_from\na,one,1,V,2024-01-01\na,two,1,V,2024-01-01\n"
    "b,two,3,V,2024-01-01\nc,two,1,V,2024-01-01\na,three,2,V,2024-01-01\nb,three,2,V,2024-01-01\n",
}


def test_a_skill_that_only_the_role_of_whoever_leaves_asks_for_is_not_lost_with_them(tmp_path):
    """Staffing would say that T loses One with Ann, although without Ann nobody in T needs it."""
    store = Store.open(tmp_path / "c.duckdb")
    given_ = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in ALONE.items()]
    assert import_sources(store, given_, Options(effective=day("2024-01-01"))).status == "stored"
    leaving = ask(store, "leaving", as_of=day("2024-02-01"))
    found = leaving[["employee_id", "lost", "skills", "thin", "thin_skills"]].to_numpy().tolist()

    # Two: without Bo, Ann's role asks level 1 of it, which Ann and Cy have; without Ann it is level 3, which Bo has.
    # Without Cy it is level 1 again, which Ann and Bo have. Three: Ann and Bo have it, and Bo and Cy need it.
    assert found == [["a", 0, "", 1, "Three"], ["b", 0, "", 1, "Three"]]
    before = ask(store, "depth", as_of=day("2024-02-01")).set_index("skill_id")
    assert before.loc["one", ["depth", "status"]].tolist() == [1, "single_point"]
    roster = ALONE["roster"].replace("a,Ann,T,r\n", "")
    assert import_sources(
        store, [Source("roster", "r.csv", roster.encode())], Options(effective=day("2024-01-01"))
    ).status
    after = ask(store, "depth", as_of=day("2024-02-01")).set_index("skill_id")
    assert after["depth"].to_dict() == {"three": 1, "two": 1}  # One is asked of nobody, Two is asked at level 3
    store.close()


@st.composite
def teams(draw):
    """Roles that ask for skills, people who have them at levels, and who is exempt from what: each as a dict."""
    asked = {(role, skill): draw(st.integers(0, 3)) for role in "qr" for skill in "abc"}
    people = {f"p{n}": (draw(st.sampled_from("TTU")), draw(st.sampled_from(["q", "r", ""]))) for n in range(5)}
    has = {(person, skill): draw(st.integers(0, 3)) for person in people for skill in "abc"}
    exempt = draw(st.sets(st.tuples(st.sampled_from([*people]), st.sampled_from("abc")), max_size=3))
    return asked, people, has, exempt


@given(team=teams())
def test_what_a_team_would_lose_is_what_depth_says_once_somebody_is_off_the_roster(team):
    """Each is taken off the roster in turn, from another day on, and depth is asked on that day."""
    asked, people, has, exempt = team
    files = {
        "skills": "skill_id,name\n" + "".join(f"{skill},{skill}\n" for skill in "abc"),
        "roles": "role_id,role_name,skill_id,required_level\n"
        + "".join(f"{role},{role},{skill},{level}\n" for (role, skill), level in asked.items() if level),
        "roster": roster(people),
        "prior_learning": "employee_id,skill_id,level,assessor,valid_from\n"
        + "".join(f"{person},{skill},{level},V,2023-01-01\n" for (person, skill), level in has.items() if level),
        "exemptions": "employee_id,skill_id,reason\n" + "".join(f"{who},{skill},x\n" for who, skill in sorted(exempt)),
    }
    store = Store.open(":memory:")
    try:
        given_ = [Source(kind, f"{kind}.csv", text.encode()) for kind, text in files.items() if text.count("\n") > 1]
        assert import_sources(store, given_, Options(effective=day("2024-01-01"))).status == "stored"
        leaving = ask(store, "leaving", as_of=day("2024-01-01")).set_index("employee_id")
        for n, (person, (of, _role)) in enumerate(people.items(), 2):
            others = {other: row for other, row in people.items() if other != person}
            source, on = Source("roster", "r.csv", roster(others).encode()), day(f"2024-0{n}-01")
            assert import_sources(store, [source], Options(effective=on)).status == "stored"
            depth = ask(store, "depth", as_of=on)
            can = []
            for row in depth[depth["team"] == of].itertuples():
                lowest = min(asked[role, row.skill_id] or 9 for team_, role in others.values() if team_ == of and role)
                can += [(row.skill_id, row.depth)] if has[person, row.skill_id] >= lowest else []
            lost, thin = (", ".join(skill for skill, left in can if left == count) for count in (0, 1))
            told = tuple(leaving.loc[person, ["skills", "thin_skills"]]) if person in leaving.index else ("", "")
            assert told == (lost, thin), (person, team)
    finally:
        store.close()


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from("abcde")).map(sorted)), max_size=4))
def test_as_many_seats_are_filled_as_can_be_and_the_first_targets_first(targets):
    seated = seat(targets)
    ways = {(0,) * len(targets)}
    for person in "abcde":
        ways |= {
            (*way[:n], way[n] + 1, *way[n + 1 :])
            for way in ways
            for n, (headcount, able) in enumerate(targets)
            if person in able and way[n] < headcount
        }

    assert tuple(map(len, seated)) == max(ways, key=lambda way: (sum(way), way))
    assert len({person for people in seated for person in people}) == sum(map(len, seated))
    assert all(set(people) <= set(able) for people, (_, able) in zip(seated, targets, strict=True))


def test_a_long_chain_of_people_who_must_move_on_is_followed_to_its_end():
    chain = [(1, [f"{n:04d}", f"{n + 1:04d}"]) for n in range(900)]

    assert all(len(people) == 1 for people in seat([*chain[::-1], (1, ["0900"])]))


def test_experts_are_asked_by_skill_and_level_and_other_reports_refuse_these_options(company):
    on = ("--as-of", "2024-06-30")
    company.close()
    printed = skilltrack("report", "experts", "--skill", "weld", "--level", "2", *on, db=company.path)
    assert [line.split(",")[0] for line in printed.stdout.splitlines()[1:]] == ["01", "05", "06", "07", "08", "09"]
    assert (
        skilltrack("report", "experts", "--skill", "weld", "--level", "3", *on, db=company.path).stdout.count("\n") == 1
    )
    refused = skilltrack("report", "coverage", "--skill", "weld", *on, db=company.path)
    assert refused.returncode == 2
    assert "coverage is not asked about one skill" in refused.stderr
    assert skilltrack("report", "experts", "--level", "0", *on, db=company.path).returncode == 2
