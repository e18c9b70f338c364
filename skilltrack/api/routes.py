"""Every address below /api, so that none there is ever answered by the app's page; and what is said of all others."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from skilltrack.api import imports, reports, service, uploads
from skilltrack.api.answers import answered, refused
from skilltrack.api.document import document
from skilltrack.api.watched import new_reference


async def described(_: Request) -> Response:
    """Send the OpenAPI document."""
    return JSONResponse(document())


async def unknown(request: Request, error: Exception) -> Response:
    """Say of an address or a method that there is none, in the shape of every other answer."""
    status, headers = (error.status_code, dict(error.headers or {})) if isinstance(error, HTTPException) else (404, {})
    message = f"There is nothing at {request.url.path}. /api/openapi.json lists the addresses."
    if status == 405:
        message = f"{request.method} is not answered at {request.url.path}. Use {headers['Allow']}."
    return answered(status, refused("request", message), headers)


async def failing(request: Request, _: Exception) -> Response:
    """Say that something failed on our side; `watched`, to which it goes on, notes it under the same reference."""
    reference = request.scope.get("reference") or new_reference()
    message = f"Something went wrong on our side. Tell whoever runs Skilltrack the reference {reference}."
    return answered(500, refused("request", message))


async def nowhere(request: Request) -> Response:
    """The answer at /api itself."""
    return await unknown(request, HTTPException(404))


BELOW = [
    Route("/imports", imports.push_many, methods=["POST"]),
    Route("/imports/{kind}", imports.push, methods=["POST"]),
    Route("/reports", reports.offers),
    Route("/reports/{name}", reports.report),
    Route("/reports/{name}/receipt", reports.receipt),
    Route("/uploads", uploads.history),
    Route("/uploads/{number}", uploads.one),
    Route("/uploads/{number}/undo", uploads.taking("undone"), methods=["POST"]),
    Route("/uploads/{number}/redo", uploads.taking("redone"), methods=["POST"]),
    Route("/token", service.own_token),
    Route("/health", service.health),
    Route("/openapi.json", described),
]
below = Starlette(routes=BELOW, exception_handlers={HTTPException: unknown, Exception: failing})
below.router.redirect_slashes = False  # a program that is sent elsewhere would have to send its file twice
ROUTES: list[BaseRoute] = [Route("/api", nowhere), Mount("/api", below)]
