"""What keeps a company whole: opening, backup, restore, rebuilding, repair, erasure, retention, the data map."""

from skilltrack.keeping.condition import Condition, ages, conditions, newest_of, room_for
from skilltrack.keeping.durability import backup, check_file, open_store, recoveries, restore
from skilltrack.keeping.mending import rebuild, repair
from skilltrack.keeping.own_files import absent_parts, refuse_dangling, refuse_own_file, remove_parts
from skilltrack.keeping.shared_store import store_at

__all__ = [
    "Condition",
    "absent_parts",
    "ages",
    "backup",
    "check_file",
    "conditions",
    "newest_of",
    "open_store",
    "rebuild",
    "recoveries",
    "refuse_dangling",
    "refuse_own_file",
    "remove_parts",
    "repair",
    "restore",
    "room_for",
    "store_at",
]
