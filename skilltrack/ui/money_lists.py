"""The lists below the numbers of the Spend page: what was paid for, for whom, by whom, and at what price."""

from typing import Any

import streamlit as st

from skilltrack import charts, money_tables, tables
from skilltrack.questions import Filters
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

LISTS = {
    "credentials": "Per credential",
    "waiting": "No award yet",
    "own": "Employees' own money",
    "centers": "Cost centres",
    "prices": "List prices",
}


def show(view: Filters, currency: str) -> None:
    """The list chosen in the URL, of one currency."""
    chosen = filters.tabs("list", "List", LISTS)
    SHOWN[chosen](view, currency)


def _credentials(view: Filters, currency: str) -> None:
    asked = ("spend", view)
    description = f"Net spend in {currency} by credential and payer."
    parts.chart(shaped(charts.spend_by_credential, asked, more=(currency,)), "spend", description)
    names = ("amount", "payments", "awards", "skill_gains", "cost_per_award", "cost_per_skill_gain", "unconverted")
    columns = {"credential": "Credential", "payer": "Paid by"} | parts.columns("spend", *names, "seat_time")
    parts.table(shaped(tables.largest_spend, asked, more=(currency,)), "spend", columns)


def _waiting(view: Filters, currency: str) -> None:
    asked = ("unconverted_payments", view)
    st.caption("Payments for people who have no award of the credential since 180 days before the payment.")
    names = parts.columns("unconverted_payments", "name", "team", "credential", "amount", "paid_on", "days")
    columns = names | {"payer": "Paid by"} | parts.columns("unconverted_payments", "cost_center")
    frame = shaped(money_tables.named, asked, more=(currency,))
    parts.table(frame, "payments", columns, opens_person=True, empty="Every payment has led to an award.")


def _own(view: Filters, currency: str) -> None:
    asked = ("own_payments", view)
    sums = shaped(money_tables.own_money, asked, more=(currency,))
    if sums["usual"] is not None:
        st.caption(f"Who has been refunded waited {sums['usual']:,.0f} days (half of them longer).")
    columns = parts.columns("own_payments", "name", "team", "credential", "open", "paid", "refunded", "paid_on", "days")
    frame = shaped(money_tables.named, asked, more=(currency,))
    parts.table(frame, "own_money", columns, opens_person=True, empty="Nobody paid for training themselves.")


def _centers(view: Filters, currency: str) -> None:
    money: Any = parts.MONEY
    columns = {"cost_center": "Cost centre", "amount": money("Amount")}
    columns |= {outcome: money(label) for outcome, label in money_tables.OUTCOMES.items()}
    parts.table(shaped(money_tables.cost_centers, ("spend_outcomes", view), more=(currency,)), "cost_centres", columns)


def _prices(view: Filters, currency: str) -> None:
    columns = parts.columns("prices_paid", "credential", "people", "price_paid", "list_price", "difference", "amount")
    parts.table(
        shaped(money_tables.prices, ("prices_paid", view), more=(currency,)), "prices", columns,
        empty="No payment names a person.",
    )  # fmt: skip


SHOWN = {
    "credentials": _credentials, "waiting": _waiting, "own": _own, "centers": _centers, "prices": _prices,
}  # fmt: skip
