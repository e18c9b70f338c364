"""Files that only grow, by whole lines, for what must outlive a crash: the journal and the audit log."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TAIL = 65_536
"""Bytes looked at for the last lines."""


class Lines:
    """A file of lines that nobody else appends to meanwhile."""

    def __init__(self, descriptor: int):
        self._descriptor = descriptor

    def last(self) -> list[bytes]:
        """The last lines, the newest first, as far as they lie in the file's tail."""
        end = os.lseek(self._descriptor, 0, os.SEEK_END)
        return os.pread(self._descriptor, TAIL, max(0, end - TAIL)).split(b"\n")[::-1]

    def append(self, line: bytes) -> None:
        """Append a line, whole or not at all, and wait until it is on the disk."""
        end = os.lseek(self._descriptor, 0, os.SEEK_END)
        line += b"\n"
        if end and os.pread(self._descriptor, 1, end - 1) != b"\n":
            line = b"\n" + line  # a line torn by a crash stays by itself
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, end)
            raise


def withdraw(path: Path, line: bytes) -> None:
    """Put a `#` in the place of the first character of the last line, if that is it: this needs no room on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        start = end - len(line) - 1
        if start >= 0 and os.pread(descriptor, len(line) + 1, start) == line + b"\n":
            os.pwrite(descriptor, b"#", start)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def growing(path: Path) -> Iterator[Lines]:
    """The file at `path`, made if need be, for one thread of one process at a time."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # some mounts know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Lines(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync(path.parent)


def read(path: Path) -> Iterator[bytes]:
    """The lines of a file, a torn last one included; none where there is no file."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        yield from (line.removesuffix(b"\n") for line in file)


def sync(path: Path) -> None:
    """Make new names in a folder, or the content of a file, last."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
