"""How a command reaches the app that holds its database, which then does it: the side of the command.

This loads next to nothing: a command beside an app need not load what the app has loaded already.
"""

import json
import os
import re
import signal
import socket
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from skilltrack import __version__
from skilltrack.config import located, settings
from skilltrack.errors import Refused

OWN_STREAM = re.compile(r"^/dev/(stdin|stdout|stderr|fd(?=/))|^/proc/self(?=/)")
"""A name that means another file in every process."""
LOST = (
    "The app that was doing this has stopped. What it had accepted is kept, nothing is half done. "
    "Look what happened (`uploads`), or run the command again."
)
LEFT = "The app goes on with this. `uploads` says whether it was stored."
ITS_OWN = {"serve", "demo", "--with-demo", "--help", "-h", "--version"}
"""Words of commands that run by themselves, or on another database than the others do."""


def done_by_app(words: Sequence[str]) -> int | None:
    """Have the app that holds the database of these words do them; returns the exit code.

    None where they must be looked at more closely: no app listens, or it is not plain which database is meant.
    """
    if not words or ITS_OWN & set(words):
        return None
    try:
        database = _database(words)
        return handed_over(database, words) if database else None
    except Refused:
        return None  # the command says it, once it knows what was asked


def _database(words: Sequence[str]) -> Path | None:
    """The file that is named by `--db`, or by the environment; None where that is not plain."""
    after = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--db"]
    named = {*after, *(word.removeprefix("--db=") for word in words if word.startswith("--db="))}
    if len(named) > 1 or any(":" in name for name in named):
        return None
    database = located(Path.cwd() / named.pop()) if named else settings().database
    return database if database.exists() else None


def path_of(database: Path) -> Path:
    """Where the app that holds a database listens."""
    return database.with_name(f"{database.name}.socket")


def handed_over(database: Path, words: Sequence[str]) -> int | None:
    """Have the app that holds `database` run a command; returns its exit code, None where no app listens."""
    with _connected(path_of(database)) as line:
        if line is None:
            return None
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        asked = {"version": __version__, "folder": str(Path.cwd()), "words": [_as_ours(word) for word in words]}
        content = json.dumps(asked | {"folders": folders_of(words)}).encode()
        with suppress(ConnectionError):  # the app was killed; there will be no answer
            line.sendall(struct.pack("!I", len(content)))
            socket.send_fds(line, [b"+"], [0, 1, 2])
            line.sendall(content)
        return _answer(line)


def _answer(line: socket.socket) -> int:
    for attempt in range(2):
        try:
            answer = line.recv(64)
        except ConnectionError:
            answer = b""
        except KeyboardInterrupt:
            if attempt:
                break
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)  # it stops at the next step and says whether anything was stored
            continue
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is done: what it did is what is told
        if not answer:
            sys.stderr.write(f"{LOST}\n")
            return 1
        return int(answer)
    sys.stderr.write(f"{LEFT}\n")
    return 1


def _as_ours(word: str) -> str:
    """A word of a command as another process has to read it: `/dev/stdin` is its own there."""

    def of_this_process(match: re.Match[str]) -> str:
        numbers = {"stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "fd": "fd", None: ""}
        return f"/proc/{os.getpid()}/{numbers[match[1]]}".rstrip("/")

    return OWN_STREAM.sub(of_this_process, word)


def folders_of(words: Sequence[str]) -> dict[str, list[str | int]]:
    """By each word that can name a file, the folder that it is in or is, and which that is for this process.

    A service can have other folders of that name, such as a `/tmp` of its own, or none.
    """
    folders: dict[str, list[str | int]] = {}
    for word in words:
        name = word.partition("=")[2] if word.startswith("--") else word
        path = Path.cwd() / name
        if not name or OWN_STREAM.match(name) or name.startswith("/proc/"):
            continue
        with suppress(OSError, ValueError):  # no name of a file
            folder = path if path.is_dir() else path.parent
            status = folder.stat()
            folders[name] = [str(folder), status.st_dev, status.st_ino]
    return folders


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket | None]:
    """A connection to whoever listens at `path`; None where nobody does. Raises `Refused` for another account."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with short(path) as name:
                line.connect(name)
            is_there = True
        except PermissionError:
            raise Refused(
                f"This account may not use {path.with_suffix('')}. Run the command as the account that runs the app."
            ) from None
        except OSError:
            is_there = False
        yield line if is_there else None


@contextmanager
def short(path: Path) -> Iterator[str]:
    """A name of a file in a folder that fits a socket's address, however deep the folder lies."""
    if not Path("/proc/self/fd").is_dir() or not path.parent.is_dir():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
