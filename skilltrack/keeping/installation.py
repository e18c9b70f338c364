"""What is wrong with an installation besides its records: settings, secrets, database, machine, versions.

Each function looks at one thing and yields what it finds. Nothing is changed, and no other machine is asked; that does
`reachable`. Nothing found names a person.
"""

import os
import platform
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from skilltrack import __version__
from skilltrack.access import is_loopback, roles_in_force, sign_in
from skilltrack.config import (
    IS_INSTALLED,
    ROOT,
    VARIABLES,
    audit_key,
    backup_rules,
    environment,
    import_memory,
    log_rules,
    most_memory,
    retention,
    settings,
    strange_variables,
    today,
    watch_rules,
)
from skilltrack.errors import Refused
from skilltrack.keeping.condition import conditions_of, newest_of
from skilltrack.keeping.findings import Finding, advice
from skilltrack.keeping.privacy import retained
from skilltrack.relations import read_text
from skilltrack.storage import Journal, Store, engine_memory, log_of, machine_memory

PEOPLE = read_text("keeping/installation/people")
REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph", "lustre")
"""Kinds of file system that other machines hold."""
BESIDES = 768 * 2**20
"""Bytes that the app needs beside what the database may hold: its pages, and a file that somebody uploads."""


def of_settings(*others: Callable[[], Any]) -> Iterator[Finding]:
    """Settings that cannot be used, are not known, or contradict each other.

    `others`: what reads further settings and raises `Refused` for those that cannot be meant.
    """
    asked: tuple[Callable[[], Any], ...] = (
        settings,
        log_rules,
        watch_rules,
        backup_rules,
        most_memory,
        import_memory,
        sign_in,
        lambda: retention(retained()),
        *others,
    )
    refused = [str(why) for ask in asked if (why := _refusal(ask))]
    yield from (Finding("settings", why) for why in refused)
    for name in strange_variables():
        if name.startswith("STREAMLIT_"):
            yield Finding("settings", f"{name} overrules what Skilltrack relies on. Remove it.")
            continue
        like = get_close_matches(name, VARIABLES, 1)
        meant = f"Did you mean {like[0]}?" if like else "docs/operating.md lists those that are."
        yield Finding("settings", f"{name} is not a setting, so it does nothing. {meant}")
    if refused:
        return
    current, rules = settings(), sign_in()
    if current.is_local and rules:
        yield Finding("sign-in", "SKILLTRACK_LOCAL lets everybody in, and a provider is set. Remove one of the two.")
    elif current.is_local:
        yield advice("sign-in", "Local mode: nobody signs in, and whoever uses this machine sees everything.")
    elif rules is None:
        yield Finding("sign-in", "Nobody can sign in: no provider is set. docs/signing-in.md explains how.")
    elif not rules.is_https:
        yield advice("sign-in", f"People sign in at {rules.url}, without TLS: good for trying it on one machine only.")
    if current.api_account and not current.api_token:
        yield advice("settings", "SKILLTRACK_API_ACCOUNT does nothing without SKILLTRACK_API_TOKEN.")
    if not is_loopback(current.host) and rules and rules.is_https:
        message = f"The app listens on {current.host}, so it can be reached past the proxy and its TLS."
        yield advice("proxy", f"{message} Have a firewall or the container keep others out, or use 127.0.0.1.")
    if not audit_key():
        yield advice("audit log", "SKILLTRACK_AUDIT_KEY is not set: who can write the log can write it anew unseen.")


def _refusal(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except Refused as refused:
        return str(refused)
    return ""


def of_secrets(database: Path) -> Iterator[Finding]:
    """Files with secrets or records that other accounts of this machine can read, or that this one cannot write."""
    journal = Journal(str(database))
    parts = [database, log_of(database), journal.folder, journal.path, journal.audit.path, journal.audit.anchor]
    parts += [Path(f"{database}.{ending}") for ending in ("ended", "socket")]
    named = environment({"sign-in": "SKILLTRACK_SIGNIN", "backups": "SKILLTRACK_BACKUP_KEY"})
    for path in [*map(Path, named.values()), *parts]:
        if not path.exists():
            continue
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077 and not path.is_socket():
            yield Finding("secrets", f"{path} can be read by other accounts. Run: chmod go-rwx {path}")
        if path in parts and not os.access(path, os.W_OK):
            yield Finding("secrets", f"{path} cannot be written by this account (number {os.getuid()}). Give it to it.")
    if os.getuid() == 0:
        yield advice("secrets", "This runs as root. Give Skilltrack an account of its own; docs/operating.md says how.")


def of_database(store: Store) -> Iterator[Finding]:
    """What is wrong with the records: conditions, backup, clock, who can sign in and give roles."""
    for condition in conditions_of(store):
        if not condition.is_ok:
            yield Finding(condition.name, condition.message)
    if why := _refusal(store.journal.audit.refuse_other_key):
        yield Finding("audit log", why)
    newest, now = newest_of(store), datetime.now(UTC).replace(tzinfo=None)
    if newest["event_at"] and newest["event_at"] > now + timedelta(minutes=1):
        at = f"{newest['event_at']:%Y-%m-%d %H:%M} UTC"
        yield Finding("clock", f"The newest upload is of {at}, which is still to come. Set the clock right.")
    path, disk = newest["away_path"] or newest["backup_path"], Path(store.path).parent
    copy = Path(path or "")
    if path and copy.exists() and copy.stat().st_dev == disk.stat().st_dev:
        yield advice(
            "backup", f"The newest backup, {copy}, is on the disk of the database. Copy it to another machine."
        )
    rules = None if _refusal(sign_in) else sign_in()
    if rules is None or newest["event_at"] is None:
        return
    if not rules.roles_claim and "administrator" not in set(roles_in_force(store)["role"]):
        yield advice("sign-in", "Nobody is administrator. Run: give EMAIL administrator")
    if rules.account_claim == "email":
        people = store.query(PEOPLE, {"today": today()}).to_pylist()[0]
        for count, what in ((people["without_address"], "have no e-mail address"), (people["sharing"], "share one")):
            if count:
                yield advice(
                    "sign-in", f"{count:,} of {people['people']:,} people on the roster {what}, and cannot sign in."
                )


def of_machine(database: Path, *, is_lake: bool = False) -> Iterator[Finding]:
    """The machine: kind of file system, memory, clock. The disk of a lake is one of several machines."""
    kind = _file_system(database.parent)
    if kind in REMOTE and not is_lake:
        message = f"{database} is on a file system of another machine ({kind}), where locks and sockets can fail."
        yield Finding("machine", f"{message} Keep it on a disk of this machine, and copy backups out.")
    if kind in ("tmpfs", "ramfs"):
        yield Finding("machine", f"{database} is in memory ({kind}), and gone when this machine starts again.")
    most, by_engine = machine_memory(), engine_memory()
    if most < by_engine + BESIDES:
        wanted = max(128, (most - BESIDES) // 2**20)
        shares = f"{most // 2**20:,} MiB here, and its database {by_engine // 2**20:,} MiB of them"
        way_out = f"Set SKILLTRACK_MEMORY={wanted}, or allow more."
        yield Finding("machine", f"The app may use {shares}: it can be ended in the middle of an upload. {way_out}")
    synchronised = Path("/run/systemd/timesync")
    if synchronised.is_dir() and not (synchronised / "synchronized").exists():
        yield advice(
            "clock", "The clock is not synchronised. A clock that is wrong by five minutes stops every sign-in."
        )


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on; empty where the system does not say."""
    table = Path("/proc/self/mountinfo")
    mounts = [line.split() for line in table.read_text().splitlines()] if table.exists() else []
    places = {re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), m[4]): m[m.index("-") + 1] for m in mounts}
    return next(
        (places[str(place)] for place in (folder.resolve(), *folder.resolve().parents) if str(place) in places), ""
    )


def of_versions() -> Iterator[Finding]:
    """Packages that are missing, or of a version with which this program was never tried."""
    if IS_INSTALLED:
        lines = requires("skilltrack") or []
    else:
        text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
        lines = [line.split("#")[0] for line in text.splitlines() if not line.startswith("#")]
    for needed in map(Requirement, lines):
        try:
            current = version(needed.name)
        except PackageNotFoundError:
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):  # else it is of an extra
                yield Finding("versions", f"The package {needed.name} is missing. Install Skilltrack anew.")
            continue
        if not needed.specifier.contains(current, prereleases=True):
            message = f"{needed.name} {current} is installed, and this Skilltrack needs {needed.specifier}."
            yield Finding("versions", f"{message} Install Skilltrack anew, with nothing else beside it.")


def facts(store: Store | None) -> str:
    """What runs here, for whoever is asked for help."""
    engine = f"duckdb {version('duckdb')}"
    parts = [f"Skilltrack {__version__}", f"Python {platform.python_version()}", engine]
    if store:
        parts.append(f"{store.path} (schema {store.schema_version()}, {store.form()})")
    return ", ".join(parts)
