"""Answers: what lapses next."""

import streamlit as st

from skilltrack import charts, tables
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

WORDS = {
    "expired": "Ended, last 90 days",
    "0-30": "Next 30 days",
    "31-60": "In 31–60 days",
    "61-90": "In 61–90 days",
    "later": "Later",
}
parts.heading("Renewals", "What lapses next, and whose is it? Awards already renewed are left out.")
view = filters.bar("as_of", "manager", "team")
if parts.is_too_many(shaped(tables.records, ("totals", view))[0]["people"]):
    st.stop()
asked = ("renewals", view)
counts = {bucket: shaped(tables.people_due, asked, more=(bucket,)) for bucket in WORDS}
parts.cards(*[(WORDS[bucket], f"{awards:,}", f"{people} people") for bucket, (awards, people) in counts.items()])
bucket = filters.choose("bucket", "Show", WORDS, "Due in 90 days and ended")
listed = (bucket,) if bucket else ("expired", *tables.SOON)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Who must renew what", anchor=False)
    columns = parts.columns("renewals", "name", "team", "credential", "valid_to", "days")
    parts.table(shaped(tables.due, asked, more=listed), "renewals", columns, opens_person=True)
with right:
    st.subheader("Together", anchor=False)
    columns = {"people": "People", **parts.columns("renewals", "credential", "team"), "first": "From", "last": "To"}
    parts.table(shaped(tables.due_together, asked, more=listed), "clusters", columns)
if any(awards for awards, _ in counts.values()):
    st.subheader("Ends by month", anchor=False)
    parts.chart(
        shaped(charts.renewals_by_month, asked),
        "renewals",
        f"Awards ending by month; {sum(awards for awards, _ in counts.values())} in all.",
    )
