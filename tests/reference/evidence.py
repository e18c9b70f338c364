"""What demonstrates a skill on a day: awards, stacks, prior learning, self ratings, under each assurance."""

from datetime import date, timedelta
from functools import cached_property

from tests.reference.company import LAST, Asked, Company, add_months, before, day_of, ended, holds

STRENGTH = {"verified": 1, "attested": 2, "claimed": 3}


class Evidence:
    """The evidence known at one time, for every employee."""

    def __init__(self, company: Company, asked: Asked, without: str | None = None):
        """`without`: an issuer none of whose awards count."""
        self.company, self.asked = company, asked
        self.credentials = {row["credential_id"]: row for row in company.rows("credentials", asked)}
        self.skills_of: dict[str, dict[str, int]] = {}
        for row in company.rows("credential_skills", asked):
            if int(row["level"]):
                self.skills_of.setdefault(row["credential_id"], {})[row["skill_id"]] = int(row["level"])
        self.awards = [
            row
            for row in company.rows("badges", asked)
            if without is None or self.credentials[row["credential_id"]]["issuer"] != without
        ]
        self.prior_learning = company.rows("prior_learning", asked)
        self.self_ratings = company.rows("self_ratings", asked)
        self.issuers = company.rows("issuers", asked)
        self.issuer_keys = company.rows("issuer_keys", asked)

    @cached_property
    def stacks(self) -> dict[str, tuple[set[str], int]]:
        """Stack to its components and how many are needed, as the newest upload that touched it says."""
        parts: dict[str, set[str]] = {}
        for row in self.company.rows("stacks", self.asked):
            parts.setdefault(row["credential_id"], set()).add(row["component_id"])
        needed: dict[str, int | None] = {}
        for upload in self.company.live(self.asked):
            said: dict[str, list[int]] = {}
            for row in upload.rows.get("stacks", []):
                said.setdefault(row["credential_id"], []).extend(
                    [int(row["min_components"])] if row.get("min_components") else []
                )
            for stack, numbers in said.items():
                needed[stack] = max(numbers) if numbers else None
        return {stack: (components, needed[stack] or len(components)) for stack, components in parts.items()}

    def date_end(self, award: dict) -> date | None:
        if award.get("expires_on"):
            return ended(date.fromisoformat(award["expires_on"]))
        months = self.credentials.get(award["credential_id"], {}).get("validity_months")
        if not months or int(months) > 12 * 2000:  # nothing that was issued at all ends within the days there are
            return None
        return ended(before(add_months(date.fromisoformat(award["issued_on"]), int(months))))

    def valid_to(self, award: dict) -> date:
        end = self.date_end(award) or LAST
        revoked = self.revoked_on(award)
        return min(end, before(revoked)) if revoked else end

    def revoked_on(self, award: dict) -> date | None:
        return ended(date.fromisoformat(award["revoked_on"])) if award.get("revoked_on") else None

    def ended_by_date(self, award: dict) -> bool:
        end = self.date_end(award)
        revoked = self.revoked_on(award)
        return end is not None and (not revoked or revoked > end)

    def is_valid(self, award: dict, day: date) -> bool:
        return date.fromisoformat(award["issued_on"]) <= day <= self.valid_to(award)

    def tier(self, issuer: str, day: date) -> str:
        said = [row for row in self.issuers if row["issuer"] == issuer and holds(row, day)]
        said.sort(key=lambda row: row.get("valid_from", ""))
        return said[-1]["tier"] if said else "recognised"

    def proof(self, award: dict) -> dict | None:
        """The newest badge of an award whose key was its issuer's on the day of issue."""
        credential, issued_on = self.credentials[award["credential_id"]], date.fromisoformat(award["issued_on"])
        listed = {
            row["key"] for row in self.issuer_keys if row["issuer"] == credential["issuer"] and holds(row, issued_on)
        }
        return next((badge for badge in reversed(award["proofs"]) if badge["signed_by"] in listed), None)

    def most(self, award: dict) -> int:
        """The highest level that an award can show: what its badge says was reached, by the one that decides."""
        credential, issued_on = self.credentials[award["credential_id"]], date.fromisoformat(award["issued_on"])
        listed = {
            row["key"] for row in self.issuer_keys if row["issuer"] == credential["issuer"] and holds(row, issued_on)
        }
        told = sorted(award["proofs"], key=lambda badge: badge["signed_by"] in listed)
        return int(told[-1].get("reached") or 999_999) if told else 999_999

    def is_verified(self, award: dict, day: date) -> bool:
        proof = self.proof(award)
        is_trusted = self.tier(self.credentials[award["credential_id"]]["issuer"], day) == "trusted"
        return is_trusted and proof is not None and day <= day_of(proof, "expires_on", LAST)

    def is_named_unrecognised(self, award: dict, day: date) -> bool:
        """Whether all that tells an award, and does not prove it, was issued by somebody unrecognised on the day."""
        return self.proof(award) is None and self.tier(award["named_issuer"], day) == "unrecognised"

    def award_strength(self, award: dict, day: date) -> int:
        credential = self.credentials.get(award["credential_id"])
        if credential is None:
            return 99
        is_attested = (
            credential.get("demonstrates", "") != "false"
            and self.tier(credential["issuer"], day) != "unrecognised"
            and not self.is_named_unrecognised(award, day)
        )
        if is_attested and self.is_verified(award, day):
            return 1
        return 2 if is_attested else 3

    def holds_credential(self, person: str, credential: str, day: date, strength: int) -> bool:
        """By an award that counts, or as a stack."""
        for award in self.awards:
            is_of = award["employee_id"] == person and award["credential_id"] == credential
            if is_of and self.is_valid(award, day) and self.award_strength(award, day) <= strength:
                return True
        return self.holds_stack(person, credential, day, strength)

    def holds_stack(self, person: str, stack: str, day: date, strength: int) -> bool:
        if stack not in self.stacks:
            return False
        components, needed = self.stacks[stack]
        return sum(self.holds_credential(person, component, day, strength) for component in components) >= needed

    def changes_after(self, day: date) -> list[date]:
        """Every day after `day` on which what somebody can do may be another than the day before."""
        begins = [
            row[name]
            for rows in (self.awards, self.prior_learning, self.self_ratings, self.issuers)
            for row in rows
            for name in ("issued_on", "valid_from")
            if row.get(name)
        ]
        ends = [self.valid_to(award) for award in self.awards]
        ends += [day_of(proof, "expires_on", LAST) for award in self.awards for proof in award["proofs"]]
        ends += [day_of(row, "valid_to", LAST) for row in (*self.prior_learning, *self.self_ratings, *self.issuers)]
        after = {date.fromisoformat(begin) for begin in begins}
        after |= {end + timedelta(days=1) for end in ends if end < LAST}
        return sorted(change for change in after if change > day)

    def level(self, person: str, skill: str, day: date, assurance: str) -> int:
        strength = STRENGTH[assurance]
        found = [0]
        for award in self.awards:
            if (
                award["employee_id"] == person
                and self.is_valid(award, day)
                and self.award_strength(award, day) <= strength
            ):
                found.append(min(self.most(award), self.skills_of.get(award["credential_id"], {}).get(skill, 0)))
        for stack in self.stacks:
            if skill in self.skills_of.get(stack, {}) and self.holds_stack(person, stack, day, strength):
                found.append(self.skills_of[stack][skill])
        for row in self.prior_learning:
            if strength >= 2 and (row["employee_id"], row["skill_id"]) == (person, skill) and holds(row, day):
                found.append(int(row["level"]))
        for row in self.self_ratings:
            if strength >= 3 and (row["employee_id"], row["skill_id"]) == (person, skill) and holds(row, day):
                found.append(int(row["level"]))
        return max(found)

    def reason(self, person: str, skill: str, day: date, level: int) -> str:
        if level > 0:
            return "level_low"
        own = [
            a for a in self.awards if a["employee_id"] == person and skill in self.skills_of.get(a["credential_id"], {})
        ]
        if any(self.ended_by_date(award) and self.date_end(award) < day for award in own):
            return "expired"
        for row in self.prior_learning:
            if (row["employee_id"], row["skill_id"]) == (person, skill) and day_of(row, "valid_to", LAST) < day:
                return "expired"
        if any(self.revoked_on(award) and self.revoked_on(award) <= day for award in own):
            return "revoked"
        for award in own:
            credential = self.credentials.get(award["credential_id"], {"demonstrates": "false", "issuer": ""})
            is_shown = credential.get("demonstrates", "") != "false" and self.is_valid(award, day)
            is_named = self.is_named_unrecognised(award, day)
            if is_shown and (is_named or self.tier(credential["issuer"], day) == "unrecognised"):
                return "issuer_not_recognised"
        return "missing"
