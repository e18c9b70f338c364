"""Where the data is, where the app listens, and what holds for everybody who asks."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from platformdirs import user_data_path

from skilltrack.config.places import IS_INSTALLED, ROOT, located
from skilltrack.config.variables import secret
from skilltrack.errors import Refused

READY_AT = 0.8
"""Readiness from which a person without unmet critical requirements counts as ready (contract section 3)."""


def today() -> date:
    """Today in UTC, the default as-of date."""
    return datetime.now(UTC).date()


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
    if "://" in named and not named.startswith(("sc:", "ducklake:")):
        raise Refused("SKILLTRACK_DB names no database that is known. Name a file, or a lake (docs/lake.md).")
    if named.startswith("sc:"):
        named = named.replace("//", "/%2F")  # two slashes, which the name of a file does not keep
    folder = user_data_path("skilltrack", appauthor=False) if IS_INSTALLED else ROOT / "data"
    database = located(Path(named or folder / "skilltrack.duckdb"))
    return Settings(
        database=database,
        demo_database=database if named else located(folder / "demo.duckdb"),
        host=os.environ.get("SKILLTRACK_HOST") or "127.0.0.1",
        port=int(port),
        api_token=secret("SKILLTRACK_API_TOKEN"),
        api_account=os.environ.get("SKILLTRACK_API_ACCOUNT", ""),
        api_rate=int(rate),
        is_local=os.environ.get("SKILLTRACK_LOCAL") == "1",
        smallest_cell=int(smallest),
        fonts=os.environ.get("SKILLTRACK_FONTS", ""),
    )


def most_memory() -> int | None:
    """Bytes that the database may hold, `SKILLTRACK_MEMORY` in MiB; None where nothing is set."""
    return _mebibytes("SKILLTRACK_MEMORY")


def import_memory() -> int | None:
    """Bytes that a large import may add to that, `SKILLTRACK_IMPORT_MEMORY` in MiB; None where nothing is set."""
    return _mebibytes("SKILLTRACK_IMPORT_MEMORY")


def _mebibytes(variable: str) -> int | None:
    text = os.environ.get(variable, "")
    if text and (not text.isdecimal() or not 128 <= int(text) <= 2**20):
        raise Refused(f"{variable} is {text!r}. Use MiB from 128 up, such as 1024; less makes large uploads slower.")
    return int(text) * 2**20 if text else None
