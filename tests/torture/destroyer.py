"""Destroy a part of a company at random, go on with random commands, and see whether anything is lost or wrong.

`python -m tests.torture.destroyer 10000` prints one line of findings; the suite runs a few rounds. A round is a company
with a history, of which one part or two are deleted, cut off, garbled or replaced by an older copy, whose disk fills up,
or one of whose commands is killed. Then commands are run as anybody would run them, and those that the messages name.
Where one of database, journal with its files, audit log and backup is damaged, nothing may be lost. However many are, no
command that ends with 0 may answer anything wrong, and no file may be touched that the program did not write.
"""

import io
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from skilltrack.commands import cli
from skilltrack.storage.engine import OPENING
from skilltrack.storage.store import Store

PEOPLE = 12
DAY = "2024-06-30"
PARTS = {
    "database": "database",
    "log": "database",
    "journal": "journal",
    "kept file": "journal",
    "audit log": "audit",
    "anchor": "audit",
    "backup": "backup",
}
"""What can be damaged, and which of the four that know each other it belongs to."""
DEEDS = ("delete", "cut off", "garble", "older copy", "fill the disk", "kill")
FOREIGN = (
    "c.duckdb.notes",
    "c.duckdb.part",
    "report.csv.part",
    "c.duckdb.files/notes.txt",
    "backup.part",
    "c.duckdb.new",
    "c.duckdb.swap",
    "c.duckdb.lock",
)
FILES = {
    "skills.csv": "skill_id,name\ns1,One\n",
    "issuers.csv": "issuer,tier\nI,trusted\n",
    "credentials.csv": "credential_id,name,issuer\nc1,One,I\n",
    "credential_skills.csv": "credential_id,skill_id,level\nc1,s1,2\n",
    "roles.csv": "role_id,role_name,skill_id,required_level\nr,R,s1,2\n",
}
ANSWERS = ("report coverage --as-of " + DAY, "uploads", "check", "audit verify", "roles")
WRITES = ("import", "import", "undo", "give 0001 hr", "backup", "rebuild", "repair", "restore", "erase")


@dataclass
class Company:
    """A company in a folder, and what was acknowledged about it."""

    folder: Path
    holders: list[int] = field(default_factory=list)
    """Numbers of the people whose badge counts."""
    uploads: dict[int, int] = field(default_factory=dict)
    """By the number of an upload that can be undone, the person to whom it gave a badge."""
    steps: list[str] = field(default_factory=list)
    backups: int = 0
    undone: set[int] = field(default_factory=set)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "c.duckdb"

    def part(self, name: str, chance: random.Random) -> Path:
        """The file of one of `PARTS`."""
        kept = [p for p in sorted((self.folder / "c.duckdb.files").iterdir()) if re.fullmatch(r"[0-9a-f]{64}", p.name)]
        return {
            "database": self.database,
            "log": self.folder / "c.duckdb.wal",
            "journal": self.folder / "c.duckdb.files" / "journal.jsonl",
            "kept file": chance.choice(kept),
            "audit log": self.folder / "c.duckdb.audit",
            "anchor": self.folder / "c.duckdb.anchor",
            "backup": self.folder / "backup-0",
        }[name]


def run(
    company: Company, words: str, killed_after: float | None = None, is_closed: bool = True
) -> tuple[int, str, str]:
    """Run a command in a fork; returns its exit (-9 when it was killed), standard output and standard error.

    Unless the database `is_closed` at its end, what it wrote is in the write-ahead log.
    """
    company.steps.append(words)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:  # not on the disk that is full
        code = _forked(company, words, killed_after, is_closed, (out, err))
        for file in (out, err):
            file.seek(0)
        return code, out.read(), err.read()


def _forked(
    company: Company, words: str, killed_after: float | None, is_closed: bool, streams: tuple[IO[str], IO[str]]
) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number, file in enumerate(streams, 1):
                os.dup2(file.fileno(), number)
            os.chdir(company.folder)
            if not is_closed:
                left_open: list[Store] = []
                Store.close = lambda store: left_open.append(store)  # type: ignore[method-assign]
            sys.argv = ["skilltrack", "--db", str(company.database), *shlex.split(words)]
            cli.main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -9


def found(company: Company) -> int | None:
    """How many people meet the requirement, as the report says; None where it is refused."""
    code, out, _err = run(company, ANSWERS[0])
    if code:
        return None
    rows = [line.split(",") for line in out.splitlines()[1:]]
    return int(rows[0][4]) if rows else 0


def prepare(folder: Path) -> Company:
    """A company with two rosters, badges, an undo, a role and a backup, and what came after it."""
    company = Company(folder)
    folder.mkdir()
    (folder / "catalogue").mkdir()
    for name, text in FILES.items():
        (folder / "catalogue" / name).write_text(text)
    people = "".join(f"{n:04d},P{n},T,r\n" for n in range(1, PEOPLE + 1))
    (folder / "roster.csv").write_text("employee_id,name,team,role_id\n" + people)
    for n in range(1, PEOPLE + 1):
        award = f"a{n},{n:04d},c1,2024-01-0{1 + n % 9}\n"
        (folder / f"b{n}.csv").write_text(f"award_id,employee_id,credential_id,issued_on\n{award}")
    _must(company, "import catalogue")
    _must(company, "import roster roster.csv --effective 2024-01-01")
    _must(company, "import roster roster.csv --effective 2024-02-01")
    for number in (1, 2, 3):
        write(company, "import", random.Random(number))
    write(company, "undo", random.Random(0))
    _must(company, "give 0002 ld")
    shutil.copytree(folder, folder.parent / "older")
    write(company, "backup", random.Random(0))
    write(company, "import", random.Random(4))
    write(company, "import", random.Random(5), is_closed=False)
    if not (folder / "c.duckdb.wal").exists():
        raise AssertionError("there is no write-ahead log to damage")
    for name in FOREIGN:
        (folder / name).write_text(f"somebody's {name}")
    return company


def write(
    company: Company, what: str, chance: random.Random, killed_after: float | None = None, is_closed: bool = True
) -> tuple[int, str, str]:
    """Do one of `WRITES`, and keep in mind what was acknowledged."""
    person = max([*company.uploads.values(), *company.holders, 0]) + 1
    live = [number for number in company.uploads if number not in company.undone]
    if what == "import":
        if person > PEOPLE:
            return run(company, "uploads")
        words = f"import badges b{person}.csv"
    elif what == "undo":
        words = f"undo {chance.choice(live)}" if live else "uploads"
    elif what == "backup":
        words = f"backup {company.folder}/backup-{company.backups}"
    elif what == "restore":
        words = f"restore {company.folder}/backup-0"
    elif what == "erase":
        words = "erase 0012 --by op --yes"
    else:
        words = what
    code, out, err = run(company, words, killed_after, is_closed)
    if what == "backup":
        company.backups += 1
    if code == -9 and what in ("import", "undo"):
        _settle(company, what, words, person)
    elif code == 0 and what == "import" and "is stored" in out:
        number = int(re.search(r"Upload (\d+) is stored", out).group(1))
        company.uploads[number] = person
        company.holders.append(person)
    elif code == 0 and what == "undo" and live:
        number = int(words.split()[1])
        company.undone.add(number)
        company.holders.remove(company.uploads[number])
    return code, out, err


def _settle(company: Company, what: str, words: str, person: int) -> None:
    """Learn from the history whether what was killed had been accepted: either is right, in between is not."""
    code, out, _ = run(company, "uploads")
    if code:
        return
    rows = [line.split(",") for line in out.splitlines()]
    if what == "import":
        for row in rows:
            if f"b{person}.csv" in row:
                company.uploads[int(row[0])] = person
                company.holders.append(person)
    else:
        number = words.split()[1]
        if any(row[0] == number and "undone" in row for row in rows):
            company.undone.add(int(number))
            company.holders.remove(company.uploads[int(number)])


def destroy(company: Company, deed: str, part: str, chance: random.Random) -> bool:
    """Do one of the first four `DEEDS`; whether there was anything to do it to."""
    path = company.part(part, chance)
    if not path.exists():
        return False
    content = path.read_bytes()
    path.chmod(0o600)
    if deed == "delete":
        path.unlink()
    elif deed == "cut off":
        path.write_bytes(content[: chance.randrange(len(content)) if content else 0])
    elif deed == "garble":
        changed = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(changed)), chance.randint(1, 200)
            changed[at : at + length] = chance.randbytes(len(changed[at : at + length]))
        path.write_bytes(changed)
    else:
        older = company.folder.parent / "older" / path.relative_to(company.folder)
        if not older.exists() or older.read_bytes() == content:
            return False
        shutil.copyfile(older, path)
    return True


def one_round(template: Company, place: Path, chance: random.Random) -> list[str] | None:
    """One round in a copy of the company; returns what was lost or wrong, None where there was nothing to damage."""
    folder = place / "round"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template.folder, folder)
    company = Company(folder, [*template.holders], {**template.uploads}, [], template.backups, {*template.undone})
    filled, damaged, faults = folder / "filled", set(), []
    for part in chance.sample(list(PARTS), chance.choice((1, 1, 2))):
        deed = chance.choice(DEEDS)
        company.steps.append(f"({deed}: {part})")
        if deed == "kill":
            write(company, chance.choice(WRITES), chance, chance.uniform(0, 0.4))
        elif deed == "fill the disk":
            _fill(filled)
        elif destroy(company, deed, part, chance):
            damaged.add(PARTS[part])
        else:
            return None
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.5:
            code, _, err = run(company, chance.choice(ANSWERS))
        else:
            code, _, err = write(company, chance.choice(WRITES), chance)
        faults += _judged(company, code, err)
        met = found(company)
        if met not in (None, len(company.holders)):
            faults.append(f"answered {met} instead of {len(company.holders)} with exit 0")
    filled.unlink(missing_ok=True)
    faults += _brought_back(company, may_lose=len(damaged) > 1)
    for name in FOREIGN:
        if (folder / name).read_text() != f"somebody's {name}":
            faults.append(f"{name} was touched")
    return [f"{fault}: {' → '.join(company.steps)}" for fault in faults]


def _judged(company: Company, code: int, err: str) -> list[str]:
    if code not in (0, 2) or "Traceback" in err:
        return [f"exit {code} after {company.steps[-1]!r}: {err[-300:]}"]
    return []


def _brought_back(company: Company, may_lose: bool) -> list[str]:
    """Run the commands that the messages name until nothing is wrong; returns what is lost then, or answered wrong."""
    faults = []
    for _ in range(4):
        code, _, err = run(company, "check")
        faults += _judged(company, code, err)
        named = re.findall(r"`((?:repair|rebuild|restore)[^`]*)`", err)
        if code == 0 or not named:
            break
        words = named[0].replace("restore FILE", "restore backup-0").replace("restore BACKUP", "restore backup-0")
        code, _, err = run(company, words)
        faults += _judged(company, code, err)
    met = found(company)
    if met != len(company.holders) and not (may_lose and met is None):
        faults.append(f"lost: {met} instead of {len(company.holders)}; {err[-400:]}")
    return faults


def _fill(path: Path) -> None:
    """Leave little room on the disk of this file, which is a small one of its own."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65_536) == 65_536:
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - 40_000))


def _must(company: Company, words: str) -> None:
    code, _, err = run(company, words)
    if code:
        raise AssertionError(f"{words}: {err}")


def warm_up(company: Company) -> None:
    """Run commands in this process, so that its forks need neither import modules nor parse the program's SQL again.

    The engine has one thread from here on: a fork has none of the others that it would wait for.
    """
    OPENING["threads"] = 1
    folder = company.folder.parent / "warm"
    shutil.copytree(company.folder, folder)
    writes = (f"import badges {folder}/b12.csv", f"backup {folder}/again", "rebuild", "erase 0011 --by op --yes")
    for words in (*ANSWERS, *writes):
        with redirect_stdout(io.TextIOWrapper(io.BytesIO())), redirect_stderr(io.StringIO()) as err:
            if cli.run(["--db", str(folder / "c.duckdb"), *shlex.split(words)]):
                raise AssertionError(f"{words}: {err.getvalue()}")
    shutil.rmtree(folder)


def torture(rounds: int, place: Path, seed: int = 1) -> Counter[str]:
    """Run the rounds in `place`, which should be a small disk; returns how many there were, and the faults."""
    template = prepare(place / "company")
    if rounds > 20:  # it takes as long as some rounds
        warm_up(template)
    counts: Counter[str] = Counter()
    for number in range(rounds):
        faults = one_round(template, place, random.Random(f"{seed}-{number}"))
        counts["rounds" if faults is not None else "with nothing to damage"] += 1
        for fault in faults or ():
            counts["faults"] += 1
            print(f"seed {seed}-{number}: {fault}", file=sys.stderr, flush=True)
        if number % 100 == 99:
            print(dict(counts), file=sys.stderr, flush=True)
    return counts


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        is_small = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "none", name], check=False).returncode == 0
        if not is_small:
            DEEDS = tuple(deed for deed in DEEDS if deed != "fill the disk")
            print("No small disk can be mounted here: that it fills up is left out.", file=sys.stderr)
        started = time.monotonic()
        try:
            result = torture(int(sys.argv[1]), Path(name), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        finally:
            if is_small:
                subprocess.run(["umount", "-l", name], check=False)
        print(dict(result) | {"seconds": round(time.monotonic() - started)})
        sys.exit(bool(result["faults"]))
