"""A process that only answers: how long until it does, what it holds, what its first questions cost.

`python -m bench.serving FILE MANAGER PAST` prints one line of JSON; `bench.large` starts it anew, with the file out of
the system's cache, so that every first question is a cold one.
"""

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from bench.company import AS_OF
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.keeping.shared_store import store_at
from skilltrack.questions import Filters, Metrics

QUESTIONS = ("coverage", "readiness", "gaps", "depth", "renewals", "trend", "forecast", "totals", "spend")
WHOLE = ("coverage_by_skill", "trend", "totals", "spend")


def measured(path: Path, manager: str, past: date) -> dict:
    """What a new process needs: `ready` seconds, `memory` MiB added, `cold` ms by question."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)
    command = [sys.executable, "-m", "bench.serving", str(path), manager, past.isoformat()]
    result: dict = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return result


def _resident() -> float:
    """MiB of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Open the file as the app does, ask every question once and print what it cost."""
    path, manager, past = Path(sys.argv[1]), sys.argv[2], date.fromisoformat(sys.argv[3])
    before, start = _resident(), time.perf_counter()
    metrics = Metrics(store_at(path))
    ready = time.perf_counter() - start
    cold = {}
    asked = [(f"{name}, director", Filters(as_of=AS_OF, manager=manager), name) for name in QUESTIONS]
    asked += [(f"{name}, whole company", Filters(as_of=past, months=36), name) for name in WHOLE]
    for what, filters, name in asked:
        start = time.perf_counter()
        metrics.ask(name, Viewer.everyone(), filters)
        cold[what] = (time.perf_counter() - start) * 1000
        if what == f"{QUESTIONS[-1]}, director":
            memory = _resident() - before
    print(json.dumps({"ready": ready, "memory": memory, "whole": _resident() - before, "cold": cold}))


if __name__ == "__main__":
    main()
