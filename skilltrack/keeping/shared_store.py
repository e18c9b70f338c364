"""What this process has open, for the screens and for programs that push files: one store, or what was published."""

import logging
import threading
from pathlib import Path

from skilltrack.errors import BadStore
from skilltrack.keeping.in_lake import open_at
from skilltrack.kept import make_fresh
from skilltrack.storage import Address, Data, Published, Store, address_of, open_lake

log = logging.getLogger("skilltrack")

_stores: dict[str, Store] = {}
_published: dict[str, Published] = {}
_opening = threading.Lock()


def store_at(database: Path) -> Store:
    """The store of the database of this name, opened at the first call and kept until the process ends."""
    with _opening:
        if str(database) not in _stores:
            place = address_of(str(database)) or database
            if isinstance(place, Address) and place.is_published:
                raise BadStore(f"{place} is read only: this needs the database itself. Name it with --db.")
            if isinstance(place, Path):
                place.parent.mkdir(parents=True, exist_ok=True)
            store = open_at(place, log.warning)
            store.is_shared = True
            make_fresh(store, log.warning)
            _stores[str(database)] = store
        return _stores[str(database)]


def data_at(database: Path) -> Data:
    """What pages read of the database of this name: its store, or what was published, which follows what is newest."""
    address = address_of(str(database))
    if address is None or not address.is_published:
        return store_at(database)
    with _opening:
        return _published.setdefault(address.text, Published(address, open_lake))


def is_published(database: Path) -> bool:
    """Whether a name is that of published relations, to which nothing is written."""
    address = address_of(str(database))
    return address is not None and address.is_published
