"""What a file leaves open: never guessed in silence, but asked, with samples of what each answer would mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from skilltrack.errors import BadFile

SHOWN = 8
"""Answers of one question that are printed."""


@dataclass(frozen=True)
class Typed:
    """An answer that is written rather than chosen."""

    about: str
    """Where it stands in a mapping, such as `constants.currency`."""
    label: str
    """What is asked for, such as `The same for every row`."""
    choices: tuple[str, ...] = ()
    """The only texts that would do; any text where there are none."""


@dataclass(frozen=True)
class Question:
    """One thing to be said about a file before it can be taken as meant."""

    file: str
    about: str
    """Where the answer stands in a mapping, such as `encoding`, `dates.hired_on` or `pad.manager_id`, as
    `mapping.about` writes it."""
    text: str
    answers: dict[str, str] = field(default_factory=dict)
    """What the mapping would say, and what that would mean for the file."""
    must: bool = True
    """Whether nothing sensible can be stored without an answer."""
    samples: dict[str, list[str]] = field(default_factory=dict)
    """Of an answer that is a header, some of the column's values."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Of an answer, why it is likely or not."""
    typed: tuple[Typed, ...] = ()
    """What may be written instead of choosing an answer."""
    group: str = ""
    """Questions with the same text here belong together, as the rows of one table."""

    def __str__(self) -> str:
        place, _, column = self.about.partition(".")
        key = f"[{place}] {column}" if column else place
        shown = list(self.answers.items())[:SHOWN]
        choices = "; ".join(f'{key} = "{answer}" for {meaning}' for answer, meaning in shown)
        if len(self.answers) > SHOWN:
            choices += f"; or {len(self.answers) - SHOWN} more"
        for typed in self.typed:
            part, _, name = typed.about.partition(".")
            what = f"one of {', '.join(typed.choices)}" if typed.choices else "a text"
            choices += (
                f"{'; or ' if choices else ''}[{part}] {name} = {what} ({typed.label[:1].lower()}{typed.label[1:]})"
            )
        return f"{self.file}: {self.text} In a mapping file say {choices}."


class Unanswered(BadFile):
    """The file cannot be read before its questions are answered."""

    def __init__(self, questions: Iterable[Question], said: str = ""):
        self.questions = tuple(questions)
        super().__init__("\n".join([*([said] if said else []), *map(str, self.questions)]))
