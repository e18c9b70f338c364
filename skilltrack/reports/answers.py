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
from skilltrack.tables import percent, totals_by, whole_percent

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
    counts: str = ""
    """What its figure counts, by which `ui/sentences` finds the rows behind it; empty for none."""


def answer(
    *sentences: str, about: str = "", where: Mapping[str, str] | None = None, is_good: bool = False, counts: str = ""
) -> Answer:
    """An answer of sentences, the first of which begins with its bold part between `**`; empty ones are left out.

    A comma right behind the bold part, as other languages have it, belongs to it.
    """
    _before, strong, rest = " ".join(filter(None, sentences)).split("**", 2)
    sign = rest[:1] if rest[:1] in ",;:" else ""
    return Answer(strong + sign, rest.removeprefix(sign).strip(), about, where or {}, is_good, counts)


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
        return answer(text, about="coverage", is_good=True, counts="met")
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
    return answer(text, more, about="changes", where={"since": str(numbers["day"])}, is_good=points >= 0, counts="met")


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
    return answer(text, about="coverage", is_good=bool(better), counts="met")


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
    return answer(text, about="coverage", counts="met")


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
        text = _("**As many are met** as then. {causes}.", causes=listed)
    elif total > 0:
        text = _("**{n} more are met** than then. {causes}.", n=total, causes=listed)
    else:
        text = _("**{n} fewer are met** than then. {causes}.", n=-total, causes=listed)
    return answer(text, is_good=total >= 0, counts="changes")


def at_the_top(organisations: pd.DataFrame) -> Answer:
    """What the one person at the top meets, who counts in the whole; the first row of the answer of `organisations`."""
    head = organisations.iloc[0]
    text = _(
        "**{name}** at the top counts in the whole: {met} of {required} requirements are met.",
        name=head["name"],
        met=head["own_met"],
        required=head["own_required"],
    )
    return answer(text, where={"employee": str(head["employee_id"])}, is_good=True, counts="met")


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
        return answer(text, about="coverage", is_good=True, counts="readings")
    text = _(
        "**{verified} of {required} requirements** are met on verified evidence alone, {attested} on attested "
        "evidence, {claimed} with what people claim.",
        verified=met[0], **numbers,
    )  # fmt: skip
    return answer(text, about="coverage", where={"assurance": "verified"}, is_good=True, counts="readings")


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
    if not named:
        return answer(text, counts="unmet_of_no_team")
    return answer(text, about="coverage", where={"team": named}, counts="unmet")


def thinnest_organisation(organisations: pd.DataFrame) -> Answer | None:
    """The organisation, of those beside each other, that lacks the most requirements; the answer of `organisations`."""
    some = organisations[(organisations["listed_below"] > 0) & (organisations["required"] > 0)]
    if some.empty:
        return None
    missing = some["required"] - some["met"]
    most = some.assign(missing=missing).sort_values("missing", ascending=False, kind="stable").iloc[0]
    where, required = {"manager": str(most["employee_id"])}, most["required"]
    if not most["missing"]:
        text = _(
            "**The organisation of {name}** meets all {required} requirements.", name=most["name"], required=required
        )
        return answer(text, about="coverage", where=where, is_good=True, counts="met")
    text = _(
        "**The organisation of {name}** lacks the most: {missing} of {required} requirements are not met.",
        name=most["name"], missing=most["missing"], required=required,
    )  # fmt: skip
    return answer(text, about="coverage", where=where, counts="unmet")
