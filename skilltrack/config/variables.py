"""The variables of the environment: their names, and how one is read."""

import os
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path

from skilltrack.errors import Refused

VARIABLES = frozenset({
    "SKILLTRACK_DB", "SKILLTRACK_HOST", "SKILLTRACK_LOCAL", "SKILLTRACK_MEMORY", "SKILLTRACK_IMPORT_MEMORY",
    "SKILLTRACK_FONTS",
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
    "SKILLTRACK_HR_MAIL", "SKILLTRACK_LANGUAGE", "SKILLTRACK_DB_PASSWORD", "SKILLTRACK_DB_PASSWORD_FILE",
})  # fmt: skip
"""Every variable of ours that the environment may hold; docs/operating.md explains each. `PORT` is one too."""


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What the environment says, by name; `variables`: name to variable. Those that are not set are left out."""
    return {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}


def strange_variables() -> list[str]:
    """Variables that are named as if they were ours and are not, and those that overrule what we tell streamlit."""
    ours = (name for name in os.environ if name.startswith("SKILLTRACK_") and name not in VARIABLES)
    return sorted([*ours, *(name for name in os.environ if name.startswith("STREAMLIT_"))])


def secret_in(variable: str) -> str:
    """What a variable says, or the file that the variable of the same name with `_FILE` names."""
    if not (path := os.environ.get(f"{variable}_FILE")):
        return os.environ.get(variable, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Refused(f"{variable}_FILE names {path}, which cannot be read: {error}") from None


def secret(variable: str) -> str:
    """What a variable says that nobody may guess, or ""; raises `Refused` for fewer than 16 characters."""
    token = os.environ.get(variable, "")
    if 0 < len(token) < 16:
        raise Refused(
            f"{variable} is too short: it could be guessed. Use 16 random characters or more, such as "
            "`openssl rand -hex 32`."
        )
    return token


def day_count(variable: str, default: int) -> int:
    """The number of days, 1 to 3650, that a variable says."""
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) <= 3650:
        raise Refused(f"{variable} is {text!r}. Use a number of days, such as {default}.")
    return int(text)


def time_of_day(variable: str, example: str) -> time | None:
    """The time of day (UTC) that a variable says; None where it is not set."""
    text = os.environ.get(variable, "")
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise Refused(f"{variable} is {text!r}. Write a time of day in UTC, such as {example}.")
    return time.fromisoformat(text) if text else None
