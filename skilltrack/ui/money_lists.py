"""The lists below the numbers of the Spend page: what was paid for, for whom, by whom, and at what price."""

import streamlit as st

from skilltrack import charts, money_tables, tables
from skilltrack.language import _, mark, texts
from skilltrack.questions import Filters
from skilltrack.reports import money_answers
from skilltrack.ui import filters, grounds, parts, pictures, sentences
from skilltrack.ui.cache import shaped
from skilltrack.ui.grounds import Ground

LISTS = {
    "credentials": mark("Per credential"),
    "waiting": mark("No award yet"),
    "own": mark("Employees' own money"),
    "centers": mark("Cost centres"),
    "prices": mark("List prices"),
}
COUNTS = {"waiting": "unconverted", "prices": "priced"}
"""Of which payments a list has the rows, where it is not all of them."""


def show(view: Filters, currency: str) -> None:
    """The list chosen in the URL, of one currency."""
    with st.container(horizontal=True, vertical_alignment="center", key="heading_lists"):
        chosen = filters.tabs("list", _("List"), texts(LISTS))
        pictures.why(_(LISTS[chosen]), f"money_{chosen}", _behind(chosen, view, currency))
    SHOWN[chosen](view, currency)


def _behind(chosen: str, view: Filters, currency: str) -> Ground:
    """The rows that a list adds up."""
    if chosen == "own":
        return grounds.own_money(view, currency)
    return grounds.payments(view, currency, COUNTS.get(chosen, "all"))


def _credentials(view: Filters, currency: str) -> None:
    asked = ("spend", view)
    description = _("Net spend in {currency} by credential and payer.", currency=currency)
    figure = shaped(charts.spend_by_credential, asked, more=(currency,))
    pictures.chart(figure, "spend", description, "money_credentials")
    names = ("amount", "unconverted", "payments", "awards", "skill_gains", "cost_per_award", "cost_per_skill_gain")
    rows = shaped(tables.largest_spend, asked, more=(currency,))
    parts.table(rows, "spend", "spend", "credential", "payer", *names, "seat_time")


def _waiting(view: Filters, currency: str) -> None:
    asked = ("unconverted_payments", view)
    st.caption(_("Payments for people who have no award of the credential since 180 days before the payment."))
    columns = ("name", "amount", "credential", "paid_on", "days", "payer", "team", "cost_center")
    people, empty = ("people_ever", view), _("Every payment has led to an award.")
    frame = shaped(money_tables.named, asked, people, more=(currency,))
    parts.table(frame, "payments", "unconverted_payments", *columns, opens_person=True, empty=empty)


def _own(view: Filters, currency: str) -> None:
    asked = ("own_payments", view)
    sentences.show(view, shaped(money_answers.refunded, asked, more=(currency,)), key="_own")
    columns = ("name", "open", "days", "credential", "paid_on", "paid", "refunded", "team")
    people, empty = ("people_ever", view), _("Nobody paid for training themselves.")
    frame = shaped(money_tables.named, asked, people, more=(currency,))
    parts.table(frame, "own_money", "own_payments", *columns, opens_person=True, empty=empty)


def _centers(view: Filters, currency: str) -> None:
    rows = shaped(money_tables.cost_centers, ("spend_outcomes", view), more=(currency,))
    parts.table(rows, "cost_centres", "cost_centres", "cost_center", "amount", *money_tables.OUTCOMES)


def _prices(view: Filters, currency: str) -> None:
    columns = ("credential", "people", "price_paid", "list_price", "difference", "amount")
    rows = shaped(money_tables.prices, ("prices_paid", view), more=(currency,))
    parts.table(rows, "prices", "prices_paid", *columns, empty=_("No payment names a person."))


SHOWN = {
    "credentials": _credentials,
    "waiting": _waiting,
    "own": _own,
    "centers": _centers,
    "prices": _prices,
}
