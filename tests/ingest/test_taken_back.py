"""A row that is stored and that a later file says does not count never goes on counting silently."""

from datetime import datetime

import pytest

from skilltrack.ingest import Mapping, Options, Source, import_sources, redo, undo
from skilltrack.ingest.reading.finality import is_for_good
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild
from skilltrack.relations import END_OF_TIME, with_definitions

AWARDS = "award_id,employee_id,credential_id,issued_on,Status\n"
WITHOUT_IDS = "Learner email,Course,Completed on,Kursstatus\n"
PAYMENTS = "spend_id,credential_id,paid_on,amount,currency,funding_source,Payment status\n"
RATINGS = "employee_id,skill_id,level,valid_from,Status\n"


def land(store, files, day=1, mapping=None, **options):
    sources = [
        Source(kind.strip(), f"{kind}.csv", text.encode(), mapping or Mapping(), mapping is not None)
        for kind, text in files.items()
    ]
    return import_sources(store, sources, Options(landed_at=datetime(2030, 1, day, 12), **options))


def revoked(store):
    """By award the day of its revocation, which the definitions and what is computed ahead give alike."""
    columns = "coalesce(award_id, employee_id || ' ' || credential_id) as award, cast(revoked_on as varchar) as day"
    of_awards = f"select {columns} from {{}} where issued_on >= date '2024-05-01' order by 1"
    defined = store.query(with_definitions(of_awards.format("awards")), {"known_at": END_OF_TIME}).to_pylist()
    ahead = with_definitions(of_awards.format("newest_badges"))
    assert store.query(ahead, {"known_at": END_OF_TIME}).to_pylist() == defined
    kept = store.query(
        "select cast(revoked_on as varchar) as day from kept_awards where issued_on >= date '2024-05-01'"
    )
    assert sorted(map(str, kept["day"].to_pylist())) == sorted(str(row["day"]) for row in defined)
    return {row["award"]: row["day"] for row in defined}


def amounts(store):
    newest = with_definitions(
        "select spend_id, cast(amount as varchar) as amount from newest_spend where spend_id <> '1'"
    )
    return {row["spend_id"]: row["amount"] for row in store.query(newest, {"known_at": END_OF_TIME}).to_pylist()}


def messages(outcome, severity):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


def test_what_a_later_file_calls_cancelled_is_taken_back_through_undo_redo_and_rebuild(company, tmp_path):
    first = {
        "badges": AWARDS + "x1,002,c1,2024-06-11,Completed\nx2,001,c1,2024-06-12,Passed\n",
        "spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Paid\ni2,c1,2024-02-01,90,EUR,employer,Paid\n",
    }
    assert land(company, first, 1).status == "stored"
    then = {
        "badges": AWARDS + "x1,002,c1,,Cancelled\nx2,001,c1,2024-06-12,Passed\nx9,001,c2,,Failed\n",
        "spend": PAYMENTS + "i1,c1,2024-03-01,300,EUR,employer,Void\ni3,c1,2024-02-01,5,EUR,employer,Declined\n",
    }
    outcome = land(company, then, 3, careful=True)
    assert outcome.status == "stored", messages(outcome, "alarm") + messages(outcome, "error")
    taken = {"x1": "2030-01-03", "x2": None}
    assert revoked(company) == taken, "x9 was never an award"
    assert amounts(company) == {"i1": "0.00", "i2": "90.00"}, "i3 was never a payment"
    assert any(
        "'Cancelled': says that 1 award stored earlier does not count" in m for m in messages(outcome, "warning")
    )

    undo(company, outcome.upload_id)
    assert (revoked(company)["x1"], amounts(company)["i1"]) == (None, "300.00")
    redo(company, outcome.upload_id)
    land(company, {"badges": AWARDS + "x1,002,c1,2024-06-11,Completed\n"}, 6)
    assert revoked(company) == taken | {"x1": None}, "the system that took it back says that it counts again"

    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    again = open_store(tmp_path / "company.duckdb")
    assert (revoked(again), amounts(again)) == (taken | {"x1": None}, {"i1": "0.00", "i2": "90.00"})
    again.close()


def test_a_cancelled_award_with_a_day_of_its_own_is_revoked_on_that_day(company):
    land(company, {"badges": AWARDS + "x1,002,c1,2024-06-11,Completed\n"}, 1)
    header = AWARDS.replace("Status", "revoked_on,Status")
    outcome = land(company, {"badges": header + "x1,002,c1,2024-06-11,2024-07-01,Void\n"}, 3)
    assert (outcome.status, messages(outcome, "alarm")) == ("stored", [])
    assert revoked(company) == {"x1": "2024-07-01"}


STORED = {
    "badges": AWARDS + "x1,002,c1,2024-06-11,Completed\n",
    "badges ": WITHOUT_IDS + "ann@x.example,Two,2024-06-13,bestanden\n",
    "spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Paid\n",
    "prior_learning": "assessor," + RATINGS + "Dr B,002,s2,1,2024-02-01,Approved\n",
}
UNSURE = {
    "another person under the number": {"badges": AWARDS + "x1,001,c1,2024-06-11,Failed\n"},
    "another course under the number": {"badges": AWARDS + "x1,002,c2,2024-06-11,Failed\n"},
    "a second attempt under the number": {"badges": AWARDS + "x1,002,c1,2025-06-11,Failed\n"},
    "a first attempt of the same day": {"badges": WITHOUT_IDS + "ann@x.example,Two,2024-06-13,durchgefallen\n"},
    "another amount under the number": {"spend": PAYMENTS + "i1,c1,2024-02-01,404,EUR,employer,Declined\n"},
    "another currency under the number": {"spend": PAYMENTS + "i1,c1,2024-02-01,300,USD,employer,Declined\n"},
    "a payment with a refund": {
        "spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Cancelled\nr1,c1,2024-03-01,-300,EUR,employer,Refund\n"
    },
    "what somebody else assessed": {"prior_learning": "assessor," + RATINGS + "Dr A,002,s2,1,2024-02-01,Rejected\n"},
}


@pytest.mark.parametrize("files", UNSURE.values(), ids=UNSURE)
def test_a_row_that_is_not_certainly_the_stored_one_takes_nothing_from_anybody_and_is_an_alarm(company, files):
    land(company, STORED, 1)
    kept = revoked(company), amounts(company)["i1"]
    refused = land(company, files, 3, careful=True)

    assert refused.status == "refused"
    assert any("goes on counting" in message for message in messages(refused, "alarm")), messages(refused, "alarm")
    assert land(company, files, 3, unattended=True).status == "refused", "a program may not bring it either"
    land(company, files, 3)
    assert (revoked(company), amounts(company)["i1"]) == kept


def test_an_alarm_about_a_failed_attempt_names_the_line_of_a_mapping_that_leaves_it_out(company):
    land(company, STORED, 1)
    failed = {"badges": AWARDS + "x1,002,c1,2025-06-11,Failed\n"}
    (message,) = messages(land(company, failed, 3, careful=True), "alarm")
    assert '[skip] "Status" = ["Failed"] in a mapping' in message
    skipped = Mapping(skip={"Status": ["Failed"]})
    assert land(company, failed, 3, mapping=skipped, careful=True).status != "refused"
    by_person = Mapping(skip={"employee_id": ["002"]})
    assert messages(land(company, failed, 4, mapping=by_person, careful=True), "alarm") == []


def test_pending_about_what_is_stored_and_a_refund_under_the_id_of_its_payment_stop_a_careful_import(company):
    pending = AWARDS + "a1,002,c1,2024-01-10,In progress\nx3,001,c1,2024-06-11,Completed\n"
    outcome = land(company, {"badges": pending}, careful=True)
    assert outcome.status == "refused"
    assert any("'In progress': is about 1 award stored earlier" in m for m in messages(outcome, "alarm"))
    assert land(company, {"badges": pending}, unattended=True).status == "refused", "a program may not bring it either"

    spend = PAYMENTS + "1,c1,2024-01-01,-100.50,EUR,employer,Refund\n"
    assert any(
        "which this refund would replace" in m for m in messages(land(company, {"spend": spend}, careful=True), "alarm")
    )

    skipped = Mapping(skip={"Status": ["In progress"]})
    assert land(company, {"badges": pending}, mapping=skipped, careful=True).status == "stored"


@pytest.mark.parametrize(
    ("header", "value", "is_final"),
    [
        ("Kursstatus", "Storniert", True),
        ("Résultat", "Échouée", True),
        ("Estado", "Anulado - duplicado", True),
        ("Voided", "yes", True),
        ("Completed", "no", False),
        ("Status", "En attente", False),
        ("Progress", "40 %", False),
    ],
)
def test_only_words_that_say_never_take_back_what_is_stored(header, value, is_final):
    assert is_for_good(header, value) is is_final


def test_an_id_that_counts_and_is_called_off_in_one_upload_is_a_bad_row_that_names_both_lines(company):
    """Counted silently, a payment that was cancelled stays in the board's figures."""
    both = {
        "badges": AWARDS + "x1,002,c1,2024-06-11,Completed\nx1,002,c1,2024-06-11,Cancelled\n"
        "x2,001,c1,2024-06-12,Failed\nx2,001,c1,2024-06-20,Passed\n",  # the second attempt
        "spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Paid\ni1,c1,2024-02-09,300,EUR,employer,Void\n"
        "i2,c1,2024-02-01,90,EUR,employer,Pending\ni2,c1,2024-02-02,90,EUR,employer,Paid\n",
    }
    outcome = land(company, both)
    assert outcome.status == "refused"
    assert [message.split(";")[0] for message in messages(outcome, "error")] == [
        "badges.csv, line 2, column award_id: 'x1': counts here and is Cancelled on line 3",
        "spend.csv, line 2, column spend_id: 'i1': counts here and is Void on line 3",
    ]

    kept = land(company, both, quarantine=True)
    assert kept.status == "stored"
    assert (revoked(company), amounts(company)) == ({"x2": None}, {"i2": "90.00"})


def test_a_row_left_out_by_the_mapping_calls_nothing_off(company):
    paid = {"spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Paid\ni1,c1,2024-02-09,300,EUR,employer,Void\n"}
    outcome = land(company, paid, mapping=Mapping(skip={"Payment status": ["Void"]}))
    assert outcome.status == "stored", messages(outcome, "error")
    assert amounts(company) == {"i1": "300.00"}


def test_a_cancelled_payment_without_an_id_of_its_own_or_another_day_is_an_alarm_and_never_certain(company):
    """Small invoice numbers come again with every vendor; ids made from rows never do."""
    made = Mapping(constants={"spend_id": "{row}"})
    header = "employee_id,credential_id,paid_on,amount,currency,funding_source,Payment status\n"
    row = "001,c1,2024-02-01,300,EUR,employer,{}\n"
    assert land(company, {"spend": header + row.format("Paid")}, 1, mapping=made).status == "stored"
    outcome = land(company, {"spend": header + row.format("Cancelled")}, 2, mapping=made)
    assert [m for m in messages(outcome, "alarm") if "is about 1 payment stored earlier" in m]

    land(company, {"spend": PAYMENTS + "i7,c1,2024-02-05,80,EUR,employer,Paid\n"}, 3)
    bare = "spend_id,credential_id,paid_on,amount,currency,funding_source,Payment status\ni7,,{},,EUR,employer,Void\n"
    outcome = land(company, {"spend": bare.format("2025-06-10")}, 4)
    assert [m for m in messages(outcome, "alarm") if "is about 1 payment stored earlier" in m]
    assert amounts(company)["i7"] == "80.00"
    land(company, {"spend": bare.format("2024-02-05")}, 5)
    assert amounts(company)["i7"] == "0.00"


def test_a_refund_of_a_payment_that_was_cancelled_before_is_an_alarm(company):
    """Otherwise the same money is taken off twice, and spend is negative."""
    land(company, {"spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Paid\n"}, 1)
    assert land(company, {"spend": PAYMENTS + "i1,c1,2024-02-01,300,EUR,employer,Cancelled\n"}, 2).status == "stored"
    outcome = land(company, {"spend": PAYMENTS + "r1,c1,2024-03-01,300,EUR,employer,Refund\n"}, 3)
    assert [m for m in messages(outcome, "alarm") if "'r1': is a refund of money that is taken off already" in m]


def test_a_refund_that_names_nobody_leaves_it_open_whether_a_cancelled_payment_has_come_back(company):
    named = "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source,Payment status\n"
    first = named + "i1,001,c1,2024-02-01,300,EUR,employer,Paid\nr1,,c1,2024-03-01,300,EUR,employer,Refund\n"
    land(company, {"spend": first}, 1)
    outcome = land(company, {"spend": named + "i1,001,c1,2024-02-01,300,EUR,employer,Cancelled\n"}, 2)
    assert [m for m in messages(outcome, "alarm") if "is about 1 payment stored earlier" in m]
    assert amounts(company)["i1"] == "300.00"


@pytest.mark.parametrize(
    ("kind", "text", "mapping"),
    [
        (
            "spend",
            PAYMENTS + "s1,c1,2024-02-01,300,EUR,employer,Paid\ns1,c1,2024-02-02,40,EUR,employer,Refund\n",
            Mapping(columns={"spend_id": ["spend_id", "Payment status"]}),
        ),
        (
            "badges",
            "employee_id,credential_id,issued_on,Status\n001,c1,2024-06-01,Completed\n002,c1,2024-06-01,Revoked\n",
            Mapping(columns={"revocation_reason": "Status"}),
        ),
    ],
)
def test_a_status_goes_on_being_one_where_it_is_also_part_of_an_id_or_a_reason(company, kind, text, mapping):
    """An answer that switched the status off made 340 of 260 euros, and a revoked badge valid."""
    outcome = land(company, {kind: text}, mapping=mapping)
    assert outcome.status == "stored", messages(outcome, "error")
    if kind == "spend":
        assert sorted(amounts(company).values()) == ["-40.00", "300.00"]
    else:
        assert set(revoked(company).values()) == {None, "2024-06-01"}


def test_a_cancelled_award_without_a_day_or_under_an_answered_name_is_an_alarm(company):
    awards = "name,credential_id,issued_on,Status\n"
    answered = Mapping(values={"name": {"Annie P": "002"}}, people="by name")
    stored = land(company, {"badges": awards + "Annie P,c1,2024-06-11,Completed\n"}, 1, mapping=answered)
    assert stored.status == "stored", messages(stored, "error")
    for n, row in enumerate(("Annie P,c1,2024-06-11,Cancelled\n", "Annie P,c1,,Cancelled\n"), start=2):
        outcome = land(company, {"badges": awards + row}, n, mapping=answered)
        assert [m for m in messages(outcome, "alarm") if "stored earlier, or so it seems" in m], row


def test_a_negative_amount_that_is_left_out_and_a_file_of_negative_amounts_only_are_alarms(company):
    void = PAYMENTS + "s1,c1,2024-02-01,300,EUR,employer,Paid\ns2,c1,2024-02-02,-300,EUR,employer,Void\n"
    outcome = land(company, {"spend": void}, 1)
    assert [m for m in messages(outcome, "alarm") if '[values."Payment status"] "Void" = "refund"' in m]
    statement = PAYMENTS + "s3,c1,2024-02-01,-300,EUR,employer,Paid\ns4,c1,2024-02-02,-20,EUR,employer,Paid\n"
    assert land(company, {"spend": statement}, 2, unattended=True).status == "refused"
    outcome = land(company, {"spend": statement}, 3)
    assert [m for m in messages(outcome, "alarm") if "every amount is negative" in m]


@pytest.mark.parametrize("word", ["Refunded", "Chargeback", "Erstattet", "remboursé"])
def test_a_payment_that_its_own_row_now_calls_refunded_becomes_nothing_and_not_less(company, word):
    """The next export of a payment system has the same row with another state: 300 paid and 300 back is 0, not -300."""
    paid = PAYMENTS + "p1,c1,2024-02-01,300,EUR,employer,Paid\np2,c1,2024-02-01,80,EUR,employer,Paid\n"
    assert land(company, {"spend": paid}, 1).status == "stored"
    then = {"spend": PAYMENTS + f"p1,c1,2024-02-01,300,EUR,employer,{word}\np2,c1,2024-02-01,80,EUR,employer,Paid\n"}
    refund = Mapping(values={"Payment status": {word: "refund"}})
    outcome = land(company, then, 3, refund, careful=True)
    assert outcome.status == "refused"
    assert any("say that its status is `leave out`" in m for m in messages(outcome, "alarm"))

    left_out = Mapping(values={"Payment status": {word: "leave out"}})
    assert land(company, then, 3, left_out, careful=True).status == "stored"
    assert amounts(company) == {"p1": "0.00", "p2": "80.00"}


def test_a_refund_of_what_nobody_paid_is_warned_of_unless_a_payment_without_a_name_may_be_meant(company):
    named = PAYMENTS.replace("credential_id", "employee_id,credential_id")
    outcome = land(company, {"spend": named + "r1,002,c2,2024-03-01,404,EUR,employer,Refund\n"}, 1)
    assert [m for m in messages(outcome, "warning") if "'r1': takes off more than was ever paid" in m]
    all_at_once = named + "i1,,c1,2024-02-01,900,EUR,employer,Paid\nr2,001,c1,2024-03-01,300,EUR,employer,Refund\n"
    outcome = land(company, {"spend": all_at_once}, 3)
    assert not [m for m in messages(outcome, "warning") if "'r2'" in m]
