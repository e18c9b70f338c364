"""Programs fetch reports with a token: the files of the command, what the account may see, and nothing it may not."""

import io
import json
import logging
from datetime import date

import pandas as pd
import pytest
from openapi_schema_validator import OAS31Validator
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access.accounts import give, take, viewer_called
from skilltrack.access.tokens import end_token, make_token
from skilltrack.access.viewer import Viewer
from skilltrack.api import Watched, calls
from skilltrack.api import routes as api
from skilltrack.api.document import document
from skilltrack.config import ROOT, today
from skilltrack.ingest import import_folder
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters
from skilltrack.reports import as_xlsx, exports
from skilltrack.reports.exports import FORMATS, Order, forms_of
from skilltrack.signing import make_key

OPERATOR, DAY = Viewer.everyone(), "2026-02-15"
COMPANY = ROOT / "tests" / "versions" / "company" / "first"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = store_at(tmp_path_factory.mktemp("reports") / "x.duckdb")
    assert import_folder(store, COMPANY, effective=date(2025, 1, 1)).status == "stored"
    for account, role in (("feed@x.example", "hr"), ("money@x.example", "ld"), ("audit@x.example", "auditor")):
        give(store, OPERATOR, account, role)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_DB", store.path)
        patch.setenv("SKILLTRACK_API_RATE", "10000")
        patch.setenv("SKILLTRACK_URL", "https://works.example")
        make_key(store, "Works", "local")
        yield store


@pytest.fixture(scope="module")
def boss(store):
    """A manager who sees some people and not all."""
    listed = store.query("select distinct manager_id as id from kept_roster where manager_id is not null").to_pylist()
    seen = {row["id"]: len(viewer_called(store, row["id"]).lines) for row in listed}
    return sorted(seen)[-1]


@pytest.fixture(scope="module")
def ask(store):
    """A function that asks as an account: address, query, headers; its token is made at the first request."""
    client, tokens = TestClient(Watched(Starlette(routes=api.ROUTES)), raise_server_exceptions=False), {}

    def asking(account, address, method="GET", token=None, headers=None, **query):
        if account and account not in tokens:
            tokens[account] = make_token(store, OPERATOR, account, ["reports"])
        shown = {"Authorization": f"Bearer {token or tokens[account]}"} if account or token else {}
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return client.request(method, f"/api/{address}", params=asked or None, headers=shown | (headers or {}))

    return asking


def message(answer):
    (problem,) = answer.json()["problems"]
    assert answer.json()["status"] == "refused"
    return problem["message"]


@pytest.mark.parametrize("name", ["coverage", "transcript", "team"])
def test_a_report_over_http_is_the_file_of_the_command_in_each_format(store, ask, boss, name):
    about = {"team": {"manager": boss}, "transcript": {"employee": boss}}.get(name, {})
    for form in forms_of(name):
        day = str(today()) if FORMATS[form].is_signed else DAY
        answer = ask(boss, f"reports/{name}", format=form, as_of=day, **about)
        order = Order(name, form, Filters(date.fromisoformat(day), **about))
        receipt, content = exports.export(store, viewer_called(store, boss), order, None)

        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["Content-Type"].split(";")[0] == FORMATS[form].media
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{exports.file_name(order)}"'
        assert answer.headers["Skilltrack-Receipt"] == receipt.digest()
    drawn = ask(boss, f"reports/{name}/receipt", format=form, as_of=day, **about)
    assert drawn.text == receipt.as_json() + "\n"


def test_every_option_of_the_command_limits_the_answer_of_a_program_alike(store, ask):
    asked = {
        "as_of": "2026-06-30",
        "known_at": "2999-01-01T00:00",
        "assurance": "claimed",
        "team": "Ops",
        "role": "r",
        "from": "2025-01-01",
        "to": "2026-06-30",
        "months": "3",
        "employee": "0101",
    }
    known = {name: value for name, value in asked.items() if name not in ("team", "role", "employee")}
    rows = pd.read_csv(io.StringIO(ask("feed@x.example", "reports/trend", **known).text))
    assert (len(rows), rows["month_end"].iloc[-1]) == (3, "2026-06-30")
    spend = ask("money@x.example", "reports/spend", from_="2025-01-01", to="2025-01-01")
    assert len(spend.text.splitlines()) == 1
    for option in ("team", "role", "employee"):
        assert ask("feed@x.example", "reports/gaps", **{option: asked[option] + "?"}).status_code == 404
    assert ask("feed@x.example", "reports/experts", level="1", skill="nothing").status_code == 404


@pytest.mark.parametrize(("account", "address", "query", "status", "why"), [
    (None, "reports/gaps", {}, 401, "has no token"),
    ("feed@x.example", "reports/nothing", {}, 404, "There is no report 'nothing'. Try one of"),
    ("feed@x.example", "reports/teams", {}, 404, "There is no report 'teams'"),
    ("feed@x.example", "reports/gaps", {"as_of": "soon"}, 400, "as_of: 'soon' is not a date. Write it as YYYY-MM-DD"),
    ("feed@x.example", "reports/gaps", {"as_of": "0001-01-01"}, 400, "outside the days"),
    ("feed@x.example", "reports/gaps", {"known_at": "x"}, 400, "known_at: 'x' is not a time"),
    ("feed@x.example", "reports/gaps", {"assurance": "sure"}, 400, "There is no assurance 'sure'"),
    ("feed@x.example", "reports/gaps", {"format": "doc"}, 400, "gaps is not available as 'doc'. Use one of: csv"),
    ("feed@x.example", "reports/gaps", {"format": "pdf", "language": "tlh"}, 400, "Use one of: en, de, fr, es"),
    ("feed@x.example", "reports/gaps", {"language": "de"}, 400, "csv is the same in every language"),
    ("feed@x.example", "reports/gaps", {"suppress": "1"}, 400, "say true or false"),
    ("feed@x.example", "reports/gaps", {"suppress": "true"}, 400, "Small numbers can be hidden in"),
    ("feed@x.example", "reports/gaps", {"skill": "s1"}, 400, "gaps is not asked about one skill"),
    ("feed@x.example", "reports/gaps", {"people": "all"}, 400, "There is no option 'people'. Use: format"),
    ("feed@x.example", "reports/gaps", {"manager": ""}, 404, "No manager '' is known"),
    ("feed@x.example", "reports/trend", {"months": "٣"}, 400, "is not a whole number"),
    ("feed@x.example", "reports/trend", {"months": "9" * 5000}, 400, "is not a whole number"),
    ("feed@x.example", "reports/trend", {"months": "0"}, 400, "Ask for 1 to 120"),
    ("feed@x.example", "reports/experts", {"level": "1.5"}, 400, "level: '1.5' is not a whole number"),
    ("feed@x.example", "reports/changes", {"from": "2026-02-01", "to": "2026-01-01"}, 400, "before it begins"),
    ("feed@x.example", "reports/transcript", {}, 400, "about one person"),
    ("feed@x.example", "reports/spend", {}, 403, "Spend is open to manager or ld"),
    ("feed@x.example", "reports/spend/receipt", {}, 403, "Spend is open to manager or ld"),
    ("audit@x.example", "reports/team", {}, 403, "Team pack is open to manager, hr or ld"),
    ("audit@x.example", "reports/gaps", {}, 403, "is open to employee, manager, hr or ld"),
    ("audit@x.example", "reports/audit", {"team": "T"}, 403, "An auditor is told counts of the whole company only"),
    ("feed@x.example", "reports", {"all": "1"}, 400, "None is known at this address"),
    ("feed@x.example", "uploads", {}, 403, "This token opens reports, not uploads"),
])  # fmt: skip
def test_what_cannot_be_answered_is_a_sentence_under_the_status_that_says_whose_turn_it_is(
    ask, account, address, query, status, why
):
    answer = ask(account, address, **{f"{name}_": value for name, value in query.items()})

    assert answer.status_code == status
    assert why in message(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_tag_says_that_nothing_changed_to_the_same_viewer_about_the_same_question_only(store, ask, boss, tmp_path):
    """A tag that two people shared would let one have the other's file out of a cache, or miss what changed."""
    asked = {"as_of": DAY, "team": ""}
    first = ask(boss, "reports/readiness", as_of=DAY)
    tag = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = ask(boss, "reports/readiness", as_of=DAY, headers=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first.headers["Vary"]

    others = [
        ask("feed@x.example", "reports/readiness", as_of=DAY, headers=tag),
        ask("money@x.example", "reports/readiness", as_of=DAY, headers=tag),
        ask(boss, "reports/readiness", as_of=DAY, format="json", headers=tag),
        ask(boss, "reports/readiness", as_of="2026-02-16", headers=tag),
        ask(boss, "reports/readiness", **asked, headers=tag),
        ask(boss, "reports/readiness/receipt", as_of=DAY, headers=tag),
        *(ask(boss, "reports/readiness", as_of=DAY, format="xlsx", language=one) for one in ("en", "de")),
    ]
    assert {answer.status_code for answer in others[:4]} == {200}
    tags = {answer.headers["ETag"] for answer in [first, *others] if "ETag" in answer.headers}
    assert len(tags) >= 8
    assert "Bereitschaft" in as_xlsx.sheets(others[-1].content)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "skills.csv").write_text("skill_id,name\nnew,New\n")
    assert import_folder(store, tmp_path / "more").status == "stored"
    assert ask(boss, "reports/readiness", as_of=DAY, headers=tag).status_code == 200
    tag = {"If-None-Match": ask(boss, "reports/readiness", as_of=DAY).headers["ETag"]}
    give(store, OPERATOR, boss, "ld")
    assert ask(boss, "reports/readiness", as_of=DAY, headers=tag).status_code == 200
    take(store, OPERATOR, boss, "ld")


def test_a_token_is_dead_at_once_when_it_is_ended_or_its_account_is_barred(store, ask):
    give(store, OPERATOR, "soon@x.example", "hr")
    token = make_token(store, OPERATOR, "soon@x.example", ["reports"])
    assert ask(None, "reports/trend", token=token).status_code == 200
    give(store, OPERATOR, "soon@x.example", "barred")
    answer = ask(None, "reports/trend", token=token)
    assert (answer.status_code, "is barred" in message(answer)) == (403, True)
    take(store, OPERATOR, "soon@x.example", "barred")
    end_token(store, OPERATOR, token.split("_")[1])
    answer = ask(None, "reports/trend", token=token)
    assert (answer.status_code, "was ended on" in message(answer)) == (401, True)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("query", ["token=x", "access_token=x", "Authorization=Bearer%20x", "API_KEY=x"])
def test_a_token_in_an_address_is_refused_also_beside_one_that_is_right(ask, query):
    """Addresses are written to the logs of proxies and servers, where anybody who reads them would find the token."""
    answer = ask("feed@x.example", f"reports/trend?{query}")

    assert answer.status_code == 400
    assert "does not belong into an address" in message(answer)


@pytest.mark.parametrize(("address", "status"), [
    ("reports/trend?team=a&team=b", 400), ("reports/%2e%2e", 404),
    ("reports/..%2fuploads", 404), ("reports/trend%00", 404),
    ("reports/trend?team=%ff%fe%00%0d%0a", 404), ("reports//trend", 404), ("reports/trend/", 404), ("reports/gaps/x", 404),
    ("reports/Trend", 404), ("reports/trend?manager=0101'%20or%201=1--", 404), ("reports/trend?as_of=2026-01-01%0d%0a", 400),
])  # fmt: skip
def test_an_address_that_tries_something_is_refused_as_data(ask, address, status):
    answer = ask("feed@x.example", address)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert answer.json()["status"] == "refused"


def test_a_token_is_used_so_often_a_minute_and_no_other_waits_for_it(ask, monkeypatch):
    monkeypatch.setattr(calls, "rate", calls.Rate())
    monkeypatch.setenv("SKILLTRACK_API_RATE", "3")
    assert [ask("money@x.example", "token").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = ask("money@x.example", "token")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "SKILLTRACK_API_RATE" in message(answer)
    assert ask("feed@x.example", "token").status_code == 200


def test_what_a_program_fetched_is_in_the_audit_log_with_its_token_and_no_log_has_the_token(store, ask, caplog):
    caplog.set_level(logging.DEBUG)
    digest = ask("feed@x.example", "reports/trend", as_of=DAY).headers["Skilltrack-Receipt"]
    newest = store.journal.audit.entries()[-1]

    assert (newest["event"], newest["who"]) == ("exported", store.journal.audit.code("feed@x.example"))
    shown = ask("feed@x.example", "token").json()
    assert newest["what"] == {"report": "trend", "format": "csv", "receipt": digest, "token": shown["token_id"]}
    ask(None, "reports/trend", token="skt_0123456789ab_" + "5" * 48)
    assert "5" * 48 not in caplog.text
    assert shown["scopes"] == ["reports"]


def test_the_list_of_reports_is_what_the_account_may_fetch_and_each_of_it_is_answered(ask, boss):
    offered = {
        account: ask(account, "reports").json()["reports"] for account in (boss, "audit@x.example", "feed@x.example")
    }
    assert {offer["name"] for offer in offered["audit@x.example"]} == {"audit"}
    assert "spend" not in {offer["name"] for offer in offered["feed@x.example"]}
    for offer in offered[boss]:
        about = {"team": {"manager": boss}, "transcript": {"employee": boss}, "board": {"format": "xlsx"}}
        answer = ask(boss, f"reports/{offer['name']}", as_of=DAY, **about.get(offer["name"], {}))
        assert answer.status_code == 200 or "hides numbers" in message(answer), offer["name"]
        if offer["columns"] and answer.headers["Content-Type"].startswith("text/csv"):
            assert answer.text.splitlines()[0].split(",") == list(offer["columns"])


def test_every_address_is_described_and_answers_as_its_description_says(store, ask, boss):
    paths = document()["paths"]
    described = {(path.replace("{name}", name), method) for path in paths for method in paths[path] for name in ("",)}
    for route in api.BELOW:
        for method in (route.methods or set()) - {"HEAD"}:
            address = f"/api{route.path}".replace("{name}", "gaps")
            assert (address, method.lower()) in described or address == "/api/openapi.json", address
    for address, status, query in (
        ("reports", 200, {}),
        ("reports/gaps", 200, {"format": "json"}),
        ("reports/gaps", 404, {"team": "?"}),
        ("token", 200, {}),
        ("health", 200, {}),
        ("reports/experts", 200, {"format": "json", "level": "1"}),
    ):
        answer = ask(boss, address, **query)
        assert answer.status_code == status
        told = paths[f"/api/{address}"]["get"]["responses"][str(status)]
        if "$ref" in told:
            told = document()["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
        schema = told["content"]["application/json"]["schema"] | {"components": document()["components"]}
        OAS31Validator(schema).validate(answer.json())
    for option in paths["/api/reports/experts"]["get"]["parameters"]:
        assert (
            f"There is no option {option['name']!r}"
            not in ask(boss, "reports/experts", **{f"{option['name']}_": "x"}).text
        )


def test_no_address_but_the_description_and_the_health_answers_without_a_token(ask):
    """Of an address that is added later as well: whoever forgets the token opens it to everybody."""
    opened = set()
    for route in api.BELOW:
        address = route.path.replace("{kind}", "skills").replace("{name}", "gaps").replace("{number}", "1")[1:]
        for method in route.methods:
            for token in (None, "skt_0123456789ab_" + "5" * 48):
                if ask(None, address, method, token=token).status_code != 401:
                    opened.add(address)

    assert opened == {"openapi.json", "health"}


def test_a_failure_of_ours_is_a_reference_and_not_a_trace(ask, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret of a row")

    monkeypatch.setattr(exports, "write", broken)
    answer = ask("feed@x.example", "reports/trend")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    reference = message(answer).rsplit(" ", 1)[1].strip(".")
    assert f"reference {reference}" in caplog.text


def test_json_holds_the_same_rows_as_csv(ask, boss):
    rows = json.loads(ask(boss, "reports/readiness", format="json", as_of=DAY).content)
    table = pd.read_csv(io.StringIO(ask(boss, "reports/readiness", as_of=DAY).text), dtype=str)

    assert [row["employee_id"] for row in rows] == table["employee_id"].tolist()
