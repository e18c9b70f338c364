"""What may be looked up elsewhere, as the environment says."""

import re
from dataclasses import dataclass
from datetime import time

from skilltrack.config import environment, time_of_day
from skilltrack.errors import Refused

HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+(:\d{1,5})?")


@dataclass(frozen=True)
class FetchRules:
    """Which hosts may be asked, and when the app does so by itself."""

    hosts: tuple[str, ...]
    """Names of hosts, with a port where it is not 443; empty = none, nothing is looked up."""
    at: time | None
    """The time of day (UTC) at which the app checks badges again; None = it does not."""


def fetch_rules() -> FetchRules:
    """The rules in force; raises `Refused` for what cannot be meant.

    `SKILLTRACK_FETCH_HOSTS` (names of hosts with commas or blanks between them), `SKILLTRACK_FETCH_AT` (HH:MM, UTC).
    """
    text = environment({"hosts": "SKILLTRACK_FETCH_HOSTS"}).get("hosts", "")
    hosts = tuple(host.removesuffix(":443") for host in re.split(r"[,\s]+", text.lower()) if host)
    if wrong := [host for host in hosts if not HOST.fullmatch(host)]:
        raise Refused(
            f"SKILLTRACK_FETCH_HOSTS names {wrong[0]!r}, which is not the name of a host. Write names such as "
            "badges.example.org, with commas between them, without https:// and without a path."
        )
    return FetchRules(hosts, time_of_day("SKILLTRACK_FETCH_AT", "03:30"))
