"""Keeping a database: opening it with what the journal knows, rebuilding, backing up, restoring, checking.

A file that is damaged is never written to: it is set aside, the newest good backup or an empty database takes its
place, and the journal brings back what came after it. What was done is said, and noted in the journal.
"""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from skilltrack.database_file import DAMAGED
from skilltrack.errors import BadStore, Refused
from skilltrack.ingest.checksums import damaged_uploads
from skilltrack.journal import Entry, Journal
from skilltrack.refresh import kept_sums
from skilltrack.refresh import rebuild as rebuild_kept
from skilltrack.replay import Say, bring_back, happened, lacks_erasures, note_erasures, renew, replay
from skilltrack.store import Store, migrations

CHECKED = 1_000_000
"""Rows of the newest uploads that are held against their checksums when a file was not closed properly."""
NO_DATABASE = "is not a DuckDB database"


def open_store(path: str | Path, say: Say = lambda said: None) -> Store:
    """Open the database and do what the journal says was interrupted; what had to be done is told to `say`.

    Raises `BadStore` when it cannot be opened; when it is damaged, only if neither a backup nor the journal helps.
    """
    path, journal = Path(path), Journal(str(path))
    was_closed = not _wal(path).exists()
    if not path.exists() and journal.entries():
        aside = journal.set_aside()
        say(f"{path} is new. The journal of the one before is kept: rename {aside.name} back and run rebuild for it.")
    with ExitStack() as opened:
        try:
            store = Store.open(path)
            opened.callback(store.close)
            damaged = [] if was_closed else damaged_uploads(store, CHECKED)
            if damaged:
                raise BadStore(f"{path}: the rows of upload {damaged[0]} are not those that landed; {DAMAGED}.")
            if lacks_erasures(store):
                say(f"{path} is from before somebody was erased. It is built anew without them.")
                renew(store)
            _catch_up(store, say)
        except BadStore as error:
            if DAMAGED in str(error) or (NO_DATABASE in str(error) and journal.events()):
                opened.close()
                return _recover(path, str(error), say)
            raise
        opened.pop_all()
    return store


def check_file(path: Path, say: Say = lambda said: None) -> list[str]:
    """What is wrong with the database at `path`; one that cannot be read is brought back as on opening."""
    store = open_store(path, say)
    try:
        return check(store)
    except BadStore as error:
        store.close()
        _recover(path, str(error), say).close()
        return [str(error)]
    finally:
        store.close()


def rebuild(path: Path, say: Say = lambda said: None) -> int:
    """Build the database anew from its journal; the file that is there is set aside. Returns how many uploads."""
    journal = Journal(str(path))
    events = journal.events()
    lacking = _lacking(events)
    if lacking:
        raise Refused(
            f"{journal.folder} does not hold every upload from the first on (upload {lacking[0]} is not in it): "
            f"{path} cannot be rebuilt from it. Restore a backup."
        )
    for event in events:
        for file in event.get("files", ()):
            journal.read(file["stored"])
    _clear_the_place(path, say)
    store = Store.open(path)
    try:
        replay(store, events, say)
        bring_back(store)
        note_erasures(store)
    finally:
        store.close()
    return sum(event["event"] == "landed" for event in events)


def backup(store: Store, target: Path) -> None:
    """Copy the live database to `target` and verify the copy by opening it; writers wait for the copying only."""
    if target.exists():
        raise Refused(f"{target} exists already. Name a new file for the backup.")
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        store.copy_to(part)
        found = faults(part)
        if found:
            raise Refused(f"The backup is not as it should be, and was not kept: {found[0]}")
        part.replace(target)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    store.journal.note({"event": "backup", "happened_at": _now(), "path": str(target.resolve())})


def restore(path: Path, source: Path, say: Say = lambda said: None) -> None:
    """Put a backup in the place of the database, which is set aside, and bring back what the journal knows since."""
    if not source.exists():
        raise Refused(f"There is no backup {source}.")
    found = faults(source)
    if found:
        raise Refused(f"{source} is no good backup: {found[0]}")
    _clear_the_place(path, say)
    _put(source, path)
    open_store(path, say).close()


def check(store: Store) -> list[str]:
    """What is wrong, a sentence each: rows that changed, files of the journal that are gone, numbers that differ.

    Raises `BadStore` when a part of the file cannot be read.
    """
    for row in store.query("select table_name as name from duckdb_tables()").to_pylist():
        store.query(f"select sum(hash(t)) from {row['name']} as t")  # the engine finds damage where it reads
    found = [f"The rows of upload {upload} are not those that landed." for upload in damaged_uploads(store)]
    known = happened(store)
    events = store.journal.events()
    for event in events:
        if event["happened_at"] not in known:
            found.append(f"Upload {event['upload_id']} was {event['event']}, says the journal; the database lacks it.")
        for file in event.get("files", ()):
            try:
                store.journal.read(file["stored"])
            except BadStore as error:
                found.append(str(error))
    missing = known - {event["happened_at"] for event in events}
    if missing and store.journal.is_kept:
        found.append(f"{len(missing)} uploads or undos are not in the journal: they cannot be rebuilt from it.")
    with store.write() as transaction:
        before = kept_sums(transaction)
        rebuild_kept(transaction)
        changed = [name for name, total in kept_sums(transaction).items() if before[name] != total]
        if not changed:
            transaction.give_up()
    found += [f"{name} did not hold what the uploads give; it was computed anew." for name in changed]
    return found


def faults(path: Path) -> list[str]:
    """What is wrong with a database file that nobody has open; it is not changed."""
    try:
        store = Store.open(path, is_read_only=True)
    except BadStore as error:
        return [str(error)]
    try:
        if store.schema_version() < max(migrations()):
            return []  # written by an older program: it is brought up to date when it is used
        return [f"the rows of upload {upload} are not those that landed." for upload in damaged_uploads(store)]
    except BadStore as error:
        return [str(error)]
    finally:
        store.close()


def recoveries(store: Store) -> list[str]:
    """What was done about damage in the past, newest first."""
    said = [f"{e['happened_at'][:16]}: {e['said']}" for e in store.journal.entries() if e["event"] == "recovered"]
    return said[::-1]


def _recover(path: Path, fault: str, say: Say) -> Store:
    """Set a damaged file aside and build it again from the newest good backup and the journal."""
    journal = Journal(str(path))
    backups = [Path(entry["path"]) for entry in journal.entries() if entry["event"] == "backup"]
    good = next((backup for backup in reversed(backups) if backup.exists() and not faults(backup)), None)
    events = journal.events()
    if good is None and _lacking(events):
        raise BadStore(fault if DAMAGED in fault else f"{path}: {fault}. Restore a backup.")
    aside = _set_aside(path)
    if good is not None:
        _put(good, path)
    store = Store.open(path)
    replay(store, [event for event in events if event["happened_at"] not in happened(store)], say)
    bring_back(store)
    came_from = f"the backup {good}" if good else "an empty database"
    said = f"The database was damaged. It was rebuilt from {came_from} and the journal; the old file is {aside.name}."
    journal.note({"event": "recovered", "happened_at": _now(), "said": said})
    say(said)
    if lacks_erasures(store):
        renew(store)
    return store


def _catch_up(store: Store, say: Say) -> None:
    """Do what the journal says was accepted and the database lacks at its end."""
    known = happened(store)
    missing = [event for event in store.journal.events() if event["happened_at"] not in known]
    if missing and missing[0]["happened_at"] > max(known, default=datetime.min):
        replay(store, missing, say)
    bring_back(store)
    store.journal.sweep()


def _lacking(events: list[Entry]) -> list[int]:
    """Uploads that the journal should hold and does not: the first, or one before its last."""
    landed = {event["upload_id"] for event in events if event["event"] == "landed"}
    return [number for number in range(1, max(landed, default=1) + 1) if number not in landed]


def _clear_the_place(path: Path, say: Say) -> None:
    """Set aside what is at `path`, unless another process holds it."""
    if not path.exists():
        return
    try:
        Store.open(path, is_read_only=True).close()
    except BadStore as error:
        if DAMAGED not in str(error) and NO_DATABASE not in str(error):
            raise
    say(f"The file as it was is kept as {_set_aside(path).name}.")


def _set_aside(path: Path) -> Path:
    """Move the file and its write-ahead log out of the way; nothing is ever deleted."""
    aside = path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}.aside")
    if _wal(path).exists():
        _wal(path).rename(_wal(aside))
    path.rename(aside)
    return aside


def _put(source: Path, path: Path) -> None:
    part = path.with_name(path.name + ".part")
    try:
        shutil.copyfile(source, part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat()
