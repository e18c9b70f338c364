"""Mail: reminders before credentials end, digests, decisions, the state of the feed, reports asked for or scheduled.

What a mail holds is asked as its reader, who sees in it what they would see when they sign in.
"""

from skilltrack.mail.calendar import Entry, as_calendar
from skilltrack.mail.daily import begin, sends_by_itself
from skilltrack.mail.delivery import connected
from skilltrack.mail.letter import as_html, as_text
from skilltrack.mail.message import MAILS, Mail
from skilltrack.mail.orders import called, post_on, send_report, send_test, tell_of_push, tell_of_refusal
from skilltrack.mail.post import STOP
from skilltrack.mail.rounds import Round, due, nobody_hears, run
from skilltrack.mail.scheduled import Due, due_reports, send_scheduled
from skilltrack.mail.schedules import EVERY, OUTCOMES, change, day_number, end_since, listed, schedule
from skilltrack.mail.stopping import by_link, choices, choose, choose_by_link, choose_for

__all__ = [
    "EVERY",
    "MAILS",
    "OUTCOMES",
    "STOP",
    "Due",
    "Entry",
    "Mail",
    "Round",
    "as_calendar",
    "as_html",
    "as_text",
    "begin",
    "by_link",
    "called",
    "change",
    "choices",
    "choose",
    "choose_by_link",
    "choose_for",
    "connected",
    "day_number",
    "due",
    "due_reports",
    "end_since",
    "listed",
    "nobody_hears",
    "post_on",
    "run",
    "schedule",
    "send_report",
    "send_scheduled",
    "send_test",
    "sends_by_itself",
    "tell_of_push",
    "tell_of_refusal",
]
