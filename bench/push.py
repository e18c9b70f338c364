"""What a file pushed over HTTP takes of the server's memory, over what it takes when idle.

`python -m bench.push [MEBIBYTES]` (1024 by default) pushes files of every sort to a server of its own for each and
writes RESULTS-push.md. Anonymous memory is what the system cannot have back; pages of files that are mapped it takes
back when it needs them.
"""

import http.client
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from skilltrack.storage.store import Store
from tests.browser.conftest import Server

TOKEN = "the token of the bench"
MIB = 2**20
KINDS = ("RssAnon", "RssFile", "VmHWM")


def memory(pid: int) -> dict[str, float]:
    """MiB that a process holds, by kind."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0][:-1]: int(words[1]) / 1024 for words in lines if words[0][:-1] in KINDS}


class Peak(threading.Thread):
    """Looks at a process every few milliseconds and remembers the most it held."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.most, self.is_over = pid, dict.fromkeys(KINDS, 0.0), False

    def run(self) -> None:
        """Look until it is over."""
        while not self.is_over:
            now = memory(self.pid)
            self.most = {kind: max(now[kind], self.most[kind]) for kind in KINDS}
            time.sleep(0.005)


def push(url: str, address: str, pieces: Iterator[bytes], size: int) -> tuple[int, dict]:
    """Send a body piece by piece; the status and what was answered."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=3600)) as line:
        line.putrequest("POST", f"/api/imports/{address}")
        line.putheader("Authorization", f"Bearer {TOKEN}")
        line.putheader("Content-Length", str(size))
        line.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError):  # it has answered already
            for piece in pieces:
                line.send(piece)
        with line.getresponse() as answer:
            return answer.status, json.load(answer)


def pushed(address: str, make: Callable[[], Iterator[bytes]], size: int, folder: Path) -> dict:
    """The answer to one push, seconds, and MiB over the idle server, in a server of its own."""
    os.environ["SKILLTRACK_API_TOKEN"] = TOKEN
    Store.open(folder / "push.duckdb").close()
    server = Server(folder / "push.duckdb", is_anew=True)
    try:
        for kind, text in PEOPLE.items():
            status, answer = push(server.url, kind, iter([text]), len(text))
            assert status == 200, answer
        idle = memory(server.number)
        peak = Peak(server.number)
        peak.start()
        start = time.perf_counter()
        status, answer = push(server.url, address, make(), size)
        seconds = time.perf_counter() - start
        peak.is_over = True
        peak.join()
    finally:
        server.stop()
        del os.environ["SKILLTRACK_API_TOKEN"]
    problem = next((p["message"] for p in answer["problems"] if p["severity"] == "error"), "")
    return {
        "status": status,
        "told": answer["status"],
        "problem": problem,
        "seconds": seconds,
        "anonymous": peak.most["RssAnon"] - idle["RssAnon"],
        "mapped": peak.most["RssFile"] - idle["RssFile"],
        "idle": idle["RssAnon"],
    }


PEOPLE = {
    "roster": b"employee_id,name\n" + b"".join(b"%05d,Person %d\n" % (n, n) for n in range(10_000)),
    "credentials": b"credential_id,name,issuer\nc1,One,Somebody\n",
}


def repeated(head: bytes, row: bytes, size: int) -> Iterator[bytes]:
    """A head and as many rows as make up the size, the last one cut off by line breaks."""
    yield head
    many = row * max(1, MIB // len(row))
    left = size - len(head)
    while left > 0:
        piece = many if left >= len(many) else (row * (left // len(row))).ljust(left, b"\n")
        yield piece
        left -= len(piece)


def noise(size: int) -> Iterator[bytes]:
    """Bytes that mean nothing."""
    return (os.urandom(min(MIB, size - at)) for at in range(0, size, MIB))


def badges(size: int, quote: bytes = b"") -> Iterator[bytes]:
    """Awards that land, each of its own."""
    yield b"award_id,employee_id,credential_id,issued_on\n"
    left, number = size - 45, 0
    while left > 0:
        rows = b"".join(
            b"%sa%010d%s,%05d,c1,2026-01-%02d\n" % (quote, n, quote, n % 10_000, n % 28 + 1)
            for n in range(number, number + 20_000)
        )
        number += 20_000
        rows = rows if len(rows) <= left else rows[: rows.rfind(b"\n", 0, left) + 1].ljust(left, b"\n")
        yield rows
        left -= len(rows)


def cases(size: int) -> dict[str, tuple[str, Callable[[], Iterator[bytes]], int]]:
    """What is pushed: (address, body, its size) by name."""
    few, some = size * 50 // 1024, size * 200 // 1024
    good = b"00001,Ann Example of the Company,Team North,Berlin\n"
    head = b"employee_id,name,team,location\n"
    uploads: dict[str, tuple[str, Callable[[], Iterator[bytes]], int]] = {
        "bytes that mean nothing": ("roster", lambda: noise(size), size),
        "CSV without a column that it needs": ("roster", lambda: repeated(b"name,team,x,y\n", good, size), size),
        "an unknown option": ("roster?wrong=1", lambda: repeated(head, good, size), size),
        "an unknown kind": ("people", lambda: repeated(head, good, size), size),
        "one line": ("roster", lambda: repeated(b"", b"x", size), size),
        "every row bad": (
            "badges",
            lambda: repeated(b"employee_id,credential_id,issued_on\n", b"1,c1,soon\n", few),
            few,
        ),
        "quoted awards, stored": ("badges", lambda: badges(some, b'"'), some),
        "blank lines": ("roster", lambda: repeated(head, b"\n", few), few),
        "blank lines, four times as many": ("roster", lambda: repeated(head, b"\n", some), some),
        "blank lines between rows": ("roster", lambda: repeated(head, good + b"\n" * 99, some), some),
        "lines of blanks": ("roster", lambda: repeated(head, b"   \n", few), few),
        "awards, stored": ("badges", lambda: badges(size), size),
    }
    return uploads


def main() -> None:
    """Measure and write the table."""
    words = sys.argv[1:]
    size = int(words[0]) * MIB if words else 1024 * MIB
    lines = []
    for what, (address, make, bytes_) in cases(size).items():
        if words[1:] and what not in words[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            one = pushed(address, make, bytes_, Path(folder))
        ratio = one["anonymous"] / (bytes_ / MIB)
        lines.append(
            f"| {what} | {bytes_ / MIB:,.0f} | {one['status']} {one['told']} | {one['anonymous']:,.0f} | {ratio:.2f} "
            f"| {one['mapped']:,.0f} | {one['seconds']:.1f} |"
        )
        print(lines[-1], one["problem"][:150], flush=True)
    if not words[1:]:
        text = HEAD.format(
            day=time.strftime("%Y-%m-%d"), cores=os.cpu_count(), python=platform.python_version(),
            duckdb=duckdb.__version__, load=os.getloadavg()[2],
        ) + "\n".join(lines) + "\n"  # fmt: skip
        (Path(__file__).parent / "RESULTS-push.md").write_text(text, encoding="utf-8")


HEAD = """# Memory of the server while files are pushed

{day}, {cores} cores, Python {python}, duckdb {duckdb}, load {load:.1f}. Made by `python -m bench.push`, each file to a
new server; MiB over what it held when idle, the most of samples every 5 ms. Anonymous memory cannot be taken back;
pages of mapped files the system takes back when it needs them. Reading, checking and mapping a file take what the rows
of refused files show; what is stored goes through the engine, which may add 128 MiB to what it holds
(`engine.LANDING_SHARED`).

| pushed | MiB | answer | anonymous MiB | times the file | mapped MiB | s |
| --- | ---: | --- | ---: | ---: | ---: | ---: |
"""

if __name__ == "__main__":
    main()
