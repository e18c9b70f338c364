"""What several tests begin with, made once in a run, however many processes share it."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "MADE_ONCE"
"""The environment variable with which the first process of a run tells the others where this is."""


def folder() -> Path:
    """Where it is; the process that asks first, before it starts others, removes it at its end."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="made-once-")
        atexit.register(shutil.rmtree, os.environ[FOLDER])
    return Path(os.environ[FOLDER])


def once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` has filled, to be copied and never changed."""
    made = folder() / name
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = folder() / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)  # of a process that failed to make it
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(made)
    return made
