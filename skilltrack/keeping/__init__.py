"""What keeps a company whole: opening, backup, restore, rebuilding, repair, erasure, retention, the data map."""

from skilltrack.keeping.condition import Condition, conditions, newest_of
from skilltrack.keeping.contents import totals
from skilltrack.keeping.durability import (
    ORIGINALS_GONE,
    backup,
    check,
    check_file,
    copy_proved,
    note_backup,
    open_store,
    recoveries,
)
from skilltrack.keeping.findings import Finding, advice
from skilltrack.keeping.in_lake import move, open_at, refuse_held
from skilltrack.keeping.mending import rebuild, repair
from skilltrack.keeping.own_files import (
    PUBLISHING,
    absent_parts,
    refuse_among_rows,
    refuse_dangling,
    refuse_own_file,
    remove_parts,
)
from skilltrack.keeping.restoring import restore
from skilltrack.keeping.shared_store import data_at, is_published, store_at

__all__ = [
    "ORIGINALS_GONE",
    "PUBLISHING",
    "Condition",
    "Finding",
    "absent_parts",
    "advice",
    "backup",
    "check",
    "check_file",
    "conditions",
    "copy_proved",
    "data_at",
    "is_published",
    "move",
    "newest_of",
    "note_backup",
    "open_at",
    "open_store",
    "rebuild",
    "recoveries",
    "refuse_among_rows",
    "refuse_dangling",
    "refuse_held",
    "refuse_own_file",
    "remove_parts",
    "repair",
    "restore",
    "store_at",
    "totals",
]
