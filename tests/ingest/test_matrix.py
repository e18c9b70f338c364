"""A wide matrix, people × skills, goes in as self ratings or prior learning: each cell counts, and nothing is guessed."""

import csv
import io
from contextlib import closing
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.api import ROUTES
from skilltrack.commands.cli import cli
from skilltrack.errors import BadFile
from skilltrack.ingest import KINDS, Options, Source, import_folder, import_sources, undo
from skilltrack.ingest.landing.quarantine import rows_apart
from skilltrack.ingest.reading.mapping import NO_MATRIX, PEOPLE_ACROSS, SKILLS_ACROSS, Mapping
from skilltrack.ingest.reading.matrix import is_level, sums_up
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.sources import read_one, recognised_kinds
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.relations.texts import END_OF_TIME, with_definitions
from skilltrack.storage.store import Store
from tests.pages.test_pages import opened

FROM = {"valid_from": "2024-05-01"}
DAY = Mapping(constants=FROM)
"""What most matrices leave open: since when the levels hold."""


def read(text, mapping=DAY, kind="self_ratings", name="m.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return read_one(Source(kind, name, content, mapping, True), "")


def rated(file):
    """Whose cell says which level of which skill, as the rows are understood."""
    skipped, columns = file.mapped.mapping.skip, file.mapped.columns
    who = next(name for name in ("employee_id", "email", "name") if name in columns)
    rows = zip(*(columns[name].to_pylist() for name in (who, "skill_id", "level")), strict=True)
    assert not set(skipped.get("level", [])) & set(columns["level"].to_pylist())
    return list(rows)


def asked(text, mapping=DAY, kind="self_ratings"):
    with pytest.raises(Unanswered) as raised:
        read(text, mapping, kind)
    return by_place(raised.value.questions)


def by_place(questions):
    """Questions by what they are about, without the one whether a matrix that was recognised is one."""
    return {question.about: question for question in questions if not (question.about == "matrix" and question.likely)}


def messages(file, severity):
    problems = file.decoded.problems + file.mapped.problems
    return [str(problem) for problem in problems if problem.severity == severity]


def workbook(rows, *merged):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(out)
    return out.getvalue()


PLAIN = [("107", "Welding", "3"), ("107", "Cutting", "1"), ("108", "Cutting", "4")]
LAYOUTS = {
    "an id and a name": "Staff ID,Full name,Welding,Cutting\n107,Ann,3,1\n108,Bo,,4\n",
    "columns of the roster between and behind": (
        "Personalnummer;Welding;Abteilung;Cutting;Führungskraft\n107;3;Nord;1;Ilse Kern\n108;;Süd;4;Ilse Kern\n"
    ),
    "a title, groups above, a legend below": (
        "Matrice de compétences 2024,,,\n,,,\n,,Atelier,Atelier\nMatricule,Équipe,Welding,Cutting\n107,A,3,1\n108,B,,4\n"
        ",,,\n0 = aucune,,,\n1 = notions,,,\n"
    ),
    "headers in two rows": "Employee ID,Team,Workshop,\n,,Welding,Cutting\n107,A,3,1\n108,B,n/a,4\n",
    "totals and averages": (
        "Employee No,Welding,Cutting,Average,Total skills\n107,3,1,2.0,2\n108,-,4,4,1\nAverage,3,2.5,,\nRequired level,4,4,,\n"
    ),
    "numbered rows, a header that comes again, a blank line": (
        "No.,Emp ID,Welding,Cutting\n1,107,3,1\nNo.,Emp ID,Welding,Cutting\n,,,\n2,108,,4\n"
    ),
    "skills down, ids across": "Competency,107,108,Ø\nWelding,3,,3\nCutting,1,4,2.5\nTotal,4,4,\n",
    "skills down, no header of theirs": "Group,Skill name,107,108\nShop,Welding,3,\nShop,Cutting,1,4\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_the_same_ratings(layout):
    file = read(LAYOUTS[layout])
    assert sorted(rated(file)) == sorted(PLAIN)
    assert file.mapping.matrix == (PEOPLE_ACROSS if "down" in layout else SKILLS_ACROSS)
    assert any("is read as a matrix" in message for message in messages(file, "notice"))
    assert any("blank, which says nothing about a level" in message for message in messages(file, "notice"))


def test_a_workbook_with_merged_groups_and_persons_over_two_rows_is_read_the_same():
    rows = [
        ["Skill matrix"],
        ["Emp ID", "Dept", "Shop", None],
        [None, None, "Welding", "Cutting"],
        ["107", "A", 3, 1.0],
        ["108", "B", None, 4],
    ]
    for merged in ((), ("A2:A3", "B2:B3", "C2:D2", "A1:D1")):
        assert sorted(rated(read(workbook(rows, *merged), name="m.xlsx"))) == sorted(PLAIN)


def test_names_and_addresses_stand_for_people_and_two_parts_of_a_name_are_one():
    by_name = DAY.answered({"people": "by name"})
    assert rated(read("Vorname,Nachname,Welding,Cutting\nAnn,Berg,2,1\n", by_name)) == [
        ("Ann Berg", "Welding", "2"),
        ("Ann Berg", "Cutting", "1"),
    ]
    assert rated(read("Work Email,Welding,Cutting\na@x.example,2,1\n"))[0] == ("a@x.example", "Welding", "2")
    assert rated(read("Skill,a@x.example,b@x.example\nWelding,2,1\n"))[1] == ("b@x.example", "Welding", "1")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("Anfänger", "Experte", "keine"), {"Anfänger": "1", "Experte": "4", "keine": "0"}),
        (("3/5", "1/5", "0/5"), {"3/5": "3", "1/5": "1", "0/5": "0"}),
        (("L3", "L1", "no"), {"L3": "3", "L1": "1", "no": "0"}),
        (("gold", "silver", "gold"), {"gold": "4", "silver": "2"}),
        (("x", "yes", "no"), {"x": "1", "yes": "1", "no": "0"}),
        (("2.5", "40%", "Novice"), {"2.5": "2", "40%": "2", "Novice": "1"}),
    ],
)
def test_words_are_asked_in_one_table_and_their_answers_are_levels(cells, words):
    one, two, three = cells
    text = f"Employee ID,Welding,Cutting\n7,{one},{two}\n8,{two},{three}\n9,{two},{one}\n"
    open_ones = by_place(read(text).mapped.questions)
    assert {place.split(".", 2)[2].strip('"') for place in open_ones} == set(words)
    assert len({question.group for question in open_ones.values()}) == 1

    answered = DAY.answered({place: words[place.split(".", 2)[2].strip('"')] for place in open_ones})
    file = read(text, answered)
    assert not by_place(file.mapped.questions)
    expected = [("7", "Welding", one), ("7", "Cutting", two), ("8", "Welding", two), ("8", "Cutting", three)]
    expected += [("9", "Welding", two), ("9", "Cutting", one)]
    assert rated(file) == [(who, skill, words[word]) for who, skill, word in expected if words[word] != "0"]


def test_a_level_with_its_name_is_read_and_a_scale_beyond_ours_is_asked_and_never_clipped():
    assert rated(read("Employee ID,Welding,Cutting\n7,2 - Working,4 (Expert)\n"))[1] == ("7", "Cutting", "4")

    text = "Employee ID,Welding,Cutting\n7,10,4\n8,8,0\n"
    questions = asked(text)
    assert set(questions) == {"values.level.4", "values.level.8", "values.level.10"}
    assert questions["values.level.8"].answers["8"] == "level 8, as it is"
    levels = {"values.level.4": "2", "values.level.8": "4", "values.level.10": "5"}
    assert rated(read(text, DAY.answered(levels))) == [
        ("7", "Welding", "5"),
        ("7", "Cutting", "2"),
        ("8", "Welding", "4"),
    ]
    as_they_are = {place: place.split(".")[2] for place in questions}
    assert rated(read(text, DAY.answered(as_they_are)))[0] == ("7", "Welding", "10")


def test_what_is_no_skill_is_told_and_can_be_said_to_be_one():
    text = (
        "Employee ID,Team,Shift note,Salary,Emergency response,Overall,Welding,Cutting,\n7,A,likes nights,3,2,4,3,1,5\n"
    )
    file = read(text)
    assert rated(file) == [("7", "Welding", "3"), ("7", "Cutting", "1")]
    warned = " ".join(messages(file, "warning"))
    assert "Shift note: is not used" in warned
    assert "Emergency response: holds levels, and its header reads like sensitive" in warned
    assert "number 9: holds levels and has no header" in warned
    assert any("Overall: is a summary" in message for message in messages(file, "notice"))
    said = DAY.answered({"values.skill_id.Overall": "overall"})
    assert ("7", "overall", "4") in rated(read(text, said))


def test_a_label_that_stands_twice_is_told_apart_by_its_group_or_its_column():
    text = "Emp ID,Welding,,Cutting,\n,Now,Then,Now,Then\n7,1,2,3,4\n8,1,2,3,4\n"
    assert [skill for _, skill, _ in rated(read(text))[:4]] == [
        "Welding / Now",
        "Welding / Then",
        "Cutting / Now",
        "Cutting / Then",
    ]
    doubled = rated(read("Emp ID,Welding,Cutting,Welding\n7,1,2,3\n"))
    assert doubled == [("7", "Welding", "1"), ("7", "Cutting", "2"), ("7", "Welding (column 4)", "3")]


def test_what_stands_side_by_side_is_asked_where_nothing_shows_it():
    text = "Wer,Ann Berg,Bo Dahl\nWelding,3,1\nCutting,2,4\n"
    (question,) = asked(text).values()
    assert (question.about, list(question.answers)) == ("matrix", [SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX])

    file = read(text, DAY.answered({"matrix": PEOPLE_ACROSS}))
    assert rated(file)[:2] == [("Ann Berg", "Welding", "3"), ("Bo Dahl", "Welding", "1")]
    assert set(asked(text, DAY.answered({"matrix": NO_MATRIX}))) >= {"columns.skill_id", "columns.level"}
    assert asked("Employee ID,Welding\n7,3\n")["matrix"].must is False
    topics = "Employee ID,Topic,Points,Tries\n" + "".join(f"{n // 4},T{n % 4},3,1\n" for n in range(8))
    assert list(asked(topics.replace("Points", "Seen"))) == ["matrix"]
    one = read("Employee ID,Welding\n7,3\n", Mapping(matrix=SKILLS_ACROSS, constants=FROM))
    assert rated(one) == [("7", "Welding", "3")]


@pytest.mark.parametrize(
    "text",
    [
        "employee_id,skill_id,level,valid_from\n7,s1,2,2024-01-01\n",
        "Mitarbeiter-ID,Kompetenz,Stufe,Datum\n7,Welding,2,2024-01-01\n8,Welding,3,2024-01-01\n",
        "Employee ID,Skill,2023,Rating,Date\n7,Welding,2,3,2024-01-01\n8,Cutting,2,3,2024-01-01\n",
    ],
)
def test_a_file_with_a_row_for_each_rating_is_no_matrix(text):
    file = read(text, Mapping())
    assert (file.mapping.matrix, file.mapped.columns["skill_id"].to_pylist()[0]) in (("", "s1"), ("", "Welding"))


def test_a_table_that_was_wrongly_taken_for_a_matrix_is_read_row_by_row_once_that_is_answered():
    text = "Employee ID,Grade,Band,Competency,Rated\n7,3,2,Welding,yes\n8,2,4,Cutting,yes\n"
    text = text.replace("Competency", "Area of work")
    wrong = read(text)
    (question,) = (question for question in wrong.mapped.questions if question.about == "matrix")
    assert (question.must, question.likely, list(question.answers)[-1]) == (False, SKILLS_ACROSS, NO_MATRIX)
    said = DAY.answered({"matrix": NO_MATRIX, "columns.skill_id": "Area of work", "columns.level": "Band"})
    assert rated(read(text, said)) == [("7", "Welding", "2"), ("8", "Cutting", "4")]
    ends = "Employee ID,Booked,Contract\n7,2931-01-05,2931-01-06\n"
    (question,) = asked(ends, Mapping(), "badges").values()
    assert (question.about, list(question.answers)[-1]) == ("matrix", NO_MATRIX)


def test_the_kind_of_a_matrix_is_left_open_and_a_roster_stays_one():
    def kinds(text):
        return recognised_kinds("list.csv", text.encode())

    assert kinds(LAYOUTS["an id and a name"]) == ["self_ratings", "prior_learning"]
    assert kinds("Employee ID,Name,Team,Manager ID,Welding,Cutting,PLC,Lathe\n7,Ann,A,,3,2,1,\n")[:2] == [
        "self_ratings",
        "prior_learning",
    ]
    assert kinds(LAYOUTS["skills down, ids across"])[:1] == ["self_ratings"]
    assert kinds("Employee ID,Name,Team,Manager ID,Hire Date,Grade,Band\n7,Ann,A,,2020-01-01,3,2\n") == ["roster"]
    assert kinds("Employee ID,Name,Forklift licence,First aid\n7,Ann,2024-01-05,2023-02-01\n") == ["badges"]
    assert [is_level(cell) for cell in ("2 - Working", "Berlin")] == [True, False]
    assert [sums_up(label) for label in ("Ø Durchschnitt", "Total quality")] == [True, False]


def land(store, text, mapping=DAY, kind="self_ratings", **options):
    source = Source(kind, "m.csv", text if isinstance(text, bytes) else text.encode(), mapping, True)
    return import_sources(store, [source], Options(is_one_of_many=True, **options))  # nobody asks for a number


def stored(store, outcome, kind="self_ratings"):
    table = KINDS[kind].table
    asked = f"select employee_id, skill_id, level from {table} where upload_id = {outcome.upload_id} order by all"
    return [tuple(row.values()) for row in store.query(asked).to_pylist()]


def test_ratings_land_by_id_address_and_name_and_an_error_names_line_and_column(company):
    text = "Employee,Email,Full name,Welding,s2\n001,,,2,\n,bo@x.example,,1,3\n"
    assert stored(company, land(company, text)) == [("001", "s1", 2), ("002", "s1", 1), ("002", "s2", 3)]
    by_name = "Name,Welding,Cutting\nBo,4,4\n"
    said = Mapping(constants=FROM | {"assessor": "Dr A"}, people="by name")
    learnt = land(company, by_name, said, "prior_learning")
    assert stored(company, learnt, "prior_learning") == [("002", "s1", 4), ("002", "s2", 4)]

    bad = (
        "List of 2024\n\nEmployee ID,Name,Welding,Cutting,Knitting\n001,Ann,2,?,1\n"
        "001,Ann,3,1,1\n999,Cy,1,,\n002,Ann,1,1,1\n"
    )
    outcome = land(company, bad)
    errors = {(p.line, p.column, p.value): p for p in outcome.errors}
    assert outcome.status == "refused"
    assert (4, "Cutting", "?") in errors
    assert "stands on line 5, column 'Welding' too" in errors[4, "Welding", "001 s1 2024-05-01"].message
    assert errors[6, "employee_id", "999"].message.startswith("is an employee no roster lists")
    assert "is the name of 001, and the row is about 002: two people" in errors[7, "name", "Ann"].message
    unknown = errors[None, "Knitting", "Knitting"]
    assert (unknown.count, unknown.message[:24]) == (2, "is not among the skills;")
    about = {question.about: question for question in outcome.questions}
    assert set(about) >= {"values.skill_id.Knitting", "values.level.?", "holder"}
    assert list(about["values.skill_id.Knitting"].answers)[-1] == "leave out"

    rest = "Employee ID,Welding,Knitting\n002,2,1\n"
    for answer, rows in (("leave out", [("002", "s1", 2)]), ("s2", [("002", "s1", 2), ("002", "s2", 1)])):
        outcome = land(company, rest, DAY.answered({"values.skill_id.Knitting": answer}))
        assert stored(company, outcome) == rows


def test_remarks_beside_names_are_no_part_of_them_in_ratings_and_above_a_matrix(company):
    lists = (
        "Name,skill_id,level\nAnn (on leave),s1,2\nBo - left,s1,1\n",
        "Full name,Welding,Cutting\nAnn [inactive],2,0\nBo (ausgeschieden),1,0\n",
        "Skill,Ann (parental leave),Bo *left*\nWelding,2,1\n",
    )
    for text in lists:
        across = {"matrix": PEOPLE_ACROSS} if text.startswith("Skill") else {}
        outcome = land(company, text, DAY.answered(across | {"people": "by name"}))
        assert stored(company, outcome) == [("001", "s1", 2), ("002", "s1", 1)]
        assert any("beside names is taken off" in problem.message for problem in outcome.problems)
        undo(company, outcome.upload_id)
    unknown = land(company, lists[0].replace("(on leave)", "(night shift)"), DAY.answered({"people": "by name"}))
    assert [(p.column, p.value) for p in unknown.errors] == [("name", "Ann (night shift)")]


def test_skills_of_a_matrix_that_are_new_are_added_by_one_answer_and_outlive_whoever_brought_them(company, tmp_path):
    text = "Employee ID,Welding,Knitting,Weaving\n001,2,1,\n002,1,,3\n"
    refused = land(company, text)
    about = {question.about: question for question in refused.questions}
    assert about["unknown_skills"].answers == {"create": "yes: Knitting, Weaving"}
    assert "say that it is new, or import skills with skill_id and name first" in refused.errors[0].message

    said = DAY.answered({"unknown_skills": "create", "values.skill_id.Weaving": "leave out"})
    outcome = land(company, text, said)
    assert stored(company, outcome) == [("001", "Knitting", 1), ("001", "s1", 2), ("002", "s1", 1)]
    assert any("1 skill added to the catalogue: Knitting." in str(problem) for problem in outcome.problems)
    skills = "select skill_id, name from skills order by all"

    def catalogue(store):
        rows = store.query(with_definitions(skills), {"known_at": END_OF_TIME}).to_pylist()
        return [tuple(row.values()) for row in rows]

    assert catalogue(company) == [("Knitting", "Knitting"), ("s1", "Welding"), ("s2", "Cutting")]
    company.close()
    path = tmp_path / "company.duckdb"
    with closing(open_store(path)) as store:
        people = erasure.named(store, ["001"])
        erasure.erase(store, "hr", people, erasure.places_of(store, people))
        assert catalogue(store)[0] == ("Knitting", "Knitting")
    rebuild(path, lambda line: None, True)
    with closing(open_store(path)) as store:
        assert catalogue(store)[0] == ("Knitting", "Knitting")
        undo(store, outcome.upload_id)
        assert catalogue(store) == [("s1", "Welding"), ("s2", "Cutting")]


KEPT = (
    "Stand: May;;;;;;;\nPersonal-Nr.;Name;Gehalt;Abteilung;Welding;Cutting;Notiz;Durchschnitt\n001;Ann;hidden;hidden;2;1;hidden;1,5\n"
    "002;Bo;hidden;hidden;3;?;hidden;3\n002;short\nDurchschnitt;;;;2;1;;\n"
)


def kept_of(path):
    found = [file for file in (path.parent / f"{path.name}.files").iterdir() if b"the cell" in file.read_bytes()]
    return [file.read_text() for file in found if file.name != "journal.jsonl"]


def state(store):
    texts = (
        "select employee_id, skill_id, level, line_no from self_rating_rows where upload_id > 1 order by all",
        "select line_no, cells, problems from quarantined_rows order by line_no",
        "select upload_id, kind, new_rows, quarantined_rows from upload_counts where upload_id > 1 order by all",
    )
    return [[tuple(row.values()) for row in store.query(text).to_pylist()] for text in texts]


def test_a_matrix_lands_again_from_a_copy_of_its_used_cells_and_is_rid_of_somebody(company, tmp_path):
    path = tmp_path / "company.duckdb"
    outcome = land(company, KEPT, quarantine=True)
    first = state(company)
    assert [row[:3] for row in first[0]] == [("001", "s1", 2), ("001", "s2", 1), ("002", "s1", 3)]
    (frame,) = rows_apart(company).values()
    assert frame[["line", "level"]].to_dict("records")[1] == {"line": "4, Cutting", "level": "?"}
    assert outcome.counts[0].quarantined == 2

    (copy,) = kept_of(path)
    assert copy.splitlines()[0] == (
        "Personal-Nr.;Name;Gehalt (not kept);Abteilung (not kept);Notiz (not kept);what stands above the cell;the cell;the line of the cell"
    )
    assert not any(word in copy for word in ("hidden", "1,5", "short"))

    # The next file of this system is a matrix too; the day that was said of the last one is not taken for its own.
    following = KEPT.replace("?", "4").replace("002;short\n", "")
    with pytest.raises(Unanswered) as asked_again:
        import_sources(company, [Source("self_ratings", "m.csv", following.encode())], Options())
    assert list(by_place(asked_again.value.questions)) == ["columns.valid_from"]
    again = land(company, following)
    assert (again.status, len(stored(company, again))) == ("stored", 4)
    across = land(
        company,
        "Skill,Note,001,Bo\nWelding,hidden,2,3\nCutting,hidden,,1\n",
        Mapping(constants={"valid_from": "2024-07-01"}, people="by name"),
    )
    assert stored(company, across) == [("001", "s1", 2), ("002", "s1", 3), ("002", "s2", 1)]
    before = state(company)
    company.close()
    rebuild(path, lambda line: None, True)
    with closing(open_store(path)) as store:
        assert state(store) == before
        people = erasure.named(store, ["001"])
        erasure.erase(store, "hr", people, erasure.places_of(store, people))
        assert erasure.search(store, people).left == []
        assert state(store)[0] == [row for row in before[0] if row[0] != "001"]
        undo(store, 2)
        asked = "select count(*) as n from self_ratings"
        assert store.query(with_definitions(asked), {"known_at": END_OF_TIME}).to_pylist() == [{"n": 4}]
    assert not any("001" in text or "Ann" in text for text in kept_of(path))


TRAINING = "Employee ID,Hire Date,One,Two,Crane\n001,2018-05-01,05.01.2024,,booked\n002,,,13.02.2024,03.03.2024\n"


def test_a_matrix_of_days_is_one_of_badges_and_words_between_them_are_asked(company):
    questions = asked(TRAINING, Mapping(), "badges")
    assert list(questions) == ["values.issued_on.booked"]
    answered = Mapping().answered({"values.issued_on.booked": "leave out"})
    refused = land(company, TRAINING, answered, "badges")
    assert [(p.column, p.count) for p in refused.errors] == [("Crane", 1)]
    assert {question.about for question in refused.questions} >= {"values.credential.Crane", "unknown_credentials"}

    said = answered.answered({"values.credential.Crane": "leave out"})
    outcome = land(company, TRAINING, said, "badges")
    asked_rows = f"select employee_id, credential_id, issued_on from badge_rows where upload_id = {outcome.upload_id}"
    assert [tuple(row.values()) for row in company.query(f"{asked_rows} order by 1").to_pylist()] == [
        ("001", "c1", date(2024, 1, 5)),
        ("002", "c2", date(2024, 2, 13)),
    ]
    assert any("not on which they end" in problem.message for problem in outcome.problems)


def test_a_matrix_of_days_that_lie_ahead_is_refused_with_what_would_work():
    text = TRAINING.replace("13.02.2024", "13.02.2931").replace("03.03.2024", "03.03.2931")
    with pytest.raises(
        BadFile,
        match=r"column Two: '13.02.2931' lies ahead.* 2 of 4 filled cells.* on which credentials end.* bring a matrix",
    ):
        read(text, Mapping(), "badges")
    planned = {f"values.issued_on.{cell}": "leave out" for cell in ("13.02.2931", "03.03.2931", "booked")}
    file = read(text, Mapping().answered(planned), "badges")
    assert file.mapped.columns["issued_on"].to_pylist() == ["05.01.2024"]


def test_people_across_whose_cells_are_only_words_are_never_lost_in_silence():
    by_id = "Course,001,002,003\nOne,2024-01-05,x,\nTwo,2024-02-01,booked,2024-03-01\n"
    across = Mapping(matrix=PEOPLE_ACROSS)
    words = {"values.issued_on.x": "2024-01-09", "values.issued_on.booked": "leave out"}
    assert set(asked(by_id, across, "badges")) == set(words)
    columns = read(by_id, across.answered(words), "badges").mapped.columns
    assert ("002", "2024-01-09") in list(
        zip(*(columns[n].to_pylist() for n in ("employee_id", "issued_on")), strict=True)
    )

    by_name = "Course,Ann Berg,Bo Dahl,Hall\nOne,2024-01-05,x,North\nTwo,2024-02-01,booked,South\n"
    file = read(by_name.replace("Hall", "Cy Lee").replace("North", "").replace("South", "2024-03-01"), across, "badges")
    (warning,) = (m for m in messages(file, "warning") if "Bo Dahl" in m)
    assert "Bo Dahl: is not used: its cells (x, booked) are not days" in warning
    (question,) = (q for q in file.mapped.questions if "Bo Dahl" in q.about)
    assert (question.about, list(question.answers)) == ("values.employee_id.Bo Dahl", ["Bo Dahl", "leave out"])
    said = across.answered({question.about: "002"})
    assert set(asked(by_name, said, "badges")) == {*words, "values.employee_id.Hall"}
    out = across.answered({question.about: "leave out", "values.employee_id.Hall": "leave out"})
    assert not [q for q in read(by_name, out, "badges").mapped.questions if "employee_id" in q.about]


def test_one_day_ahead_in_a_matrix_of_days_is_a_bad_cell_by_itself_and_can_be_left_out(company):
    text = "Employee ID,One,Two\n001,2024-01-05,2024-02-13\n002,2931-03-01,\n"
    refused = land(company, text, Mapping(), "badges")
    assert [(p.line, p.column, p.value, p.message[:11]) for p in refused.errors] == [
        (3, "One", "2931-03-01", "is in the f")
    ]
    (question,) = (q for q in refused.questions if q.about.startswith("values."))
    assert (question.about, question.must, list(question.answers)) == (
        "values.issued_on.2931-03-01",
        False,
        ["leave out"],
    )
    apart = land(company, text, Mapping(), "badges", quarantine=True)
    assert (apart.counts[0].new, apart.counts[0].quarantined) == (2, 1)
    undo(company, apart.upload_id)
    answered = land(company, text, Mapping().answered({question.about: "leave out"}), "badges")
    assert (answered.status, answered.counts[0].new) == ("stored", 2)


def test_the_command_the_api_and_the_screen_ask_the_same_and_take_the_same_answers(tmp_path, monkeypatch):
    folder = tmp_path / "company"
    folder.mkdir()
    (folder / "skills.csv").write_text("skill_id,name\ns1,Welding\ns2,Cutting\n")
    (folder / "roster.csv").write_text("employee_id,name,email\n001,Ann,a@x.example\n002,Bo,b@x.example\n")
    matrix = tmp_path / "levels.csv"
    matrix.write_text("E-Mail,Abteilung,Welding,Cutting\na@x.example,A,Profi,2\nb@x.example,A,1,Profi\n")
    at = tmp_path / "w.duckdb"
    with closing(open_store(at)) as store:
        import_folder(store, folder, effective=date(2024, 1, 1))

    def command(*words):
        result = CliRunner().invoke(cli, ["--db", str(at), "import", *words])
        return result.output + str(result.exception or "")

    assert "It looks like a skill matrix: import it as self_ratings where people" in command(str(matrix))
    printed = command("self_ratings", str(matrix))
    assert 'valid_from = "…"  # The same for every row' in printed
    assert '# matrix = "no"  # it is not a matrix: each row is about one person and one thing' in printed
    (tmp_path / "m.toml").write_text('matrix = "skills across"\n[constants]\nvalid_from = "2024-05-01"\n')
    told = command("self_ratings", str(matrix), "--mapping", str(tmp_path / "m.toml"))
    assert "line 2, column Welding: 'Profi': is not a level" in told
    printed = told.split("In a mapping file say one of:\n")[1]
    answered = (tmp_path / "m.toml").read_text() + "\n".join(line.strip(" #") for line in printed.splitlines()[:2])
    (tmp_path / "n.toml").write_text(answered)
    assert "4 new" in command("self_ratings", str(matrix), "--mapping", str(tmp_path / "n.toml"))

    monkeypatch.setenv("SKILLTRACK_API_TOKEN", "a token of the test")
    monkeypatch.setenv("SKILLTRACK_DB", str(at))
    with TestClient(Starlette(routes=ROUTES), headers={"Authorization": "Bearer a token of the test"}) as client:
        refused = client.post("/api/imports/prior_learning", content=matrix.read_bytes())
        assert refused.status_code == 422
        questions = refused.json()["questions"]
        assert [q["about"] for q in questions] == ["columns.assessor", "columns.valid_from", "matrix"]
        assert list(questions[2]["answers"]) == [SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX]
        said = answered.replace("[constants]", '[constants]\nassessor = "Dr A"')
        taken = client.post("/api/imports/prior_learning", content=matrix.read_bytes(), params={"mapping": said})
        assert taken.json()["counts"][0]["new"] == 4

    page = opened(at, "data/uploads", monkeypatch)
    again = matrix.read_bytes().replace(b"Abteilung", b"Bereich").replace(b"Profi", b"3")
    page.file_uploader(key="upload_files_0").upload("levels.csv", again).run()
    kind = next(box for box in page.selectbox if box.label == "This file contains")
    assert (kind.value, kind.placeholder) == (None, "A skill matrix: who gave the levels?")
    kind.set_value("self_ratings").run()
    typed = next(box for box in page.text_input if "same for every row" in box.label)
    typed.set_value("2024-06-01").run()
    page.button(key="upload_import").click().run()
    assert not page.exception
    assert "Upload 4 is stored: 4 rows new or changed" in page.success[0].value


@pytest.fixture(scope="module")
def in_memory():
    store = Store.open(":memory:")
    skills = Source("skills", "s.csv", b"skill_id,name\ns1,Welding\ns2,Cutting\n")
    roster = Source("roster", "r.csv", b"employee_id,name\n001,Ann\n002,Bo\n")
    import_sources(store, [skills, roster], Options())
    yield store
    store.close()


@given(st.data())
def test_a_matrix_lands_as_its_long_form_does(in_memory, data):
    people = data.draw(st.lists(st.sampled_from(["001", "002", "x9"]), min_size=1, unique=True))
    skills = data.draw(st.lists(st.sampled_from(["Welding", "s2", "Knitting", "Lathe, big"]), min_size=2, unique=True))
    cell = st.sampled_from(["", "1", "2", "5", "3.0", "2 - Working", "0", "n/a", "Expert"])
    levels = {(who, skill): data.draw(cell) for who in people for skill in skills}
    down = len(people) < 2 or data.draw(st.booleans())
    for who, skill in ((people[0], skills[0]), (people[0], skills[1])) if down else ((p, skills[0]) for p in people):
        levels[who, skill] = "1"
    rows, columns = (people, skills) if down else (skills, people)
    out, long = io.StringIO(), io.StringIO()
    wide = csv.writer(out)
    wide.writerow(["Employee ID" if down else "Skill", *columns])
    for row in rows:
        wide.writerow([row, *(levels.get((row, c) if down else (c, row), "") for c in columns)])
    rest = csv.writer(long)
    rest.writerow(["employee_id", "skill_id", "level", "valid_from"])
    for row in rows:
        for c in columns:
            who, skill = (row, c) if down else (c, row)
            if levels.get((who, skill), "") not in ("", "n/a"):
                rest.writerow([who, skill, levels[who, skill], "2024-05-01"])
    answers = {"values.skill_id.Lathe, big": "leave out", "values.level.Expert": "4"}
    results = []
    for text in (out.getvalue(), long.getvalue()):
        mapping = DAY.answered(answers)
        columns = read(text, mapping).mapped.columns
        outcome = land(in_memory, text, mapping, quarantine=True, dry_run=True)
        names = ("employee_id", "skill_id", "level", "valid_from")
        understood = sorted(zip(*(columns[name].to_pylist() for name in names), strict=True))
        results.append((outcome.counts, {(p.value, p.message) for p in outcome.errors}, understood))
    assert results[0] == results[1]
    assert results[0][0][0].new + results[0][0][0].quarantined == len(results[0][2])
