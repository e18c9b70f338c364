"""What did each credential cost, who paid, and what came of it?"""

import streamlit as st

from skilltrack import charts
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask

parts.heading("Spend", "What each credential cost, who paid, and what came of it. Currencies are never added together.")
view = filters.bar("as_of", "period", "manager", "team", "assurance")
lines = ask("spend", view)
if lines.empty:
    st.info("No payments in this period for these people. Choose a longer period, or upload spend.", icon=":material/payments:")
    st.stop()
whole = lines.groupby("currency")[["amount", "unconverted"]].sum()
own = lines[lines["funding_source"] == "employee"].groupby("currency")["amount"].sum()
per_credential = lines.drop_duplicates(["credential_id", "currency"])
gains = int(per_credential.drop_duplicates("credential_id")["skill_gains"].sum())
for currency, sums in whole.iterrows():
    paid_for = per_credential[per_credential["currency"] == currency]
    parts.cards(
        lambda c=currency, s=sums: parts.number(f"Spend, {c}", f"{s['amount']:,.0f}", f"{int(lines[lines['currency'] == c]['payments'].sum()):,} payments"),
        lambda s=sums, c=currency: parts.number("Led to no award yet", f"{s['unconverted']:,.0f} {c}",
                                                f"{parts.percent(s['unconverted'], s['amount'])} of {s['amount']:,.0f}"),
        lambda c=currency: parts.number("Paid by employees", f"{own.get(c, 0):,.0f} {c}", "their own money, not refunded"),
        lambda p=paid_for, c=currency: parts.number("Skills gained", f"{int(p['skill_gains'].sum()):,}", f"through {int(p['awards'].sum()):,} awards"),
    )  # fmt: skip
    parts.chart(charts.spend_by_credential(lines, str(currency)), f"spend_{currency}", f"Net spend in {currency} by credential and funding source.")
st.subheader("Per credential and funding source", anchor=False)
money = st.column_config.NumberColumn
parts.table(lines.sort_values(["unconverted", "amount"], ascending=False), "spend", {
    "credential": "Credential", "funding_source": "Paid by", "currency": "Currency",
    "amount": money("Amount", format="localized"), "payments": "Payments", "awards": "Awards", "skill_gains": "Skills gained",
    "cost_per_award": money("Per award", format="%.0f"), "cost_per_skill_gain": money("Per skill gained", format="%.0f"),
    "unconverted": money("No award yet", format="localized"),
})  # fmt: skip
