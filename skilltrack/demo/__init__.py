"""The demo company: made from `data/demo`, built in a new database or put into an empty one, and taken out of it."""

from skilltrack.demo.company import ANCHOR, BY, FILES, ROLES, build, build_anew, load, refresh
from skilltrack.demo.guest import Guest, guest_in, may_have_guests, put_in, take_out

__all__ = [
    "ANCHOR",
    "BY",
    "FILES",
    "ROLES",
    "Guest",
    "build",
    "build_anew",
    "guest_in",
    "load",
    "may_have_guests",
    "put_in",
    "refresh",
    "take_out",
]
