"""A company in a lake: opening it with what the journal knows, and moving one between a file and a lake.

The journal, the kept files and the audit log lie in the lake's folder under the same rules as beside a file. Whoever
opens the lake or writes to it finishes first what a process that was stopped had accepted.
"""

import logging
import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from skilltrack.config import located
from skilltrack.errors import BadStore, Refused
from skilltrack.keeping.contents import totals
from skilltrack.keeping.durability import catch_up, open_store
from skilltrack.keeping.journal_faults import check_journal
from skilltrack.keeping.own_files import refuse_dangling, remove_rooms
from skilltrack.keeping.proof import refuse_unproved
from skilltrack.keeping.replay import Say, lacks_erasures, renew
from skilltrack.storage import (
    Address,
    Journal,
    Store,
    alone_at,
    fill_lake,
    fresh_beside,
    lake_to_replace,
    open_ducklake,
    remove_fresh,
    remove_half_made,
    swap,
    sync,
)

if TYPE_CHECKING:
    from skilltrack.storage import LakeStore

log = logging.getLogger("skilltrack")

ENDED = ".ended"
"""How the name ends of the file of sign-ins that were ended (`access.sessions`): they stay ended."""
STEP = 2**20
"""Bytes of two files that are compared at once."""


def open_at(
    place: Path | Address, say: Say = lambda line: None, *, creates: bool = True, may_be_behind: bool = False
) -> Store:
    """Open the database in a file or in a lake, as `open_store` does."""
    if isinstance(place, Path):
        return open_store(place, say, creates=creates, may_be_behind=may_be_behind)
    return _open_in_lake(place, say, creates, may_be_behind)


def _open_in_lake(address: Address, say: Say, creates: bool, may_be_behind: bool) -> Store:
    beside = address.beside
    refuse_dangling(beside)
    if not beside.parent.is_dir() and (creates or beside.parent.exists()):
        raise BadStore(f"The folder {beside.parent} does not exist. Make it first, or name another one: {address}.")
    left = _left(beside)
    with ExitStack() as stack:
        try:
            store = open_ducklake(address, creates and not left)
        except BadStore as error:
            if left and "no database" in str(error):
                raise BadStore(
                    f"The database {address} is gone: its catalogue holds nothing, and {left[0]} is of one. Nothing "
                    "was changed. Name the catalogue that belongs to that folder; where that one is lost, run "
                    "`rebuild`; to begin anew, move what is in the folder away first."
                ) from None
            raise
        stack.callback(store.close)
        if store.holds_anything():
            refuse_unmounted(store)
        with store.alone(waits=False) as is_alone:  # else somebody is storing something, who has done this
            behind = _finished(store, say) if is_alone else ""
        if behind and not may_be_behind:
            raise BadStore(behind)
        store.mend = lambda: _mend(store)
        stack.pop_all()
    return store


def refuse_held(address: Address) -> None:
    """Raise `Refused` where a lake holds anything."""
    with closing(lake_to_replace(address, creates=True)) as lake:
        if lake.columns() and lake.holds_anything():
            raise Refused(
                f"{address} holds a company already. Nothing was changed. Name another catalogue and folder, or use "
                "`restore` to go back to a backup."
            )


def refuse_unmounted(store: Store) -> None:
    """Raise `BadStore` where nothing lies beside a lake that holds anything, as where a disk is not mounted.

    Where the audit log is there the disk is too, and the kept files are lost: the lake goes on as a file would.
    """
    folder, audit = store.journal.folder, store.journal.audit.path
    if not folder.exists() and not audit.exists():
        raise BadStore(
            f"{folder} is not there, nor is {audit.name}, and the lake holds what they tell of. Nothing was changed. "
            f"Mount the disk that holds {folder.parent}, or put them back. Where they are lost, restore a backup into "
            "a new lake."
        )


def _finished(store: "LakeStore", say: Say) -> str:
    """Do what a process was stopped in the midst of; returns what stands in the way."""
    store.journal.remove_half_made()
    remove_half_made(Path(store.path))
    remove_rooms(store)
    if lacks_erasures(store):
        say(f"{store.path} is older than an erasure. It is built anew without the people erased.")
        renew(store)
    store.finish_forgetting()
    return catch_up(store, say)


def _mend(store: "LakeStore") -> None:
    if behind := _finished(store, log.warning):
        store.fault = store.fault or behind


def move(origin: Path | Address, target: Path | Address, say: Say = lambda line: None) -> dict[str, str]:
    """Copy a whole company from a file to a lake or back, with history, journal, kept files, audit log and keys.

    What it was copied from stays as it is. Returns what both hold, in numbers. Raises `Refused` where there is
    something at the target already, or what arrived is not what was there.
    """
    if isinstance(origin, Address) == isinstance(target, Address):
        raise Refused("Name a file and a lake: between two files, use `backup` and `restore`.")
    with closing(open_at(origin, say, creates=False)) as store:
        if store.fault:
            raise Refused(f"{store.fault} Nothing was moved. Run `repair` first.")
        say("Copying rows and files")
        if isinstance(target, Address):
            _to_lake(store, target)
        else:
            _to_file(store, located(target))
        was = totals(store)
        with closing(open_at(target, say, creates=False)) as arrived:
            problems = check_journal(arrived)
            now = totals(arrived)
    other = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    if other or problems:
        reason = problems[0] if problems else f"{other[0]}: {was.get(other[0])}, and {now.get(other[0])} arrived."
        raise Refused(f"{target} is not what {origin} is. {reason} Go on with {origin}.")
    return was


def _to_lake(store: Store, address: Address) -> None:
    address.beside.parent.mkdir(parents=True, exist_ok=True)
    _copy_beside(store, address.beside)
    fill_lake(address, store)


def _to_file(store: Store, path: Path) -> None:
    if path.exists():
        raise Refused(f"{path} exists already. Nothing was changed; name a new file.")
    fresh = fresh_beside(path)
    with alone_at(path):
        try:
            store.copy_to(fresh, lambda: _copy_beside(store, path))
            refuse_unproved(fresh)
            swap(path, fresh, None)
        except OSError as error:
            raise Refused(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
        finally:
            remove_fresh(fresh)


def _copy_beside(store: Store, beside: Path) -> None:
    """Copy what lies beside a database to another one's place; what a stopped copy has left there is gone on with."""
    old, new = Path(store.path), Journal(str(beside))
    pairs = [
        (file, beside.with_name(beside.name + file.name.removeprefix(old.name)))
        for file in [*old.parent.glob(f"{old.name}.*.pem"), *old.parent.glob(f"{old.name}{ENDED}")]
    ]
    pairs += [(file, new.folder / file.name) for file in sorted(store.journal.folder.glob("*")) if file.is_file()]
    pairs += [(store.journal.audit.path, new.audit.path)]
    if store.journal.audit.anchor != new.audit.anchor:  # else both have the one that is on another machine
        pairs.append((store.journal.audit.anchor, new.audit.anchor))
    if others := [target for file, target in pairs if target.exists() and not _begins(file, target)]:
        raise Refused(f"{others[0]} is of another database. Nothing was changed; name another place.")
    new.folder.mkdir(mode=0o700, exist_ok=True)
    for file, target in pairs:
        if file.exists():
            part = target.with_name(f"{target.name}.part")
            part.unlink(missing_ok=True)
            shutil.copy2(file, part)
            sync(part)
            part.replace(target)
    sync(new.folder)
    sync(beside.parent)


def _begins(file: Path, copy: Path) -> bool:
    """Whether a file begins as its copy does, which may have been made before more was written to it."""
    if not file.exists() or copy.stat().st_size > file.stat().st_size:
        return False
    with file.open("rb") as ours, copy.open("rb") as theirs:
        while piece := theirs.read(STEP):
            if piece != ours.read(len(piece)):
                return False
    return True


def _left(beside: Path) -> list[Path]:
    """What a database has left beside its place."""
    journal = Journal(str(beside))
    is_there = [journal.path] if journal.entries() or journal.unnamed() else []
    return is_there + [path for path in [journal.audit.path] if path.exists()]
