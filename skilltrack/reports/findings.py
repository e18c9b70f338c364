"""Sentences that follow from the numbers by plain rules, each with its n of m ("3 of 40")."""

from datetime import date
from typing import Any

import pandas as pd

from skilltrack.language import _, money, number, plural, table_day
from skilltrack.reports.suppression import is_small
from skilltrack.tables import percent, whole_percent
from skilltrack.text import in_cells

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
            _(
                "{share} of people are ready for their role ({n} of {m} whose role has requirements).",
                share=percent(now["ready"], now["with_role"]),
                n=int(now["ready"]),
                m=int(now["with_role"]),
            )
        )
    thin = teams[teams["required"].fillna(0) >= LEAST].sort_values(["coverage", "team"])
    if len(thin) > 1 and thin["coverage"].iloc[0] < thin["coverage"].iloc[-1]:
        low, high = thin.iloc[0], thin.iloc[-1]
        sentences.append(
            _(
                "The thinnest team is {low} with {low_share}, the strongest {high} with {high_share}.",
                low=low["team"] or _("people without a team"),
                low_share=_share(low),
                high=high["team"] or _("people without a team"),
                high_share=_share(high),
            )
        )
    shown = risks[risks["single_points"].notna()]
    if len(shown):
        pairs, one, nobody = (int(shown[name].sum()) for name in ("teams", "single_points", "uncovered"))
        sentences.append(
            _(
                "Where at least {least} teams need a skill, {one} of {pairs} team skills rest on one person and "
                "{nobody} on nobody.",
                least=smallest,
                one=one,
                pairs=pairs,
                nobody=nobody,
            )
        )
    if len(risks):
        sentences += _thinnest(risks[risks["required"] >= LEAST])
    if len(ahead) and ahead["required"].fillna(0).iloc[-1]:
        last = ahead.iloc[-1]
        day = table_day(last["month_end"])
        sentences.append(_("If nobody renews, coverage goes to {share} by {day}.", share=_share(last), day=day))
    sentences += [_spent(str(currency), part, since) for currency, part in spend.groupby("currency")]
    return [in_cells(sentence) for sentence in sentences if sentence]


def team(people: pd.DataFrame, gaps: pd.DataFrame, due: pd.DataFrame, skills: pd.DataFrame) -> list[str]:
    """What a manager should know first."""
    measured, sentences = people[people["requirements"] > 0], []
    blocked = int((measured["critical_unmet"] > 0).sum())
    if len(measured):
        sentences.append(_("{n} of {m} people have an unmet critical requirement.", n=blocked, m=len(measured)))
    expired = int((gaps["reason"] == "expired").sum())
    if expired:
        sentences.append(
            _("{n} of {m} gaps were met once and have expired: renewing closes them.", n=expired, m=len(gaps))
        )
    sentences += _thinnest(skills)
    soon = due[due["bucket"] == "0-30"]
    if len(soon):
        sentences.append(
            plural(
                "{n} award {of_whom} ends within 30 days.",
                "{n} awards {of_whom} end within 30 days.",
                len(soon),
                of_whom=plural("of one person", "of {n} people", soon["employee_id"].nunique()),
            )
        )
    nothing = _("There is nothing to report about these people: none of their roles has requirements.")
    return [in_cells(sentence) for sentence in sentences or [nothing]]


def _coverage(since: date, now: Any, then: Any, smallest: int) -> str:
    if not now["required"]:
        return _("No role of these people has requirements on this day, so there is no coverage to report.")
    share, day = _share(now), table_day(since)
    if is_small(then["met"], then["required"], smallest) or 0 < then["with_role"] < smallest:
        return _("Coverage is {share}.", share=share)
    if not then["required"]:
        return _("Coverage is {share}; there is nothing to compare it with yet.", share=share)
    points = whole_percent(now["met"], now["required"]) - whole_percent(then["met"], then["required"])
    # English files have always statements points, of one too, and are made again word for word.
    if points == 0:
        text = _(
            "Coverage is {share}, unchanged since {day}, when it was {before}.",
            share=share,
            day=day,
            before=_share(then),
        )
    elif points > 0:
        text = plural(
            "Coverage is {share}, up {n} points since {day}, when it was {before}.",
            "Coverage is {share}, up {n} points since {day}, when it was {before}.",
            points,
            share=share,
            day=day,
            before=_share(then),
        )
    else:
        text = plural(
            "Coverage is {share}, down {n} points since {day}, when it was {before}.",
            "Coverage is {share}, down {n} points since {day}, when it was {before}.",
            -points,
            share=share,
            day=day,
            before=_share(then),
        )
    return text


def _causes(changes: pd.DataFrame, smallest: int) -> str:
    def count(change: str, what: str) -> int:
        return int(changes.loc[change, what]) if change in changes.index else 0

    if changes.empty:
        return ""
    come, gone = (is_small(count(what, "met"), count(what, "required"), smallest) for what in ("come", "gone"))
    if come or gone or any(0 < count(what, "required") < smallest for what in ("stayed", "demonstrated", "lapsed")):
        return _("Too little changed to show it without giving away whose it was.")
    return _(
        "Of {both} requirements asked on both days, {demonstrated} were newly demonstrated and {lapsed} lapsed; "
        "{come} came with people or roles ({come_met} of them met) and {gone} went ({gone_met} of them were met).",
        both=sum(count(change, "required") for change in ("stayed", "demonstrated", "lapsed")),
        demonstrated=count("demonstrated", "required"),
        lapsed=count("lapsed", "required"),
        come=count("come", "required"),
        come_met=count("come", "met"),
        gone=count("gone", "required"),
        gone_met=count("gone", "met"),
    )


def _thinnest(skills: pd.DataFrame) -> list[str]:
    """The sentence about the skill with least coverage; none where there is no skill."""
    thin = skills.sort_values(["coverage", "skill_id"])
    if thin.empty:
        return []
    return [_("The thinnest skill is {skill} with {share}.", skill=thin.iloc[0]["skill"], share=_share(thin.iloc[0]))]


def _spent(currency: str, part: pd.DataFrame, since: date) -> str:
    """What was spent in one currency and what came of it: statements that stand for themselves, in one sentence."""
    known, spent = part[part["unconverted"].notna()], part["amount"].sum()
    amount, lost, seats = known["amount"].sum(), known["unconverted"].sum(), part["seat_time"].sum()
    statements = [_("{amount} were spent since {day}", amount=money(spent, currency), day=table_day(since))]
    numbers = {"share": percent(lost, amount), "lost": number(lost)}
    if len(known) == len(part):
        statements.append(_("{share} of it ({lost}) has not led to an award yet", **numbers))
    elif len(known):
        statements.append(
            _(
                "{share} of the {amount} in payments that can be shown ({lost}) has not led to an award yet",
                amount=number(amount),
                **numbers,
            )
        )
    if seats > 0:
        statements.append(
            _(
                "{share} ({seats}) paid for credentials that demonstrate nothing",
                share=percent(seats, spent),
                seats=number(seats),
            )
        )
    return f"{'; '.join(statements)}."


def _share(row: Any) -> str:
    return _(
        "{share} ({n} of {m} requirements met)",
        share=percent(row["met"], row["required"]),
        n=int(row["met"]),
        m=int(row["required"]),
    )
