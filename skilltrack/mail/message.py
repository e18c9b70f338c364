"""A mail as it leaves: whom it is for, what it says, and the files that go with it."""

from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime

from skilltrack.errors import Refused
from skilltrack.language import _, mark
from skilltrack.mail.letter import Letter, as_html, as_text

MAILS = {
    "lapses": mark("reminders before credentials end"),
    "digest": mark("the weekly digest"),
    "feed": mark("the state of the nightly feed"),
    "decisions": mark("what became of your proposals"),
    "packs": mark("scheduled reports"),
}
"""The kinds of mail that are sent unasked, in words; whoever gets one can stop it."""


@dataclass(frozen=True)
class Attached:
    """A file that goes with a mail."""

    name: str
    media: str
    """Such as `text/calendar`."""
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one account."""

    account: str
    address: str
    kind: str
    """One of `MAILS`, or `report` or `test`, which somebody has asked for."""
    letter: Letter
    keys: tuple[str, ...] = ()
    """What it tells, as codes: what was told once is not told again."""
    files: tuple[Attached, ...] = ()


def checked_address(text: str) -> str:
    """An e-mail address that can be written to, without blanks around it; raises `Refused` for one that cannot."""
    with suppress(MessageError, ValueError, IndexError, AttributeError):  # the parser raises all of these
        address = Address(addr_spec=text.strip())
        if address.username and "." in address.domain.strip("."):
            return address.addr_spec
    raise Refused(_("{text} is not an e-mail address. Write one such as ann@corp.example.", text=repr(text)))


def as_message(mail: Mail, sender: str, message_id: str) -> EmailMessage:
    """The mail as a message. `message_id`: the same for the same mail, so that one that comes twice is known."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, checked_address(mail.address), mail.letter.subject
    message["Date"], message["Message-ID"] = format_datetime(localtime()), message_id
    message["Auto-Submitted"], message["X-Auto-Response-Suppress"] = "auto-generated", "All"  # nobody's absence answers
    if mail.letter.stop:
        message["List-Unsubscribe"] = f"<{mail.letter.stop.url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: a button of the mail program
    message.set_content(as_text(mail.letter))
    message.add_alternative(as_html(mail.letter), subtype="html")
    for file in mail.files:
        main, _, sub = file.media.partition("/")
        if main == "text":
            message.add_attachment(file.content.decode(), subtype=sub, filename=file.name)
        else:
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    message["Content-Language"] = mail.letter.language  # of the whole: set before, it would go into the first part
    return message
