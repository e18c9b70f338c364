"""Putting a new file in the place of a database: the old one or the new one is there at every moment, never neither.

A new database is made beside the old one, as `x.duckdb.TOKEN.new`, and proved before anything is moved. The old file
and its write-ahead log keep a second name while the new file takes theirs. A marker, `x.duckdb.TOKEN.swap`, says that
this is going on and which file it is about, so that whoever opens the database next can tell what a process that was
stopped had done, and finish it. The token is random: a file that somebody else put there has another name. While this
goes on, and while a database is opened, `x.duckdb.lock` keeps every other process out.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from uuid import uuid4

from skilltrack.errors import BadStore
from skilltrack.storage.lines import sync

WAIT = 3.0
"""Seconds for which another process that opens or replaces the database is waited for."""
OURS = b"Skilltrack is opening or replacing the database.\n"
"""What stands in a lock that we made, so that one which a process left behind when it was killed can be removed."""
SPILLED = "duckdb_temp_*"
"""How the engine calls what it puts on disk for want of memory, in the folder `x.duckdb.tmp`."""

_mine = threading.local()


@contextmanager
def alone_at(path: Path) -> Iterator[None]:
    """Keep other processes from opening or replacing the database at `path` meanwhile; may be nested.

    Raises `BadStore` when another process does so for longer than `WAIT`.
    """
    paths: set[str] = _mine.__dict__.setdefault("paths", set())
    name = str(path.absolute())
    if name in paths:
        yield
        return
    lock = path.with_name(path.name + ".lock")
    descriptor, is_ours = _locked(path, lock)
    paths.add(name)
    try:
        yield
    finally:
        paths.discard(name)
        if is_ours:
            lock.unlink(missing_ok=True)
        if descriptor is not None:
            os.close(descriptor)


def _locked(path: Path, lock: Path) -> tuple[int | None, bool]:
    """The lock, open and ours alone, and whether we may remove it. None where no file can be made, or none locked."""
    until = time.monotonic() + WAIT
    while True:
        try:
            descriptor, is_new = _lock_file(lock)
        except FileNotFoundError:
            if not lock.parent.is_dir():
                return None, False
            continue  # somebody has just removed it
        except OSError as error:
            if error.errno in (errno.EISDIR, errno.ELOOP):
                raise BadStore(f"{lock} is in the way of a file of that name. Nothing was changed; move it.") from error
            return None, False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if lock.exists() and os.path.samestat(os.fstat(descriptor), lock.stat()):
                return descriptor, is_new or os.pread(descriptor, len(OURS) + 1, 0) == OURS
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(descriptor)
                raise BadStore(
                    f"Another process is replacing {path}, or opening it. Nothing was changed; try again when it is "
                    "done."
                ) from None
        except OSError:  # some mounts know no locks
            return descriptor, is_new
        os.close(descriptor)
        time.sleep(0.05)


def _lock_file(lock: Path) -> tuple[int, bool]:
    """The file, open, and whether it is new. One that is there is only looked at, whoever made it."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), False
    with suppress(OSError):  # the disk is full: the lock is as good without the text
        os.write(descriptor, OURS)
    return descriptor, True


def fresh_beside(path: Path) -> Path:
    """A name under which a database can be made that is to take the place of the one at `path`."""
    return path.with_name(f"{path.name}.{uuid4().hex}.new")


def log_of(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(path.name + ".wal")


def swap(path: Path, fresh: Path, aside: Path | None) -> None:
    """Have `fresh`, which nobody has open, be the database at `path`; the old one becomes `aside`.

    Without `aside` the old file is gone afterwards. Raises `OSError`, and leaves the old one in its place, when the
    disk cannot do it.
    """
    if log_of(fresh).exists():
        raise OSError(errno.ENOSPC, "not all of the new file could be written")
    sync(fresh)
    if aside is not None:
        for old, kept in ((log_of(path), log_of(aside)), (path, aside)):
            if old.exists():
                second_name(old, kept)
    marker = fresh.with_suffix(".swap")
    try:
        with marker.open("xb") as file:
            file.write(_print_of(fresh))
            file.flush()
            os.fsync(file.fileno())
        sync(path.parent)
        fresh.replace(path)
    except OSError:
        marker.unlink(missing_ok=True)
        raise
    sync(path.parent)
    _finish(path, marker)


def second_name(file: Path, name: Path) -> None:
    """Give a file another name too, or a copy of it where the disk knows no second names.

    Raises `FileExistsError` where somebody has that name already.
    """
    try:
        os.link(file, name)
    except FileExistsError:
        raise
    except OSError:
        with file.open("rb") as source, name.open("xb") as copy:
            shutil.copyfileobj(source, copy, 2**20)
            copy.flush()
            os.fsync(copy.fileno())


def finish_swap(path: Path) -> None:
    """Finish what a process was stopped in the midst of: either the new file is in its place already, or the old is."""
    for marker in _beside(path, r"\.swap"):
        if marker.with_suffix(".new").exists():
            marker.unlink()
        elif path.exists() and marker.read_bytes() == _print_of(path):
            _finish(path, marker)


def publishing_room(path: Path) -> str:
    """How the folder beside a database is called in which files wait to be published."""
    return f".{path.name}.publish-"


def publishing_rooms(path: Path) -> list[Path]:
    """Such folders that are there: of whoever publishes now, or was killed while doing so."""
    return sorted(path.parent.glob(f"{escape(publishing_room(path))}*"))


def remove_half_made(path: Path) -> list[str]:
    """Remove databases that were made to take the place of the one at `path` and never did; returns their names.

    Rows that the engine had put on disk for want of memory go too: they hold people who may be erased next. Nobody else
    may have the database open, or write to it where it is a lake.
    """
    for file in path.with_name(path.name + ".tmp").glob(SPILLED):
        file.unlink(missing_ok=True)
    files = _beside(path, r"\.new(\.wal|\.tmp)?")
    for file in files:
        shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
    return [file.name for file in files if file.suffix == ".new"]


def remove_fresh(fresh: Path) -> None:
    """Remove what was made as `fresh`, as far as that went."""
    shutil.rmtree(fresh.with_name(fresh.name + ".tmp"), ignore_errors=True)
    for file in (log_of(fresh), fresh):
        with suppress(OSError):  # a disk that cannot be written: nothing was made
            file.unlink()


def _beside(path: Path, end: str) -> list[Path]:
    """Files beside a database whose names have a token."""
    ours = re.compile(re.escape(path.name) + r"\.[0-9a-f]{32}" + end)
    return [file for file in path.parent.iterdir() if ours.fullmatch(file.name)]


def _finish(path: Path, marker: Path) -> None:
    """The log that is still there is the old file's: it has its second name, or was empty."""
    log_of(path).unlink(missing_ok=True)
    marker.unlink()
    sync(path.parent)


def _print_of(file: Path) -> bytes:
    """By what a database that nobody has opened yet is known again: its size, and the hash of its beginning."""
    with file.open("rb") as content:
        return f"{file.stat().st_size} {hashlib.sha256(content.read(2**20)).hexdigest()}\n".encode()
