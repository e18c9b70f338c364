"""Answers: what did each credential cost, who paid, and what came of it."""

from dataclasses import replace

import streamlit as st

from skilltrack import charts, money_tables, tables
from skilltrack.language import _, money, number, plural
from skilltrack.reports import money_answers
from skilltrack.ui import filters, grounds, money_lists, numbers, parts, pictures, sentences
from skilltrack.ui.cache import shaped

parts.heading(_("Spend"))
view = filters.bar("as_of", "period", "manager", "team", "assurance")
asked, own, paid = ("spend", view), ("own_payments", view), ("prices_paid", view)
by_currency = shaped(tables.spend_by_currency, asked)
currencies = sorted(by_currency, key=lambda name: -by_currency[name]["amount"])
if not currencies:
    hint = _("No payments in this period for these people. Choose a longer period, or upload spend.")
    st.info(hint, icon=":material/payments:")
    st.stop()
currency = currencies[0]
if len(currencies) > 1:
    currency = filters.tabs("currency", _("Currency"), {name: name for name in currencies})
settled = money_answers.settled(view.paid_from, view.paid_to)
old = ("spend", replace(view, paid_to=settled))
sentences.show(
    view,
    shaped(money_answers.unawarded, old, more=(view.paid_from, settled, currency)) if settled else None,
    shaped(money_answers.own_money, own, more=(currency,)),
    shaped(money_answers.over_list, paid, more=(currency,)),
)
sums = by_currency[currency]
amount, lost, seats = sums["amount"], sums["unconverted"], sums["seat_time"]
on = {of: grounds.payments(view, currency, of) for of in ("all", "unconverted", "seat_time", "own")}
no_skill = _("{share} for what shows no skill", share=parts.percent(seats, amount))
numbers.cards(
    (_("Spend"), money(amount, currency), plural("{n} payment", "{n} payments", sums["payments"]), on["all"]),
    (
        _("No award yet"),
        money(lost, currency),
        _("{share}, recent payments included", share=parts.percent(lost, amount)),
        on["unconverted"],
    ),
    (_("Seat time"), money(seats, currency), no_skill, on["seat_time"]),
    (_("Paid by employees"), money(sums["own"], currency), _("paid in this period, less refunds in it"), on["own"]),
    (
        _("Skills gained"),
        number(sums["skill_gains"]),
        plural("through {n} award", "through {n} awards", sums["awards"]),
        grounds.gains(view, currency),
    ),
)
pictures.heading(_("What the money led to"), "outcomes", on["all"])
amounts = shaped(money_tables.outcomes, ("spend_outcomes", view), more=(currency,))
description = _("Net spend in {currency} by what it led to.", currency=currency)
pictures.chart(charts.outcomes(amounts, currency), "outcomes", description, "outcomes")
money_lists.show(view, currency)
