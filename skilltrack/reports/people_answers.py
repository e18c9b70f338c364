"""The sentences about people: what depends on one of them, what they must renew, who is ready, and what is missing."""

from datetime import date

import pandas as pd

from skilltrack.language import _, plural
from skilltrack.reports.answers import PATIENCE, Answer, answer
from skilltrack.tables import SOON

NAMED = 3
"""Skills that a sentence names before it counts the rest."""


def risk(depth: pd.DataFrame, later: pd.DataFrame, by: date) -> Answer | None:
    """Team skills that one person has, or nobody, and how many more nobody will have by a later day.

    `later` is `depth` on that day, as if nothing was renewed until then.
    """
    one, nobody = (depth[depth["status"] == status] for status in ("single_point", "uncovered"))
    numbers = {"n": len(one) + len(nobody), "all": len(depth), "one": len(one), "nobody": len(nobody)}
    if not numbers["n"]:
        return None
    if one.empty:
        text = _("**{n} of {all} team skills** can be shown by nobody in the team.", **numbers)
    elif nobody.empty:
        text = _("**{n} of {all} team skills** depend on one person.", **numbers)
    else:
        text = _("**{n} of {all} team skills** depend on one person ({one}) or nobody ({nobody}).", **numbers)
    gone = len(later[later["status"] == "uncovered"][["team", "skill_id"]].merge(one[["team", "skill_id"]]))
    more = plural(
        "{n} more will depend on nobody by {day} if nothing is renewed.",
        "{n} more will depend on nobody by {day} if nothing is renewed.",
        gone, day=by,
    )  # fmt: skip
    return answer(text, more if gone else "", about="depth", where={"by": "risk"}, counts="thin")


def renewing(renewals: pd.DataFrame) -> Answer | None:
    """How many people must renew within 30 days, and the certificate and team with most of them."""
    soon = renewals[renewals["bucket"] == "0-30"]
    if soon.empty:
        return None
    text = plural(
        "**{n} person** must renew within 30 days (certificates: {certificates}).",
        "**{n} people** must renew within 30 days (certificates: {certificates}).",
        soon["employee_id"].nunique(), certificates=len(soon),
    )  # fmt: skip
    return answer(text, _shared(soon), about="renewals", where={"bucket": "0-30"}, counts="due")


def lapsing(renewals: pd.DataFrame) -> tuple[Answer | None, ...]:
    """What has ended and was not renewed, and what ends within 90 days."""
    ended, soon = (renewals[renewals["bucket"].isin(buckets)] for buckets in (("expired",), SOON))
    if ended.empty and soon.empty:
        nothing = _("**Nothing** ended in the last 90 days, and nothing ends in the next 90.")
        return (answer(nothing, is_good=True, counts="soon"),)
    past = plural(
        "**{n} certificate** ended in the last 90 days and was not renewed.",
        "**{n} certificates** ended in the last 90 days and were not renewed.",
        len(ended),
    )
    due = plural(
        "**{n} certificate** ends within 90 days (people: {people}).",
        "**{n} certificates** end within 90 days (people: {people}).",
        len(soon), people=soon["employee_id"].nunique(),
    )  # fmt: skip
    return (
        answer(past, _shared(ended), counts="ended") if len(ended) else None,
        answer(due, _shared(soon), counts="soon") if len(soon) else None,
    )


def unmet_by_all(by_skill: pd.DataFrame) -> Answer | None:
    """The skills that roles need and nobody has at the level, those that most people need first."""
    nobody = by_skill[(by_skill["met"] == 0) & (by_skill["required"] > 0)]
    if nobody.empty:
        return None
    named = nobody.sort_values(["required", "skill_id"], ascending=[False, True])["skill"].head(NAMED)
    text = plural(
        "**{n} skill that roles need** is reached by nobody here: {skills}.",
        "**{n} skills that roles need** are reached by nobody here: {skills}.",
        len(nobody),
        skills=", ".join(named),
    )
    more = len(nobody) - len(named)
    others = plural("{n} more skill likewise.", "{n} more skills likewise.", more) if more else ""
    return answer(text, others, counts="unreached")


def _shared(renewals: pd.DataFrame) -> str:
    """The certificate and team with the most people; empty if they are fewer than three."""
    people = (
        renewals.groupby(["credential", "team"])["employee_id"].nunique().sort_values(ascending=False, kind="stable")
    )
    if people.empty or people.iloc[0] < 3:
        return ""
    credential, team = people.index[0]
    if not team:
        return _("Most together: {credential}, {n} people.", credential=credential, n=people.iloc[0])
    return _("Most together: {credential} in {team}, {n} people.", credential=credential, team=team, n=people.iloc[0])


def ready(readiness: pd.DataFrame, is_asked: bool = False) -> Answer | None:
    """How many people are not ready for their role, and how many of them miss only one requirement.

    `is_asked`: for the role that was asked about, instead of their own.
    """
    measured = readiness[readiness["requirements"] > 0]
    waiting = measured[~measured["ready"].astype(bool)]
    numbers = {"n": len(waiting), "all": len(measured)}
    if measured.empty:
        return None
    if waiting.empty and is_asked:
        text = _("**{all} of {all} people** are ready for this role.", **numbers)
        return answer(text, about="readiness", is_good=True, counts="ready")
    if waiting.empty:
        text = _("**{all} of {all} people** are ready for their role.", **numbers)
        return answer(text, about="readiness", is_good=True, counts="ready")
    if is_asked:
        text = plural(
            "**{n} of {all} people** is not ready for this role.",
            "**{n} of {all} people** are not ready for this role.", **numbers,
        )  # fmt: skip
    else:
        text = plural(
            "**{n} of {all} people** is not ready for their role.",
            "**{n} of {all} people** are not ready for their role.", **numbers,
        )  # fmt: skip
    one_short = int((waiting["requirements"] - waiting["met"] == 1).sum())
    more = plural(
        "{n} of them misses a single requirement.", "{n} of them miss a single requirement.", one_short
    )  # fmt: skip
    return answer(text, more if one_short else "", about="readiness", counts="waiting")


def in_the_way(readiness: pd.DataFrame, gaps: pd.DataFrame) -> Answer | None:
    """The skill that most of the people who are not ready lack."""
    waiting = readiness[(readiness["requirements"] > 0) & ~readiness["ready"].astype(bool)]
    lacking = gaps[gaps["employee_id"].isin(waiting["employee_id"])]
    if lacking.empty:
        return None
    most = lacking.groupby(["skill_id", "skill"])["employee_id"].nunique().sort_values(ascending=False, kind="stable")
    text = _("**{skill}** stands in the way most often: {n} of {all} lack it.",
             skill=str(most.index[0][1]), n=most.iloc[0], all=len(waiting))  # fmt: skip
    return answer(text, where={"skill": str(most.index[0][0])}, counts="in_the_way")


def lacking(gaps: pd.DataFrame, totals: pd.DataFrame) -> Answer | None:
    """How many requirements are not met, of how many people, and how many of them are critical."""
    required = int(totals.iloc[0]["required"])
    if not required:
        return None
    if gaps.empty:
        return answer(
            _("**{n} of {n} requirements** are met: there is no gap.", n=required), is_good=True, counts="met"
        )
    text = plural(
        "**{n} of {required} requirements** is not met (people: {people}).",
        "**{n} of {required} requirements** are not met (people: {people}).",
        len(gaps), required=required, people=gaps["employee_id"].nunique(),
    )  # fmt: skip
    critical = int(gaps["critical"].sum())
    more = plural("{n} of them is critical.", "{n} of them are critical.", critical)
    return answer(text, more if critical else "", counts="unmet")


def expired(gaps: pd.DataFrame) -> Answer | None:
    """How many gaps a renewal closes."""
    count = int((gaps["reason"] == "expired").sum())
    if not count:
        return None
    text = plural(
        "**{n} of {all} gaps** was met once and has expired: renewing closes it.",
        "**{n} of {all} gaps** were met once and have expired: renewing closes them.",
        count, all=len(gaps),
    )  # fmt: skip
    return answer(text, about="gaps", where={"by": "person", "reason": "expired"}, counts="gaps_because")


def largest(by_skill: pd.DataFrame) -> Answer | None:
    """The skill that most people lack, and what closes it. `by_skill` is `people_tables.gaps_by_skill`."""
    if by_skill.empty:
        return None
    first = by_skill.iloc[0]
    text = _("**{skill}** is the largest gap: {missing} of {required} lack it.",
             skill=str(first["skill"]), missing=first["missing"], required=first["required"])  # fmt: skip
    closed = _("Closed by: {credential}.", credential=first["closed_by"]) if first["is_closable"] else ""
    where = {"by": "person", "skill": str(first["skill_id"])}
    return answer(text, closed, about="gaps", where=where, counts="unmet")


def able(experts: pd.DataFrame, skill: str, level: int, as_of: date) -> Answer:
    """How many people can do a skill at a level, and for how many of them the evidence ends soon."""
    if experts.empty:
        nobody = _("**Nobody** can show {skill} at level {level} or above.", skill=skill, level=level)
        return answer(nobody, counts="able")
    ending = sum(end is not None and not pd.isna(end) and end <= as_of + PATIENCE for end in experts["valid_to"])
    text = plural(
        "**{n} person** can do {skill} at level {level} or above.",
        "**{n} people** can do {skill} at level {level} or above.",
        experts["employee_id"].nunique(), skill=skill, level=level,
    )  # fmt: skip
    more = plural(
        "The evidence of {n} of them ends within 90 days.", "The evidence of {n} of them ends within 90 days.", ending
    )
    return answer(text, more if ending else "", is_good=not ending, counts="able")
