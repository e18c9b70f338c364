"""Kill an importing process again and again, and see what the database says afterwards.

`python -m tests.torture.kill 1000` prints one line of findings; the suite runs 12 cycles. A cycle is a process that
imports, undoes and redoes small files until it is killed with SIGKILL at a random moment; what it was told to be
stored it has written down, synced, before going on. The next process retries what was interrupted. Where the machine
is so busy that hardly any gets as far as a commit, there are more cycles.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from skilltrack.ingest import Options, Source, import_sources, redo, undo
from skilltrack.ingest.landing.checksums import damaged_uploads
from skilltrack.keeping.durability import open_store
from skilltrack.kept.refreshing import is_fresh
from skilltrack.storage.engine import OPENING
from skilltrack.storage.store import Store

ROWS = 300
CATALOGUE = (
    ("skills", b"skill_id,name\ns1,One\n"),
    ("issuers", b"issuer,tier\nI,trusted\n"),
    ("credentials", b"credential_id,name,issuer\nc1,One,I\n"),
    ("credential_skills", b"credential_id,skill_id,level\nc1,s1,2\n"),
)


def torture(cycles: int, folder: Path, seed: int = 1) -> dict[str, int]:
    """Run the cycles in child processes; returns counts, those of faults being 0 when all is well."""
    chance, found = random.Random(seed), Counter[str]()
    database, acks = folder / "killed.duckdb", folder / "acks.jsonl"
    OPENING["threads"] = 1  # a small import is over sooner, so that more moments of it are tried
    started = time.monotonic()
    _child(lambda: _prepare(database, acks), None)
    unit = 1.5 * (time.monotonic() - started)  # to open a database and land a file takes longer than to make one
    done = committed = 0
    verdict = folder / "verdict.json"
    while done < cycles or (committed <= cycles / 3 and done < 10 * cycles):
        done += 1
        before = len(_read(acks))
        _child(partial(_work, database, acks, random.Random(chance.random())), unit * chance.uniform(0.2, 1.2))
        has_committed = len(_read(acks)) > before
        committed += has_committed
        unit *= 0.94 if has_committed else 1.35  # whatever else the machine does, most cycles get as far as a commit
        verdict.unlink(missing_ok=True)
        _child(lambda: verdict.write_text(json.dumps(_verify(database, acks))), None)
        found.update(json.loads(verdict.read_text()))
    return {"cycles": done, "cycles that committed": committed, "acknowledged": len(_read(acks)), **found}


def _child(work, killed_after: float | None) -> None:
    """Run `work` in a fork; a fork from a process that never opened a database starts in no time."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("a process of the torture failed by itself; see above")


def _prepare(database: Path, acks: Path) -> None:
    store = open_store(database)
    people = "employee_id,name\n" + "".join(f"{n:04d},P{n}\n" for n in range(ROWS))
    sources = [Source(kind, f"{kind}.csv", content) for kind, content in CATALOGUE]
    import_sources(store, [*sources, Source("roster", "roster.csv", people.encode())], Options())
    store.close()
    acks.touch()


def _work(database: Path, acks: Path, chance: random.Random) -> None:
    """Import, undo and redo until killed, each step written down once it is acknowledged."""
    store = open_store(database)
    while True:
        done = _read(acks)
        number = sum(ack["did"] == "import" for ack in done)  # an interrupted file is tried again
        rows = 50 + number % (ROWS - 50)
        text = "award_id,employee_id,credential_id,issued_on\n" + "".join(
            f"a{number}-{n},{n:04d},c1,2024-01-{1 + n % 28:02d}\n" for n in range(rows)
        )
        outcome = import_sources(store, [Source("badges", f"badges {number}.csv", text.encode())], Options())
        _acknowledge(acks, {"did": "import", "upload": outcome.upload_id, "rows": rows, "number": number})
        if chance.random() < 0.4:
            undo(store, outcome.upload_id)
            _acknowledge(acks, {"did": "undone", "upload": outcome.upload_id})
            if chance.random() < 0.5:
                redo(store, outcome.upload_id)
                _acknowledge(acks, {"did": "redone", "upload": outcome.upload_id})
        if chance.random() < 0.1:
            with store.write() as transaction:  # a checkpoint now and then, as the engine makes them
                transaction.give_up()
            store.close()
            store = Store.open(database)


def _acknowledge(acks: Path, said: dict) -> None:
    with acks.open("a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(acks: Path) -> list[dict]:
    return [json.loads(line) for line in acks.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def _verify(database: Path, acks: Path) -> dict[str, int]:
    store = open_store(database)
    events = Counter((row["upload_id"], row["event"]) for row in store.query("from upload_events").to_pylist())
    rows = {
        row["upload_id"]: row["n"]
        for row in store.query("select upload_id, count(*) as n from badge_rows group by upload_id").to_pylist()
    }
    files = Counter(row["file_name"] for row in store.query("select file_name from upload_files").to_pylist())
    lost = half = 0
    for ack in _read(acks):
        event = "landed" if ack["did"] == "import" else ack["did"]
        lost += events[ack["upload"], event] == 0
        half += ack["did"] == "import" and rows.get(ack["upload"], 0) != ack["rows"]
    landed = {upload for upload, event in events if event == "landed"}
    half += len(set(rows) - landed) + len(damaged_uploads(store)) + (not is_fresh(store))
    twice = sum(count - 1 for count in files.values()) + sum(count - 1 for count in events.values())
    store.close()
    return {"lost": lost, "half-applied": half, "applied twice": twice}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        started = time.monotonic()
        print(torture(int(sys.argv[1]), Path(name)) | {"seconds": round(time.monotonic() - started)})
