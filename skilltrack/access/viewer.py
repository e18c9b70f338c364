"""Who asks, and what they may see.

Every question takes a `Viewer`, so that no number can be asked for without saying for whom. What a viewer may ask is
decided by roles; whose rows are in the answer, by the definitions that `$sees_everyone`, `$self` and `$lines` narrow
(`sql/definitions/seen.sql`). `accounts` says which roles a person has.
"""

from dataclasses import dataclass, replace

from skilltrack.errors import NotOpen
from skilltrack.language import _, either, mark

ROLES = {
    "employee": mark("their own transcript"),
    "manager": mark("everyone in whose reporting line they stand, on the day and today"),
    "hr": mark("all people, and uploads"),
    "ld": mark("all people, money, the catalogue with its files, and reports"),
    "auditor": mark("the audit log, definitions and the audit pack, no people"),
    "administrator": mark("who has which role, no people"),
}
"""What each role lets a person see."""

AREAS = {
    "person": {"employee", "manager", "hr", "ld"},
    "people": {"manager", "hr", "ld"},
    "money": {"manager", "ld"},
    "proposals": {"employee", "manager", "hr"},
    "approvals": {"manager", "hr"},
    "catalogue": {"hr", "ld"},
    "uploads": {"hr", "ld"},
    "people files": {"hr"},
    "catalogue files": {"hr", "ld"},
    "reports": {"manager", "hr", "ld", "auditor"},
    "history": {"manager", "hr", "ld", "auditor"},
    "exports": {"employee", "manager", "hr", "ld", "auditor"},
    "schedules": {"ld"},
    "audit": {"auditor"},
    "roles": {"administrator"},
    "privacy": {"hr"},
}
"""Which roles open which part. Definitions are open to everyone who has signed in."""

PUBLISHED = frozenset({"person", "people", "money", "catalogue", "reports", "exports"})
"""The parts that can be open where only what was published of a database is looked at."""


@dataclass(frozen=True)
class Viewer:
    """The person a question is answered for; hashable, so that it can be part of a cache key."""

    account: str
    """What histories and the audit log call them: an employee_id, or the name of an account of ours."""
    roles: frozenset[str] = frozenset()
    employee_id: str | None = None
    """Whose own rows they see."""
    lines: tuple[str, ...] = ()
    """Managers whose organisations they see: themselves, and those they stand in for."""
    reads_published: bool = False
    """Whether they look at what was published: no part in which something is stored is open."""

    @classmethod
    def everyone(cls) -> "Viewer":
        """The operator at the command line, who holds the database file and so can see and do everything."""
        return cls("local", frozenset(ROLES))

    @classmethod
    def of_published(cls) -> "Viewer":
        """Whoever looks at what was published: it does not say who may see whom, so they see everybody."""
        return cls("local", frozenset(ROLES), reads_published=True)

    @property
    def sees_everyone(self) -> bool:
        """Whether all people are in sight."""
        return bool(self.roles & {"hr", "ld"})

    def may(self, area: str) -> bool:
        """Whether a part (a key of `AREAS`) is open to them."""
        return bool(self.roles & AREAS[area]) and (area in PUBLISHED or not self.reads_published)

    @property
    def areas(self) -> frozenset[str]:
        """Every part that is open to them."""
        return frozenset(filter(self.may, AREAS))

    def asking_for_counts(self, is_of_a_part: bool) -> "Viewer":
        """As whom they ask for counts: an auditor as one who sees everybody, but never about a part of the company."""
        if self.sees_everyone or not self.may("audit"):
            return self
        if is_of_a_part:
            raise NotOpen(_("An auditor is told counts of the whole company only. Leave organisation and team out."))
        return replace(self, roles=self.roles | {"hr"})

    def asking_for_proposals(self) -> "Viewer":
        """As whom they ask for proposals: L&D sees none but those of their own and of their people."""
        return replace(self, roles=self.roles - {"ld"})

    def acting_in(self, area: str, what: str = "") -> str:
        """Their account, for the history of what they do in an area; raises `NotOpen` when it is closed to them."""
        if not self.may(area):
            raise NotOpen(
                _(
                    "{what} is open to {roles}; {account} has no such role.",
                    what=_(what) if what else area.capitalize(),
                    account=self.account,
                    roles=either([role for role in ROLES if role in AREAS[area]]),
                )
            )
        return self.account
