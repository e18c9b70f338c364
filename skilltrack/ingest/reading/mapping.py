"""What a mapping file says: which header is which column, and how the file writes things.

docs/importing.md shows each part. A mapping is read from TOML, made by `recognise`, or put together from answers on
the screen; it can always be written as TOML again.
"""

import json
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from skilltrack.errors import BadFile
from skilltrack.language import sentence

KEEP_FIRST = "keep first"
KEEP_NEWEST = "keep newest"
KEEP_LAST = "keep last"
CREATE = "create"
SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX, SEVERAL = "skills across", "people across", "no", "several in a row"
"""What the columns of a wide matrix are: skills, with a row for each person, or people, with one for each skill;
`several in a row`: each row holds several things of one sort, which become rows of their own."""
ABOVE, CELL, LINE = TAKEN_APART = ("what stands above the cell", "the cell", "the line of the cell")
"""Headers of a matrix that was taken apart: the label of the cell's column, the cell, and its line."""
EARLIER_RULES, LAST_RULES = "2", "3"
"""Rules by which earlier programs imported files. Since 2 any cell of a row may identify a person or a credential;
since 3 a name identifies a person only where the mapping says so, whatever its accents and punctuation. Today `READING`
says all of it."""
BY_NAME, NOT_PEOPLE = "by name", "no"
BY_ACCOUNT = "by account"
CORRECT = "correct"
REPAIR, KEEP = "repair", "keep"
YES = "yes"
LEFT_OUT = "leave out"
EARLIER_READING, SECOND_READING, THIRD_READING, FOURTH_READING, FIFTH_READING = "1", "2", "3", "4", "5"
SIXTH_READING, SEVENTH_READING, READING = "6", "7", "8"
"""How files are read and land: by programs that did not note it in the journal, by those that noted rules too, and by
later ones. Since 3 a remark behind a name may have a day, and a row that a status leaves out takes back what is
stored under its key; since 4 a roster that amends another keeps what its columns do not say, and a payment that is
left out as refunded under its own id has come back in full; since 5 more is taken off names, a header may stand in
two rows, an answer about a credential's name is that of its issuer, and awards are told from copies of them as
docs/badges.md says; since 6 a row of names as programs spell them is a header too, and the number of
people below a roster is nobody; since 7 a row below the header whose cells all repeat words of it is a header in any
language, a column of days is read in the order that other columns show, badges are read in more layouts, and what a
record only lists was not earned; since 8 a row without an id that could be about several awards is about the one that
was told first, whatever their ids are, and once somebody was erased an address is not of whoever had none that day."""


@dataclass(frozen=True)
class Mapping:
    """A mapping. It is empty by default: then everything is recognised or read in reference form."""

    name: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    matrix: str = ""
    """What the columns of a wide matrix are, which is taken apart before it is read; `no`: the file is not a matrix,
    whatever it looks like. Worked out where it is not given."""
    line_breaks: str = ""
    """What stands for a line break in a cell, in the kept copy of a workbook, where each row is one line."""
    duplicates: str = ""
    """Which of several rows with one key is used, instead of all being bad: `keep first`, `keep last`, or for people
    with several jobs or periods of employment `keep newest`, the row hired last."""
    unknown_credentials: str = ""
    """`create`: credentials that the catalogue lacks are created; they demonstrate nothing until they are mapped."""
    unknown_skills: str = ""
    """`create`: skills that a file about people names and the catalogue lacks are added to it."""
    award_ids: str = ""
    """Whose numbers the award_ids are: equal ids mean one award only under one name. Worked out where not given."""
    award_holders: str = ""
    """`correct`: an award that has another holder than before moves, instead of being a bad row."""
    holder: str = ""
    """The column that is right where `employee_id`, `email` and `name` of a row name two people."""
    people: str = ""
    """`by name`: people are found by their name where a row has neither an id nor an address; `no`: the file's names
    are not those of people."""
    addresses: str = ""
    """`by account`: an address or account that nobody has is of the one person whose address begins like it."""
    manager: str = ""
    """The column that is right where `manager_id`, `manager_name` and `manager_email` of a row name two people."""
    rehired: str = ""
    """`yes`: people whose last day is before their day of hiring came back: the last day is that of an earlier
    employment."""
    undated: str = ""
    """`leave out`: rows of badges without a day on which they were earned were not completed."""
    rules: str = ""
    """The rules by which a file of an earlier program landed, and lands again; the first ones wrote none."""
    broken_text: str = ""
    """`repair`: text that was read in a wrong encoding before it came, `JÃ¶rg`, is put right; `keep`: it stays."""
    reading: str = ""
    """How the file is read and lands, `READING` unless it landed with an earlier program; nobody writes it by hand."""
    header: list[str] = field(default_factory=list)
    """Headers of a file that has none."""
    columns: dict[str, str | list[str]] = field(default_factory=dict)
    """Our column to its header, or several; "" = the file has no such column. Other columns are recognised as usual."""
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """By our column, what its texts mean; by a header of a status, what each of its values says (`status.MEANINGS`)."""
    skip: dict[str, list[str]] = field(default_factory=dict)
    """By our column or by any header of the file, the values whose rows are left out."""
    dates: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """How to read ids that are written in another way than the ids they refer to: see `ids.TREATMENTS`."""
    pad: dict[str, str] = field(default_factory=dict)
    prefix: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    """By a header of the file, what its cells hold where that is more than one thing: see `inside.HOLDS`."""
    fill: dict[str, str] = field(default_factory=dict)
    """By our column, `down`: it stands only in the first row of each group, and holds for the rows below it too."""
    erased: list[str] = field(default_factory=list)
    """What is left of the rows of erased people, as `gone.left_of` writes it; only in a copy in the journal."""
    made: dict[str, str] = field(default_factory=dict)
    """Credentials that such rows created, and their issuers; skills too, with `gone.OF_SKILL`."""
    awards: dict[str, str] = field(default_factory=dict)
    """By line, the key of the award that a row is about, where rows of erased people had told whose it is."""
    apart: list[str] = field(default_factory=list)
    """Lines that were set aside when somebody was erased; they stay so, whatever was wrong with them."""
    moot: list[str] = field(default_factory=list)
    """Lines that a status leaves out and that took nothing back when somebody was erased; they never do."""
    tells: list[str] = field(default_factory=list)
    """Columns of awards of which rows of erased people made the file speak."""
    same: list[str] = field(default_factory=list)
    """Lines whose rows equalled an earlier one, and were left out."""

    @property
    def keeps_one(self) -> bool:
        """Whether one of several rows with one key is taken."""
        return bool(self.duplicates)

    @property
    def is_of_matrix(self) -> bool:
        """Whether the file is a wide matrix."""
        return self.matrix in (SKILLS_ACROSS, PEOPLE_ACROSS)

    @property
    def is_taken_apart(self) -> bool:
        """Whether rows of the file become several rows before it is read."""
        return self.is_of_matrix or self.matrix == SEVERAL

    @property
    def reads_as_earlier(self) -> bool:
        """Whether the file landed with an earlier program, so that its cells must mean what they meant then."""
        return self.reading == EARLIER_READING

    @property
    def lands_as_earlier(self) -> bool:
        """Whether the file landed with an earlier program, so that its rows must say what they said then."""
        return self.reading in (EARLIER_READING, SECOND_READING)

    @property
    def lands_as_third(self) -> bool:
        """Whether the file landed by the third reading or an earlier one."""
        return self.reading in (EARLIER_READING, SECOND_READING, THIRD_READING)

    @property
    def lands_as_fourth(self) -> bool:
        """Whether the file landed by the fourth reading or an earlier one."""
        return self.lands_as_third or self.reading == FOURTH_READING

    @property
    def lands_as_fifth(self) -> bool:
        """Whether the file landed by the fifth reading or an earlier one."""
        return self.lands_as_fourth or self.reading == FIFTH_READING

    @property
    def lands_as_sixth(self) -> bool:
        """Whether the file landed by the sixth reading or an earlier one."""
        return self.lands_as_fifth or self.reading == SIXTH_READING

    @property
    def lands_as_seventh(self) -> bool:
        """Whether the file landed by the seventh reading or an earlier one."""
        return self.lands_as_sixth or self.reading == SEVENTH_READING

    def as_given(self, given: "Mapping") -> "Mapping":
        """The mapping of a file that landed, without what it says about awards where `given` leaves that open."""
        return replace(
            self.for_other_files,
            award_ids=self.award_ids if given.award_ids else "",
            award_holders=self.award_holders if given.award_holders else "",
        )

    @property
    def for_other_files(self) -> "Mapping":
        """The mapping without what is true of one file alone: that an award moves, what was erased from it."""
        return replace(self.for_command, award_holders="")

    @property
    def for_command(self) -> "Mapping":
        """The mapping as somebody may write it: without what only the journal writes."""
        nothing = Mapping()
        return replace(self, **{part: getattr(nothing, part) for part in OF_COPIES})

    def answer_to(self, about: str) -> str:
        """The answer that the mapping has to what a question is about; empty where it has none."""
        part, *inner = place_of(about)
        value: Any = getattr(self, part, "")
        for name in inner:
            value = value.get(name, "") if isinstance(value, dict) else ""
        return value if isinstance(value, str) else ""

    def answered(self, answers: AnyMapping[str, str]) -> "Mapping":
        """The mapping with the answers to questions, each in its place."""
        parts: dict[str, Any] = {}
        for about, answer in answers.items():
            part, *inner = place_of(about)
            if not inner:
                parts[part] = answer
                continue
            table = parts.setdefault(part, dict(getattr(self, part)))
            if len(inner) == 1:
                table[inner[0]] = answer
            else:
                table[inner[0]] = dict(table.get(inner[0], {})) | {inner[1]: answer}
        return replace(self, **parts)

    def to_toml(self) -> str:
        """The mapping as a file that `read_mapping` reads as the same mapping."""
        lines, tables = [], []
        for part in fields(self):
            value = getattr(self, part.name)
            if part.name == "name" or not value or (part.name == "reading" and self.reads_as_earlier):
                continue  # what an earlier program wrote is written in the same way
            if not isinstance(value, dict):
                lines.append(f"{part.name} = {toml_text(value)}")
                continue
            nested = {key: inner for key, inner in value.items() if isinstance(inner, dict)}
            plain = {key: inner for key, inner in value.items() if key not in nested}
            for title, pairs in ([(f"[{part.name}]", plain)] if plain else []) + [
                (f"[{part.name}.{toml_text(key)}]", inner) for key, inner in nested.items()
            ]:
                tables += ["", title, *(f"{toml_text(key)} = {toml_text(inner)}" for key, inner in pairs.items())]
        return "\n".join([*lines, *tables]).strip() + "\n"


def about(part: str, *inner: str) -> str:
    """Where an answer stands in a mapping, as in a question: `values.credential.Knots`; `place_of` is the reverse."""
    if not inner:
        return part
    first, *rest = inner
    return ".".join([part, json.dumps(first, ensure_ascii=False) if "." in first or first[:1] == '"' else first, *rest])


def place_of(about: str) -> list[str]:
    """The part of a mapping, the column or header, and the value that a question is about; as many as it names."""
    part, _, rest = about.partition(".")
    if not rest.startswith('"'):
        return about.split(".", 2)
    name, end = json.JSONDecoder().raw_decode(rest)
    return [part, name, *([rest[end + 1 :]] if end < len(rest) else [])]


OF_COPIES = ("erased", "made", "awards", "apart", "moot", "tells", "same", "rules", "reading")
"""Parts that only the journal writes: for a file that landed, or a copy from which somebody was erased."""
TABLES = tuple(part.name for part in fields(Mapping) if "dict" in str(part.type) and part.name not in OF_COPIES)
"""Parts that are tables by name of a column."""
TEXTS = (
    "encoding", "delimiter", "sheet", "matrix", "line_breaks", "duplicates", "unknown_credentials", "unknown_skills",
    "award_ids", "award_holders", "holder", "people", "addresses", "manager", "rules", "broken_text", "rehired",
    "undated",
)  # fmt: skip
ONLY = {
    "duplicates": (KEEP_FIRST, KEEP_LAST, KEEP_NEWEST),
    "matrix": (SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX, SEVERAL),
    "unknown_credentials": (CREATE,),
    "unknown_skills": (CREATE,),
    "award_holders": (CORRECT,),
    "holder": ("employee_id", "email", "name"),
    "people": (BY_NAME, NOT_PEOPLE),
    "addresses": (BY_ACCOUNT,),
    "manager": ("manager_id", "manager_name", "manager_email"),
    "broken_text": (REPAIR, KEEP),
    "rehired": (YES,),
    "undated": (LEFT_OUT,),
    "rules": (EARLIER_RULES, LAST_RULES),
}
"""Parts that allow only a few texts."""
PARTS = (*(part for part in TEXTS if part != "rules"), "header", *TABLES)


def read_mapping(path: Path) -> Mapping:
    """The mapping file at `path`; raises `BadFile` naming what cannot be understood."""
    try:
        return parse_mapping(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError:
        raise BadFile(sentence("The mapping {path} does not exist.", path=path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(sentence("The mapping {path} cannot be read: {error}.", path=path.name, error=error)) from error


def parse_mapping(text: str, name: str, is_kept: bool = False) -> Mapping:
    """The mapping in a TOML text; raises `BadFile` naming what cannot be understood.

    `is_kept`: the journal kept it with a file that landed, perhaps by an earlier program.
    """
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(sentence("The mapping {name} cannot be read: {error}.", name=name, error=error)) from error
    unknown = sorted(set(parts) - {*PARTS, *(OF_COPIES if is_kept else ())})
    if unknown:
        raise BadFile(
            sentence(
                "The mapping {name} has an unknown part {unknown!r}. It may have: {listed}.",
                name=name,
                unknown=unknown[0],
                listed=", ".join(PARTS),
            )
        )
    return make_mapping({"reading": EARLIER_READING} | parts if is_kept else parts, name)


def make_mapping(parts: AnyMapping[str, Any], name: str) -> Mapping:
    """A mapping from its parts as TOML gives them; raises `BadFile` naming what cannot be understood."""
    _refuse_malformed(parts, name)
    made: dict[str, Any] = {
        "columns": dict(parts.get("columns", {})),
        "values": {c: {s: _plain(v) for s, v in pairs.items()} for c, pairs in parts.get("values", {}).items()},
        "skip": {column: [_plain(value) for value in values] for column, values in parts.get("skip", {}).items()},
    }
    for part in (*TEXTS, "reading"):
        made[part] = parts.get(part, "")
    for part in ("header", "erased", "apart", "moot", "tells", "same"):
        made[part] = [str(cell) for cell in parts.get(part, [])]
    for part in ("constants", "dates", "amounts", "ids", "pad", "prefix", "cells", "fill", "made", "awards"):
        made[part] = {column: _plain(value) for column, value in parts.get(part, {}).items()}
    return Mapping(name=name, **made)


def _refuse_malformed(parts: AnyMapping[str, Any], name: str) -> None:
    for part in (*TABLES, "made", "awards"):
        if not isinstance(parts.get(part, {}), AnyMapping):
            raise BadFile(sentence("The mapping {name}: {part} must be a table, [{part}].", name=name, part=part))
    for part in (*TEXTS, "reading"):
        if not isinstance(parts.get(part, ""), str):
            raise BadFile(sentence("The mapping {name}: {part} must be a text.", name=name, part=part))
    for part, only in ONLY.items():
        if parts.get(part, only[0]) not in only:
            listed = " or ".join(map(repr, only))
            raise BadFile(
                sentence(
                    "The mapping {name}: {part} can only be {listed}, or be left out.",
                    name=name,
                    part=part,
                    listed=listed,
                )
            )
    if len(parts.get("delimiter", ",")) != 1:
        raise BadFile(sentence("The mapping {name}: delimiter must be one character, such as ';'.", name=name))
    for part in ("values", "skip"):
        for column, inner in parts.get(part, {}).items():
            if not isinstance(inner, AnyMapping if part == "values" else list):
                raise BadFile(
                    sentence(
                        "The mapping {name}: {part}.{column} must be a {value}.",
                        name=name,
                        part=part,
                        column=column,
                        value="table" if part == "values" else "list",
                    )
                )


def not_one_of(words: Iterable[str], mapping: Mapping, about: str, given: str) -> BadFile:
    """The refusal of a word `given` in a mapping where only `words` are known; `about`: where, such as `ids.name`."""
    return BadFile(
        sentence(
            "The mapping {mapping}: {about} must be one of {listed}, not {given!r}.",
            mapping=mapping.name,
            about=about,
            listed=", ".join(words),
            given=given,
        )
    )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def toml_text(value: str | list[str]) -> str:
    """A text or a list of texts as TOML writes it."""
    # A TOML basic string escapes as JSON does, and one more control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
