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
from skilltrack.access import trail as audit
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

MENDING = ("audit", "backup", "backups", "check", "doctor", "rebuild", "repair", "restore")
"""Commands that must work while the audit log cannot be written."""


@dataclass
class Request:
    """What one command asks of the app."""

    store: Store
    folder: Path
    """Where the command was run: what a relative path starts from."""
    streams: dict[str, IO[str]]
    account: int = -1
    """The number of the machine's account that runs the command."""
    folders: dict[str, list[Any]] = field(default_factory=dict)
    """What `folders_of` says where the command was run."""
    is_stopped: threading.Event = field(default_factory=threading.Event)
    """Set when whoever ran the command has stopped it, or is gone."""

    def place(self, name: str | Path) -> Path:
        """A path from where the command was run; raises `Refused` where the app has another folder of that name."""
        path = self.folder / name
        if named := self.folders.get(str(name)):
            try:
                status = Path(named[0]).stat()
                is_same = [status.st_dev, status.st_ino] == named[1:]
            except OSError:
                is_same = False
            if not is_same:
                raise Refused(
                    f"{path}: the app, which does this, does not see {named[0]} as you do: its service has another "
                    f"folder there, or none. Nothing was done. Name a place below {Path(self.store.path).parent}."
                )
        return path


_request: ContextVar[Request | None] = ContextVar("request", default=None)


def current() -> Request | None:
    """The request that this thread is doing; None in a command that runs by itself."""
    return _request.get()


def note(command: str, options: list[str]) -> None:
    """Note in the audit log that somebody has the app do a command; what cannot be noted is not done.

    A command that says what is wrong or mends it is done all the same, and the log of the app tells it.
    """
    if (request := _request.get()) is None:
        return
    try:
        trail = request.store.journal.audit
        audit.note(trail, "local", "command", command=command, options=options, uid=request.account)
    except Refused as refused:
        if command.split()[0] not in MENDING:
            raise
        log.warning("the command %s was not noted: %s", command, refused)


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
            account = _account(line)
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
                request = Request(
                    store, Path(asked["folder"]), {"stdout": out, "stderr": err}, account, asked["folders"]
                )
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
    if not isinstance(asked.setdefault("folders", {}), dict):
        raise ValueError("it does not say which folders it means")
    return asked


def _exactly(line: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        if not (piece := line.recv(size - len(content))):
            raise ValueError("the command ended before it named its words")
        content += piece
    return content


def _account(line: socket.socket) -> int:
    """The number of the account that runs a command; raises `ValueError` where that is neither ours nor root's.

    The socket's mode keeps others out already, where modes hold.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return os.getuid()
    peer = array.array("i")
    peer.frombytes(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if peer[1] not in (0, os.getuid()):
        raise ValueError(f"it is of account {peer[1]}")
    return peer[1]


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
