"""What stands in a cell: read as it is meant where nothing else can be meant, asked where it can."""

import io
import zipfile
from dataclasses import replace

import pytest
import xlsxwriter

from skilltrack.ingest.columns import map_columns
from skilltrack.ingest.decode import decode
from skilltrack.ingest.kinds import KINDS
from skilltrack.ingest.mapping import Mapping
from skilltrack.ingest.questions import Unanswered
from skilltrack.ingest.recognise import lay_out, score
from tests.ingest.test_meaning import land


def read(kind, content, mapping=None, name="f.csv"):
    """A file as its kind understands it, before it meets a database."""
    kind, mapping = KINDS[kind], mapping or Mapping()
    content = content.encode() if isinstance(content, str) else content
    decoded = decode(content, name, mapping, lay_out(kind, mapping), score(kind))
    found = map_columns(kind, decoded, mapping)
    found.problems[:0] = decoded.problems
    return found


def cells(found, *names):
    columns = [found.columns[name].to_pylist() for name in names]
    return columns[0] if len(names) == 1 else list(zip(*columns, strict=True))


def must_answer(kind, content, mapping=None):
    with pytest.raises(Unanswered) as raised:
        read(kind, content, mapping)
    return {question.about: question.answers for question in raised.value.questions}


def book(sheets, hidden=()):
    """A workbook of named sheets, each a list of rows."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"default_date_format": "yyyy-mm-dd"}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name in hidden:
                sheet.hide()
            elif name == next(other for other in sheets if other not in hidden):
                sheet.activate()
                sheet.set_first_sheet()
    return written.getvalue()


def without_results(content):
    """A workbook as a program writes it that computes nothing: its formulas have no results."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.namelist():
            xml = old.read(part)
            if part.startswith("xl/worksheets/"):
                xml = xml.replace(b"</f><v>0</v>", b"</f><v></v>")
            new.writestr(part, xml)
    return written.getvalue()


EXPORT = "Personnel Number,Full Name,Line Manager ID,Date of Hire\n"


def test_ids_are_read_without_what_spreadsheets_and_exports_put_around_them():
    text = (
        EXPORT
        + '="00417","=""Mia Roth""",,\n\'00418,\'t Hooft,="00417",\'2024-05-06\n4\u200b19\u00ad,Bo\u200dB,\u206600418\u2069,\n'
    )
    found = read("roster", text)

    assert cells(found, "employee_id", "name", "manager_id", "hired_on") == [
        ("00417", "Mia Roth", "", ""), ("00418", "'t Hooft", "00417", "2024-05-06"), ("419", "Bo\u200dB", "00418", ""),
    ]  # fmt: skip
    told = [str(problem) for problem in found.problems if "around them" in problem.message]
    assert any("column employee_id: 3 cells" in line and "'=\"00417\"' as '00417'" in line for line in told)


def test_a_cell_that_is_not_wholly_wrapped_stays_as_it_is():
    found = read("roster", 'employee_id,name\n"=""1""&A1",Ann\n\'a\',Bo\n')

    assert cells(found, "employee_id") == ['="1"&A1', "'a'"]


@pytest.mark.parametrize("sign", [",", ".", "\u2019", "\u202f", " "])
def test_ids_with_signs_between_their_digits_are_asked_about_and_never_stored_so_unasked(sign):
    text = f'employee_id,name,manager_id\n"7{sign}040",Ann,\n912,Bo,"7{sign}040"\n'

    assert must_answer("roster", text)["ids.employee_id"] == {
        "whole numbers": f"7{sign}040 as 7040", "as they are": f"7{sign}040 stays 7{sign}040",
    }  # fmt: skip
    answered = Mapping(ids={"employee_id": "whole numbers", "manager_id": "whole numbers"})
    assert cells(read("roster", text, answered), "employee_id", "manager_id") == [("7040", ""), ("912", "7040")]
    answered = Mapping(ids={"employee_id": "as they are", "manager_id": "as they are"})
    assert cells(read("roster", text, answered), "employee_id")[0] == f"7{sign}040"


def test_codes_with_points_and_ids_with_letters_are_no_numbers_with_separators():
    found = read("skills", 'skill_id,name\n1.204,Welding\n"3,120",Gluing\nQ-7,Sewing\n')

    assert (found.questions, cells(found, "skill_id")) == ([], ["1.204", "3,120", "Q-7"])


def test_a_file_of_an_earlier_program_is_read_as_it_was_then():
    text = 'employee_id,name\n="00417",Mia\n"7,040",Ann\n'

    assert cells(read("roster", text, Mapping(reading="1")), "employee_id") == ['="00417"', "7,040"]
    assert read("roster", "employee_id,name\n1,Mia\n").mapping.reading == "2"


def test_a_formula_without_a_result_is_a_bad_cell_that_is_named(company):
    rows = [
        ["employee_id", "credential_id", "issued_on", "expires_on"],
        ["001", "c1", "2024-01-05", '=EDATE(C2,"6")&""'],
    ]
    content = without_results(book({"Awards": rows}))
    outcome = land(company, "badges", content, "awards.xlsx")

    assert outcome.status == "refused"
    assert [(p.line, p.column, p.value) for p in outcome.errors] == [(2, "expires_on", '#NO RESULT! =EDATE(C2,"6")&""')]
    assert "nothing has computed" in outcome.errors[0].message
    assert cells(read("badges", content, Mapping(reading="1")), "expires_on") == [""]


def test_the_zeros_that_a_workbook_shows_in_front_of_a_number_belong_to_the_id():
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as made:
        sheet, padded = made.add_worksheet(), made.add_format({"num_format": "000000"})
        sheet.write_row(0, 0, ["employee_id", "name", "manager_id"])
        sheet.write_row(1, 0, ["x", "Ann"])
        sheet.write_number(1, 0, 812, padded)
        sheet.write_row(2, 0, [813, "Bo"])
        sheet.write_number(2, 2, 812, padded)

    assert cells(read("roster", written.getvalue()), "employee_id", "manager_id") == [("000812", ""), ("813", "000812")]


PEOPLE = ["employee_id", "name", "team"]
NORTH = [PEOPLE, ["1", "Ann", "North"], ["2", "Bo", "North"]]
SOUTH = [["Team", "employee_id", "name", "location"], ["South", "3", "Cy", "Rome"]]


def test_several_sheets_that_fit_are_asked_about_and_can_all_be_taken():
    content = book({"North": NORTH, "Notes": [["made by", "HR"]], "South": SOUTH, "Empty form": [PEOPLE]})
    answers = must_answer("roster", content)["sheet"]

    assert list(answers) == ["North/South", "North", "South"]
    found = read("roster", content, Mapping(sheet="North/South"))
    assert cells(found, *PEOPLE, "location") == [
        ("1", "Ann", "North", ""), ("2", "Bo", "North", ""), ("3", "Cy", "South", "Rome"),
    ]  # fmt: skip
    assert found.lines.to_pylist() == [2, 3, 5]
    assert any("row 1 of 'South' is line 4" in problem.message for problem in found.problems)
    assert cells(read("roster", content, Mapping(sheet="South")), "employee_id") == ["3"]


def test_a_hidden_sheet_is_never_taken_unasked():
    wider = [[*PEOPLE, "location"], ["9", "Old", "West", "Oslo"]]

    assert cells(read("roster", book({"Old": wider, "Now": NORTH}, hidden=["Old"])), "employee_id") == ["1", "2"]
    only_hidden = book({"Old": wider, "Read me": [["see the other sheet"]]}, hidden=["Old"])
    assert list(must_answer("roster", only_hidden)["sheet"]) == ["Old"]
    assert must_answer("roster", only_hidden)["sheet"]["Old"].startswith("hidden; ")


def test_a_second_row_of_headers_is_passed_over_under_a_mapping_too():
    text = "Kürzel,Titel,Art,Preis\nCode,Titel,Art,EUR\nW1,Welding,Course,90\nArt,Painting,Art,80\n"
    mapping = Mapping(columns={"credential_id": "Kürzel", "name": "Titel"}, constants={"issuer": "Guild"})
    found = read("credentials", text, mapping)

    assert cells(found, "credential_id") == ["W1", "Art"]
    assert any("line 2 is a second header row" in problem.message for problem in found.problems)
    assert cells(read("credentials", text, replace(mapping, reading="1")), "credential_id") == ["Code", "W1", "Art"]


@pytest.mark.parametrize(
    ("right", "read_as"),
    [
        ("Zoë Löwenherz", "cp1252"),
        ("Renée à Orléans", "latin-1"),
        ("Ålesund Øst", "mac_roman"),
        ("Дмитрий Орлов", "cp1251"),
        ("Antonín Dvořák", "cp1250"),
    ],
)
def test_text_that_was_read_in_a_wrong_encoding_before_is_told_and_repaired_when_that_is_said(right, read_as):
    broken = right.encode().decode(read_as)
    text = f"employee_id,name,team\n1,{broken},West\n2,Ann,{broken}\n3,{right},ok\n"
    found = read("roster", text)

    assert cells(found, "name") == [broken, "Ann", right]
    assert [(q.about, q.must) for q in found.questions] == [("broken_text", False)]
    told = [str(p) for p in found.problems if p.severity == "warning"]
    assert len(told) == 1
    assert (
        f"2 cells were read in a wrong encoding before they came here. They probably mean {broken!r} as {right!r}."
        in told[0]
    )
    mended = read("roster", text, Mapping(broken_text="repair"))
    assert cells(mended, "name", "team") == [(right, "West"), ("Ann", right), (right, "ok")]
    assert [p for p in read("roster", text, Mapping(broken_text="keep")).problems if p.severity == "warning"] == []


def test_letters_that_were_lost_are_told_and_accents_alone_are_not():
    names = [
        "Zo\ufffd",
        "L\u2019Or\u00e9al",
        "D\u00dcSSELDORF",
        "\u00c7a \u2013 et l\u00e0",
        "S\u00e3o Tom\u00e9",
        "\u0141\u00f3d\u017a",
        "\u682a\u5f0f\u4f1a\u793e",
        "\u0416\u0430\u043d\u043d\u0430",
    ]
    found = read("roster", "employee_id,name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names)))

    told = [str(p) for p in found.problems if p.severity == "warning"]
    assert len(told) == 1
    assert "letters were lost" in told[0]
    assert repr(names[0]) in told[0]
