"""Erasing people: from the kept files first, then from the database, which is built anew from them.

The old database file is deleted, so that no freed block of it stays. Nothing is half erased: the files land again in a
new database before anything is replaced. Backups and exports are outside our reach and are told.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skilltrack import audit
from skilltrack.errors import BadQuestion, BadStore, Refused
from skilltrack.ingest import KINDS, Source
from skilltrack.ingest.erased import ERASED, OTHERS, TELLING, Named, without_people
from skilltrack.ingest.mapping import parse_mapping
from skilltrack.ingest.sources import read_one
from skilltrack.journal import Entry, Journal
from skilltrack.replay import Say, renew
from skilltrack.store import Store

OF_PEOPLE = tuple(kind for kind in KINDS.values() if any(column.name == "employee_id" for column in kind.columns))
"""Kinds of file whose rows are about somebody."""

CHUNK, OVERLAP = 2**26, 4096
"""Bytes of a file that are searched at once; how many of them are searched again with the next."""
TOLD = 20
"""Exports that are named."""
PROOF = (
    "Done. Every byte of the database, its write-ahead log, the kept files, the journal and the audit log, and every "
    f"text in every table was searched: nothing of what they were called is left. (An id of fewer than {TELLING} signs "
    "was looked for where ids of people stand, a name of one word where people are named, not in every text. Initials, "
    "names written as one word or without their accents were not looked for.)"
)

Places = dict[tuple[int, int], set[int]]
"""Lines by upload and file."""


@dataclass
class Going:
    """What would be, or was, erased, and what stays elsewhere."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows by kind of file."""
    reports: int = 0
    """People who name one of them as their manager today: their line ends there afterwards."""
    shared: tuple[str, ...] = ()
    """Names and addresses that others have too."""
    saved: int = 0
    """Exports that anybody saved: they are in no kept file, and go with the old database."""
    backups: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


def named(store: Store, employee_ids: list[str]) -> Named:
    """What people were ever called; raises `BadQuestion` when nothing is stored about one of them."""
    ids = frozenset(employee_ids)
    tables = " union ".join(f"select employee_id from {kind.table}" for kind in OF_PEOPLE)
    known = store.query(f"select e.employee_id from ({tables}) as e where e.employee_id in (select unnest($ids))", {
        "ids": sorted(ids)
    }).to_pylist()  # fmt: skip
    unknown = ids - {row["employee_id"] for row in known}
    if unknown:
        raise BadQuestion(f"Nothing is stored about an employee {sorted(unknown)[0]!r}. Give an employee_id.")
    called: dict[str, frozenset[str]] = {}
    shared: set[str] = set()
    for column in ("name", "email"):
        rows = store.query(
            f"select lower(trim({column})) as said, bool_or(employee_id not in (select unnest($ids))) as is_shared, "
            f"list(distinct trim({column})) as spelled from roster_rows where {column} is not null group by said "
            "having bool_or(employee_id in (select unnest($ids)))",
            {"ids": sorted(ids)},
        ).to_pylist()
        shared |= {row["said"] for row in rows if row["is_shared"]}
        called[column] = frozenset(text for row in rows if not row["is_shared"] for text in row["spelled"])
    return Named(ids, called["email"], called["name"], tuple(sorted(shared)))


def places_of(store: Store, people: Named, also: Mapping[str, Places] | None = None) -> dict[str, Places]:
    """The lines that are about them, by kind of file, and those of `also`."""
    found, ids = {kind: dict(places) for kind, places in (also or {}).items()}, sorted(people.ids)
    for kind in OF_PEOPLE:
        theirs = lines_where(store, kind.table, "employee_id in (select unnest($ids))", {"ids": ids})
        of_kind = found.setdefault(kind.name, {})
        for place, lines in theirs.items():
            of_kind[place] = of_kind.get(place, set()) | lines
    return found


def lines_where(store: Store, table: str, where: str, parameters: Mapping[str, Any]) -> Places:
    """The lines whose rows of a table meet a condition."""
    found: Places = {}
    rows = store.query(f"select upload_id, file_no, line_no from {table} where {where}", parameters).to_pylist()
    for row in rows:
        found.setdefault((row["upload_id"], row["file_no"]), set()).add(row["line_no"])
    return found


def going(store: Store, people: Named, places: Mapping[str, Places]) -> Going:
    """What erasing would take away, and where else they are: to be looked at before, and done something about after."""
    rows = {kind: sum(map(len, found.values())) for kind, found in places.items() if found}
    reports = store.query(
        "select count(*) as n from kept_roster where valid_to = date '9999-12-31' "
        "and manager_id in (select unnest($ids)) and employee_id not in (select unnest($ids))",
        {"ids": sorted(people.ids)},
    ).to_pylist()[0]["n"]
    saved = store.query("select count(*) as n from saved_exports").to_pylist()[0]["n"]
    return Going(rows, reports, people.shared, saved, _backups(store, people), _exports(store, people))


def in_words(found: Going) -> list[str]:
    """What goes and what stays elsewhere, a sentence each."""
    said = [
        f"{count:,} row{'s' * (count > 1)} of {kind.replace('_', ' ')} would go." for kind, count in found.rows.items()
    ]
    if found.reports:
        said.append(
            f"{found.reports:,} people name them as their manager today: whoever stood above them no longer sees these "
            "people. Upload a roster with the new manager first."
        )
    if found.shared:
        said.append(f"Others have the same name or address, so it stays in texts: {', '.join(found.shared)}.")
    if found.saved:
        said.append(f"{found.saved:,} exports saved by name, anybody's, go too. Save them again.")
    said += found.backups
    if found.exports:
        newest = "; ".join(found.exports[:-TOLD:-1] if len(found.exports) >= TOLD else found.exports[::-1])
        said.append(f"{len(found.exports):,} exports may hold them; ask who has them to delete them: {newest}.")
    return said


def erase(store: Store, by: str, people: Named, places: Mapping[str, Places], say: Say = lambda said: None) -> None:
    """Erase people everywhere within reach, and the rows at `places`, which may be of others too.

    Raises `Refused`, and changes nothing, when the kept files cannot give the database anew.
    """
    if not store.journal.is_kept:
        raise Refused("A database in memory keeps no files to erase from. Close it, and everything is gone.")
    for file in store.journal.folder.glob("*"):
        if file.is_symlink():
            raise Refused(
                f"{file} leads to {file.readlink()}: what lies there would stay. Nothing was erased; put the file "
                "itself in the place of the link."
            )
    audit.note(store, by, "erased", next(iter(people.ids), None), people=len(people.ids))
    lines: Places = {}
    for found in places.values():
        for place, at in found.items():
            lines.setdefault(place, set()).update(at)
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()

    def draft() -> Journal:
        held = [entry for entry in store.journal.entries() if not _is_of(entry, people)]
        entries = [_rewritten(store, entry, people, lines, say) for entry in held]
        for person in sorted(people.ids) or [""]:
            salt = secrets.token_hex(16)
            code = hashlib.sha256(f"{salt}{person}".encode()).hexdigest() if person else ""
            entries.append({"event": "erased", "happened_at": now, "salt": salt, "code": code, "by": by})
        say("Building the database anew")
        return store.journal.draft(entries)

    renew(store, draft)


def remains(store: Store, people: Named) -> list[str]:
    """Where anything that means them is still found: bytes of every file beside the database, and texts in it."""
    path = Path(store.path)
    files = [path, *(path.with_name(path.name + end) for end in (".wal", ".audit", ".anchor"))]
    for folder in (store.journal.folder, path.with_name(path.name + ".tmp")):
        files += sorted(folder.rglob("*"))
    found = [f"{file} still mentions them." for file in files if file.is_file() and _are_in(file, people)]
    columns = store.query(
        "select table_name as t, column_name as c from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    ).to_pylist()
    for row in columns:
        pattern, said = people.by_name if row["c"] in OTHERS else people.mention, _said(people, row["c"])
        decoded = f"coalesce(try(url_decode({row['c']})), {row['c']})"
        held = store.query(
            f"select distinct t.said from (select {row['c']} as said, "
            f"replace(strip_accents(lower(nfc_normalize({decoded}))), 'ß', 'ss') as plain from {row['t']}) as t "
            "where lower(t.said) in (select unnest($said)) "
            "or exists (select 1 from (select unnest($words) as word) as w where contains(t.plain, w.word))",
            {"said": sorted(said), "words": people.longest_words},
        )
        if any(text.lower() in said or pattern.search(text) for text in held["said"].to_pylist()):
            found.append(f"The table {row['t']} still holds them in {row['c']}.")
    return found


def _are_in(path: Path, people: Named) -> bool:
    """Whether a file mentions them, however large it is."""
    with path.open("rb") as file:
        before = b""
        while part := file.read(CHUNK):
            if part.startswith(b"PK\x03\x04") and not before:
                part += file.read()
            if people.are_in(before + part):
                return True
            before = part[-OVERLAP:]
    return False


def _said(people: Named, column: str) -> set[str]:
    """What a whole cell of a column would say: a short id means a person only where ids of people stand."""
    ids = {number.lower() for number in people.ids} if column in PERSON_IDS else set()
    return ids | people.called | {text.lower() for text in people.emails | people.names}


PERSON_IDS = ("employee_id", "manager_id", "account", "of_manager", "by_whom")
"""Columns that hold ids of people."""


def _rewritten(store: Store, entry: Entry, people: Named, lines: Places, say: Say) -> Entry:
    """A line of the journal without the people, its files rewritten where they hold them."""
    made = {
        key: ERASED if key in ("by", "by_whom") and people.is_meant(str(entry[key])) else entry[key] for key in entry
    }
    if "files" in entry:
        made["files"] = [
            _rewritten_file(store, file, people, lines.get((entry["upload_id"], file_no), set()), say)
            for file_no, file in enumerate(entry["files"])
        ]
    return made


def _rewritten_file(store: Store, file: Entry, people: Named, own: set[int], say: Say) -> Entry:
    say(f"Looking at {file['name']}")
    content, mapping = store.journal.read(file["stored"]), parse_mapping(file["mapping"], "of the journal")
    made = file | {"name": people.mention.sub(ERASED, file["name"])}
    if own or people.ids:
        read = read_one(Source(file["kind"], file["name"], content, mapping, True, file["sha256"], file["bytes"]), "")
        found = without_people(read, people, own)
        if found is not None:
            made |= {"stored": store.journal.keep(found[0]), "mapping": found[1].to_toml()}
    return made


def _is_of(entry: Entry, people: Named) -> bool:
    """Whether a line tells of a role that one of them had, or stood in for."""
    about = [entry["account"], entry["of_manager"]] if entry["event"] == "role" else []
    return any(people.is_meant(account) for account in about)


def _backups(store: Store, people: Named) -> list[str]:
    """Backups and old files that still hold them."""
    noted = [Path(entry["path"]) for entry in store.journal.entries() if entry["event"] == "backup"]
    path, held = Path(store.path), []
    for file in dict.fromkeys([*noted, *path.parent.glob(f"{path.name}*.aside")]):
        try:
            old = Store.open(file, is_read_only=True) if file.is_file() and not file.name.endswith(".wal") else None
        except BadStore:
            held.append(f"{file} cannot be opened, and may hold them. Delete it.")
            continue
        if old is not None:
            asked = "select 1 from roster_rows where employee_id in (select unnest($ids)) limit 1"
            if old.query(asked, {"ids": sorted(people.ids)}).num_rows:
                held.append(f"{file} holds them. Delete it, or let it expire; restoring it leaves them out.")
            old.close()
        elif file.is_dir():
            held.append(f"{file} is the folder of an earlier database, and may hold them. Delete it.")
    return held


def _exports(store: Store, people: Named) -> list[str]:
    """Exports that may hold them: those about them, and lists of several people."""
    log = store.journal.audit
    codes = {"", *map(log.code, people.ids)}
    return [
        f"{entry['at'][:16]} {entry['who'] or 'the program'}: {entry['what'].get('report', '')}"
        for entry in log.entries()
        if entry["event"] == "exported" and entry["about"] in codes
    ]
