"""Counts and times every request, and gives each a reference, which stands in the log and in the answer."""

import logging
import secrets
import time
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from skilltrack.happenings import happened

log = logging.getLogger("skilltrack")

ROUTES = {
    "/_stcore/": "streamlit", "/static/": "static", "/media/": "download", "/component/": "component", "/api/": "api",
    "/auth/": "sign_in", "/oauth2callback": "sign_in", "/healthz": "health", "/readyz": "health", "/metrics": "health",
}  # fmt: skip
"""Beginnings of addresses and what they are counted as; all others are pages. An address itself can name a person."""
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


def route_of(path: str) -> str:
    """What an address is counted as."""
    return next((route for beginning, route in ROUTES.items() if path.startswith(beginning)), "page")


def new_reference() -> str:
    """A reference for people to tell support, by which the log is searched."""
    return secrets.token_hex(4)


def failed(error: Exception, where: str, reference: str) -> None:
    """Note a failure of ours in the log, under its reference, and count it."""
    about = {"reference": reference, "where": where}
    log.error("failed, reference %s", reference, exc_info=error, extra={"about": about})
    happened("failure", where=where)


@dataclass
class Watched:
    """A layer around the server, outside of the guard: what that refuses is counted too."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            happened("session", event="begun")
            try:
                await self.app(scope, receive, send)
            finally:
                happened("session", event="ended")
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        reference, start = new_reference(), time.perf_counter()
        scope["reference"] = reference  # for what answers a failure itself
        status, is_complete = 0, False

        async def noting(message: Message) -> None:
            nonlocal status, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = reference
            is_complete = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            failed(error, "request", reference)
            if not status:
                text = f"Something went wrong on our side. Tell support the reference {reference}."
                await PlainTextResponse(text, 500)(scope, receive, noting)
            elif not is_complete:
                raise  # the server cuts the answer off, so that nobody takes a part for all
        finally:
            seconds, route = time.perf_counter() - start, route_of(scope["path"])
            method = scope["method"] if scope["method"] in METHODS else "other"
            happened("request", seconds, route=route, method=method, status=str(status))
            about = {"reference": reference, "route": route, "method": method, "status": status}
            about["milliseconds"] = round(seconds * 1000)
            log.info("%s %s %s, reference %s", method, route, status, reference, extra={"about": about})
