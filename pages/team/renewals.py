"""Answers: what lapses next, whose is it, and what can be renewed together."""

import streamlit as st

from skilltrack import charts, tables
from skilltrack.language import _, number, plural, texts
from skilltrack.reports import people_answers
from skilltrack.ui import filters, grounds, numbers, organisations, parts, pictures, sentences, whole
from skilltrack.ui.cache import shaped

parts.heading(_("Renewals"))
view = filters.bar("as_of", "manager", "team")
everybody = shaped(tables.records, ("totals", view))[0]["people"]
if parts.is_too_many(everybody, lambda: whole.renewals(view)):
    organisations.instead_of_people(view)
    st.stop()
asked = ("renewals", view)
sentences.show(view, *shaped(people_answers.lapsing, asked))
counts = {bucket: shaped(tables.people_due, asked, more=(bucket,)) for bucket in tables.BUCKETS}
words = texts(tables.BUCKETS)
numbers.cards(
    *[
        (
            words[bucket],
            number(awards),
            plural("held by {n} person", "held by {n} people", people),
            grounds.due(view, bucket),
        )
        for bucket, (awards, people) in counts.items()
    ]
)
bucket = filters.choose("bucket", _("Show"), words, _("Ended, or ends within 90 days"))
listed = (bucket,) if bucket else ("expired", *tables.SOON)
due = grounds.due(view, *listed)
together = shaped(tables.due_together, asked, more=listed)
if len(together):
    pictures.heading(_("Same certificate, same team"), "clusters", grounds.due_together(view, *listed))
    parts.table(together, "clusters", "renewals", "credential", "people", "team", "first", "last", height=233)
pictures.heading(_("Who must renew what"), "renewals", due)
columns = ("name", "credential", "valid_to", "days", "team")
parts.table(shaped(tables.due, asked, more=listed), "renewals", "renewals", *columns, opens_person=True)
if any(awards for awards, _ in counts.values()):
    pictures.heading(_("Ends by month"), "months", grounds.due(view, *tables.BUCKETS))
    awards = sum(awards for awards, _ in counts.values())
    description = _("Awards ending by month; {n} in all.", n=awards)
    pictures.chart(shaped(charts.renewals_by_month, asked), "renewals", description, "months")
