"""Files that hold more in a row, a cell, a header or a name than we store, and less in others: read, asked or told."""

from datetime import date, datetime

import pytest

from skilltrack.errors import BadFile
from skilltrack.ingest import Mapping, Options, Source, Unanswered, import_sources, moved_again, read_one, undo
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import about, parse_mapping
from skilltrack.ingest.reading.remarks import split_remark
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from tests.ingest.test_status import mapped, tried

AWARDS = "employee_id,credential,issued_on,expires_on\n"


def land(store, kind, text, mapping="", day=1, **options):
    given = parse_mapping(mapping, "m.toml") if mapping else Mapping()
    source = Source(kind, "export.csv", text.encode(), given, bool(mapping))
    roster = {"effective": date(2024, 3, day)} if kind == "roster" else {}
    return import_sources(store, [source], Options(landed_at=datetime(2030, 1, day, 12), **roster, **options))


def told(outcome, severity="warning"):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


def asked(outcome):
    return {question.about: question for question in outcome.questions}


def cells(kind, text, *names, mapping=""):
    read = mapped(kind, text, parse_mapping(mapping, "m") if mapping else Mapping())
    return [tuple(row) for row in zip(*(read.columns[name].to_pylist() for name in names), strict=True)]


def newest(store, table, columns, order="1"):
    rows = store.query(
        f"select {columns} from {table} where upload_id = (select max(upload_id) from uploads) order by {order}"
    )
    return [tuple(row.values()) for row in rows.to_pylist()]


SEVERAL = "Employee ID,Cert 1,Date 1,Cert 2,Date 2\n002,One,2024-01-05,Two,2024-02-25\n001,,,,\n"


@pytest.mark.parametrize(
    "text",
    [
        SEVERAL,
        "Personalnummer;Zertifikat 1;Datum 1;Zertifikat 2;Datum 2\n002;One;05.01.2024;Two;25.02.2024\n",
        "Matricule;Première formation;Première date;Deuxième formation;Deuxième date\n002;One;2024-01-05;Two;2024-02-25\n",
        "Employee ID,Certificate,Date,Certificate,Date\n002,One,2024-01-05,Two,2024-02-25\n",
        "Personalnummer;Schulung 1;am;Schulung 2;am\n002;One;05.01.2024;Two;25.02.2024\n",
    ],
)
def test_every_award_of_a_row_is_read(text):
    """Else whoever earned two things has one, and nobody sees it."""
    read = read_one(Source("badges", "several.csv", text.encode()), "").mapped
    thing = "credential" if "credential" in read.columns else "credential_id"
    assert read.columns[thing].to_pylist() == ["One", "Two"]
    assert read.columns["issued_on"].to_pylist() == ["2024-01-05", "2024-02-25"]
    assert [(question.about, question.likely) for question in read.questions] == [("matrix", "several in a row")]


def test_a_bad_row_of_several_names_its_line_in_the_file(company):
    outcome = land(company, "badges", SEVERAL.replace("Two", "Nowhere"))
    assert {problem.line for problem in outcome.problems if problem.severity == "error"} == {2}
    assert any("each row holds several" in line for line in told(outcome))


STATUSES = "Employee ID,Course 1,Date 1,{0} 1,Course 2,Date 2,{0} 2\n"
PASSED = "002,One,2024-01-05,Passed,Two,2024-02-05,Failed\n001,One,2024-01-06,Failed,,,Not started\n"


@pytest.mark.parametrize("header", ["Status", "Result", "Grade", "Wie war es"])
def test_what_stands_beside_each_thing_goes_with_it_or_one_that_failed_takes_the_others_along(header):
    read = read_one(Source("badges", "several.csv", (STATUSES.format(header) + PASSED).encode()), "").mapped
    assert list(zip(read.columns["credential"].to_pylist(), read.columns["employee_id"].to_pylist(), strict=True)) == [
        ("One", "002")
    ]


def test_names_in_parts_and_further_addresses_are_the_person_s_and_not_those_of_groups():
    text = b"Employee ID,Name 1,Email 1,Email 2,Name 2,Course 1,Date 1,Course 2,Date 2\n" + (
        b"002,Bo,bo@x.example,b@home.example,Ray,One,2024-01-05,Two,2024-02-05\n"
    )
    read = read_one(Source("badges", "several.csv", text), "").mapped
    assert read.columns["employee_id"].to_pylist() == ["002", "002"]
    assert not {"email", "name"} & {*read.columns}


@pytest.mark.parametrize("mapping", ["", 'matrix = "several in a row"\n'])
def test_one_amount_for_several_things_counts_once(company, mapping):
    """Else a course that is booked with another one costs twice what was paid."""
    text = "Invoice Number,Employee ID,{} 1,{} 2,Amount,Invoice Date,Currency,Paid By\n7,002,One,Two,150.00,2024-01-05,EUR,employer\n"
    with pytest.raises(Unanswered) as unanswered:
        land(company, "spend", text.replace("{}", "Certification"), mapping)
    assert [question.about for question in unanswered.value.questions] == ["columns.credential_id"]
    first = text.replace("{} 1", "Training").replace("{} 2", "Training 2")
    assert land(company, "spend", first, mapping).status == "stored"
    assert newest(company, "spend_rows", "spend_id, amount")[0][0] == "7"


NUMBERED = "Invoice Number,Employee ID,Training 1,Amount 1,Training 2,Amount 2,Invoice Date,Currency,Paid By\n"


def test_addresses_that_are_answered_are_the_same_in_any_case_and_accounts_that_are_taken_are_told(company):
    text = "Email,Credential,Issued On\n{},One,2024-01-05\n"
    once = land(company, "badges", text.format("Bo@HOME.example"), '[values.email]\n"bo@home.example" = "002"\n')
    assert once.status == "stored"
    address = company.query("select email from roster_rows where employee_id = '002' and email <> ''").to_pylist()
    other = address[0]["email"].split("@")[0] + "@elsewhere.example"
    outcome = land(company, "badges", text.format(other).replace("One", "Two"), 'addresses = "by account"\n')
    assert outcome.status == "stored"
    assert any(f"{other!r} is 002" in line for line in told(outcome))


def test_an_invoice_with_several_rows_of_several_things_is_asked_about(company):
    rows = "77,002,One,10.00,Two,5.00,2024-01-05,EUR,employer\n77,001,One,10.00,,,2024-01-05,EUR,employer\n"
    outcome = land(company, "spend", NUMBERED + rows)
    assert "Invoice Number + Employee ID" in asked(outcome)["columns.spend_id"].answers
    again = '[columns]\nspend_id = ["Invoice Number", "Employee ID"]\n'
    assert land(company, "spend", NUMBERED + rows, again).status == "stored"
    assert len(newest(company, "spend_rows", "spend_id")) == 3


def test_a_total_beside_the_prices_of_several_things_is_not_the_amount_of_each(company):
    rows = NUMBERED.replace("Currency", "Total,Currency") + "7,002,One,10.00,Two,5.00,2024-01-05,15.00,EUR,employer\n"
    with pytest.raises(Unanswered):
        land(company, "spend", rows.replace("Amount", "Price"), '[columns]\namount = "Total"\n')


def test_a_mapping_cannot_make_one_amount_into_several(company):
    paid = "spend_id,employee_id,credential,paid_on,amount,currency,funding_source\n1,002,One; Two,2024-01-05,10.00,EUR,employer\n"
    with pytest.raises(BadFile, match="would count once for each"):
        land(company, "spend", paid, '[ids]\ncredential = "each"\n')


def test_numbered_parts_of_one_course_are_no_awards_of_their_own():
    text = b"Employee ID,Course,Module 1,Module 2,Completion Date\n002,One,Intro text,More text,2024-01-05\n"
    read = read_one(Source("badges", "modules.csv", text), "").mapped
    assert read.columns["credential"].to_pylist() == ["One"]
    assert not read.questions


def test_a_mapping_that_takes_one_of_numbered_columns_means_that_one(company):
    """As the answers of earlier programs do, which took one column of each sort."""
    mapping = '[columns]\ncredential = "Cert 1"\nissued_on = "Date 1"\n'
    outcome = land(company, "badges", SEVERAL.replace("001,,,,\n", ""), mapping)
    assert outcome.status == "stored"
    assert newest(company, "badge_rows", "credential_id") == [("c1",)]
    assert any("further" in line for line in told(outcome))


def test_names_and_ids_of_the_catalogue_itself_may_have_any_sign(company):
    assert land(company, "credentials", "credential_id,name,issuer\na|b,A | B; C,Acme\n").status == "stored"
    assert land(company, "skills", "skill_id,name\na;b,A | B\n").status == "stored"


def test_two_days_beside_the_day_of_an_award_are_asked_only_for_what_is_missing():
    text = "employee_id,credential,Course Dates,issued_on\n002,One,2024-01-01 - 2024-01-31,2024-02-01\n"
    (question,) = mapped("badges", text).questions
    assert not question.must
    assert question.answers["begin and end"] == "2024-01-01 - 2024-01-31 is 2024-01-31 as expires_on"
    assert "last day" not in question.answers


@pytest.mark.parametrize("over", ["First training,,Second training,", "2023,,2024,", "Kurs 1,,Kurs 2,"])
def test_groups_below_a_header_of_two_rows_are_several_things_and_no_day_is_anothers(over):
    text = f"Employee ID,{over}\n,Course,Completed,Course,Completed\n002,One,2023-01-05,Two,2024-02-05\n001,One,2023-01-06,,\n"
    read = read_one(Source("badges", "several.csv", text.encode()), "").mapped
    pairs = zip(read.columns["credential"].to_pylist(), read.columns["issued_on"].to_pylist(), strict=True)
    assert list(pairs) == [("One", "2023-01-05"), ("Two", "2024-02-05"), ("One", "2023-01-06")]


@pytest.mark.parametrize("rest", [",Term", " (Term),"])
def test_a_term_may_be_a_contract_and_no_end(rest):
    """In Canada a term employee has a contract for a time and works here."""
    text = f"Employee ID,Name,Employment Type\n001,Ann Lee,Permanent\n002,Bo Ray{rest}\n"
    _, questions = tried("roster", text)
    assert [question.about.rpartition(".")[2] for question in questions] == ["Term"]


@pytest.mark.parametrize("away", ["PTO", "LOA", "Parental leave", "Elternzeit", "Congé maternité", "Baja médica"])
def test_whoever_has_no_sort_of_leave_works_here(away):
    text = f"Employee ID,Name,Leave Type\n001,Ann Lee,{away}\n002,Bo Ray,\n"
    read, questions = tried("roster", text)
    assert read is not None
    assert not questions


def test_days_below_numbered_modules_are_a_matrix_and_no_groups():
    text = b"Employee ID,Module 1,Module 2\n002,2024-01-05,2024-02-05\n"
    assert read_one(Source("badges", "modules.csv", text), "").mapping.matrix == "skills across"


def test_several_credentials_in_a_cell_become_rows_with_what_the_row_says_and_days_go_with_them(company):
    text = AWARDS + "002,One; Two,2024-01-05,\n001,One|Two,2024-01-05|2024-02-05,\n"
    with pytest.raises(Unanswered) as unanswered:
        land(company, "badges", text)
    assert "'One' and 'Two'" in unanswered.value.questions[0].answers["each"]
    assert land(company, "badges", text, '[ids]\ncredential = "each"\n').status == "stored"
    rows = newest(company, "badge_rows", "employee_id || credential_id || ' ' || issued_on")
    assert [row for (row,) in rows] == ["001c1 2024-01-05", "001c2 2024-02-05", "002c1 2024-01-05", "002c2 2024-01-05"]
    paid = "spend_id,employee_id,credential,paid_on,amount,currency,funding_source\n1,002,One; Two,2024-01-05,10.00,EUR,employer\n"
    _, (question,) = tried("spend", paid)
    assert "each" not in question.answers, "each would have the whole amount"


PEOPLE = "employee_id,name,{}\n001,Ann,{}\n002,Bo,{}\n"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Eintritt/Austritt", "01.02.2023 – 31.01.2025"),
        ("Ein-/Austritt", "01.02.2023 – 31.01.2025"),
        ("Ein- und Austritt", "01.02.2023 – 31.01.2025"),
        ("Eintritts-/Austrittsdatum", "01.02.2023 – 31.01.2025"),
        ("Start – End date", "2023-02-01 - 2025-01-31"),
        ("Date d'entrée / de sortie", "01/02/2023 au 31/01/2025"),
        ("Alta / Baja", "01-02-2023 a 31-01-2025"),
    ],
)
def test_two_days_in_one_cell_are_two_columns_or_whoever_left_is_active_for_ever(header, cell):
    text = PEOPLE.format(header, cell, cell.split(" ")[0])
    assert cells("roster", text, "hired_on", "left_on") == [("2023-02-01", "2025-01-31"), ("2023-02-01", "")]


def test_two_days_whose_header_does_not_say_what_ends_are_asked_about():
    text = "employee_id,credential,Datum von/bis\n002,One,03.06.2024 - 14.06.2024\n"
    _, questions = tried("badges", text)
    (question,) = questions
    assert list(question.answers) == ["begin and end", "last day", "one thing"]
    last = '[cells]\n"Datum von/bis" = "last day"\n'
    assert cells("badges", text, "issued_on", mapping=last) == [("2024-06-14",)]
    contract = mapped("roster", PEOPLE.format("Vertrag von/bis", "2023-02-01 - 2025-01-31", ""))
    assert [question.about for question in contract.questions] == ["cells.Vertrag von/bis"], "it may be renewed"


@pytest.mark.parametrize(
    "header",
    [
        "Employee ID,Certificate,,\n,,Obtained,Expires\n",
        "Employee,,Certificate,,\nID,Name,Name,Obtained,Expires\n",
        "Personalnummer,Zertifikat,,\n,,erworben am,gültig bis\n",
    ],
)
def test_a_header_of_two_rows_is_read_as_one(header):
    is_named = "Name" in header
    row = f"002,{'Bo,' * is_named}One,2023-02-01,2026-02-01\n"
    assert cells("badges", header + row, "credential", "issued_on", "expires_on") == [
        ("One", "2023-02-01", "2026-02-01")
    ]


@pytest.mark.parametrize("label", ["Custom field 100", "Start (YYYY-MM-DD, 2024-12-31)", "Feld 123-4"])
def test_a_second_row_of_labels_is_one_though_a_label_holds_a_number(label):
    """It would be a person called `First Name Last Name`."""
    text = f"USERID,FIRSTNAME,LASTNAME,DEPARTMENT,CUSTOM\nUser ID,First Name,Last Name,Department,{label}\n201,Ann,Lee,Board,x\n"
    assert cells("roster", text, "employee_id", "name") == [("201", "Ann Lee")]


def test_a_row_of_data_whose_cells_are_words_of_headers_is_no_second_header():
    """It would be left out: the first payment of every file whose status is `Paid`."""
    header = "Report,Mail,Day,Category,Course,Amount,Currency,Status\n"
    rows = "E1,bo@x.example,2024-01-05,Training,One,100.00,EUR,Paid\nE2,bo@x.example,2024-01-06,Training,One,9.00,EUR,Paid\n"
    columns = (
        '[columns]\nspend_id = "Report"\nemail = "Mail"\npaid_on = "Day"\n[constants]\nfunding_source = "employer"\n'
    )
    assert cells("spend", header + rows, "spend_id", mapping=columns) == [("E1",), ("E2",)]


def test_a_row_of_data_below_a_header_with_a_blank_cell_is_no_header():
    text = "Employee ID,Course,Completion date,\n002,One,2023-02-01,remark\n"
    assert cells("badges", text, "credential") == [("One",)]


STATE = "award_id,employee_id,credential_id,issued_on,{},{}\nx1,002,c1,2024-01-05,{},2024-01-06\nx2,001,c1,2024-01-05,{},2024-05-06\n"


@pytest.mark.parametrize(
    "words",
    [
        ("State", "State Updated At", "Accepted", "Revoked"),
        ("Status", "Statusdatum", "gültig", "widerrufen"),
        ("Estado", "Estado desde", "vigente", "revocado"),
    ],
)
def test_the_day_on_which_a_status_became_revoked_is_that_of_the_revocation_and_no_other_s(words):
    days = cells("badges", STATE.format(*words), "award_id", "revoked_on")
    assert days == [("x1", ""), ("x2", "2024-05-06")]


LEAVERS = "employee_id,name,{},{}\n001,Ann Lee,{},2024-01-06\n002,Bo Ray,{},2024-05-06\n"


@pytest.mark.parametrize(
    "words",
    [
        ("Employment Status", "Employment Status: Date", "Full-Time", "Terminated"),
        ("Status", "Statusdatum", "aktiv", "ausgetreten"),
    ],
)
def test_the_day_of_a_status_is_the_last_day_of_those_who_left_and_of_no_other(words):
    """The advice was to read the column as left_on, by which everybody had left."""
    assert cells("roster", LEAVERS.format(*words), "employee_id", "left_on") == [("001", ""), ("002", "2024-05-06")]


def test_the_day_of_another_status_is_nobody_s_last_day():
    text = LEAVERS.format("Employment Status", "Visa Status: Date", "Active", "Terminated")
    assert "left_on" not in mapped("roster", text).columns


DN = '"CN=Ann{},OU=HQ,DC=corp,DC=example"'


@pytest.mark.parametrize(
    ("manager", "addresses"),
    [
        (DN.format(""), ("ann@x.example", "bo@x.example")),
        ("CORP\\ann.l", ("ann.l@x.example", "bo@x.example")),
        ("ann.l@corp", ("ann.l@x.example", "bo@x.example")),
    ],
)
def test_entries_and_accounts_of_a_directory_find_the_manager(company, manager, addresses):
    text = f"employee_id,name,email,manager\n001,Ann,{addresses[0]},\n002,Bo,{addresses[1]},{manager}\n"
    assert land(company, "roster", text).status == "stored"
    assert newest(company, "roster_rows", "employee_id, manager_id") == [("001", None), ("002", "001")]


def test_a_comma_in_an_entry_of_a_directory_is_part_of_the_name():
    text = 'employee_id,name\n001,"CN=Lee\\, Ann,OU=HQ,DC=x"\n002,"CN=Ray\\, Bo,OU=HQ,DC=x"\n'
    assert cells("roster", text, "name") == [("Lee, Ann",), ("Ray, Bo",)]


def test_an_address_that_nobody_has_is_asked_with_the_likeliest_person_and_remembered(company):
    roster = "employee_id,name,email\n001,Ann Lee,ann.lee@x.example\n002,Bo Ray,bo.ray@x.example\n"
    land(company, "roster", roster)
    text = "email,credential,issued_on,name\nbray@mail.example,One,2024-01-05,\nkitty7@mail.example,One,2024-01-06,Bo Ray\n"
    questions = asked(land(company, "badges", text, day=2))
    for address in ("bray@mail.example", "kitty7@mail.example"):
        assert next(iter(questions[f"values.email.{address}"].answers)) == "002"
    answer = '[values.email]\n"bray@mail.example" = "002"\n"kitty7@mail.example" = "leave out"\n'
    assert land(company, "badges", text, answer, day=3).counts[0].new == 1
    mistyped = land(company, "badges", text, answer.replace('"002"', '"009"'), day=4)
    assert any("neither an e-mail address nor the employee_id" in line for line in told(mistyped, "error"))
    again = land(company, "badges", text.replace("2024-01", "2024-02"), day=4)
    assert again.counts[0].new == 1
    assert any("bray@mail.example = 002" in line for line in told(again))
    ratings = "email,skill_id,level,valid_from\nbray@mail.example,s1,2,2024-01-05\n"
    assert land(company, "self_ratings", ratings, answer, day=5).status == "stored"


def test_accounts_and_another_domain_are_confirmed_once_for_a_file(company):
    text = "User ID,Course,Completion date\nCORP\\ann,One,2024-01-05\nCORP\\bo,One,2024-01-05\n"
    assert "by account" in asked(land(company, "badges", text))["addresses"].answers
    assert land(company, "badges", text, 'addresses = "by account"\n', day=2).status == "stored"
    assert newest(company, "badge_rows", "employee_id") == [("001",), ("002",)]
    other = "email,credential,issued_on\nann@corp,Two,2024-01-05\nbo@corp,Two,2024-01-05\n"
    assert land(company, "badges", other, 'addresses = "by account"\n', day=3).status == "stored"
    assert newest(company, "badge_rows", "employee_id") == [("001",), ("002",)]


@pytest.mark.parametrize(
    ("written", "name", "remark"),
    [
        ("Ana Costa (Sales - Terminated)", "Ana Costa", "Terminated"),
        ("Ana Costa (Vertrieb / ausgeschieden)", "Ana Costa", "ausgeschieden"),
        ("[LOA] Ben Lund", "Ben Lund", "LOA"),
        ("Finn Ode {terminated}", "Finn Ode", "terminated"),
        ("ELTERNZEIT - Ben Lund", "Ben Lund", "ELTERNZEIT"),
        ("Ilse Jung, ausgeschieden", "Ilse Jung", "ausgeschieden"),
        ("Eva Ruiz # Contractor", "Eva Ruiz", "Contractor"),
        ("Dirk Ohm*", "Dirk Ohm", "sign *"),
        ("zz_Gus Hart", "Gus Hart", "zz_"),
        ("Costa, Ana", "Costa, Ana", ""),
        ("Lee, Alta", "Lee, Alta", ""),
        ("Ana (Annie) Costa", "Ana (Annie) Costa", ""),
        ("Jean-Luc St. John", "Jean-Luc St. John", ""),
    ],
)
def test_words_of_a_state_around_a_name_are_taken_off_whole(written, name, remark):
    assert split_remark(written)[:2] == (name, remark)
    assert split_remark("Ana Costa (Sales - Terminated)", "4")[0] == "Ana Costa (Sales", "a file of then lands as then"


def test_a_sign_beside_a_name_is_asked_because_it_may_mean_that_somebody_left():
    text = "employee_id,name\n001,Ann Lee*\n002,Bo Ray\n"
    _, (question,) = tried("roster", text)
    assert question.about == "values.name.sign *"
    left = '[values.name]\n"sign *" = "left"\n'
    assert cells("roster", text, "name", "status_says", mapping=left) == [("Ann Lee", "left"), ("Bo Ray", "counts")]


@pytest.mark.parametrize("cell", ["{0} - {1}", "{1} ({0})", "{1} / {0}", "[{0}] {1}"])
@pytest.mark.parametrize(("kind", "rest"), [("roster", "Department"), ("badges", "Course,Completion date")])
def test_an_id_and_a_name_in_one_cell_are_both_read(kind, rest, cell):
    more = "HQ" if kind == "roster" else "One,2024-01-05"
    rows = "".join(f"{cell.format(number, name)},{more}\n" for number, name in [("001", "Ann Lee"), ("002", "Bo Ray")])
    assert cells(kind, f"Employee,{rest}\n{rows}", "employee_id", "name") == [("001", "Ann Lee"), ("002", "Bo Ray")]


@pytest.mark.parametrize(
    "ids",
    [("E-LAB-17", "E-LAB-18"), ("LAB/17", "LAB/18"), ("17-A", "18-B"), ("Lab 17", "Lab 18"), ("Lab #17", "Lab #18")],
)
def test_ids_of_letters_and_numbers_are_ids_and_no_names(ids):
    text = "Employee,Course,Completion date\n" + "".join(f"{number},One,2024-01-05\n" for number in ids)
    assert cells("badges", text, "employee_id") == [(number,) for number in ids]


@pytest.mark.parametrize("kind", ["roster", "badges"])
@pytest.mark.parametrize("cells_", [("001", "Bo Ray", "Cy Fox"), ("Ann Lee", "Bo Ray", "Cy Fox")])
def test_whatever_is_answered_about_a_header_of_ids_or_names_the_questions_end(kind, cells_):
    """A question that comes back with the answer that was given is a dead end."""
    more = ",HQ" if kind == "roster" else ",One,2024-01-05"
    header = "Employee,Department" if kind == "roster" else "Employee,Course,Completion date"
    text = f"{header}\n" + "".join(f"{cell}{more}\n" for cell in cells_)
    for people in ("by name", "no"):
        given, seen = Mapping(), set()
        while True:
            try:
                mapped(kind, text, given)
                break
            except Unanswered as unanswered:
                new = {question.about: question for question in unanswered.questions} | {}
                assert not seen & {*new}, "asked again"
                seen |= {*new}
                answers = {about: people if about == "people" else "Employee" for about in new}
                given = given.answered(answers)


def test_payments_without_a_day_or_with_a_word_in_its_place_are_left_out_with_their_number(company):
    header = "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n"
    rows = "p{},002,c1,{},5.00,EUR,employer\n"
    text = header + "".join(
        rows.format(n, day) for n, day in enumerate(["05.01.2024", "25.01.2024", "offen", "pendiente"])
    )
    outcome = land(company, "spend", text)
    assert outcome.counts[0].new == 2
    assert any(
        "'offen' (1 row), 'pendiente' (1 row): left out, because nothing was paid yet" in t for t in told(outcome)
    )
    undated = header + rows.format(8, "2024-01-05") + rows.format(9, "")
    assert "not paid yet" in asked(land(company, "spend", undated, day=2))["undated"].answers["leave out"]
    for answer in ('undated = "leave out"\n', '[skip]\npaid_on = [""]\n'):
        outcome = land(company, "spend", undated, answer, day=3)
        assert outcome.counts[0].new + outcome.counts[0].unchanged == 1
        assert any("1 row left out" in line and "paid_on empty (1)" in line for line in told(outcome))


def test_an_id_that_heads_its_rows_holds_for_them_and_elsewhere_it_is_asked():
    """Guessed, the awards of whoever has no id here would be somebody else's."""
    headed = "Employee ID,Course,Completion date\n001,,\n,One,2024-01-05\n,Two,2024-01-06\n002,,\n,One,2024-02-05\n"
    assert cells("badges", headed, "employee_id", "credential") == [("001", "One"), ("001", "Two"), ("002", "One")]
    grouped = (
        "Employee ID,Course,Completion date\n001,One,2024-01-05\n,Two,2024-01-06\n002,One,2024-02-05\n,Two,2024-02-06\n"
    )
    assert [question.about for question in mapped("badges", grouped).questions] == ["fill.employee_id"]
    down = '[fill]\nemployee_id = "down"\n'
    assert [row[0] for row in cells("badges", grouped, "employee_id", mapping=down)] == ["001", "001", "002", "002"]
    teams = "Department,employee_id,name\nHQ,001,Ann Lee\n,002,Bo Ray\nLab,003,Cy Fox\n,004,Di Ox\n"
    assert [question.about for question in mapped("roster", teams).questions] == ["fill.team"]
    sparse = teams.replace("Lab", "HQ")
    assert mapped("roster", sparse).questions == [], "a value that comes twice heads no group"


def test_payments_of_nobody_between_those_of_people_are_the_company_s():
    """A company's own payments would be asked about at each import, and one answer would make them somebody's."""
    spent = "spend_id,employee_id,credential_id,amount,currency,paid_on,funding_source\n" + "".join(
        f"p{n},{person},c1,10,EUR,2024-01-0{n},employer\n" for n, person in enumerate(("1", "", "2", "", "3", ""), 1)
    )
    reading = mapped("spend", spent)

    assert (reading.questions, [problem.message for problem in reading.problems]) == ([], [])


def test_a_status_that_contradicts_the_last_day_is_told_with_what_counts():
    text = "employee_id,credential,issued_on,expires_on,Abgelaufen\n001,One,2020-01-05,2999-01-01,ja\n002,One,2020-01-05,2021-01-01,nein\n"
    _, (question,) = tried("badges", text)
    assert "In 1 row expires_on lies ahead, such as 2999-01-01: if these count, they do until then" in question.text
    read = mapped("badges", text, parse_mapping('[values.Abgelaufen]\nja = "counts"\n', "m"))
    messages = [str(problem) for problem in read.problems]
    assert any("line 2, column Abgelaufen: is 'ja' in 1 row whose expires_on lies ahead" in line for line in messages)
    assert any("line 3, column Abgelaufen: is 'nein' in 1 row whose expires_on has passed" in line for line in messages)
    two = text.replace("expires_on,Abgelaufen", "Status,Archived").replace("2999-01-01,ja", "passed,yes")
    read = mapped(
        "badges",
        two.replace("2021-01-01,nein", "passed,no"),
        parse_mapping('[values.Archived]\nyes = "leave out"\n', "m"),
    )
    assert any(
        "Status is 'passed', which counts; Archived is 'yes', which does not. It is left out" in str(problem)
        for problem in read.problems
    )


def test_an_undo_of_a_move_names_the_awards_that_stay_and_the_uploads_that_keep_them(company):
    rows = "award_id,employee_id,credential_id,issued_on\nx1,{},c1,2024-01-05\n"
    land(company, "badges", rows.format("001"))
    moved = land(company, "badges", rows.format("002"), day=2, corrections=True).upload_id
    later = land(company, "badges", rows.format("002"), day=3).upload_id
    undo(company, moved)
    assert moved_again(company, moved) == [{"award_id": "x1", "was": "001", "now": "002", "uploads": [later]}]
    undo(company, later)
    assert moved_again(company, moved) == []


def test_erasing_somebody_takes_nothing_from_others_in_files_of_any_shape(company):
    """The first of a group may be the one who is erased, and a manager may stand in an entry of a directory."""
    roster = (
        'Department,Worker,Mail,Manager\nHQ,Bo Ray (002),bo@x.example,\n,Ann Lee (001),ann@x.example,"CN=Bo Ray,OU=X"\n'
    )
    land(
        company,
        "roster",
        roster + "Lab,Cy Fox (003),cy@x.example,\n,Di Ox (004),di@x.example,\n",
        '[fill]\nteam = "down"\n',
    )
    grouped = "Employee ID,Cert 1,Date 1,Cert 2,Date 2\n002,One,2024-01-05,Two,2024-02-25\n001,One,2024-01-05,Two,2024-02-25\n"
    land(company, "badges", grouped, day=2)
    text = (
        "Employee ID,Course,Completion date\n002,,\n,One,2024-03-05\n001,,\n,One,2024-04-05\n002,,\n,Two,2024-04-06\n"
    )
    land(company, "badges", text, day=3)
    address = '[values.email]\n"bo7@mail.example" = "002"\n'
    land(
        company,
        "badges",
        "email,credential,issued_on\nbo7@mail.example,Two,2022-01-05\nann@x.example,Two,2022-01-05\n",
        address,
        day=4,
    )

    def of_others():
        badges = "select upload_id, employee_id, credential_id, issued_on from badge_rows where employee_id <> '002' order by all"
        people = "select upload_id, employee_id, name, team from roster_rows where employee_id <> '002' order by all"
        return company.query(badges).to_pylist(), company.query(people).to_pylist()

    before = of_others()
    assert ("004", "Lab") in {(row["employee_id"], row["team"]) for row in before[1]}
    people = erasure.named(company, ["002"])
    erasure.erase(company, "t", people, erasure.places_of(company, people))
    assert of_others() == before
    kept = b"".join(path.read_bytes() for path in company.folder.rglob("*") if path.is_file())
    assert b"Bo Ray" not in kept
    assert b"bo7@mail.example" not in kept


def test_files_of_every_shape_land_again_as_they_did(company, tmp_path):
    """Else a rebuild, a restore or an erasing would give other numbers."""
    land(
        company,
        "roster",
        "Employee,Eintritt/Austritt,Manager\n001 - Ann,01.02.2020 – 31.01.2025,\n002 - Bo,15.02.2020 –,CN=Ann\n",
    )
    land(
        company, "badges", "Employee ID,Cert 1,Date 1,Cert 2,Date 2,Note\n002,One,2024-01-05,Two,2024-02-25,x\n", day=2
    )
    land(company, "badges", AWARDS + "001,One; Two,2024-01-05,\n", '[ids]\ncredential = "each"\n', day=3)
    land(
        company,
        "badges",
        "Employee ID,Course,Completion date,Note\n001,,,\n,One,2024-03-05,x\n002,,,\n,One,2024-04-05,x\n",
        day=4,
    )
    land(company, "badges", STATE.format("State", "State Updated At", "Accepted", "Revoked"), day=5)
    land(company, "badges", "Employee ID,Certificate,,\n,,Obtained,Expires\n002,Two,2023-02-01,2026-02-01\n", day=6)
    answer = '[values.email]\n"b@mail.example" = "002"\n'
    land(company, "badges", "email,credential,issued_on\nb@mail.example,Two,2022-01-05\n", answer, day=7)

    def everything(store):
        badges = "select upload_id, line_no, employee_id, credential_id, issued_on, expires_on, revoked_on from badge_rows order by all"
        people = (
            "select upload_id, line_no, employee_id, name, manager_id, hired_on, left_on from roster_rows order by all"
        )
        return store.query(badges).to_pylist(), store.query(people).to_pylist()

    before = everything(company)
    assert len({row["upload_id"] for row in before[0]}) == 7
    assert {row["manager_id"] for row in before[1] if row["upload_id"] == 2} == {None, "001"}
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert everything(again) == before
    again.close()


NAMED = "employee_id,name,email\n012,Bob Lyle,bob.lyle@x.example\n013,Cat Moor,cat.moor@x.example\n"
PAYMENTS = "Invoice ID,{},Training,Invoice Date,Amount,Currency,Paid By\ni-1,{},One,2024-02-01,300.00,EUR,employer\n"


@pytest.mark.parametrize(
    ("header", "cell", "column"),
    [
        ("Traveller", "Bob Lyle", "name"),
        ("Reisende Person", '"Lyle, Bob"', "name"),
        ("Login", "cat.moor", "email"),
        ("Compte Windows", "CORP\\cat.moor", "email"),
        ("Beneficiary", "013", "employee_id"),
    ],
)
def test_payments_of_which_no_known_header_says_for_whom_are_a_warning_where_another_does(
    company, header, cell, column
):
    """Else the money counts for the company and for none of its teams, and nobody hears of it."""
    assert land(company, "roster", NAMED).status == "stored"
    outcome = land(company, "spend", PAYMENTS.format(header, cell))
    assert outcome.status == "stored"
    lines = [line for line in told(outcome) if header in line]
    assert len(lines) == 1
    if header != "Reisende Person":
        assert "count for nobody" in lines[0]
        assert f'[columns] {column} = "{header}"' in lines[0]


@pytest.mark.parametrize(("header", "cell"), [("Approved by", "Bob Lyle"), ("Region", "North"), ("Lines", "1")])
def test_columns_of_others_or_of_things_are_no_people_to_pay_for(company, header, cell):
    assert land(company, "roster", NAMED).status == "stored"
    assert not any("count for nobody" in line for line in told(land(company, "spend", PAYMENTS.format(header, cell))))


MONEY = "Employee ID,Training,Invoice Number,Invoice Date,Currency,Funding Source,{}\n002,One,i1,2024-02-01,EUR,employer,{}\n"


def test_several_columns_of_money_have_sums_and_none_is_proposed_where_no_header_is_known():
    """Else whoever takes the first answer stores what was claimed, or the net amount."""
    two = tried("spend", MONEY.format("Claimed Amount,Approved Amount", "300.00,150.00"))[1]
    question = {one.about: one for one in two}["columns.amount"]
    assert question.likely == ""
    assert list(question.answers)[:2] == ["Claimed Amount", "Approved Amount"]
    assert "in all 150.00" in question.answers["Approved Amount"]
    [alone] = tried("spend", MONEY.format("Approved Amount", "150.00"))[1]
    assert alone.likely == "Approved Amount"


@pytest.mark.parametrize("headers", [("Unit Price", "Seats"), ("Einzelpreis", "Anzahl"), ("Prix unitaire", "Quantité")])
def test_the_price_of_one_is_never_proposed_beside_a_number_and_told_where_it_was_taken(headers):
    """Else five seats cost what one does."""
    text = MONEY.format(",".join(headers), "100.00,5")
    assert {one.about: one.likely for one in tried("spend", text)[1]}["columns.amount"] == ""
    taken = mapped("spend", text, Mapping(columns={"amount": headers[0]}))
    assert any(headers[1] in str(problem) and "is the price of one" in str(problem) for problem in taken.problems)


ACTIVE = "Employee ID,Employee Name,Department,{}\n1,Ann Lund,A,{}\n2,Bo Ray,A,{}\n3,Cy Orr,A,{}\n"


@pytest.mark.parametrize(
    ("header", "no", "yes"),
    [
        ("Account Disabled", "FALSE", "TRUE"),
        ("Konto deaktiviert", "Nein", "Ja"),
        ("Compte désactivé", "Non", "Oui"),
        ("Cuenta desactivada", "No", "Sí"),
        ("Gesperrt", "Nein", "Ja"),
        ("Locked", "No", "Yes"),
    ],
)
def test_that_an_account_is_closed_is_asked_in_four_languages_and_is_no_disability(header, no, yes):
    """Else whoever has left still works here, with a notice that speaks of sensitive data."""
    read, questions = tried("roster", ACTIVE.format(header, no, no, yes))
    assert read is None
    assert [(one.about, set(one.answers)) for one in questions] == [
        (about("values", header, yes), {"counts", "left", "leave out"})
    ]


@pytest.mark.parametrize("header", ["Disabled", "Disability", "User has a disability", "Schwerbehindert"])
def test_whether_people_have_a_disability_is_still_never_stored(header):
    assert is_sensitive(header)


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [("En activo", "Sí", "No"), ("En poste", "Oui", "Non"), ("Aktuelle Mitarbeiterin", "x", ""), ("Working", "Y", "N")],
)
def test_yes_and_no_below_what_says_that_somebody_works_here_say_who_left(header, yes, no):
    read = mapped("roster", ACTIVE.format(header, yes, yes, no))
    assert read.columns["status_says"].to_pylist() == ["counts", "counts", "left"]


@pytest.mark.parametrize(
    ("header", "no", "yes"), [("Abgebrochen", "Nein", "Ja"), ("Abandonné", "Non", "Oui"), ("Reprobado", "No", "Sí")]
)
def test_no_below_what_says_that_nothing_was_earned_counts(header, no, yes):
    """The advice was to leave out those who had not given up."""
    text = f"Employee ID,Course,Completion Date,{header}\n001,One,2024-01-05,{no}\n002,One,2024-01-06,{yes}\n"
    assert mapped("badges", text).columns["employee_id"].to_pylist() == ["001"]


def test_the_advice_about_a_flag_that_is_not_known_leaves_open_which_of_yes_and_no_speaks_against_a_row():
    text = "Employee ID,Course,Completion Date,Panel objected\n001,One,2024-01-05,no\n002,One,2024-01-06,yes\n"
    [line] = [str(problem) for problem in mapped("badges", text).problems if "Panel objected" in str(problem)]
    assert '"no" = "leave out", or of \'yes\' if it is yes that speaks against a row' in line


def test_the_first_completion_beside_the_latest_is_neither_another_award_nor_an_end():
    text = "Employee ID,Course,Completion Date,First Completion Date\n002,One,2024-02-05,2024-01-05\n"
    assert [problem.severity for problem in mapped("badges", text).problems if problem.column] == ["notice"]
    second = mapped("badges", text.replace("First", "Second"))
    assert any("looks like a further" in str(problem) for problem in second.problems)


@pytest.mark.parametrize("days", [("24/01/05", "24/02/25"), ("23-11-05", "24-02-11"), ("19.12.01", "20.01.31")])
def test_two_digits_of_a_year_that_may_come_first_are_asked(company, days):
    """Else 5 January 2024 is 24 January 2005."""
    outcome = land(company, "badges", AWARDS + "".join(f"002,One,{day},\n" for day in days))
    first = "%y{0}%m{0}%d".format(days[0][2])
    assert first in asked(outcome)["dates.issued_on"].answers


@pytest.mark.parametrize("days", [("05/01/24", "25/02/24"), ("05.01.20", "25.02.24"), ("31-12-23", "01-01-24")])
def test_two_digits_of_a_year_at_the_end_are_read_as_ever(days):
    read = mapped("badges", AWARDS + "".join(f"002,One,{day},\n" for day in days))
    assert all(day.startswith("20") for day in read.columns["issued_on"].to_pylist())
    assert not read.questions


@pytest.mark.parametrize("last", ["#NO RESULT! =DATE(2022,1,31)", "01/02/2024", "soon"])
def test_a_last_day_that_cannot_be_read_is_not_before_the_day_of_hiring(company, last):
    """Else it was asked whether people were hired again, and a status that they work here emptied the cell."""
    text = f"Employee ID,Employee Name,Department,Hire Date,Termination Date,Status\n1,Ann Lund,A,2016-03-01,{last},Active\n"
    outcome = land(company, "roster", text)
    assert outcome.status == "refused"
    assert "rehired" not in asked(outcome)
    assert not any("hired again" in line for line in told(outcome))


def test_ids_with_two_decimals_are_asked_about_like_those_with_one(company):
    outcome = tried("roster", "Employee ID,Employee Name,Manager ID\n201.00,Ann Lund,\n202.00,Bo Ray,201.00\n")
    assert {one.about for one in outcome[1]} == {"ids.employee_id", "ids.manager_id"}


@pytest.mark.parametrize("header", ["Vorgesetzter", "Reporting to"])
def test_managers_with_a_title_before_their_name_are_offered_and_taken_when_that_is_said(company, header):
    """Else nobody reports to Dr. Lund, and there is nothing to click."""
    text = f'Employee ID,Employee Name,{header}\n1,Ann Lund,\n2,Bo Ray,Dr. Ann Lund\n3,Cy Orr,"Lund, Frau Prof. Ann"\n4,Di Fox,Herr Bo Ray\n'
    outcome = land(company, "roster", text)
    assert outcome.status == "stored"
    assert list(asked(outcome)["ids.manager_id"].answers) == ["without titles"]
    again = land(company, "roster", text, '[ids]\nmanager_id = "without titles"\n', day=2)
    assert again.status == "stored"
    assert newest(company, "roster_rows", "employee_id, manager_id") == [
        ("1", None),
        ("2", "1"),
        ("3", "1"),
        ("4", "2"),
    ]
    assert not asked(again)


def test_several_people_in_a_cell_of_a_payment_are_told_with_what_would_work(company):
    assert land(company, "roster", NAMED).status == "stored"
    outcome = land(company, "spend", PAYMENTS.format("Attendees", "Bob Lyle; Cat Moor"))
    assert any(
        "several people of the roster in a cell" in line and "a row with their part" in line for line in told(outcome)
    )


def test_addresses_are_proposed_before_short_codes_for_who_somebody_is():
    """The proposal was the number of the badge."""
    text = "ID du badge émis;Wem;Nom du badge;Date d'émission\nb1;bo@x.example;One;2024-02-01\n"
    assert [one.likely for one in tried("badges", text)[1]] == ["Wem"]


def test_zeros_that_another_system_puts_before_ids_are_offered_to_be_taken_off(company):
    """Else each row is somebody whom no roster lists, and nothing can be clicked."""
    assert land(company, "roster", "employee_id,name\n12,Bob Lyle\n13,Cat Moor\n").status == "stored"
    text = AWARDS + "00012,One,2024-01-05,\n00013,One,2024-01-06,\n"
    outcome = land(company, "badges", text)
    assert (outcome.status, list(asked(outcome)["ids.employee_id"].answers)) == ("refused", ["without zeros"])
    assert land(company, "badges", text, '[ids]\nemployee_id = "without zeros"\n').status == "stored"
    assert [row[0] for row in newest(company, "badge_rows", "employee_id")] == ["12", "13"]


@pytest.mark.parametrize("header", ["Employee ID,Name,Last Day of Work,Reason", "Personalnummer;Name;Austrittsdatum"])
def test_a_list_of_leavers_is_not_taken_for_the_roster(header):
    """Else all others would be gone."""
    split = header.replace(";", ",").split(",")
    assert "roster" not in likeliest_kinds("export.csv", [split, ["3", "Ann Lund", "2024-05-31", ""][: len(split)]])
    assert likeliest_kinds("export.csv", [[*split, "Department"], ["3", "Ann Lund", "2024-05-31", "", "A"]])[:1] == [
        "roster"
    ]


def test_a_roster_of_leavers_alone_says_which_mode_it_needs(company):
    outcome = land(company, "roster", "employee_id,name,left_on\n002,Bo,2024-02-29\n")
    assert any("needs the mode changes" in line for line in told(outcome, "alarm"))


RATED = "Employee ID,Skill,{},Assessor,Assessed On\n002,Welding,4,2,Dr A,2024-02-01\n"


@pytest.mark.parametrize(
    ("headers", "likely"),
    [
        ("Self Rating,Assessor Rating", ""),
        ("Target Level,Current Level", "Current Level"),
        ("Soll-Stufe,Ist-Stufe", "Ist-Stufe"),
    ],
)
def test_of_several_ratings_none_is_proposed_and_a_target_is_none(headers, likely):
    """Else what people claim is stored as what an assessor saw, or what they should reach as what they can."""
    questions = {one.about: one for one in tried("prior_learning", RATED.format(headers))[1]}
    assert questions["columns.level"].likely == likely


@pytest.mark.parametrize("header", ["Validity (years)", "Gültigkeit in Jahren", "Validité (ans)"])
def test_a_validity_in_years_is_told_with_the_lines_that_make_it_months(company, header):
    """The advice was to take years for months."""
    text = f"credential_id,name,issuer,{header}\nc9,Nine,Inst,3\n"
    assert any('[values.validity_months] "2" = "24"' in line for line in told(land(company, "credentials", text)))
    mapping = f'[columns]\nvalidity_months = "{header}"\n[values.validity_months]\n"3" = "36"\n'
    assert land(company, "credentials", text, mapping, day=2).status == "stored"
    assert newest(company, "credential_rows", "validity_months") == [(36,)]


@pytest.mark.parametrize(
    ("header", "yes", "no"), [("Reimbursed?", "Yes", "No"), ("Erstattungsfähig / erstattet", "Ja", "Nein")]
)
def test_whether_a_payment_was_reimbursed_says_who_paid_and_leaves_none_out(header, yes, no):
    """The advice was to leave out what was not reimbursed."""
    rest = "Invoice Number,Employee ID,Course,Invoice Date,Amount,Currency,Funding Source"
    text = f"{rest},{header}\n1,002,One,2024-02-01,300,EUR,employee,{yes}\n2,002,One,2024-02-02,300,EUR,employee,{no}\n"
    lines = [str(problem) for problem in mapped("spend", text).problems if header in str(problem)]
    assert len(lines) == 1
    assert "may say who paid" in lines[0]


@pytest.mark.parametrize(
    ("header", "yes", "no"), [("Works Here", "Y", "N"), ("Headcount", "1", "0"), ("Gehört dazu", "ja", "nein")]
)
def test_a_roster_that_says_no_of_some_people_and_nothing_else_of_who_left_is_warned_of(company, header, yes, no):
    """Whoever had left went on counting, and the column was only named in a folded notice."""
    text = f"employee_id,name,{{}}\n001,Ann Lee,{yes}\n002,Bo Ray,{no}\n003,Cy Fox,{yes}\n"

    (line,) = [line for line in told(land(company, "roster", text.format(header)), "warning") if header in line]
    assert f'[values."{header}"] "{no}" = "left"' in line
    cells_left = land(company, "roster", text.format(header), f'[values."{header}"]\n"{no}" = "left"\n', day=2)
    assert cells_left.status == "stored", cells_left.problems
    others = land(company, "roster", text.format("Full Time"), day=3)
    assert not any("Full Time" in line for line in told(others, "warning"))
