"""What the server answers besides its pages: the HTTP API for programs, and the guard in front of every request."""

from skilltrack.api.guard import Guard, content_policy
from skilltrack.api.routes import ROUTES

__all__ = [
    "ROUTES",
    "Guard",
    "content_policy",
]
