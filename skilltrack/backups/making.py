"""A backup: database, kept files, journal and audit log of one moment, in one file that is read back."""

import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack import __version__
from skilltrack.backups.names import Backup, backups_among, kept_by, name_of, own_name
from skilltrack.backups.sealing import refuse_no_key, seal
from skilltrack.backups.shelves import Shelf, digest_of
from skilltrack.config import BackupRules
from skilltrack.errors import NoRoom, Refused
from skilltrack.keeping import copy_proved, note_backup, totals
from skilltrack.storage import Store, is_full

Say = Callable[[str], None]
FORMAT = 1
DATABASE, FILES, AUDIT, ANCHOR, MANIFEST = "database", "files", "audit", "anchor", "manifest.json"
"""What a backup holds, by name in its archive."""


@dataclass(frozen=True)
class Made:
    """A backup that was just made."""

    name: str
    byte_count: int
    removed: tuple[str, ...]
    """Older backups that the rule no longer keeps."""


def make(store: Store, shelf: Shelf, rules: BackupRules, say: Say = lambda line: None, by: str = "") -> Made:
    """Make a backup of the live database, read it back from the shelf, and remove those that the rule no longer keeps.

    Raises `Refused` where it cannot be made; nothing is then removed. Writers wait while the database is copied. Where
    somebody is erased meanwhile, it is made anew without them. One process at a time does this. `by`: who has it made;
    empty = the program itself.
    """
    if rules.key is not None:
        refuse_no_key(rules.key)
    with store.turn("backup"):
        return _made(store, shelf, rules, say, by)


def _made(store: Store, shelf: Shelf, rules: BackupRules, say: Say, by: str) -> Made:
    erased = _erasures(store)
    database = Path(store.path)
    own, there = own_name(database), set(shelf.names())
    moment = datetime.now(UTC)
    while (name := name_of(own, moment, is_sealed=rules.key is not None)) in there:  # one of this very second
        time.sleep(0.1)
        moment = datetime.now(UTC)
    try:
        with room_beside(database) as room:
            say("Copying the database")
            _gather(store, room, moment)
            say("Packing")
            packed = _packed(room)
            if rules.key is not None:
                say("Sealing")
                sealed = packed.with_suffix(".age")
                seal(rules.key, packed, sealed)
                packed.unlink()
                packed = sealed
            say(f"Writing {name}")
            shelf.put(packed, name)
            say("Reading it back")
            again = room / "again"
            shelf.fetch(name, again)
            if digest_of(again) != digest_of(packed):
                shelf.remove(name)
                raise Refused(f"{name} came back otherwise than it was written, and was not kept. Look at the storage.")
            size = packed.stat().st_size
    except OSError as error:
        if is_full(error):
            raise NoRoom(f"There is no room for the backup beside {database}. It needs twice the database.") from error
        raise Refused(f"The backup is put together beside {database}, and that failed: {error}.") from error
    if _erasures(store) != erased:
        say("Somebody was erased meanwhile: beginning anew without them")
        shelf.remove(name)
        return _made(store, shelf, rules, say, by)
    note_backup(store, f"{rules.place.rstrip('/')}/{name}", by)
    return Made(name, size, _clear(shelf, rules, own, say))


def _erasures(store: Store) -> int:
    return int(store.query("select count(*) as n from erasures")["n"][0].as_py())


def _gather(store: Store, room: Path, moment: datetime) -> None:
    """Put the parts of a backup into a folder, all of one moment."""
    journal = store.journal
    (room / FILES).mkdir()

    def beside() -> None:
        for file in sorted(journal.folder.iterdir()) if journal.folder.is_dir() else ():
            if file.is_file():
                _second(file, room / FILES / file.name, is_fixed=file.name != journal.path.name)
        for file, name in ((journal.audit.path, AUDIT), (journal.audit.anchor, ANCHOR)):
            if file.is_file():
                _second(file, room / name, is_fixed=False)

    copy_proved(store, room / DATABASE, beside)
    copy = Store.open(room / DATABASE, is_read_only=True)
    try:
        holds = totals(copy)
    finally:
        copy.close()
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "program": __version__,
        "database": Path(store.path).name,
        "made_at": moment.isoformat(),
        "totals": holds,
    }
    (room / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _second(file: Path, target: Path, *, is_fixed: bool) -> None:
    """Copy a file; one that nobody changes any more only gets a second name."""
    if is_fixed:
        with suppress(OSError):
            os.link(file, target)
            return
    shutil.copyfile(file, target)


def _packed(room: Path) -> Path:
    """The archive of a folder, which then is empty."""
    packed = room / "backup.tar.gz"
    with tarfile.open(packed, "w:gz", compresslevel=1) as archive:
        for name in (MANIFEST, DATABASE, FILES, AUDIT, ANCHOR):
            if (room / name).exists():
                archive.add(room / name, name)
    (room / DATABASE).unlink()
    shutil.rmtree(room / FILES)
    return packed


def _clear(shelf: Shelf, rules: BackupRules, own: str, say: Say) -> tuple[str, ...]:
    """Remove the backups that the rule no longer keeps; without a rule, all stay."""
    now = datetime.now(UTC).replace(tzinfo=None)
    backups: list[Backup] = [backup for backup in backups_among(shelf.names(), own) if backup.made_at <= now]
    if not rules.keep:
        return ()
    kept = kept_by(rules.keep, backups)
    old = tuple(backup.name for backup in backups if backup.name not in kept)
    for name in old:
        say(f"Removing {name}")
        shelf.remove(name)
    return old


@contextmanager
def room_beside(database: Path) -> Iterator[Path]:
    """A folder on the disk of a database that goes at the end; that of a killed process goes with the next one."""
    _sweep(database)
    with tempfile.TemporaryDirectory(prefix=_begin(database), dir=database.parent) as folder:
        room = Path(folder)
        _under_way.add(room)
        try:
            yield room
        finally:
            _under_way.discard(room)


def _begin(database: Path) -> str:
    return f".{database.name}.backup-{os.getpid()}-"


def _sweep(database: Path) -> None:
    """Remove what a killed process has left of a backup or a drill; in a container the next has the same number."""
    for folder in database.parent.glob(f".{database.name}.backup-*-*"):
        process = folder.name.rsplit("-", 2)[1]
        if process.isdecimal() and folder not in _under_way and (int(process) == os.getpid() or _is_gone(int(process))):
            shutil.rmtree(folder, ignore_errors=True)


_under_way: set[Path] = set()
"""Folders in which this process makes or proves a backup now."""


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
