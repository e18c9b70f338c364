"""The engine and the files beside it: database, transactions, journal, audit log. Nothing here knows what a skill is.

Only this package imports duckdb.
"""

from skilltrack.storage.audit_log import EVENTS, AuditEntry, AuditLog, Verified, note_write
from skilltrack.storage.database_file import DAMAGED, NO_DATABASE, WAY_OUT, is_full
from skilltrack.storage.engine import machine_memory
from skilltrack.storage.engine import memory as engine_memory
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
from skilltrack.storage.parsing import learn, parameters_named, parsed, reading_others, relations_read, without_with
from skilltrack.storage.published import MANIFEST, Manifest, PublishedRelation, manifest_of
from skilltrack.storage.replacing import (
    alone_at,
    finish_swap,
    fresh_beside,
    log_of,
    remove_fresh,
    remove_half_made,
    second_name,
    swap,
)
from skilltrack.storage.snapshot_file import is_snapshot, write_snapshot
from skilltrack.storage.store import Snapshot, Store, Transaction

__all__ = [
    "DAMAGED",
    "EVENTS",
    "KEPT",
    "MANIFEST",
    "NO_DATABASE",
    "OF_UPLOADS",
    "WAY_OUT",
    "AuditEntry",
    "AuditLog",
    "Entry",
    "Journal",
    "Manifest",
    "PublishedRelation",
    "Snapshot",
    "Store",
    "Transaction",
    "Verified",
    "alone_at",
    "as_line",
    "engine_memory",
    "entry_of",
    "files_named",
    "finish_swap",
    "fresh_beside",
    "growing",
    "is_full",
    "is_snapshot",
    "kept_of",
    "learn",
    "log_of",
    "machine_memory",
    "manifest_of",
    "note_write",
    "parameters_named",
    "parsed",
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
    "without_with",
    "write_snapshot",
]
