"""Reports that are sent by mail each week or month: what goes to whom and when, and changing that.

Every change is a line of the journal, and so is each time that one was due, with what came of it.
"""

import json
import secrets
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from skilltrack.access import Viewer, addressees, still, viewer_called
from skilltrack.config import WEEKDAYS, mail_server, today
from skilltrack.errors import NotOpen, NotThere, Refused
from skilltrack.language import ENGLISH, _, mark, weekday
from skilltrack.mail.orders import called, post_on
from skilltrack.mail.words import about_in_words
from skilltrack.relations import read_text
from skilltrack.storage import Store, Transaction

if TYPE_CHECKING:
    from skilltrack.reports.receipts import Order

EVERY = ("week", "month")
MOST_READERS, MOST = 50, 200
"""Readers of one schedule, and schedules in force."""
OUTCOMES = {
    "sent": mark("sent"),
    "stopped": mark("they do not want scheduled reports"),
    "gone": mark("they are on no roster today and have no role"),
    "away": mark("they were off the roster since it was scheduled, and the id may be somebody else's"),
    "unreachable": mark("they have no e-mail address that can be written to"),
    "closed": mark("they may not see it"),
    "unseen": mark("they may not see whom it is about, or nobody is called that any more"),
    "refused": mark("it could not be made for them"),
    "not_taken": mark("the mail server did not take it"),
    "owner": mark("whoever scheduled it may not do so any more"),
}
"""What can come of a scheduled report for one reader, by its code, in words."""
COLUMNS = (
    "schedule_id",
    "report",
    "format",
    "about",
    "readers",
    "rhythm",
    "next_at",
    "state",
    "last",
    "unsent",
    "account",
)
"""Columns of a list of schedules."""
_EVENT = read_text("schedules/event")
_IN_FORCE = read_text("schedules/in_force")
_ERASURES = "select count(*) as n from erasures"


@dataclass(frozen=True)
class Schedule:
    """One report that is sent again and again."""

    schedule_id: str
    account: str
    """Who scheduled it."""
    definition: str
    readers: tuple[str, ...]
    every: str
    on_day: int
    at_hour: int
    is_paused: bool
    made_at: datetime
    dealt_with: date
    """The day for which nothing is due any more: it was sent, or its time came before it was made or resumed."""
    ran_for: date | None
    """The day for which it was sent last."""
    outcome: Mapping[str, str]
    """What came of that by account, as codes of `OUTCOMES`."""

    def order(self, as_of: date) -> "Order":
        """What is to be made, as of a day."""
        from skilltrack.reports import saved  # takes a while to load

        return saved.order_of(self.definition, as_of)

    def last_day(self, now: datetime) -> date:
        """The newest day on which its time has come."""
        return _last_day(self.every, self.on_day, self.at_hour, now)

    def next_at(self, now: datetime) -> datetime:
        """When it will be due next (UTC)."""
        last = self.last_day(now)
        if self.every == "week":
            return self.moment(last + timedelta(days=7))
        return self.moment(_in_month(last.replace(day=1) + timedelta(days=31), self.on_day))

    def due(self, now: datetime) -> date | None:
        """The day for which it is due now; None where it is not, or has been dealt with."""
        day = self.last_day(now)  # one before `dealt_with` is due: the clock was ahead then
        return day if day != self.dealt_with and self.readers and not self.is_paused else None

    def moment(self, day: date) -> datetime:
        """When it is due on a day (UTC)."""
        return datetime.combine(day, time(self.at_hour))


def _last_day(every: str, on_day: int, at_hour: int, now: datetime) -> date:
    if every == "week":
        day = now.date() - timedelta(days=(now.weekday() + 1 - on_day) % 7)
        before = day - timedelta(days=7)
    else:
        day = _in_month(now.date(), on_day)
        before = _in_month(now.date().replace(day=1) - timedelta(days=1), on_day)
    return day if datetime.combine(day, time(at_hour)) <= now else before


def _in_month(month: date, on_day: int) -> date:
    """A day in the month of a date; in a shorter one its last day."""
    return month.replace(day=min(on_day, monthrange(month.year, month.month)[1]))


def in_force(store: Store) -> list[Schedule]:
    """Every schedule that was not ended, paused ones too, in the order in which they were made."""
    made = []
    for row in store.query(_IN_FORCE).to_pylist():
        readers, outcome = json.loads(row.pop("readers")), json.loads(row.pop("outcome") or "{}")
        since = row.pop("since")
        row["dealt_with"] = row["dealt_with"] or _last_day(row["every"], row["on_day"], row["at_hour"], since)
        made.append(Schedule(readers=tuple(readers), outcome=outcome, **row))
    return made


def owner_of(store: Store, schedule: Schedule) -> Viewer:
    """Whoever scheduled it, as they may see and do now.

    Raises `Refused` where they may not schedule it (any more), or the account is somebody else's now.
    """
    from skilltrack.reports import exports

    if schedule.account == Viewer.everyone().account:
        return Viewer.everyone()
    viewer = still(store, schedule.account, schedule.made_at.date(), "schedule")
    viewer.acting_in("schedules")
    exports.refuse_closed(schedule.order(today()).name, viewer)
    return viewer


def schedule(
    store: Store, viewer: Viewer, order: "Order", to: Sequence[str], every: str, on_day: int, at_hour: int
) -> str:
    """Have a report sent each week or month, to each reader in their language, and return the id of the schedule.

    Raises `Refused` where mail does not work, where the viewer may not make the report (a role that only their sign-in
    tells does not count, since nobody signs in then), for a reader who cannot get it, may not see it or may not see
    whom it is about, and for what the viewer themselves could not be answered now.
    """
    from skilltrack.reports import exports, saved

    viewer.acting_in("schedules", mark("Scheduling reports"))
    erasures = store.query(_ERASURES).to_pylist()
    post, people = post_on(store), addressees(store)
    mail_server()
    exports.refuse_unknown(order)
    exports.refuse_closed(order.name, viewer)
    _refuse_signed_in_only(store, viewer, order)
    _refuse_impossible(store, to, every, on_day, at_hour)
    readers = list(dict.fromkeys(called(people, name).account for name in to))
    for reader in readers:
        exports.refuse_closed(order.name, post.viewer_of(people[reader]))
    exports.refuse_unanswerable(store, viewer, order)
    for reader in readers:
        try:
            exports.refuse_unseen(store, post.viewer_of(people[reader]), order)
        except NotThere:
            raise NotThere(
                _(
                    "{who} may not see whom this is about, and would get nothing. Leave them out, or choose what they "
                    "may see.",
                    who=reader,
                )
            ) from None
    schedule_id = secrets.token_hex(4)
    definition = saved.definition_of(replace(order, language=ENGLISH))  # readers have their own
    event = {
        "schedule_id": schedule_id,
        "account": viewer.account,
        "definition": definition,
        "readers": json.dumps(readers, ensure_ascii=False),
        "every": every,
        "on_day": on_day,
        "at_hour": at_hour,
    }
    dealt_with = _last_day(every, on_day, at_hour, _now())
    with store.write() as transaction:
        if transaction.rows(_ERASURES) != erasures:
            raise Refused(_("Somebody was erased meanwhile. Schedule it again."))
        _write(transaction, event, "made", viewer.account, {"due_on": dealt_with.isoformat()})
    return schedule_id


def change(store: Store, viewer: Viewer, schedule_id: str, step: str) -> None:
    """Have a schedule `paused`, `resumed` or `ended`; everybody who may schedule reports can do that."""
    viewer.acting_in("schedules", mark("Scheduling reports"))
    known = {one.schedule_id: one for one in in_force(store)}
    if schedule_id not in known:
        raise _unknown(schedule_id)
    if step in ("paused", "resumed") and known[schedule_id].is_paused == (step == "paused"):
        raise Refused(_("It is paused already.") if step == "paused" else _("It is not paused."))
    one = known[schedule_id]
    dealt_with = {"due_on": one.last_day(_now()).isoformat()} if step == "resumed" else {}
    _note(store, _event_of(one), step, viewer.account, **dealt_with)


def end_since(store: Store, since: datetime) -> None:
    """End every schedule that was made since a moment (UTC): those who made it were invented."""
    for one in in_force(store):
        if one.made_at >= since:
            _note(store, _event_of(one), "ended", Viewer.everyone().account)


def note_run(store: Store, one: Schedule, due_on: date, outcome: Mapping[str, str]) -> None:
    """Store what came of a schedule on a day, so that it is not due for that day any more."""
    result = {"due_on": due_on.isoformat(), "outcome": json.dumps(outcome, ensure_ascii=False)}
    _note(store, _event_of(one), "ran", one.account, **result)


def listed(store: Store, viewer: Viewer) -> pd.DataFrame:
    """Every schedule in force (`COLUMNS`), in words of the language of the run; next_at is UTC, empty while paused.

    `unsent` is how many it did not reach the last time.
    """
    from skilltrack.reports import exports

    viewer.acting_in("schedules", mark("Scheduling reports"))
    rows, now = [], _now()
    for one in in_force(store):
        order = one.order(now.date())
        state = _("paused") if one.is_paused else _("in force") if one.readers else _("nobody gets it any more")
        rows.append((
            one.schedule_id, _(exports.title_of(order.name)), order.form, ", ".join(about_in_words(order)),
            ", ".join(one.readers), _rhythm(one), None if one.is_paused else one.next_at(now), state,
            " ".join(_results(one)), sum(code != "sent" for code in one.outcome.values()), one.account,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rhythm(one: Schedule) -> str:
    at = f"{one.at_hour:02}:00"
    if one.every == "week":
        return _("each {weekday} at {time} UTC", weekday=weekday(one.on_day - 1), time=at)
    return _("on day {n} of each month at {time} UTC", n=one.on_day, time=at)


def _results(one: Schedule) -> list[str]:
    """What came of it last, a sentence each."""
    if one.ran_for is None:
        return []
    sent = sum(code == "sent" for code in one.outcome.values())
    sentences = [_("{day}: sent to {n} of {m}.", day=one.ran_for, n=sent, m=len(one.outcome))]
    for code in [code for code in OUTCOMES if code != "sent" and code in one.outcome.values()]:
        who = ", ".join(account for account, came in one.outcome.items() if came == code)
        sentences.append(_("Not to {who}: {why}.", who=who, why=_(OUTCOMES[code])))
    return sentences


def _refuse_signed_in_only(store: Store, viewer: Viewer, order: "Order") -> None:
    """Raise `NotOpen` for somebody who may make the report only by a role that their sign-in tells."""
    from skilltrack.reports import exports

    if viewer.account == Viewer.everyone().account:
        return
    try:
        alone = viewer_called(store, viewer.account)
        alone.acting_in("schedules")
        exports.refuse_closed(order.name, alone)
    except Refused:
        raise NotOpen(
            _(
                "Your role is told by your sign-in, and nobody signs in when it is sent. Ask an administrator to give "
                "you the role."
            )
        ) from None


def _refuse_impossible(store: Store, to: Collection[str], every: str, on_day: int, at_hour: int) -> None:
    if not to:
        raise Refused(_("Say who gets it: employee ids or e-mail addresses."))
    if len(to) > MOST_READERS:
        raise Refused(_("{n} people would get it. Name at most {most}.", n=len(to), most=MOST_READERS))
    if len(in_force(store)) >= MOST:
        raise Refused(_("{n} reports are scheduled. End one that nobody needs any more.", n=MOST))
    days = {"week": 7, "month": 31}.get(every, 0)
    if not 1 <= on_day <= days or not 0 <= at_hour <= 23:
        raise Refused(
            _(
                "Say when: each week on a day from 1 (Monday) to 7, or each month on one from 1 to 31, and at which "
                "hour from 0 to 23."
            )
        )


def _event_of(one: Schedule) -> dict[str, Any]:
    """What each line about a schedule repeats."""
    return {
        "schedule_id": one.schedule_id,
        "account": one.account,
        "definition": one.definition,
        "readers": json.dumps(one.readers, ensure_ascii=False),
        "every": one.every,
        "on_day": one.on_day,
        "at_hour": one.at_hour,
    }


def _note(store: Store, event: Mapping[str, Any], step: str, by: str, **result: str) -> None:
    """Store what happened to a schedule, without whoever was erased since `event` was read.

    A schedule that is gone meanwhile stays gone: what came of it is not stored, and a change raises `NotThere`.
    """
    with store.write() as transaction:
        now = next((row for row in transaction.rows(_IN_FORCE) if row["schedule_id"] == event["schedule_id"]), None)
        if now is None and step == "ran":
            return
        if now is None:
            raise _unknown(event["schedule_id"])
        event = {**event, "readers": now["readers"]}
        if "outcome" in result:
            readers, outcome = json.loads(now["readers"]), json.loads(result["outcome"])
            kept = {reader: code for reader, code in outcome.items() if reader in readers}
            result["outcome"] = json.dumps(kept, ensure_ascii=False)
        _write(transaction, event, step, by, result)


def _write(transaction: Transaction, event: Mapping[str, Any], step: str, by: str, result: Mapping[str, str]) -> None:
    at = transaction.moment_after("schedule_events")
    line = {"event": "schedule", "happened_at": at.isoformat(), **event, "step": step, "by_whom": by}
    line |= {"due_on": None, "outcome": None, **result}
    transaction.run(_EVENT, line)
    transaction.record(line)


def _now() -> datetime:
    """What the clock of this machine says (UTC): moments of lines may be ahead of it, where it once was."""
    return datetime.now(UTC).replace(tzinfo=None)


def _unknown(schedule_id: str) -> NotThere:
    return NotThere(_("There is no schedule {id}. `schedules list` lists them.", id=repr(schedule_id)))


def day_number(text: str, every: str) -> int:
    """A weekday by its English name, or a day of the month, as a number; raises `Refused` for another text."""
    name = text.strip().lower()
    if every == "week" and name in WEEKDAYS:
        return WEEKDAYS.index(name) + 1
    if not name.isdecimal():
        raise Refused(f"{text!r} is not a day. Write a weekday such as monday, or a day of the month such as 1.")
    return int(name)
