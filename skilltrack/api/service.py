"""About the service itself: whether it can answer, and what a token opens."""

import logging
from dataclasses import asdict, dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from skilltrack import __version__
from skilltrack.api.answers import NOT_KEPT, Rejected, asked, refusal
from skilltrack.api.calls import UNUSABLE, Call, opened_by
from skilltrack.config import settings
from skilltrack.errors import Refused
from skilltrack.keeping import data_at

log = logging.getLogger("skilltrack")


@dataclass(frozen=True)
class Health:
    """That the server answers, and can read its database."""

    status: str
    version: str


@dataclass(frozen=True)
class OwnToken:
    """What a token is and opens."""

    token_id: str
    account: str
    roles: list[str]
    scopes: list[str]
    valid_to: str | None
    """Its last day; null for the one of the server's settings."""


async def health(_: Request) -> Response:
    """Say whether the database can be used."""
    try:
        await run_in_threadpool(_ask_anything)
    except Refused as unusable:
        log.warning("%s", unusable)
        return refusal(Rejected(503, UNUSABLE))
    return JSONResponse(asdict(Health("ok", __version__)), headers=NOT_KEPT)


def _ask_anything() -> None:
    data_at(settings().database).data_version()


@opened_by("")
async def own_token(request: Request, call: Call) -> Response:
    """Say what the token opens and until when."""
    asked(request, ())
    who = call.caller
    last = who.valid_to.isoformat() if who.token_id else None
    shown = OwnToken(who.token_id, who.viewer.account, sorted(who.viewer.roles), sorted(who.scopes), last)
    return JSONResponse(asdict(shown), headers=NOT_KEPT)
