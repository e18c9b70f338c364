"""A PostgreSQL of its own for the tests of the lake, from the programs that the machine has."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

PROGRAMS = next(
    (folder for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)),
    Path(shutil.which("initdb") or "/nowhere/initdb").parent,
)
"""Where `initdb` and `pg_ctl` are; Debian keeps them out of the path."""
PASSWORD = "a-password-of-the-catalogue-81c2"
PLAIN = next((folder for name in ("C.utf8", "C.UTF-8") if (folder := Path("/usr/lib/locale", name)).is_dir()), None)
"""The plain locale of glibc, where the machine has one."""


class Server:
    """A server that can be killed and started again."""

    def __init__(self, folder: Path, is_durable: bool = False, language: str = "C"):
        self.folder = folder
        self.port = free_port()
        self.is_durable = is_durable
        """Whether a commit waits for the disk."""
        self.language = language
        """In which language it says what goes wrong."""
        self.account = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def _run(self, program: str, *words: str, **more: str) -> None:
        as_other = ["setpriv", f"--reuid={self.account}", f"--regid={self.account}", "--clear-groups"]
        command = [*(as_other if os.geteuid() == 0 else []), str(PROGRAMS / program), *words]
        with (self.folder / "output").open("ab") as output:
            subprocess.run(command, check=True, cwd="/", stdout=output, stderr=output, env=os.environ | more)

    def make(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        for path in (self.folder, password):
            shutil.chown(path, self.account)
        self._run(
            "initdb", "-D", f"{self.folder}/data", "-U", "lake", "--auth=scram-sha-256", f"--pwfile={password}", "-N",
            "--locale=C", "-E", "UTF8",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync={'on' if self.is_durable else 'off'}"
        options += f" -c lc_messages={self.language}"
        speaking = {} if self.language == "C" else {"LOCPATH": str(self._learned())}
        words = ["-D", f"{self.folder}/data", "-o", options, "-l", f"{self.folder}/log", "-w", "start"]
        self._run("pg_ctl", *words, **speaking)

    def _learned(self) -> Path:
        """A folder of locales in which its language is one, whatever the machine has; PostgreSQL brings its texts."""
        folder = self.folder / "locales"
        if not folder.exists():
            shutil.copytree(PLAIN, folder / self.language)
        return folder

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """Kill its first process with SIGKILL, and wait until the others have noticed."""
        data = self.folder / "data"
        os.kill(self.number(), signal.SIGKILL)
        while any(_works_in(process, data) for process in Path("/proc").glob("[0-9]*")):
            time.sleep(0.05)
        for left in (data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink()

    def tell(self, database: str, statement: str) -> None:
        """Have it carry out a statement in one of its databases."""
        self._run(
            "psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "lake", "-d", database, "-c", statement,
            PGPASSWORD=PASSWORD,
        )  # fmt: skip

    def ask(self, database: str, select: str) -> str:
        """The one value that a select gives in one of its databases."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "lake", "-d", database]
        command = [str(PROGRAMS / "psql"), "-qtA", *where, "-c", select]
        return subprocess.run(
            command, check=True, env=os.environ | {"PGPASSWORD": PASSWORD}, capture_output=True, text=True
        ).stdout.strip()

    def number(self) -> int:
        """The number of its first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def catalogue(self, name: str) -> str:
        """A new, empty database on it, as an address begins that names it."""
        self.tell("postgres", f"create database {name}")
        return f"ducklake:postgres:dbname={name} host=127.0.0.1 port={self.port} user=lake"


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False


@contextmanager
def postgres(is_durable: bool = False, language: str = "C") -> Iterator[Server]:
    """A server that runs; it and all that it holds are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's name is short
    server = Server(folder, is_durable, language)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
