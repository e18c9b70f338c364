"""Sending the scheduled reports that are due: each reader what they may see, once, also where this is killed.

Each mail is noted in the audit log before it is sent, as reminders are (`rounds`). That a schedule was dealt with for a
day is stored when every reader is; until then it is due, and those who got it are not sent it again.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from skilltrack.access import Addressee, addressees, stopped_mail, was_away
from skilltrack.errors import NotOpen, NotThere, Refused
from skilltrack.mail.message import Mail, checked_address
from skilltrack.mail.orders import report_mail
from skilltrack.mail.past import MOST_LOSSES, remembered
from skilltrack.mail.post import Post
from skilltrack.mail.rounds import IN_A_ROW, Round, send
from skilltrack.mail.schedules import OUTCOMES, Schedule, in_force, note_run, owner_of
from skilltrack.storage import Store

_running = threading.Lock()
"""One run at a time: the app's own, or one of a command beside it. Other processes wait for their turn."""
STOPPED = "The mail server broke off again and again. The next run sends the rest."


@dataclass(frozen=True)
class Due:
    """A scheduled report for one reader."""

    schedule: Schedule
    due_on: date
    reader: str
    """As the schedule names them."""
    code: str
    """What comes of it (`OUTCOMES`); `sent` where it is to be sent, or was before."""
    mail: Mail | None = None
    receipt: str = ""


def are_due(post: Post) -> bool:
    """Whether anything is due; asks little."""
    return any(one.due(post.now) for one in in_force(post.store))


def due_reports(post: Post) -> Iterator[Due]:
    """What is due for whom: mails that are to be sent, and why others get none. Nothing is sent."""
    for one in in_force(post.store):
        if day := one.due(post.now):
            yield from _of_schedule(post, one, day)


def send_scheduled(post: Post, progress: Callable[[str], None] = lambda step: None) -> Round:
    """Send every scheduled report that is due, and store what came of each.

    Raises `Refused` where the server cannot be reached: what was not sent stays due. A mail at which the server breaks
    off holds up no other one, and is tried a few times.
    """
    whole, in_a_row = Round(), 0
    with _running, post.store.turn("schedules"):
        for one in in_force(post.store):
            if day := one.due(post.now):
                progress(f"Schedule {one.schedule_id}")
                outcome: dict[str, str] = {}
                before = whole.broken
                for due in _of_schedule(post, one, day):
                    so_far = whole.broken
                    outcome[due.reader] = _sent(post.store, due, whole)
                    if due.mail:
                        in_a_row = in_a_row + 1 if whole.broken > so_far else 0
                    if in_a_row == IN_A_ROW:
                        whole.notices.append(STOPPED)
                        return whole
                if whole.broken == before:
                    note_run(post.store, one, day, outcome)
    return whole


def _sent(store: Store, due: Due, whole: Round) -> str:
    """Send one report where it is to be sent; returns what came of it."""
    one = due.schedule
    if due.code != "sent":
        whole.skip(due.reader, f"schedule {one.schedule_id}, {OUTCOMES[due.code]}")
    if due.mail is None:
        return due.code
    order = one.order(due.due_on)
    what = {"schedule": one.schedule_id, "report": order.name, "format": order.form, "receipt": due.receipt}
    outcome = send(store, [due.mail], one.account, **what)
    whole.add(outcome)
    return "sent" if outcome.sent else "not_taken"


def _of_schedule(post: Post, one: Schedule, day: date) -> Iterator[Due]:
    people, unwanted = addressees(post.store), stopped_mail(post.store)
    past = cache(lambda: remembered(post.store.journal.audit))  # reads the whole log
    try:
        owner_of(post.store, one)
    except Refused:
        yield from (Due(one, day, reader, "owner") for reader in one.readers)
        return
    for reader in one.readers:
        key = post.code("pack", one.schedule_id, str(day), reader)
        if key in past().known:
            yield Due(one, day, reader, "sent")
        elif past().count_losses([key]) >= MOST_LOSSES:
            yield Due(one, day, reader, "not_taken")
        elif (person := _person(people, reader)) is None:
            yield Due(one, day, reader, "gone")
        elif (person.account, "packs") in unwanted:
            yield Due(one, day, reader, "stopped")
        else:
            yield _made(post, one, day, reader, person, key)


def _person(people: Mapping[str, Addressee], reader: str) -> Addressee | None:
    """Who a reader is today: one who was named by an address may have come onto the roster with it since."""
    if reader in people or "@" not in reader:
        return people.get(reader)
    return next((person for person in people.values() if person.address.lower() == reader.lower()), None)


def _made(post: Post, one: Schedule, day: date, reader: str, person: Addressee, key: str) -> Due:
    """The mail for one reader, asked as they may see it today."""
    try:
        checked_address(person.address)
        viewer = post.viewer_of(person)
    except Refused:
        return Due(one, day, reader, "unreachable")
    if viewer.employee_id == reader and was_away(post.store, reader, one.made_at.date()):
        return Due(one, day, reader, "away")
    try:
        mail, receipt = report_mail(post, person, one.order(post.as_of), "packs", (key,))
    except NotOpen:
        return Due(one, day, reader, "closed")
    except NotThere:
        return Due(one, day, reader, "unseen")
    except Refused:
        return Due(one, day, reader, "refused")
    return Due(one, day, reader, "sent", mail, receipt)
