"""The sentences about one person, and those above the directory: what lapses, what is missing, what would close it."""

from datetime import date

import pandas as pd

from skilltrack.language import _, plural
from skilltrack.people_tables import price
from skilltrack.person_tables import ending_by
from skilltrack.reports.answers import PATIENCE, Answer, answer
from skilltrack.tables import NAMED


def lapsing(transcript: pd.DataFrame, levels: pd.DataFrame, as_of: date) -> Answer | None:
    """The skill whose evidence ends first, whether the role needs it, and how many more end within 90 days.

    `levels` is the answer of `requirements_met` about the person. None where nothing counts.
    """
    soon, later = ending_by(transcript, as_of + PATIENCE)
    numbers = {"n": len(soon), "all": len(soon) + len(later)}
    if not numbers["all"]:
        return None
    if soon.empty:
        text = plural(
            "**The {n} skill** that is shown does not end within 90 days.",
            "**None of the {n} skills** that are shown ends within 90 days.",
            len(later),
        )
        return answer(text, is_good=True, counts="lapsing")
    first = soon.iloc[0]
    days = (first["valid_to"] - as_of).days
    text = plural(
        "**{skill}** ends in {n} day, on {day}.",
        "**{skill}** ends in {n} days, on {day}.",
        days,
        skill=str(first["skill"]),
        day=first["valid_to"],
    )
    if not days:
        text = _("**{skill}** ends today.", skill=str(first["skill"]))
    needed = levels.loc[~levels["is_exempt"].astype(bool), "skill_id"]
    needs_it = _("The role needs it.") if first["skill_id"] in set(needed) else ""
    more = plural("Of {all} skills, {n} ends within 90 days.", "Of {all} skills, {n} end within 90 days.", **numbers)
    return answer(text, needs_it, more, counts="lapsing")


def missing(gaps: pd.DataFrame, levels: pd.DataFrame, is_asked: bool = False) -> Answer | None:
    """How many requirements of their role, or of the one asked about (`is_asked`), a person does not meet, and which.

    None where no role asks anything of them.
    """
    required = int((~levels["is_exempt"].astype(bool)).sum())
    numbers = {"n": len(gaps), "required": required}
    if not required:
        return None
    if gaps.empty and is_asked:
        return answer(_("**All {required} requirements** of this role are met.", **numbers), is_good=True, counts="met")
    if gaps.empty:
        text = _("**All {required} requirements** of their role are met.", **numbers)
        return answer(text, is_good=True, counts="met")
    worst = gaps.sort_values(["critical", "gap", "skill_id"], ascending=[False, False, True])
    skills = ", ".join(map(str, worst["skill"].head(NAMED)))
    if is_asked:
        text = plural(
            "**{n} of {required} requirements** of this role is not met: {skills}.",
            "**{n} of {required} requirements** of this role are not met: {skills}.",
            **numbers,
            skills=skills,
        )
    else:
        text = plural(
            "**{n} of {required} requirements** of their role is not met: {skills}.",
            "**{n} of {required} requirements** of their role are not met: {skills}.",
            **numbers,
            skills=skills,
        )
    others, critical = len(gaps) - NAMED, int(gaps["critical"].sum())
    more = plural("{n} more is missing.", "{n} more are missing.", others) if others > 0 else ""
    harm = plural("{n} of them is critical.", "{n} of them are critical.", critical) if critical else ""
    return answer(text, more, harm, counts="unmet")


def learning(suggestions: pd.DataFrame, gaps: pd.DataFrame) -> Answer | None:
    """The credential that would meet most of what is missing, with its list price; None where none would."""
    if suggestions.empty:
        return None
    first = suggestions.iloc[0]
    cost = price(first["list_price"], first["currency"])
    text = _(
        "**{credential}** would meet {n} of the {all} that are missing.",
        credential=str(first["credential"]),
        n=first["closes"],
        all=len(gaps),
    )
    listed = _("Its list price is {price}.", price=cost) if cost else ""
    where = {"credential": str(first["credential_id"])}
    return answer(text, listed, where=where, is_good=True, counts="learning")


def critical(readiness: pd.DataFrame) -> Answer | None:
    """How many people of a group lack something that their role cannot do without."""
    measured = readiness[readiness["requirements"] > 0]
    count = int((measured["critical_unmet"] > 0).sum())
    if not count:
        return None
    text = plural(
        "**{n} of {all} people** lacks something critical for their role.",
        "**{n} of {all} people** lack something critical for their role.",
        count,
        all=len(measured),
    )
    return answer(text, about="readiness", counts="critical")


def lacking_most(readiness: pd.DataFrame) -> Answer | None:
    """The person of a group who lacks most, critical things first; None where nobody lacks anything."""
    short = readiness.assign(missing=readiness["requirements"] - readiness["met"])
    order = ["missing", "critical_unmet", "name", "employee_id"]
    short = short[short["missing"] > 0].sort_values(order, ascending=[False, False, True, True])
    if short.empty:
        return None
    first = short.iloc[0]
    text = _(
        "**{name}** lacks the most: {missing} of {required} requirements are not met.",
        name=str(first["name"]),
        missing=first["missing"],
        required=first["requirements"],
    )
    return answer(text, about="people", where={"employee": str(first["employee_id"])}, counts="unmet")


def without_requirements(readiness: pd.DataFrame) -> Answer | None:
    """How many people no role asks anything of, so that coverage and readiness leave them out."""
    count = int((readiness["requirements"] == 0).sum())
    if not count:
        return None
    text = plural(
        "**{n} of {all} people** has no role with requirements: coverage and readiness leave them out.",
        "**{n} of {all} people** have no role with requirements: coverage and readiness leave them out.",
        count,
        all=len(readiness),
    )
    return answer(text, about="catalogue", where={"part": "todo"}, counts="unasked")
