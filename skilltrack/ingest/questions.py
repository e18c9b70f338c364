"""What a file leaves open: never guessed in silence, but asked, with samples of what each answer would mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from skilltrack.errors import BadFile


@dataclass(frozen=True)
class Question:
    """One thing to be said about a file before it can be taken as meant."""

    file: str
    about: str
    """Where the answer stands in a mapping, such as `encoding`, `dates.hired_on` or `pad.manager_id`."""
    text: str
    answers: dict[str, str] = field(default_factory=dict)
    """What the mapping would say, and what that would mean for the file."""
    must: bool = True
    """Whether nothing sensible can be stored without an answer."""

    def __str__(self) -> str:
        place, _, column = self.about.partition(".")
        key = f"[{place}] {column}" if column else place
        choices = "; ".join(f'{key} = "{answer}" for {meaning}' for answer, meaning in self.answers.items())
        return f"{self.file}: {self.text} In a mapping file say {choices}."


class Unanswered(BadFile):
    """The file cannot be read before its questions are answered."""

    def __init__(self, questions: Iterable[Question], said: str = ""):
        self.questions, self.message = tuple(questions), said
        super().__init__("\n".join([*([said] if said else []), *map(str, self.questions)]))
