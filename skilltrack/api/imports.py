"""Files pushed by other programs: `POST /api/imports/{kind}`, one upload a request, told as the commands tell it.

The body is the file. A bearer token from the environment lets a program in, as the account that stands beside it;
without one set, nobody is.
"""

import hmac
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from skilltrack import __version__
from skilltrack.access import Viewer, viewer_called
from skilltrack.api.schema import schema_of
from skilltrack.config import settings
from skilltrack.days import day_of
from skilltrack.errors import BadStore, NoRoom, Refused
from skilltrack.ingest import (
    BLOCK,
    KINDS,
    LARGEST_FILE,
    Mapping,
    Options,
    Outcome,
    Problem,
    Source,
    Spool,
    Unanswered,
    import_sources,
    last_part,
    parse_mapping,
)
from skilltrack.keeping import store_at
from skilltrack.kinds import refuse_closed
from skilltrack.mail import tell_of_push
from skilltrack.storage import Store

YES_NO = ("quarantine", "dry_run", "careful", "corrections")
ASKED = {
    "name": "The file's name, for the history; decides nothing.",
    "effective": "First day a roster holds, YYYY-MM-DD; today by default.",
    "mode": "snapshot replaces the roster, changes amends it.",
    "mapping": "How the file is read: the text of a mapping file (TOML). Questions in an answer say what it should "
    "have.",
    "quarantine": "true: store the good rows and keep the bad ones apart.",
    "dry_run": "true: tell what would change and store nothing.",
    "careful": "true: refuse a file that looks wrong as a whole (an alarm).",
    "corrections": "true: awards that have another holder than before move to that one, also when they are many.",
}
RESPONSES = {
    "200": "Stored, checked (a dry run), or repeated: the same bytes had landed before.",
    "400": "The body ended before all of it had come; nothing was stored.",
    "401": "No bearer token, or another one.",
    "403": "The token's account may not upload (any more).",
    "404": "No such kind of file.",
    "405": "Another method than POST.",
    "413": "The file is too large.",
    "422": "Refused: nothing was stored; problems and questions say why.",
    "503": "The database cannot be used now; nothing was stored, send the file again later.",
    "507": "The disk is full; nothing was stored and nothing is left of the file.",
}


async def push(request: Request) -> Response:
    """Land the body as one upload; what can be refused without it is refused before it is read."""
    kind = request.path_params["kind"]
    if (why := _not_let_in(request.headers.get("authorization", ""))) is not None:
        error = ' error="invalid_token"' if "authorization" in request.headers and settings().api_token else ""
        return _answered(401, _refused("request", why), {"WWW-Authenticate": f"Bearer{error}"})
    try:
        store = await run_in_threadpool(store_at, settings().database)
        viewer = await run_in_threadpool(_uploader, store)
        refuse_closed({kind} & set(KINDS), viewer.areas)
    except BadStore as unusable:
        return _answered(503, _refused("request", str(unusable)))
    except Refused as refused:
        return _answered(403, _refused("request", str(refused)))
    if kind not in KINDS:
        return _answered(404, _refused(kind, f"There is no such kind of file. Use one of: {', '.join(KINDS)}."))
    name = last_part(request.query_params.get("name", "")) or f"{kind}.csv"
    try:
        options, mapping = _options(request, viewer), _mapping(request)
        with await run_in_threadpool(Spool, store.folder) as spool:
            await _receive(request, spool)
            source = Source(kind, name, spool.content(), mapping or Mapping(), mapping is not None, spool.sha256())
        outcome = await run_in_threadpool(import_sources, store, [source], options)
    except ClientDisconnect:
        return Response(status_code=400)
    except TooLarge:
        return _answered(413, _refused(name, f"has more than {LARGEST_FILE // 2**30} GiB. Split it."))
    except NoRoom as full:
        return _answered(507, _refused(name, str(full)))
    except BadStore as unusable:
        return _answered(503, _refused(name, str(unusable)))
    except Refused as refused:
        outcome = _refused(name, str(refused))
        outcome.questions += refused.questions if isinstance(refused, Unanswered) else ()
    if outcome.status == "refused" and request.query_params.get("dry_run") != "true":
        tell_of_push(store, name, [str(problem) for problem in outcome.problems], viewer.account)
    return _answered(422 if outcome.status == "refused" else 200, outcome)


class TooLarge(Exception):
    """A body of more bytes than a file may have."""


async def _receive(request: Request, spool: Spool) -> None:
    """Write the body to the disk as it comes; raises `TooLarge` as soon as that is known, `NoRoom` at its end."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_FILE:
        raise TooLarge
    waiting, size = bytearray(), 0
    full: NoRoom | None = None
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_FILE:
            raise TooLarge
        if full is None:
            waiting += chunk
        if len(waiting) >= BLOCK:
            try:
                await run_in_threadpool(spool.write, bytes(waiting))
            except NoRoom as error:
                full = error  # who is still sending cannot read an answer: the rest is let go by
                spool.close()
            waiting.clear()
    if full is not None:
        raise full
    await run_in_threadpool(spool.write, bytes(waiting))


def _not_let_in(given: str) -> str | None:
    """Why an Authorization header lets nobody in; None when it does."""
    token = settings().api_token
    scheme, _, shown = given.strip().partition(" ")
    if not token:
        return "No program may send files here. Set SKILLTRACK_API_TOKEN where the server runs to let programs in."
    if not given:
        return "The request has no token. Send it as `Authorization: Bearer …`."
    if scheme.lower() != "bearer" or not shown.strip():
        return "The Authorization header is not of the form `Bearer …`. Send the token as `Authorization: Bearer …`."
    if not hmac.compare_digest(shown.strip().encode("latin-1"), token.encode()):
        return "The token is not the one that this server knows. Compare it with SKILLTRACK_API_TOKEN of the server."
    return None


def _uploader(store: Store) -> Viewer:
    """As whom the token uploads; raises `BadQuestion` when that account may not, or not any more."""
    named = settings().api_account
    viewer = viewer_called(store, named) if named else Viewer("api", frozenset({"hr"}))
    viewer.acting_in("uploads")
    return viewer


def _options(request: Request, viewer: Viewer) -> Options:
    asked = request.query_params
    unknown = sorted(set(asked) - set(ASKED))
    if unknown:
        raise Refused(f"There is no option {unknown[0]!r}. Use: {', '.join(ASKED)}.")
    flags: dict[str, Any] = {option: asked.get(option, "false") for option in YES_NO}
    for option, value in flags.items():
        if value not in ("true", "false"):
            raise Refused(f"{option} is {value!r}; say true or false.")
        flags[option] = value == "true"
    effective = day_of(asked["effective"], "effective: ") if "effective" in asked else None
    unattended = not flags["corrections"]
    return Options(
        effective, asked.get("mode", "snapshot"), by=viewer.account, unattended=unattended, areas=viewer.areas, **flags
    )


def _mapping(request: Request) -> Mapping | None:
    """How the file is read, where the request says it."""
    text = request.query_params.get("mapping")
    return None if text is None else parse_mapping(text, "of the request")


def _refused(file: str, message: str) -> Outcome:
    return Outcome("refused", problems=[Problem(file, None, None, None, message)])


def _answered(status: int, outcome: Outcome, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(outcome.as_dict(), status, headers)


async def described(_: Request) -> JSONResponse:
    """The OpenAPI document."""
    text = {"type": "string"}
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcome"}}}}
    parameters = [{"name": "kind", "in": "path", "required": True, "schema": {"enum": list(KINDS)}}]
    parameters += [{"name": n, "in": "query", "description": what, "schema": text} for n, what in ASKED.items()]
    return JSONResponse({
        "openapi": "3.1.0",
        "info": {"title": "Skilltrack imports", "version": __version__},
        "components": {
            "schemas": {"Outcome": schema_of(Outcome)},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "paths": {"/api/imports/{kind}": {"post": {
            "summary": "Import one file as one upload, whole or not at all",
            "security": [{"token": []}],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}},
            "responses": {status: {"description": what, **answer} for status, what in RESPONSES.items()},
        }}},
    })  # fmt: skip


async def unknown(request: Request, error: Exception) -> JSONResponse:
    """Say of an address or a method that there is none, in the shape of every other answer."""
    status, headers = (error.status_code, dict(error.headers or {})) if isinstance(error, HTTPException) else (404, {})
    message = f"There is nothing at {request.url.path}. /api/openapi.json lists the addresses."
    if status == 405:
        message = f"{request.method} is not answered at {request.url.path}. Use {headers['Allow']}."
    return _answered(status, _refused("request", message), headers)


async def nowhere(request: Request) -> JSONResponse:
    """The answer at /api itself."""
    return await unknown(request, HTTPException(404))


BELOW = [Route("/imports/{kind}", push, methods=["POST"]), Route("/openapi.json", described)]
below = Starlette(routes=BELOW, exception_handlers={HTTPException: unknown})
below.router.redirect_slashes = False  # a program that is sent elsewhere would have to send its file twice
ROUTES: list[BaseRoute] = [Route("/api", nowhere), Mount("/api", below)]
"""Everything below /api, so that no address there is ever answered by the app's page."""
