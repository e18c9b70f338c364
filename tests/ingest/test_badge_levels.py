"""What a badge says that was reached: the level of a rubric limits what its award shows."""

# ruff: noqa: F401, F811 - fixtures of another module are imported, and are arguments here

from datetime import date, datetime

import pytest

from skilltrack.access.accounts import viewer_for
from skilltrack.access.viewer import Viewer
from skilltrack.badges.credentials import credential_of
from skilltrack.ingest import undo
from skilltrack.questions import Filters, Metrics
from tests.badges.signing import badge
from tests.ingest.test_badge_files import (
    land,
    made,
    met,
    signed,
    store,
    unsigned,
)

DAY = date(2024, 10, 1)
SKILL = {"type": ["Alignment"], "targetName": "Anything", "targetUrl": "https://skills.example/welding"}


def reaching(*levels, required="", about=(), **more):
    """An edit: results of a rubric with four levels, one result for each of `levels`."""

    def edit(document):
        subject = document["credentialSubject"]
        rubric = [
            {"id": f"urn:level:{name}", "type": ["RubricCriterionLevel"], "name": f"Level {name}", "level": name}
            for name in ("0", "1", "2", "3", "Level 4", "Master")
        ]
        described = {
            "id": "urn:result:1",
            "type": ["ResultDescription"],
            "name": "Practice",
            "resultType": "RubricCriterionLevel",
            "rubricCriterionLevel": rubric,
        }
        subject["achievement"]["resultDescription"] = [described | ({"requiredLevel": required} if required else {})]
        subject["result"] = [
            {"type": ["Result"], "resultDescription": "urn:result:1", "achievedLevel": f"urn:level:{level}", **more}
            | ({"alignment": list(about)} if about else {})
            for level in levels
        ]

    return edit


def shown(store):
    """The levels of what somebody's awards show; whoever looks at their own sees the same."""
    asked = Filters(employee="7", as_of=DAY)
    lines = [
        Metrics(store).ask("transcript", viewer, asked)
        for viewer in (Viewer.everyone(), viewer_for(store, employee_id="7"))
    ]
    assert lines[0].equals(lines[1])
    return lines[0].loc[lines[0]["source"] == "award", "level"].tolist()


@pytest.mark.parametrize(
    ("levels", "level"),
    [("1", 1), ("2", 2), (("Level 4",), 2), (("Master",), 2), ("12", 1), ("0", 0)],
    ids=["lower", "as high", "higher", "without a number", "the lowest of two", "none"],
)
def test_an_award_shows_no_more_than_the_level_of_the_rubric_that_its_badge_says_was_reached(store, levels, level):
    """Whoever reached level 1 of a badge of level 2 counted as somebody of level 2."""
    outcome = land(store, signed(edit=reaching(*levels)))
    assert outcome.status == "stored", outcome.problems

    assert shown(store) == [level]
    land(store, b"employee_id,skill_id,level,valid_from\n7,s1,1,2024-05-01\n", "self.csv", "self_ratings")
    assert [met(store, assurance) for assurance in ("verified", "attested")] == [int(level == 2)] * 2
    gaps = Metrics(store).ask("gaps", Viewer.everyone(), Filters(as_of=DAY)).set_index("employee_id")
    assert level == 2 or gaps.loc["7", "level"] == level
    spent = Metrics(store).ask("award_lines", Viewer.everyone(), Filters(as_of=DAY))
    assert len(spent) == 1
    undo(store, outcome.upload_id)
    assert met(store, "attested") == 0


def test_a_result_about_another_skill_limits_that_one_and_a_copy_that_nothing_proves_limits_nothing(store):
    land(
        store,
        b"skill_id,name,framework_uri\ns1,Welding,https://skills.example/welding\ns2,Safety,https://skills.example/safety\n",
        "s.csv",
        "skills",
    )
    land(store, b"credential_id,skill_id,level\nw2,s2,2\n", "cs.csv", "credential_skills")
    land(store, signed(edit=reaching("1", about=[SKILL])))
    assert sorted(shown(store)) == [1, 2]
    again = land(store, signed(edit=reaching("2", about=[SKILL])), "again.json")
    assert sorted(shown(store)) == [2, 2]
    assert again.status == "stored"
    land(store, unsigned(reaching("1")), "copy.json")
    assert sorted(shown(store)) == [2, 2]


@pytest.mark.parametrize("more", [{"status": "Failed"}, {"status": "InProgress"}, {"required": "urn:level:2"}])
def test_a_result_that_failed_or_is_not_finished_or_is_too_low_demonstrates_nothing(store, more):
    outcome = land(store, signed(edit=reaching("1", **more)))

    assert outcome.status == "stored"
    assert (shown(store), met(store, "claimed", DAY)) == ([], 0)


def test_a_level_counts_where_it_is_a_number_and_not_where_it_only_has_one():
    """B2 of a language is not level 2."""
    for name, reached in (("3", 3), ("Level 3", 3), ("L3", 3), ("3.0", 3), ("B2", None), ("3 of 5", None), ("", None)):
        document = badge("did:example:a")
        document["credentialSubject"]["achievement"]["resultDescription"] = [
            {"id": "r", "rubricCriterionLevel": [{"id": "l", "level": name}]}
        ]
        document["credentialSubject"]["result"] = [{"resultDescription": "r", "achievedLevel": "l"}]
        assert credential_of(document).results[0].reached == reached, name


def suggested(store):
    rows = Metrics(store).ask("skills_suggested", Viewer.everyone(), Filters(as_of=DAY))
    behind = Metrics(store).ask("badges_naming", Viewer.everyone(), Filters(as_of=DAY))
    for row in rows.itertuples():
        is_it = (behind["credential_id"] == row.credential_id) & (behind["skill"] == row.skill)
        assert is_it.sum() == row.badges
    assert len(behind) == rows["badges"].sum()
    return rows[["credential_id", "skill_id", "named_by", "badges"]].values.tolist()


def test_skills_that_badges_name_are_suggested_by_address_or_framework_and_id_never_by_name_and_count_once_confirmed(
    store,
):
    skills = "skill_id,name,framework,framework_uri\ns1,Welding,,\nW2,Pipes,Trades,\ns3,Safety,,https://skills.example/welding\n"
    skills += "s4,Welding,Other trades,\n"
    land(store, skills.encode(), "s.csv", "skills")
    outcome = land(store, signed())

    assert suggested(store) == [
        ["w2", "W2", "Trades, W2", 1],
        ["w2", "s3", "https://skills.example/welding", 1],
    ]
    assert shown(store) == [2], "a suggestion counts for nothing"
    land(store, b"credential_id,skill_id,level\nw2,s3,1\n", "cs.csv", "credential_skills")
    assert [row[1] for row in suggested(store)] == ["W2"]
    assert sorted(shown(store)) == [1, 2]
    undo(store, outcome.upload_id)
    assert suggested(store) == []


def next_to_verify(store):
    return Metrics(store).ask("verify_next", Viewer.everyone(), Filters(as_of=DAY)).values.tolist()


def test_what_to_verify_next_says_how_much_hangs_on_an_issuer_and_what_is_missing(store):
    """Whoever wants coverage that is checked would not know whom to ask first."""
    land(store, b"credential_id,name,issuer\no1,Other,Other school\n", "c.csv", "credentials")
    land(store, b"credential_id,skill_id,level\no1,s1,1\n", "cs.csv", "credential_skills")
    table = b"employee_id,credential_id,issued_on\n7,w2,2024-05-06\n8,w2,2024-05-06\n8,o1,2024-05-06\n"
    land(store, table, "lms.csv")
    assert next_to_verify(store) == [["Weld School", 2, 2, 2, "badges"], ["Other school", 0, 0, 1, "tier"]]
    land(store, signed())
    assert next_to_verify(store)[0] == ["Weld School", 1, 1, 1, "badges"]
    land(store, b"issuer,tier\nWeld School,recognised\nOther school,trusted\n", "i.csv", "issuers")
    land(store, b"credential_id,skill_id,level\no1,s1,2\n", "cs2.csv", "credential_skills")
    most_first = [["Weld School", 2, 2, 2, "tier"], ["Other school", 1, 1, 1, "key"]]
    assert next_to_verify(store) == most_first, (
        "the one on whom most hangs comes first, though the other is first by name"
    )


def test_what_rests_on_an_issuer_is_what_nothing_else_shows(store):
    land(store, b"credential_id,name,issuer\no2,Other,Other school\n", "c.csv", "credentials")
    land(store, b"credential_id,skill_id,level\no2,s1,2\n", "cs.csv", "credential_skills")
    land(store, b"employee_id,credential_id,issued_on\n7,w2,2024-05-06\n8,w2,2024-05-06\n8,o2,2024-05-06\n", "lms.csv")
    rests = Metrics(store).ask("without_issuer", Viewer.everyone(), Filters(as_of=DAY)).set_index("issuer")

    assert rests[["awards", "rests", "met_without", "coverage_without"]].T.to_dict("list") == {
        "Other school": [1, 0, 2, 1.0],
        "Weld School": [2, 1, 1, 0.5],
    }
    behind = Metrics(store).ask("resting", Viewer.everyone(), Filters(as_of=DAY))
    assert behind[["issuer", "employee_id", "skill_id"]].values.tolist() == [["Weld School", "7", "s1"]]


def test_two_badges_of_one_day_bring_a_skill_that_one_of_them_shows_no_higher_only_once(store):
    """Of the two skills of the credential one was known: the badges counted it once each, and brought none."""
    land(store, b"skill_id,name\ns1,Welding\ns2,Safety\n", "s.csv", "skills")
    land(store, b"credential_id,skill_id,level\nw2,s2,2\n", "cs.csv", "credential_skills")
    land(store, b"employee_id,skill_id,level,valid_from,assessor\n7,s1,2,2024-01-01,A\n", "p.csv", "prior_learning")

    def named(name, level):
        def edit(document):
            reaching(level)(document)
            document["id"] = f"urn:badge:{name}"

        return edit

    for name, level in (("a", "0"), ("b", "2")):
        assert land(store, signed(edit=named(name, level)), f"{name}.json").status == "stored"
    land(
        store,
        b"spend_id,credential_id,paid_on,amount,currency,funding_source\n1,w2,2024-06-01,9,EUR,grant\n",
        "spend.csv",
        "spend",
    )
    spent = [
        Metrics(store).ask("spend", Viewer.everyone(), Filters(as_of=DAY, known_at=known_at))
        for known_at in (None, datetime(2100, 1, 1))
    ]
    assert spent[0][["awards", "skill_gains"]].values.tolist() == [[2, 0]]
    assert spent[0].equals(spent[1])
