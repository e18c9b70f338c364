"""A made-up company of any size with everything the contract knows: stacks, tiers, exemptions, dated roles and teams.

Deterministic and vectorised: the same size gives the same rows. Reporting lines form a tree of span 8 (a director has
about 2,000 people, a vice president an eighth of the company); a team is what reports to one manager's managers.
"""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skilltrack.storage.store import Store

SIZES = {"S": (10_000, 100_000), "M": (100_000, 2_000_000), "L": (1_000_000, 20_000_000)}
AS_OF = date(2026, 6, 30)
SPAN, SKILLS, CREDENTIALS, ROLES, ISSUERS, PER_ROLE = 8, 500, 1_000, 300, 40, 8
EARLIER, FIRST, LAST = date(2024, 1, 1), date(2018, 1, 1), date(2026, 6, 29)


def day(numbers: np.ndarray) -> pa.Array:
    """Days since 1970 as dates; negative = empty."""
    return pa.array(numbers.astype("int32"), pa.int32(), mask=numbers < 0).cast(pa.date32())


def ids(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Ids of one width, so that leading zeros matter."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


class Company:
    """The rows of every kind for one size; employee `i` reports to `(i - 1) // 8`, ids are shuffled."""

    def __init__(self, people: int, awards: int, seed: int = 7):
        self.people, self.awards = people, awards
        random = np.random.default_rng(seed)
        self.shuffled = random.permutation(people)
        self.credential_skill = random.integers(0, SKILLS, (CREDENTIALS, 2))
        self.today = int(np.datetime64(AS_OF).astype("datetime64[D]").astype(int))

    def employee(self, numbers: np.ndarray) -> pa.Array:
        """Ids of people given by their place in the tree."""
        return ids("", self.shuffled[numbers], 7)

    def rows(self) -> Iterator[tuple[str, pa.Table]]:
        """Every kind's table of rows, the roster twice: as it was on 2024-01-01 and as it is since."""
        yield "skill_rows", self._catalogue("skill_id", "s", SKILLS)
        yield "issuer_rows", self._issuers()
        yield "credential_rows", self._credentials()
        yield "credential_skill_rows", self._credential_skills()
        yield "stack_rows", self._stacks()
        yield "role_rows", self._roles()
        yield "roster_rows", self._roster(False)
        yield "roster_rows", self._roster(True)
        yield "badge_rows", self._badges()
        yield from self._about_people()
        yield "spend_rows", self._spend()

    def _catalogue(self, column: str, prefix: str, count: int) -> pa.Table:
        numbers = np.arange(count)
        return pa.table({column: ids(prefix, numbers, 3), "name": ids("Skill ", numbers, 3)})

    def _issuers(self) -> pa.Table:
        numbers = np.arange(ISSUERS)
        return pa.table(
            {
                "issuer": ids("Issuer ", numbers, 2),
                "tier": np.where(numbers % 10 == 0, "unrecognised", np.where(numbers % 2, "trusted", "recognised")),
                "valid_from": day(np.where(numbers % 20 == 0, self.today - 700, -1)),
            }
        )

    def _credentials(self) -> pa.Table:
        numbers = np.arange(CREDENTIALS)
        months = np.array([12, 24, 36, 0])[numbers % 4]
        return pa.table(
            {
                "credential_id": ids("c", numbers, 4),
                "name": ids("Credential ", numbers, 4),
                "issuer": ids("Issuer ", numbers % ISSUERS, 2),
                "demonstrates": numbers % 33 != 5,
                "validity_months": pa.array(months, pa.int32(), mask=months == 0),
            }
        )

    def _credential_skills(self) -> pa.Table:
        numbers, skills = np.repeat(np.arange(CREDENTIALS), 2), self.credential_skill.ravel()
        keep = np.unique(numbers * SKILLS + skills)
        levels = (keep * 2654435761 % 1000 / 1000 * 4).astype("int32") + 1
        return pa.table(
            {
                "credential_id": ids("c", keep // SKILLS, 4),
                "skill_id": ids("s", keep % SKILLS, 3),
                "level": levels,
            }
        )

    def _stacks(self) -> pa.Table:
        stacks = np.repeat(np.arange(980, 1000), 3)
        parts = (stacks * 17 + np.tile([1, 2, 3], 20)) % 900
        return pa.table(
            {
                "credential_id": ids("c", stacks, 4),
                "component_id": ids("c", parts, 4),
                "min_components": pa.array(np.full(60, 2), pa.int32()),
            }
        )

    def _roles(self) -> pa.Table:
        roles = np.repeat(np.arange(ROLES), PER_ROLE)
        skills = (roles * 37 + np.tile(np.arange(PER_ROLE), ROLES) * 61) % SKILLS
        count = len(roles)
        order = np.arange(count)
        return pa.table(
            {
                "role_id": ids("r", roles, 3),
                "role_name": ids("Role ", roles, 3),
                "skill_id": ids("s", skills, 3),
                "required_level": pa.array(1 + order % 3, pa.int32()),
                "weight": pa.array(1.0 + order % 2),
                "critical": order % PER_ROLE == 0,
                "valid_from": day(np.where(order % 11 == 3, self.today - 400, -1)),
            }
        )

    def _roster(self, is_later: bool) -> pa.Table:
        numbers = np.arange(self.people)
        manager = np.maximum((numbers - 1) // SPAN, 0)
        team = np.maximum((manager - 1) // SPAN, 0)
        random = np.random.default_rng(11)
        role = random.integers(0, ROLES, self.people)
        moved = random.random(self.people) < 0.05
        hired = random.integers(self.today - 4000, self.today - 60, self.people)
        left = np.where(random.random(self.people) < 0.12, random.integers(hired, self.today + 100), -1)
        if not is_later:
            role = np.where(moved, (role + 1) % ROLES, role)
            team = np.where(moved, np.minimum(team + 1, team.max()), team)
        managers = self.employee(manager).to_numpy(zero_copy_only=False)
        return pa.table(
            {
                "employee_id": self.employee(numbers),
                "name": ids("Person ", numbers, 7),
                "email": pc.binary_join_element_wise(ids("p", numbers, 7), "@example.com", ""),
                "manager_id": pa.array(managers, mask=numbers == 0),
                "team": ids("Team ", team, 6),
                "role_id": ids("r", role, 3),
                "hired_on": day(hired),
                "left_on": day(left),
            }
        )

    def badges(self, count: int, first: int, since: int, seed: int) -> pa.Table:
        """`count` awards numbered from `first`, issued in the last `since` days."""
        random = np.random.default_rng(seed)
        issued = random.integers(self.today - since, self.today, count)
        expires = np.where(random.random(count) < 0.1, issued + random.integers(100, 900, count), -1)
        revoked = np.where(random.random(count) < 0.01, issued + random.integers(0, 400, count), -1)
        award = ids("a", np.arange(first, first + count), 9)
        return pa.table(
            {
                "award_key": award,
                "award_id": award,
                "employee_id": self.employee(random.integers(0, self.people, count)),
                "credential_id": ids("c", random.integers(0, CREDENTIALS, count), 4),
                "issued_on": day(issued),
                "expires_on": day(expires),
                "revoked_on": day(revoked),
            }
        )

    def _badges(self) -> pa.Table:
        return self.badges(self.awards, 0, 3000, 13)

    def _about_people(self) -> Iterator[tuple[str, pa.Table]]:
        random = np.random.default_rng(17)
        for kind, share in (("prior_learning_rows", 50), ("self_rating_rows", 30), ("exemption_rows", 100)):
            count = self.people // share
            people = random.choice(self.people, count, replace=False)
            start = random.integers(self.today - 2000, self.today, count)
            columns = {
                "employee_id": self.employee(people),
                "skill_id": ids("s", random.integers(0, SKILLS, count), 3),
                "valid_from": day(start),
                "valid_to": day(np.where(random.random(count) < 0.5, start + 365, -1)),
            }
            if kind == "exemption_rows":
                columns["reason"] = pa.array(["leave"] * count)
            else:
                columns["level"] = pa.array(random.integers(1, 4, count), pa.int32())
            if kind == "prior_learning_rows":
                columns["assessor"] = pa.array(["Assessor"] * count)
            yield kind, pa.table(columns)

    def _spend(self) -> pa.Table:
        random, count = np.random.default_rng(19), self.awards * 6 // 10
        cents = random.integers(5_000, 200_000, count) * np.where(random.random(count) < 0.02, -1, 1)
        sources = np.array(["employer", "employer", "reimbursement", "grant", "employee"])
        return pa.table(
            {
                "spend_id": ids("p", np.arange(count), 9),
                "employee_id": self.employee(random.integers(0, self.people, count)),
                "credential_id": ids("c", random.integers(0, CREDENTIALS, count), 4),
                "paid_on": day(random.integers(self.today - 3000, self.today, count)),
                "amount": pa.array(cents / 100),
                "currency": np.array(["EUR", "EUR", "USD"])[random.integers(0, 3, count)],
                "funding_source": sources[random.integers(0, 5, count)],
            }
        )


def land(store: Store, company: Company) -> None:
    """Put the company into the base tables as uploads: the catalogue and everybody, then the later roster."""
    with store.write() as transaction:
        for upload_id, effective_on in ((1, EARLIER), (2, date(2025, 7, 1))):
            transaction.run(
                "insert into uploads values ($upload_id, $effective_on, 'snapshot')",
                {"upload_id": upload_id, "effective_on": effective_on},
            )
            transaction.run(
                "insert into upload_events values ($upload_id, 'landed', $landed_at, 'bench')",
                {"upload_id": upload_id, "landed_at": datetime(2026, 6, 1, upload_id)},
            )
    rosters = 0
    for table, rows in company.rows():
        rosters += table == "roster_rows"
        with store.write() as transaction:
            insert(transaction, table, rows, 2 if rosters == 2 and table == "roster_rows" else 1)


def insert(transaction, table: str, rows: pa.Table, upload_id: int) -> None:
    """Append rows of one upload to a base table."""
    numbered = rows.append_column("line_no", pa.array(np.arange(2, len(rows) + 2)))
    transaction.stage("generated", numbered, "select * from landing")
    columns = ", ".join(rows.column_names)
    transaction.run(
        f"insert into {table} (upload_id, file_no, line_no, {columns}) "
        f"select {upload_id}, 0, line_no, {columns} from generated"
    )
    transaction.run("drop table generated")
