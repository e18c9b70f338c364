"""Answers: what did each credential cost, who paid, and what came of it."""

from dataclasses import replace

import streamlit as st

from skilltrack import charts, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("Spend")
view = filters.bar("as_of", "period", "manager", "team", "assurance")
asked = ("spend", view)
currencies = shaped(tables.spend_by_currency, asked)
if not currencies:
    hint = "No payments in this period for these people. Choose a longer period, or upload spend."
    st.info(hint, icon=":material/payments:")
    st.stop()
settled = answers.settled(view.paid_from, view.paid_to)
if settled:
    old = ("spend", replace(view, paid_to=settled))
    parts.answers(shaped(answers.money, old, more=(view.paid_from, settled)))
for currency, sums in currencies.items():
    amount, lost, seats = sums["amount"], sums["unconverted"], sums["seat_time"]
    parts.cards(
        (f"Spend, {currency}", f"{amount:,.0f}", f"{sums['payments']:,} payments"),
        (f"No award yet, {currency}", f"{lost:,.0f}", f"{parts.percent(lost, amount)}, recent payments included"),
        (f"Seat time, {currency}", f"{seats:,.0f}", f"{parts.percent(seats, amount)} for what shows no skill"),
        (f"Paid by employees, {currency}", f"{sums['own']:,.0f}", "their own money, not refunded"),
        ("Skills gained", f"{sums['skill_gains']:,}", f"through {sums['awards']:,} awards"),
    )
    description = f"Net spend in {currency} by credential and payer."
    parts.chart(shaped(charts.spend_by_credential, asked, more=(currency,)), f"spend_{currency}", description)
st.subheader("Per credential and payer", anchor=False)
st.caption("Currencies are never added together.")
money = st.column_config.NumberColumn
columns = {
    "credential": "Credential",
    "payer": "Paid by",
    "currency": "Currency",
    "amount": money("Amount", format="localized"),
    "payments": "Payments",
    "awards": "Awards",
    "skill_gains": "Skills gained",
    "cost_per_award": money("Per award", format="%.0f"),
    "cost_per_skill_gain": money("Per skill gained", format="%.0f"),
    "unconverted": money("No award yet", format="localized"),
    "seat_time": money("Seat time", format="localized"),
}
parts.table(shaped(tables.largest_spend, asked), "spend", columns)
