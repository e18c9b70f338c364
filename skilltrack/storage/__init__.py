"""The engine and the files beside it: database, transactions, journal, audit log. Nothing here knows what a skill is.

Only this package imports duckdb, and of the extras pyspark and sqlglot. `open_lake` loads these when a lake is named.
"""

from importlib import import_module
from typing import TYPE_CHECKING
from warnings import filterwarnings

from skilltrack.errors import BadStore
from skilltrack.storage.address import IN_BUCKET, Address, address_of, beside
from skilltrack.storage.audit_log import EVENTS, IN_CLEAR, AuditEntry, AuditLog, Verified, note_write
from skilltrack.storage.database_file import DAMAGED, NO_DATABASE, is_full, without_way_out
from skilltrack.storage.engine import machine_memory
from skilltrack.storage.engine import memory as engine_memory
from skilltrack.storage.following import Published
from skilltrack.storage.journal import (
    KEPT,
    OF_UPLOADS,
    Entry,
    Journal,
    as_line,
    entry_of,
    files_named,
    kept_of,
    root_of,
    sealed,
    stamp,
    timed,
)
from skilltrack.storage.lines import growing, read, sync
from skilltrack.storage.own_tables import OwnTables, own_tables
from skilltrack.storage.parsing import learn, parameters_named, parsed, reading_others, relations_read, without_with
from skilltrack.storage.published import (
    MANIFEST,
    Declared,
    Manifest,
    PublishedRelation,
    contract,
    is_computable,
    manifest_of,
)
from skilltrack.storage.replacing import (
    alone_at,
    finish_swap,
    fresh_beside,
    log_of,
    publishing_room,
    publishing_rooms,
    remove_fresh,
    remove_half_made,
    second_name,
    swap,
)
from skilltrack.storage.snapshot_file import is_snapshot, write_snapshot
from skilltrack.storage.store import Snapshot, Store, Transaction
from skilltrack.storage.transactions import Data, Source

if TYPE_CHECKING:
    from skilltrack.storage.lake_store import LakeStore
    from skilltrack.storage.spark import Lake

__all__ = [
    "DAMAGED",
    "EVENTS",
    "IN_BUCKET",
    "IN_CLEAR",
    "KEPT",
    "MANIFEST",
    "NO_DATABASE",
    "OF_UPLOADS",
    "Address",
    "AuditEntry",
    "AuditLog",
    "Data",
    "Declared",
    "Entry",
    "Journal",
    "Manifest",
    "OwnTables",
    "Published",
    "PublishedRelation",
    "Snapshot",
    "Source",
    "Store",
    "Transaction",
    "Verified",
    "address_of",
    "alone_at",
    "as_line",
    "beside",
    "contract",
    "engine_memory",
    "entry_of",
    "files_named",
    "fill_lake",
    "finish_swap",
    "fresh_beside",
    "growing",
    "is_computable",
    "is_full",
    "is_snapshot",
    "kept_of",
    "lake_to_replace",
    "learn",
    "log_of",
    "machine_memory",
    "manifest_of",
    "note_write",
    "open_ducklake",
    "open_lake",
    "own_tables",
    "parameters_named",
    "parsed",
    "publishing_room",
    "publishing_rooms",
    "read",
    "reading_others",
    "relations_read",
    "remove_fresh",
    "remove_half_made",
    "root_of",
    "sealed",
    "second_name",
    "stamp",
    "swap",
    "sync",
    "timed",
    "without_way_out",
    "without_with",
    "write_snapshot",
]


def open_lake(address: Address) -> "Lake":
    """The published relations at an address, open; raises `BadStore` with a sentence where that cannot be."""
    # Said at import, to whoever runs the command; what it is about is not used: rows come as Arrow.
    filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED", category=UserWarning)  # what follows is told in a sentence
    try:
        module = import_module("skilltrack.storage.spark")
    except ImportError:
        raise BadStore(f"{address} needs the extra spark: `pip install 'skilltrack[spark]'`.") from None
    lake: Lake = module.Lake.open(address)
    return lake


def open_ducklake(address: Address, creates: bool) -> "LakeStore":
    """The database in a lake on DuckLake, open; raises `BadStore` with a sentence where that cannot be."""
    module = import_module("skilltrack.storage.lake_store")  # what reads Parquet takes a while to load
    store: LakeStore = module.LakeStore.at(address, creates)
    return store


def lake_to_replace(address: Address, creates: bool) -> "LakeStore":
    """A lake of which another database is to take the place, open, whether all of it can be read or not."""
    module = import_module("skilltrack.storage.lake_store")
    store: LakeStore = module.LakeStore.to_replace(address, creates)
    return store


def fill_lake(address: Address, source: Store) -> None:
    """Have a lake, made if need be, hold what another database does; raises `Refused` where it holds anything."""
    import_module("skilltrack.storage.lake_store").fill(address, source)
