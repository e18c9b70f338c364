"""Settings, read from the environment once per question, never at import."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from platformdirs import user_data_path

from skilltrack.errors import Refused

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
    "SKILLTRACK_ROSTER_DAYS", "SKILLTRACK_BACKUP_DAYS",
    "SKILLTRACK_BACKUP_TO", "SKILLTRACK_BACKUP_AT", "SKILLTRACK_BACKUP_KEEP", "SKILLTRACK_BACKUP_KEY",
})  # fmt: skip
"""Every variable of ours that the environment may hold; docs/operating.md explains each. `PORT` is one too."""

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
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Refused(f"PORT is {port!r}, which is not a port. Use a number from 1 to 65535, such as 8501.")
    smallest = os.environ.get("SKILLTRACK_SMALLEST_CELL") or "5"
    if not smallest.isdigit() or not 2 <= int(smallest) <= 1000:
        raise Refused(f"SKILLTRACK_SMALLEST_CELL is {smallest!r}. Use a whole number from 2 to 1000, such as 5.")
    rate = os.environ.get("SKILLTRACK_API_RATE") or "120"
    if not rate.isdecimal() or not 1 <= int(rate) <= 100_000:
        raise Refused(f"SKILLTRACK_API_RATE is {rate!r}. Use a whole number of requests a minute, such as 120.")
    named = os.environ.get("SKILLTRACK_DB")
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
    if at and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
        raise Refused(f"SKILLTRACK_BACKUP_AT is {at!r}. Write a time of day in UTC, such as 02:30.")
    if at and not place:
        raise Refused("SKILLTRACK_BACKUP_AT is set, and SKILLTRACK_BACKUP_TO is not. Say where backups go, too.")
    keep = {}
    for part in filter(None, map(str.strip, os.environ.get("SKILLTRACK_BACKUP_KEEP", KEEP).split(","))):
        word, _, number = part.partition(" ")
        if word not in KEPT_BY_RULE or not number.strip().isdigit():
            raise Refused(f"SKILLTRACK_BACKUP_KEEP says {part!r}. Write words and numbers, such as {KEEP!r}.")
        keep[word] = int(number)
    key = os.environ.get("SKILLTRACK_BACKUP_KEY", "")
    return BackupRules(place, time.fromisoformat(at) if at else None, keep, Path(key) if key else None)


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
    return sorted(name for name in os.environ if name.startswith("SKILLTRACK_") and name not in VARIABLES) + sorted(
        name for name in os.environ if name.startswith("STREAMLIT_")
    )


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
        if name not in words or not months.strip().isdigit():
            raise Refused(
                f"SKILLTRACK_RETENTION says {part!r}. Write a word and months, such as 'left 24, badges 60'; "
                f"the words are: {', '.join(words)}."
            )
        kept[name] = int(months)
    return kept
