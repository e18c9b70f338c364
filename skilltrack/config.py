"""Settings, read from the environment once per question, never at import."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from platformdirs import user_data_path

from skilltrack.errors import Refused
from skilltrack.language import ENGLISH, LANGUAGES

PACKAGE = Path(__file__).resolve().parent
SQL = PACKAGE / "sql"
"""Every SQL text that stands in a file."""
IS_INSTALLED = (PACKAGE / "root").is_dir()
"""Whether this is the wheel's copy of the package, and not a checkout."""
ROOT = PACKAGE / "root" if IS_INSTALLED else PACKAGE.parent
"""The folder of app.py, pages/ and data/demo/: the checkout, or what the wheel brings instead of it."""

VARIABLES = frozenset({
    "SKILLTRACK_DB", "SKILLTRACK_HOST", "SKILLTRACK_LOCAL", "SKILLTRACK_MEMORY", "SKILLTRACK_FONTS",
    "SKILLTRACK_SMALLEST_CELL", "SKILLTRACK_RETENTION", "SKILLTRACK_API_TOKEN", "SKILLTRACK_API_ACCOUNT",
    "SKILLTRACK_API_RATE", "SKILLTRACK_AUDIT_ANCHOR", "SKILLTRACK_AUDIT_KEY", "SKILLTRACK_SIGNIN", "SKILLTRACK_URL",
    "SKILLTRACK_COOKIE_SECRET", "SKILLTRACK_SESSION_HOURS", "SKILLTRACK_ACCOUNT_CLAIM", "SKILLTRACK_ROLES_CLAIM",
    "SKILLTRACK_ROLES", "SKILLTRACK_OIDC_URL", "SKILLTRACK_OIDC_CLIENT_ID", "SKILLTRACK_OIDC_CLIENT_SECRET",
    "SKILLTRACK_LOG", "SKILLTRACK_LOG_LEVEL", "SKILLTRACK_WATCH_TOKEN", "SKILLTRACK_WATCH_ADDRESS",
    "SKILLTRACK_ROSTER_DAYS", "SKILLTRACK_BACKUP_DAYS", "SKILLTRACK_FETCH_HOSTS", "SKILLTRACK_FETCH_AT",
    "SKILLTRACK_BACKUP_TO", "SKILLTRACK_BACKUP_AT", "SKILLTRACK_BACKUP_KEEP", "SKILLTRACK_BACKUP_KEY",
    "SKILLTRACK_SMTP_HOST", "SKILLTRACK_SMTP_PORT", "SKILLTRACK_SMTP_TLS", "SKILLTRACK_SMTP_USER",
    "SKILLTRACK_SMTP_PASSWORD", "SKILLTRACK_SMTP_PASSWORD_FILE", "SKILLTRACK_SMTP_FROM", "SKILLTRACK_REMIND_DAYS",
    "SKILLTRACK_REMIND_AT", "SKILLTRACK_DIGEST_DAY", "SKILLTRACK_FEED", "SKILLTRACK_CHAT", "SKILLTRACK_CHAT_FILE",
    "SKILLTRACK_LANGUAGE", "SKILLTRACK_DB_PASSWORD", "SKILLTRACK_DB_PASSWORD_FILE",
})  # fmt: skip
"""Every variable of ours that the environment may hold; docs/operating.md explains each. `PORT` is one too."""

READY_AT = 0.8
"""Readiness from which a person without unmet critical requirements counts as ready (contract section 3)."""


def today() -> date:
    """Today in UTC, the default as-of date."""
    return datetime.now(UTC).date()


def located(database: Path) -> Path:
    """The file that a database's name leads to, so that what lies beside it is found by whatever link it is named.

    A link that leads nowhere stays what it is, and so does the address of a lake.
    """
    if str(database).startswith("ducklake:"):
        return database
    real, leads_nowhere = Path(os.path.realpath(database)), database.is_symlink() and not database.exists()
    return database if leads_nowhere or real == database.absolute() else real


@dataclass(frozen=True)
class Settings:
    """Where the data is and where the app listens."""

    database: Path
    demo_database: Path
    """Where the demo company is built when no database is named: never among a company's own records."""
    host: str
    port: int
    api_token: str
    """What a program that pushes files must know; empty = none may."""
    api_account: str
    """Whose roles that program has; empty = HR's, under the name `api`."""
    api_rate: int
    """Requests that one token may make in a minute."""
    is_local: bool
    """Whether nobody signs in, because only this machine is answered."""
    smallest_cell: int
    """People from which a number may be shown to readers who may not see the people themselves."""
    fonts: str
    """A folder of fonts for PDF, for scripts that the built-in ones do not know; empty = none."""


def settings() -> Settings:
    """The settings in force.

    `SKILLTRACK_DB` (`data/skilltrack.duckdb`; of the wheel, one in the user's own data folder), `SKILLTRACK_HOST`
    (127.0.0.1), `PORT` (8501), `SKILLTRACK_API_TOKEN`, `SKILLTRACK_API_ACCOUNT`, `SKILLTRACK_API_RATE` (120),
    `SKILLTRACK_LOCAL` (1 = on), `SKILLTRACK_SMALLEST_CELL` (5), `SKILLTRACK_FONTS`; those of the sign-in
    are in `sessions`.
    """
    port = os.environ.get("PORT") or "8501"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Refused(f"PORT is {port!r}, which is not a port. Use a number from 1 to 65535, such as 8501.")
    smallest = os.environ.get("SKILLTRACK_SMALLEST_CELL") or "5"
    if not smallest.isdecimal() or not 2 <= int(smallest) <= 1000:
        raise Refused(f"SKILLTRACK_SMALLEST_CELL is {smallest!r}. Use a whole number from 2 to 1000, such as 5.")
    rate = os.environ.get("SKILLTRACK_API_RATE") or "120"
    if not rate.isdecimal() or not 1 <= int(rate) <= 100_000:
        raise Refused(f"SKILLTRACK_API_RATE is {rate!r}. Use a whole number of requests a minute, such as 120.")
    named = os.environ.get("SKILLTRACK_DB", "")
    if named.startswith("sc:") or "://" in named:
        raise Refused("SKILLTRACK_DB names a lake and no file: it answers `report` alone. Name a database here.")
    folder = user_data_path("skilltrack", appauthor=False) if IS_INSTALLED else ROOT / "data"
    return Settings(
        database=located(Path(named or folder / "skilltrack.duckdb")),
        demo_database=located(Path(named or folder / "demo.duckdb")),
        host=os.environ.get("SKILLTRACK_HOST") or "127.0.0.1",
        port=int(port),
        api_token=_secret("SKILLTRACK_API_TOKEN"),
        api_account=os.environ.get("SKILLTRACK_API_ACCOUNT", ""),
        api_rate=int(rate),
        is_local=os.environ.get("SKILLTRACK_LOCAL") == "1",
        smallest_cell=int(smallest),
        fonts=os.environ.get("SKILLTRACK_FONTS", ""),
    )


@dataclass(frozen=True)
class LogRules:
    """How the app writes its log."""

    is_json: bool
    level: str
    """debug, info, warning or error; only `debug` also writes what exceptions say, which may quote a cell."""


def log_rules() -> LogRules:
    """How the log is written: `SKILLTRACK_LOG` (text or json) and `SKILLTRACK_LOG_LEVEL` (warning)."""
    form, level = os.environ.get("SKILLTRACK_LOG") or "text", os.environ.get("SKILLTRACK_LOG_LEVEL") or "warning"
    if form not in ("text", "json"):
        raise Refused(f"SKILLTRACK_LOG is {form!r}. Use text or json.")
    if level not in ("debug", "info", "warning", "error"):
        raise Refused(f"SKILLTRACK_LOG_LEVEL is {level!r}. Use debug, info, warning or error.")
    return LogRules(form == "json", level)


@dataclass(frozen=True)
class WatchRules:
    """Who may see how the app is doing, and when something is too old."""

    token: str
    """What a monitoring system must show at /metrics and for the details of /readyz; empty = none may."""
    address: tuple[str, int] | None
    """Where both are answered without a token, apart from the app: host and port; None = nowhere."""
    roster_days: int
    """Days after which the newest roster is too old."""
    backup_days: int
    """Days after which the newest backup is."""


def watch_rules() -> WatchRules:
    """How the app is watched.

    `SKILLTRACK_WATCH_TOKEN`, `SKILLTRACK_WATCH_ADDRESS` (HOST:PORT), `SKILLTRACK_ROSTER_DAYS` (35),
    `SKILLTRACK_BACKUP_DAYS` (7).
    """
    address = os.environ.get("SKILLTRACK_WATCH_ADDRESS", "")
    host, _, port = address.rpartition(":")
    if address and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise Refused(f"SKILLTRACK_WATCH_ADDRESS is {address!r}. Write host and port, such as 127.0.0.1:9100.")
    return WatchRules(
        token=_secret("SKILLTRACK_WATCH_TOKEN"),
        address=(host.strip("[]"), int(port)) if address else None,
        roster_days=_days("SKILLTRACK_ROSTER_DAYS", 35),
        backup_days=_days("SKILLTRACK_BACKUP_DAYS", 7),
    )


KEPT_BY_RULE = ("daily", "weekly", "monthly")
"""The words of a rule by which backups are kept."""
KEEP = "daily 7, weekly 4, monthly 12"


@dataclass(frozen=True)
class BackupRules:
    """Where backups go, when the app makes them, and which are kept."""

    place: str
    """A folder, or s3://BUCKET/PREFIX; empty = nowhere."""
    at: time | None
    """The time of day (UTC) at which the app makes one; None = it makes none."""
    keep: dict[str, int]
    """How many days, weeks and months keep their newest backup; empty = all are kept."""
    key: Path | None
    """The file of the key with which they are sealed; None = they are not."""


def backup_rules() -> BackupRules:
    """How backups are made.

    `SKILLTRACK_BACKUP_TO`, `SKILLTRACK_BACKUP_AT` (HH:MM, UTC), `SKILLTRACK_BACKUP_KEEP` (daily 7, weekly 4, monthly
    12), `SKILLTRACK_BACKUP_KEY`.
    """
    at, place = os.environ.get("SKILLTRACK_BACKUP_AT", ""), os.environ.get("SKILLTRACK_BACKUP_TO", "")
    moment = time_of_day("SKILLTRACK_BACKUP_AT", "02:30")
    if at and not place:
        raise Refused("SKILLTRACK_BACKUP_AT is set, and SKILLTRACK_BACKUP_TO is not. Say where backups go, too.")
    keep = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_BACKUP_KEEP", KEEP).split(","))):
        word, _, number = part.partition(" ")
        if word not in KEPT_BY_RULE or not number.strip().isdecimal():
            raise Refused(f"SKILLTRACK_BACKUP_KEEP says {part!r}. Write words and numbers, such as {KEEP!r}.")
        keep[word] = int(number)
    key = os.environ.get("SKILLTRACK_BACKUP_KEY", "")
    return BackupRules(_whole(place), moment, keep, Path(key).absolute() if key else None)


def time_of_day(variable: str, example: str) -> time | None:
    """The time of day (UTC) that a variable says; None where it is not set."""
    text = os.environ.get(variable, "")
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise Refused(f"{variable} is {text!r}. Write a time of day in UTC, such as {example}.")
    return time.fromisoformat(text) if text else None


def _whole(place: str) -> str:
    """A place with the whole path of its folder, whatever folder the process is in later."""
    return place if not place or place.startswith("s3://") else str(Path(place).absolute())


def is_plain_http() -> bool:
    """Whether the S3-compatible storage that `AWS_ENDPOINT_URL` names is reached without TLS."""
    return (os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT", "")).startswith("http://")


def _secret(variable: str) -> str:
    token = os.environ.get(variable, "")
    if 0 < len(token) < 16:
        raise Refused(
            f"{variable} is too short: it could be guessed. Use 16 random characters or more, such as "
            "`openssl rand -hex 32`."
        )
    return token


def _days(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) <= 3650:
        raise Refused(f"{variable} is {text!r}. Use a number of days, such as {default}.")
    return int(text)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What the environment says, by name; `variables`: name to variable. Those that are not set are left out."""
    return {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}


def strange_variables() -> list[str]:
    """Variables that are named as if they were ours and are not, and those that overrule what we tell streamlit."""
    ours = (name for name in os.environ if name.startswith("SKILLTRACK_") and name not in VARIABLES)
    return sorted([*ours, *(name for name in os.environ if name.startswith("STREAMLIT_"))])


_is_anchored_beside: ContextVar[bool] = ContextVar("is_anchored_beside", default=False)


@contextmanager
def anchored_beside() -> Iterator[None]:
    """Anchor audit logs beside their databases meanwhile: a copy of a company never touches that of the live one."""
    before = _is_anchored_beside.set(True)
    try:
        yield
    finally:
        _is_anchored_beside.reset(before)


def audit_anchor() -> str:
    """The file in which the audit log is anchored, `SKILLTRACK_AUDIT_ANCHOR`; empty = beside the database."""
    return "" if _is_anchored_beside.get() else os.environ.get("SKILLTRACK_AUDIT_ANCHOR", "")


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
        if name not in words or not months.strip().isdecimal():
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
    user, password = os.environ.get("SKILLTRACK_SMTP_USER", ""), secret_in("SKILLTRACK_SMTP_PASSWORD")
    if bool(user) != bool(password):
        raise Refused("SKILLTRACK_SMTP_USER and the password belong together. Set both, or neither.")
    return MailServer(host, int(port), tls, user, password, sender)


def secret_in(variable: str) -> str:
    """What a variable says, or the file that the variable of the same name with `_FILE` names."""
    if not (path := os.environ.get(f"{variable}_FILE")):
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
    language: str = ENGLISH
    """The language of mails to those who have chosen none."""


def mail_rules(kinds: Collection[str] = ()) -> MailRules:
    """The rules in force; raises `Refused` for what cannot be meant. `kinds`: kinds of file that a feed can bring.

    `SKILLTRACK_URL`, `SKILLTRACK_REMIND_DAYS` (90,30,7), `SKILLTRACK_DIGEST_DAY` (monday), `SKILLTRACK_FEED` (such as
    `roster 26, badges 200`), `SKILLTRACK_REMIND_AT` (such as 06:30), `SKILLTRACK_CHAT` or `SKILLTRACK_CHAT_FILE`
    (addresses with blanks between), `SKILLTRACK_LANGUAGE` (en).
    """
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


def _feed(kinds: Collection[str]) -> dict[str, int]:
    hours_of = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_FEED", "").split(","))):
        kind, _, hours = part.partition(" ")
        if (kinds and kind not in kinds) or not hours.strip().isdecimal() or not int(hours):
            known = f" The kinds are: {', '.join(kinds)}." if kinds else ""
            raise Refused(f"SKILLTRACK_FEED says {part!r}. Write a kind and hours, such as 'roster 26'.{known}")
        hours_of[kind] = int(hours)
    return hours_of
