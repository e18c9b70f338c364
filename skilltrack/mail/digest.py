"""The weekly digest of a manager or HR: what waits for them, what lapses, new single points, and who became ready."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from skilltrack.access import Addressee, Viewer
from skilltrack.language import _, long_day, mark, plural
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import Mail
from skilltrack.mail.post import Post
from skilltrack.mail.words import greeting, page_link, shortened
from skilltrack.proposals import WHAT, waiting_for
from skilltrack.questions import Filters
from skilltrack.tables import records
from skilltrack.text import shown

WEEK = timedelta(days=7)
AHEAD = 30
"""Days ahead for which a digest lists what lapses."""
THIN = {"single_point": mark("1 person"), "uncovered": mark("nobody")}
"""Who could step in, by the status of a skill in a team."""


@dataclass(frozen=True)
class About:
    """What a digest says of itself to one kind of reader, as marked texts."""

    subject: str
    opening: str
    reason: str


OF_MANAGER = About(
    mark("Your people's skills: the week to {day}"),
    mark("This is what has changed among the people you manage since {since}, and what comes next."),
    mark(
        "You get this mail once a week because people report to you, or because you stand in for their manager. It "
        "lists only people whom you may see in Skilltrack. There is none in a week without news."
    ),
)
OF_HR = About(
    mark("What waits for HR: the week to {day}"),
    mark("This is what people have proposed for their records, and what nobody has decided yet."),
    mark(
        "You get this mail once a week because you have the role HR in Skilltrack. It lists only people whom you may "
        "see in Skilltrack. There is none in a week without news."
    ),
)


def day_of_digest(post: Post) -> date:
    """The day that the newest digest is about: the last one of the chosen weekday."""
    return post.as_of - timedelta(days=(post.as_of.weekday() - post.rules.digest_day) % 7)


def mail_for(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """The digest of a manager or of HR; None where this week's is sent already, or where nothing is new."""
    day = day_of_digest(post)
    key = post.code("digest", person.account, str(day))
    if key in known:
        return None
    viewer = post.viewer_of(person)
    parts = (*_waiting(post, viewer), *(_parts(post, viewer, day) if viewer.lines else ()))
    if not parts:
        return None
    about = OF_MANAGER if viewer.lines else OF_HR
    letter = Letter(
        _(about.subject, day=day),
        greeting(person.name),
        _(about.opening, since=day - WEEK),
        parts,
        _(about.reason),
        post.stop_link(person.account, "digest"),
    )
    return Mail(person.account, person.address, "digest", letter, (key,))


def _waiting(post: Post, viewer: Viewer) -> Iterator[Part]:
    waiting = records(shown(waiting_for(post.store, viewer)))
    if waiting:
        rows, more = shortened(
            [
                (_who(row), _(WHAT[row["what"]]), row["subject"] or "", plural("{n} day", "{n} days", row["days"]))
                for row in waiting
            ]
        )
        yield Part(
            _("What waits for you: {n}", n=len(waiting)),
            _("People have proposed this for their record. It counts for nothing until you accept it."),
            (_("Name"), _("What"), _("About"), _("Waits for")),
            rows,
            more,
            page_link(post.rules.url, "waiting", _("Accept or decline")),
        )


def _parts(post: Post, viewer: Viewer, day: date) -> Iterator[Part]:
    now, before = Filters(day), Filters(day - WEEK)
    renewals = post.ask("renewals", viewer, now)
    ending = records(renewals[renewals["days"].between(-WEEK.days, AHEAD)])
    if ending:
        ending.sort(key=lambda row: (row["valid_to"], row["name"] or "", row["credential"]))
        rows, more = shortened([(_who(row), row["credential"], long_day(row["valid_to"])) for row in ending])
        yield Part(
            _("What lapses: {n}", n=len(ending)),
            _("These credentials end within {n} days of {day}, or ended in the week before.", n=AHEAD, day=day),
            (_("Name"), _("Credential"), _("Last day")),
            rows,
            more,
            page_link(post.rules.url, "renewals", _("See all renewals")),
        )
    was = {(row["team"], row["skill_id"]): row["status"] for row in records(post.ask("depth", viewer, before))}
    thin = [
        row
        for row in records(post.ask("depth", viewer, now))
        if row["status"] in THIN and row["status"] != was.get((row["team"], row["skill_id"]))
    ]
    if thin:
        rows, more = shortened(
            [(row["skill"] or row["skill_id"], row["team"] or _("No team"), _(THIN[row["status"]])) for row in thin]
        )
        yield Part(
            _("New single points: {n}", n=len(thin)),
            _("The work needs these skills, and since last week at most one of the people you see can show them."),
            (_("Skill"), _("Team"), _("Who can")),
            rows,
            more,
            page_link(post.rules.url, "staffing", _("See who could step in")),
        )
    were, are = (post.ask("readiness", viewer, asked) for asked in (before, now))
    already = were.loc[were["ready"].fillna(False).astype(bool), "employee_id"]
    ready = records(are[are["ready"].fillna(False).astype(bool) & ~are["employee_id"].isin(already)])
    if ready:
        rows, more = shortened([(_who(row), row["team"] or _("No team"), row["role_id"] or "") for row in ready])
        yield Part(
            _("Became ready for their role: {n}", n=len(ready)),
            _("These people meet what their role requires, and did not a week ago. Good news is worth a word to them."),
            (_("Name"), _("Team"), _("Role")),
            rows,
            more,
            page_link(post.rules.url, "readiness", _("See who is ready")),
        )


def _who(row: dict[str, str]) -> str:
    return row["name"] or row["employee_id"]
