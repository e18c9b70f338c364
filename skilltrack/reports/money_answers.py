"""The sentences about money, made as those of `answers`."""

from datetime import date, timedelta

import pandas as pd

from skilltrack import money_tables
from skilltrack.language import _, money, plural
from skilltrack.reports.answers import Answer, answer

PATIENCE = timedelta(days=90)
"""How old a payment must be before a sentence says that it led to no award."""


def settled(start: date | None, end: date | None) -> date | None:
    """The last day of a period on which a payment is old enough to have led to an award; None if there is none."""
    last = None if end is None else end - PATIENCE
    return last if last and start and last >= start else None


def unawarded(spend: pd.DataFrame, start: date, end: date, currency: str | None = None) -> Answer | None:
    """The money paid in a period that has not led to an award, in one currency, else in that with the most of it."""
    spend = spend if currency is None else spend[spend["currency"] == currency]
    sums = spend.groupby("currency")[["amount", "unconverted"]].sum().astype(float)
    lost = sums[(sums["unconverted"] > 0) & (sums["amount"] > 0)].sort_values("unconverted", ascending=False)
    if lost.empty:
        return None
    amount, nothing = lost.iloc[0]
    text = _(
        "**{lost}** of {amount} paid from {start} to {end} has led to no award.",
        lost=money(nothing, lost.index[0]),
        amount=money(amount, lost.index[0]),
        start=start,
        end=end,
    )
    where = {"from": start.isoformat(), "to": end.isoformat(), "currency": str(lost.index[0])}
    return answer(text, about="spend", where=where, counts="unconverted")


def own_money(payments: pd.DataFrame, currency: str) -> Answer | None:
    """What people have paid themselves in one currency and not got back, and since when."""
    sums = money_tables.own_money(payments, currency)
    if not sums["waiting"]:
        return None
    text = plural(
        "**{open}** of their own money has not been refunded to {n} employee.",
        "**{open}** of their own money has not been refunded to {n} employees.",
        sums["waiting"],
        open=money(sums["open"], currency),
    )
    longest = plural("The longest wait is {n} day.", "The longest wait is {n} days.", sums["longest"])
    return answer(text, longest, about="spend", where={"list": "own", "currency": currency}, counts="own_money")


def refunded(payments: pd.DataFrame, currency: str) -> Answer | None:
    """How long half of the refunds of one currency took, or longer."""
    own = payments[(payments["currency"] == currency) & (payments["open"].astype(float) <= 0)]
    if own.empty:
        return None
    usual = float(own["days"].median())
    text = _(
        "**{n} of {all} refunds** took {days} days or longer.",
        n=int((own["days"] >= usual).sum()),
        all=len(own),
        days=usual,
    )
    return answer(text, where={"currency": currency}, is_good=True, counts="refunds")


def over_list(paid: pd.DataFrame, currency: str) -> Answer | None:
    """What was paid over the list price, or saved, on the credentials of one currency that have one."""
    priced = money_tables.prices(paid, currency).dropna(subset=["over"])
    total = priced["over"].sum()
    if priced.empty or abs(total) < 1:
        return None
    most = priced.iloc[0 if total > 0 else -1]
    values = {
        "total": money(abs(total), currency),
        "each": money(abs(float(most["difference"])), currency),
        "credential": most["credential"],
    }
    if total > 0:
        text = _("**{total} more** than the list prices was paid; {credential} costs {each} more a person.", **values)
    else:
        text = _("**{total} less** than the list prices was paid; {credential} costs {each} less a person.", **values)
    where = {"list": "prices", "currency": currency}
    return answer(text, about="spend", where=where, is_good=bool(total <= 0), counts="over_list")
