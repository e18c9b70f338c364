"""Charts and tables, each with "Why": by which definition and for whom it counts, and the rows behind a point of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from skilltrack.language import _, mark, month
from skilltrack.questions import Filters
from skilltrack.text import visible
from skilltrack.ui import grounds, panel, parts
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
    "levels": Picture(
        "readiness",
        mark("A cell is one requirement of one person: the level that they have, and the level that the role needs."),
        "employee_id",
    ),
    "biggest": Picture(
        "coverage", mark("A row is one skill in one team: of those whose role needs it, how many lack it."), "cell"
    ),
    "biggest_skills": Picture(
        "coverage", mark("A row is one skill: of those whose role needs it, how many lack it."), "skill"
    ),
    "directory": Picture(
        "readiness",
        mark("A row is one active person: of the requirements of their role, how many they meet."),
        "employee_id",
    ),
    "matrix": Picture(
        "coverage",
        mark("A cell is one skill in one team: of those whose role needs it, how many have it."),
        "team",
    ),
    "organisations": Picture(
        "organisations", mark("A row is one person: what they meet themselves, and what all below them meet.")
    ),
    "gaps_skill": Picture("gaps", SUM_OF_GAPS, "skill"),
    "gaps_team": Picture("gaps", SUM_OF_GAPS, "team"),
    "gaps_role": Picture("gaps", SUM_OF_GAPS, "role_id"),
    "gaps_person": Picture("gaps", mark("A row is one requirement of one person that is not met."), "employee_id"),
    "gaps_risk": Picture(
        "depth", mark("A row is one skill that a team needs and that one person there can show, or nobody."), "team"
    ),
    "waiting": Picture(
        "readiness", mark("A row is one person who is not ready: how much of their role they meet, by weight."), "team"
    ),
    "ready": Picture("readiness", mark("A row is one person who is ready."), "team"),
    "without_a_role_profile": Picture(
        "readiness", mark("A row is one person of whom nothing is asked, because the role has no requirements."), "team"
    ),
    "able": Picture("experts", mark("A row is one person who has the level, or a higher one."), "employee_id"),
    "rarest": Picture("coverage", mark("A row is one skill: of those whose role needs it, how many have it."), "skill"),
    "clusters": Picture(
        "renewals", mark("A row is one certificate that two people or more of a team must renew."), "cluster"
    ),
    "courses": Picture(
        "renewals", mark("A row is one course or certificate, with everybody who must renew it."), "credential"
    ),
    "renewals": Picture("renewals", mark("A row is one certificate of one person."), "team"),
    "months": Picture("renewals", mark("A bar is the number of certificates whose last day is in the month."), "month"),
    "leaving": Picture(
        "leaving", mark("A row is one person, with the skills that nobody else in their team can show."), "team"
    ),
    "seats": Picture("staffing", mark("A row is one target, with the seats of it that can be filled."), "team"),
    "who_sits": Picture(
        "seats",
        mark("A row is one person, with the seat that they fill, or are nearest to while it stays empty."),
        "team",
    ),
    "short_next": Picture(
        "staffing_ahead", mark("A row is one target that is filled now, on the first day on which it is not."), "team"
    ),
    "causes": Picture(
        "changes",
        mark("A row adds up the requirements that are met on only one of the two days, for one cause."),
        "why",
    ),
    "each_change": Picture(
        "changes",
        mark("A row is one requirement of one person that is met on only one of the two days, with its cause."),
        "employee_id",
    ),
    "closest": Picture(
        "readiness", mark("A row is one person: how much of the role they meet, by weight."), "employee_id"
    ),
    "missing": Picture("gaps", mark("A row is one requirement of this person that is not met."), "skill"),
    "learning": Picture(
        "next_learning",
        mark("A row counts the requirements that the credential would meet and that are not met."),
        "credential",
    ),
    "can_do": Picture(
        "transcript",
        mark("A row is one skill, with the evidence that shows the highest level; of equals, the longest lasting."),
        "skill",
    ),
    "paths": Picture(
        "stack_progress",
        mark("A row is one part of a certificate path; of all its parts, how many are held and how many are needed."),
        "credential",
    ),
    "evidence": Picture("transcript", mark("A row is one piece of evidence for one skill."), "skill"),
    "to_map": Picture(
        "counting_for_nothing",
        mark("A row is one credential without a skill, with the awards of it that are valid on the day."),
        "credential",
    ),
    "idle": Picture(
        "counting_for_nothing",
        mark("A row is one credential that counts for nothing, with the awards of it that are valid on the day."),
        "credential",
    ),
    "titles": Picture(
        "titles_without_role", mark("A row is one job title, with the active people who have it."), "job_title"
    ),
    "suggested": Picture(
        "skills_suggested", mark("A row counts the badges of one credential that name the skill."), "row"
    ),
    "verify_next": Picture(
        "verify_next",
        mark(
            "A row counts the requirements that unverified awards of the issuer meet, and that nothing verified does."
        ),
        "issuer",
    ),
    "outcomes": Picture(
        "spend_outcomes", mark("A bar adds up the payments of this currency with the same outcome."), "outcome"
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
        "without_issuer", mark("A row is what coverage would be if none of the issuer's awards counted."), "issuer"
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


def chart(figure: Any, name: str, alt: str, picture: str) -> None:
    """A figure; a click on a point or bar of it opens the rows behind that point, in the panel of its picture."""
    parts.chart(figure, name, alt, opens=partial(panel.open_at, f"picture_{picture}"))
    st.caption(_("Click a point or bar for what is behind it. By keyboard: the question mark beside the title."))


def of_month(view: Filters, months_ahead: int = 0) -> None:
    """The requirements behind one point of the trend, the last one first; of one still to come, what ends by then."""
    past = [day.isoformat() for day in ask("trend", view)["month_end"]]
    coming = ask("forecast", replace(view, months=months_ahead))["month_end"] if months_ahead else []
    called = {day: month(date.fromisoformat(day)) for day in past}
    called |= {day.isoformat(): _("{month}, if nobody renews", month=month(day)) for day in coming}
    if not past:
        return
    chosen = panel.chosen_point(_("Month"), called, "month_of_trend", "", past[-1]) or past[-1]
    day = date.fromisoformat(chosen)
    if chosen in past:
        panel.listed(grounds.requirements(replace(view, as_of=day), name="month"))
    else:
        panel.listed(grounds.ending_by(view, day))


def of_organisation(asked: Filters) -> None:
    """The requirements behind one row of the organisations: of all below one person, or their own if nobody is."""
    people = ask("organisations", asked).set_index("employee_id")
    if people.empty:
        return
    called = {person: visible(f"{name} ({person})") for person, name in people["name"].items()}
    person = panel.chosen_point(_("Person"), called, "person_of_organisations", "", next(iter(called)))
    row = people.loc[person or next(iter(called))]
    below = {"manager": row.name} if row["listed_below"] else {"manager": None, "employee": row.name}
    panel.listed(grounds.requirements(replace(asked, **below), name="below"))


def _shown(name: str, ground: Ground | None, more: Callable[[], None] | None) -> None:
    metric, counted, by = PICTURES[name]
    st.text(_(counted))
    panel.made(metric)
    if more:
        more()
    if ground is not None:
        panel.listed(ground._replace(name=f"{name}_{ground.name}"), by)
    panel.definition(metric)
