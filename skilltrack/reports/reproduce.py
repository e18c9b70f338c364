"""Making a file again from its receipt and comparing the two: byte for byte, workbooks cell by cell."""

import io
from itertools import zip_longest
from pathlib import Path
from typing import Any

from skilltrack.access import Viewer
from skilltrack.config import READY_AT, settings
from skilltrack.errors import BadQuestion
from skilltrack.reports import as_xlsx, receipts
from skilltrack.reports.exports import note, write
from skilltrack.reports.formats import FORMATS
from skilltrack.reports.receipts import Receipt
from skilltrack.storage import Store


def reproduce(store: Store, viewer: Viewer, path: Path) -> tuple[Receipt, list[str]]:
    """The receipt of the file at `path`, and a sentence for each difference when it is made again; none = the same.

    Raises `BadFile` when the file has no receipt, `BadQuestion` when its question can no longer be asked.
    """
    receipt = receipts.read(path)
    form = FORMATS.get(receipt.order.form)
    if form is not None and form.is_signed:
        raise BadQuestion("What the company has signed is not made again: its signature says whether it is whole.")
    now = receipts.draw(store, viewer, receipt.order)
    claims, reasons = _false_claims(receipt, now), _reasons(store, receipt, now)
    file = io.BytesIO()
    write(store, viewer, receipt, file)
    note(store, viewer, receipt, "reproduced")  # logged first: the differences reveal data
    made, given = file.getvalue(), path.read_bytes()
    if made == given:
        return receipt, claims
    if receipt.order.form == "xlsx":
        differs = _cells(as_xlsx.sheets(path), as_xlsx.sheets(made))
        return receipt, [differs, *claims, *reasons] if differs else claims
    return receipt, [_first_difference(given, made, receipt.order.form), *claims, *reasons]


def in_the_log(store: Store, receipt: Receipt) -> str:
    """Whether the audit log has this file, in a sentence. A receipt that somebody wrote or changed is not in it."""
    digest = receipt.digest()
    times = [
        entry["at"]
        for entry in store.journal.audit.entries()
        if entry["event"] in ("exported", "mailed") and entry["what"].get("receipt") == digest
    ]
    if not times:
        return "The audit log has no file with this receipt: it was made elsewhere, or the receipt was changed."
    return f"The audit log has it, first on {times[0][:16].replace('T', ' at ')} UTC."


def _false_claims(receipt: Receipt, now: Receipt) -> list[str]:
    """Where the receipt contradicts this database, whether or not the numbers are the same."""
    contradictions = []
    if now.uploads != receipt.uploads:
        here = {(file["upload_id"], file["sha256"]) for file in now.uploads}
        missing = [file for file in receipt.uploads if (file["upload_id"], file["sha256"]) not in here]
        contradictions.append(
            f"{len(missing):,} of the {len(receipt.uploads):,} files it rests on were not in this database at that time"
            + (f"; the first is upload {missing[0]['upload_id']}." if missing else ", but others were.")
        )
    if receipt.policy["ready_at"] != READY_AT:
        contradictions.append(f"It was made with readiness from {receipt.policy['ready_at']}; here it is {READY_AT}.")
    if receipt.policy["suppressed"] != receipt.order.hides:
        contradictions.append(
            f"Small numbers are {'hidden' if receipt.order.hides else 'shown'} in it, but it says otherwise."
        )
    if receipt.order.hides and receipt.policy["smallest_cell"] < now.policy["smallest_cell"]:
        contradictions.append(
            f"It hides numbers below {receipt.policy['smallest_cell']}; here it is {settings().smallest_cell}."
        )
    return contradictions


def _reasons(store: Store, receipt: Receipt, now: Receipt) -> list[str]:
    """What else has changed, and may be the reason for a difference."""
    reasons = []
    erased = "select count(*) as n from erasures where erased_at > $known_at"
    if store.query(erased, {"known_at": receipt.order.filters.known_at}).to_pylist()[0]["n"]:
        reasons.append("People have been erased since, with everything that was known about them.")
    changed = [
        f"{name} {was} (here {now.written_with.get(name, 'none')})"
        for name, was in receipt.written_with.items()
        if now.written_with.get(name) != was
    ]
    if changed:
        reasons.append(f"It was made by {', '.join(changed)}.")
    if (receipt.viewer["account"], receipt.viewer["sees"]) != (now.viewer["account"], now.viewer["sees"]):
        reasons.append(f"It was made for {receipt.viewer['account']}, who saw {receipt.viewer['sees']}.")
    return reasons


def _first_difference(given: bytes, made: bytes, form: str) -> str:
    if FORMATS[form].is_lines:
        pairs = zip_longest(given.splitlines(), made.splitlines())
        for number, (was, would_be) in enumerate(pairs, 1):
            if was != would_be:
                return f"Line {number} is {_shown(was)}; made again it is {_shown(would_be)}."
    at = next((n for n, (a, b) in enumerate(zip(given, made, strict=False)) if a != b), min(len(given), len(made)))
    return f"The file has {len(given):,} bytes, made again it has {len(made):,}; byte {at:,} is the first that differs."


def _shown(line: bytes | None) -> str:
    return "missing" if line is None else repr(line.decode("utf-8", "replace")[:120])


def _cells(given: dict[str, list[list[Any]]], made: dict[str, list[list[Any]]]) -> str:
    """A sentence about the first cell that differs; empty when none does."""
    if list(given) != list(made):
        return f"The sheets are {', '.join(given)}; made again they are {', '.join(made)}."
    was: list[Any]
    would_be: list[Any]
    for name, rows in given.items():
        for row, (was, would_be) in enumerate(zip_longest(rows, made[name], fillvalue=[]), 1):
            for column, (old, new) in enumerate(zip_longest(was, would_be, fillvalue="")):
                if old != new:
                    where = f"{name}!{as_xlsx.column_name(column)}{row}"
                    return f"Cell {where} is {old!r}; made again it is {new!r}."
    return ""
