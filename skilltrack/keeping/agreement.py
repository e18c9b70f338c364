"""Whether the database, the journal and the audit log agree and, where they do not, what differs.

The database keeps a copy of every line of the journal, and the audit log its hash. When one of the three has lost or
changed something, the other two show it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from skilltrack.storage import OF_UPLOADS, AuditLog, Entry, Store, entry_of, root_of, sealed, timed

NOT_COMPARED = {"digest", "number", "hash"}
EVENTS = {
    "landed": "import", "undone": "undo", "redone": "redo", "role": "change of a role", "mail": "choice of mail",
    "language": "choice of a language", "schedule": "change of a schedule", "token": "change of a token",
    "key": "change of a key of the company", "proposal": "proposal", "erased": "erasure", "recovered": "recovery",
    "unreadable": "unreadable line",
}  # fmt: skip
"""What happened, in words, by the event of a line."""


WITHOUT_FILES = ("role", "token", "mail", "key", "language", "schedule", "proposal", "erased")
"""What is done again from its line alone."""
PROPOSED = "proposal_events where step <> 'accepted'"
"""The steps of proposals that have a line of their own: those accepted are in the line of their upload."""


@dataclass
class Agreement:
    """How the journal compares with the database's copies of its lines."""

    copies: list[Entry] = field(default_factory=list)
    """The database's copies, oldest first."""
    void: set[str] = field(default_factory=set)
    """Digests of lines of the journal that did not happen after all."""
    lost: list[Entry] = field(default_factory=list)
    """The database has a copy; the journal lacks the line, or has another one in its place."""
    ahead: list[Entry] = field(default_factory=list)
    """At the end of the journal and not in the database: the commit was interrupted, or the database is older."""
    strange: list[Entry] = field(default_factory=list)
    """In the journal, and neither in the database nor ahead of it."""
    is_disordered: bool = False
    """Whether lines of the journal are out of order, or there more than once."""
    unreadable: dict[int, Entry | None] = field(default_factory=dict)
    """Lines of the journal that hold no entry, as `Lines` has them."""

    @property
    def differs(self) -> bool:
        """Whether the journal is not what was written."""
        return bool(self.lost or self.strange or self.is_disordered)

    @property
    def is_untidy(self) -> bool:
        """Whether the journal holds something that was not written, even where it lacks nothing."""
        return self.differs or bool(self.unreadable)


def compared(store: Store) -> Agreement:
    """Compare the journal with the database's copies of its lines."""
    copies, lines = _copies_of(store), store.journal.lines()
    in_database, in_journal = {copy["digest"] for copy in copies}, {entry["digest"] for entry in lines.entries}
    lost = [copy for copy in copies if copy["digest"] not in in_journal]
    last = max((at for at, entry in enumerate(lines.entries) if entry["digest"] in in_database), default=-1)
    ahead = lines.entries[last + 1 :]
    strange = [entry for entry in lines.entries[: last + 1] if entry["digest"] not in in_database]
    if lost:  # a last line that was changed looks like a new one
        ahead, strange = [], strange + ahead
    both = [copy["digest"] for copy in copies if copy["digest"] in in_journal]
    is_disordered = lines.repeated > 0 or both != [e["digest"] for e in lines.entries if e["digest"] in in_database]
    return Agreement(copies, lines.void, lost, ahead, strange, is_disordered, lines.unreadable)


def _copies_of(store: Store) -> list[Entry]:
    """The database's copies of the lines of the journal, oldest first."""
    rows = store.query("select line, digest from journal_lines order by line_no").to_pylist()
    return [entry_of(row["line"].encode()) or {"event": "unreadable", "digest": row["digest"]} for row in rows]


def fault_of(store: Store, agreed: Agreement) -> str:
    """What is wrong with the journal, in a sentence; empty when it is whole."""
    path = store.journal.path
    if not agreed.differs:
        return ""
    if not path.exists():
        return f"The journal {path} is missing; the database has a copy of its {len(agreed.lost)} lines."
    parts = [_counted(len(agreed.lost), "lost or changed")] if agreed.lost else []
    parts += [_counted(len(agreed.strange), "not in the database")] if agreed.strange else []
    parts += ["its lines are out of order"] if agreed.is_disordered else []
    return f"The journal {path} is damaged: {' and '.join(parts)}. `check` names them."


def _counted(count: int, what: str) -> str:
    return f"1 line is {what}" if count == 1 else f"{count:,} lines are {what}"


def differences(agreed: Agreement) -> list[str]:
    """Where the journal differs from the database or lacks a line, a sentence each."""
    sentences, paired = [], []
    others = [*agreed.strange, *filter(None, agreed.unreadable.values())]
    for copy in agreed.lost:
        other = next((e for e in others if _is_same(e, copy) and e not in paired), None)
        paired += [other] if other else []
        sentences.append(_difference(copy, other))
    sentences += [
        f"The journal has a line that the database does not: {named(e)}." for e in agreed.strange if e not in paired
    ]
    if agreed.is_disordered:
        sentences.append("The lines of the journal are out of order, or some are there twice.")
    if agreed.unreadable and not agreed.lost:
        first = next(iter(agreed.unreadable))
        sentences.append(f"The journal holds what is no line of ours, from line {first} on. It lacks nothing.")
    return sentences


def _difference(copy: Entry, other: Entry | None) -> str:
    if other is None:
        return f"The journal lacks a line: {named(copy)}."
    names = sorted(n for n in {*copy, *other} - NOT_COMPARED if copy.get(n) != other.get(n))
    changes = "; ".join(
        f"{name} is {_short(other.get(name))} in the journal and {_short(copy.get(name))} in the database"
        for name in names
    )
    return f"The journal and the database differ about {named(copy)}: {changes or 'where it stood in the audit log'}."


def _is_same(one: Entry, other: Entry) -> bool:
    """Whether two lines are about the same event."""
    by_time = one.get("happened_at") == other.get("happened_at")
    by_number = one.get("upload_id") == other.get("upload_id") is not None
    return one["event"] == other["event"] and (by_time or by_number)


def named(entry: Entry) -> str:
    """What a line is about, in a few words."""
    event = entry["event"]
    if event in OF_UPLOADS:
        return f"the {EVENTS[event]} of upload {entry['upload_id']}"
    if event == "role":
        given = "given to" if entry["is_granted"] else "taken from"
        return f"the role {entry['role']} {given} {entry['account']}"
    if event == "mail":
        return f"the mail {entry['mail']} {'allowed' if entry['is_wanted'] else 'stopped'} for {entry['account']}"
    if event == "language":
        return f"the language {entry['language']} chosen by {entry['account']}"
    if event == "schedule":
        return f"the schedule {entry['schedule_id']} of {entry['account']}, {entry['step']}"
    if event == "proposal":
        return f"the proposal {entry['proposal_id']} of {entry['employee_id']}, {entry['step']}"
    if event == "key":
        return f"the key {entry['key_id']} of the company, {entry['step']}"
    if event == "token":
        return f"the token {entry['token_id']} {'made for' if entry['is_made'] else 'taken from'} {entry['account']}"
    return f"the {EVENTS.get(event, event)} of {entry.get('happened_at', '')[:16]}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def of_tables(store: Store) -> list[Entry]:
    """What the tables say about whatever has a line in the journal, as such lines, oldest first."""
    files: dict[int, list[Entry]] = {}
    for row in store.query(
        "select f.upload_id, f.kind, f.file_name as name, f.sha256, s.stored, f.byte_count as bytes, s.source, "
        "s.mapping from upload_files as f "
        "join upload_sources as s on s.upload_id = f.upload_id and s.file_no = f.file_no "
        "order by f.upload_id, f.file_no"
    ).to_pylist():
        files.setdefault(row.pop("upload_id"), []).append(row)
    settled = "select upload_id, proposal_id as n from proposal_events where step = 'accepted'"
    settles = {row["upload_id"]: row["n"] for row in store.query(settled).to_pylist()}
    apart = {row["id"] for row in store.query("select distinct upload_id as id from quarantined_rows").to_pylist()}
    uploads = {row["upload_id"]: row for row in store.query("from uploads").to_pylist()}
    entries: list[Entry] = []
    for row in store.query("from upload_events").to_pylist():
        number = row["upload_id"]
        entry = {
            "event": row["event"],
            "upload_id": number,
            "happened_at": row["happened_at"].isoformat(),
            "by": row["by_whom"],
        }
        if row["event"] == "landed":
            entry |= {
                "effective": uploads[number]["effective_on"].isoformat(),
                "mode": uploads[number]["mode"],
                "quarantine": number in apart,
                "files": files.get(number, []),
                "settles": settles.get(number),
            }
        entries.append(entry)
    for event, table in (
        ("role", "role_events"),
        ("token", "token_events"),
        ("mail", "mail_choices"),
        ("language", "language_choices"),
        ("schedule", "schedule_events"),
        ("key", "company_key_events"),
        ("proposal", PROPOSED),
    ):
        for row in store.query(f"from {table}").to_pylist():
            entries.append({"event": event, "happened_at": row.pop("happened_at").isoformat()} | row)
    for row in store.query("from erasures").to_pylist():
        details = {"salt": row["salt"], "code": row["code"], "by": row["by_whom"]}
        entries.append({"event": "erased", "happened_at": row["erased_at"].isoformat()} | details)
    return [sealed(entry) for entry in sorted(entries, key=lambda entry: entry["happened_at"])]


def matched(tables: Sequence[Entry], lines: Iterable[Entry]) -> list[tuple[Entry, Entry | None]]:
    """What the tables say, each with the line that says the same, or None where there is none."""
    by_time: dict[tuple[str, str], list[Entry]] = {}
    for line in lines:
        by_time.setdefault((line["event"], line.get("happened_at", "")), []).append(line)

    def line_of(entry: Entry) -> Entry | None:
        lines = by_time.get((entry["event"], entry["happened_at"]), ())
        return next((line for line in lines if _agrees(line, entry)), None)

    return [(entry, line_of(entry)) for entry in tables]


def _agrees(line: Entry, entry: Entry) -> bool:
    """Whether a line says all that the tables do; that an upload could set rows aside shows only where it did."""
    for name, value in entry.items():
        if name in NOT_COMPARED or (name == "quarantine" and not value):
            continue
        written = line.get(name)
        if name == "files":
            lines = written or []  # older programs did not write the source
            if len(lines) != len(value) or any(own != own | line for own, line in zip(value, lines, strict=True)):
                return False
        elif (str(value) if value is not None else None) != (str(written) if written is not None else None):
            return False
    return True


def unbound(digests: Sequence[str], audit: AuditLog) -> list[str]:
    """Where lines differ from those that the audit log noted, or from its order, a sentence each."""
    first, known = _noted_beyond(digests, audit)
    present = set(digests)
    return _unconfirmed(digests, first, known) + [
        f"Entry {entry['number']} of the audit log notes a line that the journal does not have."
        for digest, entry in known.items()
        if digest not in present
    ]


def _noted_beyond(digests: Sequence[str], audit: AuditLog) -> tuple[int, dict[str, Entry]]:
    """How many of the first lines the audit log knows as a whole, and what it noted about lines since then."""
    entries, first, start = audit.entries(), 0, -1
    for at, entry in enumerate(entries):
        count = entry["what"].get("lines", 0)
        if entry["event"] == "journal" and root_of(digests[:count]) == entry["what"].get("root"):
            first, start = count, at
    return first, noted(entries[start + 1 :])


def _unconfirmed(digests: Sequence[str], first: int, known: dict[str, Entry]) -> list[str]:
    problems: list[str] = []
    unknown: list[int] = []
    newest = 0
    for at, digest in enumerate(digests[first:], first + 1):
        number = known[digest]["number"] if digest in known else None
        if number is None:
            unknown.append(at)
        elif number < newest:
            problems.append(f"Line {at} of the journal is out of order: the audit log noted it earlier.")
        else:
            newest = number
    return _unknown(unknown) + problems


def _unknown(lines: Sequence[int]) -> list[str]:
    """A sentence for each run of lines that the audit log does not know."""
    unknown = set(lines)
    starts = [line for line in lines if line - 1 not in unknown]
    ends = [line for line in lines if line + 1 not in unknown]
    return [
        f"Line {first} of the journal is not one that the audit log noted."
        if first == last
        else f"Lines {first} to {last} of the journal are not ones that the audit log noted."
        for first, last in zip(starts, ends, strict=True)
    ]


def confirmed_since(store: Store, agreed: Agreement) -> list[Entry] | None:
    """What a damaged journal still tells that the database lacks, as the audit log confirms it, in the log's order.

    None where the log does not confirm the database's own lines.
    """
    copies, audit = [copy["digest"] for copy in agreed.copies], store.journal.audit
    first, known = _noted_beyond(copies, audit)
    since = [entry for entry in [*agreed.strange, *agreed.ahead] if entry["digest"] in known]
    since.sort(key=lambda entry: int(known[entry["digest"]]["number"]))
    digests = copies + [entry["digest"] for entry in since]
    return None if _unconfirmed(digests, first, known) else since


def noted(entries: Iterable[Entry]) -> dict[str, Entry]:
    """What the audit log notes about lines of the journal, by digest; what failed after all is left out."""
    by_digest: dict[str, Entry] = {}
    for entry in entries:
        line = entry["what"].get("line")
        if entry["event"] == "failed":
            by_digest.pop(line, None)
        elif line is not None:
            by_digest.setdefault(line, entry)
    return by_digest


def contradicted(store: Store, copies: Iterable[Entry]) -> list[Entry]:
    """What the tables say and the database's own copies of the lines do not."""
    return [entry for entry, line in matched(of_tables(store), copies) if line is None]


def known_digests(store: Store) -> set[str]:
    """Digests of the lines that the database has a copy of."""
    return set(store.query("select digest from journal_lines")["digest"].to_pylist())


def is_rolled_back(store: Store, void: set[str]) -> bool:
    """Whether the newest entries of the audit log note something that neither the journal nor the database knows."""
    known = known_digests(store) | void
    audit = store.journal.audit
    for read in (audit.tail, lambda: audit.entries()[::-1]):  # the last entries are enough, unless none is about a line
        for entry in read():
            line = entry["what"].get("line")
            if entry["event"] == "journal":
                return False
            if entry["event"] == "failed":
                known.add(line)
            elif line is not None:
                return line not in known
    return False


def given_up(store: Store, agreed: Agreement) -> list[str]:
    """What was accepted and is not in the database, as the journal or the audit log shows, a sentence each."""
    entries = store.journal.audit.entries()
    bound = max((at for at, entry in enumerate(entries) if entry["event"] == "journal"), default=-1)
    accepted, known = noted(entries[bound + 1 :]), {copy["digest"] for copy in agreed.copies} | agreed.void
    lines = [entry for entry in agreed.strange if entry["digest"] in accepted] + agreed.ahead
    losses = [named(entry) for entry in lines]
    for digest in accepted.keys() - known - {entry["digest"] for entry in lines}:
        entry = accepted[digest]
        upload = f"upload {entry['what']['upload']}" if "upload" in entry["what"] else ""
        event = f"the {EVENTS.get(entry['event'], entry['event'])}" + f" of {upload}" * bool(upload)
        what = upload if entry["event"] == "uploaded" else event
        losses.append(f"{what}, noted {entry['at'][:16]} in the audit log alone,")
    return [f"{words[0].upper()}{words[1:]} would be given up." for words in sorted(losses)]


def known_only_by(before: Store, fresh: Store) -> list[Entry]:
    """The uploads, roles, tokens, proposals and erasures that `before` knows and neither `fresh` nor its journal does.

    `before` may be of an earlier program, which kept no copies of lines.
    """
    times = "select upload_id, event, happened_at from upload_events"
    entries = fresh.journal.entries()
    known = {row["happened_at"] for row in fresh.query(times).to_pylist()}
    known |= {timed(entry)["happened_at"] for entry in entries if entry["event"] in OF_UPLOADS}
    unknown = [row for row in before.query(times).to_pylist() if row["happened_at"] not in known]
    if "journal_lines" in before.columns():
        digests = known_digests(fresh) | {entry["digest"] for entry in entries}
        unknown += [
            copy for copy in _copies_of(before) if copy["event"] in WITHOUT_FILES and copy["digest"] not in digests
        ]
    return unknown


def lacking(entries: list[Entry]) -> list[int]:
    """Uploads that the journal should have and does not: the first, or one before its last."""
    landed = {entry["upload_id"] for entry in entries if entry["event"] == "landed"}
    return [number for number in range(1, max(landed, default=1) + 1) if number not in landed]


def settle(audit: AuditLog, void: set[str]) -> None:
    """Note as failed what an interrupted process was taking back: void in the journal, and not in the database."""
    if not void:
        return
    for line, entry in noted(reversed(audit.tail())).items():
        if line in void:
            audit.note("", "failed", instead_of=entry["event"], line=line)
