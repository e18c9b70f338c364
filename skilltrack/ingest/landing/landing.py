"""The upload that is being landed, as its steps pass it on."""

from dataclasses import dataclass, field
from datetime import date

from skilltrack.ingest.reading.mapping import EARLIER_RULES, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.storage import Transaction


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
    files: list[ReadFile] = field(default_factory=list)
    corrects: bool = False
    """Whether an award that has another holder than before moves."""
    is_again: bool = False
    """Whether the upload is done again from the journal."""
    mappings: dict[int, Mapping] = field(default_factory=dict)
    """By file, the mapping with what was found out while landing, where anything was."""
    effective_on: date = date.min
    """First day that a roster of the upload holds."""
    landed_on: date = date.min
    """The day of the upload."""

    def is_as_before(self, kind: str) -> bool:
        """Whether files of a kind land again by the rules of an earlier program, which stored them."""
        return self.is_again and not any(file.mapped.mapping.rules for file in self.files_of(kind).values())

    def finds_as_earlier(self, kind: str) -> bool:
        """Whether files of a kind land again that an earlier program stored, which found people by name unasked."""
        rules = {file.mapped.mapping.rules for file in self.files_of(kind).values()}
        return self.is_again and rules <= {"", EARLIER_RULES}

    def files_of(self, kind: str) -> dict[int, ReadFile]:
        """The files of one kind by their number in the upload."""
        return {no: file for no, file in enumerate(self.files) if file.kind.name == kind}
