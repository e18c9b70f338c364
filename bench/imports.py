"""What an import costs beside a bare engine: the same rows read by DuckDB's own reader into a typed table, unchecked.

`python -m bench.imports [ROSTER_ROWS] [BADGE_ROWS]` writes RESULTS-imports.md. Every figure is of one run on one
machine; each import runs in a process of its own, so that its peak memory is its own.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from skilltrack.ingest import import_files
from skilltrack.kinds.declared import KINDS
from skilltrack.storage.store import Store

TYPES = {"date": "date", "money": "decimal(18, 2)"}
MISSED = """Wanted: a roster in under 8 times the bare engine and 2 GiB, badges in under 10 times (at 20 million), the
next day's roster far below the first. These people have roles without requirements: standings cost more where roles
have some. The next day's roster is held against the one before, and stored whole.

Where badges spend it (2 million, 12.7 s of processor time, profile of one run): awards with the skills they brought
3.3 s, storing them with file and line 1.8, checksums of what is stored 1.7, reading, splitting, hashing and keeping the
file 1.7, putting it in the order of people 0.9, evidence 0.9.

What a transaction has written the engine plans for as if it were nothing, and reads on one thread (EXPLAIN there says
0 rows). So rows are typed before it begins, in temporary tables, and what follows of them is read from there; badges
took 17.0 times before. The catalogue is read from temporary tables too: it hashed the millions of awards, not the
hundreds of credentials, and badges took 10.8 times. The keys of awards are packed by ZSTD: 4 million rows with four
such columns go in in 0.9 s instead of 1.7 s and are read as quickly; 2 million awards take 70 MB instead of 63."""
FIRST, NEXT = date(2026, 1, 1), date(2026, 1, 2)


def write_roster(path: Path, people: int, changed: bool = False) -> None:
    """A clean roster; `changed` moves one person in a hundred to another team."""
    columns = "employee_id,name,email,manager_id,team,role_id,location,cost_center,hired_on\n"
    with path.open("w", encoding="utf-8") as file:
        file.write(columns)
        for n in range(1, people + 1):
            team = n % 5000 + (7 if changed and n % 100 == 0 else 0)
            above = f"{n // 10 or 1:08d}" if n > 1 else ""
            file.write(
                f"{n:08d},Person Name {n},person{n}@company.example,{above},Team {team},role{n % 300},City {n % 50},"
                f"cc{n % 900},20{n % 24:02d}-0{1 + n % 9}-1{n % 10}\n"
            )


def write_badges(path: Path, badges: int, people: int) -> None:
    """Clean awards of one credential by many."""
    days = [f"{FIRST - timedelta(days=n)}" for n in range(1500)]
    with path.open("w", encoding="utf-8") as file:
        file.write("award_id,employee_id,credential_id,issued_on\n")
        for n in range(badges):
            file.write(f"a{n:09d},{n % people + 1:08d},c{n % 200},{days[n % 1500]}\n")


def bare(kind: str, path: Path, folder: Path) -> float:
    """Seconds in which the engine alone reads the file into a typed table."""
    with path.open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    types = {name: TYPES.get(KINDS[kind].column(name).type, "varchar") for name in header}
    connection = duckdb.connect(str(folder / f"bare-{kind}.duckdb"))
    connection.execute(f"create or replace table t ({', '.join(f'{n} {t}' for n, t in types.items())})").fetchall()
    os.sync()  # what was written before is not to be waited for here
    started = time.perf_counter()
    connection.execute(
        "insert into t from read_csv($path, header = true, columns = $types)",
        {
            "path": str(path),
            "types": types,
        },
    ).fetchall()
    connection.execute("checkpoint").fetchall()
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def ours(kind: str, path: Path, database: Path, effective: date) -> tuple[float, float]:
    """Seconds and peak MiB of our import in a process of its own, from the open store to the commit."""
    words = [sys.executable, "-m", "bench.imports", "one", kind, str(path), str(database), str(effective)]
    result = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    assert result["status"] == "stored", result
    return result["seconds"], result["mib"]


def one(kind: str, path: str, database: str, effective: str) -> None:
    """The process of `ours`."""
    store = Store.open(database)
    os.sync()
    started = time.perf_counter()
    outcome = import_files(store, kind, [path], effective=date.fromisoformat(effective))
    seconds = time.perf_counter() - started
    store.close()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"status": outcome.status, "seconds": seconds, "mib": mib}))


def compare(people: int, badges: int, folder: Path) -> list[tuple[str, float, float, float]]:
    """(what, seconds of the bare engine, our seconds, our peak MiB) of each file."""
    roster, later, awards = (folder / name for name in ("roster.csv", "later.csv", "badges.csv"))
    database = folder / "ours.duckdb"
    write_roster(roster, people)
    write_roster(later, people, changed=True)
    write_badges(awards, badges, people)
    store = Store.open(database)
    skills, credentials, attests = folder / "skills.csv", folder / "credentials.csv", folder / "credential_skills.csv"
    skills.write_text("skill_id,name\ns1,One\n")
    credentials.write_text("credential_id,name,issuer\n" + "".join(f"c{n},C{n},I\n" for n in range(200)))
    attests.write_text("credential_id,skill_id,level\n" + "".join(f"c{n},s1,1\n" for n in range(200)))
    for path in (skills, credentials, attests):
        assert import_files(store, path.stem, [path]).status == "stored"
    store.close()
    rows = []
    for what, kind, path, effective in (
        (f"roster of {people:,}", "roster", roster, FIRST),
        ("the next day's, 1 % changed", "roster", later, NEXT),
        (f"{badges:,} badges", "badges", awards, FIRST),
    ):
        unchecked = min(bare(kind, path, folder) for _ in range(2))
        rows.append((what, unchecked, *ours(kind, path, database, effective)))
        print(*rows[-1], f"load {os.getloadavg()[0]:.1f}", flush=True)
    return rows


def report(rows: list[tuple[str, float, float, float]]) -> str:
    """The figures as a table, with the machine they are of."""
    lines = [
        "# Imports beside a bare engine",
        "",
        f"{date.today()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, "
        f"duckdb {duckdb.__version__}, load {os.getloadavg()[2]:.1f} (of 15 minutes, at the end). "
        "Drawn by `python -m bench.imports`.",
        "",
        "Bare: DuckDB's own reader into a typed table, nothing checked, checkpoint included. Ours: reading, checks, "
        "journal, commit, and everything the questions read computed.",
        "",
        "| file | bare s | ours s | times | peak MiB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for what, unchecked, seconds, mib in rows:
        lines.append(f"| {what} | {unchecked:.2f} | {seconds:.2f} | {seconds / unchecked:.1f} | {mib:,.0f} |")
    lines += ["", MISSED]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(*sys.argv[2:])
    else:
        sizes = [int(word) for word in sys.argv[1:]] or [1_000_000, 20_000_000]
        with tempfile.TemporaryDirectory() as name:
            text = report(compare(sizes[0], sizes[1], Path(name)))
        (Path(__file__).parent / "RESULTS-imports.md").write_text(text, encoding="utf-8")
        print(text)
