"""What the server answers besides its pages: the HTTP API for programs, and the guard in front of every request."""

from skilltrack.api.guard import Guard, content_policy
from skilltrack.api.routes import ROUTES
from skilltrack.api.watched import Watched, failed, new_reference

__all__ = [
    "ROUTES",
    "Guard",
    "Watched",
    "content_policy",
    "failed",
    "new_reference",
]
