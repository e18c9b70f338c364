"""What the server answers besides its pages: imports over HTTP, and the guard in front of every request."""

from skilltrack.api.guard import Guard, content_policy

__all__ = [
    "Guard",
    "content_policy",
]
