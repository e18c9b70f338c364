"""`lake.json`: which Parquet files hold the published relations, and of which state of the data."""

import json
from dataclasses import asdict, dataclass

from skilltrack.errors import BadStore

MANIFEST = "lake.json"
FORMAT = 1
"""Goes up when a reader of the files must change: a relation or column that is gone or means something else."""


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
