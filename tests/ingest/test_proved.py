"""What other columns, rows and files prove is not asked again, and what contradicts them is never passed over."""

from datetime import date

import pytest

from skilltrack.ingest import Unanswered
from skilltrack.ingest.reading.mapping import SIXTH_READING, Mapping, parse_mapping
from skilltrack.ingest.reading.sensitive import is_sensitive
from tests.ingest.test_columns import mapped, tried
from tests.ingest.test_exports import awards, land, warnings

BADGES = "award_id,employee_id,credential_id,issued_on{}\n"
SPEND = "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source{}\n"
ROSTER = "employee_id,name,team,role_id,hired_on{}\n"


def days(text, mapping=None, kind="badges"):
    """The days of a file by column, and what is asked about them."""
    read, questions = tried(kind, text, mapping)
    asked = [question.about for question in (*read.questions, *questions)]
    return {name: cells.to_pylist() for name, cells in read.columns.items() if name.endswith("_on")}, asked


def test_days_are_read_in_the_order_that_another_column_of_the_file_shows():
    text = BADGES.format(",expires_on") + "x1,1,c,25/02/2024,03/04/2025\nx2,2,c,03/02/2024,05/06/2025\n"
    read, asked = days(text)
    assert read["expires_on"] == ["2025-04-03", "2025-06-05"]
    assert not asked
    hired = ROSTER.format(",left_on") + "1,Ann Lund,Ops,dev,25.02.2015,\n2,Bo Dahl,Ops,dev,03.04.2016,05.06.2023\n"
    assert days(hired, kind="roster")[0]["left_on"] == ["", "2023-06-05"]
    answered = BADGES.format(",expires_on") + "x1,1,c,03/02/2024,05/06/2025\n"
    assert days(answered, parse_mapping('[dates]\nissued_on = "%m/%d/%Y"\n', "m"))[0]["expires_on"] == ["2025-05-06"]
    assert days(text, Mapping(reading=SIXTH_READING))[1] == ["dates.expires_on"], "what landed lands again as it did"


def test_nothing_ends_before_it_begins_so_that_one_order_is_left():
    head = BADGES.format(",expires_on")
    read, asked = days(head + "x1,1,c,03/04/2024,02/05/2024\nx2,2,c,01/02/2024,\n")
    assert (read["issued_on"], read["expires_on"]) == (["2024-04-03", "2024-02-01"], ["2024-05-02", ""])
    assert not asked
    both = days(head + "x1,1,c,03/04/2024,02/05/2024\nx2,2,c,04/03/2024,05/02/2024\n")[1]
    assert both == ["dates.issued_on", "dates.expires_on"], "rows that prove both orders prove none"
    assert days(head + "x1,1,c,2024-04-20,02/05/2024\n")[0]["expires_on"] == ["2024-05-02"]


def test_an_order_that_would_end_rows_before_they_begin_is_asked_although_another_column_has_it():
    text = BADGES.format(",expires_on") + "x1,1,c,25/04/2024,05/02/2024\nx2,2,c,03/04/2024,04/12/2024\n"
    assert days(text)[1] == ["dates.expires_on"]
    again = ROSTER.format(",left_on") + "1,Ann Lund,Ops,dev,03/04/2024,02/05/2020\n"
    assert days(again, kind="roster")[1][:2] == ["dates.hired_on", "dates.left_on"], "hired again after the last day"


def test_a_word_is_not_asked_where_another_column_leaves_out_all_of_its_rows(company):
    text = BADGES.format(",Appointment Status,Grade")
    rows = "x1,002,c1,2024-02-01,Completed,pass\nx2,003,c1,2024-02-02,Candidate refused NDA,fail\n"
    outcome = land(company, "badges", text + rows)
    assert (outcome.status, awards(company)) == ("stored", ["x1"])
    assert any("'Candidate refused NDA' is not known, and changes nothing" in str(p) for p in outcome.problems)
    with pytest.raises(Unanswered) as refused:
        mapped("badges", text + rows.replace("fail", "pass"))
    assert [q.about for q in refused.value.questions] == ["values.Appointment Status.Candidate refused NDA"]


def test_the_day_of_an_employment_status_is_the_last_day_of_those_whom_another_status_says_left():
    text = ROSTER.format(",Status,{}") + "1,Ann Lund,Ops,dev,2015-02-01,Active,2015-02-01\n"
    text += "2,Bo Dahl,Ops,dev,2016-03-15,Inactive,2023-11-30\n"
    assert mapped("roster", text.format("Employment Status: Date")).columns["left_on"].to_pylist() == ["", "2023-11-30"]
    assert "left_on" not in mapped("roster", text.format("Visa Status Date")).columns


@pytest.mark.parametrize("kind", ["badges", "roster"])
def test_an_id_beside_a_name_that_is_somebody_else_s_is_an_alarm(company, kind):
    text = "award_id,employee_id,name,credential_id,issued_on\nx1,002,Bo (001),c1,2024-02-01\n"
    if kind == "roster":
        text = "employee_id,name,team\n71,Ann Lund (73),Ops\n72,Bo Dahl (72),Ops\n73,Cy Lee,Ops\n"
    outcome = land(company, kind, text, mode="changes")
    (alarm,) = warnings(outcome, "alarm")
    assert "has the id of somebody else beside the name in 1 row" in alarm
    fine = land(company, kind, text.replace("(001)", "(002)").replace("(73)", "(71)"), mode="changes", day=2)
    assert not [one for one in warnings(fine, "alarm") if "beside the name" in one]


def test_a_tier_for_an_issuer_that_the_catalogue_spells_otherwise_is_asked_about(company):
    issuer = company.query("select min(issuer) as issuer from credential_rows").to_pylist()[0]["issuer"]
    other = f"{issuer.upper()}, Inc."
    text = f'issuer,tier,reason\n"{other}",unrecognised,closed\nQuite Another,trusted,\n'
    (question,) = land(company, "issuers", text).questions
    assert (question.about, list(question.answers)) == (f"values.issuer.{other}", [issuer])
    said = f'[values.issuer]\n"{other}" = "{issuer}"\n'
    assert not land(company, "issuers", text, said, day=2).questions
    last = company.query("select issuer, tier from issuer_rows order by upload_id desc, line_no limit 1")
    assert last.to_pylist() == [{"issuer": issuer, "tier": "unrecognised"}]


def test_a_second_column_of_certificates_without_a_day_may_be_what_sort_they_are_and_is_asked(company):
    text = "employee_id,Certification,Certification 2,issued_on\n002,One,Welding,2024-01-01\n"
    create = 'unknown_credentials = "create"\n'
    with pytest.raises(Unanswered) as refused:
        land(company, "badges", text, create)
    assert [question.about for question in refused.value.questions] == ["matrix"]
    for day, (answer, many) in enumerate({"no": 1, "several in a row": 2}.items(), 1):
        outcome = land(company, "badges", text, f'{create}matrix = "{answer}"\n', day=day, dry_run=True)
        assert outcome.counts[0].new == many


def test_it_is_said_which_of_two_last_names_is_shown():
    text = "Matricule;Prénom;Nom d'usage;Nom de naissance\n201;Rosa;;Marin\n202;Léa;Dubois;Petit\n"
    read = mapped("roster", text)
    assert read.columns["name"].to_pylist() == ["Rosa Marin", "Léa Petit"]
    (shown,) = [p.message for p in read.problems if p.column == "Nom d'usage"]
    assert shown.startswith("has another name in 1 row, 'Dubois' where Nom de naissance has 'Petit', and is not used")


def test_a_second_header_under_a_mapping_is_no_row_in_any_language():
    text = "Codice,Titolo,Ente\nCod.,Titolo corso,Ente erogatore\nPY,Python,Acme\n"
    mapping = parse_mapping('[columns]\ncredential_id = "Codice"\nname = "Titolo"\nissuer = "Ente"\n', "m")
    assert mapped("credentials", text, mapping).columns["credential_id"].to_pylist() == ["PY"]
    people = "employee_id,name,team\nEmp,Nam Tran,Tea\n2,Bo Dahl,Ops\n"
    assert len(mapped("roster", people.replace("Tea", "Ops")).lines) == 2, "one cell of another word is a row"


@pytest.mark.parametrize(
    "name", ["Vacature", "Da assegnare", "A designar", "Vaga aberta", "Posto vacante", "À recruter", "Wird nachbesetzt"]
)
def test_a_vacant_post_is_nobody_in_further_languages(name):
    text = f"employee_id,name,team\n1,Ann Lund,Ops\n2,{name},Ops\n"
    assert mapped("roster", text).columns["employee_id"].to_pylist() == ["1"]


def test_sensitive_headers_are_known_in_further_languages_and_others_are_not():
    headers = "Burgerlijke staat;Salaris;Kinderen;Stato civile;Cittadinanza;Retribuzione;Raça/Cor;Gênero;Lønn"
    assert [header for header in headers.split(";") if not is_sensitive(header)] == []
    assert not any(map(is_sensitive, ("Contatto", "Reparto", "Afdeling", "Barracas", "Matrícula", "Titolo", "Kosten")))


def test_an_amount_written_unlike_the_others_is_not_blamed_on_its_currency_alone(company):
    text = SPEND.format("") + "".join(f'p{n},002,c1,2024-02-01,"R$ 1.200,5{n}",BRL,employer\n' for n in (1, 2))
    text += "p3,002,c1,2024-02-01,US$300.00,USD,employer\n"
    (error,) = warnings(land(company, "spend", text), "error")
    assert "written like the others; correct its sign, its decimals, or the currency" in error


def test_one_value_takes_a_verb_of_one(company):
    land(company, "roster", "employee_id,name,team\n0081,Ann Lund,Ops\n", effective=date(2024, 2, 1), mode="changes")
    outcome = land(company, "badges", BADGES.format("") + "x1,81,c1,2024-03-01\n", day=2)
    (question,) = [question for question in outcome.questions if question.about == "pad.employee_id"]
    assert question.text.startswith("1 value of employee_id matches nobody as it is")


def test_a_register_with_ends_alone_is_counted_back_by_the_validity_of_the_catalogue(company):
    credentials = "credential_id,name,issuer,validity_months\nv1,Forklift,Dekra,36\nv2,Welding,Dekra,\n"
    assert land(company, "credentials", credentials).status == "stored"
    text = "employee_id,Certificate,Valid until\n002,Forklift,2026-01-31\n002,Welding,2026-01-31\n"
    with pytest.raises(Unanswered) as refused:
        land(company, "badges", text)
    assert "says when something ends (Valid until) and not when it began" in refused.value.advice
    (question,) = refused.value.questions
    assert [typed.choices for typed in question.typed] == [("{validity}",), ()]
    said = '[constants]\nissued_on = "{validity}"\n'
    outcome = land(company, "badges", text, said, quarantine=True, day=2)
    (error,) = warnings(outcome, "error")
    assert "'the catalogue has no validity for this credential'" in error
    (row,) = company.query("select * from badge_rows where credential_id = 'v1'").to_pylist()
    assert (row["issued_on"], row["expires_on"]) == (date(2023, 2, 1), date(2026, 1, 31))


def test_a_word_in_place_of_an_end_is_asked_and_never_a_dead_end(company):
    text = BADGES.format(",expires_on") + "x1,002,c1,2024-02-01,gilt immer\n"
    (question,) = land(company, "badges", text).questions
    assert (question.about, list(question.answers)) == ("values.expires_on.gilt immer", ["never"])
    said = '[values.expires_on]\n"gilt immer" = "never"\n'
    assert land(company, "badges", text, said).status == "stored"
