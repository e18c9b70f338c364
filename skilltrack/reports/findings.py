"""Sentences that follow from the numbers by plain rules, each with its n of m ("3 of 40")."""

from datetime import date
from typing import Any

import pandas as pd

from skilltrack.reports.suppression import is_small
from skilltrack.tables import of, percent
from skilltrack.text import counted

LEAST = 20
"""A team or skill with fewer requirements than this gets no sentence."""


def board(
    as_of: date, since: date, now: Any, then: Any, changes: pd.DataFrame, ahead: pd.DataFrame, teams: pd.DataFrame,
    risks: pd.DataFrame, spend: pd.DataFrame, smallest: int,
) -> list[str]:  # fmt: skip
    """What a board should know, most general first. Numbers that may not be shown are already empty in the frames."""
    sentences = [_coverage(since, now, then, smallest), _causes(changes, smallest)]
    if now["with_role"] and not is_small(now["ready"], now["with_role"], smallest):
        sentences.append(
            f"{percent(now['ready'], now['with_role'])} of people are ready for their role "
            f"({of(now['ready'], now['with_role'], 'whose role has requirements')})."
        )
    thin = teams[teams["required"].fillna(0) >= LEAST].sort_values(["coverage", "team"])
    if len(thin) > 1 and thin["coverage"].iloc[0] < thin["coverage"].iloc[-1]:
        low, high = thin.iloc[0], thin.iloc[-1]
        sentences.append(
            f"The thinnest team is {low['team'] or 'people without a team'} with {_share(low)}, "
            f"the strongest {high['team'] or 'people without a team'} with {_share(high)}."
        )
    shown = risks[risks["single_points"].notna()]
    if len(shown):
        pairs, one, nobody = (int(shown[name].sum()) for name in ("teams", "single_points", "uncovered"))
        sentences.append(
            f"Where at least {smallest} teams need a skill, {one:,} of {pairs:,} team skills "
            f"rest on one person and {nobody:,} on nobody."
        )
    if len(risks):
        thin = risks[risks["required"] >= LEAST].sort_values(["coverage", "skill_id"])
        if len(thin):
            sentences.append(f"The thinnest skill is {thin.iloc[0]['skill']} with {_share(thin.iloc[0])}.")
    if len(ahead) and ahead["required"].fillna(0).iloc[-1]:
        last = ahead.iloc[-1]
        sentences.append(f"If nobody renews, coverage goes to {_share(last)} by {last['month_end']}.")
    for currency, part in spend.groupby("currency"):
        known = part[part["unconverted"].notna()]
        amount, lost = known["amount"].sum(), known["unconverted"].sum()
        sentence = f"{part['amount'].sum():,.0f} {currency} were spent since {since}"
        if len(known):
            which = "it" if len(known) == len(part) else f"the {amount:,.0f} in payments that can be shown"
            sentence += f"; {percent(lost, amount)} of {which} ({lost:,.0f}) has not led to an award yet"
        if part["seat_time"].sum() > 0:
            seats = part["seat_time"].sum()
            sentence += (
                f"; {percent(seats, part['amount'].sum())} ({seats:,.0f}) paid for credentials that demonstrate nothing"
            )
        sentences.append(f"{sentence}.")
    return [sentence for sentence in sentences if sentence]


def team(people: pd.DataFrame, gaps: pd.DataFrame, due: pd.DataFrame, skills: pd.DataFrame) -> list[str]:
    """What a manager should know first."""
    measured = people[people["requirements"] > 0]
    blocked = int((measured["critical_unmet"] > 0).sum())
    sentences = [f"{of(blocked, len(measured), 'people')} have an unmet critical requirement."] if len(measured) else []
    expired = int((gaps["reason"] == "expired").sum())
    if expired:
        sentences.append(f"{of(expired, len(gaps), 'gaps')} were met once and have expired: renewing closes them.")
    thin = skills.sort_values(["coverage", "skill_id"])
    if len(thin):
        sentences.append(f"The thinnest skill is {thin.iloc[0]['skill']} with {_share(thin.iloc[0])}.")
    soon = due[due["bucket"] == "0-30"]
    if len(soon):
        people = soon["employee_id"].nunique()
        sentences.append(
            f"{counted(len(soon), 'award')} of {'one person' if people == 1 else f'{people:,} people'} "
            f"{'ends' if len(soon) == 1 else 'end'} within 30 days."
        )
    return sentences or ["There is nothing to report about these people: none of their roles has requirements."]


def _coverage(since: date, now: Any, then: Any, smallest: int) -> str:
    if not now["required"]:
        return "No role of these people has requirements on this day, so there is no coverage to report."
    if is_small(then["met"], then["required"], smallest) or 0 < then["with_role"] < smallest:
        return f"Coverage is {_share(now)}."
    if not then["required"]:
        return f"Coverage is {_share(now)}; there is nothing to compare it with yet."
    points = 100 * now["met"] / now["required"] - 100 * then["met"] / then["required"]
    moved = "unchanged" if abs(points) < 0.5 else f"{'up' if points > 0 else 'down'} {abs(points):.0f} points"
    return f"Coverage is {_share(now)}, {moved} since {since}, when it was {_share(then)}."


def _causes(changes: pd.DataFrame, smallest: int) -> str:
    def count(change: str, what: str) -> int:
        return int(changes.loc[change, what]) if change in changes.index else 0

    if changes.empty:
        return ""
    come, gone = (is_small(count(what, "met"), count(what, "required"), smallest) for what in ("come", "gone"))
    if come or gone or any(0 < count(what, "required") < smallest for what in ("stayed", "demonstrated", "lapsed")):
        return "Too little changed to show it without giving away whose it was."
    both = sum(count(change, "required") for change in ("stayed", "demonstrated", "lapsed"))
    return (
        f"Of {both:,} requirements asked on both days, {count('demonstrated', 'required'):,} were newly demonstrated "
        f"and {count('lapsed', 'required'):,} lapsed; {count('come', 'required'):,} came with people or roles "
        f"({count('come', 'met'):,} of them met) and {count('gone', 'required'):,} went "
        f"({count('gone', 'met'):,} of them were met)."
    )


def _share(row: Any) -> str:
    return f"{percent(row['met'], row['required'])} ({of(row['met'], row['required'], 'requirements met')})"
