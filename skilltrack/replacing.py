"""Putting a new file in the place of a database: the old one or the new one is there at every moment, never neither.

A new database is made beside the old one, as `x.duckdb.new`, and proved before anything is moved. The old file and its
write-ahead log keep a second name while the new file takes theirs. A marker says that this is going on, so that whoever
opens the database next can tell what a process that was stopped had done, and finish it.
"""

import errno
import os
import shutil
from pathlib import Path

from skilltrack.lines import sync


def fresh_beside(path: Path) -> Path:
    """Where a database is made that is to take the place of the one at `path`."""
    return path.with_name(path.name + ".new")


def log_of(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(path.name + ".wal")


def swap(path: Path, aside: Path | None) -> None:
    """Have `fresh_beside(path)`, which nobody has open, be the database at `path`; the old one becomes `aside`.

    Without `aside` the old file is gone afterwards. Raises `OSError`, and leaves the old one in its place, when the
    disk cannot do it.
    """
    fresh = fresh_beside(path)
    if log_of(fresh).exists():
        raise OSError(errno.ENOSPC, "not all of the new file could be written")
    sync(fresh)
    if aside is not None:
        for old, kept in ((log_of(path), log_of(aside)), (path, aside)):
            if old.exists():
                second_name(old, kept)
    marker = _marker(path)
    marker.touch()
    sync(path.parent)
    try:
        fresh.replace(path)
    except OSError:
        marker.unlink()
        raise
    sync(path.parent)
    _finish(path)


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
    if _marker(path).exists():
        if fresh_beside(path).exists():
            _marker(path).unlink()
        else:
            _finish(path)


def remove_fresh(path: Path) -> bool:
    """Remove a database that was made to take the place of the one at `path` and never did; whether there was one."""
    fresh = fresh_beside(path)
    was_there = fresh.exists()
    shutil.rmtree(fresh.with_name(fresh.name + ".tmp"), ignore_errors=True)
    for file in (log_of(fresh), fresh):
        file.unlink(missing_ok=True)
    return was_there


def _finish(path: Path) -> None:
    """The log that is still there is the old file's: it has its second name, or was empty."""
    log_of(path).unlink(missing_ok=True)
    _marker(path).unlink()
    sync(path.parent)


def _marker(path: Path) -> Path:
    return path.with_name(path.name + ".swap")
