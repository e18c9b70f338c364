"""The sentences at the top of a screen: they follow from the numbers by plain rules, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from skilltrack import money_tables
from skilltrack.people_tables import NONE, next_short
from skilltrack.tables import SOON, of, percent, totals_by
from skilltrack.text import counted

QUARTER = timedelta(days=85)
"""Coverage is compared with the last month's end at least this long ago."""
PATIENCE = timedelta(days=90)
"""How far ahead sentences look, and how old a payment must be before a sentence says that it led to no award."""


@dataclass(frozen=True)
class Answer:
    """One sentence; `strong` is its beginning, shown in bold."""

    strong: str
    rest: str
    about: str = ""
    """The report that it rests on; empty if that report is on the same page."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Filters that narrow the report to what the sentence is about."""
    is_good: bool = False
    """Whether there is nothing to do about it."""


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
    strong, share = of(now["met"], now["required"], "requirements"), percent(now["met"], now["required"])
    if then is None or not then["required"]:
        return Answer(
            strong, f"are met ({share}); a quarter ago there was nothing to compare with.", "coverage", is_good=True
        )
    points = 100 * now["met"] / now["required"] - 100 * then["met"] / then["required"]
    moved = f"{'up' if points > 0 else 'down'} {abs(points):.0f} points since"
    moved = "the same share as on" if abs(points) < 0.5 else moved
    text = f"are met ({share}), {moved} {then['month_end']:%-d %B %Y}"
    count = dict(zip(causes["change"], causes["required"], strict=True))
    gained, lapsed = int(count.get("demonstrated", 0)), int(count.get("lapsed", 0))
    if gained or lapsed:
        text += f": {gained:,} were newly met and {lapsed:,} lapsed"
    return Answer(strong, f"{text}.", "coverage", is_good=points > -0.5)


def change_in_all(totals: pd.DataFrame, trend: pd.DataFrame, as_of: date) -> Answer | None:
    """The same without the requirements met or lapsed, which take long to work out for very many people."""
    return change(totals, trend, pd.DataFrame({"change": [], "required": []}), as_of)


def compared(then: pd.DataFrame, now: pd.DataFrame, since: date) -> Answer | None:
    """Coverage on two days; both are the answer of `totals`."""
    was, met = then.iloc[0], now.iloc[0]
    if not was["required"] or not met["required"]:
        return None
    strong = f"{of(met['met'], met['required'], 'requirements')} are met"
    before = f"{int(was['met']):,} of {int(was['required']):,}"
    text = f"({percent(met['met'], met['required'])}). On {since:%-d %B %Y} it was {before}"
    better = met["met"] * was["required"] >= was["met"] * met["required"]
    return Answer(strong, f"{text} ({percent(was['met'], was['required'])}).", "coverage", is_good=bool(better))


def why_changed(causes: pd.DataFrame) -> Answer | None:
    """What changed the number of met requirements most; `causes` is what `people_tables.causes` makes."""
    parts = [
        f"{row.why.lower()} {'+' if row.met > 0 else '−'}{abs(row.met):,}" for row in causes.itertuples() if row.met
    ]
    if not parts:
        return None
    total = int(causes["met"].sum())
    more = f"{abs(total):,} {'more' if total > 0 else 'fewer'}" if total else "As many"
    listed = ", ".join(parts)
    return Answer(f"{more} are met", f"than then: {listed}.", is_good=total >= 0)


def readings(verified: pd.DataFrame, attested: pd.DataFrame, claimed: pd.DataFrame) -> Answer | None:
    """Coverage in its three readings, which are never added together; each is the answer of `totals`."""
    met = [int(totals.iloc[0]["met"]) for totals in (verified, attested, claimed)]
    required = attested.iloc[0]["required"]
    if not required or met[0] == met[2]:
        return None
    strong = of(met[0], required, "requirements") if met[0] else "Nothing"
    start = "are met on verified evidence alone" if met[0] else "is verified yet"
    rest = f"{start}, {met[1]:,} on attested evidence, {met[2]:,} with what people claim."
    return Answer(strong, rest, "coverage", {"assurance": "verified"} if met[0] else {}, is_good=True)


def leaving(people: pd.DataFrame) -> Answer | None:
    """How many people are the only ones of their team who can show a skill, and who would be missed most."""
    alone = people[people["lost"] > 0]
    if alone.empty:
        return Answer("Nobody", "is the only one of their team who can do something it needs.", is_good=True)
    first = alone.iloc[0]
    many = "1 person is" if len(alone) == 1 else f"{len(alone):,} people are each"
    lost = f"{first['team'] or 'the team'} loses {counted(int(first['lost']), 'skill')}"
    return Answer(f"{many} the only one", f"of their team for a skill that it needs. Without {first['name']}, {lost}.")


def seated(staffing: pd.DataFrame) -> Answer | None:
    """How many seats of the targets cannot be filled, and where most are empty."""
    if staffing.empty:
        return None
    short, seats = int(staffing["short"].sum()), int(staffing["headcount"].sum())
    if not short:
        return Answer(f"All {counted(seats, 'seat')}", "of the targets can be filled, one person a seat.", is_good=True)
    worst = staffing.groupby("team")["short"].sum().sort_values(ascending=False, kind="stable")
    where = f" {worst.index[0]} is short by {int(worst.iloc[0]):,}." if len(worst) > 1 else ""
    return Answer(of(short, seats, "seats"), f"of the targets cannot be filled if nobody sits on two.{where}")


def short_next(now: pd.DataFrame, ahead: pd.DataFrame) -> Answer | None:
    """The first target that is filled now and falls short in the months ahead, if nothing is renewed."""
    if now.empty:
        return None
    coming = next_short(now, ahead)
    if coming.empty:
        return Answer(
            "No further target", "falls short in the next twelve months, even if nothing is renewed.", is_good=True
        )
    first = coming.iloc[0]
    others = f"; {counted(len(coming) - 1, 'more target')} within twelve months" if len(coming) > 1 else ""
    rest = f"falls short by {first['day']:%-d %B %Y} if nothing is renewed: {first['skill']}"
    rest += f", {of(first['filled'], first['headcount'], 'seats')}{others}."
    return Answer(str(first["team"]) or "The group without a team", rest, "staffing", {"list": "ahead"})


def thinnest(coverage: pd.DataFrame) -> Answer | None:
    """The team that lacks the most of what its roles require; None if there is only one team or nothing is missing."""
    teams = totals_by(coverage, "team")
    teams["missing"] = teams["required"] - teams["met"]
    worst = teams.sort_values(["missing", "team"], ascending=[False, True]).iloc[0]
    if len(teams) < 2 or not worst["missing"]:
        return None
    rest = f"lacks the most: {of(worst['missing'], worst['required'], 'requirements')} are not met."
    named = str(worst["team"])
    return Answer(
        named or "The group without a team", rest, "coverage" if named else "", {"team": named} if named else {}
    )


def risk(depth: pd.DataFrame, later: pd.DataFrame, by: date) -> Answer | None:
    """Team skills that one person has, or nobody, and how many more nobody will have by a later day.

    `later` is `depth` on that day, as if nothing was renewed until then.
    """
    one, nobody = (depth[depth["status"] == status] for status in ("single_point", "uncovered"))
    if one.empty and nobody.empty:
        return None
    strong = of(len(one) + len(nobody), len(depth), "team skills")
    if one.empty:
        return Answer(strong, "can be shown by nobody in the team.", "depth", {"by": "risk"})
    gone = later[later["status"] == "uncovered"][["team", "skill_id"]].merge(one[["team", "skill_id"]])
    people = "one person" if nobody.empty else f"one person ({len(one):,}) or nobody ({len(nobody):,})"
    rest = f"depend on {people}"
    if len(gone):
        rest += f"; {len(gone):,} more on nobody by {by:%-d %B %Y} if nothing is renewed"
    return Answer(strong, f"{rest}.", "depth", {"by": "risk"})


def renewing(renewals: pd.DataFrame) -> Answer | None:
    """How many people must renew within 30 days, and the certificate and team with most of them."""
    soon = renewals[renewals["bucket"] == "0-30"]
    if soon.empty:
        return None
    rest = f"must renew within 30 days ({counted(len(soon), 'certificate')}){_shared(soon)}"
    return Answer(_people(soon), f"{rest}.", "renewals", {"bucket": "0-30"})


def lapsing(renewals: pd.DataFrame) -> tuple[Answer | None, ...]:
    """What has ended and was not renewed, and what ends within 90 days."""
    ended, soon = (renewals[renewals["bucket"].isin(buckets)] for buckets in (("expired",), SOON))
    if ended.empty and soon.empty:
        return (Answer("Nothing", "ended in the last 90 days, and nothing ends in the next 90.", is_good=True),)
    past = Answer(
        counted(len(ended), "certificate"), f"ended in the last 90 days and {_was(ended)} not renewed{_shared(ended)}."
    )
    due = Answer(
        counted(len(soon), "certificate"), f"of {_people(soon).lower()} {_ends(soon)} within 90 days{_shared(soon)}."
    )
    return (past if len(ended) else None, due if len(soon) else None)


def _people(renewals: pd.DataFrame) -> str:
    people = renewals["employee_id"].nunique()
    return "One person" if people == 1 else f"{people:,} people"


def _was(rows: pd.DataFrame) -> str:
    return "was" if len(rows) == 1 else "were"


def _ends(rows: pd.DataFrame) -> str:
    return "ends" if len(rows) == 1 else "end"


def _shared(renewals: pd.DataFrame) -> str:
    """The certificate and team with the most people; empty if they are fewer than three."""
    people = (
        renewals.groupby(["credential", "team"])["employee_id"].nunique().sort_values(ascending=False, kind="stable")
    )
    if people.empty or people.iloc[0] < 3:
        return ""
    credential, team = people.index[0]
    return f"; most together: {credential}{f' in {team}' if team else ''}, {people.iloc[0]:,} people"


def ready(readiness: pd.DataFrame, role: str = "their role") -> Answer | None:
    """How many people are not ready for a role, and how many of them miss only one requirement."""
    measured = readiness[readiness["requirements"] > 0]
    waiting = measured[~measured["ready"].astype(bool)]
    if measured.empty:
        return None
    if waiting.empty:
        return Answer(of(len(measured), len(measured), "people"), f"are ready for {role}.", "readiness", is_good=True)
    rest = f"{'is' if len(waiting) == 1 else 'are'} not ready for {role}"
    if one_short := int((waiting["requirements"] - waiting["met"] == 1).sum()):
        rest += f"; {one_short:,} of them {'misses' if one_short == 1 else 'miss'} a single requirement"
    return Answer(of(len(waiting), len(measured), "people"), f"{rest}.", "readiness")


def in_the_way(readiness: pd.DataFrame, gaps: pd.DataFrame) -> Answer | None:
    """The skill that most of the people who are not ready lack."""
    waiting = readiness[(readiness["requirements"] > 0) & ~readiness["ready"].astype(bool)]
    lacking = gaps[gaps["employee_id"].isin(waiting["employee_id"])]
    if lacking.empty:
        return None
    most = lacking.groupby(["skill_id", "skill"])["employee_id"].nunique().sort_values(ascending=False, kind="stable")
    return Answer(str(most.index[0][1]), f"stands in the way most often: {of(most.iloc[0], len(waiting), 'lack it')}.")


def lacking(gaps: pd.DataFrame, totals: pd.DataFrame) -> Answer | None:
    """How many requirements are not met, of how many people, and how many of them are critical."""
    required = int(totals.iloc[0]["required"])
    if not required:
        return None
    if gaps.empty:
        return Answer(of(required, required, "requirements"), "are met: there is no gap.", is_good=True)
    rest = f"{'is' if len(gaps) == 1 else 'are'} not met, of {_people(gaps).lower()}"
    if critical := int(gaps["critical"].sum()):
        rest += f"; {critical:,} of them {'is' if critical == 1 else 'are'} critical"
    return Answer(of(len(gaps), required, "requirements"), f"{rest}.")


def expired(gaps: pd.DataFrame) -> Answer | None:
    """How many gaps a renewal closes."""
    count = int((gaps["reason"] == "expired").sum())
    if not count:
        return None
    return Answer(
        of(count, len(gaps), "gaps"),
        "were met once and have expired: renewing closes them.",
        "gaps",
        {"by": "person", "reason": "expired"},
    )


def largest(by_skill: pd.DataFrame) -> Answer | None:
    """The skill that most people lack, and what closes it. `by_skill` is `people_tables.gaps_by_skill`."""
    if by_skill.empty:
        return None
    first = by_skill.iloc[0]
    closed = "" if first["closed_by"] == NONE else f" Closed by: {first['closed_by']}."
    rest = f"is the largest gap: {of(first['missing'], first['required'], 'lack it')}.{closed}"
    return Answer(str(first["skill"]), rest, "gaps", {"by": "person", "skill": str(first["skill_id"])})


def able(experts: pd.DataFrame, skill: str, level: int, as_of: date) -> Answer:
    """How many people can do a skill at a level, and for how many of them the evidence ends soon."""
    if experts.empty:
        return Answer("Nobody", f"can show {skill} at level {level} or above.")
    ending = sum(end is not None and not pd.isna(end) and end <= as_of + PATIENCE for end in experts["valid_to"])
    rest = f"can do {skill} at level {level} or above"
    if ending:
        rest += f"; the evidence of {ending:,} ends within 90 days"
    return Answer(_people(experts), f"{rest}.", is_good=not ending)


def settled(start: date | None, end: date | None) -> date | None:
    """The last day of a period on which a payment is old enough to have led to an award; None if there is none."""
    last = None if end is None else end - PATIENCE
    return last if last and start and last >= start else None


def money(spend: pd.DataFrame, start: date, end: date, currency: str | None = None) -> Answer | None:
    """The money paid in a period that has not led to an award, in one currency, else in that with the most of it."""
    spend = spend if currency is None else spend[spend["currency"] == currency]
    sums = spend.groupby("currency")[["amount", "unconverted"]].sum().astype(float)
    lost = sums[(sums["unconverted"] > 0) & (sums["amount"] > 0)].sort_values("unconverted", ascending=False)
    if lost.empty:
        return None
    amount, nothing = lost.iloc[0]
    rest = f"of {amount:,.0f} paid from {start:%-d %B %Y} to {end:%-d %B %Y} has led to no award."
    where = {"from": start.isoformat(), "to": end.isoformat()}
    return Answer(f"{nothing:,.0f} {lost.index[0]}", rest, "spend", where)


def own_money(payments: pd.DataFrame, currency: str) -> Answer | None:
    """What people have paid themselves in one currency and not got back, and since when."""
    sums = money_tables.own_money(payments, currency)
    if not sums["waiting"]:
        return None
    to = counted(sums["waiting"], "employee")
    rest = f"of their own money has not been refunded to {to}, the longest for {counted(sums['longest'], 'day')}."
    return Answer(f"{sums['open']:,.0f} {currency}", rest, "spend", {"list": "own", "currency": currency})


def over_list(paid: pd.DataFrame, currency: str) -> Answer | None:
    """What was paid over the list price, or saved, on the credentials of one currency that have one."""
    priced = money_tables.prices(paid, currency).dropna(subset=["over"])
    total = priced["over"].sum()
    if priced.empty or abs(total) < 1:
        return None
    most = priced.iloc[0 if total > 0 else -1]
    word = "more" if total > 0 else "less"
    each = f"{most['credential']} costs {abs(float(most['difference'])):,.0f} {word} a person"
    strong, where = f"{abs(total):,.0f} {currency} {word}", {"list": "prices", "currency": currency}
    return Answer(strong, f"than the list prices was paid; {each}.", "spend", where, is_good=total <= 0)
