"""What an upload does that brings what somebody proposed: it is accepted with it, once, and brings their rows alone."""

from collections.abc import Iterable

from skilltrack.errors import Refused
from skilltrack.kinds import Kind
from skilltrack.language import _
from skilltrack.relations import read_text
from skilltrack.storage import Transaction

STATE = read_text("proposals/waiting")
ACCEPT = read_text("landing/settling/accept")


def refuse_settled(transaction: Transaction, proposal_id: int) -> str:
    """Whose the proposal is; raises `Refused` where there is none, or where it does not wait any more."""
    rows = transaction.rows(STATE, {"proposal_id": proposal_id})
    if not rows:
        raise Refused(_("There is no proposal {n}.", n=proposal_id))
    if rows[0]["ended_by"]:
        raise Refused(
            _("Proposal {n} does not wait any more: somebody has decided it, or it was withdrawn.", n=proposal_id)
        )
    return str(rows[0]["employee_id"])


def refuse_others(transaction: Transaction, kinds: Iterable[Kind], upload_id: int, proposal_id: int) -> None:
    """Raise `Refused` where the upload has rows about somebody else than the one who proposed."""
    owner, about = refuse_settled(transaction, proposal_id), set()
    for kind in kinds:
        rows = f"select distinct {kind.about} as person from {kind.table} where upload_id = $upload_id"
        about |= {row["person"] for row in transaction.rows(rows, {"upload_id": upload_id})}
    if about != {owner}:
        raise Refused(
            _("What was proposed is about somebody else, or about several people. Decline it, or ask HR to upload it.")
        )


def note_accepted(transaction: Transaction, proposal_id: int, upload_id: int, landed_at: object, by: str) -> None:
    """Store that the proposal was accepted by this upload."""
    asked = {"proposal_id": proposal_id, "upload_id": upload_id, "landed_at": landed_at, "by": by}
    transaction.run(ACCEPT, asked)
