"""Getting a company back from a backup: as a drill that proves it, or for good on a new machine."""

import gzip
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from skilltrack.backups.making import ANCHOR, AUDIT, DATABASE, FILES, FORMAT, MANIFEST, Say, room_beside
from skilltrack.backups.names import Backup, backups_among, companies_among
from skilltrack.backups.sealing import unseal
from skilltrack.backups.shelves import PIECE, Shelf
from skilltrack.config import BackupRules, anchored_beside
from skilltrack.errors import NoRoom, Refused
from skilltrack.keeping import absent_parts, check, move, open_store, refuse_held, totals
from skilltrack.storage import Address, Journal, beside, is_full, stamp, sync

HOME = "home"
"""Where a backup is laid out as a database of its own."""


def drill(
    shelf: Shelf,
    rules: BackupRules,
    own: str,
    name: str = "",
    say: Say = lambda line: None,
    database: Path | None = None,
) -> list[str]:
    """Bring a backup back in a folder of its own and hold it against what it was; returns what was compared.

    `name`: by default the newest. Every row is held against its upload's checksum, and every number of rows and sum of
    money against those noted when the backup was made. Raises `Refused` with the first difference. The folder is beside
    `database`, where there is room for it; without one where temporary files go, which can be in memory.
    """
    backup = _named(shelf, own, name)
    with anchored_beside(), _room(database) as room:
        manifest = _brought(shelf, rules, backup, room, say)
        return [f"{backup.name} is of {manifest['made_at']}.", *_proved(room / HOME / "drill.duckdb", manifest, say)]


@contextmanager
def _room(database: Path | None) -> Iterator[Path]:
    if database and os.access(database.parent, os.W_OK):
        with room_beside(database) as room:
            yield room
        return
    with tempfile.TemporaryDirectory(prefix="skilltrack-drill-") as folder:
        yield Path(folder)


def bring(
    place: Path | Address,
    shelf: Shelf,
    rules: BackupRules,
    name: str = "",
    stem: str = "",
    say: Say = lambda line: None,
) -> Backup:
    """Put a backup where no database is, such as on a new machine, once it is proved; the database itself comes last.

    `stem`: what the database was called, by default as the new one. Raises `Refused` where anything of a database is
    there already, which is not what a bringing that was killed has left: then `restore` is meant.
    """
    database = beside(place)
    mark = database.with_name(f".{database.name}.bringing")
    if isinstance(place, Path) and mark.exists() and not database.exists():
        _undo_half(database)
    parts = {part for part in absent_parts(database) if part.parent == database.parent}
    journal = Journal(str(database))
    taken = [part for part in (database, journal.folder, journal.audit.path) if part not in parts]
    if isinstance(place, Address):
        refuse_held(place)
    elif taken:
        raise Refused(f"{taken[0]} is there already. Name a new database, or use `restore` to go back to a backup.")
    backup = _named(shelf, company_on(shelf, stem or database.stem, name), name)
    database.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{database.name}.bring-", dir=database.parent) as folder:
        room = Path(folder) / HOME / "drill.duckdb"
        with anchored_beside():
            manifest = _brought(shelf, rules, backup, Path(folder), say)
            for line in _proved(room, manifest, say):
                say(line)
            brought = Journal(str(room))
        if brought.audit.anchor.exists() and not journal.audit.anchor.exists():  # one that is there knows more
            shutil.copyfile(brought.audit.anchor, journal.audit.anchor)
        if isinstance(place, Address):
            move(room, place, say)  # which goes on with what one that was killed has left
        else:
            _set_out(room, database, mark)
    say(
        f"What happened after {manifest['made_at'][:16]} UTC is not in it: look at `roles` and `token list`, because "
        "accounts that were barred and tokens that were ended since then are open again."
    )
    return backup


def _set_out(room: Path, database: Path, mark: Path) -> None:
    """Put a database that was brought, with what lies beside it, where it belongs."""
    brought, journal = Journal(str(room)), Journal(str(database))
    mark.touch()
    for source, target in (
        (brought.folder, journal.folder),
        (brought.audit.path, journal.audit.path),
        (room, database),
    ):
        if source.exists():
            source.rename(target)
    sync(database.parent)
    mark.unlink()


def _undo_half(database: Path) -> None:
    """Set aside the parts that a bringing which was killed has put beside a database that it did not come to.

    They are not deleted: the mark may also be of one that was killed at its very end, and the database lost since.
    """
    journal, now = Journal(str(database)), stamp()
    for part in (journal.folder, journal.audit.path):
        if part.exists():
            part.rename(part.with_name(f"{part.name}.{now}.aside"))
    for folder in database.parent.glob(f".{database.name}.bring-*"):
        shutil.rmtree(folder, ignore_errors=True)


def company_on(shelf: Shelf, stem: str, name: str) -> str:
    """The company whose backups are meant, as `own_name` calls it; raises `Refused` where several can be."""
    companies = [own for own in companies_among(shelf.names(), stem) if name.startswith(own) or not name]
    if len(companies) > 1:
        raise Refused(
            f"Backups of several companies called {stem} are there: {', '.join(companies)}. Name the backup that is "
            "meant."
        )
    return companies[0] if companies else stem


def _named(shelf: Shelf, stem: str, name: str) -> Backup:
    backups = backups_among(shelf.names(), stem)
    now = datetime.now(UTC).replace(tzinfo=None)  # a clock that was wrong once may have made one of days to come
    chosen = [backup for backup in backups if backup.name == name or (not name and backup.made_at <= now)]
    if not chosen:
        listed = ", ".join(backup.name for backup in backups[:3]) or "none"
        what = f"no backup {name}" if name else f"no backup of {stem}"
        raise Refused(f"There is {what} there. The newest are: {listed}.")
    return chosen[0]


def _brought(shelf: Shelf, rules: BackupRules, backup: Backup, folder: Path, say: Say) -> dict[str, Any]:
    """Fetch a backup and lay its parts out as a database of its own; returns its manifest."""
    say(f"Fetching {backup.name}")
    packed = folder / "packed"
    shelf.fetch(backup.name, packed)
    if backup.is_sealed:
        say("Opening the seal")
        unsealed = folder / "unsealed"
        named = packed.rename(folder / backup.name)
        unseal(rules.key, named, unsealed)
        named.unlink()
        packed = unsealed
    say("Unpacking")
    room = folder / "parts"
    try:
        with gzip.open(packed) as whole:
            while whole.read(PIECE):  # to its end, where its checksum stands
                pass
        with tarfile.open(packed, "r:gz") as archive:
            _unpack(archive, room)
        manifest: dict[str, Any] = dict(json.loads((room / MANIFEST).read_text(encoding="utf-8")))
        if not isinstance(manifest["made_at"], str) or not isinstance(manifest["totals"], dict):
            raise ValueError("its manifest is not one of ours")
        if manifest["format"] != FORMAT:
            raise Refused(f"{backup.name} was made by program {manifest['program']}. Use that one, or a newer one.")
        packed.unlink()
        database = folder / HOME / "drill.duckdb"
        database.parent.mkdir()
        journal = Journal(str(database))
        for name, target in (
            (FILES, journal.folder),
            (AUDIT, journal.audit.path),
            (ANCHOR, journal.audit.anchor),
            (DATABASE, database),
        ):
            if (room / name).exists():
                (room / name).rename(target)
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        if is_full(error):
            raise NoRoom(
                f"There is no room to unpack {backup.name} in {folder}. Free some, or set TMPDIR to a larger disk."
            ) from error
        raise Refused(f"{backup.name} is damaged: {error}. Name another one; `backups list` has them.") from error
    return manifest


def _unpack(archive: tarfile.TarFile, room: Path) -> None:
    """Write the files of an archive below `room`; raises `ValueError` for one that would be anything or anywhere else.

    `tarfile` has a filter for this since Python 3.11.4, and Debian 12 an older one.
    """
    room.mkdir()
    for part in archive:
        target = room / part.name
        if not (part.isfile() or part.isdir()) or not target.resolve().is_relative_to(room.resolve()):
            raise ValueError(f"{part.name!r} is not a part of a backup")
        if part.isdir():
            target.mkdir(mode=0o700, exist_ok=True)
            continue
        with cast(IO[bytes], archive.extractfile(part)) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, PIECE)
        target.chmod(0o600)


def _proved(database: Path, manifest: dict[str, Any], say: Say) -> list[str]:
    """Sentences about what was compared; raises `Refused` where the database is not what it was."""
    store = open_store(database, say, creates=False)
    try:
        say("Checking every row")
        if faults := check(store, say):
            raise Refused(f"The backup is not whole: {faults[0]}")
        holds = totals(store)
    finally:
        store.close()
    for what, noted in manifest["totals"].items():
        if holds.get(what) != noted:
            raise Refused(f"The backup is not what it was: {noted} {what} then, {holds.get(what, 'none')} now.")
    rows = sum(int(number) for what, number in holds.items() if what.startswith("rows of "))
    money = [f"{amount} {what}" for what, amount in holds.items() if not what.startswith("rows of ")]
    tables = sum(what.startswith("rows of ") for what in holds)
    return [
        "Every row is what landed, and every number follows from the rows.",
        f"{rows:,} rows of {tables} tables are those of the backup"
        + (f"; so are {', '.join(money)}." if money else "."),
    ]
