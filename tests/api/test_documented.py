"""The examples of the documents work as they are written, against a real server; and what only a real server shows."""

import json
import os
import re
import subprocess
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from skilltrack.access.accounts import give
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping.durability import open_store
from skilltrack.questions import Filters
from skilltrack.reports.receipts import Order
from skilltrack.reports.saved import request
from tests.browser.conftest import Server

TEAM = "R&D $HOME `date`; 100% 'a'"
"""A name that a shell and an address read otherwise where it is not written with care."""
FILES = {
    "roster.csv": f"employee_id,name,team,role_id\n01,Ann,North,r\n02,Bo,North,r\n03,Cy,{TEAM},r\n",
    "credentials.csv": "credential_id,name,issuer\nc1,Crane,I\n",
    "badges.csv": "who;what;day\n01;c1;2026-01-05\n",
    "badges.toml": 'delimiter = ";"\n[columns]\nemployee_id = "who"\ncredential_id = "what"\nissued_on = "day"\n',
}
EXAMPLES = [
    example
    for page in sorted((ROOT / "docs").glob("*.md"))
    for example in re.findall(r"^```\w*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if "curl" in example and "systemctl" not in example
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a server, a token of HR, and a folder with the files that the documents name."""
    folder = tmp_path_factory.mktemp("documented")
    store = open_store(folder / "x.duckdb")
    give(store, Viewer.everyone(), "feed@x.example", "hr")
    token = make_token(store, Viewer.everyone(), "feed@x.example", ["imports", "reports", "uploads"])
    store.close()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    server = Server(folder / "x.duckdb")
    yield server.url.rstrip("/"), token, folder
    server.stop()


def run(served, example):
    url, token, folder = served
    told = os.environ | {"SKILLTRACK_URL": url, "TOKEN": token}
    return subprocess.run(["bash", "-euc", example], cwd=folder, env=told, capture_output=True, check=False)


def test_every_curl_example_of_the_documents_works_as_it_is_written(served):
    assert len(EXAMPLES) > 5
    for example in EXAMPLES:
        ended = run(served, example)
        assert ended.returncode == 0, (example, ended.stdout, ended.stderr)
    folder = served[2]
    assert (folder / "gaps.csv").read_text().startswith("employee_id,name,team,")
    assert (folder / "team.pdf").read_bytes().startswith(b"%PDF")
    trend = next(example for example in EXAMPLES if "etag" in example)
    status = trend.replace("-sS", "-sS -w '%{http_code}'")
    assert [run(served, status).stdout for _ in range(2)] == [b"200", b"304"]  # the examples after it changed the data
    assert (folder / "trend.csv").read_text().count("\n") == 25


def test_the_command_that_the_page_shows_fetches_the_same_file_whatever_the_filters_are_called(served):
    order = Order("readiness", "json", Filters(team=TEAM, assurance="claimed"))
    ended = run(served, request(order))

    assert ended.returncode == 0, ended.stdout
    rows = json.loads((served[2] / "readiness.json").read_text())
    assert [(row["employee_id"], row["team"]) for row in rows] == [("03", TEAM)]


def asked(served, method, path, **headers):
    line = HTTPConnection(urlsplit(served[0]).netloc, timeout=60)
    line.putrequest(method, path)
    for name, value in {"authorization": [f"Bearer {served[1]}"], **headers}.items():
        for each in value:
            line.putheader(name, each)
    line.endheaders()
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer.status, answer.headers, content


def test_a_head_is_answered_as_a_get_without_the_file(served):
    path = "/api/reports/readiness?format=xlsx&as_of=2026-02-01"
    whole = asked(served, "GET", path)
    log = served[2] / "x.duckdb.audit"
    noted = log.read_text().count('"exported"')
    head = asked(served, "HEAD", path)

    assert log.read_text().count('"exported"') == noted > 0, "an auditor reads of a file that nobody got"
    assert (head[0], head[2], len(whole[2])) == (200, b"", int(whole[1]["Content-Length"]))
    same = ("ETag", "Content-Length", "Content-Type", "Content-Disposition", "Skilltrack-Receipt")
    assert [head[1][name] for name in same] == [whole[1][name] for name in same]
    assert asked(served, "HEAD", "/api/reports/readiness?team=nobody")[0] == 404
    assert asked(served, "HEAD", path, authorization=["Bearer x"])[0] == 401


@pytest.mark.parametrize(("path", "headers", "status"), [
    ("/api/reports/trend?" + "team=" + "x" * 70_000, {}, 414), ("/api/reports/trend%0d%0aX-A:%20b", {}, 404),
    ("/api/reports/../uploads", {}, 400), ("/api/reports/%2e%2e/uploads", {}, 400),
    ("/api/token", {"authorization": ["Bearer a", "Bearer b"]}, 401), ("/api/token", {"authorization": ["Bearer \xff\xfe"]}, 401),
    ("/api/token", {"authorization": ["Bearer " + "x" * 5000]}, 401), ("/api/token", {"authorization": []}, 401),
    ("/api/token", {"origin": ["http://evil.example"]}, 403), ("/api/token", {"x-forwarded-for": ["127.0.0.1"]}, 403),
    ("/api/token", {"cookie": ["_streamlit_user=x"], "authorization": []}, 401),
])  # fmt: skip
def test_a_request_that_tries_something_gets_no_further_than_the_door(served, path, headers, status):
    answer = asked(served, "GET", path, **headers)

    assert answer[0] == status
    assert b"<html" not in answer[2]
    assert "X-A" not in answer[1]
    assert served[1].encode() not in answer[2]
