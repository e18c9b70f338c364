"""For programs that watch the app: `/healthz` (the process answers), `/readyz` (it can do its work), `/metrics`.

Who shows the token `SKILLTRACK_WATCH_TOKEN`, asks from this machine itself, or asks at the address
`SKILLTRACK_WATCH_ADDRESS` is told what is wrong; anybody else only whether anything is. `/metrics` is for those with
the token and at that address alone.
"""

import asyncio
import hmac
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from skilltrack.api import metrics  # noqa: F401 - counts from here on
from skilltrack.api.guard import is_from_here
from skilltrack.config import settings, watch_rules
from skilltrack.keeping import Condition, conditions

log = logging.getLogger("skilltrack")
T = TypeVar("T")

WAIT = 5.0
"""Seconds within which the database has to answer."""
FRESH = 1.0
"""Seconds for which an answer is given again: asking often costs nothing."""

_last: tuple[float, list[Condition]] = (0.0, [])
_workers = ThreadPoolExecutor(2, "watching")
"""Threads of their own: a database that hangs takes none from who pushes files."""


async def healthy(_: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Say whether the app can do its work: 200, or 503 where it cannot; and, to those who may know, why."""
    current = await _conditions()
    is_ready = all(condition.is_ok for condition in current if condition.is_needed)
    answer: dict[str, Any] = {"status": "ok" if is_ready else "not ok"}
    if _may_know(request) or is_from_here(request):
        answer["conditions"] = {
            condition.name: {
                "ok": condition.is_ok,
                "needed": condition.is_needed,
                "message": condition.message,
                "value": condition.value,
            }
            for condition in current
        }
    return JSONResponse(answer, 200 if is_ready else 503, {"cache-control": "no-store"})


async def numbers(request: Request) -> Response:
    """The numbers in the text form of Prometheus."""
    if not _may_know(request):
        why = "Set SKILLTRACK_WATCH_TOKEN where the app runs and send it as `Authorization: Bearer …`, or ask at "
        return PlainTextResponse(f"{why}SKILLTRACK_WATCH_ADDRESS.", 401, {"www-authenticate": "Bearer"})
    text = await _in_thread(generate_latest, REGISTRY)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})


async def _conditions() -> list[Condition]:
    """How the app is; the database that does not answer in time is the only condition told then."""
    global _last
    asked_at, current = _last
    if time.monotonic() - asked_at < FRESH:
        return current
    try:
        current = await asyncio.wait_for(_in_thread(conditions, settings().database), WAIT)
    except TimeoutError:
        return [Condition("store", False, True, f"The database did not answer within {WAIT:.0f} seconds.")]
    _last = (time.monotonic(), current)
    return current


async def _in_thread(ask: Callable[..., T], *about: Any) -> T:
    """What a function returns that waits for the database."""
    return await asyncio.wrap_future(_workers.submit(ask, *about))


def _may_know(request: Request) -> bool:
    """Whether who asks shows the token, or asks at the address that needs none."""
    token, (scheme, _, shown) = watch_rules().token, request.headers.get("authorization", "").partition(" ")
    has_token = scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode("latin-1"), token.encode())
    return getattr(request.app.state, "is_watching", False) or bool(token and has_token)


ROUTES: list[BaseRoute] = [
    Route("/healthz", healthy),
    Route("/readyz", ready),
    Route("/metrics", numbers),
]


def listen() -> None:
    """Answer the same at an address of its own, where one is set, until this process ends.

    One that cannot be used is an error in the log: the app is needed more than who watches it.
    """
    address = watch_rules().address
    if address is None:
        return
    try:
        server_socket = socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    except OSError as error:
        log.error("SKILLTRACK_WATCH_ADDRESS %s:%d cannot be used: %s. Choose another.", *address, error.strerror)
        return
    watching = Starlette(routes=ROUTES)
    watching.state.is_watching = True
    server = uvicorn.Server(uvicorn.Config(watching, log_config=None, access_log=False, lifespan="off"))
    threading.Thread(target=server.run, kwargs={"sockets": [server_socket]}, name="watching", daemon=True).start()
