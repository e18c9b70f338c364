"""What a mapping file says: which header is which column, and how the file writes things.

docs/importing.md shows each part. A mapping is read from TOML, made by `recognise`, or put together from answers on
the screen; it can always be written as TOML again.
"""

import json
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from skilltrack.errors import BadFile

KEEP_FIRST = "keep first"
KEEP_NEWEST = "keep newest"
CREATE = "create"
SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX = "skills across", "people across", "no"
"""What stands side by side in a wide matrix: a row for each person, or one for each skill."""
ABOVE, CELL, LINE = TAKEN_APART = ("what stands above the cell", "the cell", "the line of the cell")
"""Headers of a matrix that was taken apart: the label of the cell's column, the cell, the line where it stood."""
EARLIER_RULES, RULES = "2", "3"
"""Rules by which files land: since 2 a person or a credential is found by whatever of a row finds them; since 3 a
person by name only where that was said, whatever the accents and signs of the name."""
BY_NAME, NOT_PEOPLE = "by name", "no"
CORRECT = "correct"
REPAIR, KEEP = "repair", "keep"
YES = "yes"
LEFT_OUT = "leave out"
EARLIER_READING, READING = "1", "2"
"""How cells are read: by programs that did not note it in the journal, and by this one."""


@dataclass(frozen=True)
class Mapping:
    """A mapping; empty by default, when everything is recognised or taken in reference form."""

    name: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    matrix: str = ""
    """What stands side by side in a file that is a wide matrix, and is taken apart before it is read; `no`: it is
    none, whatever it looks like. Found out where it is not given."""
    line_breaks: str = ""
    """What stands for a line break in a cell: in the copy that is kept of a workbook, each row of which is one line."""
    duplicates: str = ""
    """Which of several rows with one key is taken, instead of all being bad: `keep first`, or of people with several
    jobs or spells `keep newest`, the one hired last."""
    unknown_credentials: str = ""
    """`create`: credentials that the catalogue lacks are made, demonstrating nothing until they are mapped."""
    unknown_skills: str = ""
    """`create`: skills that a file about people names and the catalogue lacks are added to it."""
    award_ids: str = ""
    """Whose numbers the award_ids are: two are the same only under one name. Found out where it is not given."""
    award_holders: str = ""
    """`correct`: an award that has another holder than before moves, instead of being a bad row."""
    holder: str = ""
    """The column that is right where `employee_id`, `email` and `name` of a row name two people."""
    people: str = ""
    """`by name`: people are found by their name where a row has neither an id nor an address; `no`: the file's names
    are not those of people."""
    manager: str = ""
    """The column that is right where `manager_id`, `manager_name` and `manager_email` of a row name two people."""
    rehired: str = ""
    """`yes`: people whose last day is before the day on which they were hired came back, so that the last day is of an
    earlier employment."""
    undated: str = ""
    """`leave out`: rows of badges without a day on which they were earned were not completed."""
    rules: str = ""
    """By which rules a file landed: it lands again by the same ones. Files of earlier programs have none."""
    broken_text: str = ""
    """`repair`: text that was read in a wrong encoding before it came, `JÃ¶rg`, is put right; `keep`: it stays."""
    reading: str = ""
    """How cells are read, `READING` unless the file landed with an earlier program; nobody writes it by hand."""
    header: list[str] = field(default_factory=list)
    """Headers of a file that has none."""
    columns: dict[str, str | list[str]] = field(default_factory=dict)
    """Our column to its header, or several; "" = the file has no such column. Other columns are recognised as ever."""
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """By our column, what its texts mean; by a header of a status, what each of its values says (`status.MEANINGS`)."""
    skip: dict[str, list[str]] = field(default_factory=dict)
    """By our column or by any header of the file, the values whose rows are left out."""
    dates: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """How ids are meant that are written in another way than those they name: see `ids.TREATMENTS`."""
    pad: dict[str, str] = field(default_factory=dict)
    prefix: dict[str, str] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)
    """What is left of rows of people who were erased, as `gone.left_of` writes it; only of a copy in the journal."""
    made: dict[str, str] = field(default_factory=dict)
    """Credentials that such rows made, and their issuers; skills too, with `gone.OF_SKILL`."""
    apart: list[str] = field(default_factory=list)
    """Lines that were kept apart when somebody was erased, and stay so whatever was wrong with them."""
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
    def reads_as_earlier(self) -> bool:
        """Whether the file landed with an earlier program, so that its cells must mean what they meant then."""
        return self.reading == EARLIER_READING

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
        return replace(self, award_holders="", rules="", reading="", erased=[], made={}, apart=[], same=[])

    def answer_to(self, about: str) -> str:
        """What the mapping says where a question is about; empty where it leaves that open."""
        part, *inner = place_of(about)
        said: Any = getattr(self, part, "")
        for name in inner:
            said = said.get(name, "") if isinstance(said, dict) else ""
        return said if isinstance(said, str) else ""

    def answered(self, answers: AnyMapping[str, str]) -> "Mapping":
        """The mapping with answers to questions put where they say."""
        said: dict[str, Any] = {}
        for about, answer in answers.items():
            part, *inner = place_of(about)
            if not inner:
                said[part] = answer
                continue
            table = said.setdefault(part, dict(getattr(self, part)))
            if len(inner) == 1:
                table[inner[0]] = answer
            else:
                table[inner[0]] = dict(table.get(inner[0], {})) | {inner[1]: answer}
        return replace(self, **said)

    def to_toml(self) -> str:
        """The mapping as a file that `read_mapping` reads the same."""
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
    """Where an answer stands in a mapping, as a question says it: `values.credential.Knots`; `place_of` undoes it."""
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


TABLES = tuple(part.name for part in fields(Mapping) if "dict" in str(part.type) and part.name != "made")
"""Parts that say something of columns by name."""
TEXTS = (
    "encoding", "delimiter", "sheet", "matrix", "line_breaks", "duplicates", "unknown_credentials", "unknown_skills",
    "award_ids", "award_holders", "holder", "people", "manager", "rules", "broken_text", "rehired", "undated",
)  # fmt: skip
ONLY = {
    "duplicates": (KEEP_FIRST, KEEP_NEWEST),
    "matrix": (SKILLS_ACROSS, PEOPLE_ACROSS, NO_MATRIX),
    "unknown_credentials": (CREATE,),
    "unknown_skills": (CREATE,),
    "award_holders": (CORRECT,),
    "holder": ("employee_id", "email", "name"),
    "people": (BY_NAME, NOT_PEOPLE),
    "manager": ("manager_id", "manager_name", "manager_email"),
    "broken_text": (REPAIR, KEEP),
    "rehired": (YES,),
    "undated": (LEFT_OUT,),
    "rules": (EARLIER_RULES, RULES),
}
"""Parts that can say a few things only."""
PARTS = (*(part for part in TEXTS if part != "rules"), "header", *TABLES)
OF_COPIES = ("erased", "made", "apart", "same", "rules", "reading")
"""Parts that only the journal writes, of a file that landed or a copy from which somebody was erased."""


def read_mapping(path: Path) -> Mapping:
    """The mapping file at `path`; raises `BadFile` naming what cannot be understood."""
    try:
        return parse_mapping(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError:
        raise BadFile(f"The mapping {path} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"The mapping {path.name} cannot be read: {error}.") from error


def parse_mapping(text: str, name: str, is_kept: bool = False) -> Mapping:
    """The mapping that a TOML text holds; raises `BadFile` naming what cannot be understood.

    `is_kept`: it was kept with a file that landed, perhaps by an earlier program.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"The mapping {name} cannot be read: {error}.") from error
    return make_mapping({"reading": EARLIER_READING} | said if is_kept else said, name)


def make_mapping(said: AnyMapping[str, Any], name: str) -> Mapping:
    """A mapping from its parts as TOML gives them; raises `BadFile` naming what cannot be understood."""
    _refuse_malformed(said, name)
    made: dict[str, Any] = {
        "columns": dict(said.get("columns", {})),
        "values": {c: {s: _plain(v) for s, v in pairs.items()} for c, pairs in said.get("values", {}).items()},
        "skip": {column: [_plain(value) for value in values] for column, values in said.get("skip", {}).items()},
    }
    for part in (*TEXTS, "reading"):
        made[part] = said.get(part, "")
    for part in ("header", "erased", "apart", "same"):
        made[part] = [str(cell) for cell in said.get(part, [])]
    for part in ("constants", "dates", "amounts", "ids", "pad", "prefix", "made"):
        made[part] = {column: _plain(value) for column, value in said.get(part, {}).items()}
    return Mapping(name=name, **made)


def _refuse_malformed(said: AnyMapping[str, Any], name: str) -> None:
    unknown = sorted(set(said) - {*PARTS, *OF_COPIES})
    if unknown:
        raise BadFile(f"The mapping {name} has a part {unknown[0]!r}. It may have: {', '.join(PARTS)}.")
    for part in (*TABLES, "made"):
        if not isinstance(said.get(part, {}), AnyMapping):
            raise BadFile(f"The mapping {name}: {part} must be a table, [{part}].")
    for part in (*TEXTS, "reading"):
        if not isinstance(said.get(part, ""), str):
            raise BadFile(f"The mapping {name}: {part} must be a text.")
    for part, only in ONLY.items():
        if said.get(part, only[0]) not in only:
            listed = " or ".join(map(repr, only))
            raise BadFile(f"The mapping {name}: {part} can only be {listed}; leave it out to have them named.")
    if len(said.get("delimiter", ",")) != 1:
        raise BadFile(f"The mapping {name}: delimiter must be one character, such as ';'.")
    for part in ("values", "skip"):
        for column, inner in said.get(part, {}).items():
            if not isinstance(inner, AnyMapping if part == "values" else list):
                raise BadFile(
                    f"The mapping {name}: {part}.{column} must be a {'table' if part == 'values' else 'list'}."
                )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def toml_text(value: str | list[str]) -> str:
    """A text or a list of texts as TOML writes it."""
    # A TOML basic string escapes as JSON does, and one more control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
