"""The one open store of this process, for the screens and for programs that push files."""

import logging
import threading
from pathlib import Path

from skilltrack.keeping.in_lake import open_at
from skilltrack.kept import make_fresh
from skilltrack.storage import Store, address_of

log = logging.getLogger("skilltrack")

_stores: dict[str, Store] = {}
_opening = threading.Lock()


def store_at(database: Path) -> Store:
    """The store of the database of this name, opened at the first call and kept until the process ends."""
    with _opening:
        if str(database) not in _stores:
            place = address_of(str(database)) or database
            if isinstance(place, Path):
                place.parent.mkdir(parents=True, exist_ok=True)
            store = open_at(place, log.warning)
            store.is_shared = True
            make_fresh(store, log.warning)
            _stores[str(database)] = store
        return _stores[str(database)]
