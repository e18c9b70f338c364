"""What the server answers besides its pages: imports over HTTP, and the guard in front of every request."""

from skilltrack.api.guard import Guard, content_policy
from skilltrack.api.watched import Watched, failed, new_reference

__all__ = [
    "Guard",
    "Watched",
    "content_policy",
    "failed",
    "new_reference",
]
