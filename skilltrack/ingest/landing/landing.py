"""The upload in progress, as its steps pass it on."""

from dataclasses import dataclass, field
from datetime import date

from skilltrack.ingest.reading.mapping import EARLIER_RULES, Mapping
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.storage import Transaction


@dataclass(frozen=True)
class Landing:
    """What a step needs to know about the upload, and where it reports problems and questions."""

    transaction: Transaction
    upload_id: int
    file_names: list[str]
    keeps_good_rows: bool
    """Whether bad rows are set aside. Then a reference to a bad row is bad too; otherwise the first fault is enough."""
    mode: str = "snapshot"
    creates_credentials: bool = False
    """Whether a credential that the catalogue lacks is added, demonstrating nothing until somebody maps it."""
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    files: list[ReadFile] = field(default_factory=list)
    corrects: bool = False
    """Whether an award whose holder differs from before moves to the new one."""
    is_again: bool = False
    """Whether the upload is done again from the journal."""
    mappings: dict[int, Mapping] = field(default_factory=dict)
    """By file, the mapping completed during the import, where anything was added."""
    effective_on: date = date.min
    """First day that a roster of the upload holds."""
    landed_on: date = date.min
    """The day of the upload."""

    def is_as_before(self, kind: str) -> bool:
        """Whether files of a kind that an earlier program stored are imported again, by its rules."""
        mappings = [file.mapped.mapping for file in self.files_of(kind).values()]
        return all(mapping.lands_as_earlier and not mapping.rules for mapping in mappings)

    def finds_as_earlier(self, kind: str) -> bool:
        """Whether such files are imported again that were stored by a program that found people by name unasked."""
        mappings = [file.mapped.mapping for file in self.files_of(kind).values()]
        return all(mapping.lands_as_earlier and mapping.rules in ("", EARLIER_RULES) for mapping in mappings)

    def lands_as_earlier(self, kind: str) -> bool:
        """Whether files of a kind are imported again that an earlier program stored."""
        return any(file.mapped.mapping.lands_as_earlier for file in self.files_of(kind).values())

    def lands_as_fourth(self, kind: str) -> bool:
        """Whether files of a kind are imported again that landed by the fourth reading or an earlier one."""
        return any(file.mapped.mapping.lands_as_fourth for file in self.files_of(kind).values())

    def lands_as_seventh(self, kind: str) -> bool:
        """Whether files of a kind are imported again that landed by the seventh reading or an earlier one."""
        return any(file.mapped.mapping.lands_as_seventh for file in self.files_of(kind).values())

    def is_any_erased(self, kind: str) -> bool:
        """Whether somebody was erased before the upload, whose name or address may be another person's former one."""
        if self.lands_as_earlier(kind):
            return False
        before = (
            "select 1 from erasures as e join upload_events as u on u.happened_at > e.erased_at and u.event = 'landed' "
            "where u.upload_id = $upload_id limit 1"
        )
        return bool(self.transaction.rows(before, {"upload_id": self.upload_id}))

    def files_of(self, kind: str) -> dict[int, ReadFile]:
        """The files of one kind by their number in the upload."""
        return {no: file for no, file in enumerate(self.files) if file.kind.name == kind}
