"""What an import says: problems that name their place, and counts of what changed."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from skilltrack.ingest.reading.questions import Question
from skilltrack.language import Sentence, _, as_it_is, mark, sentence

ON_LINE = mark("stands on line {line} too; {advice}.")
IN_FILE = mark("stands in {file}, line {line} too; {advice}.")
IN_PLACE = mark("stands in {place} too; {advice}.")
"""What is wrong with a row whose key another one has."""
MOST_LISTED = 1_000
"""Most problems of one sort that are listed one by one."""

Progress = Callable[[str], None]
"""Called with what is about to be done, once a step."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or worth knowing in a file, and what would work."""

    file: str
    line: int | None
    """Physical line in the file, the header being line 1; empty for the file as a whole."""
    column: str | None
    value: str | None
    message: Sentence
    severity: str = "error"
    """error (the row is bad), alarm (the file as a whole looks wrong), warning (taken as it is) or notice."""
    is_grave: bool = False
    """Of an alarm: a program may bring such a file only by saying that it is meant."""
    count: int = 1
    """How many problems this stands for: where there are very many, the last one listed is about all others."""

    @property
    def sentence(self) -> Sentence:
        """The problem with its place and its value."""
        place = as_it_is(self.file)
        if self.line is not None:
            place += sentence(", line {line}", line=self.line)
        if self.column:
            place += sentence(", column {column}", column=self.column)
        value = "" if self.value is None else f" {_shown(self.value)}:"
        return place + f":{value} " + self.message

    def __str__(self) -> str:
        """The problem as a sentence in the language of the run."""
        return _(self.sentence)


@dataclass(frozen=True)
class KindCount:
    """Rows of one kind in an upload, compared with what held before it."""

    kind: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    """People whom the snapshot in force listed and this one does not."""
    quarantined: int = 0


@dataclass
class Outcome:
    """How an import ended."""

    status: Literal["stored", "repeated", "checked", "refused"]
    """stored, repeated (it was stored before), checked (a dry run without errors) or refused (nothing stored)."""
    upload_id: int | None = None
    counts: list[KindCount] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    """What the files leave open; answers go into a mapping."""

    @property
    def errors(self) -> list[Problem]:
        """The problems that make rows bad."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def error_count(self) -> int:
        """How many problems make rows bad, those that are not listed one by one included."""
        return sum(problem.count for problem in self.errors)

    @property
    def good_rows(self) -> int:
        """How many rows are right."""
        return sum(count.new + count.changed + count.unchanged for count in self.counts)

    def as_dict(self) -> dict[str, Any]:
        """The outcome as plain values, for JSON."""
        return asdict(self)


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")
