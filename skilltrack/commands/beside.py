"""Commands beside a running app, which alone can open the database: it does what the command asks.

The app listens on a Unix socket beside the database, `x.duckdb.socket`, which only its own account (and root) can open.
A command that finds it there hands over its words, its folder and its standard streams, so that output, progress and
exit code are those of a command that opened the file itself. No app: no socket, and the command opens the file.
"""

import array
import errno
import json
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from skilltrack import __version__
from skilltrack.commands.handing import path_of, short
from skilltrack.errors import Refused
from skilltrack.happenings import happened
from skilltrack.keeping import is_published, store_at
from skilltrack.storage import Store, address_of

log = logging.getLogger("skilltrack")

LONGEST = 2**20
"""Bytes of the words of one command: more than the system lets a process have."""
WAIT = 30.0
"""Seconds for which a peer that has connected may take to say what it wants."""
RETRY = 2.0
"""Seconds until a database that could not be opened is tried again."""


@dataclass
class Request:
    """What one command asks of the app."""

    store: Store
    folder: Path
    """Where the command was run: what a relative path starts from."""
    streams: dict[str, IO[str]]
    is_stopped: threading.Event = field(default_factory=threading.Event)
    """Set when whoever ran the command has stopped it, or is gone."""


_request: ContextVar[Request | None] = ContextVar("request", default=None)


def current() -> Request | None:
    """The request that this thread is doing; None in a command that runs by itself."""
    return _request.get()


def listen(database: Path, run: Callable[[list[str]], int]) -> None:
    """Open the database and do what commands ask beside this process, until it ends; `run` does one and gives its exit.

    A database that cannot be opened yet is tried again; a folder in which no socket can be made is told to the log. A
    lake is only opened: commands open it too; and nothing is done beside what was published.
    """
    for name in ("stdout", "stderr"):
        setattr(sys, name, _Routed(name, getattr(sys, name)))
    threading.Thread(target=_listening, args=(database, run), name="commands", daemon=True).start()


def _listening(database: Path, run: Callable[[list[str]], int]) -> None:
    if is_published(database):
        return
    store = _app_store(database)  # only who holds the database listens
    if address_of(str(database)):
        return
    try:
        server = _bound(path_of(Path(store.path)))
    except OSError as error:
        log.warning("commands cannot be run beside this app: %s", error)
        return
    with server:
        while True:
            line, _ = server.accept()
            threading.Thread(target=_served, args=(line, store, run), name="command", daemon=True).start()


def _app_store(database: Path) -> Store:
    """The app's store, as soon as it can be opened: a command may hold the database when the app starts."""
    last = ""
    while True:
        try:
            return store_at(database)
        except (Refused, OSError) as error:
            if str(error) != last:
                log.warning("%s", error)
            last = str(error)
        time.sleep(RETRY)


def _bound(path: Path) -> socket.socket:
    if path.exists() and not path.is_socket():
        raise FileExistsError(errno.EEXIST, "it is no socket of ours", str(path))
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path.unlink(missing_ok=True)  # of an app that was killed: this process holds the database
    with short(path) as name:
        mask = os.umask(0o177)
        try:
            server.bind(name)
        finally:
            os.umask(mask)
    server.listen(16)
    return server


def _served(line: socket.socket, store: Store, run: Callable[[list[str]], int]) -> None:
    """Do one command for whoever is at the other end of the line."""
    with line:
        try:
            _refuse_stranger(line)
            line.settimeout(WAIT)
            asked, descriptors = _received(line)
            line.settimeout(None)
        except (OSError, ValueError) as error:
            log.warning("a command was not understood: %s", error)
            return
        code = 1
        out, err = (os.fdopen(number, "w", encoding="utf-8", errors="replace") for number in descriptors[1:])
        os.close(descriptors[0])
        with out, err:
            if asked["version"] != __version__:
                err.write(
                    f"The app that runs is Skilltrack {__version__}, this is {asked['version']}. Start the app again.\n"
                )
                code = 2
            else:
                request = Request(store, Path(asked["folder"]), {"stdout": out, "stderr": err})
                threading.Thread(target=_watched, args=(line, request), daemon=True).start()
                _request.set(request)
                code = run(asked["words"])
                happened("command", code=str(code))
            with suppress(OSError):
                out.flush()
                err.flush()
        with suppress(OSError):
            line.sendall(str(code).encode())


def _received(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What a command says, and its standard streams."""
    size = struct.unpack("!I", _exactly(line, 4))[0]
    descriptors = socket.recv_fds(line, 1, 3)[1]
    try:
        if size > LONGEST or len(descriptors) != 3:
            raise ValueError(f"{size} bytes and {len(descriptors)} streams")
        return _understood(json.loads(_exactly(line, size))), descriptors
    except (OSError, ValueError):
        for number in descriptors:
            os.close(number)
        raise


def _understood(asked: Any) -> dict[str, Any]:
    """What a command says; raises `ValueError` where it is not what `handed_over` sends."""
    if not isinstance(asked, dict) or {type(asked.get(name)) for name in ("version", "folder")} != {str}:
        raise ValueError("it does not say its version and folder")
    if not isinstance(asked.get("words"), list) or not all(isinstance(word, str) for word in asked["words"]):
        raise ValueError("its words are not a list of words")
    return asked


def _exactly(line: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        if not (piece := line.recv(size - len(content))):
            raise ValueError("the command ended before it named its words")
        content += piece
    return content


def _refuse_stranger(line: socket.socket) -> None:
    """Raise `ValueError` for a command of another account: the socket's mode keeps it out where modes hold."""
    if hasattr(socket, "SO_PEERCRED"):
        peer = array.array("i")
        peer.frombytes(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if peer[1] not in (0, os.getuid()):
            raise ValueError(f"it is of account {peer[1]}")


def _watched(line: socket.socket, request: Request) -> None:
    """Note when whoever ran the command has stopped it: nothing more is sent then, and the line ends."""
    with suppress(OSError):
        while line.recv(64):
            pass
        request.is_stopped.set()


class _Routed:
    """A standard stream of this process; in a thread that does a command, the command's own."""

    def __init__(self, name: str, usual: Any):
        self._name, self._usual = name, usual

    def __getattr__(self, what: str) -> Any:
        request = _request.get()
        return getattr(request.streams[self._name] if request else self._usual, what)
