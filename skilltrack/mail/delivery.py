"""Handing mail to the company's server over SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from skilltrack.access import is_loopback
from skilltrack.config import MailServer
from skilltrack.errors import Refused

WAIT = 30.0
"""Seconds for which the server may say nothing while we get in."""
TAKING = 600.0
"""Seconds for which it may say nothing while it takes a mail: whoever hangs up sooner has it sent again (RFC 5321)."""


class NotTaken(Refused):
    """The server has not taken one mail; it may take others."""


class Lost(Refused):
    """The line was lost while one mail was handed over; that mail may be why."""


class Line:
    """A connection to the server, signed in; opened anew for the next mail once it was lost."""

    def __init__(self, server: MailServer):
        self._server, self._smtp = server, _signed_in(server)

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail.

        Raises `NotTaken` where the server does not want it, `Lost` where it broke off, and any other `Refused` where no
        connection could be opened.
        """
        if self._smtp.sock is None:
            self._smtp = _signed_in(self._server)
        self._may_wait(TAKING)
        try:
            self._smtp.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address that cannot be told
            is_answer = isinstance(error, smtplib.SMTPException | ValueError)
            is_over = self._smtp.sock is None  # the server said 421, and hung up
            if is_answer and not is_over and not isinstance(error, smtplib.SMTPServerDisconnected):
                raise NotTaken(f"The mail server did not take it: {_answer(error)}") from error
            self._smtp.close()
            broke_off = f"The mail server {self._server.host} broke off: {_answer(error)}"
            raise Lost(f"{broke_off} It is sent again later.") from error
        finally:
            self._may_wait(WAIT)

    def end(self) -> None:
        """Close the connection."""
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    def _may_wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


@contextmanager
def connected(server: MailServer) -> Iterator[Line]:
    """A connection to the server, signed in; raises `Refused` with what to change where there is none."""
    line = Line(server)
    try:
        yield line
    finally:
        line.end()


def _signed_in(server: MailServer) -> smtplib.SMTP:
    if server.tls == "none" and not is_loopback(server.host):
        raise Refused(
            f"SKILLTRACK_SMTP_TLS is none, and {server.host} is another machine: people on the way could read along. "
            "Use starttls or tls."
        )
    where = f"{server.host}:{server.port}"
    try:
        return _dialled(server)
    except ssl.SSLError as error:
        raise Refused(
            f"The mail server {where} cannot be trusted: {error.reason or error}. A certificate of your own authority "
            "is trusted where SSL_CERT_FILE names it; SKILLTRACK_SMTP_TLS says how TLS begins."
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"The mail server {where} offers no STARTTLS or no sign-in: {error}") from error
    except smtplib.SMTPAuthenticationError as error:
        raise Refused(
            f"The mail server {where} does not let {server.user} in: {_answer(error)} Look at SKILLTRACK_SMTP_USER and "
            "its password."
        ) from None  # the request that it quotes holds the password
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(
            f"The mail server {where} cannot be reached: {_answer(error)} Look at SKILLTRACK_SMTP_HOST, _PORT and _TLS."
        ) from error


def _dialled(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=WAIT)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _answer(error: Exception) -> str:
    """What the server said, in a sentence."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return f"{error}."
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}."
