"""Reminders to holders before their credentials end."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from skilltrack.access import Addressee, Viewer
from skilltrack.language import _, long_day
from skilltrack.mail.calendar import due_date
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import Mail
from skilltrack.mail.post import Post
from skilltrack.mail.words import days_left, greeting, page_link, shortened
from skilltrack.questions import Filters
from skilltrack.tables import records

Row = dict[str, Any]


def due(post: Post, known: Collection[str]) -> Iterator[str]:
    """Employee_ids of those whom something is to be told that is not `known`; what it is, their own mail asks."""
    everyone = post.ask("renewals", Viewer.everyone(), Filters(post.as_of))
    yield from sorted({row["employee_id"] for row in records(everyone) if _key(post, row) not in (None, *known)})


def mail_for(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """What one holder is reminded of, each of it once for each number of days; None where there is nothing new."""
    asked = Filters(post.as_of, employee=person.account)
    rows = [
        row
        for row in records(post.ask("renewals", post.viewer_of(person), asked))
        if row["employee_id"] == person.account and _key(post, row) not in (None, *known)
    ]
    unique = {(row["credential_id"], row["valid_to"]): row for row in rows}
    ending = sorted(unique.values(), key=lambda row: (row["valid_to"], row["credential_id"]))
    if not ending:
        return None
    link = page_link(post.rules.url, "people", _("See your record"))
    files = tuple(
        due_date(
            f"{number}-{row['valid_to']}.ics",
            row["valid_to"],
            _("{credential}: last day", credential=row["credential"]),
            _(
                "From the next day on your {credential} no longer counts, unless you renew it before.",
                credential=row["credential"],
            ),
            post.code("due", person.account, row["credential_id"], str(row["valid_to"])),
            link.url,
        )
        for number, row in enumerate(ending, 1)
    )
    listed, more = shortened([(row["credential"], long_day(row["valid_to"]), days_left(row["days"])) for row in ending])
    n = len(ending)
    several = _("{n} of your credentials end soon", n=n)
    letter = Letter(
        _("Your credential ends on {day}", day=ending[0]["valid_to"]) if n == 1 else several,
        greeting(person.name),
        _("One of your credentials ends soon.") if n == 1 else f"{several}.",
        (
            Part(
                "",
                _("Please renew it in time. After its last day it no longer counts.")
                if n == 1
                else _("Please renew them in time. After its last day, a credential no longer counts."),
                (_("Credential"), _("Last day"), _("When")),
                listed,
                more,
                link,
            ),
            Part("", _("The attached files put each last day into your calendar, with a reminder two weeks before.")),
        ),
        _(
            "You get this mail because Skilltrack has these credentials on record for you. If you have renewed one "
            "already, the record does not show it yet; HR can tell you why."
        ),
        post.stop_link(person.account, "lapses"),
    )
    keys = tuple(key for row in ending if (key := _key(post, row)))
    return Mail(person.account, person.address, "lapses", letter, keys, files)


def _key(post: Post, row: Mapping[str, Any]) -> str | None:
    """The code of a reminder: of whom, of what, and of the number of days that has come; None before the first."""
    steps = [days for days in post.rules.days if row["days"] <= days]
    if not steps or row["days"] < 0:
        return None
    return post.code("lapses", row["employee_id"], row["credential_id"], str(row["valid_to"]), min(steps))
