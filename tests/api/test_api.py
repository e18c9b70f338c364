"""Programs push files over HTTP: let in by a token, told the same as on the command line, one upload a request."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access import accounts
from skilltrack.access.viewer import Viewer
from skilltrack.api import routes as api
from skilltrack.keeping.shared_store import store_at
from skilltrack.storage.store import Store
from tests.badges.signing import Signer, badge
from tests.browser.conftest import Server

TOKEN = "a token of the test"
SKILLS = b"skill_id,name\ns1,Welding\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLTRACK_API_TOKEN", TOKEN)
        server = Server(tmp_path_factory.mktemp("api") / "api.duckdb")
        yield server.url
        server.stop()


def post(url, path, content, token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url + path, content, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_pushed_file_is_stored_once_however_often_it_is_sent(url):
    first = post(url, "api/imports/skills?name=nightly.csv", SKILLS)
    second = post(url, "api/imports/skills?name=nightly.csv", SKILLS)

    assert (first[0], first[1]["status"], first[1]["upload_id"]) == (200, "stored", 1)
    assert first[1]["counts"][0] | {"kind": ""} == {
        "kind": "",
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "gone": 0,
        "quarantined": 0,
    }
    assert (second[0], second[1]["status"], second[1]["upload_id"]) == (200, "repeated", 1)


def test_a_bad_row_is_told_with_its_place_and_nothing_is_stored(url):
    status, said = post(url, "api/imports/skills", b"skill_id,name\ns2,Cutting\ns3,\n")

    assert (status, said["status"], said["upload_id"]) == (422, "refused", None)
    assert [(p["line"], p["column"]) for p in said["problems"]] == [(3, "name")]
    assert post(url, "api/imports/skills?dry_run=true", b"skill_id,name\ns2,Cutting\n")[1]["counts"][0]["new"] == 1


def test_an_answer_asks_as_data_and_a_mapping_sent_along_answers(url):
    post(url, "api/imports/credentials", b"credential_id,name,issuer\nq1,Crane,I\n")
    spend = b"Invoice Number,Certification,Invoice Date,Amount\ni-1,Crane,2024-02-01,30.00\n"
    status, said = post(url, "api/imports/spend", spend)
    assert status == 422
    questions = {question["about"]: question for question in said["questions"]}
    assert list(questions) == ["columns.currency", "columns.funding_source"]
    (typed,) = questions["columns.funding_source"]["typed"]
    assert (typed["about"], typed["choices"][0]) == ("constants.funding_source", "employer")
    assert questions["columns.currency"]["samples"]["Amount"] == ["30.00"]

    mapping = quote('[constants]\ncurrency = "EUR"\nfunding_source = "employer"\n')
    status, said = post(url, f"api/imports/spend?mapping={mapping}", spend)
    assert (status, said["counts"][0]["new"]) == (200, 1)
    status, said = post(url, "api/imports/spend?mapping=%5Bconstants", spend)
    assert (status, "The mapping of the request cannot be read" in said["problems"][0]["message"]) == (422, True)


def test_many_awards_that_change_their_holder_are_stored_only_when_the_program_says_that_they_are_meant(url):
    people = [f"{n:02}" for n in range(30)]
    header = "award_id,employee_id,credential_id,issued_on\n"
    rows = [header + "".join(f"{n},{people[n - shift]},c1,2024-01-10\n" for n in range(30)) for shift in (0, 1)]
    roster = "employee_id,name\n" + "".join(f"{person},N\n" for person in people)
    for kind, text in (
        ("roster", roster),
        ("credentials", "credential_id,name,issuer\nc1,One,I\n"),
        ("badges", rows[0]),
    ):
        assert post(url, f"api/imports/{kind}", text.encode())[1]["status"] == "stored"
    status, said = post(url, "api/imports/badges?quarantine=true", rows[1].encode())

    assert (status, said["status"]) == (422, "refused")
    assert any(problem["is_grave"] and "30 of 30" in problem["message"] for problem in said["problems"])
    assert post(url, "api/imports/badges?corrections=true", rows[1].encode())[1]["counts"][0]["changed"] == 30


def test_a_badge_as_a_file_is_sent_as_any_file_and_one_that_was_changed_is_a_bad_row(url):
    """A learning system hands badges in as they were signed; as a table nothing of them could be verified."""
    school = Signer()
    for kind, text in (
        ("roster", "employee_id,name,email\n7,Mara Lind,mara@works.example\n"),
        ("credentials", "credential_id,name,issuer,url\nw2,Welding,Weld School,https://weld.example/badges/2\n"),
        ("issuer_keys", f"issuer,key\nWeld School,{school.did}\n"),
    ):
        assert post(url, f"api/imports/{kind}", text.encode())[1]["status"] == "stored"
    signed = json.dumps(school.prove(badge(school.did))).encode()
    status, said = post(url, "api/imports/badges?name=b.json", signed.replace(b"Welds pipes", b"Welds ships"))
    assert (status, "is not to be believed" in said["problems"][0]["message"]) == (422, True)
    status, said = post(url, "api/imports/badges?name=b.json", signed)
    assert (status, said["counts"][0]["new"]) == (200, 1)


@pytest.mark.parametrize(
    ("path", "content", "token", "status", "said"),
    [
        ("api/imports/skills", SKILLS, None, 401, "Bearer"),
        ("api/imports/skills", SKILLS, "another", 401, "not one that this server knows"),
        ("api/imports/people", SKILLS, TOKEN, 404, "roster"),
        ("api/imports/skills?mode=merge", SKILLS, TOKEN, 422, "no mode 'merge'"),
        ("api/imports/skills?effective=soon", SKILLS, TOKEN, 422, "YYYY-MM-DD"),
        ("api/imports/skills?dryrun=true", SKILLS, TOKEN, 422, "no option 'dryrun'"),
        ("api/imports/skills?careful=1", SKILLS, TOKEN, 422, "true or false"),
        ("api/imports/skills", b"", TOKEN, 422, "is empty"),
        ("api/imports/skills", "skill_id,name\ns1,Größe\n".encode("cp1252"), TOKEN, 422, "not UTF-8"),
    ],
)
def test_what_cannot_be_taken_is_a_sentence_in_the_same_shape(url, path, content, token, status, said):
    found = post(url, path, content, token)

    assert (found[0], found[1]["status"]) == (status, "refused")
    assert said in found[1]["problems"][0]["message"]


def test_a_question_comes_with_its_answers(url):
    _, said = post(url, "api/imports/skills", "skill_id,name\ns1,Größe\n".encode("cp1252"))

    assert said["questions"][0]["about"] == "encoding"
    assert "cp1252" in said["questions"][0]["answers"]


def answered(url, path, method="GET", headers=()):
    """Status, headers and problems of an answer, whatever it is."""
    line = HTTPConnection(urlsplit(url).netloc, timeout=60)
    line.request(method, f"/{path}", headers=dict(headers))
    answer = line.getresponse()
    content = answer.read()
    line.close()
    messages = [problem["message"] for problem in json.loads(content)["problems"]] if content else []
    return answer.status, answer.headers, messages


def begun(url, path, size, headers=()):
    """A request of which only the head has been sent."""
    line = HTTPConnection(urlsplit(url).netloc, timeout=60)
    line.putrequest("POST", f"/{path}")
    for name, value in (("Authorization", f"Bearer {TOKEN}"), ("Content-Length", str(size)), *headers):
        line.putheader(name, value)
    line.endheaders()
    return line


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("api/imports/people", 404, "no such kind of file"),
        ("api/imports/skills?dryrun=true", 422, "no option 'dryrun'"),
        ("api/imports/skills?effective=soon", 422, "YYYY-MM-DD"),
        ("api/imports/skills?mode=merge", 422, "no mode 'merge'"),
    ],
)
def test_kind_and_options_are_checked_before_the_body_is_sent(url, path, status, message):
    with closing(begun(url, path, 2**30)) as line:  # else the server waits for the body for ever
        answer = line.getresponse()

        assert answer.status == status
        assert message in json.load(answer)["problems"][0]["message"]


@pytest.mark.parametrize(
    ("header", "status", "message"),
    [
        (f"Bearer {TOKEN}", 422, "is empty"),
        (f"bearer {TOKEN}", 422, "is empty"),
        (f"BEARER   {TOKEN}", 422, "is empty"),
        (TOKEN.replace(" ", "-"), 401, "not of the form `Bearer"),
        (f"Basic {TOKEN}", 401, "not of the form `Bearer"),
        ("Bearer", 401, "not of the form `Bearer"),
        ("Bearer another", 401, "not one that this server knows"),
        (None, 401, "has no token"),
    ],
)
def test_a_token_needs_the_scheme_bearer_in_any_case_and_a_wrong_one_is_called_wrong(url, header, status, message):
    found = answered(url, "api/imports/skills", "POST", {"Authorization": header} if header else {})

    assert found[0] == status
    assert message in found[2][0]
    if status == 401:
        assert found[1]["WWW-Authenticate"].startswith("Bearer")


def test_a_bare_token_without_a_scheme_lets_nobody_in(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", "0123456789abcdef")
    client = TestClient(Starlette(routes=api.ROUTES))

    def status(header):
        return client.post("/api/imports/skills", content=SKILLS, headers={"Authorization": header}).status_code

    assert [status("0123456789abcdef"), status("Bearer 0123456789abcdef")] == [401, 200]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_another_method_on_an_import_is_answered_with_the_one_that_works(url, method):
    status, headers, messages = answered(url, "api/imports/skills", method)

    assert (status, headers["Allow"], headers["Content-Type"]) == (405, "POST", "application/json")
    assert method == "HEAD" or "Use POST" in messages[0]


@pytest.mark.parametrize(
    "path", ["api", "api/", "api/import/skills", "api/uploads/1/2", "api/imports/skills/x", "api/x.js"]
)
def test_an_unknown_address_below_api_is_never_answered_by_the_page(url, path):
    status, headers, messages = answered(url, path)

    assert (status, headers["Content-Type"]) == (404, "application/json")
    assert f"nothing at /{path}" in messages[0]


def within_a_minute(is_so):
    """Wait for something that comes soon; a machine that runs other tests meanwhile is slow."""
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def unnamed_files(server, folder):
    """Files in a folder that the server has open and that have no name any more."""
    links = []
    for link in Path(f"/proc/{server.number}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has closed it meanwhile
            links.append(link.readlink())
    return [link for link in links if str(link).startswith(str(folder)) and str(link).endswith("(deleted)")]


def test_a_body_lies_on_the_disk_while_it_comes_and_one_that_ends_early_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", TOKEN)
    server = Server(tmp_path / "early.duckdb")
    try:
        assert post(server.url, "api/imports/skills", SKILLS)[0] == 200
        within_a_minute((tmp_path / "early.duckdb.socket").exists)  # for commands beside it, from its start on
        before = sorted(path.name for path in tmp_path.rglob("*"))
        line = begun(server.url, "api/imports/skills", 10 * 2**20)
        line.send(b"skill_id,name\n" + b"t1,Begun\n" * 2**18)
        within_a_minute(lambda: unnamed_files(server, tmp_path))
        assert len(unnamed_files(server, tmp_path)) == 1
        assert sorted(path.name for path in tmp_path.rglob("*")) == before
        line.close()
        within_a_minute(lambda: not unnamed_files(server, tmp_path))
        assert post(server.url, "api/imports/skills", SKILLS)[1]["status"] == "repeated"
        assert sorted(path.name for path in tmp_path.rglob("*")) == before
    finally:
        server.stop()


def test_a_disk_that_fills_while_a_file_comes_is_a_sentence_and_nothing_is_left(tmp_path, monkeypatch):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs to mount a small file system")
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", TOKEN)
    server = Server(small / "full.duckdb")
    try:
        assert post(server.url, "api/imports/skills", SKILLS)[0] == 200
        left = os.statvfs(small).f_bavail
        status, told = post(server.url, "api/imports/skills", SKILLS + b"t1,Too much for here\n" * 2**20)
        assert (status, told["status"]) == (507, "refused")
        assert "is full" in told["problems"][0]["message"]
        within_a_minute(lambda: os.statvfs(small).f_bavail >= left)
        assert post(server.url, "api/imports/skills", SKILLS)[1]["status"] == "repeated"
    finally:
        server.stop()
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_a_file_announced_as_too_large_is_refused_before_it_is_sent(url):
    line = HTTPConnection(urlsplit(url).netloc, timeout=60)
    line.putrequest("POST", "/api/imports/skills")
    line.putheader("Authorization", f"Bearer {TOKEN}")
    line.putheader("Content-Length", str(5 * 2**30))
    line.endheaders()
    answer = line.getresponse()
    said = json.load(answer)
    line.close()

    assert (answer.status, said["status"]) == (413, "refused")
    assert "more than 4 GiB" in said["problems"][0]["message"]


def test_files_pushed_at_once_each_land_whole_as_an_upload_of_their_own(url):
    with ThreadPoolExecutor(6) as pool:
        texts = [b"skill_id,name\n" + b"".join(b"t%d-%d,At once\n" % (n, row) for row in range(50)) for n in range(6)]
        said = list(pool.map(lambda text: post(url, "api/imports/skills", text), texts))

    assert [(status, told["status"], told["counts"][0]["new"]) for status, told in said] == [(200, "stored", 50)] * 6
    assert len({told["upload_id"] for _, told in said}) == 6


def test_a_database_that_another_process_holds_is_told_for_another_try(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_API_TOKEN", TOKEN)
    holder = Store.open(tmp_path / "held.duckdb")
    # `serve` would refuse to start on it.
    server = Server(tmp_path / "held.duckdb", command=("streamlit", "run", "app.py", "--server.headless", "true"))
    try:
        status, said = post(server.url, "api/imports/skills", SKILLS)
        assert (status, said["status"]) == (503, "refused")
        assert "is open in" in said["problems"][0]["message"]
        for stranger in (post(server.url, "api/imports/skills", SKILLS, "another"), answered(server.url, "api/health")):
            assert (stranger[0], "The database cannot be used now" in str(stranger)) == (503, True)
            assert str(tmp_path) not in str(stranger)  # whoever knows no token is not told where it lies
        holder.close()
        assert post(server.url, "api/imports/skills", SKILLS)[0] == 200
    finally:
        holder.close()
        server.stop()


def test_the_document_is_valid_and_tells_every_option_and_what_is_answered(url):
    from openapi_schema_validator import OAS31Validator  # loading it compiles grammars, for seconds: here only
    from openapi_spec_validator import validate

    with urllib.request.urlopen(url + "api/openapi.json", timeout=60) as answer:
        document = json.load(answer)

    push = document["paths"]["/api/imports/{kind}"]["post"]
    assert {p["name"] for p in push["parameters"]} >= {"kind", "effective", "quarantine", "dry_run"}
    assert set(push["responses"]) == {
        "200", "400", "401", "403", "404", "405", "413", "414", "422", "429", "500", "503", "507",
    }  # fmt: skip
    validate(document)
    schema = document["components"]["schemas"]["Outcome"]
    for address, body, status in (("skills", SKILLS, 200), ("skills", b"skill_id\nx\n", 422), ("nothing", SKILLS, 404)):
        answered, outcome = post(url, f"api/imports/{address}", body)
        assert answered == status
        OAS31Validator(schema).validate(outcome)


def test_without_a_token_set_nobody_is_let_in(tmp_path, monkeypatch):
    monkeypatch.delenv("SKILLTRACK_API_TOKEN", raising=False)
    server = Server(tmp_path / "closed.duckdb")
    try:
        assert post(server.url, "api/imports/skills", SKILLS, token="")[0] == 401
        assert post(server.url, "api/imports/skills", SKILLS)[0] == 401
    finally:
        server.stop()


def test_the_token_does_what_its_account_may_as_long_as_it_may(tmp_path, monkeypatch):
    path, admin = tmp_path / "x.duckdb", Viewer("root", frozenset({"administrator"}))
    for name, said in (("DB", str(path)), ("API_TOKEN", TOKEN), ("API_ACCOUNT", "Push@HRIS.example")):
        monkeypatch.setenv(f"SKILLTRACK_{name}", said)
    store, client = store_at(path), TestClient(Starlette(routes=api.ROUTES))

    def push(content, kind="skills"):
        return client.post(f"/api/imports/{kind}", content=content, headers={"Authorization": f"Bearer {TOKEN}"})

    assert push(SKILLS).status_code == 403
    accounts.give(store, admin, "push@hris.example", "auditor")
    refused = push(SKILLS)
    assert (refused.status_code, refused.json()["status"]) == (403, "refused")
    message = refused.json()["problems"][0]["message"]
    assert "Uploads is open to hr or ld; push@hris.example has no such role" in message
    accounts.give(store, admin, "push@hris.example", "ld")
    refused = push(b"employee_id,name\n1,Ann\n", "roster")
    assert (refused.status_code, refused.json()["status"]) == (403, "refused")
    assert "Only HR may upload or undo files of roster" in refused.json()["problems"][0]["message"]
    assert push(SKILLS).json()["upload_id"] == 1
    assert store.query("select by_whom from upload_events").to_pylist() == [{"by_whom": "push@hris.example"}]
    noted = [entry["who"] for entry in store.journal.audit.entries() if entry["event"] == "uploaded"]
    assert noted == [store.journal.audit.code("push@hris.example")]
    accounts.give(store, admin, "push@hris.example", "barred")
    assert "is barred" in push(b"skill_id,name\ns2,Cutting\n").json()["problems"][0]["message"]
    assert store.query("select count(*) as n from upload_events").to_pylist() == [{"n": 1}]


@pytest.mark.parametrize("day", ["9999-12-30", "0001-01-01", "soon", "20240101"])
def test_an_effective_day_that_cannot_be_asked_about_is_refused_with_a_sentence(url, day):
    roster = b"employee_id,name\n1,Ann\n"
    status, said = post(url, f"api/imports/roster?effective={day}", roster)

    assert (status, said["status"]) == (422, "refused")
    assert f"effective: {day}" in said["problems"][0]["message"].replace("'", "")


def test_an_import_address_with_a_slash_at_its_end_is_answered_there_and_sends_nobody_elsewhere(url):
    status, headers, messages = answered(url, "api/imports/badges/", "POST")

    assert (status, headers["Content-Type"], headers["Location"]) == (404, "application/json", None)
    assert "nothing at /api/imports/badges/" in messages[0]
