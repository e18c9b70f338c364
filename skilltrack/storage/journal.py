"""What a database can be built from again: every accepted file as it came, and a line for everything that happened.

Beside the database `x.duckdb` lies the folder `x.duckdb.files`: files by their hash, never changed, and
`journal.jsonl`, one JSON object a line. File and line are on the disk before the database commits; a line that the
database lacks when it is opened was interrupted in between, and is done then. The database keeps a copy of every line,
and the audit log its hash, so that a line that was changed, put in or lost shows, and the journal can be written again.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from skilltrack.errors import BadStore
from skilltrack.storage.audit_log import AuditLog
from skilltrack.storage.lines import growing, read, sync, withdraw
from skilltrack.storage.replacing import second_name

Entry = dict[str, Any]
"""A line: `event`, `happened_at` (UTC), what `FIELDS` lists for the event, and its own `digest`."""

_UPLOAD = {"upload_id": int, "by": str}
FIELDS: dict[str, dict[str, type]] = {
    "landed": _UPLOAD | {"effective": str, "mode": str, "quarantine": bool, "files": list},
    "undone": _UPLOAD,
    "redone": _UPLOAD,
    "role": {"account": str, "role": str, "of_manager": str, "is_granted": bool, "by_whom": str},
    "token": {
        "token_id": str, "account": str, "label": str, "scopes": str, "token_hash": str, "is_made": bool,
        "valid_to": str, "by_whom": str,
    },
    "proposal": {"proposal_id": int, "employee_id": str, "step": str, "by_whom": str},
    "mail": {"account": str, "mail": str, "is_wanted": bool, "by_whom": str},
    "language": {"account": str, "language": str, "by_whom": str},
    "schedule": {
        "schedule_id": str, "account": str, "step": str, "definition": str, "readers": str, "every": str, "on_day": int,
        "at_hour": int, "by_whom": str,
    },
    "key": {"key_id": str, "public_key": str, "name": str, "step": str, "by_whom": str},
    "backup": {"path": str},
    "recovered": {"said": str},
    "erased": {"salt": str, "code": str, "by": str},
    "void": {},
}  # fmt: skip
"""What a line of each event must hold, besides `happened_at`."""
FILE_FIELDS = {"kind": str, "name": str, "sha256": str, "stored": str, "bytes": int, "mapping": str}
PUT_BACK = "Put it back from a copy of the folder, or from a backup that `backups make` has made."
OF_UPLOADS = ("landed", "undone", "redone")
KEPT = re.compile(r"[0-9a-f]{64}")
"""Names of kept files."""
HALF_MADE = re.compile(r"[0-9a-f]{32}\.part|[0-9a-f]{64}\.\d+\.part|journal\.draft")
"""Names of files in the folder that a process was stopped while writing."""


@dataclass
class Lines:
    """What stands in a journal."""

    entries: list[Entry] = field(default_factory=list)
    """Every line that counts, oldest first."""
    void: set[str] = field(default_factory=set)
    """Digests of lines that did not happen after all."""
    unreadable: dict[int, Entry | None] = field(default_factory=dict)
    """Lines that hold no entry, by number, with what they say where only their digest is wrong.

    Torn ones are left out: a line that was never finished counts for nothing.
    """
    repeated: int = 0
    """Lines that stand there again; they count once."""


class Journal:
    """The folder beside one database."""

    def __init__(self, database: str):
        self.is_kept = database != ":memory:"
        self.folder = Path(f"{database}.files")
        self.path = self.folder / "journal.jsonl"
        self.audit = AuditLog(database)
        self._fresh: set[str] = set()
        self._seen: tuple[tuple[int, int, int], str] | None = None

    def keep(self, content: bytes) -> str:
        """Put a file on the disk for good; returns its hash (SHA-256), under which it is found again."""
        return self.keep_pieces([content])

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
                self._fresh.add(path.name)
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
            raise BadStore(f"The file {digest[:12]}… is not in {self.folder}: {error.strerror}. {PUT_BACK}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise BadStore(
                f"The file {digest[:12]}… in {self.folder} is damaged: its content has another hash. {PUT_BACK}"
            )
        return content

    def note(self, entry: Entry) -> Entry:
        """Append a line and wait until it is on the disk; returns the entry with its digest."""
        entry = sealed(entry)
        if self.is_kept:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with growing(self.path) as lines:
                lines.append(as_line(entry).encode())
            if entry["event"] != "void":
                self._seen = (self._signature(), entry["digest"])
        return entry

    def withdraw(self, entry: Entry) -> None:
        """Have a line that was just noted count for nothing, also when the disk is full."""
        if not self.is_kept:
            return
        try:
            self.note({"event": "void", "happened_at": entry["happened_at"], "voids": entry["digest"]})
        except OSError:
            withdraw(self.path, as_line(entry).encode())

    def lines(self) -> Lines:
        """What stands in the journal, read anew."""
        lines, seen = Lines(), set()
        for number, line in enumerate(read(self.path) if self.is_kept else (), 1):
            entry = entry_of(b"{" + line[1:] if line.startswith(b"#") else line)
            if entry is None:
                if not is_torn(line):
                    lines.unreadable[number] = unsealed(line)
            elif entry["event"] == "void":
                # An older program named what is void by its time only.
                void = [e for e in lines.entries if entry.get("voids", e["digest"]) == e["digest"]]
                lines.void |= {e["digest"] for e in void if e["happened_at"] == entry["happened_at"]}
                lines.entries = [e for e in lines.entries if e["digest"] not in lines.void]
            elif line.startswith(b"#"):
                lines.void.add(entry["digest"])
            elif entry["digest"] in seen:
                lines.repeated += 1
            else:
                seen.add(entry["digest"])
                lines.entries.append(entry)
        return lines

    def entries(self) -> list[Entry]:
        """Every line that counts, oldest first."""
        return self.lines().entries

    def is_begun(self) -> bool:
        """Whether something of a company is left beside the database: lines, kept files or an audit log."""
        return bool(self.entries() or self.unnamed() or self.audit.path.exists())

    def events(self) -> list[Entry]:
        """The lines about uploads, with `happened_at` as a time."""
        return [timed(entry) for entry in self.entries() if entry["event"] in OF_UPLOADS]

    def newest(self) -> str:
        """The digest of the last line that counts, empty where there is none; read again only after a change."""
        now = self._signature()
        if self._seen is None or self._seen[0] != now:
            self._seen = (now, next((entry["digest"] for entry in reversed(self.entries())), ""))
        return self._seen[1]

    def draft(self, entries: list[Entry]) -> "Journal":
        """The same files with other lines, which take the place of these by `take_over`.

        The lines about an erasure say which files go with it, so that it can be finished after an interruption.
        """
        draft = copy(self)
        draft._fresh = set()
        draft.path = self.path.with_suffix(".draft")
        draft.path.unlink(missing_ok=True)
        gone = sorted(files_named(self.entries()) - files_named(entries))
        for entry in entries:
            is_new = entry["event"] == "erased" and "digest" not in entry
            draft.note(entry | {"gone": gone} if is_new else entry)
        return draft

    def bind(self) -> None:
        """Have the audit log know these lines as they are, whatever it knew of them before."""
        digests = [entry["digest"] for entry in self.entries()]
        self.audit.note("", "journal", lines=len(digests), root=root_of(digests))

    def take_over(self) -> None:
        """Have the lines of a draft be those of the journal."""
        self.path.replace(self.folder / "journal.jsonl")
        sync(self.folder)

    def write_again(self, lines: Iterable[str]) -> None:
        """Replace the journal by these lines; the one that is there is set aside beside the folder."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with growing(draft) as written:
            written.append("\n".join(lines).encode())
        if self.path.exists():
            aside = self.folder.with_name(f"{self.folder.name}.journal.{stamp()}.aside")
            second_name(self.path, aside)
        draft.replace(self.path)
        sync(self.folder)
        sync(self.folder.parent)
        self._seen = None

    def let_go(self, accepted: Iterable[Entry], fault: str) -> None:
        """Remove the files that this process has kept for an upload that was then not accepted.

        Nothing else is ever removed here, and nothing at all while the journal is not whole.
        """
        refused = self._fresh - files_named(accepted)
        if refused and not fault:
            for digest in refused - files_named(self.entries()):
                (self.folder / digest).unlink(missing_ok=True)
        self._fresh.clear()

    def give_up_draft(self, fault: str) -> None:
        """Remove a draft that did not take over, and the files that were kept for it."""
        self.path.with_suffix(".draft").unlink(missing_ok=True)
        self.let_go((), fault)

    def finish_erasures(self) -> None:
        """Remove the files that an erasure replaced and may have been stopped before it removed them."""
        entries = self.entries()
        named = files_named(entries)
        for digest in {digest for entry in entries for digest in entry.get("gone", ())} - named:
            (self.folder / digest).unlink(missing_ok=True)
        self._fresh.clear()

    def remove_half_made(self) -> None:
        """Remove what a process was stopped while writing: it never had its name."""
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                if HALF_MADE.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def unnamed(self, also: Iterable[Entry] = ()) -> list[Path]:
        """Kept files that no line names, nor an entry of `also`: of imports stopped before they were accepted."""
        named = files_named([*self.entries(), *also])
        paths = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [path for path in paths if KEPT.fullmatch(path.name) and path.name not in named]

    def _signature(self) -> tuple[int, int, int]:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return (0, 0, 0)
        return (status.st_ino, status.st_size, status.st_mtime_ns)


def sealed(entry: Entry) -> Entry:
    """The entry with the hash of all that it holds."""
    content = {name: value for name, value in entry.items() if name != "digest"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return content | {"digest": hashlib.sha256(text.encode()).hexdigest()}


def as_line(entry: Entry) -> str:
    """An entry as the journal holds it."""
    return json.dumps(entry, ensure_ascii=False, default=str)


def entry_of(line: bytes) -> Entry | None:
    """The entry that a line holds, sealed; None when it is none, or not what was written."""
    entry = unsealed(line)
    whole = sealed(entry) if entry else None
    return whole if entry and whole and entry.get("digest", whole["digest"]) == whole["digest"] else None


def unsealed(line: bytes) -> Entry | None:
    """What a line says that has the shape of an entry, whatever its digest is; None for any other."""
    try:
        entry = json.loads(line)
        if not _fits(entry, FIELDS.get(entry["event"], {"unknown": int}) | {"happened_at": str}):
            return None
        datetime.fromisoformat(entry["happened_at"])
        if entry["event"] == "landed":
            date.fromisoformat(entry["effective"])
            if not all(_fits(file, FILE_FIELDS) for file in entry["files"]):
                return None
    except (ValueError, KeyError, TypeError):
        return None
    return dict(entry)


def _fits(value: Any, fields: dict[str, type]) -> bool:
    return isinstance(value, dict) and all(type(value.get(name)) is wanted for name, wanted in fields.items())


def is_torn(line: bytes) -> bool:
    """Whether a line is what is left of one that a process was stopped while writing."""
    return not line.strip() or (line.startswith(b'{"event"'[: len(line)]) and not line.endswith(b"}"))


def timed(entry: Entry) -> Entry:
    """An entry with its `happened_at` as a time."""
    return entry | {"happened_at": datetime.fromisoformat(entry["happened_at"])}


def files_named(entries: Iterable[Entry]) -> set[str]:
    """Hashes of the kept files that entries name."""
    return {file["stored"] for entry in entries for file in kept_of(entry)}


def kept_of(entry: Entry) -> list[Entry]:
    """The kept files that an entry names, each with its `name` and the hash under which it is `stored`."""
    if entry["event"] == "landed":
        return list(entry["files"])
    if entry["event"] == "proposal" and entry.get("stored"):
        return [{"name": entry.get("file_name"), "stored": entry["stored"]}]
    return []


def root_of(digests: Iterable[str]) -> str:
    """One hash for a run of lines, by which the audit log knows them."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def stamp() -> str:
    """Now, UTC, as it stands in the name of what is set aside."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
