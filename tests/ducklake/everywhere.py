"""Tests of a company in a file, on a lake: `python -m pytest -p tests.ducklake.everywhere tests/questions`.

Each database file that they name is a lake of its own (`here`). What is about the file itself is left out:
`of_files.toml` names it and says why.
"""

import os
import shutil
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from skilltrack.keeping import open_at
from skilltrack.storage import Address
from tests.ducklake.here import EMPTY, ON, READY, address_at, install, notes, tell
from tests.ducklake.server import PASSWORD, postgres

OF_FILES = Path(__file__).with_name("of_files.toml")


def left_out() -> dict[str, str]:
    """Why a test is about a file itself, by its name, `tests/FOLDER/FILE.py::NAME`."""
    reasons = tomllib.loads(OF_FILES.read_text(encoding="utf-8"))
    return {name: reason for reason, names in reasons.items() for name in names}


def pytest_configure(config):
    if ON in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="lakes-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    running = postgres()
    server = running.__enter__()
    config.add_cleanup(lambda: running.__exit__(None, None, None))
    os.environ |= {ON: f"{server.port} {folder}", "SKILLTRACK_DB_PASSWORD": PASSWORD}
    starting = str(Path(__file__).with_name("starting"))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [starting, os.environ.get("PYTHONPATH", "")]))
    assert tell(f"create database {EMPTY}")
    assert tell(f"create database {READY}")
    catalogue = address_at(folder, READY).catalogue
    open_at(Address("ducklake", str(folder), data=f"{folder}/ready", folder=str(folder), catalogue=catalogue)).close()
    install()


def pytest_collection_modifyitems(items):
    reasons = left_out()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name in reasons:
            item.add_marker(pytest.mark.skip(reason=reasons[name]))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Lakes go whose path is gone, or belongs to the test that has ended."""
    own = str(item.funcargs.get("tmp_path", "")) if hasattr(item, "funcargs") else ""
    is_last = nextitem is None or nextitem.path != item.path
    for note in notes().iterdir():
        path = note.read_text()
        is_memory = is_last and "/memory-" in path
        if (own and path.startswith(own)) or is_memory or not Path(path).exists():
            tell(f"drop database {note.name} with (force)")
            note.unlink()
            with suppress(OSError):
                if is_memory:
                    shutil.rmtree(Path(path).parent)
