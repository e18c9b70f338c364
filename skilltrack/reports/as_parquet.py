"""Parquet for the warehouse: typed, described columns, with the receipt in the metadata of the schema."""

from collections.abc import Mapping
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 100_000
"""Rows in a row group."""


def write(frame: pd.DataFrame, file: BinaryIO, receipt: str = "", holds: Mapping[str, str] | None = None) -> None:
    """The frame as Parquet; the same frame gives the same bytes."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [
        field.with_metadata({"description": (holds or {}).get(field.name, "")})
        if (holds or {}).get(field.name)
        else field
        for field in table.schema
    ]
    schema = pa.schema(fields, metadata={"skilltrack": receipt} if receipt else None)
    with pq.ParquetWriter(file, schema) as writer:
        writer.write_table(table.cast(schema), row_group_size=ROWS)


def receipt_of(file: BinaryIO) -> str:
    """The receipt that a Parquet file carries; empty if there is none."""
    return (pq.read_schema(file).metadata or {}).get(b"skilltrack", b"").decode("utf-8")
