"""What was uploaded, and what of it holds: keys, snapshots, undo, knowledge at a time."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FIRST, LAST = date.min, date(9999, 12, 31)
KEYS = {
    "skills": ("skill_id",),
    "issuers": ("issuer", "valid_from"),
    "issuer_keys": ("issuer", "key", "valid_from"),
    "credentials": ("credential_id",),
    "credential_skills": ("credential_id", "skill_id"),
    "stacks": ("credential_id", "component_id"),
    "roles": ("role_id", "skill_id", "valid_from"),
    "job_titles": ("job_title",),
    "prior_learning": ("employee_id", "skill_id", "valid_from"),
    "self_ratings": ("employee_id", "skill_id", "valid_from"),
    "exemptions": ("employee_id", "skill_id", "valid_from"),
    "targets": ("team", "skill_id", "level", "valid_from"),
    "spend": ("spend_id",),
}


@dataclass
class Landed:
    """One upload: rows of text by kind, exactly as they stand in the files.

    A row of badges with a `signed_by` is a signed badge of its own: what it does not say takes nothing back. With a
    `reached` it says which level of a rubric was reached.
    """

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
    direct: bool | None = None
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
        if kind == "badges":
            return self._awards(asked)
        newest: dict[tuple, dict[str, str]] = {}
        for upload in self.live(asked):
            for row in upload.rows.get(kind, []):
                newest[tuple(row.get(name, "") for name in KEYS[kind])] = row
        return list(newest.values())

    def _awards(self, asked: Asked) -> list[dict[str, str]]:
        """Each award as its newest row says; what that leaves open, the newest row of the other form says.

        The two forms of an award are with an award_id and without one.
        """
        keys, live = self._award_keys(), self.live(asked)
        forms: dict[str, dict[bool, dict[str, str]]] = {}
        proofs: dict[str, list[dict[str, str]]] = {}
        named: dict[str, list[str]] = {}
        for n, upload in enumerate(self.uploads):
            if not any(upload is other for other in live):
                continue
            # The row with an award_id comes last: in one upload it counts before the one without.
            for row in sorted(upload.rows.get("badges", []), key=lambda row: bool(row.get("award_id"))):
                of_award = forms.setdefault(keys[n, id(row)], {})
                before = of_award.pop(bool(row.get("award_id")), {})
                named.setdefault(keys[n, id(row)], []).append(self._named_issuer(upload, row))
                if row.get("signed_by"):
                    proofs.setdefault(keys[n, id(row)], []).append(row)
                    stays = {name: before.get(name, "") for name in ("expires_on", "revoked_on") if not row.get(name)}
                    row = row | stays
                of_award[bool(row.get("award_id"))] = row
        awards = {key: _completed(list(of_award.values())) for key, of_award in forms.items()}
        return [
            award
            | {"proofs": [proof for proof in proofs.get(key, []) if _day(proof) == _day(award)]}
            | {"named_issuer": named[key][-1] if all(named[key]) else ""}
            for key, award in awards.items()
        ]

    def _named_issuer(self, upload: Landed, row: dict[str, str]) -> str:
        """For whom the key of a signed badge was listed when it landed, if not for its credential's issuer; else empty."""
        if not row.get("signed_by"):
            return ""
        then = Asked(upload.landed_at.date(), known_at=upload.landed_at)
        listed = {other["issuer"] for other in self.rows("issuer_keys", then) if other["key"] == row.get("signed_by")}
        own = {other["credential_id"]: other["issuer"] for other in self.rows("credentials", then)}
        return "" if own[row["credential_id"]] in listed else min(listed, default="")

    def _award_keys(self) -> dict[tuple[int, int], str]:
        """The award of each row of badges, by upload and row, as it was decided when the row landed."""
        keys: dict[tuple[int, int], str] = {}
        stored: list[tuple[str, dict[str, str], Landed]] = []
        for n, upload in enumerate(self.uploads):
            rows = sorted(upload.rows.get("badges", []), key=lambda row: row.get("award_id") or "~")
            told, taken = list(stored), set()
            for row in rows:
                alike = [(key, other, landed) for key, other, landed in told if _day(other) == _day(row)]
                if row.get("award_id"):
                    known = [key for key, other, _ in told if other.get("award_id") == row["award_id"]]
                    with_ids = {key for key, other, _ in told if other.get("award_id")}
                    free = [key for key, _, _ in alike if key not in with_ids and key not in taken]
                    key = min(known, default="") or min(free, default="") or f"id {row['award_id']}"
                    taken.add(key)
                else:
                    counts = {
                        key
                        for key, _, landed in told
                        if landed.undone_at is None or landed.undone_at > upload.landed_at
                    }
                    now = [keys[n, id(other)] for other in rows if other.get("award_id") and _day(other) == _day(row)]
                    before = min(((key not in counts, key) for key, _, _ in alike), default=(False, ""))[1]
                    key = before or min(now, default="") or "of " + "\x1f".join(_day(row))
                keys[n, id(row)] = key
                stored.append((key, row, upload))
        return keys

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
        meant = {row["job_title"]: row["role_id"] for row in self.rows("job_titles", asked) if row["role_id"]}
        roles = {person: meant.get(row.get("role_id", ""), row.get("role_id", "")) for person, row in state.items()}
        return {person: row | {"role_id": roles[person]} for person, row in state.items()}

    def listed(self, asked: Asked, day: date, roster_day: date, role: str | None) -> dict[str, dict[str, str]]:
        """Roster rows in scope."""
        roster = self.roster(asked, roster_day)
        found = {}
        for person, row in roster.items():
            if asked.manager is not None and not _leads_to(roster, person, asked.manager):
                continue
            if asked.manager is not None and asked.direct and row.get("manager_id", "") != asked.manager:
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


def _day(row: dict[str, str]) -> tuple[str, str, str]:
    return row["employee_id"], row["credential_id"], row["issued_on"]


def _completed(rows: list[dict[str, str]]) -> dict[str, str]:
    """The last of an award's rows, with what it leaves open as the others say."""
    said = {name: row[name] for row in rows for name in ("award_id", "expires_on", "revoked_on") if row.get(name)}
    return rows[-1] | said


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
