"""The history of uploads for programs, page by page, and taking one back whole."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from skilltrack.api.answers import NOT_KEPT, asked, tag_of, unchanged, yes_or_no
from skilltrack.api.calls import Call, Endpoint, opened_by
from skilltrack.errors import BadQuestion, NotThere
from skilltrack.ingest import files_of, redo, undo, uploads
from skilltrack.kinds import refuse_closed
from skilltrack.questions import Effects, preview_take_back
from skilltrack.reports.as_json import plain
from skilltrack.storage import Store

USUAL, MOST = 50, 500
"""Uploads on a page."""
PAGE = {
    "limit": f"How many uploads: 1 to {MOST}, {USUAL} by default.",
    "before": "Only uploads with a lower number: `next` of the page before has it.",
}
DRY_RUN = {"dry_run": "true: tell what would change and change nothing."}


@dataclass(frozen=True)
class PastUpload:
    """An upload of the history: what it brought, compared with what held before it."""

    upload_id: int
    landed_at: str
    """UTC."""
    by_whom: str
    kinds: str
    files: str
    effective_on: str
    mode: str
    new_rows: int | None
    changed_rows: int | None
    unchanged_rows: int | None
    gone_rows: int | None
    quarantined: int | None
    status: str
    """landed or undone."""
    undone_at: str | None
    undone_by: str | None


@dataclass(frozen=True)
class PastFile:
    """A file of an upload, as it came."""

    kind: str
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class UploadInFull:
    """An upload and its files."""

    upload: PastUpload
    files: list[PastFile]


@dataclass(frozen=True)
class Page:
    """Some of the history, newest first."""

    uploads: list[PastUpload]
    next: str | None
    """The address of the next page; null on the last one."""


@dataclass(frozen=True)
class Move:
    """Somebody who would leave, join or change."""

    what: str
    employee_id: str
    name: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True)
class MovedTeam:
    """A team whose requirements met would be others today."""

    team: str
    required_before: int
    met_before: int
    required_after: int
    met_after: int


@dataclass(frozen=True)
class WouldBe:
    """What taking an upload back would do: numbers of people by what they would do, the first of them, teams."""

    people: dict[str, int]
    who: list[Move]
    teams: list[MovedTeam]


@dataclass(frozen=True)
class Taken:
    """What became of an upload: undone, redone, or checked (a dry run)."""

    status: str
    upload_id: int
    effects: WouldBe | None
    """Of a dry run: what would change."""


@opened_by("uploads")
async def history(request: Request, call: Call) -> Response:
    """List uploads, newest first."""
    given = asked(request, PAGE)
    limit, before = _number(given, "limit", USUAL, MOST), _number(given, "before", 2**31 - 1, 2**31 - 1)
    headers = await run_in_threadpool(tag_of, call.store, call.viewer, "uploads", limit, before)
    if answer := unchanged(request, headers):
        return answer
    past = [upload for upload in await run_in_threadpool(_past, call.store) if upload.upload_id < before]
    listed, has_more = past[:limit], len(past) > limit
    following = f"/api/uploads?limit={limit}&before={listed[-1].upload_id}" if has_more else None
    headers |= {"Link": f'<{following}>; rel="next"'} if following else {}
    return JSONResponse(asdict(Page(listed, following)), headers=headers)


@opened_by("uploads")
async def one(request: Request, call: Call) -> Response:
    """Show one upload with its files."""
    asked(request, ())
    number = _named(request)
    headers = await run_in_threadpool(tag_of, call.store, call.viewer, "upload", number)
    shown = await run_in_threadpool(_in_full, call.store, number)
    return unchanged(request, headers) or JSONResponse(asdict(shown), headers=headers)


def taking(event: str) -> Endpoint:
    """The address that takes an upload back (`undone`), or puts it back (`redone`)."""
    act: Callable[..., None] = undo if event == "undone" else redo

    @opened_by("uploads")
    async def endpoint(request: Request, call: Call) -> Response:
        is_dry = yes_or_no(asked(request, DRY_RUN), "dry_run")
        number = _named(request)
        taken = await run_in_threadpool(partial(_taken, call, number, event, act, is_dry=is_dry))
        return JSONResponse(asdict(taken), headers=NOT_KEPT)

    return endpoint


def _taken(call: Call, number: int, event: str, act: Callable[..., None], *, is_dry: bool) -> Taken:
    shown = _in_full(call.store, number)
    refuse_closed({file.kind for file in shown.files}, call.viewer.areas)
    if is_dry:
        return Taken("checked", number, _would_be(preview_take_back(call.store, call.viewer, number, event)))
    call.note()
    act(call.store, number, by=call.viewer.account, areas=call.viewer.areas)
    return Taken(event, number, None)


def _would_be(effects: Effects) -> WouldBe:
    who = [Move(**_plain(row)) for row in effects.who.to_dict("records")]
    columns = ["team", "required_before", "met_before", "required_after", "met_after"]
    teams = effects.teams[columns].to_dict("records") if len(effects.teams) else []
    return WouldBe(effects.people, who, [MovedTeam(**_plain(row)) for row in teams])


def _past(store: Store) -> list[PastUpload]:
    return [PastUpload(**_plain(row)) for row in uploads(store).to_dict("records")]


def _in_full(store: Store, number: int) -> UploadInFull:
    past = next((upload for upload in _past(store) if upload.upload_id == number), None)
    if past is None:
        raise NotThere(f"There is no upload {number}. GET /api/uploads lists them.")
    files = [
        PastFile(file["kind"], file["file_name"], file["byte_count"], file["sha256"])
        for file in files_of(store, number)
    ]
    return UploadInFull(past, files)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row with the values that JSON knows: dates as text, whole numbers as such, null where a cell is empty."""
    values = {str(name): plain(value) for name, value in row.items()}
    return {name: value if isinstance(value, str | None) else int(value) for name, value in values.items()}


def _named(request: Request) -> int:
    text = request.path_params["number"]
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise NotThere(f"{text!r} is not the number of an upload. GET /api/uploads lists them.")
    return int(text)


def _number(given: dict[str, str], name: str, usual: int, most: int) -> int:
    text = given.get(name, str(usual))
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 1 <= int(text) <= most:
        raise BadQuestion(f"{name} is {text!r}. Use a whole number from 1 to {most:,}.")
    return int(text)
