"""A status is settled by known words or asked, in four languages and under any header, and never only a notice."""

import shutil
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skilltrack.errors import BadFile
from skilltrack.ingest import KINDS, Options, Source, import_sources
from skilltrack.ingest.landing.erased import Named, Rows, without_people
from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.ingest.reading.recognise import lay_out, score
from skilltrack.ingest.reading.sources import read_one
from skilltrack.ingest.reading.states import look
from skilltrack.ingest.reading.status import answers, few_values
from skilltrack.ingest.reading.status_words import (
    ASKED,
    COUNTS,
    LEAVE_OUT,
    LEFT,
    NO,
    OF_KIND,
    REFUND,
    REVOKED,
    WEAK,
    WORDS,
    YES,
    listed,
    words_of,
)
from skilltrack.keeping.durability import open_store
from skilltrack.keeping.mending import rebuild

BADGES = "employee_id,credential_id,issued_on"
SPEND = "spend_id,credential_id,paid_on,amount,currency,funding_source"


def mapped(kind, text, mapping=None):
    kind, mapping = KINDS[kind], mapping or Mapping()
    decoded = decode(text.encode(), "f.csv", mapping, lay_out(kind, mapping), score(kind))
    return map_columns(kind, decoded, mapping)


def tried(kind, text):
    """What a file maps to, or None, and the questions that refuse it."""
    try:
        return mapped(kind, text), ()
    except Unanswered as unanswered:
        return None, unanswered.questions


def land(store, kind, text, mapping=None, **options):
    source = Source(kind, f"{kind}.csv", text.encode(), mapping or Mapping(), mapping is not None)
    return import_sources(store, [source], Options(is_one_of_many=True, **options))  # nobody asks for a number


def meanings(kind, header, *values):
    found = look(KINDS[kind], header, Counter(values))
    return None if found is None else found.meanings


def told(outcome, severity="warning"):
    return [str(problem) for problem in outcome.problems if problem.severity == severity]


@pytest.mark.parametrize(
    ("kind", "header", "said"),
    [
        ("badges", "Kursergebnis", {"bestanden": COUNTS, "Nicht bestanden": LEAVE_OUT, "abgebrochen": LEAVE_OUT}),
        ("badges", "Résultat", {"Terminée": COUNTS, "en cours": LEAVE_OUT, "Échoué": LEAVE_OUT, "non réussi": LEAVE_OUT}),
        ("badges", "Situación", {"COMPLETADO": COUNTS, "no superada": LEAVE_OUT, "Revocada": REVOKED}),
        ("badges", "anything", {"Passed": COUNTS, "no-show": LEAVE_OUT, "IN_PROGRESS": LEAVE_OUT}),
        ("badges", "Credential State", {"Issued": COUNTS, "Revoked": REVOKED, "Unclaimed": LEAVE_OUT, "expired": ASKED}),
        ("badges", "Enrolment Status", {"Active": ASKED, "Completed": COUNTS, "Valid": ASKED, "Enrolled": LEAVE_OUT}),
        ("badges", "Kursstatus", {"aktiv": ASKED, "Abgeschlossen": COUNTS, "laufend": LEAVE_OUT}),
        ("badges", "Estado de la matrícula", {"Vigente": ASKED, "Aprobada": COUNTS}),
        ("badges", "Status", {"Current": ASKED, "Completed": COUNTS}),
        ("badges", "Status", {"Active": COUNTS, "Revoked": REVOKED}),
        ("badges", "Certification Status", {"Active": COUNTS, "Valid": COUNTS, "In progress": LEAVE_OUT}),
        ("badges", "Outcome", {"Passed - with merit": COUNTS, "Withdrawn (illness)": LEAVE_OUT, "Sat twice": ASKED}),
        ("badges", "Grade", {"Merit": ASKED, "Pass": COUNTS, "Fail": LEAVE_OUT, "Refer": LEAVE_OUT}),
        ("badges", "Decision", {"Pass": COUNTS, "Resit": LEAVE_OUT, "NOK": LEAVE_OUT, "Nachprüfung": LEAVE_OUT}),
        ("badges", "Abschlussnote", {"1,3": ASKED, "5,0": ASKED}),
        ("badges", "Removed from programme", {"No": COUNTS, "Yes": LEAVE_OUT}),
        ("badges", "Superseded?", {"": COUNTS, "x": ASKED}),
        ("badges", "Anwesenheit", {"anwesend": ASKED, "entschuldigt": LEAVE_OUT}),
        ("roster", "Status", {"Active": COUNTS, "Active - No": ASKED, "Non-employee": ASKED, "Semi-retired": ASKED,
                              "Terminated - voluntary": LEFT, "Left (2025-03-31)": LEFT, "Left - rejoined": ASKED}),
        ("badges", "Status", {"Passed": COUNTS, "De-certified": ASKED, "Completed (0%)": ASKED, "Passed: false": ASKED,
                              "Passed (87 %)": COUNTS, "Passed - with merit": COUNTS, "Failed, then passed": ASKED,
                              "Failed (12 %)": LEAVE_OUT}),
        ("badges", "Award status", {"Issued": COUNTS, "Un-revoked": ASKED, "Revoked - reinstated": ASKED}),
        ("badges", "Not completed", {"No": COUNTS, "Yes": LEAVE_OUT}),
        ("badges", "Nicht bestanden", {"nein": COUNTS, "ja": LEAVE_OUT}),
        ("badges", "Zertifikat erteilt", {"nein": LEAVE_OUT, "ja": COUNTS}),
        ("spend", "Status", {"Paid": COUNTS, "Paid: No": ASKED, "Paid, then cancelled": ASKED, "Half-paid": ASKED}),
        ("spend", "Not paid", {"No": COUNTS, "Yes": LEAVE_OUT}),
        ("roster", "Not active", {"No": COUNTS, "Yes": LEFT}),
        ("roster", "Left company", {"No": COUNTS, "Yes": LEFT}),
        ("roster", "Noch beschäftigt", {"ja": COUNTS, "nein": LEFT}),
        ("roster", "Vertragsstatus", {"laufend": COUNTS, "beendet": LEFT}),
        ("roster", "Trennungsgrund", {"": COUNTS, "Eigenkündigung": ASKED, "Rente": ASKED}),
        ("roster", "Person Type", {"Employee": COUNTS, "Retiree": LEFT, "Pensionärin": LEFT}),
        ("roster", "Estado", {"Activo": COUNTS, "De baja": ASKED}),
        ("spend", "Void?", {"": COUNTS, "V": LEAVE_OUT}),
        ("spend", "Buchungstyp", {"Rechnung": COUNTS, "Korrekturrechnung": REFUND}),
        ("self_ratings", "Rater", {"Self": COUNTS, "Manager rating": LEAVE_OUT, "Kollegin": LEAVE_OUT}),
        ("badges", "Calificación", {"Aprobado": COUNTS, "Notable": ASKED, "suspenso": LEAVE_OUT, "Sobresaliente": ASKED}),
        ("roster", "EMPL_STATUS", {"A": ASKED, "T": ASKED, "L": ASKED}),
        ("roster", "Baja", {"Sí": LEFT, "no": COUNTS}),
        ("roster", "x", {"Aktiv": COUNTS, "Gekuendigt": ASKED, "in Elternzeit": COUNTS, "Bewerberin": LEAVE_OUT}),
        ("roster", "Statut", {"Actif": COUNTS, "Démissionnaire": LEFT, "congé parental": COUNTS, "partie": LEFT}),
        ("roster", "Estado", {"Activa": COUNTS, "Baja": LEFT, "baja médica": COUNTS, "Jubilado": LEFT}),
        ("roster", "Employment Status", {"Full-Time Permanent": COUNTS, "Part time - contract": COUNTS, "Left": LEFT}),
        ("roster", "Employee status", {"Full-time": COUNTS, "Retired": LEFT, "Sabbatical": COUNTS, "Suspended": ASKED}),
        ("spend", "Buchungsart", {"Zahlung": COUNTS, "Gutschrift": REFUND, "storniert": LEAVE_OUT}),
        ("spend", "Type", {"Achat": COUNTS, "Avoir": REFUND, "Impayée": LEAVE_OUT, "remboursement": ASKED}),
        ("self_ratings", "Status", {"Submitted": COUNTS, "Draft": LEAVE_OUT, "Pending approval": ASKED}),
        ("self_ratings", "Bewertungsstatus", {"Eingereicht": COUNTS, "in Arbeit": LEAVE_OUT, "Soumise": COUNTS}),
        ("prior_learning", "Status", {"Submitted": LEAVE_OUT, "Approved": COUNTS}),
        ("skills", "Status", {"Published": COUNTS, "Draft": LEAVE_OUT, "Archived": ASKED}),
    ],
)  # fmt: skip
def test_words_of_a_status_are_known_in_four_languages_with_accents_or_without(kind, header, said):
    assert meanings(kind, header, *said) == said


@pytest.mark.parametrize(
    ("kind", "header", "yes", "no"),
    [
        ("badges", "Is Completed?", COUNTS, LEAVE_OUT),
        ("badges", "Widerrufen", REVOKED, COUNTS),
        ("badges", "révoquée", REVOKED, COUNTS),
        ("badges", "Attended", ASKED, LEAVE_OUT),
        ("badges", "Teilnahme", ASKED, LEAVE_OUT),
        ("roster", "isActive", COUNTS, LEFT),
        ("roster", "Terminated (Y/N)", LEFT, COUNTS),
        ("roster", "CurrentFlag", COUNTS, LEFT),
        ("roster", "Inactivo", LEFT, COUNTS),
        ("roster", "Attrition", LEFT, COUNTS),
        ("roster", "Termd", LEFT, COUNTS),
        ("spend", "Voided", LEAVE_OUT, COUNTS),
        ("spend", "Payée", COUNTS, LEAVE_OUT),
    ],
)
def test_yes_and_no_are_a_status_below_a_header_that_says_of_what(kind, header, yes, no):
    assert meanings(kind, header, "Yes", "0") == {"Yes": yes, "0": no}


@pytest.mark.parametrize(
    ("kind", "header", "values"),
    [
        ("roster", "Employment type", ["Full time", "Part time", "Contractor"]),
        ("roster", "Beschäftigungsart", ["Vollzeit", "Teilzeit"]),
        ("roster", "On leave", ["Yes", "No"]),
        ("roster", "Remote", ["true", "false"]),
        ("roster", "State", ["Ohio", "Texas"]),
        ("roster", "Grade", ["A", "B", "C"]),
        ("roles", "Criticality", ["critical", "nice to have"]),
        ("badges", "Enrolled", ["Yes", "No"]),
        ("badges", "Score", ["91", "38"]),
        ("badges", "Delivery", ["Classroom", "Online"]),
        ("spend", "Description", ["Exam fee", "Course fee"]),
    ],
)
def test_ordinary_categories_and_flags_are_no_status(kind, header, values):
    assert look(KINDS[kind], header, Counter(values)) is None


def test_a_status_of_something_else_than_the_rows_is_told_and_leaves_none_out():
    for kind, header, values in (
        ("badges", "User status", ["Active", "Deactivated"]),
        ("roster", "Training status", ["Completed", "Overdue"]),
    ):
        own = {"badges": (BADGES, "1,c1,2024-01-0{}"), "roster": ("employee_id,name,team", "{},Ann,A")}[kind]
        rows = "".join(f"{own[1].format(n)},{value}\n" for n, value in enumerate(values, 1))
        found = mapped(kind, f"{own[0]},{header}\n{rows}")
        assert len(found.lines) == 2
        assert [p.severity for p in found.problems if p.column == header and "status" in p.message] == ["warning"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_column_of_known_words_is_ever_only_a_notice(kind):
    """Whatever its header: it is settled or told in the open, or its file is refused with a question."""
    columns = [column for column in KINDS[kind].columns if column.required]
    for family in OF_KIND.get(kind, ("record",)):
        for meaning, words in WORDS[family].items():
            chosen = [word for word in dict.fromkeys(listed(words)) if meaning != WEAK][::7]
            for value in chosen:
                header = ",".join([*(column.name for column in columns), "Zzz"])
                cells = [
                    "1" if c.type in ("level", "whole") else "2024-01-01" if c.type == "date" else "x" for c in columns
                ]
                text = f"{header}\n{','.join([*cells, value])}\n"
                if KINDS[kind].one_of:
                    text = f"employee_id,{text}".replace("\n", "\n1,", 1)
                found, questions = tried(kind, text)
                is_asked = any("Zzz" in question.about for question in questions)
                is_told = found and any(p.column == "Zzz" and p.severity == "warning" for p in found.problems)
                assert is_asked or is_told, value


@given(st.data())
def test_what_is_said_of_each_value_decides_about_exactly_its_rows(data):
    words = data.draw(st.lists(st.sampled_from(sorted(words_of("badges"))), min_size=1, max_size=6, unique=True))
    rows = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=12))
    says = {word: data.draw(st.sampled_from(list(answers(KINDS["badges"])))) for word in words}
    text = f"{BADGES},St. a.t\n" + "".join(f"{n},c1,2024-01-01,{word}\n" for n, word in enumerate(rows))
    found = mapped("badges", text, Mapping(values={"st. A.t": says}))

    kept = [(str(n), says[word]) for n, word in enumerate(rows) if says[word] != LEAVE_OUT]
    assert found.columns["employee_id"].to_pylist() == [n for n, _ in kept]
    assert found.columns["status_says"].to_pylist() == [meaning for _, meaning in kept]
    again = parse_mapping(found.mapping.for_command.to_toml(), "m.toml")
    assert mapped("badges", text, again).columns == found.columns


def test_completions_that_do_not_count_are_left_out_and_told_with_their_numbers(company):
    rows = "002,c2,2024-05-01,Abgeschlossen\n001,c2,2024-05-02,Durchgefallen\n001,c1,2024-05-03,offen\n"
    outcome = land(company, "badges", f"{BADGES},Kursstatus\n{rows}")

    assert outcome.counts[0].new == 1
    line = next(line for line in told(outcome) if "column Kursstatus" in line)
    assert "'Abgeschlossen' (1 row) count; 'Durchgefallen' (1 row), 'offen' (1 row) are left out" in line


def test_a_word_that_is_not_known_is_asked_with_its_rows_and_the_answer_is_kept_for_the_next_file(company):
    text = f"{BADGES},Exam status\n002,c2,2024-05-01,Passed\n001,c2,2024-05-02,Resit booked for\n"
    with pytest.raises(Unanswered) as raised:
        land(company, "badges", text)
    (question,) = raised.value.questions
    assert question.about == "values.Exam status.Resit booked for"
    assert set(question.answers) == {COUNTS, LEAVE_OUT, REVOKED}
    assert "1 row" in question.text

    answered = Mapping().answered({question.about: LEAVE_OUT})
    assert land(company, "badges", text, answered).counts[0].new == 1
    later = land(company, "badges", text.replace("05-0", "06-0"))
    assert later.counts[0].new == 1, "as it was answered for the file before"


def test_an_answer_under_a_header_with_a_point_in_it_stands_in_the_mapping_and_back(company):
    text = f"{BADGES},Exam. status\n002,c2,2024-05-01,Passed\n001,c2,2024-05-02,as agreed\n"
    with pytest.raises(Unanswered) as raised:
        land(company, "badges", text)
    answered = Mapping().answered({question.about: COUNTS for question in raised.value.questions})
    assert answered.values == {"Exam. status": {"as agreed": COUNTS}}
    assert land(company, "badges", text, parse_mapping(answered.for_command.to_toml(), "m.toml")).counts[0].new == 2


def test_skip_names_any_header_and_a_meaning_that_does_not_exist_is_refused(company):
    text = "employee_id,name,team,Vertragsart\n1,Ann,A,intern\n2,Bo,A,Leiharbeit\n"
    outcome = land(company, "roster", text, Mapping(skip={"vertragsart": ["Leiharbeit"]}))
    assert outcome.counts[0].new == 1
    assert any("'Leiharbeit' (1 row) are left out" in line for line in told(outcome, "notice"))
    with pytest.raises(BadFile, match=r"\[skip\]: roster has no column 'Nowhere'.*The headers of roster.csv are:"):
        land(company, "roster", text, Mapping(skip={"Nowhere": ["x"]}))
    with pytest.raises(BadFile, match="'Leiharbeit' says 'gone'.*'counts', 'left', 'leave out'"):
        land(company, "roster", text, Mapping(values={"Vertragsart": {"Leiharbeit": "gone"}}))


def test_a_person_who_is_not_active_left_the_day_before_the_roster_holds_and_contradicting_days_are_told(company):
    text = (
        "employee_id,name,left_on,Beschäftigungsstatus\n1,Ann,,aktiv\n2,Bo,,ausgeschieden\n3,Cy,2024-02-03,ausgeschieden\n"
        "4,Di,2024-01-31,aktiv\n5,Ed,2025-01-01,inaktiv\n"
    )
    outcome = land(company, "roster", text, effective=date(2024, 4, 1))
    stored = (
        f"select employee_id, cast(left_on as varchar) as day from roster_rows where upload_id = {outcome.upload_id}"
    )

    assert {row["employee_id"]: row["day"] for row in company.query(stored).to_pylist()} == {
        "1": None,
        "2": "2024-03-31",
        "3": "2024-02-03",
        "4": "2024-01-31",
        "5": "2025-01-01",
    }
    assert any("line 5, column left_on: '2024-01-31': is in the past" in line for line in told(outcome))
    assert any("line 6, column left_on: '2025-01-01': is not past" in line for line in told(outcome))


def test_a_revocation_without_a_day_holds_from_the_upload_that_tells_it_first_or_from_the_day_of_issue(company):
    def revoked():
        rows = company.query(
            "select award_id, cast(max_by(revoked_on, upload_id) as varchar) as day, "
            "max_by(revocation_reason, upload_id) as reason from badge_rows group by award_id"
        )
        return {row["award_id"]: (row["day"], row["reason"]) for row in rows.to_pylist()}

    head = "award_id,employee_id,credential_id,issued_on,Widerrufen,Revocation reason\n"
    rows = "a1,002,c1,2024-01-10,{},\nb1,001,c1,2024-02-01,x,cheated\n"
    outcome = land(company, "badges", head + rows.format(""))
    assert outcome.status == "stored", outcome.problems
    assert revoked() == {"a1": (None, None), "b1": ("2024-02-01", "cheated")}, "brought by this upload"

    landed = company.query("select cast(max(happened_at) as date) as day from upload_events")["day"][0].as_py()
    land(company, "badges", head + rows.format("x"))
    assert revoked()["a1"][0] >= landed.isoformat(), "from the day of the upload that tells it"
    first = revoked()["a1"][0]
    land(company, "badges", head + rows.format("x") + "b2,001,c2,2024-02-01,,\n")
    assert revoked()["a1"][0] == first


def test_refunds_are_taken_off_and_what_was_not_paid_is_left_out(company):
    rows = "1,c1,2024-05-01,80.00,EUR,employer,Kauf\n2,c1,2024-05-02,80.00,EUR,employer,Rückerstattung\n"
    rows += "3,c1,2024-05-03,-15.00,EUR,employer,Gutschrift\n4,c1,2024-05-04,99.00,EUR,employer,abgelehnt\n"
    outcome = land(company, "spend", f"{SPEND},Art\n{rows}")
    amounts = company.query(f"select amount from spend_rows where upload_id = {outcome.upload_id} order by spend_id")

    assert amounts["amount"].to_pylist() == [Decimal("80.00"), Decimal("-80.00"), Decimal("-15.00")]


def test_a_post_without_anybody_is_nobody_and_told(company):
    text = "employee_id,name,team\n1,Ann,A\n2,Vacant,A\n3,TBC,A\n4,Vakant (Nachfolge),A\n5,Vacantia Lee,A\n6,N/D,A\n7,N.N.,A\n"
    outcome = land(company, "roster", text)

    assert outcome.counts[0].new == 3
    assert any(
        "column name: 'Vacant' (1 row), 'TBC' (1 row), 'Vakant (Nachfolge)' (1 row), 'N.N.' (1 row)" in line
        for line in told(outcome)
    )


def test_a_catalogue_with_a_word_that_is_not_known_lands_and_asks(company):
    text = "credential_id,name,issuer,Lifecycle\nn1,New,Inst,Active\nn2,Old,Inst,Retired\nn3,Never,Inst,Draft\n"
    outcome = land(company, "credentials", text)

    assert outcome.counts[0].new == 2
    assert [question.about for question in outcome.questions] == ["values.Lifecycle.Retired"]
    assert any("Whether 'Retired' should count is not known" in line for line in told(outcome))


def test_a_date_column_by_its_header_that_holds_a_status_is_read_as_one():
    found = mapped("roster", "employee_id,name,team,Exit date\n1,Ann,A,active\n2,Bo,A,terminated\n")

    assert "left_on" not in found.columns
    assert found.columns["status_says"].to_pylist() == [COUNTS, LEFT]


def test_files_with_a_status_land_again_in_the_same_way(made, tmp_path):
    path = shutil.copytree(made, tmp_path / "copy") / "company.duckdb"
    store = open_store(path)
    assert land(store, "badges", f"{BADGES},State\n001,c2,2024-05-01,Revoked\n002,c2,2024-05-01,Pending\n").upload_id
    same = "spend_id,email,credential,paid_on,amount,currency,funding_source,Note\n"
    row = "9,bo@x.example,One,2024-01-02,5.00,EUR,employer,n\n"
    assert land(store, "spend", same + row + row).counts[0].new == 1
    before = {t: store.query(f"from {t} order by all").to_pylist() for t in ("badge_rows", "spend_rows")}
    store.close()

    rebuild(path, lambda line: None)
    store = open_store(path)
    assert {t: store.query(f"from {t} order by all").to_pylist() for t in before} == before
    store.close()


def test_a_file_without_somebody_keeps_what_its_mapping_says_of_statuses_and_nobody_s_name():
    text = f"{BADGES},State,Remark\n001,c1,2024-05-01,Issued,ok\n001,c2,2024-05-01,Pending,ok\n002,c1,2024-05-01,Revoked,ok\n"
    text += "003,c1,2024-05-01,Revoked,of Bo Ray\n004,c1,2024-05-01,Issued,Bo Ray\n"
    mapping = Mapping(skip={"Remark": ["Bo Ray", "never"]})
    read = read_one(Source("badges", "b.csv", text.encode(), mapping, is_mapped=True), "")
    assert read.mapped.columns["employee_id"].to_pylist() == ["001", "002", "003"]

    left = without_people(read, Named(frozenset({"002"}), names=frozenset({"Bo Ray"})), Rows())
    assert left.content is not None
    assert (b"002" in left.content, b"Bo Ray" in left.content, "Bo Ray" in left.mapping.to_toml()) == (False,) * 3
    again = read_one(Source("badges", "b.csv", left.content, left.mapping, is_mapped=True, is_again=True), "").mapped
    found = dict(zip(again.columns["employee_id"].to_pylist(), again.columns["status_says"].to_pylist(), strict=True))
    assert found == {"001": COUNTS, "003": REVOKED}, "what was left out stays so"


def test_a_column_of_very_many_values_is_not_looked_at_for_a_status():
    rows = "".join(f"{n},Ann,A,{n}\n" for n in range(20_000))
    kind, mapping = KINDS["roster"], Mapping()
    decoded = decode(f"employee_id,name,team,x\n{rows}".encode(), "f.csv", mapping, lay_out(kind, mapping), score(kind))

    assert few_values(decoded.columns[3]) is None
    assert few_values(decoded.columns[2]) == {"A": 20_000}


def test_yes_and_no_are_never_words_of_a_status_by_themselves():
    known = {word for family in WORDS.values() for words in family.values() for word in listed(words)}

    assert not known & (YES | NO)


def people(store):
    """Each person of the newest roster: name, manager, first and last day."""
    rows = store.query(
        "select name, manager_id, hired_on, left_on from roster_rows "
        "where upload_id = (select max(upload_id) from roster_rows) order by employee_id"
    ).to_pylist()
    return [tuple(row.values()) for row in rows]


def test_what_stands_behind_a_name_is_a_status_and_no_part_of_the_name(company, tmp_path):
    text = (
        "Employee ID,Worker,Manager\n1,Ann Lee (On Leave),\n2,Bo Ray [Past Employee],Ann Lee (On Leave)\n"
        "3,Di Ox (Exeter),1\n4,Ed Ash (ausgeschieden),Di Ox (Exeter)\n5,Flo Ek,1\n6,Gil Amo (ex-colleague),1\n"
    )
    outcome = land(company, "roster", text, effective=date(2024, 6, 1))

    left = date(2024, 5, 31)
    expected = [
        ("Ann Lee", None, None, None),
        ("Bo Ray", "1", None, left),
        ("Di Ox (Exeter)", "1", None, None),
        ("Ed Ash", "3", None, left),
        ("Flo Ek", "1", None, None),
        ("Gil Amo (ex-colleague)", "1", None, None),
    ]
    assert people(company) == expected
    assert any("'On Leave' (1 row) count; 'Past Employee' (1 row), 'ausgeschieden'" in line for line in told(outcome))
    assert [p.value for p in outcome.problems if "that this person has left" in p.message] == ["Gil Amo (ex-colleague)"]

    company.close()
    rebuild(tmp_path / "company.duckdb", lambda line: None)
    company = open_store(tmp_path / "company.duckdb")
    assert people(company) == expected
    company.close()


def test_two_statuses_that_contradict_each_other_are_told_with_the_first_line(company):
    text = f"{BADGES},Status,Kursergebnis\n001,c2,2024-05-01,Completed,bestanden\n002,c2,2024-05-02,Completed,durchgefallen\n"
    outcome = land(company, "badges", text)

    assert outcome.counts[0].new == 1
    clash = [line for line in told(outcome) if "contradict each other" in line]
    assert len(clash) == 1
    assert "line 3" in clash[0]
    assert "'Status' and 'Kursergebnis' contradict each other in 1 row" in clash[0]
    agreeing = land(company, "badges", text.replace("Completed,durch", "Failed,durch").replace("2024-05", "2024-06"))
    assert not [line for line in told(agreeing) if "contradict each other" in line]


def test_what_people_wrote_is_a_status_where_every_value_is_a_word_of_one_and_is_asked_about_where_one_has_a_word():
    remarks = ("Passed", "great course!", "Failed to find parking", "ok", "Completed late")
    found = look(KINDS["badges"], "Comments", Counter(remarks))

    assert found is not None
    assert found.meanings == dict.fromkeys(remarks, COUNTS) | {"Failed to find parking": ASKED}, (
        "what is no status is asked"
    )
    assert meanings("badges", "Bemerkung", "bestanden", "abgebrochen") == {
        "bestanden": COUNTS,
        "abgebrochen": LEAVE_OUT,
    }
    assert look(KINDS["badges"], "Comments", Counter(("nice", "dull"))) is None


@pytest.mark.parametrize(
    ("header", "days", "is_asked"),
    [
        ("Last Hire Date", "2023-03-01", False),
        ("Wiedereintritt", "2023-03-01", False),
        ("Hire Date", "2023-03-01", True),
        ("Hire Date", "2023-03-01,Active", False),
    ],
)
def test_somebody_who_was_hired_again_works_here_whatever_their_earlier_last_day(company, header, days, is_asked):
    text = f"Employee ID,Name,{header},Termination Date\n1,Ann Lee,2015-01-01,\n2,Bo Ray,{days},2020-05-31\n"
    if days.endswith("Active"):
        text = text.replace(",Termination", ",Status,Termination").replace("2015-01-01", "2015-01-01,Active")
    mapping = parse_mapping(f'[columns]\nhired_on = "{header}"', "m")
    outcome = land(company, "roster", text, mapping)

    assert [asked.about for asked in outcome.questions if asked.about == "rehired"] == ["rehired"] * is_asked
    assert people(company)[1][3] == (date(2020, 5, 31) if is_asked else None)
    if is_asked:
        answered = mapping.answered({"rehired": "yes"})
        assert land(company, "roster", text, answered).status == "stored"
        assert people(company)[1][3] is None
    again = mapped("roster", "employee_id,name,hired_on,left_on\n2,Bo,2019-01-01,2020-05-31\n")
    assert (again.questions, again.mapping.rehired) == ([], ""), "who left after they were hired has left"


def test_managers_are_found_by_the_other_id_by_which_a_file_names_them(company):
    text = (
        "USERID,EMPID,FIRSTNAME,LASTNAME,MANAGER\n"
        "7,101,Ann,Lee,NO_MANAGER\n9,102,Bo,Ray,7\n101,103,Di,Ox,9\n8,104,Ed,Ash,101\n"
    )
    outcome = land(company, "roster", text)

    assert outcome.status == "stored"
    assert people(company) == [
        ("Ann Lee", None, None, None),
        ("Bo Ray", "101", None, None),
        ("Di Ox", "102", None, None),
        ("Ed Ash", "103", None, None),
    ], "101 is an employee's number as well: the column names user ids throughout"
    own = "employee_id,name,manager_id,Desk\n1,Ann,,2\n2,Bo,1,1\n3,Di,1,3\n4,Ed,2,4\n"
    assert "other_id" not in mapped("roster", own).mapping.columns, (
        "where managers are employees, nothing else is looked for"
    )


@pytest.mark.parametrize("header", ["Revoked", "Cancelled", "Widerrufen", "Annulé le", "Suspended since"])
def test_a_word_for_a_revocation_over_days_is_the_day_of_the_revocation(header):
    found = mapped(
        "badges", f"employee_id,credential_id,issued_on,{header}\n1,c,2024-01-01,2024-02-02\n2,c,2024-01-01,\n"
    )
    assert found.columns["revoked_on"].to_pylist() == ["2024-02-02", ""]
    flags = f"employee_id,credential_id,issued_on,{header}\n1,c,2024-01-01,yes\n2,c,2024-01-01,no\n"
    flagged, questions = tried("badges", flags)  # what a suspension means is asked
    assert "revoked_on" not in (flagged.columns if flagged else {})
    assert flagged or [question.about for question in questions] == [f"values.{header}.yes"]


def test_a_reason_for_a_revocation_alone_is_an_alarm_because_the_award_counts(company):
    text = "employee_id,credential_id,issued_on,revocation_reason\n001,c1,2024-06-01,Cheating\n002,c1,2024-06-01,\n"
    outcome = land(company, "badges", text)
    assert [line for line in told(outcome, "alarm") if "gives a reason in 1 row, and no day and no status" in line]


def test_words_that_are_skipped_are_compared_without_case_and_told_where_no_row_has_them():
    text = "employee_id,credential_id,issued_on,Status\n1,c,2024-01-01,Cancelled\n2,c,2024-01-01,Completed\n"
    found = mapped("badges", text, Mapping(skip={"Status": ["cancelled", "Lost"]}))
    assert found.left_out is None
    assert found.columns["employee_id"].to_pylist() == ["2"]
    assert any("[skip] names 'Lost', which no row has" in problem.message for problem in found.problems)
