"""The mail server, and who is written to about what, and when."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time

from skilltrack.config.variables import secret_in, time_of_day
from skilltrack.errors import Refused
from skilltrack.language import ENGLISH, LANGUAGES

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mail, and who it is from."""

    host: str
    port: int
    tls: str
    """starttls, tls (from the first byte), or none, for a server on this machine."""
    user: str
    """Empty = the server asks for no password."""
    password: str = field(repr=False)
    sender: str
    """The From header, such as `Skilltrack <skills@corp.example>`."""


def mail_server() -> MailServer:
    """The mail server that is configured; raises `Refused` where nothing is, or where it is not enough or not safe.

    `SKILLTRACK_SMTP_HOST`, `SKILLTRACK_SMTP_PORT` (587; with tls 465, with none 25), `SKILLTRACK_SMTP_TLS` (starttls),
    `SKILLTRACK_SMTP_USER`, `SKILLTRACK_SMTP_PASSWORD` or `SKILLTRACK_SMTP_PASSWORD_FILE`, `SKILLTRACK_SMTP_FROM`.
    """
    host, sender = os.environ.get("SKILLTRACK_SMTP_HOST", ""), os.environ.get("SKILLTRACK_SMTP_FROM", "")
    if not host or not sender:
        missing = "SKILLTRACK_SMTP_HOST" if not host else "SKILLTRACK_SMTP_FROM"
        raise Refused(f"No mail can be sent: {missing} is not set. docs/reminders.md has an example.")
    tls = os.environ.get("SKILLTRACK_SMTP_TLS") or "starttls"
    usual = {"starttls": "587", "tls": "465", "none": "25"}
    if tls not in usual:
        raise Refused(f"SKILLTRACK_SMTP_TLS is {tls!r}. Use starttls, tls or none.")
    port = os.environ.get("SKILLTRACK_SMTP_PORT") or usual[tls]
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Refused(f"SKILLTRACK_SMTP_PORT is {port!r}, which is not a port. Use a number such as {usual[tls]}.")
    user, password = os.environ.get("SKILLTRACK_SMTP_USER", ""), secret_in("SKILLTRACK_SMTP_PASSWORD")
    if bool(user) != bool(password):
        raise Refused("SKILLTRACK_SMTP_USER and the password belong together. Set both, or neither.")
    return MailServer(host, int(port), tls, user, password, sender)


@dataclass(frozen=True)
class MailRules:
    """Who is reminded of what, and when."""

    url: str
    """Where people reach the app, for links: scheme, host and port; empty where nothing is set."""
    days: tuple[int, ...]
    """Days before the end of an award on which its holder is reminded, the most first."""
    digest_day: int
    """The weekday of the weekly digests, 0 = Monday."""
    feed: Mapping[str, int]
    """Kind of file to the hours within which one is expected; empty = no feed is watched."""
    at: time | None
    """When the app itself sends mail, UTC; None = it does not, a scheduled command does."""
    chat: tuple[str, ...] = field(repr=False)
    """Addresses of chat rooms that are told of the feed, as Apprise writes them."""
    language: str = ENGLISH
    """The language of mails to those who have chosen none."""


def mail_rules(kinds: Collection[str] = ()) -> MailRules:
    """The rules in force; raises `Refused` for what cannot be meant. `kinds`: kinds of file that a feed can bring.

    `SKILLTRACK_URL`, `SKILLTRACK_REMIND_DAYS` (90,30,7), `SKILLTRACK_DIGEST_DAY` (monday), `SKILLTRACK_FEED` (such as
    `roster 26, badges 200`), `SKILLTRACK_REMIND_AT` (such as 06:30), `SKILLTRACK_CHAT` or `SKILLTRACK_CHAT_FILE`
    (addresses with blanks between), `SKILLTRACK_LANGUAGE` (en), and `SKILLTRACK_HR_MAIL` (`hr_addresses`).
    """
    hr_addresses()
    days = [part.strip() for part in (os.environ.get("SKILLTRACK_REMIND_DAYS") or "90,30,7").split(",")]
    if not all(day.isdecimal() and 0 < int(day) <= 366 for day in days):
        raise Refused(f"SKILLTRACK_REMIND_DAYS is {','.join(days)!r}. Write numbers of days, such as 90,30,7.")
    weekday = (os.environ.get("SKILLTRACK_DIGEST_DAY") or "monday").lower()
    if weekday not in WEEKDAYS:
        raise Refused(f"SKILLTRACK_DIGEST_DAY is {weekday!r}. Use one of: {', '.join(WEEKDAYS)}.")
    language = os.environ.get("SKILLTRACK_LANGUAGE") or ENGLISH
    if language not in LANGUAGES:
        raise Refused(f"SKILLTRACK_LANGUAGE is {language!r}. Use one of: {', '.join(LANGUAGES)}.")
    return MailRules(
        url=os.environ.get("SKILLTRACK_URL", "").rstrip("/"),
        days=tuple(sorted({int(day) for day in days}, reverse=True)),
        digest_day=WEEKDAYS.index(weekday),
        feed=_feed(kinds),
        at=time_of_day("SKILLTRACK_REMIND_AT", "06:30"),
        chat=tuple(secret_in("SKILLTRACK_CHAT").split()),
        language=language,
    )


def hr_addresses() -> tuple[str, ...]:
    """Addresses that are written to as HR, in small letters: `SKILLTRACK_HR_MAIL`, with commas or blanks between.

    Raises `Refused` for what is not an address.
    """
    addresses = re.split(r"[\s,]+", os.environ.get("SKILLTRACK_HR_MAIL", "").strip(", \t\n").lower())
    for address in filter(None, addresses):
        if not re.fullmatch(r"[^@]+@[^@.]+(\.[^@.]+)+", address):
            raise Refused(f"SKILLTRACK_HR_MAIL says {address!r}. Write an e-mail address such as hr@corp.example.")
    return tuple(dict.fromkeys(filter(None, addresses)))


def _feed(kinds: Collection[str]) -> dict[str, int]:
    hours_of = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_FEED", "").split(","))):
        kind, _, hours = part.partition(" ")
        if (kinds and kind not in kinds) or not hours.strip().isdecimal() or not int(hours):
            known = f" The kinds are: {', '.join(kinds)}." if kinds else ""
            raise Refused(f"SKILLTRACK_FEED says {part!r}. Write a kind and hours, such as 'roster 26'.{known}")
        hours_of[kind] = int(hours)
    return hours_of
