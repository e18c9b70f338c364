"""What all answers below /api have in common: refusals as data, what an address may ask, and the tag of an answer."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from skilltrack import __version__
from skilltrack.access import Viewer
from skilltrack.config import today
from skilltrack.errors import BadQuestion, BadStore, BadToken, NoMemory, NoRoom, NotOpen, NotThere, Refused
from skilltrack.ingest import Outcome, Problem
from skilltrack.language import as_sentence
from skilltrack.storage import Store

LONGEST_ADDRESS = 2**16
"""Bytes of what an address asks; a mapping is the longest that there is."""
STATUS: tuple[tuple[type[Refused], int], ...] = (
    (BadToken, 401),
    (NotOpen, 403),
    (NotThere, 404),
    (BadQuestion, 400),
    (NoRoom, 507),
    (NoMemory, 503),
    (BadStore, 503),
    (Refused, 409),
)
"""How each refusal is answered; the first that fits counts."""
TOKEN_WORDS = ("token", "access_token", "api_key", "apikey", "authorization")
"""Names by which somebody would send a token in an address."""
NOT_KEPT = {"Cache-Control": "no-store"}


class Rejected(Exception):
    """A request that cannot be answered as it is, with the status that says so."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None):
        super().__init__(message)
        self.status, self.headers = status, dict(headers or {})


def refused(file: str, message: str) -> Outcome:
    """A refusal in the shape of an import's outcome, which all refusals have; `file` says what it is about."""
    return Outcome("refused", problems=[Problem(file, None, None, None, as_sentence(message))])


def answered(status: int, outcome: Outcome, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An outcome as an answer."""
    return JSONResponse(outcome.as_dict(), status, NOT_KEPT | dict(headers or {}))


def refusal(error: Refused | Rejected) -> JSONResponse:
    """The answer to a request that was refused."""
    if isinstance(error, Rejected):
        return answered(error.status, refused("request", str(error)), error.headers)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}
    return answered(status, refused("request", str(error)), headers)


def refuse_address(request: Request) -> None:
    """Raise `Rejected` for an address that is too long, says something twice, or holds a token."""
    if len(request.scope["query_string"]) > LONGEST_ADDRESS:
        raise Rejected(414, f"The address asks with more than {LONGEST_ADDRESS:,} bytes. Say less in it.")
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name.lower() in TOKEN_WORDS:
            raise Rejected(
                400,
                "A token does not belong into an address, which servers write to their logs. Send it in the header "
                "`Authorization: Bearer …`; if it was a real one, end it and make a new one.",
            )
        if times > 1:
            raise Rejected(400, f"{name} stands in the address {times} times. Say it once.")


def asked(request: Request, known: Collection[str]) -> dict[str, str]:
    """What the address asks, by name; raises `BadQuestion` for a name that is not known there."""
    given = dict(request.query_params)
    if unknown := sorted(set(given) - set(known)):
        use = f"Use: {', '.join(known)}." if known else "None is known at this address."
        raise BadQuestion(f"There is no option {unknown[0]!r}. {use}")
    return given


def yes_or_no(given: Mapping[str, str], name: str) -> bool:
    """Whether an option is `true`, which it is not by default; raises `BadQuestion` for anything but true or false."""
    value = given.get(name, "false")
    if value not in ("true", "false"):
        raise BadQuestion(f"{name} is {value!r}; say true or false.")
    return value == "true"


def tag_of(store: Store, viewer: Viewer, *about: Any) -> dict[str, str]:
    """The headers by which a program asks whether an answer has changed.

    The tag follows from all that the answer rests on: the data's version, the day, the program, whom the viewer sees,
    and what is asked. Two viewers never have the same.
    """
    sees = (viewer.account, sorted(viewer.roles), viewer.employee_id, viewer.lines)
    text = repr((__version__, store.data_version(), today(), sees, about))
    tag = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}


def unchanged(request: Request, headers: Mapping[str, str]) -> Response | None:
    """The answer that nothing has changed, where the program has the answer of this tag; else None."""
    has = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=dict(headers)) if headers["ETag"].removeprefix("W/") in has else None
