"""Charts and tables, each with "Why": by which definition and for whom it counts, and the rows behind a point of it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import streamlit as st

from skilltrack.language import _, mark, month
from skilltrack.questions import Filters
from skilltrack.ui import grounds, panel
from skilltrack.ui.cache import ask
from skilltrack.ui.grounds import Ground


class Picture(NamedTuple):
    """A chart or a table: what defines it, and how a point or row of it is counted."""

    metric: str
    counted: str
    by: str = ""
    """The column of the rows behind it that says to which point or row each belongs."""


SUM_OF_GAPS = mark("A row adds up the requirements of its people that are not met.")
SUM_OF_MONEY = mark("A row adds up the payments of this currency that it names.")
PICTURES = {
    "trend": Picture(
        "trend",
        mark("A point is the last day of a month, with the people, roles and evidence of that day."),
    ),
    "forecast": Picture(
        "trend",
        mark(
            "A point is the last day of a month, with the people, roles and evidence of that day. The dotted line has "
            "the people of today, with the evidence that they still have on that day if nothing is renewed."
        ),
    ),
    "matrix": Picture(
        "coverage",
        mark("A cell is one skill in one team: of those whose role needs it, how many have it."),
        "team",
    ),
    "organisations": Picture(
        "organisations", mark("A row is one person: what they meet themselves, and what all below them meet."), "name"
    ),
    "gaps_skill": Picture("gaps", SUM_OF_GAPS, "skill"),
    "gaps_team": Picture("gaps", SUM_OF_GAPS, "team"),
    "gaps_role": Picture("gaps", SUM_OF_GAPS, "role_id"),
    "gaps_person": Picture("gaps", mark("A row is one requirement of one person that is not met."), "name"),
    "gaps_risk": Picture(
        "depth", mark("A row is one skill that a team needs and that one person there can show, or nobody."), "team"
    ),
    "waiting": Picture(
        "readiness", mark("A row is one person who is not ready: how much of their role they meet, by weight."), "team"
    ),
    "rarest": Picture("coverage", mark("A row is one skill: of those whose role needs it, how many have it."), "skill"),
    "clusters": Picture(
        "renewals", mark("A row is one certificate that two people or more of a team must renew."), "cluster"
    ),
    "renewals": Picture("renewals", mark("A row is one certificate of one person."), "team"),
    "months": Picture("renewals", mark("A bar is the number of certificates whose last day is in the month."), "month"),
    "leaving": Picture(
        "leaving", mark("A row is one person, with the skills that nobody else in their team can show."), "team"
    ),
    "seats": Picture("staffing", mark("A row is one target, with the seats of it that can be filled."), "team"),
    "causes": Picture(
        "changes", mark("A row adds up the requirements that are met on one of both days only, for one cause."), "why"
    ),
    "outcomes": Picture(
        "spend_outcomes", mark("A bar adds up the payments of this currency that led to the same."), "outcome"
    ),
    "money_credentials": Picture("spend", SUM_OF_MONEY, "credential"),
    "money_waiting": Picture("unconverted_payments", mark("A row is one payment."), "credential"),
    "money_own": Picture(
        "own_payments", mark("A row is one credential that one person paid for themselves."), "credential"
    ),
    "money_centers": Picture("spend_outcomes", SUM_OF_MONEY, "cost_center"),
    "money_prices": Picture("prices_paid", SUM_OF_MONEY, "credential"),
    "teams_moved": Picture(
        "coverage", mark("A row is one team today, on attested evidence, as it is now and as it would be afterwards.")
    ),
    "issuers": Picture(
        "issuers_seen", mark("A row counts the awards valid on the day, by the issuer of their credential."), "issuer"
    ),
    "keys": Picture("keys_seen", mark("A row is one key, with the awards that it signed.")),
    "without_issuer": Picture(
        "without_issuer", mark("A row is what coverage would be if none of the issuer's awards counted.")
    ),
}
"""Every chart and table that says how it is counted, by the name that opens its panel in the address."""


def heading(
    title: str, name: str, ground: Ground | None = None, more: Callable[[], None] | None = None, at: str = ""
) -> None:
    """The title of a chart or table, with the button that opens how it is made; the rest as in `why`."""
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key=f"heading_{name}{at}"):
        st.subheader(title, anchor=False, width="content")
        why(title, name, ground, more, at)


def why(
    title: str, name: str, ground: Ground | None = None, more: Callable[[], None] | None = None, at: str = ""
) -> None:
    """The button that opens how one of the `PICTURES` is made; `title` is what that is called.

    `ground` has the rows behind it; `more` draws what else there is to say; `at` tells two of them on one page apart.
    """
    opens = f"picture_{name}{at}"
    panel.sign(opens, _("How this is counted: {title}", title=title))
    panel.beside(opens, title, partial(_shown, name, ground, more))


def of_month(view: Filters) -> None:
    """The requirements behind one point of the trend, the last one first."""
    ends = ask("trend", view)["month_end"].tolist()
    if ends:
        day = st.selectbox(_("Month"), ends, index=len(ends) - 1, key="month_of_trend", format_func=month)
        panel.listed(grounds.requirements(replace(view, as_of=day), name="month"))


def _shown(name: str, ground: Ground | None, more: Callable[[], None] | None) -> None:
    metric, counted, by = PICTURES[name]
    st.text(_(counted))
    panel.made(metric)
    if more:
        more()
    if ground is not None:
        panel.listed(ground._replace(name=f"{name}_{ground.name}"), by)
    panel.definition(metric)
