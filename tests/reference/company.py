"""What was uploaded, and what of it holds: keys, snapshots, undo, knowledge at a time."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FIRST, LAST = date.min, date(9999, 12, 31)
KEYS = {
    "skills": ("skill_id",),
    "issuers": ("issuer", "valid_from"),
    "credentials": ("credential_id",),
    "credential_skills": ("credential_id", "skill_id"),
    "stacks": ("credential_id", "component_id"),
    "roles": ("role_id", "skill_id", "valid_from"),
    "prior_learning": ("employee_id", "skill_id", "valid_from"),
    "self_ratings": ("employee_id", "skill_id", "valid_from"),
    "exemptions": ("employee_id", "skill_id", "valid_from"),
    "spend": ("spend_id",),
}


@dataclass
class Landed:
    """One upload: rows of text by kind, exactly as they stand in the files."""

    rows: dict[str, list[dict[str, str]]]
    landed_at: datetime
    effective_on: date = date(2024, 1, 1)
    mode: str = "snapshot"
    undone_at: datetime | None = None


@dataclass
class Asked:
    """A question's filters."""

    as_of: date
    known_at: datetime | None = None
    assurance: str = "attested"
    manager: str | None = None
    team: str | None = None
    role: str | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    months: int = 12
    employee: str | None = None


@dataclass
class Company:
    """Everything uploaded so far, in order of arrival."""

    uploads: list[Landed] = field(default_factory=list)

    def live(self, asked: Asked) -> list[Landed]:
        known = asked.known_at or datetime.max
        return [
            upload
            for upload in self.uploads
            if upload.landed_at <= known and not (upload.undone_at is not None and upload.undone_at <= known)
        ]

    def rows(self, kind: str, asked: Asked) -> list[dict[str, str]]:
        """The newest row of each key."""
        newest: dict[tuple, dict[str, str]] = {}
        for upload in self.live(asked):
            for row in upload.rows.get(kind, []):
                newest[_key(kind, row)] = row
        return list(newest.values())

    def roster(self, asked: Asked, day: date) -> dict[str, dict[str, str]]:
        """employee_id to row, as the snapshot in force on `day` lists them."""
        arrivals = [
            (upload.effective_on, n, upload) for n, upload in enumerate(self.live(asked)) if "roster" in upload.rows
        ]
        if not arrivals:
            return {}
        arrivals.sort(key=lambda arrival: arrival[:2])
        day = max(day, arrivals[0][0])
        state: dict[str, dict[str, str]] = {}
        for effective_on, _, upload in arrivals:
            if effective_on > day:
                break
            if upload.mode == "snapshot":
                state = {}
            for row in upload.rows["roster"]:
                state[row["employee_id"]] = row
        return state

    def listed(self, asked: Asked, day: date, roster_day: date, role: str | None) -> dict[str, dict[str, str]]:
        """Roster rows in scope."""
        roster = self.roster(asked, roster_day)
        found = {}
        for person, row in roster.items():
            if asked.manager is not None and not _leads_to(roster, person, asked.manager):
                continue
            if asked.team is not None and row.get("team", "") != asked.team:
                continue
            if role is not None and row.get("role_id", "") != role:
                continue
            found[person] = row
        return found

    def members(self, asked: Asked, day: date, roster_day: date | None = None, role: str | None = None) -> dict:
        roster_day = roster_day or day
        listed = self.listed(asked, day, roster_day, role)
        return {
            person: row
            for person, row in listed.items()
            if day_of(row, "hired_on", FIRST) <= roster_day <= day_of(row, "left_on", LAST)
        }


def _key(kind: str, row: dict[str, str]) -> tuple:
    if kind == "badges":
        return (
            ("id", row["award_id"])
            if row.get("award_id")
            else (row["employee_id"], row["credential_id"], row["issued_on"])
        )
    return tuple(row.get(name, "") for name in KEYS[kind])


def _leads_to(roster: dict, person: str, manager: str) -> bool:
    if person == manager or manager not in roster:
        return False
    while True:
        above = roster[person].get("manager_id", "")
        if above == manager:
            return person != manager
        if not above or above == person or above not in roster:
            return False
        person = above


def day_of(row: dict[str, str], name: str, default: date) -> date:
    return date.fromisoformat(row[name]) if row.get(name) else default


def ended(day: date) -> date | None:
    """An end as it is meant: after the last day that can be asked about there is none."""
    return day if day <= date(2999, 12, 31) else None


def holds(row: dict[str, str], day: date) -> bool:
    return day_of(row, "valid_from", FIRST) <= day <= day_of(row, "valid_to", LAST)


def add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year > 9999:
        return LAST
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def before(day: date, days: int = 1) -> date:
    return day - timedelta(days=days)
