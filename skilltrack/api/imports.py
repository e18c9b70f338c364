"""Files pushed by other programs, told as the commands tell it: one file, or several as one upload.

`POST /api/imports/{kind}` takes the file as its body, `POST /api/imports` a part for each file. What can be refused
without the body is refused before it is read.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from skilltrack.access import Viewer
from skilltrack.api.answers import Rejected, answered, asked, refused, yes_or_no
from skilltrack.api.calls import Call, opened_by
from skilltrack.api.parts import HOW, Part, Parts
from skilltrack.days import day_of
from skilltrack.errors import BadStore, NoRoom, NotOpen, NotThere, Refused
from skilltrack.ingest import (
    BLOCK,
    KINDS,
    LARGEST_FILE,
    Mapping,
    Options,
    Outcome,
    Source,
    Spool,
    Unanswered,
    import_sources,
    last_part,
    parse_mapping,
)
from skilltrack.kinds import refuse_closed

HOW_TO_IMPORT = {
    "effective": "First day a roster holds, YYYY-MM-DD; today by default.",
    "mode": "snapshot replaces the roster, changes amends it.",
    "quarantine": "true: store the good rows and keep the bad ones apart.",
    "dry_run": "true: tell what would change and store nothing.",
    "careful": "true: refuse a file that looks wrong as a whole (an alarm).",
    "corrections": "true: awards that have another holder than before move to that one, also when they are many.",
}
"""What an address can say about an upload."""
OF_ONE_FILE = {
    "name": "The file's name, for the history; decides nothing.",
    "mapping": "How the file is read: the text of a mapping file (TOML). Questions in an answer say what it should "
    "have.",
}
"""What it can say besides about a single file."""
MAPPING = ".mapping"
"""A part whose name ends so says how the files of its kind are read."""


class Intake(Protocol):
    """What takes a body piece by piece."""

    def write(self, piece: bytes) -> None:
        """Take the next piece; raises `NoRoom` when the disk is full."""

    def close(self) -> None:
        """Give up the room on the disk."""


Gather = Callable[[], Awaitable[list[Source]]]


@opened_by("imports")
async def push(request: Request, call: Call) -> Response:
    """Land the body as one upload."""
    kind = request.path_params["kind"]
    refuse_closed({kind} & set(KINDS), call.viewer.areas)
    if kind not in KINDS:
        raise NotThere(f"There is no such kind of file as {kind!r}. Use one of: {', '.join(KINDS)}.")
    name = last_part(request.query_params.get("name", "")) or f"{kind}.csv"

    async def gather() -> list[Source]:
        mapping = _mapping(request.query_params.get("mapping"))
        with await run_in_threadpool(Spool, call.store.folder) as spool:
            await _receive(request, spool)
            return [_source(kind, name, spool, mapping)]

    return await _landed(request, call, name, HOW_TO_IMPORT | OF_ONE_FILE, gather)


@opened_by("imports")
async def push_many(request: Request, call: Call) -> Response:
    """Land the parts of the body as one upload, in the order of their dependencies."""

    async def gather() -> list[Source]:
        with Parts(request.headers.get("content-type", ""), call.store.folder) as parts:
            await _receive(request, parts)
            parts.refuse_unfinished()
            return _sources(parts.parts, call.viewer)

    return await _landed(request, call, "request", HOW_TO_IMPORT, gather)


async def _landed(request: Request, call: Call, name: str, known: dict[str, str], gather: Gather) -> Response:
    """Gather the files of a request and import them; a refusal has the name of the file, and its questions."""
    try:
        options = _options(asked(request, known), call.viewer)
        files = await gather()
        outcome = await run_in_threadpool(_imported, call, files, options)
    except ClientDisconnect:
        return Response(status_code=400)
    except NotOpen:
        raise
    except (NoRoom, BadStore) as refusal:
        return answered(507 if isinstance(refusal, NoRoom) else 503, refused(name, str(refusal)))
    except Refused as refusal:
        outcome = refused(name, str(refusal))
        outcome.questions += refusal.questions if isinstance(refusal, Unanswered) else ()
    return answered(422 if outcome.status == "refused" else 200, outcome)


def _imported(call: Call, files: list[Source], options: Options) -> Outcome:
    call.confirm()  # the body may have taken hours
    if not options.dry_run:
        call.note()
    return import_sources(call.store, files, options)


async def _receive(request: Request, intake: Intake) -> None:
    """Write the body to the disk as it comes; raises `Rejected` for too large a one at once, `NoRoom` at its end."""
    too_large = Rejected(413, f"The body has more than {LARGEST_FILE // 2**30} GiB. Split it.")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_FILE:
        raise too_large
    waiting, size = bytearray(), 0
    full: NoRoom | None = None
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_FILE:
            raise too_large
        if full is None:
            waiting += chunk
        if len(waiting) >= BLOCK:
            try:
                await run_in_threadpool(intake.write, bytes(waiting))
            except NoRoom as error:
                full = error  # who is still sending cannot read an answer: the rest is let go by
                intake.close()
            waiting.clear()
    if full is not None:
        raise full
    await run_in_threadpool(intake.write, bytes(waiting))


def _sources(parts: list[Part], viewer: Viewer) -> list[Source]:
    """The files of a body; raises `Rejected` for a part that is neither a file of a kind nor a mapping."""
    kinds = [part.name for part in parts if not part.name.endswith(MAPPING)]
    for part in parts:
        kind = part.name.removesuffix(MAPPING)
        if kind not in KINDS:
            raise Rejected(400, f"There is no such kind of file as {kind!r}. Use one of: {', '.join(KINDS)}. {HOW}")
        if part.name.endswith(MAPPING) and kind not in kinds:
            raise Rejected(400, f"The part {part.name} is for files of {kind}, and none came. Send them along.")
    refuse_closed(kinds, viewer.areas)
    mappings = {part.name: _mapping(_text(part)) for part in parts if part.name.endswith(MAPPING)}
    return [
        _source(kind, last_part(part.file_name) or f"{kind}.csv", part.spool, mappings.get(kind + MAPPING))
        for kind in KINDS
        for part in parts
        if part.name == kind
    ]


def _text(part: Part) -> str:
    try:
        return bytes(part.spool.content()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Rejected(400, f"The part {part.name} is not a text in UTF-8. Write it in UTF-8.") from error


def _source(kind: str, name: str, spool: Spool, mapping: Mapping | None) -> Source:
    return Source(kind, name, spool.content(), mapping or Mapping(), mapping is not None, spool.sha256())


def _options(given: dict[str, str], viewer: Viewer) -> Options:
    flags: dict[str, Any] = {
        name: yes_or_no(given, name) for name in ("quarantine", "dry_run", "careful", "corrections")
    }
    effective = day_of(given["effective"], "effective: ") if "effective" in given else None
    unattended = not flags["corrections"]
    return Options(
        effective, given.get("mode", "snapshot"), by=viewer.account, unattended=unattended, areas=viewer.areas, **flags
    )


def _mapping(text: str | None) -> Mapping | None:
    """How a file is read, where the request says it."""
    return None if text is None else parse_mapping(text, "of the request")
