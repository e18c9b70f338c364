"""Whose a row is where a file names people: by name only where that is said, and never against the id beside it."""

from contextlib import closing
from datetime import date

import pytest

from skilltrack.ingest import Options, Source, import_sources, undo
from skilltrack.ingest.landing.spelling import agree, spellings, words
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.storage.store import Store

ROSTER = """employee_id,name,email,team
001,Ann,ann@x.example,A
002,Bo,Bo@X.example,A
011,Jörg Müller,,North
012,Ann Marie Lund,,North
013,Kim Dahl,,North
014,Kim Dahl,,South
015,Renée Dubois,,South
"""
BY_NAME = Mapping(people="by name")


def land(store, kind, text, mapping=BY_NAME, **options):
    source = Source(kind, f"{kind}.csv", text.encode(), mapping, True)
    return import_sources(store, [source], Options(is_one_of_many=True, **options))  # nobody asks for a number


@pytest.fixture
def people(company):
    assert land(company, "roster", ROSTER, Mapping(), effective=date(2024, 6, 1)).status == "stored"
    return company


def rows(store, outcome, kind, columns="employee_id"):
    table = {
        "badges": "badge_rows",
        "spend": "spend_rows",
        "exemptions": "exemption_rows",
        "roster": "roster_rows",
    }.get(kind, f"{kind[:-1]}_rows")
    asked = f"select {columns} from {table} where upload_id = {outcome.upload_id} order by line_no"
    return [next(iter(row.values())) for row in store.query(asked).to_pylist()]


FILES = {
    "badges": ("Learner Name,credential_id,issued_on", "{},c1,2024-07-01"),
    "spend": (
        "spend_id,Attendee,credential_id,paid_on,amount,currency,funding_source",
        "p-{0},{0},c1,2024-07-01,10,EUR,employer",
    ),
    "exemptions": ("Mitarbeitername,skill_id,reason", "{},s1,on leave"),
    "self_ratings": ("Nom complet,skill_id,level,valid_from", "{},s1,2,2024-07-01"),
    "badges in parts": ("Vorname,Nachname,credential_id,issued_on", "{0},c1,2024-07-01"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_names_people_by_name_only_is_asked_about_once_and_then_matched(people, case):
    header, row = FILES[case]
    kind = case.split()[0]
    names = ("Jorg Müller", '"DUBOIS, Renee"', "Joerg Mueller") if case in ("badges", "spend") else ("MÜLLER Jörg",)
    if case == "badges in parts":
        names = ("Renée,Dubois",)
    text = "\n".join([header, *(row.format(name) for name in names)]) + "\n"
    text = text.replace('p-"DUBOIS, Renee"', "p-2")
    if kind == "badges":
        text = text.replace("Joerg Mueller,c1", "Joerg Mueller,c2")
    with pytest.raises(Unanswered) as raised:
        land(people, kind, text, Mapping())
    (question,) = raised.value.questions
    assert question.about == "people"
    assert question.text.endswith("Match them to the roster by name?")
    assert list(question.answers) == ["by name", "no"]

    outcome = land(people, kind, text)
    assert outcome.status == "stored", outcome.problems
    expected = {"Joerg": "011", "Jorg ": "011", "MÜLLE": "011", '"DUBO': "015", "Renée": "015"}
    assert rows(people, outcome, kind) == [expected[name[:5]] for name in names]


def test_a_name_of_several_or_of_nobody_is_a_bad_row_with_candidates_and_an_answer_settles_it(people, tmp_path):
    text = (
        "Participant name,credential_id,issued_on\n"
        "Kim Dahl,c1,2024-07-01\nAnn Maria Lund,c1,2024-07-02\nZed Quux,c1,2024-07-03\nRenée Dubois,c1,2024-07-04\n"
    )
    refused = land(people, "badges", text)
    assert [(p.line, p.column, p.value) for p in refused.errors] == [
        (2, "name", "Kim Dahl"),
        (3, "name", "Ann Maria Lund"),
        (4, "name", "Zed Quux"),
    ]
    assert "the name of several people (013 (North), 014 (South)); give the employee_id" in refused.errors[0].message
    assert refused.errors[1].message.startswith("is nobody's name on the roster; correct it")
    answers = {question.about: list(question.answers) for question in refused.questions}
    assert answers == {
        "values.name.Ann Maria Lund": ["012", "leave out"],
        "values.name.Zed Quux": ["leave out"],
    }
    apart = land(people, "badges", text, quarantine=True)
    assert (apart.counts[0].new, apart.counts[0].quarantined) == (1, 3)
    undo(people, apart.upload_id)

    answered = BY_NAME.answered(dict(zip(answers, ("012", "leave out"), strict=True)))
    outcome = land(people, "badges", text, answered, quarantine=True)
    assert rows(people, outcome, "badges") == ["012", "015"]
    # Who is meant by a name is asked of each file again: the name may be a newcomer's by then.
    following = Source("badges", "badges.csv", text.replace("2024-07", "2024-08").encode())
    again = import_sources(people, [following], Options(quarantine=True))
    assert "values.name.Ann Maria Lund" in [question.about for question in again.questions]
    undo(people, again.upload_id)
    people.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None, True)
    with closing(open_store(tmp_path / "company.duckdb")) as store:
        assert rows(store, outcome, "badges") == ["012", "015"]
        gone = erasure.named(store, ["012"])
        erasure.erase(store, "hr", gone, erasure.places_of(store, gone))
        assert erasure.search(store, gone).left == []
        assert rows(store, outcome, "badges") == ["015"]


def test_of_several_who_had_a_name_the_one_on_the_roster_that_day_is_meant(people):
    later = ROSTER.replace("013,Kim Dahl,,North\n", "")
    assert land(people, "roster", later, Mapping(), effective=date(2024, 9, 1)).status == "stored"
    text = "Learner Name,credential_id,issued_on\nKim Dahl,c1,2024-10-01\n"
    assert rows(people, land(people, "badges", text), "badges") == ["014"]
    before = land(people, "badges", text.replace("-10-", "-07-"))
    assert "several people (013 (North), 014 (South))" in before.errors[0].message


def test_a_row_with_a_name_only_among_rows_with_ids_is_asked_about_too_and_names_in_the_place_of_ids_are_names(people):
    text = "employee_id,Learner Name,credential_id,issued_on\n001,Ann,c1,2024-07-01\n,Renée Dubois,c1,2024-07-02\n"
    refused = land(people, "badges", text, Mapping())
    (question,) = refused.questions
    assert (question.about, question.answers) == ("people", {"by name": "yes: Renée Dubois is 015 (South)"})
    assert [(p.line, p.value) for p in refused.errors] == [(3, "Renée Dubois")]
    assert rows(people, land(people, "badges", text), "badges") == ["001", "015"]

    for kind, text in (
        ("badges", "Wer,credential_id,issued_on\nRenée Dubois,c2,2024-07-03\n"),
        ("exemptions", "Wer,skill_id,reason\nRenée Dubois,s1,x\n"),
    ):
        answered = Mapping(columns={"employee_id": "Wer"}, people="by name")
        assert rows(people, land(people, kind, text, answered), kind) == ["015"]
    none = land(
        people,
        "spend",
        "spend_id,Name,credential_id,paid_on,amount,currency,funding_source\n1,Knots,c1,2024-07-01,10,EUR,employer\n",
        Mapping(people="no"),
    )
    assert rows(people, none, "spend") == [None]


def test_an_id_an_address_and_a_name_of_three_people_are_one_question(people):
    text = "employee_id,Email,Learner Name,credential_id,issued_on\n001,bo@x.example,Renée Dubois,c1,2024-07-01\n"
    refused = land(people, "badges", text, Mapping())
    assert [(p.column, p.value) for p in refused.errors] == [("email", "bo@x.example"), ("name", "Renée Dubois")]
    (question,) = refused.questions
    assert (question.about, set(question.answers)) == ("holder", {"employee_id", "email", "name"})
    for right, owner in (("employee_id", "001"), ("email", "002")):
        outcome = land(people, "badges", text, Mapping(holder=right))
        assert rows(people, outcome, "badges") == [owner]
        undo(people, outcome.upload_id)


def test_an_address_and_a_name_of_two_people_without_an_id_are_one_question_that_can_be_answered(people):
    text = "Email,Learner Name,credential_id,issued_on\nbo@x.example,Renée Dubois,c1,2024-07-01\n"
    refused = land(people, "badges", text)
    (question,) = [question for question in refused.questions if question.about == "holder"]
    assert set(question.answers) == {"email", "name"}
    for right, owner in (("email", "002"), ("name", "015")):
        outcome = land(people, "badges", text, BY_NAME.answered({"holder": right}))
        assert rows(people, outcome, "badges") == [owner]
        undo(people, outcome.upload_id)


@pytest.mark.parametrize("kind", ["badges", "prior_learning", "exemptions"])
def test_a_few_names_that_cannot_be_those_of_the_ids_are_warnings_and_most_are_an_alarm(people, kind):
    end = {"badges": "c1,2024-07-0{0}", "prior_learning": "s1,2,Dr A,2024-07-0{0}", "exemptions": "s1,why,2024-07-0{0}"}
    header = {
        "badges": "credential_id,issued_on",
        "prior_learning": "skill_id,level,assessor,valid_from",
        "exemptions": "skill_id,reason,valid_from",
    }
    own = {"011": "Mueller J.", "012": "Ann Solberg", "015": '"Dubois, R."', "001": "ANN"}

    def file(names):
        lines = [f"{number},{name},{end[kind].format(n + 1)}" for n, (number, name) in enumerate(names.items())]
        return "\n".join([f"employee_id,Full name,{header[kind]}", *lines]) + "\n"

    clean = land(people, kind, file(own), Mapping(), careful=True)
    assert clean.status == "stored"
    assert not [problem for problem in clean.problems if problem.severity in ("warning", "alarm")]
    undo(people, clean.upload_id)

    few = land(people, kind, file(own | {"013": "Lars Dahl"}), Mapping(), careful=True)
    (warning,) = [problem for problem in few.problems if problem.severity == "warning"]
    assert (few.status, warning.line, warning.value) == ("stored", 6, "Lars Dahl")
    assert "is not the name of 013, who is Kim Dahl on the roster" in warning.message
    undo(people, few.upload_id)

    many = file({"011": "Ida Wolf", "012": "Bea Rot", "015": "Renée Dubois"})
    refused = land(people, kind, many, Mapping(), unattended=True)
    (alarm,) = [problem for problem in refused.problems if problem.severity == "alarm"]
    assert (refused.status, alarm.line, alarm.column, alarm.is_grave) == ("refused", 2, "Full name", True)
    assert "for 2 of 3 ids: 011 is Jörg Müller there and Ida Wolf here" in alarm.message


@pytest.fixture(scope="module")
def in_memory():
    with closing(Store.open(":memory:")) as store:
        yield store


@pytest.mark.parametrize(
    ("own", "beside", "is_one"),
    [
        ("Jörg Müller", "MÜLLER, Jörg", True), ("Jörg Müller", "Joerg Mueller", True), ("Jörg Müller", "Jorg Muller", True),
        ("Ann Marie Lund", "A. Lund", True), ("Ann Lund", "Ann Solberg", True), ("Ann Lund", "Ann Marie Lund", True),
        ("Lund, Ann", "Ann Berg", True), ("Søren Kjær", "Soren Kjaer", True), ("O'Brien, Pat", "Pat O’Brien", True),
        ("田中太郎", "田中 太郎", True), ("Иван Петров", "Петров Иван", True), ("Thomas Lund", "Tom Berg", False),
        ("Ann Lund", "Jonas Lund", False), ("Ann Lund", "Bea Rot", False), ("Kim Dahl", "Lars Dahl", False),
    ],
)  # fmt: skip
def test_names_agree_whatever_order_accents_initials_and_a_changed_surname(in_memory, own, beside, is_one):
    sides = [(words("o", way), words("b", way)) for way in (False, True)]
    asked = f"select {' or '.join(agree(*pair) for pair in sides)} as is_one from (select $o as o, $b as b)"
    assert in_memory.query(asked, {"o": own, "b": beside}).to_pylist() == [{"is_one": is_one}]
    assert spellings("x")[0] != spellings("x")[1]


def test_the_name_or_address_of_an_erased_person_is_not_given_to_whoever_bore_it_before(people, tmp_path):
    former = "018,Una Berg,una@x.example,South\n"
    roster = ROSTER + former.replace("Una Berg,una@", "Una Falk,falk@")
    assert land(people, "roster", ROSTER + former, Mapping(), effective=date(2024, 8, 1)).status == "stored"
    both = roster + former.replace("018", "019")
    assert land(people, "roster", both, Mapping(), effective=date(2024, 9, 1)).status == "stored"
    assert land(people, "roster", roster, Mapping(), effective=date(2024, 11, 1)).status == "stored"
    gone = erasure.named(people, ["019"])
    erasure.erase(people, "hr", gone, erasure.places_of(people, gone))
    people.close()

    with closing(open_store(tmp_path / "company.duckdb")) as store:
        text = "Learner Name,credential_id,issued_on\nUna Berg,c1,2024-10-01\nUna Falk,c1,2024-10-02\n"
        refused = land(store, "badges", text)
        assert [problem.message[:42] for problem in refused.errors] == ["was once the name of 018 (South), and may "]
        (question,) = refused.questions
        assert (question.about, next(iter(question.answers))) == ("values.name.Una Berg", "018")
        apart = land(store, "badges", text, quarantine=True)
        assert rows(store, apart, "badges") == ["018"]
        answered = BY_NAME.answered({question.about: "018"})
        assert rows(store, land(store, "badges", text.replace("c1", "c2"), answered), "badges") == ["018", "018"]
        address = "email,credential_id,issued_on\nuna@x.example,c1,{}\n"
        assert "was once the e-mail" in land(store, "badges", address.format("2024-10-01")).errors[0].message
        assert land(store, "badges", address.format("2024-08-20")).status == "stored", "the address was theirs then"
    rebuild(tmp_path / "company.duckdb", lambda line: None, True)
    with closing(open_store(tmp_path / "company.duckdb")) as store:
        assert rows(store, apart, "badges") == ["018"], "what was set aside stays so"


def test_names_below_employee_and_names_beside_ids_that_nobody_has_are_offered_as_people_by_name(people):
    with pytest.raises(Unanswered) as raised:
        land(people, "badges", "Employee,credential_id,issued_on\nRenée Dubois,c1,2024-07-01\n", Mapping())
    assert [question.about for question in raised.value.questions] == ["people"]
    with pytest.raises(Unanswered) as raised:
        land(people, "badges", "Wer,credential_id,issued_on\nJörg Müller,c1,2024-07-01\n", Mapping())
    assert [(typed.about, typed.choices) for typed in raised.value.questions[0].typed] == [("columns.name", ("Wer",))]

    text = "employee_id,Full Name,credential_id,issued_on\nE77,Renée Dubois,c1,2024-07-01\n001,Ann,c1,2024-07-02\n"
    refused = land(people, "badges", text, Mapping())
    (question,) = refused.questions
    assert question.text.startswith("1 row has an id that nobody has, and a known name.")
    assert rows(people, land(people, "badges", text), "badges") == ["015", "001"]


def test_a_manager_whose_name_several_people_have_is_asked_about_and_not_stored(people):
    roster = "Employee ID,Name,Manager\n1,Kim Dahl,\n2,Kim Dahl,\n3,Bo Lee,Kim Dahl\n4,Ann Poe,Bo Lee\n"
    outcome = land(people, "roster", roster, Mapping())
    assert rows(people, outcome, "roster", "manager_id") == [None, None, None, "3"]
    asked = {q.about: list(q.answers) for q in outcome.questions}
    assert asked["values.manager_id.Kim Dahl"] == ["1", "2"]
    answered = Mapping().answered({"values.manager_id.Kim Dahl": "2"})
    assert rows(people, land(people, "roster", roster, answered), "roster", "manager_id") == [None, None, "2", "3"]
    following = import_sources(people, [Source("roster", "roster.csv", f"{roster}5,Cy Fox,\n".encode())], Options())
    assert rows(people, following, "roster", "manager_id")[2] is None, "the next file may mean the other one"
