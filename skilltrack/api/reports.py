"""Reports and packs for programs: what the command `report` makes, with its options, formats and refusals.

The answer has exactly what the token's account may see. It is made before it is sent, so that a refusal is never half
of a file, and sent piece by piece.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import BinaryIO

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from skilltrack.access import Viewer
from skilltrack.api.answers import asked, tag_of, unchanged, yes_or_no
from skilltrack.api.calls import Call, opened_by
from skilltrack.language import LANGUAGES
from skilltrack.questions import Option, catalogue, filters_in, options_of, refuse_unasked, reports
from skilltrack.reports import exports, receipts
from skilltrack.reports.packs import PACKS
from skilltrack.reports.receipts import Order, Receipt

PIECE = 2**18
"""Bytes that are sent at once."""
AT_ONCE = CapacityLimiter(2)
"""Reports that are made at the same time for programs; others wait, so that the pages go on."""
FORM = Option("format", "text", "In which format; the first one by default.")
HIDE = "true: hide small numbers, as the board pack always does."
LANGUAGE = Option(
    "language", "text", "In which language people read it, as pdf or xlsx (default: en).", choices=tuple(LANGUAGES)
)
SUPPRESS = Option("suppress", "text", HIDE, choices=("true", "false"))


@dataclass(frozen=True)
class Offer:
    """A report or pack that a program may fetch."""

    name: str
    title: str
    about: str
    formats: list[str]
    options: dict[str, str]
    """What it can be asked about, each with what it means."""
    columns: dict[str, str]
    """What each column holds, in their order; of packs none."""


@opened_by("reports")
async def offers(request: Request, call: Call) -> Response:
    """List what the token's account may fetch."""
    asked(request, ())
    listed = [
        Offer(
            name,
            title,
            exports.about(name),
            exports.forms_of(name),
            {option.name: option.about for option in options_in(name).values()},
            dict(catalogue()[name].columns) if name in catalogue() else {},
        )
        for name, title in exports.open_to(call.viewer).items()
    ]
    headers = await run_in_threadpool(tag_of, call.store, call.viewer, "offers")
    return unchanged(request, headers) or JSONResponse({"reports": list(map(asdict, listed))}, headers=headers)


@opened_by("reports")
async def report(request: Request, call: Call) -> Response:
    """Send a report or pack as a file."""
    order = _order(request, call.viewer)
    receipt = await run_in_threadpool(receipts.draw, call.store, call.viewer, order)
    headers = await run_in_threadpool(tag_of, call.store, call.viewer, "report", receipt.digest())
    may_be_kept = not exports.FORMATS[order.form].is_signed  # the key may have been ended since
    if may_be_kept and (answer := unchanged(request, headers)):
        return answer
    is_sent = request.method != "HEAD"
    file, size = await to_thread.run_sync(partial(_made, call, receipt, is_sent), limiter=AT_ONCE)
    headers |= {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{exports.file_name(order)}"',
        "Skilltrack-Receipt": receipt.digest(),
    }
    return StreamingResponse(_pieces(file), headers=headers, media_type=exports.FORMATS[order.form].media)


@opened_by("reports")
async def receipt(request: Request, call: Call) -> Response:
    """Send the receipt of the file that the same question at the report's own address gives."""
    order = _order(request, call.viewer)
    drawn = await run_in_threadpool(receipts.draw, call.store, call.viewer, order)
    headers = await run_in_threadpool(tag_of, call.store, call.viewer, "receipt", drawn.digest())
    content = f"{drawn.as_json()}\n"
    return unchanged(request, headers) or Response(content, headers=headers, media_type="application/json")


def names() -> list[str]:
    """Every report and pack."""
    return list(dict.fromkeys([*reports(), *PACKS]))


def options_in(name: str) -> dict[str, Option]:
    """What the address of a report or pack can say, by name."""
    return {"format": FORM, "language": LANGUAGE, "suppress": SUPPRESS} | options_of(name)


def _order(request: Request, viewer: Viewer) -> Order:
    """What a request orders; raises `NotOpen` for a report that is closed to the viewer, `BadQuestion` for none."""
    name = request.path_params["name"]
    if name not in names():
        exports.refuse_unknown(Order(name, "csv", filters_in({})))
    exports.refuse_closed(name, viewer)
    given = asked(request, [*options_in(name), "skill", "level"])
    filters = filters_in(given)
    refuse_unasked(name, filters)
    form = given.get("format", exports.forms_of(name)[0])
    language = exports.language_of(form, given.get("language"))
    order = Order(name, form, filters, yes_or_no(given, "suppress"), language)
    exports.refuse_unknown(order)
    return order


def _made(call: Call, receipt: Receipt, is_sent: bool) -> tuple[BinaryIO, int]:
    """The file that a receipt stands for, nameless on the disk, and its bytes; what is sent is noted for audits."""
    file = tempfile.TemporaryFile(dir=call.store.folder)  # noqa: SIM115 closed when it is sent
    try:
        exports.write(call.store, call.viewer, receipt, file)
        size = file.tell()
        if is_sent:
            exports.note(call.store, call.viewer, receipt, token=call.caller.token_id)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, size


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
