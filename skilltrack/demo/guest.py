"""The demo company as a guest in somebody's empty store: whether it is there, putting it in, and taking it out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from skilltrack.access import Viewer, end_token, roles_in_force, take, tokens_in_force, trail
from skilltrack.config import today
from skilltrack.demo.company import ANCHOR, BY, are_ours, give_roles, load, operator
from skilltrack.errors import Refused
from skilltrack.ingest import undo_together, uploads
from skilltrack.kinds import KINDS, kinds_open_to, refuse_closed
from skilltrack.language import _
from skilltrack.storage import Store

_coming_in = threading.Lock()


@dataclass(frozen=True)
class Guest:
    """What counts in a store: the uploads that are the demo's, and how many others there are."""

    own: tuple[int, ...]
    others: int

    @property
    def is_there(self) -> bool:
        """Whether what the pages show is, at least in part, the demo company."""
        return bool(self.own)


def guest_in(store: Store) -> Guest:
    """The uploads in force, told apart: a demo's are by nobody but `BY` and called as the files of the demo are."""
    past = uploads(store)
    past = past[past["status"] != "undone"]
    files = past["files"].fillna("")  # the first programs stored no names
    own = [
        int(upload)
        for upload, by, names in zip(past["upload_id"], past["by_whom"], files, strict=True)
        if by == BY and are_ours(names.split(", "))
    ]
    return Guest(tuple(own), len(past) - len(own))


def may_have_guests(viewer: Viewer) -> bool:
    """Whether somebody may upload every kind of file that the demo is made of."""
    return set(KINDS) <= set(kinds_open_to(viewer.areas))


def put_in(
    store: Store, viewer: Viewer, *, with_roles: bool, progress: Callable[[str], None] = lambda step: None
) -> None:
    """Put the demo company, with its dates moved to today, into a store in which no upload counts.

    `with_roles`: give its people the roles they have in a database of their own, which nobody may sign in with.
    Raises `Refused` when uploads count already, and `NotOpen` for whoever may not upload all kinds of files.
    """
    refuse_closed(KINDS, viewer.areas)
    if not _coming_in.acquire(blocking=False):
        raise Refused(_("Somebody else is loading the demo company right now. Reload the page in a minute."))
    try:
        guest = guest_in(store)
        if guest.is_there or guest.others:
            raise Refused(_("There are uploads already: the demo company is for an empty store."))
        trail.note(store.journal.audit, viewer.account, "demo", what="loaded")
        load(store, today() - ANCHOR, progress)
        _refuse_company(store, viewer)
        if with_roles:
            give_roles(store)
    finally:
        _coming_in.release()


def _refuse_company(store: Store, viewer: Viewer) -> None:
    """Raise `Refused`, and take the demo out again, where somebody has uploaded something while it was loaded."""
    guest = guest_in(store)
    if guest.others:
        undo_together(store, guest.own, viewer.acting_in("uploads"), viewer.areas)
        raise Refused(_("Somebody uploaded files meanwhile: the demo company is taken out again."))


def take_out(store: Store, viewer: Viewer) -> datetime:
    """Undo every upload of the demo company at once, and take back the roles that came with it or that its people got.

    Real people may have the same ids later; tokens end for the same reason. Returns since when the demo was there
    (UTC): proposals made since are of its people.

    Raises `Refused`, and changes nothing, when other uploads count beside it.
    """
    refuse_closed(KINDS, viewer.areas)
    guest = guest_in(store)
    if guest.others:
        raise Refused(_("Other uploads count beside the demo company. Undo them first, under History in Uploads."))
    trail.note(store.journal.audit, viewer.account, "demo", what="removed")
    since, people = _invented(store, guest)
    roles = roles_in_force(store)
    is_theirs = (roles["account"].isin(people) | roles["of_manager"].isin(people)) & (roles["happened_at"] >= since)
    for row in roles[(roles["by_whom"] == BY) | is_theirs].to_dict("records"):
        take(store, operator(), row["account"], row["role"], row["of_manager"])
    tokens = tokens_in_force(store, operator())
    for token_id in tokens[tokens["account"].isin(people) & (tokens["made_at"] >= since)]["token_id"]:
        end_token(store, operator(), token_id)
    undo_together(store, guest.own, viewer.acting_in("uploads"), viewer.areas)
    return since


def _invented(store: Store, guest: Guest) -> tuple[datetime, list[str]]:
    """Since when the demo company is there (UTC), and the ids of its people."""
    asked = {"ids": list(guest.own)}
    since = "select min(happened_at) as at from upload_events where upload_id in (select unnest($ids))"
    people = "select distinct employee_id from roster_rows where upload_id in (select unnest($ids))"
    at = store.query(since, asked)["at"][0].as_py()
    return at or datetime.max, store.query(people, asked)["employee_id"].to_pylist()
