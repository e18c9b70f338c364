"""A file's bytes and cells, kept on the disk and read from there, so that they do not fill the memory.

The files on the disk have no name, so that nothing is left of them however the process ends.
"""

import errno
import hashlib
import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from skilltrack.errors import NoRoom
from skilltrack.language import sentence

Content = bytes | mmap.mmap
"""What can be sliced into bytes and passed on as a buffer; the system can take back the memory of a map at any time."""
BLOCK = 2**20
SMALL = 2**24
"""Bytes of cells up to which they stay in memory."""
FULL = (errno.ENOSPC, errno.EDQUOT)


def blocks(content: Content) -> Iterator[bytes]:
    """The content piece by piece."""
    return (content[at : at + BLOCK] for at in range(0, len(content), BLOCK))


def mapped(file: BinaryIO | Any) -> Content:
    """An open file as bytes that are read only when they are needed."""
    file.flush()
    file.seek(0, 2)
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""


def no_room(error: OSError, folder: Path | None) -> NoRoom:
    """The refusal for a full disk; raises the error again when it is about anything else."""
    if error.errno not in FULL:
        raise error
    return NoRoom(
        sentence(
            "The disk that holds {value} is full. Nothing was stored; free some room.",
            value=folder or tempfile.gettempdir(),
        )
    )


def repeated(value: Any, of: pa.DataType, beside: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of one value, as long as another column; it takes the memory of one piece only."""
    longest = pa.repeat(pa.scalar(value, of), max(map(len, beside.chunks), default=0))
    return pa.chunked_array([longest[: len(piece)] for piece in beside.chunks], of)


class Spool:
    """A file on its way in: written to the disk as it comes, its hash and size known at the end."""

    def __init__(self, folder: Path | None = None):
        self._folder, self._hash, self.size = folder, hashlib.sha256(), 0
        try:
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 open as long as the spool is
        except OSError as error:
            raise no_room(error, folder) from error

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file: its room on the disk is free again unless its content is still in use."""
        self._file.close()

    def write(self, piece: bytes) -> None:
        """Take the next piece; raises `NoRoom` when the disk is full."""
        self._hash.update(piece)
        self.size += len(piece)
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise no_room(error, self._folder) from error

    def content(self) -> Content:
        """All that came; lives on after the spool is closed."""
        try:
            return mapped(self._file)
        except OSError as error:
            raise no_room(error, self._folder) from error

    def sha256(self) -> str:
        """The hash of all that came."""
        return self._hash.hexdigest()


class Room:
    """Where the cells of a file are while it is read: in memory when they are few, otherwise in a file in `folder`."""

    def __init__(self, folder: Path | None = None):
        self._folder = folder

    def hold(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
        """The batches as one table, in as many pieces."""
        first: list[pa.RecordBatch] = []
        rest, size = iter(batches), 0
        for batch in rest:
            first.append(batch)
            size += batch.nbytes
            if size > SMALL:
                break
        else:
            return pa.Table.from_batches(first, schema)
        try:
            with tempfile.TemporaryFile(dir=self._folder) as file:
                with pa.ipc.new_file(pa.PythonFile(file, "w"), schema) as writer:
                    while first:
                        writer.write_batch(first.pop(0))
                    for batch in rest:
                        writer.write_batch(batch)
                return pa.ipc.open_file(pa.py_buffer(mapped(file))).read_all()
        except OSError as error:
            raise no_room(error, self._folder) from error

    def changed(self, change: Callable[..., pa.Array], *columns: pa.ChunkedArray) -> pa.ChunkedArray:
        """The columns changed by `change`, piece by piece; a piece that it returns as it is stays where it is."""
        places: list[pa.Array | None] = []

        def made() -> Iterator[pa.RecordBatch]:
            for parts in zip(*(column.chunks for column in columns), strict=True):
                result = change(*parts)
                places.append(result if result is parts[0] else None)
                if result is not parts[0]:
                    yield pa.record_batch([result], ["cells"])

        fresh = iter(self.hold(made(), pa.schema({"cells": pa.string()}))["cells"].chunks)
        return pa.chunked_array([next(fresh) if place is None else place for place in places], pa.string())
