"""Who asks, and what they may see.

Every question takes a `Viewer`, so that no number can be asked for without saying for whom. Today the one viewer is
whoever runs the program on their own machine, who sees everybody.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """The person a question is answered for; hashable, so that it can be part of a cache key."""

    name: str
    sees_everyone: bool = False

    @classmethod
    def everyone(cls) -> "Viewer":
        """The local operator, who sees the whole company."""
        return cls(name="local", sees_everyone=True)
