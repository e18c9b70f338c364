"""Who an account is now, for what was made in its name and goes on without them: tokens, scheduled reports."""

from datetime import date

from skilltrack.access.accounts import viewer_called
from skilltrack.access.viewer import Viewer
from skilltrack.config import today
from skilltrack.errors import NotOpen
from skilltrack.relations import read_text
from skilltrack.storage import Store

_DAYS_LISTED = read_text("access/tokens/days_listed")


def still(store: Store, account: str, made_on: date, what: str) -> Viewer:
    """The viewer that an account is now, where it is still whose it was when `what` (such as "token") was made.

    Raises `NotOpen` where it is somebody else's, or where they were off the roster since: the id may be another's.
    `BadQuestion` where nobody is let in with it (any more).
    """
    viewer = viewer_called(store, account)
    if viewer.account != account:
        raise NotOpen(f"{account} is on the roster now, and the {what} was made before. Make a new one.")
    if viewer.employee_id and was_away(store, viewer.employee_id, made_on):
        raise NotOpen(f"{account} was off the roster since the {what} was made. Make a new one.")
    return viewer


def was_away(store: Store, employee_id: str, since: date) -> bool:
    """Whether somebody was off the roster for a day or more since: the id may be somebody else's by now."""
    asked = {"employee_id": employee_id, "first": since, "today": today()}
    listed = store.query(_DAYS_LISTED, asked).to_pylist()[0]["days"]
    return bool(listed < (today() - since).days + 1)
