"""Have several app servers on one lake, people who click and two who upload, kill them, and see whether all is whole.

`python -m tests.torture.lake 500` runs 3 servers behind a proxy that takes them in turn, 50 people and as many rounds;
`500 50 3600` begins no round after an hour. It needs PostgreSQL and the extensions of DuckLake (`make test-lake` installs
them). A round is one of `beside`: an import of two awards, a report, a backup or an undo by a command, which goes to the
lake itself; or somebody is erased, or the lake tidied up. At the same moment a
program sends another file to whichever server answers, again and again until it is acknowledged. In a tenth of the rounds
a server, the command or PostgreSQL is killed. A reader asks several things of one state meanwhile, as a page does, and
compares them. In the end everybody looks at each page once more, which may show no error then, no server has written a
traceback, and whoever was erased is in no file of the rows.
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from skilltrack import demo
from skilltrack.access.accounts import give
from skilltrack.access.tokens import make_token
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping import open_at
from skilltrack.storage import Address, address_of
from tests.ducklake.proxy import proxy
from tests.ducklake.server import PASSWORD, Server, postgres
from tests.torture import beside
from tests.torture.beside import HOLDERS, THINK, App, Feed, People, day

SERVERS, PEOPLE = 3, 50
HR = "ann@x.example"
FIRST = 2_000
"""The number of the first file that comes by HTTP: fewer come from commands."""
AGAIN = 120
"""How often a file is sent that was not acknowledged, a second apart."""
COMMANDS = ("import", "undo", "erase", "import", "report", "maintain", "import", "backup")
"""What the rounds do, in turn."""
WRONG = (
    "lost", "half", "returned", "doubled", "twice", "torn", "faults", "page errors", "tracebacks", "still there"
)  # fmt: skip
"""What has to be 0 among the counts."""
READER = """
import sys, time
from skilltrack.errors import BadStore, NoMemory, Refused
from skilltrack.keeping import open_at
from skilltrack.storage import address_of
store, read = open_at(address_of(sys.argv[1]), creates=False), 0
def asked(text):
    return store.query(f"select count(*) as n from {text}")["n"][0].as_py()
GONE = "(select upload_id from upload_events group by all having max_by(event, happened_at) = 'undone')"
while True:
    try:
        with store.held():
            version = store.data_version()
            files = asked("upload_files where file_name like 't-%'")
            rows = asked("badge_rows where award_id like 't-%'")
            counting = asked(f"upload_files where file_name like 't-%' and upload_id not in {GONE}")
            awards = asked("kept_awards where award_key like 'id t-%'")
            is_torn = rows != 2 * files or awards != 2 * counting or store.data_version() != version
        read += 1
        if is_torn:
            print(f"torn: {files} files, {rows} rows, {counting} files count, {awards} awards", flush=True)
        if read % 20 == 0:
            print(f"read {read}", flush=True)
        time.sleep(0.05)
    except (BadStore, NoMemory, Refused):
        time.sleep(0.2)
"""


class AppServer(App):
    """One process that serves the lake; commands go to the lake themselves."""

    def do_commands(self) -> None:
        """Nothing is to be waited for."""

    def has_ended(self) -> bool:
        """Whether it was killed, or the engine has ended it with PostgreSQL: it is started again, as in deploy/."""
        return self._process.poll() is not None


class Group:
    """The servers behind their proxy; to the people, and to who feeds them, it is one app."""

    def __init__(self, address: Address, folder: Path, url: str):
        self.database = address
        self.apps = [AppServer(address, folder) for _ in range(SERVERS)]  # type: ignore[arg-type]
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
            if app.has_ended():
                app.start()
        self.starts += 1
        self.is_up.set()


class LakeFeed(Feed):
    """Who sends files by commands and by HTTP at once, and what became of them."""

    VICTIMS = ("command", "server", "postgres")
    UNSURE = ("command", "postgres")
    WITHIN = 3.0

    def __init__(self, group: Group, folder: Path, server: Server, url: str, token: str):
        super().__init__(group, folder)  # type: ignore[arg-type]
        self.group, self.server, self.url, self.token = group, server, url, token
        self._staying = people_of(group.database)
        """Addresses of those who can be erased, by id."""
        self.erased: dict[str, str] = {}
        self._is_disturbed = False
        """Whether something is killed in this round that can stop a program."""

    def round(self, chance: random.Random) -> None:
        """As `Feed.round`, while a program sends a file of its own."""
        number, stored = FIRST + self.sent, []
        sending = threading.Thread(target=lambda: stored.append(self._sent_by_http(number)))
        self._is_disturbed = self.choose(chance) in ("erase", "maintain")  # files go while they are read
        sending.start()
        super().round(chance)
        sending.join()
        if upload := stored[0]:
            self.counting[upload] = day(number)

    def choose(self, chance: random.Random) -> str:
        """As `Feed.choose`."""
        return COMMANDS[self.sent % len(COMMANDS)]

    def victim(self, chance: random.Random) -> str:
        """As `Feed.victim`, in turn: how many uploads there are by now changes nothing."""
        killed = sum(self.counts[f"killed: {victim}"] for victim in self.VICTIMS)
        return self.VICTIMS[killed % len(self.VICTIMS)] if random.Random(self.sent).random() < beside.KILLED else ""

    def words(self, what: str, number: int) -> list[str]:
        """As `Feed.words`."""
        if what == "maintain":
            return ["lake", "maintain"]
        if what == "erase":
            return ["erase", next(iter(self._staying)), "--by", "torture", "--yes"]
        return super().words(what, number)

    def learn_erased(self, person: str, is_acknowledged: bool, is_sure: bool) -> None:
        """As `Feed.learn_erased`: what was begun is done by the next process, or nothing was."""
        self._wait_unless(is_sure)
        is_known = person in people_of(self.group.database)
        if is_known and is_acknowledged:
            self._fault(f"{person} is there, and their erasure was acknowledged")
        if not is_known:
            self.erased[person] = self._staying.pop(person)

    def kill(self, victim: str, command: subprocess.Popen[str], chance: random.Random) -> None:
        """As `Feed.kill`; PostgreSQL stays away for a moment."""
        if victim == "command":
            command.kill()
            return
        self._is_disturbed = True
        self.group.down()
        if victim == "server":
            chance.choice(self.group.apps).kill()
        else:
            self.server.kill()
            time.sleep(chance.uniform(0, 2))
            self.server.start()

    def restore(self, victim: str) -> None:
        """As `Feed.restore`."""
        if victim != "command":
            self.group.up()

    def _sent_by_http(self, number: int) -> int:
        """The upload that a file became, sent until it is acknowledged; 0 where it never was."""
        name = self._file(number)
        for _ in range(AGAIN):
            if upload := self._acknowledged(name):
                return upload
            self.counts["sent again"] += 1
            if not self._is_disturbed:
                self._fault(f"{name} was not acknowledged, though nothing was killed")
            time.sleep(1)
        self._fault(f"{name} was never acknowledged")
        return 0

    def _acknowledged(self, name: str) -> int:
        """The upload that a file is, by the answer of a server; 0 where there is none."""
        request = urllib.request.Request(
            f"{self.url}api/imports/badges?name={name}",
            (self.folder / name).read_bytes(),
            {"Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=600) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 500:
                self._fault(f"HTTP 500: {error.read()[:300]!r}")
            return 0
        except (OSError, ValueError):
            return 0
        return int(answer["upload_id"]) if answer["status"] in ("stored", "repeated") else 0


def errors_in(log: Path) -> list[str]:
    """What a server has written about what went wrong on its side."""
    parts = log.read_text(errors="replace").split("Traceback (most recent call last):")
    return [part[-3000:] for part in parts[1:]]


def people_of(address: Address) -> dict[str, str]:
    """The mail addresses of those who can be erased, by employee id: who leads nobody and gets no award here."""
    with closing(open_at(address, creates=False)) as lake:
        led = "select manager_id from kept_roster where manager_id is not null"
        people = f"select employee_id, email from kept_roster where email <> '' and employee_id not in ({led})"
        rows = lake.query(f"{people} order by 1").to_pylist()
    return {row["employee_id"]: row["email"] for row in rows if row["employee_id"] not in HOLDERS}


def still_there(address: Address, people: dict[str, str]) -> int:
    """How many addresses of people who were erased are in a file of the rows, or in the catalogue."""
    with closing(open_at(address, creates=False)) as lake:
        pieces = [*lake.pieces()]
    return sum(any(email.encode() in piece for piece in pieces) for email in people.values())


def twice(address: Address) -> int:
    """How many files are stored more than once."""
    with closing(open_at(address, creates=False)) as lake:
        names = "select file_name from upload_files where file_name like 't-%' group by all having count(*) > 1"
        return lake.query(names).num_rows


def torture(
    rounds: int, people: int, folder: Path, think: float = THINK, longest: float = math.inf
) -> dict[str, float]:
    """Run the rounds, of which none begins after `longest` seconds; returns counts: those of `WRONG` are to be 0."""
    until = time.monotonic() + longest
    (folder / "lake").mkdir()
    os.environ["SKILLTRACK_DB_PASSWORD"] = PASSWORD
    with postgres() as server, proxy() as front:
        address = address_of(f"{server.catalogue('chaos')}?data={folder}/lake")
        assert address is not None
        demo.build(address)
        with closing(open_at(address)) as lake:
            give(lake, Viewer.everyone(), HR, "hr")
            token = make_token(lake, Viewer.everyone(), HR, ["imports", "uploads"])
        group = Group(address, folder, front.url)
        front.servers = [app.port for app in group.apps]
        script = folder / "reader.py"
        script.write_text(READER)
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        reader = subprocess.Popen(
            [sys.executable, str(script), str(address)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        crowd, feed = People(group, people, think), LakeFeed(group, folder, server, front.url, token)  # type: ignore[arg-type]
        try:
            for number in range(rounds):
                if time.monotonic() > until:
                    break
                feed.round(random.Random(number))
                if number % 10 == 9:
                    print(dict(feed.counts), len(crowd.times), crowd.errors[-3:], file=sys.stderr, flush=True)
            crowd.look_on(2)
            time.sleep(2 * think)  # everybody clicks once more at least
            group.up()  # whichever the engine has ended, as a service manager starts it again
            crowd.stop()
        finally:
            for app in group.apps:
                app.kill()
            has_ended = reader.poll() is not None
            reader.kill()
        lines = reader.communicate()[0].splitlines()
        torn = [line for line in lines if line.startswith("torn")]
        for line in [*torn[:5], *crowd.errors[:10]]:
            print(line, file=sys.stderr)
        result = feed.verdict()
        errors = [f"{app.log.name}: {error}" for app in group.apps for error in errors_in(app.log)]
        print(*errors[:9], file=sys.stderr, sep="\n")
        return result | {
            "tracebacks": len(errors),
            "erased": len(feed.erased),
            "still there": still_there(address, feed.erased),
            "looked at": crowd.looked_at,
            "faults": result["faults"] + has_ended,
            "twice": twice(address),
            "torn": len(torn),
            "states read": sum(line.startswith("read") for line in lines) * 20,
            "views": len(crowd.times),
            "page errors": len(crowd.errors),
        }


if __name__ == "__main__":
    rounds, people, longest = [float(word) for word in sys.argv[1:]] + [500, PEOPLE, math.inf][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        result = torture(int(rounds), int(people), Path(name), longest=longest)
        print(result | {"seconds": round(time.monotonic() - started)})
    sys.exit(any(result[name] for name in WRONG))
