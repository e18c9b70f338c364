"""What the audit log says about the mails of before: what they told, and at which of them the server broke off."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from skilltrack.storage import AuditLog

MOST_LOSSES = 3
"""How often a mail is handed over while the server breaks off at it, until it is left alone."""


@dataclass
class Past:
    """What is known about earlier mails, by the codes of what they tell."""

    known: set[str] = field(default_factory=set)
    """What has been told."""
    losses: dict[str, list[str]] = field(default_factory=dict)
    """The days (UTC, ISO) on which the server broke off, one for each time."""

    def count_losses(self, keys: Collection[str], day: date | None = None) -> int:
        """How often the server broke off at a mail that tells one of these, on one day or at all."""
        days = [self.losses.get(key, []) for key in keys]
        return max((len(on) if day is None else on.count(str(day)) for on in days), default=0)


def remembered(log: AuditLog) -> Past:
    """What has been told, as the audit log says; what a round was sending when it was killed is not in it."""
    past = Past()
    last: dict[str, list[str]] = {}  # by round, what its last mail tells: nobody knows yet whether it was taken
    for entry in log.entries():
        what = entry["what"]
        if entry["event"] == "failed" and what.get("instead_of") == "mailed":
            for key in last.get(what["round"], ()) if what.get("is_lost") else ():
                past.losses.setdefault(key, []).append(entry["at"][:10])
            last[what["round"]] = []
        elif entry["event"] in ("mailed", "mailing"):
            past.known.update(last.get(what["round"], ()))
            last[what["round"]] = what.get("keys", [])
    return past
