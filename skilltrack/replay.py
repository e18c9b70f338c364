"""Doing again what the journal tells: in a database that lacks its end, or in a new one."""

from collections.abc import Callable
from datetime import date, datetime

from skilltrack.accounts import bring_back_roles
from skilltrack.database_file import DAMAGED
from skilltrack.errors import Refused
from skilltrack.ingest import Options, Source, import_sources, redo, undo
from skilltrack.ingest.mapping import parse_mapping
from skilltrack.journal import Entry, Journal
from skilltrack.store import HEAD, Store

ERASURE = "insert into erasures values (cast($happened_at as timestamp), $salt, $code, $by)"

Say = Callable[[str], None]


def lacks_erasures(store: Store) -> bool:
    """Whether the journal tells of somebody erased whom the database still holds, as a restored backup does."""
    erased = sum(entry["event"] == "erased" for entry in store.journal.entries())
    return erased > store.query("select count(*) as n from erasures").to_pylist()[0]["n"]


def renew(store: Store, draft: Callable[[], Journal] | None = None) -> None:
    """Put a database built from the journal in the place of the one that is open; nothing of the old file stays.

    `draft` makes another journal, which takes the place of the store's with the database; nothing lands meanwhile.
    Raises `Refused`, and changes nothing, when the journal does not give everything.
    """
    with store.replaced() as path:
        journal = draft() if draft else store.journal
        events = journal.events()
        at = {event["happened_at"] for event in events}
        if happened(store) - at:
            raise Refused(f"Some uploads or undos are not in {journal.folder}: nothing can be erased from them.")
        fresh, told = Store.open(path), [""]
        fresh.journal = journal
        try:
            replay(fresh, events, told.append)
            bring_back(fresh)
            note_erasures(fresh)
            if at - happened(fresh):
                raise Refused(f"The kept files do not land again, so nothing was changed. {told[-1]}")
        finally:
            fresh.close()
        if journal is not store.journal:
            journal.take_over()
    store.journal.sweep()


def replay(store: Store, events: list[Entry], say: Say) -> None:
    """Do again what the journal tells, each event at its own time; stops with a sentence where one is refused."""
    for event in events:
        number, at, by = event["upload_id"], event["happened_at"], event["by"]
        journal, store.journal = store.journal, Journal(":memory:")  # it is in the journal already
        try:
            if event["event"] == "undone":
                undo(store, number, by, at)
            elif event["event"] == "redone":
                redo(store, number, by, at)
            else:
                _land_again(store, journal, event)
        except Refused as refused:
            if DAMAGED in str(refused):
                raise
            say(f"Upload {number} could not be {event['event']} again, nor what came after it: {refused}")
            return
        finally:
            store.journal = journal
        say(f"Upload {number} is {event['event']} again.")


def _land_again(store: Store, journal: Journal, event: Entry) -> None:
    sources = [
        Source(
            file["kind"], file["name"], journal.read(file["stored"]),
            parse_mapping(file["mapping"], "of the journal"), True, file["sha256"], file["bytes"],
            file.get("source", ""),
        )
        for file in event["files"]
    ]  # fmt: skip
    options = Options(
        date.fromisoformat(event["effective"]), event["mode"], event["quarantine"], by=event["by"],
        landed_at=event["happened_at"], upload_id=event["upload_id"],
    )  # fmt: skip
    outcome = import_sources(store, sources, options)
    if outcome.status != "stored":
        raise Refused(str(outcome.errors[0]) if outcome.errors else outcome.status)


def bring_back(store: Store) -> None:
    """Bring in what no file lands: roles, and what the audit log was when each line was written."""
    bring_back_roles(store)
    known = {row["n"] for row in store.query("select entry_number as n from audit_heads").to_pylist()}
    noted = {entry["number"]: entry for entry in store.journal.entries() if "number" in entry}
    missing = [entry for number, entry in noted.items() if number not in known]
    if missing:
        with store.write() as transaction:
            for entry in missing:
                transaction.run(HEAD, entry)


def note_erasures(store: Store) -> None:
    """Say who is not in a database that was built from the journal alone."""
    with store.write() as transaction:
        for entry in store.journal.entries():
            if entry["event"] == "erased":
                transaction.run(ERASURE, entry)


def happened(store: Store) -> set[datetime]:
    """Times of the uploads, undos and redos that a database holds."""
    return {row["happened_at"] for row in store.query("select happened_at from upload_events").to_pylist()}
