"""What stands in a cell: read as it is meant where nothing else can be meant, asked where it can."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from skilltrack.commands.console import kind_of_file
from skilltrack.errors import BadFile
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.encodings import _readings
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping
from skilltrack.ingest.reading.questions import Question, Unanswered
from skilltrack.ingest.reading.recognise import lay_out, score
from skilltrack.ingest.reading.sources import recognised_kinds
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.kinds.declared import KINDS
from tests.ingest.test_meaning import asked, land, said


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
        ("00417", "Mia Roth", "", ""),
        ("00418", "'t Hooft", "00417", "2024-05-06"),
        ("419", "Bo\u200dB", "00418", ""),
    ]
    told = [str(problem) for problem in found.problems if "around the value" in problem.message]
    assert any("column employee_id: 3 cells" in line and "'=\"00417\"' as '00417'" in line for line in told)


def test_a_cell_that_is_not_wholly_wrapped_stays_as_it_is():
    found = read("roster", 'employee_id,name\n"=""1""&A1",Ann\n\'a\',Bo\n')

    assert cells(found, "employee_id") == ['="1"&A1', "'a'"]


@pytest.mark.parametrize("sign", [",", ".", "\u2019", "\u202f", " "])
def test_ids_with_signs_between_their_digits_are_asked_about_and_never_stored_so_unasked(sign):
    text = f'employee_id,name,manager_id\n"7{sign}040",Ann,\n912,Bo,"7{sign}040"\n'

    assert must_answer("roster", text)["ids.employee_id"] == {
        "whole numbers": f"7{sign}040 as 7040",
        "as they are": f"7{sign}040 stays 7{sign}040",
    }
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
    assert read("roster", "employee_id,name\n1,Mia\n").mapping.reading == "8"


def test_a_formula_without_a_result_is_a_bad_cell_that_is_named(company):
    rows = [
        ["employee_id", "credential_id", "issued_on", "expires_on"],
        ["001", "c1", "2024-01-05", '=EDATE(C2,"6")&""'],
    ]
    content = without_results(book({"Awards": rows}))
    outcome = land(company, "badges", content, "awards.xlsx")

    assert outcome.status == "refused"
    assert [(p.line, p.column, p.value) for p in outcome.errors] == [(2, "expires_on", '#NO RESULT! =EDATE(C2,"6")&""')]
    assert "is a formula without a result" in outcome.errors[0].message
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
        ("1", "Ann", "North", ""),
        ("2", "Bo", "North", ""),
        ("3", "Cy", "South", "Rome"),
    ]
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
        f"the text of 2 cells was read in a wrong encoding before the file came here. Probably {broken!r} as {right!r}."
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


def hired(*days, style=None):
    """Days of hiring as they are read, and the questions about them."""
    rows = "".join(f'{n},Ann,"{day}"\n' for n, day in enumerate(days))
    mapping = Mapping(dates={"hired_on": style} if style else {})
    found = read("roster", "employee_id,name,hired_on\n" + rows, mapping)
    return cells(found, "hired_on"), {question.about: question for question in found.questions}


@pytest.mark.parametrize(
    "day",
    ["Saturday, 9 March 2024, 8:05 PM", "March 9, 2024, 8:05 p.m.", "9th March 2024", "the 9th of March, 2024", "9. März 2024", "Sa., 09. Mrz. 2024 um 20:05 Uhr",
     "samedi 9 mars 2024 à 20h05", "9 de marzo de 2024", "sábado, 9 mar 2024", "9 marzo 2024", "za 9 maart 2024", "9 de março de 2024", "09-MAR-2024", "9-Mar-24",
     "09 Mar 24", "2024 March 9", "2024-Mar-09", "Sat Mar 09 20:05:11 PST 2024", "Sat, 09 Mar 2024 20:05:11 +0000", "Mar 9 2024", "March 9th, 2024 at 20:05 (CET)"],
)  # fmt: skip
def test_a_date_with_its_month_as_a_word_is_read_in_seven_languages(day):
    assert hired(day, "") == (["2024-03-09", ""], {})


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        (["2024-3-9", "2024-11-30"], ["2024-03-09", "2024-11-30"]),
        (["23.03.2024", "24/03/2024", "25-03-2024"], ["2024-03-23", "2024-03-24", "2024-03-25"]),
        (["03/23/2024 8:05 a.m.", "03/04/2024, 9:15 PM EST"], ["2024-03-23", "2024-03-04"]),
        (["23032024", "01022024"], ["2024-03-23", "2024-02-01"]),
        (["1709985911"], ["2024-03-09"]),
        (["1709985911000"], ["2024-03-09"]),
        (["2024-03-09T20:05:11.000Z", "2024-03-10 08:00 PST"], ["2024-03-09", "2024-03-10"]),
        (["2024-03-19", "20 mars 2024"], ["2024-03-19", "2024-03-20"]),
        (["2024-03-19", "21/04/2024"], ["2024-03-19", "2024-04-21"]),
    ],
)
def test_dates_that_leave_no_doubt_are_read(days, wanted):
    assert hired(*days) == (wanted, {})


@pytest.mark.parametrize(
    "day", ["Monday, 9 March 2024", "30 février 2024", "9 Marc 24 2024", "March 202", "9 Foo 2024", "31.02.2024x"]
)
def test_what_is_no_day_of_the_calendar_stays_as_it_is_and_its_style_can_be_typed(day):
    found, asked_about = hired(day)

    assert found == [day]
    question = asked_about["dates.hired_on"]
    assert (question.answers, question.must) == ({}, True)
    assert day in question.typed[0].label


def test_a_typed_style_reads_the_dates_of_a_column():
    assert hired("Q9/2024/03", "Q30/2024/11", style="Q%d/%Y/%m")[0] == ["2024-03-09", "2024-11-30"]


def test_a_question_about_dates_shows_what_the_first_five_cells_become_under_each_answer():
    days = ["05/06/2024", "25/06/2024", "06/25/2024", "07/07/2024", "08/09/2024", "09/09/2024"]
    answers = hired(*days)[1]["dates.hired_on"].answers

    assert answers == {
        "%d/%m/%Y": "05/06/2024 as 2024-06-05; 25/06/2024 as 2024-06-25; 06/25/2024 is not a date; 07/07/2024 as 2024-07-07; 08/09/2024 as 2024-09-08",
        "%m/%d/%Y": "05/06/2024 as 2024-05-06; 25/06/2024 is not a date; 06/25/2024 as 2024-06-25; 07/07/2024 as 2024-07-07; 08/09/2024 as 2024-08-09",
    }


def test_a_separator_that_proves_nothing_is_asked_about_beside_one_that_does():
    answers = hired("25.06.2024", "05/06/2024")[1]["dates.hired_on"].answers

    assert [answer.split(" or ")[0] for answer in answers] == ["%d/%m/%Y", "%m/%d/%Y"]


@pytest.mark.parametrize(
    ("rest", "style"),
    [("27/06/2024", "%d/%m/%Y"), ("06/27/2024", "%m/%d/%Y"), ("27.6.2024 10:00", "%d.%m.%Y and time")],
)
def test_days_that_a_spreadsheet_has_probably_swapped_stop_the_file_until_that_is_answered(rest, style):
    text = f"employee_id,name,hired_on\n1,Ann,2024-05-06\n2,Bo,{rest}\n"
    answers = must_answer("roster", text)["dates.hired_on"]
    reference, swapped = ("%Y-%m-%d and time", "%Y-%d-%m and time") if "time" in style else ("%Y-%m-%d", "%Y-%d-%m")

    assert list(answers) == [f"{swapped} or {style}", f"{reference} or {style}"]
    found = [cells(read("roster", text, Mapping(dates={"hired_on": answer})), "hired_on") for answer in answers]
    assert found == [["2024-06-05", "2024-06-27"], ["2024-05-06", "2024-06-27"]]


NO_END = [
    "Never",
    "does not expire",
    "Unbefristet",
    "läuft nicht ab",
    "À vie",
    "Sin vencimiento",
    "illimitato",
    "nooit",
    "0",
]


def test_words_for_no_end_are_read_as_empty_where_something_ends_and_told():
    rows = "".join(f"e{n},c1,2024-01-05,{word}\n" for n, word in enumerate([*NO_END, "2025-01-05"]))
    found = read("badges", "employee_id,credential_id,issued_on,expires_on\n" + rows)

    assert cells(found, "expires_on") == [""] * len(NO_END) + ["2025-01-05"]
    told = next(str(p) for p in found.problems if p.column == "expires_on")
    assert all(repr(word) in told for word in NO_END)
    assert cells(read("roster", "employee_id,name,hired_on\n1,Ann,Never\n"), "hired_on") == ["Never"]
    text = "employee_id,credential_id,issued_on,revoked_on\ne1,c1,2024-01-05,Permanent\ne2,c1,2024-01-05,never\n"
    assert cells(read("badges", text), "revoked_on") == ["Permanent", ""]


def test_how_long_a_credential_holds_is_read_in_months():
    said = {
        "18 months": "18",
        "3 Jahre": "36",
        "1 an": "12",
        "24.0": "24",
        "0": "",
        "Unlimited": "",
        "2 años": "24",
        "6": "6",
        "365 days": "365 days",
    }
    rows = "".join(
        f"x{n},X,Guild,{text},{price}\n"
        for n, (text, price) in enumerate(zip(said, [*["gratis"] * 2, *"1234567"], strict=True))
    )
    found = read("credentials", "credential_id,name,issuer,validity_months,list_price\n" + rows)

    assert cells(found, "validity_months") == list(said.values())
    assert cells(found, "list_price")[:3] == ["0", "0", "1"]


def amounts(*written, currency="", style=None):
    rows = "".join(f'p{n},c1,2024-01-05,"{amount}",{currency},grant\n' for n, amount in enumerate(written))
    text = "spend_id,credential_id,paid_on,amount,currency,funding_source\n" + rows
    found = read("spend", text, Mapping(amounts={"amount": style} if style else {}))
    return cells(found, "amount"), {question.about: question.answers for question in found.questions}


@pytest.mark.parametrize(
    ("written", "currency", "wanted"),
    [
        (["2’450.75", "Fr. 80.-", "CHF 12.50"], "CHF", ["2450.75", "80", "12.50"]),
        (["R$ 2.450,75", "R$ 80,00"], "BRL", ["2450.75", "80.00"]),
        (["₹3,25,450.00"], "INR", ["325450.00"]),
        (["2 450,75 kr", "80,- kr."], "SEK", ["2450.75", "80"]),
        (["1.234.567", "89"], "EUR", ["1234567", "89"]),
        (["99.5000", "1,000.25"], "USD", ["99.50", "1000.25"]),
        (["80.00 DR"], "USD", ["80.00"]),
    ],
)
def test_amounts_are_read_as_people_write_them(written, currency, wanted):
    assert amounts(*written, currency=currency) == (wanted, {})


def test_an_amount_is_asked_about_with_all_that_it_can_mean():
    assert amounts("3,400", "700", "5,100")[1] == {
        "amounts.amount": {"point": "3,400 as 3400", "comma": "3,400 as 3.40"}
    }
    assert amounts("3.456")[1] == {"amounts.amount": {"point, rounded": "3.456 as 3.46", "comma": "3.456 as 3456"}}
    assert amounts("77.1234", "8.50")[1] == {"amounts.amount": {"point, rounded": "77.1234 as 77.12"}}
    assert amounts("77.1234", "8.505", style="point, rounded")[0] == ["77.12", "8.51"]
    credit = amounts("45.00 CR", "80.00")[1]["amounts.amount"]
    assert credit == {"point, CR is negative": "45.00 CR as -45.00", "point, CR is positive": "45.00 CR as 45.00"}
    assert amounts("45.00 CR", "80.00", style="point, CR is negative")[0] == ["-45.00", "80.00"]


def test_an_amount_in_another_currency_than_its_row_names_both(company):
    text = "spend_id,credential_id,paid_on,amount,currency,funding_source\np1,c1,2024-01-05,€20.00,EUR,grant\np2,c1,2024-01-05,£30.00,EUR,grant\n"

    assert [(p.line, p.value, p.message) for p in land(company, "spend", text).errors] == [
        (
            3,
            "£30.00",
            "is not an amount in EUR, the currency of its row, written like the others; correct its sign, its decimals, or the currency.",
        )
    ]


def test_currencies_and_payers_in_words_are_read_or_asked():
    text = "spend_id,credential_id,paid_on,amount,currency,funding_source\n"
    found = read(
        "spend",
        text + "p1,c1,2024-01-05,5,€,Employer\np2,c1,2024-01-05,5,US Dollars,Company\np3,c1,2024-01-05,5,$,Company\n",
    )

    assert cells(found, "currency") == ["EUR", "USD", "$"]
    assert {q.about: list(q.answers) for q in found.questions} == {
        "values.currency.$": ["USD", "CAD", "AUD", "NZD", "SGD", "HKD"],
        "values.funding_source.Company": ["employer", "reimbursement", "grant", "employee"],
    }
    answers = Mapping(values={"currency": {"$": "CAD"}, "funding_source": {"Company": "employer"}})
    found = read("spend", text + "p2,c1,2024-01-05,5,$,Company\n", answers)
    assert (cells(found, "currency", "funding_source"), found.questions) == ([("CAD", "employer")], [])


def test_levels_are_read_as_numbers_asked_as_words_and_left_out_at_nothing():
    written = ["4.0", "2 - Working", "Level 3", "1 (Beginner)", "0", "0 - None", "Advanced", "70%", "4/5", "Advanced"]
    rows = "".join(f"e{n},s1,{level},2024-01-05\n" for n, level in enumerate(written))
    text = "employee_id,skill_id,level,valid_from\n" + rows
    found = read("self_ratings", text)

    assert cells(found, "level") == ["4", "2", "3", "1", "Advanced", "70%", "4/5", "Advanced"]
    assert [q.about for q in found.questions] == ["values.level.Advanced", "values.level.70%", "values.level.4/5"]
    assert "2 rows" in found.questions[0].text
    assert any("2 rows left out: level 0" in str(p) for p in found.problems if p.severity == "warning")
    answered = Mapping(values={"level": {"Advanced": "4", "70%": "3", "4/5": "0"}})
    assert cells(read("self_ratings", text, answered), "level") == ["4", "2", "3", "1", "4", "3", "4"]


ROSTER = "employee_id,name,manager_id,team\n"


def managers_of(store, outcome):
    rows = store.query(f"select employee_id, manager_id from roster_rows where upload_id = {outcome.upload_id}")
    return {row["employee_id"]: row["manager_id"] for row in rows.to_pylist()}


def test_a_manager_that_is_plain_to_a_reader_is_found(company):
    names = [
        "Zoë Löwe (a1)",
        "a1 - zoë LÖWE",
        "LÖWE Zoe\u0308",
        "Löwe, Zoë",
        "Zoë Löwe (a1) (On Leave)",
        "Zoë Löwe [a1]",
        "Zoë Löwe / a1",
    ]
    wrong = ["Zoë Lowe (a1)", "Zoë Löwe (a2)", "Max Muster"]
    rows = "".join(f'b{n},P{n},"{name}",\n' for n, name in enumerate([*names, *wrong]))
    outcome = land(company, "roster", f"{ROSTER}a1,Zoë Löwe,,\na2,Max Muster,,\na3,Muster Max,,\n{rows}")

    found = managers_of(company, outcome)
    assert [found[f"b{n}"] for n in range(len(names))] == ["a1"] * len(names)
    assert [found[f"b{len(names) + n}"] for n in range(3)] == [*wrong[:2], "a2"]
    assert any("7 managers named so that only one person can be meant" in line for line in said(outcome, "notice"))


def test_a_manager_in_two_columns_is_joined(company):
    text = "Employee Number,First Name,Last Name,Supervisor First Name,Manager Surname\n1,Ann,Lee,,\n2,Bo,Ray,Ann,Lee\n"

    assert managers_of(company, land(company, "roster", text)) == {"1": None, "2": "1"}


def test_ids_of_managers_that_only_look_like_another_are_offered_and_taken_when_that_is_said(company):
    text = f"{ROSTER}E7,Ann,,\n0042,Bo,e7,\n43,Cy,0000043,\n"
    outcome = land(company, "roster", text)

    assert managers_of(company, outcome) == {"E7": None, "0042": "e7", "43": "0000043"}
    assert asked(outcome) == {"ids.manager_id": {"any case": "e7 as E7"}, "pad.employee_id": {"7": "43 as 0000043"}}
    assert "another system" not in "".join(said(outcome, "warning"))
    answered = Mapping(ids={"manager_id": "any case"}, pad={"employee_id": "7"})
    found = managers_of(company, land(company, "roster", text, mapping=answered))
    assert found == {"E7": None, "0000042": "E7", "0000043": "0000043"}


def test_ids_with_decimals_and_several_ids_in_a_cell_are_offered():
    text = f"{ROSTER}7,Ann,,\n8,Bo,7.0,\n"
    found = read("roster", text)
    assert {q.about: (q.answers, q.must) for q in found.questions} == {
        "ids.manager_id": ({"whole numbers": "7.0 as 7"}, False)
    }
    assert cells(read("roster", text, Mapping(ids={"manager_id": "whole numbers"})), "manager_id") == ["", "7"]
    assert "ids.employee_id" in must_answer("roster", "employee_id,name\n7.0,Ann\n8.0,Bo\n")
    found = read("roster", f"{ROSTER}7,Ann,,\n8,Bo,7; 9,\n")
    assert {q.about: q.answers for q in found.questions} == {"ids.manager_id": {"first": "7; 9 as 7"}}


def test_lines_that_sum_up_and_lines_below_the_table_are_left_out_and_told():
    text = (
        "spend_id,credential_id,paid_on,amount,currency,funding_source\np1,c1,2024-01-05,5,EUR,grant\nNorth total,,,5,,\n"
        "p2,c1,2024-01-06,7,EUR,grant\nZwischensumme Süd,,,7,,\nGrand Total,,,12,,\n,,,,,\nExported on 2024-02-01 by Bo,,,,,\n"
        "Page 1 of 1\nThese are the payments of January\n"
    )
    found = read("spend", text)

    assert cells(found, "spend_id", "amount") == [("p1", "5"), ("p2", "7")]
    told = {p.line: p.message for p in found.problems if p.severity == "notice" and p.line and p.line > 1}
    assert told == dict.fromkeys((3, 5, 6), "is a line of totals: left out.") | dict.fromkeys(
        (8, 9, 10), "is below the table: left out."
    )
    assert [p for p in found.problems if p.severity == "error"] == []


def test_rows_that_could_be_meant_are_never_left_out():
    text = "employee_id,name,team\nTotal,Tom Total,Total\nCount,Ann,\n3,Bo Total,\n4,,Total\nGenerated,,\nx,Cy,North\n5,,\n"

    assert cells(read("roster", text), "employee_id") == ["Total", "Count", "3", "4", "Generated", "x", "5"]


def test_rows_without_their_empty_cells_at_the_end_are_filled_up():
    found = read(
        "roster", "employee_id,name,team,hired_on,left_on\n1,Ann,North\n2,Bo,North,2020-01-01,2024-01-31\n3,Cy\n"
    )

    assert cells(found, "employee_id", "team", "left_on") == [
        ("1", "North", ""),
        ("2", "North", "2024-01-31"),
        ("3", "", ""),
    ]
    assert found.lines.to_pylist() == [2, 3, 4]
    assert any("cells are missing at the end of 2 rows" in str(p) for p in found.problems if p.severity == "warning")


@pytest.mark.parametrize(
    "rows",
    ["1,Ann\n2,Bo,\n3,Cy,North\n", "1,Ann\nLee,North\n2,Bo,South\n", "1\n2,Bo,North\n", "1,Ann\n2,Bo\n"],
    ids=["others keep them", "a broken line", "one cell", "no whole row"],
)
def test_short_rows_that_may_lack_something_else_stay_bad(rows):
    found = read("roster", "employee_id,name,team\n" + rows)

    assert [p.line for p in found.problems if "cells where the header has 3" in p.message][:1] == [2]


def test_addresses_are_read_out_of_what_mail_programs_put_around_them():
    written = [
        "Ann Lee <ann@x.example>",
        "mailto:bo@x.example",
        '"Ray, Cy" <mailto:cy@x.example>',
        "di@x.example",
        "<ed@x.example>",
        "a@x.example; b@y.example",
    ]
    rows = "".join(f'{n},P,"{address.replace(chr(34), chr(34) * 2)}"\n' for n, address in enumerate(written))
    found = read("roster", "employee_id,name,email\n" + rows)

    assert cells(found, "email") == [
        "ann@x.example",
        "bo@x.example",
        "cy@x.example",
        "di@x.example",
        "ed@x.example",
        "a@x.example; b@y.example",
    ]
    assert [q.answers for q in found.questions] == [{"first": "a@x.example; b@y.example as a@x.example"}]


TEXTS = {
    "cp1252": "Zoë Größe", "cp1250": "Zdeněk Dvořák", "cp1251": "Ольга Соколова", "cp1253": "Ελένη Βασιλείου", "cp1254": "Gülşen Çağlar",
    "cp932": "鈴木 一郎", "gb18030": "张伟 市场部", "big5": "陳美玲", "cp949": "박지민 개발팀", "euc_jp": "鈴木 一郎", "koi8_r": "Ольга Соколова", "cp1257": "Žąsis Šiauliai",
    "cp1255": "דוד כהן", "cp1256": "محمد علي", "mac_roman": "Zoë Größe", "cp850": "Größe Müller",
}  # fmt: skip


def test_signs_of_currencies_are_no_reason_against_the_encoding_that_has_them():
    text = "Rechnungsübersicht;Währung;Betrag\nJörg Weiß;€;1.785,00 €\n"
    assert [next(iter(_readings(text.encode(encoding, "replace")))) for encoding in ("cp1252", "mac_roman")] == [
        "cp1252",
        "mac_roman",
    ]


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_right_encoding_is_among_those_offered_and_reads_the_file(encoding):
    text = f"employee_id,name\n1,{TEXTS[encoding]}\n"
    answers = must_answer("roster", text.encode(encoding))["encoding"]

    right = [answer for answer, sample in answers.items() if TEXTS[encoding] in sample]
    assert list(answers).index(right[0]) < 4
    assert cells(read("roster", text.encode(encoding), Mapping(encoding=right[0])), "name") == [TEXTS[encoding]]


def test_an_encoding_can_be_typed_that_nobody_would_guess():
    content = "employee_id,name\n1,Zoë\n".encode("cp037")[:17].decode("cp037").encode() + b"1,Zo\x89\n"
    with pytest.raises(Unanswered) as raised:
        read("roster", content)

    assert [typed.about for typed in raised.value.questions[0].typed] == ["encoding"]
    assert cells(read("roster", content, Mapping(encoding="cp437")), "name") == ["Zoë"]


ODS = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln\n", "a signed credential"),
        (b'[\n  {"id": 1},\n  {"id": 2}\n]', "is JSON"),
        (b'\xef\xbb\xbf {"id": 1}', "is JSON"),
        (b'<?xml version="1.0"?>\n<!-- a badge -->\n<svg xmlns="x"/>', "picture (SVG)"),
        (b"<html><table/></html>", "HTML or XML"),
        (ODS, "OpenDocument spreadsheet"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(content, words, tmp_path):
    with pytest.raises(BadFile, match=re.escape(words)):
        read("roster", content)
    (tmp_path / "export.json").write_bytes(content)
    with pytest.raises(BadFile, match=re.escape(words)):
        kind_of_file(tmp_path / "export.json")


def test_the_kind_of_a_workbook_of_several_sheets_is_recognised(tmp_path):
    assert recognised_kinds("people.xlsx", book({"North": NORTH, "South": SOUTH})) == ["roster"]


def test_a_printed_question_is_a_mapping_file_that_answers_it(company):
    name = 'Health & "Safety", part 1.2 \u2013 basics'
    text = 'employee_id,credential,issued_on\n001,"' + name.replace('"', '""') + '",05/06/2024\n'
    questions = land(company, "badges", text, name="a.csv").questions
    questions.append(Question("a.csv", f"values.credential.{name}", "Which?", {"One": "98 %\nalike", "Two": "x"}))

    printed = {question.about: str(question).partition(":\n")[2] for question in questions}
    lines = [line.strip() for text in printed.values() for line in text.splitlines()]
    assert all(line.startswith(("#", "[")) for line in lines), "nothing is said for anybody"
    printed = {about: text.replace("# ", "", 1) for about, text in printed.items()}  # the first answer is chosen
    assert parse_mapping(printed["dates.issued_on"], "m").dates == {"issued_on": "%d/%m/%Y"}
    assert parse_mapping(printed[f"values.credential.{name}"], "m").values == {"credential": {name: "One"}}
    assert parse_mapping(printed["unknown_credentials"], "m").unknown_credentials == "create"


def test_an_answer_for_an_earlier_file_of_a_source_is_a_question_that_has_its_answer(company):
    head = "employee_id,credential_id,issued_on\n"
    land(company, "badges", head + "001,c1,05/06/2024\n", mapping=Mapping(dates={"issued_on": "%m/%d/%Y"}))
    outcome = land(company, "badges", head + "002,c1,07/08/2024\n")

    assert outcome.status == "stored"
    question = next(q for q in outcome.questions if q.about == "dates.issued_on")
    assert (question.answer, question.answers[question.answer]) == ("%m/%d/%Y", "07/08/2024 as 2024-07-08")
    assert "As for the previous file: %m/%d/%Y" in str(question)
    changed = land(company, "badges", head + "002,c1,07/08/2024\n", mapping=Mapping(dates={"issued_on": "%d/%m/%Y"}))
    assert changed.questions == []


@pytest.fixture
def kept(tmp_path):
    """A store of its own with all that it keeps."""
    store = open_store(tmp_path / "kept.duckdb", creates=True)
    yield store
    store.close()


def test_what_an_earlier_program_landed_lands_again_as_it_did_then(kept):
    """A mapping that was kept without `reading` is of a program that did not unwrap ids nor know "Never"."""
    assert (parse_mapping("", "m", is_kept=True).reading, parse_mapping("", "m").reading) == ("1", "")
    text = 'employee_id,name,left_on\n="01",Ann,Never\n="02",MÃ¼ller,2024-01-31\n'
    outcome = land(kept, "roster", text, mapping=parse_mapping("", "m", is_kept=True), quarantine=True)
    assert outcome.counts[0].quarantined == 1

    kept.close()
    rebuild(Path(kept.path))
    kept = open_store(kept.path)
    rows = kept.query(f"select employee_id, name from roster_rows where upload_id = {outcome.upload_id}").to_pylist()
    assert rows == [{"employee_id": '="02"', "name": "MÃ¼ller"}]
    kept.close()


def test_the_same_file_lands_again_where_an_earlier_program_read_it(company):
    text = 'employee_id,name\n="01",Ann\n'
    land(company, "roster", text, mapping=parse_mapping("", "m", is_kept=True))

    assert [land(company, "roster", text).status for _ in range(2)] == ["stored", "repeated"]


def test_somebody_is_erased_from_a_file_whose_text_was_repaired(kept):
    broken = "Jürgen Groß".encode().decode("cp1252")
    text = f"employee_id,name,manager_name\n7,{broken},\n8,Ann Lee,{broken}\n"
    land(kept, "roster", text, mapping=Mapping(broken_text="repair"))
    people = erasure.named(kept, ["7"])
    erasure.erase(kept, "test", people, erasure.places_of(kept, people))

    kept = b"".join(path.read_bytes() for path in kept.journal.folder.glob("*"))
    assert broken.encode() not in kept
    assert "Jürgen".encode() not in kept
