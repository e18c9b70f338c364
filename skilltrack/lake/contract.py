"""What is published: the relations of `sql/lake/contract.toml`, each with the select that gives it."""

import re
from dataclasses import dataclass

import pyarrow as pa

from skilltrack.relations import definitions, read_text, with_definitions
from skilltrack.storage import Declared, contract

TYPES = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
}
DECIMAL = re.compile(r"decimal\((\d+), (\d+)\)")


@dataclass(frozen=True)
class Relation(Declared):
    """One relation as it is published."""

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


RELATIONS = {name: Relation(**vars(declared)) for name, declared in contract().items() if declared.is_published}
"""Every published relation by name."""
