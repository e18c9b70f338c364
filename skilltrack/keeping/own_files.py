"""A database's own files: nothing else is written over them, and none is made anew while one is out of reach."""

import re
import shutil
from contextlib import suppress
from pathlib import Path

from skilltrack.errors import BadStore, Refused
from skilltrack.storage import (
    IN_BUCKET,
    KEPT,
    Address,
    Journal,
    Store,
    beside,
    entry_of,
    is_snapshot,
    log_of,
    publishing_rooms,
)

PUBLISHING = "publish"
"""The turn that a process takes which publishes (`Store.turn`)."""

ANCHORED = re.compile(rb"\d{1,18} [0-9a-f]{64} [\d:T.-]{10,26}")
"""A line of an anchor."""
LONGEST = 2**20
"""Bytes of a file's first line that are looked at."""


def absent_parts(database: Path) -> list[Path]:
    """The parts of a database that do not exist yet, and so are made by the process that makes it; the folder last."""
    journal = Journal(str(database))
    parts = (database, log_of(database), journal.audit.path, journal.audit.anchor, journal.path, journal.folder)
    return [part for part in parts if not part.exists() and not part.is_symlink()]


def remove_parts(parts: list[Path]) -> None:
    """Remove what a process made for a database in which it then stored nothing."""
    for part in parts:
        with suppress(OSError):  # a folder in which something else lies stays
            part.rmdir() if part.is_dir() else part.unlink(missing_ok=True)


def remove_rooms(store: Store) -> None:
    """Remove what a publication that was killed has left beside a database: it holds people who may be erased next."""
    if rooms := publishing_rooms(Path(store.path)):
        with store.turn(PUBLISHING, waits=False) as is_ours:
            for room in rooms if is_ours() else ():
                shutil.rmtree(room, ignore_errors=True)


def refuse_among_rows(place: Path | Address, target: str | Path) -> None:
    """Raise `Refused` when `target`, a path or `s3://BUCKET/PREFIX`, is where the rows of a lake lie, or in there."""
    if isinstance(place, Address) and _is_in(str(target), place.tables):
        raise Refused(
            f"{target} is where the rows of the lake lie, or in there, and what else lies there is removed with them. "
            "Nothing was written; choose another place."
        )


def _is_in(target: str, folder: str) -> bool:
    """Whether a path is a folder or in it, or a part of a bucket is another or in it."""
    if target.startswith(IN_BUCKET) or folder.startswith(IN_BUCKET):
        named, own = ([part for part in each.split("/") if part] for each in (target, folder))
        return named[: len(own)] == own
    return Path(folder).resolve() in (Path(target).resolve(), *Path(target).resolve().parents)


def refuse_own_file(place: Path | Address, target: Path | None) -> None:
    """Raise `Refused` when `target`, by whatever name or link, is a file of this database or another database."""
    if target is None:
        return  # standard output
    refuse_among_rows(place, target)
    database = beside(place)
    journal = Journal(str(database))
    own = [database, log_of(database), journal.audit.path, journal.audit.anchor]
    own += [database.with_name(f"{database.name}.{name}") for name in ("lock", "socket")]
    own += database.parent.glob(f"{database.name}.*")
    real = target.resolve()
    is_own = real in [path.resolve() for path in own] or journal.folder.resolve() in real.parents
    if target.exists():
        is_own = is_own or any(path.exists() and target.samefile(path) for path in own)
        is_own = is_own or any(path.samefile(target) for path in journal.folder.glob("*"))
    if is_own:
        raise Refused(f"{target} is one of the database's own files. Nothing was written; choose another name.")
    if what := _of_a_database(real):
        raise Refused(f"{target} {what}. Nothing was written; choose another name, or delete it first.")


def _of_a_database(place: Path) -> str:
    """What a file or folder is to any Skilltrack database, by its content; empty where it is nothing."""
    if any(_holds_rows(folder) for folder in (place, *place.parents)):
        return "is where the rows of a lake lie, or in there"
    if any(_keeps_files(folder) for folder in (place, *place.parents)):
        return "is the folder of a database, or lies in one"
    named = place.with_name(place.stem) if place.suffix in (".wal", ".audit", ".anchor") else place
    if named.is_file() and named != place and _is_duckdb(named):
        return f"belongs to the database {named.name}"
    if _keeps_files(Path(f"{place}.files")):
        return "was a database, and its files are still beside it"
    if not place.is_file():
        return ""
    try:
        if _is_duckdb(place):
            return "" if is_snapshot(place) else "is a database"
        with place.open("rb") as file:
            first = file.readline(LONGEST).removesuffix(b"\n")
    except OSError as error:
        return f"cannot be read ({error.strerror}), so it may be a database"
    if first.startswith(b'{"number":') or ANCHORED.fullmatch(first):
        return "is an audit log, or the anchor of one"
    return "is a journal" if first.startswith(b'{"event"') or entry_of(first) else ""


def _is_duckdb(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(12)[8:] == b"DUCK"


def _keeps_files(folder: Path) -> bool:
    """Whether a folder is one in which a database keeps files and journal."""
    if folder.suffix != ".files" or not folder.is_dir():
        return False
    return any(KEPT.fullmatch(file.name) or file.name == "journal.jsonl" for file in folder.iterdir())


def _holds_rows(folder: Path) -> bool:
    """Whether a folder is one in which the rows of a lake lie."""
    return folder.name == "tables" and _keeps_files(folder.with_name("skilltrack.files"))


def refuse_dangling(database: Path) -> None:
    """Raise `BadStore` when a part of a database is a link that leads nowhere, as to a disk that is not mounted."""
    journal = Journal(str(database))
    for part in (database, journal.folder, journal.path, journal.audit.path):
        if part.is_symlink() and not part.exists():
            raise BadStore(
                f"{part} leads to {part.readlink()}, which is not there. Nothing was changed or made anew. Mount the "
                "disk that holds it, repair the link, or name the database itself."
            )
    for part in (journal.path, journal.audit.path, journal.audit.anchor):
        if part.is_dir():
            raise BadStore(f"{part} is a folder and should be a file. Nothing was changed; move it away.")
    if journal.folder.exists() and not journal.folder.is_dir():
        raise BadStore(f"{journal.folder} is a file, not the folder of {database}. Nothing was changed; move it away.")
