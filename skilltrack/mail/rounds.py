"""A round of mails: who is due, sending each once, and noting each in the audit log.

A mail is noted before it is sent, so that none leaves unnoted and none is sent again and again where nothing can be
noted. What the server did not take is noted as failed, and is due again. Where the server breaks off at a mail the
others go out first, and that one is tried a few times a day (`past`): one bad mail neither stops a round nor is handed
over without end. The last one of a round that was killed is
followed by nothing: nobody knows whether the server had taken it. It is sent again, under the same Message-ID, since
somebody who misses the last reminder loses a certificate and somebody who gets it twice loses a second. So every mail
arrives, and of each round that was killed at most one arrives twice.

The audit log is what remembers. It stays when the database is restored or built anew, and knows codes only.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from uuid import uuid4

from skilltrack.access import Addressee, addressees, stopped_mail, viewer_called
from skilltrack.access import trail as audit
from skilltrack.config import mail_server
from skilltrack.errors import Refused
from skilltrack.language import spoken
from skilltrack.mail import chat, decisions, digest, feed, lapses
from skilltrack.mail.delivery import Lost, NotTaken, connected
from skilltrack.mail.message import MAILS, Mail, as_message, checked_address
from skilltrack.mail.past import MOST_LOSSES, Past, remembered
from skilltrack.mail.post import Post
from skilltrack.storage import Store
from skilltrack.text import counted

Progress = Callable[[str], None]
Make = Callable[[Post, Addressee, Collection[str]], Mail | None]
Candidate = tuple[str, str, Make]
"""A kind of mail, the account that may get one, and what makes it."""

NAMED = 20
"""At most this many accounts are named for one reason."""
IN_A_ROW = 3
"""Mails in a row at which the server breaks off until the rest waits for the next round."""
LEFT_ALONE = "the mail server broke off at their mail {n} times today; tomorrow it is tried again"
NOT_TRIED = "Not tried, since the mail server broke off again and again: {mails}. The next round sends the rest."
NOBODY = (
    "Nobody of HR hears of the feed: give somebody the role (`give EMPLOYEE_ID|EMAIL hr`), or name an address in "
    "SKILLTRACK_HR_MAIL. A role that only the sign-in tells is not known when mail is sent."
)
_sending = threading.Lock()
"""One thread of this process at a time; other processes wait for their turn."""


@dataclass
class Round:
    """What a round has sent, and what it has not."""

    sent: list[Mail] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    """Reasons why people got nothing, each with their accounts."""
    notices: list[str] = field(default_factory=list)
    """What whoever runs this should know."""
    rooms: int = 0
    """Chat rooms that were told of the feed."""
    failed: list[str] = field(default_factory=list)
    """What was not taken, a sentence each; it is due again in the next round."""
    broken: int = 0
    """How often the server broke off, or could not be reached any more: then there is more to send soon."""

    def skip(self, account: str, reason: str) -> None:
        """Leave somebody out, and remember why."""
        self.skipped.setdefault(reason, []).append(account)

    def add(self, other: "Round") -> None:
        """Count what another round sent as this one's."""
        self.sent += other.sent
        self.failed += other.failed
        self.broken += other.broken
        self.notices += other.notices

    def in_words(self) -> list[str]:
        """What was sent, and whom it leaves out, a sentence each."""
        kinds = Counter(mail.kind for mail in self.sent)
        listed = f": {', '.join(f'{count:,} {kind}' for kind, count in sorted(kinds.items()))}" if kinds else ""
        sentences = [f"{counted(len(self.sent), 'mail')} sent{listed}."]
        sentences += [f"{counted(self.rooms, 'chat room')} told of the feed."] if self.rooms else []
        for reason, accounts in self.skipped.items():
            more = f" and {len(accounts) - NAMED:,} more" if len(accounts) > NAMED else ""
            sentences.append(f"Left out, {reason.rstrip('.')}: {', '.join(accounts[:NAMED])}{more}.")
        return sentences + self.notices


def due(post: Post, kinds: Collection[str] = tuple(MAILS)) -> tuple[list[Mail], Round]:
    """The mails that are due, and whom they leave out; nothing is sent."""
    past, people = remembered(post.store.journal.audit), addressees(post.store)
    mails, outcome = written(post, people, _candidates(post, people, past.known, kinds), past)
    if "feed" in kinds and post.rules.feed:
        outcome.notices += nobody_hears(post.store, people)
    return mails, outcome


def to_hr(post: Post, make: Make) -> tuple[list[Mail], Round]:
    """The mails about the feed that `make` makes for everybody with the role HR."""
    people = addressees(post.store)
    hr = (("feed", account, make) for account, person in people.items() if "hr" in person.roles)
    mails, outcome = written(post, people, hr, remembered(post.store.journal.audit))
    outcome.notices += nobody_hears(post.store, people)
    return mails, outcome


def nobody_hears(store: Store, people: Mapping[str, Addressee] | None = None) -> list[str]:
    """That nobody of HR can be told of the feed, and what to do, where that is so."""
    unwanted = stopped_mail(store)
    for person in (addressees(store) if people is None else people).values():
        if "hr" in person.roles and person.address and (person.account, "feed") not in unwanted:
            with suppress(Refused):
                if viewer_called(store, person.address, person.claimed).may("people files"):
                    return []
    return [NOBODY]


def written(
    post: Post, people: Mapping[str, Addressee], candidates: Iterable[Candidate], past: Past
) -> tuple[list[Mail], Round]:
    """The mails to those candidates who want theirs and can be written to, and whom they leave out.

    Each is written in its reader's language. Those at which the server broke off before come last.
    """
    unwanted, outcome, mails = stopped_mail(post.store), Round(), []
    for kind, account, make in candidates:
        person = people.get(account)
        if person is None:
            continue
        if (account, kind) in unwanted:
            outcome.skip(account, f"does not want {MAILS[kind]}")
        elif not person.address:
            outcome.skip(account, "has no e-mail address on the roster")
        else:
            try:
                checked_address(person.address)
                post.viewer_of(person)  # refused in the operator's language, not in the reader's
                with spoken(post.language_of(person)):
                    mail = make(post, person, past.known)
            except Refused as refused:
                outcome.skip(account, str(refused))
                continue
            if mail and past.count_losses(mail.keys, post.now.date()) >= MOST_LOSSES:
                outcome.skip(account, LEFT_ALONE.format(n=MOST_LOSSES))
            elif mail:
                mails.append(mail)
    return sorted(mails, key=lambda mail: past.count_losses(mail.keys)), outcome


def _candidates(
    post: Post, people: Mapping[str, Addressee], known: Collection[str], kinds: Collection[str]
) -> Iterator[Candidate]:
    for account, person in people.items():
        if "feed" in kinds and "hr" in person.roles and post.rules.feed:
            yield "feed", account, feed.missed_mail
            yield "feed", account, feed.state_mail
    for account in lapses.due(post, known) if "lapses" in kinds else ():
        yield "lapses", account, lapses.mail_for
    for account in decisions.due(post, known) if "decisions" in kinds else ():
        yield "decisions", account, decisions.mail_for
    for account, person in people.items():
        if "digest" in kinds and person.roles & {"manager", "hr"}:
            yield "digest", account, digest.mail_for


def run(post: Post, by: str, kinds: Collection[str] = tuple(MAILS), progress: Progress = lambda step: None) -> Round:
    """Send what is due, each once; raises `Refused` where the server cannot be reached or the log cannot be written."""
    with _sending, post.store.turn("mail"):
        progress("Looking who is due")
        mails, outcome = due(post, kinds)
        if "feed" in kinds and post.rules.chat:
            _tell_rooms_of_late(post, by, outcome)  # first: a mail server that is away must not silence them
        _send_all(post.store, mails, by, outcome, progress)
    return outcome


def _tell_rooms_of_late(post: Post, by: str, outcome: Round) -> None:
    late, known = feed.late_kinds(post), remembered(post.store.journal.audit).known
    for number in range(1, len(post.rules.chat) + 1):
        keys = {kind: post.code("chat", number, kind, newest) for kind, newest in late.items()}
        if new := sorted(kind for kind, key in keys.items() if key not in known):
            text = chat.late_in_words(new, post.rules.url)
            _tell_room(post, by, outcome, number, "A feed is late", text, [keys[kind] for kind in new])


def tell_rooms(post: Post, by: str, outcome: Round, title: str, text: str) -> None:
    """Tell every chat room of the settings something about the feed."""
    with _sending:
        for number in range(1, len(post.rules.chat) + 1):
            _tell_room(post, by, outcome, number, title, text, [])


def _tell_room(post: Post, by: str, outcome: Round, number: int, title: str, text: str, keys: list[str]) -> None:
    log, this = post.store.journal.audit, uuid4().hex
    audit.note(log, by, "mailed", None, mail="chat", keys=keys, round=this)
    if chat.told_room(post.rules.chat[number - 1], f"Skilltrack: {title}", text):
        outcome.rooms += 1
    else:
        outcome.failed.append(f"The chat room {number} of SKILLTRACK_CHAT did not take the message.")
        log.note(by, "failed", None, instead_of="mailed", round=this)
    audit.note(log, by, "mailing", rooms=outcome.rooms, round=this)


def send(store: Store, mails: list[Mail], by: str, **what: object) -> Round:
    """Send mails that somebody has asked for; `what` is noted with each."""
    outcome = Round()
    with _sending:
        _send_all(store, mails, by, outcome, lambda step: None, **what)
    return outcome


def _send_all(store: Store, mails: list[Mail], by: str, outcome: Round, progress: Progress, **what: object) -> None:
    if not mails:
        return
    server, log, this, in_a_row = mail_server(), store.journal.audit, uuid4().hex, 0
    domain = parseaddr(server.sender)[1].rpartition("@")[2] or "skilltrack"
    try:
        with ExitStack() as stack:
            line = stack.enter_context(connected(server))
            for number, mail in enumerate(mails, 1):
                progress(f"Mail {number} of {len(mails)}")
                which = log.code(repr((mail.account, mail.keys))) if mail.keys else uuid4().hex
                try:
                    message = as_message(mail, server.sender, f"<{which}@{domain}>")
                except (ValueError, Refused) as error:
                    outcome.failed.append(f"The mail to {mail.account} cannot be written: {error}")
                    continue
                audit.note(log, by, "mailed", mail.account, mail=mail.kind, **what, keys=list(mail.keys), round=this)
                try:
                    line.send(message)
                except BaseException as error:
                    is_lost = isinstance(error, Lost)
                    log.note(by, "failed", mail.account, instead_of="mailed", is_lost=is_lost, round=this)
                    if not isinstance(error, Refused):
                        raise
                    outcome.failed.append(f"{mail.account}: {error}")
                    if isinstance(error, NotTaken):
                        in_a_row = 0
                        continue
                    outcome.broken, in_a_row, left = outcome.broken + 1, in_a_row + 1, len(mails) - number
                    if left and (in_a_row == IN_A_ROW or not is_lost):
                        outcome.notices.append(NOT_TRIED.format(mails=counted(left, "mail")))
                        break
                else:
                    outcome.sent.append(mail)
                    in_a_row = 0
    finally:
        audit.note(log, by, "mailing", sent=len(outcome.sent), failed=len(outcome.failed), round=this)
