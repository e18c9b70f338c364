"""What files of further systems and countries brought, each stored wrong, or refused where nobody could go on."""

from datetime import date

import pytest

from skilltrack.errors import BadFile
from skilltrack.ingest import Unanswered
from skilltrack.ingest.reading import dates
from skilltrack.ingest.reading.ids import without_titles
from skilltrack.ingest.reading.mapping import FIFTH_READING, Mapping, parse_mapping
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.relations import END_OF_TIME, with_definitions
from tests.ingest.test_columns import asked as asked_about
from tests.ingest.test_columns import mapped, tried
from tests.ingest.test_exports import asked, awards, land, total, warnings

BADGES = "award_id,employee_id,credential_id,issued_on{}\n"
HELD = ",credential,issued_on"
SPEND = "spend_id,employee_id,credential_id,paid_on,{},currency,funding_source\n"
ROSTER = "employee_id,name,email,hired_on,team\n"


@pytest.mark.parametrize(
    ("header", "passed", "failed"),
    [
        ("Resultaat", "Geslaagd", "Niet verschenen"),
        ("Esito", "Superato", "Non superato"),
        ("Situação", "Aprovado", "Reprovado"),
        ("Wynik", "Zaliczone", "Niezaliczone"),
        ("Bestått", "Ja", "Nei"),
        ("Resultat", "Godkänd", "Underkänd"),
        ("Udfald", "Bestået", "Ikke bestået"),
    ],
)
def test_who_failed_in_dutch_italian_portuguese_polish_or_a_nordic_language_earned_nothing(
    company, header, passed, failed
):
    text = BADGES.format(f",{header}") + f"x1,002,c1,2024-02-01,{passed}\nx2,003,c1,2024-02-01,{failed}\n"
    assert land(company, "badges", text).status == "stored"
    assert awards(company) == ["x1"]


def test_a_payment_that_is_not_paid_in_dutch_is_no_spending(company):
    text = SPEND.format("amount").replace("\n", ",Betaald\n")
    land(company, "spend", text + "p1,002,c1,2024-02-01,10,EUR,employer,ja\np2,002,c1,2024-02-02,20,EUR,employer,nee\n")
    assert total(company) == 10


def test_words_below_an_unknown_header_of_an_unknown_language_are_a_warning_and_no_names_are():
    text = "Henkilö,Nimi,Kurssi,Päivä,Tulos\n002,Ann Lund,c1,2024-02-13,Hyväksytty\n003,Bo Dahl,c1,2024-02-13,Hylätty\n"
    columns = 'employee_id = "Henkilö"\ncredential_id = "Kurssi"\nissued_on = "Päivä"\n'
    read = mapped("badges", text, parse_mapping(f"[columns]\n{columns}", "m.toml"))
    told = [problem.column for problem in read.problems if "few different words" in problem.message]
    assert told == ["Tulos"]
    known = mapped("badges", BADGES.format(",Tulos") + "x,1,c,2024-01-01,a\ny,2,c,2024-01-01,b\n")
    assert not any("few different" in problem.message for problem in known.problems)


def test_the_status_of_a_contract_is_asked_whatever_its_words_are_and_other_statuses_are_not():
    text = "employee_id,name,{}\n1,Ann Lund,In progress\n2,Bo Dahl,Completed\n3,Cy Lee,Awaiting signature\n"
    _, questions = tried("roster", text.format("Contract Status"))
    assert {q.group for q in questions} == {"Which of these count? Contract Status"}
    assert tried("roster", text.format("Laptop Status"))[1] == ()


def test_an_id_that_comes_back_with_another_person_after_a_month_without_it_is_an_alarm(company):
    people = "91,Ida Roe,ida@a.example,2020-01-01,Ops\n"
    more = "92,Lou Fox,lou@a.example,2021-01-01,Ops\n"
    for day, rows in ((1, people + more), (2, people)):
        assert land(company, "roster", ROSTER + rows, day=day, effective=date(2024, day, 1)).status == "stored"
    again = ROSTER + people + "92,Nadia Petrova,nadia@a.example,2024-03-01,Ops\n"
    outcome = land(company, "roster", again, day=3, effective=date(2024, 3, 1))
    assert any("the id 92 was Lou Fox and is Nadia Petrova here" in alarm for alarm in warnings(outcome, "alarm"))


def test_somebody_who_comes_back_after_a_month_is_no_other_person(company):
    people = "91,Ida Roe,ida@a.example,2020-01-01,Ops\n"
    more = "92,Lou Fox,lou@a.example,2021-01-01,Ops\n"
    for day, rows in ((1, people + more), (2, people), (3, people + more.replace("2021", "2024"))):
        outcome = land(company, "roster", ROSTER + rows, day=day, effective=date(2024, day, 1))
    assert not any("the id 92" in alarm for alarm in warnings(outcome, "alarm"))


def test_people_under_new_ids_are_part_of_the_headcount_and_zeros_in_front_are_offered(company):
    people = "".join(f"{n},Person {n},p{n}@a.example,2020-01-01,Ops\n" for n in range(901, 909))
    land(company, "roster", ROSTER + people)
    outcome = land(company, "roster", ROSTER + people.replace("\n90", "\n0090").replace("901", "00901", 1), day=2)
    alarms = warnings(outcome, "alarm")
    assert any("only 0 of 8 people are here under the ids they had" in alarm for alarm in alarms)
    assert any('say in a mapping: [ids] employee_id = "without zeros"' in alarm for alarm in alarms)
    assert [q.about for q in outcome.questions] == ["ids.employee_id"]


@pytest.mark.parametrize("nothing", ["", "0.00", "-"])
@pytest.mark.parametrize(
    ("paid", "back"), [("Debit", "Credit"), ("Soll", "Haben"), ("Débit", "Crédit"), ("Debe", "Haber")]
)
def test_what_stands_in_the_credit_column_is_taken_off_and_is_a_warning_where_it_is_not_used(
    company, tmp_path, paid, back, nothing
):
    text = SPEND.format(f"{paid},{back}") + (
        f'p1,002,c1,2024-02-01,250.00,"{nothing}",EUR,employer\np2,002,c1,2024-02-02,"{nothing}",100.00,EUR,employer\n'
    )
    question = asked(company, "spend", text)["columns.amount"]
    assert question.likely == f"{paid} - {back}"
    assert land(company, "spend", text, f'[columns]\namount = "{question.likely}"\n').status == "stored"
    assert total(company) == 150
    only = land(company, "spend", text.replace("p1", "p3").replace("p2", "p4"), f'[columns]\namount = "{paid}"\n', 2)
    assert any(f"beside {paid} and is not used: they are not taken off" in warning for warning in warnings(only))


def test_credits_are_taken_off_in_the_next_file_of_the_source_and_after_a_rebuild(company, tmp_path):
    text = SPEND.format("Debit,Credit,Account") + (
        "p1,002,c1,2024-02-01,250.00,,7,EUR,employer\np2,002,c1,2024-02-02,,100.00,7,EUR,employer\n"
    )
    land(company, "spend", text, '[columns]\namount = "Debit - Credit"\n')
    assert land(company, "spend", text.replace("p1", "p3").replace("p2", "p4"), day=2).status == "stored"
    assert total(company) == 300
    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert total(again) == 300
    again.close()


@pytest.mark.parametrize("header", ["Candidate Email", "Payer e-mail", "User Name", "Username", "UPN"])
def test_the_one_column_of_their_addresses_says_whose_rows_are(header):
    text = f"Full name,{header},Trainer email,credential,issued_on\nAnn Lund,ann@a.example,t@x.example,One,2024-01-01\n"
    read, questions = tried("badges", text)
    assert (questions, read.columns["email"].to_pylist()) == ((), ["ann@a.example"])


def test_addresses_of_trainers_and_others_are_nobody_s():
    _, (question,) = tried("badges", f"Full name,Trainer email{HELD}\nAnn Lund,t@x.example,One,2024-01-01\n")
    assert question.about == "people"


def test_a_last_name_that_most_people_lack_is_taken_from_the_column_that_all_have():
    text = "Matricule,Nom de naissance,Nom d'usage,Prénom\n1,Oakes,,Harriet\n2,Lefèvre,Dubois,Renée\n"
    read = mapped("roster", text)
    assert read.columns["name"].to_pylist() == ["Harriet Oakes", "Renée Lefèvre"]
    assert any(problem.column == "Nom d'usage" and problem.severity == "warning" for problem in read.problems)
    whole = mapped("roster", text.replace(",,Harriet", ",Oakes,Harriet"))
    assert whole.columns["name"].to_pylist() == ["Harriet Oakes", "Renée Dubois"]


def test_a_list_with_the_days_of_one_thing_is_no_matrix_and_lists_all_its_columns():
    text = "Medewerker,Cursus,Begindatum,Datum behaald\n002,One,2024-01-01,2024-01-13\n003,One,2024-02-01,2024-02-14\n"
    _, questions = tried("badges", text)
    assert {"columns.credential_id", "columns.issued_on", "columns.employee_id"} <= {q.about for q in questions}


def test_days_without_their_year_are_asked_for_it_and_a_zone_of_a_place_is_none_of_the_date(company):
    text = SPEND.format("amount") + "p1,002,c1,0502,10,EUR,employer\np2,002,c1,2902,20,EUR,employer\n"
    outcome = land(company, "spend", text)
    (question,) = (q for q in outcome.questions if q.about == "dates.paid_on")
    assert "is a day without its year. Which year is it?" in question.text
    assert dates.as_date("0502", "%d%m in 2024") == "2024-02-05" == dates.as_date("502", "%d%m in 2024")
    assert dates.as_date("2902", "%d%m in 2023") is None
    assert land(company, "spend", text, '[dates]\npaid_on = "%d%m in 2024"\n').status == "stored"
    (style,) = dates.date_styles(["Jan-15-2024 03:30 PM America/New York", "Feb-02-2024 09:00 AM America/New_York"])
    assert dates.as_date("Jan-15-2024 03:30 PM America/New York", style) == "2024-01-15"


def test_titles_in_names_are_taken_off_once_that_is_said(company):
    people = "71,Tomás García,,,Ops\n72,Wei Zhang,,,Ops\n"
    land(company, "roster", ROSTER + people, mode="changes")
    text = (
        'award_id,name,credential_id,issued_on\nx1,"García, Mr. Tomás",c1,2030-01-01\nx2,Dr Wei Zhang,c1,2030-01-01\n'
    )
    outcome = land(company, "badges", text, 'people = "by name"\n', day=2)
    (question,) = (q for q in outcome.questions if q.about == "ids.name")
    assert question.answers == {"without titles": "García, Mr. Tomás as García, Tomás"}
    said = 'people = "by name"\n[ids]\nname = "without titles"\n'
    assert land(company, "badges", text, said, day=2).status == "stored"
    assert awards(company) == ["x1", "x2"]
    assert without_titles("Herr") == "Herr"


def test_a_manager_may_have_the_id_behind_the_name(company):
    text = "employee_id,name,Reporting To\n81,Ida Roe,\n82,Lou Fox,Ida Roe 81\n83,Cy Lee,Ida Roe 82\n"
    outcome = land(company, "roster", text, mode="changes")
    found = "select employee_id, manager_id from roster_rows where employee_id in ('82', '83') order by 1"
    assert [row["manager_id"] for row in company.query(found).to_pylist()] == ["81", None], warnings(outcome)


def test_names_of_credentials_stand_for_their_ids_in_what_they_demonstrate(company):
    names = company.query(
        with_definitions("select credential_id, name from credentials order by 1 limit 1"), {"known_at": END_OF_TIME}
    ).to_pylist()
    outcome = land(company, "credential_skills", f"credential_id,skill_id,level\n{names[0]['name']},s1,2\n")
    assert outcome.status == "stored", warnings(outcome, "error")
    last = company.query("select credential_id from credential_skill_rows order by upload_id desc limit 1")
    assert last["credential_id"].to_pylist() == [names[0]["credential_id"]]


def test_a_file_of_which_every_row_is_bad_is_refused_and_no_failure(company):
    text = SPEND.format("amount").replace("employee_id,", "").replace("\n", ",Traveller,x\n")
    text += "p1,c1,2024-01-01,10,EUR,employer\n"
    assert land(company, "spend", text).status == "refused"


def test_national_numbers_in_short_are_never_stored():
    assert all(map(is_sensitive, ("NI Number", "NINO", "BSN", "CPF", "PESEL", "Codice fiscale")))


@pytest.mark.parametrize(
    "header", ["Employee Name,Position Title,Competence Name", "Prénom,Groupe,Parcours", "Medewerker,Afdeling,Cursus"]
)
def test_the_column_of_what_was_learnt_is_proposed_in_more_words_and_languages(header):
    questions = asked_about("badges", f"{header},issued_on\nAnn Lund,Cook,Food Hygiene,2024-01-01\n")
    assert questions["columns.credential_id"].likely == header.split(",")[-1]


@pytest.mark.parametrize(
    ("kind", "text", "advice"),
    [
        ("roles", "Role,Role name,Welding,Fire safety\nW,Welder,3,1\n", "Where each skill has a column of its own"),
        ("spend", "Course,Jan 2024,Feb 2024\nOne,250.00,20.00\n", "Where each month has a column of its own"),
    ],
)
def test_a_table_with_columns_of_skills_or_months_is_refused_with_what_to_do_instead(kind, text, advice):
    with pytest.raises(Unanswered, match=advice):
        mapped(kind, text)


def test_a_line_of_data_above_the_header_of_a_ledger_is_no_header():
    text = "EXTF;700;21;Buchungsstapel;20240301\nUmsatz;WKZ;Tag;Text;Nr\n600,00;EUR;0502;One;RE-1001\n"
    with pytest.raises(Unanswered, match="Its columns are: Umsatz, WKZ, Tag, Text, Nr"):
        mapped("spend", text)
    with pytest.raises(BadFile, match="Its first row looks like data"):
        mapped("spend", text.replace("Umsatz;WKZ;Tag;Text;Nr", "300,00;EUR;0402;One;RE-1000"))


@pytest.mark.parametrize("label", ["Headcount", "Number of employees", "Anzahl Mitarbeiter", "Effectif total"])
def test_the_number_of_people_below_a_roster_is_nobody(label):
    text = f"employee_id,name,team\n1,Ann Lund,Ops\n2,Bo Dahl,Ops\n{label},2,\n"
    assert mapped("roster", text).columns["employee_id"].to_pylist() == ["1", "2"]
    landed = Mapping(reading=FIFTH_READING)
    assert len(mapped("roster", text, landed).lines) == 3, "a file that landed lands again as it did"
    assert len(mapped("roster", text.replace(",2,", ",Cy Lee,")).lines) == 3
