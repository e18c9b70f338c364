"""What a database can be built from again: every accepted file as it came, and a line for everything that happened.

Beside the database `x.duckdb` lies the folder `x.duckdb.files`: files by their hash, never changed, and
`journal.jsonl`, one JSON object a line. File and line are on the disk before the database commits; a line that the
database lacks when it is opened was interrupted in between, and is done then.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from skilltrack.audit import AuditLog
from skilltrack.errors import BadStore
from skilltrack.lines import growing, read, sync

Entry = dict[str, Any]
"""A line: `event` (landed, undone, redone, void, role, backup, recovered, erased), `happened_at` (UTC), and more."""


class Journal:
    """The folder beside one database."""

    def __init__(self, database: str):
        self.is_kept = database != ":memory:"
        self.folder = Path(f"{database}.files")
        self._lines = self.folder / "journal.jsonl"
        self.audit = AuditLog(database)

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
            sync(self.folder)
        return digest

    def keep_pieces(self, pieces: Iterable[bytes]) -> str:
        """Put a file that comes piece by piece on the disk for good; returns its hash, as `keep` does."""
        digest = hashlib.sha256()
        if not self.is_kept:
            for piece in pieces:
                digest.update(piece)
            return digest.hexdigest()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        written = self.folder / f"{uuid4().hex}.part"
        try:
            with written.open("xb") as file:
                for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            path = self.folder / digest.hexdigest()
            if path.exists():
                written.unlink()
            else:
                written.chmod(0o400)
                written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)  # a full disk needs the room
            raise
        sync(self.folder)
        return path.name

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
        with growing(self._lines) as lines:
            lines.append(json.dumps(entry, ensure_ascii=False, default=str).encode())

    def entries(self) -> list[Entry]:
        """Every line that counts, oldest first: torn lines and what was made void are left out."""
        entries: list[Entry] = []
        for entry in filter(None, map(_entry, read(self._lines))):
            if entry["event"] == "void":
                entries = [e for e in entries if e["happened_at"] != entry["happened_at"]]
            else:
                entries.append(entry)
        return entries

    def events(self) -> list[Entry]:
        """The lines about uploads, with `happened_at` as a time."""
        about = [entry for entry in self.entries() if entry["event"] in ("landed", "undone", "redone")]
        return [entry | {"happened_at": datetime.fromisoformat(entry["happened_at"])} for entry in about]

    def draft(self, entries: list[Entry]) -> "Journal":
        """The same files with other lines, which take the place of these by `take_over`."""
        draft = copy(self)
        draft._lines = self._lines.with_suffix(".draft")
        draft._lines.unlink(missing_ok=True)
        for entry in entries:
            draft.note(entry)
        return draft

    def take_over(self) -> None:
        """Have the lines of a draft be those of the journal."""
        self._lines.replace(self.folder / "journal.jsonl")
        sync(self.folder)

    def set_aside(self) -> Path:
        """Move the folder out of the way of a new database."""
        aside = self.folder.with_name(f"{self.folder.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}.aside")
        return self.folder.rename(aside)

    def sweep(self) -> None:
        """Remove files that no line names: what was refused, or interrupted before it was accepted."""
        named = {file["stored"] for entry in self.entries() if entry["event"] == "landed" for file in entry["files"]}
        damaged = b"".join(line for line in read(self._lines) if _entry(line) is None)
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                if path.stem != "journal" and path.name not in named and path.name.encode() not in damaged:
                    path.unlink(missing_ok=True)


def _entry(line: bytes) -> Entry | None:
    """The entry that a line holds; None when it is torn or damaged."""
    try:
        entry: Entry = json.loads(line)
    except ValueError:
        return None
    return entry
