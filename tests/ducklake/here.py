"""Lakes in the place of files, for tests of `everywhere` and the processes that they start.

Where a test, or a command that it runs, names a database file that is not there, a lake of its own begins: a database
in PostgreSQL, and rows as Parquet in `NAME.lake`. What stands at the path then says which. The journal, the kept files
and the audit log lie beside the path, as those of a file. Who copies the path copies the lake.

Backups, and databases that are made to take the place of one, are files on a lake too, and stay files here.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

from skilltrack.config import located
from skilltrack.keeping import durability, in_lake, mending, restoring
from skilltrack.storage import Address, Store, address, lake_engine, lake_store, schema
from tests.ducklake.server import PASSWORD, PROGRAMS

ON = "SKILLTRACK_TESTS_ON_LAKE"
"""The environment variable that tells the processes of a run which port PostgreSQL has, and where lakes are noted."""
MARK = "A lake stands here: "
EMPTY, READY = "nothing", "ready"
"""Databases that are copied: one in which there is no lake, and one with the tables of this program, empty."""
SCHEMA = schema.SCHEMA


@dataclass(frozen=True)
class Here(Address):
    """A lake whose text is a path, beside which all that is not rows lies."""

    @property
    def beside(self) -> Path:
        return Path(self.text)


def port() -> str:
    return os.environ[ON].partition(" ")[0]


def room() -> Path:
    return Path(os.environ[ON].partition(" ")[2])


def notes() -> Path:
    """Where the lakes of this process are noted, and of those that it has started."""
    folder = room() / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    folder.mkdir(exist_ok=True)
    return folder


def tell(statement: str, database: str = "postgres") -> bool:
    """Have PostgreSQL carry out a statement; returns whether it did."""
    words = ["-q", "-h", "127.0.0.1", "-p", port(), "-U", "lake", "-d", database, "-c", statement]
    command = [str(PROGRAMS / "psql"), *words]
    done = subprocess.run(
        command, env=os.environ | {"PGPASSWORD": PASSWORD}, capture_output=True, text=True, check=False
    )
    return done.returncode == 0


def address_at(path: Path, name: str) -> Here:
    how = f"postgres:dbname={name} host=127.0.0.1 port={port()} user=lake"
    return Here("ducklake", str(path), data=f"{path}.lake", folder=str(path.parent), catalogue=how)


def _copied(source: str, path: Path) -> str:
    """A copy of a catalogue, for a lake at a path; returns its name, which stands there too."""
    name = f"corp{time.monotonic_ns()}"
    if not tell(f"create database {name} template {source}"):  # somebody has it open
        where = f"-h 127.0.0.1 -p {port()} -U lake"
        assert tell(f"create database {name}")
        copy = f"{PROGRAMS}/pg_dump {where} {source} | {PROGRAMS}/psql -q {where} -d {name}"
        subprocess.run(
            ["bash", "-c", copy], env=os.environ | {"PGPASSWORD": PASSWORD}, check=True, stdout=subprocess.DEVNULL
        )
    if source != EMPTY:
        assert tell(f"update ducklake_metadata set value = '{path}.lake/tables/' where key = 'data_path'", name)
    (notes() / name).write_text(str(path))
    path.write_text(f"{MARK}{name} {path}")
    return name


def _copy_rows(data: Path, path: Path) -> None:
    if data.exists():
        shutil.copytree(data, f"{path}.lake", dirs_exist_ok=True)


def lake_at(text: str | Path) -> Here | None:
    """The lake at a path; None for what is a file, or can only be one."""
    if not str(text).strip():
        return None
    path = located(Path(text).absolute())
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            stands = file.read(2000)
    except FileNotFoundError:
        return address_at(path, EMPTY)
    except OSError:
        return None
    if not stands.startswith(MARK):
        return None
    name, _, place = stands.removeprefix(MARK).partition(" ")
    if place != str(path):  # it was moved
        _copy_rows(Path(f"{place}.lake"), path)
        name = _copied(name, path)
    return address_at(path, name)


def _is_named_by_a_test() -> bool:
    return str(sys._getframe(2).f_globals["__name__"]).startswith(("tests.", "__main__"))


def _begun(address: Address, creates: bool, source: str) -> Address:
    """The address of the lake that stands at a path by now, begun where there is none."""
    if not isinstance(address, Here):
        return address
    path = address.beside
    if creates and not path.exists() and path.parent.is_dir():
        _copied(source, path)
        if source == READY:
            _copy_rows(room() / "ready", path)
    return lake_at(path) or address


def _replaced(original, put) -> None:
    """Have everybody who knows a function know another one in its place."""
    for module in [module for name, module in sys.modules.items() if name.startswith("skilltrack")]:
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, put)


def install() -> None:
    """Have the doors of the program lead to a lake where a file would be made."""
    real_address_of, real_open_store, real_check_file = address.address_of, durability.open_store, durability.check_file
    real_open, real_at, real_to_replace = Store.open, lake_store.LakeStore.at, lake_store.LakeStore.to_replace
    real_copy, real_unmake = shutil.copyfile, lake_engine.unmake

    @wraps(real_address_of)
    def address_of(text):
        return real_address_of(text) or lake_at(text)

    @wraps(real_open_store)
    def open_store(path, *words, **more):
        lake = lake_at(path)
        if lake and (lake.beside.exists() or _is_named_by_a_test()):
            return in_lake.open_at(lake, *words, **more)
        return real_open_store(path, *words, **more)

    @wraps(real_check_file)
    def check_file(path, say=lambda line: None):
        lake = lake_at(path)
        if lake is None:
            return real_check_file(path, say)
        with closing(in_lake.open_at(lake, say, creates=False, may_be_behind=True)) as store:
            return durability.check(store, say)

    def at_a_lake(real):
        @wraps(real)
        def led(place, *words, **more):
            return real((lake_at(place) or place) if isinstance(place, Path | str) else place, *words, **more)

        return led

    def open_(cls, path, is_read_only=False, journal=None):
        if not _is_named_by_a_test() or journal:
            return real_open(path, is_read_only, journal)
        if str(path) == ":memory:":
            path = Path(tempfile.mkdtemp(prefix="memory-", dir=room()), "corp")
        lake = lake_at(path)
        return (
            real_at(_begun(lake, not is_read_only, READY), not is_read_only) if lake else real_open(path, is_read_only)
        )

    def at(cls, address, creates):
        return real_at(_begun(address, creates, READY if schema.SCHEMA == SCHEMA else EMPTY), creates)

    def to_replace(cls, address, creates):
        return real_to_replace(_begun(address, creates, EMPTY), creates)

    @wraps(real_unmake)
    def unmake(connection, address):
        real_unmake(connection, address)
        if isinstance(address, Here):
            address.beside.unlink(missing_ok=True)

    @wraps(real_copy)
    def copyfile(source, target, **more):
        lake = lake_at(source) if Path(source).is_file() else None
        if lake is None:
            return real_copy(source, target, **more)
        if sys._getframe(2).f_code.co_name != "_copytree":  # which copies them too
            _copy_rows(Path(lake.data), Path(target).resolve())
        _copied(re.search(r"dbname=(\w+)", lake.catalogue)[1], Path(target).resolve())
        return target

    for original, put in (
        (real_address_of, address_of), (real_open_store, open_store), (real_check_file, check_file), (real_unmake, unmake),
        *((door, at_a_lake(door)) for door in (in_lake.open_at, in_lake.move, mending.rebuild, mending.repair, restoring.restore)),
    ):  # fmt: skip
        _replaced(original, put)
    Store.open = classmethod(open_)
    lake_store.LakeStore.at, lake_store.LakeStore.to_replace = classmethod(at), classmethod(to_replace)
    shutil.copyfile = copyfile
