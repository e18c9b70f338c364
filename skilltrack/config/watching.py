"""How the app writes its log, and who may watch it."""

import os
from dataclasses import dataclass

from skilltrack.config.variables import day_count, secret
from skilltrack.errors import Refused


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
        token=secret("SKILLTRACK_WATCH_TOKEN"),
        address=(host.strip("[]"), int(port)) if address else None,
        roster_days=day_count("SKILLTRACK_ROSTER_DAYS", 35),
        backup_days=day_count("SKILLTRACK_BACKUP_DAYS", 7),
    )
