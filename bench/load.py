"""`python -m bench.load [40 100 300]`: people clicking through the served app, each in a session of their own.

Starts the app on the demo company, opens one WebSocket per person, walks through the pages with think times around ten
seconds and writes how long a page takes to bench/RESULTS-load.md.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from skilltrack import demo
from skilltrack.config import ROOT

PORT = 8799
PAGES = ("", "coverage", "readiness", "renewals", "spend")
MISSED = """
Where p95 is above the target: 300 people ask for 30 views a second of one process (DuckDB lets one hold the file). A
view is Python work of about 20 ms, one at a time, with the client on the same cores, so that bursts queue.
"""
TELLS = (Alert.INFO, Alert.SUCCESS)
"""Alerts that say how things are, and not that something is wrong."""
THINK, SECONDS = 10.0, 60.0
"""Mean seconds between two clicks of one person; how long they click."""


async def view(
    socket: ClientConnection, page: str, faulty: Collection[str] = ("exception", "alert"), query: str = ""
) -> str:
    """Ask for one page and wait until it is drawn; what is wrong with it, empty for nothing.

    `faulty`: kinds of elements that a page must not have; `query`: the filters in its address.
    """
    message, fault = BackMsg(), ""
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    await socket.send(message.SerializeToString())
    async for raw in socket:
        answer = ForwardMsg()
        answer.ParseFromString(raw)
        kind = answer.WhichOneof("type")
        element = answer.delta.new_element
        if kind == "page_not_found":
            fault = "there is no such page"
        elif kind == "delta" and element.WhichOneof("type") in faulty and element.alert.format not in TELLS:
            fault = element.exception.message or element.alert.body or element.WhichOneof("type")
        elif kind == "script_finished":
            return fault
    return fault or "the line ended"


async def person(
    number: int, port: int, query: str, until: float, think: float, times: list[float], errors: list[str]
) -> None:
    """One person's session: a first view, then clicks until the time is over, one at least."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, think))
    try:
        async with connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=60
        ) as socket:
            await view(socket, "", query=query)
            is_over = False
            while not is_over:
                await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
                page, start = chance.choice(PAGES), time.perf_counter()
                fault = await asyncio.wait_for(view(socket, page, query=query), 60)
                times.append((time.perf_counter() - start) * 1000)
                if fault:
                    errors.append(f"{page}: {fault}")
                is_over = time.monotonic() >= until
    except (OSError, TimeoutError, WebSocketException) as error:
        errors.append(repr(error))


async def crowd(
    people: int,
    ports: Sequence[int],
    think: float = THINK,
    seconds: float = SECONDS,
    queries: Sequence[str] = ("",),
) -> tuple[list[float], list[str]]:
    """Milliseconds of every view by `people` persons, and what went wrong.

    Each stays at one of `ports`, as behind a proxy that keeps a browser at one server, and has one of `queries` as the
    filters of every page.
    """
    times: list[float] = []
    errors: list[str] = []
    until = time.monotonic() + think + seconds
    sessions = [
        person(number, ports[number % len(ports)], queries[number % len(queries)], until, think, times, errors)
        for number in range(people)
    ]
    await asyncio.gather(*sessions)
    return times, errors


def serve(database: object, port: int) -> subprocess.Popen:
    """The app on a database, which is a file or the address of a lake, answering."""
    command = [sys.executable, "-m", "skilltrack", "--db", str(database), "serve", "--local"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)}, stdout=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").close()
            return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise TimeoutError("The app did not answer within a minute.")


def main() -> None:
    """Measure each crowd named on the command line and write the results."""
    lines = [
        f"# Results under load\n\nMade by `python -m bench.load` on {date.today()}: the served app on the demo "
        f"company, {len(os.sched_getaffinity(0))} cores for it and for the people, each in a session of their own, "
        f"a click every {THINK:.0f} s on average for {SECONDS:.0f} s. A view is timed from the click to the page's "
        "end. Target: p95 of 300 ms at 300 people, no errors.\n",
        "| people | views | views per second | p50 ms | p95 ms | errors |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        demo.build(Path(folder) / "demo.duckdb")
        server = serve(Path(folder) / "demo.duckdb", PORT)
        try:
            for people in [int(text) for text in sys.argv[1:]] or [40, 100, 300]:
                times, errors = asyncio.run(crowd(people, [PORT]))
                p95 = statistics.quantiles(times, n=20)[18]
                lines.append(
                    f"| {people} | {len(times)} | {len(times) / (SECONDS + THINK):.1f} | "
                    f"{statistics.median(times):.0f} | {p95:.0f} | {len(errors)} |"
                )
                print(lines[-1], errors[:3], flush=True)
        finally:
            server.terminate()
            server.wait(60)
    (ROOT / "bench" / "RESULTS-load.md").write_text("\n".join(lines) + "\n" + MISSED, encoding="utf-8")


if __name__ == "__main__":
    main()
