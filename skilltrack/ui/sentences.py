"""The sentences that a page begins with, each a link to what it rests on, and with "Why" where it has a figure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from skilltrack import tables
from skilltrack.language import _
from skilltrack.questions import Filters
from skilltrack.reports.answers import PATIENCE, Answer, worst_first
from skilltrack.ui import catalogue_grounds, grounds, panel, parts
from skilltrack.ui.grounds import Ground
from skilltrack.ui.shell import is_open
from skilltrack.ui.text import plain

RESTS_ON = {
    "coverage": ("team/coverage", "monitoring"),
    "depth": ("team/gaps", "person_alert"),
    "gaps": ("team/gaps", "rule"),
    "renewals": ("team/renewals", "event_repeat"),
    "readiness": ("team/readiness", "how_to_reg"),
    "changes": ("team/changes", "difference"),
    "spend": ("money/spend", "payments"),
    "staffing": ("team/staffing", "airline_seat_recline_normal"),
    "experts": ("team/experts", "person_search"),
    "people": ("team/people", "badge"),
    "catalogue": ("data/catalogue", "inventory_2"),
    "uploads": ("data/uploads", "upload_file"),
}
"""For each report, the page that shows what an answer rests on, and the icon of the answer."""
NARROWS = {"team": "team", "manager": "manager", "skill": "skill", "employee": "employee"}
"""What the address of an answer says, as what a question is limited to."""

COUNTS: dict[str, Callable[[Filters, Mapping[str, str]], Ground]] = {
    "met": lambda view, where: grounds.requirements(replace(view, paid_from=None, paid_to=None)),
    "met_then": lambda view, where: grounds.requirements(replace(view, as_of=date.fromisoformat(where["as_of"]))),
    "unmet": lambda view, where: grounds.requirements(view, "unmet"),
    "unmet_of_no_team": lambda view, where: grounds.of_no_team(view),
    "unreached": lambda view, where: grounds.unreached(view),
    "changes": lambda view, where: grounds.net_changes(view),
    "readings": lambda view, where: grounds.by_reading(view),
    "thin": lambda view, where: grounds.thin_skills(view),
    "due": lambda view, where: grounds.due(view, where["bucket"]),
    "ended": lambda view, where: grounds.due(view, "expired"),
    "soon": lambda view, where: grounds.due(view, *tables.SOON),
    "waiting": lambda view, where: grounds.people(view, "waiting"),
    "ready": lambda view, where: grounds.people(view),
    "in_the_way": lambda view, where: grounds.in_the_way(replace(view, skill=None), where["skill"]),
    "gaps_because": lambda view, where: grounds.some_gaps(view, reason=where["reason"]),
    "critical": lambda view, where: grounds.people(view, "critical"),
    "unasked": lambda view, where: grounds.people(view, "unasked"),
    "lapsing": lambda view, where: grounds.lapsing(replace(view, role=None), view.as_of + PATIENCE),
    "learning": lambda view, where: grounds.learning_with(view, where["credential"]),
    "idle": lambda view, where: catalogue_grounds.idle_awards(view),
    "unmapped": lambda view, where: catalogue_grounds.unmapped(view),
    "titles": lambda view, where: catalogue_grounds.without_role(view),
    "naming": lambda view, where: catalogue_grounds.badges_naming(view),
    "latest_upload": lambda view, where: grounds.files_of_upload(view, int(where["upload"])),
    "able": lambda view, where: grounds.able(view),
    "unconverted": lambda view, where: grounds.payments(_paid(view, where), where["currency"], "unconverted"),
    "own_money": lambda view, where: grounds.own_money(view, where["currency"]),
    "refunds": lambda view, where: grounds.refunds(view, where["currency"]),
    "over_list": lambda view, where: grounds.over_list(view, where["currency"]),
    "leavers": lambda view, where: grounds.leavers(view),
    "seats": lambda view, where: grounds.seats(view),
    "empty_seats": lambda view, where: grounds.seats(view, "empty"),
    "short_next": lambda view, where: grounds.short_next(view),
}
"""What the figure of an answer counts, as the rows behind it; `view` is already limited as the answer is."""


def show(view: Filters, *sentences: Answer | None, on: str = "", key: str = "") -> None:
    """The sentences, worst first; each links to what it rests on, if that is on another page.

    `view` is what the page is about, `on` the report that it shows; `key` tells several blocks on one page apart.
    """
    drawn = [(one, ground_of(one, view, f"says{key}")) for one in worst_first(*sentences)]
    with st.container(key=f"answers{key}", gap=None):
        for one, ground in drawn:
            if ground is None:
                _sentence(one, on)
                continue
            with st.container(horizontal=True, gap=None, key=f"sentence_{ground.name}"):
                _sentence(one, on)
                panel.sign(ground.name, _("Why: {sentence}", sentence=one.strong))
    for one, ground in drawn:
        if ground is not None:
            panel.beside(ground.name, one.strong, partial(_shown, one, ground))


def ground_of(one: Answer, view: Filters, prefix: str) -> Ground | None:
    """What the figure of an answer rests on, under a name that begins with `prefix`; None where it has none."""
    if not one.counts:
        return None
    narrow: dict[str, Any] = {NARROWS[name]: value for name, value in one.where.items() if name in NARROWS}
    ground = COUNTS[one.counts](replace(view, **narrow), one.where)
    return ground._replace(name="_".join([prefix, one.counts, *narrow]))


def _paid(view: Filters, where: Mapping[str, str]) -> Filters:
    """The view, limited to what was paid in the period of an answer."""
    first, last = (date.fromisoformat(where[name]) for name in ("from", "to"))
    return replace(view, paid_from=first, paid_to=last)


def _sentence(one: Answer, on: str) -> None:
    label = f"**{plain(one.strong)}** {plain(one.rest)}"
    page, icon = RESTS_ON.get(one.about, ("", ""))
    if page and is_open(page) and (one.about != on or one.where):
        parts.link(page, label, icon, **one.where)
    else:
        st.markdown(label)


def _shown(one: Answer, ground: Ground) -> None:
    """The sentence, how its figure is made, and the rows that it rests on."""
    st.markdown(f"**{plain(one.strong)}** {plain(one.rest)}")
    panel.made(ground.metric)
    panel.listed(ground)
    panel.definition(ground.metric)
