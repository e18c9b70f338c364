"""Files pushed by other programs: `POST /api/imports/{kind}`, one upload a request, told as the commands tell it.

The body is the file. A bearer token from the environment lets a program in, as the account that stands beside it;
without one set, nobody is.
"""

import hmac
import tempfile
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from skilltrack import __version__
from skilltrack.access import Viewer
from skilltrack.accounts import viewer_called
from skilltrack.config import settings
from skilltrack.days import day_of
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest import KINDS, Options, Outcome, Problem, Source, import_sources
from skilltrack.ingest.decode import LARGEST_FILE
from skilltrack.ingest.questions import Unanswered
from skilltrack.ingest.sources import last_part
from skilltrack.opened import store_at
from skilltrack.store import Store

YES_NO = ("quarantine", "dry_run", "careful", "corrections")
ASKED = {
    "name": "The file's name, for the history; decides nothing.",
    "effective": "First day a roster holds, YYYY-MM-DD; today by default.",
    "mode": "snapshot replaces the roster, changes amends it.",
    "quarantine": "true: store the good rows and keep the bad ones apart.",
    "dry_run": "true: tell what would change and store nothing.",
    "careful": "true: refuse a file that looks wrong as a whole (an alarm).",
    "corrections": "true: awards that have another holder than before move to that one, also when they are many.",
}
TOLD = {
    "200": "Stored, checked (a dry run), or repeated: the same bytes had landed before.",
    "401": "No bearer token, or another one.",
    "403": "The token's account may not upload (any more).",
    "404": "No such kind of file.",
    "413": "The file is too large.",
    "422": "Refused: nothing was stored; problems and questions say why.",
    "503": "The database cannot be used now; nothing was stored, send the file again later.",
}


async def push(request: Request) -> Response:
    """Land the body as one upload."""
    token, kind = settings().api_token, request.path_params["kind"]
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        said = (
            "Send the token as `Authorization: Bearer …`." if token else "Set SKILLTRACK_API_TOKEN to let programs in."
        )
        return _told(401, _refused("request", said), {"WWW-Authenticate": "Bearer"})
    try:
        store = await run_in_threadpool(store_at, settings().database)
        by = await run_in_threadpool(_account, store)
    except BadStore as unusable:
        return _told(503, _refused("request", str(unusable)))
    except Refused as refused:
        return _told(403, _refused("request", str(refused)))
    if kind not in KINDS:
        return _told(404, _refused(kind, f"There is no such kind of file. Use one of: {', '.join(KINDS)}."))
    name = last_part(request.query_params.get("name", "")) or f"{kind}.csv"
    too_large = _refused(name, f"has more than {LARGEST_FILE // 2**30} GiB. Split it.")
    if int(request.headers.get("content-length", 0)) > LARGEST_FILE:
        return _told(413, too_large)
    with tempfile.TemporaryFile() as body:
        try:
            async for chunk in request.stream():
                body.write(chunk)
                if body.tell() > LARGEST_FILE:
                    return _told(413, too_large)
        except ClientDisconnect:
            return Response(status_code=400)
        body.seek(0)
        content = body.read()
    try:
        options = _options(request, by)
        outcome = await run_in_threadpool(import_sources, store, [Source(kind, name, content)], options)
    except BadStore as unusable:
        return _told(503, _refused(name, str(unusable)))
    except Refused as refused:
        outcome = _refused(name, str(refused))
        outcome.questions += refused.questions if isinstance(refused, Unanswered) else ()
    return _told(422 if outcome.status == "refused" else 200, outcome)


def _account(store: Store) -> str:
    """By whose name the token uploads; raises `BadQuestion` when that account may not, or not any more."""
    named = settings().api_account
    viewer = viewer_called(store, named) if named else Viewer("api", frozenset({"hr"}))
    return viewer.acting_in("uploads")


def _options(request: Request, by: str) -> Options:
    asked = request.query_params
    unknown = sorted(set(asked) - set(ASKED))
    if unknown:
        raise Refused(f"There is no option {unknown[0]!r}. Use: {', '.join(ASKED)}.")
    said: dict[str, Any] = {option: asked.get(option, "false") for option in YES_NO}
    for option, value in said.items():
        if value not in ("true", "false"):
            raise Refused(f"{option} is {value!r}; say true or false.")
        said[option] = value == "true"
    effective = day_of(asked["effective"], "effective: ") if "effective" in asked else None
    unattended = not said["corrections"]
    return Options(effective, asked.get("mode", "snapshot"), by=by, unattended=unattended, **said)


def _refused(file: str, said: str) -> Outcome:
    return Outcome("refused", problems=[Problem(file, None, None, None, said)])


def _told(status: int, outcome: Outcome, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(outcome.as_dict(), status, headers)


async def described(_: Request) -> JSONResponse:
    """The OpenAPI document."""
    text = {"type": "string"}
    maybe = {"type": ["string", "null"]}
    problem = {
        "file": text, "line": {"type": ["integer", "null"]}, "column": maybe, "value": maybe, "message": text,
        "severity": {"enum": ["error", "alarm", "warning", "notice"]}, "is_grave": {"type": "boolean"},
    }  # fmt: skip
    numbers = ("new", "changed", "unchanged", "gone", "quarantined")
    counts = {"kind": text} | {name: {"type": "integer"} for name in numbers}
    question = {"file": text, "about": text, "text": text, "answers": {"type": "object"}, "must": {"type": "boolean"}}
    outcome = {
        "status": {"enum": ["stored", "checked", "repeated", "refused"]},
        "upload_id": {"type": ["integer", "null"]},
        **{
            part: {"type": "array", "items": {"type": "object", "properties": properties}}
            for part, properties in (("counts", counts), ("problems", problem), ("questions", question))
        },
    }
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}
    parameters = [{"name": "kind", "in": "path", "required": True, "schema": {"enum": list(KINDS)}}]
    parameters += [{"name": n, "in": "query", "description": said, "schema": text} for n, said in ASKED.items()]
    return JSONResponse({
        "openapi": "3.1.0",
        "info": {"title": "Skilltrack imports", "version": __version__},
        "components": {
            "schemas": {"Outcome": {"type": "object", "properties": outcome}},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "paths": {"/api/imports/{kind}": {"post": {
            "summary": "Import one file as one upload, whole or not at all",
            "security": [{"token": []}],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}},
            "responses": {status: {"description": said, **answer} for status, said in TOLD.items()},
        }}},
    })  # fmt: skip


ROUTES = [
    Route("/api/imports/{kind}", push, methods=["POST"]),
    Route("/api/openapi.json", described),
]
