"""The upload that is being landed, as its steps pass it on."""

from dataclasses import dataclass, field

from skilltrack.ingest.outcome import Problem
from skilltrack.ingest.questions import Question
from skilltrack.store import Transaction


@dataclass(frozen=True)
class Landing:
    """What a step needs to know of the upload around it, and where it says what it found."""

    transaction: Transaction
    upload_id: int
    file_names: list[str]
    keeps_good_rows: bool
    """With quarantine a reference to a bad row is bad; without, the first fault is enough to say."""
    mode: str = "snapshot"
    creates_credentials: bool = False
    """Whether a credential that the catalogue lacks is made, demonstrating nothing until somebody maps it."""
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
