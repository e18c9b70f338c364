"""Answers about people reshaped for the screen: gaps and what closes them, who is ready, who can do what. Pure."""

from typing import Any

import pandas as pd

from skilltrack import tables
from skilltrack.language import _, money, number, plural, texts

STILL_TO_EARN = "still to earn: "
"""How `next_learning` begins to say which component of a stack is missing."""


def people_lacking(gaps: pd.DataFrame, readiness: pd.DataFrame) -> tuple[int, int]:
    """How many people have a gap, of those who have requirements."""
    return int(gaps["employee_id"].nunique()), int((readiness["requirements"] > 0).sum())


def each_gap(
    gaps: pd.DataFrame,
    closing: pd.DataFrame,
    names: pd.DataFrame,
    since: pd.DataFrame,
    skill: str | None = None,
    role: str | None = None,
    reason: str | None = None,
) -> pd.DataFrame:
    """Every gap with role, reason and what closes it, in words, and since when: critical and largest gaps first.

    `since` is the answer of `gaps_since`; `skill`, `role` and `reason` are filters: None means any.
    """
    gaps = gaps[is_any(gaps, skill_id=skill, role_id=role, reason=reason)]
    shown_by = closers(closing)
    gaps = gaps.merge(since, on=["employee_id", "skill_id"], how="left")
    worded = tables.with_roles(tables.with_reasons(gaps), names)
    pairs = zip(gaps["skill_id"], gaps["required_level"], strict=True)
    worded["closed_by"] = [closed_by(shown_by.get(skill, []), level) or none_closes() for skill, level in pairs]
    return worded.sort_values(["critical", "gap", "name", "skill_id"], ascending=[False, False, True, True])


def missing(gaps: pd.DataFrame) -> pd.DataFrame:
    """What one person lacks, with the reason in words: critical and largest gaps first."""
    return tables.with_reasons(gaps).sort_values(["critical", "gap", "skill_id"], ascending=[False, False, True])


def is_any(rows: pd.DataFrame, **asked: str | None) -> "pd.Series[bool]":
    """For each row whether it has the values asked for in their columns; None asks for any."""
    is_it = pd.Series(True, index=rows.index)
    for name, value in asked.items():
        is_it &= True if value is None else rows[name].eq(value).fillna(False).astype(bool)
    return is_it


def gaps_by_skill(gaps: pd.DataFrame, totals: pd.DataFrame, closing: pd.DataFrame) -> pd.DataFrame:
    """Per skill: how many of those who need it lack it, why, and the cheapest credential that closes every gap."""
    needed, shown_by = totals.set_index("skill_id")["required"], closers(closing)
    rows = []
    for (skill_id, skill), part in gaps.groupby(["skill_id", "skill"], dropna=False):
        credential = closed_by(shown_by.get(skill_id, []), int(part["required_level"].max()))
        rows.append({
            "skill_id": skill_id, "skill": skill, "missing": len(part), "required": int(needed.get(skill_id, 0)),
            "critical_missing": int(part["critical"].sum()), "reasons": _reasons(part),
            "closed_by": credential or none_closes(), "is_closable": credential is not None,
        })  # fmt: skip
    columns = ["skill_id", "skill", "missing", "required", "critical_missing", "reasons", "closed_by", "is_closable"]
    return pd.DataFrame(rows, columns=columns).sort_values(["missing", "skill_id"], ascending=[False, True])


def gaps_by_team(gaps: pd.DataFrame, readiness: pd.DataFrame) -> pd.DataFrame:
    """Per team: how many requirements are not met, of how many people, why, and the skills most lacking."""
    return _gaps_by("team", gaps, readiness)


def gaps_by_role(gaps: pd.DataFrame, readiness: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The same per role, by name."""
    return tables.with_roles(_gaps_by("role_id", gaps, readiness), names)


def _gaps_by(by: str, gaps: pd.DataFrame, readiness: pd.DataFrame) -> pd.DataFrame:
    needed = readiness.groupby(by)["requirements"].sum()
    rows = []
    for key, part in gaps.groupby(by, dropna=False):
        skills = part["skill"].value_counts(sort=True).head(tables.NAMED)
        rows.append(
            {
                by: key,
                "missing": len(part),
                "required": int(needed.get(key, 0)),
                "critical_missing": int(part["critical"].sum()),
                "people": part["employee_id"].nunique(),
                "reasons": _reasons(part),
                "most_often": ", ".join(f"{skill} ({number(count)})" for skill, count in skills.items()),
            }
        )
    columns = [by, "missing", "required", "critical_missing", "people", "reasons", "most_often"]
    return pd.DataFrame(rows, columns=columns).sort_values(["missing", by], ascending=[False, True])


def _reasons(gaps: pd.DataFrame) -> str:
    """The reasons in words, each with its count; the commonest first."""
    counts = gaps["reason"].value_counts()
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    words = texts(tables.WHY)
    return ", ".join(f"{words[str(reason)]}: {number(count)}" for reason, count in order)


def closers(closing: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    """Per skill, the credentials that show it, as (level, credential with issuer and price); the cheapest first."""
    credentials: dict[str, list[tuple[int, str]]] = {}
    for row in closing.to_dict("records"):
        named = ", ".join(filter(None, [row["credential"], row["issuer"], price(row["list_price"], row["currency"])]))
        credentials.setdefault(row["skill_id"], []).append((int(row["level"]), named))
    return credentials


def closed_by(shown_by: list[tuple[int, str]], level: int) -> str | None:
    """The first credential that reaches a level, if there is one."""
    return next((named for reached, named in shown_by if reached >= level), None)


def none_closes() -> str:
    """The text shown if no credential closes a gap."""
    return _("None in the catalogue")


def price(amount: Any, currency: Any) -> str:
    """An amount of money as text; empty where there is none."""
    return "" if pd.isna(amount) else money(amount, "" if pd.isna(currency) else currency)


def thin_skills(depth: pd.DataFrame) -> pd.DataFrame:
    """Team skills that nobody or one person can show: nobody first, then the most needed."""
    listed = depth[depth["status"].notna()]
    listed = listed.assign(who=listed["status"].map(texts(tables.STATUSES)))
    return listed.sort_values(["depth", "needed", "team", "skill_id"], ascending=[True, False, True, True])


def thinnest_teams(teams: pd.DataFrame, listed: pd.DataFrame) -> list[str]:
    """The teams, those that lack most first and those that everybody has left last; empty for people without one."""
    lacking = teams.assign(missing=teams["required"] - teams["met"])
    active = lacking.sort_values(["missing", "team"], ascending=[False, True])["team"].fillna("").tolist()
    return [*active, *sorted(set(listed["team"].fillna("")) - set(active))]


def of_team(standings: pd.DataFrame, names: pd.DataFrame, gaps: pd.DataFrame, team: str) -> pd.DataFrame:
    """The people of a team who need a skill, with `state` and the reason (`why`) in words; those who lack it first."""
    on = ["employee_id", "skill_id"]
    people = tables.with_roles(
        standings[standings["team"] == team].merge(gaps[[*on, "reason"]], on=on, how="left"), names
    )
    people["why"] = people["reason"].map(texts(tables.WHY))
    words = [_("Missing, critical"), _("Missing"), _("Has it"), _("Exempt")]
    order = people.assign(
        rank=[
            3 if exempt else 2 if met else 0 if critical else 1
            for met, critical, exempt in zip(people["is_met"], people["is_critical"], people["is_exempt"], strict=True)
        ]
    )
    people["state"] = [words[rank] for rank in order["rank"]]
    return people.loc[order.sort_values(["rank", "level", "name"]).index]


def not_ready(readiness: pd.DataFrame, gaps: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """People with requirements who are not ready, the closest first: how many they miss, and which (`remains`)."""
    measured = readiness[(readiness["requirements"] > 0) & ~readiness["ready"].astype(bool)]
    people = tables.with_roles(tables.most_ready(measured), names)
    remains = remaining(gaps)
    return people.assign(
        missing=people["requirements"] - people["met"],
        remains=[remains.get(person, "") for person in people["employee_id"]],
    )


def remaining(gaps: pd.DataFrame) -> dict[str, str]:
    """What each person lacks, in words: critical and smallest gaps first, at most `tables.NAMED` of them."""
    order = gaps.sort_values(["employee_id", "critical", "gap", "skill_id"], ascending=[True, False, True, True])
    listed: dict[str, list[str]] = {}
    rows = zip(*(order[name] for name in ("employee_id", "skill", "level", "required_level")), strict=True)
    for person, skill, level, required in rows:
        if level:
            text = _("{skill} level {required} (has {level})", skill=skill, required=required, level=level)
        else:
            text = _("{skill} level {required} (nothing yet)", skill=skill, required=required)
        listed.setdefault(person, []).append(text)
    return {person: _some(skills) for person, skills in listed.items()}


def _some(skills: list[str]) -> str:
    """The first of some texts, and how many more there are."""
    some, more = ", ".join(skills[: tables.NAMED]), len(skills) - tables.NAMED
    return plural("{some} and {n} more", "{some} and {n} more", more, some=some) if more > 0 else some


def closest(people: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The people closest to a role, with how many requirements of it each misses and their own role in words."""
    return tables.with_roles(people.assign(missing=people["requirements"] - people["met"]), names)


def ready_people(readiness: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """People who are ready, by name."""
    return tables.with_roles(readiness[readiness["ready"].astype(bool)].sort_values(["name", "employee_id"]), names)


def without_requirements(readiness: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """People whose role, or the role asked about, has no requirements, by name."""
    return tables.with_roles(readiness[readiness["requirements"] == 0].sort_values(["name", "employee_id"]), names)


def able(experts: pd.DataFrame, names: pd.DataFrame, issuers: pd.DataFrame, level: int) -> pd.DataFrame:
    """People with at least this level, in words, with whoever vouches for it: the highest level first.

    Of equals those come first who keep it longest; `issuers` is the answer of `issued_by`.
    """
    rows = tables.with_roles(experts[experts["level"] >= level], names)
    rows["assurance"] = rows["assurance"].map(texts(tables.ASSURANCES))
    own = _("Own rating")
    words: dict[tuple[str, str], list[str]] = {}
    for person, skill, issuer in zip(issuers["employee_id"], issuers["skill_id"], issuers["issuer"], strict=True):
        words.setdefault((person, skill), []).append(own if pd.isna(issuer) else issuer)
    pairs = zip(rows["employee_id"], rows["skill_id"], strict=True)
    rows["issued_by"] = [", ".join(dict.fromkeys(words.get(pair, []))) for pair in pairs]
    return rows.sort_values(["level", "valid_to", "name"], ascending=[False, False, True], na_position="first")


def highest_level(experts: pd.DataFrame) -> int:
    """The highest level that anybody has; 0 if nobody has one."""
    return 0 if experts.empty else int(experts["level"].max())


def rarest(coverage: pd.DataFrame) -> pd.DataFrame:
    """Skills, those that fewest people meet first."""
    return coverage.sort_values(["met", "required", "skill_id"], ascending=[True, False, True])


def directory(people: pd.DataFrame, readiness: pd.DataFrame, text: str) -> pd.DataFrame:
    """Active people whose name, id, role, team or place contains every word, with their requirements, by name."""
    active = people[people["is_active"].astype(bool)]
    searched = tables.with_words(active[["name", "employee_id", "role_name", "team", "location"]], text)
    matches = active.loc[searched.index]
    counts = readiness[["employee_id", "met", "requirements"]]
    return matches.merge(counts, on="employee_id", how="left").sort_values(["name", "employee_id"])


def people_called(choices: pd.DataFrame) -> pd.DataFrame:
    """The people among what matches a search: name and employee_id, by name."""
    people = choices[choices["kind"] == "person"]
    return pd.DataFrame({"name": people["label"], "employee_id": people["value"]}).reset_index(drop=True)


def skills_called(choices: pd.DataFrame, text: str) -> list[tuple[str, str]]:
    """The first skills whose name contains every word of a text, as (id, name); none for an empty text."""
    words = text.casefold().split()
    skills = choices[choices["kind"] == "skill"]
    rows = zip(skills["value"], skills["label"], strict=True)
    matches = [(value, label) for value, label in rows if words and all(word in label.casefold() for word in words)]
    return matches[: tables.NAMED]


def causes(changes: pd.DataFrame) -> pd.DataFrame:
    """Per cause how many requirements are met and how many asked, more (+) or fewer (-) than on the first day.

    Added up they are the difference of coverage between both days. The causes with the greatest effect come first.
    """
    rows, words = [], texts(tables.CAUSES)
    for cause, part in changes.groupby("cause"):
        now, then = (part[column].astype("boolean") for column in ("is_met", "was_met"))
        rows.append(
            {
                "cause": cause,
                "why": words[str(cause)],
                "people": part["employee_id"].nunique(),
                "met": int(now.fillna(False).sum() - then.fillna(False).sum()),
                "required": int(now.notna().sum() - then.notna().sum()),
                "requirements": len(part),
            }
        )
    frame = pd.DataFrame(rows, columns=["cause", "why", "people", "met", "required", "requirements"])
    return frame.sort_values(
        ["met", "cause"], key=lambda column: column.abs() if column.name == "met" else column, ascending=[False, True]
    )


def each_change(changes: pd.DataFrame, cause: str | None = None) -> pd.DataFrame:
    """Every change in words, of one cause if it is given: what is met no longer first."""
    rows = changes[is_any(changes, cause=cause)]
    words = {True: _("Met"), False: _("Not met")}
    was, now = (rows[column].map(words).fillna(_("Not required")) for column in ("was_met", "is_met"))
    order = 2 * (now == words[True]) + (was != words[True])
    rows = rows.assign(was=was, now=now, why=rows["cause"].map(texts(tables.CAUSES)), order=order)
    return rows.sort_values(["order", "name", "skill_id"])


def moved(requirements: pd.DataFrame, team: str | None) -> pd.DataFrame:
    """What an upload would change, of one team if it is given, in words: what is met no longer first."""
    rows = requirements if team is None else requirements[requirements["team"] == team]
    words = {1.0: _("Met"), 0.0: _("Not met")}
    was, now = (rows[name].map(words).fillna(_("Not required")) for name in ("was_met", "is_met"))
    rows = rows.assign(was=was, now=now, rank=rows["is_met"].fillna(0) - rows["was_met"].fillna(0))
    return rows.sort_values(["rank", "name", "skill"])


def leavers(leaving: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """People whose team would lose a skill with them, or keep it with one person only, with roles in words."""
    return tables.with_roles(leaving, names)


def seats(staffing: pd.DataFrame) -> pd.DataFrame:
    """Targets, those with most empty seats first."""
    return staffing.sort_values(["short", "team", "skill_id", "level"], ascending=[False, True, True, True])


def seated(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Who fills which seat, with roles in words; before them who is nearest to a seat that stays empty."""
    people = tables.with_roles(places, names)
    people["sits"] = people["place"].map({"seated": _("Fills a seat"), "nearest": _("Would have to learn")})
    return people.sort_values(["place", "team", "skill_id", "level", "has_level"], kind="stable")


def next_short(now: pd.DataFrame, ahead: pd.DataFrame) -> pd.DataFrame:
    """Targets that are filled now and fall short at a coming month's end: the first one of each, soonest first."""
    of = ["team", "skill_id", "level"]
    short = ahead[ahead["short"] > 0].sort_values("day", kind="stable").drop_duplicates(of)
    filled = now.loc[now["short"] == 0, of]
    return short.merge(filled, on=of).sort_values(["day", *of])


def learning(suggestions: pd.DataFrame) -> pd.DataFrame:
    """Credentials worth learning for, with their prices in words; empty where the catalogue states none."""
    prices = zip(suggestions["list_price"], suggestions["currency"], strict=True)
    return suggestions.assign(
        price=[price(amount, currency) for amount, currency in prices], why=suggestions["why"].map(would_show)
    )


def would_show(why: str) -> str:
    """The column `why` of `next_learning`, which is English, in words: skills with levels, then what is lacking."""
    parts = []
    for part in why.split("; "):
        skill, _level, level = part.rpartition(" level ")
        if level.isdecimal() and skill:
            parts.append(_("{skill} level {level}", skill=skill, level=level))
        elif part.startswith(STILL_TO_EARN):
            parts.append(_("still to earn: {credentials}", credentials=part.removeprefix(STILL_TO_EARN)))
        else:
            parts.append(part)
    return "; ".join(parts)
