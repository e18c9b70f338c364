"""Doing again what the journal says: in a database that lacks its newest lines, or in a new one."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any

from skilltrack.access import LANGUAGE_ROW, MAIL_ROW, ROLE_ROW, TOKEN_ROW
from skilltrack.errors import Refused
from skilltrack.ingest import Named, Options, Source, import_sources, parse_mapping, take_back
from skilltrack.keeping.agreement import known_digests
from skilltrack.keeping.proof import refuse_unproved
from skilltrack.kept import make_fresh
from skilltrack.relations import read_text
from skilltrack.signing import COMPANY_KEY_ROW
from skilltrack.storage import DAMAGED, OF_UPLOADS, Entry, Journal, Store, Transaction, timed

ERASURE = "insert into erasures values (cast($happened_at as timestamp), $salt, $code, $by)"
AGAIN = {
    "role": ROLE_ROW,
    "token": TOKEN_ROW,
    "mail": MAIL_ROW,
    "key": COMPANY_KEY_ROW,
    "language": LANGUAGE_ROW,
    "schedule": read_text("schedules/event"),
    "proposal": read_text("proposals/event"),
    "erased": ERASURE,
}
"""What no file brings, by the event of its line: the statement that does it again."""
FEW = 2
"""Up to this many uploads, updating the kept tables after each costs less than building them once."""
OF_THINGS = ("report", "format", "suppress", "language", "assurance", "team")
"""What an export asks for by names of things, which mean nobody whatever they read like."""
WORDS = {"landed": "imported", "undone": "undone", "redone": "put back"}

Say = Callable[[str], None]


def lacks_erasures(store: Store) -> bool:
    """Whether the journal has an erasure that the database does not, as after restoring an older backup."""
    erased = sum(entry["event"] == "erased" for entry in store.journal.entries())
    return erased > store.query("select count(*) as n from erasures").to_pylist()[0]["n"]


def renew(store: Store, draft: Callable[[], Journal] | None = None, without: Named | None = None) -> None:
    """Replace the open database by one built from the journal; nothing of the old file stays.

    `draft` makes another journal, which replaces the store's together with the database; nothing is imported meanwhile.
    Saved exports are copied when `without` is given, except those that mention these people.
    Raises `Refused`, and changes nothing, when the journal does not give everything.
    """
    with store.replaced() as path:
        if draft:
            store.refuse_unless_whole()
        journal = draft() if draft else store.journal
        entries = journal.entries()
        if happened(store) - {timed(entry)["happened_at"] for entry in entries}:
            raise Refused(f"Some uploads are not in {journal.folder}, so nothing was changed. Run `repair` first.")
        fresh = Store.open(path, journal=journal)
        try:
            stopped = replay(fresh, entries, lambda line: None)
            if without is not None:
                carry_exports(store, fresh, without)
        finally:
            fresh.close()
        if stopped:
            raise Refused(f"The kept files cannot be imported again, so nothing was changed. {stopped}")
        refuse_unproved(path)
        if journal is not store.journal:
            journal.bind()
            journal.take_over()


def carry_exports(before: Store, fresh: Store, without: Named | None = None) -> None:
    """Copy the saved exports, which are not in the journal, except those that mention the people of `without`."""
    rows = saved_exports(before)
    gone = mentioning(rows, without) if without else []
    with fresh.write() as transaction:
        for row in rows:
            if row not in gone:
                transaction.run("insert into saved_exports values ($by_whom, $name, $definition)", row)


def saved_exports(store: Store) -> list[dict[str, str]]:
    """The exports saved by name: who saved it, the name, the question as JSON; earlier programs had none."""
    if "saved_exports" not in store.columns():
        return []
    rows: list[dict[str, str]] = store.query("select by_whom, name, definition from saved_exports").to_pylist()
    return rows


def mentioning(exports: list[dict[str, str]], people: Named) -> list[dict[str, str]]:
    """The saved exports that these people saved, that are about them, or whose name mentions them."""

    def is_theirs(export: dict[str, str]) -> bool:
        asked = list(_texts(json.loads(export["definition"])))
        named = people.by_name.search("\n".join([export["name"], *asked]))
        return bool(named) or any(map(people.is_meant, [export["by_whom"], *asked]))

    return [export for export in exports if is_theirs(export)]


def things_asked(definition: str) -> Iterator[str]:
    """The team that an export is about."""
    filters = json.loads(definition).get("filters", {})
    yield from filter(None, [filters.get("team")])


def _texts(asked: Any) -> Iterator[str]:
    """Every value in what an export asks that may name somebody, as text."""
    if isinstance(asked, dict):
        asked = [part for name, part in asked.items() if name not in OF_THINGS]
    if isinstance(asked, list):
        for part in asked:
            yield from _texts(part)
    elif asked is not None:
        yield str(asked)


def replay(store: Store, entries: Iterable[Entry], say: Say) -> str:
    """Do again what the entries say, in their order; returns why it stopped, empty when all is done.

    With many uploads the kept tables are built once at the end; until then the database says that they are behind.
    """
    entries = list(entries)
    are_many = sum(entry["event"] in OF_UPLOADS for entry in entries) > FEW
    stopped = _do_again(store, entries, say, are_many)
    if are_many:
        make_fresh(store)
    if not stopped:
        _know_heads(store)
    return stopped


def _do_again(store: Store, entries: list[Entry], say: Say, are_many: bool) -> str:
    for is_upload, run in groupby(entries, lambda entry: entry["event"] in OF_UPLOADS):
        if not is_upload:
            with store.write() as transaction:
                for entry in run:
                    _bring(transaction, entry)
            continue
        for entry in run:
            number, word = entry["upload_id"], WORDS[entry["event"]]
            try:
                if entry["event"] == "landed":
                    _land_again(store, entry, are_many)
                else:
                    with store.write() as transaction:
                        at = timed(entry)["happened_at"]
                        take_back(transaction, number, entry["by"], entry["event"], at, entry, are_many)
            except Refused as refused:
                if DAMAGED in str(refused):
                    raise
                return f"Upload {number} could not be {word} again: {refused}"
            say(f"Upload {number} is {word} again.")
    return ""


def _know_heads(store: Store) -> None:
    """Store the heads of the audit log's entries about the database's lines, as was done when they were written."""
    lines = known_digests(store)
    known = set(store.query("select entry_number as n from audit_heads")["n"].to_pylist())
    noted = [entry for entry in store.journal.audit.entries() if entry["what"].get("line") in lines]
    missing = [entry for entry in noted if entry["number"] not in known and entry["event"] != "failed"]
    if missing:
        with store.write() as transaction:
            for entry in missing:
                transaction.know_head(entry["number"], entry["hash"])


def happened(store: Store) -> set[datetime]:
    """Times of the uploads, undos and redos in a database."""
    return set(store.query("select happened_at from upload_events")["happened_at"].to_pylist())


def _land_again(store: Store, entry: Entry, is_one_of_many: bool) -> None:
    if not entry["files"]:
        raise Refused(
            "its files were not kept beside the database: the first programs kept none. Only the database and its "
            "backups have its rows."
        )
    sources = [
        Source(
            file["kind"],
            file["name"],
            store.journal.read(file["stored"]),
            parse_mapping(file["mapping"], "of the journal", is_kept=True),
            True,
            file["sha256"],
            file["bytes"],
            file.get("source", ""),
            is_again=True,
        )
        for file in entry["files"]
    ]
    options = Options(
        date.fromisoformat(entry["effective"]),
        entry["mode"],
        entry["quarantine"],
        by=entry["by"],
        landed_at=timed(entry)["happened_at"],
        replayed=entry,
        is_one_of_many=is_one_of_many,
    )
    outcome = import_sources(store, sources, options)
    if outcome.status != "stored":
        raise Refused(str(outcome.errors[0]) if outcome.errors else outcome.status)


def _bring(transaction: Transaction, entry: Entry) -> None:
    """Do again what no file brings (`AGAIN`), and store the line."""
    if entry["event"] in AGAIN:
        transaction.run(AGAIN[entry["event"]], entry)
    transaction.know(entry)
