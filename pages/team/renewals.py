"""What lapses next?"""

import streamlit as st

from skilltrack import charts
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask

parts.heading("Renewals", "What lapses next, and whose is it? Awards already renewed are left out.")
view = filters.bar("as_of", "manager", "team")
due = ask("renewals", view)
WORDS = {"expired": "Ended, last 90 days", "0-30": "Next 30 days", "31-60": "In 31–60 days", "61-90": "In 61–90 days", "later": "Later"}
counts = {bucket: due[due["bucket"] == bucket] for bucket in charts.BUCKETS}
parts.cards(*[
    lambda bucket=bucket, rows=rows: parts.number(WORDS[bucket], f"{len(rows):,}", f"{rows['employee_id'].nunique()} people")
    for bucket, rows in counts.items()
])  # fmt: skip
bucket = filters.choose("bucket", "Show", {name: WORDS[name] for name in charts.BUCKETS if name != "later"} | {"later": "Later"},
                        "Due in 90 days and ended") or ""  # fmt: skip
listed = due[due["bucket"] == bucket] if bucket else due[due["bucket"] != "later"]
clusters = listed.groupby(["team", "credential_id", "credential"], as_index=False).agg(
    people=("employee_id", "nunique"), first=("valid_to", "min"), last=("valid_to", "max")
).sort_values(["people", "first"], ascending=[False, True])  # fmt: skip
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Who must renew what", anchor=False)
    parts.table(listed.sort_values(["valid_to", "name"]), "renewals", {
        "name": "Name", "team": "Team", "credential": "Credential", "valid_to": "Last day", "days": "Days",
    }, opens_person=True)  # fmt: skip
with right:
    st.subheader("Together", anchor=False)
    parts.table(clusters, "clusters", {
        "people": "People", "credential": "Credential", "team": "Team", "first": "From", "last": "To",
    })  # fmt: skip
if len(due):
    st.subheader("Ends by month", anchor=False)
    parts.chart(charts.renewals_by_month(due), "renewals", f"Awards ending by month; {len(listed)} due or ended.")
