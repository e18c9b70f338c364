"""Erasing people: from the kept files first, then from the database, which is built anew from them.

The old database file is deleted, so that no freed block of it stays. Nothing is half erased: the files are imported
again into a new database before anything is replaced. Backups and exports are out of reach, and are listed.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from skilltrack.access import trail as audit
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import ERASED, Named, marker, without_people
from skilltrack.keeping.going import Going, Gone, going, in_words, is_in_file, is_of, receipt, standing, what_went
from skilltrack.keeping.kept_files import KeptRows, Place, Places, lines_where, read_kept
from skilltrack.keeping.remains import Remains, search
from skilltrack.keeping.replay import Say, renew
from skilltrack.kinds import kinds_about_people
from skilltrack.language import _
from skilltrack.relations import with_definitions
from skilltrack.storage import Entry, Journal, Store
from skilltrack.text import counted, have

__all__ = [
    "Going",
    "Gone",
    "Remains",
    "erase",
    "going",
    "in_words",
    "named",
    "places_of",
    "receipt",
    "search",
]

TEXTS = ("label", "wording", "evidence_url", "note", "file_name", "reason")
"""Fields of lines of the journal that somebody has written in their own words."""


def named(store: Store, employee_ids: list[str]) -> Named:
    """The ids, addresses and names that people ever had.

    Raises `BadQuestion` when nothing is stored about one of them.
    """
    ids = frozenset(employee_ids)
    named = with_definitions("select employee_id from people_named where employee_id in (select unnest($ids))")
    known = store.query(named, {"ids": sorted(ids)}).to_pylist()
    unknown = ids - {row["employee_id"] for row in known}
    if unknown and (unknown := unknown - _set_aside(store)):
        raise BadQuestion(
            _(
                "Nothing is stored about an employee {employee_id}. Give an employee_id.",
                employee_id=repr(sorted(unknown)[0]),
            )
        )
    listed = (
        "(select employee_id, name, email from roster_rows union all select trim(cells ->> '$.employee_id'), "
        "cells ->> '$.name', cells ->> '$.email' from quarantined_rows where kind = 'roster')"
    )
    called: dict[str, frozenset[str]] = {}
    shared: set[str] = set()
    for column in ("name", "email"):
        rows = store.query(
            f"select lower(trim({column})) as folded, bool_or(employee_id not in (select unnest($ids))) as is_shared, "
            f"list(distinct trim({column})) as spelled from {listed} where trim({column}) <> '' group by folded "
            "having bool_or(employee_id in (select unnest($ids)))",
            {"ids": sorted(ids)},
        ).to_pylist()
        shared |= {row["folded"] for row in rows if row["is_shared"]}
        called[column] = frozenset(text for row in rows if not row["is_shared"] for text in row["spelled"])
    return Named(ids, called["email"], called["name"], tuple(sorted(shared)))


def _set_aside(store: Store) -> set[str]:
    """The ids in rows that were set aside, which nobody else may have."""
    selects = [
        f"select trim(cells ->> '$.{kind.about}') as id from quarantined_rows where kind = '{kind.name}'"
        for kind in kinds_about_people()
    ]
    return {*store.query(" union ".join(selects))["id"].to_pylist()}


def places_of(store: Store, people: Named, also: Mapping[str, Places] | None = None) -> dict[str, Places]:
    """The lines that are about them, by kind of file, and those of `also`."""
    places, ids = {kind: dict(places) for kind, places in (also or {}).items()}, sorted(people.ids)
    for kind in kinds_about_people():
        theirs = lines_where(store, kind.table, f"{kind.about} in (select unnest($ids))", {"ids": ids})
        of_kind = places.setdefault(kind.name, {})
        for place, lines in theirs.items():
            of_kind[place] = of_kind.get(place, set()) | lines
    return places


def erase(
    store: Store,
    by: str,
    people: Named,
    places: Mapping[str, Places],
    say: Say = lambda line: None,
    also: Collection[int] = (),
) -> Gone:
    """Erase people everywhere within reach, and the rows at `places` and proposals of `also`, which may be of others.

    Returns what went, counted afterwards. Raises `Refused`, and changes nothing, when the database cannot be built anew
    from the kept files.
    """
    if not store.journal.is_kept:
        raise Refused("A database in memory keeps no files to erase from. Close it, and everything is gone.")
    for file in store.journal.folder.glob("*"):
        if file.is_symlink():
            raise Refused(
                f"{file} is a link to {file.readlink()}: the file there would stay. Nothing was erased; replace the "
                "link by the file itself."
            )
    audit.note(store.journal.audit, by, "erased", next(iter(people.ids), None), people=len(people.ids))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()

    before = []

    def draft() -> Journal:
        before.append(standing(store))
        staying = [
            entry
            for entry in store.journal.entries()
            if not is_of(entry, people) and entry.get("proposal_id") not in also
        ]
        proposed = {entry["proposal_id"] for entry in staying if entry["event"] == "proposal"}
        codes = {person: marker(secrets.token_hex(4)) for person in sorted(people.ids)}
        known = KeptRows(store, people, places_of(store, people, places), codes)
        entries = [_rewritten(store, entry, known, say) for entry in staying]
        for entry in entries:
            if entry.get("settles", 0) not in {0, *proposed}:
                del entry["settles"]
        highest = max((entry["proposal_id"] for entry in store.journal.entries() if "proposal_id" in entry), default=0)
        for person in sorted(people.ids) or [""]:
            salt = secrets.token_hex(16)
            code = hashlib.sha256(f"{salt}{person}".encode()).hexdigest() if person else ""
            erased = {"event": "erased", "happened_at": now, "salt": salt, "code": code, "by": _who_without(by, known)}
            entries.append(erased | {"highest_proposal": highest})  # so that no number is given twice
        say(_("Building the database anew"))
        return store.journal.draft(entries)

    try:
        renew(store, draft, people)
    except Refused:
        noted = [entry for entry in store.journal.entries() if entry["event"] == "erased"]
        if now not in {entry["happened_at"] for entry in noted}:  # else the next process finishes it
            audit.note(store.journal.audit, by, "failed", next(iter(people.ids), None), instead_of="erased")
        raise
    return what_went(before[0], standing(store, before[0]))


def _rewritten(store: Store, entry: Entry, known: KeptRows, say: Say) -> Entry:
    """A line of the journal without the people; files that hold them are rewritten."""
    made = {key: _who_without(entry[key], known) if key in ("by", "by_whom") else entry[key] for key in entry}
    for name in TEXTS:
        if entry.get(name):
            made[name] = known.people.mention.sub(ERASED, entry[name])
    if entry["event"] == "schedule":
        made |= _without_readers(entry, known.people)
    if is_in_file(store, entry, known.people):
        made |= {"stored": None, "file_name": None}
    if "files" in entry:
        made["files"] = [
            _rewritten_file(store, file, (entry["upload_id"], file_no), known, say)
            for file_no, file in enumerate(entry["files"])
        ]
    return made


def _who_without(who: str, known: KeptRows) -> str:
    """Who did something, which need not be an account: `--by` takes any words."""
    if who and known.people.is_meant(who):
        return ERASED
    return who if not who or known.names_another(who) else known.people.mention.sub(ERASED, who)


def _without_readers(entry: Entry, people: Named) -> Entry:
    """The readers of a scheduled report and what came of it, without these people."""
    readers = [account for account in json.loads(entry["readers"]) if not people.is_meant(account)]
    changed: Entry = {"readers": json.dumps(readers, ensure_ascii=False)}
    if entry["outcome"]:
        outcome = {who: code for who, code in json.loads(entry["outcome"]).items() if not people.is_meant(who)}
        changed["outcome"] = json.dumps(outcome, ensure_ascii=False)
    return changed


def _rewritten_file(store: Store, file: Entry, place: Place, known: KeptRows, say: Say) -> Entry:
    say(_("Looking at {file}", file=file["name"]))
    read = read_kept(store, file)
    left = without_people(read, known.people, known.of(*place, read))
    if n := len(left.unproved):
        say(
            f"{counted(n, 'signed badge')} of others in it {have(n)} no proof any more, since what was signed mentions "
            "whoever is erased: attested still, and not verified."
        )
    return file | {
        "name": known.people.mention.sub(ERASED, file["name"]),
        "stored": file["stored"] if left.content is None else store.journal.keep(left.content),
        "mapping": left.mapping.to_toml(),
    }
