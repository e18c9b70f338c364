"""Who calls: a bearer token lets a program in as its account, some parts of the API only, and so often a minute.

Every address but the description and the health is behind `opened_by`, which no handler can forget: it hands the
handler the viewer.
"""

import hmac
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from skilltrack.access import Caller, Viewer, caller, trail, viewer_called
from skilltrack.api.answers import Rejected, refusal, refuse_address
from skilltrack.config import settings
from skilltrack.errors import Refused
from skilltrack.keeping import store_at
from skilltrack.storage import Store

log = logging.getLogger("skilltrack")

MINUTE = 60
UNUSABLE = "The database cannot be used now, and the server's log says why. Ask again later."


@dataclass(frozen=True)
class Call:
    """One request of a program that was let in."""

    store: Store
    viewer: Viewer
    """As whom it is answered."""
    caller: Caller
    address: str
    """Method and path, for the audit log."""
    again: Callable[[], Caller] = field(repr=False)
    """Looks up once more who calls; raises `Refused` where the token opens this no longer."""

    def confirm(self) -> None:
        """Look up once more who calls, before something is changed; raises `Ended` where it is over."""
        try:
            self.again()
        except (Refused, Rejected) as refusal:
            raise Ended(refusal) from refusal

    def note(self) -> None:
        """Note in the audit log that the token is about to change something; that of the setting has no name."""
        if self.caller.token_id:
            what = {"token": self.caller.token_id, "request": self.address}
            trail.note(self.store.journal.audit, self.viewer.account, "used_token", **what)


class Ended(Exception):
    """A token that was let in opens this no longer: it was ended, or its account barred, while the body came."""

    def __init__(self, refusal: Refused | Rejected):
        super().__init__(str(refusal))
        self.refusal = refusal


Handler = Callable[[Request, Call], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Rate:
    """How often each token was used in its running minute. Only tokens that are valid are counted, so they are few."""

    def __init__(self) -> None:
        self._uses: dict[str, tuple[float, int]] = {}

    def count(self, token_id: str, most: int) -> None:
        """Count a use; raises `Rejected` for one too many."""
        now = time.monotonic()
        begun, uses = self._uses.get(token_id, (now, 0))
        if now - begun >= MINUTE:
            begun, uses = now, 0
        if uses >= most:
            wait = max(1, math.ceil(begun + MINUTE - now))
            raise Rejected(
                429,
                f"This token was used {most} times within a minute, which is the most. Wait {wait} seconds, or ask "
                "whoever runs Skilltrack for a higher SKILLTRACK_API_RATE.",
                {"Retry-After": str(wait)},
            )
        self._uses[token_id] = begun, uses + 1


rate = Rate()


def opened_by(scope: str) -> Callable[[Handler], Endpoint]:
    """An address that a token opens which has this scope; with an empty one, any token does."""

    def behind(handler: Handler) -> Endpoint:
        @wraps(handler)
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request, await _let_in(request, scope))
            except Ended as ended:
                return refusal(ended.refusal)
            except (Refused, Rejected) as error:
                return refusal(error)

        return endpoint

    return behind


async def _let_in(request: Request, scope: str) -> Call:
    """The call of a request; raises `Refused` or `Rejected` for one that is not let in."""
    refuse_address(request)
    token = _token_in(request.headers.getlist("authorization"))
    store = await run_in_threadpool(_store, token)

    def again() -> Caller:
        who = _caller(store, token)
        if scope:
            who.opening(scope)
        return who

    who = await run_in_threadpool(_caller, store, token)
    rate.count(who.token_id, settings().api_rate)
    viewer = who.opening(scope) if scope else who.viewer
    return Call(store, viewer, who, f"{request.method} {request.url.path}", again)


def _token_in(given: list[str]) -> str:
    """The token of a request's Authorization headers; raises `Rejected` where there is none."""
    if not given:
        raise Rejected(
            401, "The request has no token. Send it as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"}
        )
    scheme, _, token = given[0].strip().partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise Rejected(
            401,
            "The Authorization header is not of the form `Bearer …`. Send one, as `Authorization: Bearer …`.",
            {"WWW-Authenticate": 'Bearer error="invalid_request"'},
        )
    return token.strip()


def _store(token: str) -> Store:
    """The store; where it cannot be used, strangers are not told where it lies."""
    try:
        return store_at(settings().database)
    except Refused as refused:
        if _is_of_setting(token):
            raise
        log.warning("%s", refused)
        raise Rejected(503, UNUSABLE) from refused


def _is_of_setting(token: str) -> bool:
    known = settings().api_token
    return bool(known) and hmac.compare_digest(token.encode("latin-1", "replace"), known.encode())


def _caller(store: Store, token: str) -> Caller:
    """Who calls with a token: that of the environment, or one that was made."""
    if _is_of_setting(token):
        named = settings().api_account
        viewer = viewer_called(store, named) if named else Viewer("api", frozenset({"hr"}))
        return Caller(viewer, "", frozenset({"imports"}), date.max)
    return caller(store, token)
