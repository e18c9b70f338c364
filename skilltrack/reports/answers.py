"""The sentences at the top of a screen: they follow from the numbers by plain rules, each with its source.

Each is a whole sentence of the catalogue, with its bold beginning between `**`; what can be left out is a sentence of
its own, so that every language may order its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from skilltrack.language import _, plural
from skilltrack.tables import SOON, percent, totals_by, whole_percent

QUARTER = timedelta(days=85)
"""Coverage is compared with the last month's end at least this long ago."""
PATIENCE = timedelta(days=90)
"""How far ahead sentences look."""


@dataclass(frozen=True)
class Answer:
    """One sentence or more; `strong` is its beginning, shown in bold."""

    strong: str
    rest: str
    about: str = ""
    """The report that it rests on; empty if that report is on the same page."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Filters that narrow the report to what the sentence is about."""
    is_good: bool = False
    """Whether there is nothing to do about it."""


def answer(
    *sentences: str, about: str = "", where: Mapping[str, str] | None = None, is_good: bool = False
) -> Answer:  # fmt: skip
    """An answer of sentences, the first of which begins with its bold part between `**`; empty ones are left out."""
    _before, strong, rest = " ".join(filter(None, sentences)).split("**", 2)
    return Answer(strong, rest.strip(), about, where or {}, is_good)


def worst_first(*sentences: Answer | None) -> list[Answer]:
    """The sentences that are not None, in the given order, with the good ones at the end."""
    return sorted(filter(None, sentences), key=lambda one: one.is_good)


def a_quarter_ago(trend: pd.DataFrame, as_of: date) -> dict[str, Any] | None:
    """The last month's end of a trend that is a quarter ago; None if the trend begins later."""
    past = trend[[day <= as_of - QUARTER for day in trend["month_end"]]]
    return None if past.empty else past.iloc[-1].to_dict()


def change(totals: pd.DataFrame, trend: pd.DataFrame, causes: pd.DataFrame, as_of: date) -> Answer | None:
    """Coverage now and a quarter ago, and how many requirements were met or lapsed meanwhile.

    `causes` is the answer of `changes` since then; empty if that was not asked.
    """
    now, then = totals.iloc[0], a_quarter_ago(trend, as_of)
    if not now["required"]:
        return None
    numbers = {"met": now["met"], "required": now["required"], "share": percent(now["met"], now["required"])}
    if then is None or not then["required"]:
        text = _(
            "**{met} of {required} requirements** are met ({share}); a quarter ago there was nothing to compare with.",
            **numbers,
        )
        return answer(text, about="coverage", is_good=True)
    points = whole_percent(now["met"], now["required"]) - whole_percent(then["met"], then["required"])
    numbers["day"] = then["month_end"]
    if points == 0:
        text = _("**{met} of {required} requirements** are met ({share}), the same share as on {day}.", **numbers)
    elif points > 0:
        text = plural(
            "**{met} of {required} requirements** are met ({share}), up {n} point since {day}.",
            "**{met} of {required} requirements** are met ({share}), up {n} points since {day}.",
            points, **numbers,
        )  # fmt: skip
    else:
        text = plural(
            "**{met} of {required} requirements** are met ({share}), down {n} point since {day}.",
            "**{met} of {required} requirements** are met ({share}), down {n} points since {day}.",
            -points, **numbers,
        )  # fmt: skip
    count = dict(zip(causes["change"], causes["required"], strict=True))
    gained, lapsed = int(count.get("demonstrated", 0)), int(count.get("lapsed", 0))
    more = _("Newly met: {gained}; lapsed: {lapsed}.", gained=gained, lapsed=lapsed) if gained or lapsed else ""
    return answer(text, more, about="coverage", is_good=points >= 0)


def change_in_all(totals: pd.DataFrame, trend: pd.DataFrame, as_of: date) -> Answer | None:
    """The same without the requirements met or lapsed, which take long to work out for very many people."""
    return change(totals, trend, pd.DataFrame({"change": [], "required": []}), as_of)


def compared(then: pd.DataFrame, now: pd.DataFrame, since: date) -> Answer | None:
    """Coverage on two days; both are the answer of `totals`."""
    was, met = then.iloc[0], now.iloc[0]
    if not was["required"] or not met["required"]:
        return None
    text = _(
        "**{met} of {required} requirements are met** ({share}). On {day} it was {was} of {then} ({before}).",
        met=met["met"], required=met["required"], share=percent(met["met"], met["required"]), day=since,
        was=was["met"], then=was["required"], before=percent(was["met"], was["required"]),
    )  # fmt: skip
    better = met["met"] * was["required"] >= was["met"] * met["required"]
    return answer(text, about="coverage", is_good=bool(better))


def known_then(then: pd.DataFrame, now: pd.DataFrame, known_at: datetime) -> Answer | None:
    """Coverage of one day by what was known at an earlier time, and by what is known now; both answers of `totals`."""
    was, met = then.iloc[0], now.iloc[0]
    if not was["required"] and not met["required"]:
        return None
    text = _(
        "**{was} of {then} requirements were met** ({before}) by what was known on {day}. "
        "By what is known now it is {met} of {required} ({share}).",
        was=was["met"], then=was["required"], before=percent(was["met"], was["required"]), day=known_at.date(),
        met=met["met"], required=met["required"], share=percent(met["met"], met["required"]),
    )  # fmt: skip
    return answer(text, about="coverage")


def why_changed(causes: pd.DataFrame) -> Answer | None:
    """What changed the number of met requirements most; `causes` is what `people_tables.causes` makes."""
    parts = [
        _("{cause}: {sign}{n}", cause=row.why, sign="+" if row.met > 0 else "−", n=abs(row.met))
        for row in causes.itertuples()
        if row.met
    ]
    if not parts:
        return None
    total, listed = int(causes["met"].sum()), ", ".join(parts)
    if not total:
        return answer(_("**As many are met** as then. {causes}.", causes=listed), is_good=True)
    if total > 0:
        return answer(_("**{n} more are met** than then. {causes}.", n=total, causes=listed), is_good=True)
    return answer(_("**{n} fewer are met** than then. {causes}.", n=-total, causes=listed))


def readings(verified: pd.DataFrame, attested: pd.DataFrame, claimed: pd.DataFrame) -> Answer | None:
    """Coverage in its three readings, which are never added together; each is the answer of `totals`."""
    met = [int(totals.iloc[0]["met"]) for totals in (verified, attested, claimed)]
    required = attested.iloc[0]["required"]
    if not required or met[0] == met[2]:
        return None
    numbers = {"required": required, "attested": met[1], "claimed": met[2]}
    if not met[0]:
        text = _(
            "**Nothing** is verified yet. {attested} of {required} requirements are met on attested evidence, "
            "{claimed} with what people claim.",
            **numbers,
        )
        return answer(text, about="coverage", is_good=True)
    text = _(
        "**{verified} of {required} requirements** are met on verified evidence alone, {attested} on attested "
        "evidence, {claimed} with what people claim.",
        verified=met[0], **numbers,
    )  # fmt: skip
    return answer(text, about="coverage", where={"assurance": "verified"}, is_good=True)


def thinnest(coverage: pd.DataFrame) -> Answer | None:
    """The team that lacks the most of what its roles require; None if there is only one team or nothing is missing."""
    teams = totals_by(coverage, "team")
    teams["missing"] = teams["required"] - teams["met"]
    worst = teams.sort_values(["missing", "team"], ascending=[False, True]).iloc[0]
    if len(teams) < 2 or not worst["missing"]:
        return None
    named = str(worst["team"])
    text = _(
        "**{team}** lacks the most: {missing} of {required} requirements are not met.",
        team=named or _("The group without a team"), missing=worst["missing"], required=worst["required"],
    )  # fmt: skip
    return answer(text, about="coverage" if named else "", where={"team": named} if named else {})


def thinnest_organisation(organisations: pd.DataFrame) -> Answer | None:
    """The organisation, of those beside each other, that meets the smallest share; the answer of `organisations`."""
    some = organisations[(organisations["reports"] > 0) & (organisations["required"] > 0)]
    if some.empty:
        return None
    least = some.sort_values(["coverage", "people"], ascending=[True, False], kind="stable").iloc[0]
    text = _(
        "**The organisation of {name}** meets least: {met} of {required} requirements ({share}).",
        name=least["name"], met=least["met"], required=least["required"],
        share=percent(least["met"], least["required"]),
    )  # fmt: skip
    where = {"manager": str(least["employee_id"])}
    return answer(text, about="coverage", where=where, is_good=bool(least["met"] == least["required"]))


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
    return answer(text, more if gone else "", about="depth", where={"by": "risk"})


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
    return answer(text, _shared(soon), about="renewals", where={"bucket": "0-30"})


def lapsing(renewals: pd.DataFrame) -> tuple[Answer | None, ...]:
    """What has ended and was not renewed, and what ends within 90 days."""
    ended, soon = (renewals[renewals["bucket"].isin(buckets)] for buckets in (("expired",), SOON))
    if ended.empty and soon.empty:
        return (answer(_("**Nothing** ended in the last 90 days, and nothing ends in the next 90."), is_good=True),)
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
        answer(past, _shared(ended)) if len(ended) else None,
        answer(due, _shared(soon)) if len(soon) else None,
    )


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
        return answer(
            _("**{all} of {all} people** are ready for this role.", **numbers), about="readiness", is_good=True
        )
    if waiting.empty:
        text = _("**{all} of {all} people** are ready for their role.", **numbers)
        return answer(text, about="readiness", is_good=True)
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
    return answer(text, more if one_short else "", about="readiness")


def in_the_way(readiness: pd.DataFrame, gaps: pd.DataFrame) -> Answer | None:
    """The skill that most of the people who are not ready lack."""
    waiting = readiness[(readiness["requirements"] > 0) & ~readiness["ready"].astype(bool)]
    lacking = gaps[gaps["employee_id"].isin(waiting["employee_id"])]
    if lacking.empty:
        return None
    most = lacking.groupby(["skill_id", "skill"])["employee_id"].nunique().sort_values(ascending=False, kind="stable")
    text = _("**{skill}** stands in the way most often: {n} of {all} lack it.",
             skill=str(most.index[0][1]), n=most.iloc[0], all=len(waiting))  # fmt: skip
    return answer(text)


def lacking(gaps: pd.DataFrame, totals: pd.DataFrame) -> Answer | None:
    """How many requirements are not met, of how many people, and how many of them are critical."""
    required = int(totals.iloc[0]["required"])
    if not required:
        return None
    if gaps.empty:
        return answer(_("**{n} of {n} requirements** are met: there is no gap.", n=required), is_good=True)
    text = plural(
        "**{n} of {required} requirements** is not met (people: {people}).",
        "**{n} of {required} requirements** are not met (people: {people}).",
        len(gaps), required=required, people=gaps["employee_id"].nunique(),
    )  # fmt: skip
    critical = int(gaps["critical"].sum())
    more = plural("{n} of them is critical.", "{n} of them are critical.", critical)
    return answer(text, more if critical else "")


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
    return answer(text, about="gaps", where={"by": "person", "reason": "expired"})


def largest(by_skill: pd.DataFrame) -> Answer | None:
    """The skill that most people lack, and what closes it. `by_skill` is `people_tables.gaps_by_skill`."""
    if by_skill.empty:
        return None
    first = by_skill.iloc[0]
    text = _("**{skill}** is the largest gap: {missing} of {required} lack it.",
             skill=str(first["skill"]), missing=first["missing"], required=first["required"])  # fmt: skip
    closed = _("Closed by: {credential}.", credential=first["closed_by"]) if first["is_closable"] else ""
    return answer(text, closed, about="gaps", where={"by": "person", "skill": str(first["skill_id"])})


def able(experts: pd.DataFrame, skill: str, level: int, as_of: date) -> Answer:
    """How many people can do a skill at a level, and for how many of them the evidence ends soon."""
    if experts.empty:
        return answer(_("**Nobody** can show {skill} at level {level} or above.", skill=skill, level=level))
    ending = sum(end is not None and not pd.isna(end) and end <= as_of + PATIENCE for end in experts["valid_to"])
    text = plural(
        "**{n} person** can do {skill} at level {level} or above.",
        "**{n} people** can do {skill} at level {level} or above.",
        experts["employee_id"].nunique(), skill=skill, level=level,
    )  # fmt: skip
    more = plural(
        "The evidence of {n} of them ends within 90 days.", "The evidence of {n} of them ends within 90 days.", ending
    )
    return answer(text, more if ending else "", is_good=not ending)
