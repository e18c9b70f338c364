"""How the next file of a source is read: in the same way as the last one, and a message says so.

What holds for one file only is left out: its encoding, the style of its dates where the new file shows its own, and a
day that was given for every row.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from typing import Any

from skilltrack.ingest.reading.mapping import TEXTS, Mapping, about
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.things import and_more
from skilltrack.kinds import Kind, Means
from skilltrack.language import NOTHING, Sentence, as_it_is

STYLES = ("dates", "amounts")
"""Parts that the cells of a file show better than the previous file does."""
OF_ONE_FILE = ("encoding", "delimiter", "sheet", "line_breaks", "name", "rules", "reading", "award_ids")
"""Parts that hold for one file only, or that the import works out by itself."""
MANAGERS = ("manager_id", "manager_name", "manager_email")
SHOWN = 8
"""How many earlier answers a message lists one by one."""


def for_next_file(kind: Kind, mapping: Mapping) -> Mapping:
    """The mapping without what holds for one file only: days and a person given for every row, and who a name means.

    A name that nobody has today may be that of a newcomer in the next file.
    """
    of_one_file = {column.name for column in kind.file_columns if column.type == "date" or column.means is Means.CALLED}
    of_one_file |= {kind.about} if kind.about else set()
    people = {"name"} if kind.names_people else set()
    return replace(
        mapping,
        constants={name: value for name, value in mapping.constants.items() if name not in of_one_file},
        values={name: _of_things(name, pairs) for name, pairs in mapping.values.items() if name not in people},
        skip={name: values for name, values in mapping.skip.items() if name not in people},
    )


def _of_things(column: str, pairs: dict[str, str]) -> dict[str, str]:
    """What the texts of a column mean, without who is meant by the name of a manager."""
    if column not in MANAGERS:
        return pairs
    return {text: meant for text, meant in pairs.items() if not meant or text == "*" or any(map(str.isdigit, text))}


def beside(mapping: Mapping, asked: Collection[str]) -> Mapping:
    """The mapping for a file that can be read by itself; it keeps only those styles that `asked` names."""
    return replace(with_styles(mapping, asked), encoding="", delimiter="", sheet="", line_breaks="")


def with_styles(mapping: Mapping, asked: Collection[str]) -> Mapping:
    """The mapping with only those styles of dates and amounts that `asked` names: the file shows the others."""
    kept: dict[str, Any] = {
        part: {name: style for name, style in getattr(mapping, part).items() if about(part, name) in asked}
        for part in STYLES
    }
    return replace(mapping, **kept)


def styles_of(mapping: Mapping, asked: Collection[str]) -> list[str]:
    """The styles of a mapping that `asked` names, as short texts."""
    return [
        f"{name} as {style}"
        for part in STYLES
        for name, style in getattr(mapping, part).items()
        if about(part, name) in asked
    ]


def with_own(mapping: Mapping, own: Mapping) -> Mapping:
    """The mapping with the answers given for the new file itself, such as that its awards move."""
    texts: dict[str, Any] = {part: text for part in TEXTS if (text := getattr(own, part))}
    return replace(mapping, **texts)


def added(kind: Kind, mapping: Mapping, recognised: Mapping) -> list[str]:
    """What a mapping adds to what was recognised in a file, or contradicts in it, as short texts."""
    additions = []
    known = {column.name for column in kind.file_columns}
    for part in (field.name for field in fields(Mapping) if field.name not in (*STYLES, *OF_ONE_FILE)):
        one, other = getattr(mapping, part), getattr(recognised, part)
        if not isinstance(one, dict):
            if one and one != other and isinstance(one, str):
                additions.append(f"{part} = {one}")
            continue
        for name, value in one.items():
            if part == "values":
                here = other.get(name, {})
                is_own = name in known  # only reading the file again shows whether it has such a word
                pairs = {v: m for v, m in value.items() if (v in here and here[v] != m) or (is_own and v not in here)}
                additions += [f"{name}: {v or 'empty'} = {m}" for v, m in pairs.items()]
            elif part == "skip":
                additions += [f"without {name} {v or 'empty'}" for v in value if v not in other.get(name, [])]
            elif part != "made" and other.get(name) != value:
                additions.append(f"{name} = {' + '.join(value) if isinstance(value, list) else value}")
    return additions


def answered(mapping: Mapping, questions: Iterable[Question]) -> list[Question]:
    """The questions that the mapping answers, each with its answer."""
    with_answers = []
    for question in questions:
        places = (question.about, *(typed.about for typed in question.typed))
        answer = next((text for place in places if (text := mapping.answer_to(place))), "")
        if answer:
            with_answers.append(replace(question, answer=answer))
    return with_answers


def in_short(additions: list[str]) -> Sentence:
    """The additions as one text."""
    if not additions:
        return NOTHING
    return as_it_is(f": {'; '.join(additions[:SHOWN])}") + and_more(len(additions) - SHOWN)
