"""The tables of a lake that an older program made, brought up to date."""

from typing import TYPE_CHECKING

from skilltrack.errors import BadStore
from skilltrack.storage.copying import tables_like
from skilltrack.storage.schema import kept_digest, migrations
from skilltrack.storage.store import Store

if TYPE_CHECKING:
    from skilltrack.storage.lake_store import LakeStore

KEPT = "kept_"
"""How the names of the tables begin that follow from others."""


def bring_up_to_date(lake: "LakeStore", applied: set[int], new: Store) -> None:
    """As `schema.migrate`; the kept tables are made as those of a new database, since a lake has no compression."""
    steps = migrations()
    for version in sorted(set(steps) - applied):
        with Store.write(lake) as transaction:
            transaction.run(steps[version].read_text(encoding="utf-8"))
            done = "insert into skilltrack_schema select $version, now() at time zone 'UTC'"
            transaction.run(done, {"version": version})
    if lake.query("select digest from kept_schema")["digest"].to_pylist() != [kept_digest()]:
        with Store.write(lake) as transaction:
            for table in lake.columns():
                if table.startswith(KEPT):
                    transaction.run(f"drop table {table}")
            for statement in tables_like(new, KEPT):
                transaction.run(statement)
            transaction.run("insert into kept_schema select $digest", {"digest": kept_digest()})
    if other := set(tables_like(lake)) ^ set(tables_like(new)):
        raise BadStore(
            f"{lake.address} was not brought up to date: its tables are not as this program makes them "
            f"({min(other)}). Build a lake anew with `move` from a backup of it."
        )
