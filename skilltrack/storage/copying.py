"""Rows of one database in another of the same tables: a file and a lake hold the same, and can prove it."""

from typing import TYPE_CHECKING

from skilltrack.errors import Refused
from skilltrack.storage.transactions import Snapshot, Transaction

if TYPE_CHECKING:
    from skilltrack.storage.store import Store

DECLARED = (
    "select table_name, column_name, data_type, is_nullable, column_default from duckdb_columns() where not internal "
    "and database_name = current_database() order by table_name, column_index"
)
IN_LAKE = {"HUGEINT": "DECIMAL(38,0)"}
"""Types that Parquet has not, and those that hold the same there."""
Sums = dict[str, tuple[int, int]]
"""By table how many rows it has, and a sum over all that they say."""


def tables_like(store: "Store", is_wanted: str = "") -> list[str]:
    """The statements that make the tables of a database, empty, as any engine takes them; of those that begin so."""
    tables: dict[str, list[str]] = {}
    for row in store.query(DECLARED).to_pylist():
        if row["table_name"].startswith(is_wanted):
            default = row["column_default"] if row["column_default"] not in (None, "NULL") else ""
            kind = IN_LAKE.get(row["data_type"], row["data_type"])
            words = [row["column_name"], kind, "" if row["is_nullable"] else "not null"]
            words += [f"default {default}"] if default else []
            tables.setdefault(row["table_name"], []).append(" ".join(filter(None, words)))
    return [f"create table {name} ({', '.join(columns)})" for name, columns in tables.items()]


def copy_rows(source: "Store", reading: Snapshot, transaction: Transaction) -> None:
    """Have every table hold what it holds in `source` as `reading` sees it, and prove it.

    Raises `Refused` where a table then holds something else: nothing of the transaction must be kept then.
    """
    columns = source.columns()
    for table, named in columns.items():
        transaction.run(f"delete from {table}")
        transaction.put(table, reading.reader(f"select {', '.join(named)} from {table}"))
    was, now = sums(reading, columns), sums(transaction, columns)
    if other := [table for table in was if was[table] != now[table]]:
        raise Refused(
            f"{len(other)} tables did not arrive as they were, such as {other[0]}: {was[other[0]][0]:,} rows, and "
            f"{now[other[0]][0]:,} arrived. Nothing was stored."
        )


def sums(reading: Snapshot | Transaction, columns: dict[str, dict[str, str]]) -> Sums:
    """What each table holds, in numbers: equal where the rows are, whatever their order."""
    query = reading.columns if isinstance(reading, Transaction) else reading.query
    counted: Sums = {}
    for table, named in columns.items():
        select = f"select count(*) as n, coalesce(sum(hash({', '.join(named)})), 0) as content from {table}"
        row = query(select).to_pylist()[0]
        counted[table] = (row["n"], int(row["content"]))
    return counted
