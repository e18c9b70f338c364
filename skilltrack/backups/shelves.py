"""Where backups and other files lie: a folder, such as one of another machine, or a bucket (S3-compatible)."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from skilltrack.config import is_plain_http
from skilltrack.errors import NoRoom, Refused
from skilltrack.keeping import refuse_among_rows
from skilltrack.storage import Address, beside, is_full

PIECE = 2**20
DAY = 86_400.0


class Shelf(Protocol):
    """A place where files lie, by their names."""

    def names(self) -> list[str]:
        """The names of all files there, ours and others."""

    def put(self, source: Path, name: str) -> None:
        """Copy a file there whole or not at all; raises `Refused` where the name is taken."""

    def replace(self, source: Path, name: str) -> None:
        """Put a file there in the place of one of this name, if there is one: readers have the one or the other."""

    def fetch(self, name: str, target: Path) -> None:
        """Copy a file from there."""

    def remove(self, name: str) -> None:
        """Remove a file there."""


def shelf_at(place: str, database: Path | Address) -> Shelf:
    """The shelf at a folder or `s3://BUCKET/PREFIX`; one that is not there, or no place for backups, is refused."""
    if not place:
        raise Refused(
            "Nobody has said where backups go. Set SKILLTRACK_BACKUP_TO to a folder or to s3://BUCKET/PREFIX."
        )
    refuse_among_rows(database, place)
    if place.startswith("s3://"):
        return Bucket(place)
    folder = Path(place)
    if not folder.is_dir():
        raise Refused(f"{folder}, where backups go, is not a folder. Make it, or mount the disk that holds it.")
    real, own = folder.resolve(), beside(database)
    kept = Path(f"{own}.files").resolve()
    if real in (own.resolve().parent, kept) or kept in real.parents:
        raise Refused(f"{folder} is where the database lies. Backups belong on another disk: choose another folder.")
    return Folder(folder)


def digest_of(path: Path) -> str:
    """The hash (SHA-256) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Folder:
    """Files in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def names(self) -> list[str]:
        """The names of all files in the folder."""
        with _refusing(f"{self.folder} cannot be read"):
            return sorted(path.name for path in self.folder.iterdir() if path.is_file())

    def put(self, source: Path, name: str) -> None:
        """Copy a file there under another name first, so that what has the right name is whole."""
        self._put(source, name, is_new=True)

    def replace(self, source: Path, name: str) -> None:
        """Copy a file there in the place of one of this name, if there is one."""
        self._put(source, name, is_new=False)

    def _put(self, source: Path, name: str, *, is_new: bool) -> None:
        part = self.folder / f".{name}.{uuid4().hex}.part"
        own = name.rpartition("-")[0]
        for left in self.folder.glob(f".{own}-*.part"):  # of a process that was killed
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > DAY:
                    left.unlink()
        with _refusing(f"{self.folder / name} cannot be written"):
            try:
                shutil.copyfile(source, part)
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                if is_new and (self.folder / name).exists():
                    raise Refused(f"{self.folder / name} exists already. Nothing was written over.")
                part.replace(self.folder / name)
            finally:
                part.unlink(missing_ok=True)

    def fetch(self, name: str, target: Path) -> None:
        """Copy a file from there."""
        with _refusing(f"{self.folder / name} cannot be read"):
            shutil.copyfile(self.folder / name, target)

    def remove(self, name: str) -> None:
        """Remove a file there."""
        with _refusing(f"{self.folder / name} cannot be removed"):
            (self.folder / name).unlink()


class Bucket:
    """Files in a bucket; who may use it is said in the ways of AWS: variables, or the role of the machine."""

    def __init__(self, place: str):
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        if not bucket:
            raise Refused(f"{place} names no bucket. Write s3://BUCKET/PREFIX.")
        self.place = place.rstrip("/")
        try:
            self.library: Any = import_module("obstore")
        except ImportError:
            raise Refused("s3:// needs obstore: `pip install 'skilltrack[s3]'`.") from None
        with self._refusing("cannot be used"):
            options = {"allow_http": is_plain_http(), "timeout": "1h"}
            store = import_module("obstore.store").S3Store
            self.bucket: Any = store(bucket, prefix=prefix.strip("/") or None, client_options=options)

    def names(self) -> list[str]:
        """The names below the prefix."""
        with self._refusing("cannot be read"):
            return sorted(entry["path"] for page in self.library.list(self.bucket) for entry in page)

    def put(self, source: Path, name: str) -> None:
        """Send a file; the storage shows it once it is whole."""
        if name in self.names():
            raise Refused(f"{self.place}/{name} exists already. Nothing was written over.")
        self.replace(source, name)

    def replace(self, source: Path, name: str) -> None:
        """Send a file in the place of one of this name, if there is one."""
        with self._refusing("cannot be written"):
            self.library.put(self.bucket, name, source)

    def fetch(self, name: str, target: Path) -> None:
        """Get a file."""
        with self._refusing(f"has no {name} that can be read"), target.open("wb") as file:
            for piece in self.library.get(self.bucket, name).stream(min_chunk_size=PIECE):
                file.write(piece)

    def remove(self, name: str) -> None:
        """Remove a file there."""
        with self._refusing(f"keeps {name}, which cannot be removed"):
            self.library.delete(self.bucket, name)

    @contextmanager
    def _refusing(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # the library has many, and each says what is missing
            raise Refused(f"{self.place} {what}: {str(error).splitlines()[0]}") from error


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Say what could not be done with a folder."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise NoRoom(f"{what}: the disk is full. Free some space on it, or set TMPDIR to a larger disk.") from error
        raise Refused(f"{what}: {error.strerror}. Name a folder that this account may write to.") from error
