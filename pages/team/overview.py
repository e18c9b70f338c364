"""Answers: where do we stand, and what needs attention first."""

from dataclasses import replace
from datetime import date

import streamlit as st

from skilltrack import charts, tables
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import ask
from skilltrack.ui.shell import is_open

parts.heading("Overview", "Who can demonstrably do what, where it is thin, and what lapses next.")
view = filters.bar("as_of", "manager", "team", "assurance")
now, trend = ask("totals", view).iloc[0], ask("trend", view)
met = parts.of(now["met"], now["required"], "met")
ready = parts.of(now["ready"], now["with_role"], "people")
numbers = [
    ("Coverage", parts.percent(now["met"], now["required"]), met),
    ("Ready for their role", parts.percent(now["ready"], now["with_role"]), ready),
]
if is_open("money/spend"):
    spend = ask("spend", replace(view, paid_from=date(view.as_of.year, 1, 1)))
    paid = " + ".join(f"{v / 1000:,.0f}k {code}" for code, v in spend.groupby("currency")["amount"].sum().items())
    numbers.append((f"Spend {view.as_of.year}", paid or "0", f"{int(spend['payments'].sum()):,} payments"))
is_large = parts.is_too_many(now["people"])
if not is_large:
    depth, renewals = ask("depth", view), ask("renewals", view)
    single, nobody = depth[depth["status"] == "single_point"], depth[depth["status"] == "uncovered"]
    due = renewals[renewals["bucket"].isin(["0-30", "31-60", "61-90"])]
    risk = f"{len(single)} on one person, {len(nobody)} on nobody"
    numbers.insert(2, ("Team skills at risk", f"{len(single) + len(nobody):,}", risk))
    numbers.insert(3, ("Due in 90 days", f"{len(due):,}", f"by {due['employee_id'].nunique()} people"))
parts.cards(*numbers)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Coverage month by month", anchor=False)
    ahead = trend.head(0) if is_large else ask("forecast", replace(view, months=6))
    said = f"Coverage of the last 12 months{'' if is_large else ' and, if nobody renews, of the next 6'}. Now {met}."
    parts.chart(charts.trend(trend, ahead), "trend", said)
with right:
    if is_large:
        st.subheader("Thinnest skills", anchor=False)
        parts.table(tables.worst_cells(ask("coverage_by_skill", view)), "skills", parts.COVERAGE)
    else:
        st.subheader("Thinnest team skills", anchor=False)
        for cell in tables.worst_cells(ask("coverage", view), count=6).itertuples():
            said = f"{cell.team} · {cell.skill}: {parts.of(cell.met, cell.required, 'met')}"
            parts.link("team/coverage", parts.plain(said), "groups", cell_team=cell.team, cell_skill=cell.skill_id)
        st.subheader("Resting on one person", anchor=False)
        for cell in single.sort_values("needed", ascending=False).head(4).itertuples():
            said = f"{cell.team} · {cell.skill}: 1 person, {cell.needed} need it"
            parts.link(
                "team/coverage", parts.plain(said), "person_alert", cell_team=cell.team, cell_skill=cell.skill_id
            )
with st.container(horizontal=True):
    parts.link("team/coverage", "All teams and skills")
    parts.link("team/readiness", "Who is ready")
    parts.link("team/renewals", "What lapses next")
    parts.link("money/spend", "What it cost")
