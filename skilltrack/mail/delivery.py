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
"""Seconds for which the server may say nothing."""


class NotTaken(Refused):
    """The server has not taken one mail; it may take others."""


class Lost(Refused):
    """The line was lost while one mail was handed over; that mail may be why."""


class Line:
    """An open connection to the server."""

    def __init__(self, smtp: smtplib.SMTP, server: MailServer):
        self._smtp, self._server = smtp, server

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail; raises `NotTaken` where the server does not want it, `Lost` where the line is lost."""
        try:
            self._smtp.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            raise Lost(f"The mail server {self._server.host} has closed the connection. Try again later.") from error
        except (smtplib.SMTPException, ValueError) as error:  # ValueError: an address that the server cannot be told
            raise NotTaken(f"The mail server did not take it: {_answer(error)}") from error
        except OSError as error:
            raise Lost(f"The connection to the mail server {self._server.host} was lost: {error}") from error


@contextmanager
def connected(server: MailServer) -> Iterator[Line]:
    """A connection to the server, signed in; raises `Refused` with what to change where there is none."""
    if server.tls == "none" and not is_loopback(server.host):
        raise Refused(
            f"SKILLTRACK_SMTP_TLS is none, and {server.host} is another machine: people on the way could read along. "
            "Use starttls or tls."
        )
    where = f"{server.host}:{server.port}"
    try:
        smtp = _dialled(server)
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
    try:
        yield Line(smtp, server)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()


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
