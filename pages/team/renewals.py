"""Answers: what lapses next."""

import streamlit as st

from skilltrack import charts
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask

WORDS = {
    "expired": "Ended, last 90 days",
    "0-30": "Next 30 days",
    "31-60": "In 31–60 days",
    "61-90": "In 61–90 days",
    "later": "Later",
}
parts.heading("Renewals", "What lapses next, and whose is it? Awards already renewed are left out.")
view = filters.bar("as_of", "manager", "team")
if parts.is_too_many(ask("totals", view).iloc[0]["people"]):
    st.stop()
due = ask("renewals", view)
buckets = {name: due[due["bucket"] == name] for name in WORDS}
parts.cards(*[
    (WORDS[name], f"{len(rows):,}", f"{rows['employee_id'].nunique()} people") for name, rows in buckets.items()
])  # fmt: skip
bucket = filters.choose("bucket", "Show", WORDS, "Due in 90 days and ended")
listed = buckets[bucket] if bucket else due[due["bucket"] != "later"]
together = listed.groupby(["team", "credential_id", "credential"], as_index=False).agg(
    people=("employee_id", "nunique"), first=("valid_to", "min"), last=("valid_to", "max")
)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Who must renew what", anchor=False)
    columns = {"name": "Name", "team": "Team", "credential": "Credential", "valid_to": "Last day", "days": "Days"}
    parts.table(listed.sort_values(["valid_to", "name"]), "renewals", columns, opens_person=True)
with right:
    st.subheader("Together", anchor=False)
    columns = {"people": "People", "credential": "Credential", "team": "Team", "first": "From", "last": "To"}
    parts.table(together.sort_values(["people", "first"], ascending=[False, True]), "clusters", columns)
if len(due):
    st.subheader("Ends by month", anchor=False)
    parts.chart(charts.renewals_by_month(due), "renewals", f"Awards ending by month; {len(listed)} due or ended.")
