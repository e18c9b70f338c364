"""Have several app servers on one lake, people who click and two who upload, kill them, and see whether all is whole.

`python -m tests.torture.lake 500` runs 3 servers behind a proxy that takes them in turn, 50 people and as many rounds;
it needs PostgreSQL and the extensions of DuckLake (`make test-lake` installs them). In a round one file of two awards is
sent by a command and another by HTTP, and in a tenth of them a server, the command or PostgreSQL is killed. What was not
acknowledged is sent again. A reader asks several things of one state meanwhile, as a page does, and compares them.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from skilltrack import demo
from skilltrack.access.accounts import give
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping import check, open_at
from skilltrack.storage import Address, address_of
from tests.ducklake.proxy import proxy
from tests.ducklake.server import PASSWORD, Server, postgres
from tests.torture.beside import THINK, App, People

SERVERS, PEOPLE = 3, 50
KILLED = 0.1
"""Share of the rounds in which something is killed."""
HOLDERS, CREDENTIAL = ("00101", "00102"), "psm1"
HR = "ann@x.example"
AGAIN = 120
"""How often what was not acknowledged is sent, a second apart."""
WRONG = ("lost", "half", "twice", "torn", "faults", "page errors")
"""What has to be 0 among the counts."""
READER = """
import sys, time
from skilltrack.errors import BadStore, NoMemory, Refused
from skilltrack.keeping import open_at
from skilltrack.storage import address_of
store, read = open_at(address_of(sys.argv[1]), creates=False), 0
def asked(text):
    return store.query(f"select count(*) as n from {text}")["n"][0].as_py()
while True:
    try:
        with store.held():
            files = asked("upload_files where file_name like 't-%'")
            version = store.data_version()
            rows = asked("badge_rows where award_id like 't-%'")
            uploads, events = asked("kept_uploads"), asked("(select distinct upload_id from upload_events)")
            is_torn = rows != 2 * files or uploads != events or store.data_version() != version
        read += 1
        if is_torn:
            print(f"torn: {files} files, {rows} rows, {uploads} uploads, {events} with events", flush=True)
        if read % 20 == 0:
            print(f"read {read}", flush=True)
    except (BadStore, NoMemory, Refused):
        time.sleep(0.2)
"""


class AppServer(App):
    """One process that serves the lake; commands go to the lake themselves."""

    def do_commands(self) -> None:
        """Nothing is to be waited for."""


class Group:
    """The servers behind their proxy; to the people it is one app."""

    def __init__(self, address: Address, url: str):
        self.apps = [AppServer(address) for _ in range(SERVERS)]  # type: ignore[arg-type]
        self.port = urlsplit(url).port
        self.starts = 1
        self.is_up = threading.Event()
        self.is_up.set()

    def down(self) -> None:
        """What fails from here on is no fault of a page."""
        self.is_up.clear()

    def up(self) -> None:
        """Start the servers that were killed; pages must be drawn again."""
        for app in self.apps:
            if not app.is_up.is_set():
                app.start()
        self.starts += 1
        self.is_up.set()


class Feed:
    """Who sends files, and what became of them."""

    def __init__(self, address: Address, group: Group, server: Server, folder: Path, url: str, token: str):
        self.address, self.group, self.server, self.folder = address, group, server, folder
        self.url, self.token = url, token
        self.counts: Counter[str] = Counter()
        self.command: subprocess.Popen[str] | None = None

    def round(self, number: int) -> None:
        """Send two files at once, in some rounds while something is killed."""
        chance = random.Random(number)
        victim = chance.choice(("server", "postgres", "command")) if chance.random() < KILLED else ""
        if victim:
            self.group.down()
        sending = [
            threading.Thread(target=self._until_acknowledged, args=(send, f"t-{number}-{by}.csv", 2 * number + at))
            for at, (by, send) in enumerate((("command", self._by_command), ("http", self._by_http)))
        ]
        for each in sending:
            each.start()
        if victim:
            time.sleep(chance.uniform(0, 3))
            self._kill(victim, chance)
            self.counts[f"killed: {victim}"] += 1
        for each in sending:
            each.join()
        if victim:
            self.group.up()
        self.counts["rounds"] += 1

    def _kill(self, victim: str, chance: random.Random) -> None:
        if victim == "server":
            chance.choice(self.group.apps).kill()
        elif victim == "command" and self.command is not None:
            self.command.kill()
        elif victim == "postgres":
            self.server.kill()
            time.sleep(chance.uniform(0, 2))
            self.server.start()

    def _until_acknowledged(self, send, name: str, number: int) -> None:
        day = date(1990, 1, 1) + timedelta(days=number)
        rows = [f"{name[:-4]}-{holder},{holder},{CREDENTIAL},{day}\n" for holder in HOLDERS]
        (self.folder / name).write_text("award_id,employee_id,credential_id,issued_on\n" + "".join(rows))
        for _ in range(AGAIN):
            if send(self.folder / name):
                return
            self.counts["sent again"] += 1
            if self.group.is_up.is_set():
                self._fault(f"{name} was refused, though nothing was killed")
            time.sleep(1)
        self._fault(f"{name} was never acknowledged")

    def _by_command(self, file: Path) -> bool:
        self.command = subprocess.Popen(
            [sys.executable, "-m", "skilltrack", "--db", str(self.address), "import", "badges", str(file)],
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )
        err = self.command.communicate(timeout=600)[1]
        if "Traceback" in err:
            self._fault(err[-500:])
        return self.command.returncode == 0

    def _by_http(self, file: Path) -> bool:
        request = urllib.request.Request(
            f"{self.url}api/imports/badges?name={file.name}",
            file.read_bytes(),
            {"Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)["status"] in ("stored", "repeated")
        except urllib.error.HTTPError as error:
            if error.code == 500:
                self._fault(f"HTTP 500: {error.read()[:300]!r}")
            return False
        except (OSError, ValueError):
            return False

    def _fault(self, text: str) -> None:
        self.counts["faults"] += 1
        print(text, file=sys.stderr, flush=True)


def stored(address: Address, rounds: int) -> dict[str, int]:
    """What of the files is not there, there in part, or there more than once; and whether the company is whole."""
    with closing(open_at(address, creates=False)) as lake:
        files = "select file_name as name, count(*) as n from upload_files where file_name like 't-%' group by all"
        times = {row["name"]: row["n"] for row in lake.query(files).to_pylist()}
        awards = "select regexp_replace(award_id, '-[0-9]+$', '') as name, count(*) as n from badge_rows "
        rows = lake.query(f"{awards} where award_id like 't-%' group by all").to_pylist()
        counted = {f"{row['name']}.csv": row["n"] for row in rows}
        sent = [f"t-{number}-{by}.csv" for number in range(rounds) for by in ("command", "http")]
        problems = check(lake)
        for problem in problems:
            print(problem, file=sys.stderr)
        return {
            "lost": sum(name not in times or name not in counted for name in sent),
            "half": sum(counted.get(name, 0) == 1 for name in sent),
            "twice": sum(times.get(name, 0) > 1 or counted.get(name, 0) > 2 for name in sent),
            "problems": len(problems),
        }


def torture(rounds: int, people: int, folder: Path, think: float = THINK) -> dict[str, int]:
    """Run the rounds; returns counts, of which those of `WRONG` are to be 0."""
    (folder / "lake").mkdir()
    os.environ["SKILLTRACK_DB_PASSWORD"] = PASSWORD
    with postgres() as server, proxy() as front:
        address = address_of(f"{server.catalogue('chaos')}?data={folder}/lake")
        assert address is not None
        demo.build(address)
        with closing(open_at(address)) as lake:
            give(lake, Viewer.everyone(), HR, "hr")
            token = make_token(lake, Viewer.everyone(), HR, ["imports", "uploads"])
        group = Group(address, front.url)
        front.servers = [app.port for app in group.apps]
        script = folder / "reader.py"
        script.write_text(READER)
        reader = subprocess.Popen(
            [sys.executable, str(script), str(address)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        crowd, feed = People(group, people, think), Feed(address, group, server, folder, front.url, token)  # type: ignore[arg-type]
        try:
            for number in range(rounds):
                feed.round(number)
                if number % 10 == 9:
                    print(dict(feed.counts), len(crowd.times), crowd.errors[-3:], file=sys.stderr, flush=True)
            time.sleep(3 * think)  # everybody clicks once more at least
            crowd.stop()
        finally:
            for app in group.apps:
                app.kill()
            ended = reader.poll()
            reader.kill()
        lines = reader.communicate()[0].splitlines()
        found = stored(address, rounds)
    torn = [line for line in lines if line.startswith("torn")]
    for line in [*torn[:5], *crowd.errors[:10]]:
        print(line, file=sys.stderr)
    if ended is not None:
        feed.counts["faults"] += 1
    return {
        **feed.counts,
        **found,
        "views": len(crowd.times),
        "states read": sum(line.startswith("read") for line in lines) * 20,
        "torn": len(torn),
        "faults": feed.counts["faults"] + found["problems"],
        "page errors": len(crowd.errors),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        result = torture(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE, Path(name))
        print(result | {"seconds": round(time.monotonic() - started)})
    sys.exit(any(result[name] for name in WRONG))
