"""Answers: where do we stand, and what needs attention first."""

from dataclasses import replace
from datetime import date

import streamlit as st

from skilltrack import charts, tables
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped
from skilltrack.ui.shell import is_open

parts.heading("Overview", "Who can demonstrably do what, where it is thin, and what lapses next.")
view = filters.bar("as_of", "manager", "team", "assurance")
now = shaped(tables.records, ("totals", view))[0]
met = parts.of(now["met"], now["required"], "met")
ready = parts.of(now["ready"], now["with_role"], "people")
numbers = [
    ("Coverage", parts.percent(now["met"], now["required"]), met),
    ("Ready for their role", parts.percent(now["ready"], now["with_role"]), ready),
]
if is_open("money/spend"):
    spend = shaped(tables.spend_by_currency, ("spend", replace(view, paid_from=date(view.as_of.year, 1, 1))))
    paid = " + ".join(f"{sums['amount'] / 1000:,.0f}k {currency}" for currency, sums in spend.items())
    payments = sum(sums["payments"] for sums in spend.values())
    numbers.append((f"Spend {view.as_of.year}", paid or "0", f"{payments:,} payments"))
is_large = parts.is_too_many(now["people"])
if not is_large:
    at_risk = shaped(tables.at_risk, ("depth", view))
    single, nobody = at_risk["single"], at_risk["uncovered"]
    due, holders = shaped(tables.people_due, ("renewals", view), more=tables.SOON)
    risk = f"{len(single)} on one person, {nobody} on nobody"
    numbers.insert(2, ("Team skills at risk", f"{len(single) + nobody:,}", risk))
    numbers.insert(3, ("Due in 90 days", f"{due:,}", f"by {holders} people"))
parts.cards(*numbers)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Coverage month by month", anchor=False)
    ahead = () if is_large else (("forecast", replace(view, months=6)),)
    said = f"Coverage of the last 12 months{'' if is_large else ' and, if nobody renews, of the next 6'}. Now {met}."
    parts.chart(shaped(charts.trend, ("trend", view), *ahead), "trend", said)
with right:
    if is_large:
        st.subheader("Thinnest skills", anchor=False)
        parts.table(shaped(tables.worst_cells, ("coverage_by_skill", view)), "skills", parts.coverage())
    else:
        st.subheader("Thinnest team skills", anchor=False)
        for cell in shaped(tables.worst_cells, ("coverage", view)).head(6).itertuples():
            said = f"{cell.team} · {cell.skill}: {parts.of(cell.met, cell.required, 'met')}"
            parts.link("team/coverage", parts.plain(said), "groups", cell_team=cell.team, cell_skill=cell.skill_id)
        st.subheader("Resting on one person", anchor=False)
        for cell in single[:4]:
            said = f"{cell['team']} · {cell['skill']}: 1 person, {cell['needed']} need it"
            where = {"cell_team": cell["team"], "cell_skill": cell["skill_id"]}
            parts.link("team/coverage", parts.plain(said), "person_alert", **where)
with st.container(horizontal=True):
    parts.link("team/coverage", "All teams and skills")
    parts.link("team/readiness", "Who is ready")
    parts.link("team/renewals", "What lapses next")
    parts.link("money/spend", "What it cost")
