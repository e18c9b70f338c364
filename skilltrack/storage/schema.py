"""The tables of a database: made by numbered migrations, and held to be what a new one has."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from skilltrack.config import SQL
from skilltrack.errors import BadStore
from skilltrack.storage.transactions import Transaction

if TYPE_CHECKING:
    from skilltrack.storage.store import Store

SCHEMA = SQL / "schema"
MARK = "skilltrack_schema"
LACKED = {4: "create index if not exists kept_people_by_id on kept_people (employee_id)"}
"""What an earlier text of a migration did not make and a later one relies on: run before the latter."""
TABLES = "select table_name as name from duckdb_tables() where not internal and database_name = current_database()"
SHAPE = (
    "select table_name, column_name, data_type, is_nullable from duckdb_columns() where not internal "
    "and database_name = current_database() order by table_name, column_index"
)


def migrations() -> dict[int, Path]:
    """Migration files by number, 1 and up."""
    return {int(path.name.split("_")[0]): path for path in SCHEMA.glob("[0-9]*.sql")}


def kept_digest() -> str:
    """The hash of the text that makes the kept tables."""
    return hashlib.sha256((SCHEMA / "kept.sql").read_bytes()).hexdigest()


def refuse_foreign(store: "Store") -> set[int] | None:
    """Raise `BadStore` for a database of something else; returns the migrations it has had, None of an empty one."""
    tables = {row["name"] for row in store.query(TABLES).to_pylist()}
    if tables and MARK not in tables:
        raise BadStore(
            f"{store.path} is a DuckDB database of another program (it holds the table {sorted(tables)[0]}). "
            "Nothing was changed; name another database with --db."
        )
    applied = set(store.query(f"select version from {MARK}")["version"].to_pylist()) if tables else None
    if unknown := (applied or set()) - set(migrations()):
        raise BadStore(
            f"{store.path} was written by a newer Skilltrack (schema {max(unknown)}; this program knows "
            f"{max(migrations())}). Nothing was changed; update Skilltrack, or name another database with --db."
        )
    return applied


def migrate(store: "Store", applied: set[int] | None, new: Callable[[], "Store"]) -> None:
    """Do every migration that a database has not had, in their order: one of a lower number may land later.

    `new` makes an empty one in memory, whose tables those of an older one must then be like.
    """
    steps, is_new = migrations(), applied is None
    missing = sorted(set(steps) - (applied or set()))
    groups = [missing] if is_new else [[version] for version in missing]
    if not groups:
        with store.write() as transaction:
            _make_kept(transaction)
    for versions in groups:
        with store.write() as transaction:
            if is_new:
                transaction.run(f"create table {MARK} (version integer not null, migrated_at timestamp not null)")
            for version in versions:
                if version in LACKED:
                    transaction.run(LACKED[version])
                transaction.run(steps[version].read_text(encoding="utf-8"))
            done = f"insert into {MARK} select unnest($versions), now() at time zone 'UTC'"
            transaction.run(done, {"versions": versions})
            if versions == groups[-1]:
                _make_kept(transaction)
                if not is_new:
                    _refuse_other_shape(store.path, transaction, new)


def _make_kept(transaction: Transaction) -> None:
    """Make the kept tables anew, empty, where another text than this program's has made those of the database."""
    made_by = {"digest": kept_digest()}
    if not transaction.rows("select 1 from kept_schema where digest = $digest", made_by):
        transaction.run((SCHEMA / "kept.sql").read_text(encoding="utf-8"))
        transaction.run("delete from kept_schema")
        transaction.run("insert into kept_schema select $digest", made_by)


def _refuse_other_shape(path: str, transaction: Transaction, new: Callable[[], "Store"]) -> None:
    """Raise `BadStore` when a database, brought up to date, is not what a new one is: questions would fail later."""
    like = new()
    other = {tuple(row.values()) for row in transaction.rows(SHAPE)}
    other ^= {tuple(row.values()) for row in like.query(SHAPE).to_pylist()}
    like.close()
    if other:
        table, column, *_ = min(other)
        raise BadStore(
            f"{path} was written by a Skilltrack that was never released: the column {column} of its table "
            f"{table} is not as this program makes it. It was not brought up to date. Run `rebuild`, which builds "
            f"it from the files kept in {path}.files, or name another database with --db."
        )
