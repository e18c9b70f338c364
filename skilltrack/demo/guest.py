"""The demo company as a guest in somebody's empty store: whether it is there, putting it in, and taking it out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from skilltrack.access import Viewer, roles_in_force, take, trail
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
        if with_roles:
            give_roles(store)
    finally:
        _coming_in.release()


def take_out(store: Store, viewer: Viewer) -> None:
    """Undo every upload of the demo company at once, and take back the roles that came with it.

    Raises `Refused`, and changes nothing, when other uploads count beside it.
    """
    refuse_closed(KINDS, viewer.areas)
    guest = guest_in(store)
    if guest.others:
        raise Refused(_("Other uploads count beside the demo company. Undo them first, under History in Uploads."))
    trail.note(store.journal.audit, viewer.account, "demo", what="removed")
    roles = roles_in_force(store)
    for row in roles[roles["by_whom"] == BY].to_dict("records"):
        take(store, operator(), row["account"], row["role"], row["of_manager"])
    undo_together(store, guest.own, viewer.acting_in("uploads"), viewer.areas)
