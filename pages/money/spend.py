"""Answers: what did each credential cost, who paid, and what came of it."""

from dataclasses import replace

import streamlit as st

from skilltrack import charts, money_tables, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, money_lists, parts
from skilltrack.ui.cache import shaped

parts.heading("Spend")
view = filters.bar("as_of", "period", "manager", "team", "assurance")
asked, own, paid = ("spend", view), ("own_payments", view), ("prices_paid", view)
by_currency = shaped(tables.spend_by_currency, asked)
currencies = sorted(by_currency, key=lambda name: -by_currency[name]["amount"])
if not currencies:
    hint = "No payments in this period for these people. Choose a longer period, or upload spend."
    st.info(hint, icon=":material/payments:")
    st.stop()
currency = currencies[0]
if len(currencies) > 1:
    currency = filters.tabs("currency", "Currency", {name: name for name in currencies})
settled = answers.settled(view.paid_from, view.paid_to)
old = ("spend", replace(view, paid_to=settled))
parts.answers(
    shaped(answers.money, old, more=(view.paid_from, settled, currency)) if settled else None,
    shaped(answers.own_money, own, more=(currency,)),
    shaped(answers.over_list, paid, more=(currency,)),
)
sums = by_currency[currency]
amount, lost, seats = sums["amount"], sums["unconverted"], sums["seat_time"]
parts.cards(
    (f"Spend, {currency}", f"{amount:,.0f}", f"{sums['payments']:,} payments"),
    (f"No award yet, {currency}", f"{lost:,.0f}", f"{parts.percent(lost, amount)}, recent payments included"),
    (f"Seat time, {currency}", f"{seats:,.0f}", f"{parts.percent(seats, amount)} for what shows no skill"),
    (f"Paid by employees, {currency}", f"{sums['own']:,.0f}", "their own money, not refunded"),
    ("Skills gained", f"{sums['skill_gains']:,}", f"through {sums['awards']:,} awards"),
)
st.subheader("What the money led to", anchor=False)
amounts = shaped(money_tables.outcomes, ("spend_outcomes", view), more=(currency,))
parts.chart(charts.outcomes(amounts, currency), "outcomes", f"Net spend in {currency} by what it led to.")
money_lists.show(view, currency)
