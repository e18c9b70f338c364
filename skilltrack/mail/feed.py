"""What HR is written about the nightly feed: its state once a week, and at once when it is missed or refused."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from skilltrack.access import Addressee, Viewer
from skilltrack.kinds import kind_called
from skilltrack.language import _, listed, long_day, plural
from skilltrack.mail.digest import WEEK, day_of_digest
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import Mail
from skilltrack.mail.post import Post
from skilltrack.mail.words import greeting, page_link, shortened
from skilltrack.questions import Filters
from skilltrack.tables import records
from skilltrack.text import visible


def missed_mail(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """That files have not come in time, once for each time that they have not; None where all is well."""
    late = _late(post, _arrivals(post, _uploads(post, post.viewer_of(person))))
    keys = {kind: post.code("missed", person.account, kind, str(when)) for kind, when in late.items()}
    new = {kind: when for kind, when in late.items() if keys[kind] not in known}
    if not new:
        return None
    rows = tuple(
        (kind_called(kind), _("every {n} hours", n=post.rules.feed[kind]), _when(when), _("late"))
        for kind, when in sorted(new.items())
    )
    what = listed([kind_called(kind) for kind in sorted(new)])
    letter = Letter(
        _("The nightly feed is late: {what}", what=what),
        greeting(person.name),
        _("Not come in time: {what}. Until these files come, Skilltrack answers from what it has.", what=what),
        (
            Part(
                "",
                _("Please look whether the job that sends the files ran, and what it printed."),
                (_("File"), _("Expected"), _("Last one (UTC)"), _("State")),
                rows,
                "",
                page_link(post.rules.url, "uploads", _("See all uploads")),
            ),
        ),
        _("You get this mail because you have the role HR in Skilltrack. It is sent once until the next file comes."),
        post.stop_link(person.account, "feed"),
    )
    return Mail(person.account, person.address, "feed", letter, tuple(keys[kind] for kind in sorted(new)))


def state_mail(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """What came in during the week, once a week; None where no feed is watched."""
    day = day_of_digest(post)
    key = post.code("feed", person.account, str(day))
    if not post.rules.feed or key in known:
        return None
    uploads = _uploads(post, post.viewer_of(person))
    arrivals = _arrivals(post, uploads)
    rows = [_state(post, uploads, kind, times) for kind, times in sorted(arrivals.items())]
    late = len(_late(post, arrivals))
    letter = Letter(
        plural("The nightly feed: {n} file late", "The nightly feed: {n} files late", late)
        if late
        else _("The nightly feed: in time"),
        greeting(person.name),
        _("This is what came in during the week to {day}.", day=day),
        (
            Part(
                "",
                _("Not every file has come in time.") if late else _("Every file that is expected has come in time."),
                (_("File"), _("This week"), _("Last one (UTC)"), _("Set aside"), _("State")),
                tuple(rows),
                "",
                page_link(post.rules.url, "uploads", _("See all uploads")),
            ),
        ),
        _("You get this mail because you have the role HR in Skilltrack. It comes once a week."),
        post.stop_link(person.account, "feed"),
    )
    return Mail(person.account, person.address, "feed", letter, (key,))


def refused_mail(
    post: Post, person: Addressee, known: Collection[str], files: str, problems: Sequence[str]
) -> Mail | None:
    """That a feed was refused, and why; None where this person was told of the same problems on the same day."""
    key = post.code("refused", person.account, str(post.as_of), files, *problems)
    if key in known:
        return None
    viewer = post.viewer_of(person)
    if not viewer.may("people files"):
        return None
    rows, more = shortened([(visible(problem),) for problem in problems])
    letter = Letter(
        _("The nightly feed was refused"),
        greeting(person.name),
        _(
            "The import of {files} was refused, so nothing of it was stored. Skilltrack answers as before.",
            files=visible(files),
        ),
        (
            Part(
                "",
                _("This is what was wrong:"),
                (_("Problem"),),
                rows,
                more,
                page_link(post.rules.url, "uploads", _("See all uploads")),
            ),
        ),
        _("You get this mail because you have the role HR in Skilltrack. The same problems are told once a day."),
        post.stop_link(person.account, "feed"),
    )
    return Mail(person.account, person.address, "feed", letter, (key,))


def late_kinds(post: Post) -> dict[str, str]:
    """Kinds of file that are late, each with when the last one came: what a chat room is told of once."""
    late = _late(post, _arrivals(post, _uploads(post, Viewer.everyone())))
    return {kind: str(when) for kind, when in sorted(late.items())}


def _uploads(post: Post, viewer: Viewer) -> list[dict[str, Any]]:
    return records(post.ask("upload_files", viewer, Filters(post.as_of)))


def _arrivals(post: Post, uploads: Sequence[Mapping[str, Any]]) -> dict[str, list[datetime]]:
    """When files of each kind that is expected came, oldest first: those that were stored, and the same ones again."""
    times: dict[str, list[datetime]] = {kind: [] for kind in post.rules.feed}
    for row in uploads:
        times.get(row["kind"], []).append(row["landed_at"])
    for entry in post.store.journal.audit.entries():
        if entry["event"] == "again":
            for kind in entry["what"]["kinds"]:
                times.get(kind, []).append(datetime.fromisoformat(entry["at"]))
    return {kind: sorted(came) for kind, came in times.items()}


def _late(post: Post, arrivals: Mapping[str, Sequence[datetime]]) -> dict[str, datetime | None]:
    """Kinds of file of which none came in time, with when the last one came; None where none ever did."""
    newest = {kind: came[-1] if came else None for kind, came in arrivals.items()}
    return {
        kind: when
        for kind, when in newest.items()
        if when is None or when < post.now - timedelta(hours=post.rules.feed[kind])
    }


def _state(post: Post, uploads: Sequence[Mapping[str, Any]], kind: str, came: Sequence[datetime]) -> tuple[str, ...]:
    since = post.now - WEEK
    aside = sum(
        int(row["quarantined_rows"])
        for row in uploads
        if row["kind"] == kind and row["landed_at"] >= since and not pd.isna(row["quarantined_rows"])
    )
    state = _("late") if _late(post, {kind: came}) else _("in time")
    times = plural("{n} file", "{n} files", sum(when >= since for when in came))
    rows = plural("{n} row", "{n} rows", aside)
    return kind_called(kind), times, _when(came[-1] if came else None), rows, state


def _when(moment: datetime | None) -> str:
    return _("never") if moment is None else f"{long_day(moment.date())}, {moment:%H:%M}"
