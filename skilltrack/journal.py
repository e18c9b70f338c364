"""What a database can be built from again: every accepted file as it came, and a line for everything that happened.

Beside the database `x.duckdb` lies the folder `x.duckdb.files`: files by their hash, never changed, and
`journal.jsonl`, one JSON object a line. File and line are on the disk before the database commits; a line that the
database lacks when it is opened was interrupted in between, and is done then.
"""

import hashlib
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack.errors import BadStore

Entry = dict[str, Any]
"""A line: `event` (landed, undone, redone, void, backup, recovered), `happened_at` (UTC), and what belongs to it."""


class Journal:
    """The folder beside one database."""

    def __init__(self, database: str):
        self.is_kept = database != ":memory:"
        self.folder = Path(f"{database}.files")
        self._lines = self.folder / "journal.jsonl"

    def keep(self, content: bytes) -> str:
        """Put a file on the disk for good; returns its hash (SHA-256), under which it is found again."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / digest
        if self.is_kept and not path.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            written = self.folder / f"{digest}.{os.getpid()}.part"
            try:
                with written.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                written.chmod(0o400)
                written.replace(path)
            except OSError:
                written.unlink(missing_ok=True)  # a full disk needs the room
                raise
            _sync(self.folder)
        return digest

    def read(self, digest: str) -> bytes:
        """The file of that hash; raises `BadStore` when it is gone or no longer what it was."""
        try:
            content = (self.folder / digest).read_bytes()
        except OSError as error:
            raise BadStore(f"The file {digest[:12]}… is not in {self.folder}: {error.strerror}.") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise BadStore(f"The file {digest[:12]}… in {self.folder} is damaged: its content has another hash.")
        return content

    def note(self, entry: Entry) -> None:
        """Append a line and wait until it is on the disk."""
        if not self.is_kept:
            return
        self.folder.mkdir(mode=0o700, exist_ok=True)
        is_new = not self._lines.exists()
        line = json.dumps(entry, ensure_ascii=False, default=str).encode() + b"\n"
        descriptor = os.open(self._lines, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            if end and os.pread(descriptor, 1, end - 1) != b"\n":
                line = b"\n" + line  # a line torn by a crash stays by itself
            try:
                _write(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)
        if is_new:
            _sync(self.folder)

    def entries(self) -> list[Entry]:
        """Every line that counts, oldest first: torn lines and what was made void are left out."""
        entries: list[Entry] = []
        for entry in filter(None, map(_entry, self._read())):
            if entry["event"] == "void":
                entries = [e for e in entries if e["happened_at"] != entry["happened_at"]]
            else:
                entries.append(entry)
        return entries

    def events(self) -> list[Entry]:
        """The lines about uploads, with `happened_at` as a time."""
        about = [entry for entry in self.entries() if entry["event"] in ("landed", "undone", "redone")]
        return [entry | {"happened_at": datetime.fromisoformat(entry["happened_at"])} for entry in about]

    def set_aside(self) -> Path:
        """Move the folder out of the way of a new database."""
        aside = self.folder.with_name(f"{self.folder.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}.aside")
        return self.folder.rename(aside)

    def sweep(self) -> None:
        """Remove files that no line names: what was refused, or interrupted before it was accepted."""
        named = {file["stored"] for entry in self.entries() if entry["event"] == "landed" for file in entry["files"]}
        damaged = b"".join(line for line in self._read() if _entry(line) is None)
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                if path != self._lines and path.name not in named and path.name.encode() not in damaged:
                    path.unlink(missing_ok=True)

    def _read(self) -> list[bytes]:
        try:
            return self._lines.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []


def _entry(line: bytes) -> Entry | None:
    """The entry that a line holds; None when it is torn or damaged."""
    try:
        entry: Entry = json.loads(line)
    except ValueError:
        return None
    return entry


def _write(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]


def _sync(folder: Path) -> None:
    """Make new names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
