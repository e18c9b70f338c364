"""Mails that somebody has asked for: a report or pack as a file, the news that a feed was refused, a test."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from skilltrack.access import Addressee, addressees, sign_in
from skilltrack.config import MailRules, mail_rules, today
from skilltrack.errors import BadQuestion, Refused
from skilltrack.kinds import KINDS
from skilltrack.language import _, mark, spoken
from skilltrack.mail import chat, feed
from skilltrack.mail.letter import Letter, Part
from skilltrack.mail.message import MAILS, Attached, Mail, checked_address
from skilltrack.mail.post import Post
from skilltrack.mail.rounds import Round, send, tell_rooms, to_hr
from skilltrack.mail.words import about_in_words, greeting, page_link
from skilltrack.storage import Store

if TYPE_CHECKING:
    from skilltrack.reports.receipts import Order

log = logging.getLogger("skilltrack")

LARGEST = 15 * 2**20
"""Bytes of a file that goes with a mail: what most servers take, once it is encoded."""


WHY = {
    "report": mark("You get this mail because somebody has sent it to you from Skilltrack."),
    "packs": mark("You get this mail because somebody has scheduled this report for you in Skilltrack."),
}
"""Why somebody gets a report, by the kind of the mail."""


def rules_with_links() -> MailRules:
    """The rules, with the address for links, which the sign-in may say; raises `Refused` where nothing does."""
    rules = mail_rules(KINDS)
    if not rules.url and (signing_in := sign_in()):
        rules = replace(rules, url=signing_in.url)
    if not rules.url:
        raise Refused("SKILLTRACK_URL is not set: mails need it for their links. Write where people reach the app.")
    return rules


def post_on(store: Store, as_of: date | None = None) -> Post:
    """What the mails of a day are made with, today by default; raises `Refused` where no address for links is set."""
    now, rules = datetime.now(UTC).replace(tzinfo=None), rules_with_links()
    if as_of is None or as_of == today():
        return Post(store, rules, today(), now)
    return Post(store, rules, as_of, datetime(as_of.year, as_of.month, as_of.day, 23, 59, 59))


def tell_of_refusal(store: Store, files: str, problems: Sequence[str], by: str) -> Round:
    """Write to everybody with the role HR that a feed was refused, and why; the same once a day."""
    make = partial(feed.refused_mail, files=files, problems=tuple(problems))
    post = post_on(store)
    mails, outcome = to_hr(post, make)
    outcome.add(send(store, mails, by))
    if mails:
        text = chat.refused_in_words(len(problems), post.rules.url)
        tell_rooms(post, by, outcome, "The nightly feed was refused", text)
    return outcome


def tell_of_push(store: Store, files: str, problems: Sequence[str], by: str) -> threading.Thread:
    """Tell HR that what a program sent was refused, in a thread of its own, so that the program need not wait.

    Nothing happens where no feed is watched (`SKILLTRACK_FEED`). What goes wrong is written to the log.
    """

    def tell() -> None:
        try:
            if mail_rules(KINDS).feed:
                outcome = tell_of_refusal(store, files, problems, by)
                if outcome.failed:
                    log.warning("mail: HR was not told of a refused feed: %d not taken", len(outcome.failed))
                for notice in outcome.notices:
                    log.warning("mail: %s", notice)
        except Refused as refused:
            log.warning("mail: HR was not told of a refused feed: %s", refused)

    thread = threading.Thread(target=tell, name="mail of a refusal", daemon=True)
    thread.start()
    return thread


def send_report(store: Store, order: "Order", to: Sequence[str], by: str) -> Round:
    """Send a report or pack to accounts or addresses, to each as that reader may see it, in their language.

    Raises `BadQuestion` for somebody who is not known, or may not see it, before anything is sent; `Refused` for a file
    that is too large.
    """
    post, people = post_on(store), addressees(store)
    mails = [report_mail(post, called(people, name), order) for name in dict.fromkeys(to)]
    outcome = Round()
    for mail, receipt in mails:
        outcome.add(send(store, [mail], by, report=order.name, format=order.form, receipt=receipt))
    return outcome


def send_test(store: Store, to: str, by: str) -> Round:
    """Send a mail that says only that it has come; to one of those who may be written to."""
    post, person = post_on(store), called(addressees(store), to)
    with spoken(post.language_of(person)):
        letter = Letter(
            _("Skilltrack can send mail"),
            greeting(person.name),
            _("This is a test. If you read it, mail works."),
            (),
            _("You get this mail because an operator of Skilltrack has asked for it."),
        )
    return send(post.store, [Mail(person.account, person.address, "test", letter)], by)


def called(people: Mapping[str, Addressee], name: str) -> Addressee:
    """Somebody by account or address; raises `BadQuestion` for one who is not known or cannot be written to."""
    name = name.strip()
    by_address = [person for person in people.values() if person.address.lower() == name.lower()]
    person = people.get(name) or (by_address[0] if len(by_address) == 1 else None)
    if person is None:
        raise BadQuestion(
            _(
                "{name} cannot get mail: what somebody may see decides what is sent, and they are on no roster today, "
                "or several people have the address. Name an employee_id, or give the address a role first.",
                name=name,
            )
        )
    if not person.address:
        raise BadQuestion(_("{name} has no e-mail address on the roster. Upload a roster that has one.", name=name))
    checked_address(person.address)
    return person


def report_mail(
    post: Post, person: Addressee, order: "Order", kind: str = "report", keys: tuple[str, ...] = ()
) -> tuple[Mail, str]:
    """The mail with a report as its reader may see it, and the receipt's digest, by which the audit log identifies it.

    `kind`: `report`, which somebody sends now, or `packs`, which somebody has scheduled. Raises `Refused` where it is
    not open to the reader, or is too large. Letter and file are in the reader's language, whatever the order's is.
    """
    from skilltrack.reports import exports, receipts  # they take a while to load, and no other mail needs them

    viewer, language = post.viewer_of(person), post.language_of(person)
    receipt = receipts.draw(post.store, viewer, replace(order, language=language))
    file = BytesIO()
    exports.write(post.store, viewer, receipt, file)
    if file.tell() > LARGEST:
        raise Refused(
            f"{order.name} for {person.account} is {file.tell() / 2**20:.0f} MiB, too large for a mail. Ask about "
            "fewer people, or write it with --output."
        )
    name, form = exports.file_name(order), exports.FORMATS[order.form]
    files = [Attached(name, form.media, file.getvalue())]
    if not form.carries_receipt:
        files.append(Attached(f"{name}.receipt.json", "application/json", receipt.as_json().encode() + b"\n"))
    with spoken(language):
        letter = Letter(
            _("{report}, {day}", report=_(exports.title_of(order.name)), day=order.filters.as_of),
            greeting(person.name),
            _("The file that is attached shows what you may see in Skilltrack, and nothing else."),
            (Part("", _("It is about:"), (_("What"),), tuple((line,) for line in about_in_words(order)), "",
                  page_link(post.rules.url, "exports", _("Make it yourself"))),),
            _(WHY[kind]),
            post.stop_link(person.account, kind) if kind in MAILS else None,
        )  # fmt: skip
    return Mail(person.account, person.address, kind, letter, keys, tuple(files)), receipt.digest()
