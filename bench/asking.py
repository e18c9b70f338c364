"""A process that opens a company, wherever it lies, and asks it: `python -m bench.asking PLACE MANAGER`.

It prints one line of JSON. `bench.lake` starts it anew for each place, so that what is first is a first one, and what
the process holds is what that place needs.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.beside import timed
from bench.company import AS_OF
from bench.large import PAST
from bench.using import memory
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters, Metrics
from skilltrack.storage import address_of, open_lake

EVERYONE = Viewer.everyone()


def asked(manager: str) -> list[tuple[str, str, Filters]]:
    """What is asked: the metric, about whom, its filters."""
    cases = [
        (name, "director", Filters(as_of=AS_OF, manager=manager)) for name in ("coverage", "depth", "gaps", "readiness")
    ]
    whole = Filters(as_of=PAST)
    return cases + [(name, "company", whole) for name in ("totals", "trend", "spend", "coverage_by_skill")]


def at(place: str) -> Any:
    """The company at a file's name or an address, open for questions."""
    address = address_of(place)
    return open_lake(address) if address and address.engine == "spark" else store_at(Path(place))


def measured(place: object, manager: str) -> dict:
    """What a new process needs: `opening` ms, `memory` MiB added, first, median, p95 and CPU ms of each question."""
    command = [sys.executable, "-m", "bench.asking", str(place), manager]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    result: dict = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Open the place, ask each question and print what it cost."""
    place, manager = sys.argv[1:]
    before, start = memory([os.getpid()]), time.perf_counter()
    store = at(place)
    opening = (time.perf_counter() - start) * 1000
    metrics = Metrics(store)
    times = []
    for name, about, how in asked(manager):
        times.append(timed(lambda name=name, how=how: metrics.ask(name, EVERYONE, how)))
        print(f"{place.partition('?')[0]}: {name} of the {about}: {times[-1][1]:.1f} ms", file=sys.stderr, flush=True)
    print(json.dumps({"opening": opening, "memory": memory([os.getpid()]) - before, "times": times}))


if __name__ == "__main__":
    main()
