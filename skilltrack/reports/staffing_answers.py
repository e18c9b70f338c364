"""The sentences about staffing, made as those of `answers`."""

import pandas as pd

from skilltrack.language import _, plural
from skilltrack.people_tables import next_short
from skilltrack.reports.answers import Answer, answer


def leaving(people: pd.DataFrame) -> Answer | None:
    """How many people are the only ones of their team who can show a skill, and who would be missed most."""
    alone = people[people["lost"] > 0]
    if alone.empty:
        text = _("**Nobody** is the only one of their team who can do something it needs.")
        return answer(text, is_good=True)
    first = alone.iloc[0]
    text = plural(
        "**{n} person is the only one** of their team for a skill that it needs.",
        "**{n} people are each the only one** of their team for a skill that it needs.",
        len(alone),
    )
    lost = plural(
        "Without {name}, {team} loses {n} skill.",
        "Without {name}, {team} loses {n} skills.",
        first["lost"],
        name=first["name"],
        team=first["team"] or _("the team"),
    )
    return answer(text, lost, counts="leavers")


def seated(staffing: pd.DataFrame) -> Answer | None:
    """How many seats of the targets cannot be filled, and where most are empty."""
    if staffing.empty:
        return None
    short, seats = int(staffing["short"].sum()), int(staffing["headcount"].sum())
    if not short:
        text = plural(
            "**The {n} seat** of the targets can be filled.",
            "**All {n} seats** of the targets can be filled, one person a seat.",
            seats,
        )
        return answer(text, is_good=True, counts="seats")
    worst = staffing.groupby("team")["short"].sum().sort_values(ascending=False, kind="stable")
    text = _(
        "**{short} of {seats} seats** of the targets cannot be filled if nobody sits on two.", short=short, seats=seats
    )
    where = _("{team} is short by {n}.", team=worst.index[0] or _("The group without a team"), n=worst.iloc[0])
    return answer(text, where if len(worst) > 1 else "", counts="empty_seats")


def short_next(now: pd.DataFrame, ahead: pd.DataFrame) -> Answer | None:
    """The first target that is filled now and falls short in the months ahead, if nothing is renewed."""
    if now.empty:
        return None
    coming = next_short(now, ahead)
    if coming.empty:
        text = _("**No further target** falls short in the next twelve months, even if nothing is renewed.")
        return answer(text, is_good=True)
    first, others = coming.iloc[0], len(coming) - 1
    text = _(
        "**{team}** falls short by {day} if nothing is renewed: {skill}, {filled} of {seats} seats.",
        team=str(first["team"]) or _("The group without a team"),
        day=first["day"],
        skill=first["skill"],
        filled=first["filled"],
        seats=first["headcount"],
    )
    more = plural("{n} more target does within twelve months.", "{n} more targets do within twelve months.", others)
    return answer(text, more if others else "", about="staffing", where={"list": "ahead"}, counts="short_next")
