"""Answers: what needs attention first, where do we stand, and where are we heading."""

from dataclasses import replace

import streamlit as st

from skilltrack import charts, tables
from skilltrack.days import LAST
from skilltrack.questions import a_year_before
from skilltrack.reports import answers
from skilltrack.ui import filters, parts
from skilltrack.ui.cache import shaped
from skilltrack.ui.shell import is_open

parts.heading("Overview")
view = filters.bar("as_of", "year", "manager", "team", "assurance")
now, totals, trend = shaped(tables.records, ("totals", view))[0], ("totals", view), ("trend", view)
is_large = parts.is_too_many(now["people"])
cards: list[tuple[str, ...]] = [
    parts.part_of("Requirements met", now["met"], now["required"], "requirements"),
    parts.part_of("Ready for their role", now["ready"], now["with_role"], "people"),
]
if is_large:
    sentences = [shaped(answers.change_in_all, totals, trend, more=(view.as_of,))]
else:
    soon = min(view.as_of + answers.PATIENCE, LAST)
    quarter = shaped(answers.a_quarter_ago, trend, more=(view.as_of,))
    causes = ("movement", replace(view, paid_from=quarter["month_end"] if quarter else view.as_of))
    depth, renewals = ("depth", view), ("renewals", view)
    sentences = [
        shaped(answers.change, totals, trend, causes, more=(view.as_of,)),
        shaped(answers.renewing, renewals),
        shaped(answers.risk, depth, ("depth", replace(view, as_of=soon)), more=(soon,)),
        shaped(answers.ready, ("readiness", view)),
    ]
    at_risk, (due, holders) = shaped(tables.at_risk, depth), shaped(tables.people_due, renewals, more=tables.SOON)
    single, nobody = len(at_risk["single"]), at_risk["uncovered"]
    cards += [
        ("Team skills at risk", f"{single + nobody:,}", f"{single:,} on one person, {nobody:,} on nobody"),
        ("Ending in 90 days", f"{due:,}", f"certificates of {holders:,} people"),
    ]
if is_open("money/spend"):
    year = replace(view, paid_from=a_year_before(view.as_of), paid_to=view.as_of)
    settled = answers.settled(year.paid_from, year.paid_to)
    sentences.append(shaped(answers.money, ("spend", replace(year, paid_to=settled)), more=(year.paid_from, settled)))
    cards.append(("Spend, last 12 months", *tables.spend_in_words(shaped(tables.spend_by_currency, ("spend", year)))))
parts.answers(*sentences)
parts.cards(*cards)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Requirements met, month by month", anchor=False)
    description = (
        f"Share of requirements met in the last 12 months{'' if is_large else ' and, if nobody renews, the next 6'}."
    )
    drawn, ahead = (charts.trend_so_far, ()) if is_large else (charts.trend, (("forecast", replace(view, months=6)),))
    parts.chart(shaped(drawn, trend, *ahead, more=(view.as_of,)), "trend", description)
with right:
    st.subheader("Biggest gaps", anchor=False)
    parts.gap_links(shaped(tables.biggest_gaps, ("coverage_by_skill" if is_large else "coverage", view)))
