"""The app itself sends what is due once a day, where a time is set for it; some of it soon.

That a feed is late, decisions about proposals, and scheduled reports when their hour has come do not wait for it.

Only the process that holds the database does this, and of the servers of a lake the one on duty. A round reads, and
notes what it sends in the audit log: no upload waits for it, and it waits for none.
"""

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from skilltrack.config import mail_rules, mail_server
from skilltrack.demo import guest_in
from skilltrack.errors import Refused
from skilltrack.keeping import store_at
from skilltrack.kinds import KINDS
from skilltrack.mail import decisions
from skilltrack.mail.message import MAILS
from skilltrack.mail.orders import post_on, rules_with_links
from skilltrack.mail.post import Post
from skilltrack.mail.rounds import Round, run
from skilltrack.mail.scheduled import are_due, send_scheduled

log = logging.getLogger("skilltrack")

OFTEN = 60.0
"""Seconds between two looks at the clock."""
SOON = timedelta(minutes=15)
"""How long it takes at most until a late feed or a decision is told of, and until what failed is tried again."""


def begin(database: Path) -> threading.Thread | None:
    """Send mail from now on, in a thread that ends with the process; None where no time of day is set for it.

    Raises `Refused` for settings that cannot be meant, or that are not enough.
    """
    if not sends_by_itself():
        return None
    daily = Daily(database)
    thread = threading.Thread(target=daily.go_on, name="mail", daemon=True)
    thread.start()
    return thread


def sends_by_itself() -> bool:
    """Whether a time of day is set at which the app sends mail; raises `Refused` where what it needs is not set."""
    if mail_rules(KINDS).at is None:
        return False
    rules_with_links()
    mail_server()
    return True


@dataclass
class Daily:
    """The rounds of one app."""

    database: Path
    last_round: date | None = None
    """The day of the last whole round. After a start there may be a second one, which finds nothing new."""
    last_try: datetime = datetime.min
    """When that round was tried last, whatever came of it."""
    last_look: datetime = datetime.min
    """When the feed and decisions were looked at."""
    last_scheduled: datetime = datetime.min
    """When scheduled reports were sent, or failed to be."""
    last_problem: str = ""

    def go_on(self) -> None:
        """Look at the clock again and again."""
        while True:
            self.look(datetime.now(UTC).replace(tzinfo=None))
            time.sleep(OFTEN)

    def _soon(self, post: Post, now: datetime) -> tuple[str, ...]:
        """The kinds of mail that are sent as soon as there is something to tell; none while it is too early."""
        if now < self.last_look + SOON:
            return ()
        feed = ("feed",) if post.rules.feed else ()
        return (*feed, "decisions") if decisions.are_any(post.store, now) else feed

    def _is_time(self, post: Post, now: datetime) -> bool:
        """Whether the round of the day is due: its time has come, and it was neither sent nor tried just now."""
        is_due = post.rules.at is not None and now.time() >= post.rules.at and self.last_round != now.date()
        return is_due and now >= self.last_try + SOON

    def look(self, now: datetime) -> None:
        """Send what is due at a time (UTC, naive): all of it once a day from the set time on, some of it more often.

        While the demo company is there nothing is sent: its people are invented, and so are their addresses.
        A round that did not get to its end is tried again, but not at each look. What goes wrong is written to the log,
        once as long as it is the same, without what concerns anybody.
        """
        try:
            post = replace(post_on(store_at(self.database)), now=now)
            is_time = self._is_time(post, now)
            kinds = tuple(MAILS) if is_time else self._soon(post, now)
            is_scheduled = now >= self.last_scheduled + SOON and are_due(post)
            if not (kinds or is_scheduled) or guest_in(post.store).is_there or not post.store.is_on_duty():
                return
            outcome = Round()
            if kinds:
                self.last_look, self.last_try = now, now if is_time else self.last_try
                outcome = run(post, "local", kinds)
                self.last_round = now.date() if is_time and not outcome.broken else self.last_round
            if is_scheduled:
                self.last_scheduled = now
                outcome.add(send_scheduled(post))
            if outcome.sent or outcome.failed:
                log.info("mail: %d sent, %d not taken by the server", len(outcome.sent), len(outcome.failed))
            failed = [f"{len(outcome.failed)} not taken by the server; `remind` names them."] if outcome.failed else []
            problem = " ".join(["mail:", *failed, *outcome.notices]) if failed or outcome.notices else ""
        except Refused as refused:
            problem = f"mail: {refused}"
        except Exception as error:  # noqa: BLE001 the thread goes on tomorrow, whatever went wrong today
            problem = f"mail failed ({type(error).__name__})"
        if problem and problem != self.last_problem:
            log.warning("%s", problem)
        self.last_problem = problem
