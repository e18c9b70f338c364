"""Erase one person after another while others upload, and see whether every upload is there with its files.

`python -m tests.torture.erasing 1000` prints one line of findings; the suite erases a few. Some uploads have the same
content as a file that an erasure has just replaced: its kept copy must not go with the old one.
"""

import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from skilltrack.ingest import Options, Source, import_sources
from skilltrack.keeping import erasure
from skilltrack.keeping.durability import check, open_store
from skilltrack.storage.engine import OPENING

UPLOADERS = 3
IN_ONE = 10
"""People of one company: each erasure lands every upload again, so that more would take longer and longer."""


def torture(erasures: int, folder: Path) -> dict[str, int]:
    """Erase that many people; returns counts, those of lost uploads, traces and faults being 0 when all is well."""
    found = dict.fromkeys(("erased", "uploaded", "lost", "traces", "remains", "faults"), 0)
    for company, first in enumerate(range(0, erasures, IN_ONE)):
        _company(folder / f"{company}.duckdb", min(IN_ONE, erasures - first), found)
    return found


def _company(path: Path, people: int, found: dict[str, int]) -> None:
    store, turns, lock = open_store(path), threading.Semaphore(0), threading.Lock()
    is_over = threading.Event()
    accepted: list[int] = []
    listed = "".join(f"P-{n:05d},Person {n} of Many\n" for n in range(people + 1))
    for kind, text in (("skills", "skill_id,name\ns1,One\n"), ("roster", f"employee_id,name\n{listed}")):
        import_sources(store, [Source(kind, f"{kind}.csv", text.encode())], Options())

    def uploading(thread: int) -> None:
        for turn in range(100_000):
            turns.acquire()
            if is_over.is_set():
                return
            who = f"P-{people:05d}" if turn % 2 else f"P-{turn % people:05d}"  # somebody who stays, or who may be gone
            text = f"employee_id,skill_id,level,valid_from\n{who},s1,{1 + turn % 3},20{10 + thread}-01-01\n"
            try:
                outcome = import_sources(store, [Source("self_ratings", "s.csv", text.encode())], Options())
            except BaseException:
                traceback.print_exc()
                with lock:
                    found["traces"] += 1
                continue
            if outcome.status == "stored":
                with lock:
                    accepted.append(outcome.upload_id or 0)

    threads = [threading.Thread(target=uploading, args=(thread,)) for thread in range(UPLOADERS)]
    for thread in threads:
        thread.start()
    for number in range(people):
        named = erasure.named(store, [f"P-{number:05d}"])
        turns.release(UPLOADERS)  # some land before the erasure begins, some wait for it
        erasure.erase(store, "hr", named, erasure.places_of(store, named))
        found["erased"] += 1
    is_over.set()
    turns.release(UPLOADERS)
    for thread in threads:
        thread.join()
    everybody = {f"P-{number:05d}" for number in range(people)}
    held = set(store.query("select upload_id from uploads")["upload_id"].to_pylist())
    rostered = set(store.query("select employee_id from roster_rows")["employee_id"].to_pylist())
    found["uploaded"] += len(accepted)
    found["lost"] += len(set(accepted) - held)
    found["remains"] += len(everybody & rostered)
    store.close()
    store = open_store(path)
    found["faults"] += len(check(store))
    store.close()


if __name__ == "__main__":
    OPENING["threads"] = 1
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = torture(int(sys.argv[1]), Path(folder))
    print(", ".join(f"{name} {count:,}" for name, count in counts.items()), f"in {time.monotonic() - started:,.0f} s")
    sys.exit(any(counts[name] for name in ("lost", "traces", "remains", "faults")))
