"""Who did what: a log that only grows, in which each entry carries the hash of the one before.

Beside the database `x.duckdb` lies `x.duckdb.audit`, a JSON object a line, and outlives it. Number and hash of every
entry are also kept in a second place, the anchor (best on another machine), and with each upload in the database, so
that a log that was shortened or written anew as a whole shows. People stand in it under codes, never by name, address
or id: who holds the log and an id can tell whether they belong together, and what is erased elsewhere need not be
erased here.
"""

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack.config import audit_anchor, audit_key
from skilltrack.errors import Refused
from skilltrack.language import mark
from skilltrack.storage.lines import growing, read

log = logging.getLogger("skilltrack")

FIELDS = ("number", "at", "who", "event", "about", "what", "unanchored", "before", "hash")
EVENTS = {
    "begun": mark("Log begun"), "signed_in": mark("Signed in"), "saw": mark("Saw a transcript"),
    "exported": mark("Exported"), "published": mark("Published all relations"),
    "reproduced": mark("Made a file again"), "uploaded": mark("Uploaded"),
    "undone": mark("Took an upload back"), "redone": mark("Put an upload back"), "role": mark("Changed a role"),
    "token": mark("Changed a token"), "used_token": mark("Used a token"),
    "key": mark("Changed a key of the company"),
    "proposal": mark("Proposed something, or decided on it"),
    "again": mark("Brought the same files again"), "mail": mark("Stopped a kind of mail, or allowed it"),
    "language": mark("Chose a language"), "schedule": mark("Scheduled a report by mail, changed that, or sent it"),
    "mailed": mark("Sent a mail"), "mailing": mark("Ended a round of mails"),
    "failed": mark("Did not happen after all"), "erased": mark("Erased"), "read_audit": mark("Read the audit log"),
    "backup": mark("Made a backup"), "recovered": mark("Recovered the database"),
    "journal": mark("Wrote the journal again"), "demo": mark("Loaded or removed the demo company"),
    "command": mark("Had the app do a command"),
}  # fmt: skip
"""What is noted, and the words for it."""
START = "0" * 64
"""What the first entry has in place of the hash before."""
IN_CLEAR = ("", "local", "api", "demo", "nightly")
"""Accounts that are nobody's, and so need no code."""
TORN = re.compile(rb"\d{0,18}|\d{1,18} [0-9a-f]{0,64}|\d{1,18} [0-9a-f]{64} [\d:T.-]{0,26}")
"""What is left of a line of the anchor when the program was stopped while writing it."""
WITNESSES = 3
"""Newest entries that must all be sealed with another key before one is believed: a damaged line is no key."""
MOST_LISTED = 20
"""Faults that are listed; one change can break many entries."""

AuditEntry = dict[str, Any]
Head = tuple[int, str]
"""Number and hash of an entry."""


@dataclass
class Verified:
    """What a look at the whole log found."""

    count: int = 0
    head: str = START
    anchored_at: datetime | None = None
    faults: list[str] = field(default_factory=list)
    """A sentence for each sign of tampering."""
    notices: list[str] = field(default_factory=list)
    """What a crash or an anchor out of reach explains as well."""


class AuditLog:
    """The log of one database, and its anchor; nothing but memory for a database in memory."""

    def __init__(self, database: str):
        self.path = Path(f"{database}.audit")
        self.anchor = Path(audit_anchor() or f"{database}.anchor")
        self._is_kept = database != ":memory:"
        self._in_memory: list[AuditEntry] = []
        self._secret = ""

    def note(self, who: str, event: str, about: str | None = None, **what: Any) -> Head:
        """Append an entry and wait until it is on the disk, then anchor it; accounts become codes.

        Raises `Refused` where the log is sealed with another key than this process has.
        """
        if not self.secret() and event != "begun":
            self.note("", "begun", secret=secrets.token_hex(16))
        if not self._is_kept:
            self._in_memory.append(self._next(self._in_memory[-1:], who, event, about, what))
            return _head(self._in_memory[-1])
        with growing(self.path) as lines:
            newest = [entry for entry in map(_entry, lines.last()) if entry][:WITNESSES]
            self._refuse_other_key(newest)
            last = newest[:1]
            entry = self._next(last, who, event, about, what)
            lines.append(_text(entry))
            try:
                with growing(self.anchor) as anchor:
                    anchor.append(f"{entry['number']} {entry['hash']} {entry['at']}".encode())
            except OSError as error:
                log.warning("the audit log's anchor %s cannot be written: %s", self.anchor, error.strerror)
        return _head(entry)

    def refuse_other_key(self) -> None:
        """Raise `Refused` where the log is sealed with another key than this process has: it could note nothing.

        What is noted without the key reads as forged for whoever verifies the log with it. A log that is not sealed may
        be from now on. One that cannot be opened tells so when something is noted.
        """
        with suppress(OSError):
            self._refuse_other_key(self.tail()[:WITNESSES])

    def _refuse_other_key(self, newest: list[AuditEntry]) -> None:
        keys = {audit_key(), b""}
        if newest and not any(_seal(_unsealed(entry), key) == entry["hash"] for entry in newest for key in keys):
            raise Refused(
                f"The audit log {self.path} is sealed with another key than SKILLTRACK_AUDIT_KEY is here, so what is "
                "noted now would read as forged. Nothing was done. Use the settings of the app; if these are they, the "
                "newest entries were changed, as `audit verify` says: move the log away, then run `repair`."
            )

    def code(self, account: str | None) -> str:
        """What stands in the log for an account or an employee_id."""
        if account is None or account in IN_CLEAR:
            return account or ""
        return self.coded(account)

    def coded(self, account: str) -> str:
        """The code of an account, also of those that stand in clear by now."""
        return hashlib.sha256(f"{self.secret()}{account}".encode()).hexdigest()[:16]

    def secret(self) -> str:
        """What codes are made with, as the log's first entry holds it."""
        if not self._secret:
            first = _entry(next(self._read(), b""))
            self._secret = first["what"].get("secret", "") if first else ""
        return self._secret

    def entries(self) -> list[AuditEntry]:
        """Every entry, oldest first; lines that hold none are left out."""
        return [entry for entry in map(_entry, self._read()) if entry]

    def tail(self) -> list[AuditEntry]:
        """The last entries, the newest first, without reading the whole log."""
        if not self._is_kept:
            return self._in_memory[::-1]
        if not self.path.exists():
            return []
        with growing(self.path) as lines:
            return [entry for entry in map(_entry, lines.last()) if entry]

    def newest(self) -> Head:
        """Number and hash of the last entry."""
        last = self.tail()[:1]
        return _head(last[0]) if last else (0, START)

    def verify(self, heads: Iterable[Head] = ()) -> Verified:
        """Hold the log against itself, its anchor, and the heads that the database knows."""
        result = Verified()
        hashes = _walk(self._read(), result)
        known: list[Head] = []
        for at, line in enumerate(read(self.anchor) if self._is_kept else (), 1):
            if anchored := _anchored(line):
                known.append(anchored[0])
                result.anchored_at = anchored[1]
            elif not TORN.fullmatch(line):
                result.faults.append(f"Line {at} of the anchor {self.anchor.name} is none that the program writes.")
        _compare(f"The anchor {self.anchor.name}", known, hashes, result, ", or the anchor was changed")
        _compare("The database", heads, hashes, result)
        last = max((number for number, _ in known), default=0)
        if self._is_kept and last < result.count:
            which = f"entries {last + 1} to {result.count}" if last + 1 < result.count else f"entry {result.count}"
            why = "the program was stopped, the anchor was out of reach, or somebody else wrote to the log"
            result.faults.append(f"The anchor {self.anchor.name} does not know {which}: {why}.")
        result.faults = result.faults[:MOST_LISTED]
        return result

    def _read(self) -> Iterator[bytes]:
        return read(self.path) if self._is_kept else (_text(entry) for entry in self._in_memory)

    def _behind(self, last: int) -> int:
        """How many entries up to `last` the anchor lacks at its end."""
        try:
            with growing(self.anchor) as anchor:
                newest = next(filter(None, map(_anchored, anchor.last())), None)
        except OSError:
            return 0
        return max(0, last - (newest[0][0] if newest else 0))

    def _next(
        self, last: list[AuditEntry], who: str, event: str, about: str | None, what: dict[str, Any]
    ) -> AuditEntry:
        number = last[0]["number"] if last else 0
        entry = {
            "number": number + 1,
            "at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
            "who": self.code(who),
            "event": event,
            "about": self.code(about),
            "what": what,
            "unanchored": self._behind(number) if self._is_kept and last else 0,
            "before": last[0]["hash"] if last else START,
        }
        return entry | {"hash": _seal(entry)}


def note_write(audit: AuditLog, entry: Mapping[str, Any]) -> Head:
    """Note what is about to be written to the database, as its line in the journal tells it."""
    event, line = entry["event"], entry["digest"]
    if event == "role":
        what = {"role": entry["role"], "of": audit.code(entry["of_manager"]), "given": entry["is_granted"]}
        return audit.note(entry["by_whom"], event, entry["account"], **what, line=line)
    if event == "token":
        what = {"token": entry["token_id"], "scopes": entry["scopes"], "to": entry["valid_to"]}
        return audit.note(entry["by_whom"], event, entry["account"], **what, made=entry["is_made"], line=line)
    if event == "key":
        return audit.note(entry["by_whom"], event, key=entry["key_id"], step=entry["step"], line=line)
    if event == "mail":
        return audit.note(
            entry["by_whom"], event, entry["account"], mail=entry["mail"], wanted=entry["is_wanted"], line=line
        )
    if event == "language":
        return audit.note(entry["by_whom"], event, entry["account"], language=entry["language"], line=line)
    if event == "schedule":
        results = json.loads(entry["outcome"] or "{}").values()
        what = {"schedule": entry["schedule_id"], "step": entry["step"]}
        what |= dict(sorted(Counter(results).items()))
        return audit.note(entry["by_whom"], event, entry["account"], **what, line=line)
    if event == "proposal":
        what = {"proposal": entry["proposal_id"], "step": entry["step"]}
        return audit.note(entry["by_whom"], event, entry["employee_id"], **what, line=line)
    if "upload_id" not in entry:
        return audit.note(entry.get("by", ""), event, line=line)
    kinds = {"kinds": sorted({file["kind"] for file in entry["files"]})} if "files" in entry else {}
    kinds |= {"proposal": entry["settles"]} if "settles" in entry else {}
    name = "uploaded" if event == "landed" else event
    return audit.note(entry["by"], name, None, upload=entry["upload_id"], **kinds, line=line)


def _walk(lines: Iterable[bytes], result: Verified) -> dict[int, str]:
    """Hashes of the entries by number; what does not follow, or is not what was written, is a fault."""
    hashes: dict[int, str] = {}
    number, before = 0, START
    for at, line in enumerate(lines, 1):
        entry = _entry(line)
        if entry is None:
            begun = b'{"number":%d,' % (number + 1)
            if not _is_json(line) and (line.startswith(begun) or begun.startswith(line)):
                result.notices.append(f"Line {at} is not an entry: the program was stopped while writing it.")
            else:
                result.faults.append(f"Line {at} is none that the program writes: it was put in or changed.")
            continue
        if entry["number"] != number + 1 or entry["before"] != before:
            result.faults.append(
                f"Line {at}: entry {entry['number']} does not follow on what stands before it. "
                "Entries were removed, put in, moved or changed there."
            )
        if _seal(_unsealed(entry)) != entry["hash"]:
            key = " Or is SKILLTRACK_AUDIT_KEY another than it was then?" if number == 0 else ""
            result.faults.append(f"Line {at}: entry {entry['number']} is not what was written.{key}")
        if entry["unanchored"]:
            result.notices.append(
                f"Entry {entry['number']} found {entry['unanchored']} before it not anchored: the program had been "
                "stopped, the anchor out of reach, or they were written by somebody else."
            )
        number, before = entry["number"], entry["hash"]
        hashes[number] = before
    result.count, result.head = number, before
    return hashes


def _compare(who: str, known: Iterable[Head], hashes: Mapping[int, str], result: Verified, or_else: str = "") -> None:
    """Note the first entry that somewhere else is known and the log does not hold; `or_else` may explain it too."""
    for number, digest in known:
        if number > result.count:
            result.faults.append(f"{who} knows entry {number}; the log ends with {result.count}. Its end was cut off.")
            return
        if hashes.get(number) != digest:
            why = f"The log was written anew{or_else}."
            result.faults.append(f"{who} knows another entry {number} than the log holds. {why}")
            return


def _entry(line: bytes) -> AuditEntry | None:
    """The entry that a line holds; None when it is torn."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(entry, dict) and tuple(entry) == FIELDS and _text(entry) == line
    return entry if is_whole and isinstance(entry["number"], int) and isinstance(entry["what"], dict) else None


def _anchored(line: bytes) -> tuple[Head, datetime] | None:
    """What a line of the anchor says: number and hash of an entry, and when it was written; None when it is none."""
    try:
        number, digest, at = line.decode().split(" ")
        return ((int(number), digest), datetime.fromisoformat(at)) if len(digest) == 64 else None
    except ValueError:
        return None


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _text(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode()


def _seal(entry: Mapping[str, Any], key: bytes | None = None) -> str:
    return hmac.new(audit_key() if key is None else key, _text(entry), hashlib.sha256).hexdigest()


def _unsealed(entry: AuditEntry) -> AuditEntry:
    return {name: value for name, value in entry.items() if name != "hash"}


def _head(entry: AuditEntry) -> Head:
    return entry["number"], entry["hash"]
