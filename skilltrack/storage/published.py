"""Published relations: what each is declared to be, and `lake.json`, which says which files hold them, and of when."""

import json
import tomllib
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from functools import cache

from skilltrack.config import SQL
from skilltrack.errors import BadStore

MANIFEST = "lake.json"
FORMAT = 1
"""Goes up when a reader of the files must change: a relation or column that is gone or means something else."""


@dataclass(frozen=True)
class Declared:
    """One relation as `sql/lake/contract.toml` declares it."""

    name: str
    grain: str
    """What one row stands for."""
    key: list[str]
    columns: dict[str, str]
    """SQL type by column, in the order of the file; `*` = never empty."""
    follows_from: list[str] = field(default_factory=list)
    """Relations that its definition gives it from, on Spark too."""
    rests_on: list[str] = field(default_factory=list)
    """Relations that it holds results of which no text works out on Spark."""
    has_one_a_day: bool = False
    """Whether no two rows of one key hold on the same day."""
    computed: dict[str, str] = field(default_factory=dict)
    """Columns that follow from others, with what gives them."""
    rules: dict[str, str] = field(default_factory=dict)
    """What a column must say, as a condition on the row."""
    is_published: bool = True


@cache
def contract() -> dict[str, Declared]:
    """Every relation that may lie ready outside a database, by name."""
    stated = tomllib.loads((SQL / "lake" / "contract.toml").read_text(encoding="utf-8"))
    return {name: Declared(name, **each) for name, each in stated.items()}


def is_computable(name: str, given: Collection[str]) -> bool:
    """Whether a relation that is not among those given follows from others by its definition, and not from itself."""
    declared, seen, ahead = contract(), set(), [name]
    while ahead:
        for origin in declared[ahead.pop()].follows_from:
            if origin == name:
                return False
            if origin not in given and origin not in seen:
                seen.add(origin)
                ahead.append(origin)
    return bool(declared[name].follows_from)


def resting_on(own: Collection[str]) -> set[str]:
    """The other relations that say something about these, directly or through another: not those of another company."""
    declared, resting = contract(), set(own)
    while more := {name for name, each in declared.items() if resting & {*each.follows_from, *each.rests_on}} - resting:
        resting |= more
    return resting - set(own)


@dataclass(frozen=True)
class PublishedRelation:
    """One relation as it lies in its file."""

    file: str
    rows: int
    grain: str
    """What one row stands for."""
    key: list[str]
    columns: dict[str, str]
    """SQL type by column, in the order of the file; `*` = never empty."""


@dataclass(frozen=True)
class Manifest:
    """What lies beside the files, and names those that belong together."""

    company: str
    """A code of whose they are; names nobody."""
    program: str
    """The version of Skilltrack that wrote them."""
    data_version: str
    computed_at: str
    """UTC, ISO, to the second: known by then is what the files say."""
    relations: dict[str, PublishedRelation]

    def as_json(self) -> str:
        """The content of `lake.json`."""
        return json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, indent=1) + "\n"


NOTHING = Manifest("", "", "", "", {})
"""What was published where nothing was."""


def manifest_of(content: bytes | str, place: str) -> Manifest:
    """What a `lake.json` says; raises `BadStore` for one of something else, or of a newer Skilltrack."""
    try:
        stated = json.loads(content)
        form = int(stated.pop("format"))
        if form <= FORMAT:
            relations = {name: PublishedRelation(**each) for name, each in stated.pop("relations").items()}
            return Manifest(**stated, relations=relations)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadStore(
            f"{place} holds a {MANIFEST} that `publish` did not write. Nothing was changed; name another place."
        ) from None
    raise BadStore(
        f"{place} was published by a newer Skilltrack (format {form}; this program knows {FORMAT}). "
        "Nothing was changed; update Skilltrack, or name another place."
    )
