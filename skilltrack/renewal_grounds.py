"""What a number about renewals rests on, as `grounds` has it. Pure."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from skilltrack import tables
from skilltrack.grounds import Rows, with_names
from skilltrack.language import _, texts

EXPIRED_FOR = timedelta(days=90)
"""For so long renewals list what has ended."""


def due(
    renewals: pd.DataFrame, awards: pd.DataFrame, credentials: pd.DataFrame, listed: pd.DataFrame, day: date,
    *buckets: str,
) -> Rows:  # fmt: skip
    """Awards that end in these buckets; the rest end in others; left out are all other awards, with the reason."""
    words = texts(tables.BUCKETS)
    renewals = renewals.assign(month=[f"{day:%Y-%m}" for day in renewals["valid_to"]])
    rest = tables.due(renewals, *[bucket for bucket in tables.BUCKETS if bucket not in buckets])
    on = ["employee_id", "credential_id", "valid_to"]
    ending = set(map(tuple, renewals[on].astype(str).to_numpy()))
    keys = pd.Series(list(map(tuple, awards[on].astype(str).to_numpy())), awards.index, dtype=object)
    other = awards[~keys.isin(ending)]
    active = set(listed.loc[listed["is_active"].astype(bool), "employee_id"])
    rows = zip(*(other[name] for name in ("employee_id", "valid_to", "revoked_on")), strict=True)
    why = [_not_due(person in active, last, revoked, day) for person, last, revoked in rows]
    other = with_names(other.assign(why=why), credentials, listed)
    return Rows(
        tables.due(renewals, *buckets), rest.assign(why=rest["bucket"].map(words)), other.sort_values(["why", "name"])
    )


def due_listed(
    renewals: pd.DataFrame,
    awards: pd.DataFrame,
    credentials: pd.DataFrame,
    listed: pd.DataFrame,
    day: date,
    course: str | None,
    before: date | None,
    *buckets: str,
) -> Rows:
    """The same of awards of one course and up to a day, if they are given; all others are the rest."""
    counted, rest, left_out = due(renewals, awards, credentials, listed, day, *buckets)
    is_it = tables.is_due(counted, course, before)
    other = counted[~is_it].assign(why=_("Another course, or another day"))
    return Rows(counted[is_it], pd.concat([other, rest], ignore_index=True), left_out)


def due_together(*answers: Any) -> Rows:
    """The same of awards that two or more people of a team share, each with its `cluster`; the rest end alone."""
    counted, rest, left_out = due_listed(*answers)
    together = counted.groupby(["team", "credential_id"])["employee_id"].transform("nunique") > 1
    named = zip(counted["credential"], counted["team"], strict=True)
    counted = counted.assign(cluster=[" · ".join(filter(None, both)) for both in named])
    alone = counted[~together].assign(why=_("Nobody else in the team"))
    return Rows(counted[together], pd.concat([alone, rest], ignore_index=True), left_out)


def ending_by(renewals: pd.DataFrame, last: date) -> Rows:
    """Awards that end by a day; those that end later; those that have ended."""
    awards = tables.due(renewals, *tables.BUCKETS)
    has_ended, in_time = awards["days"] < 0, awards["valid_to"].map(lambda day: day <= last).astype(bool)
    return Rows(awards[~has_ended & in_time], awards[~has_ended & ~in_time], awards[has_ended])


def _not_due(is_active: bool, last: Any, revoked: Any, day: date) -> str:
    """Why an award is in no bucket of renewals."""
    if not is_active:
        return _("Not active on this day")
    if not pd.isna(revoked) and revoked <= day:
        return _("Revoked")
    if pd.isna(last):
        return _("Never ends")
    return _("Ended more than 90 days ago") if last < day - EXPIRED_FOR else _("A later one of the same certificate")
