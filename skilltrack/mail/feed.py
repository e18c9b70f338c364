"""What HR is written about the nightly feed: its state once a week, and at once when it is missed or refused."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from skilltrack.access import Addressee, Viewer
from skilltrack.mail.digest import WEEK, day_of_digest
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import Mail
from skilltrack.mail.post import Post
from skilltrack.mail.words import day_in_words, greeting, page_link, shortened
from skilltrack.questions import Filters
from skilltrack.tables import records
from skilltrack.text import counted, visible

REASON = "You get this mail because you have the role HR in Skilltrack."


def missed_mail(post: Post, person: Addressee, known: Collection[str]) -> Mail | None:
    """That files have not come in time, once for each time that they have not; None where all is well."""
    late = _late(post, _arrivals(post, _uploads(post, post.viewer_of(person))))
    keys = {kind: post.code("missed", person.account, kind, str(when)) for kind, when in late.items()}
    new = {kind: when for kind, when in late.items() if keys[kind] not in known}
    if not new:
        return None
    rows = tuple(
        (_kind(kind), f"every {post.rules.feed[kind]} hours", _when(when), "late") for kind, when in sorted(new.items())
    )
    what = " and ".join(_kind(kind) for kind in sorted(new))
    letter = Letter(
        f"The nightly feed is late: {what}",
        greeting(person.name),
        f"No file of {what} has come in time. Until one comes, Skilltrack answers from what it has.",
        (
            Part(
                "", "Please look whether the job that sends the files ran, and what it printed.",
                ("File", "Expected", "Last one (UTC)", "State"), rows, "",
                page_link(post.rules.url, "uploads", "See all uploads"),
            ),
        ),
        f"{REASON} It is sent once until the next file has come.",
        post.stop_link(person.account, "feed"),
    )  # fmt: skip
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
    late = sum(row[-1] != "in time" for row in rows)
    letter = Letter(
        f"The nightly feed: {'in time' if not late else counted(late, 'file') + ' late'}",
        greeting(person.name),
        f"This is what came in during the week to {day_in_words(day)}.",
        (
            Part(
                "", "Every file that is expected has come in time." if not late else "Not every file has come in time.",
                ("File", "This week", "Last one (UTC)", "Set aside", "State"), tuple(rows), "",
                page_link(post.rules.url, "uploads", "See all uploads"),
            ),
        ),
        f"{REASON} It comes once a week.",
        post.stop_link(person.account, "feed"),
    )  # fmt: skip
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
        "The nightly feed was refused",
        greeting(person.name),
        f"The import of {visible(files)} was refused, so nothing of it was stored. Skilltrack answers as before.",
        (
            Part(
                "", "This is what was wrong:", ("Problem",), rows, more,
                page_link(post.rules.url, "uploads", "See all uploads"),
            ),
        ),
        f"{REASON} The same problems are told once a day.",
        post.stop_link(person.account, "feed"),
    )  # fmt: skip
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
    state = "late" if _late(post, {kind: came}) else "in time"
    times = sum(when >= since for when in came)
    return _kind(kind), counted(times, "file"), _when(came[-1] if came else None), counted(aside, "row"), state


def _kind(kind: str) -> str:
    return kind.replace("_", " ")


def _when(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%-d %B %Y, %H:%M}"
