"""Answers: what needs attention first, where do we stand, and where are we heading."""

from dataclasses import replace
from functools import partial

import streamlit as st

from skilltrack import charts, tables
from skilltrack.days import LAST
from skilltrack.language import _
from skilltrack.questions import a_year_before
from skilltrack.reports import answers, money_answers, people_answers
from skilltrack.ui import filters, grounds, known, numbers, parts, pictures, sentences, waiting
from skilltrack.ui.cache import ahead, shaped
from skilltrack.ui.shell import is_open

parts.heading(_("Overview"))
view = filters.bar("as_of", "year", "manager", "team", "assurance")
known.compared(view)
now, totals, trend = shaped(tables.records, ("totals", view))[0], ("totals", view), ("trend", view)
is_large, cards = now["people"] > parts.LISTED, numbers.standing(now, view)
if is_large:
    lines = [shaped(answers.change_in_all, totals, trend, more=(view.as_of,))]
else:
    soon, depth, renewals = min(view.as_of + answers.PATIENCE, LAST), ("depth", view), ("renewals", view)
    ahead(trend, depth, renewals, *((name, view) for name in ("readiness", "coverage")))
    quarter = shaped(answers.a_quarter_ago, trend, more=(view.as_of,))
    causes = ("movement", replace(view, paid_from=quarter["month_end"] if quarter else view.as_of))
    lines = [
        shaped(answers.change, totals, trend, causes, more=(view.as_of,)),
        shaped(people_answers.renewing, renewals),
        shaped(people_answers.risk, depth, ("depth", replace(view, as_of=soon)), more=(soon,)),
        shaped(people_answers.ready, ("readiness", view)),
    ]
    cards += [numbers.at_risk(view), numbers.ending_soon(view)]
if is_open("money/spend"):
    year = replace(view, paid_from=a_year_before(view.as_of), paid_to=view.as_of)
    settled = money_answers.settled(year.paid_from, year.paid_to)
    old = ("spend", replace(year, paid_to=settled))
    lines.append(shaped(money_answers.unawarded, old, more=(year.paid_from, settled)))
    cards.append(numbers.spent(_("Spend, last 12 months"), year))
waiting.pointed_to()
sentences.show(view, *lines)
numbers.cards(*cards)
parts.is_too_many(now["people"])
left, right = st.columns([3, 2], gap="large")
with left:
    picture, months = ("trend", 0) if is_large else ("forecast", 6)
    month_by_month, behind = _("Requirements met, month by month"), partial(pictures.of_month, view, months)
    pictures.heading(month_by_month, picture, None, behind)
    description = _("Share of requirements met in the last 12 months and, if nobody renews, the next 6.")
    drawn, coming = (charts.trend_so_far, ()) if is_large else (charts.trend, (("forecast", replace(view, months=6)),))
    figure = shaped(drawn, trend, *coming, more=(view.as_of,))
    pictures.chart(figure, "trend", description, picture)
with right:
    gaps = ("biggest_skills", grounds.requirements(view, "unmet")) if is_large else ("biggest", grounds.by_cell(view))
    pictures.heading(_("Biggest gaps"), *gaps)
    parts.gap_links(shaped(tables.biggest_gaps, ("coverage_by_skill" if is_large else "coverage", view)))
