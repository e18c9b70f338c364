"""The document that says with which keys the company signs, for whoever checks a transcript; it needs no sign-in."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from skilltrack.config import settings
from skilltrack.errors import Refused
from skilltrack.keeping import store_at
from skilltrack.signing import company_keys, did_document

HEADERS = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
"""Any page may read it: wallets and verifiers run in browsers too."""


async def document(_: Request) -> JSONResponse:
    """Send the document, or say that there is none."""
    published = await run_in_threadpool(_document)
    if published is None:
        return JSONResponse({"error": "The company has no key to sign with."}, 404, {"cache-control": "no-store"})
    return JSONResponse(published, headers=HEADERS, media_type="application/did+json")


def _document() -> dict[str, Any] | None:
    try:
        return did_document(company_keys(store_at(settings().database)))
    except Refused:
        return None


ROUTES = [Route("/.well-known/did.json", document)]
