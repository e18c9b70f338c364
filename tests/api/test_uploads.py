"""Programs send several files as one upload, look at the history, and take uploads back: whole, and as their account may."""

import asyncio
from datetime import date

import pytest
from openapi_schema_validator import OAS31Validator
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skilltrack.access.accounts import give
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.api import parts
from skilltrack.api import routes as api
from skilltrack.api.document import document
from skilltrack.ingest import import_folder, undo, uploads
from skilltrack.keeping.shared_store import store_at
from tests.access.sight import write

OPERATOR = Viewer.everyone()
SKILLS = b"skill_id,name\nw,Welding\n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_API_RATE", "10000")
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    store = store_at(tmp_path / "x.duckdb")
    roster = b"employee_id,name,team,role_id\n01,Ann,T,r\n02,Bo,T,r\n"
    first = {"roster": roster, "skills": SKILLS, "roles": b"role_id,role_name,skill_id,required_level\nr,R,w,1\n"}
    (tmp_path / "first").mkdir()
    for kind, content in first.items():
        (tmp_path / "first" / f"{kind}.csv").write_bytes(content)
    assert import_folder(store, tmp_path / "first", effective=date(2024, 1, 1)).status == "stored"
    give(store, OPERATOR, "feed@x.example", "hr")
    give(store, OPERATOR, "learning@x.example", "ld")
    return store


@pytest.fixture
def ask(store):
    client, tokens = TestClient(Starlette(routes=api.ROUTES)), {}

    def asking(account, address, method="GET", **more):
        if account not in tokens:
            tokens[account] = make_token(store, OPERATOR, account, ["imports", "uploads"])
        headers = {"Authorization": f"Bearer {tokens[account]}"} | more.pop("headers", {})
        return client.request(method, f"/api/{address}", headers=headers, **more)

    return asking


def message(answer):
    return answer.json()["problems"][0]["message"]


def sent(*files):
    return {"files": [(kind, (name, content)) for kind, name, content in files]}


PRIOR = b"employee_id,skill_id,level,assessor,valid_from\n01,new,2,Cy,2026-01-01\n02,new,2,Cy,2026-01-01\n"


def test_several_files_are_one_upload_in_the_order_of_their_dependencies_with_a_mapping(store, ask):
    """Sent one by one, half of a night's files could be in and half not."""
    vendor = b"Code;Called\nnew;New skill\n"
    mapping = b'delimiter = ";"\n[columns]\nskill_id = "Code"\nname = "Called"\n'
    files = sent(("prior_learning", "p.csv", PRIOR), ("skills", "s.txt", vendor), ("skills.mapping", "m.toml", mapping))
    checked = ask("feed@x.example", "imports?dry_run=true", "POST", **files).json()
    assert (checked["status"], len(uploads(store))) == ("checked", 1)
    stored = ask("feed@x.example", "imports", "POST", **files).json()

    assert (stored["status"], stored["upload_id"]) == ("stored", 2)
    assert [(count["kind"], count["new"]) for count in stored["counts"]] == [("skills", 1), ("prior_learning", 2)]
    assert ask("feed@x.example", "imports", "POST", **files).json()["status"] == "repeated"
    assert ask("feed@x.example", "uploads/2").json()["files"][0]["name"] == "s.txt"
    noted = [entry["what"].get("request") for entry in store.journal.audit.entries() if entry["event"] == "used_token"]
    assert noted == ["POST /api/imports"] * 2
    OAS31Validator(document()["components"]["schemas"]["Outcome"]).validate(stored)


def test_one_bad_row_of_one_file_refuses_all_of_them(store, ask):
    files = sent(
        ("skills", "s.csv", b"skill_id,name\nnew,New\n"),
        ("prior_learning", "p.csv", PRIOR + b"99,new,1,Cy,2026-01-01\n"),
    )
    answer = ask("feed@x.example", "imports", "POST", **files)

    assert (answer.status_code, answer.json()["status"]) == (422, "refused")
    assert [(p["file"], p["line"]) for p in answer.json()["problems"] if p["severity"] == "error"] == [("p.csv", 4)]
    assert len(uploads(store)) == 1


CLOSED = b"--X--\r\n"
PART = b'--X\r\nContent-Disposition: form-data; name="skills"; filename="s.csv"\r\n\r\nskill_id,name\nq,Q\n\r\n'


BODIES = [
    ("text/csv", SKILLS, 400, "named after its kind"), ("multipart/form-data", PART, 400, "is not multipart"),
    ("multipart/form-data; boundary=" + "x" * 300, PART, 400, "Boundary length"),
    ("multipart/form-data; boundary=X", b"nothing", 400, "is not multipart"),
    ("multipart/form-data; boundary=X", b"", 400, "ended before its last part"),
    ("multipart/form-data; boundary=X", CLOSED, 400, "has no part"),
    ("multipart/form-data; boundary=X", PART, 400, "ended before its last part did. Nothing was stored"),
    ("multipart/form-data; boundary=X", PART.replace(b"skills", b"people") + CLOSED, 400, "no such kind of file as 'people'"),
    ("multipart/form-data; boundary=X", PART.replace(b"skills", b"") + CLOSED, 400, "no such kind of file as ''"),
    ("multipart/form-data; boundary=X", PART.replace(b"skills", b"roster.mapping") + CLOSED, 400, "none came"),
    ("multipart/form-data; boundary=X", PART + PART.replace(b"skills", b"skills.mapping") + CLOSED, 422, "mapping of the request"),
    ("multipart/form-data; boundary=X", PART * (parts.MOST + 1) + CLOSED, 400, "more than 200 parts"),

]  # fmt: skip
"""What is sent as which type of content, and how it is refused."""


def test_a_body_that_is_not_whole_or_not_understood_is_refused_and_nothing_of_it_is_stored(store, ask):
    """The last file of a body that was cut off must not be lost in silence."""
    for content_type, body, status, why in BODIES:
        answer = ask("feed@x.example", "imports", "POST", content=body, headers={"Content-Type": content_type})

        assert (answer.status_code, answer.json()["status"]) == (status, "refused"), why
        assert why in message(answer)
    assert len(uploads(store)) == 1


def test_the_history_comes_page_by_page_and_says_when_it_has_not_changed(store, ask, tmp_path):
    for number in range(4):
        write(tmp_path / f"{number}", {"skills": [{"skill_id": f"s{number}", "name": "S"}]})
        assert import_folder(store, tmp_path / f"{number}").status == "stored"
    address, listed = "uploads?limit=2", []
    while address:
        answer = ask("feed@x.example", address)
        OAS31Validator(document()["components"]["schemas"]["Page"]).validate(answer.json())
        listed.append([upload["upload_id"] for upload in answer.json()["uploads"]])
        assert ("Link" in answer.headers) == (answer.json()["next"] is not None)
        address = (answer.json()["next"] or "").removeprefix("/api/")
    assert listed == [[5, 4], [3, 2], [1]]
    tag = {"If-None-Match": ask("feed@x.example", "uploads").headers["ETag"]}
    assert ask("feed@x.example", "uploads", headers=tag).status_code == 304
    assert ask("learning@x.example", "uploads", headers=tag).status_code == 200
    undo(store, 5)
    assert ask("feed@x.example", "uploads", headers=tag).json()["uploads"][0]["status"] == "undone"
    for query in (
        "limit=0",
        "limit=501",
        "limit=x",
        "before=0",
        "before=-1",
        "before=99999999999",
        "limit=" + "9" * 5000,
    ):
        assert ask("feed@x.example", f"uploads?{query}").status_code == 400, query


def test_an_upload_is_taken_back_and_put_back_whole_after_a_look_at_what_it_would_do(store, ask):
    looked = ask("feed@x.example", "uploads/1/undo?dry_run=true", "POST").json()
    assert (looked["status"], looked["effects"]["people"]) == ("checked", {"leave": 2})
    assert [person["name"] for person in looked["effects"]["who"]] == ["Ann", "Bo"]
    assert looked["effects"]["teams"] == [
        {"team": "T", "required_before": 2, "met_before": 0, "required_after": 0, "met_after": 0}
    ]
    assert uploads(store)["status"].tolist() == ["landed"]
    for event, state in (("undo", "undone"), ("redo", "landed")):
        answer = ask("feed@x.example", f"uploads/1/{event}", "POST")
        assert (answer.status_code, uploads(store)["status"].tolist()) == (200, [state])
        OAS31Validator(document()["components"]["schemas"]["Taken"]).validate(answer.json())
        again = ask("feed@x.example", f"uploads/1/{event}", "POST")
        assert (again.status_code, "Upload 1 is" in message(again)) == (409, True)
    events = [entry["event"] for entry in store.journal.audit.entries()]
    assert [event for event in events if event in ("undone", "redone")] == ["undone", "redone"]


def test_a_token_undoes_and_imports_only_what_its_account_may(store, ask):
    for address in ("uploads/1/undo", "uploads/1/undo?dry_run=true"):
        refused = ask("learning@x.example", address, "POST")
        assert (refused.status_code, "Only HR may upload or undo files of roster" in message(refused)) == (403, True)
    files = sent(("skills", "s.csv", b"skill_id,name\nnew,New\n"), ("roster", "r.csv", b"employee_id,name\n03,Cy\n"))
    refused = ask("learning@x.example", "imports", "POST", **files)
    assert (refused.status_code, "Only HR may upload" in message(refused)) == (403, True)
    assert len(uploads(store)) == 1
    assert (
        ask("learning@x.example", "imports", "POST", **sent(("skills", "s.csv", b"skill_id,name\nnew,New\n"))).json()[
            "upload_id"
        ]
        == 2
    )
    for address, method in (
        ("uploads/9", "GET"),
        ("uploads/9/undo", "POST"),
        ("uploads/x", "GET"),
        ("uploads/" + "9" * 5000, "GET"),
        ("uploads/-1", "GET"),
    ):
        assert ask("feed@x.example", address, method).status_code == 404, address
    assert ask("feed@x.example", "uploads/1/undo").status_code == 405
    assert ask("feed@x.example", "uploads/1/undo?force=true", "POST").status_code == 400


def test_an_account_that_is_barred_while_its_file_still_comes_stores_nothing(store):
    """Else whoever is barred holds a request open, and sends its end whenever they like."""
    token = make_token(store, OPERATOR, "feed@x.example", ["imports"])
    pieces = [SKILLS[:9], SKILLS[9:]]
    answers = []

    async def receive():
        if len(pieces) == 1:
            give(store, OPERATOR, "feed@x.example", "barred")
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message):
        answers.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/imports/skills", "raw_path": b"/api/imports/skills", "query_string": b"", "root_path": "",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"host", b"localhost")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(Starlette(routes=api.ROUTES)(scope, receive, send))

    assert answers[0]["status"] == 403
    assert b"barred" in answers[1]["body"]
    assert len(uploads(store)) == 1
