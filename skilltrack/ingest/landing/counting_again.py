"""What counts again by an upload although an earlier one took it back: revocations, payments that were cancelled."""

from typing import Any

from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.kinds import Kind
from skilltrack.language import counting, forms
from skilltrack.relations import END_OF_TIME, read_text, with_definitions

AWARDS = read_text("landing/counting_again/awards")

PAYMENTS = read_text("landing/counting_again/payments")

AWARDS_AGAIN = forms(
    "{n:,} award that was revoked before counts again by this file. If it is an older export, undo this upload.",
    "{n:,} awards that were revoked before count again by this file. If it is an older export, undo this upload.",
)
PAYMENTS_AGAIN = forms(
    "{n:,} payment that was cancelled before counts again by this file. If it is an older export, undo this upload.",
    "{n:,} payments that were cancelled before count again by this file. If it is an older export, undo this upload.",
)

SOME = """
select 1 from badge_files where upload_id = $upload_id and has_revoked_on and not is_signed
and exists (select 1 from badge_rows where revoked_on is not null) limit 1
"""
"""Whether the upload says which awards are revoked, and any stored one is."""


def tell_counting_again(kind: Kind, landing: Landing) -> None:
    """Warn about rows of `good` by which a stored award or payment counts that was taken back, as by an older file."""
    if landing.is_again or not (kind.holds_awards or kind.holds_payments):
        return
    asked: dict[str, Any] = {}
    if kind.holds_awards:
        asked = {"landed_on": landing.landed_on, "upload_id": landing.upload_id}
        if not landing.transaction.rows(SOME, {"upload_id": landing.upload_id}):
            return
    select = with_definitions(AWARDS if kind.holds_awards else PAYMENTS)
    row = landing.transaction.rows(select, asked | {"known_at": END_OF_TIME})[0]
    if not row["n"]:
        return
    name = "award_id" if kind.holds_awards else "spend_id"
    message = counting(*(AWARDS_AGAIN if kind.holds_awards else PAYMENTS_AGAIN), n=row["n"])
    file = landing.file_names[row["file_no"]]
    landing.problems.append(Problem(file, row["line_no"], name, row["id"], message, "warning"))
