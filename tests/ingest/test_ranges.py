"""Values at the ends of what is accepted: they count right, and what lies beyond is told by what it is."""

from datetime import date
from decimal import Decimal

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadFile
from skilltrack.ingest import import_folder
from skilltrack.ingest.reading.questions import Unanswered
from skilltrack.questions import Filters, Metrics, catalogue
from skilltrack.reports import exports
from skilltrack.reports.receipts import Order
from skilltrack.storage.store import Store
from tests.ingest.test_import import one, places, write

ROLES = "role_id,role_name,skill_id,required_level,weight,valid_from\n"
SPEND = "spend_id,credential_id,paid_on,amount,currency,funding_source\n"


@pytest.fixture
def store():
    opened = Store.open(":memory:")
    yield opened
    opened.close()


@pytest.mark.parametrize(("kind", "text", "column", "said"), [
    ("roles", ROLES + "r,R,s1,1,1,0001-01-01\n", "valid_from", "is before 1900-01-01, the first day that is accepted"),
    ("roles", ROLES + "r,R,s1,1,1,1899-12-31\n", "valid_from", "is before 1900-01-01, the first day that is accepted"),
    ("roles", ROLES + "r,R,s1,1,1,2024-02-30\n", "valid_from", "is not a date; write it as YYYY-MM-DD"),
    ("roles", ROLES + "r,R,s1,1,1,10000-01-01\n", "valid_from", "is not a date; write it as YYYY-MM-DD"),
    ("roles", ROLES + "r,R,s1,1000000,1,\n", "required_level", "is too large; levels go up to 999999"),
    ("roles", ROLES + "r,R,s1,0,1,\n", "required_level", "is not a level; levels are whole numbers from 1 to 999999"),
    ("roles", ROLES + "r,R,s1,1,10000000,\n", "weight", "is too large; weights go up to 9999999.9999"),
    ("roles", ROLES + "r,R,s1,1,0.00001,\n", "weight", "is not a weight; write a number of 0 or more with at most four"),
    ("spend", SPEND + "p,c1,2024-01-01,1234567890123456789012,EUR,grant\n", "amount",
     "is too large; amounts go up to 9999999999999.99"),
    ("spend", SPEND + "p,c1,2024-01-01,-12345678901234.50,EUR,grant\n", "amount", "is too large; amounts go up to"),
    ("spend", SPEND + "p,c1,2024-01-01,1e3,EUR,grant\n", "amount", "is not an amount; write it with a point"),
    ("targets", "team,skill_id,level,headcount\nA,s1,1,1000000\n", "headcount",
     "is too large; whole numbers go up to 999999"),
])  # fmt: skip
def test_a_value_outside_its_range_is_told_by_what_it_is(company, tmp_path, kind, text, column, said):
    outcome = one(company, tmp_path, kind, text)

    assert [place[:2] for place in places(outcome)] == [(2, column)]
    assert said in outcome.errors[0].message


def test_the_columns_of_a_file_with_too_many_are_counted_right(store, tmp_path):
    header = ",".join(["skill_id", "name", *(f"c{n}" for n in range(100_000))])

    with pytest.raises(BadFile, match="has 100,002 columns, more than 1,000"):
        one(store, tmp_path, "skills", header + "\n" + "x," * 100_001 + "x\n")
    with pytest.raises(BadFile, match="has 100,002 columns, more than 1,000"):
        one(store, tmp_path, "skills", header.replace(",c5,", ',"c5",') + "\n" + "x," * 100_001 + "x\n")


@pytest.mark.parametrize("name", ["Сварка труб", "溶接技術", "Schweißen", "Welding", "ابتثج"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_offered_as_what_it_is_whatever_the_script(store, tmp_path, name, encoding):
    rows = "".join(f"s{n},{name}\n" for n in range(20))
    for text in (f"skill_id,name\n{rows}", f"skill_id,name\r\n{rows}".replace("\n", "\r\n").replace("\r\r", "\r")):
        with pytest.raises(Unanswered) as asked:
            one(store, tmp_path, "skills", text.encode(encoding))

        question = asked.value.questions[0]
        assert (question.about, list(question.answers)) == ("encoding", [encoding])
        assert name in question.answers[encoding] or (name.isascii() and "skill_id" in question.answers[encoding])


def test_a_text_with_a_stray_nul_is_not_taken_for_utf_16(store, tmp_path):
    with pytest.raises(BadFile, match="line 3: a NUL character"):
        one(store, tmp_path, "skills", b"skill_id,name\ns1,A\n\x00s2,B\ns3,C\ns4,D\n")


MONEY, WEIGHT, WHOLE = "9999999999999.99", "9999999.9999", "999999"


@pytest.fixture(scope="module", params=["100", WEIGHT])
def largest(request, tmp_path_factory):
    """A company of 30 people in which every number is as large as it can be, the weight that of the parameter."""
    people = "".join(f"e{n},N{n},A,r\n" for n in range(30))
    files = {
        "skills": "skill_id,name\ns,S\nt,T\n",
        "credentials": "credential_id,name,issuer,validity_months,list_price,currency\n"
        f"c,C,I,{WHOLE},{MONEY},EUR\nd,D,I,{WHOLE},{MONEY},EUR\n",
        "credential_skills": f"credential_id,skill_id,level\nc,s,{WHOLE}\n",
        "stacks": f"credential_id,component_id,min_components\nd,c,{WHOLE}\n",
        "roles": "role_id,role_name,skill_id,required_level,weight,critical\n"
        f"r,R,s,{WHOLE},{request.param},true\nr,R,t,{WHOLE},{request.param},false\n",
        "roster": f"employee_id,name,team,role_id\n{people}",
        "badges": "employee_id,credential_id,issued_on\n" + "".join(f"e{n},c,2024-01-01\n" for n in range(10)),
        "targets": f"team,skill_id,level,headcount\nA,s,{WHOLE},{WHOLE}\n",
        "spend": "spend_id,employee_id,credential_id,paid_on,amount,currency,funding_source\n"
        + "".join(f"p{n},e{n % 30},c,2024-01-01,{MONEY},EUR,employer\n" for n in range(2000)),
    }
    folder = tmp_path_factory.mktemp("largest")
    store = Store.open(folder / "x.duckdb")
    outcome = import_folder(store, write(folder / "files", **files), effective=date(2024, 1, 1))
    assert outcome.status == "stored", outcome.errors
    yield store
    store.close()


@pytest.mark.parametrize("reads_kept", [True, False])
def test_the_largest_values_count_right_in_every_number(largest, reads_kept):
    metrics = Metrics(largest, reads_kept)
    weight = str(largest.query("select max(weight) as weight from role_rows")["weight"][0].as_py())
    # With the smaller weight only what weighs is asked: every other number is what it is with the larger one.
    for name, metric in catalogue().items() if weight == WEIGHT else ():
        for role in (None, "r"):
            employee = "e1" if metric.report == "employee" else None
            metrics.ask(name, Viewer.everyone(), Filters(date(2024, 6, 1), role=role, employee=employee))
    for role in (None, "r"):
        ready = metrics.ask("readiness", Viewer.everyone(), Filters(date(2024, 6, 1), role=role))
        assert ready["readiness"].tolist() == ready["partial"].tolist()
        assert sorted(ready["readiness"]) == [0.0] * 20 + [0.5] * 10
    closest = metrics.ask("closest", Viewer.everyone(), Filters(date(2024, 6, 1), role="r"))
    assert closest["partial"].tolist() == closest["readiness"].tolist() == [0.5] * 10 + [0.0] * 20
    for team in (None, "A"):
        paid = metrics.ask("spend", Viewer.everyone(), Filters(date(2024, 6, 1), team=team)).iloc[0]
        assert paid["amount"] == 2000 * Decimal(MONEY)
        assert paid["cost_per_award"] == pytest.approx(200 * float(MONEY))


@pytest.mark.parametrize(("name", "form"), [("board", "pdf"), ("board", "xlsx"), ("team", "pdf"), ("audit", "xlsx")])
def test_the_largest_values_stand_in_every_pack(largest, name, form):
    asked = Filters(date(2024, 6, 1), team="A" if name == "team" else None)

    assert exports.export(largest, Viewer.everyone(), Order(name, form, asked), None)[1]
