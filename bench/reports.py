"""`python -m bench.reports`: what files cost for 100,000 employees, beside pandas writing the same cells in one run.

Coverage as a workbook, the board pack as PDF, as known now. Prints a table and writes bench/RESULTS-reports.md.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.company import AS_OF, SIZES, Company, land
from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.kept.refreshing import make_fresh
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.store import Store

PANDAS = "pandas to_excel of the same cells"
TARGETS = {"coverage xlsx": ("10", "500"), "board pdf": ("5", ""), PANDAS: ("", "")}
"""Seconds, and MiB that the process may grow by after opening the database."""


def memory(what: str) -> float:
    """MiB of this process: VmRSS now, VmHWM at most since it began."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def act(name: str, path: Path) -> None:
    """Do one thing in a process of its own and print seconds, MiB and the file's MiB; asking and writing both count."""
    from skilltrack.reports.exports import Order, export

    store, viewer, filters = Store.open(path), Viewer.everyone(), Filters(as_of=AS_OF)
    Metrics(store).ask("totals", viewer, filters)  # the database is open and read once
    before, start = memory("VmRSS"), time.perf_counter()
    target = path.with_name(f"out.{name.split()[1] if name != PANDAS else 'xlsx'}")
    if name == PANDAS:
        frame = Metrics(store).ask("coverage", viewer, filters)
        frame.to_excel(target, index=False, sheet_name="Coverage", engine="xlsxwriter")
    else:
        what, form = name.split()
        export(store, viewer, Order(what, form, filters), target)
    seconds = time.perf_counter() - start
    grown = memory("VmHWM") - before
    print(f"{seconds:.2f} {grown:.0f} {target.stat().st_size / 2**20:.1f}")
    target.unlink()
    store.close()


def main() -> None:
    """Build the company of 100,000, do each thing in a fresh process, best of two, and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.duckdb"
        store = Store.open(path)
        land(store, Company(*SIZES["M"]))
        make_fresh(store)
        rows = len(Metrics(store).ask("coverage", Viewer.everyone(), Filters(as_of=AS_OF)))
        store.close()
        results = {}
        for name in TARGETS:
            command = [sys.executable, "-m", "bench.reports", name, str(path)]
            runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(2)]
            results[name] = min(tuple(float(word) for word in run.stdout.split()) for run in runs)
    lines = [
        "# What files cost",
        "",
        f"100,000 employees, 2,000,000 awards; coverage has {rows:,} rows of six cells. Asking and writing,",
        f"each in a fresh process, best of two, on {os.cpu_count()} cores ({platform.machine()}); memory is",
        "what the process grows by. `python -m bench.reports` writes this file.",
        "",
        "| what | seconds | target | MiB | target | file, MiB | against pandas |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, (seconds, grown, size) in results.items():
        ratio = f"{results[PANDAS][0] / seconds:.1f} times as fast" if name == "coverage xlsx" else ""
        wanted, most = TARGETS[name]
        lines.append(f"| {name} | {seconds:.1f} | {wanted} | {grown:.0f} | {most} | {size:.1f} | {ratio} |")
    text = "\n".join(lines) + "\n"
    (ROOT / "bench" / "RESULTS-reports.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    act(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 2 else main()
