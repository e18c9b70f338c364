"""How the next file of a source is read: as the last one was, with all that was said of it, and told.

What holds for one file only is left out: its encoding, the style of its dates where the new file shows its own, and a
day that was given for every row.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from typing import Any

from skilltrack.ingest.reading.mapping import TEXTS, Mapping, about
from skilltrack.ingest.reading.questions import Question
from skilltrack.kinds import Kind

STYLES = ("dates", "amounts")
"""Parts that the cells of a file show better than the file before."""
OF_ONE_FILE = ("encoding", "delimiter", "sheet", "line_breaks", "name", "rules", "reading", "award_ids")
"""Parts that hold for one file, or that landing finds out by itself."""
SHOWN = 8
"""What was said before that is told one by one."""


def without_days(kind: Kind, mapping: Mapping) -> Mapping:
    """The mapping without days that were said of every row of one file."""
    days = {column.name for column in kind.file_columns if column.type == "date"}
    return replace(mapping, constants={name: said for name, said in mapping.constants.items() if name not in days})


def beside(mapping: Mapping, asked: Collection[str]) -> Mapping:
    """The mapping for a file that can be read by itself; of styles only those that `asked` places are about."""
    dates = {name: said for name, said in mapping.dates.items() if about("dates", name) in asked}
    amounts = {name: said for name, said in mapping.amounts.items() if about("amounts", name) in asked}
    return replace(mapping, encoding="", delimiter="", sheet="", line_breaks="", dates=dates, amounts=amounts)


def with_own(mapping: Mapping, own: Mapping) -> Mapping:
    """The mapping with what was said of the new file itself, such as that its awards move."""
    said: dict[str, Any] = {part: text for part in TEXTS if (text := getattr(own, part))}
    return replace(mapping, **said)


def added(kind: Kind, mapping: Mapping, found: Mapping) -> list[str]:
    """What a mapping says beyond what was found in a file, or against it, as short texts."""
    said = []
    known = {column.name for column in kind.file_columns}
    for part in (field.name for field in fields(Mapping) if field.name not in (*STYLES, *OF_ONE_FILE)):
        one, other = getattr(mapping, part), getattr(found, part)
        if not isinstance(one, dict):
            if one and one != other and isinstance(one, str):
                said.append(f"{part} = {one}")
            continue
        for name, value in one.items():
            if part == "values":
                here = other.get(name, {})
                is_own = name in known  # whether such a word stands in the file, only reading it again shows
                pairs = {v: m for v, m in value.items() if (v in here and here[v] != m) or (is_own and v not in here)}
                said += [f"{name}: {v or 'empty'} = {m}" for v, m in pairs.items()]
            elif part == "skip":
                said += [f"without {name} {v or 'empty'}" for v in value if v not in other.get(name, [])]
            elif part != "made" and other.get(name) != value:
                said.append(f"{name} = {' + '.join(value) if isinstance(value, list) else value}")
    return said


def answered(mapping: Mapping, questions: Iterable[Question]) -> list[Question]:
    """Questions with what the mapping says to each, those aside to which it says nothing."""
    found = []
    for question in questions:
        places = (question.about, *(typed.about for typed in question.typed))
        answer = next((said for place in places if (said := mapping.answer_to(place))), "")
        if answer:
            found.append(replace(question, answer=answer))
    return found


def in_short(said: list[str]) -> str:
    """What was said before, as one text."""
    more = f" and {len(said) - SHOWN} more" * (len(said) > SHOWN)
    return f": {'; '.join(said[:SHOWN])}{more}" if said else ""
