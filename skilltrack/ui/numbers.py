"""Numbers side by side, each with its n of m and with "Why this number": the rows behind it, in a panel at the side."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from skilltrack import tables
from skilltrack.language import _, mark, number, plural
from skilltrack.questions import Filters
from skilltrack.ui import grounds, panel, parts
from skilltrack.ui.cache import shaped
from skilltrack.ui.grounds import Ground
from skilltrack.ui.text import plain

UNMET = ("unmet", "critical")


class Number(NamedTuple):
    """A number on a card: what it is called, how it reads, what stands below it, and what it rests on."""

    label: str
    value: str
    below: str = ""
    ground: Ground | None = None
    pick: Callable[[], None] | None = None
    """What a click on the card does, if it limits the page to what the number counts."""
    is_picked: bool = False


def part_of(label: str, part: Any, whole: Any, below: str, ground: Ground | None = None) -> Number:
    """A card that says how many of how many; `below` is a marked text that names the `{share}`."""
    return Number(label, tables.n_of_m(part, whole), _(below, share=parts.percent(part, whole)), ground)


def standing(now: dict[str, Any], view: Filters) -> list[Number]:
    """The cards that say where a group stands; `now` is the answer of `totals`."""
    met, ready = grounds.requirements(view), grounds.people(view)
    return [
        part_of(_("Requirements met"), now["met"], now["required"], mark("{share} of requirements"), met),
        part_of(_("Ready for their role"), now["ready"], now["with_role"], mark("{share} of people"), ready),
    ]


def at_risk(view: Filters) -> Number:
    """The card that counts the team skills that one person can show, or nobody."""
    thin = shaped(tables.at_risk, ("depth", view))
    one, nobody = len(thin["single"]), thin["uncovered"]
    below = _("on one person: {one}, on nobody: {nobody}", one=one, nobody=nobody)
    return Number(_("Team skills at risk"), number(one + nobody), below, grounds.thin_skills(view))


def ending_soon(view: Filters) -> Number:
    """The card that counts the awards that end within 90 days."""
    awards, people = shaped(tables.people_due, ("renewals", view), more=tables.SOON)
    below = plural("for {n} person", "for {n} people", people)
    return Number(_("Ending in 90 days"), number(awards), below, grounds.due(view, *tables.SOON))


def of_person(standing: dict[str, Any], ready_for: str, asked: Filters, own: Filters) -> list[Number]:
    """The cards about one person: how they stand in the role asked about, what they can show, what is missing.

    `standing` is their line of `readiness`; `own` asks about them without a role.
    """
    met, required, critical = (int(standing[name]) for name in ("met", "requirements", "critical_unmet"))
    best, pieces = (shaped(shape, ("transcript", own)) for shape in (tables.best_levels, tables.records))
    share, on = mark("{share} of requirements met"), {name: grounds.requirements(asked, name) for name in UNMET}
    return [
        part_of(ready_for, met, required, share, grounds.requirements(asked)),
        Number(
            _("Ready"),
            _("Yes") if standing["ready"] else _("Not yet"),
            _("critical missing: {n}", n=critical),
            on["critical"],
        ),
        Number(
            _("Skills shown"),
            number(len(best)),
            _("pieces of evidence: {n}", n=len(pieces)),
            grounds.skills_shown(own),
        ),
        Number(_("Missing"), number(required - met), _("critical: {n}", n=critical), on["unmet"]),
    ]


def spent(label: str, period: Filters) -> Number:
    """The card with the largest amount that was paid in a period, and the others below it."""
    sums = shaped(tables.spend_by_currency, ("spend", period))
    largest = max(sums, key=lambda currency: (sums[currency]["amount"], currency), default="")
    return Number(label, *tables.spend_in_words(sums), grounds.payments(period, largest))


def cards(*numbers: tuple[Any, ...], key: str = "first") -> None:
    """Numbers side by side, wrapping on a narrow screen; what a `Ground` is behind is opened by the address.

    `key` tells several rows of cards on one page apart.
    """
    drawn = [Number(*one) for one in numbers]
    with st.container(horizontal=True, key=f"cards_{key}"):
        for one in drawn:
            _card(one)
    for one in drawn:
        beside(one)


def beside(one: Number) -> None:
    """The panel of a number, if the address asks for it."""
    if one.ground:
        panel.beside(one.ground.name, one.label, partial(_shown, one, one.ground))


def _card(one: Number) -> None:
    """A number, with the button that opens what it rests on."""
    name = one.ground.name if one.ground else ""
    with st.container(key=f"number_{name}{'_picked' if one.is_picked else ''}" if name else None):
        st.metric(
            plain(one.label), plain(one.value), delta=plain(one.below) or None, delta_color="off", delta_arrow="off",
            border=True,
        )  # fmt: skip
        if one.pick:
            only, every = (
                _("Show only: {number}", number=one.label),
                _("Show all, not only: {number}", number=one.label),
            )
            st.button(plain(every if one.is_picked else only), key=f"pick_{name}", type="tertiary", on_click=one.pick)
        if one.ground:
            panel.sign(one.ground.name, _("Why this number: {number}", number=one.label))


def _shown(one: Number, ground: Ground) -> None:
    """How the number is made, and the rows that count, that do not, and that are in neither."""
    st.markdown(f"**{plain(one.value)}** {plain(one.below)}")
    panel.made(ground.metric)
    panel.listed(ground)
    panel.definition(ground.metric)
