"""Mail: reminders before credentials end, digests, decisions, the state of the feed, reports asked for or scheduled.

What a mail holds is asked as its reader, who sees in it what they would see when they sign in.
"""

from skilltrack.mail.calendar import Entry, as_calendar
from skilltrack.mail.daily import begin, sends_by_itself
from skilltrack.mail.delivery import connected
from skilltrack.mail.letter import as_html, as_text
from skilltrack.mail.message import MAILS, Mail
from skilltrack.mail.orders import post_on, send_report, send_test, tell_of_push, tell_of_refusal
from skilltrack.mail.post import STOP
from skilltrack.mail.rounds import Round, due, run
from skilltrack.mail.scheduled import Due, due_reports, send_scheduled
from skilltrack.mail.schedules import EVERY, OUTCOMES, change, day_number, end_since, listed, schedule
from skilltrack.mail.stopping import choose_for, stop_asked, stop_by_link

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
    "change",
    "choose_for",
    "connected",
    "day_number",
    "due",
    "due_reports",
    "end_since",
    "listed",
    "post_on",
    "run",
    "schedule",
    "send_report",
    "send_scheduled",
    "send_test",
    "sends_by_itself",
    "stop_asked",
    "stop_by_link",
    "tell_of_push",
    "tell_of_refusal",
]
