"""What has been uploaded; undoing an upload, and redoing it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pandas as pd

from skilltrack.errors import NotThere, Refused
from skilltrack.ingest.landing.cycles import cycles_in, in_words
from skilltrack.kept import rebuild, refresh
from skilltrack.kinds import KINDS, refuse_closed
from skilltrack.language import _, mark, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Entry, Store, Transaction

HISTORY = read_text("landing/history/history")

SAID_AGAIN = read_text("landing/history/said_again")

MOVED_AGAIN = read_text("landing/history/moved_again")

ALREADY, NOT_YET = mark("Upload {upload_id} is undone already."), mark("Upload {upload_id} is not undone.")
CIRCLE_WITHOUT = mark(
    "Without upload {upload_id} a reporting line or stack would be a circle: {members}. Undo the later upload that "
    "relies on it first."
)
CIRCLE_WITH = mark(
    "With upload {upload_id} a reporting line or stack would be a circle: {members}. Redo or undo the later upload "
    "that relies on it first."
)

KINDS_OF = "select distinct kind from upload_files where upload_id = $upload_id order by kind"


def uploads(store: Store) -> pd.DataFrame:
    """Every upload, newest first: when (UTC), by whom, what files, what they changed, and whether it was undone."""
    return store.frame(HISTORY)


def undo(
    store: Store,
    upload_id: int,
    by: str = "local",
    undone_at: datetime | None = None,
    areas: frozenset[str] | None = None,
) -> None:
    """Undo one whole upload; its rows stay stored and answer questions as known before now.

    Raises `Refused` when there is no such upload, it is undone already, or what remains would have a cycle; and when
    somebody with access only to `areas` may not upload its kind.
    """
    with store.write() as transaction:
        refuse_closed(_kinds(transaction, upload_id), areas)
        take_back(transaction, upload_id, by, happened_at=undone_at)


def undo_together(store: Store, upload_ids: Iterable[int], by: str, areas: frozenset[str] | None = None) -> None:
    """Undo several uploads, the newest first: all or, when one cannot be undone, none; raises as `undo` does."""
    with store.write() as transaction:
        for upload_id in sorted(upload_ids, reverse=True):
            refuse_closed(_kinds(transaction, upload_id), areas)
            take_back(transaction, upload_id, by, is_one_of_many=True)
        rebuild(transaction)


def redo(store: Store, upload_id: int, by: str = "local", areas: frozenset[str] | None = None) -> None:
    """Let an upload that was undone count again from now on; raises `Refused` as `undo` does."""
    with store.write() as transaction:
        refuse_closed(_kinds(transaction, upload_id), areas)
        take_back(transaction, upload_id, by, "redone")


def take_back(
    transaction: Transaction,
    upload_id: int,
    by: str,
    event: str = "undone",
    happened_at: datetime | None = None,
    replayed: Entry | None = None,
    is_one_of_many: bool = False,
) -> None:
    """Undo or redo inside a transaction, so that what it would change can be looked at first.

    `happened_at`: UTC, naive; now by default. `replayed`: the line of the journal, when it is done again.
    `is_one_of_many`: others follow, and the kept tables are built after the last.
    """
    events = transaction.rows(
        "select event from upload_events where upload_id = $upload_id order by happened_at", {"upload_id": upload_id}
    )
    if not events:
        raise NotThere(_("There is no upload {upload_id}. `uploads` lists them.", upload_id=upload_id))
    if (events[-1]["event"] == "undone") == (event == "undone"):
        raise Refused(sentence(ALREADY if event == "undone" else NOT_YET, upload_id=upload_id))
    now = transaction.moment_after("upload_events", happened_at)
    transaction.run(
        "insert into upload_events values ($upload_id, $event, $now, $by)",
        {"upload_id": upload_id, "event": event, "now": now, "by": by},
    )
    kinds = _kinds(transaction, upload_id)
    cycles = [members for kind in kinds for _, members in cycles_in(transaction, KINDS[kind])]
    if cycles:
        circle = CIRCLE_WITHOUT if event == "undone" else CIRCLE_WITH
        raise Refused(sentence(circle, upload_id=upload_id, members=in_words(cycles[0])))
    if replayed:
        transaction.know(replayed)
    else:
        transaction.record({"event": event, "upload_id": upload_id, "happened_at": now.isoformat(), "by": by})
    if not is_one_of_many:
        refresh(transaction, upload_id)


def _kinds(transaction: Transaction, upload_id: int) -> list[str]:
    return [row["kind"] for row in transaction.rows(KINDS_OF, {"upload_id": upload_id})]


def said_again(store: Store, upload_id: int) -> dict[str, int]:
    """By kind how many rows of an upload later uploads in force say again; undoing it leaves those as they are.

    Rosters are left out: each stands for itself, or amends the one before.
    """
    counts = {}
    for name in {row["kind"] for row in store.query(KINDS_OF, {"upload_id": upload_id}).to_pylist()}:
        kind = KINDS[name]
        if not kind.lists_people:
            same = " and ".join(f"l.{column} is not distinct from r.{column}" for column in kind.key)
            select = SAID_AGAIN.format(table=kind.table, same=same)
            asked = {"upload_id": upload_id, "known_at": END_OF_TIME}
            counts[name] = store.query(with_definitions(select), asked)["n"][0].as_py()
    return {name: number for name, number in sorted(counts.items()) if number}


def moved_again(store: Store, upload_id: int) -> list[dict[str, Any]]:
    """Awards that an upload moved, and that stay with the new holder without it because later uploads name that one.

    Each has its `award_id`, the holder it `was` with, the one it is with `now`, and these `uploads`.
    """
    return store.query(with_definitions(MOVED_AGAIN), {"upload_id": upload_id, "known_at": END_OF_TIME}).to_pylist()


def files_of(store: Store, upload_id: int) -> list[dict[str, Any]]:
    """The files of one upload: kind, name, size and hash as uploaded, and the hash under which each is kept."""
    return store.query(
        "select f.file_no, f.kind, f.file_name, f.byte_count, f.sha256, s.stored from upload_files as f "
        "join upload_sources as s on s.upload_id = f.upload_id and s.file_no = f.file_no "
        "where f.upload_id = $upload_id order by f.file_no",
        {"upload_id": upload_id},
    ).to_pylist()
