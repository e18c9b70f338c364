"""Mail: reminders before credentials end, digests for managers, the state of the feed for HR, and packs on request.

What a mail holds is asked as its reader, who sees in it what they would see when they sign in.
"""

from skilltrack.mail.daily import begin, sends_by_itself
from skilltrack.mail.delivery import connected
from skilltrack.mail.letter import as_html, as_text
from skilltrack.mail.message import MAILS, Mail
from skilltrack.mail.orders import post_on, send_report, send_test, tell_of_push, tell_of_refusal
from skilltrack.mail.post import STOP
from skilltrack.mail.rounds import Round, due, run
from skilltrack.mail.stopping import choose_for, stop_asked, stop_by_link

__all__ = [
    "MAILS",
    "STOP",
    "Mail",
    "Round",
    "as_html",
    "as_text",
    "begin",
    "choose_for",
    "connected",
    "due",
    "post_on",
    "run",
    "send_report",
    "send_test",
    "sends_by_itself",
    "stop_asked",
    "stop_by_link",
    "tell_of_push",
    "tell_of_refusal",
]
