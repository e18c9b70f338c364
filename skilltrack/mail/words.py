"""What the letters share: days and lists in words, addresses of pages, and how many rows a letter has room for.

A letter is written in the language of the run, which is its reader's (`rounds.written`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from skilltrack.language import _, mark, plural
from skilltrack.mail.letter import Link

if TYPE_CHECKING:
    from skilltrack.reports.receipts import Order

MOST = 15
"""Rows of a list in a letter; the page that it leads to has all."""
READINGS = {
    "verified": mark("Verified evidence only"),
    "attested": mark("Attested evidence"),
    "claimed": mark("Attested and claimed evidence"),
}
"""How strong evidence must be to count, in words."""


def days_left(days: int) -> str:
    """How long it is until a day."""
    if days < 0:
        return plural("ended {n} day ago", "ended {n} days ago", -days)
    if days < 2:
        return _("tomorrow") if days else _("today")
    return _("in {n} days", n=days)


def shortened(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The rows that a letter has room for, and what is said of the others."""
    left = len(rows) - MOST
    return tuple(rows[:MOST]), _("And {n} more.", n=left) if left > 0 else ""


def greeting(name: str) -> str:
    """How a letter begins."""
    return _("Hello {name},", name=name) if name else _("Hello,")


def page_link(url: str, page: str, label: str, **parameters: str) -> Link:
    """A link to a page of the app, such as `renewals`."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return Link(label, f"{url}/{page}{query}")


def about_in_words(order: "Order") -> list[str]:
    """What a report is limited to, a phrase each, in the language of the run."""
    asked = order.filters
    about = []
    if asked.manager and asked.direct:
        about.append(_("direct reports of {manager}", manager=asked.manager))
    elif asked.manager:
        about.append(_("organisation of {manager}", manager=asked.manager))
    about += [_("team {team}", team=asked.team or _("No team"))] if asked.team is not None else []
    about += [_("the person {employee}", employee=asked.employee)] if asked.employee else []
    about += [_("the role {role}", role=asked.role)] if asked.role else []
    about += [_("the skill {skill}", skill=asked.skill)] if asked.skill else []
    return [*(about or [_("Whole company")]), _(READINGS[asked.assurance])]
