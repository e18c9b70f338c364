"""A DuckDB file for others to read: tables of ours, nothing of a store. With store.py the only user of duckdb."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from skilltrack.errors import Refused
from skilltrack.store import OPENING


def write_snapshot(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """A new database file of these tables, whole or not at all, and not to be written to."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(new), config=OPENING) as connection:
            for name, table in tables.items():
                connection.register("landing", table)
                connection.execute(f'create table "{name}" as select * from landing').fetchall()
                connection.unregister("landing")
        new.chmod(0o444)
        new.replace(path)
    except (duckdb.Error, OSError) as error:
        new.unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written: {error}. Name another file.") from error
