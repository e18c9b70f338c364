"""The engine (duckdb): the one place that opens connections, from which no text reads another file or the network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from skilltrack.config import import_memory, most_memory

# Extensions come from the network: never. Files stay readable by duckdb 1.5, whichever version runs.
OPENING: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "storage_compatibility_version": "v1.5.0",
}
MEMORY = 4 * 2**30
"""Bytes the database may hold unless `SKILLTRACK_MEMORY` says otherwise, at most half of the machine's; what needs more
is put on disk beside the file."""
LANDING, LANDING_SHARED = 512 * 2**20, 128 * 2**20
"""Bytes that a large import may add to what the database holds, unless `SKILLTRACK_IMPORT_MEMORY` says otherwise: in a
process of its own, and in one that answers others meanwhile."""
CGROUP = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container or a unit of systemd is told how much memory it may use."""


def memory() -> int:
    """Bytes the database may hold: what `SKILLTRACK_MEMORY` says, else `MEMORY`, at most half of the machine's."""
    return min(most_memory() or MEMORY, machine_memory() // 2)


def machine_memory() -> int:
    """Bytes that this process may use: those of the machine, or of the container that it runs in."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in CGROUP:
        with suppress(OSError, ValueError):  # `max` is no limit
            limits.append(int(path.read_text()))
    return min(limits)


def connect(path: str, is_read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`, `:memory:` for one of its own."""
    connection = unlocked(path, is_read_only)
    lock(connection)
    return connection


def unlocked(path: str, is_read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection on which no text but those that prepare it may run before it is locked."""
    return duckdb.connect(path, is_read_only, config=OPENING | {"memory_limit": f"{memory() // 2**20}MiB"})


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on no text, however it came about, reads or writes another file, and none can lift that.

    The settings that stay open are how much memory the database may hold and on how many threads: see `sparing`.
    """
    connection.execute(
        "set allowed_configs = ['memory_limit', 'threads']; set enable_external_access = false; "
        "set lock_configuration = true"
    ).fetchall()


def quoted(value: str) -> str:
    """A text as a statement has it that takes no parameters."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def sparing(connection: duckdb.DuckDBPyConnection, is_shared: bool) -> Iterator[None]:
    """Have the database hold little more than now while the block runs (`LANDING`), and put the rest on disk.

    In less than `LANDING` it works on one thread: each more holds blocks of its own, for which there may be no room.
    Both count for everybody who asks it something meanwhile. `connection` must not be in a transaction.
    """
    asked = "select sum(memory_usage_bytes), current_setting('threads') from duckdb_memory()"
    ((held, threads),) = connection.execute(asked).fetchall()
    more = import_memory() or (LANDING_SHARED if is_shared else LANDING)
    _limit(connection, min(int(held) + more, memory()), 1 if more < LANDING else threads)
    try:
        yield
    finally:
        with suppress(duckdb.Error):  # one that can do nothing more is opened anew
            _limit(connection, memory(), threads)


def _limit(connection: duckdb.DuckDBPyConnection, size: int, threads: int) -> None:
    connection.execute(f"set memory_limit = '{size // 2**20}MiB'; set threads = {threads}").fetchall()
