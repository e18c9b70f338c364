"""What a file leaves open: never guessed silently, but asked, with samples of what each answer would mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from skilltrack.errors import BadFile
from skilltrack.ingest.reading.mapping import place_of, toml_text
from skilltrack.language import NOTHING, Sentence, sentence

ASKS_FOR_NAMES = sentence("Match them to the roster by name?")
SHOWN = 8
"""Answers of one question that are printed."""
BARE = re.compile(r"[A-Za-z0-9_-]+")
"""Keys of a mapping file that need no quotes."""


@dataclass(frozen=True)
class Typed:
    """An answer that is written rather than chosen."""

    about: str
    """Where it stands in a mapping, such as `constants.currency`."""
    label: Sentence
    """What is asked for, such as `The same for every row`."""
    choices: tuple[str, ...] = ()
    """The only texts that are allowed; empty: any text."""

    @property
    def in_words(self) -> str:
        """What is asked for, and which texts are allowed."""
        return f"{self.label}: one of {', '.join(self.choices)}" if self.choices else self.label


@dataclass(frozen=True)
class Question:
    """One thing that a file leaves open about how it is to be read."""

    file: str
    about: str
    """Where the answer stands in a mapping, such as `encoding`, `dates.hired_on` or `pad.manager_id`, as
    `mapping.about` writes it."""
    text: Sentence
    answers: Mapping[str, Sentence] = field(default_factory=dict)
    """What the mapping would say, and what that would mean for the file."""
    must: bool = True
    """Whether nothing sensible can be stored without an answer."""
    samples: dict[str, list[str]] = field(default_factory=dict)
    """For an answer that is a header: some of the column's values."""
    reasons: Mapping[str, Sentence] = field(default_factory=dict)
    """For an answer: why it is likely or not."""
    typed: tuple[Typed, ...] = ()
    """What may be written instead of choosing an answer."""
    answer: str = ""
    """The answer for an earlier file of the same source, which also holds for this one; it can be changed."""
    group: Sentence = NOTHING
    """Questions with the same text here belong together, as the rows of one table."""
    likely: str = ""
    """The answer that is right unless somebody says otherwise: a header that is clearly the one. Empty: none is."""

    @property
    def asks(self) -> str:
        """The question as a sentence, with what was answered for an earlier file."""
        if not self.answer:
            return f"{self.file}: {self.text}"
        meaning = self.answers.get(self.answer, "")
        return f"{self.file}: {self.text} As for the previous file: {self.answer}{': ' * bool(meaning)}{meaning}."

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Where each answer stands in a mapping, the answer, and what it means; the likeliest first."""
        chosen = [(self.about, answer, meaning) for answer, meaning in list(self.answers.items())[:SHOWN]]
        return chosen + [(typed.about, (*typed.choices, "…")[0], typed.in_words) for typed in self.typed]

    def __str__(self) -> str:
        """The question, and below it what answers it in a mapping file: all answers but a likely one are comments."""
        return in_words([self])


def in_words(questions: Iterable[Question]) -> str:
    """Questions as sentences, and below those of each file what answers them in its mapping file.

    All answers but a likely one are comments, so that nobody pastes an answer that nobody gave.
    """
    lines = []
    for _, of_file in groupby(questions, lambda question: question.file):
        asked = list(of_file)
        lines += [question.asks for question in asked]
        answers = _answers([question for question in asked if not question.answer])
        if answers:
            several = any(len(question.options) > 1 for question in asked)
            lines[-1] += f" In a mapping file say{' one of' * (several and len(asked) == 1)}:"
            lines += [f"    {line}" for line in answers]
    return "\n".join(lines)


def _answers(questions: list[Question]) -> list[str]:
    """The lines of one mapping file that answer questions, each table of it once."""
    tables: dict[str, list[str]] = {}
    seen: set[str] = set()
    for question in questions:
        for about, answer, meaning in question.options:
            table, line = _as_toml(about, answer, meaning)
            is_likely = answer == question.likely and about == question.about and about not in seen
            tables.setdefault(table, []).append(line if is_likely and question.likely else f"# {line}")
        seen.add(question.about)
        if len(question.answers) > SHOWN:
            table, _ = _as_toml(question.about, "", "")
            tables[table].append(f"# and {len(question.answers) - SHOWN} more answers")
    lines = tables.pop("", [])
    for table, inner in tables.items():
        lines += [f"[{table}]", *inner]
    return lines


def _as_toml(about: str, answer: str, meaning: str) -> tuple[str, str]:
    """The table of a mapping file in which an answer stands, and its line there."""
    *table, key = [part if BARE.fullmatch(part) else toml_text(part) for part in place_of(about)]
    comment = "".join(character if character.isprintable() else " " for character in meaning)
    return ".".join(table), f"{key} = {toml_text(answer)}  # {comment}"


class Unanswered(BadFile):
    """The file cannot be read before its questions are answered; `advice`: what to do instead of answering them."""

    def __init__(self, questions: Iterable[Question], message: Sentence = NOTHING, advice: Sentence = NOTHING):
        self.questions, self.message, self.advice = tuple(questions), message, advice
        super().__init__("\n".join(filter(None, [message, in_words(self.questions)])))
