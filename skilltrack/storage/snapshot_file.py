"""Database files for analysts: tables copied out of the store, which nobody writes to."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from skilltrack.errors import Refused
from skilltrack.storage.database_file import is_full
from skilltrack.storage.engine import connect
from skilltrack.storage.store import MARK


def write_snapshot(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """A new database file of these tables, whole or not at all, and not to be written to."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with connect(str(new)) as connection:
            for name, table in tables.items():
                connection.register("landing", table)
                connection.execute(f'create table "{name}" as select * from landing').fetchall()
                connection.unregister("landing")
        new.chmod(0o444)
        new.replace(path)
    except (duckdb.Error, OSError) as error:
        new.unlink(missing_ok=True)
        why = "the disk is full" if is_full(error) else error
        raise Refused(f"{path} cannot be written: {why}. Name another file.") from error


def is_snapshot(path: Path) -> bool:
    """Whether a database file is one that `write_snapshot` made, with a receipt, and not a company's own."""
    try:
        with connect(str(path), is_read_only=True) as connection:
            names = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    except duckdb.Error:
        return False
    return "receipt" in names and MARK not in names
