"""Answers: what did each credential cost, who paid, and what came of it."""

import streamlit as st

from skilltrack import charts
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask

parts.heading("Spend", "What each credential cost, who paid, and what came of it. Currencies are never added together.")
view = filters.bar("as_of", "period", "manager", "team", "assurance")
lines = ask("spend", view)
if lines.empty:
    hint = "No payments in this period for these people. Choose a longer period, or upload spend."
    st.info(hint, icon=":material/payments:")
    st.stop()
for currency, part in lines.groupby("currency"):
    amount, lost = part["amount"].sum(), part["unconverted"].sum()
    own = part[part["funding_source"] == "employee"]["amount"].sum()
    earned = part.drop_duplicates("credential_id")
    parts.cards(
        (f"Spend, {currency}", f"{amount:,.0f}", f"{part['payments'].sum():,} payments"),
        ("Led to no award yet", f"{lost:,.0f} {currency}", f"{parts.percent(lost, amount)} of {amount:,.0f}"),
        ("Paid by employees", f"{own:,.0f} {currency}", "their own money, not refunded"),
        ("Skills gained", f"{earned['skill_gains'].sum():,}", f"through {earned['awards'].sum():,} awards"),
    )
    said = f"Net spend in {currency} by credential and funding source."
    parts.chart(charts.spend_by_credential(lines, str(currency)), f"spend_{currency}", said)
st.subheader("Per credential and funding source", anchor=False)
money = st.column_config.NumberColumn
columns = {
    "credential": "Credential",
    "funding_source": "Paid by",
    "currency": "Currency",
    "amount": money("Amount", format="localized"),
    "payments": "Payments",
    "awards": "Awards",
    "skill_gains": "Skills gained",
    "cost_per_award": money("Per award", format="%.0f"),
    "cost_per_skill_gain": money("Per skill gained", format="%.0f"),
    "unconverted": money("No award yet", format="localized"),
}
parts.table(lines.sort_values(["unconverted", "amount"], ascending=False), "spend", columns)
