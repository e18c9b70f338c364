"""Each report of the contract, computed by loops."""

from calendar import monthrange
from datetime import date
from decimal import Decimal

from tests.reference.company import LAST, Asked, Company, add_months, before, day_of, ended, holds
from tests.reference.evidence import STRENGTH, Evidence


def requirements(company: Company, asked: Asked, role: str, day: date) -> list[dict]:
    """The role's requirements on the day; of several for one skill the one that starts last."""
    chosen: dict[str, dict] = {}
    for row in sorted(company.rows("roles", asked), key=lambda row: row.get("valid_from", "")):
        if row["role_id"] == role and holds(row, day):
            chosen[row["skill_id"]] = row
    return list(chosen.values())


def is_exempt(company: Company, asked: Asked, person: str, skill: str, day: date) -> bool:
    rows = company.rows("exemptions", asked)
    return any((row["employee_id"], row["skill_id"]) == (person, skill) and holds(row, day) for row in rows)


def standings(
    company: Company,
    asked: Asked,
    day: date,
    roster_day: date | None = None,
    asked_role: str | None = None,
    without: str | None = None,
):
    """(person, row, role, requirement, level, exempt) for each active member in scope; `without` the awards of an issuer."""
    evidence = Evidence(company, asked, without)
    scope_role = None if asked_role is not None else asked.role
    for person, row in company.members(asked, day, roster_day, scope_role).items():
        role = asked_role if asked_role is not None else row.get("role_id", "")
        for requirement in requirements(company, asked, role, day):
            skill = requirement["skill_id"]
            level = evidence.level(person, skill, day, asked.assurance)
            yield person, row, role, requirement, level, is_exempt(company, asked, person, skill, day)


def skill_names(company: Company, asked: Asked) -> dict[str, str]:
    return {row["skill_id"]: row["name"] for row in company.rows("skills", asked)}


def ratio(part, whole):
    return None if not whole else float(part) / float(whole)


def coverage(company: Company, asked: Asked) -> list[tuple]:
    names, cells = skill_names(company, asked), {}
    for _, row, _, requirement, level, exempt in standings(company, asked, asked.as_of):
        cell = cells.setdefault((row.get("team", ""), requirement["skill_id"]), [0, 0])
        if not exempt:
            cell[0] += 1
            cell[1] += level >= int(requirement["required_level"])
    return [(t, s, names.get(s), n, m, ratio(m, n)) for (t, s), (n, m) in sorted(cells.items())]


def without_issuer(company: Company, asked: Asked) -> list[tuple]:
    """Coverage counted anew for each issuer, as if none of its awards were there."""
    evidence, members, rows = Evidence(company, asked), company.members(asked, asked.as_of, role=asked.role), []
    counting = [
        evidence.credentials[award["credential_id"]]["issuer"]
        for award in evidence.awards
        if award["employee_id"] in members
        and evidence.is_valid(award, asked.as_of)
        and evidence.award_strength(award, asked.as_of) <= STRENGTH[asked.assurance]
    ]

    def met(without: str | None = None) -> set[tuple]:
        return {
            (person, q["skill_id"])
            for person, _, _, q, level, exempt in standings(company, asked, asked.as_of, without=without)
            if not exempt and level >= int(q["required_level"])
        }

    required = sum(not exempt for *_, exempt in standings(company, asked, asked.as_of))
    for issuer in sorted(set(counting)):
        lost = met() - met(issuer)
        left = len(met()) - len(lost)
        rows.append(
            (issuer, counting.count(issuer), required, len(met()), len(lost), len({person for person, _ in lost}), left,
             ratio(len(met()), required), ratio(left, required))
        )  # fmt: skip
    return rows


def readiness(company: Company, asked: Asked) -> list[tuple]:
    asked_role = asked.role
    scoped = company.members(asked, asked.as_of, role=None)
    by_person = {}
    for person, _, _, requirement, level, exempt in standings(
        company, asked, asked.as_of, asked_role=asked_role or None
    ):
        if not exempt:
            by_person.setdefault(person, []).append((requirement, level))
    rows = []
    for person, row in sorted(scoped.items()):
        held = by_person.get(person, [])
        weights = [Decimal(q.get("weight") or "1") for q, _ in held]
        met = [level >= int(q["required_level"]) for q, level in held]
        whole = sum(weights, Decimal(0))
        got = sum((w for w, m in zip(weights, met, strict=True) if m), Decimal(0))
        part = sum(float(w) * min(1, lv / int(q["required_level"])) for w, (q, lv) in zip(weights, held, strict=True))
        critical = sum(q.get("critical") == "true" and not m for (q, _), m in zip(held, met, strict=True))
        ready = bool(whole) and critical == 0 and got >= Decimal("0.8") * whole
        rows.append(
            (person, row["name"], row.get("team", ""), (asked_role or row.get("role_id") or None), len(held), sum(met),
             ratio(got, whole), ratio(part, whole), critical, ready)
        )  # fmt: skip
    return rows


def closest(company: Company, asked: Asked) -> list[tuple]:
    """The first fifty of readiness for the asked role, with everybody's own role."""
    own = {person: row.get("role_id") or None for person, row in company.members(asked, asked.as_of, role=None).items()}
    measured = [row for row in readiness(company, asked) if asked.role and row[6] is not None]
    measured.sort(key=lambda row: (-row[6], -round(row[7], 9), row[8], row[0]))
    return [(*row[:3], own[row[0]], *row[4:]) for row in measured[:50]]


def gaps(company: Company, asked: Asked) -> list[tuple]:
    evidence, names, rows = Evidence(company, asked), skill_names(company, asked), []
    for person, row, role, q, level, exempt in standings(company, asked, asked.as_of, asked_role=asked.role):
        required = int(q["required_level"])
        if not exempt and level < required:
            reason = evidence.reason(person, q["skill_id"], asked.as_of, level)
            rows.append(
                (person, row["name"], row.get("team", ""), role, q["skill_id"], names.get(q["skill_id"]), required, level,
                 required - level, reason, q.get("critical") == "true")
            )  # fmt: skip
    return sorted(rows)


def gaps_since(company: Company, asked: Asked) -> list[tuple]:
    """Walked back to the last day on which it was shown, and to the last one of which another statement held."""
    evidence, rows = Evidence(company, asked), []
    changes = [day for day in evidence.changes_after(date.min) if day <= asked.as_of]
    for person, _row, role, q, level, exempt in standings(company, asked, asked.as_of, asked_role=asked.role):
        skill, required = q["skill_id"], int(q["required_level"])
        if exempt or level >= required:
            continue
        stated = [row for row in company.rows("roles", asked) if (row["role_id"], row["skill_id"]) == (role, skill)]
        starts = {day_of(row, "valid_from", date.min) for row in stated}
        starts |= {before(day_of(row, "valid_to", LAST), -1) for row in stated if row.get("valid_to")}
        begun = date.min
        for day in sorted(start for start in starts if date.min < start <= asked.as_of):
            was = [row for row in requirements(company, asked, role, before(day)) if row["skill_id"] == skill]
            now = [row for row in requirements(company, asked, role, day) if row["skill_id"] == skill]
            begun = day if was != now else begun
        lost = [day for day in changes if evidence.level(person, skill, before(day), asked.assurance) >= required]
        since = max([begun, *lost])
        rows.append((person, skill, None if since == date.min else since))
    return sorted(rows, key=lambda row: row[:2])


def _depths(company: Company, asked: Asked, evidence: Evidence, members: dict) -> dict[tuple, tuple]:
    """(team, skill) to how many of the members need it, the lowest level that one of their roles asks, and who can."""
    needs: dict[tuple, list[int]] = {}
    for person, row in members.items():
        for q in requirements(company, asked, row.get("role_id", ""), asked.as_of):
            need = needs.setdefault((row.get("team", ""), q["skill_id"]), [0, 10**9])
            need[0] += not is_exempt(company, asked, person, q["skill_id"], asked.as_of)
            need[1] = min(need[1], int(q["required_level"]))
    return {
        (team, skill): (
            needed,
            lowest,
            [
                person
                for person, row in members.items()
                if row.get("team", "") == team and evidence.level(person, skill, asked.as_of, asked.assurance) >= lowest
            ],
        )
        for (team, skill), (needed, lowest) in sorted(needs.items())
        if needed
    }


def depth(company: Company, asked: Asked) -> list[tuple]:
    evidence, names = Evidence(company, asked), skill_names(company, asked)
    members = company.members(asked, asked.as_of, role=asked.role)
    return [
        (team, skill, names.get(skill), needed, len(able), {0: "uncovered", 1: "single_point"}.get(len(able)))
        for (team, skill), (needed, _, able) in _depths(company, asked, evidence, members).items()
    ]


def leaving(company: Company, asked: Asked) -> list[tuple]:
    """Everybody taken out of their team in turn, and depth asked before and after."""
    evidence, names, rows = Evidence(company, asked), skill_names(company, asked), []
    members = company.members(asked, asked.as_of, role=asked.role)
    before = _depths(company, asked, evidence, members)
    for person, row in members.items():
        others = {other: of_other for other, of_other in members.items() if other != person}
        left: dict[int, list[tuple]] = {0: [], 1: []}
        for (team, skill), (_, lowest, able) in _depths(company, asked, evidence, others).items():
            can = evidence.level(person, skill, asked.as_of, asked.assurance) >= lowest
            if team == row.get("team", "") and can and len(able) < 2:
                assert {person, *able} <= set(before[team, skill][2])  # it was no single point of the same people
                left[len(able)].append((names.get(skill, skill), skill))
        lost, thin = (sorted(left[n]) for n in (0, 1))
        if lost or thin:
            told = (", ".join(name for name, _ in skills) for skills in (lost, thin))
            rows.append(
                (person, row["name"], row.get("team", ""), row.get("role_id") or None, len(lost), len(thin), *told)
            )
    return sorted(rows, key=lambda row: (-row[4], -row[5], row[0]))


def issued_by(company: Company, asked: Asked) -> list[tuple]:
    """For each level in `experts`, every piece of evidence looked through for who vouches for it."""
    evidence, day, strength, rows = Evidence(company, asked), asked.as_of, STRENGTH[asked.assurance], set()
    for person, _, _, _, skill, _, level, _, _ in experts(company, asked):
        for award in evidence.awards:
            credential = evidence.credentials[award["credential_id"]]
            reached = min(evidence.most(award), evidence.skills_of.get(award["credential_id"], {}).get(skill, 0))
            counts = evidence.is_valid(award, day) and evidence.award_strength(award, day) <= strength
            if award["employee_id"] == person and counts and reached >= level:
                is_named = evidence.is_named_unrecognised(award, day)
                rows.add((person, skill, "award", award["named_issuer"] if is_named else credential["issuer"]))
        for stack in evidence.stacks:
            if evidence.skills_of.get(stack, {}).get(skill, 0) >= level and evidence.holds_stack(
                person, stack, day, strength
            ):
                rows.add((person, skill, "stack", evidence.credentials[stack]["issuer"]))
        for source, weakest, kept in (
            ("prior_learning", 2, evidence.prior_learning),
            ("self_rating", 3, evidence.self_ratings),
        ):
            for row in kept:
                is_it = (row["employee_id"], row["skill_id"]) == (person, skill) and holds(row, day)
                if strength >= weakest and is_it and int(row["level"]) >= level:
                    rows.add((person, skill, source, row.get("assessor")))
    return sorted(rows, key=lambda row: (*row[:3], row[3] or ""))


def experts(company: Company, asked: Asked) -> list[tuple]:
    """Everybody's highest level of each skill, walked from change to change until it is not reached any more."""
    evidence, names, day = Evidence(company, asked), skill_names(company, asked), asked.as_of
    changes = evidence.changes_after(day)
    rows = []
    for person, row in company.members(asked, day, role=asked.role).items():
        for skill in {skill for levels in evidence.skills_of.values() for skill in levels} | set(names):
            level = evidence.level(person, skill, day, asked.assurance)
            if not level:
                continue
            dropped = next((d for d in changes if evidence.level(person, skill, d, asked.assurance) < level), None)
            strongest = next(word for word in STRENGTH if evidence.level(person, skill, day, word) >= level)
            rows.append(
                (person, row["name"], row.get("team", ""), row.get("role_id") or None, skill, names.get(skill), level,
                 before(dropped) if dropped else None, strongest)
            )  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], row[4]))


def renewals(company: Company, asked: Asked) -> list[tuple]:
    evidence, day, rows = Evidence(company, asked), asked.as_of, []
    for person, row in company.members(asked, day, role=asked.role).items():
        own = [award for award in evidence.awards if award["employee_id"] == person]
        for award in own:
            end = evidence.valid_to(award)
            if end == LAST:
                continue
            issued = date.fromisoformat(award["issued_on"])
            lapsed = evidence.ended_by_date(award) and before(day, 90) <= end < day and issued <= end
            if not (evidence.is_valid(award, day) or lapsed):
                continue
            if any(_renews(evidence, other, award, day) for other in own if other is not award):
                continue
            days = (end - day).days
            bucket = (
                "expired"
                if days < 0
                else next((b for n, b in ((30, "0-30"), (60, "31-60"), (90, "61-90")) if days <= n), "later")
            )
            name = evidence.credentials.get(award["credential_id"], {}).get("name", award["credential_id"])
            rows.append((person, row["name"], row.get("team", ""), award["credential_id"], name, end, days, bucket))
    return sorted(rows)


def _renews(evidence: Evidence, other: dict, award: dict, day: date) -> bool:
    if other["credential_id"] != award["credential_id"] or date.fromisoformat(other["issued_on"]) > day:
        return False
    if evidence.revoked_on(other) and evidence.revoked_on(other) <= day:
        return False
    return evidence.valid_to(other) > evidence.valid_to(award)


def _totals(company: Company, asked: Asked, day: date, roster_day: date) -> tuple:
    required = met = 0
    for _, _, _, q, level, exempt in standings(company, asked, day, roster_day):
        required += not exempt
        met += not exempt and level >= int(q["required_level"])
    return day, required, met, ratio(met, required)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def trend(company: Company, asked: Asked) -> list[tuple]:
    last = asked.as_of if asked.as_of == _month_end(asked.as_of) else before(asked.as_of.replace(day=1))
    ends = [_month_end(add_months(last.replace(day=1), -back)) for back in range(asked.months)]
    return [_totals(company, asked, day, day) for day in sorted(ends) if day.year >= 1900]


def forecast(company: Company, asked: Asked) -> list[tuple]:
    first = _month_end(asked.as_of)
    start = 1 if first == asked.as_of else 0
    ends = [_month_end(add_months(asked.as_of.replace(day=1), start + n)) for n in range(asked.months)]
    return [_totals(company, asked, day, asked.as_of) for day in ends if day.year <= 2999]


def spend(company: Company, asked: Asked) -> list[tuple]:
    evidence = Evidence(company, asked)
    start, end = asked.paid_from or date.min, asked.paid_to or asked.as_of
    is_whole = asked.manager is None and asked.team is None and asked.role is None
    listed = company.listed(asked, asked.as_of, asked.as_of, asked.role)
    lines = [
        line
        for line in company.rows("spend", asked)
        if start <= date.fromisoformat(line["paid_on"]) <= end and (is_whole or line.get("employee_id") in listed)
    ]
    issued = [
        award
        for award in evidence.awards
        if start <= date.fromisoformat(award["issued_on"]) <= end and (is_whole or award["employee_id"] in listed)
    ]
    rows = []
    for credential, source, currency in sorted(
        {(x["credential_id"], x["funding_source"], x["currency"]) for x in lines}
    ):
        same_currency = [x for x in lines if (x["credential_id"], x["currency"]) == (credential, currency)]
        own = [x for x in same_currency if x["funding_source"] == source]
        awards = [award for award in issued if award["credential_id"] == credential]
        gains = 0
        for award in awards:
            issued_on = date.fromisoformat(award["issued_on"])
            is_valid = evidence.is_valid(award, issued_on)
            if not is_valid or evidence.award_strength(award, issued_on) > STRENGTH[asked.assurance]:
                continue
            eve = before(issued_on)
            for skill, level in evidence.skills_of.get(credential, {}).items():
                level = min(level, evidence.most(award))
                gains += level > evidence.level(award["employee_id"], skill, eve, asked.assurance)
        whole = sum(Decimal(x["amount"]) for x in same_currency)
        nothing_yet = sum((Decimal(x["amount"]) for x in own if is_unconverted(evidence, x, asked.as_of)), Decimal(0))
        described = evidence.credentials.get(credential, {"demonstrates": "false"})
        is_seat_time = described.get("demonstrates") == "false" or not evidence.skills_of.get(credential)
        amount = sum(Decimal(x["amount"]) for x in own)
        name = described.get("name", credential)
        rows.append(
            (credential, name, source, currency, amount, len(own), len(awards), gains, ratio(whole, len(awards)),
             ratio(whole, gains), nothing_yet, amount if is_seat_time else Decimal(0))
        )  # fmt: skip
    return rows


def is_unconverted(evidence: Evidence, line: dict, as_of: date) -> bool:
    if not line.get("employee_id"):
        return False
    earliest = before(date.fromisoformat(line["paid_on"]), 180)
    return not any(
        award["employee_id"] == line["employee_id"]
        and award["credential_id"] == line["credential_id"]
        and earliest <= date.fromisoformat(award["issued_on"]) <= as_of
        for award in evidence.awards
    )


def counted_levels(company: Company, asked: Asked) -> dict[str, int]:
    """What a transcript must add up to: the level of each skill that the person demonstrates on the day."""
    evidence = Evidence(company, asked)
    skills = {row["skill_id"] for row in company.rows("skills", asked)}
    found = {skill: evidence.level(asked.employee, skill, asked.as_of, asked.assurance) for skill in skills}
    return {skill: level for skill, level in found.items() if level}


def transcript_of_plain_evidence(company: Company, asked: Asked) -> list[tuple]:
    """The transcript's lines that are no stacks."""
    evidence, names, day = Evidence(company, asked), skill_names(company, asked), asked.as_of
    words, rows = {1: "verified", 2: "attested", 3: "claimed"}, []
    strength = STRENGTH[asked.assurance]
    for award in evidence.awards:
        issued = date.fromisoformat(award["issued_on"])
        if award["employee_id"] != asked.employee or issued > day:
            continue
        credential = evidence.credentials[award["credential_id"]]
        reading, end = evidence.award_strength(award, day), evidence.valid_to(award)
        issuer = award["named_issuer"] if evidence.is_named_unrecognised(award, day) else credential["issuer"]
        for skill, level in evidence.skills_of.get(award["credential_id"], {None: None}).items():
            level = skill and min(level, evidence.most(award))
            counts = bool(level) and reading <= strength and evidence.is_valid(award, day)
            rows.append(
                ("award", award["credential_id"], credential["name"], issuer, skill, names.get(skill), level,
                 issued, None if end == LAST else end, words[reading], counts)
            )  # fmt: skip
    for source, reading, kept in (
        ("prior_learning", 2, evidence.prior_learning),
        ("self_rating", 3, evidence.self_ratings),
    ):
        for row in kept:
            start = date.fromisoformat(row["valid_from"])
            if row["employee_id"] != asked.employee or start > day:
                continue
            end = ended(day_of(row, "valid_to", LAST)) or LAST
            rows.append(
                (source, None, None, row.get("assessor"), row["skill_id"], names.get(row["skill_id"]), int(row["level"]), start,
                 None if end == LAST else end, words[reading], reading <= strength and day <= end)
            )  # fmt: skip
    return sorted(rows, key=str)


def changes(company: Company, asked: Asked) -> list[tuple]:
    """Every requirement that is another one or met otherwise on the second day, with its cause, told from day to day."""
    last = asked.paid_to or asked.as_of
    first = asked.paid_from or max(date(1900, 1, 1), before(last, 365))
    if first == last:
        return []
    evidence, names = Evidence(company, asked), skill_names(company, asked)
    asked_on: dict[date, dict[tuple[str, str], tuple]] = {}
    for day in (first, last):
        asked_on[day] = {
            (person, q["skill_id"]): (
                level,
                int(q["required_level"]),
                None if exempt else level >= int(q["required_level"]),
            )
            for person, _, _, q, level, exempt in standings(company, asked, day)
        }
    active = {day: company.members(Asked(day, asked.known_at), day) for day in (first, last)}
    members = {day: company.members(asked, day, role=asked.role) for day in (first, last)}
    rows = []
    for person, skill in sorted({*asked_on[first], *asked_on[last]}):
        (level_then, _, was), (_, required, met) = (
            asked_on[day].get((person, skill), (None, None, None)) for day in (first, last)
        )
        if was == met:
            continue
        roles = [active[day].get(person, {}).get("role_id", "") for day in (first, last)]
        if person not in active[first]:
            cause = "joined"
        elif person not in active[last]:
            cause = "left"
        elif not all(person in members[day] for day in (first, last)) and (asked.role is None or roles[0] == roles[1]):
            cause = "moved"
        elif was is not None and met is not None and (level_then >= required) != met:
            cause = _cause_in_evidence(evidence, person, skill, required, first, last, STRENGTH[asked.assurance])
        else:
            cause = "role_changed" if roles[0] != roles[1] else "requirement_changed"
        row = members[last].get(person) or members[first][person]
        rows.append((person, row["name"], row.get("team", ""), skill, names.get(skill), was, met, cause))
    return rows


def movement(company: Company, asked: Asked) -> list[tuple]:
    """What became of each requirement that is not set aside, between the first and the last day."""
    last = asked.paid_to or asked.as_of
    first = asked.paid_from or max(date(1900, 1, 1), before(last, 365))
    then, now = (
        {
            (p, q["skill_id"]): level >= int(q["required_level"])
            for p, _, _, q, level, exempt in standings(company, asked, day)
            if not exempt
        }
        for day in (first, last)
    )
    then = {} if first == last else then
    sums: dict[str, list[int]] = {}
    for key in {*then, *now}:
        was, met = then.get(key), now.get(key)
        kind = {
            (None, True): "come",
            (None, False): "come",
            (True, None): "gone",
            (False, None): "gone",
            (False, True): "demonstrated",
            (True, False): "lapsed",
        }.get((was, met), "stayed")
        counted = sums.setdefault(kind, [0, 0])
        counted[0] += 1
        counted[1] += bool(was if met is None else met)
    return [(kind, *counted) for kind, counted in sorted(sums.items())]


def _cause_in_evidence(
    evidence: Evidence, person: str, skill: str, required: int, first: date, last: date, strength: int
) -> str:
    word = next(word for word, number in STRENGTH.items() if number == strength)
    turns = [first, *(day for day in evidence.changes_after(first) if day <= last)]
    credentials = [c for c, levels in evidence.skills_of.items() if levels.get(skill, 0) >= required]

    def counts(credential: str, day: date, under: int) -> dict[str, bool]:
        awards = [a for a in evidence.awards if (a["employee_id"], a["credential_id"]) == (person, credential)]
        return {
            "award": any(evidence.is_valid(a, day) and evidence.award_strength(a, day) <= under for a in awards),
            "stack": evidence.holds_stack(person, credential, day, under),
        }

    if evidence.level(person, skill, last, word) >= required:
        shown = [(c, how) for c in credentials for how in ("award", "stack") if counts(c, last, strength)[how]]
        plain = evidence.prior_learning if strength >= 2 else []
        plain = [*plain, *(evidence.self_ratings if strength >= 3 else [])]
        is_plain = any(
            (row["employee_id"], row["skill_id"]) == (person, skill)
            and int(row["level"]) >= required
            and holds(row, last)
            for row in plain
        )
        for credential, how in shown:
            since = last
            for day in reversed(turns):
                if not counts(credential, day, strength)[how]:
                    break
                since = day
            through = [day for day in turns if day <= since] + [since]
            if not any(all(counts(credential, day, s)[how] for day in through) for s in range(strength + 1, 4)):
                return "gained"
        return "gained" if is_plain or not shown else "policy_changed"
    lost = min(
        day
        for n, day in enumerate(turns)
        if n and all(evidence.level(person, skill, later, word) < required for later in turns[n:])
    )
    eve, causes = before(lost), set()
    for credential in credentials:
        for how in ("award", "stack"):
            if not counts(credential, eve, strength)[how] or counts(credential, lost, strength)[how]:
                continue
            parts = _parts(evidence, credential) if how == "stack" else {credential}
            if any(
                a["employee_id"] == person
                and a["credential_id"] in parts
                and evidence.revoked_on(a) == lost
                and not evidence.ended_by_date(a)
                for a in evidence.awards
            ):
                causes.add("revoked")
            if any(
                counts(credential, eve, s)[how] and counts(credential, lost, s)[how] for s in range(strength + 1, 4)
            ):
                causes.add("policy_changed")
    return next((cause for cause in ("revoked", "policy_changed") if cause in causes), "lapsed")


def _parts(evidence: Evidence, stack: str) -> set[str]:
    found = set(evidence.stacks.get(stack, (set(), 0))[0])
    return found | {part for component in found for part in _parts(evidence, component)}


def staffing(company: Company, asked: Asked) -> list[tuple]:
    return _seats(company, asked, asked.as_of, asked.as_of)


def staffing_ahead(company: Company, asked: Asked) -> list[tuple]:
    """Seats at each month's end to come, with the people of the asked day."""
    ends = [row[0] for row in forecast(company, asked)]
    return [(end, *row) for end in ends for row in _seats(company, asked, end, asked.as_of)]


def _seats(company: Company, asked: Asked, day: date, roster_day: date) -> list[tuple]:
    """Seats filled by trying every way in which the members can be seated."""
    evidence, names = Evidence(company, asked), skill_names(company, asked)
    members = company.members(asked, day, roster_day, asked.role)
    targets: dict[tuple, dict] = {}
    for row in sorted(company.rows("targets", asked), key=lambda row: row.get("valid_from", "")):
        if holds(row, day):
            targets[row["team"], row["skill_id"], int(row["level"])] = row
    is_whole = asked.manager is None and asked.team is None and asked.role is None
    rows = []
    for team in sorted({key[0] for key in targets}):
        people = [person for person, row in members.items() if row.get("team", "") == team]
        if not (is_whole or people or asked.team == team):
            continue
        of_team = sorted(key for key in targets if key[0] == team)
        able = [
            [p for p in people if evidence.level(p, skill, day, asked.assurance) >= level]
            for _, skill, level in of_team
        ]
        ways = {(0,) * len(of_team)}
        for person in people:
            ways |= {
                (*way[:n], way[n] + 1, *way[n + 1 :])
                for way in ways
                for n, key in enumerate(of_team)
                if person in able[n] and way[n] < int(targets[key]["headcount"])
            }
        filled = max(ways, key=lambda way: (sum(way), way))
        for key, seats in zip(of_team, filled, strict=True):
            headcount = int(targets[key]["headcount"])
            rows.append((team, key[1], names.get(key[1]), key[2], headcount, seats, headcount - seats))
    return rows


def _would_count(evidence: Evidence, credential: str, day: date, strength: int) -> bool:
    if (described := evidence.credentials.get(credential)) is None:
        return False
    tier = evidence.tier(described["issuer"], day)
    is_shown = described.get("demonstrates") != "false"
    return {1: tier == "trusted" and is_shown, 2: tier != "unrecognised" and is_shown, 3: True}[strength]


def next_learning(company: Company, asked: Asked) -> list[tuple]:
    evidence, names, day = Evidence(company, asked), skill_names(company, asked), asked.as_of
    strength, unmet = STRENGTH[asked.assurance], {}
    for person, row, role, q, level, exempt in standings(company, asked, day, asked_role=asked.role):
        if not exempt and level < int(q["required_level"]):
            unmet.setdefault((person, row["name"], role), []).append((q["skill_id"], int(q["required_level"])))
    rows = []
    for (person, name, role), missing in sorted(unmet.items()):
        found = []
        for credential, described in evidence.credentials.items():
            tier = evidence.tier(described["issuer"], day)
            counts = {1: tier == "trusted", 2: tier != "unrecognised", 3: True}[strength]
            closed = [
                (names.get(s, s), s, n) for s, n in missing if evidence.skills_of.get(credential, {}).get(s, 0) >= n
            ]
            if not closed or not counts or described.get("demonstrates") == "false":
                continue
            why = "; ".join(f"{skill} level {level}" for skill, _, level in sorted(closed))
            if credential in evidence.stacks:
                parts, needed = evidence.stacks[credential]
                lacking = [p for p in parts if not evidence.holds_credential(person, p, day, strength)]
                if needed - (len(parts) - len(lacking)) != 1:
                    continue
                lacking = [p for p in lacking if p in evidence.stacks or _would_count(evidence, p, day, strength)]
                if not lacking:
                    continue
                called = sorted(evidence.credentials.get(p, {}).get("name", p) for p in lacking)
                why += f"; still to earn: {' or '.join(called)}"
            price = Decimal(described["list_price"]) if described.get("list_price") else None
            found.append(
                (person, name, role, credential, described["name"], len(closed), price, described.get("currency"), why)
            )
        rows += sorted(found, key=lambda row: (-row[5], row[6] is None, row[6] or 0, row[3]))
    return rows


REPORTS = {
    "coverage": coverage, "readiness": readiness, "closest": closest, "gaps": gaps,
    "gaps_since": gaps_since, "depth": depth,
    "renewals": renewals, "trend": trend, "forecast": forecast, "spend": spend, "experts": experts, "changes": changes,
    "staffing": staffing, "next_learning": next_learning, "without_issuer": without_issuer,
    "leaving": leaving, "issued_by": issued_by, "staffing_ahead": staffing_ahead, "movement": movement,
}  # fmt: skip
