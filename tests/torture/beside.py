"""Run commands beside an app that people use, kill either now and then, and see whether everything is there once.

`python -m tests.torture.beside 1000` has 50 people click meanwhile and prints one line of findings; `1000 50 20` begins
a round every 20 seconds instead of one right after the other. The suite runs a few rounds. A round is an import of two
awards, a report, a backup or an undo, by a command of its own; in a tenth of them the command or the app is killed with
SIGKILL. In the end every award that was acknowledged is there once, none that was
taken back is, no page has failed, and `check` and `audit verify` say that the company is whole.
"""

import asyncio
import csv
import io
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from bench.load import view
from skilltrack import demo
from skilltrack.commands.handing import path_of, short
from skilltrack.config import ROOT
from skilltrack.keeping.proof import faults
from tests.ports import free_port

PAGES = ("", "coverage", "readiness", "renewals", "spend", "people", "uploads")
COMMANDS = ("import", "import", "import", "undo", "report", "backup")
KILLED = 0.1
"""Share of the rounds in which the command or the app is killed."""
THINK = 10.0
"""Mean seconds between two clicks of one person."""
HOLDERS, CREDENTIAL = ("00101", "00102"), "psm1"
"""Who get an award each in every file, of a credential that shows one skill without an end."""
WRONG = ("lost", "half", "returned", "doubled", "faults", "page errors")
"""What has to be 0 among the counts."""
LONGEST = 60.0
"""Seconds after which a page that is not drawn has failed."""


class App:
    """The served app, which can be killed and started again."""

    def __init__(self, database: Path, folder: Path):
        self.database = database
        self.port = free_port()
        self.log = folder / f"served-{self.port}.log"
        self.starts = 0
        self.is_up = threading.Event()
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers and does commands."""
        words = ["--db", str(self.database), "serve", "--local", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "skilltrack", *words], cwd=ROOT, stdout=log, stderr=log
            )
        for _ in range(3_600):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
                self.do_commands()
                break
            time.sleep(0.05)
        else:
            raise TimeoutError("The app did not answer within three minutes.")
        self.starts += 1
        self.is_up.set()

    def do_commands(self) -> None:
        """Raise `OSError` where it does no commands yet."""
        with short(path_of(self.database)) as name, socket.socket(socket.AF_UNIX) as line:
            line.connect(name)

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        self.is_up.clear()
        self._process.kill()
        self._process.wait()


class People:
    """People who click through the app, each in a session of their own, in a thread beside."""

    def __init__(self, app: App, count: int, think: float):
        self.app, self.count, self.think = app, count, think
        self.times: list[float] = []
        """Milliseconds of each view that was drawn while the app was up."""
        self.errors: list[str] = []
        self.looked_at = 0
        """Pages that everybody has drawn at last, when nothing was killed any more."""
        self._is_over = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all(count)), daemon=True)
        self._thread.start()

    def look_on(self, pages: int) -> None:
        """Wait until so many pages were drawn for each, or would have been on the slowest machine."""
        until = time.monotonic() + 2 * pages * LONGEST
        while len(self.times) < pages * self.count and time.monotonic() < until:
            time.sleep(0.1)

    def stop(self) -> None:
        """Have everybody look at each page once more, and leave: by now none may say that anything is wrong."""
        self._is_over = True
        self._thread.join()

    async def _all(self, count: int) -> None:
        await asyncio.gather(*map(self._person, range(count)))

    async def _person(self, number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, self.think))
        while not self._is_over:
            if not self.app.is_up.is_set():
                await asyncio.sleep(0.2)
                continue
            starts = self.app.starts
            try:
                await self._session(chance)
            except (OSError, TimeoutError, WebSocketException) as error:
                if self.app.is_up.is_set() and self.app.starts == starts:
                    self.errors.append(repr(error))
        try:
            await self._last_look()
        except (OSError, TimeoutError, WebSocketException) as error:
            self.errors.append(f"at last: {error!r}")

    async def _last_look(self) -> None:
        async with self._connected() as line:
            for page in PAGES:
                async with asyncio.timeout(LONGEST):
                    if fault := await view(line, page):
                        self.errors.append(f"{page}, at last: {fault}")
                self.looked_at += 1

    def _connected(self) -> connect:
        address = f"ws://127.0.0.1:{self.app.port}/_stcore/stream"
        return connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=LONGEST)  # type: ignore[list-item]

    async def _session(self, chance: random.Random) -> None:
        async with self._connected() as line:
            while not self._is_over:
                page, began, starts = chance.choice(PAGES), time.perf_counter(), self.app.starts
                async with asyncio.timeout(LONGEST):
                    fault = await view(line, page, faulty=("exception",))
                if self.app.is_up.is_set() and self.app.starts == starts:
                    self.times.append((time.perf_counter() - began) * 1000)
                    if fault:
                        self.errors.append(f"{page}: {fault}")
                await asyncio.sleep(chance.uniform(0.5, 1.5) * self.think)


class Feed:
    """What is sent by commands, and what of it was acknowledged."""

    VICTIMS: tuple[str, ...] = ("command", "app")
    """What is killed in some rounds."""
    UNSURE: tuple[str, ...] = VICTIMS
    """Those of them with which a command may be stopped in its midst."""
    WITHIN = 1.5
    """Seconds after the beginning of a command within which it happens."""

    def __init__(self, app: App, folder: Path):
        self.app, self.folder = app, folder
        self.counting: dict[int, str] = {}
        """By the number of its upload, the day of issue of the awards that were acknowledged and not taken back."""
        self.counts: Counter[str] = Counter()
        self.sent = 0

    def round(self, chance: random.Random) -> None:
        """One command, and in some rounds the end of it or of something else."""
        what = self.choose(chance)
        number = chance.choice(sorted(self.counting)) if self.counting else 0
        self.sent += 1
        words = self.words(what, number)
        command = self._started(*words)
        victim = self.victim(chance)
        is_sure = victim not in self.UNSURE
        if victim:
            time.sleep(chance.uniform(0, self.WITHIN))
            self.kill(victim, command, chance)
            self.counts[f"killed: {victim}"] += 1
        out, err = command.communicate(timeout=600)
        if victim:
            self.restore(victim)
        self.counts["rounds"] += 1
        if "Traceback" in err or (is_sure and command.returncode):
            self._fault(f"{' '.join(words)}: exit {command.returncode}: {err[-300:]}")
        if what == "import":
            self._learn_stored(is_acknowledged=command.returncode == 0, is_sure=is_sure)
        elif what == "undo" and number:
            self._learn_undone(number, is_acknowledged=command.returncode == 0, is_sure=is_sure)
        elif what == "report" and command.returncode == 0 and not out.startswith("team,"):
            self._fault(f"a report is not whole: {out[:100]!r}")
        elif what == "erase":
            self.learn_erased(words[1], is_acknowledged=command.returncode == 0, is_sure=is_sure)
        elif what == "backup":
            self._look_at_backup(self.folder / words[1], is_acknowledged=command.returncode == 0)

    def choose(self, chance: random.Random) -> str:
        """What the round does."""
        return chance.choice(COMMANDS)

    def victim(self, chance: random.Random) -> str:
        """What is killed in the round; empty in most."""
        return chance.choice(self.VICTIMS) if chance.random() < KILLED else ""

    def words(self, what: str, number: int) -> list[str]:
        """The command that does it, to the upload of that number where it is about one."""
        return {
            "import": ["import", "badges", self._file(self.sent)],
            "undo": ["undo", str(number)] if number else ["uploads"],
            "report": ["report", "coverage", "--as-of", "2026-06-30"],
            "backup": ["backup", f"backup-{self.sent}.duckdb"],
        }[what]

    def learn_erased(self, person: str, is_acknowledged: bool, is_sure: bool) -> None:
        """Note what became of the erasure of somebody."""

    def kill(self, victim: str, command: subprocess.Popen[str], _chance: random.Random) -> None:
        """Kill what was chosen."""
        (command.kill if victim == "command" else self.app.kill)()

    def restore(self, victim: str) -> None:
        """Have that run again which was killed."""
        if victim == "app":
            self.app.start()

    def verdict(self) -> dict[str, float]:
        """What of all that was sent is not there, or not as it was acknowledged; and whether the company is whole."""
        listed = [self.awards(holder) for holder in HOLDERS]
        days, expected = [set(each) for each in listed], set(self.counting.values())
        for words in (("check",), ("audit", "verify")):
            self.ends_well(*words)
        return {
            **self.counts,
            "lost": len(expected - set.intersection(*days)),
            "half": len(set.union(*days) - set.intersection(*days)),
            "returned": len(set.union(*days) - expected),
            "doubled": sum(count > 1 for each in listed for count in each.values()),
            "faults": self.counts["faults"],
        }

    def awards(self, holder: str) -> Counter[str]:
        """How often somebody has an award of each day of issue, of those days that only this feed uses."""
        out, _err = self._started("report", "transcript", "--employee", holder).communicate(timeout=300)
        days = (row["valid_from"] for row in csv.DictReader(io.StringIO(out)) if row["credential_id"] == CREDENTIAL)
        return Counter(day for day in days if day < "2016")

    def ends_well(self, *words: str) -> None:
        """Note a fault unless a command ends well."""
        command = self._started(*words)
        out, err = command.communicate(timeout=600)
        if command.returncode:
            self._fault(f"{' '.join(words)}: exit {command.returncode}: {out[-300:]} {err[-300:]}")

    def uploads(self) -> list[dict[str, str]]:
        """The history, as the command `uploads` lists it."""
        command = self._started("uploads")
        out, err = command.communicate(timeout=300)
        if command.returncode:
            self._fault(f"uploads: exit {command.returncode}: {err[-300:]}")
        return list(csv.DictReader(io.StringIO(out)))

    def _learn_stored(self, is_acknowledged: bool, is_sure: bool) -> None:
        name = f"t-{self.sent}.csv"
        self._wait_unless(is_sure)
        rows = [row for row in self.uploads() if name in row["files"].split("; ")]
        if len(rows) > 1 or (is_acknowledged and not rows) or (is_sure and not is_acknowledged and rows):
            self._fault(f"{name} stands in the history {len(rows)} times, acknowledged: {is_acknowledged}")
        for row in rows:
            self.counting[int(row["upload_id"])] = day(self.sent)

    def _learn_undone(self, number: int, is_acknowledged: bool, is_sure: bool) -> None:
        self._wait_unless(is_sure)
        is_undone = any(row["upload_id"] == str(number) and row["status"] == "undone" for row in self.uploads())
        if is_undone < is_acknowledged or (is_sure and is_undone != is_acknowledged):
            self._fault(f"upload {number} is undone: {is_undone}, acknowledged: {is_acknowledged}")
        if is_undone:
            del self.counting[number]

    def _wait_unless(self, is_sure: bool) -> None:
        """Wait until the app has done what a command that was killed has left to it: a check writes after it."""
        if not is_sure:
            self.ends_well("check")

    def _look_at_backup(self, backup: Path, is_acknowledged: bool) -> None:
        if is_acknowledged and (wrong := faults(backup)):
            self._fault(f"{backup.name}: {wrong[0]}")
        for path in self.folder.glob(f"{backup.name}*"):
            path.unlink()

    def _file(self, number: int) -> str:
        rows = "".join(f"t-{number}-{holder},{holder},{CREDENTIAL},{day(number)}\n" for holder in HOLDERS)
        (self.folder / f"t-{number}.csv").write_text(f"award_id,employee_id,credential_id,issued_on\n{rows}")
        return f"t-{number}.csv"

    def _started(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "skilltrack", "--db", str(self.app.database), *words],
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )

    def _fault(self, text: str) -> None:
        self.counts["faults"] += 1
        print(text, file=sys.stderr, flush=True)


def day(number: int) -> str:
    """The day of issue of the awards that are sent as that file: no other has the same, and the demo's are later."""
    return str(date(2005, 1, 1) + timedelta(days=number))


def torture(
    rounds: int, people: int, folder: Path, think: float = THINK, calm: float = 0.0, pace: float = 0.0
) -> dict[str, float]:
    """Run the rounds; returns counts, of which those of `WRONG` are to be 0.

    `calm`: seconds for which people click before the first round; with it, the p95 of their views (ms) before and
    during the rounds is among what is returned. `pace`: seconds from the beginning of a round to that of the next, at
    least.
    """
    demo.build(folder / "demo.duckdb")
    app = App(folder / "demo.duckdb", folder)
    crowd, feed = People(app, people, think), Feed(app, folder)
    try:
        time.sleep(calm)
        views = len(crowd.times)
        for number in range(rounds):
            began = time.monotonic()
            feed.round(random.Random(number))
            time.sleep(max(0.0, pace - (time.monotonic() - began)))
            if number % 100 == 99:
                print(dict(feed.counts), f"{len(crowd.errors)} page errors", file=sys.stderr, flush=True)
        crowd.look_on(2)
        crowd.stop()
    finally:
        app.kill()
    for error in crowd.errors[:10]:
        print(error, file=sys.stderr)
    result = feed.verdict() | {
        "views": len(crowd.times),
        "looked at": crowd.looked_at,
        "page errors": len(crowd.errors),
    }
    if calm:
        before, during = (
            round(statistics.quantiles(part, n=20)[18]) for part in (crowd.times[:views], crowd.times[views:])
        )
        result |= {"p95 before": before, "p95 during": during}
    return result


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        given = [float(word) for word in sys.argv[1:]] + [50.0, 0.0][len(sys.argv) - 2 :]
        result = torture(int(given[0]), int(given[1]), Path(name), calm=120.0, pace=given[2])
        print(result | {"seconds": round(time.monotonic() - started)})
    sys.exit(any(result[name] for name in WRONG))
