"""Doing again what the journal tells: in a database that lacks its end, or in a new one."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any

from skilltrack.access import ROLE_ROW
from skilltrack.errors import Refused
from skilltrack.ingest import Named, Options, Source, import_sources, parse_mapping, take_back
from skilltrack.keeping.agreement import known_digests
from skilltrack.keeping.proof import refuse_unproved
from skilltrack.kept import make_fresh
from skilltrack.storage import DAMAGED, OF_UPLOADS, Entry, Journal, Store, Transaction, timed

ERASURE = "insert into erasures values (cast($happened_at as timestamp), $salt, $code, $by)"
FEW = 2
"""Uploads up to which bringing the kept tables up to date each time costs less than building them."""
WORDS = {"landed": "landed", "undone": "undone", "redone": "put back"}

Say = Callable[[str], None]


def lacks_erasures(store: Store) -> bool:
    """Whether the journal tells of somebody erased whom the database still holds, as a restored backup does."""
    erased = sum(entry["event"] == "erased" for entry in store.journal.entries())
    return erased > store.query("select count(*) as n from erasures").to_pylist()[0]["n"]


def renew(store: Store, draft: Callable[[], Journal] | None = None, without: Named | None = None) -> None:
    """Put a database built from the journal in the place of the one that is open; nothing of the old file stays.

    `draft` makes another journal, which takes the place of the store's with the database; nothing lands meanwhile.
    Saved exports come along where it is known `without` whom: those that mention nobody of these people.
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
            raise Refused(f"The kept files do not land again, so nothing was changed. {stopped}")
        refuse_unproved(path)
        if journal is not store.journal:
            journal.bind()
            journal.take_over()


def carry_exports(before: Store, fresh: Store, without: Named | None = None) -> None:
    """Copy the saved exports, of which no line of the journal tells, except those that mention some people."""
    rows = saved_exports(before)
    gone = mentioning(rows, without) if without else []
    with fresh.write() as transaction:
        for row in rows:
            if row not in gone:
                transaction.run("insert into saved_exports values ($by_whom, $name, $definition)", row)


def saved_exports(store: Store) -> list[dict[str, str]]:
    """The exports saved by name: by whom, the name, what is asked as JSON; earlier programs had none."""
    if not store.query("select 1 from duckdb_tables() where table_name = 'saved_exports'").num_rows:
        return []
    rows: list[dict[str, str]] = store.query("select by_whom, name, definition from saved_exports").to_pylist()
    return rows


def mentioning(exports: list[dict[str, str]], people: Named) -> list[dict[str, str]]:
    """Those of the saved exports that some people saved, that are about them, or whose name mentions them."""

    def is_theirs(export: dict[str, str]) -> bool:
        asked = list(_texts(json.loads(export["definition"])))
        named = people.by_name.search("\n".join([export["name"], *asked]))
        return bool(named) or any(map(people.is_meant, [export["by_whom"], *asked]))

    return [export for export in exports if is_theirs(export)]


def _texts(asked: Any) -> Iterator[str]:
    """Every value in what an export asks, as text."""
    if isinstance(asked, dict | list):
        for part in asked.values() if isinstance(asked, dict) else asked:
            yield from _texts(part)
    elif asked is not None:
        yield str(asked)


def replay(store: Store, entries: Iterable[Entry], say: Say) -> str:
    """Do again what entries tell, in their order; returns why it stopped, empty when all is done.

    Of many uploads the kept tables are built at the end; should it not come to that, the database says that they lag.
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
    """Have the database know the entries of the audit log that note its lines, as when they were written."""
    lines = known_digests(store)
    known = set(store.query("select entry_number as n from audit_heads")["n"].to_pylist())
    noted = [entry for entry in store.journal.audit.entries() if entry["what"].get("line") in lines]
    missing = [entry for entry in noted if entry["number"] not in known and entry["event"] != "failed"]
    if missing:
        with store.write() as transaction:
            for entry in missing:
                transaction.know_head(entry["number"], entry["hash"])


def happened(store: Store) -> set[datetime]:
    """Times of the uploads, undos and redos that a database holds."""
    return set(store.query("select happened_at from upload_events")["happened_at"].to_pylist())


def _land_again(store: Store, entry: Entry, is_one_of_many: bool) -> None:
    if not entry["files"]:
        raise Refused(
            "its files were not kept beside the database, as by the first programs. The database and its backups "
            "alone hold its rows."
        )
    sources = [
        Source(
            file["kind"], file["name"], store.journal.read(file["stored"]),
            parse_mapping(file["mapping"], "of the journal", is_kept=True), True, file["sha256"], file["bytes"],
            file.get("source", ""), is_again=True,
        )
        for file in entry["files"]
    ]  # fmt: skip
    options = Options(
        date.fromisoformat(entry["effective"]), entry["mode"], entry["quarantine"], by=entry["by"],
        landed_at=timed(entry)["happened_at"], replayed=entry, is_one_of_many=is_one_of_many,
    )  # fmt: skip
    outcome = import_sources(store, sources, options)
    if outcome.status != "stored":
        raise Refused(str(outcome.errors[0]) if outcome.errors else outcome.status)


def _bring(transaction: Transaction, entry: Entry) -> None:
    """What no file lands: a role that was given or taken, somebody who was erased; of the rest the line alone."""
    if entry["event"] == "role":
        transaction.run(ROLE_ROW, entry)
    if entry["event"] == "erased":
        transaction.run(ERASURE, entry)
    transaction.know(entry)
