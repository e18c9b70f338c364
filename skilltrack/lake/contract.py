"""What is published: the relations of `contract.toml`, each with the select that gives it."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from skilltrack.relations import definitions, read_text, with_definitions

TYPES = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
}
DECIMAL = re.compile(r"decimal\((\d+), (\d+)\)")


@dataclass(frozen=True)
class Relation:
    """One relation as it is published."""

    name: str
    grain: str
    """What one row stands for."""
    key: list[str]
    columns: dict[str, str]
    """SQL type by column, in the order of the file; `*` = never empty."""

    @property
    def schema(self) -> pa.Schema:
        """Its columns as Arrow, and so Parquet, has them."""
        return pa.schema(
            [
                pa.field(name, _type(written.removesuffix("*")), nullable=not written.endswith("*"))
                for name, written in self.columns.items()
            ]
        )

    @property
    def select(self) -> str:
        """The text that gives its rows, in the order of their key; reads `$known_at`."""
        source = self.name if self.name in definitions() else f"({read_text(f'lake/{self.name}')})"
        columns = ", ".join(f"r.{name}" for name in self.columns)
        return with_definitions(f"select {columns} from {source} as r order by {', '.join(self.key)}")


def _type(written: str) -> pa.DataType:
    decimal = DECIMAL.fullmatch(written)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else TYPES[written]


RELATIONS = {
    name: Relation(name, **stated)
    for name, stated in tomllib.loads(Path(__file__).with_name("contract.toml").read_text(encoding="utf-8")).items()
}
"""Every published relation by name."""
