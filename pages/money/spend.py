"""Answers: what did each credential cost, who paid, and what came of it."""

import streamlit as st

from skilltrack import charts, tables
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

parts.heading("Spend", "What each credential cost, who paid, and what came of it. Currencies are never added together.")
view = filters.bar("as_of", "period", "manager", "team", "assurance")
asked = ("spend", view)
currencies = shaped(tables.spend_by_currency, asked)
if not currencies:
    hint = "No payments in this period for these people. Choose a longer period, or upload spend."
    st.info(hint, icon=":material/payments:")
    st.stop()
for currency, sums in currencies.items():
    amount, lost, seats = sums["amount"], sums["unconverted"], sums["seat_time"]
    parts.cards(
        (f"Spend, {currency}", f"{amount:,.0f}", f"{sums['payments']:,} payments"),
        ("Led to no award yet", f"{lost:,.0f} {currency}", f"{parts.percent(lost, amount)} of {amount:,.0f}"),
        ("Seat time", f"{seats:,.0f} {currency}", f"{parts.percent(seats, amount)} for what demonstrates nothing"),
        ("Paid by employees", f"{sums['own']:,.0f} {currency}", "their own money, not refunded"),
        ("Skills gained", f"{sums['skill_gains']:,}", f"through {sums['awards']:,} awards"),
    )
    said = f"Net spend in {currency} by credential and funding source."
    parts.chart(shaped(charts.spend_by_credential, asked, more=(currency,)), f"spend_{currency}", said)
st.subheader("Per credential and funding source", anchor=False)
names = ("credential", "funding_source", "currency", "amount", "payments", "awards", "skill_gains")
costs = ("cost_per_award", "cost_per_skill_gain", "unconverted", "seat_time")
parts.table(shaped(tables.largest_spend, asked), "spend", parts.columns("spend", *names, *costs))
