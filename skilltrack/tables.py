"""Answers reshaped for the screen: pure, DataFrame in, DataFrame or plain values out."""

from datetime import date
from math import floor
from typing import Any

import pandas as pd

from skilltrack.language import _, mark, money, number, plural, texts
from skilltrack.text import visible

SOON = ("0-30", "31-60", "61-90")
"""Buckets of renewals that end in the next 90 days."""
WHY = {
    "level_low": mark("Level too low"),
    "expired": mark("Expired"),
    "revoked": mark("Revoked"),
    "issuer_not_recognised": mark("Issuer not recognised"),
    "missing": mark("Nothing shows it"),
}
"""The reasons for gaps, as people read them."""
CAUSES = {
    "gained": mark("New evidence"),
    "lapsed": mark("Evidence ended"),
    "revoked": mark("Evidence revoked"),
    "joined": mark("Joined the company"),
    "left": mark("Left the company"),
    "moved": mark("Moved in or out of the group"),
    "role_changed": mark("Other role"),
    "requirement_changed": mark("Requirement or exemption changed"),
    "policy_changed": mark("Issuer counts differently"),
}
"""The causes of changes, as people read them."""
SOURCES = {
    "award": mark("Certificate or badge"),
    "stack": mark("Certificate path"),
    "prior_learning": mark("Recognised prior learning"),
    "self_rating": mark("Own rating"),
}
"""What a line of a transcript comes from, as people read it."""
ASSURANCES = {"verified": mark("Verified"), "attested": mark("Attested"), "claimed": mark("Claimed only")}
STATUSES = {"single_point": mark("One person"), "uncovered": mark("Nobody")}
"""Who in a team can show a skill that it needs, where they are few."""
BUCKETS = {
    "expired": mark("Ended, last 90 days"),
    "0-30": mark("Next 30 days"),
    "31-60": mark("In 31–60 days"),
    "61-90": mark("In 61–90 days"),
    "later": mark("Later"),
}
"""When awards end, as people read it."""
TIERS = {"trusted": mark("Trusted"), "recognised": mark("Recognised"), "unrecognised": mark("Not recognised")}
"""The tiers of issuers, as people read them."""
PAYERS = {
    "employer": mark("Employer"),
    "reimbursement": mark("Employee, refunded"),
    "grant": mark("Grant"),
    "employee": mark("Employee"),
}
"""Funding sources, as people read them."""
IDLE = {
    "unmapped": mark("no skill is mapped to it"),
    "issuer_not_recognised": mark("its issuer is not recognised"),
    "seat_time": mark("it only shows that somebody took part"),
}
"""Why a credential counts for nothing, in words."""
LISTED = 20_000
"""The most people for whom a screen draws grids and lists."""
NEAR = 0.6
"""The readiness from which somebody who is not ready is nearly so."""
NAMED = 3
"""A cell that sums up a list has at most this many names, then how many more there are."""
MOST, WIDEST = 80, 200
"""The most rows and columns of a grid that a person can read; the rest is in the table below it."""


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Every row as a dict of its columns."""
    return frame.to_dict("records")


def labels(choices: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Per kind of filter: each value that can be chosen, with its label; no two of a kind have the same.

    A browser says by its label what was chosen: of two roles called the same, the other one would be asked about.
    """
    by_kind: dict[str, dict[str, str]] = {"manager": {}, "team": {}, "role": {}, "person": {}, "skill": {}}
    is_shared = choices.duplicated(["kind", "label"], keep=False)
    for (kind, value, label), shared in zip(choices.itertuples(index=False), is_shared, strict=True):
        by_kind[kind][value] = f"{label} ({value})" if shared or kind in ("manager", "person") else label
    return by_kind


def with_words(rows: pd.DataFrame, text: str) -> pd.DataFrame:
    """Rows that have every word of a text in one of their cells or another."""
    words = text.casefold().split()
    lines = [
        " ".join(str(cell) for cell in row if not pd.isna(cell)).casefold() for row in rows.itertuples(index=False)
    ]
    return rows.loc[[all(word in line for word in words) for line in lines]]


def only_manager(organisations: pd.DataFrame) -> str | None:
    """The one person at the top of what the viewer sees, if it is one and has reports."""
    is_one = len(organisations) == 1 and organisations["listed_below"].iloc[0] > 0
    return str(organisations["employee_id"].iloc[0]) if is_one else None


def own_of_reports(organisations: pd.DataFrame) -> dict[str, int]:
    """How many requirements the direct reports meet themselves, of how many."""
    return {"met": int(organisations["own_met"].sum()), "required": int(organisations["own_required"].sum())}


def percent(part: Any, whole: Any) -> str:
    """A ratio as people read it, or a dash when there is nothing to divide by."""
    return "–" if pd.isna(whole) or not whole else f"{whole_percent(part, whole)} %"


def whole_percent(part: Any, whole: Any) -> int:
    """A ratio in whole per cent, halves rounded up as in `matrix.js`; 100 only for all, 0 only for none."""
    rounded = floor((round(200 * part / whole, 9) + 1) / 2)
    return min(max(rounded, 1), 99) if 0 < part < whole else rounded


def in_percent(shares: pd.Series) -> pd.Series:
    """Shares as `whole_percent` has them, for a column of a table."""
    return pd.Series([None if pd.isna(share) else whole_percent(share, 1) for share in shares], shares.index, "Int64")


def in_whole(amounts: pd.Series) -> pd.Series:
    """Amounts of money in whole units, for a column of a table; empty ones stay empty."""
    return pd.to_numeric(amounts).astype("Float64").round().astype("Int64")


def amounts_in_words(text: str) -> str:
    """Amounts with their currencies, such as `16718.50 EUR, 20.00 USD`, in whole units as screens write them."""
    return ", ".join(money(*amount.split(" ")) for amount in text.split(", ") if amount)


def of(part: Any, whole: Any, what: str) -> str:
    """The n of m behind a ratio and `what` they are, for cards of files."""
    return f"{n_of_m(part, whole)} {what}"


def n_of_m(part: Any, whole: Any) -> str:
    """The n of m behind a ratio."""
    return _("{n} of {m}", n=int(part), m=int(whole))


def spend_by_currency(lines: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Per currency of a spend answer: its sums; `own` is what the employer itself paid."""
    sums = {}
    for currency, part in lines.groupby("currency"):
        earned = part.drop_duplicates("credential_id")
        sums[str(currency)] = {
            "amount": part["amount"].sum(),
            "payments": int(part["payments"].sum()),
            "unconverted": part["unconverted"].sum(),
            "seat_time": part["seat_time"].sum(),
            "own": part[part["funding_source"] == "employee"]["amount"].sum(),
            "awards": int(earned["awards"].sum()),
            "skill_gains": int(earned["skill_gains"].sum()),
        }
    return sums


def spend_in_words(sums: dict[str, dict[str, Any]]) -> tuple[str, str]:
    """The largest amount of a spend answer, and a line with the other currencies and the number of payments."""
    amounts = sorted(((each["amount"], currency) for currency, each in sums.items()), reverse=True)
    first, *others = [money(amount, currency) for amount, currency in amounts] or [number(0)]
    payments = plural("{n} payment", "{n} payments", sum(each["payments"] for each in sums.values()))
    return first, " · ".join([*others, payments])


def largest_spend(lines: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Spend lines of one currency, most without an award first, then the largest, with `payer` in words."""
    lines = lines[lines["currency"] == currency]
    lines = lines.assign(payer=lines["funding_source"].map(texts(PAYERS)).fillna(lines["funding_source"]))
    return lines.sort_values(["unconverted", "amount"], ascending=False)


def with_roles(frame: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The frame with the name of each role as the column `role`; its id if the catalogue has no name for it."""
    called = dict(zip(names["role_id"], names["role"], strict=True))
    return frame.assign(role=[called.get(role, role) for role in frame["role_id"]])


def in_words(transcript: pd.DataFrame) -> pd.DataFrame:
    """A transcript with source and assurance as people read them."""
    words = {"source": SOURCES, "assurance": ASSURANCES}
    return transcript.assign(**{name: transcript[name].map(texts(called)) for name, called in words.items()})


def with_reasons(gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps with their reason in words."""
    return gaps.assign(reason=gaps["reason"].map(texts(WHY)))


def due(renewals: pd.DataFrame, *buckets: str) -> pd.DataFrame:
    """The renewals of these buckets: first what ends next, then what ended most recently."""
    listed = renewals[renewals["bucket"].isin(buckets)]
    has_ended = listed["days"] < 0
    order = listed.assign(has_ended=has_ended, distance=listed["days"].abs())
    return listed.loc[order.sort_values(["has_ended", "distance", "name", "employee_id"]).index]


def people_due(renewals: pd.DataFrame, *buckets: str) -> tuple[int, int]:
    """How many renewals are in these buckets, and of how many people."""
    listed = renewals[renewals["bucket"].isin(buckets)]
    return len(listed), int(listed["employee_id"].nunique())


def is_due(renewals: pd.DataFrame, course: str | None, before: date | None) -> "pd.Series[bool]":
    """For each renewal whether it is of a course and ends by a day; None asks for any."""
    of_course = renewals["credential_id"].eq(course) if course else pd.Series(True, renewals.index)
    in_time = [before is None or day <= before for day in renewals["valid_to"]]
    return of_course.astype(bool) & pd.Series(in_time, renewals.index, dtype=bool)


def due_listed(renewals: pd.DataFrame, course: str | None, before: date | None, *buckets: str) -> pd.DataFrame:
    """The renewals of these buckets, of one course and up to a day if they are given, in the order of `due`."""
    return due(renewals[is_due(renewals, course, before)], *buckets)


def courses_due(renewals: pd.DataFrame) -> dict[str, str]:
    """What has to be renewed at some time, by name: of two courses called the same, each with its id."""
    courses = renewals[["credential_id", "credential"]].drop_duplicates().sort_values(["credential", "credential_id"])
    is_shared = courses["credential"].duplicated(keep=False)
    named = zip(courses["credential_id"], courses["credential"], is_shared, strict=True)
    return {course: f"{name} ({course})" if shared else name for course, name, shared in named}


def due_by_course(renewals: pd.DataFrame, course: str | None, before: date | None, *buckets: str) -> pd.DataFrame:
    """What `due_listed` lists per course, over all teams: most people first."""
    courses = (
        due_listed(renewals, course, before, *buckets)
        .groupby(["credential_id", "credential"], as_index=False)
        .agg(
            people=("employee_id", "nunique"),
            awards=("employee_id", "size"),
            teams=("team", "nunique"),
            first=("valid_to", "min"),
            last=("valid_to", "max"),
        )
    )
    return courses.sort_values(["people", "first", "credential_id"], ascending=[False, True, True])


def to_renew(
    renewals: pd.DataFrame, people: pd.DataFrame, course: str | None, before: date | None, *buckets: str
) -> pd.DataFrame:
    """What `due_listed` lists, as whoever gives the courses needs it: course, person, e-mail, team, last day."""
    listed = due_listed(renewals, course, before, *buckets).sort_values(["credential", "valid_to", "name"])
    addresses = dict(zip(people["employee_id"], people["email"], strict=True))
    listed = listed.assign(email=[addresses.get(person) for person in listed["employee_id"]])
    return listed[["credential", "name", "email", "team", "valid_to"]]


def due_together(renewals: pd.DataFrame, course: str | None, before: date | None, *buckets: str) -> pd.DataFrame:
    """Renewals that two or more people of a team share, with the number of people, the first and the last day."""
    together = (
        due_listed(renewals, course, before, *buckets)
        .groupby(["team", "credential_id", "credential"], as_index=False)
        .agg(people=("employee_id", "nunique"), first=("valid_to", "min"), last=("valid_to", "max"))
    )
    return together[together["people"] > 1].sort_values(["people", "first"], ascending=[False, True])


def at_risk(depth: pd.DataFrame) -> dict[str, Any]:
    """Team skills that rest on one person (the most needed first), and how many rest on nobody."""
    single = depth[depth["status"] == "single_point"].sort_values("needed", ascending=False)
    return {"single": records(single), "uncovered": int((depth["status"] == "uncovered").sum())}


def totals_by(frame: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Coverage summed over columns: required, met and their ratio per group, thinnest first."""
    summed = frame.groupby(list(by), dropna=False, as_index=False)[["required", "met"]].sum()
    summed["coverage"] = (summed["met"].astype(float) / summed["required"].where(summed["required"] > 0)).astype(float)
    return summed.sort_values(["coverage", "required"], ascending=[True, False]).reset_index(drop=True)


def team_matrix(coverage: pd.DataFrame, skills: pd.DataFrame, depth: pd.DataFrame) -> dict[str, Any]:
    """Coverage of team × skill as a grid, with the category of each skill; skills that nobody needs are left out.

    Each row says how many of the team's skills rest on one person, and how many on nobody (`thin`).
    """
    labels = coverage.drop_duplicates("skill_id").set_index("skill_id")["skill"]
    needed = coverage[coverage["required"] > 0]
    grid = grouped(matrix(needed, "team", "skill_id", labels, MOST, WIDEST), skills)
    counts = depth.groupby(["team", "status"]).size().to_dict()
    for row in grid["rows"]:
        row["thin"] = [counts.get((row["id"], status), 0) for status in STATUSES]
    return grid


def grouped(grid: dict[str, Any], skills: pd.DataFrame) -> dict[str, Any]:
    """A grid whose columns are skills, each with the name of its category as `group`."""
    named = zip(skills["skill_id"], skills["category"], strict=True)
    category = {skill: "" if pd.isna(name) else visible(name) for skill, name in named}
    columns = [column | {"group": category.get(column["id"], "")} for column in grid["columns"]]
    return grid | {"columns": columns}


def matrix(
    frame: pd.DataFrame, row: str, column: str, labels: pd.Series, most: int = MOST, widest: int | None = None
) -> dict[str, Any]:
    """Coverage cells as a grid for `ui.matrix`: the rows and columns with least coverage, each with its total."""
    rows, columns = totals_by(frame, row).head(most), totals_by(frame, column).head(widest or most)
    frame = frame[frame[row].isin(rows[row]) & frame[column].isin(columns[column])]
    cells = {
        f"{getattr(cell, row)}\n{getattr(cell, column)}": [int(cell.met), int(cell.required)]
        for cell in frame.itertuples(index=False)
    }
    return {
        "rows": [
            {"id": str(r[row]), "label": visible(r[row]) or _("No team"), "met": int(r["met"]),
             "required": int(r["required"])}
            for r in rows.to_dict("records")
        ],
        "columns": [
            {"id": str(c[column]), "label": visible(labels.get(c[column], c[column])), "met": int(c["met"]),
             "required": int(c["required"])}
            for c in columns.to_dict("records")
        ],
        "cells": cells,
    }  # fmt: skip


def most_ready(readiness: pd.DataFrame) -> pd.DataFrame:
    """People by readiness: the ready ones first, then the closest."""
    return readiness.sort_values(["ready", "readiness", "partial", "employee_id"], ascending=[False] * 3 + [True])


def ready_counts(readiness: pd.DataFrame) -> dict[str, int]:
    """How many people there are, have requirements, are ready, are close (60 % or more), or miss a critical one."""
    measured = readiness[readiness["requirements"] > 0]
    return {
        "people": len(readiness),
        "measured": len(measured),
        "ready": int(measured["ready"].sum()),
        "close": int((~measured["ready"].astype(bool) & (measured["readiness"] >= NEAR)).sum()),
        "critical": int((measured["critical_unmet"] > 0).sum()),
    }


def closest_matrix(
    readiness: pd.DataFrame, levels: pd.DataFrame, skills: pd.DataFrame, limit: int, without_ready: bool
) -> dict[str, Any]:
    """Levels of the `limit` people closest to ready against what is required of them, as a grid."""
    people = readiness[~readiness["ready"].astype(bool)] if without_ready else readiness
    closest = most_ready(people).head(limit)
    names = dict(zip(closest["employee_id"], closest["name"], strict=True))
    return grouped(people_matrix(levels, names), skills)


def people_matrix(frame: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    """Levels against requirements as a grid: the people of `names` (employee_id to name), in that order.

    If the required level of a skill differs between people, its header shows none (`needed` 0).
    """
    kept = frame[frame["employee_id"].isin(list(names))]
    columns = []
    for skill, part in kept.groupby("skill_id"):
        wanted = part["required_level"].unique()
        needed = int(wanted[0]) if len(wanted) == 1 else 0
        columns.append({"id": skill, "label": visible(part["skill"].iloc[0]), "needed": needed})
    cells = {
        f"{cell.employee_id}\n{cell.skill_id}": [int(cell.level), int(cell.required_level), bool(cell.is_exempt)]
        for cell in kept.itertuples(index=False)
    }
    rows = [{"id": person, "label": visible(name)} for person, name in names.items()]
    return {"rows": rows, "columns": columns, "cells": cells}


def best_levels(transcript: pd.DataFrame) -> pd.DataFrame:
    """What a person can do: per skill the line that counts with the highest level; of equals, the longest lasting."""
    counting = transcript[transcript["counts"].astype(bool)].copy()
    counting["lasts"] = counting["valid_to"].astype(object).where(counting["valid_to"].notna(), None)
    counting["sort_to"] = [str(day) if day is not None else "9999-12-31" for day in counting["lasts"]]
    best = counting.sort_values(["level", "sort_to"], ascending=False).drop_duplicates("skill_id")
    return best.sort_values(["level", "skill"], ascending=[False, True]).drop(columns=["lasts", "sort_to"])


def best_in_words(transcript: pd.DataFrame) -> pd.DataFrame:
    """The `best_levels` of a transcript, as people read them."""
    return best_levels(in_words(transcript))


def biggest_gaps(coverage: pd.DataFrame, least: int = 3, count: int = 8) -> pd.DataFrame:
    """Cells that at least `least` people need: most unmet requirements first, then the lowest coverage."""
    needed = coverage[coverage["required"] >= least].copy()
    needed["missing"] = needed["required"] - needed["met"]
    return needed[needed["missing"] > 0].sort_values(["missing", "coverage"], ascending=[False, True]).head(count)
