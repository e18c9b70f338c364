"""The one open store of this process, for the screens and for programs that push files."""

import logging
import threading
from pathlib import Path

from skilltrack.errors import BadStore
from skilltrack.keeping.durability import open_store
from skilltrack.kept import make_fresh
from skilltrack.storage import Store, address_of

log = logging.getLogger("skilltrack")

_stores: dict[str, Store] = {}
_opening = threading.Lock()


def store_at(path: Path) -> Store:
    """The store at `path`, opened at the first call and kept until the process ends."""
    if address_of(str(path)):
        raise BadStore(f"The app shows a file, and {path} is a lake. Bring the company to a file with `move`.")
    with _opening:
        if str(path) not in _stores:
            path.parent.mkdir(parents=True, exist_ok=True)
            store = open_store(path, log.warning)
            make_fresh(store, log.warning)
            _stores[str(path)] = store
        return _stores[str(path)]
