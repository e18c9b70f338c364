"""Answers about money, reshaped for the screen: pure, DataFrame in, DataFrame or plain values out."""

from typing import Any

import pandas as pd

from skilltrack.language import _, mark, texts
from skilltrack.tables import PAYERS

OUTCOMES = {
    "skills": mark("Shows a skill"),
    "seat_time": mark("Shows no skill"),
    "waiting": mark("No award yet"),
    "nothing": mark("No award in 90 days"),
    "names_nobody": mark("Names nobody"),
}
"""What a payment led to, as people read it; the best first."""


def outcomes(lines: pd.DataFrame, currency: str) -> dict[str, float]:
    """Net amount of one currency by what it led to, the best first; what no payment led to is left out."""
    own = lines[lines["currency"] == currency]
    amounts = own.assign(amount=own["amount"].astype(float)).groupby("outcome")["amount"].sum()
    return {outcome: float(amounts[outcome]) for outcome in OUTCOMES if outcome in amounts.index}


def cost_centers(lines: pd.DataFrame, currency: str) -> pd.DataFrame:
    """One row per cost centre of one currency: the net amount by outcome; the one with most without an award first."""
    own = lines[lines["currency"] == currency].assign(amount=lambda frame: frame["amount"].astype(float))
    wide = own.pivot_table(index="cost_center", columns="outcome", values="amount", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(OUTCOMES), fill_value=0.0)
    wide.insert(0, "amount", wide.sum(axis=1))
    wide = wide.reset_index()
    wide["cost_center"] = wide["cost_center"].replace("", _("None given"))
    rank = wide["waiting"] + wide["nothing"]
    return wide.assign(rank=rank).sort_values(["rank", "amount"], ascending=False).drop(columns="rank")


def named(lines: pd.DataFrame, people: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Lines of one currency about people, with their names; `people` is the answer of `people_ever`."""
    own = with_names(lines[lines["currency"] == currency], people)
    payer = own["funding_source"].map(texts(PAYERS)) if "funding_source" in own else None
    return own if payer is None else own.assign(payer=payer)


def with_names(lines: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Lines with a name from any roster for whom that of the day does not list, and the id where none has one."""
    ever = lines["employee_id"].map(dict(zip(people["employee_id"], people["name"], strict=True)))
    return lines.assign(name=lines["name"].fillna(ever).fillna(lines["employee_id"]))


def prices(paid: pd.DataFrame, currency: str) -> pd.DataFrame:
    """What one person's credential cost in one currency beside its list price; what cost most over it first."""
    own = paid[paid["currency"] == currency]
    over = own["difference"].astype(float) * own["people"].astype(float)
    return own.assign(over=over).sort_values(["over", "amount"], ascending=False, na_position="last")


def own_money(payments: pd.DataFrame, currency: str) -> dict[str, Any]:
    """What people paid themselves in one currency and wait for: the sum, how many wait, and how many days."""
    own = payments[payments["currency"] == currency]
    waits = own[own["open"].astype(float) > 0]
    return {
        "open": float(waits["open"].sum()),
        "waiting": waits["employee_id"].nunique(),
        "longest": int(waits["days"].max()) if len(waits) else 0,
    }
