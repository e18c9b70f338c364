"""Which column is which: an answer adds to what is recognised, and nothing that matters is dropped or taken unasked."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.errors import BadFile
from skilltrack.ingest import KINDS, Options, Source, import_sources
from skilltrack.ingest.landing.remembered import read_all
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import Mapping, about, parse_mapping, place_of
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.recognise import known_columns, lay_out, missing_columns, score
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.kinds.declared import Means

SPEND = "spend_id,credential_id,paid_on,currency,funding_source"


def mapped(kind, text, mapping=None):
    kind, mapping = KINDS[kind], mapping or Mapping()
    decoded = decode(text.encode(), "f.csv", mapping, lay_out(kind, mapping), score(kind))
    return map_columns(kind, decoded, mapping)


def tried(kind, text, mapping=None):
    """What a file maps to, or None, and the questions that refuse it."""
    try:
        return mapped(kind, text, mapping), ()
    except Unanswered as unanswered:
        return None, unanswered.questions


def asked(kind, text, mapping=None):
    """The questions that refuse a file, by what they are about."""
    with pytest.raises(Unanswered) as raised:
        mapped(kind, text, mapping)
    return {question.about: question for question in raised.value.questions}


def land(store, kind, text, mapping=None, **options):
    source = Source(kind, f"{kind}.csv", text.encode(), mapping or Mapping(), mapping is not None)
    return import_sources(store, [source], Options(is_one_of_many=True, **options))  # nobody asks for a number


def told(outcome, severity):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


def stored(store, outcome, table, *columns):
    rows = store.query(
        f"select {', '.join(columns)} from {table} where upload_id = {outcome.upload_id} order by line_no"
    )
    return [tuple(row.values()) for row in rows.to_pylist()]


@given(st.data())
def test_recognised_headers_and_any_one_answer_never_lose_a_recognised_column(data):
    kind = KINDS[data.draw(st.sampled_from(["roster", "badges", "spend", "roles", "credentials"]))]
    headers = [header for column in kind.file_columns for header in (column.name, *column.synonyms[:3])]
    usable = [header for header in dict.fromkeys(headers) if not is_sensitive(header)]
    chosen = data.draw(st.lists(st.sampled_from(usable), min_size=1, max_size=9, unique_by=str.lower))
    row = ",".join("7" for _ in (*chosen, "Thing"))
    text = f"{','.join([*chosen, 'Thing'])}\n{row}\n"
    known = {name: chosen[at] for name, at in known_columns(kind, [*chosen, "Thing"]).items()}
    answered = data.draw(st.sampled_from([column.name for column in kind.file_columns]))
    header = data.draw(st.sampled_from(["Thing", *chosen]))

    fill = {name: "x" for name in missing_columns(kind, {*known, answered}) if " or " not in name}
    mapping = Mapping(columns={answered: header}, constants=fill)
    found, questions = tried(kind.name, text, mapping)
    if found is None:
        left = {name for name in known if name != answered and known[name] != header}
        assert not {f"columns.{name}" for name in left} & {question.about for question in questions}
        return
    columns = found.mapping.columns
    assert columns.get(answered, columns.get("email")) == header
    for name, said in known.items():
        if name not in (answered, *fill) and said != header:
            assert columns.get(name), f"{name} was {said} and is lost"


def test_one_answer_leaves_every_other_column_recognised_and_so_does_the_next_file(company):
    head = "Personnel number,Wer,Work Email,Supervisor ID,Department,Hire Date,Termination Date\n"
    text = head + "1,Ann,a@x,,A,2020-01-01,\n2,Bo,b@x,1,A,2020-01-01,2023-12-31\n"
    (question,) = asked("roster", text).values()
    assert (question.about, next(iter(question.answers))) == ("columns.name", "Wer")

    outcome = land(company, "roster", text, Mapping().answered({question.about: "Wer"}), effective=date(2024, 5, 1))
    columns = ("name", "email", "manager_id", "team", "cast(left_on as varchar)")
    assert stored(company, outcome, "roster_rows", *columns)[1] == ("Bo", "b@x", "1", "A", "2023-12-31")
    later = land(company, "roster", text.replace("1,Ann", "1,Anna"), effective=date(2024, 6, 1))
    assert stored(company, later, "roster_rows", *columns)[1] == ("Bo", "b@x", "1", "A", "2023-12-31")


def test_a_mapping_may_say_that_the_file_lacks_a_column_and_take_a_header_for_another():
    text = "employee_id,name,team,job title\n1,Ann,A,x\n"
    found = mapped("roster", text, Mapping(columns={"team": "", "location": "Job Title"}))

    assert found.mapping.columns == {"employee_id": "employee_id", "name": "name", "location": "job title", "team": ""}
    assert "team" not in found.columns
    assert mapped("roster", text, parse_mapping(found.mapping.for_command.to_toml(), "m.toml")).columns == found.columns


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values()])
def test_a_file_without_a_known_header_is_asked_for_each_needed_column_with_every_header(kind):
    headers = ["Aaa", "Bbb", "Ccc", "Ddd", "Eee", "Fff", "Ggg"]
    questions = asked(kind, ",".join(headers) + "\n1,x,2024-01-01,5.00,EUR,a@b.c,yes\n")
    needed = missing_columns(KINDS[kind], set())
    questions.pop("matrix", None)  # offered beside them where rows of the kind may stand in a matrix

    assert list(questions) == [f"columns.{name.split(' or ')[0]}" for name in needed]
    for question in questions.values():
        assert sorted(question.answers) == headers
        assert all(question.samples[header] and question.reasons[header] for header in headers)
    for name in needed:
        column = KINDS[kind].column(name.split(" or ")[0])
        may_be_the_same = column.means not in (Means.OWNER, Means.CALLED) and column.name != KINDS[kind].key[0]
        may_be_written = may_be_the_same or column.name == "spend_id" or (kind, column.name) == ("roster", "name")
        assert bool(questions[f"columns.{column.name}"].typed) == may_be_written


@pytest.mark.parametrize(
    ("kind", "header", "rows", "wanted"),
    [
        ("badges", "Person,Modul,Fertig um,Begonnen um,Ort",
         ["a@x.example,Schweißen 1,2024-02-15T14:30:00.000Z,2024-01-15T10:30:00.000Z,Ulm",
          "b@x.example,Schweißen 2,,2024-01-16T10:30:00.000Z,Ulm"],
         {"employee_id": "Person", "credential_id": "Modul", "issued_on": "Fertig um"}),
        ("roster", "Kennung,Mitarbeitende,Geburtsname,Stufe",
         ["4711,Ann Lee,Roth,3", "4712,Bo Ray,Kim,4"], {"employee_id": "Kennung", "name": "Mitarbeitende"}),
        ("spend", "Beleg,Lehrgang,Gebucht am,Summe brutto,Währung,Zahler",
         ["b-1,Erste Hilfe,2024-03-01,80.00,EUR,employer", "b-2,Kran,2024-03-02,90.50,EUR,grant"],
         {"spend_id": "Beleg", "credential_id": "Lehrgang", "paid_on": "Gebucht am", "amount": "Summe brutto",
          "currency": "Währung", "funding_source": "Zahler"}),
    ],
)  # fmt: skip
def test_the_likeliest_header_is_offered_first_and_timestamps_count_as_dates(kind, header, rows, wanted):
    """Headers of later synonyms are not asked about any more: what is asked has the right one first."""
    questions = asked(kind, "\n".join([header, *rows]) + "\n")

    for name, first in wanted.items():
        question = questions.get(f"columns.{name}")
        assert question is None or next(iter(question.answers)) == first, (name, question.answers)


def test_pay_is_never_offered_as_a_name_and_the_id_can_stand_for_it():
    question = asked("roster", "EmployeeNumber,MonthlySalary,Hourly Rate,Team\n1,5000,20,A\n")["columns.name"]

    assert list(question.answers) == ["EmployeeNumber", "Team"]
    assert "the id stands for them" in question.reasons["EmployeeNumber"]
    text = "EmployeeNumber,MonthlySalary,Team\n1,5000,A\n"
    assert mapped("roster", text, Mapping(columns={"name": "EmployeeNumber"})).columns["name"].to_pylist() == ["1"]


def test_titles_before_names_are_no_jobs():
    text = "Employee ID,Title,First Name,Last Name,Job Role\n1,Frau,Ann,Lee,fitter\n2,Dr.,Bo,Ray,welder\n"
    assert mapped("roster", text).columns["role_id"].to_pylist() == ["fitter", "welder"]
    only = mapped("roster", "Employee ID,Title,Name,Team\n1,Mme,Ann,A\n")
    assert "role_id" not in only.columns


def test_a_column_of_addresses_that_is_answered_for_ids_is_the_column_of_addresses():
    text = "Wer,credential,issued_on\na@x.example,One,2024-01-01\nb@x.example,One,2024-01-01\n"
    found = mapped("badges", text, Mapping(columns={"employee_id": "Wer"}))

    assert found.mapping.columns["email"] == "Wer"
    assert "employee_id" not in found.columns


def test_an_answer_names_the_credential_by_its_name_or_its_id_and_the_name_decides_where_the_id_is_unknown(company):
    text = "employee_id,Skill pass,issued_on\n001,One,2024-03-01\n002,c2,2024-03-01\n"
    outcome = land(company, "badges", text, Mapping(columns={"credential_id": "Skill pass"}))
    assert stored(company, outcome, "badge_rows", "employee_id", "credential_id") == [("001", "c1"), ("002", "c2")]

    both = "employee_id,badge template id,badge template name,issued_on\n"
    outcome = land(company, "badges", both + "001,4f0c-11aa,two,2024-04-01\n002,c1,Two,2024-04-02\n")
    assert stored(company, outcome, "badge_rows", "employee_id", "credential_id") == [("001", "c2"), ("002", "c1")]

    unknown = both + "001,4f0c-22bb,Forklift,2024-04-01\n002,4f0c-33cc,,2024-04-01\n"
    refused = land(company, "badges", unknown)
    create = next(q for q in refused.questions if q.about == "unknown_credentials")
    assert "Forklift (4f0c-22bb)" in create.answers["create"]
    made = land(company, "badges", unknown, Mapping(unknown_credentials="create"))
    assert stored(company, made, "credential_rows", "credential_id", "name") == [
        ("4f0c-22bb", "Forklift"),
        ("4f0c-33cc", "4f0c-33cc"),
    ]


def test_an_id_and_an_address_of_two_people_are_bad_rows_until_it_is_said_which_is_right(company):
    text = "Learner ID,Email,credential,issued_on\n002,ann@x.example,One,2024-03-01\n002,bo@x.example,One,2024-03-02\n"
    mapping = Mapping(columns={"employee_id": "Learner ID"})
    refused = land(company, "badges", text, mapping)
    assert [(e.line, e.column, e.value) for e in refused.errors] == [(2, "email", "ann@x.example")]
    assert "is the address of 001, and the employee_id of the row is 002" in refused.errors[0].message
    (question,) = refused.questions
    assert "Learner ID and Email name different people in 1 row." in question.text

    for right, holder in (("email", "001"), ("employee_id", "002")):
        outcome = land(company, "badges", text, mapping.answered({question.about: right}), dry_run=right == "email")
        assert outcome.status in ("stored", "checked"), holder
    assert stored(company, outcome, "badge_rows", "employee_id") == [("002",), ("002",)]


def test_an_address_says_whose_a_row_is_where_nobody_has_its_id_and_that_is_told(company):
    text = "User ID,Email,credential,issued_on\n90001,ANN@x.example,One,2024-03-01\n90002,nobody@x.example,One,2024-03-02\n"
    outcome = land(company, "badges", text, quarantine=True)

    assert stored(company, outcome, "badge_rows", "employee_id") == [("001",)]
    assert [(e.line, e.column, e.value) for e in outcome.errors] == [(3, "employee_id", "90002")]
    assert any("nobody has the ids of 1 row;" in line for line in told(outcome, "warning"))


def test_a_manager_s_id_and_name_of_two_people_are_bad_rows_until_it_is_said_which_is_right(company):
    text = "employee_id,name,manager_id,manager_name\n1,Ann,,\n2,Bo,1,Ann\n3,Cy,1,Bo\n"
    refused = land(company, "roster", text)
    assert [(e.line, e.column, e.value) for e in refused.errors] == [(4, "manager_id", "Bo")]
    assert "is 2, and the manager_id of the row leads to 1" in refused.errors[0].message
    (question,) = [q for q in refused.questions if q.about == "manager"]
    for right, manager in (("manager_name", "2"), ("manager_id", "1")):
        outcome = land(company, "roster", text, Mapping().answered({question.about: right}))
        assert stored(company, outcome, "roster_rows", "manager_id")[2] == (manager,)


def test_payments_are_somebody_s_by_their_address_and_people_that_are_not_used_are_told(company):
    head = "spend_id,{},credential_id,paid_on,amount,currency,funding_source\n"
    outcome = land(company, "spend", head.format("Work Email") + "7,BO@x.example,c1,2024-02-01,3.00,EUR,grant\n")
    assert stored(company, outcome, "spend_rows", "employee_id") == [("002",)]
    refused = land(company, "spend", head.format("email") + "8,gone@x.example,c1,2024-02-01,3.00,EUR,grant\n")
    assert [(e.column, e.value) for e in refused.errors] == [("email", "gone@x.example")]

    line = "8,Ann Lee,c1,2024-02-01,3.00,EUR,grant\n"
    assert list(asked("spend", head.format("Attendee") + line)) == ["people"]
    named = mapped("spend", head.format("Person travelling") + line)
    assert [(p.column, p.severity) for p in named.problems] == [("Person travelling", "warning")]
    assert "holds people (Ann Lee) and is not used" in named.problems[0].message


@pytest.mark.parametrize(
    ("columns", "rows", "order"),
    [
        (["Unit price", "Qty", "Total"], ["10.00,3,30.00", "5.00,2,10.00"], ["Total", "Unit price"]),
        (["Price", "Discount", "Amount paid"], ["300.00,150.00,150.00"], ["Amount paid", "Price", "Discount"]),
        (["Netto", "MwSt", "Total"], ["100.00,19.00,119.00"], ["Total", "Netto", "MwSt"]),
    ],
)
def test_of_several_columns_of_money_none_is_taken_unasked(columns, rows, order):
    text = f"{SPEND},{','.join(columns)}\n" + "".join(
        f"{n},c1,2024-01-0{n},EUR,grant,{row}\n" for n, row in enumerate(rows, 1)
    )
    question = asked("spend", text)["columns.amount"]

    assert list(question.answers) == order
    sums = sum(Decimal(row.split(",")[columns.index(order[0])]) for row in rows)
    assert f"in all {sums:,.2f}" in question.answers[order[0]]
    found = mapped("spend", text, Mapping(columns={"amount": order[0]}))
    assert sum(map(Decimal, found.columns["amount"].to_pylist())) == sums


def test_the_price_of_one_beside_a_quantity_is_never_the_amount_unasked():
    text = f"{SPEND},Price,Menge\n1,c1,2024-01-01,EUR,grant,10.00,3\n"
    assert "stands beside Menge" in asked("spend", text)["columns.amount"].text
    single = text.replace(",3\n", ",1\n")
    assert mapped("spend", single).columns["amount"].to_pylist() == ["10.00"]


def test_what_is_the_same_in_every_row_can_be_said_and_an_id_is_made_of_what_a_row_says(company):
    head = "employee_id,credential_id,paid_on,amount\n"
    text = head + "001,c1,2024-01-01,5.00\n001,c1,2024-01-01,5.00\n002,c1,2024-01-02,7.00\n"
    questions = asked("spend", text)
    assert [typed.choices for typed in questions["columns.funding_source"].typed] == [
        ("employer", "reimbursement", "grant", "employee")
    ]
    (row,) = questions["columns.spend_id"].typed
    said = {
        questions["columns.currency"].typed[0].about: "EUR",
        questions["columns.funding_source"].typed[0].about: "grant",
        row.about: row.choices[0],
    }
    first = land(company, "spend", text, Mapping().answered(said))
    assert (first.status, first.counts[0].new) == ("stored", 3)
    more = land(company, "spend", text + "002,c1,2024-01-03,9.00\n", Mapping().answered(said))
    assert (more.counts[0].new, more.counts[0].unchanged) == (1, 3), "the same rows have the same ids"


@pytest.mark.parametrize(
    ("kind", "header", "cells", "words"),
    [
        ("badges", "Gültig gewesen", ["2022-01-31", "2023-01-31"], "what we call expires_on, say so"),
        ("badges", "Foo", ["31.01.2022 10:00", "28.02.2023 11:30"], "holds dates"),
        ("roster", "Foo", ["", "2022-01-31"], "what we call left_on or hired_on"),
        ("roster", "Kontakt", ["a@x.example", "b@x.example"], "what we call email or manager_email"),
        ("credentials", "Exam price", ["100.00", "99.50"], "holds amounts of money"),
    ],
)
def test_an_unused_column_of_dates_addresses_or_money_is_a_warning_that_asks(kind, header, cells, words):
    own = {
        "badges": ("employee_id,credential_id,issued_on", "1,c1,2024-01-01"),
        "roster": ("employee_id,name,team", "1,Ann,A"),
        "credentials": ("credential_id,name,issuer", "c1,One,I"),
    }[kind]
    found = mapped(kind, f"{own[0]},{header}\n" + "".join(f"{own[1]},{cell}\n" for cell in cells))
    (problem,) = [p for p in found.problems if p.column == header]

    assert (problem.severity, words in problem.message) == ("warning", True), problem


def test_an_unused_column_that_is_said_to_be_none_of_ours_or_ordinary_is_a_notice():
    text = "employee_id,name,team,hired_on,left_on,Review on,Floor\n1,Ann,A,2020-01-01,,2024-01-01,3\n"
    assert {p.column: p.severity for p in mapped("roster", text).problems} == {"Review on": "notice", "Floor": "notice"}


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("ID,NAME", []),
        ("employee_id,name", ["roster"]),
        ("employee_id,name,Welding", []),
        ("Employee ID,Employee Name,Welding,Cutting", []),
        ("Employee ID,Employee Name,Department", ["roster"]),
        ("Employee ID,Employee Name,Department,Hire Date,Course Name,Completion Date", ["badges"]),
        ("Employee ID,Employee Name,Department,Training,Completed On", ["badges"]),
        ("Employee ID,Name,Department,Job Title,Hire Date,End Date", ["roster"]),
    ],
)
def test_a_roster_must_look_like_one(header, kinds):
    assert likeliest_kinds("export.csv", [header.split(",")]) == kinds


def test_other_people_behind_known_ids_are_an_alarm_that_stops_a_program(company):
    people = "employee_id,name,email,team,hired_on\n1,Ann Lee,ann@x,A,2020-01-01\n2,Bo Ray,bo@x,A,2020-01-01\n"
    people += "3,Cy Fox,cy@x,A,2021-01-01\n"
    land(company, "roster", people, effective=date(2024, 2, 1))
    things = "employee_id,name\n1,Crane\n2,Forklift\n3,Ladder\n"
    for options in ({"unattended": True}, {"careful": True}):
        refused = land(company, "roster", things, effective=date(2024, 3, 1), **options)
        assert refused.status == "refused"
        assert "3 of 3 known ids have another name here: 1 was Ann Lee and is Crane" in told(refused, "alarm")[0]

    reused = people.replace("2,Bo Ray,bo@x,A,2020-01-01", "2,Nils Oz,nils@x,A,2024-03-01")
    refused = land(company, "roster", reused, effective=date(2024, 3, 1), unattended=True)
    assert "line 3, column employee_id: the id 2 was Bo Ray and is Nils Oz here" in told(refused, "alarm")[0]
    married = people.replace("2,Bo Ray,bo@x", "2,Bo Lee-Ray,bo.lee@x").replace("3,Cy Fox,cy@x", "3,Sky Fox,sky@x")
    assert told(land(company, "roster", married, effective=date(2024, 3, 1)), "alarm") == []


def test_a_command_that_guesses_what_a_file_holds_stores_no_other_people(tmp_path):
    people = "employee_id,name,team\n1,Ann Lee,A\n2,Bo Ray,A\n"
    (tmp_path / "a.csv").write_text(people)
    (tmp_path / "b.csv").write_text(people.replace("Ann Lee", "Crane").replace("Bo Ray", "Forklift"))
    command = [sys.executable, "-m", "skilltrack", "--db", str(tmp_path / "x.duckdb"), "import"]
    assert subprocess.run([*command, str(tmp_path / "a.csv")], capture_output=True, check=False).returncode == 0
    guessed = subprocess.run([*command, str(tmp_path / "b.csv")], capture_output=True, text=True, check=False)

    assert (guessed.returncode, "Refused: 1 alarm. Nothing was stored." in guessed.stderr) == (2, True), guessed.stderr


def test_completions_as_a_roster_are_an_alarm(company):
    text = "Employee ID,Employee Name,Department,Course Name,Completion Date\n001,Ann,A,One,2024-02-01\n"
    refused = land(company, "roster", text, unattended=True)

    assert refused.status == "refused"
    assert any("as an export of completions or ratings does" in line for line in told(refused, "alarm"))


def test_rows_that_are_equal_in_every_cell_are_one_and_lines_of_an_invoice_are_several(company):
    badge = "employee_id,credential_id,issued_on,Note\n"
    outcome = land(company, "badges", badge + "001,c2,2024-02-01,a\n001,c2,2024-02-01,a\n")
    assert outcome.counts[0].new == 1
    assert any(
        "One row equals an earlier one in every cell: taken once, without line 3" in t for t in told(outcome, "warning")
    )
    assert land(company, "badges", badge + "001,c1,2024-02-02,a\n001,c1,2024-02-02,b\n").status == "refused"

    head = "Invoice Number,Pos.,credential_id,paid_on,amount,currency,funding_source\n"
    text = (
        head
        + "I7,1,c1,2024-01-01,5.00,EUR,grant\nI7,2,c1,2024-01-01,5.00,EUR,grant\nI8,1,c1,2024-01-01,1.00,EUR,grant\n"
    )
    refused = land(company, "spend", text)
    assert refused.error_count == 2
    (question,) = refused.questions
    assert next(iter(question.answers)) == "Invoice Number + Pos."
    for answer in ({question.about: "Invoice Number + Pos."}, {question.typed[0].about: question.typed[0].choices[0]}):
        outcome = land(company, "spend", text, Mapping().answered(answer), dry_run=True)
        assert (outcome.status, outcome.counts[0].new) == ("checked", 3)


def test_of_somebody_with_several_jobs_it_is_asked_which_counts(company):
    text = "employee_id,name,team,hired_on,Hauptbeschäftigung\n1,Ann,A,2020-01-01,Ja\n1,Ann,B,2022-01-01,Nein\n2,Bo,A,2020-01-01,Ja\n"
    refused = land(company, "roster", text)
    questions = {q.about: q.answers for q in refused.questions if q.about != "pad.employee_id"}
    assert list(questions) == ["values.Hauptbeschäftigung.Nein", "duplicates"]
    assert list(questions["duplicates"]) == ["keep newest", "keep first", "keep last"]

    for said, team in (
        ({"duplicates": "keep newest"}, "B"),
        ({"duplicates": "keep first"}, "A"),
        ({"values.Hauptbeschäftigung.Nein": "leave out"}, "A"),
    ):
        outcome = land(company, "roster", text, Mapping().answered(said))
        assert stored(company, outcome, "roster_rows", "employee_id", "team") == [("1", team), ("2", "A")]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3))
def test_where_an_answer_stands_is_read_as_it_was_written(parts):
    assert place_of(about(*parts)) == parts or "." in parts[0]


def test_the_row_with_most_known_headers_is_the_header_where_a_needed_one_is_missing():
    text = "Report of May,,,\n,,,\nEmployee Number,Wer,Department,Hire Date\n1,Ann,A,2020-01-01\n"
    assert list(asked("roster", text)) == ["columns.name"]
    found = mapped("roster", text, Mapping(columns={"name": "Wer"}))
    assert found.columns["hired_on"].to_pylist() == ["2020-01-01"]


def test_a_file_without_a_header_is_refused_and_its_first_row_is_no_header():
    with pytest.raises(BadFile, match="lacks employee_id, name.*needs `header` in its mapping file") as raised:
        mapped("roster", "4711,Ann Lee,2020-01-01\n4712,Bo Ray,2021-01-01\n")
    assert not isinstance(raised.value, Unanswered)


def test_two_columns_of_one_header_that_the_mapping_names_are_refused():
    with pytest.raises(BadFile, match="two columns called 'State'"):
        mapped("roster", "employee_id,name,State,State\n1,Ann,x,y\n", Mapping(skip={"State": ["x"]}))


def test_a_skill_is_found_by_its_name_and_a_person_by_their_address_where_ids_should_stand(company):
    text = "employee_id,skill_id,level,valid_from\nBO@x.example,welding,2,2024-01-01\n001,s2,1,2024-01-01\n"
    outcome = land(company, "self_ratings", text)

    assert outcome.status == "stored", outcome.errors
    rows = company.query(
        "select employee_id, skill_id from self_rating_rows where upload_id = 2 order by 1"
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("001", "s2"), ("002", "s1")]
    assert {"1 value read as the name of a skill and replaced by its id."} <= {p.message for p in outcome.problems}
    unknown = land(company, "self_ratings", text.replace("welding", "Knitting"))
    assert "Knitting" in str(unknown.errors[0])


def test_where_a_roster_has_no_names_its_ids_are_offered_for_them_before_a_job_or_a_field():
    rows = "".join(f"{n},Sales Executive,Life Sciences,{n % 2},{n + 20}\n" for n in range(1, 9))
    with pytest.raises(Unanswered) as asked:
        mapped("roster", f"EmployeeNumber,JobRole,EducationField,Over,Distance\n{rows}")

    (question,) = asked.value.questions
    assert next(iter(question.answers)) == "EmployeeNumber"
    assert "where there are no names, the id stands for them" in question.reasons["EmployeeNumber"]
    assert set(question.answers) == {"EmployeeNumber", "JobRole", "EducationField", "Over", "Distance"}
    found = mapped("roster", "EmployeeNumber,JobRole\n1,Fitter\n", Mapping(columns={"name": "EmployeeNumber"}))
    assert found.columns["name"].to_pylist() == found.columns["employee_id"].to_pylist() == ["1"]


def test_what_is_said_of_a_header_names_the_line_in_which_it_stands():
    found = mapped("skills", "All skills\n\nskill_id,name,Colour\ns1,Weld,red\n")

    assert [problem.line for problem in found.problems if problem.column == "Colour"] == [3]
    named = mapped("skills", "s1,Weld,red\n", Mapping(header=["skill_id", "name", "Colour"]))
    assert [problem.line for problem in named.problems if problem.column == "Colour"] == [None]


def test_two_files_that_both_leave_something_open_are_both_asked_about(company):
    given = [
        Source("badges", "north.csv", b"Wer,Kurs,Wann\n001,c1,2024-01-31\n"),
        Source(
            "badges",
            "south.csv",
            b"employee_id,credential_id,issued_on,State\n001,c1,2024-01-31,Limbo\n002,c1,2024-01-31,issued\n",
        ),
    ]
    with pytest.raises(Unanswered) as asked:
        read_all(company, given, lambda step: None)

    assert {(question.file, question.about) for question in asked.value.questions} == {
        ("north.csv", "columns.employee_id"),
        ("north.csv", "columns.issued_on"),
        ("south.csv", "values.State.Limbo"),
    }
    broken = Source("badges", "x.csv", b"\x00\x01\x02")
    with pytest.raises(BadFile) as refused:
        read_all(company, [*given, broken], lambda step: None)
    assert not isinstance(refused.value, Unanswered), "no answer mends a file that is none"
