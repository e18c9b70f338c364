"""Badges as files, told against others: whose answer, whose award, whose copy and whose word counts."""

# ruff: noqa: F401, F811 - fixtures of another module are imported, and are arguments here

from datetime import date

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.ingest.reading.badge_files import holds_badges
from skilltrack.kinds import KINDS
from skilltrack.questions import Filters, Metrics
from tests.badges.signing import data, zipped
from tests.ingest.test_badge_files import (
    STRANGER,
    awards,
    keys,
    land,
    made,
    met,
    named,
    of,
    signed,
    store,
    unsigned,
)


def of_course(name, issuer, email="mara@works.example", badge_id=""):
    """An edit: a badge for somebody that is called so by an issuer."""

    def edit(document):
        of(email)(document)
        named(name, badge_id or f"urn:x:{issuer}", issuer)(document)
        document["id"] = f"urn:x:{issuer}:{email}"

    return edit


def questions(outcome):
    return [question for question in outcome.questions if question.about.startswith("values.")]


def answers(*questions, answer="Welding, level 2"):
    pairs = "".join(f'"{question.about.partition("credential.")[2]}" = "{answer}"\n' for question in questions)
    return f"[values.credential]\n{pairs}"


def test_an_answer_about_the_name_of_a_credential_holds_for_the_issuer_it_was_given_for_and_no_other(store):
    """An answer for one school gave every school that uses the name the same credential."""
    first = unsigned(of_course("Welding two", "Another school"))
    (asked,) = questions(land(store, first, "first.json"))
    assert land(store, first, "first.json", mapping=answers(asked)).status == "stored"

    again = land(store, unsigned(of_course("Welding two", "Another school", "bo@works.example")), "again.json")
    assert again.status == "stored", "the same issuer is not asked about again"
    third = land(store, unsigned(of_course("Welding two", "Third school")), "third.json")
    assert third.status == "refused"
    assert ["Third school" in question.text for question in questions(third)] == [True]
    assert sorted(row[0] for row in awards(store)) == ["7", "8"]


def test_an_answer_by_the_name_alone_holds_where_one_issuer_of_the_file_uses_it_and_is_kept_for_that_issuer(store):
    plain = '[values.credential]\n"Welding two" = "Welding, level 2"\n'
    both = {
        "a.json": data(unsigned(of_course("Welding two", "Another school"))),
        "b.json": data(unsigned(of_course("Welding two", "Third school", "bo@works.example"))),
    }
    of_two = land(store, zipped(both), "both.zip", mapping=plain)
    assert (of_two.status, len(questions(of_two))) == ("refused", 2), "it does not say which of the two is meant"
    assert land(store, zipped(both), "both.zip", mapping=answers(*questions(of_two))).status == "stored"
    assert land(store, both["a.json"], "a.json", mapping=plain).status == "stored"
    other = land(store, unsigned(of_course("Welding two", "Fourth school")), "other.json")
    assert (other.status, len(questions(other))) == ("refused", 1)


def test_a_table_that_names_issuers_is_asked_about_each_of_them_and_adds_the_credential_of_each(store):
    rows = b"employee_id,credential,issuer,issued_on\n7,Welding two,A school,2024-05-06\n8,Welding two,B school,2024-05-07\n"
    asked = questions(land(store, rows, "lms.csv"))
    assert len(asked) == 2
    of_one = land(store, rows, "lms.csv", mapping=answers(asked[0]))
    assert (of_one.status, len(questions(of_one))) == ("refused", 1)
    created = land(store, rows, "lms.csv", mapping='unknown_credentials = "create"\n')
    assert created.status == "stored", created.problems
    assert len({row[1] for row in awards(store)}) == 2
    listed = store.query("select issuer from credential_rows where name = 'Welding two' order by 1").to_pylist()
    assert [row["issuer"] for row in listed] == ["A school", "B school"]


def test_a_credential_that_its_badges_call_a_course_is_proposed_as_one_that_demonstrates_nothing(store):
    """Attendance would count as a skill as soon as somebody maps it."""

    def course(document):
        of_course("Safety talk", "A school")(document)
        document["credentialSubject"]["achievement"]["achievementType"] = "Course"

    both = zipped(
        {"a.json": data(unsigned(course)), "b.json": data(unsigned(of_course("Pipes", "A school", "bo@works.example")))}
    )
    created = land(store, both, "both.zip", mapping='unknown_credentials = "create"\n')
    (message,) = [str(problem) for problem in created.problems if "new credential" in str(problem)]
    assert message.endswith("if so, set demonstrates to false: Safety talk (Course).")


@pytest.mark.parametrize(
    "header", ["{employee_id},{credential_id},{issued_on}", "{employee_id};{credential_id};{issued_on}"]
)
def test_a_table_whose_headers_are_in_braces_is_a_table(store, header):
    rows = f"{header}\n7{header[13]}w2{header[13]}2024-05-06\n".encode()
    columns = "".join(f'{name} = "{{{name}}}"\n' for name in ("employee_id", "credential_id", "issued_on"))

    assert not holds_badges(KINDS["badges"], rows)
    assert land(store, rows, "lms.csv", mapping=f"[columns]\n{columns}").status == "stored"
    assert awards(store) == [("7", "w2", "2024-05-06")]


LMS = b"award_id,employee_id,credential_id,issued_on\nL-17,7,w2,2024-05-06\n"


@pytest.mark.parametrize("order", ["table first", "badge first", "together"])
def test_an_award_that_a_badge_and_a_learning_system_number_each_in_its_way_is_one(store, order):
    """The award counted twice in what people hold, and in what each award cost."""
    sources = [Source("badges", "lms.csv", LMS), Source("badges", "mara.json", data(signed()))]
    groups = {
        "table first": [sources[:1], sources[1:]],
        "badge first": [sources[1:], sources[:1]],
        "together": [sources],
    }
    for group in groups[order]:
        assert import_sources(store, group, Options()).status == "stored"

    assert awards(store) == [("7", "w2", "2024-05-06")]
    assert met(store, "verified") == 1
    revoked = land(store, b"award_id,revoked_on\nL-17,2024-07-01\n", "revoked.csv")
    assert revoked.status == "stored", revoked.problems
    assert (len(awards(store)), met(store, "attested")) == (1, 0), "each of its ids leads to it"


def test_awards_that_one_system_numbers_apart_stay_apart_and_each_badge_is_another_of_them(store):
    land(store, LMS + b"L-18,7,w2,2024-05-06\n", "lms.csv")
    second = signed(edit=lambda document: document.update(id="urn:x:second"))
    land(store, zipped({"a.json": data(signed()), "b.json": data(second)}), "both.zip")
    assert len(awards(store)) == 2
    third = signed(edit=lambda document: document.update(id="urn:x:third"))
    land(store, third, "third.json")
    assert len(awards(store)) == 3


def test_a_signed_badge_takes_the_place_of_a_copy_that_nothing_proves_and_never_the_other_way_round(store):
    """Whoever handed in a forged copy first kept the true badge out."""
    badge_id = signed()["id"]

    def of_bo(document):
        of("bo@works.example")(document)
        document["id"] = badge_id

    for copy in (unsigned(of_bo), signed(STRANGER, of_bo)):
        forged = land(store, copy, "forged.json")
        assert (forged.status, awards(store)) == ("stored", [("8", "w2", "2024-05-06")])
        true = land(store, signed(), "true.json")
        assert true.status == "stored", true.problems
        assert ["takes the place of a copy" in p.message for p in true.problems if p.column == "award_id"] == [True]
        assert (awards(store), met(store, "verified")) == ([("7", "w2", "2024-05-06")], 1)
        assert land(store, copy, "forged again.json").status == "refused"
        undo(store, true.upload_id)
        assert awards(store) == [("8", "w2", "2024-05-06")]
        undo(store, forged.upload_id)


def test_a_badge_of_another_issuer_or_a_row_that_somebody_typed_keeps_its_place(store):
    keys(store, f"Yard,{STRANGER.did},,")
    badge_id = signed()["id"]

    def of_bo(document):
        of("bo@works.example")(document)
        document["id"] = badge_id

    copy = land(store, unsigned(), "copy.json")
    assert land(store, signed(STRANGER, of_bo), "yard.json").status == "refused", "it is no badge of the Weld School"
    undo(store, copy.upload_id)
    typed = f"award_id,employee_id,credential_id,issued_on\n{badge_id},8,w2,2024-05-06\n".encode()
    land(store, typed, "typed.csv", mapping='award_ids = "open badges"\n')
    assert land(store, signed(), "true.json").status == "refused", "somebody said whose it is: it is asked"


def shady(document):
    """An edit: the badge names the credential of the Weld School and another issuer."""
    document["issuer"]["name"] = "Shady"


def tier(store, name, issuer="Shady", day=""):
    assert (
        land(store, f"issuer,tier,valid_from\n{issuer},{name},{day}\n".encode(), "i.csv", "issuers").status == "stored"
    )


def gap(store):
    asked = Metrics(store).ask("gaps", Viewer.everyone(), Filters(as_of=date(2024, 10, 1)))
    return asked.set_index("employee_id").loc["7", "reason"]


@pytest.mark.parametrize("form", ["badge", "signed by a listed key", "table"])
def test_an_issuer_that_is_not_recognised_does_not_count_by_naming_the_credential_of_another(store, form):
    """Its badge counted as attested by the trusted school whose credential it named."""
    if form == "table":
        content = b'employee_id,credential,issuer,issued_on\n7,"Welding, level 2",Shady,2024-05-06\n'
    else:
        content = unsigned(shady) if form == "badge" else signed(STRANGER)
    if form == "signed by a listed key":  # it calls itself Weld School; the list says whose key it is
        keys(store, f"Shady,{STRANGER.did},,")
    outcome = land(store, content, "x.csv" if form == "table" else "x.json")
    assert outcome.status == "stored", outcome.problems
    assert met(store, "attested") == 1, "nothing is said of the other issuer, so it is recognised"

    tier(store, "unrecognised", day="2024-09-01")
    assert [met(store, "attested", day) for day in (date(2024, 8, 31), date(2024, 9, 1))] == [1, 0]
    assert (met(store, "claimed"), gap(store)) == (1, "issuer_not_recognised")
    lines = Metrics(store).ask("transcript", Viewer.everyone(), Filters(employee="7", as_of=date(2024, 10, 1)))
    assert lines[["issuer", "assurance", "counts"]].values.tolist() == [["Shady", "claimed", False]]
    seen = Metrics(store).ask("issuers_seen", Viewer.everyone(), Filters(as_of=date(2024, 10, 1)))
    assert seen.set_index("issuer").loc["Weld School", ["awards", "attested"]].tolist() == [1, 0]

    told = land(store, b"employee_id,credential_id,issued_on\n7,w2,2024-05-06\n", "hr.csv")
    assert met(store, "attested") == 1, "HR says so itself"
    undo(store, told.upload_id)
    assert met(store, "attested") == 0
    land(store, signed(), "true.json")
    assert (met(store, "attested"), met(store, "verified")) == (1, 1)


@pytest.mark.parametrize("written", ["SHADY", " shady ", "Shady  Co"])
def test_an_unrecognised_issuer_is_the_same_in_other_letters(store, written):
    """It would be attested by the issuer whose credential it names, and all it takes is a capital letter."""
    tier(store, "unrecognised", "Shady Co" if "Co" in written else "Shady")
    rows = f'employee_id,credential,issuer,issued_on\n7,"Welding, level 2",{written},2024-05-06\n'
    assert land(store, rows.encode(), "x.csv").status == "stored"
    assert (met(store, "attested"), met(store, "claimed")) == (0, 1)
