"""Answers: what lapses next, whose is it, and what can be renewed together."""

import streamlit as st

from skilltrack import charts, tables
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped

WORDS = {
    "expired": "Ended, last 90 days",
    "0-30": "Next 30 days",
    "31-60": "In 31–60 days",
    "61-90": "In 61–90 days",
    "later": "Later",
}
parts.heading("Renewals")
view = filters.bar("as_of", "manager", "team")
if parts.is_too_many(shaped(tables.records, ("totals", view))[0]["people"]):
    st.stop()
asked = ("renewals", view)
parts.answers(*shaped(answers.lapsing, asked))
counts = {bucket: shaped(tables.people_due, asked, more=(bucket,)) for bucket in WORDS}
parts.cards(*[(WORDS[bucket], f"{awards:,}", f"of {people:,} people") for bucket, (awards, people) in counts.items()])
bucket = filters.choose("bucket", "Show", WORDS, "Ended, or ends within 90 days")
listed = (bucket,) if bucket else ("expired", *tables.SOON)
together = shaped(tables.due_together, asked, more=listed)
if len(together):
    st.subheader("Same certificate, same team", anchor=False)
    columns = {
        "credential": "Certificate",
        "team": "Team",
        "people": "People",
        "first": "First ends",
        "last": "Last ends",
    }
    parts.table(together, "clusters", columns, height=248)
st.subheader("Who must renew what", anchor=False)
columns = {"name": "Name", "team": "Team", "credential": "Certificate", "valid_to": "Last day", "days": "Days left"}
parts.table(shaped(tables.due, asked, more=listed), "renewals", columns, opens_person=True)
if any(awards for awards, _ in counts.values()):
    st.subheader("Ends by month", anchor=False)
    awards = sum(awards for awards, _ in counts.values())
    parts.chart(shaped(charts.renewals_by_month, asked), "renewals", f"Awards ending by month; {awards:,} in all.")
