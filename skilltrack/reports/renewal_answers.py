"""The sentences about renewals, made as those of `answers`."""

from datetime import date

import pandas as pd

from skilltrack.language import _
from skilltrack.reports.answers import Answer, answer
from skilltrack.tables import percent


def if_nobody_renews(now: pd.DataFrame, later: pd.DataFrame, day: date) -> Answer | None:
    """What becomes of coverage by a later day on which only what is known today counts; both answers of `totals`."""
    was, met = now.iloc[0], later.iloc[0]
    if not was["required"] or not met["required"]:
        return None
    text = _(
        "**If nobody renews, {met} of {required} requirements** are met on {day} ({share}); now it is {was} of {then} "
        "({before}).",
        met=met["met"],
        required=met["required"],
        share=percent(met["met"], met["required"]),
        day=day,
        was=was["met"],
        then=was["required"],
        before=percent(was["met"], was["required"]),
    )
    is_good = bool(met["met"] * was["required"] >= was["met"] * met["required"])
    return answer(text, about="coverage", where={"as_of": day.isoformat()}, is_good=is_good, counts="met_then")
