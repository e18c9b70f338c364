"""The sentences about so many people that nobody lists them: from sums over teams, skills and the whole alone."""

from datetime import date

import pandas as pd

from skilltrack.language import _, plural
from skilltrack.reports.answers import Answer, answer
from skilltrack.tables import percent


def lacking(totals: pd.DataFrame) -> Answer | None:
    """How many requirements are not met; `totals` is the answer of `totals`."""
    now = totals.iloc[0]
    required, count = int(now["required"]), int(now["required"] - now["met"])
    if not required:
        return None
    if not count:
        text = _("**{n} of {n} requirements** are met: there is no gap.", n=required)
        return answer(text, is_good=True, counts="met")
    text = plural(
        "**{n} of {required} requirements** is not met ({share}).",
        "**{n} of {required} requirements** are not met ({share}).",
        count,
        required=required,
        share=percent(count, required),
    )
    return answer(text, about="coverage", counts="unmet")


def largest(by_skill: pd.DataFrame) -> Answer | None:
    """The skill that most people lack; `by_skill` is the answer of `coverage_by_skill`."""
    lack = by_skill.assign(missing=by_skill["required"] - by_skill["met"])
    lack = lack[lack["missing"] > 0].sort_values(["missing", "skill_id"], ascending=[False, True])
    if lack.empty:
        return None
    first = lack.iloc[0]
    text = _(
        "**{skill}** is the largest gap: {missing} of {required} lack it.",
        skill=str(first["skill"]),
        missing=first["missing"],
        required=first["required"],
    )
    return answer(text, about="experts", where={"skill": str(first["skill_id"])}, counts="unmet")


def ready(totals: pd.DataFrame) -> Answer | None:
    """How many people are not ready for their own role."""
    now = totals.iloc[0]
    count, people = int(now["with_role"] - now["ready"]), int(now["with_role"])
    if not people:
        return None
    if not count:
        text = _("**{all} of {all} people** are ready for their role.", all=people)
        return answer(text, about="readiness", is_good=True, counts="ready")
    text = plural(
        "**{n} of {all} people** is not ready for their role.",
        "**{n} of {all} people** are not ready for their role.",
        count,
        all=people,
    )
    return answer(text, about="readiness", counts="waiting")


def least_ready(teams: pd.DataFrame) -> Answer | None:
    """The team with most people who are not ready; `teams` is the answer of `teams`. None if there is only one."""
    waiting = teams.assign(waiting=teams["with_role"] - teams["ready"])
    worst = waiting.sort_values(["waiting", "team"], ascending=[False, True]).iloc[:1]
    if len(teams) < 2 or not worst["waiting"].sum():
        return None
    first, named = worst.iloc[0], str(worst["team"].iloc[0])
    text = _(
        "**{team}** has the most who are not ready: {n} of {all}.",
        team=named or _("The group without a team"),
        n=first["waiting"],
        all=first["with_role"],
    )
    if not named:
        return answer(text)
    return answer(text, about="readiness", where={"team": named}, counts="waiting")


def fading(now: pd.DataFrame, then: pd.DataFrame, day: date) -> Answer | None:
    """How many requirements are met on a day to come if nothing is renewed; both are answers of `totals`."""
    before, after = now.iloc[0], then.iloc[0]
    if not before["required"] or not after["required"]:
        return None
    text = _(
        "**{met} of {required} requirements** are met on {day} if nothing is renewed ({share}). Now it is {was} of "
        "{of}.",
        met=after["met"],
        required=after["required"],
        day=day,
        share=percent(after["met"], after["required"]),
        was=before["met"],
        of=before["required"],
    )
    where = {"as_of": day.isoformat()}
    is_good = bool(after["met"] * before["required"] >= before["met"] * after["required"])
    return answer(text, about="coverage", where=where, is_good=is_good, counts="met_then")


def fading_most(now: pd.DataFrame, then: pd.DataFrame, day: date) -> Answer | None:
    """The skill that most people no longer show on a day to come; both are answers of `coverage_by_skill`."""
    both = now.merge(then, on=["skill_id", "skill"], suffixes=("", "_then"))
    both = both.assign(lost=both["met"] - both["met_then"]).sort_values(["lost", "skill_id"], ascending=[False, True])
    if both.empty or both["lost"].iloc[0] <= 0:
        return None
    first = both.iloc[0]
    text = _(
        "**{skill}** loses the most: {met} of {required} who need it have it on {day}, {was} do now.",
        skill=str(first["skill"]),
        met=first["met_then"],
        required=first["required_then"],
        day=day,
        was=first["met"],
    )
    where = {"skill": str(first["skill_id"]), "as_of": day.isoformat()}
    return answer(text, about="experts", where=where, counts="met_then")


def closest(people: pd.DataFrame, role: str) -> Answer | None:
    """Who is closest to a role that was asked about and not ready for it; `people` is the answer of `closest`."""
    waiting = people[~people["ready"].astype(bool)]
    if waiting.empty:
        return None
    first = waiting.iloc[0]
    text = _(
        "**{name}** is the closest who is not ready for this role yet: {met} of {required} requirements are met.",
        name=str(first["name"]),
        met=first["met"],
        required=first["requirements"],
    )
    where = {"employee": str(first["employee_id"]), "role": role}
    return answer(text, about="people", where=where, is_good=True, counts="met")
