"""Settings, read from the environment once per question, never at import."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from skilltrack.errors import Refused

ROOT = Path(__file__).resolve().parent.parent
SQL = Path(__file__).resolve().parent / "sql"
"""Every SQL text that stands in a file."""

READY_AT = 0.8
"""Readiness from which a person without unmet critical requirements counts as ready (contract section 3)."""


def today() -> date:
    """Today in UTC, the default as-of date."""
    return datetime.now(UTC).date()


def located(database: Path) -> Path:
    """The file that a database's name leads to, so that what lies beside it is found by whatever link it is named.

    A link that leads nowhere stays what it is.
    """
    real = Path(os.path.realpath(database))
    leads_nowhere = database.is_symlink() and not database.exists()
    return database if leads_nowhere or real == database.absolute() else real


@dataclass(frozen=True)
class Settings:
    """Where the data is and where the app listens."""

    database: Path
    host: str
    port: int
    api_token: str
    """What a program that pushes files must know; empty = none may."""
    api_account: str
    """Whose roles that program has; empty = HR's, under the name `api`."""
    is_local: bool
    """Whether nobody signs in, because only this machine is answered."""
    smallest_cell: int
    """People from which a number may be shown to readers who may not see the people themselves."""
    fonts: str
    """A folder of fonts for PDF, for scripts that the built-in ones do not know; empty = none."""


def settings() -> Settings:
    """The settings in force.

    `SKILLTRACK_DB` (`data/skilltrack.duckdb`), `SKILLTRACK_HOST` (127.0.0.1), `PORT` (8501), `SKILLTRACK_API_TOKEN`,
    `SKILLTRACK_API_ACCOUNT`, `SKILLTRACK_LOCAL` (1 = on), `SKILLTRACK_SMALLEST_CELL` (5), `SKILLTRACK_FONTS`; those of
    the sign-in are in `sessions`.
    """
    port = os.environ.get("PORT") or "8501"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Refused(f"PORT is {port!r}, which is not a port. Use a number from 1 to 65535, such as 8501.")
    smallest = os.environ.get("SKILLTRACK_SMALLEST_CELL") or "5"
    if not smallest.isdigit() or not 2 <= int(smallest) <= 1000:
        raise Refused(f"SKILLTRACK_SMALLEST_CELL is {smallest!r}. Use a whole number from 2 to 1000, such as 5.")
    token = os.environ.get("SKILLTRACK_API_TOKEN", "")
    if 0 < len(token) < 16:
        raise Refused(
            "SKILLTRACK_API_TOKEN is too short: it could be guessed. Use 16 random characters or more, such as "
            "`openssl rand -hex 32`."
        )
    return Settings(
        database=located(Path(os.environ.get("SKILLTRACK_DB") or ROOT / "data" / "skilltrack.duckdb")),
        host=os.environ.get("SKILLTRACK_HOST") or "127.0.0.1",
        port=int(port),
        api_token=token,
        api_account=os.environ.get("SKILLTRACK_API_ACCOUNT", ""),
        is_local=os.environ.get("SKILLTRACK_LOCAL") == "1",
        smallest_cell=int(smallest),
        fonts=os.environ.get("SKILLTRACK_FONTS", ""),
    )


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What the environment says, by name; `variables`: name to variable. Those that are not set are left out."""
    return {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}


def audit_anchor() -> str:
    """The file in which the audit log is anchored, `SKILLTRACK_AUDIT_ANCHOR`; empty = beside the database."""
    return os.environ.get("SKILLTRACK_AUDIT_ANCHOR", "")


def audit_key() -> bytes:
    """The key under which entries of the audit log are sealed, `SKILLTRACK_AUDIT_KEY`; empty = none."""
    return os.environ.get("SKILLTRACK_AUDIT_KEY", "").encode()


def most_memory() -> int | None:
    """Bytes that the database may hold, `SKILLTRACK_MEMORY` in MiB; None where nothing is set."""
    text = os.environ.get("SKILLTRACK_MEMORY", "")
    if text and (not text.isdecimal() or not 128 <= int(text) <= 2**20):
        raise Refused(
            f"SKILLTRACK_MEMORY is {text!r}. Use MiB from 128 up, such as 1024; less makes large uploads slower."
        )
    return int(text) * 2**20 if text else None


def retention(words: Collection[str]) -> dict[str, int]:
    """Months after which personal data goes, as `SKILLTRACK_RETENTION` says (`left 24, badges 60`); the rest stays.

    `words`: what can have an end.
    """
    kept = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_RETENTION", "").split(","))):
        name, _, months = part.partition(" ")
        if name not in words or not months.strip().isdigit():
            raise Refused(
                f"SKILLTRACK_RETENTION says {part!r}. Write a word and months, such as 'left 24, badges 60'; "
                f"the words are: {', '.join(words)}."
            )
        kept[name] = int(months)
    return kept


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
    user, password = os.environ.get("SKILLTRACK_SMTP_USER", ""), _secret_in("SKILLTRACK_SMTP_PASSWORD")
    if bool(user) != bool(password):
        raise Refused("SKILLTRACK_SMTP_USER and the password belong together. Set both, or neither.")
    return MailServer(host, int(port), tls, user, password, sender)


def _secret_in(variable: str) -> str:
    """What a variable says, or the file that the variable of the same name with `_FILE` names."""
    path = os.environ.get(f"{variable}_FILE")
    if not path:
        return os.environ.get(variable, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Refused(f"{variable}_FILE names {path}, which cannot be read: {error}") from None


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


def mail_rules(kinds: Collection[str] = ()) -> MailRules:
    """The rules in force; raises `Refused` for what cannot be meant. `kinds`: kinds of file that a feed can bring.

    `SKILLTRACK_URL`, `SKILLTRACK_REMIND_DAYS` (90,30,7), `SKILLTRACK_DIGEST_DAY` (monday), `SKILLTRACK_FEED` (such as
    `roster 26, badges 200`), `SKILLTRACK_REMIND_AT` (such as 06:30), `SKILLTRACK_CHAT` or `SKILLTRACK_CHAT_FILE`
    (addresses with blanks between).
    """
    days = [part.strip() for part in (os.environ.get("SKILLTRACK_REMIND_DAYS") or "90,30,7").split(",")]
    if not all(day.isdecimal() and 0 < int(day) <= 366 for day in days):
        raise Refused(f"SKILLTRACK_REMIND_DAYS is {','.join(days)!r}. Write numbers of days, such as 90,30,7.")
    weekday = (os.environ.get("SKILLTRACK_DIGEST_DAY") or "monday").lower()
    if weekday not in WEEKDAYS:
        raise Refused(f"SKILLTRACK_DIGEST_DAY is {weekday!r}. Use one of: {', '.join(WEEKDAYS)}.")
    at = os.environ.get("SKILLTRACK_REMIND_AT", "")
    try:
        time_of_day = time.fromisoformat(at) if at else None
    except ValueError:
        raise Refused(f"SKILLTRACK_REMIND_AT is {at!r}. Write a time of day in UTC, such as 06:30.") from None
    return MailRules(
        url=os.environ.get("SKILLTRACK_URL", "").rstrip("/"),
        days=tuple(sorted({int(day) for day in days}, reverse=True)),
        digest_day=WEEKDAYS.index(weekday),
        feed=_feed(kinds),
        at=time_of_day,
        chat=tuple(_secret_in("SKILLTRACK_CHAT").split()),
    )


def _feed(kinds: Collection[str]) -> dict[str, int]:
    hours_of = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_FEED", "").split(","))):
        kind, _, hours = part.partition(" ")
        if (kinds and kind not in kinds) or not hours.strip().isdecimal() or not int(hours):
            known = f" The kinds are: {', '.join(kinds)}." if kinds else ""
            raise Refused(f"SKILLTRACK_FEED says {part!r}. Write a kind and hours, such as 'roster 26'.{known}")
        hours_of[kind] = int(hours)
    return hours_of
