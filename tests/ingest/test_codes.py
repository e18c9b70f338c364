"""Codes below a header that says status are asked; debit and credit are settled; money not yet paid is told apart."""

from collections import Counter
from decimal import Decimal

import pytest

from skilltrack.ingest import KINDS
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.states import look
from skilltrack.ingest.reading.status_words import ASKED, COUNTS, LEAVE_OUT, REFUND
from tests.ingest.test_status import BADGES, SPEND, land, told, tried


def meanings(kind, header, *values):
    found = look(KINDS[kind], header, Counter(values))
    return None if found is None else found.meanings


@pytest.mark.parametrize(
    ("kind", "header", "codes"),
    [
        ("badges", "Completion flag", ["K", "N", "D"]),
        ("badges", "Outcome", ["0", "1"]),
        ("badges", "Resultado", ["A", "R"]),
        ("badges", "Prüfungsergebnis", ["b", "nb"]),
        ("badges", "Lernstatus", ["1", "2", "3"]),
        ("badges", "Pass/Fail", ["0", "1"]),
        ("badges", "Passed", ["P", "F"]),
        ("badges", "P/F/W", ["P", "W"]),
        ("badges", "Grade", ["A", "B-", "F"]),
        ("badges", "Abschluss-Kz.", ["E", "O"]),
        ("spend", "Zahlungsstatus", ["B", "O"]),
        ("spend", "Belegart", ["KR", "KG"]),
        ("spend", "Posting type", ["INV", "CRN"]),
        ("roster", "Active", ["A", "I"]),
    ],
)
def test_codes_below_a_header_that_says_status_are_asked(kind, header, codes):
    assert meanings(kind, header, *codes) == dict.fromkeys(codes, ASKED)


@pytest.mark.parametrize(
    ("kind", "header", "codes"),
    [
        ("badges", "Course code", ["PY", "HS"]),
        ("badges", "Course type", ["ILT", "WBT"]),
        ("badges", "Enrollment type", ["M", "V"]),
        ("badges", "Result", ["91", "38"]),
        ("badges", "Exam code", ["1", "2"]),
        ("spend", "Payment type", ["CC", "PO"]),
        ("spend", "Credit card", ["D", "C"]),
        ("roster", "State", ["OH", "TX"]),
        ("roster", "Employee class", ["FT", "PT"]),
        ("roster", "S/M/L", ["S", "M"]),
    ],
)
def test_codes_of_something_else_are_not_asked_about(kind, header, codes):
    assert look(KINDS[kind], header, Counter(codes)) is None


def test_codes_of_a_status_that_nobody_can_place_are_warned_about():
    found, _ = tried("badges", f"{BADGES},Booth status\n1,c1,2024-01-01,Q\n2,c1,2024-01-02,R\n")
    assert found is not None
    (warning,) = [problem for problem in found.problems if problem.severity == "warning"]
    assert warning.column == "Booth status"
    assert "'Q' (1 row), 'R' (1 row)" in warning.message


def test_a_question_about_codes_says_how_many_rows_have_each_and_its_answers_decide(company):
    text = f"{BADGES},Completion code\n001,c2,2024-05-01,K\n002,c2,2024-05-02,N\n001,c1,2024-05-03,K\n"
    with pytest.raises(Unanswered) as raised:
        land(company, "badges", text)
    assert [question.text.split(": ")[-1] for question in raised.value.questions] == [
        "'K', in 2 rows.",
        "'N', in 1 row.",
    ]
    answered = Mapping().answered({"values.Completion code.K": COUNTS, "values.Completion code.N": LEAVE_OUT})
    assert land(company, "badges", text, answered).counts[0].new == 2


@pytest.mark.parametrize(
    ("header", "paid", "back"),
    [
        ("Dr/Cr", "Dr", "CR"),
        ("Debit/Credit indicator", "Debit", "Credit"),
        ("D/C", "D", "C"),
        ("S/H-Kennzeichen", "S", "H"),
        ("Soll/Haben", "Soll", "Haben"),
        ("Sens", "Débit", "Crédit"),
        ("Debe/Haber", "D", "H"),
    ],
)
def test_debit_was_paid_and_credit_came_back(header, paid, back):
    assert meanings("spend", header, paid, paid, back) == {paid: COUNTS, back: REFUND}


@pytest.mark.parametrize(
    ("sides", "is_asked"),
    [
        ("S 90, H 20, H 30, H 25", False),
        ("S 10, S 20, H 500", True),
        ("S 90, H -20", False),
        ("S 90, S -20, H 5", True),
        ("S 90, H -20, H 20", True),
    ],
)
def test_sides_that_contradict_their_sums_or_signs_are_asked(sides, is_asked):
    rows = [f"{n},c1,2024-05-01,{s.split()[1]},EUR,employer,{s.split()[0]}" for n, s in enumerate(sides.split(", "))]
    read, questions = tried("spend", "\n".join([f"{SPEND},S/H", *rows]))
    assert [question.about for question in questions] == ["values.S/H.S", "values.S/H.H"] * is_asked
    if read is not None:
        assert all(cell.startswith("-") for cell in read.columns["amount"].to_pylist()[1:])


def test_debit_and_credit_below_a_way_of_paying_are_cards():
    for header in ("Payment Method", "Zahlungsart", "Método de pago"):
        assert meanings("spend", header, "Debit", "Credit") is None
    assert meanings("spend", "Payment Method", "Debit", "Declined") == {"Debit": COUNTS, "Declined": LEAVE_OUT}


def test_whether_a_payment_was_reimbursed_says_who_paid():
    text = "spend_id,credential_id,paid_on,amount,currency,Reimbursed?\n1,c1,2024-05-01,9,EUR,Yes\n2,c1,2024-05-01,9,EUR,No\n"
    read, _ = tried("spend", text)
    assert read.columns["funding_source"].to_pylist() == ["Yes", "No"]
    assert [question.about for question in read.questions] == ["values.funding_source.Yes", "values.funding_source.No"]


def test_a_credit_of_a_ledger_is_taken_off_and_told(company):
    rows = "1,c1,2024-05-01,80.00,EUR,employer,S\n2,c1,2024-05-02,30.00,EUR,employer,H\n3,c1,2024-05-03,5.00,EUR,employer,S\n"
    text = f"{SPEND},S/H\n{rows}"
    outcome = land(company, "spend", text)
    amounts = company.query(f"select amount from spend_rows where upload_id = {outcome.upload_id} order by spend_id")

    assert amounts["amount"].to_pylist() == [Decimal("80.00"), Decimal("-30.00"), Decimal("5.00")]
    assert any("'S' (2 rows) count; 'H' (1 row) are paid back" in line for line in told(outcome))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Payment status", {"Paid in full": COUNTS, "Outstanding": LEAVE_OUT, "Partial payment": ASKED}),
        ("Type", {"Actual": COUNTS, "Forecast": LEAVE_OUT, "Accrual": ASKED, "Credit invoice": REFUND}),
        ("Zahlungsstatus", {"überwiesen": COUNTS, "in Prüfung": LEAVE_OUT, "Teilzahlung": ASKED, "fällig": LEAVE_OUT}),
        ("Art", {"Ist": COUNTS, "Plan": LEAVE_OUT, "Hochrechnung": LEAVE_OUT, "Obligo": ASKED}),
        ("Buchungsart", {"Lastschrift": COUNTS, "Budget": LEAVE_OUT, "Stornobuchung": REFUND, "Storno": ASKED}),
        ("Statut du paiement", {"Réglée": COUNTS, "À payer": LEAVE_OUT, "Partiellement payée": ASKED}),
        ("Nature", {"Réalisé": COUNTS, "Prévisionnel": LEAVE_OUT, "Facture d'avoir": REFUND, "Engagé": ASKED}),
        ("Estado del pago", {"Transferido": COUNTS, "Por pagar": LEAVE_OUT, "Pago parcial": ASKED}),
        ("Tipo", {"Ejecutado": COUNTS, "Previsto": LEAVE_OUT, "Devolución": REFUND, "Comprometido": ASKED}),
    ],
)
def test_what_is_planned_open_paid_or_paid_back_is_told_apart_in_four_languages(header, said):
    assert meanings("spend", header, *said) == said


@pytest.mark.parametrize(
    ("kind", "header", "yes", "no"),
    [
        ("spend", "Refunded", ASKED, COUNTS),
        ("spend", "Remboursée", ASKED, COUNTS),
        ("spend", "Geplant", LEAVE_OUT, COUNTS),
        ("badges", "Expired", ASKED, COUNTS),
        ("badges", "Completion", COUNTS, LEAVE_OUT),
        ("badges", "Attended", ASKED, LEAVE_OUT),
    ],
)
def test_no_below_a_word_that_speaks_against_a_row_lets_it_count(kind, header, yes, no):
    assert meanings(kind, header, "Yes", "No") == {"Yes": yes, "No": no}
