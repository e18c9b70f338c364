"""Ids and other short cells without what spreadsheets put around them, and ids that are written in another way.

A wrapping leaves no doubt and is taken off. Where an id only looks like another one, a question asks what is meant.
"""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.ingest.reading.content import Room
from skilltrack.ingest.reading.mapping import Mapping, not_one_of
from skilltrack.ingest.reading.outcome import Problem
from skilltrack.ingest.reading.questions import Question
from skilltrack.ingest.reading.remarks import split_remark
from skilltrack.ingest.reading.status_words import words_in
from skilltrack.ingest.reading.things import counted, read_as
from skilltrack.kinds import Column
from skilltrack.language import joined, sentence

WRAPPED = r'^=\s*"([^"]*)"$'
"""A text that a spreadsheet is not to take for a number: `="00201"`."""
INVISIBLE = "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
"""Characters without a width. In the names of people and things some of them have a meaning."""
ADDRESSES = ("email", "manager_email")

WHOLE, AS_IS, FIRST, EACH, ANY_CASE, BARE, UNTITLED, UNPADDED, UNPREFIXED = TREATMENTS = (
    "whole numbers", "as they are", "first", "each", "any case", "without remarks", "without titles", "without zeros",
    "without letters",
)  # fmt: skip
"""What a mapping can say of ids: drop separators and `.0`, change nothing, take the first of several or make a row
of each, ignore case; of names: take off remarks about a status, `(left)`; of names, managers' too: take off
`Dr.`; of ids: take off the zeros in front, or the letters, `E103`."""
TITLES = words_in(
    "mr mrs ms miss mx dr prof professor sir madam rev herr frau hr fr mme mlle mons sr sra srta don dona ing dott "
    "dottssa sig sigra dhr mevr mw dipling mag msc bsc phd mba"
)
"""Words before and behind names that are no part of them, plain."""
PREFIXED = r"[A-Za-z]{1,6}[-_ ]?([0-9]+)"
"""An id of letters and a number, which another system may write without them."""
_GROUP = "[.,'\u2019 \u00a0\u202f]"
GROUPED = rf"^\d{{1,3}}({_GROUP}\d{{3}})+$"
"""Digits in groups of three: `1,201`, which may be 1201."""
OF_PEOPLE = ("employee_id", "manager_id")
OF_THINGS = ("credential_id", "credential", "skill_id", "skill")
SEPARATORS = r"[;|\n]"
SEVERAL_THINGS = r"^[^;|\n]+[;|\n]\s*[^;|\s]"
SEVERAL = r"^[^;|]+[;|][^;|]*[^;|\s]"
MAIL = re.compile(r"(?:mailto:\s*)?<?\s*([^\s<>;,]+@[^\s<>;,]+?)\s*>?", re.IGNORECASE)
NAMED_MAIL = re.compile(r"[^<>@]*<\s*(?:mailto:)?\s*([^\s<>;,]+@[^\s<>;,]+)\s*>", re.IGNORECASE)


def is_id(column: Column) -> bool:
    """Whether the cells of a column are ids: people's, or of things."""
    return column.name.endswith("_id")


def unwrapped(
    column: Column, cells: pa.ChunkedArray, room: Room, file: str, problems: list[Problem]
) -> pa.ChunkedArray:
    """Cells without their wrapping; a notice counts them. Names and other free text only lose `="…"`."""
    is_short = column.type != "text" or is_id(column) or column.name in ADDRESSES
    changed, sample = 0, ("", "")

    def plain(piece: pa.Array) -> pa.Array:
        nonlocal changed, sample
        cleaned = piece
        if is_short and not pc.all(pc.string_is_ascii(piece)).as_py():
            cleaned = pc.utf8_trim_whitespace(pc.replace_substring_regex(cleaned, INVISIBLE, ""))
        if pc.any(pc.starts_with(cleaned, "=")).as_py():
            cleaned = pc.utf8_trim_whitespace(pc.replace_substring_regex(cleaned, WRAPPED, r"\1"))
        if is_short and pc.any(pc.starts_with(cleaned, "'")).as_py():
            cleaned = pc.replace_substring_regex(cleaned, r"^'([^']+)$", r"\1")
        if column.name in ADDRESSES:
            cleaned = _addresses(cleaned)
        if cleaned is piece or cleaned.equals(piece):
            return piece
        differ = pc.not_equal(cleaned, piece)
        if not changed:
            at = pc.index(differ, True).as_py()
            sample = piece[at].as_py(), cleaned[at].as_py()
        changed += pc.sum(differ).as_py()
        return cleaned

    cells = room.changed(plain, cells)
    if changed:
        message = sentence(
            "{cells} read without the characters around the value: {value!r} as {becomes!r}.",
            cells=counted(changed, "cell"),
            value=sample[0],
            becomes=sample[1],
        )
        problems.append(Problem(file, None, column.name, None, message, "notice"))
    return cells


def _addresses(piece: pa.Array) -> pa.Array:
    """E-mail addresses without the name and the `mailto:` that mail programs put around them."""
    if not holds(piece, "<", ":"):
        return piece
    return pa.array(map(address, piece.to_pylist()), pa.string())


def address(cell: str) -> str:
    """The one e-mail address in a cell, or the cell as it is where it has none or several."""
    if cell.count("@") != 1:
        return cell
    match = NAMED_MAIL.fullmatch(cell.strip()) or MAIL.fullmatch(cell.strip())
    return match.group(1) if match else cell


def ask_about_ids(
    column: Column,
    is_own: bool,
    cells: pa.ChunkedArray,
    mapping: Mapping,
    file: str,
    questions: list[Question],
    is_paid: bool = False,
) -> bool:
    """Ask about ids that look like numbers that a spreadsheet has formatted, or like several ids in one cell.

    `is_own`: these are the ids of what the rows are about; `is_paid`: a row is an amount, which cannot be several
    rows. Returns whether nothing can be stored without the answer.
    """
    if (
        column.name in mapping.ids
        or column.name in mapping.constants
        or not (is_id(column) or column.name in ADDRESSES + OF_THINGS)
    ):
        return False
    about = f"ids.{column.name}"
    if column.name in OF_THINGS and (sample := _first(cells, SEVERAL_THINGS, ";", "|", "\n")):
        text = sentence(
            "{column} has several values in one cell, such as {sample!r}. Each row is about one: is each value a row "
            "of its own?",
            column=column.name,
            sample=sample,
        )
        parts = [part.strip() for part in re.split(SEPARATORS, sample) if part.strip()]
        answers = (
            {}
            if is_paid
            else {
                EACH: sentence(
                    "yes: {listed}, with all that the row says", listed=joined(map(repr, parts), sentence(" and "))
                )
            }
        )
        answers |= {
            FIRST: sentence("only {value}; the others are lost", value=treated(FIRST, sample)),
            AS_IS: sentence("no: it is one name"),
        }
        questions.append(Question(file, about, text, answers))
        return True
    if column.name not in OF_THINGS and (sample := _first(cells, SEVERAL, ";", "|")):
        first = treated(FIRST, sample)
        text = sentence(
            "{column} has several values in one cell, such as {sample!r}. Is the first one meant?",
            column=column.name,
            sample=sample,
        )
        questions.append(Question(file, about, text, {FIRST: read_as(sample, first)}, must=False))
        return False
    if not is_id(column):
        return False
    if (
        sample := _first(
            cells, GROUPED, ",", "'", "\u2019", "\u00a0", "\u202f", " ", *("." * (column.name in OF_PEOPLE))
        )
    ) and _all(cells, rf"^(\d+|\d{{1,3}}({_GROUP}\d{{3}})+)?$"):
        answers = {
            WHOLE: read_as(sample, treated(WHOLE, sample)),
            AS_IS: sentence("{value} stays {value}", value=sample),
        }
        text = sentence(
            "{column}: did a spreadsheet put the separators between the digits of {sample!r}?",
            column=column.name,
            sample=sample,
        )
        questions.append(Question(file, about, text, answers))
        return True
    if (sample := _first(cells, r"^\d+\.00?$", ".0")) and _all(cells, r"^(\d+(\.00?)?)?$"):
        answers = {WHOLE: read_as(sample, treated(WHOLE, sample))}
        text = sentence(
            "{column}: did a program turn ids into numbers with decimals, such as {sample!r}?",
            column=column.name,
            sample=sample,
        )
        questions.append(Question(file, about, text, answers, must=is_own))
        return is_own
    return False


def _first(cells: pa.ChunkedArray, pattern: str, *characters: str) -> str:
    """The first cell that matches a pattern, which needs one of some characters; empty where there is none."""
    for piece in cells.chunks:
        if holds(piece, *characters):
            at = pc.index(pc.match_substring_regex(piece, pattern), True).as_py()
            if at >= 0:
                return str(piece[at].as_py())
    return ""


def holds(piece: pa.Array, *characters: str) -> bool:
    """Whether any of some characters occurs in the cells, or beside them in their memory; very fast where none does."""
    memory = piece.buffers()[2]
    text = memory.to_pybytes() if memory else b""
    return any(character.encode() in text for character in characters)


def _all(cells: pa.ChunkedArray, pattern: str) -> bool:
    return all(pc.all(pc.match_substring_regex(piece, pattern)).as_py() is not False for piece in cells.chunks)


def treated(treatment: str, cell: str) -> str:
    """What a treatment makes of an id."""
    if treatment == FIRST:
        return re.split(SEPARATORS, cell, maxsplit=1)[0].strip()
    if treatment == WHOLE:
        if re.fullmatch(r"\d+\.0+", cell):
            return cell.partition(".")[0]
        return re.sub(_GROUP, "", cell) if re.fullmatch(GROUPED, cell) else cell
    if treatment == UNPREFIXED:
        return match.group(1) if (match := re.fullmatch(PREFIXED, cell)) else cell
    if treatment == UNPADDED:
        return cell.lstrip("0") or cell if cell.isdecimal() else cell
    return cell


def without_titles(name: str) -> str:
    """A name without `Mr.`, `Dr.` and the like: `García, Mr. Tomás` is `García, Tomás`."""
    words = [word for word in name.split() if "".join(filter(str.isalnum, word.casefold())) not in TITLES]
    return " ".join(words).rstrip(",") if len(words) > 1 else name


def treatment_of(column: str, mapping: Mapping) -> Callable[[str], str] | None:
    """What a mapping does to the ids of a column; raises `BadFile` for a word that it does not know."""
    treatment = mapping.ids.get(column)
    if treatment is None:
        return None
    if treatment not in TREATMENTS:
        raise not_one_of(TREATMENTS, mapping, f"ids.{column}", treatment)
    if treatment == UNTITLED and column == "name":
        return without_titles
    if treatment == BARE:
        return lambda cell: split_remark(cell, mapping.reading)[0]
    return lambda cell: treated(treatment, cell)
