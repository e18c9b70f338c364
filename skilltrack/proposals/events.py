"""Writing down what happens to a proposal: a row of `proposal_events`, and its line in the journal."""

from typing import Any

from skilltrack.relations import read_text
from skilltrack.storage import Transaction

EVENT = read_text("proposals/event")
NOTHING: dict[str, Any] = dict.fromkeys(
    ("what", "subject_id", "wording", "level", "valid_from", "valid_to", "evidence_url", "note", "file_name", "stored",
     "reason", "upload_id")
)  # fmt: skip
"""Fields that a step need not have."""


def note(transaction: Transaction, proposal_id: int, employee_id: str, step: str, by: str, **more: Any) -> None:
    """Store one step of a proposal; empty texts are stored as nothing."""
    at = transaction.moment_after("proposal_events")
    given = {name: value if value != "" else None for name, value in more.items()}
    entry = {
        "event": "proposal",
        "proposal_id": proposal_id,
        "employee_id": employee_id,
        "step": step,
        "happened_at": at.isoformat(),
        "by_whom": by,
        **NOTHING,
        **given,
    }
    transaction.run(EVENT, entry)
    transaction.record(entry)
